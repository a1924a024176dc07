"""Entries of vectors as formulas write them: at running indices, at labels, or implicit between vectors."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.records import Unranged
from qedoc.read import WHOLE

_FREE = ("i", "j", "r", "s", "position")


@dataclass(frozen=True, slots=True)
class Range:
    """The values of an index of a sum or product. The last one may be an Extent."""

    symbol: sp.Symbol
    first: sp.Expr
    last: sp.Expr


def bases(value: sp.Expr) -> dict[str, int]:
    """Returns the vectors of a value, each with its number of indices.

    Raises:
        Unranged: for a vector that is written with different numbers of indices.
    """
    found: dict[str, int] = {}
    written = [(entry.base.label.name, len(entry.indices)) for entry in sorted(value.atoms(sp.Indexed), key=str)]
    for name, rank in (*written, *((call.args[0].name, 2) for call in sorted(value.atoms(*WHOLE), key=str))):
        if found.setdefault(name, rank) != rank:
            raise Unranged(f"{name} is written with {found[name]} and with {rank} indices")
    return found


def summed(expression: Any) -> Iterator[Range]:
    """Yields the indices of sums and products, with their ranges.

    Raises:
        Unranged: for a sum without a range.
    """
    for part in expression.atoms(*LARGE):
        for limit in part.limits:
            if len(limit) != 3:
                raise Unranged(f"the sum over {limit[0]} has no range", "write the first and the last value")
            yield Range(*limit)


def standing_alone(value: Any) -> set[sp.Symbol]:
    """Symbols that occur on their own, not as the name or the index of an entry."""
    if isinstance(value, (sp.Indexed, *WHOLE)):
        return set()
    if isinstance(value, sp.KroneckerDelta) and all(isinstance(index, sp.Symbol) for index in value.args):
        return set()  # whether two indices are equal does not depend on where they start
    if isinstance(value, sp.Symbol):
        return {value}
    if isinstance(value, sp.Subs | sp.Lambda):
        return set(value.xreplace({entry: sp.Dummy() for entry in value.atoms(sp.Indexed, *WHOLE)}).free_symbols)
    if isinstance(value, (sp.Integral, *LARGE)):
        inside = standing_alone(value.function) - {limit[0] for limit in value.limits}
        return inside.union(*(standing_alone(end) for limit in value.limits for end in limit[1:]))
    return set[sp.Symbol]().union(*map(standing_alone, value.args))


def without_orders(value: sp.Expr) -> sp.Expr:
    """A value without the orders between the index of a sum and another one: they do not depend on where both start.

    Args:
        value: a value in entries.
    """
    put: dict[sp.Basic, sp.Basic] = {}
    for large in value.atoms(*LARGE):
        inside = {limit[0] for limit in large.limits}
        for order in large.function.atoms(sp.Rel):
            if len(order.free_symbols & inside) == 1 and all(isinstance(side, sp.Symbol) for side in order.args):
                put[order] = sp.true
    return value.xreplace(put)


def opened(value: sp.Expr, ranks: Mapping[str, int], result: list[sp.Symbol]) -> tuple[sp.Expr, list[sp.Symbol], tuple[str, ...]]:
    """Rewrites a formula between vectors for one entry: each vector on its own becomes its entry at a free index.

    Args:
        value: the formula.
        ranks: its vectors.
        result: the indices on the left side.

    Returns:
        the formula, the indices of the result, and a note.
    """
    plain = sorted(name for name in ranks if sp.Symbol(name) in standing_alone(value))
    if not plain:
        return value, result, ()
    if result or any(ranks[name] != 1 for name in plain):
        raise Unranged(f"{plain[0]} is written with and without its indices")
    free = sp.Symbol(_unused(value, _FREE))
    hidden = {entry: sp.Dummy() for entry in value.atoms(sp.Indexed, *WHOLE)}
    value = value.xreplace(hidden).xreplace({sp.Symbol(name): sp.IndexedBase(sp.Symbol(name))[free] for name in plain})
    value = value.xreplace({dummy: entry for entry, dummy in hidden.items()})
    return value, [free], (f"{', '.join(plain)} outside a sum stands for its entry at {free}",)


@dataclass(frozen=True, slots=True)
class Label:
    """A vector whose entries, counted from 0, select an entry of another: `x[i, y[i]]`.

    Args:
        vector: the array that it selects from.
        place: the axis of the selection.
    """

    vector: str
    place: int


def labels(value: sp.Expr) -> dict[str, Label]:
    """Returns the label vectors of a value, by name.

    Raises:
        Unranged: for labels that select in several places.
    """
    found: dict[str, Label] = {}
    for entry in sorted(value.atoms(sp.Indexed), key=str):
        for place, index in enumerate(entry.indices):
            if isinstance(index, sp.Indexed):
                label = Label(entry.base.label.name, place)
                if len(index.indices) != 1 or found.setdefault(index.base.label.name, label) != label:
                    raise Unranged(f"the labels in {entry} select entries in several places")
    return found


def chosen(value: sp.Expr, name: str, first: sp.Expr, at: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """Replaces labels in a value by given ones.

    Args:
        value: the formula.
        name: the label vector.
        first: the index of the first entry to select from.
        at: returns the label at an index.
    """
    put: dict[sp.Expr, sp.Expr] = {}
    for entry in value.atoms(sp.Indexed):
        indices = [first + at(i.indices[0]) if isinstance(i, sp.Indexed) and i.base.label.name == name else i for i in entry.indices]
        put[entry] = at(entry.indices[0]) if entry.base.label.name == name else entry.base[tuple(indices)]
    return value.xreplace(put)


def _unused(value: sp.Expr, letters: tuple[str, ...]) -> str:
    taken = {symbol.name for symbol in value.atoms(sp.Symbol)}
    return next(letter for letter in (*letters, *(f"{letters[-1]}_{k}" for k in range(1, 99))) if letter not in taken)
