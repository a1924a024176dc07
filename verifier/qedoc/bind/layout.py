"""Where the entries of a value stand that are not at an index that runs over an axis: what is known of axes beforehand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import sympy as sp

from qedoc.read import Position

Span: TypeAlias = tuple[sp.Expr, sp.Expr]
"""The first and the last value of an index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A value, and what is known of its axes.

    Args:
        value: in entries.
        entry: the indices of the result that it is an entry of, where the left side of the equation names none.
        said: the range of indices, by name.
        spans: the first and the last index of vectors whose entries may be anywhere, by name.
        where: relations between indices and lengths.
        lengths: the symbols that are lengths.
    """

    value: sp.Expr
    entry: tuple[Position, ...] = ()
    said: Mapping[str, Span] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    where: tuple[sp.Basic, ...] = ()
    lengths: frozenset[str] = frozenset()

    def beside(self, other: "Layout") -> "Layout":
        """This one with what another knows, which was made of this one's value."""
        return Layout(
            value=other.value,
            entry=(*self.entry, *other.entry),
            said={**self.said, **other.said},
            spans={**self.spans, **other.spans},
            where=(*self.where, *other.where),
            lengths=self.lengths | other.lengths,
        )


def divisors(value: sp.Expr, lengths: Collection[str]) -> tuple[sp.Basic, ...]:
    """That what a value divides by is not zero, where lengths alone decide it."""
    bases = {power.base for power in value.atoms(sp.Pow) if power.exp.is_negative}
    told = [base for base in bases if base.free_symbols and {symbol.name for symbol in base.free_symbols} <= set(lengths)]
    return tuple(sp.Ne(base, 0) for base in sorted(told, key=str) if not base.is_Symbol)
