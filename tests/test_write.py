r"""Formulas that are made from code: each is read back and proved, in the style of the docstring, and written into it and nowhere else."""

import ast
import difflib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sympy as sp
from click.testing import CliRunner

from qedoc.algebra.satisfiable import Facts
from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.cli.files import rewritten
from qedoc.cli.main import main
from qedoc.compose import blocks, reading
from qedoc.compose.latex import latex
from qedoc.compose.letters import Named, letters
from qedoc.compose.tidied import tidied
from qedoc.compose.writing import written
from qedoc.errors import QedocError
from qedoc.judge.cases import flattened
from qedoc.repair.inserted import insertion
from qedoc.repair.source import applied
from qedoc.results.verdict import Verdict
from qedoc.results.written import Written
from qedoc.sources.docstrings import with_docstring

MADE = {
    "optax.constant_schedule": [".. math:: f(t) = v", "where :math:`v` is ``value``."],
    "optax.l2_loss": [r".. math:: \frac{1}{2} (p - t)^2", "where :math:`p` is ``predictions`` and :math:`t` is ``targets``."],
    "optax.huber_loss": [
        r"\frac{1}{2} (p - t)^2 & \text{if } |p - t| \le \delta \\",
        r"\delta \left(|p - t| - \frac{\delta}{2}\right) & \text{otherwise}",
    ],
    "optax.exponential_decay": [
        r"I & \text{if } t \le B \\",
        r"I r^{\frac{t - B}{T}} & \text{otherwise}",
        "Here\n``staircase`` is ``False`` and ``end_value`` is ``None``.",
    ],
    "optax.piecewise_constant_schedule": [r".. math:: f(t) = I \prod_{i : b_i \le t} f_i", "entries in ``boundaries_and_scales``."],
}


@pytest.mark.parametrize("target", MADE)
def test_the_formula_of_the_code_is_proved(target: str) -> None:
    made = written(target)
    assert made.verdict is Verdict.PROVED
    for part in MADE[target]:
        assert part in made.text
    if target.startswith("optax.piecewise"):
        assert "proved for every n >= 0 by induction" in made.reason


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"f(t) = I \prod_{i : b_i \le t} f_i", Verdict.PROVED),
        (r"f(t) = I \prod_{i : b_i < t} f_i", Verdict.REFUTED),
        (r"f(t) = I + \sum_{i : b_i \le t} f_i", Verdict.REFUTED),
    ],
)
def test_a_legend_names_the_entries_of_a_dict(formula: str, verdict: Verdict) -> None:
    legend = "where :math:`I` is ``init_value`` and\n    :math:`(b_i, f_i)` are the entries in ``boundaries_and_scales``."
    text = f"F.\n\n    .. math:: {formula}\n\n    {legend}\n"
    args = "\n    Args:\n      init_value: start.\n      boundaries_and_scales: All values must be non-negative.\n    "
    claim = reading.bound("optax.piecewise_constant_schedule", text + args, formula)
    assert isinstance(claim, Bound)
    spec = claim.spec
    small = reading.check(spec, {"n": 1}, reading.Limits(max_points=50), lambda _: None)
    assert small.verdict is verdict


@pytest.mark.parametrize(
    "words", ["are the entries in ``boundaries_and_scales`` with doubled keys", "are some of the entries in ``boundaries_and_scales``"]
)
def test_words_about_entries_that_say_more_name_no_letters(words: str) -> None:
    record = with_docstring(
        "optax.piecewise_constant_schedule", f"F.\n\n    .. math:: \\prod_i f_i\n\n    where :math:`(b_i, f_i)` {words}.\n    "
    )
    assert record.pairs == {}


def test_the_left_side_names_the_argument_of_a_returned_function() -> None:
    for formula, verdict in ((r"f(t) = v", Verdict.PROVED), (r"f(t) = 2 v", Verdict.REFUTED)):
        text = f"F.\n\n    .. math:: {formula}\n\n    where :math:`v` is ``value``.\n    "
        (claim,) = claims(with_docstring("optax.constant_schedule", text))
        assert isinstance(claim, Bound)
        assert reading.judged(claim, {"v": "value"}).verdict is verdict
        assert reading.judged(claim, {"v": "other"}).verdict is Verdict.UNDECIDED


# Letters, LaTeX and cases

x, y, a, t = sp.symbols("x y a t", real=True)


def test_letters_are_those_that_people_use() -> None:
    things = [Named(name=n) for n in ("init_value", "end_value", "decay_rate", "delta", "x")]
    things += [Named(name="transition_steps", whole=True), Named(name="count", argument=True)]
    found = letters(things, {"end_value": "E"}, ["I"])
    assert found == {
        "init_value": "v", "end_value": "E", "decay_rate": "r", "delta": r"\delta", "x": "x", "transition_steps": "T", "count": "t",
    }  # fmt: skip
    assert len(set(letters([Named(name=f"a{k}") for k in range(60)], {}, []).values())) == 60


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (x - a <= 0, r"x \le a"),
        (sp.exp(-x / a), r"e^{-\frac{x}{a}}"),
        (1 - x, "1 - x"),
        (sp.Abs(x), "|x|"),
        (sp.Rational(44715, 1000000) * x**3, "0.044715 x^3"),
        (sp.cos(x) ** 2 / 2, r"\frac{1}{2} \cos^2(x)"),
        (
            sp.Piecewise((x, x > a), (0, True), evaluate=False),
            "\\begin{cases}\n  x & \\text{if } x > a \\\\\n  0 & \\text{otherwise}\n\\end{cases}",
        ),
    ],
)
def test_latex_is_written_as_people_do(value: sp.Basic, text: str) -> None:
    assert latex(value) == text


def test_cases_that_cannot_occur_are_left_out() -> None:
    value = sp.Piecewise((x, t <= 0), (sp.Min(t, 5) + a, t < 5), (a + 1, sp.Eq(a, 2)), (0, True), evaluate=False)
    made = flattened(value, Facts([t > 0]))
    assert made == sp.Piecewise((t + a, t < 5), (3, sp.Eq(a, 2)), (0, True), evaluate=False)
    assert flattened(made, Facts([t > 0]), apart=True).args[1] == (3, sp.And(sp.Eq(a, 2), t >= 5))


def test_cases_with_the_same_value_become_one() -> None:
    value = sp.Piecewise((x, sp.And(t > 5, sp.Eq(a, 0))), (0, sp.Eq(a, 0)), (x, t > 5), (1, True), evaluate=False)
    assert flattened(value, Facts()) == sp.Piecewise((x, t > 5), (0, sp.Eq(a, 0)), (1, True), evaluate=False)


def test_stable_forms_are_written_plainly() -> None:
    assert tidied(sp.Max(x, y) + sp.log(1 + sp.exp(-sp.Abs(x - y)))) == sp.log(sp.exp(x) + sp.exp(y))
    assert tidied(sp.Max(x, y) + sp.log(1 + sp.exp(-sp.Abs(x + y)))) != sp.log(sp.exp(x) + sp.exp(y))
    assert tidied(x * (y / x + (1 - y / x) * sp.cos(a))) == y + (x - y) * sp.cos(a)


def test_the_markup_is_that_of_the_docstring() -> None:
    assert blocks.is_markdown("See [the paper](https://a.org) for $x$.")
    assert blocks.is_markdown("F.\n\n$$\nx\n$$")
    assert not blocks.is_markdown("Uses `x`. See `Huber loss <https://a.org>`_.")
    assert not blocks.is_markdown("F.")
    block = blocks.Block(latex="x^2", legend=[("x", "value")], conditions=["x > 0"])
    assert block.text(markdown=True) == "$$\nx^2\n$$\n\nwhere $x$ is `value`. It holds for $x > 0$."
    assert block.text(markdown=False) == ".. math:: x^2\n\nwhere :math:`x` is ``value``. It holds for :math:`x > 0`."


# Files

LIBRARY = '''import jax
import jax.numpy as jnp


def bare(x, scale):
    return jnp.exp(-x / scale)


def short(x): return x * x


def single(x, rate=0.5):
    'Decay.'
    return x * rate


def escaped(a, b):
    """Sum of \\\\(a\\\\).

    Args:
        a: first.
        b: must be positive.
    """
    return jnp.sqrt(a * a + b)


@jax.jit
def soft(x):
    """Softplus.

    See [the paper](https://a.org) for $x$.
    """
    return jnp.logaddexp(x, 0.0)


def coded(x):
    return 2 * x


coded.__doc__ = "Made " + "by code."
'''


Once = Callable[[str], Written]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "written_to.py"
    file.write_text(LIBRARY)
    sys.path_importer_cache.clear()
    yield file
    sys.modules.pop("written_to", None)


@pytest.mark.parametrize(
    ("name", "raw", "part"),
    [
        ("bare", True, '    r"""Bare.\n\n    .. math:: e^{-\\frac{x}{s}}\n\n    where :math:`s` is ``scale``.\n    """\n'),
        ("single", False, '    """Decay.\n\n    .. math:: r x\n\n    where :math:`r` is ``rate``.\n    """\n'),
        ("escaped", False, "    .. math:: \\\\sqrt{a^2 + b}\n\n    It holds for :math:`b > 0`.\n\n    Args:\n"),
        ("soft", True, 'for $x$.\n\n    $$\n    \\log(1 + e^x)\n    $$\n    """\n'),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_block_is_put_into_the_docstring(library: Path, name: str, raw: bool, part: str, newline: str, once: Once) -> None:
    made = once(name)
    text = LIBRARY.replace("\n", newline)
    after = applied(text, insertion(text, made))
    assert part.replace("\n", newline) in after
    added = [line[2:] for line in difflib.ndiff(text.split("\n"), after.split("\n")) if line.startswith("+ ")]
    lost = [line[2:].strip() for line in difflib.ndiff(text.split("\n"), after.split("\n")) if line.startswith("- ")]
    assert lost in ([], ["'Decay.'"], ['"""Softplus.'])
    assert len(added) <= made.text.count("\n") + 5
    node = next(n for n in ast.walk(ast.parse(after)) if isinstance(n, ast.FunctionDef) and n.name == name)
    assert (ast.get_docstring(node) or "").split() == made.docstring.split()
    assert raw == ('r"""' in after.partition(f"def {name}")[2].partition("return")[0])


@pytest.fixture(scope="module")
def once() -> Once:
    """Makes the block of a function once for all tests of this module."""
    known: dict[str, Written] = {}

    def made(name: str) -> Written:
        if name not in known:
            known[name] = written(f"written_to.{name}")
        return known[name]

    return made


@pytest.mark.parametrize(("name", "why"), [("short", "stands on one line"), ("coded", "made by code")])
def test_a_docstring_that_cannot_be_edited_is_refused(library: Path, name: str, why: str, once: Once) -> None:
    with pytest.raises(QedocError, match=why):
        insertion(LIBRARY, once(name))


def test_a_file_that_has_changed_is_refused(library: Path, once: Once) -> None:
    with pytest.raises(QedocError, match="the file has changed"):
        insertion("\n" + LIBRARY, once("single"))
    with pytest.raises(QedocError, match="the file has changed"):
        insertion(LIBRARY.replace("'Decay.'", "'Growth.'"), once("single"))


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("written_to", "expected a function"),
        ("fractions.Fraction", "is a class; expected a function"),
        ("math.sin", "cannot be lifted"),
        ("written_to.nothing", "has no 'nothing'"),
    ],
)
def test_what_is_no_function_or_cannot_be_lifted_is_refused(library: Path, target: str, why: str) -> None:
    with pytest.raises(QedocError, match=why):
        written(target)


def test_the_command_prints_and_writes(library: Path) -> None:
    arguments = ["written_to.single", "written_to.nothing", "--jobs", "1"]
    shown = CliRunner().invoke(main, ["write", *arguments])
    assert (shown.exit_code, library.read_text()) == (2, LIBRARY)
    assert shown.stdout == ".. math:: r x\n\nwhere :math:`r` is ``rate``.\n"
    assert "written_to.single: proved: " in shown.stderr
    assert "has no 'nothing'" in shown.stderr


def test_a_file_is_rewritten_only_if_it_may_be(library: Path) -> None:
    library.chmod(0o440)
    with pytest.raises(QedocError, match="is read-only; nothing was written"):
        rewritten(library, LIBRARY, "x = 1\n", "utf-8")
    library.chmod(0o640)
    with pytest.raises(QedocError, match="has changed since it was read"):
        rewritten(library, LIBRARY + "\n", "x = 1\n", "utf-8")
    with pytest.raises(QedocError, match="no valid Python"):
        rewritten(library, LIBRARY, "x = \n", "utf-8")
    assert library.read_text() == LIBRARY
    rewritten(library, LIBRARY, "x = 1\n", "utf-8")
    assert (library.read_text(), library.stat().st_mode & 0o777) == ("x = 1\n", 0o640)
