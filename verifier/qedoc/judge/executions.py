"""Runs the real code in each dtype: measures rounding errors, finds points without a value, and looks for contradictions."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qedoc.claims.domain import Integers, Reals
from qedoc.claims.limits import Limits
from qedoc.enclose.enclosure import Undefined, Value
from qedoc.execute.accuracy import ulps
from qedoc.execute.agreement import agrees, enclosed
from qedoc.execute.runner import Runs, rounded, run_eagerly, run_rows
from qedoc.judge.inputs import format_inputs, named
from qedoc.judge.pair import Pair
from qedoc.results.verdict import Accuracy, Finding, Inputs
from qedoc.search.sampling import Plan
from qedoc.search.strategies import Row, seeded

DTYPES = ("float32", "float64", "bfloat16")

SHADOWED = 2
"""Rows per dtype whose run is compared with an enclosure of its roundings, largest errors first."""

FEW = 20
"""Number of rows for code that must be called again for almost every row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Executions:
    """The combined results of all runs.

    Args:
        accuracy: the worst rounding error in each dtype.
        findings: points where the code raises or gives nan or infinity, although the formula has a value.
        runs: number of rows that were run.
        contradiction: describes a run that rounding cannot explain; empty if there is none.
        enclosed: number of runs that were compared with an enclosure of their roundings.
        unenclosed: why a run could not be compared with one; empty if all could.
        broken: True if the code raises somewhere in the domain where the formula has a value.
    """

    accuracy: tuple[Accuracy, ...]
    findings: tuple[Finding, ...]
    runs: int
    contradiction: str
    enclosed: int
    unenclosed: str
    broken: bool


def execute(pair: Pair, exact: Callable[[Row], Value | None], limits: Limits) -> Executions:
    """Runs the code at edges and random points of the domain in every dtype.

    Args:
        pair: the claim at fixed sizes.
        exact: returns the value that a run should give, or None if it is unknown.
        limits: limits the number of points.
    """
    count = FEW if pair.code.pinned else -(-limits.max_points // 4)
    wanted = _rows(pair.plan, limits.max_points, count, limits.seed)
    if pair.code.pinned:
        wanted = wanted[: 2 * FEW]
    parts = [_in_dtype(pair, exact, wanted, dtype) for dtype in DTYPES]
    return Executions(
        accuracy=tuple(accuracy for part in parts for accuracy in part.accuracy),
        findings=tuple(finding for part in parts for finding in part.findings),
        runs=sum(part.runs for part in parts),
        contradiction=next((part.contradiction for part in parts if part.contradiction), ""),
        enclosed=sum(part.enclosed for part in parts),
        unenclosed=next((part.unenclosed for part in parts if part.unenclosed), ""),
        broken=any(part.broken for part in parts),
    )


def sampled(plan: Plan, most: int, count: int, seed: int, dtype: str) -> list[Row]:
    """Returns points of the domain, rounded to a dtype, without duplicates.

    Args:
        plan: the domain.
        most: maximum number of landmarks.
        count: number of other points. A quarter are simple points, the rest are random.
        seed: seed of the random points.
        dtype: the dtype that real coordinates are rounded to.
    """
    return _seen(plan, _rows(plan, most, count, seed), dtype)


def _seen(plan: Plan, wanted: Sequence[Row], dtype: str) -> list[Row]:
    return list(dict.fromkeys(row for row in (rounded(row, plan.symbols, dtype) for row in wanted) if plan.holds(row)))


def _rows(plan: Plan, most: int, count: int, seed: int) -> list[Row]:
    landmarks = list(itertools.islice(plan.landmarks(), most))
    simple = list(plan.simple(max(1, count // 4)))
    return [*landmarks, *simple, *seeded(plan, count - len(simple), seed)]


def _in_dtype(pair: Pair, exact: Callable[[Row], Value | None], wanted: Sequence[Row], dtype: str) -> Executions:
    symbols = pair.plan.symbols
    rows = _seen(pair.plan, wanted, dtype)
    runs = run_rows(pair.call, symbols, rows, dtype)
    errors: list[tuple[float, int]] = []
    findings: dict[str, Finding] = {}
    broken = False
    for k, row in enumerate(rows):
        value = None if k in runs.skipped else exact(row)
        if value is None or isinstance(value, Undefined):
            continue
        if k in runs.raised:
            broken = True
            findings.setdefault("raises", _finding(pair, row, "domain", f"the code raises {runs.raised[k]} in the declared domain"))
        elif math.isfinite(runs.values[k]):
            errors.append((ulps(runs.result(k), value, runs.dtype), k))
        else:
            text = f"the code gives {runs.values[k]} in {runs.dtype} where the formula has a finite value"
            findings.setdefault("not finite", _finding(pair, row, "accuracy", text))
    errors.sort(reverse=True)
    agreement = _agreement(pair, rows, runs, errors, dtype)
    return Executions(
        accuracy=_accuracy(pair, rows, runs, errors, dtype),
        findings=tuple(findings.values()),
        runs=len(rows) - len(runs.skipped),
        contradiction=agreement.contradiction,
        enclosed=agreement.enclosed,
        unenclosed=agreement.unenclosed,
        broken=broken,
    )


def _accuracy(pair: Pair, rows: Sequence[Row], runs: Runs, errors: Sequence[tuple[float, int]], dtype: str) -> tuple[Accuracy, ...]:
    if not errors:
        return ()
    worst, k = errors[0]
    return (Accuracy(dtype=dtype, result=runs.dtype, ulps=worst, inputs=_inputs(pair, rows[k]), points=len(errors)),)


@dataclass(frozen=True, slots=True)
class _Agreement:
    contradiction: str
    enclosed: int
    unenclosed: str


def _agreement(pair: Pair, rows: Sequence[Row], runs: Runs, errors: Sequence[tuple[float, int]], dtype: str) -> _Agreement:
    """Compares the runs with the largest errors with enclosures of their roundings, up to the first that no rounding can explain.

    Compiled code may use other operations: `exp(a) / exp(b)` becomes `exp(a - b)`. So only a contradicting eager run counts.
    """
    count, why = 0, ""
    for _, k in errors[:SHADOWED]:
        enclosure, reason = enclosed(pair.call, pair.plan.symbols, rows[k], dtype)
        if enclosure is None:
            why = why or reason
            continue
        count += 1
        if agrees(runs.result(k), enclosure) is not False:
            continue
        eager = run_eagerly(pair.call, pair.plan.symbols, rows[k], dtype)
        if eager is not None and agrees(eager, enclosure) is False:
            place = format_inputs(_inputs(pair, rows[k]))
            return _Agreement(f"running the code in {dtype} gives {eager!r} at {place}, which rounding cannot explain", count, why)
    return _Agreement("", count, why)


def outside(pair: Pair) -> tuple[Finding, ...]:
    """Runs the code just outside the declared domain. A value there is reported; an error is expected."""
    base = next(iter(pair.plan.simple(1)), None)
    if base is None:
        return ()
    firsts = {scalar.vector or scalar.name: k for k, scalar in reversed(list(enumerate(pair.plan.scalars)))}  # one element per vector
    beyond = [
        (k, x, row)
        for k, scalar in ((k, pair.plan.scalars[k]) for k in sorted(firsts.values()))
        for x in _just_outside(scalar.domain)
        if _only_violates(pair, k, row := (*base[:k], x, *base[k + 1 :]))
    ]
    runs = run_rows(pair.call, pair.plan.symbols, [row for _, _, row in beyond], "float32")
    found = []
    for (k, x, row), value in zip(beyond, runs.values, strict=True):
        if math.isfinite(value):
            scalar = pair.plan.scalars[k]
            text = f"the code accepts {scalar.name}={x}, outside of the declared {scalar.domain}, and gives {value:.6g}"
            found.append(Finding(kind="domain", message=text, inputs=_inputs(pair, row)))
    return tuple(found)


def _just_outside(domain: Reals | Integers) -> list[Fraction]:
    """Points beyond each finite end of a domain: the end itself if it is open, and one step further."""
    points = []
    for end, is_open, step in ((domain.lower, domain.lower_open, -1), (domain.upper, domain.upper_open, 1)):
        if end.is_Rational:
            x = Fraction(int(end.p), int(end.q))
            points += [x] if is_open else []
            points += [x + step]
    return points[:1] + points[-1:] if len(points) > 1 else points


def _only_violates(pair: Pair, k: int, row: Row) -> bool:
    """True if coordinate k alone puts the row outside the domain."""
    others = [i for i in range(len(row)) if i != k]
    return not pair.plan.holds(row) and all(row[i] in pair.plan.interval(i, row[:i]) for i in others)


def _finding(pair: Pair, row: Row, kind: str, message: str) -> Finding:
    return Finding(kind=kind, message=f"{message}, at {format_inputs(_inputs(pair, row))}", inputs=_inputs(pair, row))


def _inputs(pair: Pair, row: Row) -> Inputs:
    return named(pair.case, pair.plan.point(row))
