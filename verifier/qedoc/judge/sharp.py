"""Encloses values to many digits."""

import math
from collections.abc import Sequence

import flint

from qedoc.enclose.enclosure import Enclosure, Undefined, Value, at_precision
from qedoc.enclose.values import rational
from qedoc.search.strategies import Row

DIGITS = 48
"""Bits to which two values must be known before their distance is measured."""

FIRST = 128
"""Bits of the first enclosure of a value that will be printed. Almost all values need no more."""


def sharpest(formula: Enclosure, row: Row) -> Value:
    """Returns the enclosure that gives the most digits of a value. For an integral, more bits do not always give more digits.

    For almost every value, 256 bits are enough. The logarithm of a number that is 1 to a hundred places needs more.
    """
    values: list[Value] = [formula(row, bits) for bits in (FIRST, 64, 256)]
    best = max(values, key=known_bits)
    for bits in (512, 1024, 2048):
        if known_bits(best) >= DIGITS:
            break
        best = max(best, formula(row, bits), key=known_bits)
    return best


def enclose_at(digits: int, formula: Enclosure, rows: Sequence[Row]) -> list[Value]:
    """Encloses a value at many points: by one loop of balls where that gives enough bits, elsewhere with more of them, up to a limit."""
    points = at_precision(FIRST, lambda: [[flint.arb(rational(x)) for x in row] for row in rows])
    found = []
    for ball, row in zip(formula.balls(points, FIRST), rows, strict=True):
        best: Value = ball
        for bits in (64, 256, 512):
            if isinstance(best, Undefined) or known_bits(best) >= digits:
                break
            best = max(best, formula(row, bits), key=known_bits)
        found.append(best)
    return found


def known_bits(value: Value) -> float:
    """The number of bits of a value that its enclosure shows; infinite for an exact one."""
    return value.rel_accuracy_bits() if isinstance(value, flint.arb) else math.inf


def midpoint(value: Value) -> float:
    """The midpoint of an enclosure as the nearest double, which may be infinite. nan if the value is undefined."""
    if isinstance(value, Undefined):
        return float("nan")
    if isinstance(value, flint.arb):
        return float(value.mid())
    try:
        return int(value.p) / int(value.q)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
