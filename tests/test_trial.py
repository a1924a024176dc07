"""What runs alone can tell: right formulas of code that cannot be lifted, wrong ones, and those about which runs say nothing."""

from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp

from qedoc.claims.domain import Integers, Reals
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Parameter, Spec
from qedoc.enclose.enclosure import Undefined, compile
from qedoc.judge.black_box import points, trial
from qedoc.judge.check import check
from qedoc.judge.pair import Pair
from qedoc.judge.sharp import enclose_at
from qedoc.results.verdict import Verdict
from qedoc.search.code_constants import written

x, y, z = sp.symbols("x y z")

LOG_NORMAL = sp.log(sp.erf(x / sp.sqrt(2)) / 2 + sp.Rational(1, 2))
"""So near to 0 that it takes hundreds of bits to see any digit of it."""

CODE = '''
import jax
import jax.numpy as jnp


def hidden(x):
    """A square, behind a primitive that is not lifted."""
    return jax.lax.nextafter(x * x, x * x)


def rough(x):
    """The identity, all but hidden by rounding in float64 too."""
    return jax.lax.nextafter((x + 1e14) - 1e14, jnp.zeros_like(x))


def vanishing(x):
    """log(1 - exp(-x)), of which nothing is left beside 1 where x is large."""
    return jax.lax.nextafter(jnp.log(1 - jnp.exp(-x)), jnp.log(1 - jnp.exp(-x)))


def approximate(x):
    """exp(-x) to six digits."""
    y = jnp.exp(-x)
    return y * (1.0000001234567 + 2.3456789e-7 * jnp.sin(x * 1.2345678901) * 1.1234567891)


def wrong_approximate(x):
    """exp(-x) to three digits."""
    y = jnp.exp(-x)
    return y * (1.0012341234567 + 2.3456789e-7 * jnp.sin(x * 1.2345678901) * 1.1234567891)


def far(x):
    """1/x to ten digits: by way of coefficients for small x, and of a root for large ones."""
    near = (1.00000000001234 + 1.23456789012e-12 * jnp.sin(1.2345678901 * x)) / x
    return jnp.where(x < 10, near, 1 / jnp.sqrt(x**2 + 1e-9))


def tail(x):
    """log of the normal distribution function, far right, where it is -erfc(x / sqrt(2)) / 2 to a hundred digits."""
    return -jax.scipy.special.erfc(x / jnp.sqrt(2.0)) / 2


def asymptotic(x):
    """log(1 - Phi(x)) by the first terms of its asymptotic series."""
    return jnp.log(1 - 1 / x**2 + 3 / x**4 - 15 / x**6) - jnp.log(x) - x**2 / 2 - jnp.log(2 * jnp.pi) / 2


def series(x):
    """1/(1 + x) where its series is exact to the last bit."""
    return jnp.where(jnp.abs(x) < 1e-6, 1 - x + x**2, 1 / (1 + x))


def truncated(x):
    """x - log(1 + x), by four terms of its series where they are accurate to 1e-6."""
    return jnp.where(jnp.abs(x) < 0.01, x**2 * (1 / 2 - x * (1 / 3 - x / 4)), x - jnp.log1p(x))


def wide(x):
    """x - log(1 + x), by a series for which the neighbourhood is too wide."""
    return jnp.where(jnp.abs(x) < 0.9, x**2 * (1 / 2 - x * (1 / 3 - x / 4)), x - jnp.log1p(x))


def wrong_truncated(x):
    """A wrong coefficient of the series."""
    return jnp.where(jnp.abs(x) < 0.01, x**2 * (1 / 2 - x * (1 / 4 - x / 4)), x - jnp.log1p(x))


def shifted_near(x):
    """x, but a little more in a neighbourhood: there is no function of which this is a series."""
    return jnp.where(jnp.abs(x - 1) < 0.01, x + 1e-6, x)


def through_infinity(x):
    """x for x >= 0, at 0 by way of the inverse of 1/0."""
    return 1 / (1 / x)


def through_minus_infinity(x):
    """x for x >= 0, by way of the logarithm: that of 0 is minus infinity, of which exp is 0."""
    return jnp.exp(jnp.log(x))


def wrong_on_a_line(x, y):
    """x y + 1, but x where y is 0."""
    return jax.lax.nextafter(jnp.where(y == 0, x, x * y + 1), jnp.where(y == 0, x, x * y + 1))


def stepping(x):
    """x above 0.77, and 2 elsewhere."""
    return jax.lax.nextafter(jnp.where(x > 0.77, x, 2.0), jnp.where(x > 0.77, x, 2.0))


def wrong_at_a_point(x, y):
    """x y + 1, but 7 where x is 2 and y is 0."""
    return jax.lax.nextafter(jnp.where((y == 0) & (x == 2), 7, x * y + 1), jnp.where((y == 0) & (x == 2), 7, x * y + 1))


def scaled(x, scale=2.0, *, shift=False, axis=-1, keepdims=False, where=None):
    """x times half the scale, and 1 more where it is shifted."""
    y = x * scale / 2 + jnp.where(shift, 1.0, 0.0)
    return y[None] if keepdims else y


def counting(x):
    """x, counted up in steps of 1, with a limit that nobody reaches."""
    counted = jax.lax.while_loop(lambda k: k < x, lambda k: k + 1, jnp.zeros_like(jnp.asarray(x, dtype=float)))
    return jnp.where(x < 1.44115188075855872e17, counted, 0.0)


def holey(x):
    """No value at 1."""
    return (x**2 - 1) / (x - 1)
'''


@pytest.fixture(autouse=True)
def _targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "targets_of_trial.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))


def claim(name: str, formula: sp.Expr, domain: Reals | None = None, *, natural: bool = True) -> Spec:
    symbols = [Parameter(x, "x", domain or Reals(least=-100, most=100), "")]
    return Spec(target=f"targets_of_trial.{name}", formula=formula, symbols=symbols, natural=natural)


@pytest.mark.parametrize(("name", "formula"), [("hidden", x**2), ("approximate", sp.exp(-x)), ("holey", x + 1)])
def test_right_formulas_are_tested(name: str, formula: sp.Expr) -> None:
    result = trial(Pair(claim(name, formula), {}), Limits(max_points=100))
    assert result.verdict is Verdict.TESTED, result.reason
    assert result.runs > 20
    assert result.counterexample is None


@pytest.mark.parametrize(
    ("name", "formula"), [("hidden", -(x**2)), ("hidden", x**2 + 1), ("hidden", x**2 * sp.Rational(1001, 1000)), ("holey", x - 1)]
)
def test_wrong_formulas_are_refuted(name: str, formula: sp.Expr) -> None:
    result = trial(Pair(claim(name, formula), {}), Limits(max_points=100))
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.counterexample.ran != result.counterexample.documented


@pytest.mark.parametrize(("name", "formula"), [("rough", x), ("rough", x + sp.Rational(1, 10**9))])
def test_what_rounding_hides_is_not_decided(name: str, formula: sp.Expr) -> None:
    """Little is left of x beside 1e14, and nothing in float32: the runs differ from each other, right formula or not."""
    result = trial(Pair(claim(name, formula, Reals(above=0, below=1)), {}), Limits(max_points=100))
    assert result.verdict is Verdict.UNDECIDED
    assert "unclear because of rounding" in result.reason


@pytest.mark.parametrize(("sign", "verdict"), [(1, Verdict.TESTED), (-1, Verdict.REFUTED)])
def test_a_value_that_is_lost_beside_1_says_nothing(sign: int, verdict: Verdict) -> None:
    """Where x is large the runs give 0, and the formula a number that is smaller than any rounding: the other points decide."""
    formula = sp.log(1 - sp.exp(-x)) * sign
    assert trial(Pair(claim("vanishing", formula, Reals(above=0, most=60)), {}), Limits(max_points=100)).verdict is verdict


@pytest.mark.parametrize(
    ("name", "verdict"), [("wrong_on_a_line", Verdict.REFUTED), ("wrong_at_a_point", Verdict.UNDECIDED), ("right", Verdict.TESTED)]
)
def test_a_difference_on_a_line_is_followed_and_one_at_a_point_does_not_decide(name: str, verdict: Verdict) -> None:
    symbols = [Parameter(x, "x", Reals(least=-9, most=9), ""), Parameter(y, "y", Reals(least=-9, most=9), "")]
    formula = sp.Piecewise((x, sp.Eq(y, 0)), (x * y + 1, True)) if name == "right" else x * y + 1
    target = "wrong_on_a_line" if name == "right" else name
    spec = Spec(target=f"targets_of_trial.{target}", formula=formula, symbols=symbols, natural=True)
    result = trial(Pair(spec, {}), Limits(max_points=100))
    assert result.verdict is verdict, result.reason
    if result.counterexample is not None:
        assert result.counterexample.inputs["y"] == 0


def test_a_formula_with_values_beyond_all_doubles_is_compared_elsewhere() -> None:
    huge = sp.Piecewise((x**2, x < 50), (-(sp.Integer(10) ** 400), True))
    assert trial(Pair(claim("hidden", huge), {}), Limits(max_points=100)).verdict is Verdict.TESTED


def test_a_difference_at_one_point_is_not_seen_by_runs_alone() -> None:
    """A formula that is wrong at 1 alone is not refuted by runs; nor is it called tested."""
    wrong = sp.Piecewise((7, sp.Eq(x, 1)), (x**2, True))
    assert trial(Pair(claim("hidden", wrong), {}), Limits(max_points=100)).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(("relation", "verdict"), [(sp.Gt, Verdict.TESTED), (sp.Ge, Verdict.UNDECIDED)])
def test_the_end_of_a_branch_that_is_no_float_is_looked_at(relation: type[sp.Rel], verdict: Verdict) -> None:
    """The floats next to 0.77 lie on its two sides, and at neither of them a strict relation differs from one that is not."""
    formula = sp.Piecewise((x, relation(x, sp.Rational(77, 100))), (2, True))
    result = trial(Pair(claim("stepping", formula), {}), Limits(max_points=100))
    assert result.verdict is verdict, result.reason
    assert verdict is Verdict.TESTED or "differ at x=0.77" in result.reason


@pytest.mark.parametrize(
    ("name", "formula", "verdict", "reason"),
    [
        ("hidden", x**2, Verdict.TESTED, "the code could not be lifted: "),
        ("hidden", x**3, Verdict.REFUTED, "nextafter"),
        ("approximate", sp.exp(-x), Verdict.TESTED, "the code approximates"),
        ("wrong_approximate", sp.exp(-x), Verdict.REFUTED, "different values"),
        ("approximate", sp.exp(-x) + sp.Rational(1, 10**3), Verdict.REFUTED, "different values"),
        ("asymptotic", sp.log(sp.erfc(x / sp.sqrt(2)) / 2), Verdict.TESTED, "the code approximates"),
        ("asymptotic", sp.log(sp.erfc(x / sp.sqrt(2))), Verdict.REFUTED, ""),
        ("tail", LOG_NORMAL, Verdict.TESTED, "the code approximates"),
        ("tail", 2 * LOG_NORMAL, Verdict.REFUTED, ""),
        ("far", 1 / x, Verdict.TESTED, "the code approximates"),
        ("far", 1 / x + sp.Rational(1, 10**4), Verdict.REFUTED, "different values"),
        ("series", 1 / (1 + x), Verdict.TESTED, "the code approximates"),
        ("series", 1 / (1 - x), Verdict.REFUTED, "different values"),
        ("truncated", x - sp.log(1 + x), Verdict.TESTED, "the code approximates"),
        ("wide", x - sp.log(1 + x), Verdict.REFUTED, "different values"),
        ("wrong_truncated", x - sp.log(1 + x), Verdict.REFUTED, "different values"),
        ("shifted_near", x, Verdict.REFUTED, "different values"),
        ("through_infinity", x, Verdict.TESTED, "infinity"),
        ("through_infinity", x + 1, Verdict.REFUTED, "different values"),
        ("through_minus_infinity", x, Verdict.PROVED, "2 cells"),
        ("through_minus_infinity", sp.Piecewise((x, x > 0), (1, True)), Verdict.REFUTED, "different values"),
        ("holey", x + 1, Verdict.PROVED, "wherever formula and code have a value"),
        ("holey", x, Verdict.REFUTED, "different values"),
    ],
)
def test_the_claim_of_a_docstring(name: str, formula: sp.Expr, verdict: Verdict, reason: str) -> None:
    domain = {
        "through_infinity": Reals(least=0, most=100),
        "through_minus_infinity": Reals(least=0, most=100),
        "far": Reals(least=1, most=100),
        "tail": Reals(least=20, most=30),
        "asymptotic": Reals(least=20, most=90),
    }.get(name)
    kept = []
    result = check(claim(name, formula, domain), {}, Limits(max_points=100), lambda _: None, kept.append)
    assert result.verdict is verdict, result.reason
    assert reason in result.reason
    assert len(kept) == 1
    assert kept[0].verdict is not Verdict.REFUTED or verdict is Verdict.REFUTED


@pytest.mark.parametrize(("name", "verdict"), [("hidden", Verdict.UNSUPPORTED), ("holey", Verdict.UNDECIDED)])
def test_a_spec_states_its_domain_and_is_held_to_it(name: str, verdict: Verdict) -> None:
    """Where a spec declares a domain, code without a value in it leaves the claim open; and code that is not lifted is said to be so."""
    formula = x**2 if name == "hidden" else x + 1
    result = check(claim(name, formula, natural=False), {}, Limits(max_points=100), lambda _: None)
    assert result.verdict is verdict


def test_a_formula_that_leaves_out_what_matters_holds_for_the_defaults_alone() -> None:
    result = check(claim("scaled", x), {}, Limits(max_points=100), lambda _: None)
    assert result.verdict is Verdict.PROVED
    assert [finding.message for finding in result.findings if finding.kind == "default"] == [
        "the formula holds for the default scale=2.0 but not for scale=3.0: at x=1 the formula gives 1 and the code gives 1.5",
        "the formula holds for the default shift=False but not for shift=True: at x=1 the formula gives 1 and the code gives 2",
    ]


def test_a_formula_that_has_all_that_matters_has_no_such_finding() -> None:
    scale = Parameter(y, "scale", Reals(least=1, most=9), "")
    shift = sp.Piecewise((1, sp.Eq(z, 1)), (0, True))
    symbols = [Parameter(x, "x", Reals(), ""), scale, Parameter(z, "shift", Integers(least=0, most=1), "")]
    spec = Spec(target="targets_of_trial.scaled", formula=x * y / 2 + shift, symbols=symbols, natural=True)
    result = check(spec, {}, Limits(max_points=100), lambda _: None)
    assert result.verdict.holds
    assert [finding for finding in result.findings if finding.kind == "default"] == []


@pytest.mark.parametrize(("least", "beyond"), [(0, False), (2**21, True)])
def test_numbers_that_may_count_steps_are_used_only_where_there_are_no_others(least: int, beyond: bool) -> None:
    """A run of `counting` at the number in its code would not end. A domain without smaller numbers needs large ones."""
    spec = Spec(
        target="targets_of_trial.counting", formula=x, symbols=[Parameter(x, "x", Integers(least=least, most=2**62), "")], natural=True
    )
    pair = Pair(spec, {})
    pair.plan.learn((), written(pair.target))
    assert any(abs(number) > 2**50 for row in pair.plan.written() for number in row)
    rows = points(pair, Limits(max_points=100))
    assert rows
    assert any(abs(number) > 2**20 for row in rows for number in row) is beyond


def test_a_refuted_formula_is_not_held_against_other_values() -> None:
    result = check(claim("scaled", x + 1), {}, Limits(max_points=100), lambda _: None)
    assert result.verdict is Verdict.REFUTED
    assert [finding for finding in result.findings if finding.kind == "default"] == []


def test_many_values_are_each_known_to_the_digits_that_are_asked_for() -> None:
    """A jump at a point that no ball hits exactly, a value of which balls see no digit, an exact zero, and no value at all."""
    third = Fraction(1, 3)
    jump = compile(sp.Piecewise((0, x < third), (1, True)), [x])
    assert enclose_at(32, jump, [(third,), (third - Fraction(1, 2**200),), (Fraction(1),)]) == [1, 0, 1]
    tiny = compile(LOG_NORMAL, [x])
    (value,) = enclose_at(32, tiny, [(Fraction(20),)])
    assert value < 0
    assert value.rel_accuracy_bits() >= 32
    assert enclose_at(32, compile(1 + sp.cos(sp.pi * x), [x]), [(Fraction(1),)]) == [0]
    assert enclose_at(32, compile(1 / x + sp.log(x), [x]), [(Fraction(0),), (Fraction(-1),), (Fraction(1),)]) == [
        *[Undefined.UNDEFINED] * 2,
        1,
    ]
