"""Exact values and truths at a point."""

from fractions import Fraction

import pytest
import sympy as sp

from qedoc.lift.exact import Undefined, holds, value_at
from qedoc.lift.literals import BallLiteral, literal
from qedoc.lift.opaque import interpretation, opaque

x, y = sp.symbols("x y", real=True)
POINT = {x: Fraction(1, 2), y: Fraction(-3)}


def test_value_is_exact() -> None:
    assert value_at(x**2 + sp.floor(y / 2) + sp.Max(x, y), POINT) == sp.Rational(-5, 4)
    assert value_at(sp.cos(sp.pi * x) + sp.sqrt(x), POINT) == sp.sqrt(2) / 2


def test_piecewise_is_lazy() -> None:
    formula = sp.Piecewise((x, y < 0), (1 / (y + 3), True), evaluate=False)
    assert value_at(formula, POINT) == sp.Rational(1, 2)


@pytest.mark.parametrize("formula", [1 / (y + 3), sp.log(y + 3), sp.sqrt(y), sp.Piecewise((x, y > 0), (sp.nan, True), evaluate=False)])
def test_no_value_is_said(formula: sp.Expr) -> None:
    with pytest.raises(Undefined):
        value_at(formula, POINT)


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        (x > 0, True),
        (sp.Eq(sp.sqrt(2) ** 2 * x, 1, evaluate=False), True),
        (sp.Gt(sp.sin(x) ** 2 + sp.cos(x) ** 2, 1, evaluate=False), False),
        (sp.Ge(sp.sin(x) ** 2 + sp.cos(x) ** 2, 1, evaluate=False), True),
        ((x > 0) & (y > 0), False),
        ((x < 0) | (y < 0), True),
        (sp.Not(sp.Eq(x, 1)), True),
        (sp.Gt(sp.log(y), 0, evaluate=False), None),
        (sp.Gt(sp.log(y), 0, evaluate=False) & (x > 1), False),
        (sp.Gt(sp.log(y), 0, evaluate=False) | (x < 1), True),
        (sp.Gt(sp.log(y), 0, evaluate=False) & (x < 1), None),
        (sp.Not(sp.Gt(sp.log(y), 0, evaluate=False)), None),
        (sp.true, True),
        (sp.false, False),
    ],
)
def test_truth_has_three_values(condition: sp.Basic, truth: bool | None) -> None:
    assert holds(condition, POINT) is truth


def test_what_is_no_condition_is_refused() -> None:
    with pytest.raises(TypeError, match="Implies"):
        holds(sp.Implies(x > 0, y > 0, evaluate=False), POINT)


def test_ball_counts_as_its_midpoint() -> None:
    ball = literal(0.1234567890123456)
    assert isinstance(ball, BallLiteral)
    assert value_at(ball, {}) == sp.Rational(ball.midpoint)


def test_unknown_function_counts_as_its_interpretation() -> None:
    for index in range(6):
        c, d, e = interpretation(index)
        unknown = sp.Function("s", real=True)(index, x)
        assert value_at(unknown, POINT) == sp.Rational(c + d / 2 + e / 4)
        assert opaque("s", index, 0.5) == float(c + d / 2 + e / 4)


def test_interpretations_differ_and_are_exact_in_floats() -> None:
    found = [interpretation(index) for index in range(20)]
    assert len(set(found)) == 20
    assert all(Fraction(float(part)) == part for parts in found for part in parts)
