"""What a constant in code is taken to mean."""

import math
import pickle
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from qedoc.lift.literals import BallLiteral, literal


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        (0.0, sp.Integer(0)),
        (-0.0, sp.Integer(0)),
        (3.0, sp.Integer(3)),
        (-2.0, sp.Integer(-2)),
        (0.1, sp.Rational(1, 10)),
        (0.044715, sp.Rational(44715, 1000000)),
        (1e-8, sp.Rational(1, 10**8)),
        (1e23, sp.Integer(10) ** 23),
        (-1e30, -(sp.Integer(10) ** 30)),
        (1 / 3, sp.Rational(1, 3)),
        (1 / 360, sp.Rational(1, 360)),
        (2.0**-52, sp.Rational(1, 2**52)),
        (float(np.finfo(np.float64).max), sp.Integer(2**1024 - 2**971)),
        (math.pi, sp.pi),
        (-math.pi / 2, -sp.pi / 2),
        (2 * math.pi / 3, 2 * sp.pi / 3),
        (math.e, sp.E),
        (math.sqrt(2), sp.sqrt(2)),
        (1 / math.sqrt(2), 1 / sp.sqrt(2)),
        (math.sqrt(2 / math.pi), sp.sqrt(2 / sp.pi)),
        (1 / math.sqrt(2 * math.pi), 1 / sp.sqrt(2 * sp.pi)),
        (0.5 * math.log(2 * math.pi), sp.log(2 * sp.pi) / 2),
        (math.log(2), sp.log(2)),
        (1 / math.log(2), 1 / sp.log(2)),
        (math.log(10), sp.log(10)),
        (0.5772156649015329, sp.EulerGamma),
        (math.inf, sp.oo),
        (-math.inf, -sp.oo),
        (math.nan, sp.nan),
    ],
)
def test_float64_literal_is_the_simplest_exact_number(value: float, meaning: sp.Expr) -> None:
    assert sp.simplify(literal(value) - meaning) == 0 if meaning.is_finite else literal(value) is meaning


@pytest.mark.parametrize(
    ("value", "dtype", "meaning"),
    [
        (np.float32(0.1), "float32", sp.Rational(1, 10)),
        (np.float32(0.044715), "float32", sp.Rational(44715, 1000000)),
        (np.float32(math.pi), "float32", sp.pi),
        (np.float32(1 / 3), "float32", sp.Rational(1, 3)),
        (np.float16(0.1), "float16", sp.Rational(1, 10)),
        (ml_dtypes.bfloat16(0.1), ml_dtypes.bfloat16, sp.Rational(1, 10)),
        (np.int64(7), "int64", sp.Integer(7)),
        (np.uint8(255), "uint8", sp.Integer(255)),
        (True, "bool", sp.true),
        (False, "bool", sp.false),
    ],
)
def test_each_type_is_read_in_its_own_precision(value: object, dtype: object, meaning: sp.Basic) -> None:
    assert literal(value, dtype) == meaning


@pytest.mark.parametrize(
    "value",
    [
        math.nextafter(math.nextafter(math.pi, 4), 4),
        1.6732632423543772,
        0.1234567890123456,
        math.exp(-0.3) * 2.5,
        float(np.float32(0.1)),
        float(np.float32(math.pi)),
    ],
)
def test_a_number_that_is_not_simple_is_a_ball_and_never_a_rational(value: float) -> None:
    ball = literal(value)
    assert isinstance(ball, BallLiteral)
    assert ball.midpoint == Fraction(value)
    assert ball.radius >= Fraction(math.ulp(value)) / 2
    assert ball.is_positive


def test_ball_covers_the_short_decimal_that_cancellation_missed() -> None:
    ball = literal(1 - 0.999)
    assert isinstance(ball, BallLiteral)
    assert abs(ball.midpoint - Fraction(1, 1000)) <= ball.radius


def test_ball_of_a_widened_float32_covers_what_was_rounded() -> None:
    ball = literal(float(np.float32(0.1)))
    assert isinstance(ball, BallLiteral)
    assert abs(ball.midpoint - Fraction(1, 10)) <= ball.radius


def test_equal_numbers_are_the_same_ball_and_others_are_not() -> None:
    value = 0.1234567890123456
    assert literal(value) == literal(value)
    assert literal(value) != literal(math.nextafter(value, 1))
    assert literal(np.float32(value), "float32") != literal(float(np.float32(value)))
    assert literal(-value) == -literal(value)


def test_ball_survives_pickling() -> None:
    ball = literal(0.1234567890123456)
    again = pickle.loads(pickle.dumps(sp.Symbol("x", real=True) * ball + 1))  # noqa: S301  # this line made the bytes; workers send formulas as pickles
    (found,) = again.atoms(BallLiteral)
    assert found == ball
    assert (found.midpoint, found.radius) == (ball.midpoint, ball.radius)


@pytest.mark.parametrize("dtype", ["complex128", "float8_e4m3fn"])
def test_a_type_without_exact_reading_is_refused(dtype: str) -> None:
    with pytest.raises(TypeError, match=dtype):
        literal(1.0, dtype)


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
def test_meaning_is_always_next_to_the_number(value: float) -> None:
    meaning = literal(value)
    for ball in meaning.atoms(BallLiteral):
        assert abs(ball.midpoint - abs(Fraction(value))) == 0
        return
    assert abs(Fraction(str(meaning.evalf(60))) - Fraction(value)) <= Fraction(math.ulp(value))


@given(st.floats(min_value=2.0**-60, max_value=2.0**20))
def test_a_random_double_is_hardly_ever_simple(value: float) -> None:
    """The odds are 1 in 10,000; Hypothesis likes short numbers, so the 40 lowest bits are drawn anew."""
    mantissa, exponent = math.frexp(value)
    scrambled = math.ldexp(math.floor(mantissa * 2**12) / 2**12 + 0x9E3779B97F / 2**52, exponent)
    assert isinstance(literal(scrambled), BallLiteral)


def test_rational_of_few_digits_is_read_in_any_position() -> None:
    for k in range(-20, 20):
        assert literal(float(f"7.25e{k}")) == sp.Rational("7.25") * sp.Integer(10) ** k
