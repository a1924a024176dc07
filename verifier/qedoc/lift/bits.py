"""The bits of floats: code clears the last ones to divide a number into two parts, which rounds it, and converts them back.

Nothing else that code does with bits is followed.
"""

from typing import Any

import sympy as sp

UNFOLLOWED = "the bits of an integer are not followed"

MOST_CLEARED = {32: 12, 64: 27}
"""For each width of a float, how many of its last digits can be cleared: half of the significand."""

CARRIERS = frozenset({"and", "bitcast_convert_type", "broadcast_in_dim", "reshape", "squeeze"})
"""The primitives whose operands can be the bits of a float."""


class Bits(sp.Function):
    """The bits of a float, as an integer of the given width. It never leaves a path."""

    nargs = 2


def float_of(bits: sp.Expr) -> sp.Expr:
    """The float that has these bits.

    Raises:
        TypeError: for integers that are not the bits of a float.
    """
    if not isinstance(bits, Bits):
        raise TypeError(UNFOLLOWED)
    return bits.args[0]


def masked(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """Clears the last digits of a float: the same real number, up to rounding.

    Raises:
        TypeError: for integers that are not the bits of a float, and for a mask that clears anything else.
    """
    bits, mask = (a, b) if isinstance(a, Bits) else (b, a)
    if not isinstance(bits, Bits) or not mask.is_Integer:
        raise TypeError(UNFOLLOWED)
    width = int(bits.args[1])
    if int(mask) % 2**width not in {2**width - 2**cleared for cleared in range(1, MOST_CLEARED.get(width, 0) + 1)}:
        raise TypeError(UNFOLLOWED)
    return bits


def has_bits(expression: Any) -> bool:
    """Whether an expression has the bits of a float in it."""
    return isinstance(expression, sp.Basic) and expression.has(Bits)
