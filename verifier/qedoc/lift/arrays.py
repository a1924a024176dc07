"""Rules for primitives that move, join or fold the elements of arrays.

Primitives that only move data need no rule of their own. The primitive itself runs on the positions of the elements, and its result says
where each element came from. The order of `sort`, `argmax` and `top_k` follows the concrete values, and the path records it as a condition.
"""

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp

from qedoc.algebra.conditions import is_condition, relate
from qedoc.algebra.infinities import added
from qedoc.algebra.partial import UNDEFINED, Partial, conjunction, disjunction, partial, strict
from qedoc.lift.bits import UNFOLLOWED, Bits, float_of
from qedoc.lift.concrete import MOVES
from qedoc.lift.literals import literal
from qedoc.lift.rules import maximum, minimum, number

Elements = Any  # numpy object arrays of `Partial`


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """An array with its concrete and its symbolic values.

    Args:
        value: the concrete values.
        parts: a `Partial` for each element, of the same shape.
    """

    value: np.ndarray[Any, Any]
    parts: Elements


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One call of a primitive.

    Args:
        params: the primitive's parameters.
        operands: its operands.
        bind: runs the primitive on other concrete arrays, with the given parameters. Returns a list of results.
        record: records a condition that the result depends on.
        pin: records that each element of an operand has its concrete value, and returns these values; with the first and the last place
            of an axis, values beyond them are told from the others only.
    """

    params: dict[str, Any]
    operands: tuple[Operand, ...]
    bind: Callable[..., Any]
    record: Callable[[Partial], None]
    pin: Callable[..., np.ndarray[Any, Any]]

    @property
    def parts(self) -> tuple[Elements, ...]:
        """The elements of each operand."""
        return tuple(operand.parts for operand in self.operands)


ArrayRule = Callable[[Step], Sequence[Elements]]


def elements(items: Sequence[Any], shape: Sequence[int]) -> Elements:
    """An object array of the items; numpy must not look into them."""
    made: Elements = np.empty(len(items), dtype=object)
    made[:] = items
    return made.reshape(tuple(shape))


def moved(*data: int) -> ArrayRule:
    """Returns the rule of a primitive that moves data.

    Args:
        data: positions of the operands that are data; all, if there are none. The other operands are positions and must be concrete.
    """

    def rule(step: Step) -> list[Elements]:
        places = data or range(len(step.operands))
        pool: list[Any] = []
        arguments = []
        for place, operand in enumerate(step.operands):
            if place in places:
                arguments.append(np.arange(len(pool), len(pool) + operand.parts.size, dtype=np.int64).reshape(operand.parts.shape))
                pool += list(operand.parts.ravel())
            else:
                arguments.append(step.pin(operand, _ends(step)))
        return [_picked(pool, positions) for positions in step.bind(*arguments)]

    return rule


def gather(step: Step) -> list[Elements]:
    """Returns the entries at concrete positions. A position outside of the array gives the fill value of the primitive."""
    entries, *_ = step.operands
    pool = list(entries.parts.ravel())
    positions = np.arange(len(pool), dtype=np.int64).reshape(entries.parts.shape)
    fill = step.params.get("fill_value")
    changed: dict[str, int] = {}
    if fill is not None and np.isnan(fill):
        changed = {"fill_value": -1}
    elif fill is not None:
        changed = {"fill_value": len(pool)}
        pool.append(partial(literal(fill, entries.value.dtype)))
    found = step.bind(positions, step.pin(step.operands[1], _ends(step)), **changed)
    return [_picked(pool, places) for places in found]


def _ends(step: Step) -> tuple[int, int] | None:
    """The first and the last place at which an array of one axis is read or written: beyond them nothing changes with the index."""
    entries = step.operands[0].parts
    return (0, entries.size - 1) if entries.ndim == 1 else None


def directly(move: Callable[..., Any]) -> ArrayRule:
    """Returns the rule of a primitive that moves data, as a function that works on arrays of any objects."""
    return lambda step: [move(*step.parts, **step.params)]


def recast(step: Step) -> list[Elements]:
    """jax.lax.bitcast_convert_type, between a float and an integer of the same width.

    Raises:
        TypeError: for any other conversion.
    """
    (operand,) = step.operands
    source, target = np.dtype(operand.value.dtype), np.dtype(step.params["new_dtype"])
    if source.itemsize != target.itemsize or {source.kind, target.kind} not in ({"f", "u"}, {"f", "i"}):
        raise TypeError(UNFOLLOWED)
    width = sp.Integer(8 * source.itemsize)
    change = float_of if target.kind == "f" else lambda x: Bits(x, width)
    return [elements([strict(change, part) for part in operand.parts.ravel()], operand.parts.shape)]


def _picked(pool: Sequence[Any], positions: np.ndarray[Any, Any]) -> Elements:
    """A negative position is a gather outside the array, which fills with nan."""
    return elements([pool[p] if p >= 0 else UNDEFINED for p in positions.ravel()], positions.shape)


def folded(fold: Callable[..., Any]) -> ArrayRule:
    """A reduction over `axes`."""

    def rule(step: Step) -> list[Elements]:
        (parts,) = step.parts
        axes = tuple(step.params["axes"])
        kept = [n for axis, n in enumerate(parts.shape) if axis not in axes]
        rows = np.moveaxis(parts, axes, range(len(axes))).reshape(-1, int(np.prod(kept, dtype=int)))
        return [elements([fold(*rows[:, k]) for k in range(rows.shape[1])], kept)]

    return rule


def accumulated(fold: Callable[..., Any]) -> ArrayRule:
    """A running reduction along `axis`."""

    def rule(step: Step) -> list[Elements]:
        (parts,) = step.parts
        lines = np.moveaxis(parts, step.params["axis"], 0)
        lines = lines[::-1] if step.params["reverse"] else lines
        result = lines.copy()
        for place in np.ndindex(lines.shape):
            result[place] = fold(*lines[(slice(0, place[0] + 1), *place[1:])])
        result = result[::-1] if step.params["reverse"] else result
        return [np.moveaxis(result, 0, step.params["axis"])]

    return rule


def total(*items: Partial) -> Partial:
    """The sum."""
    return added(*items)


def product(*items: Partial) -> Partial:
    """The product."""
    return strict(sp.Mul, *items)


def largest(*items: Partial) -> Partial:
    """The largest of the items; -oo if there are none."""
    return strict(lambda *values: reduce(maximum, values, -sp.oo), *items)


def smallest(*items: Partial) -> Partial:
    """The smallest of the items; oo if there are none."""
    return strict(lambda *values: reduce(minimum, values, sp.oo), *items)


def log_sum_exp(*items: Partial) -> Partial:
    """log(exp(x1) + exp(x2) + ...)."""
    return items[0] if len(items) == 1 else strict(lambda *values: sp.log(sp.Add(*map(sp.exp, values))), *items)


def compared(relation: str, left: Partial, right: Partial) -> Partial:
    """A relation between two elements."""
    return strict(lambda a, b: relate(relation, a, b), left, right)


def integers(numbers: np.ndarray[Any, Any]) -> Elements:
    """Known integers as elements."""
    return elements([partial(sp.Integer(int(k))) for k in numbers.ravel()], numbers.shape)


def winner(better: str) -> ArrayRule:
    """argmax (`better` is `gt`) and argmin (`lt`): the concrete winner, with the condition that it wins. The first of equals wins."""

    def rule(step: Step) -> list[Elements]:
        (operand,) = step.operands
        (axis,) = step.params["axes"]
        lines, values = np.moveaxis(_numbers(operand.parts), axis, 0), np.moveaxis(operand.value, axis, 0)
        best = (np.argmax if better == "gt" else np.argmin)(values, axis=0)
        for place in np.ndindex(lines.shape):
            won = int(best[place[1:]])
            if place[0] != won:
                relation = better if place[0] < won else better.replace("t", "e")
                step.record(compared(relation, lines[(won, *place[1:])], lines[place]))
        return [integers(best)]

    return rule


def _ordered(step: Step, parts: Elements, values: np.ndarray[Any, Any], *, descending: bool, count: int) -> np.ndarray[Any, Any]:
    """The stable order of a line's first `count` elements, with the conditions that make it so."""
    order = np.argsort(-values if descending else values, kind="stable")
    for before, after in _neighbours(order, count):
        beats = "gt" if descending else "lt"
        step.record(compared(beats.replace("t", "e") if before < after else beats, parts[before], parts[after]))
    return order[:count]


def _neighbours(order: np.ndarray[Any, Any], count: int) -> Iterator[tuple[int, int]]:
    for k in range(min(count, len(order) - 1)):
        yield order[k], order[k + 1]
    for left_out in order[count + 1 :] if count < len(order) else ():
        yield order[count - 1], left_out


def sort(step: Step) -> list[Elements]:
    """jax.lax.sort by its first operand; the others follow."""
    if step.params["num_keys"] != 1:
        raise NotImplementedError("sort by several keys has no rule")
    axis = step.params["dimension"]
    keys, values = np.moveaxis(step.parts[0], axis, -1), np.moveaxis(step.operands[0].value, axis, -1)
    results = [np.moveaxis(parts, axis, -1).copy() for parts in step.parts]
    for place in np.ndindex(keys.shape[:-1]):
        order = _ordered(step, keys[place], values[place], descending=False, count=keys.shape[-1])
        for result, parts in zip(results, step.parts, strict=True):
            result[place] = np.moveaxis(parts, axis, -1)[place][order]
    return [np.moveaxis(result, -1, axis) for result in results]


def top_k(step: Step) -> list[Elements]:
    """The k largest elements of each line with their positions. Equal elements keep their order."""
    (operand,) = step.operands
    axis, count = step.params.get("axis", -1), step.params["k"]
    keys, values = np.moveaxis(operand.parts, axis, -1), np.moveaxis(operand.value, axis, -1)
    found, where = np.empty((2, *keys.shape[:-1], count), dtype=object)
    for place in np.ndindex(keys.shape[:-1]):
        order = _ordered(step, keys[place], values[place], descending=True, count=count)
        found[place] = keys[place][order]
        where[place] = integers(order)
    return [np.moveaxis(found, -1, axis), np.moveaxis(where, -1, axis)]


def dot_general(step: Step) -> list[Elements]:
    """Sums of products over the contracted dimensions, for each place of the batch and free dimensions."""
    left, right = map(_numbers, step.parts)
    if step.operands[0].value.dtype == step.operands[1].value.dtype == bool:
        raise NotImplementedError("a product of two arrays of truth values has no rule")
    (contract_left, contract_right), (batch_left, batch_right) = step.params["dimension_numbers"]
    left = _arranged(left, batch_left, contract_left)
    right = _arranged(right, batch_right, contract_right)
    batch, inner = left.shape[: len(batch_left)], len(contract_left)
    free_left = left.shape[len(batch_left) : left.ndim - inner]
    free_right = right.shape[len(batch_right) : right.ndim - inner]
    count = int(np.prod(left.shape[left.ndim - inner :], dtype=int))
    blocks = int(np.prod(batch, dtype=int))
    rows, columns = left.reshape(blocks, -1, count), right.reshape(blocks, -1, count)
    sums = [total(*map(product, row, column)) for a, b in zip(rows, columns, strict=True) for row in a for column in b]
    return [elements(sums, (*batch, *free_left, *free_right))]


def symmetric_product(step: Step) -> list[Elements]:
    """`alpha A A^T + beta C`, for each matrix A of a batch."""
    left, right = step.parts
    alpha, beta = (partial(literal(step.params[name], step.operands[0].value.dtype)) for name in ("alpha", "beta"))
    made = np.empty(right.shape, dtype=object)
    for place in np.ndindex(right.shape):
        *batch, i, j = place
        made[place] = total(product(alpha, total(*map(product, left[(*batch, i)], left[(*batch, j)]))), product(beta, right[place]))
    return [made]


def _numbers(parts: Elements) -> Elements:
    return elements([strict(number, x) if is_condition(x.value) else x for x in parts.ravel()], parts.shape)


def _arranged(parts: Elements, batch: Sequence[int], contract: Sequence[int]) -> Elements:
    free = [axis for axis in range(parts.ndim) if axis not in batch and axis not in contract]
    return parts.transpose([*batch, *free, *contract])


def scattered(fold: Callable[..., Any], idle: int, mark: int, start: int) -> ArrayRule:
    """Scatter with a combining function. Each update is scattered alone, as `mark` among `idle`, to find its position."""

    def rule(step: Step) -> list[Elements]:
        operand, indices, updates = step.operands
        places = step.pin(indices)
        result = operand.parts.copy().ravel()
        blank = np.full(operand.parts.shape, start, dtype=operand.value.dtype)
        for k, update in enumerate(updates.parts.ravel()):
            sent = np.full(updates.parts.size, idle, dtype=updates.value.dtype)
            sent[k] = mark
            (landed,) = step.bind(blank, places, sent.reshape(updates.parts.shape))
            for position in np.flatnonzero(landed.ravel() != start):
                result[position] = fold(result[position], update)
        return [result.reshape(operand.parts.shape)]

    return rule


ARRAY_RULES: dict[str, ArrayRule] = {
    "argmax": winner("gt"),
    "argmin": winner("lt"),
    "bitcast_convert_type": recast,
    "broadcast_in_dim": directly(MOVES["broadcast_in_dim"]),
    "concatenate": directly(MOVES["concatenate"]),
    "cumlogsumexp": accumulated(log_sum_exp),
    "cummax": accumulated(largest),
    "cummin": accumulated(smallest),
    "cumprod": accumulated(product),
    "cumsum": accumulated(total),
    "dot_general": dot_general,
    "dynamic_slice": moved(0),
    "dynamic_update_slice": moved(0, 1),
    "gather": gather,
    "pad": moved(),
    "pmax": folded(largest),  # over the axis of `vmap` that has the name
    "pmin": folded(smallest),
    "psum": folded(total),
    "reduce_and": folded(conjunction),
    "reduce_max": folded(largest),
    "reduce_min": folded(smallest),
    "reduce_or": folded(disjunction),
    "reduce_prod": folded(product),
    "reduce_sum": folded(total),
    "reshape": directly(MOVES["reshape"]),
    "rev": directly(MOVES["rev"]),
    "scatter": moved(0, 2),
    "scatter-add": scattered(total, idle=0, mark=1, start=0),
    "scatter-max": scattered(largest, idle=0, mark=1, start=0),
    "scatter-min": scattered(smallest, idle=1, mark=0, start=1),
    "scatter-sub": scattered(lambda old, update: strict(operator.sub, old, update), idle=0, mark=1, start=0),
    "scatter-mul": scattered(product, idle=1, mark=2, start=1),
    "slice": directly(MOVES["slice"]),
    "sort": sort,
    "split": moved(),
    "symmetric_product": symmetric_product,
    "squeeze": directly(MOVES["squeeze"]),
    "stack": directly(MOVES["stack"]),
    "tile": moved(),
    "top_k": top_k,
    "transpose": directly(MOVES["transpose"]),
    "unstack": moved(),
}
