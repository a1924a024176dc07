"""Computes numbers of formulas with sums over the entries of arrays, with one array operation for each sum."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

from qedoc.algebra.large import LARGE, Largest, Smallest
from qedoc.lift.literals import BallLiteral

Array: TypeAlias = np.ndarray[Any, Any]

MOST_TERMS = 2_000_000
"""Maximum number of terms that are computed at once."""

MOST_CALLS = 3000
"""Maximum number of values of a function that NumPy does not have."""


class TooManyTermsError(Exception):
    """The value needs more than `MOST_TERMS` terms."""


def vectorised(value: sp.Expr, known: Mapping[str, Any]) -> float | None:
    """The number that a formula with sums stands for in float64; None if it has no value there, too many terms, or a step beyond floats.

    Args:
        value: the formula.
        known: the arrays, scalars and lengths by name.
    """
    try:
        with np.errstate(divide="ignore", invalid="ignore", over="raise", under="raise"):  # a product of many numbers may be no float
            found = _value(value, {name: np.asarray(one) for name, one in known.items()}, 0)
    except (TooManyTermsError, ArithmeticError, LookupError, ValueError, TypeError):  # a root of a negative number is complex
        return None
    return float(found) if found.size == 1 and np.isrealobj(found) and np.isfinite(found).all() else None


def _value(part: sp.Basic, known: Mapping[str, Array], depth: int) -> Array:
    """The values of a part. Each index of a sum has an axis of its own; that of the innermost sum is the first one.

    Raises:
        TooManyTermsError: if there are too many terms.
    """
    if isinstance(part, sp.Symbol):
        return known[part.name] if part.name in known or not isinstance(part, BallLiteral) else np.asarray(float(part.midpoint))
    if isinstance(part, sp.Indexed):
        return _entries(known[str(part.base.label)], [_value(place, known, depth) for place in part.indices])
    if isinstance(part, LARGE):
        return _joined(part, known, depth)
    if isinstance(part, sp.Piecewise):
        rows = [(_value(row, known, depth), _value(condition, known, depth)) for row, condition in part.args]
        shape = np.broadcast_shapes(*(one.shape for row in rows for one in row))
        spread = [[np.broadcast_to(one, shape) for one in row] for row in rows]
        return np.select([condition.astype(bool) for _, condition in spread], [row.astype(float) for row, _ in spread], np.nan)
    if part in (sp.true, sp.false):
        return np.asarray(part == sp.true)
    if part.is_number and not part.free_symbols:
        return np.asarray(float(part))
    return _applied(part, [_value(argument, known, depth) for argument in part.args])


def _entries(array: Array, places: list[Array]) -> Array:
    """The entries of an array; nan outside of it."""
    whole = [np.asarray(np.rint(place.astype(float)), dtype=int) for place in places]
    inside = [(place >= 0) & (place < length) for place, length in zip(whole, array.shape, strict=True)]
    read = array[tuple(np.clip(place, 0, length - 1) for place, length in zip(whole, array.shape, strict=True))]
    return np.where(np.logical_and.reduce(np.broadcast_arrays(*inside)), read, np.nan)


_OPERATIONS: dict[Any, tuple[Callable[..., Any], float]] = {
    sp.Sum: (np.sum, 0.0),
    sp.Product: (np.prod, 1.0),
    Largest: (np.max, -np.inf),
    Smallest: (np.min, np.inf),
}
"""How values are joined, and the value that changes nothing."""


def _joined(part: Any, known: Mapping[str, Array], depth: int) -> Array:
    body, *inner, (index, low, high) = part.args
    body = part.func(body, *inner) if inner else body
    first, last = (np.asarray(_value(end, known, depth)) for end in (low, high))
    places = np.arange(int(first.min()), int(last.max()) + 1).reshape(-1, *(1,) * depth)
    values = _value(body, {**known, index.name: places}, depth + 1)
    shape = np.broadcast_shapes(values.shape, places.shape, first.shape, last.shape)
    if int(np.prod(shape, dtype=float)) > MOST_TERMS:
        raise TooManyTermsError
    fold, neutral = _OPERATIONS[part.func]
    counted = np.where((first <= places) & (places <= last), np.broadcast_to(values, shape), neutral)
    return np.asarray(fold(counted, axis=0))


_RELATIONS: dict[Any, Callable[..., Any]] = {
    sp.Eq: np.equal,
    sp.Ne: np.not_equal,
    sp.Lt: np.less,
    sp.Le: np.less_equal,
    sp.Gt: np.greater,
    sp.Ge: np.greater_equal,
    sp.Not: np.logical_not,
    sp.exp: np.exp,
    sp.log: np.log,
    sp.Abs: np.abs,
    sp.sign: np.sign,
    sp.tanh: np.tanh,
    sp.sin: np.sin,
    sp.cos: np.cos,
    sp.cosh: np.cosh,
    sp.floor: np.floor,
}
_FOLDED: dict[Any, Callable[..., Any]] = {
    sp.Add: np.add,
    sp.Mul: np.multiply,
    sp.Max: np.maximum,
    sp.Min: np.minimum,
    sp.And: np.logical_and,
    sp.Or: np.logical_or,
}


def _applied(part: sp.Basic, values: list[Array]) -> Array:
    if part.func in _FOLDED:
        result = values[0]
        for value in values[1:]:
            result = np.asarray(_FOLDED[part.func](result, value))
        return result
    if isinstance(part, sp.Pow):
        return np.asarray(np.power(values[0].astype(float), values[1].astype(float)))
    if part.func in _RELATIONS and (len(values) == 1 or part.is_Relational):
        return np.asarray(_RELATIONS[part.func](*values))
    if np.broadcast(*values).size > MOST_CALLS:
        raise TooManyTermsError
    return np.asarray(np.vectorize(lambda *numbers: float(part.func(*map(float, numbers))))(*values))
