"""Rational numbers that a person finds simple, and intervals of them."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

import flint

FAVOURITES = tuple(Fraction(x) for x in ("1", "0", "2", "1/2", "-1", "3", "1/4", "-2", "3/2", "10", "1/10", "-1/2", "3/4", "5", "100"))
"""Values that a person would try first, in order."""

_RANK = {x: rank for rank, x in enumerate(FAVOURITES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The range of an unknown once the earlier unknowns are fixed. A missing end is None."""

    lower: Fraction | None
    upper: Fraction | None
    lower_open: bool
    upper_open: bool
    integer: bool

    def __contains__(self, x: Fraction) -> bool:
        if self.integer and x.denominator != 1:
            return False
        if self.lower is not None and (x < self.lower or (self.lower_open and x == self.lower)):
            return False
        return self.upper is None or x < self.upper or (x == self.upper and not self.upper_open)

    def simplest(self) -> Fraction | None:
        """The simplest number in the interval, or None if it is empty."""
        inside = next((x for x in FAVOURITES if x in self), None)
        if inside is not None or self.lower is None or self.upper is None:
            return inside if inside is not None else self._beyond()
        if self.lower > self.upper:
            return None
        between = simplest_between(self.lower, self.upper)
        candidates = (Fraction(ceil(self.lower)), Fraction(floor(self.lower) + 1), self.lower, self.upper, between)
        return next((x for x in candidates if x in self), None)

    def _beyond(self) -> Fraction | None:
        ends = [Fraction(floor(self.lower) + 1)] if self.lower is not None else []
        ends += [Fraction(ceil(self.upper) - 1)] if self.upper is not None else []
        return next((x for x in ends if x in self), None)


def simplest_between(lower: Fraction, upper: Fraction) -> Fraction:
    """The fraction with the smallest denominator strictly between two numbers. If they are equal, that number."""
    if lower >= upper:
        return lower
    whole = floor(lower)
    if whole + 1 < upper:
        return Fraction(whole + 1)
    low, high = lower - whole, upper - whole
    if low == 0:
        return whole + Fraction(1, floor(1 / high) + 1)
    return whole + 1 / simplest_between(1 / high, 1 / low)


def plainness(x: Fraction) -> tuple[int, int, Fraction]:
    """A sort key that puts numbers first that a person finds simpler."""
    rank = _RANK.get(x)
    if rank is not None:
        return (0, rank, x)
    return (1, len(str(abs(x.numerator))) + 2 * len(str(x.denominator)) + (x < 0), abs(x))


def exactly(value: Any) -> Fraction | None:
    """A rational value as a Fraction, or None if it is not known exactly."""
    return Fraction(int(value.p), int(value.q)) if isinstance(value, flint.fmpq) else None
