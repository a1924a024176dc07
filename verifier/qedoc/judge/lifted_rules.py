"""Lifts what an optimizer does at each step, as a rule: the parts of its state by their field names, and the update."""

import inspect
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.recurrences import Recurrence
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.domain import Reals
from qedoc.claims.spec import Array, Declaration, Parameter, Size, Spec, Variable
from qedoc.claims.steps import APPLIED, GRADIENTS, PARAMETERS, UPDATE, Steps
from qedoc.errors import UnsupportedError, told
from qedoc.judge.describe import settled
from qedoc.judge.shortened import ordered, shortened, valued
from qedoc.judge.stepping import Stepping, Stuck
from qedoc.lift.trace import Path, run
from qedoc.prove.cells import Budget, CellLimitError, negation
from qedoc.prove.equality import Standing, compare
from qedoc.search.sampling import Plan, drawing_order
from qedoc.search.strategies import seeded

MOST_PATHS = 16
"""Maximum number of paths through the code of one step."""

MOST_CELLS = 200
"""Maximum number of cells in the comparison of the first step with a later one."""

ALIKE = 1e-9
"""Relative difference up to which two float64 values are the same."""

GRADIENT, UPDATED, MOVED = "g", "u", "theta"
"""The names of the gradient, the update and the parameters, if a spec does not say others."""


def lifted_rule(target: str, steps: Steps, spec: Spec) -> Recurrence:
    """Returns the rule that the code of an optimizer computes.

    The rule holds for each entry of the parameters, wherever it has a value, and for each step up to `LAST`.

    Args:
        target: dotted path of the function.
        steps: its steps.
        spec: declares the hyperparameters.

    Raises:
        UnsupportedError: for code that qedoc has no rule for, or whose entries depend on each other, and for a class of solvers.
        TargetError: for a target that cannot be called.
    """
    if steps.is_solver:
        raise UnsupportedError(f"{target}: the steps of a solver depend on its objective, and no rule is lifted; state one, and check it")
    try:
        return _Lifted(spec, steps).rule()
    except (Stuck, TooManyBranches, CellLimitError) as error:
        raise UnsupportedError(f"{target}: no rule could be lifted: {error}") from error


def inferred(target: str, steps: Steps) -> Spec:
    """A spec with an unknown for each hyperparameter that is a number. Its rule is a placeholder.

    Args:
        target: dotted path of the function.
        steps: its steps.
    """
    declared: list[Declaration] = []
    bind: dict[str, Any] = {}
    for p in inspect.signature(steps).parameters.values():
        if p.name in (GRADIENTS, PARAMETERS) or p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL):
            continue
        if p.default is inspect.Parameter.empty or _is_number(p.default):
            declared.append(Parameter(sp.Symbol(p.name), p.name, Reals(above=0), ""))
        elif isinstance(p.default, tuple) and p.default and all(map(_is_number, p.default)):
            letters = tuple(sp.Symbol(f"{p.name}_{k}") for k, _ in enumerate(p.default, start=1))
            declared += [Variable(letter, Reals(above=0), "") for letter in letters]
            bind[p.name] = letters
    t, last, index = sp.Symbol("t"), sp.Symbol("steps"), sp.Symbol("i")
    output, gradient = sp.IndexedBase(UPDATED), sp.IndexedBase(GRADIENT)
    return Spec(
        target=f"{target.removesuffix(f'.{UPDATE}')}.{UPDATE}",
        formula=Recurrence(output[t], [(output[t], sp.S.Zero)], {}, (t, last)),
        symbols=[
            *declared,
            Parameter(sp.Symbol("params_0"), PARAMETERS, Reals(), ""),
            Variable(gradient[index], Reals(), ""),
            Size(last, [4], ""),
        ],
        bind={**bind, GRADIENTS: Array(gradient[index], (index, 1, last))},
        entry=(last - 1,),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, float)


class _Lifted(Stepping):
    """The rule of the code, at one entry of the parameters."""

    def __init__(self, spec: Spec, steps: Steps) -> None:
        super().__init__(spec, steps)
        self.moves = Steps(steps.factory, UPDATE)  # the lines of a rule give the update, and the parameters are its sum

    def rule(self) -> Recurrence:
        """The parts of the state after a step, and the update.

        Raises:
            Stuck: if the steps of the code cannot be written as a rule.
        """
        names = self._names()
        self._check_runs()
        self._check_entries()
        symbols = self._parts()
        counts = [c for s, (low, high) in self.counters.items() for c in (s >= low, s <= high)]
        later, first = self._covered(self.later_step, symbols, counts), self._covered(self.first_step, [], [])
        starts = self._covered(self._begun, [], [])
        if any(isinstance(s, bool) and after != sp.sympify(s) for s, after in zip(self.leaves, later[1:], strict=True)):
            raise Stuck("a truth value of the state changes after the first step")
        t, gradient, updated, moved = self.count, *self._inputs()
        kept = [k for k, s in enumerate(self.leaves) if isinstance(s, sp.Symbol) and s not in self.counters]
        fixed = {self.leaves[k]: starts[k] for k in kept if later[k + 1] == self.leaves[k] and first[k + 1] == starts[k]}
        kept = [k for k in kept if self.leaves[k] not in fixed]
        bases = {k: gradient if later[k + 1] == first[k + 1] == self.gradient else sp.IndexedBase(names[k]) for k in kept}
        counted = {s: t + low - 2 for s, (low, _) in self.counters.items()}
        origin = {self.params: moved[0]}
        before = counted | {self.leaves[k]: base[t - 1] for k, base in bases.items()}
        before |= {s: value.xreplace(origin) for s, value in fixed.items()} | {self.gradient: gradient[t], self.params: moved[t - 1]}
        begin = {s: value.xreplace({t: sp.S.One}) for s, value in counted.items()} | {self.leaves[k]: starts[k] for k in kept} | fixed
        places = {base[t]: k + 1 for k, base in bases.items() if base != gradient} | {updated[t]: 0}
        firsts = {left: first[place] for left, place in places.items()}
        whole = {left: later[place] for left, place in places.items()}
        begun = shortened(firsts)
        lines: dict[sp.Indexed, sp.Expr] = {}
        for left, value in shortened(whole).items():
            alike = self._is_first(value, begin | firsts, firsts[left])
            step = value if alike else sp.Piecewise((begun[left], sp.Eq(t, 1)), (value, True), evaluate=False)
            lines[left] = step.xreplace(before)
        used = {k: base for k, base in bases.items() if any(value.has(base[t - 1]) for value in lines.values())}
        begins = {base: starts[k].xreplace(origin) for k, base in used.items()}
        rows = ordered({left: lines[left] for left in places})
        if self.steps.output == APPLIED:
            rows.append((moved[t], moved[t - 1] + updated[t]))
        return Recurrence(rows[-1][0], rows, begins, (t, t))

    def _inputs(self) -> tuple[sp.IndexedBase, ...]:
        """The gradient, the update and the parameters."""
        given = self.spec.bind[GRADIENTS]
        own = self.formula.output.base
        gradient = given.item.base if isinstance(given, Array) else sp.IndexedBase(GRADIENT)
        return (gradient, *((sp.IndexedBase(UPDATED), own) if self.steps.output == APPLIED else (own, sp.IndexedBase(MOVED))))

    def _names(self) -> list[str]:
        """A name for each part of the state, from the fields of its classes.

        Raises:
            Stuck: for a part that is no number.
        """
        found: list[str] = []
        taken = {*map(str, (*self._inputs(), self.count, *self.hyper))}
        for path, leaf in self._sample():
            keys = [str(key) for entry in path for key in (getattr(entry, "name", None), getattr(entry, "key", None)) if key is not None]
            name = next((key for key in reversed(keys) if key.isidentifier()), "state")
            dtype, shape = jnp.result_type(leaf), jnp.shape(leaf)
            if shape != () or not (jnp.issubdtype(dtype, np.number) or jnp.issubdtype(dtype, np.bool_)):
                raise Stuck(f"the part {name} of the state is {dtype}{list(shape)}; expected numbers, one per entry")
            name = next(made for made in (name, *(f"{name}_{k}" for k in range(2, len(taken) + 3))) if made not in taken)
            taken.add(name)
            found.append(name)
        return found

    def _sample(self) -> list[Any]:
        """The parts of the state before the first step, with their places."""
        values = {s: float(x) for s, x in self._point([]).items()}
        try:
            state = self._made(values).init(jnp.asarray(values[self.params]))
        except Exception as error:  # the user's code may refuse the arguments in any way
            raise Stuck(f"it cannot be called with numbers ({told(error)}); write a spec that binds its parameters") from error
        flat: list[Any] = jax.tree_util.tree_flatten_with_path(state)[0]
        return flat

    def _begun(self, values: Mapping[Any, Any]) -> list[Any]:
        """The state before the first step."""
        return jax.tree.leaves(self._made(values).init(values[self.params]))

    def _point(self, symbols: Sequence[sp.Symbol]) -> dict[sp.Symbol, Any]:
        """Numbers for the unknowns: those of a point of the domain, and some for the inputs and the state."""
        plan = Plan(drawing_order(self.case), self.case.where, [])
        row = next(iter(seeded(plan, 1, seed=1)), None)
        if row is None:
            raise Stuck("no point of the domain was found")
        return plan.point(row) | {self.gradient: Fraction(1, 2), self.params: Fraction(1, 4)} | dict.fromkeys(symbols, Fraction(1))

    def _covered(self, call: Any, symbols: Sequence[sp.Symbol], known: Sequence[sp.Basic]) -> list[sp.Expr]:
        """The formulas of a call on the whole domain: one path after another, until they cover it."""
        domain = [c for c in self.case.domain() if c.free_symbols <= set(self.hyper)]
        facts = Facts([*domain, *known])
        unknowns = [*self.hyper, self.gradient, self.params, *symbols]
        counters = self.counters if symbols else {}
        paths: list[Path] = []
        waiting: list[tuple[sp.Basic, ...]] = [()]
        seen = {()}
        while waiting:
            taken = waiting.pop()
            with facts.assuming(*taken):
                if facts.empty() or any(all(map(facts.entails, path.conditions)) for path in paths):
                    continue
                point = facts.model(unknowns) if taken else {}
            found = None if point is None else run(call, self._point(symbols) | point, counters=counters)
            if found is None or len(paths) >= MOST_PATHS or any(set(found.conditions) == set(path.conditions) for path in paths):
                where = " and ".join(map(str, taken))
                raise Stuck(f"no path of the code was found where {where}; write a spec with a smaller domain")
            if found.raised is not None:
                raise Stuck(f"a step raises {told(found.raised)}")
            if found.pins or found.hashed:
                raise Stuck(f"the code takes {', '.join(map(str, found.pins or found.hashed))} as a number of Python")
            paths.append(found)
            turned = [(*found.conditions[:k], negation(condition)) for k, condition in enumerate(found.conditions)]
            waiting += [other for other in turned if other not in seen]
            seen.update(turned)
        return [_joined([(path, path.value[k]) for path in paths], facts) for k in range(len(paths[0].value))]

    def _is_first(self, later: sp.Expr, begin: Mapping[sp.Basic, sp.Expr], first: sp.Expr) -> bool:
        """Whether the formula of later steps gives the first one from the start, or neither has a value."""
        facts = Facts([c for c in self.case.domain() if c.free_symbols <= set(self.hyper)])
        try:
            found = compare(totalise(later.xreplace(begin)), totalise(first), facts, [], Budget(MOST_CELLS))
        except TypeError:  # SymPy compares no infinity
            return False
        return all(ruling.standing in (Standing.EQUAL, Standing.BOTH_UNDEFINED) for ruling in found)

    def _check_runs(self) -> None:
        """Runs some steps twice.

        Raises:
            Stuck: if the runs differ, so that a step does not follow from its state.
        """
        values = {s: float(x) for s, x in self._point([]).items()}
        try:
            with jax.enable_x64(True):
                one, other = (self._run(values, 0.5, (1.0, -2.0, 0.25)) for _ in range(2))
        except Exception as error:  # the user's code may raise anything
            raise Stuck(f"running the first steps on numbers raises {told(error)}") from error
        if not np.allclose(one, other, rtol=ALIKE, atol=0, equal_nan=True):
            raise Stuck("the same step gives different results when it is run again: the code keeps values outside of its state")

    def _check_entries(self) -> None:
        """Lifts a step of two entries.

        Raises:
            Stuck: if an entry depends on the other one.
        """
        twins = {s: sp.Symbol(f"{s.name}_beside", **s.assumptions0) for s in (self.gradient, self.params, *self._parts())}
        shapes: list[tuple[int, ...]] = []

        def step(values: Mapping[Any, Any]) -> list[Any]:
            def whole(symbol: Any) -> Any:
                return jnp.stack([values[symbol], values[twins[symbol]]])

            made = self._made(values)
            leaves, tree = jax.tree.flatten(made.init(whole(self.params)))
            shapes[:] = map(jnp.shape, leaves)
            parts = [
                s if isinstance(s, bool) else whole(s) if shape == (2,) else values[s] for s, shape in zip(self.leaves, shapes, strict=True)
            ]
            change, state = made.update(whole(self.gradient), jax.tree.unflatten(tree, parts), whole(self.params))
            after = jax.tree.leaves(state)
            return [change[0], *(part[0] if shape == (2,) else part for part, shape in zip(after, shapes, strict=True))]

        found = run(step, self._point([*self._parts(), *twins.values()]), counters=self.counters)
        if found.raised is not None:
            raise Stuck(f"a step of two entries raises {told(found.raised)}")
        own = {self.gradient, self.params, *(s for s, shape in zip(self.leaves, shapes, strict=True) if shape == (2,))}
        beside = {twins[s] for s in own}
        shared = [value for value, shape in zip(found.value[1:], shapes, strict=True) if shape != (2,)]
        mixed = [value for value in found.value if sp.sympify(value).free_symbols & beside]
        mixed += [value for value in (*shared, *found.conditions) if sp.sympify(value).free_symbols & (own | beside)]
        if mixed:
            raise Stuck("the update of an entry depends on the other entries of the array")

    def _parts(self) -> list[sp.Symbol]:
        """The unknown parts of the state."""
        return [s for s in self.leaves if isinstance(s, sp.Symbol)]

    def _run(self, values: Mapping[Any, Any], params: Any, gradients: Any) -> Any:
        made, params = self._made(values), jnp.asarray(params)
        state, found = made.init(params), []
        for gradient in jnp.asarray(gradients):
            change, state = made.update(gradient, state, params)
            params = params + change
            found.append(np.asarray(change))
        return np.array(found)


def _joined(parts: Sequence[tuple[Path, Any]], facts: Facts) -> sp.Expr:
    """A formula on several paths as one expression, where it has a value."""
    values = [valued(sp.sympify(np.asarray(part).item() if isinstance(part, np.ndarray) else part)) for _, part in parts]
    if all(value == values[0] for value in values):
        return settled(values[0], facts)
    *pieces, (last, _) = zip(values, (sp.And(*path.conditions) for path, _ in parts), strict=True)
    return settled(sp.Piecewise(*pieces, (last, True), evaluate=False), facts)
