"""Rules of primitives that combine the elements of an array; arrays are numpy object arrays of spans."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

from qedoc.execute.precision import FORMATS
from qedoc.execute.rounding import Known, Span, Step, hull, point, settle, widen
from qedoc.execute.rounding_rules import apply

Array: TypeAlias = np.ndarray[Any, Any]

_LONGEST = 32  # longer running products are unknown


def array(items: Sequence[Known], shape: tuple[int, ...]) -> Array:
    """Creates an object array. NumPy alone would try to convert the items."""
    made = np.empty(len(items), dtype=object)
    made[:] = items
    return made.reshape(shape)


def elementwise(step: Step, *operands: Array) -> Array:
    """Applies the scalar rule to each element."""
    spread = np.broadcast_arrays(*operands)
    return array([apply(step, *spans) for spans in zip(*(a.ravel() for a in spread), strict=True)], spread[0].shape)


def total(step: Step, terms: Sequence[Known]) -> Known:
    """A sum in any order: each of its n terms can be rounded n times."""
    known = [a for a in terms if isinstance(a, Span)]
    if len(known) < len(terms):
        return None
    known = [a for a in known if a != point(0)]
    exact = Span(sum((a.lower for a in known), Fraction(0)), sum((a.upper for a in known), Fraction(0)))
    size = sum((a.magnitude for a in known), Fraction(0))
    if step.dtype in FORMATS and size > FORMATS[step.dtype].largest:
        return None  # another order can overflow
    slack = len(known) * step.unit * size if len(known) > 1 else Fraction(0)
    return settle(widen(exact, Fraction(0), slack), step.dtype)


def products(step: Step, terms: Sequence[Known]) -> list[Known]:
    """The running products, in any order of multiplication."""
    if len(terms) > _LONGEST:
        return [None] * len(terms)
    multiply = replace(step, name="mul")
    best: dict[tuple[int, int], Known] = {(k, k): term for k, term in enumerate(terms)}
    for length in range(1, len(terms)):
        for i in range(len(terms) - length):
            j = i + length
            best[i, j] = hull(apply(multiply, best[i, k], best[k + 1, j]) for k in range(i, j))
    return [best[0, j] for j in range(len(terms))]


def _reduce(f: Callable[[Step, Sequence[Known]], Known]) -> Callable[[Step, Array], Array]:
    def rule(step: Step, a: Array) -> Array:
        axes = tuple(step.params["axes"])
        kept = [k for k in range(a.ndim) if k not in axes]
        shape = tuple(a.shape[k] for k in kept)
        rows = a.transpose(*kept, *axes).reshape(math.prod(shape), -1)
        return array([f(step, row.tolist()) for row in rows], shape)

    return rule


def _fold(name: str) -> Callable[[Step, Sequence[Known]], Known]:
    return lambda step, terms: reduce(lambda a, b: apply(replace(step, name=name), a, b), terms)


def _running(f: Callable[[Step, Sequence[Known]], Sequence[Known]]) -> Callable[[Step, Array], Array]:
    def rule(step: Step, a: Array) -> Array:
        axis, back = step.params["axis"], -1 if step.params["reverse"] else 1
        rows = np.moveaxis(a, axis, -1)
        found = [span for row in rows.reshape(-1, a.shape[axis]) for span in list(f(step, row[::back].tolist()))[::back]]
        return np.moveaxis(array(found, rows.shape), -1, axis)

    return rule


def _prefixes(f: Callable[[Step, Sequence[Known]], Known]) -> Callable[[Step, Sequence[Known]], Sequence[Known]]:
    return lambda step, terms: [f(step, terms[: k + 1]) for k in range(len(terms))]


def dot(step: Step, a: Array, b: Array) -> Array:
    """Sums of products, with room for the rounding and the underflow of each product."""
    (summed_a, summed_b), (batch_a, batch_b) = step.params["dimension_numbers"]
    free_a = [k for k in range(a.ndim) if k not in (*summed_a, *batch_a)]
    free_b = [k for k in range(b.ndim) if k not in (*summed_b, *batch_b)]
    batch, rows, columns = ([x.shape[k] for k in axes] for x, axes in ((a, batch_a), (a, free_a), (b, free_b)))
    left = a.transpose(*batch_a, *free_a, *summed_a).reshape(math.prod(batch), math.prod(rows), -1)
    right = b.transpose(*batch_b, *free_b, *summed_b).reshape(math.prod(batch), math.prod(columns), -1)
    multiply = replace(step, name="mul")
    found = [
        total(step, [apply(multiply, x, y) for x, y in zip(row, column, strict=True)])
        for group in range(math.prod(batch))
        for row in left[group]
        for column in right[group]
    ]
    return array(found, (*batch, *rows, *columns))


ARRAYS: dict[str, Callable[..., Array]] = {
    "reduce_sum": _reduce(total),
    "reduce_max": _reduce(_fold("max")),
    "reduce_min": _reduce(_fold("min")),
    "psum": _reduce(total),
    "pmax": _reduce(_fold("max")),
    "pmin": _reduce(_fold("min")),
    "reduce_and": _reduce(_fold("and")),
    "reduce_or": _reduce(_fold("or")),
    "cumsum": _running(_prefixes(total)),
    "cumprod": _running(products),
    "cummax": _running(_prefixes(_fold("max"))),
    "cummin": _running(_prefixes(_fold("min"))),
    "dot_general": dot,
}
