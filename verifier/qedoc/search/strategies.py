"""Draws random points from a domain: a Hypothesis strategy that shrinks, and seeded rows in bulk."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from random import Random
from typing import Any, TypeAlias

from hypothesis import assume
from hypothesis import strategies as st

from qedoc.search.rationals import Interval
from qedoc.search.sampling import LARGE, Plan

Row: TypeAlias = tuple[Fraction, ...]

WIDEST = Fraction(10**6)
"""Bound for numbers drawn from an interval without an end. The edges in LARGE are added to them."""

FINEST = 1000
"""The largest denominator of a drawn number. In a wide interval all numbers have it, because that is fastest to draw."""


def rows(plan: Plan) -> st.SearchStrategy[Row]:
    """Returns a strategy for points of the domain, in the plan's order, that shrinks towards simple values and edges.

    Args:
        plan: the order of the unknowns and their intervals.
    """

    @st.composite
    def build(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Row:
        drawn: list[Fraction] = []
        for k in range(len(plan.symbols)):
            interval = plan.interval(k, drawn)
            edges = _edges(plan, k, drawn)
            low, high = _ends(interval)
            if edges and (low > high or not draw(_SPREAD)):
                drawn.append(edges[draw(_position(len(edges)))])
            else:
                assume(low <= high)
                drawn.append(draw(_between(low, high, interval.integer)))
                assume(drawn[-1] in interval)
        return tuple(drawn)

    return build().filter(plan.holds)


# Building a strategy costs more than drawing from it, so recurring strategies are cached.

_SPREAD = st.booleans()


@lru_cache(maxsize=256)
def _position(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


@lru_cache(maxsize=4096)
def _between(low: Fraction, high: Fraction, integer: bool) -> st.SearchStrategy[Fraction]:
    if integer:
        return st.integers(int(low), int(high)).map(Fraction)
    first, last = ceil(low * FINEST), floor(high * FINEST)
    if last - first < FINEST:
        return st.fractions(low, high, max_denominator=FINEST)
    return st.integers(first, last).map(lambda n: Fraction(n, FINEST))


def _edges(plan: Plan, k: int, drawn: Sequence[Fraction]) -> list[Fraction]:
    """Values worth trying, simplest first, then large integers that floating point cannot represent well."""
    interval = plan.interval(k, drawn)
    return plan.candidates(k, drawn) + [Fraction(n) for n in LARGE if interval.integer and Fraction(n) in interval]


def _ends(interval: Interval) -> tuple[Fraction, Fraction]:
    """Returns finite ends for drawing."""
    low = interval.lower if interval.lower is not None else -WIDEST - abs(interval.upper or Fraction(0))
    high = interval.upper if interval.upper is not None else WIDEST + abs(low)
    if interval.integer:
        low, high = Fraction(-(-low.numerator // low.denominator)), Fraction(high.numerator // high.denominator)
    return Fraction(low), Fraction(high)


def seeded(plan: Plan, count: int, seed: int) -> list[Row]:
    """Returns distinct random points of the domain. Half of the coordinates are edges, the others are spread over magnitudes.

    Args:
        plan: the order of the unknowns and their intervals.
        count: number of points wanted. Fewer are returned if the domain has fewer or is hard to hit.
        seed: the same seed gives the same points.
    """
    random = Random(seed)
    found: dict[Row, None] = {}
    for _ in range(8 * count):
        row = _seeded_row(plan, random)
        if row is not None and plan.holds(row):
            found[row] = None
        if len(found) >= count:
            break
    return list(found)


def _seeded_row(plan: Plan, random: Random) -> Row | None:
    drawn: list[Fraction] = []
    for k in range(len(plan.symbols)):
        interval = plan.interval(k, drawn)
        value = _edge(plan, k, drawn, random) if random.random() < 0.5 else _spread(interval, random)
        if value is None or value not in interval:
            return None
        drawn.append(value)
    return tuple(drawn)


def _edge(plan: Plan, k: int, drawn: Sequence[Fraction], random: Random) -> Fraction | None:
    large = [Fraction(n) for n in LARGE if Fraction(n) in plan.interval(k, drawn)] if plan.symbols[k].is_integer else []
    edges = large if large and random.random() < 0.2 else plan.candidates(k, drawn)
    return random.choice(edges) if edges else None


def _spread(interval: Interval, random: Random) -> Fraction:
    """Draws a number evenly between two ends, or at a distance from the only end (or from zero) that is spread over magnitudes."""
    low, high = _ends(interval)
    if interval.lower is not None and interval.upper is not None:
        value = low + (high - low) * Fraction(random.randrange(1001), 1000)
    else:
        size = Fraction(round(10 ** random.uniform(-2, 6) * 100), 100)
        anchor = interval.lower if interval.lower is not None else interval.upper
        sign = 1 if interval.lower is not None else -1 if interval.upper is not None else random.choice((1, -1))
        value = (anchor or Fraction(0)) + sign * size
    return Fraction(round(value)) if interval.integer else value
