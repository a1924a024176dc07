"""The values of a ball evaluation: exact rationals, finite balls, undefined values and values in doubt.

Every number inside an evaluation is an `fmpq` (exact), a finite `arb` (the expression is defined and lies in the ball), or `IN_DOUBT`. The
last is the only ball that is not finite: the expression may be undefined, or nothing is known about its size.
"""

from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from math import isfinite
from numbers import Integral
from typing import Final, TypeAlias, TypeGuard

from flint import arb, fmpq, fmpz


class Undefined(Enum):
    """The expression certainly has no real value at the point."""

    UNDEFINED = "undefined"


class Doubt(Enum):
    """A condition whose operands may be undefined."""

    DOUBT = "doubt"


class NoRealValueError(ArithmeticError):
    """Raised inside an evaluation where an expression certainly has no real value."""


Number: TypeAlias = fmpq | arb
Value: TypeAlias = fmpq | arb | Undefined
Truth: TypeAlias = bool | Doubt | None
Input: TypeAlias = Fraction | int | fmpq | arb

UNDEFINED: Final = Undefined.UNDEFINED
DOUBT: Final = Doubt.DOUBT
IN_DOUBT: Final = arb.nan()
ZERO: Final = fmpq(0)
ONE: Final = fmpq(1)
HALF: Final = fmpq(1, 2)

_SHORT: Final = 9
"""Maximum length, in characters, of a fraction that a person can read at a glance."""

EXACT_BITS: Final = 8192
"""Rationals with a longer numerator or denominator become balls."""


def number(value: Input) -> Number:
    """Converts an input to the number that an evaluation works on. An exact ball becomes a rational.

    Raises:
        TypeError: the value has another type. A float is one, because it does not say which number is meant.
    """
    if isinstance(value, fmpq):
        return value
    if type(value) is Fraction:
        return fmpq(value.numerator, value.denominator)
    if isinstance(value, arb):
        return exact_or_ball(value)
    if isinstance(value, Integral | Fraction | fmpz):
        return fmpq(int(value.numerator), int(value.denominator))
    raise TypeError(f"expected a Fraction, int, fmpq or arb, found {value!r} of type {type(value).__name__}")


def finite(x: arb) -> arb:
    """The ball itself, or `IN_DOUBT` if it is not finite."""
    return x if x.is_finite() else IN_DOUBT


def exact_or_ball(x: arb) -> Number:
    """A rational if the ball is a point of moderate size, otherwise the ball, or `IN_DOUBT` if it is not finite."""
    if not x.is_finite():
        return IN_DOUBT
    if x.is_exact():
        mantissa, exponent = x.man_exp()
        if mantissa.bit_length() + abs(int(exponent)) <= EXACT_BITS:
            return x.fmpq()
    return x


def is_known(x: Number) -> bool:
    """Whether the value is certainly defined."""
    return isinstance(x, fmpq) or x.is_finite()


def is_integer(x: Number) -> TypeGuard[fmpq]:
    """Whether x is exactly an integer."""
    return isinstance(x, fmpq) and x.q == 1


def enclosed(method: Callable[..., arb]) -> Callable[..., Number]:
    """Makes a function of real values from a flint method on balls."""

    def rule(*arguments: Number) -> Number:
        if not all(is_known(x) for x in arguments):
            return IN_DOUBT
        return exact_or_ball(method(*(arb(x) for x in arguments)))

    return rule


def trimmed(x: Number) -> Number:
    """Converts a rational that is too long to a ball. Returns any other number unchanged."""
    return arb(x) if isinstance(x, fmpq) and x.height_bits() > EXACT_BITS else x


def interval(lower: arb | fmpq | int, upper: arb | fmpq | int) -> arb:
    """A ball that contains [lower, upper]. If the ends are balls, it contains everything between their outer ends."""
    return finite(arb(lower).union(arb(upper)))


def rational(x: Fraction) -> fmpq:
    """Converts a Fraction to flint's rational type."""
    return fmpq(x.numerator, x.denominator)


def ball(midpoint: Fraction, radius: Fraction) -> Number:
    """The ball of a literal that is known up to rounding."""
    if radius == 0:
        return rational(midpoint)
    return interval(rational(midpoint - radius), rational(midpoint + radius))


def hull(x: Value, y: Value) -> Value:
    """What is known about a value that is x or y."""
    if x is UNDEFINED or y is UNDEFINED:
        return UNDEFINED if x is y else IN_DOUBT
    if isinstance(x, fmpq) and isinstance(y, fmpq) and x == y:
        return x
    return interval(x, y)


def hull_of_truths(x: Truth | Undefined, y: Truth | Undefined) -> Truth | Undefined:
    """What is known about a condition that is x or y."""
    if x is y:
        return x
    if isinstance(x, Enum) or isinstance(y, Enum):
        return DOUBT
    return None


def conjunction(x: Truth | Undefined, y: Truth | Undefined) -> Truth | Undefined:
    """x and y, in any order. False if either of them is false."""
    if x is False or y is False:
        return False
    if x is True or x is y:
        return y
    if y is True:
        return x
    return DOUBT


def disjunction(x: Truth | Undefined, y: Truth | Undefined) -> Truth | Undefined:
    """x or y, in any order. True if either of them is true."""
    if x is True or y is True:
        return True
    if x is False or x is y:
        return y
    if y is False:
        return x
    return DOUBT


def negation(x: Truth) -> Truth:
    """Not x."""
    return (not x) if isinstance(x, bool) else x


def parity(*truths: Truth) -> Truth:
    """Whether an odd number of the conditions hold."""
    if DOUBT in truths:
        return DOUBT
    return None if None in truths else sum(x is True for x in truths) % 2 == 1


def equivalence(*truths: Truth) -> Truth:
    """Whether all conditions hold or none does."""
    if DOUBT in truths:
        return DOUBT
    if True in truths and False in truths:
        return False
    return None if None in truths else True


def shortest(value: Value) -> int | float | str:
    """The number that a report shows: an integer, a short fraction, or else the nearest double.

    A missing or unknown value is "nan". A value beyond the range of doubles is a decimal string, which `float` reads as infinite.
    """
    if isinstance(value, Undefined) or not is_known(value):
        return "nan"
    if isinstance(value, arb):
        near = float(value.mid())
        return near if isfinite(near) else value.mid().str(17, radius=False)
    exact = Fraction(int(value.p), int(value.q))
    if exact.denominator == 1 and abs(exact) < 10**16:
        return int(exact)
    try:
        near = float(exact)
    except OverflowError:
        return arb(value).str(17, radius=False)
    is_decimal = Fraction(repr(near)) == exact
    return near if is_decimal or len(str(exact)) > _SHORT else str(exact)
