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

from qedoc.evaluate.ball import Undefined, at_precision, compile
from qedoc.search.strategies import Row, seeded
from qedoc.sources.specfiles import find, load
from qedoc.subject import Subject

SPEC = "spec/optax/cosine_decay_schedule.py"
BITS = 100
POINTS = 1000
MANY = 10_000


@pytest.fixture(scope="module")
def subject() -> Subject:
    return Subject(load(find([SPEC])[0][0])[0], {})


def by_chance(subject: Subject) -> list[Row]:
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
        rows.append(tuple(point[symbol.name] for symbol in subject.plan.symbols))
    return rows


def ratio(subject: Subject, rows: Sequence[Row]) -> tuple[float, float]:
    """How much faster than mpmath the same formula is enclosed at the same points, and seconds for each enclosure."""
    enclosure = compile(subject.case.formula, subject.plan.symbols)
    by_mpmath = sp.lambdify(subject.plan.symbols, subject.case.formula, modules="mpmath")
    exact = [tuple(flint.fmpq(x.numerator, x.denominator) for x in row) for row in rows]
    with mpmath.workprec(BITS):
        inputs = [tuple(mpmath.mpf(x.numerator) / x.denominator for x in row) for row in rows]

        def enclosed() -> list[Any]:
            return [enclosure(row, BITS) for row in exact]

        def computed() -> list[Any]:
            return [by_mpmath(*row) for row in inputs]

        for ball, value in zip(enclosed(), computed(), strict=True):
            assert near(ball, value)
        taken = alternating({"arb": lambda: at_precision(BITS, enclosed), "mpmath": computed}, rounds=15)
    return taken["mpmath"] / taken["arb"], taken["arb"] / len(rows)


def test_enclosures_against_mpmath(subject: Subject, table: Table) -> None:
    edges, _ = ratio(subject, seeded(subject.plan, POINTS, 0))
    chance, each = ratio(subject, by_chance(subject))
    table.line("Enclosures of the cosine formula per second, at 100 bits", f"{1 / each:,.0f}")
    table.line("... against mpmath's `lambdify`, where half of the coordinates are edges", f"{edges:.3g} times")
    table.at_least("... against mpmath's `lambdify`, at points by chance", chance, 12, guard=5)


def near(ball: Any, value: Any) -> bool:
    """Whether both compute the same: to within what mpmath may have lost by cancellation."""
    middle = Fraction(int(ball.p), int(ball.q)) if isinstance(ball, flint.fmpq) else Fraction(float(ball.mid()))
    return abs(float(middle) - float(value)) <= 1e-12 * (1 + abs(float(value)))


def test_no_point_without_a_finite_enclosure(subject: Subject, table: Table) -> None:
    values = [subject.documented(row, BITS) for row in seeded(subject.plan, MANY, 1)]
    infinite = sum(isinstance(value, Undefined) or not (isinstance(value, flint.fmpq) or value.is_finite()) for value in values)
    table.at_most(f"Points of the cosine's domain without a finite enclosure, of {len(values):,}", infinite, 0, "")
