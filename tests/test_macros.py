"""Macros of a project, of `[tool.qedoc]` and of Sphinx, with their arguments; messages point into the formula as written."""

from dataclasses import replace
from pathlib import Path

import pytest

from qedoc.bind import Bound, claims
from qedoc.config.macros import project_macros
from qedoc.config.table import configuration
from qedoc.errors import QedocError
from qedoc.read import Macro, Names, NotAClaim, Reading, Unreadable, defined, read
from qedoc.read.macros import MOST, spelled_out
from qedoc.sources.docstrings import documented

MACROS = {
    "R": Macro(body=r"\mathbb{R}"),
    "mb": Macro(body=r"\mathbf{#1}", arguments=1),
    "ip": Macro(body=r"\langle #1, #2 \rangle", arguments=2),
    "norm": Macro(body=r"\left\lVert #2 \right\rVert_{#1}", arguments=2, default="2"),
    "swap": Macro(body="(#2 - #1)", arguments=2),
    "half": Macro(body=r"\frac12"),
    "endless": Macro(body=r"a \endless"),
}
KNOWN = Names(functions=frozenset({"f"}), parameters=("x", "y", "a"), vectors=frozenset({"v", "w"}), macros=MACROS)


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\half x", "x/2"),
        (r"\ip{\mb v}{\mb{w}}", "Sum(v[i]*w[i], (i, 1, n_i))"),
        (r"\norm{v}", "sqrt(Sum(v[i]**2, (i, 1, n_i)))"),
        (r"\norm[1]{v}", "Sum(Abs(v[i]), (i, 1, n_i))"),
        (r"\swap{x}{y}", "y - x"),
        (r"\swap x y", "y - x"),
        (r"x^2, \quad x \in \R", "x**2"),
        (r"\newcommand{\cube}[1]{#1^3} \cube{x} + 1", "1 + x**3"),
        (r"\renewcommand{\half}{3} \half x", "3*x"),
        (r"\newcommand{\scaled}[2][a]{#1 #2} \scaled{x} + \scaled[y]{x}", "a*x + x*y"),
        (r"\DeclareMathOperator{\act}{tanh} \act(x)", "tanh(x)"),
        (r"\def\plus#1#2{#1 + #2} 2 (\plus x y)", "2*x + 2*y"),
    ],
)
def test_a_macro_is_read_as_its_body(latex: str, value: str) -> None:
    found = read(latex, KNOWN)
    assert isinstance(found, Reading), str(found)
    assert str(found) == value
    assert all(equation.latex in latex for equation in found.equations)


@pytest.mark.parametrize(
    ("latex", "at", "what"),
    [
        (r"x + \ip{x}", r"\ip{x}", r"\ip takes 2 arguments, and 1 follow"),
        (r"x + \mb", r"\mb", r"\mb takes 1 argument, and 0 follow"),
        (r"x + \endless", r"\endless", r"the macro \endless, which does not end: it uses itself"),
        (r"x + \mb{y} + \ip{v}{w \foo}", r"\foo", r"unknown command \foo"),
        (r"x + \norm{v} + \foo", r"\foo", r"unknown command \foo"),
    ],
)
def test_a_message_points_into_the_formula_as_written(latex: str, at: str, what: str) -> None:
    found = read(latex, KNOWN)
    assert isinstance(found, Unreadable), str(found)
    assert what in found.what
    assert latex[found.offset :].startswith(at)


def test_two_macros_that_use_each_other_end() -> None:
    loop = {"one": Macro(body=r"\two"), "two": Macro(body=r"\one")}
    found = read(r"x + \one", replace(KNOWN, macros=loop))
    assert isinstance(found, Unreadable)
    assert "uses itself" in found.what
    many = " + ".join([r"\half"] * (MOST + 1))
    assert isinstance(read(many, KNOWN), Unreadable)


def test_a_macro_that_grows_without_end_is_refused() -> None:
    found = read(r"\bomb", replace(KNOWN, macros={"bomb": Macro(body=r"x + \bomb + \bomb")}))
    assert isinstance(found, Unreadable)


def test_a_formula_that_defines_commands_states_no_value_and_the_others_know_them() -> None:
    block = r"\newcommand{\cube}[1]{#1^3}"
    assert isinstance(read(block, KNOWN), NotAClaim)
    assert str(read(r"\cube{x}", defined(block, KNOWN))) == "x**3"
    assert isinstance(read(r"\cube{x}", KNOWN), Unreadable)


def test_doubled_backslashes_are_single_ones() -> None:
    found = read(r"\\frac{\\alpha}{2} e^{-\\alpha |x|}", KNOWN)
    assert isinstance(found, Reading)
    assert str(found) == "alpha*exp(-alpha*Abs(x))/2"
    assert found.notes == ("doubled backslashes are read as single ones",)
    rows = read(r"f(x) = \\begin{cases} 0, & x < 1 \\\\ x, & x \\geq 1 \\end{cases}", KNOWN)
    assert str(rows) == "f(x) = Piecewise((0, x < 1), (x, x >= 1))"
    assert str(read(r"a + \\theta_{\mathrm{q}}", KNOWN)) == "a + theta_q"
    assert str(read(r"a = x \\ y = x", KNOWN)) == "a = x\ny = x"


@pytest.mark.parametrize(
    ("latex", "readings"),
    [
        (r"y = \frac{x}{2} \\beta = x", {"y = beta*x/2\ny = x", "y = x/2\nbeta = x"}),  # \beta, or a row that begins with beta
        (r"y = \frac{x}{2} + \\beta", {"y = beta + x/2"}),
        (r"y = x \\times \frac{a}{2}", {"y = a*x/2"}),  # no row begins with times
        (r"y = \\frac{x}{2} \\beta", {"y = beta*x/2"}),  # all backslashes are doubled
        (r"y = x \\beta = a", {"y = beta*x\ny = a", "y = x\nbeta = a"}),
        (r"f(x) = \begin{cases} a & x < 0 \\\frac{1}{2} & x \ge 0 \end{cases}", {"f(x) = Piecewise((a, x < 0), (1/2, x >= 0))"}),
        (r"f(x) = \begin{cases} a & x < 0 \\beta & x \ge 0 \end{cases}", {"f(x) = Piecewise((a, x < 0), (beta, x >= 0))"}),
        (r"f(x) = \begin{cases} a \\beta & x < 0 \\ 1 & x \ge 0 \end{cases}", {"f(x) = Piecewise((a*beta, x < 0), (1, x >= 0))"}),
        (r"y = \\exp(-x)", {"y = exp(-x)"}),
    ],
)
def test_two_backslashes_before_a_name_are_a_command_or_a_break(latex: str, readings: set[str]) -> None:
    found = read(latex, replace(KNOWN, legend={"beta": "a number"}))
    assert isinstance(found, Reading), str(found)
    assert {str(reading) for reading in (found, *found.others)} == readings
    assert all(equation.latex in latex for reading in (found, *found.others) for equation in reading.equations)


def test_four_backslashes_before_a_name_are_no_command() -> None:
    found = read(r"x \\\\times y", KNOWN)
    assert isinstance(found, Unreadable), str(found)
    assert found.what.startswith("a row without =")


GLUED = {
    "h": Macro(body="h"),
    "three": Macro(body="3"),
    "cosof": Macro(body=r"\cos#1", arguments=1),
    "pair": Macro(body="#1#2", arguments=2),
    "sum": Macro(body="x + y"),
    "quotient": Macro(body="x / y"),
}


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\sin\h", "sin(h)"),  # not \sinh
        (r"\cosof h", "cos(h)"),  # not \cosh
        (r"\cosof{h}", "cos(h)"),
        (r"\pair{\alpha}{x}", "alpha*x"),
        (r"\pair{\sin}{h}", "sin(h)"),
        (r"\pair xy", "x*y"),
        (r"x \cdot \three", "3*x"),
        (r"\mathrm{tan\h} x", "tanh(x)"),  # the letters of upright text are one name
        (r"\frac\sum2", "x/2 + y/2"),  # TeX takes a command as a whole
        (r"\frac{1}\sum", "1/(x + y)"),
        (r"\frac1\sum", "1/(x + y)"),
        (r"\sqrt\sum", "sqrt(x + y)"),
        (r"2 \cdot \quotient", "2*x/y"),
    ],
)
def test_a_macro_is_not_glued_to_its_neighbours(latex: str, value: str) -> None:
    found = read(latex, replace(KNOWN, parameters=("x", "y", "h"), macros=GLUED))
    assert isinstance(found, Reading | Unreadable)
    assert str(found) == value, str(found)


def test_a_macro_makes_no_name_with_digits() -> None:
    found = read(r"x\three", replace(KNOWN, macros=GLUED))
    assert isinstance(found, Unreadable)
    assert found.what.startswith("a number after a factor")


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\providecommand{\half}{3} \half x", "x/2"),
        (r"\providecommand{\exp}{3} \exp(x)", "exp(x)"),
        (r"\providecommand{\third}{\frac13} \third x", "x/3"),
        (r"\renewcommand{\exp}{3} \exp x", "3*x"),
        (r"\DeclarePairedDelimiter{\abs}{|}{|} \abs{x}", "Abs(x)"),
        (r"\DeclarePairedDelimiter{\abs}{|}{|} \abs*{x}", "Abs(x)"),
        (r"\DeclarePairedDelimiter{\abs}{|}{|} \abs[\big]{x}", "Abs(x)"),
        (r"\half*x", "x/2"),
    ],
)
def test_definitions_hold_as_in_latex(latex: str, value: str) -> None:
    assert str(read(latex, KNOWN)) == value


def test_a_star_is_no_argument() -> None:
    found = read(r"x + \mb*{y}", KNOWN)
    assert isinstance(found, Unreadable), str(found)
    assert found.what == r"\mb takes 1 argument, and 0 follow"
    assert found.offset == 4


def test_names_of_a_legend_are_spelled_out() -> None:
    assert spelled_out(r"\mb{v}", MACROS) == r"\mathbf{v}"
    assert spelled_out(r"\mb", MACROS) == r"\mb"
    assert spelled_out("v", MACROS) == "v"


def project(folder: Path, table: str = "", sphinx: str = "") -> Path:
    (folder / "pyproject.toml").write_text(f"[project]\nname = 'p'\n\n[tool.qedoc]\n{table}")
    if sphinx:
        (folder / "docs").mkdir()
        (folder / "docs" / "conf.py").write_text(sphinx)
    return folder


def test_macros_of_the_table(tmp_path: Path) -> None:
    text = r"macros = {R = '\mathbb{R}', '\ip' = ['\langle #1, #2 \rangle', 2], opt = ['#1 #2', 2, 'a']}"
    found = configuration(project(tmp_path, text))
    assert found.macros == {"R": r"\mathbb{R}", "ip": (r"\langle #1, #2 \rangle", 2), "opt": ("#1 #2", 2, "a")}


@pytest.mark.parametrize(
    "value", ["3", "{a1 = 'x'}", "{a = 3}", "{a = ['x']}", "{a = ['x', 10]}", "{a = ['x', 0, 'y']}", "{a = ''}", "{a = [1, 2]}"]
)
def test_a_table_that_is_no_table_of_macros(tmp_path: Path, value: str) -> None:
    with pytest.raises(QedocError, match="a table of LaTeX macros"):
        configuration(project(tmp_path, f"macros = {value}"))


SPHINX = r"""
import os
extensions = ["sphinx.ext.mathjax"]
base = {"R": r"\mathbb{R}"}
mathjax3_config = {"tex": {"macros": {**base, "half": r"\frac{1}{2}", "norm": [r"\left\| #1 \right\|", 1], "bad": 3}}}
latex_elements = {}
latex_elements["preamble"] = r"\newcommand{\cube}[1]{#1^3}" + r"\DeclareMathOperator{\act}{tanh}"
katex_options = "macros: {'\\\\hlf': '\\\\frac{#1}{2}'}"
katex_macros = dict()
katex_macros.update({r"\sq": "#1^2"})
"""


def test_macros_of_sphinx_are_read_and_not_run(tmp_path: Path) -> None:
    found = project_macros(project(tmp_path, r"macros = {half = '0.5'}", SPHINX + "raise SystemExit\n"))
    assert found.given == {
        "R": r"\mathbb{R}",
        "half": "0.5",
        "norm": (r"\left\| #1 \right\|", 1),
        "hlf": r"\frac{#1}{2}",
        "sq": "#1^2",
    }
    assert found.preambles == (r"\newcommand{\cube}[1]{#1^3}\DeclareMathOperator{\act}{tanh}",)
    assert found.problems == ()


@pytest.mark.parametrize("value", ["os.environ", "make()", "{**other}", "{'tex': f'{x}'}", "[x for x in y]", "1 + 'a'"])
def test_a_setting_that_is_no_literal_is_told(tmp_path: Path, value: str) -> None:
    found = project_macros(project(tmp_path, "", f"mathjax3_config = {value}\n"))
    assert found.given == {}
    assert found.problems == ("mathjax3_config in docs/conf.py, line 1, is not a literal, so its macros are not known",)


def test_a_conf_that_is_no_python_is_told(tmp_path: Path) -> None:
    (problem,) = project_macros(project(tmp_path, "", "def f(:\n")).problems
    assert problem.startswith("docs/conf.py cannot be read: ")


def test_a_docstring_uses_the_macros_of_its_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path, r"macros = {sq = '#1^2', bx = '\mathbf{x}'}", "mathjax3_config = open('x')\n")
    text = 'def f(x):\n    r"""F.\n\n    .. math:: \\sq{%s}\n    """\n    return x\n'
    (tmp_path / "with_macros.py").write_text(text % "x")
    (tmp_path / "without_macros.py").write_text(text % r"\nonsense")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (claim,) = claims(documented("with_macros")[0])
    assert isinstance(claim, Bound)
    assert claim.reading == "x**2"
    (claim,) = claims(documented("without_macros")[0])
    assert not isinstance(claim, Bound)
    assert claim.suggestion.startswith("define it in [tool.qedoc] macros; mathjax3_config in docs/conf.py, line 1, is not a literal")
