"""No verdict without ground: what counts as compared, rare places, integers, equalities of irrationals, code that gives no number."""

from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from qedoc.claims.domain import Integers, Reals
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Parameter, Spec
from qedoc.judge.check import check
from qedoc.results.verdict import CaseResult, Verdict

x, n, m = sp.symbols("x n m")

CODE = """
import jax
import jax.numpy as jnp

SQUARES = jnp.array([0.0, 1.0, 4.0, 9.0, 17.0])
EDGES = jnp.array([0.0, 1.0, 2.5])


def sine(x):
    return jnp.sin(x)


def product(n, m):
    return n * m


def large(n):
    return n + 9007199254740992


def identity(x):
    return x


def at_root(x):
    return jnp.where(x**2 == 2, 0.0, x)


def at_fraction(x):
    return jnp.where(4 * x**2 == 9, 0.0, x)


def at_half(x):
    return jnp.where(jnp.sin(x) == 0.5, 0.0, x)


def in_gap(x):
    return jnp.where((jnp.exp(x) > 3) & (jnp.exp(x) < 3.1), 0.0, x)


def square(n):
    return SQUARES[n]


def rank(x):
    return jnp.digitize(x, EDGES) * 1.0


def chosen(n):
    return jax.lax.switch(n, [lambda: 1.0, lambda: 5.0, lambda: 9.0])


def small(x):
    return jnp.exp(x)


def far(x):
    return jnp.where(x > 1e12, x, x + 1)


def survival(x):
    return jnp.log(jnp.exp(-jnp.exp(x)))


def pole(x):
    return jnp.tanh(1 / (1 - x))


def pairs(x):
    return jnp.real(jnp.exp(-((x + 0j) ** 2)))


def positive(x):
    return jnp.where(jnp.real(jnp.exp(-((x + 0j) ** 2))) > 0, 1.0, 0.0)


def nothing(x):
    return None


def text(x):
    return "7"


def lazily(x):
    yield x


def mapping(x):
    return {"a": x}
"""


@pytest.fixture(autouse=True)
def _targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "targets_of_ground.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def checked(name: str, formula: Any, points: int = 200, **domain: Any) -> CaseResult:
    formula = sp.sympify(formula)
    symbols = [Parameter(s, s.name, (Integers if s in (n, m) else Reals)(**domain), "") for s in sorted(formula.free_symbols, key=str)]
    spec = Spec(target=f"targets_of_ground.{name}", formula=formula, symbols=symbols or [Parameter(x, "x", Reals(), "")], natural=True)
    return check(spec, {}, Limits(max_points=points), lambda _: None)


k = sp.Symbol("k")


@pytest.mark.parametrize("formula", [1000 + sp.Sum(1 / (k + x**2), (k, 1, sp.oo)), sp.zeta(2, x) + sp.Sum(k**x, (k, 1, sp.oo))])
def test_without_a_point_that_is_compared_there_is_no_verdict(formula: sp.Expr) -> None:
    """A divergent sum has no enclosure, and one that is not finite would meet any value."""
    result = checked("sine", formula, most=-1)
    assert result.verdict is Verdict.UNDECIDED, result.reason
    assert not result.points


@pytest.mark.parametrize(
    ("name", "formula", "verdict"),
    [
        ("product", n * m, Verdict.PROVED),
        ("product", n * m + sp.Piecewise((1, n > 2**30), (0, True)), Verdict.REFUTED),
        ("large", n + 2**53, Verdict.PROVED),
        ("large", n + 2**53 + 1, Verdict.REFUTED),
        ("far", sp.Piecewise((x, x > 10**12), (x + 1, True)), Verdict.PROVED),
        ("far", x + 1, Verdict.REFUTED),
        ("small", sp.exp(x), Verdict.PROVED),
    ],
)
def test_integers_and_far_values_are_exact(name: str, formula: sp.Expr, verdict: Verdict) -> None:
    result = checked(name, formula)
    assert result.verdict is verdict, result.reason


def test_values_below_all_doubles_are_told_apart_and_not_refuted_by_a_run() -> None:
    result = checked("small", 2 * sp.exp(x), most=-800)
    assert result.verdict is not Verdict.PROVED
    assert "bug" not in result.reason
    assert checked("small", 2 * sp.exp(x)).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("name", "formula", "verdict"),
    [
        ("at_root", x, Verdict.UNDECIDED),
        ("at_half", x, Verdict.UNDECIDED),
        ("at_root", sp.Piecewise((1, sp.Eq(x**2, sp.sqrt(3))), (x, True)), Verdict.UNDECIDED),
        ("identity", sp.Piecewise((1, sp.Eq(x**2, sp.sqrt(3))), (x, True)), Verdict.UNDECIDED),
        ("identity", sp.Piecewise((1, sp.Eq(x**2, -sp.sqrt(3))), (x, True)), Verdict.PROVED),
        ("identity", sp.Piecewise((x, sp.Eq(x**2, sp.sqrt(3))), (x, True)), Verdict.PROVED),
        ("at_fraction", x, Verdict.REFUTED),
        ("at_fraction", sp.Piecewise((0, sp.Eq(x, sp.Rational(3, 2)) | sp.Eq(x, -sp.Rational(3, 2))), (x, True)), Verdict.PROVED),
        ("in_gap", x, Verdict.REFUTED),
    ],
)
def test_equalities_and_narrow_regions(name: str, formula: sp.Expr, verdict: Verdict) -> None:
    result = checked(name, formula)
    assert result.verdict is verdict, result.reason


def test_an_equality_that_holds_nowhere_keeps_nothing_open() -> None:
    """exp(-exp(x)) is never 1, and the logarithm never that of 0."""
    assert checked("survival", -sp.exp(x)).verdict is Verdict.PROVED
    assert checked("survival", -sp.exp(-x)).verdict is Verdict.REFUTED


TABLE = sp.Piecewise((0, n <= 0), (1, sp.Eq(n, 1)), (4, sp.Eq(n, 2)), (9, sp.Eq(n, 3)), (17, True))


@pytest.mark.parametrize(
    ("name", "formula", "verdict"),
    [
        ("square", TABLE, Verdict.PROVED),
        ("square", n**2, Verdict.REFUTED),
        ("chosen", sp.Piecewise((1, n <= 0), (5, sp.Eq(n, 1)), (9, True)), Verdict.PROVED),
        ("chosen", sp.Piecewise((1, n <= 0), (5, n <= 2), (9, True)), Verdict.REFUTED),
        ("rank", sp.Piecewise((0, x < 0), (1, x < 1), (2, x < sp.Rational(5, 2)), (3, True)), Verdict.PROVED),
        ("rank", sp.Piecewise((0, x < 0), (1, x <= 1), (2, x < sp.Rational(5, 2)), (3, True)), Verdict.REFUTED),
    ],
)
def test_tables_and_branches_are_covered(name: str, formula: sp.Expr, verdict: Verdict) -> None:
    domain = {"least": 0} if name == "square" else {}
    result = checked(name, formula, **domain)
    assert result.verdict is verdict, result.reason


@pytest.mark.parametrize(("formula", "verdict"), [(1, Verdict.TESTED), (0, Verdict.REFUTED)])
def test_code_that_passes_through_a_pole_is_compared_by_what_it_gives(formula: int, verdict: Verdict) -> None:
    whole = sp.Piecewise((formula, sp.Eq(x, 1)), (sp.tanh(1 / (1 - x)), True))
    result = checked("pole", whole, least=1)
    assert result.verdict is verdict, result.reason


@pytest.mark.parametrize(
    ("name", "formula", "right"),
    [
        ("positive", 1, True),
        ("positive", 2, False),
        ("pairs", sp.exp(-(x**2)), True),
        ("pairs", sp.exp(-(x**2)) + sp.Rational(1, 9), False),
    ],
)
def test_underflow_refutes_nothing(name: str, formula: Any, right: bool) -> None:
    """The code is not lifted, so that runs alone decide; where x is large they give 0 in both formats."""
    result = checked(name, formula + 0 * x)
    assert (result.verdict is not Verdict.REFUTED) if right else (result.verdict is Verdict.REFUTED), result.reason


@pytest.mark.parametrize(("name", "told"), [("nothing", "None"), ("text", "a str"), ("lazily", "a generator"), ("mapping", "a dict")])
def test_a_result_that_is_no_number_is_unsupported(name: str, told: str) -> None:
    result = checked(name, x)
    assert result.verdict is Verdict.UNSUPPORTED
    assert f"the target returns {told}" in result.reason


def test_a_large_and_plainly_wrong_formula_is_refuted_at_once() -> None:
    """No proof is tried where a simple point decides."""
    wrong = sum((sp.sin(j * x) * sp.Max(x - j, 0) for j in range(1, 120)), sp.log(1 + sp.exp(x)))
    result = checked("sine", wrong)
    assert result.verdict is Verdict.REFUTED
    assert result.cells == 0


def test_a_formula_of_too_many_cases_is_undecided() -> None:
    many = sp.Add(*(sp.Piecewise((j, x > j), (0, True)) for j in range(8)))
    result = checked("sine", sp.log(many, evaluate=False) + sp.sqrt(many))
    assert result.verdict is Verdict.UNDECIDED
    assert "too many cases" in result.reason
