"""What the code gives at some points, and whether the values of an edited formula are the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.claims.case import instantiate
from qedoc.claims.spec import Size, Spec
from qedoc.enclose.enclosure import compile
from qedoc.enclose.values import Undefined
from qedoc.errors import QedocError
from qedoc.execute.runner import run_rows
from qedoc.judge.executions import sampled
from qedoc.judge.pair import Pair
from qedoc.repair.edits import Array
from qedoc.repair.marked import FAILS, Point, Program
from qedoc.sources.specfiles import sizes as sizes_of

TOLERANCE, ROUGH = 1e-8, 1e-5
"""Relative differences to runs in float64 up to which an edit is looked at: at half of the points, and at all. Some special functions
of JAX are accurate to seven digits only."""

FEW = 5
"""Points at which a formula must have a value to count as one, and at which pairs of edits are compared first."""

POINTS = 60
"""Points of each case."""

BITS = 256
"""Precision of exact values; four times as many if they do not suffice."""

MANY = 600
"""Points of a case that are drawn if formula and code are the same at all of the first ones."""

MOST_CASES = 4
"""Maximum number of sizes at which the code is run, if it depends on more than sizes."""

LARGEST, SMALLEST = 300, 1e-4
"""Numbers beyond these say little, because a run overflows or rounds to 0."""

OVERFLOWN = 0.3
"""Share of the points at which an edited formula may have no value in float64. It must have one in exact arithmetic."""


def points_of(spec: Spec) -> Iterator[Point]:
    """Runs the code of a claim at points of its domain, at a few sizes.

    Args:
        spec: the claim.
    """
    chosen = sizes_of(spec)
    most = len(chosen) if all(isinstance(d, Size) for d in spec.symbols) else MOST_CASES  # a case without other symbols is one point
    at = np.unique(np.linspace(0, len(chosen) - 1, most).astype(int))
    for sizes in (chosen[k] for k in at):
        try:
            pair = Pair(replace(spec, natural=False, origin=spec.location), sizes)
            point = _run(spec, pair, sizes, POINTS, seed=0)
            if point is not None and not len(_apart(spec, point)):  # a slip in a condition shows at few points
                point = _joined(point, _run(spec, pair, sizes, MANY, seed=1), spec)
        except QedocError:
            continue
        if point is not None:
            yield point


def _run(spec: Spec, pair: Pair, sizes: Mapping[str, int], count: int, seed: int) -> Point | None:
    """The code at some points, without results that are no number; None if there is no other."""
    rows = sampled(pair.plan, count // 2, count, seed, "float64")
    actual = run_rows(pair.call, pair.plan.symbols, rows, "float64").values
    usual = [all(x == 0 or SMALLEST < abs(x) < LARGEST for x in row) for row in rows]
    kept = [k for k, row in enumerate(rows) if usual[k] and actual.ndim == 1 and np.isfinite(actual[k])]
    if not kept:
        return None
    columns = {
        symbol.name: np.array([float(rows[k][place]) for k in kept]).reshape(1, 1, -1) for place, symbol in enumerate(pair.plan.symbols)
    }
    point = Point(sizes=sizes, columns=columns, actual=actual[kept], silent=np.zeros(len(kept), dtype=bool))
    return replace(point, silent=_silent(spec, point))


def _apart(spec: Spec, point: Point) -> Array:
    """The points at which the formula as written has other values than the code."""
    try:
        values = Program(spec, point)({}, {})
    except FAILS:
        return np.arange(len(point.actual))
    found: Array = np.flatnonzero(~np.broadcast_to(same_values(point, values), (1, 1, len(point.actual)))[0, 0])
    return found


def _joined(point: Point, other: Point | None, spec: Spec) -> Point:
    """The case with some more points, at which formula and code differ."""
    if other is None or not len(at := _apart(spec, other)[: POINTS // 2]):
        return point
    columns = {name: np.concatenate([column, other.columns[name][..., at]], axis=-1) for name, column in point.columns.items()}
    actual, silent = np.concatenate([point.actual, other.actual[at]]), np.concatenate([point.silent, other.silent[at]])
    return replace(point, columns=columns, actual=actual, silent=silent)


def _silent(spec: Spec, point: Point) -> Array:
    try:
        values = Program(spec, point)({}, {})
    except FAILS:
        return point.silent
    none: Array = np.broadcast_to(~np.isfinite(values), (1, 1, len(point.actual)))[0, 0]
    return none


def heeded(points: Sequence[Point]) -> list[Point]:
    """The cases. If the formula as written has next to no values in them, a correction must have all of them.

    Args:
        points: the cases.
    """
    total = sum(len(point.actual) for point in points)
    spoken = sum(int((~point.silent).sum()) for point in points)
    if spoken >= min(FEW, total):
        return list(points)
    return [replace(point, silent=np.zeros_like(point.silent)) for point in points]


def same_values(point: Point, values: Array, tolerance: float = TOLERANCE) -> Array:
    """Where values are those of the code, and where there are none because the formula as written has none.

    Args:
        point: the case.
        values: the values.
        tolerance: the relative difference up to which values are the same.
    """
    size = np.abs(point.actual)
    usual = float(np.median(size[size > 0])) if size.any() else 0.0  # a part that is rounded may be larger than the result
    scale = np.maximum(size, usual * 1e-4)
    same: Array = (np.abs(values - point.actual) <= tolerance * scale + 1e-300) | (~np.isfinite(values) & point.silent)
    return same


def agree(point: Point, values: Array, rows: int, columns: int, loosely: bool = False) -> Array:
    """Whether values are those of the code, for each edit of two axes. A few of them may be missing, because float64 is too narrow.

    Args:
        point: the case.
        values: the values.
        rows: the number of edits of the first axis.
        columns: the number of edits of the second axis.
        loosely: whether a few of them may also differ, because float64 is too coarse. `covers` decides about these.
    """
    wide = np.broadcast_shapes(values.shape, (1, 1, len(point.actual)))
    missing = np.broadcast_to(~np.isfinite(values) & ~point.silent, wide)
    near = np.broadcast_to(same_values(point, values, ROUGH), wide)
    if loosely:
        return np.broadcast_to((~near).sum(axis=-1) <= OVERFLOWN * wide[-1], (rows, columns))
    found: Array = np.asarray((near | missing).all(axis=-1))
    if found.any():
        found &= 2 * np.broadcast_to(same_values(point, values), wide).sum(axis=-1) >= wide[-1] - missing.sum(axis=-1)
        found &= missing.sum(axis=-1) <= OVERFLOWN * wide[-1]
    return np.broadcast_to(found, (rows, columns))


def covers(spec: Spec, point: Point) -> bool:
    """Whether a formula has the values of the code at the points where float64 gives none or others, in exact arithmetic.

    Args:
        spec: the claim with this formula.
        point: the case.
    """
    values = np.broadcast_to(Program(spec, point)({}, {}), (1, 1, len(point.actual)))[0, 0]
    missing = np.flatnonzero(~same_values(point, values, ROUGH))
    if not len(missing):
        return True
    sizes = {d.symbol: point.sizes[str(d.symbol)] for d in spec.symbols if isinstance(d, Size)}
    case = instantiate(replace(spec, natural=False, origin=spec.location), sizes)
    exact = compile(totalise(case.formula), case.symbols)
    for k in missing:
        row = [Fraction(float(point.columns[symbol.name][0, 0, k])) for symbol in case.symbols]
        value = exact(row, BITS)
        value = exact(row, 4 * BITS) if isinstance(value, Undefined) or not np.isfinite(float(value)) else value
        if isinstance(value, Undefined) or not sp.Float(point.actual[k]).is_finite:
            return False
        if not abs(float(value) - point.actual[k]) <= ROUGH * max(abs(point.actual[k]), SMALLEST):
            return False
    return True


def holds(spec: Spec, points: Sequence[Point]) -> bool:
    """Whether a formula has the values of the code, wherever the code has one, in all cases in which the formula as written has a value.

    Args:
        spec: the claim with this formula.
        points: the cases.
    """
    spoken = [point for point in points if not point.silent.all()]
    try:
        programs = [(point, Program(spec, point)) for point in spoken[::-1]]
        return all(agree(point, program({}, {}), 1, 1, loosely=True).all() and covers(spec, point) for point, program in programs)
    except FAILS:
        return False
