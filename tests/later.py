"""Primitives that only some versions of JAX have: the real one where there is one, else one of that name and meaning."""

from collections.abc import Callable
from typing import Any

import jax
import jax.extend.core
import jax.numpy as jnp
from jax import lax


def _horner(x: Any, *coefficients: Any) -> Any:
    value = jnp.zeros_like(x)
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value


def _held(*arguments: Any, call_jaxpr: Any) -> Any:
    return jax.extend.core.jaxpr_as_fun(call_jaxpr)(*arguments)


_MEANINGS: dict[str, Callable[..., Any]] = {
    "closed_call": _held,
    "eval_jaxpr": _held,
    "log2": jnp.log2,
    "one_minus_square": lambda x: (1 + x) * (1 - x),
    "polynomial": _horner,
}


_ARRAY_MEANINGS: dict[str, Callable[..., Any]] = {
    "stack": lambda *arrays, axis: jnp.stack(arrays, axis),
    "tile": lambda array, *, reps: jnp.tile(array, reps),
    "unstack": lambda array, *, axis: [jnp.take(array, k, axis) for k in range(array.shape[axis])],
}


def array_function(name: str, **params: Any) -> Callable[..., Any]:
    """A function of arrays that is the primitive of that name: JAX's own if it has one."""
    own = getattr(lax, name, None) or getattr(jnp, name)  # tile is a function of lax, where it is a primitive
    meaning = _ARRAY_MEANINGS[name]

    def made(*arrays: Any) -> Any:
        return stand_in.bind(*arrays, **params)

    def native(*arrays: Any) -> Any:
        return own(list(arrays), **params) if name == "stack" else own(arrays[0], **params)

    one = jnp.ones((2, 2))
    try:
        names = {equation.primitive.name for equation in jax.make_jaxpr(native)(one).eqns}
    except (AttributeError, TypeError):
        names = set()
    if name in names:
        return native
    stand_in = jax.extend.core.Primitive(name)
    stand_in.multiple_results = name == "unstack"
    stand_in.def_impl(meaning)

    def shapes(*avals: Any, **given: Any) -> Any:
        found = jax.eval_shape(lambda *arrays: meaning(*arrays, **given), *avals)
        return jax.tree.map(lambda shape: jax.core.ShapedArray(shape.shape, shape.dtype), found)

    stand_in.def_abstract_eval(shapes)
    return made


def primitive(name: str) -> Any:
    """The primitive of that name."""
    if hasattr(lax, f"{name}_p"):
        return getattr(lax, f"{name}_p")
    made = jax.extend.core.Primitive(name)
    made.multiple_results = _MEANINGS[name] is _held
    made.def_impl(_MEANINGS[name])
    made.def_abstract_eval(lambda *avals, **params: params["call_jaxpr"].out_avals if made.multiple_results else avals[0])
    return made


def holding(name: str) -> Callable[[Any], Any]:
    """A function whose code is inside a primitive of that name."""
    held = primitive(name)
    return lambda x: held.bind(x, call_jaxpr=jax.make_jaxpr(lambda y: jnp.sin(y) * y + 1.0)(x))[0]
