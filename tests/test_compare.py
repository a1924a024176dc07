"""Comparison of two expressions at a point, and the numbers that a report shows."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from qedoc.enclose.compare import Comparison, compare
from qedoc.enclose.enclosure import Enclosure, Undefined, at_precision, compile
from qedoc.enclose.values import shortest

x, y = sp.symbols("x y")
init, alpha, t, T = sp.symbols("I alpha t T")


def relation(left: Any, right: Any, *point: Any, max_bits: int = 1024) -> Comparison:
    symbols = (x, y)[: len(point)]
    return compare(compile(left, symbols), compile(right, symbols), point, max_bits)


TABLE: list[tuple[Any, Any, list[Any], Comparison]] = [
    ((x + 1) ** 2, x**2 + 2 * x + 1, [Fraction(1, 3)], Comparison.EQUAL),
    ((x + 1) ** 2, x**2 + 2 * x + 2, [Fraction(1, 3)], Comparison.DISJOINT),
    (sp.exp(x), sp.exp(-x), [0], Comparison.EQUAL),
    (sp.exp(x), sp.exp(-x), [1], Comparison.DISJOINT),
    (sp.exp(x) ** 2, sp.exp(x + 1) * sp.exp(x - 1), [1], Comparison.CLOSE),
    (sp.sin(x) ** 2 + sp.cos(x) ** 2, sp.S.One, [1], Comparison.CLOSE),
    (sp.sin(x) ** 2 + sp.cos(x) ** 2, 1 + sp.Rational(1, 10**200), [1], Comparison.DISJOINT),
    (sp.sqrt(x), sp.Integer(1), [arb(1, 0.5)], Comparison.OVERLAP),
    (sp.log(x), x, [-1], Comparison.LEFT_UNDEFINED),
    (x, sp.log(x), [-1], Comparison.RIGHT_UNDEFINED),
    (1 / x, sp.log(x), [0], Comparison.BOTH_UNDEFINED),
    (1 / x, sp.log(y), [0, arb(0, 1)], Comparison.OVERLAP),
    (sp.log(y), 1 / x, [0, arb(0, 1)], Comparison.OVERLAP),
    (sp.log(y), x, [0, arb(0, 1)], Comparison.OVERLAP),
]


@pytest.mark.parametrize(("left", "right", "point", "expected"), TABLE, ids=str)
def test_compare(left: Any, right: Any, point: list[Any], expected: Comparison) -> None:
    assert relation(left, right, *point) is expected


def test_precision_is_raised_only_while_undecided() -> None:
    asked: list[int] = []

    def counted(number: Any) -> Enclosure:
        made = compile(number, [x])

        def function(*values: Any) -> Any:
            asked.append(ctx.prec)
            return made.function(*values)

        return replace(made, function=function)

    assert compare(counted(sp.exp(x)), counted(x), [1]) is Comparison.DISJOINT
    assert asked == [64, 64]
    asked.clear()
    close = sp.exp(x) + sp.Rational(1, 2**100)
    assert compare(counted(sp.exp(x)), counted(close), [1]) is Comparison.DISJOINT
    assert asked == [64, 64, 128, 128]


def test_the_highest_precision_is_kept() -> None:
    close = sp.exp(x) + sp.Rational(1, 2**100)
    assert relation(sp.exp(x), close, 1, max_bits=90) is Comparison.CLOSE
    assert relation(sp.exp(x), close, 1, max_bits=130) is Comparison.DISJOINT


cosine = (1 + sp.cos(sp.pi * sp.Min(t, T) / T)) / 2
OPTAX = compile(init * ((1 - alpha) * cosine + alpha), (init, alpha, t, T))
ARTICLE = compile(init * cosine + alpha, (init, alpha, t, T))


def test_the_article_on_the_cosine_schedule_is_refuted() -> None:
    assert compare(OPTAX, ARTICLE, [1, Fraction(1, 10), 0, 1]) is Comparison.DISJOINT
    assert compare(OPTAX, ARTICLE, [1, Fraction(1, 10), 5, 10]) is Comparison.DISJOINT
    assert compare(OPTAX, ARTICLE, [1, 0, 5, 10]) is Comparison.EQUAL
    assert compare(OPTAX, ARTICLE, [1, 0, 1, 10]) is Comparison.CLOSE


@given(st.fractions(-9, 9), st.fractions(-9, 9))
def test_rationals_are_equal_or_disjoint(a: Fraction, b: Fraction) -> None:
    expected = Comparison.EQUAL if a == b else Comparison.DISJOINT
    assert relation(x * (x + y), x * x + y * x + x - x, a, b) is Comparison.EQUAL
    assert relation(x, y, a, b) is expected


SHOWN: list[tuple[Any, float | str]] = [
    (fmpq(3), 3),
    (fmpq(-7), -7),
    (fmpq(1, 10), 0.1),
    (fmpq(1, 3), "1/3"),
    (fmpq(-22, 7), "-22/7"),
    (fmpq(10**9 + 1, 3 * 10**9), 0.33333333366666666),
    (fmpq(10**40), 1e40),
    (fmpq(1, 10**400), 0.0),
    (at_precision(100, arb.sqrt, arb(2)), 1.4142135623730951),
    (arb(0.5), 0.5),
    (arb.nan(), "nan"),
    (Undefined.UNDEFINED, "nan"),
]


@pytest.mark.parametrize(("value", "expected"), SHOWN, ids=str)
def test_shortest(value: Any, expected: float | str) -> None:
    found = shortest(value)
    assert found == expected
    assert type(found) is type(expected)


def test_shortest_beyond_doubles() -> None:
    assert float(shortest(fmpq(10) ** 400)) == float("inf")
    assert str(shortest(fmpq(10) ** 400)).endswith("e+400")
    assert float(shortest(arb(10) ** 400)) == float("inf")


@given(st.fractions(-(10**6), 10**6))
def test_shortest_is_the_nearest_double(a: Fraction) -> None:
    shown = shortest(fmpq(a.numerator, a.denominator))
    assert Fraction(shown) == a or shown == float(a)
    ball = at_precision(128, lambda: arb(fmpq(a.numerator, a.denominator)))
    assert float(Fraction(shortest(ball))) == float(a)


def test_only_what_is_known_sharply_counts_as_compared() -> None:
    """A ball that is wide, or not finite, would meet any value."""
    assert relation(sp.sqrt(x), sp.Integer(1), arb(1, 0.5)) is Comparison.OVERLAP
    assert relation(sp.sqrt(x), sp.sqrt(x) ** 2 / sp.sqrt(x), arb(2, 1e-9)) is Comparison.CLOSE
    assert relation(sp.log(x), sp.sin(x), arb(0, 1)) is Comparison.OVERLAP
    assert relation(sp.sin(sp.pi * x), sp.S.Zero, 1) in (Comparison.CLOSE, Comparison.EQUAL)
