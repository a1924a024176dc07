"""Points of a domain, the simplest failing one among them."""

import itertools
from collections.abc import Sequence
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qedoc.claims.case import Scalar
from qedoc.claims.domain import Integers, Reals
from qedoc.enclose.enclosure import compile
from qedoc.search.membership import membership
from qedoc.search.rationals import Interval, plainness, simplest_between
from qedoc.search.sampling import LARGE, Plan
from qedoc.search.shrinking import first, shrink
from qedoc.search.strategies import Row, rows, seeded

W = sp.Symbol("W", integer=True, nonnegative=True)
T = sp.Symbol("T", integer=True, positive=True)
t = sp.Symbol("t", integer=True, nonnegative=True)
x = sp.Symbol("x", real=True)


def scalar(symbol: sp.Symbol, domain: Reals | Integers) -> Scalar:
    return Scalar(symbol=symbol, domain=domain, meaning="", name=symbol.name)


def plan(*where: sp.Basic, formulas: Sequence[sp.Basic] = ()) -> Plan:
    unknowns = (
        scalar(T, Integers(above=0)),
        scalar(W, Integers(least=0)),
        scalar(x, Reals(above=0, most=1)),
        scalar(t, Integers(least=0)),
    )
    return Plan(unknowns, (W < T, *where), formulas)


def inside(row: Row) -> bool:
    steps, warmup, share, count = row
    return steps >= 1 and 0 <= warmup < steps and 0 < share <= 1 and count >= 0 and all(v.denominator == 1 for v in (steps, warmup, count))


def test_simple_points_lie_in_the_domain_and_start_with_the_simplest() -> None:
    found = list(plan().simple(200))
    assert len(found) == 200
    assert len(set(found)) == 200
    assert all(map(inside, found))
    assert found[0] == (1, 0, 1, 1)


def test_a_simple_point_is_found_where_the_first_ones_are_outside() -> None:
    """At the favourite value of x, which is 1, the logarithm is 0."""
    three = (scalar(T, Integers(above=0)), scalar(W, Integers(least=0)), scalar(x, Reals(above=0)))
    found = next(Plan(three, (sp.log(x) < 0,), ()).simple(1), None)
    assert found == (1, 1, sp.Rational(1, 2))


def test_seeded_points_lie_in_the_domain_and_repeat_with_the_seed() -> None:
    found = seeded(plan(), 300, seed=3)
    assert len(found) == 300
    assert all(map(inside, found))
    assert found == seeded(plan(), 300, seed=3)
    assert found != seeded(plan(), 300, seed=4)
    assert any(row[0] in LARGE or row[3] in LARGE for row in found)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(rows(plan()))
def test_drawn_points_lie_in_the_domain(row: Row) -> None:
    assert inside(row)


def test_edges_of_a_formula_are_among_the_points() -> None:
    """t = T - 1, T and T + 1 for a guard t < T."""
    guarded = plan(formulas=[sp.Piecewise((1, t < T), (2, True))])
    for row in (row for row in guarded.simple(50) if row[0] == 3):
        assert {row[0] - 1, row[0], row[0] + 1} <= set(guarded.candidates(3, row[:3]))


def test_landmarks_are_always_among_the_points() -> None:
    """Large integers that float32 cannot tell apart, both ends of an interval, one step, and the guard's edges at each of them."""
    found = set(plan(formulas=[sp.Piecewise((1, t < T), (2, True))]).landmarks())
    assert all(map(inside, found))
    assert {row[2] for row in found} >= {1, Fraction(1, 2)}
    for steps in (1, *LARGE):
        assert {row[3] for row in found if row[0] == steps} >= {steps - 1, steps, steps + 1}
    assert set(map(Fraction, LARGE)) <= {row[3] for row in found}


def test_the_first_landmarks_are_a_fair_choice() -> None:
    """With fewer points than landmarks, each unknown still leaves its simplest value, and no point comes twice."""
    found = list(plan(formulas=[sp.Piecewise((1, t < T), (2, True))]).landmarks())
    assert len(found) == len(set(found)) > 40
    everywhere = [len({row[k] for row in found}) for k in range(4)]
    assert all(len({row[k] for row in found[:40]}) >= min(4, values) for k, values in enumerate(everywhere)), everywhere


MEMBERSHIPS = [
    x < T,
    sp.Le(2 * x + sp.Rational(1, 3), T * t - W**2),
    sp.Ne(x, W),
    sp.Eq(T, t + 1),
    (t > W) & ((x > 1) | ~(t < T)),
    1 / x < T,
    (1 / x < 0) | (t > 0),
    sp.cos(x) < x / 2,
    sp.Abs(x) >= t,
]


@pytest.mark.parametrize("condition", MEMBERSHIPS, ids=str)
def test_membership_says_what_enclosures_say(condition: sp.Basic) -> None:
    """Rational arithmetic and Arb agree where both decide; a division by zero is no membership."""
    symbols = (T, W, t, x)
    holds, enclosed = membership(condition, symbols), compile(condition, symbols)
    points = list(itertools.product((1, 2), (0, 3), (0, 1, 2), (Fraction(-1, 3), 0, 1, 2)))
    found = [holds(tuple(map(Fraction, point))) for point in points]
    assert found == [enclosed(point) is True for point in points]
    assert len(set(found)) == 2


def test_a_domain_without_points_gives_none() -> None:
    nothing = plan(T < W)
    assert list(nothing.simple(50)) == []
    assert seeded(nothing, 50, seed=0) == []
    assert first(nothing, lambda _: True, [], simple=50, examples=20, seed=0) is None


@pytest.mark.parametrize("simple", [0, 500])
def test_the_first_failing_point_is_simple(simple: int) -> None:
    """Found among the simple points, or by Hypothesis and then shrunk, a failure needs no more than it needs."""
    found = first(plan(), lambda row: row[0] > 4 and row[3] >= row[0], [], simple=simple, examples=500, seed=0)
    assert found is not None
    assert found[0] > 4
    assert found[0] <= 10
    assert found[1:3] == (0, 1) or found[2] == 1


def test_a_suspect_is_shrunk() -> None:
    suspect = tuple(map(Fraction, (7919, 17, Fraction(3, 7), 90001)))
    found = first(plan(), lambda row: row[3] > 2 and row[0] > 1, [suspect], simple=0, examples=1, seed=0)
    assert found is not None
    assert all(plainness(value) <= plainness(old) for value, old in zip(found, suspect, strict=True))
    assert found[0] in (2, 3)


def test_shrinking_stays_in_the_domain() -> None:
    row = tuple(map(Fraction, (10, 9, 1, 4)))
    assert inside(shrink(plan(), row, lambda row: row[1] > 2))


@pytest.mark.parametrize(
    ("low", "high", "between"),
    [("0", "1", "1/2"), ("1/3", "1/2", "2/5"), ("2/7", "1/3", "3/10"), ("0", "1/100", "1/101"), ("5/2", "4", "3"), ("-1", "1", "0")],
)
def test_the_simplest_fraction_between_two(low: str, high: str, between: str) -> None:
    found = simplest_between(Fraction(low), Fraction(high))
    assert Fraction(low) < found < Fraction(high)
    smaller = range(1, found.denominator)
    assert not any(Fraction(low) < Fraction(n, d) < Fraction(high) for d in smaller for n in range(-d, 5 * d))
    assert found.denominator == Fraction(between).denominator


@given(st.fractions(-5, 5), st.fractions(-5, 5), st.booleans(), st.booleans())
def test_the_simplest_number_of_an_interval_is_in_it(low: Fraction, high: Fraction, open_below: bool, open_above: bool) -> None:
    interval = Interval(lower=low, upper=high, lower_open=open_below, upper_open=open_above, integer=False)
    found = interval.simplest()
    if low < high:
        assert found in interval
    elif low > high:
        assert found is None
