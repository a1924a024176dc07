"""Unknown functions, such as the parts of a joined schedule."""

from fractions import Fraction
from typing import Any

from qedoc.algebra.stand_ins import stand_in


def interpretation(index: int) -> tuple[Fraction, Fraction, Fraction]:
    """The coefficients c, d, e of the polynomial that stands in for the unknown function when code runs; see `stand_in`.

    Args:
        index: tells unknown functions apart; different ones get different coefficients, all exact in float64.
    """
    sign = -1 if index % 2 else 1
    return Fraction(3 * index + 1, 4), Fraction(sign * (2 * index + 1), 8), Fraction(index + 1, 64)


def opaque(name: str, index: int, *arguments: Any) -> Any:
    """An unknown function at some arguments: unexpanded for a tracer of `qedoc.lift.trace`, its interpretation for numbers and arrays.

    Args:
        name: the function's name in formulas, where it is written name(index, x), or name(index, x, y) with two arguments.
        index: which of the functions of that name.
        arguments: numbers, arrays, or tracers.
    """
    tracer = next((x for x in arguments if hasattr(type(x), "unexpanded")), None)
    if tracer is not None:
        return tracer.unexpanded(name, index, arguments)
    return stand_in(tuple(map(float, interpretation(index))), arguments)
