"""Records what is known about axes in advance, for entries that are not at a running index."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import sympy as sp

from qedoc.bind.records import Obstruction
from qedoc.read import Equation, Position

Span: TypeAlias = tuple[sp.Expr, sp.Expr]
"""The first and the last value of an index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A value and what is known about its axes.

    Args:
        value: the value, in entries.
        entry: the indices of the result, if the left side of the equation names none.
        said: the range of indices, by name.
        alike: axes that have one length, each by its symbol and place.
        spans: the first and the last index of vectors whose entries may be anywhere, by name.
        where: relations between indices and lengths.
        lengths: the symbols that are lengths.
    """

    value: sp.Expr
    entry: tuple[Position, ...] = ()
    said: Mapping[str, Span] = field(default_factory=dict)
    alike: Sequence[Sequence[tuple[str, int]]] = ()
    spans: Mapping[str, Span] = field(default_factory=dict)
    where: tuple[sp.Basic, ...] = ()
    lengths: frozenset[str] = frozenset()

    def beside(self, other: "Layout") -> "Layout":
        """Adds what another layout knows, which was derived from this one's value."""
        return Layout(
            value=other.value,
            entry=(*self.entry, *other.entry),
            said={**self.said, **other.said},
            spans={**self.spans, **other.spans},
            where=(*self.where, *other.where),
            lengths=self.lengths | other.lengths,
        )


def divisors(value: sp.Expr, lengths: Collection[str]) -> tuple[sp.Basic, ...]:
    """The conditions that divisors are not zero, where they depend on lengths alone."""
    bases = {power.base for power in value.atoms(sp.Pow) if power.exp.is_negative}
    told = [base for base in bases if base.free_symbols and {symbol.name for symbol in base.free_symbols} <= set(lengths)]
    return tuple(sp.Ne(base, 0) for base in sorted(told, key=str) if not base.is_Symbol)


def result_of(equation: Equation, laid: Layout) -> list[sp.Symbol]:
    """Returns the indices of the entry of the result of which an equation tells the value.

    Args:
        equation: the equation.
        laid: what is known about its axes.

    Raises:
        Obstruction: for a subscript on the left side that is no index.
    """
    if not isinstance(equation.left, sp.Indexed):
        return [index for index, _ in laid.entry]
    indices = list(equation.left.indices)
    if any(not isinstance(index, sp.Symbol) for index in indices):
        where = f"{equation.left} has the subscript {', '.join(map(str, indices))}, which is not an index"
        raise Obstruction(where, "write the entry with an index")
    return indices
