"""Chooses what a plot shows: the variable of the horizontal axis, and values of the other inputs at which the curve has its typical shape.

Nothing depends on single functions. Three things say what is typical: the conditions of the claim's own properties (a rate that falls where
`E <= P`), the words in the names of parameters (an initial value lies below a peak), and the curve itself, whose phases should be visible.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import isfinite

import sympy as sp

from qedoc.claims.case import Scalar
from qedoc.claims.properties import NonDecreasing, NonIncreasing
from qedoc.enclose.enclosure import compile
from qedoc.errors import QedocError
from qedoc.judge.pair import Pair
from qedoc.judge.paths import interpretation_of
from qedoc.judge.sharp import enclose_at, midpoint
from qedoc.results.curve import View
from qedoc.search.membership import membership
from qedoc.search.rationals import FAVOURITES, Interval, plainness
from qedoc.search.sampling import Plan
from qedoc.search.strategies import Row

REALS = tuple(Fraction(x) for x in ("1", "1/10", "2", "1/2", "3", "1/4", "10", "0"))
INTEGERS = tuple(Fraction(x) for x in (100, 40, 20, 10, 5, 3, 2, 1, 0))
"""Values that people find legible, the most welcome first."""

ROLES: Mapping[str, tuple[str, ...]] = {
    "1": ("peak", "max", "maximum", "upper", "top", "scale", "sigma", "std", "stddev", "init", "initial", "start", "base"),
    "1/10": ("end", "final", "last", "min", "minimum", "floor", "lower"),
    "1/2": ("rate", "decay", "factor"),
    "0": ("loc", "mu", "mean", "location", "shift", "center", "offset"),
}
"""Words in the names of parameters, and the value that such a parameter has in a typical plot."""

PEAKS = ("peak", "max", "maximum", "upper", "top")
STARTS = ("init", "initial", "start")
BELOW_PEAK = Fraction(1, 5)
"""The start of a curve that has a peak."""

RUNNING = ("count", "step", "t", "time", "x", "z", "u", "q")
"""Names of the argument along which a function is usually drawn."""

POWERS = ("exponent", "power", "degree", "order")
STEPS = ("steps", "step", "begin", "boundary", "boundaries", "warmup", "period", "length", "epochs", "iterations")
"""Words in the names of integers: small ones, and those that count steps."""

SAMPLES = 48
"""Points of a curve that is judged."""
MOST_COORDINATES = 14
"""Maximum number of inputs whose values are tried."""
SWEEPS = 2
DIGITS = 32
"""Bits to which a plotted value is known. The plot shows fewer."""
SIMPLE = 400
WIDTH = Fraction(4)
"""How far a curve without an end is shown to each side, at least."""
VISIBLE = Fraction(1, 12)
"""The least share of the axis that a phase of the curve should have."""
TAIL = 0.1
"""A curve that turns is shown until an eighth of the axis changes it by less than half of this share of its height."""
WIDENINGS = 5


class Stage:
    """The inputs of a claim in the order in which a plot fixes them: the variable of the horizontal axis is last.

    Args:
        pair: the claim at fixed sizes.
        view: what the user asks for.

    Raises:
        QedocError: for an input that the claim does not have.
    """

    def __init__(self, pair: Pair, view: View) -> None:
        self.pair, self.view = pair, view
        self.given = _given(pair.plan.scalars, view)
        ordered = list(pair.plan.scalars)
        running = _running(pair, [s for s in ordered if s.symbol not in self.given] or ordered)
        self.plan = Plan([*(s for s in ordered if s is not running), running], pair.case.where, [pair.formula])
        self.documented = compile(pair.formula, self.plan.symbols, interpretation_of)
        self.last = len(self.plan.symbols) - 1

    def values(self, fixed: Row, places: Sequence[Fraction]) -> list[float]:
        """The documented values along the axis."""
        return [midpoint(value) for value in enclose_at(DIGITS, self.documented, [(*fixed, t) for t in places])]

    def span(self, row: Row) -> tuple[Fraction, Fraction, list[Fraction]]:
        """The part of the axis to show, and the places in it at which the formula changes its form.

        Args:
            row: a point of the domain.
        """
        fixed = row[: self.last]
        interval = self.plan.interval(self.last, fixed)
        roots = [root for root in self.plan.roots(self.last, fixed) if root in interval]
        if self.view.span is not None:
            low, high = (Fraction(str(end)) for end in self.view.span)
        else:
            low, high = self._shown(fixed, interval, roots)
        return low, high, [root for root in roots if low <= root <= high]

    def _shown(self, fixed: Row, interval: Interval, roots: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
        least, most = (min(roots), max(roots)) if roots else (Fraction(0), Fraction(0))
        first, second = interval.lower, interval.upper
        if first is not None and second is not None:
            return first, max(second, first + (1 if interval.integer else 0))
        least, most = (max(least, first), max(most, first)) if first is not None else (least, most)
        least, most = (min(least, second), min(most, second)) if second is not None else (least, most)
        around = most - least if first is None and most > least else most - (least if first is None else first)
        wide = WIDTH
        if self.plan.symbols[-1].is_integer and not roots:
            wide = max([wide, *(2 * x for x, symbol in zip(fixed, self.plan.symbols, strict=False) if symbol.is_integer)])
        beyond = max(around / 4, WIDTH / 2) if len(roots) > 1 or (first is not None and roots and most > first) else wide
        low = first if first is not None else least - beyond
        high = second if second is not None else most + beyond
        if not roots:
            return self._settled(fixed, low, high, interval)
        return (low, self._levelled(fixed, low, high)) if second is None and interval.integer else (low, high)

    def _levelled(self, fixed: Row, low: Fraction, high: Fraction) -> Fraction:
        """Widens the axis of a curve that comes to rest, such as an exponential decay, until it nearly has."""
        width = high - low
        for wide in range(1, 2 * WIDENINGS, 2):
            values = [v for v in self.values(fixed, _places(low, low + wide * width, SAMPLES)) if isfinite(v)]
            if not values:
                break
            late = values[-(SAMPLES // 5) :]
            if max(late) - min(late) <= TAIL * (max(values) - min(values)):
                return low + wide * width
        return high

    def _settled(self, fixed: Row, low: Fraction, high: Fraction, interval: Interval) -> tuple[Fraction, Fraction]:
        """Widens the axis until a curve that turns, such as a density, has come down again; not if it turns on and on."""
        begin = low, high
        for _ in range(WIDENINGS):
            values = [v for v in self.values(fixed, _places(low, high, SAMPLES)) if isfinite(v)]
            if not values or not _turns(values):
                return low, high
            height, part = max(values) - min(values), len(values) // 8
            moving = [abs(values[0] - values[part]) > TAIL / 2 * height, abs(values[-1] - values[-1 - part]) > TAIL / 2 * height]
            wide = [moving[0] and interval.lower is None, moving[1] and interval.upper is None]
            if not any(wide):
                return low, high
            width = high - low
            low, high = low - width / 2 * wide[0], high + width * wide[1]
        return begin


def _given(scalars: Sequence[Scalar], view: View) -> dict[sp.Symbol, Fraction]:
    found: dict[sp.Symbol, Fraction] = {}
    for name, value in view.at.items():
        own = sorted((s for s in scalars if name in (s.vector or s.name, str(s.symbol))), key=lambda s: s.indices)
        if not own:
            known = ", ".join(dict.fromkeys(s.vector or s.name for s in scalars))
            raise QedocError(f"the plot is to have a value of {name!r}, which is no input of the formula; it has {known}")
        entries = value if isinstance(value, list) else [value]
        if len(entries) != len(own):
            raise QedocError(f"the plot is to have {len(entries)} values of {name!r}, and {len(own)} are needed")
        found |= {scalar.symbol: Fraction(str(entry)) for scalar, entry in zip(own, entries, strict=True)}
    return found


def _running(pair: Pair, scalars: Sequence[Scalar]) -> Scalar:
    """The variable of the horizontal axis: the argument of a returned function, or the first argument of the function."""
    bounds = {symbol for s in pair.plan.scalars for symbol in s.domain.lower.free_symbols | s.domain.upper.free_symbols}
    free = [s for s in scalars if s.symbol not in bounds]
    curried = [s for s in free if s.symbol in pair.case.curried]
    if curried or not free:
        return (curried or list(scalars))[-1]
    named = [s for name in RUNNING for s in free if s.name == name]
    first = [s for name in pair.case.keywords for s in free if s.name == name]
    return (named or first or free)[0]


def chosen(stage: Stage) -> Row:
    """Returns a point of the domain at which the curve has its typical shape, with the values that the user asks for.

    Raises:
        QedocError: if the user asks for values outside the domain.
    """
    row = _first(stage)
    if row is None:
        asked = ", ".join(f"{name}={value}" for name, value in stage.view.at.items())
        raise QedocError(f"the plot is to be at {asked}, and no point of the domain has these values")
    free = [k for k, symbol in enumerate(stage.plan.symbols[: stage.last]) if symbol not in stage.given]
    if not free or len(free) > MOST_COORDINATES:
        return row
    score = _Score(stage)
    best = score(row)
    for _ in range(SWEEPS):
        before = best
        for k in free:
            for other in others(stage, row, k):
                if (value := score(other)) > best:
                    row, best = other, value
        if best == before:
            break
    return row


def _first(stage: Stage) -> Row | None:
    drawn: list[Fraction] = []
    reals = 0
    for k, (symbol, scalar) in enumerate(zip(stage.plan.symbols, stage.plan.scalars, strict=True)):
        interval = stage.plan.interval(k, drawn)
        if symbol in stage.given:
            drawn.append(stage.given[symbol])
            continue
        role = role_of(scalar, stage.plan.scalars)
        wanted = _whole(interval) if symbol.is_integer else [*([] if role is None else [role]), *REALS[reals % 4 :], *REALS]
        reals += not symbol.is_integer
        choice = next((x for x in wanted if x in interval), interval.simplest())
        if choice is None:
            break
        drawn.append(choice)
    row = tuple(drawn)
    if len(row) == len(stage.plan.symbols) and stage.plan.holds(row):
        return row
    fits = [r for r in stage.plan.simple(SIMPLE) if all(stage.given.get(s, x) == x for s, x in zip(stage.plan.symbols, r, strict=True))]
    return max(fits, key=lambda r: sum(map(plainness, r), ()), default=None)


def others(stage: Stage, row: Row, k: int) -> Iterator[Row]:
    """Points with another value of one input.

    Args:
        stage: the inputs.
        row: a point of the domain.
        k: the place of the input.
    """
    interval = stage.plan.interval(k, row[:k])
    wanted = _whole(interval) if stage.plan.symbols[k].is_integer else REALS
    for x in wanted:
        other = (*row[:k], x, *row[k + 1 :])
        if x != row[k] and x in interval and stage.plan.holds(other):
            yield other


def _whole(interval: Interval) -> list[Fraction]:
    """Legible integers: above the values that earlier inputs have, also in legible steps from them."""
    shifted = [interval.lower + x for x in INTEGERS] if interval.lower is not None and interval.lower > 1 else []
    return [*shifted, *INTEGERS]


def role_of(scalar: Scalar, scalars: Sequence[Scalar]) -> Fraction | None:
    """The value that the name of a real parameter suggests; None if it suggests none.

    Args:
        scalar: the parameter.
        scalars: all inputs.
    """
    if scalar.symbol.is_integer or scalar.vector:
        return None
    words = scalar.name.lower().split("_")
    if any(word in STARTS for word in words) and any(word in PEAKS for other in scalars for word in other.name.lower().split("_")):
        return BELOW_PEAK
    return next((Fraction(value) for value, names in ROLES.items() if any(word in names for word in words)), None)


class _Score:
    """Says how well a curve shows its shape; more is better.

    Args:
        stage: the inputs.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        symbols, running = stage.plan.symbols, stage.plan.symbols[-1]
        self.tests: list[tuple[Callable[[Row], bool], Callable[[Row], bool]]] = []
        for promise in stage.pair.case.properties:
            weight = 2 if isinstance(promise, NonDecreasing | NonIncreasing) else 1
            for condition in promise.where:
                if isinstance(condition, sp.Rel) and not condition.has(running) and condition.free_symbols <= set(symbols):
                    strict = {sp.Le: sp.Lt, sp.Ge: sp.Gt}.get(type(condition), type(condition))(condition.lhs, condition.rhs)
                    self.tests += [(membership(condition, symbols), membership(strict, symbols))] * weight
        words = [word for part in stage.pair.case.spec.target.split(".")[-2:] for word in part.lower().split("_")]
        self.rises, self.falls = "warmup" in words, "decay" in words
        self.roles = [role_of(scalar, stage.plan.scalars) for scalar in stage.plan.scalars]

    def __call__(self, row: Row) -> float:
        """The score of a point of the domain."""
        held = sum(loose(row) + strict(row) for loose, strict in self.tests)
        typical = sum(role is not None and role == value for role, value in zip(self.roles, row, strict=True))
        whole = [x for x, symbol in zip(row[:-1], self.stage.plan.symbols, strict=False) if symbol.is_integer]
        alike = len(whole) - len(set(whole))  # counts that differ tell phases apart
        return 2 * held + typical + self._shape(row) - sum(map(_cost, self.stage.plan.scalars[:-1], row)) - alike / 4

    def _shape(self, row: Row) -> float:
        low, high, roots = self.stage.span(row)
        places = _places(low, high, SAMPLES)
        values = self.stage.values(row[: self.stage.last], places)
        finite = [v for v in values if isfinite(v)]
        height = max(finite) - min(finite) if finite else 0.0
        if not height:
            return 0.0
        ends = [low, *roots, high]
        phases = [(a, b) for a, b in pairwise(ends) if b > a]
        seen = [b - a >= VISIBLE * (high - low) for a, b in phases]
        moving, gradual = 0, 0.0
        for (a, b), visible in zip(phases, seen, strict=True):
            inside = [v for t, v in zip(places, values, strict=True) if a < t < b and isfinite(v)]
            if visible and inside and max(inside) - min(inside) > 0.15 * height:
                moving += 1
                gradual += _between(inside)
        rising = self.rises and finite[SAMPLES // 12] > finite[0]
        falling = self.falls and finite.index(max(finite)) < finite.index(min(finite))
        return 4 + 4 * sum(seen) / len(seen) + 2 * min(moving, 4) + gradual + 3 * rising + 3 * falling


def _cost(scalar: Scalar, x: Fraction) -> float:
    """A number that is larger for values that people find less legible, or that are not usual for an input of this name."""
    words = scalar.name.lower().split("_")
    rank = INTEGERS.index(x) if x in INTEGERS else len(INTEGERS)
    if scalar.symbol.is_integer and any(word in STEPS for word in words):
        return rank / 8
    if scalar.symbol.is_integer and any(word in POWERS for word in words):
        return float(abs(x - 2)) / 2
    return (FAVOURITES.index(x) if x in FAVOURITES else len(FAVOURITES)) / 50


def _between(values: Sequence[float]) -> float:
    """The share of values that are not near the ends of their range: small for a curve that jumps or falls at once."""
    low, high = min(values), max(values)
    margin = 0.1 * (high - low)
    return sum(low + margin < value < high - margin for value in values) / len(values)


def _places(low: Fraction, high: Fraction, many: int) -> list[Fraction]:
    return [low + (high - low) * Fraction(k, many) for k in range(many + 1)]


def _turns(values: Sequence[float]) -> bool:
    """Whether a curve rises and falls."""
    steps = [b - a for a, b in pairwise(values)]
    least = 1e-6 * (max(values) - min(values))
    return any(step > least for step in steps) and any(step < -least for step in steps)
