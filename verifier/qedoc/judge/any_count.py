"""Proves a formula over a container for every number of its entries, by induction on that number.

The loop of the code is read once, from an arbitrary state and with an arbitrary entry. For each variable of the loop, a documented value is
guessed: the formula for the entries so far, or one of its parts. Three things are proved: the loop starts from it, one step leads from the
value for k entries to that for k + 1, and what the code makes of it at the end is the formula.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

from qedoc.algebra.analysis import totalise
from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.spec import Size, Spec
from qedoc.errors import QedocError
from qedoc.judge.folds import Folded, Partial, Stuck
from qedoc.judge.induction import is_nonnegative
from qedoc.judge.paths import Branch
from qedoc.judge.unsized import AFTER, BEFORE, Unsized
from qedoc.lift.containers import ANY, DONE, SIZE
from qedoc.prove.cells import Budget, CellLimitError
from qedoc.prove.equality import Standing, compare

MOST_CELLS = 800
"""Maximum number of cells in one proof."""

MOST_GUESSES = 40
"""Maximum number of guesses of what the variables of the loop hold."""

LATEST = 6
"""The largest number of entries that the loop may have seen where the induction starts. Smaller ones are checked one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """The result of a proof attempt.

    Args:
        reason: why there is no proof; empty if there is one.
        cells: the number of cells in the proof.
        held: what each variable of the loop holds, in words.
    """

    reason: str = ""
    cells: int = 0
    held: tuple[str, ...] = ()


def every_count(spec: Spec) -> Every:
    """Tries to prove a claim for every number of entries. The caller has proved it for the smallest numbers.

    Args:
        spec: a claim with one size, which counts the entries of lists and dicts.
    """
    try:
        proof = _Induction(spec)
        return Every(held=tuple(proof.proved()), cells=MOST_CELLS - proof.budget.cells)
    except Stuck as stuck:
        return Every(reason=str(stuck))
    except TooManyBranches as error:
        return Every(reason=f"a step has too many cases: {error}")
    except CellLimitError:
        return Every(reason=f"the proof of a step needs more than {MOST_CELLS} cells")
    except QedocError as error:
        return Every(reason=error.message)


class _Induction:
    def __init__(self, spec: Spec) -> None:
        self.budget = Budget(MOST_CELLS)
        self.unsized = Unsized(spec)
        self.loop, self.code, farthest = self.unsized.read()
        self.folded = Folded(spec.formula, self.unsized.size, self.loop.shortfall)
        (size,) = [d for d in spec.symbols if isinstance(d, Size)]
        self.first = max(self.folded.least, farthest - self.loop.shortfall, min(size.values) - self.loop.shortfall)
        self.size = DONE + self.loop.shortfall
        if self.first + self.loop.shortfall > max(size.values) + 1 or self.first > LATEST:
            raise Stuck(f"the induction would start at {self.first + self.loop.shortfall} entries, and fewer are not checked")
        self.positive = [partial.symbol >= 0 for partial in self.folded.partials if self._adds_up(partial)]
        self.restricted = {partial.symbol: self._restricted(partial) for partial in self.folded.partials}

    def proved(self) -> Iterator[str]:
        """Proves the claim, and describes what the variables of the loop hold.

        Raises:
            Stuck: if there is no proof.
        """
        needed = self._needed()
        parts = self.folded.parts()
        begun = [[part for part in parts if self._begins(k, part)] for k in needed]
        for guess in itertools.islice(itertools.product(*begun), MOST_GUESSES):
            held = dict(zip(needed, guess, strict=True))
            if self._ends(held) and all(self._keeps(k, held) for k in needed):
                for k in needed:
                    value = "the formula" if held[k] == self.folded.formula else str(held[k])
                    yield f"{self.loop.names[k]} is {value} for the entries so far"
                return
        lacking = next((self.loop.names[k] for k, found in zip(needed, begun, strict=True) if not found), "")
        if lacking:
            raise Stuck(f"the loop does not start {lacking} from a value of the formula")
        raise Stuck("no step of the loop was proved to lead from the formula for some entries to that for one more")

    def _needed(self) -> list[int]:
        """The variables on which the result depends, now or later."""
        needed: set[int] = set()
        waiting = [s for branch in self.code["end"] for s in _symbols(branch) if s in AFTER]
        while waiting:
            k = AFTER.index(waiting.pop())
            if k not in needed:
                needed.add(k)
                waiting += [AFTER[BEFORE.index(s)] for branch in self.code[f"step {k}"] for s in _symbols(branch) if s in BEFORE]
        return sorted(needed)

    # The three parts of the induction

    def _begins(self, k: int, part: sp.Expr) -> bool:
        """Whether a variable holds a part of the formula before the first step of the induction."""
        told = self.unsized.scalars(self._written_out(self.folded.before(part), self.first))
        values = self._advanced(k, self.first)
        facts = self.unsized.facts(self.first, sp.Integer(self.first + self.loop.shortfall))
        return all(self._same(told, value, facts, [*conditions, sp.Eq(DONE, self.first)]) for value, conditions in values)

    def _keeps(self, k: int, held: Mapping[int, sp.Expr]) -> bool:
        """Whether a step leads from a part of the formula to the same part with one more entry."""
        told = self._known(self.folded.after(held[k]))
        state = {BEFORE[j]: self._known(self.folded.before(part)) for j, part in held.items()}
        return self._agree(told, f"step {k}", state, self.size + 1)

    def _ends(self, held: Mapping[int, sp.Expr]) -> bool:
        """Whether the code makes the formula of what its variables hold."""
        told = self._known(self.folded.before(self.folded.formula))
        whole = {SIZE: self.size}
        state = {AFTER[j]: self._known(self.folded.before(part.subs(whole))) for j, part in held.items()} | whole
        return self._agree(told, "end", state, self.size)

    def _agree(self, told: sp.Expr, name: str, state: Mapping[sp.Symbol, sp.Expr], size: sp.Expr) -> bool:
        facts = Facts([*self.unsized.facts(self.first, size).conditions, *self.positive])
        for branch in self.code[name]:
            value, conditions = self._formula(branch)
            made = [condition.xreplace(state) for condition in conditions]
            if not self._same(told, value.xreplace(state), facts, made):
                return False
        return True

    def _formula(self, branch: Branch) -> tuple[sp.Expr, list[sp.Basic]]:
        value = sp.nan if branch.path.raised is not None else sp.sympify(branch.path.value)
        return self.unsized.placed(value), [self.unsized.placed(condition) for condition in branch.path.conditions]

    def _advanced(self, k: int, count: int) -> list[tuple[sp.Expr, list[sp.Basic]]]:
        """The value of a variable after some steps, by the conditions of its paths."""
        if count == 0:
            return [self._formula(branch) for branch in self.code[f"start {k}"]]
        found = []
        for value, conditions in map(self._formula, self.code[f"step {k}"]):
            state = sorted({s for part in (value, *conditions) for s in part.free_symbols if s in BEFORE}, key=str)
            ways = [self._advanced(BEFORE.index(s), count - 1) for s in state]
            for way in itertools.product(*ways):
                put = {s: earlier for s, (earlier, _) in zip(state, way, strict=True)} | {DONE: sp.Integer(count - 1)}
                placed = [self._at(part, count - 1).xreplace(put) for part in (value, *conditions)]
                found.append((placed[0], [*placed[1:], *(c for _, earlier in way for c in earlier)]))
        return found

    def _at(self, part: sp.Expr, done: int) -> sp.Expr:
        """A formula of the code at a fixed number of entries seen."""
        return self.unsized.fixed(part, done)

    def _written_out(self, part: sp.Expr, done: int) -> sp.Expr:
        return part.xreplace({p.symbol: p.written_out(done) for p in self.folded.partials}).subs(DONE, done)

    # Facts about the sums and products

    def _known(self, part: sp.Expr) -> sp.Expr:
        """A part of the formula in scalars. A sum is written as 0 where all of its terms are known to be 0."""
        put = {}
        for partial in self.folded.partials:
            rows = [(partial.neutral, self.unsized.scalars(condition)) for condition in self.restricted[partial.symbol]]
            put[partial.symbol] = sp.Piecewise(*rows, (partial.symbol, True), evaluate=False) if rows else partial.symbol
        return self.unsized.scalars(part).xreplace(put)

    def _adds_up(self, partial: Partial) -> bool:
        """Whether a sum or product is never negative, because none of its terms is."""
        term = self.unsized.scalars(partial.at(ANY))
        return is_nonnegative(term, self.unsized.facts(self.first, self.size))

    def _restricted(self, partial: Partial) -> list[sp.Basic]:
        """Conditions on the last place under which no term counts: proved by induction on the number of terms."""
        if partial.neutral is None:
            return []
        guards = {c for cases in partial.term.atoms(sp.Piecewise) for _, condition in cases.args for c in condition.atoms(Relational)}
        ordered = sorted(guards, key=sp.default_sort_key)
        found = [self._vanishing(partial, guard) for guard in ordered if guard.has(sp.Indexed)]
        return [partial.last < partial.first, *(condition for condition in found if condition is not None)]

    def _vanishing(self, partial: Partial, guard: Relational) -> sp.Basic | None:
        condition = sp.Not(guard)
        now, then = (condition.subs(partial.index, place) for place in (partial.last, partial.last + 1))
        some = partial.last >= partial.first
        later, earlier = self.unsized.scalars(then), self.unsized.scalars(sp.Or(sp.Not(some), now))
        term = self.unsized.scalars(partial.next)
        facts = self.unsized.facts(self.first, self.size + 1)
        with facts.assuming(later):
            if not facts.entails(earlier):
                return None
            if not self._same(term, partial.neutral, facts, []):
                return None
        return sp.And(some, now)

    def _same(self, told: sp.Expr, value: sp.Expr, facts: Facts, conditions: Sequence[sp.Basic]) -> bool:
        with facts.assuming(*conditions):
            if facts.empty():
                return True
            return all(r.standing is Standing.EQUAL for r in compare(totalise(told), value, facts, [], self.budget))


def _symbols(branch: Branch) -> set[sp.Symbol]:
    parts = [] if branch.path.raised is not None else [sp.sympify(branch.path.value)]
    return {s for part in (*parts, *branch.path.conditions) for s in part.free_symbols}
