"""The exact value of an expression at a rational point, and the truth of a condition there."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from qedoc.lift.literals import BallLiteral
from qedoc.lift.opaque import interpretation

DIGITS = 60
_ZERO = sp.Rational(1, 10 ** (DIGITS - 15))


class Undefined(ArithmeticError):
    """The expression has no value at the point."""


def value_at(expression: sp.Expr, point: Mapping[sp.Symbol, Any]) -> sp.Expr:
    """The exact value, as a SymPy number or a closed expression of numbers.

    Args:
        expression: built by `qedoc.partial`; a ball stands for its midpoint, an opaque function for its interpretation.
        point: a Fraction for each free symbol.

    Raises:
        Undefined: where the expression has no value.
    """
    match expression:
        case BallLiteral():
            return sp.Rational(expression.midpoint)
        case sp.Symbol():
            return sp.Rational(point[expression])
        case sp.Piecewise():
            for value, condition in expression.args:
                truth = holds(condition, point)
                if truth is None:
                    raise Undefined(str(condition))
                if truth:
                    return value_at(value, point)
            raise Undefined(str(expression))
        case sp.core.function.AppliedUndef():
            c, d, e = map(sp.Rational, interpretation(int(expression.args[0])))
            x = value_at(expression.args[1], point)
            return c + d * x + e * x**2
    result = expression.func(*(value_at(part, point) for part in expression.args)) if expression.args else expression
    if result is sp.nan or result.is_extended_real is False:
        raise Undefined(str(expression))
    return result


def holds(condition: sp.Basic, point: Mapping[sp.Symbol, Any]) -> bool | None:
    """Whether the condition is true at the point; None where it is undefined.

    Numbers that are not rational are compared to 60 digits, and taken as equal where they agree to 45.
    """
    match condition:
        case sp.logic.boolalg.BooleanTrue():
            return True
        case sp.logic.boolalg.BooleanFalse():
            return False
        case sp.Not():
            truth = holds(condition.args[0], point)
            return None if truth is None else not truth
        case sp.And() | sp.Or():
            return _connect([holds(part, point) for part in condition.args], decisive=isinstance(condition, sp.Or))
        case sp.core.relational.Relational():
            return _compare(condition, point)
    raise TypeError(f"expected a relation, And, Or or Not, found {type(condition).__name__}")


def _connect(truths: list[bool | None], *, decisive: bool) -> bool | None:
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive


def _compare(relation: Any, point: Mapping[sp.Symbol, Any]) -> bool | None:
    try:
        left, right = (value_at(side, point) for side in relation.args)
    except Undefined:
        return None
    difference = left - right
    if not difference.is_Rational and difference.is_finite is not False:
        difference = difference.evalf(DIGITS, maxn=200)
        if abs(difference) < _ZERO:
            difference = sp.S.Zero
    if difference is sp.nan:
        return None
    return bool(relation.func(difference, 0))
