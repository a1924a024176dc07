"""Runs JAX code on spans, which contain every result of rounding. It stops if rounding can change which way the code goes."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from qedoc.execute.precision import FORMATS
from qedoc.execute.rounding import Known, Span, Step, hull, literal, stored
from qedoc.execute.rounding_arrays import ARRAYS, Array, array, elementwise
from qedoc.execute.rounding_rules import ELEMENTARY, EXACT, INTEGER
from qedoc.lift.jax_internals import BaseTrace, BaseTracer, Literal, current_trace, opened

SCALARS = {*EXACT, *INTEGER, *ELEMENTARY, "select_n"}
MOVES = {
    "broadcast_in_dim": 1,
    "concatenate": None,
    "copy": 1,
    "dynamic_slice": 1,
    "dynamic_update_slice": 2,
    "expand_dims": 1,
    "gather": 1,
    "pad": 2,
    "reshape": 1,
    "rev": 1,
    "slice": 1,
    "split": 1,
    "squeeze": 1,
    "stack": None,
    "tile": 1,
    "transpose": 1,
    "unstack": 1,
}
"""The number of operands that are data; the others are positions. None if all are data."""
IDENTITIES = {"copy_p", "device_put", "name", "optimization_barrier", "sharding_constraint", "stop_gradient"}
ENTERED = {
    "jit": "jaxpr",
    "remat2": "jaxpr",
    "closed_call": "call_jaxpr",
    "eval_jaxpr": "call_jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
}


OPEN = "rounding decides which way the code goes"


class Unknown(BaseException):
    """Python code needs a value that depends on rounding.

    It is not an `Exception`, because the checked code may contain `except Exception:`.
    """


class Spans(BaseTracer):
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

    def _span(self) -> Span:
        span: Known = self.spans.item()
        if not isinstance(span, Span):
            raise Unknown("the code needs a value that has no enclosure")
        return span

    def _point(self) -> Fraction:
        span = self._span()
        if not span.is_point:
            raise Unknown(OPEN)
        return span.lower

    def __bool__(self) -> bool:
        span = self._span()
        if span.lower <= 0 <= span.upper and not span.is_point:
            raise Unknown(OPEN)
        return span.lower != 0

    def __int__(self) -> int:
        span = self._span()
        if int(span.lower) != int(span.upper):
            raise Unknown(OPEN)
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
        raise Unknown("the code converts a value to a NumPy array")


class Shadow(BaseTrace):
    """The interpreter. `missing` has the names of primitives without a rule, whose results are unknown."""

    __slots__ = ("missing",)

    def __init__(self) -> None:
        super().__init__()
        self.missing: set[str] = set()

    def constant(self, value: Any) -> Any:
        """A constant, as spans."""
        return self.shadow(value)

    def shadow(self, value: Any) -> Spans:
        """Returns the spans of an operand, which can be a constant of the code."""
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

    def interpret(self, primitive: Any, tracers: Sequence[Any], params: dict[str, Any]) -> Any:
        """Runs one primitive on spans."""
        operands = [self.shadow(t) for t in tracers]
        if primitive.name in ENTERED or primitive.name == "cond":
            return self._apply(primitive, operands, (), params)
        avals, _ = primitive.abstract_eval(*(t.aval for t in operands), **params)
        made = self._apply(primitive, operands, avals if primitive.multiple_results else [avals], params)
        return made if primitive.multiple_results else made[0]

    def run(self, function: Any, *arguments: Any) -> "Spans":
        """Calls a function with this interpreter instead of the current one."""
        with current_trace(self):
            return self.shadow(function(*arguments))

    def _apply(self, primitive: Any, operands: Sequence[Spans], avals: Sequence[Any], params: Mapping[str, Any]) -> list[Spans]:
        if primitive.name in ENTERED:
            return self._enter(params[ENTERED[primitive.name]], operands)
        if primitive.name == "cond":
            return self._branch(params["branches"], operands)
        return [Spans(self, aval, spans) for aval, spans in zip(avals, self._spans(primitive, operands, avals, params), strict=True)]

    def _enter(self, jaxpr: Any, operands: Sequence[Spans]) -> list[Spans]:
        """Runs a jaxpr, closed or not, equation by equation."""
        inner, consts = opened(jaxpr)
        known = dict(zip(inner.constvars, map(self.shadow, consts), strict=True))
        known |= zip(inner.invars, operands, strict=True)

        def read(variable: Any) -> Spans:
            return self.shadow(variable.val) if isinstance(variable, Literal) else known[variable]

        for step in inner.eqns:
            outs = self._apply(step.primitive, [read(v) for v in step.invars], [v.aval for v in step.outvars], step.params)
            known |= zip(step.outvars, outs, strict=True)
        return [read(v) for v in inner.outvars]

    def _branch(self, branches: Sequence[Any], operands: Sequence[Spans]) -> list[Spans]:
        """Returns the results of the branch, or the hull of all branches that are possible."""
        which, *rest = operands
        span: Known = which.spans.item()
        last = len(branches) - 1
        first, final = (min(max(int(end), 0), last) for end in (span.lower, span.upper)) if isinstance(span, Span) else (0, last)
        results = [self._enter(branch, rest) for branch in branches[first : final + 1]]
        return [
            Spans(
                self, outs[0].aval, array([hull(spans) for spans in zip(*(o.spans.ravel() for o in outs), strict=True)], outs[0].aval.shape)
            )
            for outs in zip(*results, strict=True)
        ]

    def _spans(self, primitive: Any, operands: Sequence[Spans], avals: Sequence[Any], params: Mapping[str, Any]) -> list[Array]:
        name = primitive.name
        if name in IDENTITIES:
            return [t.spans for t in operands]
        if name == "iota":
            return [self.shadow(primitive.bind(**params)).spans]
        if name in MOVES:
            return _moved(primitive, operands, avals, params)
        if name not in SCALARS and name not in ARRAYS:
            self.missing.add(name)
            return [np.full(aval.shape, None, dtype=object) for aval in avals]
        step = Step(name=name, dtype=avals[0].dtype.name, params=params)
        spans = [t.spans for t in operands]
        return [ARRAYS[name](step, *spans) if name in ARRAYS else elementwise(step, *spans)]


def _moved(primitive: Any, operands: Sequence[Spans], avals: Sequence[Any], params: Mapping[str, Any]) -> list[Array]:
    """Moves positions instead of values, so that no primitive that only moves data needs a rule of its own."""
    data = operands[: MOVES[primitive.name]]
    ends = np.cumsum([0, *(t.spans.size for t in data)])
    positions = [jnp.arange(a, b).reshape(t.spans.shape) for a, b, t in zip(ends, ends[1:], data, strict=False)]
    indices = []
    for t in operands[len(data) :]:
        if not all(isinstance(span, Span) and span.is_point for span in t.spans.ravel()):
            return [np.full(aval.shape, None, dtype=object) for aval in avals]
        indices.append(jnp.asarray(np.array([int(span.lower) for span in t.spans.ravel()]).reshape(t.spans.shape), t.dtype))
    out = primitive.bind(*positions, *indices, **params)
    spans = np.concatenate([t.spans.ravel() for t in data])
    found = [np.asarray(o) for o in (out if primitive.multiple_results else [out])]
    return [array([spans[k] if 0 <= k < len(spans) else None for k in o.ravel().tolist()], o.shape) for o in found]
