"""From a spec to a verdict, with the real Optax: what is right is proved, what is wrong is refuted, what is neither says so."""

from code import InteractiveInterpreter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import pytest
import sympy as sp
from sympy import Min, Piecewise, cos, pi, symbols
from verdicts import spec, told

from qedoc.claims.domain import Integers, Reals
from qedoc.claims.limits import Limits
from qedoc.claims.properties import Bounds, NonIncreasing
from qedoc.claims.spec import Argument, Parameter, Spec, Variable
from qedoc.errors import SpecError, TargetError
from qedoc.judge.check import check, describe, lifted
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.specfiles import sizes

I, T, alpha, p, t, x = symbols("I T alpha p t x")

TEXT: Any = "x"  # a formula is an expression; people write texts
FEW = Limits(max_points=120)


def checked(claim: Spec) -> CaseResult:
    return check(claim, sizes(claim)[-1], FEW, lambda _: None)


def cosine(formula: sp.Expr, *properties: object, decay: Integers | None = None) -> Spec:
    return Spec(
        target="optax.cosine_decay_schedule",
        formula=formula,
        symbols=[
            Parameter(I, "init_value", Reals(), "initial value"),
            Parameter(T, "decay_steps", decay or Integers(above=0), "steps of the decay"),
            Parameter(alpha, "alpha", Reals(), "final over initial value"),
            Argument(t, "count", Integers(least=0), "step"),
        ],
        properties=properties,
    )


RIGHT = I * ((1 - alpha) * (1 + cos(pi * Min(t, T) / T)) / 2 + alpha)
ARTICLE = I * (1 + cos(pi * Min(t, T) / T)) / 2 + alpha


def test_the_cosine_schedule_is_proved() -> None:
    result = checked(cosine(RIGHT, NonIncreasing(t, where=(I >= 0, alpha >= 0, alpha <= 1))))
    assert result.verdict is Verdict.PROVED
    assert result.counterexample is None
    assert result.cells >= 2
    assert result.paths == 1
    assert {a.dtype for a in result.accuracy} == {"float32", "float64", "bfloat16"}
    assert [r.verdict for r in result.properties] == [Verdict.PROVED]


def test_the_formula_of_the_article_is_refuted_with_small_numbers_that_the_code_confirms() -> None:
    result = checked(cosine(ARTICLE))
    assert result.verdict is Verdict.REFUTED
    found = result.counterexample
    assert found is not None
    assert set(found.inputs) == {"init_value", "decay_steps", "alpha", "count"}
    assert found.documented != found.actual
    assert found.ran == pytest.approx(float(found.actual), rel=1e-12)
    printed: list[float] = []
    InteractiveInterpreter({"print": lambda value: printed.append(float(value))}).runsource(found.call)  # as a reader pastes it
    assert printed[0] == pytest.approx(float(found.actual), rel=1e-6)


def test_a_broken_promise_is_refuted_even_if_the_formula_is_right() -> None:
    result = checked(cosine(RIGHT, NonIncreasing(t), Bounds(upper=I)))
    assert result.verdict is Verdict.PROVED
    assert [r.verdict for r in result.properties] == [Verdict.REFUTED, Verdict.REFUTED]
    assert all(r.counterexample for r in result.properties)


def test_rounding_never_refutes() -> None:
    """At a million steps float32 loses every digit of 1 + cos near the end."""
    result = checked(cosine(RIGHT, decay=Integers(least=10**6, most=10**6)))
    assert result.verdict is Verdict.PROVED
    float32 = next(a for a in result.accuracy if a.dtype == "float32")
    assert float32.ulps > 100


def test_code_that_raises_in_the_domain_is_a_domain_finding_and_not_proved() -> None:
    result = checked(cosine(Piecewise((RIGHT, T > 0), (I, True)), decay=Integers(least=0)))
    assert result.verdict is Verdict.UNDECIDED
    assert any(f.kind == "domain" and "raises ValueError" in f.message for f in result.findings)
    assert result.counterexample is None


def test_code_that_accepts_more_than_the_domain_is_a_domain_finding() -> None:
    result = checked(cosine(RIGHT))
    assert result.verdict is Verdict.PROVED
    accepted = [f for f in result.findings if f.kind == "domain"]
    assert any("count=-1" in f.message for f in accepted)
    assert not any("decay_steps" in f.message for f in accepted)  # Optax refuses those


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("optax.cosine_decay_shedule", "cosine_decay_schedule"),
        ("no_such_package.f", "no module named"),
        ("optax.__version__", "not callable"),
        ("jax.nn.relu", "no parameter"),
    ],
)
def test_a_target_that_does_not_fit_is_refused_at_the_spec(target: str, message: str) -> None:
    claim = Spec(target=target, formula=I, symbols=[Parameter(I, "init_value", Reals(), "")])
    with pytest.raises(TargetError, match=message) as caught:
        check(claim, {}, FEW, lambda _: None)
    assert caught.value.location is not None
    assert Path(caught.value.location.path).name == "test_check.py"


def test_an_empty_domain_is_refused() -> None:
    with pytest.raises(SpecError, match="the domain is empty"):
        checked(cosine(RIGHT, decay=Integers(above=0, below=1)))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: cosine(RIGHT + x), "undeclared symbol x"),
        (lambda: Spec(target="a.b", formula=x, symbols=[Parameter(x, "x", Reals(), ""), Parameter(x, "y", Reals(), "")]), "declared twice"),
        (lambda: Spec(target="a.b", formula=x, symbols=[Parameter(x, "x", Reals(), "")], bind={"x": 1}), "bound twice"),
        (lambda: Spec(target="a.b", formula=TEXT, symbols=[]), "undeclared symbol"),
        (lambda: cosine(RIGHT, Bounds(lower=x)), "undeclared symbol x"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused_where_it_stands(build: Callable[[], Spec], message: str) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        build()
    assert caught.value.location is not None
    assert caught.value.location.line > 1


def test_an_unknown_primitive_is_named() -> None:
    claim = Spec(target="jax.lax.nextafter", formula=x, symbols=[Parameter(x, "x1", Reals(), "")], bind={"x2": 1.0})
    result = check(claim, {}, FEW, lambda _: None)
    assert result.verdict is Verdict.UNSUPPORTED
    assert "nextafter" in result.reason


def test_a_number_beside_a_symbol_as_key_is_not_proved() -> None:
    """A dict with the keys b and 5 has one entry where b is 5; the lifter cannot see that look-up."""
    b = symbols("b")
    claim = Spec(
        target="optax.piecewise_constant_schedule",
        formula=Piecewise((1, t < 5), (2, True)) * Piecewise((1, t < b), (3, True)),
        symbols=[
            Parameter(I, "init_value", Integers(least=1, most=1), ""),
            Variable(b, Integers(least=0), ""),
            Argument(t, "count", Integers(least=0), ""),
        ],
        bind={"boundaries_and_scales": {5: 2, b: 3}},
    )
    assert check(claim, {}, FEW, lambda _: None).verdict is not Verdict.PROVED


def test_a_claim_describes_itself() -> None:
    described = describe(spec("optax.cosine_decay_schedule"))
    assert r"\min" in described.formula.latex.lower() or r"\operatorname{min}" in described.formula.latex.lower()
    assert {"jax", "optax", "sympy", "qedoc"} <= set(described.versions)
    assert {entry.name for entry in described.symbols} >= {"init_value", "decay_steps", "alpha", "exponent", "count"}


def test_code_is_read_without_a_spec() -> None:
    formula = lifted("jax.numpy.square", None)
    assert formula.sympy == "x**2"


def test_a_wrong_formula_about_an_opaque_part_is_refuted() -> None:
    join = spec("optax.join_schedules")
    s = sp.Function("s")
    wrong = told(join, s(1, t))
    result = check(wrong, {"n": 2}, FEW, lambda _: None)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert "lambda x:" in result.counterexample.call


def by_lgamma(x: Any) -> Any:
    """Code that is lifted, but has a primitive without a rounding rule."""
    return jax.lax.lgamma(x) - jax.lax.lgamma(x) + x


def by_sine(x: Any) -> Any:
    return jnp.sin(x) - jnp.sin(x) + x


@pytest.mark.parametrize(("function", "said"), [(by_lgamma, "runs were not cross-checked: no rounding rule for lgamma"), (by_sine, "")])
def test_a_proof_whose_runs_cannot_be_cross_checked_says_so(function: Callable[..., Any], said: str) -> None:
    x = sp.Symbol("x")
    found = check(
        Spec(target=f"{__name__}.{function.__name__}", formula=x, symbols=[Parameter(x, "x", Reals(above=0), "point")]), {}, FEW, print
    )
    assert found.verdict is Verdict.PROVED, found.reason
    assert ("not cross-checked" in found.reason) == bool(said)
    assert said in found.reason
