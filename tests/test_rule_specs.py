"""Tests of rules in the spec language: how they are checked, what they promise, and mistakes in them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from hypothesis import given, settings

from qedoc import Bounds, FixedPoint, Homogeneous, NonIncreasing, Parameter, Reals, Rule, Spec, Value
from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.limits import Limits
from qedoc.errors import QedocError, SpecError
from qedoc.judge.check import check, curve, describe
from qedoc.judge.lifting import lifted
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.specfiles import find, load, sizes
from qedoc.strategies import Inputs, inputs

t, alpha, mu, beta, epsilon, lamda = sp.symbols("t alpha mu beta varepsilon lambda")
m, v, u, g, theta, w = (sp.IndexedBase(name) for name in ("m", "v", "u", "g", "theta", "w"))

RATE = Parameter(alpha, "learning_rate", Reals(above=0), "learning rate")
MOMENTUM = Parameter(mu, "momentum", Reals(least=0, below=1), "decay rate")
LINES = {m[t]: g[t] + mu * m[t - 1], u[t]: -alpha * m[t]}


def momentum(**changes: Any) -> Spec:
    """The rule of SGD with momentum, with some parts changed."""
    own = {"target": "optax.sgd", "symbols": [RATE, MOMENTUM], **{k: x for k, x in changes.items() if k in Spec.__slots__}}
    rule = {"output": u[t], "gradient": g[t], "lines": LINES, "start": {m[0]: 0}}
    return Spec(formula=Rule(**rule | {k: x for k, x in changes.items() if k not in own}), **own)


def judged(spec: Spec) -> CaseResult:
    return check(spec, sizes(spec)[-1], Limits(max_points=100), lambda _: None)


class TestVerdicts:
    """A rule of a spec is judged like that of a docstring."""

    @pytest.mark.parametrize(
        ("lines", "verdict"),
        [
            (LINES, Verdict.PROVED),
            ({u[t]: -alpha * m[t], m[t]: g[t] + mu * m[t - 1]}, Verdict.PROVED),
            ({m[t]: alpha * g[t] + mu * m[t - 1], u[t]: -m[t]}, Verdict.PROVED),
            ({m[t]: g[t] - mu * m[t - 1], u[t]: -alpha * m[t]}, Verdict.REFUTED),
            ({m[t]: g[t] + mu * m[t - 1], u[t]: alpha * m[t]}, Verdict.REFUTED),
            ({m[t]: (1 - mu) * g[t] + mu * m[t - 1], u[t]: -alpha * m[t]}, Verdict.REFUTED),
            ({m[t]: g[t] + mu * m[t - 1], u[t]: -alpha * m[t - 1]}, Verdict.REFUTED),
            ({m[t]: g[t] + mu**t * m[t - 1], u[t]: -alpha * m[t]}, Verdict.REFUTED),
        ],
    )
    def test_lines(self, lines: dict[Any, Any], verdict: Verdict) -> None:
        result = judged(momentum(lines=lines))
        assert result.verdict is verdict, result.reason
        if result.counterexample is not None:
            updates = result.counterexample.inputs["updates"]
            assert isinstance(updates, list)
            assert len(updates) <= 2

    @pytest.mark.parametrize(("start", "verdict"), [(0, Verdict.PROVED), (1, Verdict.REFUTED), (g[1], Verdict.REFUTED)])
    def test_starts(self, start: Any, verdict: Verdict) -> None:
        assert judged(momentum(start={m[0]: start})).verdict is verdict

    @pytest.mark.parametrize(
        ("changes", "verdict"),
        [
            ({"output": theta[t], "parameters": theta[t - 1], "sign": -1}, Verdict.PROVED),
            ({"output": theta[t], "parameters": theta[t - 1], "sign": 1}, Verdict.REFUTED),
        ],
    )
    def test_parameters_as_output(self, changes: dict[str, Any], verdict: Verdict) -> None:
        lines = {m[t]: g[t] + mu * m[t - 1], theta[t]: theta[t - 1] + changes.pop("sign") * alpha * m[t]}
        assert judged(momentum(lines=lines, **changes)).verdict is verdict

    @pytest.mark.parametrize("place", [t, t - 1])
    @pytest.mark.parametrize(("sign", "verdict"), [(1, Verdict.PROVED), (-1, Verdict.REFUTED)])
    def test_parameters_before_the_step(self, place: sp.Expr, sign: int, verdict: Verdict) -> None:
        spec = Spec(
            target="optax.lion",
            formula=Rule(
                output=u[t],
                gradient=g[t],
                lines={
                    m[t]: beta * m[t - 1] + (1 - beta) * g[t],
                    u[t]: -alpha * (sp.sign(mu * m[t - 1] + (1 - mu) * g[t]) + sign * lamda * theta[place]),
                },
                start={m[0]: 0},
                parameters=theta[place],
            ),
            symbols=[
                RATE,
                Parameter(mu, "b1", Reals(least=0, below=1), ""),
                Parameter(beta, "b2", Reals(least=0, below=1), ""),
                Parameter(lamda, "weight_decay", Reals(above=0), ""),
            ],
        )
        assert judged(spec).verdict is verdict

    @pytest.mark.parametrize(("start", "verdict"), [(0, Verdict.REFUTED), (g[1], Verdict.PROVED)])
    def test_the_gradient_before_the_first_step(self, start: Any, verdict: Verdict) -> None:
        spec = Spec(
            target="optax.optimistic_gradient_descent",
            formula=Rule(output=u[t], gradient=g[t], lines={u[t]: -alpha * (g[t] + beta * (g[t] - g[t - 1]))}, start={g[0]: start}),
            symbols=[RATE, Parameter(beta, "beta", Reals(above=0), "")],
            bind={"alpha": 1.0},
        )
        assert judged(spec).verdict is verdict

    def test_settings(self) -> None:
        lines = {m[t]: g[t] + mu * m[t - 1], u[t]: -alpha * (g[t] + mu * m[t])}
        assert judged(momentum(lines=lines, bind={"nesterov": True})).verdict is Verdict.PROVED
        assert judged(momentum(lines=lines, bind={"nesterov": False})).verdict is Verdict.REFUTED


OPTAX = Path(__file__).parent.parent / "spec" / "optax"
BETA_1, BETA_2, STEP = sp.symbols("beta_1 beta_2 t")

SLIPS: dict[str, tuple[str, dict[Any, Any]]] = {
    "no learning rate": ("sgd sign_sgd signum adamax adagrad adadelta", {alpha: 1}),
    "decay rates swapped": ("adam nadam adabelief lion", {BETA_1: BETA_2, BETA_2: BETA_1}),
    "correction of the step after": ("adam adamw adamax", {BETA_1**STEP: BETA_1 ** (STEP + 1)}),
    "no correction": ("adamw adabelief", {BETA_2**STEP: 0}),
}
"""Slips in rules of the folder of specs, with the optimizers whose rules are changed."""


def stated(name: str) -> Spec:
    """The rule of an optimizer in the folder of specs."""
    found = [spec for file in find([str(OPTAX)])[0] if "Rule(" in file.text for spec in load(file)]
    return next(spec for spec in found if spec.id == f"optax.{name}")


@pytest.mark.parametrize(("name", "slip"), [(name, slip) for slip, (names, _) in SLIPS.items() for name in names.split()])
def test_slips_in_the_rules_of_optax_are_refuted(name: str, slip: str) -> None:
    right = stated(name)
    wrong = right.formula.xreplace(SLIPS[slip][1])
    assert wrong != right.formula
    result = judged(replace(right, formula=wrong, promises=(), origin=right.location))
    assert result.verdict is Verdict.REFUTED, result.reason


def test_a_rule_without_a_value_at_the_first_step_does_not_hold() -> None:
    right = stated("adamw")
    wrong = right.formula.xreplace({BETA_1**STEP: BETA_1 ** (STEP - 1)})
    assert not judged(replace(right, formula=wrong, origin=right.location)).verdict.holds


class TestClaim:
    """A rule becomes a recurrence, with the target and the symbols that a check needs."""

    def test_the_id_is_the_optimizer(self) -> None:
        assert momentum().id == "optax.sgd"
        assert momentum(name="momentum").id == "optax.sgd#momentum"
        assert momentum().target == "optax.sgd.update"
        assert isinstance(momentum().formula, Recurrence)

    def test_readers_see_the_lines_as_they_were_written(self) -> None:
        lines = {u[t]: -alpha * (m[t] + theta[t - 1]), m[t]: g[t] + mu * m[t - 1]}
        told = describe(momentum(lines=lines, parameters=theta[t - 1])).formula
        assert told.sympy == "u[t] = -alpha*(m[t] + theta[t - 1]); m[t] = mu*m[t - 1] + g[t]; m[0] = 0"
        assert told.latex.startswith(r"\begin{aligned} {u}_{t} &= - \alpha")

    def test_the_code_in_the_letters_of_the_spec(self) -> None:
        found = lifted("optax.sgd", momentum()).sympy
        assert found == "trace[t] = mu*trace[t - 1] + g[t]; u[t] = -alpha*trace[t]; trace[0] = 0"

    def test_the_picture_shows_the_steps(self) -> None:
        drawn = curve(momentum(), {"steps": 4}, None)
        assert (drawn.variable, drawn.meaning) == ("t", "step")
        ((*line,),) = drawn.formula
        assert [x for x, _ in line] == [x for x, _ in drawn.executed] == [float(k) for k in range(1, 17)]
        for (_, documented), (_, ran) in zip(line, drawn.executed, strict=True):
            assert ran == pytest.approx(documented, rel=1e-5, abs=1e-7)
        assert drawn.fixed["learning_rate"] == 0.1
        assert drawn.counterexample is None

    def test_the_picture_shows_where_rule_and_code_differ(self) -> None:
        wrong = momentum(lines={m[t]: g[t] - mu * m[t - 1], u[t]: -alpha * m[t]})
        result = judged(wrong)
        assert result.counterexample is not None
        drawn = curve(wrong, {"steps": 4}, result.counterexample.inputs)
        assert drawn.counterexample is not None
        updates = result.counterexample.inputs["updates"]
        assert isinstance(updates, list)
        assert drawn.counterexample.at == len(updates)
        assert drawn.counterexample.documented == pytest.approx(float(result.counterexample.documented))
        assert drawn.counterexample.actual == pytest.approx(float(result.counterexample.actual), rel=1e-6)

    @settings(max_examples=5, deadline=None, database=None)
    @given(drawn=inputs(momentum()))
    def test_strategies_draw_gradients(self, drawn: Inputs) -> None:
        assert len(drawn.values["updates"]) == 4
        assert drawn.keywords["updates"].shape == (4,)
        assert isinstance(drawn.documented, float)


SIGN = {u[t]: -alpha * sp.sign(g[t])}


class TestProperties:
    """Properties of rules hold at every step, or a sequence of gradients violates them."""

    @staticmethod
    def verdict(promise: Any, spec: Callable[..., Spec] = momentum, **changes: Any) -> Verdict:
        result = judged(spec(properties=[promise], **changes))
        (found,) = result.properties
        assert (found.verdict is Verdict.REFUTED) == (found.counterexample is not None)
        return found.verdict

    @staticmethod
    def sign(**changes: Any) -> Spec:
        return Spec(target="optax.sign_sgd", formula=Rule(output=u[t], gradient=g[t], lines=SIGN), symbols=[RATE], **changes)

    @staticmethod
    def scaled(least: bool = False, **changes: Any) -> Spec:
        eps = Parameter(epsilon, "eps", Reals(least=0) if least else Reals(above=0), "")
        lines = {v[t]: beta * v[t - 1] + (1 - beta) * g[t] ** 2, u[t]: -alpha * g[t] / sp.sqrt(v[t] + epsilon)}
        return Spec(
            target="optax.rmsprop",
            formula=Rule(output=u[t], gradient=g[t], lines=lines, start={v[0]: 0}),
            symbols=[RATE, Parameter(beta, "decay", Reals(least=0, below=1), ""), eps],
            **changes,
        )

    @pytest.mark.parametrize(
        ("promise", "verdict"),
        [
            (FixedPoint(0), Verdict.PROVED),
            (FixedPoint(1), Verdict.REFUTED),
            (Homogeneous(1), Verdict.PROVED),
            (Homogeneous(0), Verdict.REFUTED),
            (Homogeneous(2), Verdict.REFUTED),
            (Bounds(upper=0), Verdict.REFUTED),
        ],
    )
    def test_a_linear_rule(self, promise: Any, verdict: Verdict) -> None:
        assert self.verdict(promise) is verdict

    @pytest.mark.parametrize(
        ("promise", "verdict"),
        [
            (Bounds(lower=-alpha, upper=alpha), Verdict.PROVED),
            (Bounds(lower=-alpha / 2), Verdict.REFUTED),
            (Bounds(lower=-1, where=(alpha <= 1,)), Verdict.PROVED),
            (Bounds(lower=-1, where=(alpha <= 2,)), Verdict.REFUTED),
            (Homogeneous(0), Verdict.PROVED),
            (Homogeneous(1), Verdict.REFUTED),
            (FixedPoint(0), Verdict.PROVED),
        ],
    )
    def test_a_rule_with_a_sign(self, promise: Any, verdict: Verdict) -> None:
        assert self.verdict(promise, self.sign) is verdict

    @pytest.mark.parametrize(("promise", "verdict"), [(FixedPoint(0), Verdict.PROVED), (Homogeneous(0), Verdict.REFUTED)])
    def test_a_rule_with_a_root(self, promise: Any, verdict: Verdict) -> None:
        assert self.verdict(promise, self.scaled) is verdict

    def test_where_the_rule_has_no_value_nothing_is_proved(self) -> None:
        assert self.verdict(FixedPoint(0), lambda **changes: self.scaled(least=True, **changes)) is not Verdict.PROVED

    def test_weight_decay_moves_the_parameters(self) -> None:
        lines = {u[t]: -alpha * (g[t] + mu * theta[t - 1])}
        result = judged(momentum(lines=lines, start={}, parameters=theta[t - 1], properties=[FixedPoint(0), Homogeneous(1)]))
        assert [found.verdict for found in result.properties] == [Verdict.REFUTED, Verdict.REFUTED]

    def test_a_property_of_a_rule_that_the_code_does_not_follow_is_not_proved(self) -> None:
        result = judged(momentum(lines={m[t]: g[t] - mu * m[t - 1], u[t]: -alpha * m[t]}, properties=[Homogeneous(1)]))
        assert [found.verdict for found in result.properties] == [Verdict.TESTED]


class TestMistakes:
    """Each mistake has an error that says what to do, with the place of the spec."""

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"output": w[t]}, r"no line gives the output w\[t\]; the lines give m\[t\], u\[t\]"),
            ({"output": u}, "output must be a name at a step, such as u"),
            ({"output": u[t, 1]}, "output must be a name at a step"),
            ({"output": u[t - 1]}, "the step of the output must be a letter"),
            ({"gradient": g[t - 1]}, r"gradient must be g\[t\]"),
            ({"gradient": m[t]}, r"a line gives the gradient m\[t\]"),
            ({"lines": [(u[t], g[t])]}, "lines must be a dict"),
            ({"lines": {u[t]: "g"}}, r"the value of u\[t\] in lines must be a SymPy expression or a number; found g of type str"),
            ({"lines": {u: g[t]}}, r"lines must have names such as m\[t\]"),
            ({"start": {}, "lines": {u[t]: v[t]}}, r"the line of u\[t\] uses v\[t\]: no line gives it"),
            ({"lines": {u[t]: m[t] + g[t], m[t]: u[t]}}, r"the lines of u\[t\], m\[t\] use one another at the same step"),
            ({"start": {}, "lines": {u[t]: u[t] + g[t]}}, r"the lines of u\[t\] use one another"),
            ({"start": {}, "lines": {u[t]: g[t] + g[t - 2]}}, "may use the steps t and t - 1"),
            ({"lines": LINES | {u[t]: m[t + 1]}}, "may use the steps t and t - 1"),
            ({"start": {}}, r"uses m\[t - 1\], and nothing gives m\[0\]; add it to start="),
            ({"start": {m[0]: 0, w[0]: 0}}, r"start= gives w\[0\], and no line gives w\[t\]"),
            ({"start": {m: 0}}, r"start must have names such as m\[0\]"),
            ({"start": {m[0]: g[2]}}, r"the start of m uses g\[2\]; it may use m\[1\] or g\[1\]"),
            ({"lines": LINES | {u[t]: g[t - 1]}}, r"nothing gives g\[0\]"),
            ({"parameters": theta[0]}, r"parameters must be theta\[t - 1\] or theta\[t\]"),
            ({"parameters": theta[t], "lines": LINES | {u[t]: theta[t - 1]}}, r"a step starts from the parameters theta\[t\]"),
            ({"parameters": theta[t - 1], "lines": LINES | {theta[t]: 2 * u[t]}}, r"moves the parameters, which move by u\[t\]"),
            ({"parameters": theta[t - 1], "start": {m[0]: 0, theta[0]: 1}}, "the parameters; they start at any value"),
            ({"steps": 1}, "steps must be an integer from 2"),
            ({"lines": LINES | {u[t]: beta * m[t]}}, "contains the undeclared symbol beta"),
            ({"entry": (1,)}, "entry= says nothing of a Rule"),
            ({"derivative": "momentum"}, "derivative= says nothing of a Rule"),
            ({"properties": [NonIncreasing(t)]}, "says nothing of a rule; a rule may have Bounds, FixedPoint, Homogeneous"),
            ({"properties": [Bounds(upper=beta)]}, "undeclared symbol beta"),
            ({"bind": {"updates": 1}}, "the Rule gives the optimizer its updates; leave updates out"),
        ],
    )
    def test_of_a_rule(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(SpecError, match=message) as caught:
            momentum(**changes)
        assert caught.value.location is not None
        assert Path(caught.value.location.path).name == Path(__file__).name

    def test_a_property_of_rules_on_a_formula(self) -> None:
        with pytest.raises(SpecError, match="is one of rules; the formula is no Rule"):
            Spec(target="math.sqrt", formula=alpha, symbols=[Parameter(alpha, "x", Reals(), "")], properties=[Homogeneous(0)])
        assert Value({alpha: 1}, 1)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"symbols": [RATE, Parameter(mu, "momentums", Reals(), "")]}, "has no parameter 'momentums'.*did you mean momentum"),
            ({"target": "optax.l2_loss"}, "a rule needs a function that returns an optimizer"),
            ({"target": "optax.sgdd"}, "has no attribute 'sgdd'"),
        ],
    )
    def test_of_its_target(self, changes: dict[str, Any], message: str) -> None:
        with pytest.raises(QedocError, match=message):
            judged(momentum(**changes))

    def test_the_place_is_that_of_the_spec_in_its_file(self, tmp_path: Path) -> None:
        file = tmp_path / "wrong.py"
        lines = [
            "from sympy import IndexedBase, Symbol",
            "from qedoc import Rule, Spec",
            "t, u, g = Symbol('t'), IndexedBase('u'), IndexedBase('g')",
            "",
            "wrong = Spec(",
            "    target='optax.sgd', formula=Rule(output=u[t], gradient=g[t], lines={u[t]: u[t - 1]}), symbols=[]",
            ")",
        ]
        file.write_text("\n".join(lines))
        with pytest.raises(SpecError, match=r"wrong\.py:5: optax\.sgd: the line of u\[t\] uses u\[t - 1\]"):
            load(find([str(file)])[0][0])
