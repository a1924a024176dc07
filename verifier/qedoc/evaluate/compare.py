"""Whether two expressions differ at a point, decided by enclosures without any tolerance."""

from collections.abc import Sequence
from enum import Enum

from flint import fmpq

from qedoc.evaluate.ball import Enclosure, at_precision
from qedoc.evaluate.ball_values import Input, Undefined, Value, is_known, number


class Comparison(Enum):
    """How the values of two expressions lie at a point.

    `EQUAL` and `DISJOINT` are certain. `OVERLAP` says nothing: the enclosures met up to the last precision, or one was not finite.
    The undefined ones say that one side certainly has no real value, and that the other certainly has one (or neither has).
    """

    EQUAL = "equal"
    DISJOINT = "disjoint"
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
    return found


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
