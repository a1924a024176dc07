"""Decides each property of a spec."""

import flint

from qedoc.claims.limits import Limits
from qedoc.claims.properties import Property, spoken
from qedoc.enclose.compare import Comparison, compare
from qedoc.enclose.enclosure import Enclosure, Undefined, compile
from qedoc.judge.inputs import named
from qedoc.judge.pair import Pair
from qedoc.judge.paths import interpretation_of
from qedoc.judge.proof import MOST_CELLS
from qedoc.prove.cells import Budget, CellLimitError
from qedoc.prove.obligations import Obligation, UnclearError, holds, obligations
from qedoc.results.verdict import Inputs, PropertyResult, Verdict
from qedoc.search.rationals import exactly
from qedoc.search.sampling import Plan
from qedoc.search.shrinking import shrink
from qedoc.search.strategies import Row, seeded

HIGHEST_PRECISION = 512
"""Highest precision, in bits, at which two enclosures are ordered. Values that still overlap may be equal."""


def check_properties(pair: Pair, limits: Limits, *, claim_proved: bool) -> tuple[PropertyResult, ...]:
    """Decides each property of the documented formula.

    Args:
        pair: the claim at fixed sizes.
        limits: limits the number of points.
        claim_proved: True if the code is proved to compute the formula. Only then does a proved property hold for the code.
    """
    return tuple(_verdict(promise, pair, limits, claim_proved) for promise in pair.case.properties)


def _verdict(promise: Property, pair: Pair, limits: Limits, claim_proved: bool) -> PropertyResult:
    statement = spoken(promise)
    try:
        duties = obligations(promise, pair.case, pair.formula, Budget(MOST_CELLS))
    except UnclearError as error:
        return PropertyResult(statement=statement, verdict=Verdict.UNDECIDED, reason=str(error))
    except CellLimitError:
        return PropertyResult(statement=statement, verdict=Verdict.UNDECIDED, reason=f"more than {MOST_CELLS} cells are needed")
    open_duties = [duty for duty in duties if not _proved(duty)]
    if not open_duties:
        if claim_proved:
            return PropertyResult(statement=statement, verdict=Verdict.PROVED, reason="proved for the formula, which the code computes")
        reason = "proved for the documented formula, but the code is not proved to compute it"
        return PropertyResult(statement=statement, verdict=Verdict.TESTED, reason=reason)
    return searched(statement, open_duties, pair, limits)


def _proved(duty: Obligation) -> bool:
    try:
        return holds(duty, Budget(MOST_CELLS))
    except CellLimitError:
        return False


def searched(statement: str, duties: list[Obligation], pair: Pair, limits: Limits) -> PropertyResult:
    """Searches for a point that violates a property.

    Args:
        statement: the property in words.
        duties: what is not proved.
        pair: the claim.
        limits: limits the number of points.
    """
    tried = 0
    for duty in duties:
        violation = _Violation(duty)
        points = max(50, limits.max_points // len(duties))
        rows = [*violation.plan.simple(points // 2), *seeded(violation.plan, points - points // 2, limits.seed)]
        for row in rows:
            tried += 1
            if violation(row):
                inputs = violation.inputs(shrink(violation.plan, row, violation), pair)
                reason = "the documented formula violates it"
                return PropertyResult(statement=statement, verdict=Verdict.REFUTED, reason=reason, counterexample=inputs)
    if not tried:
        return PropertyResult(statement=statement, verdict=Verdict.UNDECIDED, reason="no point in its domain was found")
    return PropertyResult(statement=statement, verdict=Verdict.TESTED, reason=f"holds at {tried} points; no proof was found")


class _Violation:
    """Checks whether a point violates an obligation. True is certain; False may mean unknown."""

    def __init__(self, duty: Obligation) -> None:
        self.duty = duty
        self.plan = Plan(duty.scalars, duty.conditions, [duty.left, duty.right])
        self.left, self.right = (self._compile(part) for part in (duty.left, duty.right))

    def _compile(self, formula: object) -> Enclosure:
        return compile(formula, self.plan.symbols, interpretation_of)

    def __call__(self, row: Row) -> bool:
        if not self.duty.ordered:
            return compare(self.left, self.right, row) is Comparison.DISJOINT
        bits = 64
        while bits <= HIGHEST_PRECISION:
            left, right = self.left(row, bits), self.right(row, bits)
            if isinstance(left, Undefined) or isinstance(right, Undefined):
                return False
            if bool(flint.arb(left) < flint.arb(right)):
                return True
            if bool(flint.arb(left) >= flint.arb(right)):
                return False
            bits *= 2
        return False

    def inputs(self, row: Row, pair: Pair) -> Inputs:
        """The point by name, including the unknowns that the property itself fixes."""
        point = self.plan.point(row)
        for symbol, expression in self.duty.at:
            value = exactly(compile(expression, self.plan.symbols)(row)) if expression.is_finite is not False else None
            if value is not None:
                point[symbol] = value
        return named(pair.case, point)
