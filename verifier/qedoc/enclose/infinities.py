"""Decides where a formula is infinite, by enclosing its conditions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.algebra.partial import Partial
from qedoc.enclose.enclosure import Enclosure, Opaque, compile


@dataclass(frozen=True, slots=True)
class Ends:
    """The points where a formula is infinite.

    Args:
        above: whether the formula is infinity at a point.
        below: whether it is minus infinity there.
    """

    above: Enclosure | None
    below: Enclosure | None

    def __call__(self, row: Sequence[Any]) -> float:
        """The infinity at a point, or 0 if the formula is not known to be infinite there."""
        if self.above is not None and self.above(row) is True:
            return math.inf
        return -math.inf if self.below is not None and self.below(row) is True else 0.0


def ends(part: Partial, symbols: Sequence[sp.Symbol], opaque: Opaque) -> Ends:
    """Compiles the conditions under which a formula is infinite.

    Args:
        part: the formula.
        symbols: the order of the values.
        opaque: as for `compile`.
    """
    above, below = (None if where is sp.false else compile(where, symbols, opaque) for where in (part.above, part.below))
    return Ends(above, below)
