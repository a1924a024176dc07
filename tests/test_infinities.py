"""Infinities are values, where a formula writes them and where a logarithm of 0 gives them; a text that says 'undefined' makes a claim."""

from pathlib import Path

import pytest
import sympy as sp
from flint import arb

from qedoc.algebra.analysis import analysed, defined, totalise
from qedoc.algebra.partial import joined, split, spread
from qedoc.claims.domain import Reals
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Parameter, Spec
from qedoc.enclose.enclosure import Undefined, compile
from qedoc.enclose.infinities import ends
from qedoc.judge.check import check
from qedoc.judge.paths import interpretation_of
from qedoc.results.verdict import CaseResult, Verdict

x = sp.Symbol("x", real=True)
y = sp.Symbol("y", real=True)
oo, nan = sp.oo, sp.nan


@pytest.mark.parametrize(
    ("formula", "points"),
    [
        (sp.log(x), {1: 0.0, 0: -float("inf"), -1: None}),
        (-sp.log(x) / 2, {0: float("inf"), -1: None}),
        (sp.log(x) + 3, {0: -float("inf")}),
        (x * sp.log(x), {0: None, 1: 0.0}),
        (1 / x, {0: None, 2: 0.5}),
        (1 / sp.log(x), {0: None}),
        (sp.exp(x * sp.log(x + 1)), {-1: float("inf"), 0: 1.0, -2: None}),
        (sp.exp(2 - sp.log(x + 1, evaluate=False) * x), {-1: 0.0}),
        (sp.log(x) - sp.log(x**2), {0: None, 1: 0.0}),
        (sp.Piecewise((-x, x >= 0), (-oo, True)), {1: -1.0, -1: -float("inf")}),
        (sp.Piecewise((x, x > 1), (oo, x > 0), (nan, True)), {2: 2.0, 1: float("inf"), 0: None}),
        (2 - sp.Piecewise((x, x > 1), (oo, True)), {2: 0.0, 1: -float("inf")}),
        (sp.log(sp.Piecewise((x, x > 1), (0, True))), {2: 0.6931471805599453, 0: -float("inf")}),
        (sp.Piecewise((sp.log(x), x > 1), (x, True)), {0: 0.0, -3: -3.0}),
    ],
)
def test_values_of_extended_formulas(formula: sp.Expr, points: dict[int, float | None]) -> None:
    part = spread(analysed(formula))
    infinity = ends(part, [x], interpretation_of)
    finite = compile(totalise(formula), [x])
    for point, value in points.items():
        found = infinity([point]) or finite([point])
        if value is None:
            assert isinstance(found, Undefined), (formula, point)
        else:
            assert float(found if isinstance(found, float) else arb(found).mid()) == pytest.approx(value), (formula, point)


@pytest.mark.parametrize("formula", [sp.log(x), -sp.log(x) + y, sp.Piecewise((sp.log(x), y > 0), (oo, True)), sp.exp(y * sp.log(x)), x / y])
def test_formulas_keep_their_infinities_when_they_are_written_and_read(formula: sp.Expr) -> None:
    part = spread(analysed(formula))
    assert split(joined(part)) == part


def test_where_a_formula_can_have_a_value() -> None:
    assert defined(sp.log(x)) == sp.Ge(x, 0)
    assert defined(sp.log(x) / y) == sp.And(sp.Gt(x, 0), sp.Ne(y, 0))
    assert defined(sp.Piecewise((sp.log(x), x > 1), (-oo, True))).subs(x, -1) == sp.true


CODE = """
import jax.numpy as jnp


def log_density(x):
    return jnp.where(x >= 0, -x, -jnp.inf)


def log(x):
    return jnp.log(x)


def guarded_log(x):
    return jnp.log(jnp.where(x == 0, 1e-3, x))


def inverse(x):
    return 1 / x


def total(x):
    return jnp.where(x >= 0, x, 7.0)


def partly(x):
    return jnp.where(x >= 0, x, jnp.nan)


def positive(x):
    return jnp.where(x >= 0, x, jnp.inf)
"""


@pytest.fixture(autouse=True)
def _targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "targets_of_infinities.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def checked(name: str, formula: sp.Expr, least: int | None = None) -> CaseResult:
    t = sp.Symbol("x")
    domain = Reals() if least is None else Reals(least=least)
    spec = Spec(target=f"targets_of_infinities.{name}", formula=formula.subs(x, t), symbols=[Parameter(t, "x", domain, "")], natural=True)
    return check(spec, {}, Limits(max_points=100), lambda _: None)


SUPPORT = sp.Piecewise((-x, x >= 0), (-oo, True))


@pytest.mark.parametrize(
    ("name", "formula", "verdict"),
    [
        ("log_density", SUPPORT, Verdict.PROVED),
        ("log_density", sp.Piecewise((-x, x >= 0), (oo, True)), Verdict.REFUTED),
        ("log_density", sp.Piecewise((-x, x >= 0), (0, True)), Verdict.REFUTED),
        ("log_density", sp.Piecewise((-x, x > 0), (-oo, True)), Verdict.REFUTED),
        ("log_density", sp.log(sp.Piecewise((sp.exp(-x), x >= 0), (0, True))), Verdict.PROVED),
        ("log_density", sp.Piecewise((-x, x >= 0), (nan, True)), Verdict.REFUTED),
        ("log", sp.log(x), Verdict.PROVED),
        ("guarded_log", sp.log(x), Verdict.REFUTED),
        ("log", sp.Piecewise((sp.log(x), x > 0), (oo, sp.Eq(x, 0))), Verdict.REFUTED),
        ("inverse", sp.Piecewise((oo, sp.Eq(x, 0)), (1 / x, True)), Verdict.PROVED),
        ("inverse", sp.Piecewise((-oo, sp.Eq(x, 0)), (1 / x, True)), Verdict.REFUTED),
        ("total", sp.Piecewise((x, x >= 0), (nan, True)), Verdict.REFUTED),
        ("positive", sp.Piecewise((x, x >= 0), (nan, True)), Verdict.REFUTED),
        ("partly", sp.Piecewise((x, x >= 0), (nan, True)), Verdict.PROVED),
        ("partly", sp.Piecewise((x, x >= 0), (oo, True)), Verdict.REFUTED),
    ],
)
def test_verdicts(name: str, formula: sp.Expr, verdict: Verdict) -> None:
    result = checked(name, formula)
    assert result.verdict is verdict, result.reason
    found = result.counterexample
    if found is not None:
        numbers = [float(value) for value in (found.documented, found.actual, found.ran)]
        assert numbers[0] != numbers[1]
