"""Traces code for arrays with symbolic lengths."""

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import jax

from qedoc.errors import QedocError, UnsupportedError, told
from qedoc.lift.dimensions import watched
from qedoc.lift.jax_internals import Tracer
from qedoc.lift.unfixed import accepting_symbols

ENTERED: Mapping[str, str] = {
    **dict.fromkeys(("jit", "pjit"), "jaxpr"),
    **dict.fromkeys(("custom_jvp_call", "custom_vjp_call", "core_call", "closed_call"), "call_jaxpr"),
    **dict.fromkeys(("remat", "remat2", "checkpoint"), "jaxpr"),
}
"""The primitives that are calls, with the parameter that holds the code."""

_STRUCT: Any = jax.ShapeDtypeStruct  # JAX leaves it without types

_LEN = len


def traced(call: Callable[..., Any], shapes: Sequence[Any], dtypes: Sequence[Any]) -> tuple[Any, Any, list[tuple[Any, Any]]]:
    """Traces code for arrays of some shapes.

    Args:
        call: takes the arrays.
        shapes: their shapes, whose dimensions may be symbolic.
        dtypes: the types of their entries.

    Returns:
        the jaxpr, the structure of the result, and the lengths that the code took for different although they may be equal.

    Raises:
        UnsupportedError: if the code needs a length that is a number.
    """
    try:
        with watched() as asked, _symbolic_len(), accepting_symbols():
            jaxpr, result = jax.make_jaxpr(call, return_shape=True)(*map(_STRUCT, shapes, dtypes))
    except QedocError:
        raise
    except Exception as error:  # the user's own, or JAX's: the code needs a length or a number
        raise UnsupportedError(f"the code cannot be traced for every length: {told(error).splitlines()[0]}", None) from error
    return jaxpr, result, asked


@contextmanager
def _symbolic_len() -> Iterator[None]:
    """A context in which `len(x)` is the length of the first axis of an array, also if it is symbolic. Python's own requires an integer."""
    builtins.len = _length
    try:
        yield
    finally:
        builtins.len = _LEN


def _length(container: Any, /) -> Any:
    if isinstance(container, Tracer) and container.shape and not isinstance(container.shape[0], int):
        return container.shape[0]
    return _LEN(container)
