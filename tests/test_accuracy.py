"""Units in the last place, against numpy's spacing."""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from qedoc.execute.accuracy import ulps, worst
from qedoc.execute.precision import FORMATS
from qedoc.execute.runner import Runs

DTYPES = {"float32": np.float32, "float64": np.float64, "bfloat16": ml_dtypes.bfloat16}


def rational(x: Fraction | float) -> fmpq:
    x = Fraction(x)
    return fmpq(x.numerator, x.denominator)


@pytest.mark.parametrize("dtype", DTYPES)
@given(x=st.floats(allow_nan=False, allow_infinity=False, width=32), steps=st.integers(-3, 3))
def test_neighbours_are_one_unit_apart(dtype: str, x: float, steps: int) -> None:
    """Away from the powers of two, k steps are k units."""
    kind = DTYPES[dtype]
    with np.errstate(over="ignore", under="ignore"):
        start = kind(x)
    if not np.isfinite(start) or abs(float(start)) < float(FORMATS[dtype].smallest) or math.frexp(float(start))[0] in (0.5, -0.5):
        return
    value = start
    for _ in range(abs(steps)):
        with np.errstate(over="ignore"):
            value = np.nextafter(value, kind(math.copysign(math.inf, steps)))
    if np.isfinite(value) and math.frexp(float(value))[1] == math.frexp(float(start))[1]:
        assert ulps(float(value), rational(float(start)), dtype) == abs(steps)


def test_half_a_unit() -> None:
    assert ulps(1.0, rational(Fraction(1) + Fraction(2) ** -24), "float32") == 0.5
    assert ulps(0.1, fmpq(1, 10), "float64") == pytest.approx(0.4)
    assert ulps(float(np.float32(0.1)), fmpq(1, 10), "float32") == pytest.approx(0.2)


def test_the_unit_is_taken_at_the_exact_value() -> None:
    assert ulps(2.0, rational(Fraction(2) - Fraction(2) ** -23), "float32") == 1.0
    assert ulps(float(np.nextafter(np.float32(2), np.float32(0))), fmpq(2), "float32") == 0.5


def test_units_below_the_smallest_normal_number_do_not_shrink() -> None:
    assert ulps(0.0, rational(Fraction(2) ** -149), "float32") == 1.0
    assert ulps(0.0, rational(Fraction(2) ** -126), "float32") == 2.0**23
    assert ulps(float(2.0**-149), fmpq(0), "float32") == 1.0


def test_overflow() -> None:
    largest = FORMATS["float32"].largest
    assert ulps(math.inf, rational(largest), "float32") == math.inf
    assert ulps(math.inf, rational(2 * largest), "float32") == 0.0
    assert ulps(-math.inf, rational(-2 * largest), "float32") == 0.0
    assert ulps(-math.inf, rational(2 * largest), "float32") == math.inf
    assert ulps(float(largest), rational(2 * largest), "float32") == pytest.approx(2.0**24, rel=1e-6)
    assert ulps(1.0, rational(Fraction(2) ** -5000), "float32") == 2.0**149


def test_nan_is_no_distance() -> None:
    assert math.isnan(ulps(math.nan, fmpq(1), "float32"))
    assert math.isnan(ulps(1.0, arb.nan(), "float32"))
    assert math.isnan(ulps(1.0, arb(1, math.inf), "float32"))


def test_integers_have_the_unit_one() -> None:
    assert ulps(3.0, fmpq(7, 2), "int32") == 0.5
    assert ulps(math.inf, fmpq(7, 2), "int32") == math.inf


@given(x=st.fractions(Fraction(1, 1000), 1000), error=st.fractions(-1, 1), radius=st.fractions(0, Fraction(1, 100)))
def test_a_ball_never_understates(x: Fraction, error: Fraction, radius: Fraction) -> None:
    ball = arb(rational(x), arb(rational(radius)).upper())
    result = float(np.float32(float(x + error)))
    assert ulps(result, ball, "float32") >= ulps(result, rational(x), "float32")


def test_a_tight_ball_is_as_good_as_a_rational() -> None:
    ball = arb(2).sqrt()
    assert ulps(float(np.float32(math.sqrt(2))), ball, "float32") == pytest.approx(0.2, abs=0.05)


def test_the_worst_row_is_reported() -> None:
    values = np.array([1.0, np.nan, 1.0 + 2.0**-22, 3.0, 4.0])
    runs = Runs(values=values, dtype="float32", raised={1: "ValueError: no"}, skipped=frozenset())
    exact = [fmpq(1), fmpq(1), fmpq(1), fmpq(3), None]
    found = worst(runs, exact, [{"x": k} for k in range(5)], "bfloat16")
    assert found is not None
    assert (found.dtype, found.result, found.ulps, found.inputs, found.points) == ("bfloat16", "float32", 2.0, {"x": 2}, 3)


def test_without_rows_there_is_no_worst_one() -> None:
    runs = Runs(values=np.array([np.nan]), dtype="float32", raised={}, skipped=frozenset({0}))
    assert worst(runs, [fmpq(1)], [{}], "float32") is None
