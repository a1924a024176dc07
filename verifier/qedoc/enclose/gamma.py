"""The gamma function and functions made of it, computed by flint's real methods.

A flint result that is not finite leaves the value in doubt. A value counts as undefined only where the function certainly has no finite
real value.
"""

from flint import arb, fmpq, fmpz

from qedoc.enclose.arithmetic import divide, power_integer
from qedoc.enclose.values import IN_DOUBT, ONE, ZERO, NoRealValueError, Number, enclosed, exact_or_ball, is_integer, is_known, trimmed

_FACTORIALS = 200
"""Largest factorial that stays exact."""


def _is_pole_of_gamma(x: Number) -> bool:
    return is_integer(x) and x <= 0


def gamma(x: Number) -> Number:
    """The gamma function. Undefined at 0, -1, -2, ..."""
    if not isinstance(x, fmpq):
        return exact_or_ball(x.gamma())
    if _is_pole_of_gamma(x):
        raise NoRealValueError
    if is_integer(x) and x <= _FACTORIALS:
        return fmpq(fmpz.fac_ui(x.p - 1))
    return exact_or_ball(arb(x).gamma())


def reciprocal_gamma(x: Number) -> Number:
    """1 / gamma(x), zero at the poles of gamma."""
    if _is_pole_of_gamma(x):
        return ZERO
    return divide(ONE, gamma(x)) if isinstance(x, fmpq) else exact_or_ball(x.rgamma())


_ZEROS_OF_LOG_GAMMA = (fmpq(1), fmpq(2))


def log_gamma(x: Number) -> Number:
    """The logarithm of gamma. Undefined for x <= 0, where it is infinite or complex."""
    if x <= 0:
        raise NoRealValueError
    return ZERO if x in _ZEROS_OF_LOG_GAMMA else enclosed(arb.lgamma)(x)


def polygamma(n: Number, x: Number) -> Number:
    """The n-th derivative of digamma for an integer n >= 0. Undefined at 0, -1, -2, ..."""
    if not is_integer(n) or n < 0:
        return IN_DOUBT
    if _is_pole_of_gamma(x):
        raise NoRealValueError
    if n == 0:
        return enclosed(arb.digamma)(x)
    return power_integer(-ONE, int(n.p) + 1) * gamma(n + 1) * _hurwitz(n + 1, x)


def _hurwitz(s: fmpq, x: Number) -> Number:
    """Hurwitz zeta at an integer s >= 2. For negative x, where it is also real, the terms with a negative base are added separately."""
    if x > 0 or not is_known(x):
        return enclosed(arb.zeta)(s, x)
    total: Number = ZERO
    for _ in range(_MOST_SHIFTS):
        if x > 0:
            return total + enclosed(arb.zeta)(s, x)
        total = trimmed(total + divide(ONE, power_integer(x, int(s.p))))
        x = x + 1
    return IN_DOUBT


_MOST_SHIFTS = 1000
"""Maximum number of steps that move a negative argument up to a positive one."""


def zeta(s: Number, a: Number = ONE) -> Number:
    """The Riemann zeta function, or the Hurwitz zeta function for a > 0. Undefined at s = 1."""
    if s == 1:
        raise NoRealValueError
    if a == 1:
        return enclosed(arb.zeta)(s)
    return enclosed(arb.zeta)(s, a) if a > 0 else IN_DOUBT


def beta(x: Number, y: Number) -> Number:
    """gamma(x) gamma(y) / gamma(x + y)."""
    if _is_pole_of_gamma(x) or _is_pole_of_gamma(y):
        return IN_DOUBT
    return gamma(x) * gamma(y) * reciprocal_gamma(x + y)


def factorial(x: Number) -> Number:
    """gamma(x + 1)."""
    return gamma(x + 1)


_MOST_FACTORS = 1000
"""Maximum number of factors of an explicit product."""


def binomial(n: Number, k: Number) -> Number:
    """The binomial coefficient: a product for an integer k >= 0, otherwise from gamma functions where they have no pole."""
    if is_integer(k) and 0 <= k <= _MOST_FACTORS:
        chosen: Number = ONE
        for i in range(int(k.p)):
            chosen = trimmed(divide(chosen * (n - i), fmpq(i + 1)))
        return chosen
    if is_integer(n) and n < 0:
        return IN_DOUBT
    if is_integer(n) and is_integer(k) and k > n:
        return ZERO
    return gamma(n + 1) * reciprocal_gamma(k + 1) * reciprocal_gamma(n - k + 1)


def double_factorial(n: Number) -> Number:
    """n (n - 2) (n - 4) ... for an integer n >= -1."""
    if not is_integer(n) or n < -1 or n > _MOST_FACTORS:
        return IN_DOUBT
    result: Number = ONE
    for factor in range(int(n.p), 0, -2):
        result = trimmed(result * factor)
    return result


def rising_factorial(x: Number, k: Number) -> Number:
    """x (x + 1) ... (x + k - 1) for an integer k >= 0, otherwise gamma(x + k) / gamma(x) where neither has a pole."""
    if is_integer(k) and 0 <= k <= _MOST_FACTORS:
        result: Number = ONE
        for i in range(int(k.p)):
            result = trimmed(result * (x + i))
        return result
    if _is_pole_of_gamma(x) or _is_pole_of_gamma(x + k):
        return IN_DOUBT
    return gamma(x + k) * reciprocal_gamma(x)


def falling_factorial(x: Number, k: Number) -> Number:
    """x (x - 1) ... (x - k + 1) for an integer k >= 0, otherwise from gamma functions."""
    return rising_factorial(x - k + 1, k)
