"""Vectors and matrices of a formula: how long each axis is, how its index counts, and which entry of the result is meant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.bind.records import Obstruction
from qedoc.read import Extent
from qedoc.spec import Array, Size

LENGTHS = {1: (1, 2, 3, 4), 2: (1, 2, 3)}
"""Lengths of the axes, by how many independent lengths there are; with more, 1 and 2."""

_NAMES = ("n", "m", "k", "l")


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """The arrays of an equation.

    Args:
        value: the equation's value, with each plain vector read as its entry.
        arrays: for each vector, how it is given to the target.
        entry: where in the result the value stands.
        sizes: lengths, and the free indices of the value.
        where: which sizes go together.
        notes: what was taken without being said.
    """

    value: sp.Expr
    arrays: Mapping[str, Array]
    entry: tuple[sp.Expr, ...]
    sizes: tuple[Size, ...]
    where: tuple[sp.Basic, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Range:
    """The values of an index: the last one may be an Extent."""

    symbol: sp.Symbol
    first: sp.Expr | None = None
    last: sp.Expr | None = None


class _Lengths:
    """Which axes and indices share their length."""

    def __init__(self) -> None:
        self.parent: dict[Any, Any] = {}

    def root(self, node: Any) -> Any:
        while self.parent.setdefault(node, node) != node:
            node = self.parent[node]
        return node

    def join(self, one: Any, other: Any) -> None:
        self.parent[self.root(one)] = self.root(other)

    def classes(self) -> list[list[Any]]:
        """The nodes, those of one length together, in the order in which they came."""
        found: dict[Any, list[Any]] = {}
        for node in self.parent:
            found.setdefault(self.root(node), []).append(node)
        return list(found.values())


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


def summed(expression: Any) -> Iterator[_Range]:
    """The indices of sums and products, with their ranges."""
    for part in expression.atoms(sp.Sum, sp.Product):
        for symbol, first, last in part.limits:
            yield _Range(symbol, first, last)


def axes(left: Any, value: sp.Expr, ranges: Mapping[str, tuple[sp.Expr, sp.Expr]], parameters: frozenset[str]) -> Axes:
    """The arrays of an equation.

    Args:
        left: its left side; entries `sigma[i]` name the indices of the result.
        value: its right side.
        ranges: first and last value of indices that the text gives a range.
        parameters: symbols that are scalar parameters: a length that is one is given by it.

    Raises:
        Obstruction: where lengths or indices have no sure reading.
    """
    ranks = bases(value)
    result = list(left.indices) if isinstance(left, sp.Indexed) else []
    if any(not isinstance(index, sp.Symbol) for index in result):
        raise Obstruction(f"{left} is an entry at {', '.join(map(str, result))}, not at an index", "write the entry at an index")
    plain = sorted(name for name in ranks if sp.Symbol(name) in _outside(value))
    notes: list[str] = []
    if plain:
        value, free = _entries_of(value, ranks, plain, result)
        result = [free]
        notes.append(f"{', '.join(plain)} outside of sums is its entry at {free}")
    reader = _Reader(value, result, ranges)
    return reader.axes(ranks, parameters, tuple(notes))


def _outside(value: sp.Expr) -> set[sp.Symbol]:
    """Symbols that stand alone, not as the name of a vector."""
    return value.xreplace({entry: sp.Dummy() for entry in value.atoms(sp.Indexed)}).free_symbols  # type: ignore[no-any-return]  # sympy is untyped


def _entries_of(value: sp.Expr, ranks: Mapping[str, int], plain: list[str], result: list[sp.Symbol]) -> tuple[sp.Expr, sp.Symbol]:
    """A formula between vectors, entry by entry."""
    if result or any(ranks[name] != 1 for name in plain):
        raise Obstruction(f"{plain[0]} is written with and without its indices")
    taken = {symbol.name for symbol in value.atoms(sp.Symbol)}
    free = sp.Symbol(next(name for name in ("i", "j", "r", "s", "index") if name not in taken))
    hidden = {entry: sp.Dummy() for entry in value.atoms(sp.Indexed)}
    opened = value.xreplace(hidden).xreplace({sp.Symbol(name): sp.IndexedBase(sp.Symbol(name))[free] for name in plain})
    return opened.xreplace({dummy: entry for entry, dummy in hidden.items()}), free


class _Reader:
    """The lengths of one equation."""

    def __init__(self, value: sp.Expr, result: list[sp.Symbol], ranges: Mapping[str, tuple[sp.Expr, sp.Expr]]) -> None:
        self.value, self.result, self.said = value, result, ranges
        self.ranges = {r.symbol: r for r in summed(value)}
        if len(self.ranges) != len({(r.symbol, r.first, r.last) for r in summed(value)}):
            raise Obstruction("one index has different ranges in different sums", "use a letter for each range")
        self.lengths = _Lengths()
        self._gather()

    def _gather(self) -> None:
        for index in (*self.result, *self.ranges):
            self.lengths.root(index)
        for entry in sorted(self.value.atoms(sp.Indexed), key=str):
            for place, index in enumerate(entry.indices):
                axis = (entry.base.label.name, place)
                self.lengths.root(axis)
                if isinstance(index, sp.Symbol) and (index in self.ranges or index in self.result):
                    self.lengths.join(axis, index)
                elif isinstance(index, sp.Symbol):
                    raise Obstruction(
                        f"nothing says which values the index {index} of {entry} has", "write the sum, or the entry on the left"
                    )
        for name in self.said:  # indices of which the text gives one range
            for other in self.said:
                if (
                    self.said[name] == self.said[other]
                    and sp.Symbol(name) in self.lengths.parent
                    and sp.Symbol(other) in self.lengths.parent
                ):
                    self.lengths.join(sp.Symbol(name), sp.Symbol(other))

    def axes(self, ranks: Mapping[str, int], parameters: frozenset[str], notes: tuple[str, ...]) -> Axes:
        """All that follows from the lengths."""
        first: dict[Any, sp.Expr] = {}
        last: dict[Any, sp.Expr] = {}
        sizes: dict[sp.Symbol, None] = {}
        put: dict[sp.Symbol, sp.Expr] = {}
        for nodes in self.lengths.classes():
            low, high = self._span(nodes, notes, parameters, sizes, put)
            first |= dict.fromkeys(nodes, low)
            last |= dict.fromkeys(nodes, high)
        self._check_other_indices(first)
        values = LENGTHS.get(len(sizes), (1, 2))
        made = [Size(size, values, "length") for size in sizes]
        where: list[sp.Basic] = []
        for index in self.result:
            made.append(Size(index, range(_number(first[index]), _number(first[index]) + max(values)), "index of the result"))
            where.append(sp.Le(index, last[index]))
        arrays = {name: _array(name, rank, first, last) for name, rank in ranks.items()}
        entry = tuple(index - first[index] for index in self.result)
        return Axes(value=self.value.xreplace(put), arrays=arrays, entry=entry, sizes=tuple(made), where=tuple(where), notes=notes)

    def _span(
        self, nodes: list[Any], notes: tuple[str, ...], parameters: frozenset[str], sizes: dict[sp.Symbol, None], put: dict[Any, Any]
    ) -> tuple[sp.Expr, sp.Expr]:
        """The first and the last value of the indices of one length."""
        ranges = [self.ranges[node] for node in nodes if node in self.ranges]
        said = [self.said[str(node)] for node in nodes if isinstance(node, sp.Symbol) and str(node) in self.said]
        lows = {r.first for r in ranges if r.first is not None} | {low for low, _ in said}
        highs = {r.last for r in ranges if not isinstance(r.last, Extent)} | {high for _, high in said}
        if len(lows) > 1 or len(highs) > 1:
            raise Obstruction(f"one axis has the ranges {', '.join(sorted(map(str, lows | highs)))}", "give the axis one range")
        used = self.value.xreplace({e: sp.Dummy() for e in self.value.atoms(sp.Indexed)}).free_symbols
        if not lows and any(node in used for node in nodes if isinstance(node, sp.Symbol)):
            index = next(node for node in nodes if isinstance(node, sp.Symbol) and node in used)
            raise Obstruction(
                f"nothing says whether the index {index} begins at 0 or at 1", f"write its range: for :math:`1 \\le {index} \\le n`"
            )
        low = lows.pop() if lows else sp.Integer(1)
        if not highs and not any(isinstance(node, tuple) for node in nodes):
            raise Obstruction(f"nothing says how far the index {nodes[0]} runs", "write the first and the last value")
        if not highs:
            size = self._fresh(sizes)
            high = size + low - 1
            sizes[size] = None
        else:
            high = highs.pop()
            sizes |= dict.fromkeys(s for s in sorted(high.free_symbols, key=str) if s.name not in parameters)
        put |= {r.last: high for r in ranges if isinstance(r.last, Extent)}
        return low, high

    def _fresh(self, sizes: Mapping[sp.Symbol, None]) -> sp.Symbol:
        taken = (
            {symbol.name for symbol in self.value.atoms(sp.Symbol)} | {size.name for size in sizes} | {str(index) for index in self.result}
        )
        return sp.Symbol(next(name for name in (*_NAMES, *(f"n_{k}" for k in range(1, 99))) if name not in taken))

    def _check_other_indices(self, first: dict[Any, sp.Expr]) -> None:
        """An index that is no letter (a number, a difference) lies in an axis of which the start is known only if another entry tells."""
        for entry in self.value.atoms(sp.Indexed):
            for index in entry.indices:
                if not isinstance(index, sp.Symbol):
                    raise Obstruction(
                        f"the entry {entry} is not at an index that runs over an axis", "write the formula with indices that run"
                    )


def _number(expression: sp.Expr) -> int:
    if not isinstance(expression, sp.Integer):
        raise Obstruction(f"an index of the result begins at {expression}, which is no number")
    return int(expression)


def _array(name: str, rank: int, first: Mapping[Any, sp.Expr], last: Mapping[Any, sp.Expr]) -> Array:
    letters = [sp.Symbol(f"axis_{place + 1}") for place in range(rank)]
    item = sp.IndexedBase(sp.Symbol(name))[tuple(letters)]
    return Array(item, *((letter, first[name, place], last[name, place]) for place, letter in enumerate(letters)))
