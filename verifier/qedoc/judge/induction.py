"""Proves a rule with a state for every step, by induction.

After the same number of steps from the start, each part of the code's state is a documented value times a factor: the relation. It is
guessed from a few runs. Three things are proved for symbolic inputs and hyperparameters: the first step from the start gives the documented
output and a related state; a later step from any related state gives the documented output; and it keeps the relation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.spec import Spec
from qedoc.claims.steps import APPLIED, Steps
from qedoc.errors import UnsupportedError
from qedoc.judge.relation import Related
from qedoc.judge.stepping import LAST, Stepping, Stuck
from qedoc.lift.trace import run
from qedoc.prove.cells import Budget, CellLimitError, cells, undefined
from qedoc.prove.equality import Standing, compare
from qedoc.prove.inequality import at_least
from qedoc.search.sampling import Plan, drawing_order
from qedoc.search.strategies import Row, seeded

MOST_CELLS = 800
"""Maximum number of cells in one proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Induction:
    """The result of a proof attempt.

    Args:
        reason: why there is no proof; empty if there is one.
        relation: the parts of the state that matter, each with the value that it has.
        cells: the number of cells in the proof.
    """

    reason: str = ""
    relation: tuple[str, ...] = ()
    cells: int = 0


def induct(spec: Spec, steps: Steps) -> Induction:
    """Tries to prove a rule for every step.

    Args:
        spec: the claim. Its formula is a `Recurrence`.
        steps: its target.
    """
    try:
        rule = Inductive(spec, steps)
        return Induction(relation=tuple(rule.proved()), cells=MOST_CELLS - rule.budget.cells)
    except Stuck as stuck:
        return Induction(reason=str(stuck))
    except UnsupportedError as error:
        return Induction(reason=f"a step could not be lifted: {error}")
    except TooManyBranches as error:
        return Induction(reason=f"a step has too many cases: {error}")
    except CellLimitError:
        return Induction(reason=f"the proof of a step needs more than {MOST_CELLS} cells")


class Inductive(Stepping):
    """The proof of a rule, at one entry of the parameters."""

    def __init__(self, spec: Spec, steps: Steps) -> None:
        super().__init__(spec, steps)
        self.budget = Budget(MOST_CELLS)

    def proved(self) -> Iterator[str]:
        """Proves the rule, and describes the relation.

        Raises:
            Stuck: if there is no proof.
        """
        later = self._lifted(self.later_step, [s for s in self.leaves if isinstance(s, sp.Symbol)])
        needed = self._needed(later)
        tracked = {self.relation[k].name for k in needed} | set(self.used_before)  # type: ignore[union-attr]
        before = {name: sp.Symbol(f"{name}_before", real=True) for name in tracked if name is not None}
        first = self._lifted(self.first_step, [])
        one = sp.Integer(1)
        begun = self.step_from(self.start, one, self.gradient, self.params)
        facts = Facts(self._domain())
        self._same(begun[self.formula.output.base], first[0], facts, "the first step", silent=True)
        for k in needed:
            self._same(self._state(k, begun, one), first[k + 1], facts, f"the state after the first step, part {k + 1}")
        after = self.step_from(before, self.count, self.gradient, self.params)
        powers = {s: sp.Symbol(f"{s}_power", real=True) for s in self.hyper}
        facts = Facts([*self._domain(), *self._of_steps(powers)])
        kept = self._kept(begun, before, after, powers)
        put_in = {s: self._state(k, before, self.count - 1) for k, s in enumerate(self.leaves) if k in needed}
        if self.steps.output == APPLIED:
            put_in[self.params] = before.get(self.formula.output.base, self.params)
        put_in = {s: with_powers(value, powers, self.count) for s, value in put_in.items()}
        with facts.assuming(*kept):
            for value in put_in.values():
                if not facts.entails(sp.Ne(sp.fraction(sp.together(value))[1], 0)):
                    raise Stuck("the relation may divide by zero")
            code = [with_powers(leaf.xreplace(put_in), powers, self.count) for leaf in later]
            told = {
                name: with_powers(value, powers, self.count).xreplace({self.params: put_in.get(self.params, self.params)})
                for name, value in after.items()
            }
            self._same(told[self.formula.output.base], code[0], facts, "a step", silent=True)
            for k in needed:
                value = with_powers(self._state(k, told, self.count), powers, self.count)
                self._same(value, code[k + 1], facts, f"the state after a step, part {k + 1}")
        for k in sorted(needed):
            yield f"part {k + 1} of the state is {self._worded(k)}"

    def _worded(self, k: int) -> str:
        found = self.relation[k]
        assert isinstance(found, Related)  # it is needed
        return str(found.factor if found.name is None else found.factor * found.name[self.count])

    def _lifted(self, call: Any, symbols: Sequence[sp.Symbol]) -> list[sp.Expr]:
        """The formulas of a step, if no input selects its path."""
        found = run(call, self._point(symbols), counters=self.counters if symbols else {})
        if found.raised is not None:
            raise Stuck(f"a step raises {type(found.raised).__name__}")
        facts = Facts([*self._domain(), *(self._of_steps({}))])
        if found.pins or found.hashed or not all(facts.entails(condition) for condition in found.conditions):
            raise Stuck("the path of the code depends on its inputs")
        return [sp.sympify(np.asarray(leaf).item() if isinstance(leaf, np.ndarray) else leaf) for leaf in found.value]

    def _point(self, symbols: Sequence[sp.Symbol]) -> dict[sp.Symbol, Any]:
        """A point for a run: any values that the domain allows."""
        plan = Plan(drawing_order(self.case), self.case.where, [])
        row: Row = next(iter(seeded(plan, 1, seed=1)))
        point = dict(zip(plan.symbols, row, strict=True))
        one = next(iter(point.values())) * 0 + 1
        return (
            point
            | {self.gradient: one / 2, self.params: one / 4}
            | ({} if self.objective is None else {self.objective: one / 8})
            | {s: one if s.is_integer else one / (k + 3) for k, s in enumerate(symbols)}
        )

    def _needed(self, later: Sequence[sp.Expr]) -> set[int]:
        """The parts of the state on which the outputs depend, now or later."""
        needed: set[int] = set()
        waiting = [later[0]]
        while waiting:
            formula = waiting.pop()
            for k, symbol in enumerate(self.leaves):
                if isinstance(symbol, sp.Symbol) and k not in needed and symbol in formula.free_symbols:
                    needed.add(k)
                    waiting.append(later[k + 1])
        for k, symbol in enumerate(self.leaves):
            if isinstance(symbol, bool) and (self.relation[k] is None or later[k + 1] != sp.sympify(symbol)):
                raise Stuck("a truth value of the state changes")
        for k in needed:
            if self.relation[k] is None:
                raise Stuck(f"part {k + 1} of the state is no documented value times a factor")
        return needed

    def _state(self, k: int, values: Mapping[sp.IndexedBase, sp.Expr], count: sp.Expr) -> sp.Expr:
        found = self.relation[k]
        assert isinstance(found, Related)  # it is needed
        factor = found.factor.xreplace({self.count: count})
        return factor if found.name is None else factor * values[found.name]

    def _domain(self) -> tuple[sp.Basic, ...]:
        return tuple(c for c in self.case.domain() if c.free_symbols <= set(self.hyper))

    def _of_steps(self, powers: Mapping[sp.Symbol, sp.Symbol]) -> Iterator[sp.Basic]:
        """What holds for a later step: its number, and the power of each hyperparameter whose exponent is one less than it."""
        yield self.count >= 2
        yield self.count <= LAST
        known = Facts(self._domain())
        for symbol, power in powers.items():
            if known.entails(symbol >= 0):
                yield power >= 0
                yield sp.Implies(symbol > 0, power > 0)
                yield sp.Implies(symbol <= 1, power <= symbol)
                yield sp.Implies(symbol >= 1, power >= symbol)
                if known.entails(symbol < 1):
                    yield symbol * power < 1

    def _kept(
        self,
        begun: Mapping[sp.IndexedBase, sp.Expr],
        before: Mapping[sp.IndexedBase, sp.Symbol],
        after: Mapping[sp.IndexedBase, sp.Expr],
        powers: Mapping[sp.Symbol, sp.Symbol],
    ) -> list[sp.Basic]:
        """The values that are never negative: the largest set of names that start so and that one step keeps so."""
        start = Facts(self._domain())
        names = [name for name in before if name in begun and is_nonnegative(begun[name], start)]
        while names:
            facts = Facts([*self._domain(), *self._of_steps(powers), *(before[name] >= 0 for name in names)])
            lost = [name for name in names if not is_nonnegative(with_powers(after[name], powers, self.count), facts)]
            if not lost:
                break
            names = [name for name in names if name not in lost]
        return [before[name] >= 0 for name in names]

    def _same(self, left: sp.Expr, right: sp.Expr, facts: Facts, what: str, *, silent: bool = False) -> None:
        """Compares two values. Outputs also agree where neither has a value."""
        allowed = {Standing.EQUAL, Standing.BOTH_UNDEFINED} if silent else {Standing.EQUAL}
        for ruling in compare(totalise(left), right, facts, [], self.budget):
            if ruling.standing not in allowed:
                where = " and ".join(map(str, ruling.conditions))
                raise Stuck(f"{what} was not proved{' where ' if where else ''}{where}")


def is_nonnegative(value: sp.Expr, facts: Facts) -> bool:
    """Whether a formula has a value that is not negative wherever the facts hold, as far as this can be proved."""
    try:
        found = list(cells((totalise(value),), facts, Budget(MOST_CELLS)))
    except (CellLimitError, TooManyBranches):
        return False
    del found
    for cell in cells((totalise(value),), facts, Budget(MOST_CELLS)):
        (formula,) = cell.formulas
        if undefined(formula) or not at_least(formula, sp.S.Zero, cell.guards, facts):
            return False
    return True


def with_powers(value: sp.Expr, powers: Mapping[sp.Symbol, sp.Symbol], count: sp.Symbol) -> sp.Expr:
    """Writes b**(t + n) as r * b**(n + 1), where r is b**(t - 1)."""

    def is_power(part: sp.Basic) -> bool:
        return isinstance(part, sp.Pow) and part.base in powers and part.exp.has(count)

    def written(base: sp.Symbol, exponent: sp.Expr) -> sp.Expr:
        slope = sp.expand(exponent).coeff(count, 1)
        rest = sp.expand(exponent - slope * count)
        if not (slope.is_Integer and slope > 0 and rest.is_Integer and rest + slope >= 0):
            raise Stuck(f"the power {base}**({exponent}) was not read")
        return powers[base] ** slope * base ** (rest + slope)

    made: sp.Expr = value.replace(is_power, lambda part: written(*part.args))
    return made
