"""The known functions, which have one meaning wherever they are written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.read.arithmetic import divide, elementary, unevaluated


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A known function.

    Args:
        build: makes the SymPy expression from the arguments.
        arity: the possible numbers of arguments.
        bare: whether it may be written without parentheses, as in `log x`.
        inverse: the function that its power -1 names; empty if that is not customary.
    """

    build: Callable[..., Any]
    arity: tuple[int, ...] = (1,)
    bare: bool = False
    inverse: str = ""


def _exact(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: elementary(function, *arguments)


def _written(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: unevaluated(function, *arguments)


def _logarithm(base: int) -> Callable[..., Any]:
    return lambda x: divide(elementary(sp.log, x), sp.log(base))


def _clip(x: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> sp.Expr:
    return unevaluated(sp.Min, unevaluated(sp.Max, x, lower), upper)


def _real_part(x: sp.Expr) -> sp.Expr:
    """The number itself: qedoc checks formulas for real inputs."""
    return unevaluated(sp.re, x) if x.has(sp.I) else x


def _circular(name: str, inverse: str) -> dict[str, Known]:
    function, undo = getattr(sp, name), getattr(sp, inverse)
    known = {name: Known(build=_exact(function), bare=True, inverse=inverse)}
    spellings = {inverse, "arc" + name} | ({"ar" + name} if name.endswith("h") else set())
    return known | {spelling: Known(build=_exact(undo), bare=True) for spelling in spellings}


FUNCTIONS: dict[str, Known] = {
    **_circular("sin", "asin"),
    **_circular("cos", "acos"),
    **_circular("tan", "atan"),
    **_circular("cot", "acot"),
    **_circular("sec", "asec"),
    **_circular("csc", "acsc"),
    **_circular("sinh", "asinh"),
    **_circular("cosh", "acosh"),
    **_circular("tanh", "atanh"),
    **_circular("coth", "acoth"),
    **_circular("sech", "asech"),
    **_circular("csch", "acsch"),
    "exp": Known(build=_exact(sp.exp), bare=True),
    "log": Known(build=_exact(sp.log), bare=True),
    "ln": Known(build=_exact(sp.log), bare=True),
    "log2": Known(build=_logarithm(2)),
    "log10": Known(build=_logarithm(10)),
    "log1p": Known(build=lambda x: elementary(sp.log, 1 + x)),
    "expm1": Known(build=lambda x: elementary(sp.exp, x) - 1),
    "sqrt": Known(build=_exact(sp.sqrt)),
    "Re": Known(build=_real_part, bare=True),
    "abs": Known(build=_written(sp.Abs)),
    "sign": Known(build=_written(sp.sign), bare=True),
    "sgn": Known(build=_written(sp.sign), bare=True),
    "floor": Known(build=_written(sp.floor)),
    "ceil": Known(build=_written(sp.ceiling)),
    "atan2": Known(build=_written(sp.atan2), arity=(2,)),
    "arctan2": Known(build=_written(sp.atan2), arity=(2,)),
    "min": Known(build=_written(sp.Min), arity=tuple(range(2, 9))),
    "max": Known(build=_written(sp.Max), arity=tuple(range(2, 9))),
    "clip": Known(build=_clip, arity=(3,)),
    "erf": Known(build=_written(sp.erf), inverse="erfinv"),
    "erfc": Known(build=_written(sp.erfc), inverse="erfcinv"),
    "erfi": Known(build=_written(sp.erfi)),
    "erfinv": Known(build=_written(sp.erfinv)),
    "erfcinv": Known(build=_written(sp.erfcinv)),
}

UPRIGHT_ONLY: dict[str, Known] = {
    "Si": Known(build=_written(sp.Si)),
    "Ci": Known(build=_written(sp.Ci)),
    "Ei": Known(build=_written(sp.Ei)),
    "Shi": Known(build=_written(sp.Shi)),
    "Chi": Known(build=_written(sp.Chi)),
}

LETTERS: dict[tuple[str, int], Callable[..., Any]] = {
    ("Gamma", 1): _written(sp.gamma),
    ("Gamma", 2): _written(sp.uppergamma),
    ("gamma", 2): _written(sp.lowergamma),
    ("B", 2): _written(sp.beta),
    ("psi", 1): lambda x: unevaluated(sp.polygamma, sp.Integer(0), x),
    ("zeta", 1): _written(sp.zeta),
    ("zeta", 2): _written(sp.zeta),
}

ORDERED: dict[str, Callable[..., Any]] = {
    "I": _written(sp.besseli),
    "J": _written(sp.besselj),
    "K": _written(sp.besselk),
    "Y": _written(sp.bessely),
    "E": _written(sp.expint),
}

RISING = frozenset({"poch", "pochhammer", "hyp0f1", "hyp1f1", "hyp2f1", "hyperu", "rising_factorial", "rf"})
