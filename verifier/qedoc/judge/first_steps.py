"""Runs the first steps of a rule with a state, and confirms differences by exact arithmetic."""

from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Spec
from qedoc.claims.steps import GRADIENTS, Steps
from qedoc.errors import SpecError, UnsupportedError, told
from qedoc.judge.black_box import trial
from qedoc.judge.inputs import format_inputs, named, pasteable, row_of
from qedoc.judge.pair import Pair
from qedoc.judge.sequences import JUMPS, Doubt, doubts
from qedoc.results.verdict import DIFFERENT, CaseResult, Counterexample, Verdict
from qedoc.search.code_constants import written
from qedoc.search.strategies import Row, seeded

FAR = (Fraction(2) ** 44, Fraction(1, 2**44))
"""Factors by which the gradients of some runs are multiplied."""

MOST_DOUBTS = 6
"""Maximum number of random sequences at which exact arithmetic looks for a difference."""

FEW = 12
"""Number of runs with such gradients."""


class Pairs(dict[int, Pair]):
    """A claim at each number of steps, which is prepared when it is first needed.

    Args:
        spec: the claim.
        entries: the number of entries of the parameters, if they depend on each other.
    """

    def __init__(self, spec: Spec, entries: int = 1) -> None:
        super().__init__()
        assert isinstance(spec.formula, Recurrence)  # the caller looked
        self.spec, self.entries, self.size = spec, entries, str(spec.formula.last)
        self.others = {} if spec.formula.entries is None else {str(spec.formula.entries[1]): entries}

    def __missing__(self, count: int) -> Pair:
        self[count] = pair = Pair(self.spec, {self.size: count, **self.others})
        pair.plan.learn((), written(pair.target))
        return pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What runs of the first steps show.

    Args:
        pair: the claim at the number of steps of the result.
        result: a refutation, or why the code cannot be run; None if runs show neither.
        unclear: why runs do not show that the claim holds; empty if they do.
        runs: the number of runs.
    """

    pair: Pair
    result: CaseResult | None
    unclear: str
    runs: int


def tried_first(pairs: Pairs, last: int, steps: Steps, limits: Limits) -> Tried:
    """Runs one step, and then all of the first steps; the numbers of steps between only if they may show a shorter difference, or more.

    Numbers of steps after which the rule has no value are left out.

    Args:
        pairs: the claim at each number of steps.
        last: the number of the first steps.
        steps: the target of the claim.
        limits: limits the number of runs.
    """
    runs = 0
    unclear = ""
    longest: Tried | None = None
    if (exact := _exactly(pairs, last, steps)) is not None:
        return exact
    jumps = pairs.spec.formula.has(*JUMPS)
    for count in dict.fromkeys((1, last, *range(2, last))):
        if count not in (1, last) and longest is None and not unclear:
            break
        try:
            pair = pairs[count]
        except SpecError as error:
            unclear = unclear or error.message
            continue
        for rows in (None, _far(pair)):
            result = trial(pair, limits, rows, lines=not jumps)
            runs += result.runs
            if result.verdict is Verdict.REFUTED:
                result = _confirmed(pair, result)
            if result.verdict in (Verdict.REFUTED, Verdict.UNSUPPORTED):
                found = Tried(pair=pair, result=result, unclear=unclear, runs=runs)
                if count < last or result.verdict is Verdict.UNSUPPORTED:
                    return found
                longest = found
                break
            if rows is None and result.verdict is Verdict.UNDECIDED:
                unclear = unclear or result.reason
    return longest or Tried(pair=pairs[last], result=None, unclear=unclear, runs=runs)


def _exactly(pairs: Pairs, last: int, steps: Steps) -> Tried | None:
    """A refutation by a random sequence for which the enclosures of rule and code are disjoint; None if none was found."""
    for doubt in doubts(pairs[last], pairs.spec, steps, last)[0][:MOST_DOUBTS]:
        if (found := refuted_by(pairs, doubt)) is not None:
            return found
    return None


def refuted_far(pairs: Pairs) -> CaseResult | None:
    """A refutation of the first step at a very large or very small gradient, where only exact arithmetic shows the difference; or None."""
    with suppress(SpecError, UnsupportedError, TooManyBranches):
        pair = pairs[1]
        for row in (*_far(pair), *_tiny(pair)):
            if pair.plan.holds(row) and pair.refuted_at(row) and (found := _shown(pair, row)) is not None:
                return found
    return None


def refuted_by(pairs: Pairs, doubt: Doubt) -> Tried | None:
    """A refutation by a sequence for which the enclosures of rule and code are disjoint; None if they are not.

    Args:
        pairs: the claim at each number of steps.
        doubt: the sequence.
    """
    with suppress(SpecError, UnsupportedError, TooManyBranches):
        pair = pairs[len(doubt.gradients)]
        row = doubt.row(pair)
        if pair.plan.holds(row) and pair.refuted_at(row) and (found := _shown(pair, row)) is not None:
            return Tried(pair=pair, result=found, unclear="", runs=1)
    return None


def _shown(pair: Pair, row: Row) -> CaseResult | None:
    """The refutation at a point where rule and code certainly differ; None if the code raises there."""
    point, ran = pair.plan.point(row), pair.run(row)
    if isinstance(ran, Exception):
        return None
    inputs = named(pair.case, point)
    found = Counterexample(inputs=inputs, documented=pair.said(row), actual=ran, ran=ran, call=pasteable(pair.case, point))
    return CaseResult(id=pair.case.id, verdict=Verdict.REFUTED, reason=DIFFERENT, counterexample=found)


def _confirmed(pair: Pair, result: CaseResult) -> CaseResult:
    """A refutation by runs, if exact arithmetic confirms it. At a tie, rounding alone selects a branch, in each format the same one."""
    assert result.counterexample is not None  # it is refuted
    formula = pair.formula
    if not formula.has(*JUMPS):
        return result
    row = row_of(pair.plan.scalars, result.counterexample.inputs)
    try:
        if pair.refuted_at(row):
            return result
        other = next(filter(pair.refuted_at, pair.plan.simple(FEW)), None)
    except (UnsupportedError, TooManyBranches) as error:
        reason = f"runs differ at {format_inputs(result.counterexample.inputs)}, which may be a tie that rounding decides: {told(error)}"
        return replace(result, verdict=Verdict.UNDECIDED, reason=reason, counterexample=None)
    if other is None:
        reason = f"runs differ at {format_inputs(result.counterexample.inputs)}, where exact arithmetic gives the documented value"
        return replace(result, verdict=Verdict.UNDECIDED, reason=reason, counterexample=None)
    reason = f"the code raises an error at {format_inputs(named(pair.case, pair.plan.point(other)))}, where it differs"
    return _shown(pair, other) or replace(result, verdict=Verdict.UNDECIDED, reason=reason, counterexample=None)


def is_refuted(pair: Pair) -> bool:
    """Whether enclosures show at a simple point that formula and code differ."""
    return any(map(pair.refuted_at, pair.plan.simple(FEW)))


def _tiny(pair: Pair) -> list[Row]:
    """Points with very small gradients, where the hyperparameters that may be small are so too: a term that is left out counts there."""
    small = [
        scalar.vector == GRADIENTS or (scalar.domain.lower == 0 and scalar.domain.upper == sp.oo and not scalar.domain.integer)
        for scalar in pair.plan.scalars
    ]
    rows = seeded(pair.plan, FEW, seed=4)
    return [tuple(x * FAR[1] if tiny else x for x, tiny in zip(row, small, strict=True)) for row in rows]


def _far(pair: Pair) -> list[Row]:
    """Points with very large and very small gradients."""
    own = [scalar.vector == GRADIENTS for scalar in pair.plan.scalars]
    rows = seeded(pair.plan, FEW, seed=2)
    return [tuple(x * factor if far else x for x, far in zip(row, own, strict=True)) for factor in FAR for row in rows]
