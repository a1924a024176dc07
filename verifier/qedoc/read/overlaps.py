"""Finds cases of a formula that overlap with different values, and what they can mean."""

from collections.abc import Sequence
from itertools import combinations

import sympy as sp

from qedoc.algebra.satisfiable import Facts
from qedoc.read.reading import Option

MOST_POINTS = 3
"""Maximum number of points at which two cases are compared."""

MOST_ROWS = 6
"""Maximum number of rows that are compared."""

DIGITS = 40
"""The digits to which a difference is computed."""

OVERLAP = "cases that overlap"
"""The notation that `Scope.choose` is asked about."""

_SOLVER = (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError)

FIRST = Option(value="the first one", why="the first case that holds is usually meant", sure="suggested")
LAST = Option(value="the last one", why="the last case that holds may be meant", sure="suggested")

Rows = Sequence[tuple[sp.Expr, sp.Basic]]


def overlapping(rows: Rows) -> tuple[Option, ...]:
    """Returns which of several cases that hold at a point can be meant; empty if no two of them have different values there.

    A way that leaves a case without a point is not meant. Conditions that only differ in their bound, `t < a` before `t < b`, are meant
    to be read in their order.

    Args:
        rows: the values with their conditions, without a last case that holds everywhere.
    """
    if len(rows) > MOST_ROWS or any(not _is_plain(condition) for _, condition in rows):
        return ()
    pairs = [(one, other) for one, other in combinations(rows, 2) if _differ(one, other)]
    if not pairs:
        return ()
    conditions = [condition for _, condition in rows]
    first = all(not _covered(condition, conditions[:place]) for place, condition in enumerate(conditions))
    last = all(not _covered(condition, conditions[place + 1 :]) for place, condition in enumerate(conditions))
    if first and (not last or all(_in_order(one, other) for (_, one), (_, other) in pairs)):
        return (FIRST,)
    return (LAST,) if last and not first else (FIRST, LAST)


def _is_plain(condition: sp.Basic) -> bool:
    return not condition.atoms(sp.Indexed, sp.core.function.AppliedUndef, sp.Piecewise) and len(condition.free_symbols) <= 4


def _differ(one: tuple[sp.Expr, sp.Basic], other: tuple[sp.Expr, sp.Basic]) -> bool:
    """Whether two cases hold at a common point with different values."""
    (value, condition), (value_, condition_) = one, other
    symbols = sorted(condition.free_symbols | condition_.free_symbols, key=str)
    if value == value_ or not all(isinstance(symbol, sp.Symbol) for symbol in symbols):
        return False
    facts = Facts([condition, condition_])
    excluded: list[sp.Basic] = []
    for _ in range(MOST_POINTS):
        point = facts.model(symbols, *excluded)
        if point is None:
            return False
        put = {symbol: sp.Rational(number.numerator, number.denominator) for symbol, number in point.items()}
        try:
            inside = sp.And(condition, condition_).subs(put)
            difference = (value - value_).subs(put)
            if inside in (True, sp.true) and not _vanishes(difference):
                return True
        except _SOLVER:
            return False
        excluded.append(sp.Or(*(sp.Ne(symbol, number) for symbol, number in put.items())))
    return False


def _vanishes(difference: sp.Expr) -> bool:
    """Whether a difference is zero: a number by 40 of its digits, any other expression in its expanded form."""
    if difference.is_zero:
        return True
    if not difference.is_number:
        return bool(sp.expand(difference) == 0)
    value = difference.evalf(DIGITS)
    return bool(sp.Abs(value) < sp.Float(10) ** (10 - DIGITS))


def _covered(condition: sp.Basic, others: Sequence[sp.Basic]) -> bool:
    """Whether other conditions hold wherever a condition does."""
    return bool(others) and Facts([condition, *(sp.Not(other) for other in others)]).empty()


def _in_order(one: sp.Basic, other: sp.Basic) -> bool:
    """Whether two relations bound the same number on the same side."""
    relations = (sp.Lt, sp.Le, sp.Gt, sp.Ge)
    if not (isinstance(one, relations) and isinstance(other, relations)):
        return False
    return bool(one.lts == other.lts or one.gts == other.gts)
