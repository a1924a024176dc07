"""A rule with a state beside its code: single steps of both, and how the state of the code follows from the documented values."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

import jax
import numpy as np
import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.algebra.recurrences import Recurrence, put
from qedoc.claims.case import Case, instantiate
from qedoc.claims.spec import Size, Spec
from qedoc.claims.steps import GRADIENTS, PARAMETERS, Steps
from qedoc.judge.relation import Related, related
from qedoc.lift.opaque import opaque
from qedoc.search.sampling import Plan, drawing_order
from qedoc.search.strategies import seeded

RUNS = 3
"""Number of runs from which the relation is guessed."""

FIRST = 4
"""Number of steps of each of them."""

LAST = 2**31 - 2
"""The last step that is claimed. Counters stop at the largest integer of 32 bits."""


class Stuck(Exception):
    """Ends the attempt, with the reason."""


class Stepping:
    """A rule with its code, at one entry of the parameters.

    Args:
        spec: the claim.
        steps: its target.
    """

    def __init__(self, spec: Spec, steps: Steps) -> None:
        (size,) = [d.symbol for d in spec.symbols if isinstance(d, Size)]
        assert isinstance(spec.formula, Recurrence)  # the caller looked
        self.size, self.spec, self.steps, self.moves = size, spec, steps, steps
        self.formula: Recurrence = spec.formula
        self.case: Case = instantiate(spec, {size: 1})
        self.hyper = tuple(s.symbol for s in self.case.scalars if s.name not in (GRADIENTS, PARAMETERS) and s.vector != GRADIENTS)
        self.count = sp.Symbol(self.formula.step.name, integer=True, positive=True)
        self.gradient = sp.Symbol("gradient", real=True)
        self.params = sp.Symbol("parameters", real=True)
        self.objective = sp.Symbol("objective", real=True) if steps.is_solver else None

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
        stray = list(value.atoms(sp.Indexed))
        if stray:
            raise Stuck(f"the value of {stray[0]} before the first step is not known")
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
        """The output of the first step, and the state after it."""
        made = self._made(values)
        fed = self._fed(values)
        output, _, state = self.moves.advance(made, fed[1], self.steps.begin(made, *fed), fed[0], fed[2])
        return [output, *jax.tree.leaves(state)]

    def _fed(self, values: Mapping[Any, Any]) -> tuple[Any, Any, Any]:
        """The parameters, the gradient, and the value of the objective for a solver."""
        return values[self.params], values[self.gradient], None if self.objective is None else values[self.objective]

    def later_step(self, values: Mapping[Any, Any]) -> list[Any]:
        """The output of a step from any state, and the state after it."""
        made = self._made(values)
        fed = self._fed(values)
        tree = jax.tree.structure(self.steps.begin(made, *fed))
        state = jax.tree.unflatten(tree, [values[s] if isinstance(s, sp.Symbol) else s for s in self.leaves])
        output, _, after = self.moves.advance(made, fed[1], state, fed[0], fed[2])
        return [output, *jax.tree.leaves(after)]

    @cached_property
    def traces(self) -> list[tuple[dict[sp.Symbol, float], list[list[Any]], dict[sp.IndexedBase, list[float]]]]:
        """For some runs: the hyperparameters, the parts of the state after each step, and the documented values."""
        case = instantiate(self.spec, {self.size: FIRST})
        plan = Plan(drawing_order(case), case.where, [totalise(case.formula)])
        found = []
        for row in seeded(plan, 4 * RUNS, seed=1):
            with suppress(Stuck, ArithmeticError, TypeError, ValueError):
                found.append(self._trace(case, dict(zip(plan.symbols, row, strict=True))))
            if len(found) == RUNS:
                return found
        raise Stuck("the first steps have no values at the points that were tried")

    def _trace(self, case: Case, point: Mapping[sp.Symbol, Any]) -> Any:
        with jax.enable_x64(True):
            keywords, _ = case.arguments({s: float(x) for s, x in point.items()}, opaque)
            gradients, params = keywords.pop(GRADIENTS), keywords.pop(PARAMETERS)
            made = self.steps.factory(**keywords)
            params = jax.numpy.asarray(params, dtype=float)
            state = self.steps.begin(made, params, gradients[0])
            parts: list[list[Any]] = []
            values: dict[sp.IndexedBase, list[float]] = {}
            hyper = {s: point[s] for s in self.hyper}
            exact = {s: sp.Rational(x.numerator, x.denominator) for s, x in hyper.items()}
            exact |= {self.params: sp.Float(float(params), 30), self.gradient: sp.Float(float(gradients[0]), 30)}
            before = {name: value.xreplace(exact) for name, value in self.start.items()}
            for k, gradient in enumerate(gradients, start=1):
                after = self.step_from(before, sp.Integer(k), sp.Float(float(gradient), 30), sp.Float(float(params), 30))
                before = {name: sp.N(value.xreplace(exact), 30) for name, value in after.items()}
                _, params, state = self.steps.advance(made, gradient, state, params)
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
    def counters(self) -> dict[sp.Symbol, tuple[int, int]]:
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
