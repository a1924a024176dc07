"""Cells: the parts of a domain in which every guard of a formula is settled, so that the formula has no branches left."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from qedoc.algebra.satisfiable import Facts

BRANCHING = (sp.Piecewise, sp.Min, sp.Max, sp.Abs, sp.sign, sp.ITE, sp.floor, sp.ceiling)

WHOLE_NUMBERS = (0, -1, 1)
"""Values that a floor is tried for; any other is left to stand."""


class Split(Exception):
    """The facts do not settle a guard; the cell must be divided by it."""

    def __init__(self, condition: sp.Basic) -> None:
        super().__init__(condition)
        self.condition = condition


class CellLimitError(Exception):
    """More cells than the budget allows."""


class _UndefinedError(Exception):
    """A guard compares something that has no real value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A part of the domain and the branch-free formulas that hold there.

    Args:
        conditions: the guards as they are settled in the cell, in the order of splitting.
        guards: every guard that was decided on the way, split or entailed.
        formulas: the branch-free form of each formula asked for.
    """

    conditions: tuple[sp.Basic, ...]
    guards: tuple[sp.Basic, ...]
    formulas: tuple[sp.Expr, ...]


@dataclass(slots=True)
class Budget:
    """How many more cells a proof may open."""

    cells: int

    def spend(self) -> None:
        """Takes one cell from the budget."""
        self.cells -= 1
        if self.cells < 0:
            raise CellLimitError


def cells(
    formulas: tuple[sp.Expr, ...], facts: Facts, budget: Budget, whole: Callable[[sp.Expr], bool] = lambda _: False
) -> Iterator[Cell]:
    """The nonempty cells of the formulas; while one is yielded, `facts` holds its conditions.

    Args:
        formulas: what is to be freed of branches.
        facts: the domain; left as it was when the iteration ends.
        budget: shared by all the proofs of a claim.
        whole: says of a Min, Max or Abs that it is to stay as it is.

    Raises:
        CellLimitError: if the budget is used up.
    """
    yield from _divide(formulas, facts, budget, whole, ())


def _divide(
    formulas: tuple[sp.Expr, ...], facts: Facts, budget: Budget, whole: Callable[[sp.Expr], bool], path: tuple[sp.Basic, ...]
) -> Iterator[Cell]:
    settler = _Settler(facts, whole)
    try:
        free = tuple(settler.formula(formula) for formula in formulas)
    except Split as split:
        for side in (split.condition, negation(split.condition)):
            with facts.assuming(side):
                if not facts.empty():
                    yield from _divide(formulas, facts, budget, whole, (*path, side))
        return
    budget.spend()
    yield Cell(conditions=path, guards=tuple(settler.guards), formulas=free)


def negation(condition: sp.Basic) -> sp.Basic:
    """The opposite condition, with the relation itself turned round."""
    return condition.negated if isinstance(condition, sp.core.relational.Relational) else sp.Not(condition)


def undefined(expression: sp.Basic) -> bool:
    """True if the expression has no finite value, whatever its symbols are."""
    return bool(expression.has(sp.nan, sp.zoo, sp.oo, -sp.oo))


def infinite(expression: sp.Basic) -> bool:
    """True if the expression is infinity or minus infinity."""
    return expression in (sp.oo, -sp.oo)


def _settled(function: Callable[..., sp.Expr], parts: tuple[sp.Expr, ...]) -> sp.Expr:
    """An operation on parts of which one may be infinite; nan where the result is no real number and no infinity."""
    if not any(map(undefined, parts)):
        return function(*parts)
    if any(undefined(part) and not infinite(part) for part in parts):
        return sp.nan
    made = function(*parts)
    return made if infinite(made) or not (undefined(made) or made.has(sp.AccumBounds)) else sp.nan


class _Settler:
    """Rewrites one formula, asking the facts at each guard."""

    def __init__(self, facts: Facts, whole: Callable[[sp.Expr], bool]) -> None:
        self._facts = facts
        self._whole = whole
        self._done: dict[sp.Basic, sp.Expr] = {}
        self.guards: dict[sp.Basic, bool] = {}

    def formula(self, expression: sp.Expr) -> sp.Expr:
        """The branch-free form; nan where a guard itself is undefined."""
        try:
            return self.settle(expression)
        except _UndefinedError:
            return sp.nan

    def settle(self, expression: sp.Expr) -> sp.Expr:
        if not expression.has(*BRANCHING):
            return expression
        if expression not in self._done:
            rule = next((rule for head, rule in _RULES.items() if isinstance(expression, head)), _Settler._rebuild)
            self._done[expression] = rule(self, expression)
        return self._done[expression]

    def holds(self, condition: sp.Basic) -> bool:
        """Settles a condition, innermost guards first."""
        match condition:
            case sp.logic.boolalg.BooleanTrue():
                return True
            case sp.logic.boolalg.BooleanFalse():
                return False
            case sp.Not():
                return not self.holds(condition.args[0])
            case sp.And():
                return all(self.holds(part) for part in condition.args)
            case sp.Or():
                return any(self.holds(part) for part in condition.args)
            case sp.core.relational.Relational():
                sides = tuple(map(self.settle, condition.args))
                relation = _settled(condition.func, sides)
                if undefined(relation):
                    raise _UndefinedError
                return self._decide(relation)
            case _:
                return self._decide(condition)

    def _decide(self, condition: sp.Basic) -> bool:
        if condition in (sp.true, sp.false):
            return bool(condition)
        if condition not in self.guards:
            answer = self._facts.decide(condition)
            if answer is None:
                raise Split(condition)
            self.guards[condition] = answer
        return self.guards[condition]

    def _rebuild(self, expression: sp.Expr) -> sp.Expr:
        return _settled(expression.func, tuple(map(self.settle, expression.args)))

    def piecewise(self, expression: sp.Piecewise) -> sp.Expr:
        for value, condition in expression.args:
            if self.holds(condition):
                return self.settle(value)
        return sp.nan

    def extremum(self, expression: sp.Min | sp.Max) -> sp.Expr:
        first, *rest = map(self.settle, expression.args)
        if any(map(undefined, (first, *rest))):
            return _settled(expression.func, (first, *rest))
        if self._whole(expression):
            return expression.func(first, *rest)
        for other in rest:
            smaller = self._decide(first <= other)
            first = first if smaller == isinstance(expression, sp.Min) else other
        return first

    def abs(self, expression: sp.Abs) -> sp.Expr:
        inside = self.settle(expression.args[0])
        if undefined(inside):
            return _settled(expression.func, (inside,))
        if self._whole(expression):
            return sp.Abs(inside)
        return inside if self._decide(inside >= 0) else -inside

    def sign(self, expression: sp.sign) -> sp.Expr:
        inside = self.settle(expression.args[0])
        if undefined(inside):
            return _settled(expression.func, (inside,))
        if self._decide(inside > 0):
            return sp.Integer(1)
        return sp.Integer(-1) if self._decide(inside < 0) else sp.Integer(0)

    def floor(self, expression: sp.floor | sp.ceiling) -> sp.Expr:
        inside = self.settle(expression.args[0])
        if undefined(inside):
            return _settled(expression.func, (inside,))
        up = int(isinstance(expression, sp.ceiling))
        for k in WHOLE_NUMBERS:
            low, high = (inside > k - 1, inside <= k) if up else (inside >= k, inside < k + 1)
            if self._facts.entails(low) and self._facts.entails(high):
                return sp.Integer(k)
        return expression.func(inside)


_RULES: Mapping[type, Callable[[_Settler, sp.Expr], sp.Expr]] = {
    sp.Piecewise: _Settler.piecewise,
    sp.Min: _Settler.extremum,
    sp.Max: _Settler.extremum,
    sp.Abs: _Settler.abs,
    sp.sign: _Settler.sign,
    sp.floor: _Settler.floor,
    sp.ceiling: _Settler.floor,
}


def equalities(guards: tuple[sp.Basic, ...], facts: Facts) -> Iterator[sp.Expr]:
    """Guards that are squeezed to equality in the cell: expressions that are zero there."""
    for guard in guards:
        if isinstance(guard, sp.core.relational.Relational):
            difference = guard.lhs - guard.rhs
            if facts.entails(sp.Eq(difference, 0)):
                yield difference
