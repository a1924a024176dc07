"""Checks whether an execution, or the exact value of a formula, contradicts the code. It runs the code on spans that contain all roundings.

This cross-checks the lifter and the enclosures of formulas, so it shares no code with them.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from flint import arb, ctx, fmpq

from qedoc.errors import QedocError, told
from qedoc.execute.precision import FORMATS
from qedoc.execute.rounding import Known, Span, point
from qedoc.execute.rounding_arrays import array
from qedoc.execute.rounding_trace import Shadow, Spans, Unknown
from qedoc.lift.jax_internals import ShapedArray

Call: TypeAlias = Callable[[Mapping[sp.Symbol, Any]], Any]


def shadow(call: Call, symbols: Sequence[sp.Symbol], row: Sequence[Fraction], dtype: str) -> arb | None:
    """Returns a ball that contains the exact value of the code at a row and the result of every execution in the dtype.

    Args:
        call: the code; gets a value for each symbol.
        symbols: those with the assumption `integer` are weakly typed integers, the others are numbers of `dtype`.
        row: one rational for each symbol, as returned by `rounded`; taken as exact.
        dtype: float32, float64 or bfloat16.

    Returns:
        None if there is no such ball: rounding decides which way the code goes, a primitive without a rule matters, or the result is not a
        real scalar.
    """
    return enclosed(call, symbols, row, dtype)[0]


def enclosed(call: Call, symbols: Sequence[sp.Symbol], row: Sequence[Fraction], dtype: str) -> tuple[arb | None, str]:
    """The same as `shadow`, with the reason if there is no ball."""
    span, reason = _traced(call, symbols, row, dtype)
    if span is None:
        return None, reason
    with ctx.workprec(128):
        return _rational(span.lower).union(_rational(span.upper)), ""


def spans(call: Call, symbols: Sequence[sp.Symbol], row: Sequence[Fraction], dtype: str) -> Span | None:
    """The same as `shadow`, as a span of rationals."""
    return _traced(call, symbols, row, dtype)[0]


def _traced(call: Call, symbols: Sequence[sp.Symbol], row: Sequence[Fraction], dtype: str) -> tuple[Span | None, str]:
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
        except Unknown as error:
            return None, _without_rule(trace) or str(error)
        except Exception as error:  # noqa: BLE001  # code may raise anything on spans; then there is no enclosure, which is never wrong
            return None, _without_rule(trace) or f"the code raises {told(error)}"
    found: Known = result.spans.item() if result.spans.size == 1 else None
    if isinstance(found, Span):
        return found, ""
    return None, _without_rule(trace) or "its rounding errors have no bound there"


def _without_rule(trace: Shadow) -> str:
    return f"no rounding rule for {', '.join(sorted(trace.missing))}" if trace.missing else ""


def agrees(value: float | fmpq | arb, ball: arb | None) -> bool | None:
    """Whether a value is a possible result of the code.

    Args:
        value: the result of a run, or the exact value of a formula (a ball agrees if some of it does).
        ball: the result of `shadow`.

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
