"""Does an execution, or the exact value of a formula, contradict the code? The code is run on spans that hold all that rounding may do.

This is a check of the lifter and of the enclosures of formulas, and so it shares no code with them.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from qedoc.errors import QedocError
from qedoc.execute.precision import FORMATS
from qedoc.execute.rounding import Known, Span, point
from qedoc.execute.rounding_arrays import array
from qedoc.execute.rounding_trace import Shadow, Spans, Unknown
from qedoc.lift.jax_internals import ShapedArray

Call: TypeAlias = Callable[[Mapping[sp.Symbol, Any]], Any]


def shadow(call: Call, symbols: Sequence[sp.Symbol], row: Sequence[Fraction], dtype: str) -> arb | None:
    """A ball that holds the exact value of the code at a row, and what any execution in the dtype may give.

    Args:
        call: the code; gets a value for each symbol.
        symbols: those with the assumption `integer` are weakly typed integers, the others numbers of `dtype`.
        row: one rational for each symbol, as `rounded` gives it; taken as exact.
        dtype: float32, float64 or bfloat16.

    Returns:
        None if rounding leaves open which way the code goes, or a primitive without a rule matters, or the result is no real scalar.
    """
    span = spans(call, symbols, row, dtype)
    if span is None:
        return None
    with ctx.workprec(128):
        return _rational(span.lower).union(_rational(span.upper))


def spans(call: Call, symbols: Sequence[sp.Symbol], row: Sequence[Fraction], dtype: str) -> Span | None:
    """The same as `shadow`, as a span of rationals."""
    integers = f"int{FORMATS[dtype].integer_bits}"
    with jax.enable_x64(dtype == "float64"):
        trace = Shadow()
        values = {}
        for symbol, x in zip(symbols, row, strict=True):
            aval = ShapedArray((), np.dtype(integers), weak_type=True) if symbol.is_integer else ShapedArray((), jnp.dtype(dtype))
            values[symbol] = Spans(trace, aval, array([point(x)], ()))
        try:
            result = trace.run(call, values)
        except QedocError:
            raise
        except (Unknown, Exception):  # noqa: BLE001  # whatever the code raises on spans: nothing is known here, which is less than any answer
            return None
    found: Known = result.spans.item() if result.spans.size == 1 else None
    return found if isinstance(found, Span) else None


def agrees(value: float | fmpq | arb, ball: arb | None) -> bool | None:
    """Whether a value may be what the code gives.

    Args:
        value: the result of a run, or the exact value of a formula (a ball agrees if some of it does).
        ball: what `shadow` gave.

    Returns:
        None if the ball is None, or if the value is a ball that is not finite.
    """
    if ball is None:
        return None
    if isinstance(value, int):
        with ctx.workprec(256):
            return bool(ball.contains(arb(value)))
    if isinstance(value, float):
        return bool(np.isfinite(value)) and bool(ball.contains(arb(value)))
    with ctx.workprec(256):
        exact = arb(value)
    return bool(ball.overlaps(exact)) if exact.is_finite() else None


def _rational(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))
