"""Densities and distribution functions of standard distributions, by their usual names: `normal_cdf(x; 0, 1)`, `NormalCDF(x)`."""

import re
from collections.abc import Callable

import sympy as sp

from qedoc.read.arithmetic import Impossible, divide, elementary, unevaluated
from qedoc.read.functions import Known

_HALF = sp.Rational(1, 2)


def _normal_pdf(x: sp.Expr) -> sp.Expr:
    return divide(elementary(sp.exp, -(x**2) / 2), sp.sqrt(2 * sp.pi))


def _normal_cdf(x: sp.Expr) -> sp.Expr:
    return unevaluated(sp.erfc, -x / sp.sqrt(2)) / 2


def _normal_quantile(p: sp.Expr) -> sp.Expr:
    return sp.sqrt(2) * unevaluated(sp.erfinv, 2 * p - 1)


def _cauchy_pdf(x: sp.Expr) -> sp.Expr:
    return divide(sp.S.One, sp.pi * (1 + x**2))


def _cauchy_cdf(x: sp.Expr) -> sp.Expr:
    return elementary(sp.atan, x) / sp.pi + _HALF


def _logistic_cdf(x: sp.Expr) -> sp.Expr:
    return divide(sp.S.One, 1 + elementary(sp.exp, -x))


def _t_pdf(x: sp.Expr, df: sp.Expr) -> sp.Expr:
    gammas = divide(unevaluated(sp.gamma, (df + 1) / 2), unevaluated(sp.gamma, df / 2) * sp.sqrt(df * sp.pi))
    return gammas * (1 + x**2 / df) ** (-(df + 1) / 2)


def _t_cdf(x: sp.Expr, df: sp.Expr) -> sp.Expr:
    tail = sp.betainc_regularized(df / 2, _HALF, 0, divide(df, df + x**2)) / 2
    return sp.Piecewise((tail, x < 0), (1 - tail, True), evaluate=False)


def _standard(formula: Callable[..., sp.Expr], count: int) -> Known:
    """The function of the standard distribution, with or without its location 0 and scale 1."""

    def build(*arguments: sp.Expr) -> sp.Expr:
        if arguments[count:] not in ((), (sp.S.Zero, sp.S.One)):
            raise Impossible("a distribution with a location and a scale, which may be its variance")
        return formula(*arguments[:count])

    return Known(build=build, arity=(count, count + 2))


_KINDS: dict[str, dict[str, tuple[Callable[..., sp.Expr], int]]] = {
    "normal": {"pdf": (_normal_pdf, 1), "cdf": (_normal_cdf, 1), "quantile": (_normal_quantile, 1)},
    "cauchy": {"pdf": (_cauchy_pdf, 1), "cdf": (_cauchy_cdf, 1)},
    "logistic": {"cdf": (_logistic_cdf, 1)},
    "t": {"pdf": (_t_pdf, 2), "cdf": (_t_cdf, 2)},
}

STANDARD: dict[str, Known] = {
    spelling: _standard(formula, count)
    for distribution, kinds in _KINDS.items()
    for kind, (formula, count) in kinds.items()
    for spelling in (f"{distribution}_{kind}", f"{distribution.capitalize()}{kind.upper() if len(kind) == 3 else kind.capitalize()}")
}
"""The functions by name. A function of the library or of the text with the same name comes before them."""

_KIND = {
    "pdf": r"\bpdf\b|(?<!cumulative )\bdensity\b",
    "cdf": r"\bcdf\b|\bcumulative\b|\bdistribution function\b",
    "quantile": r"\bquantile|\binverse\b",
}
_LEAD = r"\W*(?:the |an? )?(?:(?:standard|unit|univariate|probability|cumulative|normal|gaussian|cauchy|logistic|student\W?s|t)[ -])*"
_CHANGED = (
    r"\b(?:log|logarithm\w*|survival|complement\w*|tails?|minus|half|truncated|folded|squared?|times|twice|scaled|multiplied|divided|"
    r"normalized|derivative|integral|ratio|spherical|negat\w+|reciprocal)\b"
)
_ZERO, _UNIT = r"(?:0(?:\.0*)?|zero)", r"(?:1(?:\.0*)?|one|unit)"
_PLACE, _WIDTH = r"(?:mean|location|loc|median)", r"(?:variance|scale|standard deviation)"
_STANDARD = rf"\bstandard (?!deviation)|\b(?:{_ZERO} {_PLACE}|{_PLACE} {_ZERO}) and (?:{_UNIT} {_WIDTH}|{_WIDTH} {_UNIT})(?!\w)"


_EVALUATED = re.compile(r"\((?:evaluated|computed|calculated) (?:via|through) [^()]*\bform\)", re.IGNORECASE)
"""A remark on how code evaluates a function, which stays the same function."""


def is_changed(text: str) -> bool:
    """Whether a text makes another function of the one that it names: `the log of the cdf`, `the scaled Bessel function`.

    Args:
        text: the text.
    """
    return bool(re.search(_CHANGED, _EVALUATED.sub("", text), re.IGNORECASE))


def is_standard(name: str, text: str) -> bool:
    """Whether a text says that a name of the table is what it usually is: `NormalCDF` is the cdf of the standard normal distribution.

    Args:
        name: the name.
        text: the explanation of the name.
    """
    if name not in STANDARD:
        return False
    said = " ".join(text.lower().split())
    (distribution,) = (one for one in _KINDS if name.lower().startswith(one))
    kind = name.lower().removeprefix(distribution).lstrip("_")
    others = [one for one in _KIND if one != kind and re.search(_KIND[one], said)]
    if not re.match(rf"{_LEAD}(?:{_KIND[kind]})", said) or is_changed(said) or (others and kind != "quantile"):
        return False
    return bool(re.search(rf"\b{distribution}\b", said) and re.search(_STANDARD, said))
