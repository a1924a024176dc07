"""Overflow, underflow and saturation of a run are seen, wherever in the code they are."""

from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import pytest
import sympy as sp

from qedoc.execute.float_events import is_calm
from qedoc.execute.float_formula import computed

x, n = sp.Symbol("x", real=True), sp.Symbol("n", integer=True)


def calm(code: Any, point: Any) -> bool:
    return is_calm(lambda values: code(values[x]), [x], [Fraction(point)])


@pytest.mark.parametrize(
    ("code", "quiet", "loud"),
    [
        (jnp.exp, 2, -200),
        (jnp.exp, 2, 1000),
        (lambda v: jnp.real(jnp.exp(-((v + 0j) ** 2))) > 0, 2, 100),
        (jnp.tanh, 1, 40),
        (jax.nn.sigmoid, 1, 60),
        (jax.scipy.special.erfc, 1, -20),
        (lambda v: v**20, 2, 10000000),
        (jax.jit(lambda v: 1 / jnp.exp(v)), 2, 200),
        (lambda v: jax.lax.cond(v > 1, jnp.exp, jnp.sin, -v), 2, 300),
        (lambda v: jax.lax.fori_loop(0, 20, lambda _, s: s * v, 1.0), 2, 100000),
        (lambda v: jax.lax.scan(lambda s, y: (s * v, y), 1.0, jnp.arange(20.0))[0], 2, 100000),
        (lambda v: v.astype(jnp.int32), 2, 2**40),
        (lambda v: jax.nn.softmax(jnp.stack([v, 2 * v]))[0], 1, 500),
    ],
)
def test_calm(code: Any, quiet: int, loud: int) -> None:
    assert calm(code, quiet)
    assert not calm(code, loud)


def test_zero_itself_is_calm() -> None:
    assert calm(lambda v: v * 3, 0)
    assert calm(jnp.tanh, 0)


def test_code_that_cannot_be_watched_is_not_calm() -> None:
    def raising(v: Any) -> Any:
        raise ValueError("no")

    assert not calm(raising, 1)
    assert not calm(lambda v: jax.lax.while_loop(lambda s: s < 5000, lambda s: s + 1, v), 1)


def test_formula_in_the_arithmetic_of_code() -> None:
    rows = [(Fraction(1),), (Fraction(200),)]
    found = computed(sp.exp(-x), [x], rows, "float32")
    assert found is not None
    assert found[0] == pytest.approx(0.36787944, rel=1e-6)
    assert found[1] == 0
    double = computed(sp.exp(-x), [x], rows, "float64")
    assert double is not None
    assert double[1] > 0
    whole = computed(2 * n, [n], [(Fraction(3),)], "float64")
    assert whole is not None
    assert whole.tolist() == [6.0]
