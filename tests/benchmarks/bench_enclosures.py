"""Enclosures per second, against mpmath at the same precision, which encloses nothing; run by `nox -s bench`."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import flint
import mpmath
import pytest
import sympy as sp
from benchmarks.measuring import Table, alternating

from qedoc.enclose.enclosure import Undefined, at_precision, compile
from qedoc.judge.pair import Pair
from qedoc.search.strategies import Row, seeded
from qedoc.sources.specfiles import find, load

SPEC = "spec/optax/cosine_decay_schedule.py"
BITS = 100
POINTS = 5000
MANY = 10_000


@pytest.fixture(scope="module")
def pair() -> Pair:
    return Pair(load(find([SPEC])[0][0])[0], {})


def by_chance(pair: Pair) -> list[Row]:
    """Points without edges among them: steps before and a little after the end, numbers with three decimals."""
    random = Random(0)
    rows = []
    for _ in range(POINTS):
        steps = random.randrange(1, 10_000)
        point = {
            "I": Fraction(random.randrange(-(10**6), 10**6), 1000),
            "T": Fraction(steps),
            "alpha": Fraction(random.randrange(1001), 1000),
            "p": Fraction(random.randrange(1, 5000), 1000),
            "t": Fraction(random.randrange(5 * steps // 4 + 1)),
        }
        rows.append(tuple(point[symbol.name] for symbol in pair.plan.symbols))
    return rows


def times(pair: Pair, rows: Sequence[Row]) -> dict[str, float]:
    """Median seconds for all points: the formula in balls, with exact rationals where there are any, and by mpmath."""
    enclosure = compile(pair.case.formula, pair.plan.symbols)
    by_mpmath = sp.lambdify(pair.plan.symbols, pair.case.formula, modules="mpmath")
    exact = [tuple(flint.fmpq(x.numerator, x.denominator) for x in row) for row in rows]
    balls = at_precision(BITS, lambda: [tuple(map(flint.arb, row)) for row in exact])
    with mpmath.workprec(BITS):
        inputs = [tuple(mpmath.mpf(x.numerator) / x.denominator for x in row) for row in rows]

        def in_balls() -> list[Any]:
            return enclosure.balls(balls, BITS)

        def enclosed() -> list[Any]:
            return [enclosure(row, BITS) for row in exact]

        def computed() -> list[Any]:
            return [by_mpmath(*row) for row in inputs]

        for ball, sharp, value in zip(in_balls(), enclosed(), computed(), strict=True):
            assert near(ball, value)
            assert near(sharp, value)
        return alternating({"balls": in_balls, "exact": lambda: at_precision(BITS, enclosed), "mpmath": computed}, rounds=15)


def test_enclosures_against_mpmath(pair: Pair, table: Table) -> None:
    edges, chance = times(pair, seeded(pair.plan, POINTS, 0)), times(pair, by_chance(pair))
    table.line("Enclosures of the cosine formula per second, at 100 bits", f"{POINTS / chance['balls']:,.0f}")
    ratio = chance["mpmath"] / chance["balls"]
    table.at_least("... against mpmath's `lambdify`, at points by chance", ratio, 12, guard=8)
    table.line("... where half of the coordinates are edges", f"{edges['mpmath'] / edges['balls']:.3g} times")
    table.line("... with exact rationals, at points by chance", f"{chance['mpmath'] / chance['exact']:.3g} times")


def near(ball: Any, value: Any) -> bool:
    """Whether both compute the same: to within what mpmath may have lost by cancellation."""
    middle = Fraction(int(ball.p), int(ball.q)) if isinstance(ball, flint.fmpq) else Fraction(float(ball.mid()))
    return abs(float(middle) - float(value)) <= 1e-12 * (1 + abs(float(value)))


def test_no_point_without_a_finite_enclosure(pair: Pair, table: Table) -> None:
    values = [pair.documented(row, BITS) for row in seeded(pair.plan, MANY, 1)]
    infinite = sum(isinstance(value, Undefined) or not (isinstance(value, flint.fmpq) or value.is_finite()) for value in values)
    table.at_most(f"Points of the cosine's domain without a finite enclosure, of {len(values):,}", infinite, 0, "")
