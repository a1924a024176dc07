"""Divides a domain into cells. In a cell every guard of a formula is decided, so the formula has no branches."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from qedoc.algebra.satisfiable import Facts

BRANCHING = (sp.Piecewise, sp.Min, sp.Max, sp.Abs, sp.sign, sp.ITE, sp.floor, sp.ceiling)

WHOLE_NUMBERS = (0, -1, 1)
"""Values that are tried for a floor or ceiling. If none fits, the floor stays as it is."""


class Split(Exception):
    """The facts do not decide a guard, so the cell must be split by it."""

    def __init__(self, condition: sp.Basic) -> None:
        super().__init__(condition)
        self.condition = condition


class CellLimitError(Exception):
    """The proof needs more cells than the budget allows."""


class _UndefinedError(Exception):
    """A guard compares something that has no real value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A part of the domain, with the branch-free formulas that hold there.

    Args:
        conditions: the guards that define the cell, in the order of splitting.
        guards: every guard that was decided, by a split or by the facts.
        formulas: the branch-free form of each requested formula.
    """

    conditions: tuple[sp.Basic, ...]
    guards: tuple[sp.Basic, ...]
    formulas: tuple[sp.Expr, ...]


@dataclass(slots=True)
class Budget:
    """The number of cells that a proof may still open."""

    cells: int

    def spend(self) -> None:
        """Takes one cell from the budget."""
        self.cells -= 1
        if self.cells < 0:
            raise CellLimitError


def cells(
    formulas: tuple[sp.Expr, ...], facts: Facts, budget: Budget, whole: Callable[[sp.Expr], bool] = lambda _: False
) -> Iterator[Cell]:
    """Yields the nonempty cells of the formulas. While a cell is yielded, `facts` includes its conditions.

    Args:
        formulas: the formulas to make branch-free.
        facts: the domain. Its original state is restored when the iteration ends.
        budget: shared by all proofs of a claim.
        whole: decides whether a Min, Max or Abs stays undivided.

    Raises:
        CellLimitError: if the budget is used up.
    """
    yield from _divide(formulas, facts, budget, whole, ())


def _divide(
    formulas: tuple[sp.Expr, ...], facts: Facts, budget: Budget, whole: Callable[[sp.Expr], bool], path: tuple[sp.Basic, ...]
) -> Iterator[Cell]:
    resolver = _Resolver(facts, whole)
    try:
        free = tuple(resolver.formula(formula) for formula in formulas)
    except Split as split:
        for side in (split.condition, negation(split.condition)):
            with facts.assuming(side):
                if not facts.empty():
                    yield from _divide(formulas, facts, budget, whole, (*path, side))
        return
    budget.spend()
    yield Cell(conditions=path, guards=tuple(resolver.guards), formulas=free)


def negation(condition: sp.Basic) -> sp.Basic:
    """Negates a condition. A relation becomes the opposite relation."""
    return condition.negated if isinstance(condition, sp.core.relational.Relational) else sp.Not(condition)


def undefined(expression: sp.Basic) -> bool:
    """True if the expression contains nan or an infinity, so that it has no finite value."""
    return bool(expression.has(sp.nan, sp.zoo, sp.oo, -sp.oo))


def infinite(expression: sp.Basic) -> bool:
    """True if the expression is infinity or minus infinity."""
    return expression in (sp.oo, -sp.oo)


def _apply(function: Callable[..., sp.Expr], parts: tuple[sp.Expr, ...]) -> sp.Expr:
    """Applies a function to parts that may be infinite. Returns nan if the result is neither a real number nor an infinity."""
    if not any(map(undefined, parts)):
        return function(*parts)
    if any(undefined(part) and not infinite(part) for part in parts):
        return sp.nan
    result = function(*parts)
    return result if infinite(result) or not (undefined(result) or result.has(sp.AccumBounds)) else sp.nan


class _Resolver:
    """Makes one formula branch-free by asking the facts at each guard."""

    def __init__(self, facts: Facts, whole: Callable[[sp.Expr], bool]) -> None:
        self._facts = facts
        self._whole = whole
        self._done: dict[sp.Basic, sp.Expr] = {}
        self.guards: dict[sp.Basic, bool] = {}

    def formula(self, expression: sp.Expr) -> sp.Expr:
        """The branch-free form, or nan if a guard is undefined."""
        try:
            return self.resolve(expression)
        except _UndefinedError:
            return sp.nan

    def resolve(self, expression: sp.Expr) -> sp.Expr:
        if not expression.has(*BRANCHING):
            return expression
        if expression not in self._done:
            rule = next((rule for head, rule in _RULES.items() if isinstance(expression, head)), _Resolver._rebuild)
            self._done[expression] = rule(self, expression)
        return self._done[expression]

    def holds(self, condition: sp.Basic) -> bool:
        """Decides a condition, innermost guards first."""
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
                sides = tuple(map(self.resolve, condition.args))
                relation = _apply(condition.func, sides)
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
        return _apply(expression.func, tuple(map(self.resolve, expression.args)))

    def piecewise(self, expression: sp.Piecewise) -> sp.Expr:
        for value, condition in expression.args:
            if self.holds(condition):
                return self.resolve(value)
        return sp.nan

    def extremum(self, expression: sp.Min | sp.Max) -> sp.Expr:
        first, *rest = map(self.resolve, expression.args)
        if any(map(undefined, (first, *rest))):
            return _apply(expression.func, (first, *rest))
        if self._whole(expression):
            return expression.func(first, *rest)
        for other in rest:
            smaller = self._decide(first <= other)
            first = first if smaller == isinstance(expression, sp.Min) else other
        return first

    def abs(self, expression: sp.Abs) -> sp.Expr:
        inside = self.resolve(expression.args[0])
        if undefined(inside):
            return _apply(expression.func, (inside,))
        if self._whole(expression):
            return sp.Abs(inside)
        return inside if self._decide(inside >= 0) else -inside

    def sign(self, expression: sp.sign) -> sp.Expr:
        inside = self.resolve(expression.args[0])
        if undefined(inside):
            return _apply(expression.func, (inside,))
        if self._decide(inside > 0):
            return sp.Integer(1)
        return sp.Integer(-1) if self._decide(inside < 0) else sp.Integer(0)

    def floor(self, expression: sp.floor | sp.ceiling) -> sp.Expr:
        inside = self.resolve(expression.args[0])
        if undefined(inside):
            return _apply(expression.func, (inside,))
        up = int(isinstance(expression, sp.ceiling))
        for k in WHOLE_NUMBERS:
            low, high = (inside > k - 1, inside <= k) if up else (inside >= k, inside < k + 1)
            if self._facts.entails(low) and self._facts.entails(high):
                return sp.Integer(k)
        return expression.func(inside)


_RULES: Mapping[type, Callable[[_Resolver, sp.Expr], sp.Expr]] = {
    sp.Piecewise: _Resolver.piecewise,
    sp.Min: _Resolver.extremum,
    sp.Max: _Resolver.extremum,
    sp.Abs: _Resolver.abs,
    sp.sign: _Resolver.sign,
    sp.floor: _Resolver.floor,
    sp.ceiling: _Resolver.floor,
}


def equalities(guards: tuple[sp.Basic, ...], facts: Facts) -> Iterator[sp.Expr]:
    """Yields expressions that are zero in the cell, because the cell forces a guard to equality."""
    for guard in guards:
        if isinstance(guard, sp.core.relational.Relational):
            difference = guard.lhs - guard.rhs
            if facts.entails(sp.Eq(difference, 0)):
                yield difference
