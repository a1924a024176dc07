"""Evaluates the documented formula in the arithmetic of the code. If it shows the same difference, rounding is the cause."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

Row: TypeAlias = Sequence[Fraction]

MOST_OPERATIONS = 200
"""A formula with more operations is compiled as one program, because JAX would compile each of its powers alone, which takes longer."""


def computed(formula: sp.Expr, symbols: Sequence[sp.Symbol], rows: Sequence[Row], dtype: str) -> np.ndarray[Any, Any] | None:
    """Evaluates the formula at many points and rounds each operation as the code does.

    Args:
        formula: as documented.
        symbols: those with the assumption `integer` get integers.
        rows: one rational for each symbol.
        dtype: float32 or float64.

    Returns:
        numbers in float64, nan where there is no value; None for a formula that JAX cannot compute.
    """
    with jax.enable_x64(dtype == "float64"):
        try:
            function = _function(formula, tuple(symbols))
            padded = [*rows, *[rows[-1]] * ((1 << (len(rows) - 1).bit_length()) - len(rows))]  # JAX compiles each operation for each length
            columns = [_column([row[k] for row in padded], dtype, integer=bool(s.is_integer)) for k, s in enumerate(symbols)]
            values = np.asarray(function(*columns), dtype=np.float64)
        except Exception:  # noqa: BLE001  # SymPy cannot print it or JAX cannot run it: None, and other evidence is asked for
            return None
        return np.broadcast_to(values, (len(padded),))[: len(rows)] if values.ndim <= 1 else None


@lru_cache(maxsize=8)
def _function(formula: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> Callable[..., Any]:
    function: Callable[..., Any] = sp.lambdify(symbols, formula, modules="jax")
    return jax.jit(function) if sp.count_ops(formula) > MOST_OPERATIONS else function


def _column(numbers: list[Fraction], dtype: str, *, integer: bool) -> Any:
    if integer:
        return jnp.asarray([int(x) for x in numbers]).astype(dtype)
    return jnp.asarray([x.numerator / x.denominator for x in numbers], dtype=dtype)
