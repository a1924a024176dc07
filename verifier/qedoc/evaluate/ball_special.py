"""Special functions of real values, by flint's real methods: not finite there means that no value is promised here.

A value is called undefined only where the function certainly has no finite real value, at its poles and in domains where it is complex;
where that is not plain, it is left in doubt.
"""

from collections.abc import Callable
from typing import TypeGuard

from flint import arb, fmpq, fmpz

from qedoc.evaluate.ball_arithmetic import divide, power_integer
from qedoc.evaluate.ball_values import IN_DOUBT, ONE, ZERO, NoRealValueError, Number, exact_or_ball, is_known, trimmed

_FACTORIALS = 200
"""Largest factorial that is kept exact."""


def enclosed(method: Callable[..., arb]) -> Callable[..., Number]:
    """A function of real values from a flint method of balls."""

    def rule(*arguments: Number) -> Number:
        if not all(is_known(x) for x in arguments):
            return IN_DOUBT
        return exact_or_ball(method(*(arb(x) for x in arguments)))

    return rule


def _above(limit: int, method: Callable[[arb], arb]) -> Callable[[Number], Number]:
    """A function that is real for x > limit only."""
    inner = enclosed(method)

    def rule(x: Number) -> Number:
        if x <= limit:
            raise NoRealValueError
        return inner(x)

    return rule


def _except_at(pole: int, method: Callable[[arb], arb]) -> Callable[[Number], Number]:
    """A function that is real but for one pole."""
    inner = enclosed(method)

    def rule(x: Number) -> Number:
        if x == pole:
            raise NoRealValueError
        return inner(x)

    return rule


def is_integer(x: Number) -> TypeGuard[fmpq]:
    """Whether x is exactly an integer."""
    return isinstance(x, fmpq) and x.q == 1


def _is_pole_of_gamma(x: Number) -> bool:
    return is_integer(x) and x <= 0


erf = enclosed(arb.erf)
erfc = enclosed(arb.erfc)
erfi = enclosed(arb.erfi)
sine_integral = enclosed(arb.si)
sinh_integral = enclosed(arb.shi)
cosine_integral = _above(0, arb.ci)
cosh_integral = _above(0, arb.chi)
exponential_integral = _except_at(0, arb.ei)
zeta_at = _except_at(1, arb.zeta)
airy_ai = enclosed(arb.airy_ai)
airy_bi = enclosed(arb.airy_bi)


def erfinv(x: Number) -> Number:
    """The inverse of erf; undefined for |x| >= 1."""
    if x >= 1 or x <= -1:
        raise NoRealValueError
    return enclosed(arb.erfinv)(x)


def erfcinv(x: Number) -> Number:
    """The inverse of erfc; undefined outside 0 < x < 2."""
    if x >= 2 or x <= 0:
        raise NoRealValueError
    return enclosed(arb.erfcinv)(x)


def logarithmic_integral(x: Number) -> Number:
    """li(x), the principal value; undefined at 1 and for x < 0."""
    if x == 1 or x < 0:
        raise NoRealValueError
    return enclosed(arb.li)(x)


def offset_logarithmic_integral(x: Number) -> Number:
    """Li(x) = li(x) - li(2)."""
    return logarithmic_integral(x) - arb(2).li()


def gamma(x: Number) -> Number:
    """The gamma function; undefined at 0, -1, -2, ..."""
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
    """The logarithm of gamma; for x <= 0 it is infinite or complex."""
    if x <= 0:
        raise NoRealValueError
    return ZERO if x in _ZEROS_OF_LOG_GAMMA else enclosed(arb.lgamma)(x)


def polygamma(n: Number, x: Number) -> Number:
    """The n-th derivative of digamma for an integer n >= 0; undefined at 0, -1, -2, ..."""
    if not is_integer(n) or n < 0:
        return IN_DOUBT
    if _is_pole_of_gamma(x):
        raise NoRealValueError
    if n == 0:
        return enclosed(arb.digamma)(x)
    return power_integer(-ONE, int(n.p) + 1) * gamma(n + 1) * _hurwitz(n + 1, x)


def _hurwitz(s: fmpq, x: Number) -> Number:
    """Hurwitz zeta at an integer s >= 2, where it is real for negative x too: there the terms below 1 are summed by hand."""
    if x > 0 or not is_known(x):
        return enclosed(arb.zeta)(s, x)
    total: Number = ZERO
    for _ in range(_SHIFTS):
        if x > 0:
            return total + enclosed(arb.zeta)(s, x)
        total = trimmed(total + divide(ONE, power_integer(x, int(s.p))))
        x = x + 1
    return IN_DOUBT


_SHIFTS = 1000
"""Steps by which an argument below zero is moved up."""


def zeta(s: Number, a: Number = ONE) -> Number:
    """The zeta function of Riemann, or for a > 0 that of Hurwitz; undefined at s = 1."""
    if s == 1:
        raise NoRealValueError
    if a == 1:
        return zeta_at(s)
    return enclosed(arb.zeta)(s, a) if a > 0 else IN_DOUBT


def beta(x: Number, y: Number) -> Number:
    """gamma(x) gamma(y) / gamma(x + y)."""
    if _is_pole_of_gamma(x) or _is_pole_of_gamma(y):
        return IN_DOUBT
    return gamma(x) * gamma(y) * reciprocal_gamma(x + y)


def incomplete_beta(a: Number, b: Number, x: Number, y: Number) -> Number:
    """The integral of t**(a - 1) (1 - t)**(b - 1) over [x, y] in [0, 1], for a, b > 0."""
    if not (a > 0 and b > 0 and x >= 0 and x <= 1 and y >= 0 and y <= 1):
        return IN_DOUBT
    below = enclosed(lambda t, p, q: t.beta_lower(p, q))
    return below(y, a, b) - below(x, a, b)


def regularized_beta(a: Number, b: Number, x: Number, y: Number) -> Number:
    """The incomplete beta integral over that from 0 to 1."""
    if not (a > 0 and b > 0 and x >= 0 and x <= 1 and y >= 0 and y <= 1):
        return IN_DOUBT
    below = enclosed(lambda t, p, q: t.beta_lower(p, q, regularized=1))
    return below(y, a, b) - below(x, a, b)


def lower_gamma(s: Number, x: Number) -> Number:
    """The integral of t**(s - 1) exp(-t) over [0, x], for s > 0 and x >= 0."""
    if x == 0 and s > 0:
        return ZERO
    return enclosed(lambda t, p: t.gamma_lower(p))(x, s) if s > 0 and x >= 0 else IN_DOUBT


def upper_gamma(s: Number, x: Number) -> Number:
    """The integral of t**(s - 1) exp(-t) over [x, oo), for x > 0, or for x = 0 and s > 0."""
    if x == 0:
        if s <= 0:
            raise NoRealValueError
        return gamma(s) if s > 0 else IN_DOUBT
    return enclosed(lambda t, p: t.gamma_upper(p))(x, s) if x > 0 else IN_DOUBT


def generalized_exponential_integral(n: Number, x: Number) -> Number:
    """E_n(x) for x > 0; at zero it is 1 / (n - 1) for n > 1 and undefined otherwise."""
    if x == 0:
        if n <= 1:
            raise NoRealValueError
        return divide(ONE, n - 1) if n > 1 else IN_DOUBT
    return enclosed(lambda t, p: t.expint(p))(x, n) if x > 0 else IN_DOUBT


def factorial(x: Number) -> Number:
    """gamma(x + 1)."""
    return gamma(x + 1)


_CHOSEN = 1000
"""Most factors of a product that is written out."""


def binomial(n: Number, k: Number) -> Number:
    """The binomial coefficient: a product for an integer k >= 0, by gamma functions where those have no pole."""
    if is_integer(k) and 0 <= k <= _CHOSEN:
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
    if not is_integer(n) or n < -1 or n > _CHOSEN:
        return IN_DOUBT
    result: Number = ONE
    for factor in range(int(n.p), 0, -2):
        result = trimmed(result * factor)
    return result


def rising_factorial(x: Number, k: Number) -> Number:
    """x (x + 1) ... (x + k - 1) for an integer k >= 0, else gamma(x + k) / gamma(x) where neither has a pole."""
    if is_integer(k) and 0 <= k <= _CHOSEN:
        result: Number = ONE
        for i in range(int(k.p)):
            result = trimmed(result * (x + i))
        return result
    if _is_pole_of_gamma(x) or _is_pole_of_gamma(x + k):
        return IN_DOUBT
    return gamma(x + k) * reciprocal_gamma(x)


def falling_factorial(x: Number, k: Number) -> Number:
    """x (x - 1) ... (x - k + 1) for an integer k >= 0, else by gamma functions."""
    return rising_factorial(x - k + 1, k)


def _bessel(method: Callable[[arb, arb], arb]) -> Callable[[Number, Number], Number]:
    return lambda order, x: enclosed(method)(x, order)


def _bessel_with_pole(method: Callable[[arb, arb], arb]) -> Callable[[Number, Number], Number]:
    def rule(order: Number, x: Number) -> Number:
        if x == 0:
            raise NoRealValueError
        return enclosed(method)(x, order) if x > 0 else IN_DOUBT

    return rule


bessel_j = _bessel(arb.bessel_j)
bessel_i = _bessel(arb.bessel_i)
bessel_k = _bessel_with_pole(arb.bessel_k)
bessel_y = _bessel_with_pole(arb.bessel_y)


def lambert_w(x: Number, branch: Number = ZERO) -> Number:
    """The w >= -1 (branch 0) or w <= -1 (branch -1) with w exp(w) = x; undefined for x < -1/e."""
    if x < -arb(-1).exp() or (branch == -1 and x >= 0):
        raise NoRealValueError
    if branch == 0:
        return enclosed(arb.lambertw)(x)
    return enclosed(lambda t: t.lambertw(-1))(x) if branch == -1 else IN_DOUBT


def polylog(s: Number, x: Number) -> Number:
    """The polylogarithm, where it is real."""
    return enclosed(lambda t, p: t.polylog(p))(x, s)


def hypergeometric(p: int, q: int) -> Callable[..., Number]:
    """The function pFq of its upper parameters, lower parameters and argument, where its series or continuation is real."""

    def at(*arguments: arb) -> arb:
        upper, lower, x = arguments[:p], arguments[p : p + q], arguments[-1]
        if p > q + 1:
            return IN_DOUBT
        if (p, q) == (2, 1):
            a, b, c = arguments[:3]
            return x.hypgeom_2f1(a, b, c)
        return x.hypgeom(list(upper), list(lower))

    return enclosed(at)
