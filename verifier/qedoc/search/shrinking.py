"""The simplest point at which a claim fails."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample, Unsatisfiable

from qedoc.search.sampling import Plan, plainness
from qedoc.search.strategies import Row, rows

SHRINKING_STEPS = 4000
"""Predicate calls that making a failing point simpler may cost."""


def first(plan: Plan, fails: Callable[[Row], bool], suspects: Iterable[Row], *, simple: int, examples: int, seed: int) -> Row | None:
    """A point where `fails` is true, made as simple as can be; None if none was found.

    Simple points are tried first, so that most answers need no shrinking; then the suspects (points of cells that resisted proof); then
    Hypothesis.

    Args:
        plan: the domain.
        fails: decides a point; must be deterministic.
        suspects: points worth trying; those outside the domain are passed over.
        simple: how many simple points to try.
        examples: how many examples Hypothesis may draw.
        seed: for Hypothesis.
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
    """Replaces one coordinate, then two at a time, by simpler values as long as the point stays a failing one of the domain."""
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
    """Values for coordinate k that are plainer than the one it has."""
    shortened = [Fraction(round(row[k] * scale), scale) for scale in (1, 2, 4, 10, 100)]
    values = dict.fromkeys([*plan.candidates(k, row[:k]), *shortened])
    return sorted((x for x in values if plainness(x) < plainness(row[k])), key=plainness)
