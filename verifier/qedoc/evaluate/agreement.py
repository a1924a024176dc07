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
from jax.core import ShapedArray, Trace, Tracer
from jax.extend.core import ClosedJaxpr, jaxpr_as_fun, set_current_trace

from qedoc.errors import QedocError
from qedoc.evaluate.precision import FORMATS
from qedoc.evaluate.rounding import Known, Span, hull, literal, point, stored
from qedoc.evaluate.rounding_arrays import ARRAYS, Array, array, elementwise
from qedoc.evaluate.rounding_rules import ELEMENTARY, EXACT, INTEGER, Step

Call: TypeAlias = Callable[[Mapping[sp.Symbol, Any]], Any]

_current: Any = set_current_trace  # jax leaves it without types

SCALARS = {*EXACT, *INTEGER, *ELEMENTARY, "select_n"}
MOVES = {
    "broadcast_in_dim",
    "concatenate",
    "copy",
    "dynamic_slice",
    "expand_dims",
    "gather",
    "reshape",
    "rev",
    "slice",
    "split",
    "squeeze",
    "transpose",
}
ENTERED = {"jit": "jaxpr", "pjit": "jaxpr", "closed_call": "call_jaxpr", "checkpoint": "jaxpr"}


class Unknown(BaseException):
    """Python asks for a value that rounding leaves open. Not an Exception, so that no `except Exception:` of the code in hand eats it."""


class Spans(Tracer):  # type: ignore[type-arg]  # jax exports no Trace type to name here
    """A value, known up to rounding.

    Args:
        trace: the interpreter.
        aval: shape and dtype.
        spans: object array of that shape.
    """

    __slots__ = ("spans",)

    def __init__(self, trace: "Shadow", aval: Any, spans: Array) -> None:
        super().__init__(trace, aval)
        self.spans = spans

    def _point(self) -> Fraction:
        span: Known = self.spans.item()
        if span is None or not span.is_point:
            raise Unknown
        return span.lower

    def __bool__(self) -> bool:
        span: Known = self.spans.item()
        if span is None or (span.lower <= 0 <= span.upper and not span.is_point):
            raise Unknown
        return span.lower != 0

    def __int__(self) -> int:
        span: Known = self.spans.item()
        if span is None or int(span.lower) != int(span.upper):
            raise Unknown
        return int(span.lower)

    def __index__(self) -> int:
        if not jnp.issubdtype(self.dtype, jnp.integer):
            raise TypeError(f"{self.dtype} is no integer")
        return int(self._point())

    def __float__(self) -> float:
        return float(self._point())

    def __hash__(self) -> int:  # type: ignore[override]  # jax forbids tracers as dict keys; here they must be
        return hash(self._point())

    def item(self, *args: int) -> Any:
        """The value as a Python number, as of an array."""
        x = self._point()
        return float(x) if self.dtype.name in FORMATS else bool(x) if self.dtype == bool else int(x)

    def __array__(self, dtype: Any = None, context: None = None, copy: bool | None = None) -> Array:
        raise Unknown


class Shadow(Trace):
    """The interpreter. `missing` collects the names of primitives without a rule, whose results are unknown."""

    __slots__ = ("missing",)

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # jax leaves it without types
        self.missing: set[str] = set()

    def stage_value(self, value: Any) -> Any:
        """A constant, as spans."""
        return self.shadow(value)

    def shadow(self, value: Any) -> Spans:
        """Spans for an operand, which may be a constant of the code."""
        if isinstance(value, Spans):
            return value
        aval = jax.typeof(value)
        name = aval.dtype.name
        if isinstance(value, (int, float)):
            return Spans(self, aval, array([literal(value, name)], ()))
        if not all(isinstance(n, int) for n in aval.shape) or not (name in FORMATS or np.dtype(name).kind in "bi"):
            return Spans(self, aval, np.full(aval.shape, None, dtype=object))
        flat = np.asarray(value).astype(np.float64 if name in FORMATS else object).ravel().tolist()
        return Spans(self, aval, array([stored(x, name) for x in flat], aval.shape))

    def process_primitive(self, primitive: Any, tracers: Sequence[Any], params: Mapping[str, Any], /) -> Any:
        """Runs one primitive on spans."""
        operands = [self.shadow(t) for t in tracers]
        if primitive.name in ENTERED:
            return self._enter(params[ENTERED[primitive.name]], operands)
        if primitive.name == "cond":
            return self._branch(params["branches"], operands)
        avals, _ = primitive.abstract_eval(*(t.aval for t in operands), **params)
        outs = self._spans(primitive, operands, avals if primitive.multiple_results else [avals], params)
        made = [Spans(self, aval, spans) for aval, spans in zip(avals if primitive.multiple_results else [avals], outs, strict=True)]
        return made if primitive.multiple_results else made[0]

    def process_call(self, primitive: Any, fun: Any, tracers: Sequence[Any], params: Any, /) -> Any:
        """Enters a call."""
        with _current(self):
            return fun.call_wrapped(*tracers)

    def process_custom_jvp_call(self, primitive: Any, fun: Any, jvp: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """Enters the function; its derivative rule is not needed."""
        with _current(self):
            return fun.call_wrapped(*tracers)

    def process_custom_vjp_call(self, primitive: Any, fun: Any, fwd: Any, bwd: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """Enters the function; its derivative rule is not needed."""
        with _current(self):
            return fun.call_wrapped(*tracers)

    def _enter(self, jaxpr: Any, operands: Sequence[Spans]) -> list[Spans]:
        closed = jaxpr if hasattr(jaxpr, "consts") else ClosedJaxpr(jaxpr, ())
        with _current(self):
            return [self.shadow(out) for out in jaxpr_as_fun(closed)(*operands)]

    def _branch(self, branches: Sequence[Any], operands: Sequence[Spans]) -> list[Spans]:
        """The branch that is taken, or the hull of those that may be."""
        which, *rest = operands
        span: Known = which.spans.item()
        last = len(branches) - 1
        first, final = (0, last) if span is None else (min(max(int(end), 0), last) for end in (span.lower, span.upper))
        results = [self._enter(branch, rest) for branch in branches[first : final + 1]]
        return [
            Spans(self, outs[0].aval, array([hull(spans) for spans in zip(*(o.spans.ravel() for o in outs), strict=True)], outs[0].aval.shape))
            for outs in zip(*results, strict=True)
        ]

    def _spans(self, primitive: Any, operands: Sequence[Spans], avals: Sequence[Any], params: Mapping[str, Any]) -> list[Array]:
        name = primitive.name
        if name in MOVES:
            return _moved(primitive, operands, avals, params)
        if name not in SCALARS and name not in ARRAYS:
            self.missing.add(name)
            return [np.full(aval.shape, None, dtype=object) for aval in avals]
        step = Step(name=name, dtype=avals[0].dtype.name, source=operands[0].dtype.name, params=params)
        spans = [t.spans for t in operands]
        return [ARRAYS[name](step, *spans) if name in ARRAYS else elementwise(step, *spans)]


def _moved(primitive: Any, operands: Sequence[Spans], avals: Sequence[Any], params: Mapping[str, Any]) -> list[Array]:
    """Moves positions instead of values, so that no primitive that only moves data needs a rule of its own."""
    data = operands if primitive.name == "concatenate" else operands[:1]
    ends = np.cumsum([0, *(t.spans.size for t in data)])
    positions = [jnp.arange(a, b).reshape(t.spans.shape) for a, b, t in zip(ends, ends[1:], data, strict=False)]
    indices = []
    for t in operands[len(data) :]:
        if any(span is None or not span.is_point for span in t.spans.ravel()):
            return [np.full(aval.shape, None, dtype=object) for aval in avals]
        indices.append(jnp.asarray(np.array([int(span.lower) for span in t.spans.ravel()]).reshape(t.spans.shape), t.dtype))
    out = primitive.bind(*positions, *indices, **params)
    spans = np.concatenate([t.spans.ravel() for t in data])
    found = [np.asarray(o) for o in (out if primitive.multiple_results else [out])]
    return [array([spans[k] if 0 <= k < len(spans) else None for k in o.ravel().tolist()], o.shape) for o in found]


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
            with _current(trace):
                result = trace.shadow(call(values))
        except QedocError:
            raise
        except (Unknown, Exception):  # noqa: BLE001  # the code has no value here, whatever it raises
            return None
    found: Known = result.spans.item() if result.spans.size == 1 else None
    return found


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
    if isinstance(value, float):
        return bool(np.isfinite(value)) and bool(ball.contains(arb(value)))
    with ctx.workprec(256):
        exact = arb(value)
    return bool(ball.overlaps(exact)) if exact.is_finite() else None


def _rational(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))
