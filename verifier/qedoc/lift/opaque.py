"""Unknown functions, such as the parts of a joined schedule."""

from fractions import Fraction
from typing import Any


def interpretation(index: int) -> tuple[Fraction, Fraction, Fraction]:
    """The coefficients c, d, e of c + d*x + e*x**2, the function that stands in for the unknown one when code runs.

    Args:
        index: tells unknown functions apart; different ones get different coefficients, all exact in float64.
    """
    sign = -1 if index % 2 else 1
    return Fraction(3 * index + 1, 4), Fraction(sign * (2 * index + 1), 8), Fraction(index + 1, 64)


def opaque(name: str, index: int, x: Any) -> Any:
    """An unknown function at x: unexpanded for a tracer of `qedoc.lift.trace`, its interpretation for numbers and arrays.

    Args:
        name: the function's name in formulas, where it is written name(index, x).
        index: which of the functions of that name.
        x: number, array, or tracer.
    """
    unexpanded = getattr(type(x), "unexpanded", None)
    if unexpanded is not None:
        return unexpanded(x, name, index)
    c, d, e = map(float, interpretation(index))
    return c + d * x + e * x * x
