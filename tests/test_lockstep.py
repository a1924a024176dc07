"""Python's control flow, dict keys and conversions on many rows at once."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from lifting import of_qedoc

from qedoc.execute import lockstep

Rows = list[int] | list[float]


def run_each(function: Callable[..., Any], *columns: Sequence[float]) -> tuple[list[float], int]:
    """All rows, each group again after it parted; also returns how many groups were run."""
    results = np.full(len(columns[0]), np.nan)
    left: list[tuple[np.ndarray[Any, Any], frozenset[Any]]] = [(np.arange(len(columns[0])), frozenset({0}))]
    count = 0
    while left:
        rows, pins = left.pop()
        count += 1
        try:
            out = lockstep.run(lambda v: function(*v), [jnp.asarray(np.asarray(c)[rows]) for c in columns], pins)
        except lockstep.Divergence as parted:
            left += [(rows[parted.labels == label], parted.pins) for label in np.unique(parted.labels)]
            continue
        results[rows] = np.asarray(out.value if isinstance(out, lockstep.Rows) else out)
    return results.tolist(), count


def check(function: Callable[..., Any], *columns: Sequence[float], groups: int, plain: Callable[..., Any] | None = None) -> None:
    """Lockstep gives what Python gives row by row, in as many groups as expected."""
    found, count = run_each(function, *columns)
    expected = [float((plain or function)(*row)) for row in zip(*columns, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert count == groups


def test_rows_that_agree_run_as_one_group() -> None:
    check(lambda x, t: x**2 if t > 0 else -x, [1.0, 2.0, 3.0], [1, 5, 9], groups=1)


def test_if_parts_rows_by_truth_not_by_value() -> None:
    check(lambda x, t: x**2 if t > 0 else -x, [1.0, 2.0, 3.0, 4.0], [1, -5, 9, 0], groups=3)


def test_the_truth_of_a_number_is_asked() -> None:
    check(lambda t: 7 if t else 3, [0, 1, 2, 0], groups=3)


def test_int_parts_rows_by_value() -> None:
    check(lambda x: int(x) * 2 + x * 0, [0.5, 0.7, 1.5, 2.5], groups=4, plain=lambda x: int(x) * 2)


def test_float_and_item_and_numpy_part_rows_by_value() -> None:
    check(lambda x: float(x) * 2, [0.5, 0.5, 1.5], groups=3)
    check(lambda x: x.item() * 2 if hasattr(x, "item") else x * 2, [0.5, 0.5, 1.5], groups=3)
    check(np.sqrt, [4.0, 4.0, 9.0], groups=3)
    check(lambda x: x.tolist() * 2 if hasattr(x, "tolist") else x * 2, [0.5, 0.5, 1.5], groups=3)


def test_an_index_parts_rows_by_value() -> None:
    check(lambda k: [5, 6, 7][k], [0, 2, 0, 1], groups=4)
    check(lambda k: sum(1 for _ in range(k)), [0, 3, 3], groups=3)


def test_zeros_of_both_signs_and_nans_are_told_apart() -> None:
    found, count = run_each(lambda x: np.copysign(1.0, float(x)), [0.0, -0.0, np.nan, np.nan])
    assert found[:2] == [1.0, -1.0]
    assert count == 4


def test_keys_of_a_given_dict_part_rows_by_equality_not_by_value() -> None:
    check(of_qedoc("lambda a, b: len({a: 1, b: 2})"), [1, 2, 3, 4, 5], [6, 2, 8, 4, 10], groups=3)


def test_keys_that_the_code_looks_up_part_rows_by_value() -> None:
    """Nobody knows what they may meet."""
    check(lambda a: {7: 100.0}.get(a, 2 * a), [1, 7, 3, 7], groups=4)
    check(lambda a: float(a in {7, 8}), [1, 7, 7], groups=3)
    both = of_qedoc("lambda code: lambda a, b: code({a: 1.0, b: 2.0}, b)")
    check(both(lambda given, b: given[b] + {2: 5.0}.get(b, 0.0)), [1, 1, 3], [2, 2, 4], groups=4)


@pytest.mark.parametrize("text", [str, repr, lambda a: f"{a}", lambda a: format(a, "x"), "{}".format, "%s".__mod__])
def test_text_of_a_number_parts_rows_by_value(text: Callable[[Any], str]) -> None:
    check(lambda a: 100.0 if text(a) == "7" else 2.0 * a, [1, 7, 3, 7], groups=4)


def test_sorting_parts_rows_by_order() -> None:
    check(lambda a, b: min(a, b) - 2 * sorted([a, b])[1], [1, 5, 3, 4], [4, 2, 6, 1], groups=3)


def test_a_dict_key_is_told_from_zero() -> None:
    check(of_qedoc("lambda a: len({0: 1, a: 2})"), [1, 2, 0, 4], groups=3)


def test_a_dict_key_is_told_from_an_int_made_before() -> None:
    """{int(b / 2): ..., a: ...}: the second key is the first one in some rows only."""
    check(of_qedoc("lambda a, b: len({int(b): 1, a: 2})"), [1, 2, 3, 4, 5], [3.5] * 5, groups=3)


def test_a_dict_key_is_told_from_an_int_made_after() -> None:
    check(of_qedoc("lambda a, b: len({a: 2, int(b): 1})"), [1, 2, 3, 4, 5], [3.5] * 5, groups=3)


def test_an_unhashable_array_stays_unhashable() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        lockstep.run(lambda v: {v[0]: 1}, [jnp.ones((4, 2))], frozenset({0}))


def test_divergence_is_not_caught_by_the_code_in_hand() -> None:
    def careless(t: Any) -> Any:
        with suppress(Exception):
            return 1 if t > 0 else 2
        return 3

    check(careless, [1, -1], groups=3)


@pytest.mark.parametrize(
    "function",
    [
        jax.nn.relu,
        jax.nn.gelu,
        jax.jit(lambda x: jnp.where(x > 0, x, x**3)),
        lambda x: jax.lax.cond(x > 1, jnp.sin, jnp.cos, x),
        lambda x: jax.lax.while_loop(lambda s: s < 10, lambda s: s * 2, x + 1),
        lambda x: jax.lax.fori_loop(0, 3, lambda k, s: s * x + k, 1.0),
        lambda x: jax.lax.scan(lambda c, y: (c * x + y, c), x, jnp.arange(3.0))[0],
        lambda x: jnp.stack((0, x)).sum() + jnp.cumprod(jnp.stack((x, 2 * x)))[-1],
        jax.grad(lambda x: jnp.sin(x) * jax.nn.softplus(x)),
        lambda x: jax.vmap(lambda y: x * y)(jnp.arange(3.0)).sum(),
        jax.checkpoint(lambda x: jnp.sin(x) ** 2),
        lambda x: jnp.sort(jnp.stack((x, 1.0, 0.5)))[1],
    ],
)
def test_every_kind_of_primitive_runs_on_all_rows(function: Callable[..., Any]) -> None:
    """Calls, custom derivatives, control flow, inner transformations and arrays."""
    rows = [0.25, 1.5, 3.0, 0.75]
    check(function, rows, groups=1, plain=lambda x: function(jnp.float32(x)))


def test_weak_types_stay_weak() -> None:
    def kinds(values: list[Any]) -> Any:
        assert values[0].weak_type
        assert values[0].shape == ()
        assert (values[0] / 2).weak_type
        return values[0] * values[1]

    weak = jax.lax.convert_element_type_p.bind(np.arange(4, dtype=np.int32), new_dtype=np.dtype(np.int32), weak_type=True, sharding=None)
    out = lockstep.run(kinds, [weak, jnp.ones(4, jnp.bfloat16)], frozenset({0}))
    assert out.dtype == jnp.bfloat16


def test_constants_are_arrays() -> None:
    """What the code makes without looking at a row is what it would be without lockstep, weak types too."""

    def constants(x: Any) -> Any:
        made = (jnp.asarray(2.0), jnp.array([1, 2.5]), jnp.float32(3), jnp.zeros(3), jnp.asarray(7))
        assert [(m.weak_type, m.shape, m.dtype.name) for m in made] == [
            (True, (), "float32"),
            (False, (2,), "float32"),
            (False, (), "float32"),
            (False, (3,), "float32"),
            (True, (), "int32"),
        ]
        return x * made[0] + made[1].sum() + made[2] + made[3].sum() + made[4]

    check(constants, [1.0, 2.0], groups=1)


def test_the_same_steps_are_compiled_once() -> None:
    """Other constants, equal or not, and other rows make no new compiled function; other steps do."""
    rows = [jnp.arange(4.0), jnp.ones(4)]
    asked = frozenset({0})
    lockstep.run(lambda v: (v[0] * 3 + v[1] * 3).value, rows, asked)
    before = lockstep._compiled.cache_info().misses
    for first, second in ((3, 3), (3, 5), (10**9, 7)):
        out = lockstep.run(lambda v, f=first, s=second: (v[0] * f + v[1] * s).value, rows, asked)
        assert np.asarray(out).tolist() == pytest.approx([k * first + second for k in range(4)])
    assert lockstep._compiled.cache_info().misses == before
    out = lockstep.run(lambda v: (v[1] * 3 - v[0] * 5).value, rows, asked)
    assert np.asarray(out).tolist() == [3.0, -2.0, -7.0, -12.0]
    assert lockstep._compiled.cache_info().misses == before + 1


def test_what_nobody_asks_for_does_not_run() -> None:
    ran: list[float] = []

    def noted(x: Any, mark: float) -> Any:
        return jax.pure_callback(lambda x: ran.append(mark) or x, jax.ShapeDtypeStruct((), jnp.float32), x, vmap_method="expand_dims")

    def code(v: list[Any]) -> Any:
        noted(v[0], 1.0)
        return noted(v[0], 2.0) * 2

    assert np.asarray(lockstep.run(code, [jnp.arange(4.0)], frozenset({0})).value).tolist() == [0.0, 2.0, 4.0, 6.0]
    assert set(ran) == {2.0}
