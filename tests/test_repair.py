r"""Corrections of wrong formulas: the slip is found and proved, nothing else changes, and what is no correction is not shown."""

import itertools
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp
from click.testing import CliRunner

from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.cli.main import main
from qedoc.errors import Location, QedocError
from qedoc.judge.check import check
from qedoc.repair.domains import narrowed
from qedoc.repair.edits import Edit
from qedoc.repair.framed import framed
from qedoc.repair.marked import bound_as, stated_part
from qedoc.repair.own import own_formula
from qedoc.repair.plainness import is_plain, is_whole
from qedoc.repair.runs import holds, points_of
from qedoc.repair.search import Repair
from qedoc.repair.source import Replacement, applied, replacements
from qedoc.repair.specs import corrected_spec
from qedoc.repair.spelling import spellings
from qedoc.repair.tokens import token_edits
from qedoc.results.verdict import Correction, Verdict
from qedoc.sources.docstrings import Documented, documented

Corrections = Callable[[str, str, str], list[Correction]]
LONG = 120.0
_NUMBER = itertools.count(1)


@pytest.fixture
def corrections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Corrections]:
    """Returns the corrections of a formula of a function with the given parameters and code."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def found(parameters: str, latex: str, code: str) -> list[Correction]:
        made.append(f"slips_{next(_NUMBER)}")
        docstring = f'r"""F.\n\n    .. math::\n\n        {latex}\n    """'
        text = f"import jax\nimport jax.numpy as jnp\n\n\ndef f({parameters}):\n    {docstring}\n    return {code}\n"
        (tmp_path / f"{made[-1]}.py").write_text(text)
        sys.path_importer_cache.clear()
        (record,) = documented(f"{made[-1]}.f")
        (claim,) = claims(record)
        assert isinstance(claim, Bound)
        return Repair(record, claim, LONG).corrections()

    yield found
    for module in made:
        sys.modules.pop(module, None)


Own = Callable[[str, str, str], tuple[Documented, Bound]]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Own]:
    """Returns the record and the claim of a function with the given parameters, body and formula."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def found(parameters: str, body: str, latex: str) -> tuple[Documented, Bound]:
        made.append(f"own_{next(_NUMBER)}")
        docstring = f'r"""F.\n\n    .. math::\n\n        {latex}\n    """'
        text = f"import jax.numpy as jnp\n\n\ndef f({parameters}):\n    {docstring}\n    {body}\n"
        (tmp_path / f"{made[-1]}.py").write_text(text)
        sys.path_importer_cache.clear()
        (record,) = documented(f"{made[-1]}.f")
        (claim,) = claims(record)
        assert isinstance(claim, Bound)
        return record, claim

    yield found
    for module in made:
        sys.modules.pop(module, None)


SLIPS = {
    "a sign": ("t, r=0.5", "f(t, r) = e^{r t}", "jnp.exp(-r * t)", "f(t, r) = e^{-r t}"),
    "a sign inside": ("x", r"\log(1 - e^{x})", "jnp.log1p(jnp.exp(x))", r"\log(1 + e^{x})"),
    "a factor": ("m, v", "f(m, v) = m v^2", "0.5 * m * v**2", r"f(m, v) = \frac{1}{2} m v^2"),
    "a number": ("x, y", "f(x, y) = x + 3 y", "x + 2 * y", "f(x, y) = x + 2 y"),
    "a symbol": ("a, b", "f(a, b) = a (1 - a)", "a * (1 - b)", "f(a, b) = a (1 - b)"),
    "an exponent": ("x, y", "f(x, y) = x y^3 + 1", "x * y**2 + 1", "f(x, y) = x y^2 + 1"),
    "a root": ("x, y", "f(x, y) = (x^2 + y^2)", "jnp.sqrt(x**2 + y**2)", r"f(x, y) = (\sqrt{x^2 + y^2})"),
    "a relation": (
        "x",
        r"f(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
        "jnp.where(x >= 0, 1.0, 0.0)",
        None,  # two relations have to change: one edit does not do
    ),
    "a value of a case": (
        "x",
        r"f(x) = \begin{cases} x & x > 0 \\ 1 & x \le 0 \end{cases}",
        "jnp.maximum(x, 0)",
        r"f(x) = \begin{cases} x & x > 0 \\ 0 & x \le 0 \end{cases}",
    ),
    "a symbol beside a command that begins with it": (
        "x, b",
        r"f(x, b) = \begin{cases} x^2 & x > 0 \\ 0 & x \le 0 \end{cases}",
        "jnp.where(x > 0, x * b, 0)",
        r"f(x, b) = \begin{cases} b x & x > 0 \\ 0 & x \le 0 \end{cases}",
    ),
    "an exponent that moves": ("x, p", r"f(x, p) = 2 (1 + \cosh(x)^p)", "2 * (1 + jnp.cosh(x)) ** p", r"f(x, p) = 2 (1 + \cosh(x))^p"),
    "a dropped factor": ("x, a", "f(x, a) = 2 a x", "a * x", "f(x, a) = a x"),
    "a formula without values": ("x", r"f(x) = \log(-2 - x^2)", "jnp.exp(-2 - x**2)", r"f(x) = \exp(-2 - x^2)"),
    "a function that is forgotten": (
        "x, y",
        r"f(x, y) = \cos(x) + x \frac{y}{2}",
        "jnp.cos(x) + x * jnp.cos(y / 2)",
        r"f(x, y) = \cos(x) + x \cos(\frac{y}{2})",
    ),
    "a condition that few points tell from the right one": (
        "x",
        r"f(x) = \begin{cases} x & x \le 3^2 \\ 2 x & x > 3 \end{cases}",
        "jnp.where(x <= 3, x, 2 * x)",
        r"f(x) = \begin{cases} x & x \le 3 \\ 2 x & x > 3 \end{cases}",
    ),
    "a logarithm that underflows": ("x", r"f(x) = \log(2 \exp(x^2))", "jnp.log(2) - x**2", r"f(x) = \log(2 \exp(-x^2))"),
    "a difference that float64 rounds to 0": (
        "x",
        r"f(x) = \log(2 - \exp(-\exp(x)))",
        "jnp.log(-jnp.expm1(-jnp.exp(x)))",
        r"f(x) = \log(1 - \exp(-\exp(x)))",
    ),
    "an exponent under an integral": (
        "x",
        r"f(x) = \frac{2}{\sqrt{\pi}} \int_0^x e^{-t^3} \, dt",
        "jax.scipy.special.erf(x)",
        r"f(x) = \frac{2}{\sqrt{\pi}} \int_0^x e^{-t^2} \, dt",
    ),
    "no slip of this kind": ("x, a", "f(x, a) = a x", "jnp.sin(x) * jnp.cosh(a) + jnp.arctan(x * a)", None),
}


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_found_and_proved(corrections: Corrections, kind: str) -> None:
    parameters, wrong, code, right = SLIPS[kind]
    found = corrections(parameters, wrong, code)
    if right is None:
        assert all(one.verdict is Verdict.PROVED for one in found)
        return
    assert (found[0].latex, found[0].verdict) == (right, Verdict.PROVED)


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"f_{cdf}(k, \mu) = \sum_{i=0}^k f_{pmf}(i, \mu)", Verdict.PROVED),
        (r"f_{cdf}(k, \mu) = \sum_{i=1}^k f_{pmf}(i, \mu)", Verdict.REFUTED),
        (r"f_{cdf}(k, \mu) = \sum_{i=0}^k f_{pmf}(k, \mu)", Verdict.REFUTED),
    ],
)
def test_a_function_of_the_index_of_a_sum(latex: str, verdict: Verdict) -> None:
    (record,) = documented("jax.scipy.stats.poisson.cdf")
    formulas = tuple(replace(formula, latex=latex) if formula.display else formula for formula in record.formulas)
    (claim,) = claims(replace(record, formulas=formulas))
    assert isinstance(claim, Bound)
    assert check(claim.spec, {"k": 2}, Limits(max_points=100), lambda _: None).verdict is verdict


def test_the_index_of_a_sum_for_another_letter() -> None:
    (record,) = documented("jax.scipy.stats.poisson.cdf")
    wrong = r"f_{cdf}(k, \mu) = \sum_{i=0}^k f_{pmf}(k, \mu)"
    formulas = tuple(replace(formula, latex=wrong) if formula.display else formula for formula in record.formulas)
    record = replace(record, formulas=formulas)
    (claim,) = claims(record)
    assert isinstance(claim, Bound)
    found = Repair(record, claim, LONG).corrections()
    assert [(one.latex, one.verdict) for one in found] == [(wrong.replace("f_{pmf}(k", "f_{pmf}(i"), Verdict.PROVED)]


COSINE = (
    "t, I, T, alpha=0.0, p=1.0",
    """if T <= 0:
        raise ValueError
    t = jnp.minimum(t, T)
    return I * ((1 - alpha) * (0.5 * (1 + jnp.cos(jnp.pi * t / T))) ** p + alpha)""",
)
"""The code of Optax's cosine decay. Its documentation was wrong in several places at once, and then in one."""


def test_the_formula_of_the_code_in_the_symbols_of_the_author(own: Own) -> None:
    record, claim = own(*COSINE, r"\frac{I (1 - \alpha)}{2}(1+\cos(\pi\,\frac{t}{T})^p) + \alpha\,,")
    made = own_formula(record, claim, LONG)
    assert made is not None
    assert made.verdict is Verdict.PROVED
    right = r"I \left(\alpha + \left(\frac{1 + \cos\left(\frac{\pi \min(T, t)}{T}\right)}{2}\right)^p (1 - \alpha)\right)\,,"
    assert made.latex == right


@pytest.mark.parametrize(
    ("body", "latex", "wrong", "right"),
    [
        ("return jnp.where(x >= 0, 2 * x, x)", r"f(x) = \sqrt{x^2} + x.", {"x": -1.0}, r"f(x) = \sqrt{x^2} + x \quad \text{for } x \ge 0."),
        ("return x * x + 1", "f(x) = x^2", {"x": 1.0}, None),
        ("return jnp.where(x == 3, x, x * x)", "f(x) = x", {"x": 2.0}, None),
    ],
)
def test_the_condition_under_which_a_formula_holds(own: Own, body: str, latex: str, wrong: dict[str, float], right: str | None) -> None:
    """A condition that leaves hardly any points is none."""
    record, claim = own("x", body, latex)
    made = narrowed(record, claim, wrong, LONG)
    assert (made.latex if made is not None else None) == right
    assert made is None or made.verdict is Verdict.PROVED


SPEC = """from sympy import Piecewise, symbols

from qedoc import Parameter, Reals, Spec

x, y = symbols("x y")
value = Piecewise((1, x > y), (0, True))
both = [Parameter(x, "x", Reals(), ""), Parameter(y, "y", Reals(), "")]
step = Spec(target="{0}.step", formula=value, symbols=both)
total = Spec(target="{0}.total", formula=x + 2 * y, symbols=both)
"""


@pytest.mark.parametrize(
    ("name", "line", "before", "after"),
    [("step", 8, "x > y", "x >= y"), ("total", 9, "x + 2 * y", "x - 2 * y"), ("none", 9, "", None)],
)
def test_a_spec_is_corrected_in_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: int, before: str, after: str | None
) -> None:
    module = f"compared_{name}"
    code = "def step(x, y):\n    return jnp.where(x >= y, 1.0, 0.0)\n\n\ndef total(x, y):\n    return x - 2 * y\n"
    (tmp_path / f"{module}.py").write_text(f"import jax.numpy as jnp\n\n\n{code}")
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "spec.py"
    file.write_text(SPEC.format(module))
    found = corrected_spec(str(file), line, f"{module}.{name}", LONG)
    if after is None:
        assert found is None
        return
    assert found is not None
    correction, edit = found
    assert correction.verdict is Verdict.PROVED
    assert applied(file.read_text(), [edit]) == SPEC.format(module).replace(before, after)


def test_two_corrections_that_add_the_same_are_one() -> None:
    edit = Replacement(start=1, end=1, text="b")
    assert applied("ac", [edit, edit]) == "abc"
    with pytest.raises(QedocError, match="change the same part"):
        applied("ac", [edit, Replacement(start=1, end=1, text="d")])


def test_a_formula_of_several_lines_keeps_the_margin_of_the_file() -> None:
    old, new = "\\begin{cases}\nx & x > 0 \\\\\n0 & x < 0\n\\end{cases}", "\\begin{cases}\ny^2 + z & y > 1 \\\\\n7 a & y < z\n\\end{cases}"
    lines = [r"\begin{cases}", r"  x & x > 0 \\", "  0 & x < 0", r"\end{cases}"]
    text = 'def f():\n    r"""F.\n\n    .. math::\n\n' + "".join(f"        {line}\n" for line in lines) + '    """\n'
    made = applied(text, replacements(text, Location(path="f.py", line=6), old, new))
    assert made == text.replace(r"x & x > 0", "y^2 + z & y > 1").replace("0 & x < 0", "7 a & y < z")
    inline = (
        text.replace(".. math::\n\n        \\begin", ".. math:: \\begin").replace("\n          ", " ").replace("\n        \\end", " \\end")
    )
    assert r".. math:: \begin{cases} y^2 + z & y > 1 \\ 7 a & y < z \end{cases}" in applied(
        inline, replacements(inline, Location(path="f.py", line=4), old, new)
    )


def test_only_the_part_that_differs_changes(own: Own) -> None:
    record, claim = own("x, a", "return jnp.where(x > a, jnp.tanh(a), jnp.sinh(x) * a)", r"f(x, a) = a \sinh(x)")
    made = own_formula(record, claim, LONG)
    assert made is not None
    assert made.verdict is Verdict.PROVED
    lines = [line.strip() for line in made.latex.split("\n")]
    assert r"a \sinh(x) & \text{otherwise}" in lines
    assert r"\tanh(a) & \text{if } x > a \\" in lines


def test_two_slips_are_found(corrections: Corrections) -> None:
    (first, *_) = corrections("x, a", r"f(x, a) = 2 \exp(a x) + 1", "jnp.exp(-a * x) + 1")
    assert first.verdict is Verdict.PROVED
    assert first.latex == r"f(x, a) = \exp(-a x) + 1"


def test_a_right_formula_has_no_correction(corrections: Corrections) -> None:
    assert corrections("x", "f(x) = x^2", "x * x") == []


def test_a_correction_has_a_value_wherever_the_code_has_one(corrections: Corrections) -> None:
    """`x^2 / x` is right except at 0, where it has no value."""
    assert all(r"\frac{" not in one.latex for one in corrections("x", "f(x) = 2 x", "x"))


def cases(*rows: str) -> str:
    body = r" \\ ".join(rows)
    return rf"f(x) = \begin{{cases}} {body} \end{{cases}}"


NESTED = "jnp.where(x <= 0, 0.0, jnp.where(x <= 1, x**2, x))"
CUT = "jnp.where(x >= 1, 1 - 1 / x, 0.0)"


@pytest.mark.parametrize(
    ("wrong", "code", "right"),
    [
        (  # `0 > x \\ge 1` holds nowhere, and what is left has the values of the code
            cases(r"0 & x \le 0", r"x^2 & 0 > x \le 1", r"x & x > 1"),
            NESTED,
            cases(r"0 & x \le 0", r"x^2 & 0 < x \le 1", r"x & x > 1"),
        ),
        (  # one case alone may be about a part of the domain
            cases(r"1 - \frac{2}{x} & x \ge 1"),
            CUT,
            cases(r"1 - \frac{1}{x} & x \ge 1"),
        ),
        (  # cases may leave out an end of their ranges
            cases(r"1 - \frac{2}{x} & x > 1", r"0 & x < 1"),
            CUT,
            cases(r"1 - \frac{1}{x} & x > 1", r"0 & x < 1"),
        ),
        (  # `-x < 1` also holds where the first case does
            cases(r"1 - \frac{2}{x} & x \ge 1", "0 & -x < 1"),
            CUT,
            cases(r"1 - \frac{1}{x} & x \ge 1", "0 & x < 1"),
        ),
        (  # the second case holds wherever the first one does not
            cases(r"1 - \frac{2}{x} & x \ge 1", r"0 & \text{otherwise}"),
            CUT,
            cases(r"1 - \frac{1}{x} & x \ge 1", r"0 & \text{otherwise}"),
        ),
        (  # cases that overlap may have the same values
            cases(r"x^2 & x \ge 1", r"x & 0 \le x \le 1", r"-x & x \le 0"),
            "jnp.where(x >= 1, x, jnp.abs(x))",
            cases(r"x & x \ge 1", r"x & 0 \le x \le 1", r"-x & x \le 0"),
        ),
    ],
)
def test_cases_leave_no_gap_and_do_not_contradict(corrections: Corrections, wrong: str, code: str, right: str) -> None:
    found = [one.latex for one in corrections("x", wrong, code)]
    assert found[0] == right
    assert all(r"> x \ge" not in one and "-x < 1" not in one for one in found)


def test_no_symbol_is_added_that_changes_nothing(corrections: Corrections) -> None:
    """The right values could be written as `1^a`, and with a minimum of numbers."""
    found = corrections("x, a", "f(x, a) = 3 x - a", "1 * x - a")
    assert found[0].latex == "f(x, a) = x - a"
    assert all("^" not in one.latex and "min" not in one.latex for one in found)


def test_a_correction_does_not_lose_a_parameter(corrections: Corrections) -> None:
    """At the default, `a` is 1, and `x` alone would do."""
    (first, *_) = corrections("x, a=1.0", "f(x, a) = x - a + 1", "x * a")
    assert "a" in first.latex.partition("=")[2]


@pytest.mark.parametrize("names", ["mu=0.0, sigma=1.0", "a=0.0, b=1.0"])
def test_a_parameter_that_is_named_by_its_letter_is_not_lost(corrections: Corrections, names: str) -> None:
    """`x` is right for the defaults only."""
    (shift, scale) = (name.partition("=")[0] for name in names.split(", "))
    found = corrections(f"x, {names}", "f(x) = 2 x", f"x * {scale} + {shift}")
    assert all({shift, scale} <= set(re.findall(r"[a-z]+", one.latex.partition("=")[2])) for one in found)


@pytest.mark.parametrize(("code", "right"), [("0 * x * a", "f(x, a) = 0"), ("0 * x + jnp.log(a)", None)])
def test_a_constant_is_right_only_for_every_value_of_the_parameters(corrections: Corrections, code: str, right: str | None) -> None:
    """`log(a)` is 0 at the default."""
    found = corrections("x, a=1.0", "f(x, a) = 1", code)
    if right is None:
        assert all("a" in one.latex.partition("=")[2] for one in found)
    else:
        assert (found[0].latex, found[0].verdict) == (right, Verdict.PROVED)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (r"f(x) = \sqrt{x}", True),
        (r"f(x) = \sqrt{}", False),
        ("f(x,) = x", False),
        ("f(x) = g(, x)", False),
        (r"f(x) = \int_0^-x t dt", False),
        ("f(x) = x^{-2}", True),
    ],
)
def test_a_correction_has_no_empty_arguments(text: str, whole: bool) -> None:
    assert is_whole(text, "f(x) = x") is whole
    assert is_whole(text, text)


def test_the_formula_of_the_code_must_have_values_where_the_code_has_them(own: Own) -> None:
    """The logarithm of a negative number has no value, so that nothing there refutes it."""
    record, claim = own("x", "return -1 - x**2", "f(x) = x")
    made = own_formula(record, claim, LONG)
    assert made is not None
    bound, points = bound_as(record, claim.formula, made.latex, claim.spec.id), list(points_of(claim.spec))
    assert bound is not None
    assert holds(bound.spec, points)
    assert not holds(replace(bound.spec, formula=sp.log(bound.spec.formula), origin=bound.spec.location), points)


def test_no_page_of_algebra_is_shown(own: Own) -> None:
    code = " + ".join(f"jnp.sin({k}.123 * x) * jnp.cosh(x / {k}.77)" for k in range(3, 23))
    assert own_formula(*own("x", f"return {code}", "f(x) = x"), LONG) is None


def test_what_was_kept_of_an_edit_that_does_not_hold_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    code = "jnp.where(jnp.abs(x * t - 7.12345) + jnp.abs(x + 3 * t - 19.77) < 1e-3, 0.0, x - t)"
    text = f'import jax.numpy as jnp\n\n\ndef f(x, t):\n    r"""F.\n\n    .. math:: f(x, t) = x + t\n    """\n    return {code}\n'
    (tmp_path / "taken_back.py").write_text(text)
    (record,) = documented("taken_back.f")
    (claim,) = claims(record)
    assert isinstance(claim, Bound)
    kept: list[list[Correction]] = []
    Repair(record, claim, LONG).corrections(lambda found: kept.append(list(found)))
    assert any(one.latex == "f(x, t) = x - t" for found in kept for one in found)
    assert kept[-1] == []


FRAMED = {
    "a changed number": (r"f(x, a) = 3 x + \log(a)", True),
    "a cancelled symbol": (r"f(x, a) = x - x + a", True),
    "a command that nothing defines": (r"f(x, a) = \unheard{x}", False),
    "a symbol that nothing explains": ("f(x, a) = x + q", False),
    "a brace that is not closed": (r"f(x, a) = \frac{x}{a", False),
}


@pytest.mark.parametrize("kind", FRAMED)
def test_a_right_side_that_is_put_in_means_what_binding_makes_of_it(own: Own, kind: str) -> None:
    text, readable = FRAMED[kind]
    record, claim = own("x, a", "return x * a", r"f(x, a) = 2 x + \log(a)")
    within = stated_part(record, claim)
    assert within is not None
    frame = framed(record, claim, within)
    assert frame is not None
    put = frame.spec(text)
    assert (put is not None) == readable
    if put is not None:
        bound = bound_as(record, claim.formula, text, claim.spec.id)
        assert bound is not None
        assert (put.formula - bound.spec.formula).equals(0)


def test_the_logarithm_around_a_right_side_stays(own: Own) -> None:
    (record,) = documented("jax.scipy.stats.norm.logpdf")
    (claim,) = claims(record)
    assert isinstance(claim, Bound)
    within = stated_part(record, claim)
    assert within is not None
    frame = framed(record, claim, within)
    assert frame is not None
    put = frame.spec(claim.formula.latex.replace("x^2", "x^4"))
    assert put is not None
    assert put.formula.has(sp.log)
    assert put.formula.has(sp.Symbol("x") ** 4)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"f(x, a) = a x", True),
        (r"f(x, a) = \frac{1}{2} x - 1 + a", True),
        (r"f(x, a) = x + \log(1)", False),
        (r"f(x, a) = (2 - 1) x", False),
        (r"f(x, a) = x^{a - a}", False),
        (r"f(x, a) = \frac{a x + a}{a}", False),
        (r"f(x, a) = \frac{", True),  # nothing is known of it
    ],
)
def test_a_part_that_says_less_than_it_seems_to(own: Own, text: str, plain: bool) -> None:
    record, claim = own("x, a", "return x * a", "f(x, a) = a + x")
    within = stated_part(record, claim)
    assert within is not None
    frame = framed(record, claim, within)
    assert frame is not None
    assert is_plain(frame, text, claim.formula.latex) is plain


def test_a_value_that_float64_cannot_hold_is_computed_exactly(corrections: Corrections) -> None:
    """The quotient of two infinities is no number in float64."""
    (first, *_) = corrections("x", r"f(x) = 2 \frac{\sinh(5 x)}{\cosh(5 x)}", "jnp.tanh(5 * x)")
    assert first.latex.replace(" ", "") == r"f(x)=\frac{\sinh(5x)}{\cosh(5x)}"


@pytest.mark.parametrize(("latex", "lost"), [("f(x, a) = x x", "x + x"), ("f(x, a) = x - x", "x")])
def test_a_parameter_that_the_slip_removed_comes_back(corrections: Corrections, latex: str, lost: str) -> None:
    """At the default of `a`, `lost` has the values of the code."""
    found = corrections("x, a=2.0" if lost == "x + x" else "x, a=0.0", latex, "x * a" if lost == "x + x" else "x - a")
    assert found
    assert all("a" in one.latex.partition("=")[2] for one in found)


def test_of_edits_with_one_meaning_the_shortest_is_shown(corrections: Corrections) -> None:
    (first, *_) = corrections("x, a", r"f(x, a) = \frac{x}{a + 1}", "x / a")
    assert first.latex.replace(" ", "") == r"f(x,a)=\frac{x}{a}"


@pytest.mark.parametrize(
    ("latex", "code", "right"),
    [
        (r"f(x) = \log(1) + e^x", "jnp.log1p(jnp.exp(x))", r"f(x) = \log(1 + e^x)"),
        (r"f(x) = \sqrt{x^2 + 1}", "jnp.abs(x) + 1", r"f(x) = \sqrt{x^2 } + 1"),
        (r"f(x) = e^{-x^{-2}}", "jnp.exp(-(x**2))", "f(x) = e^{-x^{2}}"),
    ],
)
def test_a_term_on_the_wrong_side_of_a_bracket_and_a_negative_exponent(corrections: Corrections, latex: str, code: str, right: str) -> None:
    (first, *_) = corrections("x", latex, code)
    assert (first.latex.replace(" ", ""), first.verdict) == (right.replace(" ", ""), Verdict.PROVED)


@pytest.mark.parametrize(
    ("latex", "span", "edit", "first"),
    [
        ("a - b", (4, 5), Edit(kind="negate", cost=1), "a + b"),
        ("-a", (0, 2), Edit(kind="negate", cost=1), "a"),
        ("|x| - 1", (6, 7), Edit(kind="negate", cost=1), "|x| + 1"),
        ("a b", (2, 3), Edit(kind="double", cost=1), "a 2 b"),
        ("2 a", (0, 1), Edit(kind="drop", cost=1), "a"),
        ("a^2", (2, 3), Edit(kind="drop", cost=1), "a"),
        (r"\frac{a}{b}", (0, 11), Edit(kind="invert", cost=1), r"\frac{b}{a}"),
        ("x + 1", (4, 5), Edit(kind="increase", cost=1), "x + 2"),
        ("(a + b)", (1, 6), Edit(kind="square", cost=1), "(a + b)^2"),
        ("a", (0, 1), Edit(kind="root", cost=1), r"\sqrt{a}"),
        ("t / T", (0, 1), Edit(kind="least", cost=1, word="T"), r"\min(t, T) / T"),
    ],
)
def test_an_edit_is_written_as_people_write_it(latex: str, span: tuple[int, int], edit: Edit, first: str) -> None:
    assert spellings(latex, span, edit)[0] == first


def test_edits_of_relations_indices_and_names() -> None:
    latex = r"\sum_{i=1}^n x_i < \cos a"
    texts = {text for _, text in token_edits(latex, (0, len(latex)), ["i", "n", "a"])}
    assert {
        r"\sum_{i=0}^n x_i < \cos a",
        r"\sum_{i=1}^n x_{i+1} < \cos a",
        r"\sum_{i=1}^n x_i \le  \cos a",
        r"\sum_{i=1}^n x_i < \sin a",
    } <= texts
    assert {r"\sum_{i=1}^{n-1} x_i < \cos a", r"\sum_{i=1}^n x_i < \cos n"} <= texts
    covered = r"\frac{1}{2 a} \int_0^4 (x + t^{12}) dt"
    texts = {text for _, text in token_edits(covered, (0, len(covered)), ["a", "x"])}
    assert {
        r"\frac{1}{\sqrt{2 a}} \int_0^4 (x + t^{12}) dt",
        r"\frac{1}{2 a} \int_0^4 \sqrt{x + t^{12}} dt",
        r"\frac{1}{2 a} \int_0^4 (x + t) dt",
        r"\frac{1}{2 a} \int_0^4 (x + t^{6}) dt",
        r"\frac{1}{2 x} \int_0^4 (x + t^{12}) dt",
    } <= texts
    assert r"\frac{1}{2 a} \int_0 (x + t^{12}) dt" not in texts
    shifted = {text for _, text in token_edits(r"\sum_{i=1}^{n^2-1} x_{i-1}", (0, 26), ["i", "n"])}
    assert {r"\sum_{i=1}^{n^2-1} x_{i}", r"\sum_{i=1}^{n^2-1} x_{i+1}", r"\sum_{i=1}^{n-1} x_{i-1}"} <= shifted


RAW = 'def f(x):\n    r"""F.\n\n    .. math::\n        x^2\n        + \\alpha\n    """\n'
ESCAPED = 'def f(x):\n    """F.\n\n    .. math:: x^2 + \\\\alpha\n    """\n'
TABS = 'def f(x):\n\tr"""F.\r\n\r\n\t.. math:: x^2 + \\alpha\r\n\t"""\r\n'


@pytest.mark.parametrize(
    ("text", "line", "old", "new", "after"),
    [
        (RAW, 5, "x^2\n+ \\alpha", "x^3\n+ \\alpha", RAW.replace("x^2", "x^3")),
        (RAW, 5, "x^2\n+ \\alpha", "x^2\n- \\alpha", RAW.replace("+ ", "- ")),
        (RAW, 1, "x^2\n+ \\alpha", "2 x^2\n+ \\alpha", RAW.replace("x^2", "2 x^2")),
        (ESCAPED, 4, "x^2 + \\alpha", "x^2 + \\beta", ESCAPED.replace("alpha", "beta")),
        (ESCAPED, 4, "x^2 + \\alpha", "\\sqrt{x^2} + \\alpha", ESCAPED.replace("x^2", "\\\\sqrt{x^2}")),
        (ESCAPED, 4, "x^2 + \\alpha", "x^2", ESCAPED.replace(" + \\\\alpha", "")),
        (ESCAPED, 4, "x^2 + \\alpha", "+ \\alpha", ESCAPED.replace("x^2 ", "")),
        (RAW, 5, "x^2\n+ \\alpha", "x^2\n\\alpha", RAW.replace("+ ", "")),
        (TABS, 4, "x^2 + \\alpha", "x^2 - \\alpha", TABS.replace("+", "-")),
    ],
)
def test_only_the_edit_is_written(text: str, line: int, old: str, new: str, after: str) -> None:
    assert applied(text, replacements(text, Location(path="a.py", line=line), old, new)) == after


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('def f(x):\n    """F."""\n', "does not stand here as it was read"),
        ('TEXT = r"x^2 + \\alpha"\n\ndef f(x):\n    pass\n\nf.__doc__ = "A: " + TEXT\n', "put together by code"),
        ('def f(x):\n    r"""F %s x^2 + \\alpha""" % 1\n', "put together by code"),
        ("def f(x:\n", "no valid Python"),
    ],
)
def test_text_that_is_no_plain_docstring_is_left_alone(text: str, message: str) -> None:
    with pytest.raises(QedocError, match=message) as caught:
        replacements(text, Location(path="a.py", line=1), "x^2 + \\alpha", "x^2 - \\alpha")
    assert caught.value.location == Location(path="a.py", line=1)


def test_edits_of_the_same_place_are_refused() -> None:
    place = Location(path="a.py", line=4)
    (one,) = replacements(ESCAPED, place, "x^2 + \\alpha", "x^3 + \\alpha")
    other = replace(one, text="4")
    with pytest.raises(QedocError, match="two corrections change the same part"):
        applied(ESCAPED, [one, other])
    assert applied(ESCAPED, [one, one]) == applied(ESCAPED, [one])


LIBRARY = '''import jax.numpy as jnp


def decay(t, rate=0.5):
    r"""Exponential decay.

    .. math::
        f(t) = e^{\\lambda t}

    Args:
        t: the time :math:`t`.
        rate: the rate :math:`\\lambda`.
    """
    return jnp.exp(-rate * t)


def square(x):
    r"""The square.

    .. math:: f(x) = x^2
    """
    return x * x
'''


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "decaying.py"
    file.write_text(LIBRARY)
    return file


def test_fix_prints_a_diff_and_writes_only_the_formula(library: Path) -> None:
    shown = CliRunner().invoke(main, ["fix", "decaying", "--jobs", "1", "--quiet"])
    assert shown.exit_code == 1, shown.output
    assert "-        f(t) = e^{\\lambda t}\n+        f(t) = e^{-\\lambda t}\n" in shown.stdout
    assert library.read_text() == LIBRARY
    written = CliRunner().invoke(main, ["fix", "decaying", "--write", "--jobs", "1", "--quiet"])
    assert written.exit_code == 0, written.output
    right = LIBRARY.replace("e^{\\lambda", "e^{-\\lambda")
    assert library.read_text() == right
    again = CliRunner().invoke(main, ["fix", "decaying", "--write", "--jobs", "1", "--quiet"])
    assert (again.exit_code, again.stdout, library.read_text()) == (0, "", right)


def test_without_an_edit_fix_gives_the_formula_of_the_code(library: Path) -> None:
    wrong = LIBRARY.replace("x * x", "jnp.sinh(x) + jnp.cos(3 * x)")
    library.write_text(wrong)
    found = CliRunner().invoke(main, ["fix", "decaying.square", "--jobs", "1", "--quiet", "--repair-timeout", "5"])
    assert (found.exit_code, library.read_text()) == (1, wrong)
    assert r"decaying.square: proved: f(x) = \cos(3 x) + \sinh(x)" in found.stderr


def test_fix_names_what_is_no_module(library: Path) -> None:
    found = CliRunner().invoke(main, ["fix", "growing", "--quiet"])
    assert found.exit_code == 2
    assert "growing" in found.stderr
    assert "Traceback" not in found.stderr
