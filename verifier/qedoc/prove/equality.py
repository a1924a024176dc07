"""Proves two formulas equal by showing in every cell that their difference is zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import sympy as sp

from qedoc.algebra.satisfiable import Facts, Point
from qedoc.prove.canonical import Canon
from qedoc.prove.cells import Budget, Cell, cells, equalities, infinite, undefined


class Standing(Enum):
    """What is known about two formulas in a cell.

    Infinite values are EQUAL or OPEN, like finite ones, unless the other formula is undefined.
    """

    EQUAL = auto()
    OPEN = auto()
    LEFT_UNDEFINED = auto()
    RIGHT_UNDEFINED = auto()
    BOTH_UNDEFINED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The result for one cell of a proof.

    Args:
        conditions: the conditions that define the cell within the domain.
        standing: what was shown.
        point: a point in the cell, as the solver reports it. Check it before use.
        left: the first formula in the cell, branch-free.
        right: the second formula in the cell, branch-free.
    """

    conditions: tuple[sp.Basic, ...]
    standing: Standing
    point: Point | None
    left: sp.Expr
    right: sp.Expr


def compare(left: sp.Expr, right: sp.Expr, facts: Facts, symbols: Sequence[sp.Symbol], budget: Budget) -> list[Ruling]:
    """Compares two formulas in each cell. They are equal on the whole domain if all cells are EQUAL.

    Args:
        left: a total formula (partial operations guarded by nan).
        right: a second total formula in the same symbols.
        facts: the domain.
        symbols: the coordinates of the returned points.
        budget: the cells that may still be opened.

    Raises:
        CellLimitError: if the budget is used up.
    """
    return [
        Ruling(
            conditions=cell.conditions,
            standing=(standing := _rule(cell, facts)),
            point=None if standing is Standing.EQUAL else facts.model(symbols),
            left=cell.formulas[0],
            right=cell.formulas[1],
        )
        for cell in cells((left, right), facts, budget)
    ]


def _rule(cell: Cell, facts: Facts) -> Standing:
    left, right = cell.formulas
    if infinite(left) or infinite(right):
        if left == right:
            return Standing.EQUAL
        if not any(undefined(side) and not infinite(side) for side in (left, right)):
            return Standing.OPEN  # only one of them is infinite, or the signs differ
    match undefined(left), undefined(right):
        case True, True:
            return Standing.BOTH_UNDEFINED
        case True, False:
            return Standing.LEFT_UNDEFINED
        case False, True:
            return Standing.RIGHT_UNDEFINED
    return Standing.EQUAL if equal(left, right, cell.guards, facts) else Standing.OPEN


def equal(left: sp.Expr, right: sp.Expr, guards: Sequence[sp.Basic], facts: Facts) -> bool:
    """True only if two branch-free formulas are equal wherever the facts hold.

    Args:
        left: a formula that is defined in the cell.
        right: a second one.
        guards: the relations that were decided. Relations that the cell forces to equality are used to eliminate symbols.
        facts: the domain and the cell's conditions.
    """
    if left == right or Canon(facts).zero(left - right):
        return True
    replaced = elimination(tuple(guards), facts)
    if not replaced:
        return False
    left, right = (part.xreplace(replaced) for part in (left, right))
    return not undefined(left) and not undefined(right) and (left == right or Canon(facts).zero(left - right))


def elimination(guards: tuple[sp.Basic, ...], facts: Facts) -> Mapping[sp.Expr, sp.Expr]:
    """Solves the cell's equalities for symbols, or else for function values, in terms of the remaining ones."""
    replaced: dict[sp.Expr, sp.Expr] = {}
    for difference in equalities(guards, facts):
        rest = _numerator(difference.xreplace(replaced))
        symbols = sorted(rest.free_symbols, key=lambda s: (not s.is_integer, s.name))
        values = sorted(rest.atoms(sp.Function), key=lambda value: (-value.count_ops(), str(value)))
        squared = any(power.exp.is_even for power in rest.atoms(sp.Pow))
        zeros = {symbol: sp.S.Zero for symbol in symbols if squared and facts.entails(sp.Eq(symbol, 0))}
        if zeros:  # a sum of squares is zero only if each of them is
            replaced = {old: value.xreplace(zeros) for old, value in replaced.items()} | zeros
            continue
        solved = ((part, _solution(rest, part)) for part in (*symbols, *values))
        found = next(((part, solution) for part, solution in solved if solution is not None), None)
        if found is not None:
            part, solution = found
            replaced = {old: value.xreplace({part: solution}) for old, value in replaced.items()}
            replaced[part] = solution
    return replaced


def _solution(zero: sp.Expr, part: sp.Expr) -> sp.Expr | None:
    """Solves expression = 0 for a symbol or a function value. None unless the expression is linear in it with a rational coefficient."""
    unknown = sp.Dummy(real=True)
    rest = sp.expand(zero.xreplace({part: unknown}))
    slope = rest.coeff(unknown, 1)
    remainder = sp.expand(rest - slope * unknown)
    return -remainder / slope if slope.is_Rational and slope != 0 and not remainder.has(unknown) and not remainder.has(part) else None


def _numerator(difference: sp.Expr) -> sp.Expr:
    """The numerator of a product. Where a quotient is defined, it is zero exactly where its numerator is."""
    return sp.fraction(difference)[0] if difference.is_Mul else difference
