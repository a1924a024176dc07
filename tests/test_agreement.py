"""Runs and exact values of right formulas lie within what rounding may do; those of wrong formulas do not."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import optax
import pytest
import sympy as sp
from flint import arb, ctx, fmpq

from qedoc.errors import UnsupportedError
from qedoc.execute.agreement import agrees, shadow, spans
from qedoc.execute.rounding_trace import Shadow
from qedoc.execute.runner import rounded, run_rows

Values = Mapping[sp.Symbol, Any]
DTYPES = ["float32", "float64", "bfloat16"]
I, E, P, a, p, f1, f2, d = sp.symbols("I E P alpha p f1 f2 d", real=True)
T, W, B, b1, b2, t = sp.symbols("T W B b1 b2 t", integer=True)
pi = sp.pi


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A factory, its formula written by hand, and a formula that is wrong nearly everywhere."""

    call: Callable[[Values], Any]
    formula: sp.Expr
    wrong: sp.Expr


def piecewise(*parts: tuple[Any, Any]) -> sp.Expr:
    return sp.Piecewise(*parts)


def linear(start: Any, end: Any, steps: Any) -> sp.Expr:
    return start + (end - start) * sp.Min(sp.Max(t, 0), steps) / steps


def cosine(step: Any, steps: Any) -> sp.Expr:
    return ((1 + sp.cos(pi * sp.Min(step, steps) / steps)) / 2) ** p


def turn(start: Any, end: Any, first: Any, last: Any) -> sp.Expr:
    return end + (start - end) / 2 * (sp.cos(pi * (t - first) / (last - first)) + 1)


PLAIN_COSINE = I * ((1 - a) * cosine(t, T) + a)
DECAY = I * d ** (sp.Max(t - B, 0) / T)
WARM_COSINE = piecewise((I + (P - I) * t / W, t < W), (E + (P - E) * cosine(t - W, T - W), True))
WARM_DECAY = piecewise((I + (P - I) * t / W, t < W), (P * d ** ((t - W) / T), True))

SCHEDULES = {
    "constant_schedule": Schedule(call=lambda v: optax.constant_schedule(v[I])(v[t]), formula=I, wrong=I * sp.Rational(1001, 1000)),
    "polynomial_schedule": Schedule(
        call=lambda v: optax.polynomial_schedule(v[I], v[E], v[p], v[T], v[B])(v[t]),
        formula=(I - E) * (1 - sp.Min(sp.Max(t - B, 0), T) / T) ** p + E,
        wrong=(I - E) * (1 - sp.Min(sp.Max(t - B, 0), T) / T) ** p + I,
    ),
    "linear_schedule": Schedule(
        call=lambda v: optax.linear_schedule(v[I], v[E], v[T])(v[t]),
        formula=linear(I, E, T),
        wrong=linear(E, I, T),
    ),
    "piecewise_constant_schedule": Schedule(
        call=lambda v: optax.piecewise_constant_schedule(v[I], {v[b1]: v[f1], v[b2]: v[f2]})(v[t]),
        formula=I * piecewise((f1, t >= b1), (1, True)) * piecewise((f2, t >= b2), (1, True)),
        wrong=I * piecewise((1, t >= b1), (f1, True)) * piecewise((f2, t >= b2), (1, True)),
    ),
    "exponential_decay": Schedule(
        call=lambda v: optax.exponential_decay(v[I], v[T], v[d], v[B])(v[t]),
        formula=DECAY,
        wrong=DECAY * d,
    ),
    "cosine_decay_schedule": Schedule(
        call=lambda v: optax.cosine_decay_schedule(v[I], v[T], v[a], v[p])(v[t]),
        formula=PLAIN_COSINE,
        wrong=I * (1 - a) * cosine(t, T) + a,
    ),
    "piecewise_interpolate_schedule": Schedule(
        call=lambda v: optax.piecewise_interpolate_schedule("cosine", v[I], {v[b1]: v[f1], v[b2]: v[f2]})(v[t]),
        formula=piecewise((turn(I, I * f1, 0, b1), t < b1), (turn(I * f1, I * f1 * f2, b1, b2), t < b2), (I * f1 * f2, True)),
        wrong=piecewise((turn(I, I * f1, 0, b1), t < b1), (turn(I * f1, I * f2, b1, b2), t < b2), (I * f2 + 1, True)),
    ),
    "linear_onecycle_schedule": Schedule(
        call=lambda v: optax.linear_onecycle_schedule(v[T], v[P])(v[t]),
        formula=sp.nan,
        wrong=P * 2,
    ),
    "cosine_onecycle_schedule": Schedule(
        call=lambda v: optax.cosine_onecycle_schedule(v[T], v[P])(v[t]),
        formula=sp.nan,
        wrong=P * 2,
    ),
    "warmup_constant_schedule": Schedule(
        call=lambda v: optax.warmup_constant_schedule(v[I], v[P], v[W])(v[t]),
        formula=linear(I, P, W),
        wrong=linear(P, I, W),
    ),
    "warmup_cosine_decay_schedule": Schedule(
        call=lambda v: optax.warmup_cosine_decay_schedule(v[I], v[P], v[W], v[T], v[E], v[p])(v[t]),
        formula=WARM_COSINE,
        wrong=WARM_COSINE.subs(I, E) + E,
    ),
    "warmup_exponential_decay_schedule": Schedule(
        call=lambda v: optax.warmup_exponential_decay_schedule(v[I], v[P], v[W], v[T], v[d])(v[t]),
        formula=WARM_DECAY,
        wrong=WARM_DECAY.subs(P, E) + I,
    ),
    "sgdr_schedule": Schedule(
        call=lambda v: optax.sgdr_schedule(
            [{"init_value": v[I], "peak_value": v[P], "warmup_steps": v[W], "decay_steps": v[T], "end_value": v[E], "exponent": v[p]}]
        )(v[t]),
        formula=WARM_COSINE,
        wrong=WARM_COSINE.subs(I, E) + E,
    ),
    "join_schedules": Schedule(
        call=lambda v: optax.join_schedules([lambda x: v[I] + x, lambda x: v[E] * x], [v[B]])(v[t]),
        formula=piecewise((I + t, t < B), (E * (t - B), True)),
        wrong=piecewise((I + t + 1, t < B), (E * (t + 1 + B), True)),
    ),
}
SYMBOLS = (I, E, P, a, p, f1, f2, d, T, W, B, b1, b2, t)


def draw(random: Random, dtype: str) -> tuple[Fraction, ...]:
    """A point at which every schedule is defined, its step at an edge in half of the cases."""
    real = [Fraction(random.randint(1, 900), 100) for _ in range(7)]
    steps = random.choice([1, 2, 10, 1000, 10**6])
    warm = random.randint(1, 50)
    first, second = sorted(random.sample(range(1, 60), 2))
    begin = random.randint(0, 30)
    edges = [0, steps - 1, steps, steps + 1, warm + steps, first, second, begin, begin + steps, 2**24 + 1, 2**31 - 1]
    step = random.choice(edges) if random.random() < 0.5 else random.randint(0, 2 * steps)
    row = (*real, Fraction(random.randint(1, 99), 100), *map(Fraction, (steps + warm, warm, begin, first, second, step)))
    return rounded(row, SYMBOLS, dtype)


def exact(formula: sp.Expr, row: tuple[Fraction, ...]) -> arb:
    """The value of a formula as a ball, by mpmath: independent of qedoc's balls."""
    function = sp.lambdify(SYMBOLS, formula, "mpmath")
    with mpmath.workdps(80):
        value = function(*(mpmath.mpf(x.numerator) / x.denominator for x in row))
        text, radius = mpmath.nstr(value, 70), float(abs(value)) * 1e-40 + 1e-60
    with ctx.workprec(256):
        return arb(text) + arb(0, radius)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_agree_with_their_formulas_and_not_with_wrong_ones(name: str, dtype: str) -> None:
    schedule = SCHEDULES[name]
    random = Random(f"{name} {dtype}")
    rows = [draw(random, dtype) for _ in range(12)]
    runs = run_rows(schedule.call, SYMBOLS, rows, dtype)
    decided = caught = 0
    for k, row in enumerate(rows):
        ball = shadow(schedule.call, SYMBOLS, row, dtype)
        if ball is None or k in runs.skipped:
            continue
        decided += 1
        assert agrees(float(runs.values[k]), ball), (row, runs.values[k], ball)
        if schedule.formula is not sp.nan:
            assert agrees(exact(schedule.formula, row), ball), (row, ball)
        caught += agrees(exact(schedule.wrong, row), ball) is False
    assert decided >= (3 if "onecycle" in name else 9)
    assert caught >= decided // 2


@pytest.mark.parametrize(("dtype", "shift"), [("float32", 1e-3), ("float64", 1e-9), ("bfloat16", 0.3)])
def test_a_shifted_value_is_outside(dtype: str, shift: float) -> None:
    row = rounded((*(Fraction(1),) * 7, Fraction(1, 2), Fraction(100), *map(Fraction, (10, 0, 20, 30, 37))), SYMBOLS, dtype)
    call = SCHEDULES["cosine_decay_schedule"].call
    ball = shadow(call, SYMBOLS, row, dtype)
    value = float(run_rows(call, SYMBOLS, [row], dtype).values[0])
    assert agrees(value, ball) is True
    assert agrees(value + shift, ball) is False
    assert agrees(value - shift, ball) is False


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("step", [10**6 - 1000, 10**6 - 2, 10**6 - 1, 10**6, 10**6 + 1])
def test_lost_digits_are_no_disagreement(step: int, dtype: str) -> None:
    """1 + cos(pi t / T) near t = T = 10**6 keeps no digit in float32; run and exact value still agree."""
    call = SCHEDULES["cosine_decay_schedule"].call
    point = {I: 1, a: 0, p: 1, T: 10**6, t: step}
    row = tuple(Fraction(point.get(s, 1)) for s in SYMBOLS)
    ball = shadow(call, SYMBOLS, row, dtype)
    assert ball is not None
    assert agrees(float(run_rows(call, SYMBOLS, [row], dtype).values[0]), ball)
    assert agrees(exact(PLAIN_COSINE, row), ball)
    assert agrees(1e-5 if dtype == "float32" else 1e-9 if dtype == "float64" else 0.1, ball) is False


def test_what_python_asks_for_must_be_known() -> None:
    x = (I,)
    row = rounded((Fraction(7, 10),), x, "float32")  # a little less than 0.7; ten times as much may be rounded to 7
    assert spans(lambda v: 1.0 if v[I] * 10 >= 7 else 2.0, x, row, "float32") is None
    assert spans(lambda v: 1.0 if v[I] * 9 >= 6 else 2.0, x, row, "float32") is not None
    assert spans(lambda v: v[I] * int(v[I] * 10), x, row, "float32") is None
    assert spans(lambda v: v[I] * int(v[I] * 9), x, row, "float32") is not None
    assert spans(lambda v: float(v[I]) * 2.0, x, row, "float32") is not None
    assert spans(lambda v: float(v[I] * 3) * 2.0, x, row, "float32") is None
    assert spans(lambda v: {v[I] * 3: 1}[1.0], x, row, "float32") is None
    assert spans(lambda v: np.sqrt(v[I]), x, row, "float32") is None


def test_the_code_in_hand_cannot_hide_that_a_value_is_unknown() -> None:
    def careless(v: Values) -> Any:
        with suppress(Exception):
            return 1.0 if v[I] * 10 >= 7 else 2.0
        return 3.0

    assert spans(careless, (I,), rounded((Fraction(7, 10),), (I,), "float32"), "float32") is None


def test_code_without_a_value_has_no_enclosure() -> None:
    assert shadow(SCHEDULES["cosine_decay_schedule"].call, SYMBOLS, (Fraction(0),) * len(SYMBOLS), "float32") is None
    assert shadow(lambda v: v[I] / 0, (I,), (Fraction(1),), "float32") is None
    assert shadow(lambda v: jnp.stack((v[I], v[I])), (I,), (Fraction(1),), "float32") is None
    with pytest.raises(UnsupportedError):
        shadow(lambda v: raise_(UnsupportedError("no rule")), (I,), (Fraction(1),), "float32")


def raise_(error: Exception) -> Any:
    raise error


def test_a_primitive_without_a_rule_is_unknown_where_it_matters() -> None:
    one = (Fraction(1),)
    assert shadow(lambda v: jax.lax.lgamma(v[I]), (I,), one, "float32") is None
    assert shadow(lambda v: jnp.where(v[I] > 0, v[I], jax.lax.lgamma(v[I])), (I,), one, "float32") is not None
    trace = Shadow()
    trace.process_primitive(jax.lax.lgamma_p, [np.float32(1)], {})
    assert trace.missing == {"lgamma"}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "function",
    [
        jax.nn.relu,
        jax.nn.relu6,
        jax.nn.sigmoid,
        jax.nn.softplus,
        jax.nn.soft_sign,
        jax.nn.silu,
        jax.nn.log_sigmoid,
        jax.nn.leaky_relu,
        jax.nn.hard_sigmoid,
        jax.nn.hard_silu,
        jax.nn.hard_tanh,
        jax.nn.elu,
        jax.nn.celu,
        jax.nn.selu,
        jax.nn.gelu,
        jax.nn.mish,
        jax.nn.squareplus,
        lambda x: jax.nn.gelu(x, approximate=False),
        lambda x: jax.nn.glu(jnp.stack((x, 2 * x)))[0],
        lambda x: jax.nn.softmax(jnp.stack((x, 1.0, -x)))[0],
        lambda x: jax.nn.logsumexp(jnp.stack((x, 1.0, -x))),
        lambda x: jax.nn.standardize(jnp.stack((x, 1.0, -x)))[0],
        lambda x: jax.lax.cond(x > 1, jnp.sin, jnp.cos, x),
        jax.checkpoint(lambda x: jnp.sin(x) ** 2),
        jax.grad(lambda x: x**3 * jnp.tanh(x)),
        lambda x: jax.vmap(lambda y: x * y)(jnp.arange(3.0)).sum(),
        lambda x: jnp.pad(jnp.stack((x, x)), 1)[1],
        lambda x: jnp.tile(jnp.stack((x, 2 * x)), 2)[2],
        lambda x: jnp.flip(jnp.stack((x, 2 * x)))[0],
        lambda x: jnp.split(jnp.stack((x, 2 * x)), 2)[1][0],
    ],
)
def test_functions_of_one_number(function: Callable[..., Any], dtype: str) -> None:
    """The run lies inside, and the enclosure is not so wide that anything would."""
    rows = [rounded((Fraction(n, 8),), (I,), dtype) for n in (-19, -3, 2, 13)]
    runs = run_rows(lambda v: function(v[I]), (I,), rows, dtype)
    known = 0
    for k, row in enumerate(rows):
        span = spans(lambda v: function(v[I]), (I,), row, dtype)
        if span is None:
            continue
        known += 1
        assert span.lower <= Fraction(float(runs.values[k])) <= span.upper
        assert span.upper - span.lower <= (Fraction(1, 2) if dtype == "bfloat16" else Fraction(1, 10**4)) * max(1, span.magnitude)
    assert known >= 3


def test_agreement_with_every_kind_of_value() -> None:
    ball = arb(1, 0.25)
    assert agrees(1.2, ball) is True
    assert agrees(1.3, ball) is False
    assert agrees(float("nan"), ball) is False
    assert agrees(float("inf"), ball) is False
    assert agrees(fmpq(6, 5), ball) is True
    assert agrees(fmpq(13, 10), ball) is False
    assert agrees(arb(1.3, 0.1), ball) is True
    assert agrees(arb(1.5, 0.1), ball) is False
    assert agrees(arb.nan(), ball) is None
    assert agrees(1.2, None) is None
