"""Ranges that follow from the form of an expression alone: cos is in [-1, 1], an even power is at least 0.

They hold at every point where the expression has a real value, whatever the assumptions on its symbols.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import inf
from typing import Any, TypeAlias

import sympy as sp

Range: TypeAlias = tuple[Fraction | float, Fraction | float]

REALS: Range = (-inf, inf)
NONNEGATIVE: Range = (Fraction(0), inf)
UNIT: Range = (Fraction(0), Fraction(1))
SYMMETRIC: Range = (Fraction(-1), Fraction(1))

_WITHOUT_VALUE = (sp.nan, sp.zoo, sp.oo, -sp.oo)

_FIXED: dict[Any, Range] = {
    sp.cos: SYMMETRIC,
    sp.sin: SYMMETRIC,
    sp.tanh: SYMMETRIC,
    sp.erf: SYMMETRIC,
    sp.sign: SYMMETRIC,
    sp.sinc: SYMMETRIC,
    sp.exp: NONNEGATIVE,
    sp.Abs: NONNEGATIVE,
    sp.cosh: (Fraction(1), inf),
    sp.frac: UNIT,
    sp.erfc: (Fraction(0), Fraction(2)),
    sp.KroneckerDelta: UNIT,
    sp.acos: NONNEGATIVE,
    sp.acosh: NONNEGATIVE,
}


def range_of(expression: sp.Basic, known: dict[sp.Basic, Range]) -> Range:
    """Returns bounds of the expression that hold wherever it has a real value.

    Args:
        expression: a real expression.
        known: cache of ranges, which this function extends.
    """
    if expression not in known:
        known[expression] = _range_of(expression, known)
    return known[expression]


def is_ball_literal(expression: sp.Basic) -> bool:
    """Whether the expression is a symbol that stands for a numeric literal in the code, known up to rounding."""
    return bool(expression.is_Symbol) and hasattr(expression, "midpoint") and hasattr(expression, "radius")


def is_nonnegative(expression: sp.Basic, known: dict[sp.Basic, Range]) -> bool:
    """Whether the form of the expression alone shows that it is at least 0."""
    try:
        return range_of(expression, known)[0] >= 0
    except RecursionError:  # too deeply nested to tell
        return False


def _range_of(expression: sp.Basic, known: dict[sp.Basic, Range]) -> Range:
    if expression.is_Rational:
        value = Fraction(int(expression.p), int(expression.q))
        return (value, value)
    if expression.is_Float:
        return NONNEGATIVE if expression >= 0 else (-inf, Fraction(0))
    if expression.is_NumberSymbol:
        return NONNEGATIVE
    if is_ball_literal(expression):
        return (expression.midpoint - expression.radius, expression.midpoint + expression.radius)
    head = expression.func
    if head in _FIXED:
        return _FIXED[head]
    rule = _COMPOSED.get(head)
    return rule(expression, known) if rule else REALS


def _sum(expression: sp.Basic, known: dict[sp.Basic, Range]) -> Range:
    ends = [range_of(term, known) for term in expression.args]
    return _plus([a for a, _ in ends]), _plus([b for _, b in ends])


def _plus(ends: Sequence[Fraction | float]) -> Fraction | float:
    for end in ends:
        if isinstance(end, float):
            return end
    return sum(ends, Fraction(0))


def _times(x: Fraction | float, y: Fraction | float) -> Fraction | float:
    # If one factor has the bound 0 and the other is unbounded, the product's bound is 0.
    if x == 0 or y == 0:
        return Fraction(0)
    if isinstance(x, float) or isinstance(y, float):
        return inf if (x > 0) == (y > 0) else -inf
    return x * y


def _product(expression: sp.Basic, known: dict[sp.Basic, Range]) -> Range:
    ends: Range = (Fraction(1), Fraction(1))
    for factor in expression.args:
        ends = _corners(ends, range_of(factor, known))
    return ends


def _corners(left: Range, right: Range) -> Range:
    products = [_times(x, y) for x in left for y in right]
    return min(products), max(products)


def _power(expression: sp.Basic, known: dict[sp.Basic, Range]) -> Range:
    base, exponent = expression.args
    lower, upper = range_of(base, known)
    if not exponent.is_Integer:
        if exponent.is_Rational and exponent > 0 and upper <= 1:
            return UNIT
        return NONNEGATIVE if exponent.is_Rational or lower >= 0 else REALS
    if exponent == 2:
        squares = [_times(lower, lower), _times(upper, upper)]
        return (Fraction(0) if lower < 0 < upper else min(squares)), max(squares)
    if exponent % 2 == 0 or lower >= 0:
        return NONNEGATIVE
    return (-inf, Fraction(0)) if upper <= 0 else REALS


def _least(expression: sp.Basic, known: dict[sp.Basic, Range]) -> Range:
    ends = [range_of(x, known) for x in expression.args]
    return min(a for a, _ in ends), min(b for _, b in ends)


def _greatest(expression: sp.Basic, known: dict[sp.Basic, Range]) -> Range:
    ends = [range_of(x, known) for x in expression.args]
    return max(a for a, _ in ends), max(b for _, b in ends)


def _pieces(expression: sp.Basic, known: dict[sp.Basic, Range]) -> Range:
    ends = [range_of(value, known) for value, _ in expression.args if value not in _WITHOUT_VALUE]
    if not ends:
        return REALS
    return min(a for a, _ in ends), max(b for _, b in ends)


_COMPOSED: dict[Any, Callable[[sp.Basic, dict[sp.Basic, Range]], Range]] = {
    sp.Add: _sum,
    sp.Mul: _product,
    sp.Pow: _power,
    sp.Min: _least,
    sp.Max: _greatest,
    sp.Piecewise: _pieces,
}
