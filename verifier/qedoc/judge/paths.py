"""Finds the code's formula on a whole domain: lifts one path after another until the paths cover the domain."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

from qedoc.algebra.partial import split
from qedoc.algebra.satisfiable import Facts
from qedoc.enclose.enclosure import Enclosure, Undefined, compile
from qedoc.enclose.infinities import Ends, ends
from qedoc.errors import UnsupportedError
from qedoc.lift.opaque import interpretation
from qedoc.lift.trace import Path, run
from qedoc.prove.cells import negation
from qedoc.search.sampling import Plan
from qedoc.search.strategies import Row, seeded

Call: TypeAlias = Callable[[Mapping[sp.Symbol, Any]], Any]

MOST_PATHS = 64
"""Maximum number of paths through a function's Python branches. A function with more is sampled instead of covered."""

MOST_PINNED = 24
"""Maximum number of lifted paths for code whose paths hold for single values only. Other points are compared on these paths."""

MOST_TRIES = 600
"""Points to try for a path if the solver gives no usable point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One path through the code, ready to be evaluated.

    Args:
        path: the lifted path.
        conditions: the conditions under which the code takes the path.
        value: the code's formula on the path; nan where the code raises.
        infinity: the points where the formula is infinite.
    """

    path: Path
    conditions: tuple[Enclosure, ...]
    value: Enclosure
    infinity: Ends

    def defined(self, row: Row) -> bool:
        """Whether the code's formula has a finite value at a point, as far as enclosures can tell."""
        return not isinstance(self.value(row), Undefined)

    def covers(self, row: Row) -> bool | None:
        """Whether a point takes this path, or None if enclosures cannot decide."""
        answers = [condition(row) for condition in self.conditions]
        if any(answer is False for answer in answers):
            return False
        return True if all(answer is True for answer in answers) else None


class Code:
    """The formula of a function, path by path.

    Args:
        call: calls the function with a value for each symbol.
        plan: the domain.
    """

    def __init__(self, call: Call, plan: Plan) -> None:
        self._call = call
        self._plan = plan
        self.branches: list[Branch] = []
        self.uncovered: list[str] = []

    @property
    def pinned(self) -> bool:
        """True if a path holds only for single values, because the code converts an input to a Python number."""
        return bool(self.branches) and bool(self.branches[0].path.pins)

    @property
    def covered(self) -> bool:
        """True if the paths found cover the whole domain."""
        return not self.uncovered and not self.pinned

    def formulas(self) -> list[sp.Basic]:
        """The formula and the conditions of each path."""
        values = [sp.sympify(branch.path.value) for branch in self.branches if branch.path.raised is None]
        return [*values, *(condition for branch in self.branches for condition in branch.path.conditions)]

    def explore(self, facts: Facts) -> None:
        """Lifts every path that the facts allow, up to MOST_PATHS.

        Raises:
            UnsupportedError: for code that qedoc has no rule for.
        """
        waiting: list[tuple[sp.Basic, ...]] = [()]
        seen: set[tuple[sp.Basic, ...]] = {()}
        while waiting:
            taken = waiting.pop()
            if len(self.branches) >= MOST_PATHS:
                self.uncovered.append(f"more than {MOST_PATHS} paths")
                return
            with facts.assuming(*taken):
                if facts.empty():
                    continue
                branch = self._first(taken, facts)
            if branch is None:
                where = f"on the path where {' and '.join(map(str, taken))}" if taken else "in the domain"
                self.uncovered.append(f"no point was found {where}")
                continue
            if branch.path.pins:
                return
            conditions = branch.path.conditions
            turned = [(*conditions[:depth], negation(conditions[depth])) for depth in range(len(conditions))]
            waiting += [other for other in turned if other not in seen]
            seen.update(turned)

    def at(self, row: Row) -> Branch | None:
        """Returns the branch that a point takes, and lifts it if it is new. Returns None if rounding leaves the path open."""
        for branch in self.branches:
            covers = branch.covers(row)
            if covers is None:
                return None
            if covers:
                return branch
        if self.pinned and len(self.branches) >= MOST_PINNED:
            return None
        return self._lift(row)

    def _first(self, taken: tuple[sp.Basic, ...], facts: Facts) -> Branch | None:
        """Returns the branch of some point that satisfies the conditions, or None."""
        tests = [compile(condition, self._plan.symbols, interpretation_of) for condition in taken]
        for row in self._points(facts):
            if self._plan.holds(row) and all(test(row) is True for test in tests):
                branch = self._lift(row)
                if branch is not None:
                    return branch
        return None

    def _points(self, facts: Facts) -> Iterator[Row]:
        model = facts.model(self._plan.symbols)
        if model is not None:
            yield self._plan.row(model)
        yield from self._plan.simple(MOST_TRIES)
        yield from seeded(self._plan, MOST_TRIES, seed=0)

    def _lift(self, row: Row) -> Branch | None:
        path = run(self._call, self._plan.point(row))
        if not path.consistent:
            return None
        value = sp.nan if path.raised is not None else _expression(path.value)
        branch = Branch(
            path=path,
            conditions=tuple(compile(condition, self._plan.symbols, interpretation_of) for condition in path.conditions),
            value=compile(value, self._plan.symbols, interpretation_of),
            infinity=ends(split(value), self._plan.symbols, interpretation_of),
        )
        self.branches.append(branch)
        return branch


def _expression(value: Any) -> sp.Expr:
    """The result of a path as an expression.

    Raises:
        UnsupportedError: for a result that is neither a number nor a boolean.
    """
    if isinstance(value, sp.Basic) or type(value) in (bool, int, float):
        return sp.sympify(value)
    if isinstance(value, np.ndarray):
        raise UnsupportedError(f"the target returns an array of shape {value.shape}; expected a number")
    raise UnsupportedError(f"the target returns {'None' if value is None else 'a ' + type(value).__name__}; expected a real number")


def interpretation_of(_name: str, index: int) -> tuple[Fraction, Fraction, Fraction]:
    """A concrete function that stands in for an opaque one when formulas are evaluated at points."""
    return interpretation(index)


def formula(branches: Sequence[Branch]) -> sp.Expr:
    """The code's formula as one expression: a Piecewise with the path conditions as its conditions."""
    values = [(sp.nan if b.path.raised is not None else sp.sympify(b.path.value), sp.And(*b.path.conditions)) for b in branches]
    if len(values) == 1:
        return values[0][0]
    *first, (last, _) = values
    return sp.Piecewise(*first, (last, True), evaluate=False)
