"""Decides whether two expressions differ at a point, by enclosures and without any tolerance."""

from collections.abc import Sequence
from enum import Enum

from flint import arb, fmpq

from qedoc.enclose.enclosure import Enclosure, at_precision
from qedoc.enclose.values import Input, Undefined, Value, is_known, number

SHARP = 16
"""Bits to which a value must be known to count as compared. Code with float32 constants gives no more than 20 bits."""

VANISHING = arb(2) ** -200
"""A smaller ball around 0 counts as sharp."""


class Comparison(Enum):
    """The relation between the values of two expressions at a point.

    `EQUAL` and `DISJOINT` are certain. `CLOSE` means that both values are known to so many digits that a difference would be visible, and
    none is. `OVERLAP` says nothing: at the highest precision, one of the enclosures was not finite or not sharp.
    The undefined relations mean that one side certainly has no real value and the other certainly has one, or that neither has one.
    """

    EQUAL = "equal"
    DISJOINT = "disjoint"
    CLOSE = "close"
    OVERLAP = "overlap"
    LEFT_UNDEFINED = "left undefined"
    RIGHT_UNDEFINED = "right undefined"
    BOTH_UNDEFINED = "both undefined"


def compare(left: Enclosure, right: Enclosure, values: Sequence[Input], max_bits: int = 1024) -> Comparison:
    """Compares two expressions at a point. Starts at 64 bits and doubles the precision until the comparison is decided.

    Args:
        left: an expression.
        right: a second one, over the same symbols in the same order.
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
    """Whether a value is known well enough to tell it from others: to SHARP bits, or as 0 to within VANISHING."""
    if isinstance(x, Undefined):
        return False
    if isinstance(x, fmpq):
        return True
    return bool(x.is_finite()) and (x.rel_accuracy_bits() >= SHARP or bool(abs(x) < VANISHING))


def _compare(
    left: Enclosure, right: Enclosure, values: Sequence[Input], bits: int, x: Value | None = None, y: Value | None = None
) -> tuple[Value, Value, Comparison]:
    """Evaluates both sides at flint's current precision, `bits`, and compares them. Values that more bits cannot improve are reused."""
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
