"""Elementary functions of real values: exact where the value is rational, undefined outside the real domain."""

from collections.abc import Callable

from flint import arb, fmpq

from qedoc.enclose.arithmetic import divide
from qedoc.enclose.values import HALF, IN_DOUBT, ONE, ZERO, NoRealValueError, Number, exact_or_ball, finite, interval, is_known


def _total(at_ball: Callable[[arb], arb]) -> Callable[[Number], Number]:
    """Makes a function that is defined on all reals from a flint method. An exact ball becomes a rational."""

    def rule(x: Number) -> Number:
        if isinstance(x, fmpq):
            return exact_or_ball(at_ball(arb(x)))
        return finite(at_ball(x)) if x.is_finite() else IN_DOUBT

    return rule


exp = _total(arb.exp)
sin = _total(arb.sin)
cos = _total(arb.cos)
sinh = _total(arb.sinh)
cosh = _total(arb.cosh)
tanh = _total(arb.tanh)
atan = _total(arb.atan)
asinh = _total(arb.asinh)
sinc = _total(arb.sinc)


def log(x: Number) -> Number:
    """The natural logarithm. Undefined for x <= 0."""
    if isinstance(x, fmpq):
        if x <= 0:
            raise NoRealValueError
        near_one = HALF < x < 2
        return exact_or_ball(arb(x - 1).log1p() if near_one else arb(x).log())
    if x <= 0:
        raise NoRealValueError
    return finite(x.log())


def log1p(x: Number) -> Number:
    """log(1 + x), without rounding 1 + x. Undefined for x <= -1."""
    if isinstance(x, fmpq):
        return log(x + 1)
    if x <= -1:
        raise NoRealValueError
    return finite(x.log1p())


def tan(x: Number) -> Number:
    """The tangent."""
    return divide(sin(x), cos(x)) if isinstance(x, fmpq) else finite(x.tan())


def reciprocal_of(function: Callable[[Number], Number]) -> Callable[[Number], Number]:
    """1 / function. Undefined at the function's exact zeros."""
    return lambda x: divide(ONE, function(x))


def after_reciprocal(function: Callable[[Number], Number]) -> Callable[[Number], Number]:
    """function(1 / x). Undefined at zero."""
    return lambda x: function(divide(ONE, x))


def cot(x: Number) -> Number:
    """cos(x) / sin(x). Undefined at exact zeros of the sine."""
    return divide(cos(x), sin(x))


def coth(x: Number) -> Number:
    """cosh(x) / sinh(x). Undefined at zero."""
    return divide(ONE, tanh(x))


def cos_pi(x: Number) -> Number:
    """cos(pi x). Rational at multiples of 1/2 and 1/3."""
    if isinstance(x, fmpq):
        value = arb.cos_pi_fmpq(x)
        return value.fmpq() if value.is_exact() else value
    value = x.cos_pi()
    return value if value.is_finite() else IN_DOUBT


def sin_pi(x: Number) -> Number:
    """sin(pi x). Rational at multiples of 1/2 and odd multiples of 1/6."""
    if isinstance(x, fmpq):
        value = arb.sin_pi_fmpq(x)
        return value.fmpq() if value.is_exact() else value
    return finite(x.sin_pi())


def tan_pi(x: Number) -> Number:
    """tan(pi x). Rational at multiples of 1/4, undefined halfway between integers."""
    if not isinstance(x, fmpq):
        return finite(x.tan_pi())
    if x.q == 4:
        return ONE if x.p % 4 == 1 else -ONE
    return divide(sin_pi(x), cos_pi(x))


def cot_pi(x: Number) -> Number:
    """cot(pi x). Undefined at integers."""
    return tan_pi(HALF - x)


def sinc_pi(x: Number) -> Number:
    """sin(pi x) / (pi x), and 1 at zero."""
    if isinstance(x, fmpq):
        return ONE if x == 0 else divide(sin_pi(x), x * arb.pi())
    return finite(x.sinc_pi())


def _on_unit_interval(at_ball: Callable[[arb], arb]) -> Callable[[Number], Number]:
    def rule(x: Number) -> Number:
        if x > 1 or x < -1:
            raise NoRealValueError
        return exact_or_ball(at_ball(arb(x))) if isinstance(x, fmpq) else finite(at_ball(x))

    return rule


asin = _on_unit_interval(arb.asin)
acos = _on_unit_interval(arb.acos)


def acosh(x: Number) -> Number:
    """The inverse of cosh. Undefined for x < 1."""
    if x < 1:
        raise NoRealValueError
    return exact_or_ball(arb(x).acosh()) if isinstance(x, fmpq) else finite(x.acosh())


def atanh(x: Number) -> Number:
    """The inverse of tanh. Undefined for |x| >= 1."""
    if x >= 1 or x <= -1:
        raise NoRealValueError
    return exact_or_ball(arb(x).atanh()) if isinstance(x, fmpq) else finite(x.atanh())


def acot(x: Number) -> Number:
    """atan(1 / x), and pi/2 at zero, as SymPy defines it."""
    if x == 0:
        return arb.pi() / 2
    if x > 0 or x < 0:
        return atan(divide(ONE, x))
    return interval(-arb.pi() / 2, arb.pi() / 2) if is_known(x) else IN_DOUBT


def acoth(x: Number) -> Number:
    """atanh(1 / x). Undefined for |x| <= 1."""
    if x == 0:
        raise NoRealValueError
    return atanh(divide(ONE, x))


def atan2(y: Number, x: Number) -> Number:
    """The angle of (x, y) in (-pi, pi]. Undefined at the origin."""
    if not is_known(x) or not is_known(y):
        return IN_DOUBT
    if y == 0:
        if x == 0:
            raise NoRealValueError
        if x > 0:
            return ZERO
    if x > 0 or x < 0 or y > 0 or y < 0:
        return finite(arb.atan2(arb(y), arb(x)))
    return IN_DOUBT
