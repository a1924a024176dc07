"""Equality: identities that are true are shown, and their wrong twins never."""

import pytest
import sympy as sp
from sympy import Abs, Max, Min, Piecewise, Rational, cos, cosh, exp, floor, log, pi, sin, sinh, sqrt, tan, tanh

from qedoc.algebra.analysis import totalise
from qedoc.algebra.satisfiable import Facts
from qedoc.prove.cells import Budget
from qedoc.prove.equality import Standing, compare, equal

x, y = sp.symbols("x y", real=True)
a, b, r, p = sp.symbols("a b r p", positive=True)
k = sp.Symbol("k", integer=True)
t = sp.Symbol("t", integer=True, nonnegative=True)
T = sp.Symbol("T", integer=True, positive=True)
I, alpha = sp.symbols("I alpha", real=True)
s = sp.Function("s", real=True)

IDENTITIES = [
    ((x + y) ** 2, x**2 + 2 * x * y + y**2, x**2 + x * y + y**2),
    (1 / (1 + x**2) + x**2 / (1 + x**2), sp.Integer(1), 1 / (1 + x**2)),
    (cos(x) ** 2 + sin(x) ** 2, sp.Integer(1), cos(x) ** 2 - sin(x) ** 2),
    (cos(2 * x), 2 * cos(x) ** 2 - 1, 2 * cos(x) ** 2 + 1),
    (sin(2 * x), 2 * sin(x) * cos(x), sin(x) * cos(x)),
    (cos(3 * x), 4 * cos(x) ** 3 - 3 * cos(x), 4 * cos(x) ** 3 + 3 * cos(x)),
    (sin(3 * x), 3 * sin(x) - 4 * sin(x) ** 3, 3 * sin(x) + 4 * sin(x) ** 3),
    (sin(-x), -sin(x), sin(x)),
    ((1 + cos(x)) / 2, cos(x / 2) ** 2, sin(x / 2) ** 2),
    (tan(x) * cos(x), sin(x), cos(x)),
    (sin(x) ** 4, (1 - cos(x) ** 2) ** 2, (1 - cos(x) ** 2)),
    (r ** (k + 1), r * r**k, r**2 * r**k),
    (r**x * r**y, r ** (x + y), r ** (x * y)),
    (r**x, exp(x * log(r)), exp(-x * log(r))),
    ((a * b) ** x, a**x * b**x, a**x * b),
    ((1 / r) ** x, r ** (-x), r**x),
    (4**x, 2 ** (2 * x), 2 ** (3 * x)),
    (6**x, 2**x * 3**x, 2**x + 3**x),
    (exp(x + y), exp(x) * exp(y), exp(x) + exp(y)),
    (exp(2 * x), exp(x) ** 2, exp(x) ** 3),
    (exp(x + 1), sp.E * exp(x), exp(x)),
    (log(r**2 * p), 2 * log(r) + log(p), 2 * log(r) - log(p)),
    (log(exp(x)), x, -x),
    (log(12), 2 * log(2) + log(3), log(2) + log(3)),
    (log(1 + exp(x)), x + log(1 + exp(-x)), log(1 + exp(-x))),
    (log(a / b), log(a) - log(b), log(a) + log(b)),
    (1 / (1 + exp(-x)), exp(x) / (1 + exp(x)), 1 / (1 + exp(x))),
    (tanh(x), 1 - 2 / (exp(2 * x) + 1), 1 - 2 / (exp(x) + 1)),
    (cosh(x) ** 2 - sinh(x) ** 2, sp.Integer(1), cosh(x) ** 2 + sinh(x) ** 2),
    (sqrt(a * b), sqrt(a) * sqrt(b), sqrt(a) + sqrt(b)),
    (sqrt(1 + x**2) ** 3, (1 + x**2) * sqrt(1 + x**2), sqrt(1 + x**2)),
    (x / sqrt(1 + x**2), x * sqrt(1 + x**2) / (1 + x**2), x * sqrt(1 + x**2)),
    (sqrt(8), 2 * sqrt(2), 3 * sqrt(2)),
    (exp(-(x**2) / 2) / sqrt(2 * pi), exp(-((x / sqrt(2)) ** 2)) / (sqrt(2) * sqrt(pi)), exp(x**2 / 2) / sqrt(2 * pi)),
    (floor(x + 1), floor(x) + 1, floor(x)),
    (floor((x - y) / a), floor(x / a - y / a), floor(x / a + y / a)),
    (s(1, x + x), s(1, 2 * x), s(2, 2 * x)),
    (sp.erf(x * 2), sp.erf(2 * x), sp.erf(x)),
    (sp.gamma(a + 1 - 1), sp.gamma(a), sp.gamma(a + 1)),
    (sp.erfc(-x) / 2, (1 + sp.erf(x)) / 2, (1 - sp.erf(x)) / 2),
    (sp.erf(y - x), -sp.erf(x - y), sp.erf(x - y)),
    (sp.erf(y) - sp.erf(x), sp.erfc(x) - sp.erfc(y), sp.erfc(y) - sp.erfc(x)),
    (
        exp(sp.loggamma(r / 2 + Rational(1, 2)) - sp.loggamma(r / 2)),
        sp.gamma((r + 1) / 2) / sp.gamma(r / 2),
        sp.gamma(r / 2) / sp.gamma((r + 1) / 2),
    ),
    (sp.gamma(r + 2), r * (r + 1) * sp.gamma(r), r**2 * sp.gamma(r)),
    (sp.beta(r, a), sp.gamma(r) * sp.gamma(a) / sp.gamma(r + a), sp.gamma(r) * sp.gamma(a) / sp.gamma(r - a)),
]


@pytest.mark.parametrize(("left", "right", "wrong"), IDENTITIES)
def test_identity_and_its_wrong_twin(left: sp.Expr, right: sp.Expr, wrong: sp.Expr) -> None:
    assert equal(left, right, (), Facts())
    assert not equal(left, wrong, (), Facts())


@pytest.mark.parametrize(
    ("left", "right", "condition"),
    [
        (sqrt(x * y), sqrt(x) * sqrt(y), sp.And(x >= 0, y >= 0)),
        (sp.Pow(x**2, p, evaluate=False), sp.Pow(x, 2 * p, evaluate=False), x >= 0),
        (log(x * y), log(x) + log(y), sp.And(x > 0, y > 0)),
        (log(x**2), 2 * log(x), x > 0),
        (cos(pi * t / (2 * T)) ** (2 * p), ((1 + cos(pi * t / T)) / 2) ** p, t <= T),
        ((x * y) ** p, x**p * y**p, sp.And(x >= 0, y >= 0)),
        (x, y, sp.And(x >= y, x <= y)),
        (sin(x) ** 2, Rational(1, 4), sp.Eq(sin(x), Rational(1, 2))),
        (exp(x) + x, 3 + x, sp.Eq(2 * exp(x), 6)),
        (x * exp(x), x * y, sp.Eq((exp(x) - y) / x, 0)),
        (sp.gamma(x + 1), x * sp.gamma(x), x > 0),
        (sp.loggamma(x), log(sp.gamma(x)), x > 0),
        (sp.beta(x, x), sp.gamma(x) ** 2 / sp.gamma(2 * x), x > 0),
    ],
)
def test_an_identity_that_needs_a_sign_is_shown_only_with_it(left: sp.Expr, right: sp.Expr, condition: sp.Basic) -> None:
    guards = condition.args if isinstance(condition, sp.And) else (condition,)
    assert equal(left, right, guards, Facts(guards))
    assert not equal(left, right, (), Facts())


@pytest.mark.parametrize(
    ("left", "right", "condition"),
    [
        (sin(x) ** 2, Rational(1, 2), sp.Eq(sin(x), Rational(1, 2))),
        (sin(x), -sin(x), sp.Eq(sin(x) ** 2, Rational(1, 4))),
        (exp(x), x, sp.Eq(exp(x), 3)),
        (x * exp(x), y, sp.Eq((exp(x) - y) / x, 0)),
    ],
)
def test_an_equality_shows_nothing_but_what_follows_from_it(left: sp.Expr, right: sp.Expr, condition: sp.Basic) -> None:
    assert not equal(left, right, (condition,), Facts((condition,)))


def standings(left: sp.Expr, right: sp.Expr, *facts: sp.Basic) -> set[Standing]:
    rulings = compare(totalise(left), totalise(right), Facts(facts), (I, alpha, p, T, t, x), Budget(200))
    return {ruling.standing for ruling in rulings}


CODE = I * ((1 - alpha) * (Rational(1, 2) * (1 + cos(pi * Min(t, T) / T))) ** p + alpha)


@pytest.mark.parametrize(
    "documented",
    [
        Piecewise((alpha * I + (1 - alpha) * I * ((1 + cos(pi * t / T)) / 2) ** p, t <= T), (alpha * I, True)),
        I * ((1 - alpha) * (cos(pi * Min(t, T) / T / 2) ** 2) ** p + alpha),
        I * ((1 - alpha) * cos(pi * Min(t, T) / T / 2) ** (2 * p) + alpha),
        I * ((1 - alpha) * Piecewise((exp(p * log((1 + cos(pi * t / T)) / 2)), t < T), (0, True)) + alpha),
        sp.expand(CODE),
    ],
)
def test_the_cosine_schedule_in_other_words(documented: sp.Expr) -> None:
    assert standings(documented, CODE) == {Standing.EQUAL}


@pytest.mark.parametrize(
    "documented",
    [
        I * (1 + cos(pi * Min(t, T) / T)) / 2 + alpha,
        I * ((1 - alpha) * ((1 + cos(pi * t / T)) / 2) ** p + alpha),
        I * ((1 - alpha) / 2 * (1 + cos(pi * Min(t, T) / T) ** p) + alpha),
        I * ((1 - alpha) * ((1 + cos(pi * Min(t, T + 1) / T)) / 2) ** p + alpha),
    ],
)
def test_the_cosine_schedule_told_wrongly(documented: sp.Expr) -> None:
    assert standings(documented, CODE) - {Standing.EQUAL}


def test_an_undefined_formula_is_not_equal() -> None:
    assert standings(x / x, sp.Integer(1)) == {Standing.EQUAL}  # SymPy itself cancels what the author wrote
    guarded = Piecewise((sp.Integer(1), sp.Ne(x, 0)), (sp.nan, True))
    assert standings(guarded, sp.Integer(1)) == {Standing.EQUAL, Standing.LEFT_UNDEFINED}
    assert standings(sp.Integer(1), guarded) == {Standing.EQUAL, Standing.RIGHT_UNDEFINED}
    assert standings(guarded, guarded) == {Standing.EQUAL, Standing.BOTH_UNDEFINED}
    assert standings(guarded, sp.Integer(1), x > 0) == {Standing.EQUAL}


def test_the_factors_of_a_long_number_are_not_waited_for() -> None:
    long = sp.Integer(2**521 - 1) * (2**607 - 1)
    assert equal(log(long * r), log(long) + log(r), (), Facts())
    assert not equal(log(long * r), log(long) - log(r), (), Facts())


def test_absolute_value_and_extremes() -> None:
    assert standings(((1 + cos(x)) / 2) ** p, (cos(x / 2) ** 2) ** p) == {Standing.EQUAL}
    assert standings(((1 + cos(x)) / 2) ** p, (sin(x / 2) ** 2) ** p) - {Standing.EQUAL}
    assert standings(Max(x, -x), Abs(x)) == {Standing.EQUAL}
    assert standings((x + Abs(x)) / 2, Max(x, 0)) == {Standing.EQUAL}
    assert standings((x - Abs(x)) / 2, Max(x, 0)) - {Standing.EQUAL}
