"""Reads SymPy formulas with sums, products, maxima and entries of arrays as canonical forms."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE, Largest, Smallest
from qedoc.sums.domain import check_range, fresh, is_integer, nonnegative, positive
from qedoc.sums.extrema import exceeds, is_never_above, is_variance, larger, largest, multiplied
from qedoc.sums.functions import above_guard, absolute, as_guard, called, exponential, guarded, is_zero, logarithm, negated_guard
from qedoc.sums.products import Values, power, product, times
from qedoc.sums.ranges import total
from qedoc.sums.terms import Poly, RefusedError, frozen, minus, number, of, plus, scaled, variable

ONE = number(1)

_FUNCTIONS = (
    *(sp.sin, sp.cos, sp.erf, sp.erfc, sp.asin, sp.acos, sp.atan, sp.asinh, sp.acosh, sp.atanh),
    *(sp.gamma, sp.loggamma, sp.digamma, sp.polygamma, sp.floor, sp.ceiling, sp.zeta, sp.erfinv, sp.beta),
)
NAMED = {function: function.__name__ for function in _FUNCTIONS}
CONSTANTS = {sp.pi: "pi", sp.EulerGamma: "EulerGamma", sp.Catalan: "Catalan", sp.GoldenRatio: "GoldenRatio"}


def read(expression: sp.Basic, values: Values) -> Poly:
    """The canonical form of a formula.

    Args:
        expression: the formula. Sums, products, `Largest` and `Smallest` have inclusive bounds.
        values: polynomials for some of its symbols, by name.

    Raises:
        RefusedError: if it has none: a range that may end before it begins, a zero denominator, infinity, an unknown function, too many
            terms.
    """

    def go(part: sp.Basic) -> Poly:
        return read(part, values)

    match expression:
        case sp.Rational():
            return number(Fraction(int(expression.p), int(expression.q)))
        case sp.Symbol():
            if hasattr(expression, "midpoint"):
                raise RefusedError(f"the number {expression} of the code is known up to a radius only")
            return values[expression.name] if expression.name in values else variable(expression.name)
        case sp.Indexed():
            places = tuple(map(go, expression.indices))
            if not all(map(is_integer, places)):
                raise RefusedError(f"{expression} has an index that is no integer")
            return of(("entry", str(expression.base.label), tuple(map(frozen, places))))
        case sp.Add():
            return plus(*map(go, expression.args))
        case sp.Mul():
            return product(map(go, expression.args))
        case sp.exp():
            return exponential(go(expression.args[0]))
        case sp.log():
            return logarithm(go(expression.args[0]))
        case sp.Pow():
            return _power(expression, values)
        case sp.Piecewise():
            return _pieces(expression.args, values)
        case _ if isinstance(expression, LARGE):
            return _large(expression, values)
        case _ if expression in CONSTANTS:
            return called(CONSTANTS[expression], ())
        case _ if expression is sp.E:
            return exponential(ONE)
        case sp.core.function.Application():
            return _function(expression, tuple(map(go, expression.args)))
        case _:
            raise RefusedError(f"{expression} has no canonical form")


def _power(expression: sp.Pow, values: Values) -> Poly:
    if expression.exp.is_Rational:
        exponent = Fraction(int(expression.exp.p), int(expression.exp.q))
        factors = [read(factor, values) for factor in sp.Mul.make_args(expression.base)]
        if exponent.denominator != 1 and all(nonnegative(factor) or is_variance(factor) for factor in factors):
            return product(power(factor, exponent) for factor in factors)  # their product may have too many terms to be divided again
        return power(product(factors), exponent)
    base = read(expression.base, values)
    if not positive(base):
        raise RefusedError(f"the base of {expression} may be 0 or negative")
    return exponential(times(read(expression.exp, values), logarithm(base)))


def _function(expression: sp.Function, arguments: tuple[Poly, ...]) -> Poly:
    first = arguments[0]
    match expression:
        case sp.Abs():
            return scaled(first, -1) if is_never_above(first) else absolute(first)
        case sp.sign():
            return minus(exceeds(first, {}), exceeds({}, first))
        case sp.Max() | sp.Min():
            turn = 1 if isinstance(expression, sp.Max) else -1
            made = scaled(first, turn)
            for other in arguments[1:]:
                made = larger(made, scaled(other, turn))
            return scaled(made, turn)
        case sp.tanh():
            double = exponential(scaled(first, 2))
            return times(minus(double, ONE), power(plus(double, ONE), -1))
        case sp.sinh() | sp.cosh():
            pair = exponential(first), exponential(scaled(first, -1))
            return scaled(plus(*pair) if isinstance(expression, sp.cosh) else minus(*pair), Fraction(1, 2))
    if expression.func in NAMED:
        return called(NAMED[expression.func], arguments)
    raise RefusedError(f"the function {expression.func.__name__} has no canonical form")


def _pieces(rows: tuple[Any, ...], values: Values) -> Poly:
    (value, test), *rest = rows
    rest = [row for row in rest if row[0] is not sp.nan]
    if value is sp.nan:
        return _pieces(tuple(rest), values) if rest else read(sp.nan, values)
    if test == sp.true or not rest:
        return read(value, values)
    truth = condition(test, values)
    if truth == ONE:
        return read(value, values)
    if not truth:
        return _pieces(tuple(rest), values)
    opposite = sp.Not(test)
    yes = guarded(truth, read(value, values), lambda: guard(test, values))
    return plus(yes, guarded(minus(ONE, truth), _pieces(tuple(rest), values), lambda: guard(opposite, values)))


def guard(test: sp.Basic, values: Values) -> Poly:
    """1 where a condition holds, and 0 elsewhere, in a form that can guard an undefined value: without differences.

    Args:
        test: the condition.
        values: polynomials for some of its symbols, by name.

    Raises:
        RefusedError: if it has no such form.
    """
    match test:
        case sp.And():
            return product(guard(part, values) for part in test.args)
        case sp.Or():
            first, *rest = test.args
            return plus(guard(first, values), times(guard(sp.Not(first), values), guard(sp.Or(*rest), values)))
        case sp.Rel():
            left, right = read(test.lhs, values), read(test.rhs, values)
            match test:
                case sp.Gt():
                    return above_guard(minus(left, right))
                case sp.Lt():
                    return above_guard(minus(right, left))
                case sp.Ge():
                    return negated_guard(above_guard(minus(right, left)))
                case sp.Le():
                    return negated_guard(above_guard(minus(left, right)))
    return as_guard(condition(test, values))


def condition(test: sp.Basic, values: Values) -> Poly:
    """1 where a condition holds, and 0 elsewhere.

    Args:
        test: the condition.
        values: polynomials for some of its symbols, by name.

    Raises:
        RefusedError: if it is no combination of relations.
    """
    match test:
        case sp.logic.boolalg.BooleanTrue():
            return ONE
        case sp.logic.boolalg.BooleanFalse():
            return {}
        case sp.And():
            return product(condition(part, values) for part in test.args)
        case sp.Or():
            return minus(ONE, product(minus(ONE, condition(part, values)) for part in test.args))
        case sp.Not():
            return minus(ONE, condition(test.args[0], values))
        case sp.Rel():
            return _relation(test, read(test.lhs, values), read(test.rhs, values))
        case _:
            raise RefusedError(f"{test} is no relation")


def _relation(test: sp.Rel, left: Poly, right: Poly) -> Poly:
    match test:
        case sp.Eq():
            return is_zero(minus(left, right))
        case sp.Ne():
            return minus(ONE, is_zero(minus(left, right)))
        case sp.Gt():
            return exceeds(left, right)
        case sp.Lt():
            return exceeds(right, left)
        case sp.Ge():
            return minus(ONE, exceeds(right, left))
        case _:
            return minus(ONE, exceeds(left, right))


def _large(expression: Any, values: Mapping[str, Poly]) -> Poly:
    """A sum, a product or an extreme value, whose last index is the outermost one."""
    body, *inner, (symbol, low, high) = expression.args
    first, end = read(low, values), plus(read(high, values), ONE)
    length = minus(end, first)
    check_range(length, f"the range of {symbol}")
    name = fresh(length)
    inside = expression.func(body, *inner) if inner else body
    made = read(inside, {**values, symbol.name: plus(variable(name), first)})
    match expression:
        case sp.Sum():
            return total(name, {}, length, made)
        case sp.Product():
            return multiplied(name, length, made)
        case Largest():
            return largest(name, length, made)
        case Smallest():
            return scaled(largest(name, length, scaled(made, -1)), -1)
    raise RefusedError(f"{expression.func.__name__} has no canonical form")
