"""Results of a target that are no plain arrays of real numbers: containers of one array, and complex numbers."""

from typing import Any

import numpy as np


def array_of(result: Any) -> Any:
    """The array that a result is, by its own conversion to an array, as classes of operators have it. Other results stay as they are.

    What a container holds is not the array: the diagonals of a banded matrix can have its shape too.
    """
    import jax  # the import takes seconds, and most claims need no array
    import jax.numpy as jnp

    if isinstance(result, list | tuple):
        return jnp.asarray(result)
    if isinstance(result, jax.Array | np.ndarray | np.generic | bool | int | float | complex):
        return result
    if hasattr(result, "__jax_array__"):
        return result.__jax_array__()
    return jnp.asarray(result.__array__()) if hasattr(result, "__array__") else result


def is_complex(result: Any) -> bool:
    """Whether a number has a complex type."""
    return isinstance(result, complex) or getattr(getattr(result, "dtype", None), "kind", "") == "c"


def part_of(result: Any, part: int) -> Any:
    """The real part of a number for 0, its imaginary part for 1."""
    import jax.numpy as jnp

    return jnp.imag(result) if part else jnp.real(result)
