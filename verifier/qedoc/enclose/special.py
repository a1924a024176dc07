"""Special functions of real values, computed by flint's real methods.

A flint result that is not finite leaves the value in doubt. A value counts as undefined only where the function certainly has no finite
real value: at its poles and where it is complex.
"""

from collections.abc import Callable

from flint import arb

from qedoc.enclose.arithmetic import divide
from qedoc.enclose.values import IN_DOUBT, ONE, ZERO, NoRealValueError, Number, enclosed


def _above(limit: int, method: Callable[[arb], arb]) -> Callable[[Number], Number]:
    """Makes a function that is real only for x > limit."""
    inner = enclosed(method)

    def rule(x: Number) -> Number:
        if x <= limit:
            raise NoRealValueError
        return inner(x)

    return rule


def _except_at(pole: int, method: Callable[[arb], arb]) -> Callable[[Number], Number]:
    """Makes a function that is real except at one pole."""
    inner = enclosed(method)

    def rule(x: Number) -> Number:
        if x == pole:
            raise NoRealValueError
        return inner(x)

    return rule


erf = enclosed(arb.erf)
erfc = enclosed(arb.erfc)
erfi = enclosed(arb.erfi)
sine_integral = enclosed(arb.si)
sinh_integral = enclosed(arb.shi)
cosine_integral = _above(0, arb.ci)
cosh_integral = _above(0, arb.chi)
exponential_integral = _except_at(0, arb.ei)
airy_ai = enclosed(arb.airy_ai)
airy_bi = enclosed(arb.airy_bi)


def erfinv(x: Number) -> Number:
    """The inverse of erf. Undefined for |x| >= 1."""
    if x >= 1 or x <= -1:
        raise NoRealValueError
    return enclosed(arb.erfinv)(x)


def erfcinv(x: Number) -> Number:
    """The inverse of erfc. Undefined outside 0 < x < 2."""
    if x >= 2 or x <= 0:
        raise NoRealValueError
    return enclosed(arb.erfcinv)(x)


def logarithmic_integral(x: Number) -> Number:
    """li(x), the principal value. Undefined at 1 and for x < 0."""
    if x == 1 or x < 0:
        raise NoRealValueError
    return enclosed(arb.li)(x)


def offset_logarithmic_integral(x: Number) -> Number:
    """Li(x) = li(x) - li(2)."""
    return logarithmic_integral(x) - arb(2).li()


def generalized_exponential_integral(n: Number, x: Number) -> Number:
    """E_n(x) for x > 0. At zero it is 1 / (n - 1) for n > 1 and undefined otherwise."""
    if x == 0:
        if n <= 1:
            raise NoRealValueError
        return divide(ONE, n - 1) if n > 1 else IN_DOUBT
    return enclosed(lambda t, p: t.expint(p))(x, n) if x > 0 else IN_DOUBT


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
    """The w >= -1 (branch 0) or w <= -1 (branch -1) with w exp(w) = x. Undefined for x < -1/e."""
    if x < -arb(-1).exp() or (branch == -1 and x >= 0):
        raise NoRealValueError
    if branch == 0:
        return enclosed(arb.lambertw)(x)
    return enclosed(lambda t: t.lambertw(-1))(x) if branch == -1 else IN_DOUBT


def polylog(s: Number, x: Number) -> Number:
    """The polylogarithm, where it is real."""
    return enclosed(lambda t, p: t.polylog(p))(x, s)


def hypergeometric(p: int, q: int) -> Callable[..., Number]:
    """The generalized hypergeometric function pFq of upper parameters, lower parameters and argument, where it is real."""

    def at(*arguments: arb) -> arb:
        upper, lower, x = arguments[:p], arguments[p : p + q], arguments[-1]
        if p > q + 1:
            return IN_DOUBT
        if (p, q) == (2, 1):
            a, b, c = arguments[:3]
            return x.hypgeom_2f1(a, b, c)
        return x.hypgeom(list(upper), list(lower))

    return enclosed(at)
