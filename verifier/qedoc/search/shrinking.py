"""Finds the simplest point at which a claim fails."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample, Unsatisfiable

from qedoc.search.rationals import plainness
from qedoc.search.sampling import Plan
from qedoc.search.strategies import Row, rows

SHRINKING_STEPS = 4000
"""Maximum number of predicate calls for simplifying a failing point."""


def first(plan: Plan, fails: Callable[[Row], bool], suspects: Iterable[Row], *, simple: int, examples: int, seed: int) -> Row | None:
    """Returns a point where `fails` is true, as simple as possible, or None if none was found.

    Simple points come first, so that most results need no shrinking. The suspects follow (points of unproved cells and others), and
    Hypothesis comes last.

    Args:
        plan: the domain.
        fails: decides a point; must be deterministic.
        suspects: points worth trying. Points outside the domain are skipped.
        simple: number of simple points to try.
        examples: maximum number of Hypothesis examples.
        seed: seed for Hypothesis.
    """
    for row in plan.simple(simple):
        if fails(row):
            return row
    for row in suspects:
        if plan.holds(row) and fails(row):
            return shrink(plan, row, fails)
    found = _hypothesis(plan, fails, examples, seed)
    return found and shrink(plan, found, fails)


def _hypothesis(plan: Plan, fails: Callable[[Row], bool], examples: int, seed: int) -> Row | None:
    quiet = settings(
        max_examples=max(1, examples),
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    try:
        return find(rows(plan), fails, settings=quiet, random=Random(seed))
    except (NoSuchExample, Unsatisfiable):
        return None


def shrink(plan: Plan, row: Row, fails: Callable[[Row], bool]) -> Row:
    """Replaces one or two coordinates at a time by simpler values, as long as the point stays in the domain and still fails."""
    steps = SHRINKING_STEPS
    improved = True
    while improved and steps > 0:
        improved = False
        for simpler in _simpler(plan, row):
            steps -= 1
            if plan.holds(simpler) and fails(simpler):
                row, improved = simpler, True
                break
            if steps <= 0:
                break
    return row


def _simpler(plan: Plan, row: Row) -> Iterable[Row]:
    count = len(row)
    for k in range(count):
        for value in _below(plan, k, row):
            yield (*row[:k], value, *row[k + 1 :])
    for k in range(count):
        for value in _below(plan, k, row)[:6]:
            changed = (*row[:k], value, *row[k + 1 :])
            for other in range(k + 1, count):
                for second in plan.candidates(other, changed[:other])[:8]:
                    if second != row[other]:
                        yield (*changed[:other], second, *changed[other + 1 :])


def _below(plan: Plan, k: int, row: Row) -> list[Fraction]:
    """Values for coordinate k that are simpler than its present one."""
    shortened = [Fraction(round(row[k] * scale), scale) for scale in (1, 2, 4, 10, 100)]
    values = dict.fromkeys([*plan.candidates(k, row[:k]), *shortened])
    return sorted((x for x in values if plainness(x) < plainness(row[k])), key=plainness)
