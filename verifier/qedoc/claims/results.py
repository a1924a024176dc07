"""Results of a target that are no plain arrays of real numbers: containers of one array, and complex numbers."""

from typing import Any


def array_of(result: Any) -> Any:
    """The array that a result is. A container that holds one array of its own shape, as classes of operators do, is this array."""
    import jax  # the import takes seconds, and most claims need no array
    import jax.numpy as jnp

    if isinstance(result, jax.Array) or not hasattr(result, "shape"):
        return jnp.asarray(result) if isinstance(result, list | tuple) else result
    leaves = jax.tree.leaves(result)
    if len(leaves) == 1 and leaves[0] is not result and tuple(getattr(leaves[0], "shape", ())) == tuple(result.shape):
        return leaves[0]
    return result if isinstance(result, jax.typing.ArrayLike) or not hasattr(result, "__array__") else jnp.asarray(result.__array__())


def is_complex(result: Any) -> bool:
    """Whether a number has a complex type."""
    return isinstance(result, complex) or getattr(getattr(result, "dtype", None), "kind", "") == "c"


def part_of(result: Any, part: int) -> Any:
    """The real part of a number for 0, its imaginary part for 1."""
    import jax.numpy as jnp

    return jnp.imag(result) if part else jnp.real(result)
