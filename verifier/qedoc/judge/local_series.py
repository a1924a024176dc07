"""Recognises code that replaces a function by a series that is cut off, in a small neighbourhood: a Taylor polynomial where |x| < 1/20."""

from collections.abc import Mapping
from fractions import Fraction

import sympy as sp

_WIDEST = sp.Rational(1, 4)
"""Maximum radius of such a neighbourhood."""

_ALGEBRAIC = (sp.Abs, sp.Max, sp.Min, sp.sign, sp.floor, sp.ceiling, sp.Piecewise)
"""Functions that a series may be made of."""


def is_local_series(code: sp.Basic, formula: sp.Basic, point: Mapping[sp.Symbol, Fraction]) -> bool:
    """Whether code has, at a point inside a small neighbourhood, an algebraic expression in place of the functions of a formula.

    Args:
        code: the formula of the code on a path.
        formula: the documented formula.
        point: a rational number for each symbol.
    """
    if not isinstance(code, sp.Basic) or not _functions(formula):
        return False
    relations = code.atoms(sp.core.relational.Relational)
    numbers = {symbol: sp.Rational(value.numerator, value.denominator) for symbol, value in point.items()}
    settled = {relation: relation.xreplace(numbers) for relation in relations}
    settled = {relation: sp.true if found is sp.true else sp.false for relation, found in settled.items() if found in (sp.true, sp.false)}
    inside = any(_is_near(relation) and found is sp.true for relation, found in settled.items())
    return inside and len(settled) == len(relations) and not _functions(code.xreplace(settled))


def _is_near(relation: sp.Basic) -> bool:
    """Whether a relation is a neighbourhood: a distance is less than a small number."""
    if isinstance(relation, sp.Gt | sp.Ge):
        relation = relation.reversed
    if not isinstance(relation, sp.Lt | sp.Le):
        return False
    return isinstance(relation.lhs, sp.Abs) and bool(relation.rhs.is_Rational) and 0 < relation.rhs <= _WIDEST


def _functions(expression: sp.Basic) -> set[sp.Basic]:
    """The parts of an expression that are no algebraic function."""
    calls = {call for call in expression.atoms(sp.Function) if not isinstance(call, _ALGEBRAIC)}
    return calls | {power for power in expression.atoms(sp.Pow) if not power.exp.is_Rational}
