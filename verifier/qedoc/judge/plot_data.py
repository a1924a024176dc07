"""Computes the data of a plot: a claim along one input, with the other inputs fixed at values that show the shape of the curve."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import chain, islice
from math import isfinite

from qedoc.claims.spec import Spec
from qedoc.enclose.compare import Comparison
from qedoc.execute.runner import run_rows
from qedoc.judge.inputs import named, row_of
from qedoc.judge.pair import Pair
from qedoc.judge.plot_point import DIGITS, Stage, chosen, others
from qedoc.judge.sharp import enclose_at, midpoint
from qedoc.results.curve import Boundary, Contrast, Curve, Point, View
from qedoc.results.verdict import Inputs
from qedoc.search.strategies import Row

SAMPLES = 400
EXECUTED = 60
BISECTIONS = 30

CLEAR = 0.05
"""The share of the curve's height from which a difference can be seen."""

MOST_CURVES = 24
"""Maximum number of curves that are looked at for such a difference."""

MOST_COMPARED = 12
"""Maximum number of points that are compared to find one where the difference can be seen."""


def curve(spec: Spec, sizes: Mapping[str, int], at: Inputs | None, view: View) -> Curve:
    """Samples formula and code along one input.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name.
        at: the inputs of a counterexample, as `named` returns them. If no other inputs show the difference, the curve goes through it.
        view: what the user asks for.

    Raises:
        QedocError: for inputs that the claim does not have, and for values outside its domain.
    """
    pair = Pair(spec, sizes)
    stage = Stage(pair, view)
    row = chosen(stage)
    if at is None:
        return _drawn(stage, row, None)
    free = [k for k, symbol in enumerate(stage.plan.symbols[: stage.last]) if symbol not in stage.given]
    for other in islice(chain([row], *(others(stage, row, k) for k in free)), MOST_CURVES):
        place = _clearest(stage, other)
        if place is not None:
            return _drawn(stage, place, _contrast(stage, place))
    if not view.at:
        row = row_of(stage.plan.scalars, at)
        return _drawn(stage, row, _contrast(stage, row))
    return _drawn(stage, row, None)


def _drawn(stage: Stage, row: Row, contrast: Contrast | None) -> Curve:
    pair, last = stage.pair, stage.last
    fixed = row[:last]
    low, high, roots = stage.span(row)
    if contrast is not None:
        low, high = min(low, row[last]), max(high, row[last])

    def formula(*places: Fraction) -> list[float]:
        return [midpoint(value) for value in enclose_at(DIGITS, stage.documented, [(*fixed, t) for t in places])]

    scalar = stage.plan.scalars[last]
    return Curve(
        claim=pair.case.id,
        variable=scalar.name,
        meaning=scalar.meaning,
        fixed={name: value for name, value in named(pair.case, stage.plan.point(row)).items() if name != scalar.name},
        formula=_lines(formula, low, high),
        executed=_executed(stage, fixed, low, high, row[last] if contrast is not None else None),
        boundaries=tuple(Boundary(at=float(e), label=_name(stage, fixed, e)) for e in roots if low <= e <= high),
        counterexample=contrast,
    )


def _clearest(stage: Stage, row: Row) -> Row | None:
    """The point of a curve at which formula and code differ most, if this can be seen and enclosures confirm it."""
    low, high, _ = stage.span(row)
    executed = _executed(stage, row[: stage.last], low, high, None)
    places = [Fraction(str(x)) for x, _ in executed]
    documented = stage.values(row[: stage.last], places)
    heights = [y for y in (*documented, *(y for _, y in executed)) if isfinite(y)]
    if not heights:
        return None
    least = CLEAR * (max(heights) - min(heights))
    gaps = [(abs(value - y), x) for x, (_, y), value in zip(places, executed, documented, strict=True) if isfinite(y) and isfinite(value)]
    for gap, x in islice(sorted(gaps, reverse=True), MOST_COMPARED):
        other = (*row[: stage.last], x)
        if gap > least and stage.plan.holds(other) and stage.pair.against(_in_order(stage, other)) is Comparison.DISJOINT:
            return other
    return None


def _in_order(stage: Stage, row: Row) -> Row:
    """A point in the order of the claim's own plan."""
    return stage.pair.plan.row(stage.plan.point(row))


def _contrast(stage: Stage, row: Row) -> Contrast | None:
    own = _in_order(stage, row)
    branch = stage.pair.code.at(own)
    if branch is None:
        return None
    documented, actual = midpoint(stage.pair.documented(own)), midpoint(branch.value(own))
    return Contrast(at=float(row[-1]), documented=documented, actual=actual)


def _lines(formula: Callable[..., list[float]], low: Fraction, high: Fraction) -> tuple[tuple[Point, ...], ...]:
    """Returns the curve, broken at jumps."""
    places = [low + (high - low) * Fraction(k, SAMPLES) for k in range(SAMPLES + 1)]
    values = formula(*places)
    finite = [v for v in values if isfinite(v)]
    height = max(finite) - min(finite) if finite else 0.0
    lines: list[list[Point]] = [[]]
    for k, (t, value) in enumerate(zip(places, values, strict=True)):
        if k and abs(value - values[k - 1]) > 0.01 * height:
            left, right = _narrow(formula, places[k - 1], t)
            before, after = formula(left, right)
            if abs(after - before) > 0.5 * abs(value - values[k - 1]):
                lines[-1].append((float(left), before))
                lines.append([(float(right), after)])
        if isfinite(value):
            lines[-1].append((float(t), value))
    return tuple(tuple(line) for line in lines if line)


def _narrow(formula: Callable[..., list[float]], left: Fraction, right: Fraction) -> tuple[Fraction, Fraction]:
    """Bisects an interval to find its steepest part."""
    for _ in range(BISECTIONS):
        middle = (left + right) / 2
        before, value, after = formula(left, middle, right)
        if abs(value - before) > abs(after - value):
            right = middle
        else:
            left = middle
    return left, right


def _executed(stage: Stage, fixed: Row, low: Fraction, high: Fraction, also: Fraction | None) -> tuple[Point, ...]:
    places = [low + (high - low) * Fraction(k, EXECUTED) for k in range(EXECUTED + 1)]
    if stage.plan.symbols[-1].is_integer:
        inside = [Fraction(round(root)) for root in stage.plan.roots(stage.last, fixed) if low <= root <= high]
        places = sorted(dict.fromkeys([*(Fraction(round(t)) for t in places), *inside]))
    if also is not None:
        places = sorted({*places, also})
    rows = [row for row in ((*fixed, t) for t in places) if stage.plan.holds(row)]
    runs = run_rows(stage.pair.call, stage.plan.symbols, rows, "float32")
    return tuple((float(row[-1]), float(value)) for row, value in zip(rows, runs.values, strict=True))


def _name(stage: Stage, fixed: Row, edge: Fraction) -> str:
    """The name of the integer parameter whose value is the edge, or an empty string unless there is exactly one."""
    others = zip(stage.plan.scalars[:-1], fixed, strict=True)
    names = [scalar.name for scalar, value in others if value == edge and scalar.symbol.is_integer]
    return names[0] if len(names) == 1 else ""
