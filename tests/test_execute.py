"""The real code at many rows, against the same code run row by row."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import sympy as sp

from qedoc.errors import UnsupportedError
from qedoc.execute.runner import BLOCK, rounded, run_eagerly, run_plain, run_rows

I, a, p = sp.symbols("I alpha p", real=True)
T, t, b0, b1 = sp.symbols("T t b0 b1", integer=True)
Values = Mapping[sp.Symbol, Any]
COSINE = (I, T, a, p, t)


def cosine(v: Values) -> Any:
    return optax.cosine_decay_schedule(v[I], v[T], v[a], v[p])(v[t])


def piecewise(v: Values) -> Any:
    return optax.piecewise_constant_schedule(v[I], {v[b0]: v[a], v[b1]: v[p]})(v[t])


def onecycle(v: Values) -> Any:
    return optax.cosine_onecycle_schedule(v[T], v[I], v[a])(v[t])


def rows_of(count: int, *columns: tuple[int, int, int]) -> list[tuple[Fraction, ...]]:
    """Random rows; each column is (least numerator, most numerator, denominator)."""
    random = Random(7)
    return [tuple(Fraction(random.randint(low, high), d) for low, high, d in columns) for _ in range(count)]


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("float64", 1e-14), ("bfloat16", 0.05)])
def test_rows_give_what_plain_runs_give(dtype: str, tolerance: float) -> None:
    rows = [rounded(row, COSINE, dtype) for row in rows_of(2 * BLOCK, (1, 100, 10), (1, 50, 1), (0, 10, 10), (1, 30, 10), (0, 60, 1))]
    runs = run_rows(cosine, COSINE, rows, dtype)
    assert (runs.dtype, runs.raised, runs.skipped, runs.values.shape) == (dtype, {}, frozenset(), (2 * BLOCK,))
    for k in range(0, len(rows), 50):
        plain = run_plain(cosine, COSINE, rows[k], x64=dtype == "float64")
        assert isinstance(plain, float)
        assert runs.values[k] == pytest.approx(plain, rel=tolerance, abs=tolerance)


def test_keys_that_meet_and_rows_that_raise() -> None:
    """Equal boundaries merge in the dict; a negative factor raises: both only in some rows."""
    symbols = (I, b0, b1, a, p, t)
    rows = rows_of(300, (1, 9, 1), (0, 4, 1), (0, 4, 1), (-1, 9, 1), (0, 9, 1), (0, 5, 1))
    runs = run_rows(piecewise, symbols, rows, "float32")
    assert runs.raised
    assert not runs.skipped
    for k in range(0, len(rows), 5):
        plain = run_plain(piecewise, symbols, rows[k])
        if isinstance(plain, Exception):
            assert runs.raised[k] == f"ValueError: {plain}"
            assert np.isnan(runs.values[k])
        else:
            assert k not in runs.raised
            assert runs.values[k] == pytest.approx(plain)


def test_code_that_makes_ints_of_its_inputs() -> None:
    symbols = (T, I, a, t)
    rows = rows_of(64, (8, 12, 1), (1, 9, 1), (1, 3, 4), (0, 13, 1))
    runs = run_rows(onecycle, symbols, rows, "float32")
    assert not runs.skipped
    for k in range(0, len(rows), 8):
        assert runs.values[k] == pytest.approx(run_plain(onecycle, symbols, rows[k]), abs=1e-6)


def test_a_limit_leaves_rows_that_are_said_to_be_skipped() -> None:
    rows = [(Fraction(n), Fraction(n % 7)) for n in range(20)]
    runs = run_rows(lambda v: int(v[T]) + v[t], (T, t), rows, "float32", limit=6)
    assert len(runs.skipped) == 15
    for k in range(20):
        assert np.isnan(runs.values[k]) if k in runs.skipped else runs.values[k] == k + k % 7


@pytest.mark.parametrize(("dtype", "fits"), [("float32", False), ("bfloat16", False), ("float64", True)])
def test_integers_that_do_not_fit_are_skipped(dtype: str, fits: bool) -> None:
    rows = [(Fraction(2**31),), (Fraction(2**31 - 1),), (Fraction(-(2**31)),), (Fraction(2**63),)]
    runs = run_rows(lambda v: v[t], (t,), rows, dtype)
    assert runs.skipped == (frozenset({3}) if fits else frozenset({0, 3}))
    assert runs.values[1] == 2**31 - 1
    assert runs.dtype == ("int64" if fits else "int32")


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_reals_decide_the_dtype_whatever_integers_enter(dtype: str) -> None:
    assert run_rows(lambda v: v[I] * (v[t] / v[T]), (I, t, T), [(Fraction(1), Fraction(1), Fraction(3))], dtype).dtype == dtype
    assert run_rows(lambda v: 0.5, (I,), [(Fraction(1),)], dtype).dtype == dtype


def test_a_dtype_that_differs_from_path_to_path_is_the_widest() -> None:
    rows = [(Fraction(1),), (Fraction(-1),)]
    assert run_rows(lambda v: v[I] if v[I] > 0 else v[I].astype(jnp.float32), (I,), rows, "bfloat16").dtype == "float32"


def test_a_constant_result_belongs_to_every_row() -> None:
    assert run_rows(lambda v: 3, (t,), [(Fraction(n),) for n in range(5)], "float32").values.tolist() == [3.0] * 5
    assert run_rows(lambda v: jnp.float32(3), (t,), [(Fraction(n),) for n in range(5)], "float32").values.tolist() == [3.0] * 5


def test_array_results_keep_their_shape() -> None:
    runs = run_rows(lambda v: jnp.stack((v[I], 2 * v[I])), (I,), [(Fraction(n),) for n in range(3)], "float32")
    assert runs.values.tolist() == [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]


def test_a_result_that_is_no_number_is_unsupported() -> None:
    with pytest.raises(UnsupportedError, match="returns a tuple"):
        run_rows(lambda v: (v[I], v[I]), (I,), [(Fraction(1),)], "float32")
    with pytest.raises(UnsupportedError, match="shape depends"):
        run_rows(lambda v: v[I] if v[I] > 0 else jnp.stack((v[I], v[I])), (I,), [(Fraction(1),), (Fraction(-1),)], "float32")
    with pytest.raises(UnsupportedError, match="complex"):
        run_rows(lambda v: v[I] * 1j, (I,), [(Fraction(1),)], "float32")


def test_code_that_wants_a_concrete_array_runs_row_by_row() -> None:
    """jnp.arange asks for a size: a tracer has none, and so each row runs alone."""
    runs = run_rows(lambda v: jnp.arange(v[T]).sum() * v[I], (T, I), [(Fraction(n), Fraction(2)) for n in range(5)], "float32")
    assert runs.values.tolist() == [0.0, 0.0, 2.0, 6.0, 12.0]


def strict(values: Mapping[sp.Symbol, Any], of: Callable[[Any, Any], Any]) -> Any:
    """Code that takes Python's integers, but no array of integers beside an array of reals."""
    n, x = values[N], values[X]
    if getattr(n, "dtype", x.dtype) != x.dtype:
        raise TypeError(f"incompatible dtypes, {n.dtype} and {x.dtype}")
    return of(n, x)


N, X = sp.Symbol("n", integer=True), sp.Symbol("x", real=True)


@pytest.mark.parametrize(
    ("of", "together"),
    [
        (lambda n, x: n * x, True),
        (lambda n, x: x * (2 if isinstance(n, int) else 3), False),
        (lambda n, x: x * jnp.asarray(n).dtype.itemsize * (1 if jnp.asarray(n).dtype.kind == "i" else 2), False),
    ],
)
def test_code_that_refuses_arrays_of_integers_runs_on_reals_if_they_give_the_same(of: Callable[[Any, Any], Any], together: bool) -> None:
    calls = []

    def counted(values: Mapping[sp.Symbol, Any]) -> Any:
        calls.append(1)
        return strict(values, of)

    rows = [(Fraction(n), Fraction(1 + n, 4)) for n in range(40)]
    runs = run_rows(counted, (N, X), rows, "float32")
    expected = [float(of(int(n), np.float32(x))) for n, x in rows]
    assert runs.values.tolist() == expected
    assert runs.dtype == "float32"
    assert (len(calls) < len(rows)) == together


def test_integers_that_reals_do_not_hold_run_row_by_row() -> None:
    rows = [(Fraction(2**24 + n), Fraction(1, 2)) for n in range(1, 20)]
    runs = run_rows(lambda v: strict(v, lambda n, x: (n % 2) * x), (N, X), rows, "float32")
    assert runs.values.tolist() == [float(n % 2) / 2 for n, _ in rows]


def test_a_primitive_without_a_batching_rule_runs_row_by_row() -> None:
    lonely = jax.extend.core.Primitive("lonely")
    lonely.def_impl(lambda x: x + 1)
    lonely.def_abstract_eval(lambda x: x)
    runs = run_rows(lambda v: lonely.bind(v[I]), (I,), [(Fraction(n),) for n in range(3)], "float32")
    assert runs.values.tolist() == [1.0, 2.0, 3.0]


def test_rows_that_raise_for_different_reasons() -> None:
    def picky(v: Values) -> Any:
        if v[T] == 1:
            raise ValueError("one")
        if v[T] == 2:
            raise KeyError("two")
        return v[T]

    runs = run_rows(picky, (T,), [(Fraction(n),) for n in (0, 1, 2, 1, 3)], "float32")
    assert runs.raised == {1: "ValueError: one", 2: "KeyError: 'two'", 3: "ValueError: one"}
    assert runs.values[[0, 4]].tolist() == [0.0, 3.0]


def test_a_plain_run_returns_the_exception() -> None:
    row = (Fraction(1), Fraction(0), Fraction(0), Fraction(1), Fraction(0))
    assert isinstance(run_plain(cosine, COSINE, row), ValueError)
    runs = run_rows(cosine, COSINE, [row], "float32")
    assert runs.raised[0].startswith("ValueError: The cosine_decay_schedule requires positive decay_steps")


def test_an_eager_run_does_one_operation_after_the_other() -> None:
    """The compiler makes exp(a - b) of exp(a) / exp(b), and so avoids the infinities that the operations as written meet."""
    quotient = {"float32": (Fraction(100), Fraction(99)), "float64": (Fraction(800), Fraction(799))}
    a, b = sp.symbols("a b", real=True)
    for dtype, row in quotient.items():
        assert np.isnan(run_eagerly(lambda v: jnp.exp(v[a]) / jnp.exp(v[b]), (a, b), row, dtype))
        assert run_eagerly(lambda v: v[a] - v[b], (a, b), row, dtype) == 1
    assert run_eagerly(lambda v: {}[v[a]], (a,), (Fraction(1),), "float32") is None
    n = sp.Symbol("n", integer=True)
    assert run_eagerly(lambda v: v[n], (n,), (Fraction(2**40),), "float32") is None
    assert run_eagerly(lambda v: v[n], (n,), (Fraction(2**40),), "float64") == 2**40


def test_no_rows_are_no_runs() -> None:
    runs = run_rows(cosine, COSINE, [], "float32")
    assert (runs.values.shape, runs.raised, runs.skipped, runs.dtype) == ((0,), {}, frozenset(), "float32")
