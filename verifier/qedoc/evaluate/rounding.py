"""What a floating-point step may give: spans of rationals, rounded outward to a format.

A span holds the exact real result of a computation and each result that an execution in floating point may give. `None` in place of a
span says that nothing is known: the value may be anything, nan and infinities included.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from qedoc.evaluate.precision import FORMATS, Format, exponent

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


Known: TypeAlias = Span | None


def point(x: Fraction | int) -> Span:
    """The span of one number."""
    return Span(Fraction(x), Fraction(x))


def hull(spans: Iterable[Known]) -> Known:
    """The smallest span that holds all of them."""
    found = list(spans)
    known = [span for span in found if span is not None]
    if len(known) < len(found) or not known:
        return None
    return Span(min(span.lower for span in known), max(span.upper for span in known))


def widen(span: Known, relative: Fraction, absolute: Fraction = Fraction(0)) -> Known:
    """The span with room for an error on both sides.

    Args:
        span: exact values.
        relative: error as a part of the value; it does not change the value's sign.
        absolute: error in the value's own unit.
    """
    if span is None or not (relative or absolute):
        return span
    lower, upper = span.lower, span.upper
    return Span(lower - abs(lower) * relative - absolute, upper + abs(upper) * relative + absolute)


def settle(span: Known, dtype: str) -> Known:
    """The results that a correct rounding of numbers in the span may give, and the span itself.

    Rounding goes to one of the two neighbours in the format; a number below the smallest normal one may become zero, as XLA on a CPU makes it.

    Args:
        span: exact values.
        dtype: JAX's name of the result's dtype.

    Returns:
        None where the result may overflow, and for a dtype of no real numbers.
    """
    if span is None or dtype == "bool":
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
    """A Python number in the code, as it enters a step of the dtype.

    A float of at most 30 significant bits is meant exactly; any other may stand for a decimal, pi or the like, and is known up to a few roundings of
    a double.
    """
    if isinstance(x, int):
        return settle(point(x), dtype)
    if x != x or x in (float("inf"), float("-inf")):
        return None
    return settle(widen(point(Fraction(x)), Fraction(0) if _short(Fraction(x), 30) else Fraction(2) ** -50), dtype)


def stored(x: float, dtype: str) -> Known:
    """A number out of an array that the code brings along: known up to a few roundings, unless it has at most half of the significant bits."""
    if dtype not in FORMATS:
        return settle(point(int(x)), dtype) if dtype == "bool" or dtype in INTEGER_BITS else None
    if x != x or x in (float("inf"), float("-inf")):
        return None
    p = FORMATS[dtype].p
    return settle(widen(point(Fraction(x)), Fraction(0) if _short(Fraction(x), p // 2) else Fraction(2) ** (2 - p)), dtype)


def _short(x: Fraction, bits: int) -> bool:
    n = abs(x.numerator)
    return n == 0 or (n // (n & -n)).bit_length() <= bits


def _down(x: Fraction, f: Format) -> Fraction:
    """The largest number of the format that is at most x, subnormal numbers left out."""
    if abs(x) < f.smallest:
        return Fraction(0) if x >= 0 else -f.smallest
    unit = Fraction(2) ** (exponent(x) - f.p + 1)
    return (x / unit).__floor__() * unit
