"""Classes of solvers, whose objects hold an objective: the rule of a step is compared with the value and the gradient of any objective."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, judged_claim, written
from pasting import paste

from qedoc.bind.objectives import is_about_pole, said_option
from qedoc.bind.records import Bound, Refused
from qedoc.results.verdict import CaseResult, Verdict

CODE = '''from dataclasses import dataclass
from typing import Any, Callable, NamedTuple

import jax
import jax.numpy as jnp


class State(NamedTuple):
    count: Any
    velocity: Any


@dataclass(eq=False)
class Solver:
    r"""A solver.

{doc}

    Attributes:
      {objective}: a function of the form ``fun(params, *args)``.
      stepsize: the step size :math:`\\eta`.
      momentum: the momentum :math:`\\mu`.
      fun_min: a lower bound.
      variant: can be one of "best" or "fast".
    """

    {objective}: Callable
    stepsize: float = 0.1
    momentum: float = 0.9
    fun_min: float = 0.0
    variant: str = "best"

    def {start}(self, init_params, {args}):
        return {init}

    def {step}(self, params, state, {args}):
{update}
'''

UPDATED = "On each step, the parameters are updated as follows."
NO_VERDICT = (Verdict.UNDECIDED, Verdict.UNREADABLE, Verdict.NOT_A_CLAIM, Verdict.UNSUPPORTED)

HEAVY = r"""
v_{t+1} &= \mu v_t - \eta \nabla f(x_t) \\
x_{t+1} &= x_t + v_{t+1}
"""
HEAVY_CODE = """
v = self.momentum * state.velocity - self.stepsize * jax.grad(self.fun)(params, *args)
return params + v, State(state.count + 1, v)
"""
HEAVY_START = "State(jnp.asarray(0), jnp.zeros_like(init_params))"

PLAIN = r"x_{t+1} = x_t - \eta \nabla f(x_t)"
PLAIN_CODE = "return params - self.stepsize * jax.grad(self.fun)(params, *args), state"

Judge = Callable[..., CaseResult]


def text_of(doc: str, update: str, init: str = "None", **names: str) -> str:
    """The code of a module with a solver."""
    known = {"objective": "fun", "start": "init_state", "step": "update", "args": "*args"} | names
    body = "\n".join(f"        {line}" for line in update.strip().splitlines())
    lines = "\n".join(f"    {line}".rstrip() for line in doc.strip("\n").splitlines())
    return CODE.format(doc=lines, init=init, update=body, **known)


def shown(*displays: str) -> str:
    """Displays, each after the words before it; words of their own come first."""
    found = ""
    for words, lines in zip(displays[::2], displays[1::2], strict=True):
        inside = "\n".join(f"    {line}" for line in lines.strip().splitlines())
        found += f"{words}\n\n.. math::\n\n{inside}\n\n"
    return found


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "solvers")


@pytest.fixture
def made(claims_of: Claims) -> Callable[..., list[Bound | Refused]]:
    def claims(doc: str, update: str, init: str = "None", **names: str) -> list[Bound | Refused]:
        return claims_of(text_of(doc, update, init, **names), "Solver")

    return claims


@pytest.fixture
def judged(made: Callable[..., list[Bound | Refused]]) -> Judge:
    """Judges the last rule of a solver, which is given by its docstring, its step and its start."""

    def judge(doc: str, update: str, init: str = "None", **names: str) -> CaseResult:
        return judged_claim(made(doc, update, init, **names)[-1])

    return judge


class TestMomentum:
    """A rule with a state of one number for each parameter is proved for every step."""

    @pytest.mark.parametrize(
        ("right", "wrong", "verdict"),
        [
            ("", "", Verdict.PROVED),
            (r"\nabla f(x_t)", r"\nabla_x \text{fun}(x)", Verdict.PROVED),  # only the parameters before the step are known in this line
            (r"\mu v_t -", r"\mu v_t +", Verdict.REFUTED),
            (r"- \eta", r"- (1 - \mu) \eta", Verdict.REFUTED),
            (r"x_t + v_{t+1}", r"x_t + v_t", Verdict.REFUTED),
            (r"f(x_t)", r"L(x) \eta", Verdict.REFUTED),
        ],
    )
    def test_verdicts(self, judged: Judge, right: str, wrong: str, verdict: Verdict) -> None:
        doc = shown(UPDATED, HEAVY.replace(right, wrong) if right else HEAVY)
        result = judged(doc, HEAVY_CODE, HEAVY_START)
        assert result.verdict is verdict, result.reason

    def test_the_gradient_after_the_step_is_not_known(self, judged: Judge) -> None:
        assert judged(shown(UPDATED, HEAVY.replace("f(x_t)", "f(x_{t+1})")), HEAVY_CODE, HEAVY_START).verdict in NO_VERDICT

    def test_a_point_that_may_be_another_one_refutes_nothing(self, judged: Judge) -> None:
        """The point of a line that the parameters after the step do not need may be these parameters."""
        lines = r"x_{t+1} &= x_t - \eta v_t \\ v_{t+1} &= \mu v_t + 2 \nabla f(x)"
        code = (
            "return params - self.stepsize * state.velocity, State(0, self.momentum * state.velocity + jax.grad(self.fun)(params, *args))"
        )
        assert judged(shown(UPDATED, lines), code, HEAVY_START).verdict is Verdict.UNDECIDED
        assert judged(shown(UPDATED, lines.replace("f(x)", "f(x_t)")), code, HEAVY_START).verdict is Verdict.REFUTED

    def test_a_pasted_line_gives_the_value(self, judged: Judge, capsys: pytest.CaptureFixture[str]) -> None:
        for args in ("*args", "**more"):
            code = HEAVY_CODE.replace("*args", args)
            result = judged(shown(UPDATED, HEAVY.replace(r"\mu v_t -", r"\mu v_t +")), code, HEAVY_START, args=args)
            assert result.counterexample is not None
            paste(result.counterexample.call)
            assert float(capsys.readouterr().out) == pytest.approx(float(result.counterexample.ran), rel=1e-6)


class TestForms:
    """Solvers with other methods and objectives."""

    @pytest.mark.parametrize(
        ("update", "names"),
        [
            (PLAIN_CODE.replace(", *args", ""), {"args": "maxiter=5", "start": "init", "step": "step"}),
            (PLAIN_CODE.replace("jax.grad(self.fun)", "self.grad_fn"), {"objective": "grad_fn"}),
            (
                PLAIN_CODE.replace("jax.grad(self.fun)(params, *args)", "self.value_and_grad(params, *args)[1]"),
                {"objective": "value_and_grad"},
            ),
        ],
    )
    def test_right_and_wrong_rules(self, judged: Judge, update: str, names: dict[str, str]) -> None:
        assert judged(shown(UPDATED, PLAIN), update, **names).verdict is Verdict.PROVED
        assert judged(shown(UPDATED, PLAIN.replace("-", "+")), update, **names).verdict is Verdict.REFUTED

    def test_a_rule_of_what_is_added(self, judged: Judge) -> None:
        lines = r"u_t = -\eta (\nabla f(x_t) + \mu x_t)"
        code = PLAIN_CODE.replace("jax.grad(self.fun)(params, *args)", "(jax.grad(self.fun)(params, *args) + self.momentum * params)")
        assert judged(shown(UPDATED, lines), code).verdict is Verdict.PROVED
        assert judged(shown(UPDATED, lines.replace("+", "-")), code).verdict is Verdict.REFUTED

    @pytest.mark.parametrize(
        "names",
        [
            {"objective": "fun: Callable\n    prox"},
            {"objective": "oracle"},
            {"step": "advance"},
            {"args": "data"},
        ],
    )
    def test_what_is_no_solver(self, judged: Judge, names: dict[str, str]) -> None:
        assert judged(shown(UPDATED, PLAIN.replace("-", "+")), PLAIN_CODE.replace("*args", "*()"), **names).verdict in NO_VERDICT


class TestValues:
    """Rules with the value of the objective, and with options that select a definition."""

    STEP = r"\gamma = \min\left\{\frac{f(x) - f(x^\star)}{\|\nabla f(x)\|^2 + \mu}, \eta\right\}"
    OTHER = r"\gamma = \eta \|\nabla f(x)\|"
    MOVE = r"x_{t+1} = x_t - \gamma \nabla f(x_t)"
    CODE = """
f, g = jax.value_and_grad(self.fun)(params, *args)
step = jnp.minimum((f - self.fun_min) / (jnp.sum(g**2) + self.momentum), self.stepsize)
if self.variant == "fast":
    step = self.stepsize * jnp.sqrt(jnp.sum(g**2))
return params - step * g, state
"""
    BEST, FAST = "For the ``best`` variant, the step size is", "while for the ``fast`` variant, it is given by"

    @pytest.mark.parametrize(
        ("right", "wrong", "verdict"),
        [
            (r"- f(x^\star)", r"+ f(x^\star)", Verdict.REFUTED),
            (r"\|^2", r"\|", Verdict.REFUTED),
            (r"\frac{f(x)", r"\frac{f(x_{t+1})", Verdict.UNREADABLE),
        ],
    )
    def test_step_sizes(self, judged: Judge, right: str, wrong: str, verdict: Verdict) -> None:
        doc = shown("The step size is", self.STEP.replace(right, wrong), UPDATED, self.MOVE)
        result = judged(doc, self.CODE)
        assert result.verdict in ((verdict,) if verdict is not Verdict.UNREADABLE else NO_VERDICT), result.reason

    def test_options(self, made: Callable[..., list[Bound | Refused]]) -> None:
        fast = self.OTHER.replace(r"\eta", r"2 \eta")
        found = made(shown(self.BEST, self.STEP.replace("f(x) ", "f(x_t) "), self.FAST, fast, UPDATED, self.MOVE), self.CODE)[-2:]
        assert [judged_claim(claim).verdict for claim in found] == [Verdict.TESTED, Verdict.REFUTED]

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("For the ``fast`` variant, it is", {"variant": "fast"}),
            ('With `variant="fast"`, it is', {"variant": "fast"}),
            ("Unlike the ``fast`` variant, it is", {}),
            ("For the ``fast`` variant and the ``best`` variant, it is", {}),
            ("For the ``slow`` variant, it is", {}),
            ("For the ``fast`` variant, it is one. Otherwise, it is", {}),
        ],
    )
    def test_words_that_name_an_option(self, words: str, said: dict[str, str]) -> None:
        assert said_option([words, "", ".. math::", "", "    x"], {"variant": frozenset({"best", "fast"})}) == said

    def test_definitions_without_options(self, judged: Judge) -> None:
        doc = shown("The step size is", self.STEP, "or", self.OTHER, UPDATED, self.MOVE)
        assert "several displays give gamma" in judged(doc, self.CODE).reason

    def test_words_about_poles(self) -> None:
        assert is_about_pole(r"and the step-size is zero whenever :math:`\|g\|^2` is zero.", r"\frac{a}{\|g\|^2}")
        assert not is_about_pole(r"the step size is zero whenever :math:`a` is zero.", r"\frac{a}{\|g\|^2}")
        assert not is_about_pole(r"the step size is one whenever :math:`\|g\|^2` is zero.", r"\frac{a}{\|g\|^2}")


class TestUnsupported:
    """Solvers of which single steps show nothing, and formulas that do not say what they are about."""

    @pytest.mark.parametrize(
        ("update", "reason"),
        [
            (HEAVY_CODE.replace("(params, *args)", "(params + self.momentum * state.velocity, *args)"), "other points"),
            (HEAVY_CODE.replace("jax.grad(self.fun)", "jax.grad(lambda *x: jnp.sum(jax.grad(self.fun)(*x)**2))"), "its curvature"),
            ("self.count = 1\n" + HEAVY_CODE, "changes the attributes"),
            (
                HEAVY_CODE.replace("return params + v, State(state.count + 1, v)", "return params"),
                "must return the parameters and the state",
            ),
        ],
    )
    def test_steps(self, judged: Judge, update: str, reason: str) -> None:
        result = judged(shown(UPDATED, HEAVY), update, HEAVY_START)
        assert result.verdict is Verdict.UNSUPPORTED
        assert reason in result.reason

    def test_a_gradient_that_is_kept_for_the_next_step(self, judged: Judge) -> None:
        """The objectives of two steps differ, and those of its users do not."""
        code = "params = params - self.stepsize * state\nreturn params, jax.grad(self.fun)(params, *args)"
        assert judged(shown(UPDATED, PLAIN), code, "jax.grad(self.fun)(init_params, *args)").verdict is Verdict.UNSUPPORTED

    def test_a_state_that_comes_first(self, judged: Judge) -> None:
        code = "v = self.momentum * state - self.stepsize * jax.grad(self.fun)(params, *args)\nreturn (v, params + v)"
        result = judged(shown(UPDATED, HEAVY), code, "jnp.zeros_like(init_params)")
        assert result.verdict is Verdict.UNSUPPORTED
        assert "the state before the parameters" in result.reason

    def test_a_value_that_the_rule_does_not_mention(self, judged: Judge) -> None:
        """It is an input of the proof."""
        code = "f, g = jax.value_and_grad(self.fun)(params, *args)\nreturn params - self.stepsize * jnp.where(f > 1e30, 2 * g, g), state"
        assert judged(shown(UPDATED, PLAIN), code).verdict is not Verdict.PROVED

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            (r"x_{t+1} = x_t + \eta (\nabla f(x_t) + \nabla h(x_t))", ""),
            (PLAIN.replace("-", "+"), "where :math:`f` is the regularizer."),
        ],
    )
    def test_other_functions(self, judged: Judge, line: str, said: str) -> None:
        result = judged(shown(UPDATED, line) + said, PLAIN_CODE)
        assert result.verdict is Verdict.UNREADABLE
        assert "which function of the formulas is fun" in result.reason
