"""Proves a rule with a state for every step, by induction.

After the same number of steps from the start, each part of the code's state is a documented value times a factor: the relation. It is
guessed from a few runs. Three things are proved for symbolic inputs and hyperparameters: the first step from the start gives the documented
output and a related state; a later step from any related state gives the documented output; and it keeps the relation.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import numpy as np
import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.recurrences import Recurrence, put
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.case import Case, instantiate
from qedoc.claims.spec import Size, Spec
from qedoc.claims.steps import APPLIED, GRADIENTS, PARAMETERS, Steps
from qedoc.errors import UnsupportedError
from qedoc.judge.relation import Related, related
from qedoc.lift.opaque import opaque
from qedoc.lift.trace import run
from qedoc.prove.cells import Budget, CellLimitError, cells, undefined
from qedoc.prove.equality import Standing, compare
from qedoc.prove.inequality import at_least
from qedoc.search.sampling import Plan, drawing_order
from qedoc.search.strategies import Row, seeded

MOST_CELLS = 800
"""Maximum number of cells in one proof."""

RUNS = 3
"""Number of runs from which the relation is guessed."""

FIRST = 4
"""Number of steps of each of them."""

LAST = 2**31 - 2
"""The last step that is claimed. Counters stop at the largest integer of 32 bits."""


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


class _Stuck(Exception):
    """Ends the attempt, with the reason."""


def induct(spec: Spec, steps: Steps) -> Induction:
    """Tries to prove a rule for every step.

    Args:
        spec: the claim. Its formula is a `Recurrence`.
        steps: its target.
    """
    try:
        rule = _Rule(spec, steps)
        return Induction(relation=tuple(rule.proved()), cells=MOST_CELLS - rule.budget.cells)
    except _Stuck as stuck:
        return Induction(reason=str(stuck))
    except UnsupportedError as error:
        return Induction(reason=f"a step could not be lifted: {error}")
    except TooManyBranches as error:
        return Induction(reason=f"a step has too many cases: {error}")
    except CellLimitError:
        return Induction(reason=f"the proof of a step needs more than {MOST_CELLS} cells")


class _Rule:
    """A rule with its code, at one entry of the parameters.

    Args:
        spec: the claim.
        steps: its target.
    """

    def __init__(self, spec: Spec, steps: Steps) -> None:
        (size,) = [d.symbol for d in spec.symbols if isinstance(d, Size)]
        assert isinstance(spec.formula, Recurrence)  # the caller looked
        self.size, self.spec, self.steps = size, spec, steps
        self.formula: Recurrence = spec.formula
        self.case: Case = instantiate(spec, {size: 1})
        self.hyper = tuple(s.symbol for s in self.case.scalars if s.name not in (GRADIENTS, PARAMETERS) and s.vector != GRADIENTS)
        self.count = sp.Symbol(self.formula.step.name, integer=True, positive=True)
        self.gradient = sp.Symbol("gradient", real=True)
        self.params = sp.Symbol("parameters", real=True)
        self.budget = Budget(MOST_CELLS)

    # The documented side

    @cached_property
    def inputs(self) -> tuple[sp.IndexedBase, ...]:
        """What the lines use and no line defines: the gradient."""
        named = {left.base for left, _ in self.formula.lines}
        return tuple({e.base for _, right in self.formula.lines for e in right.atoms(sp.Indexed) if e.base not in named})

    @cached_property
    def moved(self) -> sp.IndexedBase | None:
        """The name that is the parameters before the step, if the rule gives updates and uses them."""
        u, t = self.formula.output, self.formula.step
        before = u.base[t - 1]
        return next((left.base for left, right in self.formula.lines if right == left.base[t - 1] + before), None)

    def step_from(self, before: Mapping[sp.IndexedBase, sp.Expr], count: sp.Expr, gradient: sp.Expr, params: sp.Expr) -> dict[Any, sp.Expr]:
        """The documented values after a step.

        Args:
            before: the values before it.
            count: the number of the step.
            gradient: the gradient of the step.
            params: the parameters before the step.
        """
        t = self.formula.step
        known: dict[sp.Basic, sp.Expr] = {name[t - 1]: name[t] if value == name[1] else value for name, value in before.items()}
        known |= {name[t]: gradient for name in self.inputs}
        for left, right in self.formula.lines:
            known[left] = params if left.base == self.moved else put(put(right, known), known)
        after = {entry.base: value for entry, value in known.items() if isinstance(entry, sp.Indexed) and entry.indices == (t,)}
        return {name: self._translated(value.xreplace({t: count})) for name, value in after.items()}

    def _translated(self, value: sp.Expr) -> sp.Expr:
        stray = [e for e in value.atoms(sp.Indexed)]
        if stray:
            raise _Stuck(f"the value of {stray[0]} before the first step is not known")
        made: sp.Expr = self.case.translate(value)
        return made

    @cached_property
    def used_before(self) -> tuple[sp.IndexedBase, ...]:
        """The names whose value one step before a line uses."""
        t = self.formula.step
        lines = [right for left, right in self.formula.lines if left.base != self.moved]
        return tuple({e.base for right in lines for e in right.atoms(sp.Indexed) if e.indices == (t - 1,)})

    # The code

    def _made(self, values: Mapping[Any, Any]) -> Any:
        keywords, _ = self.case.arguments(values, opaque)
        return self.steps.factory(**{name: value for name, value in keywords.items() if name not in (GRADIENTS, PARAMETERS)})

    def first_step(self, values: Mapping[Any, Any]) -> list[Any]:
        """The update of the first step, and the state after it."""
        made = self._made(values)
        change, state = made.update(values[self.gradient], made.init(values[self.params]), values[self.params])
        return [change, *jax.tree.leaves(state)]

    def later_step(self, values: Mapping[Any, Any]) -> list[Any]:
        """The update of a step from any state, and the state after it."""
        made = self._made(values)
        tree = jax.tree.structure(made.init(values[self.params]))
        state = jax.tree.unflatten(tree, [values[s] if isinstance(s, sp.Symbol) else s for s in self.leaves])
        change, after = made.update(values[self.gradient], state, values[self.params])
        return [change, *jax.tree.leaves(after)]

    @cached_property
    def traces(self) -> list[tuple[dict[sp.Symbol, float], list[list[Any]], dict[sp.IndexedBase, list[float]]]]:
        """For some runs: the hyperparameters, the parts of the state after each step, and the documented values."""
        case = instantiate(self.spec, {self.size: FIRST})
        plan = Plan(drawing_order(case), case.where, [totalise(case.formula)])
        found = []
        for row in seeded(plan, 4 * RUNS, seed=1):
            with suppress(_Stuck, ArithmeticError, TypeError, ValueError):
                found.append(self._trace(case, dict(zip(plan.symbols, row, strict=True))))
            if len(found) == RUNS:
                return found
        raise _Stuck("the first steps have no values at the points that were tried")

    def _trace(self, case: Case, point: Mapping[sp.Symbol, Any]) -> Any:
        with jax.enable_x64(True):
            keywords, _ = case.arguments({s: float(x) for s, x in point.items()}, opaque)
            gradients, params = keywords.pop(GRADIENTS), keywords.pop(PARAMETERS)
            made = self.steps.factory(**keywords)
            params = jax.numpy.asarray(params, dtype=float)
            state = made.init(params)
            parts, values = [], {}
            hyper = {s: point[s] for s in self.hyper}
            exact = {s: sp.Rational(x.numerator, x.denominator) for s, x in hyper.items()}
            exact |= {self.params: sp.Float(float(params), 30), self.gradient: sp.Float(float(gradients[0]), 30)}
            before = {name: value.xreplace(exact) for name, value in self.start.items()}
            for k, gradient in enumerate(gradients, start=1):
                after = self.step_from(before, sp.Integer(k), sp.Float(float(gradient), 30), sp.Float(float(params), 30))
                before = {name: sp.N(value.xreplace(exact), 30) for name, value in after.items()}
                change, state = made.update(gradient, state, params)
                params = params + change
                parts.append([np.asarray(leaf).item() for leaf in jax.tree.leaves(state)])
                for name, value in before.items():
                    values.setdefault(name, []).append(float(value))
        return {s: float(x) for s, x in hyper.items()}, parts, values

    @cached_property
    def start(self) -> dict[sp.IndexedBase, sp.Expr]:
        """The documented values before the first step, in terms of the first gradient and the parameters."""
        first = {s.symbol: self.params if s.name == PARAMETERS else self.gradient for s in self.case.scalars if s.symbol not in self.hyper}
        starts = self.formula.start.items()
        return {name: value if value == name[1] else self._translated(value).xreplace(first) for name, value in starts}

    # The relation

    @cached_property
    def relation(self) -> list[Related | bool | None]:
        """How each part of the state follows from the documented values."""
        shape = (len(self.traces), FIRST)
        counts = np.broadcast_to(np.arange(1.0, FIRST + 1), shape)
        names = list(self.traces[0][2])
        values = {name: np.array([trace[2][name] for trace in self.traces]) for name in names}
        factors: dict[sp.Expr, Any] = {self.count: counts}
        for symbol in self.hyper:
            number = np.array([[trace[0][symbol]] * FIRST for trace in self.traces])
            factors |= {
                symbol: number,
                1 - symbol: 1 - number,
                1 - symbol**self.count: 1 - number**counts,
                symbol**self.count: number**counts,
            }
        found: list[Related | bool | None] = []
        with np.errstate(all="ignore"):
            for k in range(len(self.traces[0][1][0])):
                part = np.array([[step[k] for step in trace[1]] for trace in self.traces])
                if part.dtype == bool:
                    found.append(bool(part.flat[0]) if np.all(part == part.flat[0]) else None)
                else:
                    found.append(related(part.astype(float), values, factors, counts, self.count))
        return found

    @cached_property
    def leaves(self) -> list[Any]:
        """A symbol for each part of the state; a truth value, which never changes, stands for itself."""
        first = self.traces[0][1][0]
        return [
            value if isinstance(value, bool) else sp.Symbol(f"state_{k}", integer=isinstance(value, int) or None, real=True)
            for k, value in enumerate(first)
        ]

    @cached_property
    def _counters(self) -> dict[sp.Symbol, tuple[int, int]]:
        """The parts of the state that count steps, with their first and last value before a later step."""
        found = {}
        for symbol, one in zip(self.leaves, self.relation, strict=True):
            if (
                isinstance(symbol, sp.Symbol)
                and symbol.is_integer
                and isinstance(one, Related)
                and one.name is None
                and one.factor.has(self.count)
            ):
                offset = int(one.factor - self.count)
                found[symbol] = (1 + offset, LAST - 1 + offset)
        return found

    # The proof

    def proved(self) -> Iterator[str]:
        """Proves the rule, and describes the relation.

        Raises:
            _Stuck: if there is no proof.
        """
        later = self._lifted(self.later_step, [s for s in self.leaves if isinstance(s, sp.Symbol)])
        needed = self._needed(later)
        tracked = {self.relation[k].name for k in needed} | set(self.used_before)  # type: ignore[union-attr]
        before = {name: sp.Symbol(f"{name}_before", real=True) for name in tracked if name is not None}
        first = self._lifted(self.first_step, [])
        one = sp.Integer(1)
        begun = self.step_from(self.start, one, self.gradient, self.params)
        facts = Facts(self._domain())
        self._same_output(begun, first[0], facts, "the first step")
        for k in needed:
            self._same(self._state(k, begun, one), first[k + 1], facts, f"the state after the first step, part {k + 1}")
        after = self.step_from(before, self.count, self.gradient, self.params)
        powers = {s: sp.Symbol(f"{s}_power", real=True) for s in self.hyper}
        facts = Facts([*self._domain(), *self._of_steps(powers)])
        kept = self._kept(begun, before, after, powers)
        put_in = {s: self._state(k, before, self.count - 1) for k, s in enumerate(self.leaves) if k in needed}
        if self.steps.output == APPLIED:
            put_in[self.params] = before.get(self.formula.output.base, self.params)
        put_in = {s: _with_powers(value, powers, self.count) for s, value in put_in.items()}
        with facts.assuming(*kept):
            for value in put_in.values():
                if not facts.entails(sp.Ne(sp.fraction(sp.together(value))[1], 0)):
                    raise _Stuck("the relation may divide by zero")
            code = [_with_powers(leaf.xreplace(put_in), powers, self.count) for leaf in later]
            told = {
                name: _with_powers(value, powers, self.count).xreplace({self.params: put_in.get(self.params, self.params)})
                for name, value in after.items()
            }
            self._same_output(told, code[0], facts, "a step", params=put_in.get(self.params, self.params))
            for k in needed:
                value = _with_powers(self._state(k, told, self.count), powers, self.count)
                self._same(value, code[k + 1], facts, f"the state after a step, part {k + 1}")
        for k in sorted(needed):
            yield f"part {k + 1} of the state is {self._worded(k)}"

    def _worded(self, k: int) -> str:
        found = self.relation[k]
        assert isinstance(found, Related)  # it is needed
        return str(found.factor if found.name is None else found.factor * found.name[self.count])

    def _lifted(self, call: Any, symbols: Sequence[sp.Symbol]) -> list[sp.Expr]:
        """The formulas of a step, if no input selects its path."""
        found = run(call, self._point(symbols), counters=self._counters if symbols else {})
        if found.raised is not None:
            raise _Stuck(f"a step raises {type(found.raised).__name__}")
        facts = Facts([*self._domain(), *(self._of_steps({}))])
        if found.pins or found.hashed or not all(facts.entails(condition) for condition in found.conditions):
            raise _Stuck("the path of the code depends on its inputs")
        return [sp.sympify(np.asarray(leaf).item() if isinstance(leaf, np.ndarray) else leaf) for leaf in found.value]

    def _point(self, symbols: Sequence[sp.Symbol]) -> dict[sp.Symbol, Any]:
        """A point for a run: any values that the domain allows."""
        plan = Plan(drawing_order(self.case), self.case.where, [])
        row: Row = next(iter(seeded(plan, 1, seed=1)))
        point = {s: x for s, x in zip(plan.symbols, row, strict=True)}
        one = next(iter(point.values())) * 0 + 1
        return (
            point
            | {self.gradient: one / 2, self.params: one / 4}
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
                raise _Stuck("a truth value of the state changes")
        for k in needed:
            if self.relation[k] is None:
                raise _Stuck(f"part {k + 1} of the state is no documented value times a factor")
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

    def _kept(
        self,
        begun: Mapping[sp.IndexedBase, sp.Expr],
        before: Mapping[sp.IndexedBase, sp.Symbol],
        after: Mapping[sp.IndexedBase, sp.Expr],
        powers: Mapping[sp.Symbol, sp.Symbol],
    ) -> list[sp.Basic]:
        """The values that are never negative: the largest set of names that start so and that one step keeps so."""
        start = Facts(self._domain())
        names = [name for name in before if name in begun and _nonnegative(begun[name], start)]
        while names:
            facts = Facts([*self._domain(), *self._of_steps(powers), *(before[name] >= 0 for name in names)])
            lost = [name for name in names if not _nonnegative(_with_powers(after[name], powers, self.count), facts)]
            if not lost:
                break
            names = [name for name in names if name not in lost]
        return [before[name] >= 0 for name in names]

    def _same_output(
        self, values: Mapping[sp.IndexedBase, sp.Expr], change: sp.Expr, facts: Facts, what: str, params: sp.Expr | None = None
    ) -> None:
        """Compares the documented output with that of the code. Where neither has a value, they agree."""
        code = change
        if self.steps.output == APPLIED:
            code = _mapped(change, lambda value: value + (self.params if params is None else params))
        self._same(values[self.formula.output.base], code, facts, what, silent=True)

    def _same(self, left: sp.Expr, right: sp.Expr, facts: Facts, what: str, *, silent: bool = False) -> None:
        allowed = {Standing.EQUAL, Standing.BOTH_UNDEFINED} if silent else {Standing.EQUAL}
        for ruling in compare(totalise(left), right, facts, [], self.budget):
            if ruling.standing not in allowed:
                where = " and ".join(map(str, ruling.conditions))
                raise _Stuck(f"{what} was not proved{' where ' if where else ''}{where}")


def _mapped(formula: sp.Expr, change: Any) -> sp.Expr:
    """A total formula with its values changed."""
    if isinstance(formula, sp.Piecewise):
        return sp.Piecewise(*((row.expr if row.expr is sp.nan else change(row.expr), row.cond) for row in formula.args), evaluate=False)
    made: sp.Expr = change(formula)
    return made


def _nonnegative(value: sp.Expr, facts: Facts) -> bool:
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


def _with_powers(value: sp.Expr, powers: Mapping[sp.Symbol, sp.Symbol], count: sp.Symbol) -> sp.Expr:
    """Writes b**(t + n) as r * b**(n + 1), where r is b**(t - 1)."""

    def is_power(part: sp.Basic) -> bool:
        return isinstance(part, sp.Pow) and part.base in powers and part.exp.has(count)

    def written(base: sp.Symbol, exponent: sp.Expr) -> sp.Expr:
        slope = sp.expand(exponent).coeff(count, 1)
        rest = sp.expand(exponent - slope * count)
        if not (slope.is_Integer and slope > 0 and rest.is_Integer and rest + slope >= 0):
            raise _Stuck(f"the power {base}**({exponent}) was not read")
        return powers[base] ** slope * base ** (rest + slope)

    made: sp.Expr = value.replace(is_power, lambda part: written(*part.args))
    return made
