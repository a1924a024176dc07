"""Enclosures hold the exact value: against mpmath at three times the precision, against exact arithmetic, and over boxes."""

import itertools
from collections.abc import Callable
from fractions import Fraction
from random import Random
from threading import Thread
from typing import Any

import mpmath
import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from qedoc.enclose import program, rules
from qedoc.enclose.enclosure import Enclosure, Undefined, at_precision, compile
from qedoc.enclose.values import number
from qedoc.errors import UnsupportedError
from qedoc.lift.literals import BallLiteral

x, y, z = sp.symbols("x y z")
k, n = sp.symbols("k n", integer=True)
BITS = 64
UNDEFINED = Undefined.UNDEFINED


def value(expression: Any, *point: Any, bits: int = BITS) -> Any:
    enclosure = compile(expression, (x, y, z)[: len(point)])
    result = enclosure(point, bits)
    if isinstance(expression, sp.Expr):
        (ball,) = in_balls(enclosure, [point], bits)
        assert result is not UNDEFINED or ball is UNDEFINED or is_in_doubt(ball), (result, ball)
        assert result is UNDEFINED or ball is not UNDEFINED, (result, ball)
        assert result is UNDEFINED or is_in_doubt(result) or is_in_doubt(ball) or ball.overlaps(arb(result)), (result, ball)
    return result


def in_balls(enclosure: Enclosure, rows: Any, bits: int = BITS) -> list[Any]:
    """The values at many points, from balls alone."""
    return enclosure.balls(at_precision(bits, lambda: [[arb(number(x)) for x in row] for row in rows]), bits)


def exactly(result: Any) -> Fraction:
    assert isinstance(result, fmpq), f"expected an exact rational, found {result!r}"
    return Fraction(int(result.p), int(result.q))


def is_in_doubt(result: Any) -> bool:
    return isinstance(result, arb) and not result.is_finite()


def fraction_of(number: Any) -> Fraction:
    sign, mantissa, exponent, _ = mpmath.mpf(number)._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


def encloses(result: Any, number: Any, bits: int) -> bool:
    """Whether a result holds an mpmath number that was computed with so many bits."""
    exact = fraction_of(number)
    error = abs(exact) * Fraction(1, 2 ** (bits - 30)) + Fraction(1, 2 ** (2 * bits))
    lower, upper = exact - error, exact + error
    near = arb(fmpq(lower.numerator, lower.denominator)).union(fmpq(upper.numerator, upper.denominator))
    return bool(arb(result).overlaps(near))


ANY, POSITIVE, UNIT, INSIDE = (-4, 4), (0, 5), (0, 1), (-1, 1)

FORMULAS: list[tuple[Any, Any]] = [
    (x**3 - 2 * x / 7 + 1, [ANY]),
    (x / (1 + y**2) - y / 3, [ANY, ANY]),
    (x ** sp.Rational(5, 3), [POSITIVE]),
    (x**-2, [POSITIVE]),
    (x**y, [POSITIVE, ANY]),
    (2**x, [ANY]),
    (sp.sqrt(x), [POSITIVE]),
    (1 / sp.sqrt(x**2 + 1), [ANY]),
    (sp.exp(x) - sp.exp(-y), [ANY, ANY]),
    (sp.log(x), [POSITIVE]),
    (sp.log(1 + x), [POSITIVE]),
    (sp.log(1 + sp.exp(x)), [ANY]),
    (sp.log(x, 10), [POSITIVE]),
    (sp.sin(x), [ANY]),
    (sp.cos(x), [ANY]),
    (sp.tan(x), [ANY]),
    (sp.cot(x), [POSITIVE]),
    (sp.sec(x), [ANY]),
    (sp.csc(x), [POSITIVE]),
    (sp.sin(sp.pi * x), [ANY]),
    (sp.cos(sp.pi * x / 3 + sp.pi / 7), [ANY]),
    (sp.tan(sp.pi * x), [ANY]),
    (sp.cot(sp.pi * x), [UNIT]),
    (sp.sinc(x), [ANY]),
    (sp.sinc(sp.pi * x), [ANY]),
    (sp.asin(x), [INSIDE]),
    (sp.acos(x), [INSIDE]),
    (sp.atan(x), [ANY]),
    (sp.acot(x), [POSITIVE]),
    (sp.asec(1 + x), [POSITIVE]),
    (sp.acsc(1 + x), [POSITIVE]),
    (sp.atan2(x, y), [ANY, ANY]),
    (sp.sinh(x), [ANY]),
    (sp.cosh(x), [ANY]),
    (sp.tanh(x), [ANY]),
    (sp.coth(x), [POSITIVE]),
    (sp.sech(x), [ANY]),
    (sp.csch(x), [POSITIVE]),
    (sp.asinh(x), [ANY]),
    (sp.acosh(1 + x), [POSITIVE]),
    (sp.atanh(x), [INSIDE]),
    (sp.acoth(1 + x), [POSITIVE]),
    (sp.asech(x), [UNIT]),
    (sp.acsch(x), [POSITIVE]),
    (sp.Abs(sp.sin(x)), [ANY]),
    (sp.sign(x) * sp.pi, [ANY]),
    (sp.floor(sp.pi * x), [ANY]),
    (sp.ceiling(sp.pi * x), [ANY]),
    (sp.frac(x), [ANY]),
    (sp.Mod(x, y), [ANY, POSITIVE]),
    (sp.Min(x, y, sp.sin(x)), [ANY, ANY]),
    (sp.Max(x, y, sp.sin(x)), [ANY, ANY]),
    (sp.pi * x + sp.E - sp.EulerGamma * x + sp.GoldenRatio / (1 + x**2) + sp.Catalan, [ANY]),
    (sp.gamma(x), [POSITIVE]),
    (sp.gamma(-x), [UNIT]),
    (sp.loggamma(x), [POSITIVE]),
    (sp.digamma(x), [POSITIVE]),
    (sp.polygamma(1, x), [POSITIVE]),
    (sp.polygamma(2, -x), [UNIT]),
    (sp.polygamma(3, x - 3), [UNIT]),
    (sp.zeta(x + 1), [POSITIVE]),
    (sp.zeta(x + 1, y), [POSITIVE, POSITIVE]),
    (sp.erf(x), [ANY]),
    (sp.erfc(x), [ANY]),
    (sp.erfi(x), [INSIDE]),
    (sp.erfinv(x), [INSIDE]),
    (sp.erfcinv(x), [UNIT]),
    (sp.Ei(x), [POSITIVE]),
    (sp.Ei(-x), [POSITIVE]),
    (sp.E1(x), [POSITIVE]),
    (sp.expint(y, x), [POSITIVE, POSITIVE]),
    (sp.li(x), [UNIT]),
    (sp.Li(x + 2), [POSITIVE]),
    (sp.Si(x), [ANY]),
    (sp.Ci(x), [POSITIVE]),
    (sp.Shi(x), [ANY]),
    (sp.Chi(x), [POSITIVE]),
    (sp.airyai(x), [ANY]),
    (sp.airybi(x), [ANY]),
    (sp.besselj(y, x), [POSITIVE, POSITIVE]),
    (sp.besseli(y, x), [POSITIVE, POSITIVE]),
    (sp.besselk(y, x), [POSITIVE, POSITIVE]),
    (sp.bessely(y, x), [POSITIVE, POSITIVE]),
    (sp.besselj(2, x), [ANY]),
    (sp.lowergamma(y, x), [POSITIVE, POSITIVE]),
    (sp.uppergamma(y, x), [POSITIVE, POSITIVE]),
    (sp.lowergamma(y, x) / sp.gamma(y), [POSITIVE, POSITIVE]),
    (sp.beta(x, y), [POSITIVE, POSITIVE]),
    (sp.betainc(x, y, 0, z), [POSITIVE, POSITIVE, UNIT]),
    (sp.betainc_regularized(x, y, z, 1), [POSITIVE, POSITIVE, UNIT]),
    (sp.factorial(x), [POSITIVE]),
    (sp.binomial(x, 3), [ANY]),
    (sp.binomial(x, y), [POSITIVE, POSITIVE]),
    (sp.RisingFactorial(x, 3), [ANY]),
    (sp.RisingFactorial(x, y), [POSITIVE, POSITIVE]),
    (sp.FallingFactorial(x, 3), [ANY]),
    (sp.FallingFactorial(x + 5, y), [POSITIVE, POSITIVE]),
    (sp.LambertW(x), [POSITIVE]),
    (sp.LambertW(-x / 3), [UNIT]),
    (sp.LambertW(-x / 3, -1), [UNIT]),
    (sp.polylog(2, x), [INSIDE]),
    (sp.hyper([y], [z], x), [ANY, POSITIVE, POSITIVE]),
    (sp.hyper([1, y], [z], x), [INSIDE, POSITIVE, POSITIVE]),
    (sp.hyper([], [y], x), [ANY, POSITIVE]),
    (sp.Sum(1 / (k**2 + y**2), (k, 1, 7)) + x, [ANY, ANY]),
    (sp.Product(1 + x / k, (k, 1, 5)), [POSITIVE]),
]


def reference(expression: Any, symbols: Any, point: list[Fraction], bits: int) -> Any:
    """mpmath's value of an expression at a point, computed with so many bits."""
    with mpmath.workprec(bits):
        numbers = [mpmath.mpf(a.numerator) / a.denominator for a in point]
        return +sp.lambdify(symbols, expression, _MODULES)(*numbers)


_MODULES: list[Any] = [
    {
        "betainc_regularized": lambda a, b, lower, upper: mpmath.betainc(a, b, lower, upper, regularized=True),
        "lowergamma": lambda s, t: mpmath.gammainc(s, 0, t),
        "uppergamma": mpmath.gammainc,
        "Li": lambda t: mpmath.li(t, offset=True),
        "erfcinv": lambda t: mpmath.erfinv(1 - t),
        "acsc": mpmath.acsc,
        "asec": mpmath.asec,
        "acoth": mpmath.acoth,
        "sinc": mpmath.sinc,
        "hyper": mpmath.hyper,
        "Mod": lambda a, b: a - b * mpmath.floor(a / b),
        "frac": lambda a: a - mpmath.floor(a),
    },
    "mpmath",
]


def points(ranges: list[tuple[int, int]], count: int = 4) -> list[list[Fraction]]:
    random = Random(len(ranges))
    return [[Fraction(random.randint(1, 996), 997) * (b - a) + a for a, b in ranges] for _ in range(count)]


@pytest.mark.parametrize(("formula", "ranges"), FORMULAS, ids=str)
def test_against_mpmath(formula: Any, ranges: list[tuple[int, int]]) -> None:
    """The enclosure holds mpmath's value, is tight, and is caught where it is wrong; a box about the point holds it too."""
    symbols = (x, y, z)[: len(ranges)]
    widths = [Fraction(b - a, 2000) for a, b in ranges]
    enclosure, twin = compile(formula, symbols), compile(-formula, symbols)
    for point in points(ranges):
        expected = reference(formula.replace(sp.Product, lambda *a: sp.Product(*a).doit()), symbols, point, 3 * BITS)
        result = enclosure(point, BITS)
        assert result is not UNDEFINED, point
        assert encloses(result, expected, 3 * BITS), (point, result, expected)
        assert isinstance(result, fmpq) or result.rel_accuracy_bits() > BITS - 30, (point, result)
        (ball,) = in_balls(enclosure, [point])
        assert encloses(ball, expected, 3 * BITS), (point, ball, expected)
        assert ball.rel_accuracy_bits() > BITS - 40, (point, ball)
        box = [_interval(a - width, a + width) for a, width in zip(point, widths, strict=True)]
        over = enclosure(box, BITS)
        assert over is not UNDEFINED, box
        assert is_in_doubt(over) or encloses(over, expected, 3 * BITS), (box, over, expected)
        if expected != 0:
            assert not encloses(twin(point, BITS), expected, 3 * BITS)
            assert not encloses(*in_balls(twin, [point]), expected, 3 * BITS)
            assert not encloses(result, expected * (1 + mpmath.mpf(2) ** -30), 3 * BITS)


@pytest.mark.parametrize(
    ("head", "other"), [(sp.sin, sp.cos), (sp.exp, sp.cosh), (sp.gamma, sp.digamma), (sp.tan, sp.tanh), (sp.erf, sp.erfc)], ids=str
)
def test_a_wrong_rule_is_caught(head: Any, other: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.RULES, head, rules.RULES[other])
    point = [Fraction(3, 7)]
    assert not encloses(compile(head(x), [x])(point), reference(head(x), [x], point, 192), 192)


EXACT: list[tuple[Any, list[Any], Any]] = [
    (sp.cos(sp.pi * x), [0], 1),
    (sp.cos(sp.pi * x), [Fraction(1, 2)], 0),
    (sp.cos(sp.pi * x), [Fraction(-1, 3)], Fraction(1, 2)),
    (sp.cos(sp.pi * x), [Fraction(2, 3)], Fraction(-1, 2)),
    (sp.cos(sp.pi * x), [7], -1),
    (sp.sin(sp.pi * x), [Fraction(1, 6)], Fraction(1, 2)),
    (sp.sin(sp.pi * x), [Fraction(7, 6)], Fraction(-1, 2)),
    (sp.sin(sp.pi * x), [Fraction(3, 2)], -1),
    (sp.tan(sp.pi * x), [Fraction(3, 4)], -1),
    (sp.tan(sp.pi * x), [5], 0),
    (sp.cos(2 * sp.pi * x + sp.pi), [Fraction(1, 2)], 1),
    (sp.cos(x), [0], 1),
    (sp.exp(x), [0], 1),
    (sp.log(x), [1], 0),
    (sp.log(1 + x), [0], 0),
    (sp.sqrt(x), [Fraction(9, 4)], Fraction(3, 2)),
    (x ** sp.Rational(-2, 3), [Fraction(8, 27)], Fraction(9, 4)),
    (x**y, [0, 0], 1),
    (x**y, [0, Fraction(1, 2)], 0),
    (x**y, [-2, 3], -8),
    (x**y, [1, Fraction(1, 7)], 1),
    (x**y, [4, Fraction(-3, 2)], Fraction(1, 8)),
    (sp.gamma(x), [5], 24),
    (sp.factorial(x), [0], 1),
    (sp.factorial2(x), [7], 105),
    (sp.factorial2(x), [6], 48),
    (sp.factorial2(x), [-1], 1),
    (sp.RisingFactorial(x, y), [-2, 3], 0),
    (sp.FallingFactorial(x, y), [5, 2], 20),
    (sp.binomial(x, y), [5, 2], 10),
    (sp.binomial(x, y), [-2, 3], -4),
    (sp.binomial(x, y), [3, 2000], 0),
    (sp.zeta(x), [-2], 0),
    (sp.sign(x), [-3], -1),
    (sp.Abs(x), [-3], 3),
    (sp.floor(x), [Fraction(-7, 2)], -4),
    (sp.ceiling(x), [Fraction(-7, 2)], -3),
    (sp.frac(x), [Fraction(-7, 4)], Fraction(1, 4)),
    (sp.Mod(x, y), [Fraction(7, 2), -2], Fraction(-1, 2)),
    (sp.Min(x, y, z), [3, 1, 2], 1),
    (sp.Max(x, y, z), [3, 1, 2], 3),
    (sp.sinc(x), [0], 1),
    (sp.atan2(x, y), [0, 2], 0),
    (sp.Heaviside(x), [0], Fraction(1, 2)),
    (sp.Heaviside(x, 1), [0], 1),
    (sp.Heaviside(x), [-1], 0),
    (sp.KroneckerDelta(x, y), [2, 2], 1),
    (sp.KroneckerDelta(x, y), [2, 3], 0),
    (sp.Float(0.1) * x, [1], Fraction(0.1)),
    (sp.Sum(k * x, (k, 1, y)), [Fraction(1, 2), 4], 5),
    (sp.Sum(k, (k, 1, x)), [0], 0),
    (sp.Sum(k, (k, 1, x)), [-3], Fraction(3)),
    (sp.Product(k, (k, 3, x)), [0], Fraction(1, 2)),
    (sp.Sum(sp.Sum(k * n, (n, 1, k)), (k, 1, x)), [3], 25),
    (sp.Sum(k * n, (n, 1, k), (k, 1, x)), [3], 25),
    (sp.lowergamma(y, x), [0, Fraction(1, 3)], 0),
    (sp.erf(x), [0], 0),
]


@pytest.mark.parametrize(("formula", "point", "expected"), EXACT, ids=str)
def test_exact(formula: Any, point: list[Any], expected: Any) -> None:
    assert exactly(value(formula, *point)) == expected


WITHOUT_VALUE: list[tuple[Any, list[Any]]] = [
    (1 / x, [0]),
    (y / x, [0, 0]),
    (1 / sp.sin(x), [0]),
    (1 / sp.sin(sp.pi * x), [3]),
    (sp.log(x), [0]),
    (sp.log(x), [-1]),
    (sp.log(1 + x), [-2]),
    (sp.log(x - sp.pi), [3]),
    (sp.sqrt(x), [-1]),
    (sp.sqrt(x - sp.pi), [3]),
    (x**y, [-8, Fraction(1, 3)]),
    (x**y, [0, -1]),
    (x**y, [0, Fraction(-1, 2)]),
    ((x - 4) ** sp.sqrt(y), [1, 2]),
    (x ** sp.Rational(-1, 2), [0]),
    (sp.tan(sp.pi * x), [Fraction(1, 2)]),
    (sp.sec(sp.pi * x), [Fraction(1, 2)]),
    (sp.asin(x), [2]),
    (sp.acos(x), [-2]),
    (sp.acosh(x), [Fraction(1, 2)]),
    (sp.atanh(x), [1]),
    (sp.acoth(x), [Fraction(1, 2)]),
    (sp.asec(x), [Fraction(1, 2)]),
    (sp.coth(x), [0]),
    (sp.atan2(x, y), [0, 0]),
    (sp.Mod(x, y), [1, 0]),
    (sp.gamma(x), [-1]),
    (sp.loggamma(x), [0]),
    (sp.loggamma(x), [Fraction(-3, 2)]),
    (sp.digamma(x), [0]),
    (sp.polygamma(2, x), [-4]),
    (sp.zeta(x), [1]),
    (sp.erfinv(x), [1]),
    (sp.erfcinv(x), [0]),
    (sp.li(x), [1]),
    (sp.Ei(x), [0]),
    (sp.Ci(x), [-1]),
    (sp.E1(x), [0]),
    (sp.besselk(0, x), [0]),
    (sp.uppergamma(x, y), [-1, 0]),
    (sp.LambertW(x), [-1]),
    (sp.LambertW(x, -1), [1]),
    (sp.Piecewise((sp.nan, x > 0), (1, True)), [1]),
    (sp.Piecewise((sp.oo, x > 0), (1, True)), [1]),
    (sp.Piecewise((1, x > 0)), [-1]),
    (sp.Piecewise((x, False), evaluate=False), [1]),
    (sp.Piecewise((1, sp.log(x) > 0), (2, True)), [-1]),
    (sp.Sum(1 / k, (k, -1, x)), [1]),
]


@pytest.mark.parametrize(("formula", "point"), WITHOUT_VALUE, ids=str)
def test_undefined(formula: Any, point: list[Any]) -> None:
    assert value(formula, *point) is UNDEFINED


@pytest.mark.parametrize(("s", "t"), [(1, -1), (2, Fraction(-1, 2)), (3, -2)])
def test_lower_gamma_of_a_negative_number(s: int, t: Fraction) -> None:
    found, expected = value(sp.lowergamma(y, x), t, s), reference(sp.lowergamma(y, x), (x, y), [Fraction(t), Fraction(s)], 3 * BITS)
    assert encloses(found, expected, 3 * BITS)
    assert not encloses(-found, expected, 3 * BITS)
    assert is_in_doubt(value(sp.lowergamma(y, x), t, Fraction(1, 2)))  # it is real for integers alone


LARGE_PARAMETERS: list[tuple[Any, list[Any]]] = [
    (sp.lowergamma(y, x) / sp.gamma(y), [1000, 1000]),  # where FLINT's own method takes seconds
    (sp.lowergamma(y, x) / sp.gamma(y), [999, Fraction(2001, 2)]),
    (sp.lowergamma(y, x) / sp.gamma(y), [1100, 1000]),
    (sp.betainc_regularized(x, y, 0, z), [8, Fraction(376206, 25), Fraction(21, 100)]),
    (sp.betainc_regularized(x, y, 0, z), [500, Fraction(301, 2), Fraction(77, 100)]),
    (sp.betainc_regularized(x, y, z, 1), [Fraction(1, 100), 90, Fraction(1, 50)]),
    (sp.betainc(x, y, 0, z), [40, 60, Fraction(2, 5)]),
]


@pytest.mark.parametrize("bits", [BITS, 512])
@pytest.mark.parametrize(("formula", "point"), LARGE_PARAMETERS, ids=str)
def test_incomplete_functions_of_large_parameters(formula: Any, point: list[Any], bits: int) -> None:
    found = arb(value(formula, *point, bits=bits))
    expected = reference(formula, (x, y, z)[: len(point)], [Fraction(a) for a in point], 3 * bits)
    assert encloses(found, expected, 3 * bits)
    assert found.rel_accuracy_bits() > bits // 2
    assert not encloses(found * (1 + arb(2) ** -20), expected, 3 * bits)


@pytest.mark.parametrize("formula", [sp.betainc_regularized(x, y, 0, z), sp.lowergamma(x, z)], ids=str)
def test_incomplete_functions_enclose_all_values_of_a_ball(formula: Any) -> None:
    wide = [arb(30, 1), arb(20, 1), arb(0.5, 0.125)]
    found = value(formula, *wide)
    for point in itertools.product((29, 31), (19, 21), (Fraction(3, 8), Fraction(5, 8))):
        assert found.contains(arb(value(formula, *point)))


IN_DOUBT: list[tuple[Any, list[Any]]] = [
    (1 / x, [arb(0, 1)]),
    (sp.log(x), [arb(0, 1)]),
    (sp.sqrt(x), [arb(0, 1)]),
    (x**y, [arb(0, 1), Fraction(1, 2)]),
    (x**y, [-1, arb(1, 0.1)]),
    (x**y, [0, arb(0, 1)]),
    (sp.tan(x), [arb(1.5, 0.5)]),
    (sp.asin(x), [arb(1, 0.5)]),
    (sp.gamma(x), [arb(-1, 0.5)]),
    (sp.atan2(x, y), [arb(0, 1), arb(0, 1)]),
    (sp.Mod(1, x), [arb(0, 1)]),
    (sp.Piecewise((1, x > 0), (sp.nan, True)), [arb(0, 1)]),
    (sp.Piecewise((1, 1 / x > 0), (2, True)), [arb(0, 1)]),
    (sp.Piecewise((1, x > 0)), [arb(0, 1)]),
    (sp.Piecewise((1, sp.And(x > 0, sp.log(y) > 0)), (2, True)), [arb(0, 1), -1]),
    (sp.Piecewise((1, sp.Or(x > 0, sp.log(y) > 0)), (2, True)), [arb(0, 1), -1]),
    (sp.Piecewise((1, sp.Xor(x > 0, 1 / x > 0)), (2, True)), [arb(0, 1)]),
    (sp.Piecewise((1, sp.Ne(1 / x, 5)), (2, True)), [arb(0, 1)]),
    (sp.Piecewise((1, 1 / x < sp.oo), (2, True)), [arb(0, 1)]),
    (sp.Piecewise((1, 1 / x <= 5), (2, True)), [arb(0, 1)]),
    (sp.Min(x, 1 / x), [arb(0, 1)]),
    (sp.atan(1 / x), [arb(0, 1)]),
    (sp.floor(1 / x), [arb(0, 1)]),
    (sp.sinc(1 / x), [arb(0, 1)]),
    (sp.sign(1 / x) + sp.Abs(1 / x), [arb(0, 1)]),
    ((1 / x) ** y, [arb(0, 1), 0]),
    (sp.Sum(x, (k, 1, sp.oo)), [1]),
    (sp.Sum(x, (k, 1, y)), [1, 10**9]),
    (sp.Sum(x, (k, 1, y)), [1, Fraction(1, 2)]),
]


@pytest.mark.parametrize(("formula", "point"), IN_DOUBT, ids=str)
def test_in_doubt(formula: Any, point: list[Any]) -> None:
    """Where the expression may be undefined in the box, it is neither called undefined nor given a finite ball."""
    assert is_in_doubt(value(formula, *point))


@pytest.mark.parametrize("head", [h for h in rules.RULES if isinstance(h, type) and issubclass(h, sp.Function)], ids=str)
def test_doubt_goes_through_functions(head: Any) -> None:
    """A function of what may be undefined may be undefined."""
    if issubclass(head, sp.Piecewise | sp.Heaviside | sp.KroneckerDelta | sp.hyper):
        return
    count = min(head.nargs) if head.nargs is not sp.S.Naturals0 else 2
    doubtful = 1 / (x - 1) + 1 / (x - 1) ** 2
    for position in range(count):
        arguments = [doubtful if i == position else sp.Rational(2, 7) for i in range(count)]
        expression = head(*arguments)
        assert is_in_doubt(value(expression, arb(1, 0.5))), expression


@pytest.mark.parametrize(
    ("formula", "point", "expected"),
    [
        (sp.asin(x), 1, sp.pi / 2),
        (sp.acos(x), -1, sp.pi),
        (sp.acosh(x), 1, sp.Integer(0)),
        (sp.asec(x), -1, sp.pi),
        (sp.acot(x), 0, sp.pi / 2),
        (sp.atan2(0, x, evaluate=False), -1, sp.pi),
        (sp.LambertW(x), 0, sp.Integer(0)),
        (sp.lowergamma(2, x), 0, sp.Integer(0)),
        (sp.expint(3, x), 0, sp.Rational(1, 2)),
        (sp.uppergamma(x, 0, evaluate=False), 3, sp.Integer(2)),
        (sp.li(x), 0, sp.Integer(0)),
    ],
    ids=str,
)
def test_at_the_ends_of_domains(formula: Any, point: int, expected: Any) -> None:
    result = arb(value(formula, point))
    assert result.is_finite()
    assert result.overlaps(arb(compile(expected, ())([])))


BETWEEN: list[tuple[Any, list[Any], Any, Any]] = [
    (sp.floor(x), [arb(2, 0.5)], 1, 2),
    (sp.ceiling(x), [arb(2, 0.5)], 2, 3),
    (sp.frac(x), [arb(2, 0.5)], 0, 1),
    (sp.sign(x), [arb(0, 1)], -1, 1),
    (sp.Abs(x), [arb(0, 1)], 0, 1),
    (x**2, [arb(0, 1)], 0, 1),
    (x**4, [arb(0.5, 1)], 0, 5.0625),
    (x**3, [arb(0, 1)], -1, 1),
    (sp.Min(x, 0), [arb(0, 1)], -1, 0),
    (sp.Max(x, 0), [arb(0, 1)], 0, 1),
    (sp.Mod(x, 3), [arb(3, 1)], 0, 3),
    (sp.Piecewise((1, x < 0), (2, x < sp.Rational(1, 2)), (5, True)), [arb(0, 0.25)], 1, 2),
    (sp.Piecewise((1, x < 0), (2, x < sp.Rational(1, 2)), (5, True)), [arb(0, 1)], 1, 5),
    (sp.Heaviside(x), [arb(0, 1)], 0, 1),
    (sp.acot(x), [arb(0, 1)], -1.5707, 1.5707),
    (sp.sqrt(x**2), [arb(0, 1)], 0, 1),
    (sp.sqrt(1 - sp.sin(x) ** 2), [arb(0, 10)], 0, 1),
    (sp.Abs(x) ** y, [arb(0, 1), Fraction(1, 3)], 0, 1),
    (sp.Abs(x) ** y, [arb(0, 1), arb(2, 1)], 0, 1),
]


@pytest.mark.parametrize(("formula", "point", "lower", "upper"), BETWEEN, ids=str)
def test_hulls(formula: Any, point: list[Any], lower: Any, upper: Any) -> None:
    """A box on which the expression has no single value gives the hull, and not much more."""
    result = arb(value(formula, *point))
    assert result.contains(arb(lower).union(upper).mid())
    assert result.overlaps(arb(lower))
    assert result.overlaps(arb(upper))
    assert float(result.lower()) > lower - 1e-4
    assert float(result.upper()) < upper + 1e-4


def test_a_wrong_hull_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    formula, box = sp.Piecewise((1, x < 0), (2, True)), arb(0, 1)
    assert arb(value(formula, box)).overlaps(arb(value(formula, 1)))
    monkeypatch.setattr(program, "hull", lambda known, found: known)
    assert not arb(value(formula, box)).overlaps(arb(value(formula, 1)))


def test_branches_that_are_not_taken_do_not_matter() -> None:
    partial = sp.Piecewise((1 / x + sp.log(x), x > 0), (y, True))
    assert value(partial, 0, 7) == 7
    assert value(partial, -1, 7) == 7
    assert value(partial, 1, 7) == 1


u = sp.Symbol("u")
INTEGRALS: list[tuple[Any, Any]] = [
    (sp.Integral(sp.exp(-(u**2)), (u, 0, x)), sp.sqrt(sp.pi) * sp.erf(x) / 2),
    (sp.Integral(u ** (y - 1) * sp.exp(-u), (u, 1, x)), sp.uppergamma(y, 1) - sp.uppergamma(y, x)),
    (sp.Integral(1 / (1 + u**2), (u, x, y)), sp.atan(y) - sp.atan(x)),
    (sp.Integral(sp.log(u), (u, 1, x)), x * sp.log(x) - x + 1),
    (sp.Integral(sp.sqrt(u), (u, 1, x)), sp.Rational(2, 3) * (x ** sp.Rational(3, 2) - 1)),
    (sp.Integral(sp.Abs(u - 1), (u, 0, x)), sp.Rational(1, 2) + (x - 1) ** 2 / 2),
    (sp.Integral(sp.Piecewise((u, u < 1), (1, True)), (u, 0, x)), x - sp.Rational(1, 2)),
    (sp.Integral(sp.Max(u, 1), (u, 0, x)), sp.Rational(1, 2) + x**2 / 2),
    (sp.Integral(sp.Piecewise((u, sp.And(u < 1, y > 0)), (1, True)), (u, 0, x)), x - sp.Rational(1, 2)),
]


@pytest.mark.parametrize(("formula", "closed"), INTEGRALS, ids=str)
def test_integrals(formula: Any, closed: Any) -> None:
    point = [Fraction(7, 3), Fraction(8, 5)]
    result, expected = value(formula, *point), arb(value(closed, *point))
    assert result.overlaps(expected)
    assert result.rel_accuracy_bits() > 30
    assert not result.overlaps(-expected)
    assert not result.overlaps(expected * (1 + arb(2) ** -25))


@pytest.mark.parametrize(
    "integrand",
    [1 / u, sp.log(u), sp.sqrt(u), u ** sp.Rational(1, 3), sp.log(u**2), sp.Mul(sp.sqrt(u), sp.sqrt(u), evaluate=False)],
    ids=str,
)
def test_integrals_over_points_without_value_are_in_doubt(integrand: Any) -> None:
    """The last one is complex on the way and real in the end."""
    assert is_in_doubt(value(sp.Integral(integrand, (u, -1, x)), 2))


def test_integrals_without_finite_bounds_are_in_doubt() -> None:
    assert is_in_doubt(value(sp.Integral(sp.exp(-u), (u, x, sp.oo)), 2))


def test_many_points_in_balls() -> None:
    """Undefined, exact, and in doubt for a ball but not for a rational: each point has its own answer."""
    enclosure = compile(sp.Piecewise((sp.log(y), x >= Fraction(1, 3)), (sp.Rational(1, 3) * sp.sqrt(x), True)), [x, y])
    third, twin, half = Fraction(1, 3), Fraction(1, 3) - Fraction(1, 2**60), Fraction(1, 2)
    rows = [(half, half), (half, -1), (half, 1), (-1, 1), (third, 1), (0, 1), (twin, 1)]
    found = in_balls(enclosure, rows)
    assert [found[k] for k in (1, 3)] == [UNDEFINED] * 2
    assert all(type(found[k]) is arb and found[k].is_finite() for k in (0, 2, 4, 5, 6))
    assert found[0].overlaps(-arb(2).log())
    assert found[2] == found[5] == 0
    assert found[4].contains(0)  # 1/3 is no ball without radius: either branch may be taken
    assert found[4].contains(arb(fmpq(1, 27)).sqrt().mid())
    assert found[6] > 0.19
    assert enclosure((third, 1)) == 0
    assert in_balls(enclosure, []) == []
    assert in_balls(compile(sp.Integer(7), []), [(), ()]) == [7, 7]


@pytest.mark.parametrize("order", [sp.Integer(2), k])
def test_a_rule_that_wants_an_integer_finds_it_in_a_ball(order: Any) -> None:
    (ball,) = compile(sp.besselj(order, x), [k, x]).balls([[arb(2), arb(fmpq(3, 2))]])
    assert ball.rel_accuracy_bits() > 40
    assert ball.overlaps(arb(fmpq(3, 2)).bessel_j(2))
    assert not ball.overlaps(arb(fmpq(3, 2)).bessel_j(3))


@pytest.mark.parametrize(("least", "chosen"), [(True, (2, 2, -1)), (False, (3, 3, 4))])
def test_the_extreme_of_two_is_one_of_them_or_holds_both(least: bool, chosen: tuple[int, ...]) -> None:
    enclosure = compile((sp.Min if least else sp.Max)(x, y), [x, y])
    rows = [(2, 3), (3, 2), (-1, 4)]
    assert [exactly(enclosure(row)) for row in rows] == list(chosen)
    assert in_balls(enclosure, rows) == list(chosen)
    wide, narrow = arb(2, 1), arb(fmpq(5, 2), fmpq(1, 10))
    both = enclosure([wide, narrow])
    assert both.contains(1 if least else 3)
    assert both.contains(arb("2.5"))
    assert not both.contains(3 if least else 1)
    assert is_in_doubt(enclosure([arb.nan(), 1]))


def test_constants_are_evaluated_once_for_each_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(expression: Any, context: Any) -> Any:
        return rules.Call(lambda a: asked.append(ctx.prec) or arb(a).gamma(), expression.args)

    monkeypatch.setitem(rules.RULES, sp.gamma, counted)
    enclosure = compile(x * sp.gamma(sp.Rational(1, 3)) + sp.Piecewise((sp.gamma(sp.Rational(1, 7)), y > 0), (0, True)), [x, y])
    for bits in (64, 64, 100, 64):
        enclosure([2, -1], bits)
    assert asked == [64, 100]
    enclosure([2, 1], 64)
    assert asked == [64, 100, 64]


def test_a_constant_without_value_is_undefined_each_time() -> None:
    enclosure = compile(x + sp.log(-sp.E, evaluate=False), [x])
    assert enclosure([1]) is UNDEFINED
    assert enclosure([1]) is UNDEFINED


def test_a_shared_part_of_branches_stays_lazy_and_is_evaluated_once() -> None:
    calls = []

    def opaque(name: str, index: int) -> tuple[Fraction, Fraction, Fraction]:
        calls.append(index)
        return Fraction(index), Fraction(0), Fraction(0)

    s = sp.Function("s")
    shared = 1 / (s(3, x) - 3 + x)
    formula = sp.Piecewise((shared + 1, x > 1), (shared + 2, x > 0), (0, True))
    enclosure = compile(formula, [x], opaque)
    assert exactly(enclosure([0])) == 0
    assert calls == []
    assert exactly(enclosure([2])) == Fraction(3, 2)
    assert exactly(enclosure([Fraction(1, 2)])) == 4
    assert exactly(compile(formula + shared, [x], opaque)([2])) == 2
    assert compile(formula + shared, [x], opaque)([0]) is UNDEFINED


def test_a_shared_part_without_value_is_undefined_in_every_branch() -> None:
    shared = sp.log(x)
    formula = sp.Piecewise((shared + 1, y > 1), (shared + 2, y > 0), (0, True))
    assert value(formula, -1, 2) is UNDEFINED
    assert value(formula, -1, Fraction(1, 2)) is UNDEFINED
    assert value(formula, -1, arb(1, 0.5)) is UNDEFINED
    assert is_in_doubt(value(formula, -1, arb(0, 0.5)))
    assert value(formula, -1, -1) == 0


def test_deeply_nested_choices() -> None:
    """Python nests 20 blocks and no more."""
    chain: Any = x
    for i in range(70):
        chain = sp.Piecewise((chain + i, y > i), (-chain, y > -i - 1), (0, True))
    expected = Fraction(2)
    for i in range(70):
        expected = expected + i if i < 40 else -expected
    assert exactly(value(chain, 2, 40)) == expected
    assert exactly(value(chain, 2, -100)) == 0


def test_long_sums_and_products() -> None:
    terms = sp.symbols("a0:3000")
    point = [Fraction(i + 1) for i in range(3000)]
    assert exactly(compile(sp.Add(*terms), terms)(point)) == sum(point)
    product = compile(sp.Mul(*terms[:300]), terms)(point)
    assert arb(product).overlaps(arb(300).fac())


def test_many_operands_and_deep_expressions() -> None:
    terms = sp.symbols("a0:3000")
    point = [Fraction(i + 1) for i in range(3000)]
    assert exactly(compile(sp.Min(*terms, evaluate=False), terms)(point)) == 1
    assert exactly(compile(sp.Max(*terms, evaluate=False), terms)(point)) == 3000
    deep: Any = x
    for _ in range(400):
        deep = sp.tanh(sp.Add(deep, 1, evaluate=False), evaluate=False)
    fixed = value(sp.sqrt(deep), 1)
    assert abs(float(fixed) ** 2 - 0.9611797513715394) < 1e-14


def test_rationals_do_not_explode() -> None:
    logistic: Any = x
    for _ in range(40):
        logistic = y * logistic * (1 - logistic)
    result = value(logistic, Fraction(1, 3), Fraction(7, 3), bits=256)
    assert isinstance(result, arb)
    assert result.is_finite()
    assert isinstance(value(x ** (10**30), Fraction(3, 2)), arb)
    assert exactly(value(x ** (10**30), -1)) == 1
    assert exactly(value(x ** (10**30 + 1), -1)) == -1
    assert exactly(value(x**y, 0, 10**30)) == 0


TRUTHS: list[tuple[Any, list[Any], bool | None]] = [
    (x < y, [1, 2], True),
    (x < y, [2, 2], False),
    (x <= y, [2, 2], True),
    (x > y, [arb(1, 0.25), arb(2, 0.25)], False),
    (x > y, [arb(1, 1), arb(2, 1)], None),
    (x < y, [arb(2) ** 100000, arb(2) ** 100000], False),
    (x <= y, [arb(2) ** 100000, arb(2) ** 100000], True),
    (sp.Eq(x, y), [2, 2], True),
    (sp.Ne(x, y), [2, 3], True),
    (sp.Eq(x, y), [arb(1, 0.5), 3], False),
    (sp.Eq(x, y), [arb(1, 0.5), 1], None),
    (sp.Eq(x, sp.sin(y)), [1, 1], False),
    (x < sp.oo, [1], True),
    (x > sp.oo, [1], False),
    (x < -sp.oo, [1], False),
    (sp.Ne(x, sp.oo, evaluate=False), [1], True),
    (sp.And(x > 0, y > 0), [1, -1], False),
    (sp.And(x > 0, sp.log(x) > 0), [-1], False),
    (sp.And(x < 0, sp.log(x) > 0), [-1], None),
    (sp.And(x > 0, y > 0), [arb(0, 1), 1], None),
    (sp.And(x > 0, y > 0), [arb(0, 1), -1], False),
    (sp.Or(x > 0, y > 0), [arb(0, 1), 1], True),
    (sp.Or(x > 0, y > 0), [arb(0, 1), -1], None),
    (sp.Or(x < 0, sp.log(x) > 0), [-1], True),
    (sp.Not(sp.Or(sp.And(x > 0, y > 0), sp.Eq(x, y))), [-1, 1], True),
    (sp.Xor(x > 0, y > 0), [1, 1], False),
    (sp.Xor(x > 0, y > 0), [1, -1], True),
    (sp.Xor(x > 0, y > 0), [1, arb(0, 1)], None),
    (sp.Equivalent(x > 0, y > 0), [-1, -1], True),
    (sp.Implies(x > 0, y > 0), [1, -1], False),
    (sp.Implies(x > 0, y > 0), [-1, -1], True),
    (sp.ITE(x > 0, y > 0, y < 0), [-1, -1], True),
    (sp.ITE(x > 0, y > 0, y < 0), [arb(0, 1), -1], None),
    (sp.ITE(x > 0, y > 0, y > -9), [arb(0, 1), 1], True),
    (sp.log(x) > 0, [-1], None),
    (sp.true, [], True),
    (sp.false, [], False),
]


@pytest.mark.parametrize(("condition", "point", "expected"), TRUTHS, ids=str)
def test_conditions(condition: Any, point: list[Any], expected: bool | None) -> None:
    assert value(condition, *point) is expected


def test_a_literal_is_its_ball() -> None:
    literal = BallLiteral(Fraction(1, 3), Fraction(1, 2**53))
    result = value(literal * x, 2)
    assert result.contains(fmpq(2, 3))
    assert result.contains(fmpq(2, 3) + fmpq(1, 2**53))
    assert not result.contains(fmpq(2, 3) + fmpq(1, 2**51))
    assert exactly(compile(literal * x, [x, literal])([2, 5])) == 10


def test_an_opaque_function_is_its_quadratic() -> None:
    s = sp.Function("s")
    formula = s(2, x) - s(1, x + 1)
    coefficients = {1: (Fraction(1), Fraction(2), Fraction(3)), 2: (Fraction(1, 2), Fraction(0), Fraction(5))}
    result = compile(formula, [x], lambda name, index: coefficients[index])([2])
    assert exactly(result) == Fraction(1, 2) + 5 * 4 - (1 + 2 * 3 + 3 * 9)


@pytest.mark.parametrize(
    ("formula", "named"),
    [
        (sp.Derivative(sp.Function("f")(x), x), "Derivative"),
        (sp.I * x, "ImaginaryUnit"),
        (x + sp.Symbol("w"), "symbol w"),
        (sp.Function("s")(1, x), "s(1, x)"),
        (sp.Integral(sp.Function("f")(u), (u, 0, x)), "f in"),
        (sp.Integral(u, u), "integrals over one interval"),
        (sp.Piecewise((sp.meijerg([[1], []], [[1], []], x), x > 0), (0, True)), "meijerg"),
    ],
)
def test_what_has_no_rule_is_named(formula: Any, named: str) -> None:
    with pytest.raises(UnsupportedError, match=named.replace("(", r"\(").replace(")", r"\)")):
        compile(formula, [x])


def test_other_types_of_values_are_refused() -> None:
    values: list[Any] = [0.1]
    with pytest.raises(TypeError, match=r"found 0\.1 of type float"):
        compile(x, [x])(values)


def test_precision_is_restored() -> None:
    before = ctx.prec
    enclosure = compile(sp.sqrt(x), [x])
    enclosure([2], 500)
    enclosure([-1], 500)
    with pytest.raises(TypeError):
        enclosure([1, 2], 500)
    assert ctx.prec == before


def test_threads_do_not_disturb_each_other() -> None:
    """The precision of flint is shared by all threads."""
    before = ctx.prec
    enclosure = compile(sp.exp(x), [x])
    accuracies: dict[int, list[int]] = {bits: [] for bits in (64, 128, 256, 512)}

    def run(bits: int) -> None:
        for _ in range(200):
            accuracies[bits].append(enclosure([1], bits).rel_accuracy_bits())

    threads = [Thread(target=run, args=(bits,)) for bits in accuracies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(bits - 8 < accuracy < bits + 8 for bits, found in accuracies.items() for accuracy in found)
    assert ctx.prec == before


alpha, p, t, T = sp.symbols("alpha p t T")
COSINE = (1 - alpha) * ((1 + sp.cos(sp.pi * sp.Min(t, T) / T)) / 2) ** p + alpha
COSINE_ENCLOSURE = compile(COSINE, (alpha, p, t, T))
fractions = st.fractions(min_value=-50, max_value=50, max_denominator=10**6)


@given(
    fractions,
    st.fractions(min_value=Fraction(1, 10**9), max_value=100),
    st.one_of(st.integers(0, 10**6), st.fractions(0, 10**6), st.fractions(0, Fraction(1, 10**30))),
    st.one_of(st.integers(1, 10**6), st.fractions(1, 10**6)),
    st.booleans(),
)
@settings(max_examples=500, deadline=None)
def test_cosine_is_finite_on_its_domain(a: Fraction, power: Fraction, step: Fraction, last: Fraction, near: bool) -> None:
    """Also where t is within 1e-30 of T, so that the base is a ball about zero."""
    at = last - step if near and step <= last else Fraction(step)
    result = COSINE_ENCLOSURE([a, power, at, last])
    assert isinstance(result, fmpq) or result.is_finite()
    if at >= last:
        assert exactly(result) == a


def test_cosine_at_zero_power() -> None:
    assert exactly(COSINE_ENCLOSURE([Fraction(1, 10), Fraction(13, 10), 7, 7])) == Fraction(1, 10)


# Random expressions, their exact meaning by a second evaluator, and boxes.


def held(head: Any) -> Callable[..., Any]:
    """The head applied as it stands: SymPy's own simplification is slow, and no part of the test."""
    return lambda *arguments: head(*arguments, evaluate=False)


add, times, power = held(sp.Add), held(sp.Mul), held(sp.Pow)
RATIONAL_UNARY: list[Callable[[Any], Any]] = [
    *(held(head) for head in (sp.Abs, sp.sign, sp.floor, sp.ceiling)),
    lambda a: power(a, sp.Integer(2)),
    lambda a: power(a, sp.Integer(-1)),
    lambda a: times(sp.Integer(-2), a),
]
RATIONAL_BINARY: list[Callable[[Any, Any], Any]] = [
    add,
    times,
    lambda a, b: add(a, times(sp.Integer(-1), b)),
    lambda a, b: times(a, power(b, sp.Integer(-1))),
    *(held(head) for head in (sp.Min, sp.Max, sp.Mod)),
]
REAL_UNARY: list[Callable[[Any], Any]] = [
    *RATIONAL_UNARY,
    *(held(head) for head in (sp.exp, sp.log, sp.sin, sp.atan, sp.erf, sp.gamma, sp.tanh)),
    lambda a: power(a, sp.Integer(3)),
    lambda a: power(a, sp.S.Half),
    lambda a: held(sp.cos)(times(sp.pi, a)),
    lambda a: held(sp.log)(add(sp.Integer(1), a)),
]
REAL_BINARY: list[Callable[[Any, Any], Any]] = [*RATIONAL_BINARY, lambda a, b: power(held(sp.Abs)(a), b), held(sp.atan2)]
RELATIONS = [sp.Lt, sp.Le, sp.Eq, sp.Ne]
CONNECTIVES = [sp.And, sp.Or, sp.Xor]


def tree(random: Random, depth: int, unary: list[Callable[[Any], Any]], binary: list[Callable[[Any, Any], Any]]) -> Any:
    """A random expression of x and y."""

    def number(depth: int, kinds: int = 10) -> Any:
        kind = random.randrange(kinds) if depth else 0
        if kind < 2:
            return random.choice([x, y, x, y, sp.Integer(random.randint(-3, 3)), sp.Rational(random.randint(-9, 9), 4)])
        if kind < 5:
            return random.choice(unary)(number(depth - 1, kinds))
        if kind < 8:
            return random.choice(binary)(number(depth - 1, kinds), number(depth - 1, kinds))
        pieces = [(number(depth - 1), condition(depth - 1)) for _ in range(random.randint(1, 2))]
        last = [(number(depth - 1), True)] if random.random() < 0.8 else []
        return sp.Piecewise(*pieces, *last, evaluate=False)

    def condition(depth: int) -> Any:
        if depth and random.random() < 0.4:
            return random.choice(CONNECTIVES)(condition(depth - 1), condition(depth - 1), evaluate=False)
        # SymPy folds a Piecewise out of a condition, so that there is none.
        return random.choice(RELATIONS)(number(depth, kinds=8), number(depth, kinds=8), evaluate=False)

    return number(depth)


seeds = st.integers(0, 2**64)
coordinates = st.one_of(st.integers(-3, 3).map(Fraction), *(st.fractions(-3, 3, max_denominator=n) for n in (8, 10**4)))

shares = st.fractions(0, 1, max_denominator=64)
Pair = tuple[Fraction, Fraction]


def compiled(seed: int) -> Any:
    """The enclosure of a random expression."""
    return compile(tree(Random(seed), 4, REAL_UNARY, REAL_BINARY), [x, y])


@given(seeds, coordinates, coordinates)
@settings(max_examples=300, deadline=None)
def test_more_precision_stays_inside(seed: int, a: Fraction, b: Fraction) -> None:
    enclosure = compiled(seed)
    coarse, fine = enclosure([a, b], 64), enclosure([a, b], 512)
    if coarse is UNDEFINED or fine is UNDEFINED:
        assert coarse is fine or is_in_doubt(coarse)
    elif not is_in_doubt(coarse):
        assert not is_in_doubt(fine)
        assert arb(coarse).overlaps(arb(fine))


@given(seeds, st.tuples(coordinates, coordinates), *[st.tuples(shares, shares)] * 2)
@settings(max_examples=500, deadline=None)
def test_a_box_holds_the_values_at_its_points(seed: int, corner: Pair, widths: Pair, place: Pair) -> None:
    enclosure = compiled(seed)
    box = [_interval(a, a + width) for a, width in zip(corner, widths, strict=True)]
    point = [a + u * width for a, width, u in zip(corner, widths, place, strict=True)]
    over, at = enclosure(box), enclosure(point, 256)
    if over is UNDEFINED:
        assert at is UNDEFINED
    elif not is_in_doubt(over):
        assert at is not UNDEFINED
        assert is_in_doubt(at) or arb(over).overlaps(arb(at))


def _interval(lower: Fraction, upper: Fraction) -> arb:
    return arb(fmpq(lower.numerator, lower.denominator)).union(fmpq(upper.numerator, upper.denominator))


class NoValueError(Exception):
    """The reference evaluation found no real value."""


def exact_value(expression: Any, point: dict[Any, Fraction]) -> Any:
    """The exact value of a rational expression, by direct recursion."""
    match expression:
        case sp.Symbol():
            return point[expression]
        case sp.Rational():
            return Fraction(int(expression.p), int(expression.q))
        case sp.logic.boolalg.BooleanTrue():
            return True
        case sp.logic.boolalg.BooleanFalse():
            return False
        case sp.Piecewise():
            for branch, condition in expression.args:
                if exact_value(condition, point):
                    return exact_value(branch, point)
            raise NoValueError
        case sp.And() | sp.Or():
            return _exact_connective(expression, point)
    if not expression.args:
        raise NoValueError
    arguments = [exact_value(a, point) for a in expression.args]
    return _EXACT[expression.func](*arguments)


def _exact_connective(expression: Any, point: dict[Any, Fraction]) -> bool:
    decisive = isinstance(expression, sp.Or)
    found = []
    for operand in expression.args:
        try:
            found.append(exact_value(operand, point))
        except NoValueError:
            found.append(None)
    if decisive in found:
        return decisive
    if None in found:
        raise NoValueError
    return not decisive


def _exact_power(a: Fraction, b: Fraction) -> Fraction:
    if a == 0 and b < 0:
        raise NoValueError
    return Fraction(a) ** int(b)


def _product(*factors: Fraction) -> Fraction:
    result = Fraction(1)
    for factor in factors:
        result *= factor
    return result


def _exact_mod(a: Fraction, b: Fraction) -> Fraction:
    if b == 0:
        raise NoValueError
    return a % b


_EXACT: dict[Any, Callable[..., Any]] = {
    sp.Add: lambda *terms: sum(terms, Fraction(0)),
    sp.Mul: _product,
    sp.Pow: _exact_power,
    sp.Abs: abs,
    sp.sign: lambda a: (a > 0) - (a < 0),
    sp.floor: lambda a: Fraction(a.__floor__()),
    sp.ceiling: lambda a: Fraction(a.__ceil__()),
    sp.Min: min,
    sp.Max: max,
    sp.Mod: _exact_mod,
    sp.Lt: lambda a, b: a < b,
    sp.Le: lambda a, b: a <= b,
    sp.Gt: lambda a, b: a > b,
    sp.Ge: lambda a, b: a >= b,
    sp.Eq: lambda a, b: a == b,
    sp.Ne: lambda a, b: a != b,
    sp.Not: lambda a: not a,
    sp.Xor: lambda *a: sum(a) % 2 == 1,
}


@given(seeds, coordinates, coordinates)
@settings(max_examples=300, deadline=None)
def test_rational_expressions_are_exact(seed: int, a: Fraction, b: Fraction) -> None:
    """Same value, and undefined at the same points, as direct recursion over the expression."""
    expression = tree(Random(seed), 5, RATIONAL_UNARY, RATIONAL_BINARY)
    result = compile(expression, [x, y])([a, b])
    try:
        expected = exact_value(expression, {x: a, y: b})
    except NoValueError:
        assert result is UNDEFINED
        return
    assert exactly(result) == expected
