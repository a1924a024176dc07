"""Decides the properties of a rule with a state: at every step, for any sequence of gradients."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from math import isfinite, log2
from typing import Any

import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.case import Scalar
from qedoc.claims.domain import Reals, exact
from qedoc.claims.limits import Limits
from qedoc.claims.properties import Bounds, FixedPoint, Homogeneous, RuleProperty, spoken
from qedoc.claims.spec import Size, Spec
from qedoc.claims.steps import APPLIED, GRADIENTS, PARAMETERS, Steps
from qedoc.claims.target import resolve
from qedoc.errors import SpecError, UnsupportedError
from qedoc.judge.induction import MOST_CELLS, Inductive, is_nonnegative, with_powers
from qedoc.judge.pair import Pair
from qedoc.judge.properties import searched
from qedoc.judge.stepping import Stuck
from qedoc.prove.cells import Budget, CellLimitError, cells, undefined
from qedoc.prove.equality import Standing, compare
from qedoc.prove.obligations import Obligation
from qedoc.results.verdict import PropertyResult, Verdict
from qedoc.search.sampling import Plan, drawing_order
from qedoc.search.strategies import seeded

MOST_STEPS = 3
"""Number of steps at which a violation is looked for."""

MOST_POINTS = 150
"""Maximum number of points for each of them."""

DEGREES = 4
"""Largest degree of a part of the state that is tried."""


def promised(spec: Spec, limits: Limits, *, claim_proved: bool) -> tuple[PropertyResult, ...]:
    """Decides each property of a rule.

    Args:
        spec: the claim. Its formula is a `Recurrence`.
        limits: limits the number of points.
        claim_proved: True if the code is proved to follow the rule. Only then does a proved property hold for the code.
    """
    steps = resolve(spec.target)
    assert isinstance(steps, Steps)  # the rule was judged
    return tuple(_decided(promise, spec, steps, limits, claim_proved) for promise in spec.promises)


def _decided(promise: RuleProperty, spec: Spec, steps: Steps, limits: Limits, claim_proved: bool) -> PropertyResult:
    statement = spoken(promise)
    if _is_proved(promise, spec, steps):
        if claim_proved:
            reason = "proved for every step of the rule, which the code follows"
            return PropertyResult(statement=statement, verdict=Verdict.PROVED, reason=reason)
        reason = "proved for every step of the documented rule, but the code is not proved to follow it"
        return PropertyResult(statement=statement, verdict=Verdict.TESTED, reason=reason)
    found = PropertyResult(statement=statement, verdict=Verdict.UNDECIDED, reason="the rule has no value at the first steps")
    (size,) = [str(d.symbol) for d in spec.symbols if isinstance(d, Size)]
    few = replace(limits, max_points=min(limits.max_points, MOST_POINTS))
    for count in range(1, MOST_STEPS + 1):
        with suppress(SpecError, UnsupportedError, TooManyBranches):
            pair = Pair(spec, {size: count})
            result = searched(statement, list(_duties(promise, pair)), pair, few)
            if result.verdict is Verdict.REFUTED:
                return replace(result, reason=f"the documented rule violates it at the step {count}")
            if result.verdict is Verdict.TESTED:
                found = replace(result, reason=f"it holds at the first {count} steps at the points that were tried; no proof was found")
    return found


def _is_proved(promise: RuleProperty, spec: Spec, steps: Steps) -> bool:
    rule = _Promises(spec, steps, tuple(map(exact, promise.where)))
    try:
        match promise:
            case Bounds():
                return rule.is_between(promise.lower, promise.upper)
            case FixedPoint():
                return rule.is_fixed(exact(promise.gradient))
            case Homogeneous():
                return rule.is_homogeneous(exact(promise.degree))
    except (Stuck, TooManyBranches, CellLimitError, UnsupportedError):
        return False


class _Promises(Inductive):
    """The documented steps of a rule, at one entry of the parameters.

    Args:
        spec: the claim.
        steps: its target.
        where: conditions on the hyperparameters.
    """

    def __init__(self, spec: Spec, steps: Steps, where: tuple[sp.Basic, ...]) -> None:
        super().__init__(spec, steps)
        self.where = tuple(self.case.translate(condition) for condition in where)
        self.powers = {s: sp.Symbol(f"{s}_power", real=True) for s in self.hyper}
        self.before = {name: sp.Symbol(f"{name}_before", real=True) for name in self.used_before}
        self.output = self.formula.output.base

    def _domain(self) -> tuple[sp.Basic, ...]:
        return (*super()._domain(), *self.where)

    def first(self, gradient: sp.Expr) -> dict[Any, sp.Expr]:
        """The documented values after the first step."""
        start = {name: value.xreplace({self.gradient: gradient}) for name, value in self.start.items()}
        return self.step_from(start, sp.S.One, gradient, self.params)

    def later(self, before: Mapping[sp.IndexedBase, sp.Expr], gradient: sp.Expr) -> dict[Any, sp.Expr]:
        """The documented values after a later step."""
        after = self.step_from(before, self.count, gradient, self.params)
        return {name: with_powers(value, self.powers, self.count) for name, value in after.items()}

    @cached_property
    def beginning(self) -> Facts:
        """What holds at the first step."""
        return Facts(self._domain())

    @cached_property
    def going(self) -> Facts:
        """What holds at a later step, with the values that are never negative."""
        begun, after = self.first(self.gradient), self.step_from(self.before, self.count, self.gradient, self.params)
        kept = self._kept(begun, self.before, after, self.powers)
        return Facts([*self._domain(), *self._of_steps(self.powers), *kept])

    def is_between(self, lower: Any, upper: Any) -> bool:
        """Whether the outputs are proved to lie between two bounds."""
        for value, facts in self._places():
            gaps = [value - self._told(lower)] if lower is not None else []
            gaps += [self._told(upper) - value] if upper is not None else []
            if not all(is_nonnegative(gap, facts) for gap in gaps):
                return False
        return True

    def _told(self, bound: Any) -> sp.Expr:
        made: sp.Expr = self.case.translate(exact(bound))
        return made

    def is_fixed(self, gradient: sp.Expr) -> bool:
        """Whether the parameters are proved to stay where they are if every gradient has this value.

        The state need not stay as a whole: the parts that do are found first.
        """
        first = self.first(gradient)
        starts = {n: self.start[n].xreplace({self.gradient: gradient}) for n in self.before if n in self.start and self.start[n] != n[1]}
        starts.pop(self.output if self.steps.output == APPLIED else None, None)
        stay = {name: value for name, value in starts.items() if self._equal(first[name], value, self.beginning)}
        while True:
            later = self.later(self.before | stay, gradient)
            lost = [name for name, value in stay.items() if not self._equal(later[name], value, self.going)]
            if not lost:
                break
            stay = {name: value for name, value in stay.items() if name not in lost}
        if not all(self._has_value(*place) for place in self._places()):
            return False
        rest = self.before[self.output] if self.steps.output == APPLIED else sp.S.Zero
        begin = self.params if self.steps.output == APPLIED else sp.S.Zero
        places = ((first[self.output], begin, self.beginning), (later[self.output], rest, self.going))
        return all(self._equal(value, still, facts, everywhere=True) for value, still, facts in places)

    def _places(self) -> Iterator[tuple[sp.Expr, Facts]]:
        """The documented output of the first step and of a later one, for any gradient, with what holds there."""
        yield self.first(self.gradient)[self.output], self.beginning
        yield self.later(self.before, self.gradient)[self.output], self.going

    def _has_value(self, output: sp.Expr, facts: Facts) -> bool:
        """Whether an output is proved to have a value. It is asked for any gradient, because SymPy cancels 0/x where 0 is put in."""
        return not any(undefined(cell.formulas[0]) for cell in cells((totalise(output),), facts, Budget(MOST_CELLS)))

    def is_homogeneous(self, degree: sp.Expr) -> bool:
        """Whether a factor of all gradients is proved to multiply the outputs by a power of it."""
        if self.moved is not None and degree != 0:
            return False  # the parameters move by other updates
        factor = sp.Symbol("factor", positive=True)
        degrees = self._degrees() | {self.output: degree}
        scaled = factor * self.gradient
        before = {name: factor ** degrees[name] * value for name, value in self.before.items()}
        pairs = [
            (self.first(scaled), self.first(self.gradient), self.beginning),
            (self.later(before, scaled), self.later(self.before, self.gradient), self.going),
        ]
        for large, plain, facts in pairs:
            with facts.assuming(factor > 0):
                if not all(self._equal(large[name], factor ** degrees[name] * plain[name], facts) for name in (*self.before, self.output)):
                    return False
        return True

    def _degrees(self) -> dict[sp.IndexedBase, sp.Expr]:
        """The degree of each part of the documented state, guessed from a run with the gradients and one with twice the gradients."""
        plan = Plan(drawing_order(self.case), self.case.where, [])
        point = plan.point(next(iter(seeded(plan, 1, seed=1))))
        numbers = {s: sp.Rational(point[s].numerator, point[s].denominator) for s in self.hyper}
        one, two = (self._run(numbers, factor) for factor in (1, 2))
        found = {}
        for name in self.before:
            ratios = {round(log2(abs(b / a)), 6) if a and b else None for a, b in zip(one[name], two[name], strict=True)} - {None}
            if len(ratios) > 1:
                raise Stuck(f"{name} has no degree")
            whole = round(ratios.pop() or 0) if ratios else 1
            if abs(whole) > DEGREES:
                raise Stuck(f"{name} has a large degree")
            found[name] = sp.Integer(whole)
        return found

    def _run(self, numbers: Mapping[sp.Symbol, sp.Expr], factor: int) -> dict[sp.IndexedBase, list[float]]:
        """The documented values after each of some steps."""
        values: dict[sp.IndexedBase, list[float]] = {}
        known = {**numbers, self.params: sp.Rational(1, 3)}
        fed = [factor * sp.Rational(*x) for x in ((3, 4), (-5, 3), (7, 5))]
        before = {name: value.xreplace({self.gradient: fed[0]}).xreplace(known) for name, value in self.start.items()}
        for k, gradient in enumerate(fed, start=1):
            after = self.step_from(before, sp.Integer(k), gradient, known[self.params])
            before = {name: sp.N(value.xreplace(known), 30) for name, value in after.items()}
            for name, value in before.items():
                if not value.is_real or not isfinite(float(value)):
                    raise Stuck(f"{name} has no value")
                values.setdefault(name, []).append(float(value))
        return values

    def _equal(self, left: sp.Expr, right: sp.Expr, facts: Facts, *, everywhere: bool = False) -> bool:
        """Whether two formulas are proved to be equal, or, unless they must have a value everywhere, both without one."""
        allowed = {Standing.EQUAL} if everywhere else {Standing.EQUAL, Standing.BOTH_UNDEFINED}
        found = compare(totalise(left), totalise(right), facts, [], Budget(MOST_CELLS))
        return all(ruling.standing in allowed for ruling in found)


def _duties(promise: RuleProperty, pair: Pair) -> Iterator[Obligation]:
    """What must hold at one number of steps."""
    case = pair.case
    own = [scalar for scalar in case.scalars if scalar.vector == GRADIENTS]
    where = (*case.where, *(case.translate(condition) for condition in promise.where))
    plain = Obligation(left=pair.formula, right=pair.formula, ordered=False, scalars=case.scalars, conditions=where)
    match promise:
        case Bounds():
            if promise.lower is not None:
                yield replace(plain, right=case.translate(exact(promise.lower)), ordered=True)
            if promise.upper is not None:
                yield replace(plain, left=case.translate(exact(promise.upper)), ordered=True)
        case FixedPoint():
            put = {scalar.symbol: exact(promise.gradient) for scalar in own}
            begin = next(scalar.symbol for scalar in case.scalars if scalar.name == PARAMETERS)
            rest = begin if case.spec.target.endswith(f".{APPLIED}") else sp.S.Zero
            left = totalise(case.formula.xreplace(put))
            others = tuple(scalar for scalar in case.scalars if scalar not in own)
            yield replace(plain, left=left, right=rest, scalars=others, at=tuple(put.items()))
        case Homogeneous():
            c = Scalar(symbol=sp.Symbol("c", positive=True), domain=Reals(above=0), meaning="factor of the gradients", name="c")
            left = totalise(case.formula.xreplace({scalar.symbol: c.symbol * scalar.symbol for scalar in own}))
            right = totalise(c.symbol ** exact(promise.degree) * case.formula)
            yield replace(plain, left=left, right=right, scalars=(*case.scalars, c))
