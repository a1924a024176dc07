"""Runs primitives on concrete arrays: with NumPy if it gives the same bits, which avoids a compilation for each shape, else with JAX."""

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

Array = np.ndarray[Any, Any]

_SAFE = frozenset({"bool", "int32", "int64", "float64"})


def reshape(x: Array, *, new_sizes: Sequence[int], dimensions: None = None, sharding: Any = None) -> Array:
    """jax.lax.reshape."""
    return x.reshape(tuple(new_sizes))


def broadcast_in_dim(x: Array, *, shape: Sequence[int], broadcast_dimensions: Sequence[int], sharding: Any = None) -> Array:
    """jax.lax.broadcast_in_dim."""
    sizes = [1] * len(shape)
    for axis, size in zip(broadcast_dimensions, x.shape, strict=True):
        sizes[axis] = size
    return np.broadcast_to(x.reshape(sizes), shape).copy()


def squeeze(x: Array, *, dimensions: Sequence[int]) -> Array:
    """jax.lax.squeeze."""
    return x.reshape([size for axis, size in enumerate(x.shape) if axis not in dimensions])


def slice_(x: Array, *, start_indices: Sequence[int], limit_indices: Sequence[int], strides: Sequence[int] | None) -> Array:
    """jax.lax.slice."""
    ranges = zip(start_indices, limit_indices, strides or [1] * x.ndim, strict=True)
    return x[tuple(slice(*ends) for ends in ranges)]


def rev(x: Array, *, dimensions: Sequence[int]) -> Array:
    """jax.lax.rev."""
    return np.flip(x, tuple(dimensions))


def transpose(x: Array, *, permutation: Sequence[int]) -> Array:
    """jax.lax.transpose."""
    return x.transpose(tuple(permutation))


def concatenate(*parts: Array, dimension: int) -> Array:
    """jax.lax.concatenate."""
    return np.concatenate(parts, axis=dimension)


def stack(*parts: Array, axis: int) -> Array:
    """jax.lax.stack."""
    return np.stack(parts, axis=axis)


# Data movement: these work on arrays of anything, expressions too.
MOVES: dict[str, Callable[..., Array]] = {
    "broadcast_in_dim": broadcast_in_dim,
    "concatenate": concatenate,
    "reshape": reshape,
    "rev": rev,
    "slice": slice_,
    "squeeze": squeeze,
    "stack": stack,
    "transpose": transpose,
}

# Operations that IEEE 754 rounds correctly, or that need no rounding.
ARITHMETIC: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "add": np.add,
    "and": np.bitwise_and,
    "ceil": np.ceil,
    "clamp": lambda low, x, high: np.minimum(np.maximum(x, low), high),
    "eq": np.equal,
    "floor": np.floor,
    "ge": np.greater_equal,
    "gt": np.greater,
    "le": np.less_equal,
    "lt": np.less,
    "max": np.maximum,
    "min": np.minimum,
    "mul": np.multiply,
    "ne": np.not_equal,
    "neg": np.negative,
    "not": np.invert,
    "or": np.bitwise_or,
    "sign": np.sign,
    "square": np.square,
    "stop_gradient": np.copy,
    "sub": np.subtract,
}


def evaluate(primitive: Any, arrays: Sequence[Any], params: dict[str, Any]) -> list[Array]:
    """Returns the results of a primitive on concrete arrays. Call it in a context in which JAX executes primitives.

    Args:
        primitive: a jax primitive.
        arrays: numpy or jax arrays, or numbers that jax takes.
        params: the primitive's parameters.
    """
    values = [np.asarray(array) for array in arrays]
    if primitive.name in MOVES:
        return [MOVES[primitive.name](*values, **params)]
    if all(value.dtype.name in _SAFE for value in values):
        with np.errstate(all="ignore"):
            result = _by_numpy(primitive.name, values, params)
        if result is not None:
            return [np.asarray(result)]
    results = primitive.bind(*map(jnp.asarray, arrays), **params)
    return [np.asarray(result) for result in (results if primitive.multiple_results else [results])]


def _by_numpy(name: str, values: Sequence[Array], params: dict[str, Any]) -> Any:
    floats = all(value.dtype == np.float64 for value in values)
    if name in ARITHMETIC:
        return ARITHMETIC[name](*values)
    if name == "div" and floats:
        return np.divide(*values)
    if name == "sqrt" and floats:
        return np.sqrt(*values)
    if name == "select_n" and values[0].dtype == bool:
        return np.where(values[0], values[2], values[1])
    if name == "convert_element_type" and np.dtype(params["new_dtype"]).name in _SAFE:
        truncating = floats and np.issubdtype(params["new_dtype"], np.integer)  # numpy and XLA differ outside the integers' range
        return None if truncating else values[0].astype(params["new_dtype"])
    return None
