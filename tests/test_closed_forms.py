"""Closed forms against quadrature and summation by mpmath, which share nothing with them; and what must stay as it is."""

from collections.abc import Callable

import mpmath
import pytest
import sympy as sp

from qedoc.algebra.closed_forms import closed

a, b, s, x, y, z, k = sp.symbols("a b s x y z k", real=True)
t, n = sp.symbols("t n")
oo = sp.oo

# Each integral with points (of its free symbols, by name) at which it converges.
INTEGRALS = {
    "exponential": (sp.Integral(sp.exp(-s * t) / 3, (t, 0, x)), [{"s": 2, "x": 3}, {"s": -1, "x": 2}, {"s": 2, "x": -1}]),
    "exponential from -oo": (sp.Integral(a * sp.exp(s * t), (t, -oo, x)), [{"a": 3, "s": 2, "x": 1}, {"a": 1, "s": 0.5, "x": -4}]),
    "exponential to oo": (sp.Integral(sp.exp(-s * t + 1), (t, x, oo)), [{"s": 2, "x": 1}, {"s": 0.5, "x": -1}]),
    "lower gamma": (sp.Integral(t ** (a - 1) * sp.exp(-t), (t, 0, x)), [{"a": 0.5, "x": 2}, {"a": 3, "x": 0.25}, {"a": 1, "x": 7}]),
    "upper gamma": (sp.Integral(t ** (a - 1) * sp.exp(-t), (t, x, oo)), [{"a": -0.5, "x": 2}, {"a": 3, "x": 0.25}, {"a": 2, "x": 0}]),
    "E_n": (sp.Integral(sp.exp(-t) / t**a, (t, x, oo)), [{"a": 2, "x": 1}, {"a": 0.5, "x": 3}]),
    "gamma": (sp.Integral(t ** (z - 1) * sp.exp(-s * t), (t, 0, oo)), [{"z": 0.5, "s": 1}, {"z": 4, "s": 3}]),
    "gamma between": (
        sp.Integral(t**a * sp.exp(-s * t), (t, x, y)),
        [{"a": -0.5, "s": 2, "x": 1, "y": 3}, {"a": 2, "s": 1, "x": 3, "y": 0}],
    ),
    "gamma by logarithms": (
        sp.Integral(sp.exp((a - 1) * sp.log(t) - t / 2 - sp.loggamma(a)), (t, 0, x)),
        [{"a": 0.5, "x": 2}, {"a": 3, "x": 1}],
    ),
    "beta": (sp.Integral(t ** (a - 1) * (1 - t) ** (b - 1), (t, 0, x)), [{"a": 0.5, "b": 2, "x": 0.25}, {"a": 2, "b": 0.5, "x": 1}]),
    "whole beta": (sp.Integral(t**a * (1 - t) ** b, (t, 0, 1)), [{"a": 0.5, "b": 2}, {"a": -0.5, "b": -0.25}]),
    "normal": (sp.Integral(sp.exp(-((t - k) ** 2) / (2 * s**2)), (t, -oo, x)), [{"k": 1, "s": 2, "x": 3}, {"k": -1, "s": 0.5, "x": -1}]),
    "normal, whole": (sp.Integral(sp.exp(-a * t**2 + b * t), (t, -oo, oo)), [{"a": 1, "b": 2}, {"a": 0.5, "b": -1}]),
    "normal between": (sp.Integral(sp.exp(-(t**2)), (t, x, y)), [{"x": 1, "y": 2}, {"x": 2, "y": -1}]),
    "Ei": (sp.Integral(sp.exp(t) / t, (t, -oo, x)), [{"x": -1}, {"x": -0.25}]),
    "Si": (sp.Integral(sp.sin(t) / t, (t, 0, x)), [{"x": 2}, {"x": -3}]),
    "Ci": (sp.Integral((sp.cos(t) - 1) / t, (t, 0, x)), [{"x": 2}, {"x": 0.5}]),
    "dilogarithm": (sp.Integral(sp.log(t) / (1 - t), (t, 1, x)), [{"x": 3}, {"x": 0.25}]),
    "a sum": (sp.Integral(sp.exp(-t) + sp.sin(t) / t, (t, 0, x)), [{"x": 2}]),
    "in pieces": (
        sp.Integral(sp.Piecewise((0, t < 0), (2 * sp.exp(-2 * t), t < 1), (sp.exp(-t), True)), (t, -oo, x)),
        [{"x": -1}, {"x": 0.5}, {"x": 3}],
    ),
    "in pieces, chosen by a parameter": (
        sp.Integral(sp.Piecewise((sp.exp(-t), (t > 0) & (a > 0)), (t**2 * sp.exp(-t), t > 0), (0, True)), (t, -oo, x)),
        [{"a": 1, "x": 2}, {"a": -1, "x": 2}],
    ),
}

SERIES = {
    "Hurwitz": (sp.Sum((n + a) ** (-s), (n, 0, oo)), [{"a": 1, "s": 2}, {"a": 0.5, "s": 3}]),
    "1F1": (
        sp.Sum(sp.rf(a, n) / sp.rf(b, n) * x**n / sp.factorial(n), (n, 0, oo)),
        [{"a": 2, "b": 3, "x": 4}, {"a": 0.5, "b": -0.5, "x": -2}],
    ),
    "2F1": (
        sp.Sum(sp.rf(a, n) * sp.rf(b, n) / sp.rf(z, n) * x**n / sp.factorial(n), (n, 0, oo)),
        [{"a": 2, "b": 3, "z": 4, "x": 0.5}, {"a": 0.5, "b": 1, "z": -0.5, "x": -0.5}],
    ),
    "from 1": (sp.Sum(x**n / sp.factorial(n), (n, 1, oo)), [{"x": 2}, {"x": -0.5}, {"x": 0}]),
    "from 3": (sp.Sum((n + a) ** (-s), (n, 3, oo)), [{"a": 0.5, "s": 3}]),
    "geometric": (sp.Sum(x**n, (n, 2, oo)), [{"x": 0.5}, {"x": -0.25}]),
    "cosine": (sp.Sum((-1) ** n * x ** (2 * n) / sp.factorial(2 * n), (n, 0, oo)), [{"x": 2}, {"x": -1}]),
    "sine": (sp.Sum((-1) ** n * x ** (2 * n + 1) / sp.factorial(2 * n + 1), (n, 0, oo)), [{"x": 2}, {"x": -1}]),
    "Bessel": (sp.Sum((x**2 / 4) ** n / sp.factorial(n) ** 2, (n, 0, oo)), [{"x": 2}, {"x": -1}]),
    "Bessel, order 1": (sp.Sum((x / 2) ** (2 * n + 1) / sp.factorial(n) / sp.factorial(n + 1), (n, 0, oo)), [{"x": 2}, {"x": -1}]),
    "powers below": (sp.Sum((-x) ** n / 2**n / sp.factorial(n + 1), (n, 0, oo)), [{"x": 2}, {"x": -1}]),
    "Mittag-Leffler": (sp.Sum(x**n / sp.gamma(n + a), (n, 0, oo)), [{"a": 2, "x": 1}, {"a": 0.5, "x": -1}]),
    "without a factorial": (sp.Sum(3 * sp.rf(a, n) * x**n / sp.rf(b, n), (n, 0, oo)), [{"a": 2, "b": 3, "x": 0.5}]),
}

# What has no such value, or none that is known here, at points where the form's conditions fail.
STAY = {
    "exp grows": (sp.Integral(t ** (a - 1) * sp.exp(t), (t, 0, oo)), {"a": 2}),
    "singular at 0": (sp.Integral(t ** (a - 1) * sp.exp(-t), (t, 0, x)), {"a": -0.5, "x": 1}),
    "beta beyond 1": (sp.Integral(t ** (a - 1) * (1 - t) ** (b - 1), (t, 0, x)), {"a": 1.5, "b": 1.5, "x": 2}),
    "beta, singular": (sp.Integral(t**a * (1 - t) ** b, (t, 0, 1)), {"a": 1, "b": -1}),
    "normal, growing": (sp.Integral(sp.exp(a * t**2), (t, -oo, oo)), {"a": 1}),
    "Ei through its pole": (sp.Integral(sp.exp(t) / t, (t, -oo, x)), {"x": 1}),
    "exponential, constant": (sp.Integral(sp.exp(s * t), (t, 0, x)), {"s": 0, "x": 1}),
    "Ci at a negative end": (sp.Integral((sp.cos(t) - 1) / t, (t, 0, x)), {"x": -1}),
    "zeta at its pole": (sp.Sum((n + a) ** (-s), (n, 0, oo)), {"a": 1, "s": 1}),
    "zeta of a negative": (sp.Sum((n + a) ** (-s), (n, 0, oo)), {"a": -0.5, "s": 2}),
    "2F1 diverges": (sp.Sum(sp.rf(a, n) * x**n / sp.factorial(n), (n, 0, oo)), {"a": 2, "x": 2}),
    "a pole below": (sp.Sum(x**n / sp.rf(b, n) / sp.factorial(n), (n, 0, oo)), {"b": -2, "x": 1}),
    "pieces the wrong way round": (sp.Integral(sp.Piecewise((0, t < 0), (sp.exp(-t), True)), (t, 1, x)), {"x": -1}),
}

UNKNOWN = {
    "another function": sp.Integral(sp.sin(t) / t**2, (t, 1, x)),
    "Si of another argument": sp.Integral(sp.sin(2 * t) / t, (t, 0, x)),
    "Si from another end": sp.Integral(sp.sin(t) / t, (t, 1, x)),
    "the cosine integral's other half": sp.Integral((sp.cos(t) + 1) / t, (t, 0, x)),
    "another dilogarithm": sp.Integral(sp.log(t) / (1 + t), (t, 1, x)),
    "dilogarithm from another end": sp.Integral(sp.log(t) / (1 - t), (t, 2, x)),
    "a bound that moves": sp.Integral(sp.Piecewise((sp.exp(-t), t < a), (0, True)), (t, 0, x)),
    "an undefined piece": sp.Integral(sp.Piecewise((sp.exp(-t), t < 1), (sp.nan, True)), (t, 0, x)),
    "a square in the way": sp.Integral(t ** (a - 1) * sp.exp(-(t**2)), (t, 0, x)),
    "two variables": sp.Integral(sp.exp(-t - n), (t, 0, x), (n, 0, x)),
    "series from a symbol": sp.Sum((n + a) ** (-s), (n, z, oo)),
    "a power that may be 0 below": sp.Sum(x ** (-n) / sp.factorial(n), (n, 0, oo)),
    "a third of a factorial": sp.Sum(x**n / sp.factorial(3 * n), (n, 0, oo)),
    "finite series": sp.Sum((n + a) ** (-s), (n, 0, 10)),
    "another slope": sp.Sum((2 * n + a) ** (-s), (n, 0, oo)),
    "alternating by a square": sp.Sum(x ** (n**2), (n, 0, oo)),
    "two factorials above": sp.Sum(sp.factorial(n) * x**n, (n, 0, oo)),
}


def at(expression: sp.Expr, point: dict[str, float]) -> sp.Expr:
    """The expression at a point; conditions are decided, and what is chosen is left."""
    values = {symbol: sp.Rational(str(point[symbol.name])) for symbol in expression.free_symbols}
    if isinstance(expression, sp.Piecewise):
        return next(at(value, point) for value, condition in expression.args if condition.subs(values) == sp.true)
    return expression.subs(values)


def quadrature(integral: sp.Integral, point: dict[str, float]) -> mpmath.mpf:
    here = at(integral, point)
    variable, lower, upper = here.limits[0]
    body = sp.lambdify(variable, here.function, "mpmath")
    ends = [
        mpmath.mpf("-inf") if end == -oo else mpmath.mpf("inf") if end == oo else mpmath.mpf(str(sp.N(end, 30))) for end in (lower, upper)
    ]
    breaks = sorted({mpmath.mpf(place) for place in (0, 1) if min(ends) < place < max(ends)}, reverse=ends[0] > ends[1])
    return mpmath.quad(body, [ends[0], *breaks, ends[1]])


def summation(series: sp.Sum, point: dict[str, float]) -> mpmath.mpf:
    here = at(series, point)
    return mpmath.nsum(sp.lambdify(here.limits[0][0], here.function, "mpmath"), [int(here.limits[0][1]), mpmath.inf])


CASES = [(name, integral, point, quadrature) for name, (integral, points) in INTEGRALS.items() for point in points] + [
    (name, series, point, summation) for name, (series, points) in SERIES.items() for point in points
]


def value(form: sp.Expr, point: dict[str, float]) -> sp.Expr:
    chosen = at(form, point)
    assert not chosen.has(sp.Integral, sp.Sum), "the closed form's conditions hold"
    return sp.N(chosen, 20)


@pytest.mark.parametrize(("name", "written", "point", "by_numbers"), CASES)
def test_a_closed_form_is_what_quadrature_and_summation_give(
    name: str, written: sp.Expr, point: dict[str, float], by_numbers: Callable[[sp.Expr, dict[str, float]], mpmath.mpf]
) -> None:
    with mpmath.workdps(20):
        expected = by_numbers(written, point)
        found = mpmath.mpf(str(sp.re(value(closed(written), point))))
        assert abs(found - expected) <= mpmath.mpf("1e-8") * max(1, abs(expected))


@pytest.mark.parametrize(("name", "written", "point", "by_numbers"), CASES)
def test_the_numbers_would_catch_a_wrong_closed_form(
    name: str, written: sp.Expr, point: dict[str, float], by_numbers: Callable[[sp.Expr, dict[str, float]], mpmath.mpf]
) -> None:
    """The same comparison with the closed form of another point, which is a wrong twin of it."""
    elsewhere = {symbol: number + (0.01 if number < 1 else -0.01) for symbol, number in point.items()}
    with mpmath.workdps(20):
        expected = by_numbers(written, point)
        found = mpmath.mpf(str(sp.re(value(closed(written), elsewhere))))
        assert abs(found - expected) > mpmath.mpf("1e-8") * max(1, abs(expected)) or expected == 0


@pytest.mark.parametrize("name", STAY)
def test_where_its_conditions_fail_an_integral_or_series_stays(name: str) -> None:
    written, point = STAY[name]
    assert at(closed(written), point) == at(written, point)


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_stays(name: str) -> None:
    assert closed(UNKNOWN[name]) == UNKNOWN[name]


def test_only_integrals_and_series_are_touched() -> None:
    inside = sp.Integral(sp.exp(-t), (t, 0, oo))
    assert closed(x + 2 * inside) == x + 2
    assert closed(x + sp.Sum(t, (t, 0, 3))) == x + sp.Sum(t, (t, 0, 3))
