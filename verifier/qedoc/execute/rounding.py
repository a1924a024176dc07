"""Bounds of floating-point results: spans of rationals, rounded outward to a format.

A span contains the exact real result of a computation and every result that an execution in floating point can give. `None` instead of a
span means that nothing is known: the value can be anything, including nan and infinities.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from qedoc.execute.precision import FORMATS, Format, exponent

INTEGER_BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64}


@dataclass(frozen=True, slots=True)
class Span:
    """The rationals from lower to upper; a bool is 0 or 1."""

    lower: Fraction
    upper: Fraction

    @property
    def is_point(self) -> bool:
        """Whether it holds one number."""
        return self.lower == self.upper

    @property
    def magnitude(self) -> Fraction:
        """The largest absolute value."""
        return max(abs(self.lower), abs(self.upper))


@dataclass(frozen=True, slots=True)
class Infinite:
    """An infinity that the code contains, such as the start of a maximum.

    Args:
        sign: 1 or -1.
    """

    sign: int


Known: TypeAlias = Span | Infinite | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An application of a primitive.

    Args:
        name: of the primitive.
        dtype: of the result.
        params: of the primitive.
    """

    name: str
    dtype: str
    params: Mapping[str, Any]

    @property
    def unit(self) -> Fraction:
        """The relative distance of neighbours in the result's format; 0 for integers."""
        return Fraction(2) ** (1 - FORMATS[self.dtype].p) if self.dtype in FORMATS else Fraction(0)

    @property
    def elementary_unit(self) -> Fraction:
        """The same in the format that elementary functions are computed in: XLA computes the narrow ones in float32."""
        return min(self.unit, Fraction(2) ** -23)


def point(x: Fraction | int) -> Span:
    """The span of one number."""
    return Span(Fraction(x), Fraction(x))


FALSE, TRUE, EITHER = point(0), point(1), Span(Fraction(0), Fraction(1))


def hull(spans: Iterable[Known]) -> Known:
    """The smallest span that contains all of them."""
    found = set(spans)
    known = [span for span in found if isinstance(span, Span)]
    if len(found) == 1:
        return found.pop()
    if len(known) < len(found) or not known:
        return None
    return Span(min(span.lower for span in known), max(span.upper for span in known))


def widen(span: Span, relative: Fraction, absolute: Fraction = Fraction(0)) -> Span:
    """Widens a span by an error on both sides.

    Args:
        span: exact values.
        relative: error as a part of the value; below 1 it does not change the value's sign.
        absolute: error in the value's own unit.
    """
    lower, upper = span.lower, span.upper
    return Span(lower - abs(lower) * relative - absolute, upper + abs(upper) * relative + absolute)


def settle(span: Span, dtype: str) -> Span | None:
    """Returns a span of all results of correctly rounding the numbers in the span, together with the span itself.

    A number is rounded to one of its two neighbours in the format. A number below the smallest normal one can become zero, as with XLA on a
    CPU.

    Args:
        span: exact values.
        dtype: JAX's name of the result's dtype.

    Returns:
        None if the result can overflow, or if the dtype is not one of real numbers.
    """
    if dtype == "bool":
        return span
    if dtype in FORMATS:
        f = FORMATS[dtype]
        rounded = Span(_down(span.lower, f), -_down(-span.upper, f))
        return rounded if rounded.magnitude <= f.largest else None
    if dtype in INTEGER_BITS:
        most = 2 ** (INTEGER_BITS[dtype] - 1)
        return span if -most <= span.lower and span.upper < most else None
    return None


def literal(x: float, dtype: str) -> Known:
    """Returns the span of a Python number in code that enters a step of the dtype.

    A float with at most 30 significant bits is exact. Any other can stand for a decimal or a constant such as pi, and is known up to a few
    roundings of a double.
    """
    return _constant(x, dtype, 30, Fraction(2) ** -50)


def stored(x: float, dtype: str) -> Known:
    """Returns the span of a number in an array of the code: exact if half of the bits are enough, else known up to a few roundings."""
    p = FORMATS[dtype].p if dtype in FORMATS else 0
    return _constant(x, dtype, p // 2, Fraction(2) ** (2 - p))


def _constant(x: float, dtype: str, bits: int, error: Fraction) -> Known:
    if dtype not in FORMATS or isinstance(x, int):
        return settle(point(int(x)), dtype)
    if math.isinf(x):
        return Infinite(1 if x > 0 else -1)
    if math.isnan(x):
        return None
    exact = point(Fraction(x))
    return settle(exact if _short(exact.lower, bits) else widen(exact, error), dtype)


def _short(x: Fraction, bits: int) -> bool:
    n = abs(x.numerator)
    return n == 0 or (n // (n & -n)).bit_length() <= bits


def _down(x: Fraction, f: Format) -> Fraction:
    """The largest number of the format that is at most x, subnormal numbers left out."""
    if not x:
        return x
    if abs(x) < f.smallest:
        return Fraction(0) if x > 0 else -f.smallest
    if x.denominator & (x.denominator - 1) == 0 and _short(x, f.p):
        return x
    unit = Fraction(2) ** (exponent(x) - f.p + 1)
    return (x / unit).__floor__() * unit
