"""Rules with a state, as people write them: the value of each name at a step, and where the sequences start."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from qedoc.algebra.recurrences import MOST_STEPS, Recurrence
from qedoc.claims.domain import exact
from qedoc.errors import meant, question

UPDATE = "update"
"""The output of a step: what is added to the parameters."""

APPLIED = "apply_updates"
"""The parameters after a step."""

GRADIENTS, PARAMETERS = "updates", "params"
"""The names of the inputs: the gradient of each step, and the parameters before the first one."""


class RuleError(Exception):
    """A rule contradicts itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an optimizer does at each step, as the `formula` of a spec.

    Args:
        output: the name that has the output of a step, such as `u[t]`: the update, or the parameters after the step.
        gradient: the gradient that a step is given, such as `g[t]`.
        lines: the value of each name at the step t, in any order. A line may use the other names at t, and all names at t - 1.
        start: the value of each name before the first step, such as `{m[0]: 0}`, if a line uses it at t - 1. It may be the value at the
            first step, `m[1]` or `g[1]`.
        parameters: the parameters that a step starts from, if the lines use them: `theta[t - 1]`, or `theta[t]` where the documentation
            counts so. If `output` is `theta[t]`, the claim is about the parameters, else about the updates that are added to them.
        steps: the number of steps that are run.
    """

    output: Any
    gradient: Any
    lines: Mapping[Any, Any]
    start: Mapping[Any, Any] = field(default_factory=dict)
    parameters: Any = None
    steps: int = 4

    @property
    def kind(self) -> str:
        """What the rule gives: updates, or the parameters after each of them."""
        return APPLIED if self.parameters is not None and self.output.base == self.parameters.base else UPDATE

    @property
    def step(self) -> sp.Symbol:
        """The letter of the step."""
        return self.output.indices[0]

    def written(self) -> Recurrence:
        """The rule with its lines as they were given, for readers."""
        return Recurrence(self.output, list(self._lines().items()), self._starts(), (self.step, sp.Symbol(str(self.step))))

    def recurrence(self, begin: sp.Symbol, last: sp.Symbol) -> Recurrence:
        """The value of the output at a step.

        Args:
            begin: the parameters before the first step.
            last: the step whose value is meant.
        """
        t, start = self.step, self._starts()
        lines = _ordered(self._lines())
        if self.kind == APPLIED:
            start[self.output.base] = begin
        elif self.parameters is not None:
            moved, before = self.parameters.base, self.parameters
            lines = {left: value.xreplace({before: moved[t]}) for left, value in lines.items() if left.base != moved}
            lines = {moved[t]: moved[t - 1] + self.output.base[t - 1], **lines}
            start |= {moved: begin, self.output.base: sp.S.Zero}
        return Recurrence(self.output, list(lines.items()), start, (t, last))

    def _lines(self) -> dict[sp.Indexed, sp.Expr]:
        return {left: exact(value) for left, value in self.lines.items()}

    def _starts(self) -> dict[sp.IndexedBase, sp.Expr]:
        return {name.base: exact(value) for name, value in self.start.items()}

    def check(self) -> None:
        """Checks that the parts fit together.

        Raises:
            RuleError: if they do not.
        """
        self._check_types()
        t, lines = self.step, self._lines()
        named = [left.base for left in lines]
        known = [*named, self.gradient.base, *([] if self.parameters is None else [self.parameters.base])]
        if self.output.base not in named:
            raise RuleError(f"no line gives the output {self.output}; the lines give {_listed(lines)}")
        if self.gradient.base in named:
            raise RuleError(f"a line gives the gradient {self.gradient}, which is the input of a step")
        self._check_parameters(lines)
        for name in self.start:
            if name.base not in known:
                raise RuleError(f"start= gives {name}, and no line gives {name.base}[{t}]{_near(name.base, known)}")
        for left, value in lines.items():
            for entry in sorted(value.atoms(sp.Indexed), key=str):
                self._check_entry(left, entry, known)
        for name, value in self._starts().items():
            for entry in value.atoms(sp.Indexed):
                if entry not in (name[1], self.gradient.base[1]):
                    raise RuleError(f"the start of {name} uses {entry}; it may use {name[1]} or {self.gradient.base[1]}, and no other step")
        _ordered(lines)

    def _check_types(self) -> None:
        for what, entry in (("output", self.output), ("gradient", self.gradient), ("parameters", self.parameters)):
            if what == "parameters" and entry is None:
                continue
            if not isinstance(entry, sp.Indexed) or len(entry.indices) != 1:
                raise RuleError(f"{what} must be a name at a step, such as u[t] of an IndexedBase u; found {_found(entry)}")
        t = self.step
        if not isinstance(t, sp.Symbol):
            raise RuleError(f"the step of the output must be a letter, as in u[t]; found {self.output}")
        if self.gradient.indices != (t,):
            raise RuleError(f"gradient must be {self.gradient.base}[{t}], the gradient of the step {t}; found {self.gradient}")
        for what, pairs in (("lines", self.lines), ("start", self.start)):
            if not isinstance(pairs, Mapping):
                raise RuleError(f"{what} must be a dict from names to their values; found {_found(pairs)}")
            index = t if what == "lines" else sp.S.Zero
            for name, value in pairs.items():
                if not isinstance(name, sp.Indexed) or name.indices != (index,):
                    raise RuleError(f"{what} must have names such as m[{index}] of an IndexedBase m as its keys; found {_found(name)}")
                if isinstance(value, bool) or not isinstance(value, int | float | sp.Expr):
                    raise RuleError(f"the value of {name} in {what} must be a SymPy expression or a number; found {_found(value)}")
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or not 2 <= self.steps <= MOST_STEPS:
            raise RuleError(f"steps must be an integer from 2 to {MOST_STEPS}; found {self.steps!r}")

    def _check_parameters(self, lines: Mapping[sp.Indexed, sp.Expr]) -> None:
        if self.parameters is None:
            return
        t, moved, update = self.step, self.parameters.base, self.output.base
        if self.parameters.indices not in ((t,), (t - 1,)):
            raise RuleError(f"parameters must be {moved}[{t} - 1] or {moved}[{t}]; found {self.parameters}")
        if any(name.base == moved for name in self.start):
            raise RuleError(f"start= gives {moved}, the parameters; they start at any value")
        if self.kind == APPLIED:
            if self.parameters.indices == (t,):
                raise RuleError(f"{self.output} is the output, so that a step starts from {moved}[{t} - 1]; write it as parameters=")
            return
        after = self.parameters.subs(t, t + 1)
        if (value := lines.get(moved[t])) is not None and (after != moved[t] or value != self.parameters + self.output):
            wanted = f"write output={moved}[{t}] to make it the output" if after == moved[t] else "leave it out"
            raise RuleError(f"the line of {moved}[{t}] moves the parameters, which move by {self.output}; {wanted}")
        if self._starts().get(update, sp.S.Zero) != 0:
            raise RuleError(f"start= gives {update}[0] = {self._starts()[update]}; in a rule that uses the parameters, it must be 0")

    def _check_entry(self, left: sp.Indexed, entry: sp.Indexed, known: Sequence[sp.IndexedBase]) -> None:
        """Checks a name at a step inside a line."""
        t, name = self.step, entry.base
        if self.parameters is not None and name == self.parameters.base:
            allowed = (self.parameters,) if self.kind == UPDATE else (self.parameters, self.output)
            if entry not in allowed:
                raise RuleError(f"the line of {left} uses {entry}; a step starts from the parameters {self.parameters}")
            return
        if name not in known:
            what = "no line gives it, and it is neither the gradient nor the parameters"
            raise RuleError(f"the line of {left} uses {entry}: {what}{_near(name, known)}")
        if entry.indices not in ((t,), (t - 1,)):
            raise RuleError(f"the line of {left} uses {entry}; a line may use the steps {t} and {t} - 1. Keep older values in a name")
        if entry.indices == (t - 1,) and name not in self._starts():
            raise RuleError(f"the line of {left} uses {entry}, and nothing gives {name}[0]; add it to start=")


def _ordered(lines: Mapping[sp.Indexed, sp.Expr]) -> dict[sp.Indexed, sp.Expr]:
    """The lines in an order of computation.

    Raises:
        RuleError: if there is none.
    """
    done: dict[sp.Indexed, sp.Expr] = {}
    waiting = dict(lines)
    while waiting:
        ready = [left for left, value in waiting.items() if not value.atoms(sp.Indexed) & set(waiting)]
        if not ready:
            circle = [left for left, value in waiting.items()]
            raise RuleError(f"the lines of {_listed(circle)} use one another at the same step")
        done |= {left: waiting.pop(left) for left in ready}
    return done


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(map(str, names))


def _found(value: Any) -> str:
    return f"{value} of type {type(value).__name__}"


def _near(name: Any, known: Iterable[Any]) -> str:
    return f"; {suggestion}" if (suggestion := question(meant(str(name), [str(k) for k in known]))) else ""
