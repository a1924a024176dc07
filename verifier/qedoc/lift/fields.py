"""Arrays of any length: a shape of symbolic dimensions and an expression in the indices; and the rules of primitives for them.

Indices count from 0. A rule gets the operands and the parameters of a primitive. Elementwise primitives have the rules of single numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial as bound
from itertools import count
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import either, is_condition, relate
from qedoc.algebra.large import Largest, Smallest, indicator
from qedoc.errors import UnsupportedError
from qedoc.lift.hidden import is_hidden, over_hidden
from qedoc.lift.rules import number

Places = tuple[sp.Expr, ...]

_COUNTER = count(1)


@dataclass(frozen=True, slots=True)
class Field:
    """An array of any length.

    Args:
        shape: the dimensions, which are positive.
        at: the entry at indices, one for each dimension.
    """

    shape: tuple[sp.Expr, ...]
    at: Callable[[Places], Any]

    def moved(self, shape: Sequence[sp.Expr], place: Callable[[Places], Places]) -> "Field":
        """The array whose entry at some indices is the entry of this one at the indices that `place` gives."""
        return Field(tuple(shape), lambda places: self.at(place(places)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldStep:
    """One call of a primitive.

    Args:
        params: the parameters of the primitive.
        operands: its operands.
        shapes: the shapes of its results.
        dimension: reads a dimension as an expression.
    """

    params: dict[str, Any]
    operands: tuple[Field, ...]
    shapes: tuple[tuple[sp.Expr, ...], ...]
    dimension: Callable[[Any], sp.Expr]

    def refuse(self, message: str) -> UnsupportedError:
        """Returns an error that says what has no rule."""
        return UnsupportedError(message, None)


FieldRule = Callable[[FieldStep], list[Field]]


def index() -> sp.Symbol:
    """A new index."""
    return sp.Symbol(f"_k{next(_COUNTER)}", integer=True, nonnegative=True)


def numeric(value: Any) -> sp.Expr:
    """A truth value as 1 or 0; a number as it is."""
    return number(value) if is_condition(value) else value


def over(operation: Any, body: Callable[[Places], Any], lengths: Sequence[sp.Expr]) -> sp.Expr:
    """A sum, product or extreme value over indices from 0 to below lengths."""
    indices = tuple(index() for _ in lengths)
    places = tuple(sp.S.Zero if length == 1 else k for k, length in zip(indices, lengths, strict=True))
    value = body(places)
    value = indicator(value) if is_condition(value) else value
    limits = [(k, 0, length - 1) for k, length in zip(indices, lengths, strict=True) if length != 1]
    if limits and is_hidden(value):
        return over_hidden(operation, value, limits)
    return operation(value, *limits) if limits else value


def folded(operation: Any) -> FieldRule:
    """A reduction over `axes`."""

    def rule(step: FieldStep) -> list[Field]:
        (operand,) = step.operands
        axes = tuple(step.params["axes"])
        lengths = [operand.shape[axis] for axis in axes]

        def at(places: Places) -> sp.Expr:
            return over(operation, lambda inner: operand.at(_woven(axes, inner, places)), lengths)

        return [Field(step.shapes[0], at)]

    return rule


def _woven(axes: Sequence[int], inner: Places, outer: Places) -> Places:
    """Indices at some axes and, in order, at the others."""
    own, rest = dict(zip(axes, inner, strict=True)), iter(outer)
    return tuple(own[axis] if axis in own else next(rest) for axis in range(len(inner) + len(outer)))


def accumulated(operation: Any) -> FieldRule:
    """A running reduction along `axis`."""

    def rule(step: FieldStep) -> list[Field]:
        (operand,) = step.operands
        axis, reverse = step.params["axis"], step.params["reverse"]

        def at(places: Places) -> sp.Expr:
            k = index()
            limits = (k, places[axis], operand.shape[axis] - 1) if reverse else (k, 0, places[axis])
            return operation(numeric(operand.at((*places[:axis], k, *places[axis + 1 :]))), limits)

        return [Field(step.shapes[0], at)]

    return rule


def log_sum_exp(value: sp.Expr, limits: Any) -> sp.Expr:
    """log of the sum of exp over an index."""
    return sp.log(sp.Sum(sp.exp(value), limits))


def holding(is_all: bool) -> FieldRule:
    """Whether all truth values along `axes` hold, or any."""
    smallest = folded(Smallest if is_all else Largest)

    def rule(step: FieldStep) -> list[Field]:
        (made,) = smallest(step)
        return [Field(made.shape, lambda places: relate("gt", made.at(places), sp.S.Zero))]

    return rule


def broadcast(step: FieldStep) -> list[Field]:
    """broadcast_in_dim: an axis of length 1 is repeated."""
    operand = step.operands[0]
    axes = tuple(step.params["broadcast_dimensions"])
    single = [length == 1 for length in operand.shape]

    def place(places: Places) -> Places:
        return tuple(sp.S.Zero if one else places[axis] for one, axis in zip(single, axes, strict=True))

    return [operand.moved(step.shapes[0], place)]


def squeeze(step: FieldStep) -> list[Field]:
    """Drops axes of length 1."""
    axes = tuple(step.params["dimensions"])
    zeros = (sp.S.Zero,) * len(axes)
    return [step.operands[0].moved(step.shapes[0], lambda places: _woven(axes, zeros, places))]


def reshape(step: FieldStep) -> list[Field]:
    """Adds and drops axes of length 1.

    Raises:
        UnsupportedError: for any other change of the shape.
    """
    operand = step.operands[0]
    old = [axis for axis, length in enumerate(operand.shape) if length != 1]
    new = [axis for axis, length in enumerate(step.shapes[0]) if length != 1]
    if [operand.shape[axis] for axis in old] != [step.shapes[0][axis] for axis in new]:
        raise step.refuse("a reshape that joins or divides axes of any length has no rule")

    def place(places: Places) -> Places:
        found = dict(zip(old, (places[axis] for axis in new), strict=True))
        return tuple(found.get(axis, sp.S.Zero) for axis in range(len(operand.shape)))

    return [operand.moved(step.shapes[0], place)]


def transpose(step: FieldStep) -> list[Field]:
    """Permutes axes."""
    order = tuple(step.params["permutation"])
    return [step.operands[0].moved(step.shapes[0], lambda places: tuple(places[order.index(axis)] for axis in range(len(order))))]


def rev(step: FieldStep) -> list[Field]:
    """Reverses axes."""
    axes, shape = step.params["dimensions"], step.operands[0].shape

    def place(places: Places) -> Places:
        return tuple(shape[axis] - 1 - k if axis in axes else k for axis, k in enumerate(places))

    return [step.operands[0].moved(step.shapes[0], place)]


def sliced(step: FieldStep) -> list[Field]:
    """A slice with known ends."""
    starts = [step.dimension(start) for start in step.params["start_indices"]]
    strides = step.params["strides"] or (1,) * len(starts)

    def place(places: Places) -> Places:
        return tuple(start + stride * k for start, stride, k in zip(starts, strides, places, strict=True))

    return [step.operands[0].moved(step.shapes[0], place)]


def split(step: FieldStep) -> list[Field]:
    """Divides an axis into parts."""
    axis, start = step.params["axis"], sp.S.Zero
    parts = []
    for shape in step.shapes:
        parts.append(step.operands[0].moved(shape, bound(_shifted, axis, start)))
        start += shape[axis]
    return parts


def _shifted(axis: int, by: sp.Expr, places: Places) -> Places:
    return (*places[:axis], places[axis] + by, *places[axis + 1 :])


def concatenate(step: FieldStep) -> list[Field]:
    """Joins arrays along an axis."""
    axis = step.params["dimension"]

    def at(places: Places) -> Any:
        ends, end = [], sp.S.Zero
        for operand in step.operands:
            ends.append((operand, end))
            end += operand.shape[axis]
        result = None
        for operand, start in reversed(ends):
            here = operand.at(_shifted(axis, -start, places))
            limit = start + operand.shape[axis]
            result = here if result is None else either(relate("lt", places[axis], limit), here, result)
        return result

    return [Field(step.shapes[0], at)]


def stack(step: FieldStep) -> list[Field]:
    """Joins arrays along a new axis."""
    axis = step.params["axis"]

    def at(places: Places) -> Any:
        inside = (*places[:axis], *places[axis + 1 :])
        result = step.operands[-1].at(inside)
        for position, operand in reversed(list(enumerate(step.operands[:-1]))):
            result = either(relate("eq", places[axis], sp.Integer(position)), operand.at(inside), result)
        return result

    return [Field(step.shapes[0], at)]


def pad(step: FieldStep) -> list[Field]:
    """Pads with a value.

    Raises:
        UnsupportedError: if entries are cut off or padded between.
    """
    operand, value = step.operands
    ends = [tuple(map(step.dimension, one)) for one in step.params["padding_config"]]
    if any(between != 0 or low.is_negative or high.is_negative for low, high, between in ends):
        raise step.refuse("padding between entries and cutting off have no rule")

    def at(places: Places) -> Any:
        inside = sp.And(
            *(relate("ge", k, low) for k, (low, _, _) in zip(places, ends, strict=True)),
            *(relate("lt", k, low + length) for k, (low, _, _), length in zip(places, ends, operand.shape, strict=True)),
        )
        there = tuple(k - low for k, (low, _, _) in zip(places, ends, strict=True))
        return either(inside, operand.at(there), value.at(()))

    return [Field(step.shapes[0], at)]


def iota(step: FieldStep) -> list[Field]:
    """The index along an axis."""
    axis = step.params["dimension"]
    return [Field(step.shapes[0], lambda places: places[axis])]


def dimension_value(step: FieldStep) -> list[Field]:
    """The length of an axis as a number."""
    value = step.dimension(step.params["dim"])
    return [Field((), lambda places: value)]


def platform(step: FieldStep) -> list[Field]:
    """The position of the implementation for the platform, which is the CPU for all checks."""
    named = [place for place, names in enumerate(step.params["platforms"]) if names is None or "cpu" in names]
    if not named:
        raise step.refuse("the code has no implementation for the CPU")
    position = sp.Integer(named[0])
    return [Field((), lambda places: position)]


def dot_general(step: FieldStep) -> list[Field]:
    """Sums of products over the contracted axes."""
    left, right = step.operands
    (contract_left, contract_right), (batch_left, batch_right) = step.params["dimension_numbers"]
    free_left = [axis for axis in range(len(left.shape)) if axis not in (*contract_left, *batch_left)]
    free_right = [axis for axis in range(len(right.shape)) if axis not in (*contract_right, *batch_right)]
    lengths = [left.shape[axis] for axis in contract_left]

    def at(places: Places) -> sp.Expr:
        batch, rest = places[: len(batch_left)], places[len(batch_left) :]

        def term(inner: Places) -> sp.Expr:
            one = dict(zip((*batch_left, *free_left, *contract_left), (*batch, *rest[: len(free_left)], *inner), strict=True))
            other = dict(zip((*batch_right, *free_right, *contract_right), (*batch, *rest[len(free_left) :], *inner), strict=True))
            pair = (left.at(tuple(one[k] for k in sorted(one))), right.at(tuple(other[k] for k in sorted(other))))
            return sp.Mul(*map(numeric, pair))

        return over(sp.Sum, term, lengths)

    return [Field(step.shapes[0], at)]


FIELD_RULES: dict[str, FieldRule] = {
    "broadcast_in_dim": broadcast,
    "concatenate": concatenate,
    "cumlogsumexp": accumulated(log_sum_exp),
    "cummax": accumulated(Largest),
    "cummin": accumulated(Smallest),
    "cumprod": accumulated(sp.Product),
    "cumsum": accumulated(sp.Sum),
    "dim_as_value": dimension_value,
    "dot_general": dot_general,
    "iota": iota,
    "pad": pad,
    "platform_index": platform,
    "reduce_and": holding(is_all=True),
    "reduce_max": folded(Largest),
    "reduce_min": folded(Smallest),
    "reduce_or": holding(is_all=False),
    "reduce_prod": folded(sp.Product),
    "reduce_sum": folded(sp.Sum),
    "reshape": reshape,
    "rev": rev,
    "slice": sliced,
    "split": split,
    "squeeze": squeeze,
    "stack": stack,
    "transpose": transpose,
}
