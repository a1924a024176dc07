"""Handles sums over one array next to the entries of another at a distance, `a_{k-j} v_j`, where no entry is missing."""

import sympy as sp

from qedoc.bind.entries import summed
from qedoc.bind.layout import Layout, Span
from qedoc.bind.records import Unranged
from qedoc.read import Extent


def windows(value: sp.Expr, result: list[sp.Symbol]) -> Layout:
    """Determines the windows of a value.

    Args:
        value: the value as read.
        result: the indices of the entry of the result.

    Raises:
        Unranged: for an array at two distances, or an index in two windows.
    """
    ranges = {r.symbol: r for r in summed(value) if isinstance(r.last - r.first + 1, Extent) and r.first == 0}
    said: dict[str, Span] = {}
    spans: dict[str, Span] = {}
    where: list[sp.Basic] = []
    put: dict[sp.Expr, sp.Expr] = {}
    taken = {symbol.name for symbol in value.atoms(sp.Symbol)}
    for entry in sorted(value.atoms(sp.Indexed), key=str):
        step = next((s for s in ranges if len(entry.indices) == 1 and s in entry.indices[0].free_symbols and s != entry.indices[0]), None)
        if step is None:
            continue
        name, (place,) = entry.base.label.name, entry.indices
        index, sign = (place - step, 1) if isinstance(place - step, sp.Symbol) else (place + step, -1)
        if index not in result or name in spans or index.name in said:
            raise Unranged(f"the entry {entry} has no fixed distance from an entry of the result", "write the range of the sum")
        shorter, longer = (sp.Symbol(_fresh(taken)) for _ in range(2))
        put[ranges[step].last + 1] = shorter
        spans[name] = sp.S.Zero, longer - 1
        said[index.name] = sp.S.Zero, longer - 1 if sign < 0 else longer - shorter
        where += [sp.Ge(index, shorter - 1)] if sign < 0 else []
    lengths = frozenset(s.name for ends in spans.values() for s in ends[1].free_symbols) | {s.name for s in put.values()}
    return Layout(value=value.xreplace(put), said=said, spans=spans, where=tuple(where), lengths=lengths)


def _fresh(taken: set[str]) -> str:
    name = next(name for name in ("m", "n", "l", "q", *(f"n_{k}" for k in range(1, 99))) if name not in taken)
    taken.add(name)
    return name
