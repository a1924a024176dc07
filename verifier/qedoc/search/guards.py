"""The places where a formula changes branch: its guards, and the rational numbers at and around their zeros."""

import itertools
from collections.abc import Iterator
from fractions import Fraction

import flint
import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.enclose.enclosure import compile

GRID = (*map(Fraction, (-1000, -100, -30, -10)), *(Fraction(k, 2) for k in range(-12, 13)), *map(Fraction, (10, 30, 100, 1000)))
"""Numbers between which the zeros of a guard are searched."""

CLOSE_BY = Fraction(1, 64)
"""Distance between a zero and its neighbours, relative to its size or to 1."""

HIGHEST_DEGREE = 8
"""Maximum degree of a polynomial guard whose rational zeros are computed."""


def rational_roots(expression: sp.Expr, symbol: sp.Symbol) -> list[sp.Rational]:
    """The rational zeros of a polynomial in one symbol with rational coefficients. Empty for any other expression."""
    if not expression.is_polynomial(symbol):
        return []
    made = sp.Poly(expression, symbol)
    if made.degree() > HIGHEST_DEGREE or not all(c.is_Rational for c in made.all_coeffs()):
        return []
    return list(made.ground_roots())


def near_roots(expression: sp.Expr, symbol: sp.Symbol) -> list[sp.Rational]:
    """Rational numbers on both sides of each sign change of an expression in one symbol, near the simple numbers."""
    function = compile(expression, (symbol,))

    def sign(x: Fraction) -> int:
        value = function((x,))
        if not isinstance(value, flint.fmpq | flint.arb):
            return 0
        return int(value > 0) - int(value < 0)

    found: list[sp.Rational] = []
    for ends in itertools.pairwise(GRID):
        low, high = ends
        first = sign(low)
        if not first * sign(high) < 0:
            continue
        while high - low > CLOSE_BY * max(Fraction(1), abs(low)):
            middle = (low + high) / 2
            low, high = (middle, high) if sign(middle) == first else (low, middle)
        found += [sp.Rational(x.numerator, x.denominator) for x in (low, high)]
    return found


def guards(formula: sp.Basic) -> Iterator[sp.Expr]:
    """Yields expressions at whose zeros a formula changes branch, except those in the bound variables of integrals and series."""
    bound = {limit[0] for part in formula.atoms(sp.Integral, *LARGE) for limit in part.limits}
    return (guard for guard in _guards(formula) if not guard.free_symbols & bound)


def _guards(formula: sp.Basic) -> Iterator[sp.Expr]:
    for part in formula.atoms(sp.core.relational.Relational):
        if all(isinstance(side, sp.Expr) for side in part.args):
            yield part.lhs - part.rhs
    for part in formula.atoms(sp.Min, sp.Max):
        first, *rest = part.args
        yield from (first - other for other in rest)
    for part in formula.atoms(sp.Abs, sp.sign):
        yield part.args[0]
