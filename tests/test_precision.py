"""Rounding to the formats, against numpy's own."""

from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from qedoc.execute.precision import FORMATS, exponent, nearest, rounded

DTYPES = {"float32": np.float32, "float64": np.float64, "bfloat16": ml_dtypes.bfloat16, "float16": np.float16}


@pytest.mark.parametrize("name", DTYPES)
def test_the_formats_are_numpys(name: str) -> None:
    info = ml_dtypes.finfo(DTYPES[name])
    assert FORMATS[name].largest == Fraction(float(info.max))
    assert FORMATS[name].smallest == Fraction(float(info.smallest_normal))
    assert Fraction(2) ** (1 - FORMATS[name].p) == Fraction(float(info.eps))


@given(st.fractions().filter(bool))
def test_exponent_brackets_its_number(x: Fraction) -> None:
    assert Fraction(2) ** exponent(x) <= abs(x) < Fraction(2) ** (exponent(x) + 1)


@given(x=st.floats(allow_nan=False, allow_infinity=False), name=st.sampled_from(sorted(DTYPES)))
def test_nearest_is_the_hardwares_rounding(x: float, name: str) -> None:
    with np.errstate(over="ignore", under="ignore"):
        expected = float(DTYPES[name](x))
    if abs(expected) < FORMATS[name].smallest or np.isinf(expected):
        return
    assert nearest(Fraction(x), name) == Fraction(expected)


def test_ties_go_to_even() -> None:
    assert nearest(Fraction(2**24 + 1), "float32") == 2**24
    assert nearest(Fraction(2**24 + 3), "float32") == 2**24 + 4
    assert nearest(Fraction(257), "bfloat16") == 256


@pytest.mark.parametrize("name", DTYPES)
def test_the_ends_of_a_format(name: str) -> None:
    f = FORMATS[name]
    assert nearest(10 * f.largest, name) == f.largest
    assert nearest(-10 * f.largest, name) == -f.largest
    assert nearest(f.smallest * Fraction(2, 3), name) == f.smallest
    assert nearest(-f.smallest * Fraction(2, 3), name) == -f.smallest
    assert nearest(f.smallest / 3, name) == 0


def test_integers_are_not_rounded() -> None:
    x, n = sp.Symbol("x", real=True), sp.Symbol("n", integer=True)
    assert rounded((Fraction(1, 10), Fraction(2**24 + 1)), (x, n), "float32") == (Fraction(float(np.float32(0.1))), 2**24 + 1)
