"""Lifting of real code: schedules, activations, control flow in Python, and what cannot be lifted."""

import functools
import logging
import math
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import sympy as sp
from jax import lax
from lifting import disagreements, evaluate, lift, of_qedoc

from qedoc.errors import UnsupportedError
from qedoc.lift import control
from qedoc.lift.exact import holds, value_at
from qedoc.lift.literals import BallLiteral
from qedoc.lift.opaque import opaque
from qedoc.lift.trace import run

x, y, z = sp.symbols("x y z", real=True)
n = sp.Symbol("n", integer=True)
HALF = Fraction(1, 2)

# Schedules

NAMES = {
    "init": {"real": True},
    "end": {"real": True},
    "alpha": {"real": True},
    "exponent": {"positive": True},
    "rate": {"positive": True},
    "steps": {"integer": True, "positive": True},
    "begin": {"integer": True, "nonnegative": True},
    "count": {"integer": True, "nonnegative": True},
    **{f"b{k}": {"integer": True, "nonnegative": True} for k in range(4)},
    **{f"f{k}": {"nonnegative": True} for k in range(4)},
}
SYMBOLS = {name: sp.Symbol(name, **assumptions) for name, assumptions in NAMES.items()}


def boundaries(v: Mapping[str, Any], size: int) -> dict[Any, Any]:
    return {v[f"b{k}"]: v[f"f{k}"] for k in range(size)}


def restart(v: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "init_value": v["init"],
        "peak_value": v["rate"],
        "warmup_steps": v["begin"],
        "decay_steps": v["steps"] + v["begin"],
        "end_value": 0.5,
    }


# Every factory of optax.schedules.
SCHEDULES: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "constant": lambda v: optax.constant_schedule(v["init"]),
    "polynomial": lambda v: optax.polynomial_schedule(v["init"], v["end"], v["exponent"], v["steps"], v["begin"]),
    "linear": lambda v: optax.linear_schedule(v["init"], v["end"], v["steps"], v["begin"]),
    "exponential": lambda v: optax.exponential_decay(v["init"], v["steps"], v["rate"], v["begin"]),
    "exponential_staircase": lambda v: optax.exponential_decay(
        v["init"], v["steps"], v["rate"], v["begin"], staircase=True, end_value=v["end"]
    ),
    "cosine": lambda v: optax.cosine_decay_schedule(v["init"], v["steps"], v["alpha"], v["exponent"]),
    "piecewise_constant": lambda v: optax.piecewise_constant_schedule(v["init"], boundaries(v, 3)),
    "piecewise_constant_none": lambda v: optax.piecewise_constant_schedule(v["init"]),
    "piecewise_linear": lambda v: optax.piecewise_interpolate_schedule("linear", v["init"], boundaries(v, 2)),
    "piecewise_cosine": lambda v: optax.piecewise_interpolate_schedule("cosine", v["init"], boundaries(v, 3)),
    "linear_onecycle": lambda v: optax.linear_onecycle_schedule(v["steps"], v["init"]),
    "cosine_onecycle": lambda v: optax.cosine_onecycle_schedule(v["steps"], v["init"], 0.25, 10.0),
    "warmup_constant": lambda v: optax.warmup_constant_schedule(v["init"], v["end"], v["steps"]),
    "warmup_cosine": lambda v: optax.warmup_cosine_decay_schedule(
        v["init"], v["rate"], v["begin"], v["steps"] + v["begin"], v["end"], v["exponent"]
    ),
    "warmup_exponential": lambda v: optax.warmup_exponential_decay_schedule(
        v["init"], v["end"], v["begin"], v["steps"], v["rate"], staircase=True, end_value=v["alpha"]
    ),
    "sgdr": lambda v: optax.sgdr_schedule([restart(v)] * 2),
    "join": lambda v: optax.join_schedules([functools.partial(opaque, "s", k) for k in range(3)], [v["b0"], v["b1"]]),
}


def drawn(rng: random.Random) -> dict[str, Fraction]:
    """A point of short numbers, with equal and neighbouring integers among them."""

    def number(name: str) -> Fraction:
        if NAMES[name].get("integer"):
            return Fraction(rng.choice([0, 1, 2, 3, 4, 5, 8, 10, 20]) + (name == "steps"))
        low = -20 if "real" in NAMES[name] else 0 if "nonnegative" in NAMES[name] else 1
        return Fraction(rng.randint(low, 24), rng.choice([1, 2, 5, 8, 10]))

    return {name: number(name) for name in NAMES}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_formula_agrees_with_execution(name: str) -> None:
    """Each path's formula is compared at all points that satisfy the path's conditions, its own and others'."""
    rng = random.Random(name)
    points = [drawn(rng) for _ in range(16)]
    compared = 0
    ran = []
    for point in points:
        numbers = {k: int(v) if NAMES[k].get("integer") else float(v) for k, v in point.items()}
        with jax.enable_x64(True):
            ran.append(attempt(lambda numbers=numbers: float(SCHEDULES[name](numbers)(numbers["count"]))))
    for point in points[:6]:
        path = run(
            lambda v: SCHEDULES[name]({k: v[s] for k, s in SYMBOLS.items()})(v[SYMBOLS["count"]]), {SYMBOLS[k]: p for k, p in point.items()}
        )
        for other, result in zip(points, ran, strict=True):
            values = {SYMBOLS[k]: p for k, p in other.items()}
            if all(holds(condition, values) for condition in path.conditions):
                compared += 1
                if path.raised is not None:
                    assert isinstance(result, type(path.raised))
                else:
                    (formula,) = evaluate(path.value, values)
                    assert isinstance(result, float), (other, result)
                    assert math.isclose(formula, result, rel_tol=1e-9, abs_tol=1e-12) or (
                        math.isnan(formula) and not math.isfinite(result)
                    ), (path.value, other, formula, result)
    assert compared >= 6


def attempt(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (ValueError, ZeroDivisionError) as error:
        return error


def at(call: Callable[..., Any], **numbers: Any) -> Any:
    """The path of a call with the unknowns x, y, z (real) and n (integer), in the order given."""
    symbols = {"x": x, "y": y, "z": z, "n": n}
    return run(lambda v: call(*(v[symbols[k]] for k in numbers)), {symbols[k]: Fraction(number) for k, number in numbers.items()})


def test_cosine_schedule_has_the_formula_of_the_code() -> None:
    init, alpha, steps, count = (SYMBOLS[k] for k in ("init", "alpha", "steps", "count"))
    path = run(
        lambda v: optax.cosine_decay_schedule(v[init], v[steps], v[alpha])(v[count]),
        dict(zip((init, alpha, steps, count), (1, 0, 9, 3), strict=True)),
    )
    cosine = (1 + sp.cos(sp.pi * sp.Min(count, steps) / steps)) / 2
    assert sp.expand(path.value - init * ((1 - alpha) * cosine + alpha)) == 0
    assert path.conditions == ()


def test_exception_of_the_code_ends_the_path() -> None:
    path = at(lambda n: optax.cosine_decay_schedule(1.0, n)(3), n=0)
    assert isinstance(path.raised, ValueError)
    assert path.conditions == (n <= 0,)
    assert path.value is None
    assert path.concrete is None


def test_onecycle_pins_its_boundaries() -> None:
    steps, count = SYMBOLS["steps"], SYMBOLS["count"]
    path = run(lambda v: optax.linear_onecycle_schedule(v[steps], 1.0)(v[count]), {steps: Fraction(100), count: Fraction(7)})
    assert path.pins == (sp.Eq(sp.floor(3 * steps / 10), 30), sp.Eq(sp.floor(17 * steps / 20), 85), sp.Eq(steps, 100))
    assert set(path.pins) <= set(path.conditions)
    assert {sp.Ne(steps, 30), sp.Ne(steps, 85)} <= set(path.conditions)
    assert path.hashed == (steps,)


def test_path_that_rounding_drove_is_told() -> None:
    """0.29 * 100 is 28.999999999999996 in float64."""
    path = at(lambda n: int(0.29 * n), n=100)
    assert path.value == 28
    assert path.pins
    assert not path.consistent
    assert at(lambda n: int(0.25 * n), n=100).consistent


# Python sees tracers


def test_branch_not_taken_is_negated() -> None:
    def code(x: Any) -> Any:
        return x if x > 1 else -x

    assert at(code, x=2).conditions == (x > 1,)
    assert at(code, x=0).conditions == (x <= 1,)
    assert at(code, x=0).value == -x


def test_condition_of_a_number_is_that_it_is_not_zero() -> None:
    assert at(lambda x: 1 if x else 2, x=3).conditions == (sp.Ne(x, 0),)
    assert at(lambda x: 1 if x else 2, x=0).conditions == (sp.Eq(x, 0),)


def test_conditions_come_once_and_known_ones_never() -> None:
    positive = sp.Symbol("p", positive=True)

    def code(p: Any) -> Any:
        assert p > 0
        return [p for _ in range(3) if p > 1]

    assert run(lambda v: code(v[positive]), {positive: Fraction(2)}).conditions == (positive > 1,)


def test_keys_of_a_given_dict_are_compared_and_recorded() -> None:
    """Code that is not the user's makes the structures that a claim names; all of their keys are known."""
    code = of_qedoc("lambda x, y: len({x: 1, y: 2})")
    path = at(code, x=1, y=2)
    assert path.value == 2
    assert path.conditions == (sp.Ne(y, x),)
    assert path.pins == ()
    assert path.hashed == (x, y)
    same = at(code, x=1, y=1)
    assert same.value == 1
    assert same.conditions == (sp.Eq(y, x),)


TABLE = {7: 100}


class Kept:
    keys = frozenset({7})


@pytest.mark.parametrize(
    "code",
    [
        lambda n: {7: 100}.get(n, 2 * n),
        lambda n: TABLE.get(n, 2 * n),
        lambda n: 100 if n in Kept.keys else 2 * n,
        lambda n, table=TABLE: table.get(n, 2 * n),
        lambda n: {"7": 100}.get(f"{n}", 2 * n),
        lambda n: {"7": 100}.get(str(n), 2 * n),
        lambda n: 100 if repr(n) == "7" else 2 * n,
        lambda n: 100 if format(n, "x") == "7" else 2 * n,
        lambda n: 100 if hash(n) == 7 else 2 * n,
    ],
)
def test_a_value_that_code_looks_up_or_writes_is_pinned(code: Any) -> None:
    assert at(code, n=3).pins == (sp.Eq(n, 3),)
    assert at(code, n=3).value == 2 * n
    assert at(code, n=7).value == 100


def test_int_float_index_and_item_pin() -> None:
    path = at(lambda x: float(x) + 1, x=Fraction(1, 10))
    assert path.pins == (sp.Eq(x, Fraction(1, 10)),)
    assert path.value == sp.Rational(11, 10)
    assert at(lambda n: [5, 6, 7][n], n=1).pins == (sp.Eq(n, 1),)
    assert at(lambda n: sum(range(n)), n=4).value == 6
    assert at(lambda x: x.item() * 2, x=3).pins == (sp.Eq(x, 3),)
    assert at(math.sqrt, x=4).pins == (sp.Eq(x, 4),)


@pytest.mark.parametrize(("number", "whole"), [(Fraction(5, 2), 2), (Fraction(-5, 2), -2), (0, 0), (-3, -3)])
def test_int_truncates_toward_zero(number: Any, whole: int) -> None:
    path = at(int, x=number)
    assert path.value == whole
    assert path.consistent
    (pin,) = path.pins
    for other in (Fraction(k, 4) for k in range(-16, 17)):
        assert holds(pin, {x: other}) is (math.trunc(other) == whole)


def test_sorting_records_the_order() -> None:
    path = at(lambda x, y: sorted([x, y]), x=2, y=1)
    assert path.value == [y, x]
    assert path.conditions == (y < x,)


def test_text_for_a_person_does_not_pin() -> None:
    def code(x: Any) -> Any:
        logging.getLogger(__name__).warning("x is %s", x)
        if x > 5:
            message = f"{x} is more than 5"
            raise ValueError(message)
        if x > 4:
            raise ValueError(f"{x} is more than 4")
        return x

    assert at(code, x=2).conditions == (x <= 5, x <= 4)
    for point in (5, 6):
        assert at(code, x=point).pins == ()
        assert isinstance(at(code, x=point).raised, ValueError)


def test_text_that_may_decide_pins() -> None:
    """A wrong twin of the one above: what is written is looked at."""

    def code(x: Any) -> Any:
        text = f"{x:.2f}"
        if text == "2.00":
            return 7 * x
        return x

    assert at(code, x=2).pins == (sp.Eq(x, 2),)


@pytest.mark.parametrize("code", [lambda n: jax.lax.switch(n, [lambda: 1, lambda: 5, lambda: 9]), lambda n: jnp.array([1, 5, 9])[n]])
def test_branches_and_short_tables_make_paths(code: Any) -> None:
    """No pins: beyond the ends nothing changes, and each place inside is a path."""
    for point, value in ((0, 1), (1, 5), (2, 9), (9, 9)):
        path = at(code, n=point)
        assert path.value == value
        assert path.pins == ()
        assert all(holds(condition, {n: point}) is True for condition in path.conditions)
        assert path.consistent
    beyond = at(code, n=9).conditions
    assert all(holds(condition, {n: 12}) is True for condition in beyond)
    assert not all(holds(condition, {n: 1}) is True for condition in beyond)


def test_long_table_pins() -> None:
    assert at(lambda n: jnp.arange(100)[n], n=3).pins


def test_cond_at_a_literal_makes_two_paths() -> None:
    def code(x: Any) -> Any:
        return jax.lax.cond(x == 0.77, lambda v: 0 * v, lambda v: v**2, x)

    assert at(code, x=2).conditions == (sp.Ne(x, sp.Rational(77, 100)),)
    assert at(code, x=Fraction(77, 100)).value == 0


@pytest.mark.parametrize(("number", "value"), [(Fraction(-1), 0), (0, 0), (Fraction(1, 2), 1), (1, 1), (Fraction(3, 2), 2), (3, 3), (4, 3)])
def test_sorted_tables_are_searched_on_paths(number: Any, value: int) -> None:
    edges = jnp.array([0.0, 1.0, 2.5])
    path = at(lambda x: jnp.searchsorted(edges, x), x=number)
    assert path.pins == ()
    assert value_at(path.value, {x: Fraction(number)}) == value


def test_result_is_a_pytree() -> None:
    path = at(lambda x, n: {"a": (x, [n + 1]), "b": jnp.stack([x, 2 * x]), "c": 3.0, "d": x > 1, "e": None}, x=2, n=5)
    assert path.value["a"] == (x, [n + 1])
    assert list(path.value["b"]) == [x, 2 * x]
    assert (path.value["c"], path.value["d"], path.value["e"]) == (3, x > 1, None)
    assert path.concrete["a"][1][0] == 6
    assert list(path.concrete["b"]) == [2.0, 4.0]


def test_functions_at_work_are_known() -> None:
    path = at(lambda x: optax.constant_schedule(x)(1) + optax.linear_schedule(x, 1.0, 10)(3), x=2)
    assert any(file.endswith("_schedule.py") for file, _ in path.reached)
    assert any(file == __file__ for file, _ in at(lambda x: x + 1, x=2).reached)


# Definedness


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (lambda x: x / x, 0),
        (lambda x: jnp.log(x) - jnp.log(x), -1),
        (lambda x: 0 * (1 / x), 0),
        (lambda x: jnp.where(1 / x > 0, 1.0, 2.0), 0),
        (lambda x: jnp.where(jnp.isfinite(1 / x), 1.0, 2.0), 0),
        (lambda x: jnp.maximum(1.0, jnp.sqrt(x)), -1),
        (lambda x: jnp.where(x > 0, jnp.nan, 1.0), 1),
    ],
)
def test_undefined_parts_are_not_cancelled(code: Callable[[Any], Any], number: int) -> None:
    path = at(code, x=2 if number < 2 and number != 1 else -2)
    (value,) = evaluate(path.value, {x: Fraction(number)})
    assert math.isnan(value)


def test_guarded_division_is_defined_everywhere() -> None:
    def safe(x: Any) -> Any:
        return jnp.where(x == 0, 1.0, jnp.sin(x) / jnp.where(x == 0, 1.0, x))

    def unsafe(x: Any) -> Any:
        return jnp.where(x > 0, 1.0, jnp.sin(x) / x)

    assert disagreements(safe, [(0.0,), (1.0,)]) == []
    assert evaluate(at(safe, x=1).value, {x: Fraction(0)}) == [1.0]
    assert math.isnan(evaluate(at(unsafe, x=1).value, {x: Fraction(0)})[0])


def test_condition_with_a_domain_records_the_domain() -> None:
    path = at(lambda x: 1 if jnp.log(x) > 0 else 2, x=3)
    assert set(path.conditions) == {x > 0, sp.log(x) > 0}


def test_recorded_conditions_are_not_repeated_in_domains() -> None:
    def code(x: Any, y: Any) -> Any:
        if y <= 0:
            raise ValueError
        return jnp.sqrt(y) * jnp.where(y == 0, 0.0, x / y)

    path = at(code, x=1, y=2)
    assert path.conditions == (y > 0,)
    assert path.value == x / sp.sqrt(y)


def test_infinities_in_the_code_are_followed() -> None:
    def masked(x: Any) -> Any:
        largest = jnp.max(jnp.where(x > 0, x, -jnp.inf))
        return jnp.where(jnp.isfinite(largest), largest, -1.0)

    assert disagreements(masked, [([1.0, 2.0],), ([-1.0, 2.0],), ([-1.0, -2.0],)]) == []


# Constants


def test_constants_are_read_where_they_enter() -> None:
    path = at(lambda x: x * jnp.sqrt(2 / jnp.pi) + jnp.log(3.7) + np.sqrt(2.0) + 0.1 + np.float32(0.2), x=1)
    assert sp.simplify(path.value - (x * sp.sqrt(2 / sp.pi) + sp.log(sp.Rational(37, 10)) + sp.sqrt(2) + sp.Rational(3, 10))) == 0


def test_unknown_constant_becomes_a_ball() -> None:
    path = at(lambda x: x * 1.6732632423543772, x=1)
    (ball,) = path.value.atoms(BallLiteral)
    assert path.value == x * ball
    assert at(lambda x: x if 1.6732632423543772 * jnp.ones(()) > 1.5 else -x, x=1).conditions == ()


# Unknown functions


def test_unknown_functions_stay_unexpanded() -> None:
    path = at(lambda x: opaque("s", 1, 2 * x) + opaque("s", 2, x), x=3)
    unknown = sp.Function("s", real=True)
    assert path.value == unknown(1, 2 * x) + unknown(2, x)
    assert path.concrete == opaque("s", 1, 6.0) + opaque("s", 2, 3.0)


def test_conditions_on_unknown_functions_are_checked_by_their_interpretation() -> None:
    path = at(lambda x: 1 if opaque("s", 1, x) > 0 else 2, x=3)
    assert path.consistent
    (condition,) = path.conditions
    assert condition.atoms(sp.Function)


# Activations

SCALARS = [(0.5,), (-2.25,), (0.0,), (3.5,), (-0.75,), (7.0,), (-25.0,), (1.0,), (-1.0,)]
VECTORS = [([0.5, -1.5, 2.0, 1.0],), ([2.0, 2.0, 1.0, -0.5],), ([-3.0, 0.25, 7.0, 0.0],)]
ACTIVATIONS = [
    "relu",
    "relu6",
    "sigmoid",
    "log_sigmoid",
    "softplus",
    "silu",
    "swish",
    "soft_sign",
    "leaky_relu",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "elu",
    "celu",
    "selu",
    "gelu",
    "squareplus",
    "mish",
    "tanh",
    "sparse_plus",
    "sparse_sigmoid",
    "identity",
]
WITH_PARAMETERS: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "gelu_exact": (lambda x: jax.nn.gelu(x, approximate=False), SCALARS),
    "leaky_relu": (jax.nn.leaky_relu, [(1.5, 0.25), (-1.5, 0.25), (0.0, -2.0)]),
    "elu": (jax.nn.elu, [(1.5, 0.25), (-1.5, 0.25), (0.0, -2.0)]),
    "celu": (jax.nn.celu, [(1.5, 0.25), (-1.5, 0.25), (1.0, 0.0)]),
    "squareplus": (jax.nn.squareplus, [(1.5, 0.25), (-1.5, 0.25), (0.5, -1.0)]),
    "softmax": (jax.nn.softmax, VECTORS),
    "log_softmax": (jax.nn.log_softmax, VECTORS),
    "logsumexp": (jax.nn.logsumexp, VECTORS),
    "logsumexp_weights": (
        lambda x, b: jax.nn.logsumexp(x, b=b),
        [([0.5, -1.5], [1.0, 2.0]), ([0.5, -1.5], [0.0, 2.0]), ([0.5, 1.0], [0.0, 0.0])],
    ),
    "softmax_where": (lambda x: jax.nn.softmax(x, where=jnp.array([True, False, True, True])), VECTORS),
    "softmax_where_positive": (lambda x: jax.nn.softmax(x, where=x > 0), [([0.5, -1.5],), ([1.0, 2.0],)]),
    "standardize": (jax.nn.standardize, VECTORS),
    "glu": (jax.nn.glu, VECTORS),
    "relu": (jax.nn.relu, VECTORS),
    "one_hot": (lambda i: jax.nn.one_hot(i, 3), [(0,), (2,), (3,), (-1,)]),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_agrees_with_execution(name: str) -> None:
    assert disagreements(getattr(jax.nn, name), SCALARS) == []


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_activation_with_parameters_agrees_with_execution(name: str) -> None:
    assert disagreements(*WITH_PARAMETERS[name]) == []


def test_wrong_activation_is_caught() -> None:
    right = jax.nn.silu

    def lifted_wrongly(x: Any) -> Any:
        return right(x) if not isinstance(x, float) else right(x) * (1 + 1e-6)

    assert disagreements(lifted_wrongly, SCALARS) != []


def cleared(x: Any, mask: int) -> Any:
    """The bits of x in float32, those of the mask alone."""
    return lax.bitcast_convert_type(jnp.asarray(x, jnp.float32), jnp.uint32) & jnp.asarray(mask, jnp.uint32)


def of_double(x: Any, mask: int) -> Any:
    """x in float64 without the digits outside of the mask."""
    bits = lax.bitcast_convert_type(jnp.asarray(x, jnp.float64), jnp.uint64) & jnp.asarray(mask, jnp.uint64)
    return lax.bitcast_convert_type(bits, jnp.float64)


def with_fewer_digits(x: Any) -> Any:
    """x as a sum of two parts, of which the first has fewer digits: code divides a number in this way to compute precisely."""
    x = jnp.asarray(x)
    kind, mask = (jnp.uint64, 2**64 - 2**27) if x.dtype == jnp.float64 else (jnp.uint32, 2**32 - 2**12)
    high = lax.bitcast_convert_type(lax.bitcast_convert_type(x, kind) & jnp.asarray(mask, kind), x.dtype)
    return high + (x - high)


@pytest.mark.parametrize(
    ("code", "points"),
    [
        (jax.vmap(lambda a: jnp.sin(a) * jnp.max(jnp.stack([a, 2 * a]))), VECTORS),
        (jax.grad(lambda a: jax.nn.silu(a) * a), SCALARS),
        (lambda x: lax.fori_loop(0, 4, lambda i, c: c * x + i, x), SCALARS),
        (lambda x: (jnp.mean(x), jnp.var(x), jnp.linalg.norm(x), jnp.median(x)), VECTORS),
        (lambda x: jnp.interp(x, jnp.array([0.0, 1.0, 2.0]), jnp.array([1.0, 3.0, 2.0])), [(0.5,), (1.0,), (-1.0,), (3.0,)]),
        (lambda x: jnp.select([x < 0, x < 1], [-x, x * x], 2 - x), SCALARS),
        (lambda x: jnp.piecewise(x, [x < 0, x >= 0], [lambda x: -x, lambda x: x * x]), SCALARS),
        (lambda i, x: lax.switch(i, [lambda x: x, lambda x: 2 * x, jnp.sin], x), [(0, 0.5), (1, 0.5), (7, 0.5), (-1, 0.5)]),
        (lambda i, x: x[i], [(0, [0.5, 2.0]), (1, [0.5, 2.0]), (-1, [0.5, 2.0])]),
        (lambda x, y: (x // y, x % y), [(7, 2), (-7, 2), (7, -2), (-6, 2)]),
        (lambda x, y: (x // y, x % y), [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0)]),
        (round, [(0.5,), (1.5,), (-2.5,), (0.75,)]),
        (jnp.sinc, [(0.5,), (0.0,)]),
        (jnp.hypot, [(0.5, 2.0), (0.0, 0.0)]),
        (jnp.logaddexp, [(0.5, 2.0), (0.0, 0.0)]),
        (jax.scipy.special.xlogy, [(0.5, 2.0), (0.0, 0.0), (0.0, 2.0)]),
        (jax.scipy.stats.t.pdf, [(0.5, 3.0)]),
        (with_fewer_digits, [(0.7,), (-3.1,), (1e6,)]),
        (jax.scipy.special.ndtri, [(0.5,), (0.25,), (0.001,)]),
    ],
)
def test_other_code_agrees_with_execution(code: Callable[..., Any], points: list[Any]) -> None:
    assert disagreements(code, points) == []


def test_jitted_closure_over_a_tracer() -> None:
    def code(x: Any, y: Any) -> Any:
        return jax.jit(lambda a: a * y + jax.jit(jnp.sin)(y))(x)

    assert at(code, x=1, y=2).value == x * y + sp.sin(y)


# What cannot be lifted


def unknown_primitive(x: Any) -> Any:
    return jnp.nextafter(x, 1.0)  # the line that the error names


@pytest.mark.parametrize("code", [unknown_primitive, jax.jit(unknown_primitive)])
def test_unknown_primitive_is_named_with_its_line(code: Callable[..., Any]) -> None:
    with pytest.raises(UnsupportedError, match="nextafter") as caught:
        at(code, x=1)
    assert caught.value.location is not None
    assert caught.value.location.path == __file__
    assert caught.value.location.line == unknown_primitive.__code__.co_firstlineno + 1


def test_unsupported_cannot_be_swallowed() -> None:
    def swallow(x: Any) -> Any:
        with suppress(Exception):
            return jnp.nextafter(x, 1.0)
        return x

    with pytest.raises(UnsupportedError, match="nextafter"):
        at(swallow, x=1)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (np.sin, "traced value"),
        (jax.jit(lambda a: a if a > 0 else -a), "traced value"),
        (lambda x: x + 1j, "complex"),
        (lambda x: x * jnp.ones(10_000), "10000"),
        (lambda x: lax.scan(lambda c, _: (c * x, None), x, None, length=2000)[0], "scan of length 2000"),
        (lambda x: lax.bitcast_convert_type(cleared(x, 2**32 - 2**20), jnp.float32) + 0 * x, "the bits of an integer are not followed"),
        (lambda x: cleared(x, 2**31 - 1) * x, "the bits of an integer are not followed"),
        (lambda x: lax.bitcast_convert_type(cleared(x, 2**32 - 2**13), jnp.float32), "the bits of an integer are not followed"),
        (lambda x: of_double(x, 2**32 - 2**12), "the bits of an integer are not followed"),
        (lambda x: of_double(x, 2**64 - 2**28), "the bits of an integer are not followed"),
        (
            lambda x: lax.bitcast_convert_type(jnp.asarray(x, jnp.float64), jnp.uint32)[0] * 0.0 + x,
            "the bits of an integer are not followed",
        ),
        (lambda x: cleared(x, 2**32 - 2**12), "uses the bits of a float as a number"),
        (lambda x: x if cleared(x, 2**32 - 2**12) else 2 * x, "uses the bits of a float as a number"),
        (lambda x: x * int(cleared(x, 2**32 - 2**12)), "uses the bits of a float as a number"),
        (lambda x: jnp.sum(jnp.stack([cleared(x, 2**32 - 2**12)] * 2)) * x, "uses the bits of a float"),
        (lambda x: lax.bitcast_convert_type(jnp.asarray(x, jnp.float32), jnp.uint32) * x, "uses the bits of a float"),
        (lambda x: lax.bitcast_convert_type(jnp.asarray(x, jnp.int32), jnp.float32) * x, "the bits of an integer are not followed"),
        (lambda x: jax.random.normal(jax.random.key(0)) * x, "no rule"),
        (lambda x: lax.population_count(x.astype(int)), "population_count"),
        (lambda x: jax.pure_callback(lambda a: a, jax.ShapeDtypeStruct((), "float64"), x), "pure_callback"),
        (lambda x: x.astype("float8_e4m3fn"), "float8_e4m3fn"),
        (lambda x: lax.zeta(x, -0.5), "x > 1 and q > 0"),
        (lambda x: bool(jnp.stack([x, x])), "one element"),
    ],
)
def test_what_has_no_reading_is_unsupported(code: Callable[..., Any], message: str) -> None:
    with pytest.raises(UnsupportedError, match=message):
        at(code, x=2)


def test_endless_loop_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "LONGEST_LOOP", 20)
    with pytest.raises(UnsupportedError, match="while loop ran 20 times"):
        at(lambda x: lax.while_loop(lambda c: c > x, lambda c: c + 1.0, x + 1), x=2)


def test_value_of_an_earlier_run_is_refused() -> None:
    kept: list[Any] = []

    def code(x: Any) -> Any:
        kept.append(x)
        return kept[0] + x

    at(code, x=1)
    with pytest.raises(UnsupportedError, match="earlier run"):
        at(code, x=1)


def test_integer_symbol_needs_an_integer() -> None:
    with pytest.raises(ValueError, match="integer symbol n"):
        at(lambda n: n, n=HALF)


def test_integers_have_64_bits() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        at(lambda n: n, n=2**63)


def test_rules_with_a_region_record_it() -> None:
    assert set(at(lax.igamma, x=1, y=2).conditions) == {x > 0, y >= 0}


def test_paths_are_the_same_again() -> None:
    """No state is left behind, and nothing depends on hash order."""
    paths = [lift(jax.nn.elu, (-1.5, 0.25))[0] for _ in range(2)]
    assert paths[0].value == paths[1].value
    assert paths[0].conditions == paths[1].conditions


def test_a_gather_outside_the_array_is_what_it_fills_with() -> None:
    x = np.array([sp.Symbol("x_0", real=True), sp.Symbol("x_1", real=True)], dtype=object)
    point = {x[0]: Fraction(2), x[1]: Fraction(3)}

    def taken(**fill: Any) -> Any:
        path = run(lambda values: jnp.take(values["x"], jnp.array([1, 5]), mode="fill", **fill), point, {"x": x})
        return list(path.value)

    assert taken(fill_value=0.5) == [x[1], sp.Rational(1, 2)]
    assert taken(fill_value=0.0) == [x[1], 0]
    assert taken() == [x[1], sp.nan]
