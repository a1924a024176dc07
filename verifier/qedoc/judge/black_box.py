"""Checks a claim by running the code only, without lifting it.

Code that cannot be lifted can still be run. A run gives a rounded value, so a difference from the formula counts only if rounding cannot
explain it. Such a difference meets all of these conditions:

- It is the same in float32 and in float64, where rounding errors are 2**29 times smaller.
- It appears at many points, or at most points of a line.
- The formula, evaluated in the same arithmetic, also differs from the run. Underflow and saturation look the same in both formats, and this
  rules them out.
- No step of the code comes close to overflow, underflow or saturation.

A difference that appears only where a branch begins or ends may come from rounding or from the
formula. It refutes nothing, and such a claim is not called tested.
"""

import itertools
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import flint
import numpy as np

from qedoc.claims.limits import Limits
from qedoc.claims.members import Member
from qedoc.enclose.enclosure import Undefined, Value
from qedoc.enclose.values import is_known
from qedoc.errors import UnsupportedError
from qedoc.execute.float_events import is_calm
from qedoc.execute.float_formula import computed
from qedoc.execute.precision import rounded
from qedoc.execute.runner import run_rows
from qedoc.judge.executions import sampled
from qedoc.judge.inputs import format_inputs, named, pasteable
from qedoc.judge.pair import Pair
from qedoc.judge.sharp import enclose_at, midpoint
from qedoc.results.verdict import CaseResult, Counterexample, Verdict
from qedoc.search.rationals import plainness
from qedoc.search.strategies import Row

Array: TypeAlias = np.ndarray[Any, Any]

POINTS = 120
"""Maximum number of points to run."""

MARKS = 24
"""Maximum number of points to run because the code contains a number."""

FARTHEST = 2**20
"""Largest coordinate of the points to run, where there are others. The code may take as many steps as a larger number says."""

SAME = 2.0**-16
"""Largest relative difference that counts as agreement. Code that approximates a function may differ this much."""

APART = 2.0**-12
"""Smallest relative difference that counts as a difference. No approximation differs this much."""

STEADY = 64
"""A difference from the formula must be this many times larger than the difference between the float32 and the float64 run."""

DIGITS = 32
"""Bits to which the formula's value must be known: twice as many as are compared."""

VANISHED = 2.0**-24
"""A smaller value may be lost when it is added to 1, in float32 and in float64. If a run gives 0 instead, the point is unclear."""

MOST_LINES = 24
"""Maximum number of lines that are searched."""

MOST_CENTRES = 4
"""Maximum number of differing points whose lines are searched."""

FEWEST = 3
"""Minimum number of agreeing or differing points that a verdict about unknowns needs."""


@dataclass(frozen=True, slots=True)
class _Tally:
    """The compared points, grouped by the result of the comparison. After enough points that differ, others are called unclear."""

    same: list[Row]
    apart: list[Row]
    unclear: list[Row]
    least: int
    """Minimum number of agreeing or differing points that a verdict needs."""
    beyond: list[Row]
    """The unclear points at which the code gives what a density has outside of its support, and the formula another value."""

    @property
    def compared(self) -> int:
        return len(self.same) + len(self.apart) + len(self.unclear)

    @property
    def differs(self) -> bool:
        """Whether enough points differ to rule out an accident."""
        return len(self.apart) >= max(self.least, self.compared // 10)


def trial(pair: Pair, limits: Limits, rows: list[Row] | None = None, *, lines: bool = True) -> CaseResult:
    """Compares the formula with runs of the code in float32 and float64.

    Args:
        pair: the claim at fixed sizes. Its code need not have been lifted.
        limits: limits the number of points.
        rows: the points to run; by default, those of `points`, and then the edges that float32 cannot represent.
        lines: whether to search lines through points that differ, if these are few.

    Returns:
        `tested` or `refuted` if the runs are enough, `undecided` with the reason if not, `unsupported` if the code cannot be run.
    """
    own = rows is None
    rows = points(pair, limits) if rows is None else rows
    try:
        tally = _tally(pair, rows)
    except UnsupportedError as error:
        return CaseResult(id=pair.case.id, verdict=Verdict.UNSUPPORTED, reason=str(error), cause="code", construct=error.message)
    if lines and not tally.differs:
        tally = _best_line(pair, rows, tally.apart) or tally
    if tally.differs:
        return _refuted(pair, tally)
    if tally.apart or len(tally.same) < tally.least or len(tally.unclear) > len(tally.same):
        counts = f"{len(tally.same)} points agree, {len(tally.apart)} differ, {len(tally.unclear)} are unclear because of rounding"
        return CaseResult(id=pair.case.id, verdict=Verdict.UNDECIDED, reason=f"runs alone do not decide: {counts}", runs=2 * tally.compared)
    edge = _different_edge(pair, limits) if own else None
    if edge is not None:
        place = format_inputs(named(pair.case, pair.plan.point(edge)))
        reason = f"runs alone do not decide: formula and code differ at {place}, where rounding may select another branch"
        return CaseResult(id=pair.case.id, verdict=Verdict.UNDECIDED, reason=reason, runs=2 * tally.compared)
    if tally.beyond:
        return CaseResult(id=pair.case.id, verdict=Verdict.UNDECIDED, reason=pair.off_its_support(tally.beyond[0]), runs=2 * tally.compared)
    where = f"at {len(tally.same)} points" if pair.plan.symbols else "from the number that the formula states"
    reason = f"no difference beyond rounding {where}, run in float32 and float64"
    return CaseResult(id=pair.case.id, verdict=Verdict.TESTED, reason=reason, runs=2 * tally.compared)


def points(pair: Pair, limits: Limits) -> list[Row]:
    """The points to run: edges, simple and random points, and numbers that the code contains."""
    count = min(limits.max_points, POINTS)
    marks = (rounded(row, pair.plan.symbols, "float32") for row in itertools.islice(pair.plan.written(), MARKS))
    wanted = dict.fromkeys([*sampled(pair.plan, count, count // 2, limits.seed, "float32"), *filter(pair.plan.holds, marks)])
    return [row for row in wanted if all(abs(x) <= FARTHEST for x in row)] or list(wanted)


def _different_edge(pair: Pair, limits: Limits) -> Row | None:
    """A point that float32 cannot represent, such as the end x = 0.77 of a branch, at which formula and runs differ."""
    plan = pair.plan
    marks = itertools.islice(plan.landmarks(), min(limits.max_points, POINTS))
    rows = [row for row in marks if plan.holds(row) and rounded(row, plan.symbols, "float32") != row]
    return min(_tally(pair, rows).apart, key=_plainness, default=None) if rows else None


def _tally(pair: Pair, rows: list[Row]) -> _Tally:
    symbols = pair.plan.symbols
    coarse, fine = (run_rows(pair.call, symbols, rows, dtype).values for dtype in ("float32", "float64"))
    if fine.ndim != 1:
        raise UnsupportedError(f"the target returns an array of shape {fine.shape[1:]}; expected a number")
    least = FEWEST if symbols else 1  # without unknowns there is one point
    tally = _Tally([], [], [], least, [])
    explained = _explained_by_arithmetic(pair, rows, coarse, fine)
    exact = enclose_at(DIGITS, pair.documented, rows)
    enough = max(least, len(rows) // 10)
    for place in sorted(range(len(rows)), key=lambda k: _plainness(rows[k])):
        row, value, low, high = rows[place], exact[place], float(coarse[place]), float(fine[place])
        documented = _documented(value)
        if documented is not None and low == high == -math.inf and pair.edges.is_density:
            tally.beyond.append(row)
        if documented is None or not (math.isfinite(low) and math.isfinite(high)):
            continue
        scale = max(abs(documented), abs(high))
        difference = abs(high - documented)
        if difference <= SAME * scale:
            tally.same.append(row)
        elif len(tally.apart) == enough or (high == 0 and abs(documented) < VANISHED) or pair.edges.is_off_support(high):
            tally.unclear.append(row)
            if difference >= APART and low == high and pair.edges.is_off_support(high):
                tally.beyond.append(row)
        elif difference >= APART * scale and abs(high - low) * STEADY <= difference and not explained(place) and pair.has_derivative(row):
            tally.apart.append(row)
        else:
            tally.unclear.append(row)
    return tally


def _explained_by_arithmetic(pair: Pair, rows: list[Row], coarse: Array, fine: Array) -> Callable[[int], bool]:
    """Returns a test for a row: whether arithmetic explains the difference, because the formula shows it too or a step is near a limit."""
    formula, symbols = pair.case.formula, pair.plan.symbols

    @cache
    def pairs() -> list[tuple[Any, Array]]:  # it compiles the formula, which is in vain if no point differs
        return [(computed(formula, symbols, rows, dtype), ran) for dtype, ran in (("float32", coarse), ("float64", fine))]

    def explained(place: int) -> bool:
        if any(own is not None and not _differ(float(own[place]), float(ran[place])) for own, ran in pairs()):
            return True
        makes_layer = isinstance(pair.target, Member) and pair.target.holds is not None
        return not is_calm(pair.call, symbols, rows[place], once=makes_layer)

    return explained


def _differ(own: float, ran: float) -> bool:
    """Whether two values computed in the same arithmetic differ. A value that is not finite proves nothing."""
    return math.isfinite(own) and abs(own - ran) > APART / 2 * max(abs(own), abs(ran))


def _best_line(pair: Pair, rows: list[Row], apart: list[Row]) -> _Tally | None:
    """Compares points on lines parallel to an axis, each through a point that differs.

    In many dimensions, random points alone may hit too few of the points that differ.

    Args:
        pair: the claim.
        rows: the points drawn so far. The points on a line take their coordinates from them.
        apart: the points that differ.

    Returns:
        The line with the simplest differing point, among the lines on which enough points differ. None if there is no such line.
    """
    found = []
    entries = Counter(scalar.vector for scalar in pair.plan.scalars if scalar.vector)
    lengths = [entries[scalar.vector] for scalar in pair.plan.scalars]  # 0 for a number
    axes = sorted(range(len(lengths)), key=lengths.__getitem__)[:MOST_LINES]
    for row in apart[: min(MOST_CENTRES, MOST_LINES // max(1, len(axes)))]:
        for k in axes if len(row) > 1 else ():
            drawn = {other[k] for other in rows} | set(pair.plan.candidates(k, row[:k]))
            near = [(*row[:k], x, *row[k + 1 :]) for x in sorted(drawn, key=plainness)]
            line = _tally(pair, [r for r in near if pair.plan.holds(r)])
            if line.differs:
                found.append(line)
    return min(found, key=lambda line: _plainness(_plainest(line)), default=None)


def _plainest(tally: _Tally) -> Row:
    return min(tally.apart, key=_plainness)


def _plainness(row: Row) -> list[tuple[int, int, Fraction]]:
    return [plainness(x) for x in row]


def _documented(value: Value) -> float | None:
    """The formula's value, or None if it is known to fewer digits than a run has."""
    if isinstance(value, Undefined) or not is_known(value):
        return None
    precise = isinstance(value, flint.fmpq) or value.rel_accuracy_bits() >= DIGITS
    return found if precise and math.isfinite(found := midpoint(value)) else None


def _refuted(pair: Pair, tally: _Tally) -> CaseResult:
    row = _plainest(tally)
    point = pair.plan.point(row)
    ran = pair.run(row)
    if isinstance(ran, Exception):
        return CaseResult(
            id=pair.case.id, verdict=Verdict.UNDECIDED, reason=f"the code raises {type(ran).__name__} at one point but not in a batch"
        )
    return CaseResult(
        id=pair.case.id,
        verdict=Verdict.REFUTED,
        reason=f"runs differ from the formula at {len(tally.apart)} or more of {tally.compared} points, in both float32 and float64",
        runs=2 * tally.compared,
        counterexample=Counterexample(
            inputs=named(pair.case, point),
            documented=pair.said(row),
            actual=ran,
            ran=ran,
            call=pasteable(pair.case, point, arrays=pair.wants_arrays),
        ),
    )
