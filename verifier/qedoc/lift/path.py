"""A path through the code: its value and its conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import is_condition, relate
from qedoc.algebra.partial import Partial, partial, strict
from qedoc.lift.exact import holds
from qedoc.lift.literals import BallLiteral, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A path through the code and its value.

    `value` is the result of the code wherever `conditions` hold, with these exceptions:

    - An expression that was hashed (a dict key) is known to differ from, or to equal, the other hashed expressions and the integers
      that were pinned before: such conditions are recorded. One that the user's code hashed is pinned besides. Where `hashed` is not
      empty, the value rests on the hashed expressions being different from the numbers that are keys of the same dict.
    - Integer overflow and rounding are ignored.

    A value that is undefined somewhere is `Piecewise((value, domain), (nan, True))`; conditions that the path has recorded are not
    repeated in the domain.

    Args:
        value: what the call returned: a pytree whose array leaves are numpy object arrays; scalars are plain SymPy expressions.
        concrete: the same pytree, as float64 execution gave it.
        conditions: what held on this path, in order, without repetition; a branch not taken stands as its negation.
        pins: those conditions that fix an expression to one number, because the code took it as an int, a float or an index.
        raised: the exception of the user's code, if the path ends in one; value and concrete are None then.
        reached: (file, first line) of the user's functions that ran.
        hashed: the expressions that were hashed.
        consistent: whether every condition is true in exact arithmetic at the point. It is false if rounding selected the path.
    """

    value: Any
    concrete: Any
    conditions: tuple[sp.Basic, ...]
    pins: tuple[sp.Basic, ...]
    raised: BaseException | None
    reached: frozenset[tuple[str, int]]
    hashed: tuple[sp.Expr, ...]
    consistent: bool


class Assumptions:
    """The conditions of a path, collected while the code runs.

    Args:
        point: where it is taken.
        counters: the first and the last value of symbols that count steps. Relations that follow from these are not recorded.
    """

    def __init__(self, point: Mapping[sp.Symbol, Fraction], counters: Mapping[sp.Symbol, tuple[int, int]] | None = None) -> None:
        self.point = point
        self.counters = dict(counters or {})
        self.conditions: dict[sp.Basic, None] = {}
        self.pins: dict[sp.Basic, None] = {}
        self.hashed: dict[sp.Expr, Any] = {}
        self.implied: set[sp.Basic] = set()

    def record(self, condition: Partial) -> None:
        """Records a condition, and that it is defined."""
        for whole in (*sorted(condition.domain, key=sp.default_sort_key), condition.value):
            for part in whole.args if isinstance(whole, sp.And) else (whole,):
                if part in self.implied or (part.atoms(sp.Symbol) <= part.atoms(BallLiteral) and holds(part, {}) is True):
                    continue
                self.conditions[part] = None
                self.implied.update(consequences(part))

    def settled(self, part: Partial) -> Partial:
        """Simplifies an element with the conditions so far."""
        known = self.implied | self._counted(part) if self.counters else self.implied
        if not known:
            return part
        value = reduced(part.value, known) if is_condition(part.value) else part.value
        made = partial(value, *(reduced(condition, known) for condition in part.domain))
        if part.is_bounded:
            return made
        return replace(made, above=reduced(part.above, known), below=reduced(part.below, known))

    def _counted(self, part: Partial) -> set[sp.Basic]:
        """The relations in an element that the ranges of counters decide, each as it holds."""
        conditions = [*part.domain, part.above, part.below, *([part.value] if is_condition(part.value) else [])]
        relations = {r for condition in conditions for r in condition.atoms(sp.core.relational.Relational)}
        return {r if truth else sp.Not(r) for r in relations if (truth := self._counts(r)) is not None}

    def _counts(self, relation: sp.Basic) -> bool | None:
        """Whether a relation between a counter and an integer holds in the whole range of the counter; None if only in a part of it."""
        difference = relation.lhs - relation.rhs
        counter = next((symbol for symbol in self.counters if (difference - symbol).is_Integer), None)
        if counter is None:
            return None
        ends = [relation.func(difference.subs(counter, end), 0) for end in self.counters[counter]]
        inside = (
            isinstance(relation, sp.Eq | sp.Ne)
            and ends[0] == ends[1]
            and self.counters[counter][0] <= counter - difference <= self.counters[counter][1]
        )
        return bool(ends[0]) if ends[0] == ends[1] and not inside else None

    def pin(self, part: Partial, number: float) -> None:
        """Records that an element is a number."""
        exact = literal(number, "int64" if isinstance(number, int) else "float64")
        condition = strict(lambda x: relate("eq", x, exact), part)
        self.record(condition)
        if condition.value in self.conditions:
            self.pins[condition.value] = None

    def hash(self, expression: sp.Expr, number: Any) -> None:
        """Records how a hashed element compares with everything that a dict or set may compare it with.

        Args:
            expression: the element.
            number: its concrete value.
        """
        if expression in self.hashed:
            return
        pinned = {int(pin.rhs) for pin in self.pins if isinstance(pin, sp.Eq) and pin.rhs.is_Integer}
        known = [(sp.Integer(k), k) for k in sorted(pinned)]
        for other, value in (*self.hashed.items(), *known):
            self.record(partial(relate("eq" if value == number else "ne", expression, other)))
        self.hashed[expression] = number

    def require(self, condition: Partial) -> bool:
        """Records a condition if it is true at the point, and returns whether it is."""
        truth = all(holds(part, self.point) is True for part in (*condition.domain, condition.value))
        if truth:
            self.record(condition)
        return truth

    def consistent(self) -> bool:
        """Whether all recorded conditions are true at the point."""
        return all(holds(condition, self.point) is True for condition in self.conditions)


def reduced(condition: sp.Basic, known: set[sp.Basic]) -> sp.Basic:
    """A condition without the parts that are known to be true or false."""
    if condition in known:
        return sp.true
    if sp.Not(condition) in known:
        return sp.false
    if isinstance(condition, (sp.And, sp.Or, sp.Not)):
        parts = [reduced(part, known) for part in condition.args]
        return condition if parts == [*condition.args] else condition.func(*parts)
    return condition


def consequences(condition: sp.Basic) -> list[sp.Basic]:
    """The condition and the weaker relations between the same sides, either way round, as `qedoc.algebra.conditions.relate` writes them."""
    if not isinstance(condition, sp.core.relational.Relational):
        return [condition]
    left, right = condition.args
    weaker: dict[Any, tuple[Any, ...]] = {
        sp.StrictLessThan: (sp.Lt, sp.Le, sp.Ne),
        sp.StrictGreaterThan: (sp.Gt, sp.Ge, sp.Ne),
        sp.Equality: (sp.Eq, sp.Le, sp.Ge),
    }
    found = [condition, *(kind(left, right, evaluate=False) for kind in weaker.get(type(condition), ()))]
    return [*found, *(relation.reversed for relation in found)]
