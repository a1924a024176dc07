"""Computes definite integrals by rigorous quadrature of the integrand's analytic continuation.

The quadrature asks for enclosures over complex balls and says where the integrand must be analytic. The result is not finite where the
integrand may not be analytic, or may have no real value on the path. Source: F. Johansson, Numerical integration in arbitrary-precision
ball arithmetic, 2018.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import sympy as sp
from flint import acb, arb, fmpq

from qedoc.enclose.ranges import is_ball_literal
from qedoc.enclose.values import IN_DOUBT, Number, ball, finite, is_known
from qedoc.errors import UnsupportedError

Point: TypeAlias = Mapping[sp.Symbol, acb]
Continuation: TypeAlias = Callable[[Point, bool], acb]
"""Takes the values of all symbols, and whether the result must be analytic there."""

NOWHERE = acb(IN_DOUBT, IN_DOUBT)
_MOST_EVALUATIONS = 2000


def integral(body: sp.Expr, variable: sp.Symbol, others: Sequence[sp.Symbol]) -> Callable[..., Number]:
    """Returns the integral of body over the variable, as a function of (lower, upper, *others) with finite bounds.

    Raises:
        UnsupportedError: the integrand contains a function without a complex rule.
    """
    continued = _continuation(body)

    def value(lower: Number, upper: Number, *values: Number) -> Number:
        if not all(is_known(x) for x in (lower, upper, *values)):
            return IN_DOUBT
        fixed = {symbol: acb(arb(x)) for symbol, x in zip(others, values, strict=True)}
        found = acb.integral(
            lambda z, analytic: continued({**fixed, variable: z}, analytic),
            acb(arb(lower)),
            acb(arb(upper)),
            eval_limit=_MOST_EVALUATIONS,
        )
        return finite(found.real) if found.imag.contains(0) else IN_DOUBT

    return value


def _continuation(expression: sp.Basic) -> Continuation:
    if expression.is_Rational:
        constant = fmpq(int(expression.p), int(expression.q))
        return lambda point, analytic: acb(arb(constant))
    if is_ball_literal(expression):
        middle, radius = expression.midpoint, expression.radius
        return lambda point, analytic: acb(arb(ball(middle, radius)))
    if expression.is_Symbol:
        return lambda point, analytic: point[expression]
    if expression in _CONSTANTS:
        number = _CONSTANTS[expression]
        return lambda point, analytic: acb(number())
    if expression.func is sp.Piecewise:
        return _piecewise(expression)
    if expression.func is sp.Pow:
        return _power(expression)
    rule = _RULES.get(expression.func)
    if rule is None:
        raise UnsupportedError(
            f"qedoc has no complex rule for {type(expression).__name__} in an integrand, found in {str(expression)[:200]}"
        )
    parts = [_continuation(x) for x in expression.args]
    return lambda point, analytic: rule(analytic, *(part(point, analytic) for part in parts))


_CONSTANTS: dict[Any, Callable[[], arb]] = {sp.pi: arb.pi, sp.E: arb.const_e, sp.EulerGamma: arb.const_euler}


def _sum(analytic: bool, first: acb, *terms: acb) -> acb:
    for term in terms:
        first = first + term
    return first


def _product(analytic: bool, first: acb, *factors: acb) -> acb:
    for factor in factors:
        first = first * factor
    return first


def _least(analytic: bool, first: acb, *others: acb) -> acb:
    for other in others:
        first = first.real_min(other, analytic=analytic)
    return first


def _greatest(analytic: bool, first: acb, *others: acb) -> acb:
    for other in others:
        first = first.real_max(other, analytic=analytic)
    return first


def _log(analytic: bool, z: acb) -> acb:
    return z.log(analytic=analytic) if analytic or z.real > 0 else NOWHERE


def _root(analytic: bool, z: acb) -> acb:
    return z.sqrt(analytic=analytic) if analytic or z.real >= 0 else NOWHERE


def _power_of_positive(analytic: bool, z: acb, w: acb) -> acb:
    return z.pow(w, analytic=analytic) if analytic or z.real > 0 else NOWHERE


def _meromorphic(method: Callable[[acb], acb]) -> Callable[..., acb]:
    return lambda analytic, z: method(z)


_RULES: dict[Any, Callable[..., acb]] = {
    sp.Add: _sum,
    sp.Mul: _product,
    sp.Min: _least,
    sp.Max: _greatest,
    sp.log: _log,
    sp.Abs: lambda analytic, z: z.real_abs(analytic=analytic),
    sp.sign: lambda analytic, z: z.real_sgn(analytic=analytic),
    sp.floor: lambda analytic, z: z.real_floor(analytic=analytic),
    sp.ceiling: lambda analytic, z: z.real_ceil(analytic=analytic),
    **{
        head: _meromorphic(method)
        for head, method in {
            sp.exp: acb.exp,
            sp.sin: acb.sin,
            sp.cos: acb.cos,
            sp.tan: acb.tan,
            sp.sinh: acb.sinh,
            sp.cosh: acb.cosh,
            sp.tanh: acb.tanh,
            sp.sech: acb.sech,
            sp.sinc: acb.sinc,
            sp.erf: acb.erf,
            sp.erfc: acb.erfc,
            sp.gamma: acb.gamma,
        }.items()
    },
}


def _power(expression: sp.Expr) -> Continuation:
    base, exponent = expression.args
    inner = _continuation(base)
    if exponent.is_Integer:
        n = int(exponent)
        return lambda point, analytic: _integer_power(inner(point, analytic), n)
    if exponent == sp.S.Half:
        return lambda point, analytic: _root(analytic, inner(point, analytic))
    if exponent == -sp.S.Half:
        return lambda point, analytic: 1 / _root(analytic, inner(point, analytic))
    outer = _continuation(exponent)
    return lambda point, analytic: _power_of_positive(analytic, inner(point, analytic), outer(point, analytic))


def _integer_power(z: acb, n: int) -> acb:
    result = acb(1)
    for bit in f"{abs(n):b}":
        result = result * result
        if bit == "1":
            result = result * z
    return 1 / result if n < 0 else result


def _piecewise(expression: sp.Piecewise) -> Continuation:
    branches = [(_continuation(value), _condition(condition)) for value, condition in expression.args]

    def value(point: Point, analytic: bool) -> acb:
        found: acb | None = None
        for branch, condition in branches:
            holds = condition(point, analytic)
            if holds is False:
                continue
            if holds is None and analytic:
                return NOWHERE
            here = branch(point, analytic)
            found = here if found is None else found.union(here)
            if holds:
                return found
        return NOWHERE

    return value


def _condition(condition: sp.Basic) -> Callable[[Point, bool], bool | None]:
    """Decides a condition from real parts. Where it is decided, one branch continues the integrand on the whole ball."""
    if condition in (sp.true, sp.false):
        return lambda point, analytic: bool(condition)
    if condition.func in (sp.And, sp.Or):
        decisive = condition.func is sp.Or
        parts = [_condition(part) for part in condition.args]
        return lambda point, analytic: _joined([part(point, analytic) for part in parts], decisive)
    if condition.func not in (sp.StrictLessThan, sp.LessThan, sp.StrictGreaterThan, sp.GreaterThan):
        raise UnsupportedError(f"qedoc has no complex rule for the condition {str(condition)[:200]} in an integrand")
    left, right = (_continuation(side) for side in (condition.lts, condition.gts))

    def holds(point: Point, analytic: bool) -> bool | None:
        x, y = left(point, analytic).real, right(point, analytic).real
        # Equality holds at a single point of the path, where the value does not affect the integral.
        return True if x < y else False if x > y else None

    return holds


def _joined(truths: list[bool | None], decisive: bool) -> bool | None:
    if decisive in truths:
        return decisive
    return None if None in truths else not decisive
