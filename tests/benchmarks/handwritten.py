"""Hypothesis tests of the 14 schedules as a person writes them, with as many examples as a careful one asks for.

Formulas and domains are those of spec/optax, at one size each; pytest runs this file where it is named.
"""

import math
from typing import Any

import optax
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

thorough = settings(max_examples=1000, database=None, deadline=None, suppress_health_check=list(HealthCheck))

real = st.floats(-100, 100, width=32)
share = st.floats(0, 1, width=32)
positive = st.floats(0.125, 10, width=32)
factor = st.floats(0, 2, width=32)
steps = st.integers(1, 1000)
begin = st.integers(0, 100)
count = st.integers(0, 2000)


def same(found: Any, documented: float, scale: float) -> None:
    assert math.isclose(float(found), documented, rel_tol=1e-3, abs_tol=1e-3 * abs(scale) + 1e-6)


def ramp(t: float, T: float) -> float:
    return (1 + math.cos(math.pi * min(t, T) / T)) / 2


@thorough
@given(v=real, t=count)
def test_constant(v: float, t: int) -> None:
    same(optax.constant_schedule(v)(t), v, v)


@thorough
@given(I=real, T=steps, alpha=share, p=positive, t=count)
def test_cosine_decay(I: float, T: int, alpha: float, p: float, t: int) -> None:
    same(optax.cosine_decay_schedule(I, T, alpha, p)(t), alpha * I + (1 - alpha) * I * ramp(t, T) ** p, I)


@thorough
@given(T=st.integers(10, 1000), P=real, p=st.floats(0.2, 0.8), d=positive, D=positive, t=count)
def test_cosine_onecycle(T: int, P: float, p: float, d: float, D: float, t: int) -> None:
    a, low = int(p * T), P / d
    end = low / D
    if t < a:
        documented = low + (P - low) * (1 - math.cos(math.pi * t / a)) / 2
    elif t < T:
        documented = end + (P - end) * (1 + math.cos(math.pi * (t - a) / (T - a))) / 2
    else:
        documented = end
    same(optax.cosine_onecycle_schedule(T, P, p, d, D)(t), documented, max(abs(P), abs(low), abs(end)))


@thorough
@given(I=real, T=steps, r=st.floats(0.5, 1), B=begin, t=count)
def test_exponential_decay(I: float, T: int, r: float, B: int, t: int) -> None:
    same(optax.exponential_decay(I, T, r, B)(t), I if t < B else I * r ** ((t - B) / T), I)


@thorough
@given(first=real, second=real, b=st.integers(0, 1000), t=count)
def test_join(first: float, second: float, b: int, t: int) -> None:
    made = optax.join_schedules([lambda x: first * x, lambda x: second + x], [b])
    same(made(t), first * t if t < b else second + (t - b), 1e6)


@thorough
@given(T=st.integers(10, 1000), P=real, p=st.floats(0.2, 0.4), q=st.floats(0.6, 0.9), d=positive, D=positive, t=count)
def test_linear_onecycle(T: int, P: float, p: float, q: float, d: float, D: float, t: int) -> None:
    a, b, low = int(p * T), int(q * T), P / d
    assume(a < b)
    end = low / D
    if t < a:
        documented = low + (P - low) * t / a
    elif t < b:
        documented = P + (low - P) * (t - a) / (b - a)
    elif t < T:
        documented = low + (end - low) * (t - b) / (T - b)
    else:
        documented = end
    same(optax.linear_onecycle_schedule(T, P, p, q, d, D)(t), documented, max(abs(P), abs(low), abs(end)))


@thorough
@given(I=real, E=real, T=steps, B=begin, t=count)
def test_linear(I: float, E: float, T: int, B: int, t: int) -> None:
    documented = I if t < B else I + (t - B) / T * (E - I) if t < B + T else E
    same(optax.linear_schedule(I, E, T, B)(t), documented, max(abs(I), abs(E)))


@thorough
@given(
    I=real, b=st.lists(st.integers(0, 1000), min_size=3, max_size=3, unique=True).map(sorted), f=st.tuples(factor, factor, factor), t=count
)
def test_piecewise_constant(I: float, b: list[int], f: tuple[float, ...], t: int) -> None:
    documented = I * math.prod(scale for edge, scale in zip(b, f, strict=True) if t >= edge)
    same(optax.piecewise_constant_schedule(I, dict(zip(b, f, strict=True)))(t), documented, 8 * I)


@thorough
@given(I=real, b=st.lists(st.integers(1, 1000), min_size=2, max_size=2, unique=True).map(sorted), f=st.tuples(factor, factor), t=count)
def test_piecewise_interpolate(I: float, b: list[int], f: tuple[float, ...], t: int) -> None:
    documented, value, start = I, I, 0
    for edge, scale in zip(b, f, strict=True):
        documented += (value * scale - value) * max(0, min(edge, t) - start) / (edge - start)
        value, start = value * scale, edge
    same(optax.piecewise_interpolate_schedule("linear", I, dict(zip(b, f, strict=True)))(t), documented, 4 * I)


@thorough
@given(I=real, E=real, P=positive, T=steps, B=begin, t=count)
def test_polynomial(I: float, E: float, P: float, T: int, B: int, t: int) -> None:
    documented = I if t < B else (I - E) * (1 - (t - B) / T) ** P + E if t < B + T else E
    same(optax.polynomial_schedule(I, E, P, T, B)(t), documented, max(abs(I), abs(E)))


def warm_cosine(I: float, P: float, W: int, T: int, E: float, p: float, t: int) -> float:
    return I + (P - I) * t / W if t < W else E + (P - E) * ramp(t - W, T - W) ** p


@thorough
@given(I=real, P=positive, W=st.integers(0, 9), T=st.integers(10, 1000), E=real, p=positive, t=count)
def test_sgdr(I: float, P: float, W: int, T: int, E: float, p: float, t: int) -> None:
    cycle = {"init_value": I, "peak_value": P, "warmup_steps": W, "decay_steps": T, "end_value": E, "exponent": p}
    documented = warm_cosine(I, P, W, T, E, p, t if t < T else t - T)
    same(optax.sgdr_schedule([cycle, cycle])(t), documented, max(abs(I), abs(P), abs(E)))


@thorough
@given(I=real, P=real, W=steps, t=count)
def test_warmup_constant(I: float, P: float, W: int, t: int) -> None:
    same(optax.warmup_constant_schedule(I, P, W)(t), I + (P - I) * t / W if t < W else P, max(abs(I), abs(P)))


@thorough
@given(I=real, P=positive, W=st.integers(0, 9), T=st.integers(10, 1000), E=real, p=positive, t=count)
def test_warmup_cosine_decay(I: float, P: float, W: int, T: int, E: float, p: float, t: int) -> None:
    made = optax.warmup_cosine_decay_schedule(I, P, W, T, E, p)
    same(made(t), warm_cosine(I, P, W, T, E, p, t), max(abs(I), abs(P), abs(E)))


@thorough
@given(I=real, P=real, W=begin, T=steps, r=st.floats(0.5, 1), B=begin, t=count)
def test_warmup_exponential_decay(I: float, P: float, W: int, T: int, r: float, B: int, t: int) -> None:
    documented = I + (P - I) * t / W if t < W else P if t < W + B else P * r ** ((t - W - B) / T)
    same(optax.warmup_exponential_decay_schedule(I, P, W, T, r, B)(t), documented, max(abs(I), abs(P)))
