"""Measures the distance of a run from the exact value, in units in the last place."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from flint import arb, fmpq

from qedoc.execute.precision import FORMATS, exponent
from qedoc.execute.runner import Runs
from qedoc.results.verdict import Accuracy, Inputs

Exact: TypeAlias = fmpq | arb

FARTHEST = 8192
"""No dtype can distinguish magnitudes beyond 2**8192 or below 2**-8192: the largest exponent is 1023."""


def ulps(result: float, exact: Exact, dtype: str) -> float:
    """The distance of a result from the exact value, in units in the last place of the dtype at the exact value.

    Numbers below the smallest normal one have its unit (gradual underflow). Numbers that are too large have the unit of the largest finite
    one. The unit of an integer dtype is 1. The distance is never too small: if the exact value is a ball, it is the largest distance
    divided by the smallest unit. An infinite result is 0 units away if the exact value rounds to it, and infinitely many otherwise.

    Args:
        result: the result of the run.
        exact: a rational, or a ball that holds the exact value.
        dtype: of the result.

    Returns:
        the distance; nan if the result is nan or the ball is not finite.
    """
    span = _ends(exact)
    if span is None or math.isnan(result):
        return math.nan
    if math.isinf(result):
        return 0.0 if _rounds_to(result, span, dtype) else math.inf
    x = Fraction(result)
    distance = max(abs(x - span[0]), abs(x - span[1]))
    return _above(distance / _unit(span, dtype))


def worst(runs: Runs, exact: Sequence[Exact | None], inputs: Sequence[Inputs], dtype: str) -> Accuracy | None:
    """The worst rounding error of all rows; the first of the rows that share it.

    Rows that raised, were skipped, gave nan or have no exact value are left out. Other findings report them.

    Args:
        runs: scalar results.
        exact: the exact value at each row's inputs as they were run, None where there is none.
        inputs: each row as it is reported.
        dtype: of the real inputs.

    Returns:
        None if no row is left.
    """
    found = [math.nan if e is None else ulps(float(value), e, runs.dtype) for value, e in zip(runs.values, exact, strict=True)]
    known = [row for row, error in enumerate(found) if not math.isnan(error)]
    if not known:
        return None
    row = max(known, key=lambda k: found[k])
    return Accuracy(dtype=dtype, result=runs.dtype, ulps=found[row], inputs=inputs[row], points=len(known))


def _ends(exact: Exact) -> tuple[Fraction, Fraction] | None:
    if isinstance(exact, fmpq):
        x = Fraction(int(exact.p), int(exact.q))
        return x, x
    if not exact.is_finite():
        return None
    return _fraction(exact.lower(), up=False), _fraction(exact.upper(), up=True)


def _fraction(point: arb, *, up: bool) -> Fraction:
    """Converts an exact ball to a rational. Far beyond all dtypes it is rounded outward, because the rational would be huge."""
    m, e = (int(part) for part in point.man_exp())
    size = m.bit_length() + e
    if m and size < -FARTHEST:
        return Fraction(1 if m > 0 else -1, 2**FARTHEST) if up == (m > 0) else Fraction(0)
    if m and size > FARTHEST:
        return Fraction(2**FARTHEST if m > 0 else -(2**FARTHEST)) * (4 if up == (m > 0) else 1)
    return Fraction(m) * Fraction(2) ** e


def _unit(span: tuple[Fraction, Fraction], dtype: str) -> Fraction:
    """The smallest unit in the last place of the numbers in the span."""
    if dtype not in FORMATS:
        return Fraction(1)
    f = FORMATS[dtype]
    least = Fraction(0) if span[0] <= 0 <= span[1] else min(map(abs, span))
    e = exponent(least) if least else f.emin
    return Fraction(2) ** (min(max(e, f.emin), f.emax) - f.p + 1)


def _rounds_to(infinity: float, span: tuple[Fraction, Fraction], dtype: str) -> bool:
    """Whether all numbers in the span are too large for the dtype, on the side of the infinity."""
    if dtype not in FORMATS:
        return False
    f = FORMATS[dtype]
    limit = (2 - Fraction(2) ** -f.p) * Fraction(2) ** f.emax
    return span[0] >= limit if infinity > 0 else span[1] <= -limit


def _above(x: Fraction) -> float:
    """The smallest float that is at least x."""
    try:
        nearest = float(x)
    except OverflowError:
        return math.inf
    return nearest if nearest >= x else math.nextafter(nearest, math.inf)
