"""Plots show what a curve is for: by properties, by names and by the curve itself, and what the user asks for."""

from typing import Any

import pytest
import sympy as sp

from qedoc import Argument, Bounds, Integers, NonDecreasing, NonIncreasing, Parameter, Reals, Spec
from qedoc.config.views import view
from qedoc.errors import QedocError, SpecError
from qedoc.judge.plot_data import curve
from qedoc.judge.trajectory import curve as curve_of_spec
from qedoc.report.plot import axis
from qedoc.results.curve import Curve, View

I, P, E, W, T, t, x, a = sp.symbols("I P E W T t x a")


def drawn(spec: Spec, asked: View | None = None, at: Any = None) -> Curve:
    return curve(spec, {}, at, asked or View())


def heights(found: Curve) -> list[float]:
    return [y for line in found.formula for _, y in line]


def warmup(names: tuple[str, str, str], **more: Any) -> Spec:
    return Spec(
        target="plotted.warmup",
        formula=sp.Piecewise((I + (P - I) * t / W, t < W), (P + (E - P) * sp.Min(1, (t - W) / T), True)),
        symbols=[
            Parameter(I, names[0], Reals(), "first value"),
            Parameter(P, names[1], Reals(), "value after the warmup"),
            Parameter(E, names[2], Reals(), "last value"),
            Parameter(W, "warmup_steps", Integers(least=1), "steps of the warmup"),
            Parameter(T, "decay_steps", Integers(least=1), "steps of the decay"),
            Argument(t, "count", Integers(least=0), "the ``step``"),
        ],
        **more,
    )


def alone(formula: sp.Expr, target: str, *symbols: Any, **more: Any) -> Spec:
    return Spec(target=f"plotted.{target}", formula=formula, symbols=list(symbols) or [Parameter(x, "x", Reals(), "input")], **more)


@pytest.fixture(autouse=True)
def plotted(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module with the functions that are drawn."""
    text = (
        "import jax\nimport jax.numpy as jnp\n\n"
        "def warmup(init, peak, end, warmup_steps, decay_steps):\n"
        "    def value(count):\n"
        "        late = peak + (end - peak) * jnp.minimum(1, (count - warmup_steps) / decay_steps)\n"
        "        return jnp.where(count < warmup_steps, init + (peak - init) * count / warmup_steps, late)\n"
        "    return value\n\n"
        "def three(a, b, c, warmup_steps, decay_steps):\n    return warmup(a, b, c, warmup_steps, decay_steps)\n\n"
        "def softplus(x):\n    return jnp.logaddexp(x, 0.0)\n\n"
        "def density(x, df, scale=1.0):\n    return jnp.exp(-x**2 / (2 * scale**2 * df))\n\n"
        "def scaled(x, a):\n    return a * x\n"
    )
    (tmp_path / "plotted.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "plotted", raising=False)


def rises_then_falls(found: Curve) -> bool:
    values = heights(found)
    top = values.index(max(values))
    return 0 < top < len(values) - 1 and values[0] < max(values) > values[-1]


def test_a_warmup_rises_and_a_decay_falls_by_the_names_of_parameters() -> None:
    found = drawn(warmup(("init", "peak", "end")))
    assert rises_then_falls(found)
    assert found.variable == "count"
    assert {boundary.label for boundary in found.boundaries} >= {"warmup_steps"}


def test_a_warmup_rises_and_a_decay_falls_by_the_properties_of_the_claim() -> None:
    promises = [Bounds(upper=P, where=(I <= P, E <= P)), NonDecreasing(t, where=(t <= W, I <= P)), NonIncreasing(t, where=(t >= W, E <= P))]
    spec = warmup(("a", "b", "c"), properties=promises)
    object.__setattr__(spec, "target", "plotted.three")
    assert rises_then_falls(drawn(spec))


def test_the_shape_is_seen_on_both_sides_of_zero() -> None:
    found = drawn(alone(sp.log(1 + sp.exp(x)), "softplus"))
    assert found.formula[0][0][0] < -2
    assert found.formula[-1][-1][0] > 2


def test_a_density_is_drawn_along_its_argument_until_it_has_come_down() -> None:
    scale = sp.Symbol("s")
    formula = sp.exp(-(x**2) / (2 * scale**2 * a))
    symbols = [
        Parameter(a, "df", Reals(above=0), "degrees"),
        Parameter(scale, "scale", Reals(above=0), "width"),
        Parameter(x, "x", Reals(), "place"),
    ]
    found = drawn(alone(formula, "density", *symbols), View(at={"df": 9}))
    assert (found.variable, found.fixed) == ("x", {"df": 9, "scale": 1})
    values = heights(found)
    assert max(values[0], values[-1]) < 0.2 * max(values)


def test_a_counterexample_is_drawn_where_the_difference_can_be_seen() -> None:
    symbols = [Parameter(x, "x", Reals(), "input"), Parameter(a, "a", Reals(), "factor")]
    spec = alone(a * x + a**2 - a, "scaled", *symbols)  # right for a = 1, the value that is tried first
    found = drawn(spec, at={"x": 0, "a": 2})
    assert found.counterexample is not None
    height = max(heights(found)) - min(heights(found))
    assert abs(found.counterexample.documented - found.counterexample.actual) > 0.05 * height
    right = alone(a * x, "scaled", *symbols)
    assert drawn(right).counterexample is None


def test_the_user_chooses_values_and_range() -> None:
    symbols = [Parameter(x, "x", Reals(), "input"), Parameter(a, "a", Reals(least=0), "factor")]
    spec = alone(a * x, "scaled", *symbols, at={a: sp.Rational(1, 4)})
    assert curve_of_spec(spec, {}, None).fixed == {"a": 0.25}
    found = curve_of_spec(spec, {}, None, view(["a=3"], "-1, 2", "--"))
    assert found.fixed == {"a": 3}
    assert (found.formula[0][0][0], found.formula[-1][-1][0]) == (-1, 2)
    assert curve_of_spec(alone(a * x, "scaled", *symbols), {}, None, view(["x=2"], "")).variable == "a"
    with pytest.raises(QedocError, match=r"a value of 'y', which is no input of the formula; it has x, a"):
        curve_of_spec(spec, {}, None, view(["y=3"], ""))
    with pytest.raises(QedocError, match=r"at a=-1, and no point of the domain has these values"):
        curve_of_spec(spec, {}, None, view(["a=-1"], ""))


def test_a_spec_says_at_which_symbols_it_is_drawn() -> None:
    with pytest.raises(SpecError, match=r"at= gives a value to T, which is not declared; declared symbols: x"):
        alone(x, "softplus", at={T: 1})


@pytest.mark.parametrize(
    ("at", "span", "message"),
    [
        (["y="], "", "--at 'y=': expected values such as x=1, y=0.5 or b=[1, 2], found 'y='"),
        (["y"], "", "found 'y'"),
        (["y=1/0"], "", "y: expected a number such as 2, 0.5 or 1/3, found '1/0'"),
        (["y=one"], "", "found 'one'"),
        (["y=1, y=2"], "", "y has two values; give one"),
        ([], "4, -4", "--range '4, -4': the first number must be less than the second; write -4, 4"),
        ([], "1", "--range '1': expected two numbers, such as -4, 4"),
        ([], "a, b", "expected a number such as 2, 0.5 or 1/3, found 'a'"),
    ],
)
def test_values_and_ranges_that_are_none_are_refused(at: list[str], span: str, message: str) -> None:
    with pytest.raises(QedocError) as caught:
        view(at, span, "--")
    assert message in str(caught.value)


def test_values_may_be_lists_and_fractions() -> None:
    assert view(["b=[10, 2.5], a=1/3", "c=2"], " -4 4 ") == View(at={"b": [10, 2.5], "a": "1/3", "c": 2}, span=(-4.0, 4.0))


def test_axis_is_said_in_words() -> None:
    assert axis(drawn(warmup(("init", "peak", "end")))) == "the step (count)"
