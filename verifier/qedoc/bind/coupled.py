"""Rules whose entries depend on each other: each name at a step is an array with entries, or a number for the whole array."""

from collections.abc import Mapping, Sequence

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.algebra.recurrences import joined
from qedoc.bind.records import Obstruction
from qedoc.read.reading import Extent

ENTRY, ENTRIES = sp.Symbol("j"), sp.Symbol("entries")
"""The letter of the entry that a line gives, and the symbol of the number of entries."""

LONGEST = 3
"""Length of the longest arrays for which such a rule is checked."""


def is_over_entries(total: sp.Basic) -> bool:
    """Whether a sum, or another large operator, is over all entries of an array, as a norm is."""
    return all(first == 1 and isinstance(last, Extent) for _, first, last in total.limits)


def without_entries(value: sp.Expr) -> sp.Expr:
    """A value with each name in place of its entries: `Sum(x**2, (i, 1, n_i))` for the square of a norm.

    Args:
        value: the value of a line.
    """
    for total in value.atoms(*LARGE):
        indices = {index for index, *_ in total.limits}
        if not is_over_entries(total):
            continue
        if len(indices) > 1:
            raise Obstruction("a line has a norm of a matrix", "write the sum with its indices")
        entries = {e: e.base.label for e in total.atoms(sp.Indexed) if set(e.indices) == indices}
        value = value.xreplace({total: total.xreplace(entries)})
    return value


class Coupled:
    """A rule in which some names are arrays and others are numbers of the whole array.

    Args:
        lines: the lines, with one index for the step.
        arrays: the names that are arrays in any case: the gradient and the parameters.
        begin: the symbol of the parameters before the first step.
    """

    def __init__(self, lines: Sequence[tuple[sp.Indexed, sp.Expr]], arrays: Sequence[sp.IndexedBase], begin: sp.Symbol) -> None:
        self.begin, self.start = begin, sp.IndexedBase(begin.name)
        self.arrays = set(arrays)
        while True:
            more = {left.base for left, right in lines if left.base not in self.arrays and self._is_array(right)}
            if not more:
                break
            self.arrays |= more
        self.lines = [(self._entry(left, ENTRY), self.value(right)) for left, right in lines]

    def value(self, value: sp.Expr, index: sp.Symbol = ENTRY) -> sp.Expr:
        """A value with an index for the entry of each name that is an array.

        Args:
            value: the value of a line.
            index: the index.

        Raises:
            Obstruction: for a sum over the entries of a number.
        """
        if isinstance(value, LARGE):
            ((own, first, _),) = value.limits
            inside = self.value(value.function, own)
            if inside == value.function:
                raise Obstruction("a line has a norm of a number", "write it as an absolute value")
            return value.func(inside, (own, first, ENTRIES))
        if isinstance(value, sp.Indexed):
            return self._entry(value, index)
        if value == self.begin:
            return self.start[index]
        if isinstance(value, Extent):
            return ENTRIES
        return joined(value.func, [self.value(part, index) for part in value.args]) if value.args else value

    def begins(self, start: Mapping[sp.IndexedBase, sp.Expr]) -> dict[sp.IndexedBase, sp.Expr]:
        """The values before the first step, with an index for the entry of each name that is an array."""
        return {name: self.value(value) for name, value in start.items()}

    def _is_array(self, value: sp.Expr) -> bool:
        bare = value.xreplace(dict.fromkeys(value.atoms(*LARGE), sp.S.One))
        return bool({e.base for e in bare.atoms(sp.Indexed)} & self.arrays) or self.begin in bare.free_symbols

    def _entry(self, name: sp.Indexed, index: sp.Expr) -> sp.Indexed:
        return name.base[(*name.indices, index)] if name.base in self.arrays else name
