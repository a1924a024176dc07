"""What runs alone can tell of a claim: code that cannot be lifted still has values.

A run is a rounded value, so that a difference counts only if rounding is ruled out: it must be the same in float32 and in float64, in which
rounding is 2**29 times smaller, and it must show at many points, or at most points of a line. Underflow and saturation look the same in
both, so the formula itself, computed in the same arithmetic, must differ from the run, too, and no step of the code may be near overflow,
underflow or saturation. A difference that shows
only where a branch begins or ends refutes nothing; but nothing is called tested beside it.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import flint
import numpy as np

from qedoc.errors import UnsupportedError
from qedoc.evaluate.arithmetic import computed
from qedoc.evaluate.ball import Undefined, Value
from qedoc.evaluate.ball_values import is_known
from qedoc.evaluate.execute import run_rows
from qedoc.evaluate.precision import rounded
from qedoc.evaluate.watch import is_calm
from qedoc.executions import sampled
from qedoc.inputs import named, pasteable, spoken
from qedoc.limits import Limits
from qedoc.search.plan import plainness
from qedoc.search.strategies import Row
from qedoc.subject import Subject, known_to, midpoint
from qedoc.verdict import CaseResult, Counterexample, Verdict

Array: TypeAlias = np.ndarray[Any, Any]

POINTS = 120
"""Points that are run, if as many are asked for."""

SAME = 2.0**-16
"""Relative difference from the formula that code may have which approximates a function."""

APART = 2.0**-12
"""Relative difference that no such code has."""

STEADY = 64
"""How many times smaller the difference between the two runs is than that from the formula, if it is not rounding's."""

DIGITS = 32
"""Bits to which the formula's value must be known: twice as many as are compared."""

VANISHED = 2.0**-24
"""A smaller value may be lost beside 1, in float32 and in float64: that a run gives 0 instead says nothing."""

MOST_LINES = 4
"""Points that differ through which lines are followed."""

FEWEST = 3
"""Points of either kind that an answer needs."""


@dataclass(frozen=True, slots=True)
class _Tally:
    """The points at which runs and formula were compared, by what was seen."""

    same: list[Row]
    apart: list[Row]
    unclear: list[Row]

    @property
    def compared(self) -> int:
        return len(self.same) + len(self.apart) + len(self.unclear)

    @property
    def differs(self) -> bool:
        """Whether so many points differ that it is no accident."""
        return len(self.apart) >= max(FEWEST, self.compared // 10)


def trial(subject: Subject, limits: Limits) -> CaseResult:
    """Compares the formula with runs of the code in float32 and float64.

    Args:
        subject: the claim at fixed sizes; its code need not have been lifted.
        limits: bounds the points.

    Returns:
        `tested` or `refuted` where runs suffice, else `undecided` with the reason; `unsupported` for code that cannot be run.
    """
    count = min(limits.max_points, POINTS)
    rows = sampled(subject.plan, count, count // 2, limits.seed, "float32")
    try:
        tally = _tally(subject, rows)
    except UnsupportedError as error:
        return CaseResult(id=subject.case.id, verdict=Verdict.UNSUPPORTED, reason=str(error))
    if not tally.differs:
        tally = _on_a_line(subject, rows, tally.apart) or tally
    if tally.differs:
        return _refuted(subject, tally)
    if tally.apart or len(tally.same) < FEWEST or len(tally.unclear) > len(tally.same):
        seen = f"{len(tally.same)} points agree, {len(tally.apart)} differ, and rounding hides {len(tally.unclear)}"
        return CaseResult(
            id=subject.case.id, verdict=Verdict.UNDECIDED, reason=f"runs alone do not decide: {seen}", runs=2 * tally.compared
        )
    edge = _at_an_edge(subject, limits)
    if edge is not None:
        place = spoken(named(subject.case, subject.plan.point(edge)))
        reason = f"runs alone do not decide: formula and code differ at {place}, where rounding may choose another branch"
        return CaseResult(id=subject.case.id, verdict=Verdict.UNDECIDED, reason=reason, runs=2 * tally.compared)
    reason = f"no difference beyond rounding at {len(tally.same)} points, run in float32 and float64"
    return CaseResult(id=subject.case.id, verdict=Verdict.TESTED, reason=reason, runs=2 * tally.compared)


def _at_an_edge(subject: Subject, limits: Limits) -> Row | None:
    """A point that no float32 is, such as the end x = 0.77 of a branch, at which formula and runs differ."""
    plan = subject.plan
    marks = itertools.islice(plan.landmarks(), min(limits.max_points, POINTS))
    rows = [row for row in marks if plan.holds(row) and rounded(row, plan.symbols, "float32") != row]
    return min(_tally(subject, rows).apart, key=_plainness, default=None) if rows else None


def _tally(subject: Subject, rows: list[Row]) -> _Tally:
    symbols = subject.plan.symbols
    coarse, fine = (run_rows(subject.call, symbols, rows, dtype).values for dtype in ("float32", "float64"))
    if fine.ndim != 1:
        raise UnsupportedError(f"the target returns an array of shape {fine.shape[1:]}; expected a number")
    tally = _Tally([], [], [])
    excused = _excused(subject, rows, coarse, fine)
    exact = known_to(DIGITS, subject.documented, rows)
    for place, (row, value, low, high) in enumerate(zip(rows, exact, coarse.tolist(), fine.tolist(), strict=True)):
        documented = _documented(value)
        if documented is None or not (math.isfinite(low) and math.isfinite(high)):
            continue
        scale = max(abs(documented), abs(high))
        difference = abs(high - documented)
        if difference <= SAME * scale:
            tally.same.append(row)
        elif high == 0 and abs(documented) < VANISHED:
            tally.unclear.append(row)
        elif difference >= APART * scale and abs(high - low) * STEADY <= difference and not excused(place):
            tally.apart.append(row)
        else:
            tally.unclear.append(row)
    return tally


def _excused(subject: Subject, rows: list[Row], coarse: Array, fine: Array) -> Callable[[int], bool]:
    """Says of a row whether its difference may be one of the arithmetic: the formula has it, too, or a step of the code is at an end."""
    formula, symbols = subject.case.formula, subject.plan.symbols
    pairs = [(computed(formula, symbols, rows, dtype), ran) for dtype, ran in (("float32", coarse), ("float64", fine))]

    def excused(place: int) -> bool:
        if any(own is not None and not _apart(float(own[place]), float(ran[place])) for own, ran in pairs):
            return True
        return not is_calm(subject.call, symbols, rows[place])

    return excused


def _apart(own: float, ran: float) -> bool:
    """Whether two values of one arithmetic are different numbers; what is not finite tells nothing."""
    return math.isfinite(own) and abs(own - ran) > APART / 2 * max(abs(own), abs(ran))


def _on_a_line(subject: Subject, rows: list[Row], apart: list[Row]) -> _Tally | None:
    """The points on a line parallel to an axis, through a point that differs: in space there may be too few of them to be met.

    Args:
        subject: the claim.
        rows: the points that were drawn; a line has their coordinates.
        apart: those that differ.

    Returns:
        Of the lines on which enough points differ, that with the plainest difference; None if there is none.
    """
    found = []
    for row in apart[:MOST_LINES]:
        for k in range(len(row) if len(row) > 1 else 0):
            drawn = {other[k] for other in rows} | set(subject.plan.candidates(k, row[:k]))
            near = [(*row[:k], x, *row[k + 1 :]) for x in sorted(drawn, key=plainness)]
            line = _tally(subject, [r for r in near if subject.plan.holds(r)])
            if line.differs:
                found.append(line)
    return min(found, key=lambda line: _plainness(_plainest(line)), default=None)


def _plainest(tally: _Tally) -> Row:
    return min(tally.apart, key=_plainness)


def _plainness(row: Row) -> list[tuple[int, int, Fraction]]:
    return [plainness(x) for x in row]


def _documented(value: Value) -> float | None:
    """The formula's value, where it is known to more digits than a run has."""
    if isinstance(value, Undefined) or not is_known(value):
        return None
    told = isinstance(value, flint.fmpq) or value.rel_accuracy_bits() >= DIGITS
    return found if told and math.isfinite(found := midpoint(value)) else None


def _refuted(subject: Subject, tally: _Tally) -> CaseResult:
    row = _plainest(tally)
    point = subject.plan.point(row)
    ran = subject.run(row)
    if isinstance(ran, Exception):
        return CaseResult(
            id=subject.case.id, verdict=Verdict.UNDECIDED, reason=f"a run alone raises {type(ran).__name__}, many at once do not"
        )
    return CaseResult(
        id=subject.case.id,
        verdict=Verdict.REFUTED,
        reason=f"runs differ from the formula at {len(tally.apart)} of {tally.compared} points, in float32 and float64 alike",
        runs=2 * tally.compared,
        counterexample=Counterexample(
            inputs=named(subject.case, point),
            documented=subject.said(row),
            actual=ran,
            ran=ran,
            call=pasteable(subject.case, point, arrays=subject.wants_arrays),
        ),
    )
