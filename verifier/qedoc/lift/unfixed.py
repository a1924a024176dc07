"""Functions of JAX that refuse symbolic lengths, written so that they accept them. For lengths that are numbers they are JAX's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import jax

from qedoc.lift.jax_internals import convolution_functions, numpy_functions


@contextmanager
def accepting_symbols() -> Iterator[None]:
    """A context in which these functions of JAX accept symbolic lengths."""
    changed = [
        (numpy_functions, "squeeze", _squeeze),
        (jax.numpy, "squeeze", _squeeze),
        (convolution_functions, "conv_general_dilated", _convolve),
        (jax.lax, "conv_general_dilated", _convolve),
    ]
    before = [(home, name, getattr(home, name)) for home, name, _ in changed]
    try:
        for (home, name, made), (_, _, original) in zip(changed, before, strict=True):
            setattr(home, name, made(original))
        yield
    finally:
        for home, name, original in before:
            setattr(home, name, original)


def _squeeze(original: Callable[..., Any]) -> Callable[..., Any]:
    """Without axes, JAX drops those of length 1. Here, a symbolic length is not 1: the code is noted as one that compares it with 1."""

    def squeeze(a: Any, axis: Any = None) -> Any:
        if axis is None and not all(map(_is_fixed, jax.numpy.shape(a))):
            axis = tuple(place for place, length in enumerate(jax.numpy.shape(a)) if length == 1)
        return original(a, axis)

    return squeeze


def _convolve(original: Callable[..., Any]) -> Callable[..., Any]:
    """JAX's convolution takes numbers of entries that are added at the ends. Here, a symbolic number of zeros is added before it."""

    def convolve(lhs: Any, rhs: Any, window_strides: Any, padding: Any, lhs_dilation: Any = None, *others: Any, **more: Any) -> Any:
        if not isinstance(padding, str) and not all(map(_is_fixed, (end for ends in padding for end in ends))) and lhs_dilation is None:
            named = more["dimension_numbers"] if "dimension_numbers" in more else others[1] if len(others) > 1 else None
            _, _, *axes = jax.lax.conv_dimension_numbers(lhs.shape, rhs.shape, named).lhs_spec
            ends = dict(zip(axes, padding, strict=True))
            zero = jax.numpy.zeros((), lhs.dtype)
            lhs = jax.lax.pad(lhs, zero, [(*ends.get(axis, (0, 0)), 0) for axis in range(lhs.ndim)])
            padding = [(0, 0)] * len(axes)
        return original(lhs, rhs, window_strides, padding, lhs_dilation, *others, **more)

    return convolve


def _is_fixed(length: Any) -> bool:
    return isinstance(length, int)
