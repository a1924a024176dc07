"""The only module that imports JAX's internals: it holds what differs between JAX 0.8 and JAX 0.12.

`jax.core`, `jax.extend` and `jax._src` can change with each release. All other modules of qedoc use the names of this module.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import jax

from qedoc.errors import QedocError

try:
    from jax._src.core import eval_trace
    from jax._src.lax import convolution as convolution_functions
    from jax._src.numpy import lax_numpy as numpy_functions
    from jax.core import ShapedArray, Trace, Tracer
    from jax.extend.core import Literal
    from jax.interpreters.ad import primitive_jvps

    try:  # JAX 0.10 and later
        from jax.errors import InconclusiveDimensionOperation
        from jax.extend.core import mapped_aval, set_current_trace
    except ImportError:  # JAX 0.8 and 0.9
        from jax._src.core import InconclusiveDimensionOperation, mapped_aval, set_current_trace
except ImportError as error:
    raise QedocError(
        f"qedoc cannot read code with JAX {jax.__version__}: {error}; install a JAX between 0.8 and the newest version that"
        " the changelog of qedoc names, or a newer qedoc"
    ) from error

__all__ = [
    "BaseTrace",
    "BaseTracer",
    "InconclusiveDimensionOperation",
    "Literal",
    "ShapedArray",
    "Tracer",
    "convolution_functions",
    "current_trace",
    "executed",
    "mapped_aval",
    "numpy_functions",
    "opened",
    "own_rule",
    "own_value",
    "scan_counts",
]

# JAX leaves these without types.
current_trace: Any = set_current_trace
"""A context in which primitives go to a trace."""


def executed() -> Any:
    """Returns a context in which primitives are executed. JAX 0.10 and earlier need it while a trace is active; later versions do not."""
    return current_trace(eval_trace)


_HAS_AVAL = "aval" in Tracer.__slots__
"""Whether a tracer keeps its type itself, as it does from JAX 0.10 on."""

if TYPE_CHECKING:
    _Tracer = Tracer[Any]
else:
    _Tracer = Tracer


class BaseTracer(_Tracer):
    """A tracer that knows its type.

    Args:
        trace: the interpreter that gets the primitives of this value.
        aval: shape and dtype, as JAX describes them.
    """

    __slots__ = () if _HAS_AVAL else ("aval",)

    def __init__(self, trace: Any, aval: Any) -> None:
        if _HAS_AVAL:
            super().__init__(trace, aval)
        else:
            super().__init__(trace)  # type: ignore[call-arg]  # the signature of JAX 0.8 and 0.9
            self.aval = aval


class BaseTrace(Trace):
    """An interpreter of primitives, which enters calls and functions with derivatives of their own."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # JAX leaves it without types

    def interpret(self, primitive: Any, tracers: Sequence[Any], params: dict[str, Any]) -> Any:
        """Returns the results of a primitive. Primitives that this calls are executed.

        Args:
            primitive: a primitive of JAX.
            tracers: its operands: tracers of this interpreter, numbers and arrays.
            params: its parameters.
        """
        raise NotImplementedError

    def constant(self, value: Any) -> Any:
        """Converts a constant of the code to a value of the interpreter.

        Args:
            value: a number or an array.
        """
        return value

    def process_primitive(self, primitive: Any, tracers: Sequence[Any], params: dict[str, Any], /) -> Any:
        """JAX calls this for each primitive."""
        with executed():
            return self.interpret(primitive, tracers, params)

    def stage_value(self, value: Any) -> Any:
        """JAX calls this for a constant of the code."""
        with executed():
            return self.constant(value)

    def process_call(self, primitive: Any, function: Any, tracers: Sequence[Any], params: Any, /) -> Any:
        """Enters a call."""
        with current_trace(self):
            return function.call_wrapped(*tracers)

    def process_custom_jvp_call(self, primitive: Any, function: Any, jvp: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """Enters a function; its derivative is not needed."""
        with current_trace(self):
            return function.call_wrapped(*tracers)

    def process_custom_vjp_call(self, primitive: Any, function: Any, fwd: Any, bwd: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """Enters a function; its derivative is not needed."""
        with current_trace(self):
            return function.call_wrapped(*tracers)


def opened(jaxpr: Any) -> tuple[Any, Sequence[Any]]:
    """Returns a jaxpr and its constants. JAX 0.11 keeps both in one object; earlier versions have closed and open jaxprs.

    Args:
        jaxpr: the parameter of a primitive.
    """
    return getattr(jaxpr, "jaxpr", jaxpr), getattr(jaxpr, "consts", ())


def own_rule(primitive: Any) -> bool:
    """Whether a primitive has a derivative that another library than JAX defines.

    Args:
        primitive: the primitive.
    """
    return not _is_jax(primitive_jvps.get(primitive))


def own_value(primitive: Any) -> Any:
    """Returns the function with which a primitive of another library than JAX computes its value; None for any other primitive.

    Args:
        primitive: the primitive.
    """
    held = getattr(primitive, "impl", None)
    return None if held is None or getattr(held, "__self__", None) is not None or _is_jax(held) else held


def _is_jax(function: Any) -> bool:
    while isinstance(function, partial):
        function = function.func
    return function is None or str(getattr(function, "__module__", "jax")).partition(".")[0] in ("jax", "jaxlib")


def scan_counts(params: Mapping[str, Any]) -> tuple[int, int]:
    """How many operands of a scan are constants, and how many are carried.

    Args:
        params: the parameters of the primitive.
    """
    if "ft_in" in params:  # JAX 0.11 and later
        constants, carried, _ = params["ft_in"].unpack()
        return len(list(constants)), len(list(carried))
    return params["num_consts"], params["num_carry"]
