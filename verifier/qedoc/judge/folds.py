"""A documented formula over a container of unknown size: its sums and products over the entries so far, and what one more entry changes."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

from qedoc.algebra.large import LARGE, WRITTEN_OUT
from qedoc.algebra.satisfiable import Facts
from qedoc.lift.containers import DONE, SIZE

MOST_FACTORS = 4
"""Maximum number of factors or terms of which subsets are candidates for a variable of the code."""


class Stuck(Exception):
    """Ends the attempt, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """A sum or product over the entries so far.

    Args:
        kind: `Sum` or `Product`.
        index: its index.
        first: the first value of the index.
        last: the last value, for `DONE` entries.
        term: the term, in the index.
        symbol: stands for the whole.
    """

    kind: type[sp.Expr]
    index: sp.Symbol
    first: int
    last: sp.Expr
    term: sp.Expr
    symbol: sp.Symbol

    @property
    def neutral(self) -> sp.Expr | None:
        """The value without terms; None for the largest or smallest of them."""
        return {sp.Sum: sp.S.Zero, sp.Product: sp.S.One}.get(self.kind)

    @property
    def next(self) -> sp.Expr:
        """The term that one more entry adds."""
        return self.at(self.last + 1)

    def at(self, place: sp.Expr) -> sp.Expr:
        """The term at a place."""
        return self.term.subs(self.index, place)

    def longer(self, value: sp.Expr) -> sp.Expr:
        """The whole with one more term."""
        return joined(self.kind, [value, self.next])

    def written_out(self, done: int) -> sp.Expr:
        """The whole for a number of entries."""
        last = int(self.last.subs(DONE, done))
        terms = [self.at(sp.Integer(k)) for k in range(self.first, last + 1)]
        return joined(self.kind, terms) if self.neutral is None else joined(self.kind, [self.neutral, *terms])


class Folded:
    """A formula for any number of entries.

    Args:
        formula: the documented formula.
        size: the symbol of the number of entries.
        shortfall: how many entries fewer the loop of the code takes.
    """

    def __init__(self, formula: sp.Expr, size: sp.Symbol, shortfall: int) -> None:
        self.formula, self.size, self.shortfall = formula, size, shortfall
        self._totals: dict[sp.Expr, tuple[Partial, list[sp.Expr]]] = {}
        for number, total in enumerate(sorted(formula.atoms(*LARGE), key=sp.default_sort_key)):
            self._totals[total] = self._divided(total, number)

    @property
    def partials(self) -> tuple[Partial, ...]:
        """The sums and products over the entries so far."""
        return tuple(partial for partial, _ in self._totals.values())

    @property
    def least(self) -> int:
        """The smallest number of entries that the loop has seen for which all sums and products have a meaning."""
        starts = [partial.first - (partial.neutral is not None) - partial.last.subs(DONE, 0) for partial in self.partials]
        return max(0, *map(int, starts)) if starts else 0

    def before(self, part: sp.Expr) -> sp.Expr:
        """A part of the formula for the entries so far."""
        return self._put(part, self._size, {p.symbol: p.symbol for p in self.partials})

    def after(self, part: sp.Expr) -> sp.Expr:
        """A part of the formula with one more entry."""
        return self._put(part, self._size + 1, {p.symbol: p.longer(p.symbol) for p in self.partials})

    def parts(self) -> list[sp.Expr]:
        """What a variable of the code may hold: the formula, and each part of it that contains a sum or product."""
        found: dict[sp.Expr, None] = {self.formula: None}
        for part in sp.preorder_traversal(self.formula):
            if not isinstance(part, sp.Expr) or not part.has(*LARGE) or part in self.formula.atoms(sp.Indexed):
                continue
            found[part] = None
            if isinstance(part, sp.Add | sp.Mul) and len(part.args) <= MOST_FACTORS:
                some = (chosen for many in range(1, len(part.args)) for chosen in itertools.combinations(part.args, many))
                found |= {part.func(*chosen): None for chosen in some if any(one.has(*LARGE) for one in chosen)}
            if isinstance(part, LARGE):
                found[-part] = None
        within = [part for part in found if not _inside(part, self._totals)]
        return list(dict.fromkeys(one for part in within for one in (part, self._of_all(part))))

    def _of_all(self, part: sp.Expr) -> sp.Expr:
        """A part in which the size is that of the whole container, as in a mean that divides each entry by it."""
        hidden = {total: sp.Dummy() for total in part.atoms(*LARGE)}
        return part.xreplace(hidden).subs(self.size, SIZE).xreplace({dummy: total for total, dummy in hidden.items()})

    @property
    def _size(self) -> sp.Expr:
        return DONE + self.shortfall

    def _put(self, part: sp.Expr, size: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
        """A part with values of its sums and products, and their last terms, for a size."""
        made = {
            total: joined(partial.kind, [values[partial.symbol], *(term.subs(self.size, size) for term in rest)])
            for total, (partial, rest) in self._totals.items()
        }
        return part.xreplace(made).subs(self.size, size)

    def _divided(self, total: sp.Expr, number: int) -> tuple[Partial, list[sp.Expr]]:
        """Divides a sum into the terms that are the same for every size and the last ones, which are not."""
        term, (index, first, last) = total.args[0], total.args[1]
        beyond = sp.expand(last - self.size)
        if len(total.args) != 2 or term.has(*LARGE) or not first.is_Integer or not beyond.is_Integer:
            raise Stuck(f"{total} is no sum or product over single entries")
        apart = max(0, int(beyond) + 1) if term.has(self.size) else 0
        settled = self._settled(term, index, first)
        if settled.has(self.size):
            raise Stuck(f"each term of {total} depends on the number of entries")
        partial = Partial(
            kind=type(total),
            index=index,
            first=int(first),
            last=sp.expand(self._size + beyond - apart),
            term=settled,
            symbol=sp.Symbol(f"{type(total).__name__.lower()}_{number + 1}", real=True),
        )
        return partial, [term.subs(index, last - apart + place) for place in range(1, apart + 1)]

    def _settled(self, term: sp.Expr, index: sp.Symbol, first: sp.Expr) -> sp.Expr:
        """A term with the conditions on the size that hold, or not, for every index before the last."""
        whole = {s: sp.Symbol(s.name, integer=True) for s in (index, self.size)}
        facts = Facts([whole[index] >= first, whole[index] <= whole[self.size] - 1])
        known = {}
        for condition in term.atoms(Relational):
            if condition.has(self.size) and (answer := facts.decide(condition.xreplace(whole))) is not None:
                known[condition] = sp.true if answer else sp.false
        return term.xreplace(known)


def joined(kind: type[sp.Expr], terms: Sequence[sp.Expr]) -> sp.Expr:
    """A sum or product that is not evaluated, because SymPy would cancel factors that may be zero."""
    return terms[0] if len(terms) == 1 else WRITTEN_OUT[kind](*terms, evaluate=False)


def _inside(part: sp.Expr, totals: Iterable[sp.Expr]) -> bool:
    """Whether a part has an index that only a sum around it explains."""
    return bool({total.args[1][0] for total in totals} & part.free_symbols)
