"""Guesses how each part of the code's state follows from the documented values, from a few runs. A proof must confirm a guess."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

Array: TypeAlias = np.ndarray[Any, Any]

CLOSE = 1e-9
"""Relative difference up to which two float64 values count as the same in a guess."""

MOST_FACTORS = 2
"""Maximum number of factors of a guess."""


@dataclass(frozen=True, slots=True)
class Related:
    """A part of the state as a factor times a documented value.

    Args:
        factor: an expression in the hyperparameters and in the number of steps so far.
        name: the documented value after these steps; None if the part is the factor itself.
    """

    factor: sp.Expr
    name: sp.IndexedBase | None


def related(
    part: Array, values: Mapping[sp.IndexedBase, Array], factors: Mapping[sp.Expr, Array], counts: Array, count: sp.Symbol
) -> Related | None:
    """Returns the simplest guess that agrees with all runs; None if there is none.

    Args:
        part: the part of the state after each step, for each run.
        values: each documented value, in the same shape.
        factors: expressions that may be factors, with their values in the same shape.
        counts: the number of steps, in the same shape.
        count: its symbol.
    """
    for offset in (0, -1, 1):
        if _same(part, counts + offset):
            return Related(count + offset, None)
    if _same(part, np.full_like(part, part.flat[0])) and float(part.flat[0]).is_integer():
        return Related(sp.Integer(int(part.flat[0])), None)
    for product, number in _products(factors, part.shape):
        for name, value in values.items():
            if not np.any(value):
                continue
            for sign in (1, -1):
                if _same(part, sign * number * value):
                    return Related(sign * product, name)
    return None


def _products(factors: Mapping[sp.Expr, Array], shape: Sequence[int]) -> Iterator[tuple[sp.Expr, Array]]:
    """Yields the products of few factors and of their inverses, the shortest first."""
    powers = [(factor**k, values**k) for factor, values in factors.items() for k in (1, -1)]
    for many in range(MOST_FACTORS + 1):
        for chosen in itertools.combinations(powers, many):
            yield sp.Mul(*(factor for factor, _ in chosen)), np.prod([values for _, values in chosen], axis=0) + np.zeros(shape)


def _same(one: Array, other: Array) -> bool:
    return bool(np.all(np.isfinite(one)) and np.allclose(one, other, rtol=CLOSE, atol=0.0))
