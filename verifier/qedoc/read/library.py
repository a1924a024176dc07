r"""Functions with a usual name that no typesetting system knows: `\mathrm{softplus}(x)`, `\operatorname{logit}(p)`, `\mathrm{gammaln}(x)`.

A function that the library or the text defines overrides a function of this table.
"""

from collections.abc import Callable
from typing import Any

import sympy as sp

from qedoc.read.arithmetic import add, divide, elementary, multiply, power, root, unevaluated
from qedoc.read.functions import Known

_ONE, _TWO = sp.S.One, sp.Integer(2)


def _exp(x: sp.Expr) -> sp.Expr:
    return elementary(sp.exp, x)


def _log(x: sp.Expr) -> sp.Expr:
    return elementary(sp.log, x)


def logistic(x: sp.Expr) -> sp.Expr:
    """The logistic function, 1/(1 + exp(-x))."""
    return divide(_ONE, add((_ONE, _exp(-x))))


def normal(x: sp.Expr) -> sp.Expr:
    """The distribution function of the standard normal distribution."""
    return divide(unevaluated(sp.erfc, divide(-x, root(_TWO, _TWO))), _TWO)


def normal_density(x: sp.Expr) -> sp.Expr:
    """The density of the standard normal distribution."""
    return divide(_exp(divide(-power(x, _TWO), _TWO)), root(2 * sp.pi, _TWO))


def normal_quantile(p: sp.Expr) -> sp.Expr:
    """The inverse of the distribution function of the standard normal distribution."""
    return multiply((root(_TWO, _TWO), unevaluated(sp.erfinv, add((multiply((_TWO, p)), -_ONE)))))


def scaled_bessel_i(order: sp.Expr, x: sp.Expr) -> sp.Expr:
    """exp(-|x|) times the modified Bessel function of the first kind."""
    return multiply((_exp(-unevaluated(sp.Abs, x)), unevaluated(sp.besseli, order, x)))


def scaled_bessel_k(order: sp.Expr, x: sp.Expr) -> sp.Expr:
    """exp(x) times the modified Bessel function of the second kind."""
    return multiply((_exp(x), unevaluated(sp.besselk, order, x)))


def lower_share(a: sp.Expr, x: sp.Expr) -> sp.Expr:
    """The regularized lower incomplete gamma function."""
    return divide(unevaluated(sp.lowergamma, a, x), unevaluated(sp.gamma, a))


def upper_share(a: sp.Expr, x: sp.Expr) -> sp.Expr:
    """The regularized upper incomplete gamma function."""
    return divide(unevaluated(sp.uppergamma, a, x), unevaluated(sp.gamma, a))


def beta_share(a: sp.Expr, b: sp.Expr, x: sp.Expr) -> sp.Expr:
    """The regularized incomplete beta function."""
    return sp.betainc_regularized(a, b, sp.S.Zero, x)  # it takes no `evaluate`, and evaluates nothing


def incomplete_beta(x: sp.Expr, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """The incomplete beta function B(x; a, b)."""
    return unevaluated(sp.betainc, a, b, sp.S.Zero, x)


def _log_gamma(x: sp.Expr) -> sp.Expr:
    return _log(unevaluated(sp.Abs, unevaluated(sp.gamma, x)))


def _relu(x: sp.Expr) -> sp.Expr:
    return unevaluated(sp.Max, x, sp.S.Zero)


def _zero_at_zero(x: sp.Expr, y: sp.Expr) -> sp.Expr:
    """`x log(y)`, which is 0 at x = 0 whatever y is."""
    return sp.Piecewise((sp.S.Zero, sp.Eq(x, 0, evaluate=False)), (multiply((x, _log(y))), True), evaluate=False)


def _known(build: Callable[..., Any], arity: int = 1, inverse: Callable[..., Any] | None = None) -> tuple[Known, Callable[..., Any] | None]:
    return Known(build=build, arity=(arity,)), inverse


def _polygamma(order: int) -> Callable[[sp.Expr], sp.Expr]:
    return lambda x: unevaluated(sp.polygamma, sp.Integer(order), x)


def _bessel(order: int, *, scaled: bool = False) -> Callable[[sp.Expr], sp.Expr]:
    first = sp.Integer(order)
    return lambda x: scaled_bessel_i(first, x) if scaled else unevaluated(sp.besseli, first, x)


def logit(p: sp.Expr) -> sp.Expr:
    """The logarithm of the odds, log(p/(1 - p))."""
    return _log(divide(p, add((_ONE, -p))))


LIBRARY: dict[str, tuple[Known, Callable[..., Any] | None]] = {
    "softplus": _known(lambda x: _log(add((_ONE, _exp(x))))),
    **dict.fromkeys(("sigmoid", "logistic", "expit", "sigm"), _known(logistic, inverse=logit)),
    **dict.fromkeys(("logit",), _known(logit, inverse=logistic)),
    **dict.fromkeys(("logsigmoid", "log_sigmoid"), _known(lambda x: -_log(add((_ONE, _exp(-x)))))),
    "relu": _known(_relu),
    "relu6": _known(lambda x: unevaluated(sp.Min, _relu(x), sp.Integer(6))),
    **dict.fromkeys(("silu", "swish"), _known(lambda x: multiply((x, logistic(x))))),
    "softsign": _known(lambda x: divide(x, add((_ONE, unevaluated(sp.Abs, x))))),
    "logaddexp": _known(lambda x, y: _log(add((_exp(x), _exp(y)))), 2),
    "xlogy": _known(_zero_at_zero, 2),
    "xlog1py": _known(lambda x, y: _zero_at_zero(x, add((_ONE, y))), 2),
    "cbrt": _known(lambda x: root(x, sp.Integer(3))),
    "square": _known(lambda x: power(x, _TWO)),
    "exp2": _known(lambda x: power(_TWO, x)),
    **dict.fromkeys(("lgamma", "gammaln", "loggamma"), _known(_log_gamma)),
    "digamma": _known(_polygamma(0)),
    "trigamma": _known(_polygamma(1)),
    "gammainc": _known(lower_share, 2),
    "gammaincc": _known(upper_share, 2),
    "betainc": _known(beta_share, 3),
    "betaln": _known(lambda a, b: add((_log_gamma(a), _log_gamma(b), -_log_gamma(add((a, b))))), 2),
    "erfcx": _known(lambda x: multiply((_exp(power(x, _TWO)), unevaluated(sp.erfc, x)))),
    "ndtr": _known(normal, inverse=normal_quantile),
    "ndtri": _known(normal_quantile),
    "log_ndtr": _known(lambda x: _log(normal(x))),
    "i0": _known(_bessel(0)),
    "i1": _known(_bessel(1)),
    "i0e": _known(_bessel(0, scaled=True)),
    "i1e": _known(_bessel(1, scaled=True)),
    "expi": _known(lambda x: unevaluated(sp.Ei, x)),
    "lambertw": _known(lambda x: unevaluated(sp.LambertW, x)),
}
"""Each function by name in small letters, and its inverse if the power -1 names one."""


def library(name: str) -> tuple[Known, Callable[..., Any] | None] | None:
    """The function of this name, in any case: `ReLU`, `Softplus`."""
    return LIBRARY.get(name) or (LIBRARY.get(name.lower()) if len(name) > 2 else None)
