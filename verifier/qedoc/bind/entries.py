"""Entries of vectors as formulas write them: at indices that run, at labels, or left out between vectors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.bind.records import Obstruction
from qedoc.read import extent

_SELECTORS = ("c", "d", "q", "selected")
_FREE = ("i", "j", "r", "s", "position")


@dataclass(frozen=True, slots=True)
class Range:
    """The values of an index of a sum or product; the last one may be an Extent."""

    symbol: sp.Symbol
    first: sp.Expr
    last: sp.Expr


def bases(value: sp.Expr) -> dict[str, int]:
    """The vectors of a value, each with the number of its indices.

    Raises:
        Obstruction: for a vector that is written with different numbers of indices.
    """
    found: dict[str, int] = {}
    for entry in sorted(value.atoms(sp.Indexed), key=str):
        name, rank = entry.base.label.name, len(entry.indices)
        if found.setdefault(name, rank) != rank:
            raise Obstruction(f"{name} is written with {found[name]} and with {rank} indices")
    return found


def summed(expression: Any) -> Iterator[Range]:
    """The indices of sums and products, with their ranges.

    Raises:
        Obstruction: for a sum without a range.
    """
    for part in expression.atoms(sp.Sum, sp.Product):
        for limit in part.limits:
            if len(limit) != 3:
                raise Obstruction(f"the sum over {limit[0]} has no range", "write the first and the last value")
            yield Range(*limit)


def standing_alone(value: sp.Expr) -> set[sp.Symbol]:
    """Symbols that stand alone, not as the name or the index of an entry."""
    hidden: set[sp.Symbol] = value.xreplace({entry: sp.Dummy() for entry in value.atoms(sp.Indexed)}).free_symbols
    return hidden


def opened(value: sp.Expr, ranks: Mapping[str, int], result: list[sp.Symbol]) -> tuple[sp.Expr, list[sp.Symbol], tuple[str, ...]]:
    """A formula between vectors, entry by entry: a vector that stands alone is its entry at a free index.

    Args:
        value: the formula.
        ranks: its vectors.
        result: the indices that its left side names.

    Returns:
        the formula, the indices of the result, and a note.
    """
    plain = sorted(name for name in ranks if sp.Symbol(name) in standing_alone(value))
    if not plain:
        return value, result, ()
    if result or any(ranks[name] != 1 for name in plain):
        raise Obstruction(f"{plain[0]} is written with and without its indices")
    free = sp.Symbol(_unused(value, _FREE))
    hidden = {entry: sp.Dummy() for entry in value.atoms(sp.Indexed)}
    value = value.xreplace(hidden).xreplace({sp.Symbol(name): sp.IndexedBase(sp.Symbol(name))[free] for name in plain})
    value = value.xreplace({dummy: entry for entry, dummy in hidden.items()})
    return value, [free], (f"{', '.join(plain)} outside of sums is its entry at {free}",)


def selected(value: sp.Expr) -> tuple[sp.Expr, dict[str, tuple[str, int]]]:
    """Entries at a label, `x[i, y[i]]`, written as a sum over the entries of which the label selects one.

    Returns:
        the value, and for each vector of labels the vector and the axis that it selects from.
    """
    labels: dict[str, tuple[str, int]] = {}
    ranges = {r.symbol: r for r in summed(value)}
    for entry in sorted(value.atoms(sp.Indexed), key=str):
        places = [place for place, index in enumerate(entry.indices) if isinstance(index, sp.Indexed)]
        if not places:
            continue
        (place, *more), name = places, entry.base.label.name
        label = entry.indices[place]
        if more or labels.setdefault(label.base.label.name, (name, place)) != (name, place):
            raise Obstruction(f"the entry {entry} has labels in several places")
        beside = [e.indices[place] for e in value.atoms(sp.Indexed) if e.base == entry.base and e.indices[place] in ranges]
        first = ranges[beside[0]].first if beside else sp.Integer(1)
        c = sp.Symbol(_unused(value, _SELECTORS))
        at = (*entry.indices[:place], c, *entry.indices[place + 1 :])
        chosen = sp.Piecewise((sp.IndexedBase(entry.base.label)[at], sp.Eq(label, c - first)), (0, True))
        value = value.xreplace({entry: sp.Sum(chosen, (c, first, extent(c.name)))})
    return value, labels


def _unused(value: sp.Expr, letters: tuple[str, ...]) -> str:
    taken = {symbol.name for symbol in value.atoms(sp.Symbol)}
    return next(letter for letter in (*letters, *(f"{letters[-1]}_{k}" for k in range(1, 99))) if letter not in taken)
