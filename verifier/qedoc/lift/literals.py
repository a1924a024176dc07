"""Reads numbers in code: returns the simplest exact number whose nearest float is the given one."""

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, Self

import numpy as np
import sympy as sp


class _Format(NamedTuple):
    """The limits within which a float of a format counts as a simple number.

    A number computed by other means must not look simple by chance. A decade of doubles has 1.5e16 members, of which 9e11 are
    decimals of 12 digits: the odds of a wrong reading are 6e-5 for decimals, and below 1e-9 for ratios, dyadic numbers and multiples
    of constants. In float32 (2.8e7 members a decade) they are 3e-3, 1e-5, 6e-5 and 1e-4. A number that is typed with more digits
    becomes a ball that holds what was typed, so that nothing is lost but the proof. The short formats have so few members that only
    the shortest decimals mean themselves.
    """

    bits: int  # of the fraction, the leading one not counted
    digits: int  # a decimal with at most so many significant digits is meant
    denominator: int  # a ratio with at most this denominator, and ten times this numerator, is meant
    odd: int  # a dyadic number with an odd part of at most so many bits is meant
    multiples: int  # a multiple p/q of a constant is meant for p, q up to this


_FORMATS = {
    "float64": _Format(bits=52, digits=12, denominator=1000, odd=12, multiples=24),
    "float32": _Format(bits=23, digits=5, denominator=12, odd=10, multiples=4),
    "float16": _Format(bits=10, digits=2, denominator=1, odd=4, multiples=0),
    "bfloat16": _Format(bits=7, digits=2, denominator=1, odd=4, multiples=0),
}

_CONSTANTS = (
    sp.pi, 1 / sp.pi, sp.pi**2, sp.sqrt(sp.pi), 1 / sp.sqrt(sp.pi), sp.sqrt(2 * sp.pi), 1 / sp.sqrt(2 * sp.pi), sp.sqrt(2 / sp.pi),
    sp.sqrt(sp.pi / 2), sp.E, 1 / sp.E, sp.log(2), 1 / sp.log(2), sp.log(10), 1 / sp.log(10), sp.log(3), sp.log(2) / sp.log(10),
    sp.log(10) / sp.log(2), sp.log(sp.pi), sp.log(2 * sp.pi), sp.log(sp.pi / 2), sp.log(1 + sp.sqrt(2)), sp.sqrt(2), sp.sqrt(3),
    sp.sqrt(5), sp.sqrt(6), sp.sqrt(7), sp.sqrt(10), sp.EulerGamma, sp.Catalan, sp.GoldenRatio,
)  # fmt: skip


class BallLiteral(sp.Symbol):
    """A number in code that is not a simple exact number. Its value is within `radius` of `midpoint`.

    Equal numbers give equal literals. The radius covers the rounding of a few operations before the number reached the code (4 units in
    the last place), and a nearby short decimal that cancellation missed: 1 - 0.999 is 0.0010000000000000009.

    Args:
        midpoint: the exact value of the float.
        radius: the largest distance of the intended number from it.
    """

    __slots__ = ("midpoint", "radius")

    midpoint: Fraction
    radius: Fraction

    def __new__(cls, midpoint: Fraction, radius: Fraction) -> Self:
        """Creates the literal; SymPy creates atoms in `__new__`."""
        sign = {"positive": True} if midpoint > radius else {"negative": True} if midpoint < -radius else {"real": True}
        made: Self = sp.Symbol.__xnew__(cls, repr(float(midpoint)), **sign)
        made.midpoint, made.radius = midpoint, radius
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[Fraction, Fraction], dict[str, bool]]:
        return (self.midpoint, self.radius), {}

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.midpoint, self.radius)


LONG = 10**7
"""Decimals with a larger denominator or numerator do not count as simple."""


def is_coefficient(number: sp.Basic) -> bool:
    """Whether a number in a code formula looks like a coefficient of an approximation: it has many digits and is not a simple number.

    Args:
        number: a literal as `literal` reads it.
    """
    return isinstance(number, BallLiteral) or (
        isinstance(number, sp.Rational) and not number.is_Integer and max(abs(number.p), number.q) > LONG
    )


def literal(value: Any, dtype: Any = "float64") -> sp.Basic:
    """Returns the exact number, truth value or ball for a constant in code.

    Args:
        value: a Python or numpy scalar.
        dtype: the type that it has in the code; a float32 constant is read as a float32.

    Raises:
        TypeError: if the type is neither boolean, integer nor a float of at most 64 bits.
    """
    name = np.dtype(dtype).name
    if name == "bool":
        return sp.true if value else sp.false
    if np.issubdtype(np.dtype(dtype), np.integer):
        return sp.Integer(int(value))
    if name not in _FORMATS:
        raise TypeError(f"a constant of type {name} has no exact reading; expected a boolean, an integer or a real float")
    return _real(float(value), name)


@lru_cache(maxsize=1 << 14)
def _real(x: float, name: str) -> sp.Expr:
    if math.isnan(x):
        return sp.nan
    if math.isinf(x):
        return sp.oo if x > 0 else -sp.oo
    if x == 0:
        return sp.S.Zero
    if x < 0:
        return -_real(-x, name)
    form = _FORMATS[name]
    return next((meaning for meaning in _meanings(x, name, form)), None) or _ball(x, form)


def _meanings(x: float, name: str, form: _Format) -> Iterator[sp.Expr]:
    exact = Fraction(x)
    if exact.denominator == 1 and exact < 2 ** (form.bits + 1):
        yield sp.Integer(exact.numerator)
    largest = float(np.finfo(name).max) if name != "bfloat16" else 2.0**127 * (2 - 2.0**-7)
    if _odd_bits(exact) <= form.odd or x == largest:
        yield sp.Rational(exact.numerator, exact.denominator)
    if form.multiples:
        yield from _multiples(exact, name, form)
    decimal = Fraction(_shortest(x, name))
    if _digits(decimal) <= form.digits:
        yield sp.Rational(decimal.numerator, decimal.denominator)
    ratio = exact.limit_denominator(form.denominator)
    if 0 < ratio.numerator <= 10 * form.denominator and abs(ratio - exact) <= _ulp(exact, form) / 2:
        yield sp.Rational(ratio.numerator, ratio.denominator)


def _multiples(exact: Fraction, name: str, form: _Format) -> Iterator[sp.Expr]:
    """p/q times a constant, within one unit in the last place: numpy's own roots, logarithms and quotients are off by up to that."""
    for constant, close in _table():
        ratio = (exact / close).limit_denominator(form.multiples)
        if 0 < ratio.numerator <= form.multiples and abs(ratio * close - exact) < _ulp(exact, form):
            yield sp.Rational(ratio.numerator, ratio.denominator) * constant


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[sp.Expr, Fraction], ...]:
    return tuple((constant, Fraction(str(constant.evalf(60)))) for constant in _CONSTANTS)


def _ball(x: float, form: _Format) -> BallLiteral:
    exact = Fraction(x)
    ulp = _ulp(exact, form)
    single = _FORMATS["float32"]
    rounded_before = form.bits > single.bits and _odd_bits(exact) <= single.bits + 1  # a float32 that was widened
    radius = max(4 * ulp, _ulp(exact, single) / 2) if rounded_before else 4 * ulp
    short = Fraction(f"{x:.6g}")
    if abs(short - exact) <= Fraction(1, 2 ** (form.bits - 1)):
        radius = max(radius, abs(short - exact) + ulp)
    return BallLiteral(exact, radius)


def _shortest(x: float, name: str) -> str:
    """The shortest decimal that the format rounds to the number."""
    match name:
        case "float32":
            return str(np.float32(x))
        case "float16":
            return str(np.float16(x))
        case "bfloat16":
            return next(text for text in (f"{x:.{k}g}" for k in range(1, 9)) if _to_bfloat16(float(text)) == x)
        case _:
            return repr(x)


def _to_bfloat16(x: float) -> float:
    """The nearest number of 8 significant bits."""
    mantissa, exponent = math.frexp(x)
    return math.ldexp(round(mantissa * 256), exponent - 8)


def _digits(decimal: Fraction) -> int:
    """Significant digits of a finite decimal."""
    scaled = decimal
    while scaled.denominator > 1:
        scaled *= 10
    return len(str(scaled.numerator).rstrip("0"))


def _odd_bits(exact: Fraction) -> int:
    """Bits of the odd part of a dyadic number."""
    numerator = exact.numerator
    return (numerator // (numerator & -numerator)).bit_length()


def _ulp(exact: Fraction, form: _Format) -> Fraction:
    """The spacing of the format's numbers at a positive number, subnormals apart."""
    exponent = math.frexp(float(exact))[1] - 1
    return Fraction(2) ** (exponent - form.bits)
