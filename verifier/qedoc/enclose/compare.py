"""Whether two expressions differ at a point, decided by enclosures without any tolerance."""

from collections.abc import Sequence
from enum import Enum

from flint import arb, fmpq

from qedoc.enclose.enclosure import Enclosure, at_precision
from qedoc.enclose.values import Input, Undefined, Value, is_known, number

SHARP = 16
"""Bits to which a value must be known if it is to count as compared; code with constants of float32 is known to no more than 20."""

VANISHING = arb(2) ** -200
"""A ball around 0 that is smaller is as good as 0."""


class Comparison(Enum):
    """How the values of two expressions lie at a point.

    `EQUAL` and `DISJOINT` are certain. `CLOSE` says that both values are known, to so many digits that a difference would have shown, and
    that none did. `OVERLAP` says nothing: up to the last precision one of the enclosures was not finite, or not sharp.
    The undefined ones say that one side certainly has no real value, and that the other certainly has one (or neither has).
    """

    EQUAL = "equal"
    DISJOINT = "disjoint"
    CLOSE = "close"
    OVERLAP = "overlap"
    LEFT_UNDEFINED = "left undefined"
    RIGHT_UNDEFINED = "right undefined"
    BOTH_UNDEFINED = "both undefined"


def compare(left: Enclosure, right: Enclosure, values: Sequence[Input], max_bits: int = 1024) -> Comparison:
    """Compare two expressions at a point, at 64 bits first and at twice as many as long as nothing is decided.

    Args:
        left: an expression.
        right: another one, over the same symbols in the same order.
        values: the point.
        max_bits: the highest precision to try.
    """
    values = [number(x) for x in values]
    bits = min(64, max_bits)
    found: Comparison
    x, y, found = at_precision(bits, _compare, left, right, values, bits)
    while found is Comparison.OVERLAP and bits < max_bits:
        bits = min(2 * bits, max_bits)
        x, y, found = at_precision(bits, _compare, left, right, values, bits, x, y)
    return Comparison.CLOSE if found is Comparison.OVERLAP and is_sharp(x) and is_sharp(y) else found


def is_sharp(x: Value) -> bool:
    """Whether a value is known so well that another one would be told from it: to SHARP bits, or as 0 to VANISHING."""
    if isinstance(x, Undefined):
        return False
    if isinstance(x, fmpq):
        return True
    return bool(x.is_finite()) and (x.rel_accuracy_bits() >= SHARP or bool(abs(x) < VANISHING))


def _compare(
    left: Enclosure, right: Enclosure, values: Sequence[Input], bits: int, x: Value | None = None, y: Value | None = None
) -> tuple[Value, Value, Comparison]:
    """Both values at flint's precision, `bits`, and how they lie; a value that no precision makes sharper is kept."""
    x = x if x is not None and _is_final(x) else left(values, bits)
    y = y if y is not None and _is_final(y) else right(values, bits)
    return x, y, _relation(x, y)


def _is_final(x: Value) -> bool:
    return isinstance(x, Undefined | fmpq)


def _relation(x: Value, y: Value) -> Comparison:
    if isinstance(x, Undefined):
        if isinstance(y, Undefined):
            return Comparison.BOTH_UNDEFINED
        return Comparison.LEFT_UNDEFINED if is_known(y) else Comparison.OVERLAP
    if isinstance(y, Undefined):
        return Comparison.RIGHT_UNDEFINED if is_known(x) else Comparison.OVERLAP
    if not is_known(x) or not is_known(y):
        return Comparison.OVERLAP
    if x == y:
        return Comparison.EQUAL
    return Comparison.DISJOINT if x != y else Comparison.OVERLAP
