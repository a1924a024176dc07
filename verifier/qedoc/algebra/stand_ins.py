"""The polynomial that stands in for an unknown function, wherever formulas and code are evaluated at points."""

from collections.abc import Sequence
from typing import Any


def stand_in(coefficients: Sequence[Any], arguments: Sequence[Any]) -> Any:
    """Returns c + d*x + e*x**2; each further argument y, the k-th one, adds y * (k*d + k*e*x).

    The arguments count differently, so that a formula with two of them exchanged has another value.

    Args:
        coefficients: c, d and e.
        arguments: numbers, arrays or expressions, at least one.
    """
    c, d, e = coefficients
    first, *others = arguments
    total = c + first * (d + first * e)
    for place, other in enumerate(others, start=2):
        total = total + other * (place * d + first * (place * e))
    return total
