"""Computes the data of a plot: a claim along its last unknown, with the other inputs fixed at readable values."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isfinite

from qedoc.claims.spec import Spec
from qedoc.execute.runner import run_rows
from qedoc.judge.inputs import named, row_of
from qedoc.judge.pair import Pair
from qedoc.judge.sharp import enclose_at, midpoint
from qedoc.results.curve import Boundary, Contrast, Curve, Point
from qedoc.results.verdict import Inputs
from qedoc.search.rationals import Interval, plainness
from qedoc.search.strategies import Row

LEGIBLE_REALS = tuple(Fraction(x) for x in ("1", "1/10", "2", "1/2", "3", "1/4", "10"))
LEGIBLE_INTEGERS = tuple(Fraction(x) for x in (100, 40, 20, 10, 5, 3, 2, 1, 0))
SAMPLES = 400
EXECUTED = 60
BISECTIONS = 30

DIGITS = 32
"""Bits to which a plotted value is known. The plot shows fewer."""


def curve(spec: Spec, sizes: Mapping[str, int], at: Inputs | None) -> Curve:
    """Samples formula and code along the last unknown, through the point `at` if it is given.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name.
        at: the inputs of a counterexample, as `named` returns them.
    """
    pair = Pair(spec, sizes)
    plan = pair.plan
    last = len(plan.symbols) - 1
    row = row_of(plan.scalars, at) if at is not None else legible(pair)
    fixed, x = row[:last], row[last]
    interval = plan.interval(last, fixed)
    roots = [root for root in plan.roots(last, fixed) if root in interval]
    low, high = _range(interval, roots, x)

    def formula(*places: Fraction) -> list[float]:
        return [midpoint(value) for value in enclose_at(DIGITS, pair.documented, [(*fixed, t) for t in places])]

    scalar = plan.scalars[last]
    return Curve(
        claim=pair.case.id,
        variable=scalar.name,
        meaning=scalar.meaning,
        fixed={name: value for name, value in named(pair.case, plan.point(row)).items() if name != scalar.name},
        formula=_lines(formula, low, high),
        executed=_executed(pair, fixed, low, high),
        boundaries=tuple(Boundary(at=float(e), label=_name(pair, fixed, e)) for e in roots if low <= e <= high),
        counterexample=_contrast(pair, row) if at is not None else None,
    )


def _contrast(pair: Pair, row: Row) -> Contrast | None:
    branch = pair.code.at(row)
    if branch is None:
        return None
    documented, actual = midpoint(pair.documented(row)), midpoint(branch.value(row))
    return Contrast(at=float(row[-1]), documented=documented, actual=actual)


def legible(pair: Pair) -> Row:
    """Returns a point of the domain at which the curve shows its shape."""
    drawn: list[Fraction] = []
    reals = 0
    for k, symbol in enumerate(pair.plan.symbols):
        interval = pair.plan.interval(k, drawn)
        shifted = [(interval.lower or Fraction(0)) + x for x in LEGIBLE_INTEGERS]
        wanted = shifted if symbol.is_integer else [*LEGIBLE_REALS[reals % 4 :], *LEGIBLE_REALS]
        reals += not symbol.is_integer
        choice = next((x for x in wanted if x in interval), interval.simplest())
        if choice is None:
            break
        drawn.append(choice)
    row = tuple(drawn)
    if len(row) == len(pair.plan.symbols) and pair.plan.holds(row):
        return row
    return max(pair.plan.simple(SAMPLES), key=lambda r: sum(map(plainness, r), ()))


def _range(interval: Interval, edges: list[Fraction], x: Fraction) -> tuple[Fraction, Fraction]:
    """Returns the part of the axis to show: all edges, plus a quarter of their span on sides without an end."""
    places = [x, *edges]
    low, high = min(places), max(places)
    span = max(high - low, Fraction(4))
    low = interval.lower if interval.lower is not None else low - span / 4
    high = interval.upper if interval.upper is not None else high + span / 4
    return low, max(high, low + 1)


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


def _executed(pair: Pair, fixed: Row, low: Fraction, high: Fraction) -> tuple[Point, ...]:
    places = [low + (high - low) * Fraction(k, EXECUTED) for k in range(EXECUTED + 1)]
    if pair.plan.symbols[-1].is_integer:
        places = list(dict.fromkeys(Fraction(round(t)) for t in places))
    rows = [row for row in ((*fixed, t) for t in places) if pair.plan.holds(row)]
    runs = run_rows(pair.call, pair.plan.symbols, rows, "float32")
    return tuple((float(row[-1]), float(value)) for row, value in zip(rows, runs.values, strict=True))


def _name(pair: Pair, fixed: Row, edge: Fraction) -> str:
    """The name of the integer parameter whose value is the edge, or an empty string unless there is exactly one."""
    others = zip(pair.plan.scalars[:-1], fixed, strict=True)
    names = [scalar.name for scalar, value in others if value == edge and scalar.symbol.is_integer]
    return names[0] if len(names) == 1 else ""
