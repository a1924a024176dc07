"""The exact value of an expression at a rational point, and the truth of a condition there."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp

from qedoc.algebra.stand_ins import stand_in
from qedoc.lift.literals import BallLiteral
from qedoc.lift.opaque import interpretation

Point: TypeAlias = Mapping[sp.Symbol, Fraction]

DIGITS = 60
LONGEST = 12  # operations in an expression of irrational numbers that is kept exact
_ZERO = sp.Rational(1, 10 ** (DIGITS - 15))


class Undefined(ArithmeticError):
    """The expression has no value at the point."""


def value_at(expression: sp.Expr, point: Point) -> sp.Expr:
    """The exact value, as a rational number or a short expression of numbers; a long expression is given to 60 digits.

    Args:
        expression: built by `qedoc.algebra.partial`; a ball stands for its midpoint, an opaque function for its interpretation.
        point: a Fraction for each free symbol.

    Raises:
        Undefined: where the expression has no value.
    """
    return _Evaluation(point).value(expression)


def holds(condition: sp.Basic, point: Point) -> bool | None:
    """Whether the condition is true at the point; None where it is undefined.

    Numbers that are not rational are computed to 60 digits, and count as equal if 45 digits agree.
    """
    return _Evaluation(point).truth(condition)


class _Evaluation:
    """The values of all parts of a formula at one point. Formulas share parts, so each part is evaluated once."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self.known: dict[sp.Basic, Any] = {}

    def value(self, expression: sp.Expr) -> sp.Expr:
        if expression not in self.known:
            try:
                self.known[expression] = self._value(expression)
            except Undefined as reason:
                self.known[expression] = reason
        result = self.known[expression]
        if isinstance(result, Undefined):
            raise result
        return result

    def _value(self, expression: sp.Expr) -> sp.Expr:
        match expression:
            case BallLiteral():
                return sp.Rational(expression.midpoint)
            case sp.Symbol():
                return sp.Rational(self.point[expression])
            case sp.Piecewise():
                return self._branch(expression)
            case sp.core.function.AppliedUndef():
                coefficients = tuple(map(sp.Rational, interpretation(int(expression.args[0]))))
                return stand_in(coefficients, [self.value(argument) for argument in expression.args[1:]])
        result = expression.func(*map(self.value, expression.args)) if expression.args else expression
        if not result.is_Rational and result.count_ops() > LONGEST:
            result = result.evalf(DIGITS, maxn=200)
        if result is sp.nan or result.is_extended_real is False:
            raise Undefined(str(expression))
        return result

    def _branch(self, expression: sp.Piecewise) -> sp.Expr:
        for value, condition in expression.args:
            truth = self.truth(condition)
            if truth is None:
                raise Undefined(str(condition))
            if truth:
                return self.value(value)
        raise Undefined(str(expression))

    def truth(self, condition: sp.Basic) -> bool | None:
        match condition:
            case sp.logic.boolalg.BooleanTrue() | sp.logic.boolalg.BooleanFalse():
                return bool(condition)
            case sp.Not():
                truth = self.truth(condition.args[0])
                return None if truth is None else not truth
            case sp.And() | sp.Or():
                return _connect([self.truth(part) for part in condition.args], decisive=isinstance(condition, sp.Or))
            case sp.core.relational.Relational():
                return self._compare(condition)
        raise TypeError(f"expected a relation, And, Or or Not, found {type(condition).__name__}")

    def _compare(self, relation: Any) -> bool | None:
        try:
            left, right = map(self.value, relation.args)
        except Undefined:
            return None
        difference = left - right
        if not difference.is_Rational and difference.is_finite is not False:
            difference = difference.evalf(DIGITS, maxn=200)
            if abs(difference) < _ZERO:
                difference = sp.S.Zero
        return None if difference is sp.nan else bool(relation.func(difference, 0))


def _connect(truths: list[bool | None], *, decisive: bool) -> bool | None:
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive
