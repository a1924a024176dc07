"""Cells: they cover the domain, and in each the formula has the value that its branch says."""

import pytest
import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.algebra.satisfiable import Facts
from qedoc.prove.cells import Budget, CellLimitError, cells

t = sp.Symbol("t", integer=True, nonnegative=True)
T = sp.Symbol("T", integer=True, positive=True)
x, y, z = sp.symbols("x y z", real=True)


def settled(formula: sp.Expr, *facts: sp.Basic) -> dict[tuple[sp.Basic, ...], sp.Expr]:
    return {cell.conditions: cell.formulas[0] for cell in cells((formula,), Facts(facts), Budget(100))}


@pytest.mark.parametrize(
    ("formula", "values"),
    [
        (sp.Min(x, y), {x, y}),
        (sp.Max(x, y), {x, y}),
        (sp.Abs(x), {x, -x}),
        (sp.sign(x), {sp.Integer(1), sp.Integer(0), sp.Integer(-1)}),
        (sp.Piecewise((1, x < 0), (2, x < 1), (3, True)), {sp.Integer(1), sp.Integer(2), sp.Integer(3)}),
        (sp.Piecewise((1, (x > 0) & (y > 0)), (2, True)), {sp.Integer(1), sp.Integer(2)}),
        (sp.Piecewise((1, (x > 0) | (y > 0)), (2, True)), {sp.Integer(1), sp.Integer(2)}),
        (sp.Piecewise((1, sp.Max(x, y) > z), (2, True)), {sp.Integer(1), sp.Integer(2)}),
        (sp.Piecewise((x, x > 0)), {x, sp.nan}),
    ],
)
def test_cells_agree_with_substitution(formula: sp.Expr, values: set[sp.Expr]) -> None:
    """At each point of a grid exactly one cell holds, and its formula has the value of the whole."""
    found = settled(formula)
    assert set(found.values()) == values
    for point in ({x: a, y: b, z: c} for a in (-2, 0, 1, 3) for b in (-1, 0, 3) for c in (0, 1)):
        inside = [value for conditions, value in found.items() if sp.And(*conditions).subs(point) == sp.true]
        assert len(inside) == 1
        assert sp.S(inside[0]).subs(point) == formula.subs(point)


def test_empty_cells_are_dropped() -> None:
    assert list(settled(sp.Min(t, T), t < T).values()) == [t]
    assert set(settled(sp.Piecewise((1, t < T), (2, t < T - 1), (3, True))).values()) == {1, 3}


def test_nested_guards_are_settled_from_the_inside() -> None:
    assert set(settled(sp.Abs(sp.Min(x, 0))).values()) <= {sp.Integer(0), -x, x}
    assert set(settled(sp.Abs(sp.Min(x, 0)), x < -1).values()) == {-x}


def test_an_undefined_part_makes_the_whole_undefined_only_where_it_is_used() -> None:
    inverse = sp.Piecewise((1 / x, sp.Ne(x, 0)), (sp.nan, True))
    lazy = sp.Piecewise((inverse, x > 0), (5, True))
    assert sp.nan not in settled(lazy).values()
    assert settled(0 * x + inverse * 0 + sp.Mul(0, inverse, evaluate=False), sp.Eq(x, 0)) == {(): sp.nan}
    assert settled(totalise(sp.Piecewise((1, 1 / x > 0), (2, True))), sp.Eq(x, 0)) == {(): sp.nan}


def test_the_budget_ends_a_division_that_grows_too_far() -> None:
    many = sum(sp.sign(sp.Symbol(f"a{k}", real=True)) for k in range(8))
    with pytest.raises(CellLimitError):
        list(cells((many,), Facts(), Budget(50)))


def test_facts_are_as_before_when_the_cells_are_through() -> None:
    facts = Facts([x > -5])
    list(cells((sp.Abs(x),), facts, Budget(10)))
    assert facts.conditions == (x > -5,)
