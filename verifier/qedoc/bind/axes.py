"""Determines the vectors and matrices of a formula: the length of each axis, how its index counts, and the entry of the result."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.entries import bases, chosen, labels, opened, standing_alone, summed, without_orders
from qedoc.bind.layout import Layout, Span
from qedoc.bind.matrices import whole
from qedoc.bind.records import Unranged
from qedoc.claims.spec import Array, Size
from qedoc.judge.lengths import LENGTH
from qedoc.read import Extent, InverseEntry

LENGTHS = {1: (1, 2, 3, 4), 2: (1, 2, 3)}
"""The lengths to check per axis, by the number of independent lengths. With more lengths: 1 and 2."""

FEW = {1: (1, 2, 3)}
"""The lengths to check for a layer, which has many arrays of them. With more lengths: 1 and 2."""

MOST_LABELS = 4
"""Number of label vectors to check per length."""

ROWS = (1, 2)
"""Lengths of an axis that is not summed over, beside other axes. Its rows do not interact."""

_NAMES = ("n", "m", "k", "l")


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """The arrays of an equation.

    Args:
        value: the equation's value, in which each vector on its own is replaced by its entry.
        arrays: how each vector is passed to the target.
        entry: the position of the value in the result.
        sizes: lengths, and the free indices of the value.
        where: which sizes may be combined.
        labels: integer arrays whose entries select entries of another array, for each of their values.
        notes: assumptions.
    """

    value: sp.Expr
    arrays: Mapping[str, Array]
    entry: tuple[sp.Expr, ...]
    sizes: tuple[Size, ...]
    where: tuple[sp.Basic, ...]
    labels: Mapping[str, Array]
    notes: tuple[str, ...]


def axes(
    result: Sequence[sp.Symbol],
    value: sp.Expr,
    layout: Layout,
    parameters: frozenset[str],
    square: Collection[str] = (),
    held: Mapping[str, int] = MappingProxyType({}),
) -> Axes:
    """Determines the arrays of an equation.

    Args:
        result: the indices of the result's entry that the equation gives.
        value: the right side.
        layout: what is known about indices and axes.
        parameters: symbols that are parameters. A length that is one of them is fixed by it.
        square: matrices with as many rows as columns.
        held: the numbers of axes of symbols that are arrays, with indices or without.

    Raises:
        Unranged: if lengths or indices have no certain reading.
    """
    ranks = {**held, **bases(value)}
    value, result, notes = opened(value, ranks, list(result))
    pairs = [((name, 0), (name, 1)) for name in square if ranks.get(name) == 2]
    lengths = _Lengths(value, result, layout, [*pairs, *([axis for axis in group if axis[0] in ranks] for group in layout.alike)])
    spans = {tuple(nodes): lengths.span(nodes) for nodes in lengths.classes()}
    whole_axes = {r.last: span for nodes, span in spans.items() for r in lengths.of(nodes) if isinstance(r.last, Extent)}
    value = _counted(value, whole_axes)
    put = {last: span[1] for last, span in whole_axes.items()}
    put |= {size: spans[nodes][1] for name, size in whole(value).items() for nodes in spans if (name, 0) in nodes}
    first = {node: span[0] for nodes, span in spans.items() for node in nodes}
    last = {node: span[1] for nodes, span in spans.items() for node in nodes}
    sizes = _sizes(lengths, spans, parameters, FEW if layout.alike else LENGTHS)
    most = max((max(size.values) for size in sizes), default=max(LENGTHS[1]))
    free = [Size(index, _places(first[index], last[index], most), "index of the result") for index in result]
    value = value.xreplace(put)
    encoded: list[Size] = []
    arrays = {name: _array(name, rank, first, last) for name, rank in ranks.items()}
    made: dict[str, Array] = {}
    where = [sp.Le(index, last[index]) for index in result]
    where += [sp.Le(max(numbers), last[axis]) for axis, numbers in lengths.fixed.items()]
    for name, label in labels(value).items():
        axis = (label.vector, label.place)
        number = Numbered(sp.Symbol(f"{name}_number"), last[axis] - first[axis] + 1, first[name, 0])
        value = chosen(value, name, first[axis], number.at)
        count = number.base ** (last[name, 0] - first[name, 0] + 1)
        encoded.append(Size(number.symbol, range(MOST_LABELS), f"the labels {name}, encoded as a number in base {number.base}"))
        where += [sp.Lt(number.symbol, count), sp.Le(count, MOST_LABELS)]
        made[name] = Array(number.at(arrays[name].indices[0][0]), *arrays.pop(name).indices)
        notes = (*notes, f"the entries of {name} are counted from 0, as in Python")
    return Axes(
        value=value,
        arrays=arrays,
        entry=tuple(index - first[index] for index in result),
        sizes=(*sizes, *encoded, *free),
        where=tuple(where),
        labels=made,
        notes=notes,
    )


def _places(first: sp.Expr, last: sp.Expr, most: int) -> range:
    """The values of an index of the result: all of them if the formula says which is the last, or else the first ones."""
    return range(_number(first), int(last) + 1 if isinstance(last, sp.Integer) else _number(first) + most)


def _counted(value: sp.Expr, spans: Mapping[sp.Expr, Span]) -> sp.Expr:
    """The value in which a sum over a whole axis counts its entries as the other sums do: from 0, if they count from 0.

    Raises:
        Unranged: if the length of the axis is used too, so that it is not the last index.
    """
    moved = {last: span for last, span in spans.items() if span[0] != 1}
    if not moved:
        return value
    value = value.replace(
        lambda part: isinstance(part, LARGE),
        lambda part: part.func(part.function, *(_moved(limit, moved) for limit in part.limits)),
    )
    if value.free_symbols & set(moved):
        raise Unranged("one axis is counted from different numbers", "give the axis one range")
    return value


def _moved(limit: Any, spans: Mapping[sp.Expr, Span]) -> tuple[Any, ...]:
    index, _, last = limit
    return (index, *spans[last]) if last in spans else tuple(limit)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A vector of labels, encoded in one number by its digits."""

    symbol: sp.Symbol
    base: sp.Expr
    first: sp.Expr

    def at(self, index: sp.Expr) -> sp.Expr:
        """The label at an index."""
        return sp.Mod(sp.floor(self.symbol / self.base ** (index - self.first)), self.base)


def _sizes(
    lengths: "_Lengths", spans: Mapping[tuple[Any, ...], Span], parameters: frozenset[str], each: Mapping[int, tuple[int, ...]]
) -> list[Size]:
    """The lengths that are free; a parameter that is a length is declared with the parameters."""
    found: dict[sp.Symbol, bool] = {}
    for nodes, (_, last) in spans.items():
        if any(isinstance(node, tuple) or node in lengths.result for node in nodes):
            for symbol in sorted(last.free_symbols, key=str):
                told = any(_is_axis(node) and node[0] in lengths.told for node in nodes)
                met = (
                    told
                    or any(node in lengths.ranges for node in nodes)
                    or any(node not in lengths.result for node in nodes if not _is_axis(node))
                )
                found[symbol] = found.get(symbol, False) or met
    free = {symbol: met for symbol, met in found.items() if symbol.name not in parameters}
    values = each.get(max(len(free), 2 if whole(lengths.value) else 1), (1, 2))
    least = {
        symbol: max((int(n) + 1 for node in nodes for n in lengths.fixed.get(node, ())), default=0)
        for nodes, (_, last) in spans.items()
        for symbol in last.free_symbols
    }
    return [
        Size(symbol, _reaching(values if met or len(free) == 1 else ROWS, least.get(symbol, 0)), LENGTH) for symbol, met in free.items()
    ]


def _reaching(values: tuple[int, ...], least: int) -> tuple[int, ...]:
    """Lengths, with one that is at least the given one."""
    return values if least <= max(values) else (*values, least)


def _is_axis(node: Any) -> bool:
    return isinstance(node, tuple)


class _Lengths:
    """Which axes and indices of an equation share their length.

    A node is an index (a symbol) or an axis (the vector's name and the place).
    """

    def __init__(self, value: sp.Expr, result: list[sp.Symbol], layout: Layout, alike: Sequence[Sequence[tuple[str, int]]]) -> None:
        self.value, self.result, self.said, self.told = value, result, layout.said, layout.spans
        self.ranges = {r.symbol: r for r in summed(value)}
        if len(self.ranges) != len(set(summed(value))):
            raise Unranged("one index has different ranges in different sums", "use a letter for each range")
        self.parent: dict[Any, Any] = {}
        self.fixed: dict[tuple[str, int], set[sp.Integer]] = {}
        self.shifted: dict[tuple[str, int], set[tuple[sp.Expr, sp.Expr]]] = {}
        self.made: list[sp.Symbol] = []
        self._gather()
        for group in alike:
            for axis in group[1:]:
                self._join(group[0], axis)

    def _gather(self) -> None:
        for index in (*self.result, *self.ranges):
            self._root(index)
        for entry in sorted(self.value.atoms(sp.Indexed), key=str):
            for place, index in enumerate(entry.indices):
                axis = (entry.base.label.name, place)
                if isinstance(index, sp.Indexed) or entry.base.label.name in self.told:
                    self._root(axis)
                elif isinstance(index, sp.Integer):
                    self.fixed.setdefault(axis, set()).add(index)
                    self._root(axis)
                elif (ends := self._shifted(index)) is not None:
                    self.shifted.setdefault(axis, set()).add(ends)
                    self._root(axis)
                else:
                    self._join(axis, self._running(entry, index))
        for name in whole(self.value):
            self._join((name, 0), (name, 1))
        for call in sorted(self.value.atoms(InverseEntry), key=str):
            for place, index in enumerate(call.args[1:3]):
                self._join((call.args[0].name, place), self._running(call, index))
        spoken = [sp.Symbol(name) for name in self.said if sp.Symbol(name) in self.parent]
        for one in spoken:
            for other in spoken:
                if self.said[one.name] == self.said[other.name]:
                    self._join(one, other)

    def _shifted(self, index: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
        """The first and the last value of an index such as `t - 1` beside a sum over t; None for any other index."""
        shift, letter = index.as_coeff_Add()
        found = self.ranges.get(letter) if shift else None
        plain = found is not None and isinstance(shift, sp.Integer) and isinstance(found.first, sp.Integer)
        return (found.first + shift, found.last + shift) if found is not None and plain and not isinstance(found.last, Extent) else None

    def _covered(self, nodes: list[Any]) -> Span | None:
        """The entries of an axis between the first and the last that a formula takes at `t` and `t - 1`; None if it takes none like this.

        Raises:
            Unranged: if the last one depends on which of two lengths is greater, or another axis has these entries too.
        """
        shifted = [ends for node in nodes for ends in self.shifted.get(node, ())]
        if not shifted:
            return None
        ends = [*shifted, *((r.first, r.last) for r in self.of(nodes))]
        highs = {high for _, high in ends}
        last = next((high for high in highs if all((high - other).is_nonnegative for other in highs)), None)
        lows = [low for low, _ in ends] + [number for node in nodes for number in self.fixed.get(node, ())]
        if last is None or sum(map(_is_axis, nodes)) > 1 or not all(isinstance(low, sp.Integer) for low in lows):
            raise Unranged("the entries of an axis that is taken at shifted indices are not known", "give the length of the axis")
        return min(lows), last

    def _running(self, entry: sp.Expr, index: sp.Expr) -> sp.Symbol:
        """The index that runs over the axis at which an entry is taken; for a difference `i - j` one of both, if they count from 0."""
        if isinstance(index, sp.Symbol):
            if index in self.ranges or index in self.result:
                return index
            raise Unranged(f"the values of the index {index} of {entry} are not given", "write the sum, or the entry on the left")
        inside = sorted(index.free_symbols, key=str)
        spans = [self.said.get(symbol.name) for symbol in inside]
        difference = len(inside) == 2 and index in (inside[0] - inside[1], inside[1] - inside[0])
        if not difference or any(span is None or span[0] != 0 or span != spans[0] for span in spans):
            raise Unranged(f"the index of {entry} does not run over an axis", "write the formula with running indices")
        return inside[0]

    def _root(self, node: Any) -> Any:
        while self.parent.setdefault(node, node) != node:
            node = self.parent[node]
        return node

    def _join(self, one: Any, other: Any) -> None:
        self.parent[self._root(one)] = self._root(other)

    def classes(self) -> list[list[Any]]:
        """The nodes, those of one length together, in the order in which they came."""
        found: dict[Any, list[Any]] = {}
        for node in self.parent:
            found.setdefault(self._root(node), []).append(node)
        return list(found.values())

    def of(self, nodes: Any) -> list[Any]:
        """The ranges of the indices among the nodes."""
        return [self.ranges[node] for node in nodes if node in self.ranges]

    def span(self, nodes: list[Any]) -> Span:
        """The first and the last value of the indices of one length.

        Raises:
            Unranged: where they differ, or nothing tells them.
        """
        told = [self.told[node[0]] for node in nodes if _is_axis(node) and node[0] in self.told]
        if told:
            return told[0]
        said = [self.said[str(node)] for node in nodes if not _is_axis(node) and str(node) in self.said]
        ranges = self.of(nodes)
        written = [r for r in ranges if not isinstance(r.last, Extent)]
        covered = self._covered(nodes)
        lows = {r.first for r in written or ranges} | {low for low, _ in said}
        highs = {r.last for r in ranges if not isinstance(r.last, Extent)} | {high for _, high in said}
        lows, highs = ({covered[0]}, {covered[1]}) if covered is not None else (lows, highs)
        if len(lows) > 1 or len(highs) > 1:
            raise Unranged(
                f"one axis has different ranges, with the bounds {', '.join(sorted(map(str, lows | highs)))}", "give the axis one range"
            )
        used = [node for node in nodes if node in standing_alone(without_orders(self.value))]
        if not lows and used:
            hint = rf"write its range: for :math:`1 \le {used[0]} \le n`"
            raise Unranged(f"the text does not say whether the index {used[0]} starts at 0 or 1", hint)
        if not highs and not any(map(_is_axis, nodes)):
            raise Unranged(f"the last value of the index {nodes[0]} is not given", "write the first and the last value")
        low = lows.pop() if lows else self._usual(nodes)
        numbers = [number for node in nodes for number in self.fixed.get(node, ())]
        if any(number < low for number in numbers):
            raise Unranged(
                f"the entry {min(numbers)} of an axis that is counted from {low} does not exist", "count all axes from one number"
            )
        if any(map(_is_axis, nodes)) and (low not in (0, 1) or (low == 1 and highs and _leaves_out(next(iter(highs))))):
            ends = f"{low} to {next(iter(highs), 'the last')}"
            raise Unranged(f"the entries {ends} may not be all entries of the axis", "give the length of the axis, or sum over all of it")
        return low, highs.pop() if highs else self._fresh() + low - 1

    def _usual(self, nodes: list[Any]) -> sp.Expr:
        """The first index of an axis over which no index runs: 1 if no entry of it is taken, or else that of the other axes.

        Raises:
            Unranged: where the other axes do not tell. That they are counted from 0, as the coefficients of a power series, does not say
                it of an axis whose entry 0 is not taken.
        """
        taken = [(node, number) for node in nodes for number in self.fixed.get(node, ())]
        if not taken:
            return sp.Integer(1)
        lows = {r.first for r in self.ranges.values()} | {low for low, _ in self.said.values()}
        if len(lows) != 1 or (lows == {0} and all(number > 0 for _, number in taken)):
            ((name, _), number) = taken[0]
            raise Unranged(
                f"the text does not say whether the index {number} of {name} counts from 0 or 1", f"write the range of an index of {name}"
            )
        return sp.sympify(lows.pop())

    def _fresh(self) -> sp.Symbol:
        taken = {symbol.name for symbol in (*self.value.atoms(sp.Symbol), *self.made, *self.result)}
        self.made.append(sp.Symbol(next(name for name in (*_NAMES, *(f"n_{k}" for k in range(1, 99))) if name not in taken)))
        return self.made[-1]


def _leaves_out(high: sp.Expr) -> bool:
    """Whether an end such as n - 1 is less than a length that has a name."""
    shift, rest = high.as_coeff_Add()
    return bool(shift.is_negative and rest.is_Symbol)


def _number(expression: sp.Expr) -> int:
    if not isinstance(expression, sp.Integer):
        raise Unranged(f"an index of the result starts at {expression}, which is not a number")
    return int(expression)


def _array(name: str, rank: int, first: Mapping[Any, sp.Expr], last: Mapping[Any, sp.Expr]) -> Array:
    letters = [sp.Symbol(f"axis_{place + 1}") for place in range(rank)]
    item = sp.IndexedBase(sp.Symbol(name))[tuple(letters)]
    return Array(item, *((letter, first[name, place], last[name, place]) for place, letter in enumerate(letters)))
