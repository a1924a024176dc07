"""The solver behind the facts: what it says is entailed must be, and what may be is never denied."""

from fractions import Fraction

import pytest
import sympy as sp

from qedoc.algebra.satisfiable import Facts

t = sp.Symbol("t", integer=True, nonnegative=True)
T = sp.Symbol("T", integer=True, positive=True)
W = sp.Symbol("W", integer=True, nonnegative=True)
p = sp.Symbol("p", positive=True)
r = sp.Symbol("r", positive=True)
x, y = sp.symbols("x y", real=True)
angle = sp.pi * t / T


@pytest.mark.parametrize(
    ("facts", "entailed", "wrong_twin"),
    [
        ([], T > 0, T > 1),
        ([W < T], T - W >= 1, T - W >= 2),
        ([sp.Implies(x > 0, y > 1), x > 2], y > 1, y > 2),
        ([sp.Implies(x > 0, y > 1), y < 1], x <= 0, x < 0),
        ([t < T], t <= T - 1, t <= T - 2),
        ([t < T], t / T < 1, t / T < sp.Rational(1, 2)),
        ([], sp.cos(x) <= 1, sp.cos(x) < 1),
        ([2 * t <= T], sp.cos(angle) >= 0, sp.cos(angle) > 0),
        ([t < T], sp.cos(angle) > -1, sp.cos(angle) > 0),
        ([t > 0, t < T], sp.cos(angle) < 1, sp.cos(angle) < 0),
        ([t <= T], sp.sin(angle) >= 0, sp.sin(angle) > 0),
        ([t > 0, t < T], sp.sin(angle) > 0, sp.sin(angle) > sp.Rational(1, 2)),
        ([], r**x > 0, r**x > 1),
        ([r <= 1, x >= 0], r**x <= 1, r**x < 1),
        ([r >= 1, x >= 0], r**x >= 1, r**x > 1),
        ([r <= 1, x <= 0], r**x >= 1, r**x > 1),
        ([r >= 1, x <= 0], r**x <= 1, r**x < 1),
        ([x >= 0], sp.Pow(x, p) >= 0, sp.Pow(x, p) > 0),
        ([], sp.exp(x) >= 1 + x, sp.exp(x) > 1 + x),
        ([x < 0], sp.exp(x) < 1, sp.exp(x) < sp.Rational(1, 2)),
        ([sp.Eq(x, 0)], sp.Eq(sp.exp(x), 1), sp.Eq(sp.exp(x), 2)),
        ([x > 0], sp.gamma(x) > 0, sp.gamma(x) > 1),
        ([], sp.Ne(sp.gamma(x), 0), sp.gamma(x) > 0),
        ([y > 0, x >= 0], sp.uppergamma(y, x) > 0, sp.uppergamma(y, x) > 1),
        ([y > -1, x >= 0], sp.Ne(x + 1, 0), sp.uppergamma(y, x) > 0),
        ([sp.Eq(x, 0), y > 0], sp.Eq(sp.Pow(x, y), 0), sp.Eq(sp.Pow(x, y), 1)),
        ([sp.Eq(y, 0)], sp.Eq(sp.Pow(x, y), 1), sp.Eq(sp.Pow(x, y), 0)),
        ([sp.Eq(x, 0)], sp.Eq(x, 0), sp.Eq(sp.Pow(x, y), 0)),
        ([x > 0], sp.log(x) <= x - 1, sp.log(x) < x - 1),
        ([], sp.floor(x) <= x, sp.floor(x) < x),
        ([], sp.ceiling(x) < x + 1, sp.ceiling(x) < x + sp.Rational(1, 2)),
        ([], sp.Max(x, y) >= x, sp.Max(x, y) > x),
        ([], sp.Abs(x) >= x, sp.Abs(x) > x),
        ([x > 0], sp.Eq(sp.sign(x), 1), sp.Eq(sp.sign(x), 0)),
        ([], sp.pi > 3, sp.pi > sp.Rational(22, 7)),
        ([sp.Ne(x, 0)], sp.Eq(x * (1 / x), 1), sp.Eq(x + 1 / x, 1)),
        ([x > 0, y > x], 1 / y < 1 / x, 1 / y > 1 / x),
        ([], sp.tanh(x) < 1, sp.tanh(x) < sp.Rational(1, 2)),
        ([sp.Or(x > 1, x > 2)], x > 1, x > 2),
        ([], sp.Piecewise((1, x > 0), (2, True)) >= 1, sp.Piecewise((1, x > 0), (2, True)) >= 2),
    ],
)
def test_entailed_and_not(facts: list[sp.Basic], entailed: sp.Basic, wrong_twin: sp.Basic) -> None:
    known = Facts(facts)
    assert known.entails(entailed)
    assert not known.entails(wrong_twin)


def test_a_function_without_a_theory_is_unknown_but_the_same_each_time() -> None:
    facts = Facts()
    assert facts.decide(sp.gamma(x) > 0) is None
    assert facts.entails(sp.Eq(sp.gamma(x), sp.gamma(x), evaluate=False))
    assert not facts.entails(sp.Eq(sp.gamma(x), sp.gamma(y), evaluate=False))


def test_division_by_zero_has_no_known_value() -> None:
    """1/x at x = 0 may be anything to the solver, so nothing is concluded from it."""
    facts = Facts([sp.Eq(x, 0)])
    assert not facts.empty()
    assert facts.decide(1 / x > 0) is None


def test_conditions_go_when_the_block_ends() -> None:
    facts = Facts([x > 0])
    with facts.assuming(x < 1):
        assert facts.entails(x**2 < 1)
        with facts.assuming(x > 2):
            assert facts.empty()
    assert facts.conditions == (x > 0,)
    assert not facts.empty()
    assert not facts.entails(x**2 < 1)


def test_integers_are_not_reals() -> None:
    n = sp.Symbol("n", integer=True)
    assert Facts([n > 0, n < 1]).empty()
    assert not Facts([x > 0, x < 1]).empty()


def test_a_model_lies_in_the_domain() -> None:
    point = Facts([W < T, t > T, x > 3, p < x]).model([t, T, W, x, p])
    assert point is not None
    assert point[t] > point[T] > point[W] >= 0
    assert point[x] > 3
    assert 0 < point[p] < point[x]
    assert all(point[s] == int(point[s]) for s in (t, T, W))


def test_a_model_that_is_not_rational_is_rounded_or_refused() -> None:
    point = Facts([sp.Eq(x**2, 2), x > 0]).model([x])
    assert point is None or isinstance(point[x], Fraction)


def test_nan_in_a_piecewise_settles_nothing() -> None:
    guarded = sp.Piecewise((1, x > 0), (sp.nan, True))
    assert Facts([x <= 0]).decide(guarded > 0) is None
