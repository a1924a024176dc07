"""An incremental z3 solver with limits, which asks a second time without its history.

What z3 learned in earlier queries can lead it into steps on polynomials that take minutes, where a new solver answers at once.
"""

from typing import Any

import z3

EFFORT = 100_000
"""z3's resource limit for one query. It counts steps, not seconds, so answers do not depend on the machine's load.

Among 7,800 queries of an audit that z3 answered "unsatisfiable", the largest took 20,000 steps.
"""

PATIENCE = 2_000
"""The milliseconds after which a query is given up. The slowest of the same 7,800 queries took 12 milliseconds."""


class Solver:
    """A stack of z3 formulas.

    Args:
        context: the z3 context of the formulas.
        logic: the SMT-LIB logic, for example "QF_NRA". None is z3's general solver.
    """

    def __init__(self, context: Any, logic: str | None = None) -> None:
        self._context = context
        self._logic = logic
        self._levels: list[list[Any]] = [[]]
        self._solver = self._new()

    def push(self) -> None:
        """Opens a level."""
        self._levels.append([])
        self._solver.push()

    def pop(self) -> None:
        """Removes the formulas of the last level."""
        self._levels.pop()
        self._solver.pop()

    def add(self, *formulas: Any) -> None:
        """Adds formulas to the last level."""
        self._levels[-1] += formulas
        self._solver.add(*formulas)

    def check(self) -> Any:
        """z3's answer: `sat`, `unsat` or `unknown`."""
        answer = self._solver.check()
        if answer == z3.unknown:
            self._solver = self._new()
            answer = self._solver.check()
        return answer

    def model(self) -> Any:
        """The model of the last answer, which must be `sat`."""
        return self._solver.model()

    def _new(self) -> Any:
        solver = z3.Solver(ctx=self._context) if self._logic is None else z3.SolverFor(self._logic, ctx=self._context)
        solver.set("rlimit", EFFORT)
        solver.set("timeout", PATIENCE)
        for number, level in enumerate(self._levels):
            if number:
                solver.push()
            solver.add(*level)
        return solver
