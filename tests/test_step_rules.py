"""Tests of rules with a state: how they are read, proved for every step, and refuted."""

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from fixture_modules import Claims, judged_claim, written
from pasting import paste

from qedoc import Array, Parameter, Reals, Recurrence, Size, Spec, Variable
from qedoc.algebra.recurrences import MOST_STEPS
from qedoc.bind.records import Bound, Refused
from qedoc.claims.limits import Limits
from qedoc.claims.steps import Steps, is_transformation, steps
from qedoc.claims.target import resolve
from qedoc.errors import QedocError
from qedoc.judge.check import check
from qedoc.judge.relation import Related, related
from qedoc.read import Names, Unreadable
from qedoc.read.steps import read_start, read_steps, step_letter
from qedoc.results.verdict import CaseResult, Verdict

LEGEND = r"""Let :math:`\eta` be the ``learning_rate`` and :math:`\mu` the ``decay``."""

CODE = '''import functools
import jax
import jax.numpy as jnp
import optax

CALLS = []


def f({parameters}) -> optax.GradientTransformation:
    r"""An optimizer.

{doc}
    """
    def init(params):
        return {init}

    def update(g, state, params=None):
{update}

    return optax.GradientTransformation(init, update)
'''

MOMENTUM = {
    "parameters": "learning_rate, decay=0.9",
    "init": "jnp.zeros_like(params)",
    "update": "m = g + decay * state\nreturn -learning_rate * m, m",
}
MOVING = {
    "parameters": "learning_rate, decay=0.9",
    "init": "(jnp.zeros([], jnp.int32), jnp.zeros_like(params))",
    "update": """
count, m = state
count = count + 1
m = decay * m + (1 - decay) * g
return -learning_rate * m / (1 - decay**count), (count, m)
""",
}

Judged = Callable[..., list[CaseResult | Refused]]


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    """Writes a module and returns the claims of one of its objects."""
    yield from written(tmp_path, monkeypatch, "step_rules")


@pytest.fixture
def judged(claims_of: Claims) -> Judged:
    """Judges the rules of an optimizer, which is given by its docstring and its code."""

    def judge(doc: str, code: dict[str, str]) -> list[CaseResult | Refused]:
        update = "\n".join(f"        {line}" for line in code["update"].strip().splitlines())
        text = "\n".join(f"    {line}".rstrip() for line in doc.strip("\n").splitlines())
        module = CODE.format(parameters=code["parameters"], doc=text, init=code["init"], update=update)
        return [judged_claim(claim) if isinstance(claim, Bound) else claim for claim in claims_of(module, "f")]

    return judge


def display(*lines: str) -> str:
    """A display with these lines."""
    inside = " \\\\\n    ".join(lines)
    return f"{LEGEND}\n\n.. math::\n\n    \\begin{{align*}}\n    {inside}\n    \\end{{align*}}\n"


def verdicts(results: list[CaseResult | Refused]) -> list[Verdict]:
    return [result.verdict for result in results]


class TestReading:
    """How lines are read."""

    @pytest.mark.parametrize(
        "latex",
        [
            r"m_t \leftarrow g_t + \mu m_{t-1}",
            r"m_t \gets \mu m_{t - 1} + g_t",
            r"m_t := g_t + \mu m_{t-1}",
            r"m_{t} = g_{t} + \mu \cdot m_{t-1}",
            r"m^{(t)} = g^{(t)} + \mu m^{(t-1)}",
            r"\mathbf{m}_t = \mathbf{g}_t + \mu \circ \mathbf{m}_{t-1}",
            r"\begin{array}{ll} m_t = g_t + \mu m_{t-1} \end{array}",
            r"m_t^{(i)} = g_t^{(i)} + \mu m_{t-1}^{(i)}",
            r"\begin{align} m_t &= g_t \\ &+ \mu m_{t-1} \end{align}",
            r"m_{k} = g_{k} + \mu m_{k-1}",
        ],
    )
    def test_spellings(self, latex: str) -> None:
        found = read_steps(latex, Names(legend={r"\mu": "the decay"}))
        assert not isinstance(found, Unreadable), found
        (line,) = found.lines
        ((setting, value),) = line.values
        put = {symbol: sp.Symbol(f"{name.base}{name.shift}") for symbol, name in found.names.items()}
        assert (line.left.base, line.left.shift, setting) == ("m", 0, None)
        assert value.xreplace(put) == sp.sympify("g0 + mu * Symbol('m-1')", locals={"Symbol": sp.Symbol})

    @pytest.mark.parametrize(
        ("latex", "base"),
        [
            (r"\hat{m}_t = g_t", "m_hat"),
            (r"\hat{m_1}_t = g_t", "m_1_hat"),
            (r"E[g^2]_t = g_t", "E[g^2]"),
            (r"\Delta w_t = g_t", "Delta w"),
            (r"m_1^{(t)} = g^{(t)}", "m_1"),
        ],
    )
    def test_names(self, latex: str, base: str) -> None:
        found = read_steps(latex, Names())
        assert not isinstance(found, Unreadable), found
        assert found.lines[0].left.base == base

    @pytest.mark.parametrize(
        ("latex", "what"),
        [
            (r"m_t = g_t \\ \text{for all } t", "without a sign"),
            (r"a + m_t = g_t", "no name at a step"),
            (r"m_t = u_t = g_t", "a chain"),
            ("m = g", "without a letter"),
        ],
    )
    def test_lines_that_are_no_rule_are_refused_with_a_place(self, latex: str, what: str) -> None:
        found = read_steps(latex, Names())
        assert isinstance(found, Unreadable)
        assert what in found.what
        assert found.line >= 1

    def test_a_line_that_names_the_state_is_no_value(self) -> None:
        found = read_steps(r"m_t = g_t \\ S_t = (m_t, v_t)", Names())
        assert not isinstance(found, Unreadable)
        assert [line.left.base for line in found.lines] == ["m"]

    def test_settings(self) -> None:
        latex = r"u_t = \begin{cases} g_t & \text{if } \texttt{flag = False} \\ 2 g_t & \text{if } \texttt{flag = True} \end{cases}"
        found = read_steps(latex, Names())
        assert not isinstance(found, Unreadable)
        assert [setting for setting, _ in found.lines[0].values] == [("flag", False), ("flag", True)]

    @pytest.mark.parametrize(
        ("latex", "start"),
        [
            ("m_0 = 0", {"m": 0}),
            ("S_0 := (m_0, v_0) = (0, 1)", {"m": 0, "v": 1}),
            ("S^{(0)} = (m_1^{(0)}, v^{(0)}) = (0, 2)", {"m_1": 0, "v": 2}),
            ("m_t = 0", {}),
            ("(m_0, v_0) = (0, 0, 0)", {}),
        ],
    )
    def test_starts(self, latex: str, start: dict[str, int]) -> None:
        assert read_start(latex, Names()) == start

    def test_the_letter_of_the_step(self) -> None:
        assert [step_letter(text) for text in ("m_{k+1} = m_k", "m_t = g_t", "m = g")] == ["k", "t", ""]


class TestRecurrence:
    """The expression that stands for a rule."""

    t, n = sp.symbols("t n")
    m, g = sp.IndexedBase("m"), sp.IndexedBase("g")

    def test_values(self) -> None:
        rule = Recurrence(self.m[self.t], [(self.m[self.t], self.m[self.t - 1] / 2 + self.g[self.t])], {self.m: 1}, (self.t, self.n))
        assert sp.expand(rule.at(2)) == sp.Rational(1, 4) + self.g[1] / 2 + self.g[2]
        assert rule.free_symbols == {self.n, sp.Symbol("g")}

    def test_a_start_may_be_the_first_value(self) -> None:
        r = sp.IndexedBase("r")
        lines = [(r[self.t], self.g[self.t]), (self.m[self.t], r[self.t] - r[self.t - 1])]
        rule = Recurrence(self.m[self.t], lines, {r: r[1]}, (self.t, self.n))
        assert rule.at(1).doit() == 0
        assert rule.at(2).doit() == self.g[2] - self.g[1]

    def test_what_nothing_gives(self) -> None:
        rule = Recurrence(self.m[self.t], [(self.m[self.t], self.m[self.t - 1])], {}, (self.t, self.n))
        with pytest.raises(ValueError, match="nothing gives"):
            rule.at(1)
        with pytest.raises(ValueError, match=f"from 1 to {MOST_STEPS}"):
            rule.at(0)


class TestProofs:
    """Right rules are proved for every step, however they are spelled."""

    @pytest.mark.parametrize(
        "lines",
        [
            (r"m_t &\leftarrow g_t + \mu m_{t-1}", r"u_t &\leftarrow -\eta_t m_t"),
            (r"u_t &= -\eta m_t", r"m_t &= \mu m_{t-1} + g_t"),
            (r"m_{t+1} &= g_t + \mu m_t", r"u_t &= -\eta m_{t+1}"),
            (r"v_t &= \eta g_t + \mu v_{t-1}", r"u_t &= -v_t"),
            (r"m_t &= -g_t + \mu m_{t-1}", r"w_t &= w_{t-1} + \eta m_t"),
            (r"m_{t+1} &= \nabla f(w_t) + \mu m_t", r"w_{t+1} &= w_t - \eta m_{t+1}"),
            (r"g_t &\gets \nabla f(\theta_{t-1})", r"m_t &\gets g_t + \mu m_{t-1}", r"\theta_t &\gets \theta_{t-1} - \eta m_t"),
        ],
    )
    def test_momentum(self, judged: Judged, lines: tuple[str, ...]) -> None:
        (result,) = judged(display(*lines), MOMENTUM)
        assert result.verdict is Verdict.PROVED, result.reason
        assert "for every step by induction" in result.reason

    @pytest.mark.parametrize(
        "lines",
        [
            (r"m_t &= \mu m_{t-1} + (1 - \mu) g_t", r"\hat m_t &= m_t / (1 - \mu^t)", r"u_t &= -\eta \hat m_t"),
            (r"m_t &= \mu m_{t-1} + g_t", r"u_t &= -\eta (1 - \mu) m_t / (1 - \mu^{(t)})"),
            (r"\hat m_t &= \frac{\mu (1 - \mu^{t-1}) \hat m_{t-1} + (1 - \mu) g_t}{1 - \mu^t}", r"u_t &= -\eta \hat m_t"),
        ],
    )
    def test_bias_correction(self, judged: Judged, lines: tuple[str, ...]) -> None:
        (result,) = judged(display(*lines), MOVING)
        assert result.verdict is Verdict.PROVED, result.reason


class TestTwins:
    """Wrong twins are refuted, by few small steps."""

    @pytest.mark.parametrize(
        "lines",
        [
            (r"m_t &= g_t + \mu m_{t-1}", r"u_t &= \eta m_t"),
            (r"m_t &= g_t + \mu m_{t-1}", "u_t &= -m_t"),
            (r"m_t &= g_t - \mu m_{t-1}", r"u_t &= -\eta m_t"),
            (r"m_t &= \mu g_t + m_{t-1}", r"u_t &= -\eta m_t"),
            (r"m_t &= (1 - \mu) g_t + \mu m_{t-1}", r"u_t &= -\eta m_t"),
            (r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta m_{t-1}"),
            (r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta g_t"),
            (r"m_t &= g_{t-1} + \mu m_{t-1}", r"u_t &= -\eta m_t"),
            (r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta (g_t + \mu m_t)"),
            (r"m_t &= g_t + \mu m_{t-1}", r"w_t &= w_{t-1} - \eta m_t - \mu w_{t-1}"),
            (r"m_t &= g_t + \mu^t m_{t-1}", r"u_t &= -\eta m_t"),
        ],
    )
    def test_momentum(self, judged: Judged, lines: tuple[str, ...]) -> None:
        (result,) = judged(display(*lines), MOMENTUM)
        assert result.verdict is Verdict.REFUTED, result.reason
        assert isinstance(result, CaseResult)
        assert result.counterexample is not None
        updates = result.counterexample.inputs["updates"]
        assert isinstance(updates, list)
        assert len(updates) <= 4

    @pytest.mark.parametrize(
        "lines",
        [
            (r"m_t &= \mu m_{t-1} + (1 - \mu) g_t", r"\hat m_t &= m_t / (1 - \mu^{t+1})", r"u_t &= -\eta \hat m_t"),
            (r"m_t &= \mu m_{t-1} + (1 - \mu) g_t", r"u_t &= -\eta m_t"),
            (r"m_t &= \mu m_{t-1} + g_t", r"u_t &= -\eta m_t / (1 - \mu^t)"),
        ],
    )
    def test_bias_correction(self, judged: Judged, lines: tuple[str, ...]) -> None:
        (result,) = judged(display(*lines), MOVING)
        assert result.verdict is Verdict.REFUTED, result.reason

    def test_a_stated_start(self, judged: Judged) -> None:
        lines = (r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta m_t")
        right, wrong = (judged(f"Initialize :math:`m_0 = {start}`. {display(*lines)}", MOMENTUM) for start in (0, 1))
        assert [*verdicts(right), *verdicts(wrong)] == [Verdict.PROVED, Verdict.REFUTED]

    def test_a_pasted_line_gives_the_value(self, judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
        (result,) = judged(display(r"m_t &= g_t - \mu m_{t-1}", r"u_t &= -\eta m_t"), MOMENTUM)
        assert isinstance(result, CaseResult)
        assert result.counterexample is not None
        paste(result.counterexample.call)
        assert float(capsys.readouterr().out) == pytest.approx(float(result.counterexample.ran), rel=1e-6)


class TestCode:
    """Code that a first look would not find wrong."""

    RIGHT = display(r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta m_t")

    @pytest.mark.parametrize(
        ("init", "update"),
        [
            (
                "(0, jnp.zeros_like(params))",
                "n, m = state\nm = g + decay * m\nreturn jnp.where(n > 1000, 2, 1) * -learning_rate * m, (n + 1, m)",
            ),
            ("(0, jnp.zeros_like(params))", "n, m = state\nm = g + decay * m * (n != 50)\nreturn -learning_rate * m, (n + 1, m)"),
            (
                "jnp.zeros_like(params)",
                "m = g + decay * state\nreturn -learning_rate * jnp.where(jnp.abs(g) > 1e12, 0, m), m",
            ),
        ],
    )
    def test_a_late_change_is_never_proved(self, judged: Judged, init: str, update: str) -> None:
        (result,) = judged(self.RIGHT, {**MOMENTUM, "init": init, "update": update})
        assert result.verdict is Verdict.REFUTED, result.reason

    def test_a_state_outside_of_the_state(self, judged: Judged) -> None:
        update = "CALLS.append(1)\nm = g + decay * state\nreturn -learning_rate * m * (1 + len(CALLS)), m"
        (result,) = judged(self.RIGHT, {**MOMENTUM, "update": update})
        assert result.verdict is Verdict.UNSUPPORTED
        assert "outside of its state" in result.reason

    def test_entries_that_depend_on_each_other(self, judged: Judged) -> None:
        update = "m = g + decay * state\nreturn -learning_rate * m * jnp.sum(jnp.abs(g)) / jnp.maximum(jnp.sum(jnp.abs(g)), 1e-300), m"
        (result,) = judged(self.RIGHT, {**MOMENTUM, "update": update.replace("jnp.abs(g)", "g**2")})
        assert result.verdict is not Verdict.PROVED

    def test_a_norm_couples_entries(self, judged: Judged) -> None:
        update = "return -learning_rate * g / jnp.linalg.norm(jnp.atleast_1d(g)), state"
        doc = display(r"u_t &= -\eta \frac{g_t}{|g_t|}")
        (result,) = judged(doc, {"parameters": "learning_rate, decay=0.9", "init": "jnp.zeros_like(params)", "update": update})
        assert result.verdict is Verdict.UNDECIDED
        assert "other entries" in result.reason

    def test_a_sign_at_a_tie(self, judged: Judged) -> None:
        update = "m = decay * state + (1 - decay) * g\nreturn -learning_rate * jnp.sign(m), m"
        right = display(r"m_t &= \mu m_{t-1} + (1 - \mu) g_t", r"u_t &= -\eta\, \text{sign}(m_t)")
        scaled = display(r"m_t &= \mu m_{t-1} + g_t", r"u_t &= -\eta\, \text{sign}(m_t)")
        wrong = display(r"m_t &= \mu m_{t-1} + (1 - \mu) g_t", r"u_t &= -\eta\, \text{sign}(g_t)")
        code = {**MOMENTUM, "update": update}
        found = [verdict for doc in (right, wrong) for verdict in verdicts(judged(doc, code))]
        assert found == [Verdict.PROVED, Verdict.REFUTED]
        assert verdicts(judged(scaled, code))[0] is not Verdict.REFUTED

    def test_an_argument_that_the_text_does_not_mention(self, judged: Judged) -> None:
        code = {
            "parameters": "learning_rate, decay=0.9, warm=0.5",
            "init": "jnp.full_like(params, warm)",
            "update": MOMENTUM["update"],
        }
        (result,) = judged(self.RIGHT, code)
        assert result.verdict is Verdict.REFUTED
        assert "at the default warm=0.5: it is proved for every step with warm=0.0" in result.reason


class TestDocumentation:
    """What the text around a rule says."""

    def test_settings_are_claims_of_their_own(self, judged: Judged) -> None:
        code = {
            "parameters": "learning_rate, decay=0.9, nesterov=False",
            "init": "jnp.zeros_like(params)",
            "update": "m = g + decay * state\nu = g + decay * m if nesterov else m\nreturn -learning_rate * u, m",
        }
        cases = (
            r"u_t &= \begin{cases} -\eta m_t & \text{if } \texttt{nesterov = False} \\"
            r" -\eta (g_t + \mu m_t) & \text{if } \texttt{nesterov = True} \end{cases}"
        )
        found = judged(display(r"m_t &= g_t + \mu m_{t-1}", cases), code)
        assert verdicts(found) == [Verdict.PROVED, Verdict.PROVED]
        swapped = cases.replace("= False", "= X").replace("= True", "= False").replace("= X", "= True")
        assert verdicts(judged(display(r"m_t &= g_t + \mu m_{t-1}", swapped), code)) == [Verdict.REFUTED, Verdict.REFUTED]

    def test_a_display_that_changes_a_line(self, judged: Judged) -> None:
        code = {
            "parameters": "learning_rate, decay=0.9, nesterov=False",
            "init": "jnp.zeros_like(params)",
            "update": "m = g + decay * state\nn = g + decay * m if nesterov else m\nreturn -learning_rate * n, m",
        }
        base = display(r"m_t &= g_t + \mu m_{t-1}", "n_t &= m_t", r"u_t &= -\eta n_t")
        said = "With ``nesterov=True``, :math:`n_t` is instead"
        right = f"{base}\n{said}\n\n.. math::\n\n    n_t = g_t + \\mu m_t\n"
        wrong = f"{base}\n{said}\n\n.. math::\n\n    n_t = g_t + \\mu m_{{t-1}}\n"
        silent = f"{base}\nIt may also be\n\n.. math::\n\n    n_t = g_t + \\mu m_t\n"
        assert verdicts(judged(right, code)) == [Verdict.PROVED, Verdict.PROVED]
        assert verdicts(judged(wrong, code))[1] not in (Verdict.PROVED, Verdict.TESTED)
        assert verdicts(judged(silent, code)) == [Verdict.PROVED, Verdict.UNREADABLE]

    def test_the_gradient_before_the_first_one_is_a_choice(self, judged: Judged) -> None:
        doc = display(r"u_t &= -\eta (g_t + \mu (g_t - g_{t-1}))")
        for first in ("g", "jnp.zeros_like(g)"):
            update = f"n, old = state\nold = jnp.where(n == 0, {first}, old)\nreturn -learning_rate * (g + decay * (g - old)), (n + 1, g)"
            code = {**MOMENTUM, "init": "(0, jnp.zeros_like(params))", "update": update}
            (result,) = judged(doc, code)
            assert result.verdict.holds, result.reason
        code["update"] = code["update"].replace("(g - old)", "(old - g)")
        assert verdicts(judged(doc, code)) == [Verdict.REFUTED]

    def test_sums_over_the_steps(self, judged: Judged) -> None:
        code = {
            "parameters": "learning_rate, decay=0.9",
            "init": "jnp.zeros_like(params)",
            "update": "s = state + g**2\nreturn -learning_rate * g / (jnp.sqrt(s) + decay), s",
        }
        right = display(r"w_{t+1} &= w_t - \frac{\eta g_t}{\sqrt{\sum_{k=1}^t g_k^2} + \mu}")
        wrong = right.replace("g_k^2", "g_k")
        assert verdicts(judged(right, code)) == [Verdict.PROVED]
        assert verdicts(judged(wrong, code))[0] not in (Verdict.PROVED, Verdict.TESTED)

    @pytest.mark.parametrize(
        "words",
        ["The original optimizer computes", "Unlike this one, other optimizers use", "A rule that is not used here:", "Approximately,"],
    )
    def test_a_rule_of_something_else_is_not_refuted(self, judged: Judged, words: str) -> None:
        wrong = display(r"m_t &= g_t - \mu m_{t-1}", r"u_t &= -\eta m_t").removeprefix(LEGEND)
        assert verdicts(judged(f"{LEGEND}\n\n{words}{wrong}", MOMENTUM))[0] is not Verdict.REFUTED
        assert verdicts(judged(f"{LEGEND}\n\nOn each step, the parameters are updated as follows:{wrong}", MOMENTUM)) == [Verdict.REFUTED]

    def test_a_rule_of_later_steps_is_not_judged(self, judged: Judged) -> None:
        rule = display(r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta m_t").removeprefix(LEGEND)
        (result,) = judged(f"{LEGEND}\n\nFor :math:`t > 10`, we have{rule}", MOMENTUM)
        assert result.verdict in (Verdict.UNDECIDED, Verdict.UNREADABLE)

    def test_the_text_names_the_gradient(self, judged: Judged) -> None:
        right = display(r"m_t &= d_t + \mu m_{t-1}", r"u_t &= -\eta m_t")
        wrong = display(r"m_t &= d_t - \mu m_{t-1}", r"u_t &= -\eta m_t")
        said = "\nwhere :math:`d_t` is the gradient.\n"
        assert [*verdicts(judged(right + said, MOMENTUM)), *verdicts(judged(wrong + said, MOMENTUM))] == [Verdict.PROVED, Verdict.REFUTED]
        assert verdicts(judged(wrong, MOMENTUM))[0] is not Verdict.REFUTED

    @pytest.mark.parametrize(
        ("lines", "reason"),
        [
            ((r"m_t &= m_t + g_t", r"u_t &= -\eta m_t"), "on both sides"),
            ((r"m_t &= g_t", r"m_t &= 2 g_t", r"u_t &= -\eta m_t"), "the same name"),
            ((r"m_t &= n_t", "n_t &= m_t", r"u_t &= -\eta m_t"), "one another"),
            ((r"u_t &= -\eta g_t + \xi_t",), "."),
            ((r"u_t &= -\eta \nabla f(y_t)",), "not called parameters"),
        ],
    )
    def test_rules_that_are_not_understood(self, judged: Judged, lines: tuple[str, ...], reason: str) -> None:
        (result,) = judged(display(*lines), MOMENTUM)
        assert result.verdict in (Verdict.UNREADABLE, Verdict.UNDECIDED)
        assert re.search(reason, result.reason), result.reason


class TestPieces:
    """Rules in several displays, for some settings, and of classes."""

    CODE = MOMENTUM | {
        "parameters": "learning_rate, decay=0.9, nesterov=False",
        "update": "m = g + decay * state\nn = g + decay * m if nesterov else m\nreturn -learning_rate * n, m",
    }
    FIRST = display(r"m_t &= g_t + \mu m_{t-1}")
    LAST = "\n.. math::\n\n    u_t = -\\eta n_t\n"

    @pytest.mark.parametrize(("line", "verdict"), [(r"n_t = m_t", Verdict.PROVED), (r"n_t = -m_t", Verdict.REFUTED)])
    def test_several_displays(self, judged: Judged, line: str, verdict: Verdict) -> None:
        doc = f"{self.FIRST}\n.. math::\n\n    {line}\n\nThe update is\n{self.LAST}"
        assert verdicts(judged(doc, self.CODE)) == [Verdict.NOT_A_CLAIM, Verdict.NOT_A_CLAIM, verdict]

    @pytest.mark.parametrize("words", ["With nesterov=True, the update is:", "With Nesterov momentum, the update becomes:"])
    def test_a_sentence_names_the_setting(self, judged: Judged, words: str) -> None:
        plain = display(r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta m_t")
        other = display(r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta (g_t + \mu m_t)").removeprefix(LEGEND)
        assert verdicts(judged(f"{plain}\n{words}\n{other}", self.CODE)) == [Verdict.PROVED, Verdict.PROVED]
        wrong = other.replace("g_t + \\mu m_t)", "g_t - \\mu m_t)")
        assert verdicts(judged(f"{plain}\n{words}\n{wrong}", self.CODE))[1] not in (Verdict.PROVED, Verdict.TESTED)

    @pytest.mark.parametrize("words", ["With warm restarts, the update becomes:", "The update may also be:"])
    def test_a_setting_that_is_not_known_refutes_nothing(self, judged: Judged, words: str) -> None:
        plain = display(r"m_t &= g_t + \mu m_{t-1}", r"u_t &= -\eta m_t")
        other = display(r"m_t &= g_t + \mu m_{t-1}", r"u_t &= \eta m_t").removeprefix(LEGEND)
        assert verdicts(judged(f"{plain}\n{words}\n{other}", self.CODE))[1] not in (Verdict.REFUTED, Verdict.PROVED, Verdict.TESTED)

    def test_a_word_that_another_formula_may_define_is_no_parameter(self, judged: Judged) -> None:
        (result,) = judged(display(r"u_t &= -\text{trust_ratio} \cdot g_t"), MOMENTUM | {"parameters": "learning_rate, decay=0.9"})
        assert result.verdict not in (Verdict.REFUTED, Verdict.PROVED, Verdict.TESTED)

    HOLDER = '''import jax.numpy as jnp
import optax


class Base:
    def __init__(self, tx: optax.GradientTransformation) -> None:
        self.tx = tx


class Optimizer(Base):
    r"""An optimizer.

    The optimizer update is computed as:

    .. math::

        m_t = \\beta_1 m_{t-1} + (1 - \\beta_1) g_t

        \\theta_t = \\theta_{t-1} SIGN \\alpha m_t

    Parameters
    ----------
    lr : float, default=0.5
        The learning rate.
    betas : tuple of float, default=(0.75, 0.5)
        Coefficients.
    """

    def __init__(self, lr: float = 0.5, betas: tuple[float, float] = (0.75, 0.5)) -> None:
        super().__init__(optax.chain(optax.ema(betas[0], debias=False), optax.scale(-lr)))
'''

    @pytest.mark.parametrize(("sign", "verdict"), [("-", Verdict.PROVED), ("+", Verdict.REFUTED)])
    def test_classes(self, claims_of: Claims, sign: str, verdict: Verdict) -> None:
        (claim,) = claims_of(self.HOLDER.replace("SIGN", sign), "Optimizer")
        assert isinstance(claim, Bound)
        assert claim.spec.target.endswith(".Optimizer.tx.apply_updates")
        result = judged_claim(claim)
        assert result.verdict is verdict, result.reason
        if result.counterexample is not None:
            assert ".Optimizer(" in result.counterexample.call
            assert ").tx; p = " in result.counterexample.call


class TestSpecs:
    """Rules in the spec language."""

    @staticmethod
    def spec(target: str, sign: int = -1) -> Spec:
        t, n, i, alpha, mu, theta = sp.symbols("t n i alpha mu theta")
        m, u, g = map(sp.IndexedBase, "mug")
        return Spec(
            target=target,
            formula=Recurrence(u[t], [(m[t], g[t] + mu * m[t - 1]), (u[t], sign * alpha * m[t])], {m: 0}, (t, n)),
            symbols=[
                Parameter(alpha, "learning_rate", Reals(above=0), "learning rate"),
                Parameter(mu, "momentum", Reals(least=0, below=1), "momentum"),
                Parameter(theta, "params", Reals(), "parameters before the first step"),
                Variable(g[i], Reals(), "gradient"),
                Size(n, [3], "the number of steps that are run"),
            ],
            bind={"updates": Array(g[i], (i, 1, n))},
            entry=(n - 1,),
        )

    @pytest.mark.parametrize(("sign", "verdict"), [(-1, Verdict.PROVED), (1, Verdict.REFUTED)])
    def test_a_rule(self, sign: int, verdict: Verdict) -> None:
        result = check(self.spec("optax.sgd.update", sign), {"n": 3}, Limits(max_points=60), lambda _: None)
        assert result.verdict is verdict, result.reason

    def test_a_last_step_that_is_no_size(self) -> None:
        spec = self.spec("optax.sgd.update")
        t, five = spec.formula.step, sp.Integer(5)
        rule = Recurrence(spec.formula.output, spec.formula.lines, spec.formula.start, (t, five))
        with pytest.raises(QedocError, match="must be a Size; found 5"):
            check(replace(spec, formula=rule, origin=spec.location), {"n": 3}, Limits(max_points=60), lambda _: None)

    def test_a_target_without_steps(self) -> None:
        with pytest.raises(QedocError, match="has no attribute 'update'"):
            check(self.spec("optax.l2_loss.update"), {"n": 3}, Limits(max_points=60), lambda _: None)


class TestTargets:
    """Targets that take steps."""

    def test_paths(self) -> None:
        found = resolve("optax.adam.update")
        assert isinstance(found, Steps)
        assert steps(np.sin, "update") is None
        assert not is_transformation(np.sin)
        assert np.allclose(resolve("optax.sgd.apply_updates")(learning_rate=1.0, updates=np.array([1.0, 2.0]), params=0.5), [-0.5, -2.5])

    def test_relations(self) -> None:
        t, b = sp.symbols("t b")
        counts = np.array([[1.0, 2.0, 3.0]] * 2)
        value = np.array([[2.0, 5.0, 7.0], [1.0, -4.0, 3.0]])
        numbers = np.array([[0.5] * 3, [0.25] * 3])
        name = sp.IndexedBase("m")
        found = related((1 - numbers) * value, {name: value}, {1 - b: 1 - numbers}, counts, t)
        assert found == Related(1 - b, name)
        assert related(counts, {name: value}, {}, counts, t) == Related(t, None)
        assert related(value**2, {name: value}, {b: numbers}, counts, t) is None


EMA = {
    "parameters": "learning_rate, decay=0.9",
    "init": "jnp.zeros_like(params)",
    "update": "m = decay * state + (1 - decay) * g\nreturn -learning_rate * m, m",
}
EMA_LINES = (r"m_t &= \mu m_{t-1} + (1 - \mu) g_t", r"u_t &= -\eta m_t")


@pytest.mark.parametrize(
    "words",
    ["Every tenth step, the momentum is reset.", "The gradients are negated first.", r"Here :math:`m_0` is the first gradient."],
)
def test_words_beside_a_rule_that_make_another_rule(judged: Judged, words: str) -> None:
    assert verdicts(judged(f"{display(*EMA_LINES)}\n{words}", EMA)) == [Verdict.UNDECIDED]


def test_a_letter_that_is_made_of_a_parameter(judged: Judged) -> None:
    doc = display(*EMA_LINES).replace("the ``decay``", "one minus ``decay``").replace("and :math:`\\mu`", "where :math:`\\mu` is")
    (found,) = judged(doc, EMA)
    assert found.verdict is not Verdict.PROVED, found.reason


def test_words_beside_a_rule_that_change_nothing(judged: Judged) -> None:
    doc = f"{display(*EMA_LINES)}\nInitialize :math:`m_0 = 0`. The momentum is kept between steps."
    assert verdicts(judged(doc, EMA)) == [Verdict.PROVED]
    assert verdicts(judged(doc, dict(EMA, update=EMA["update"].replace("(1 - decay) * g", "g")))) == [Verdict.REFUTED]


def test_a_factory_without_an_annotation(claims_of: Claims) -> None:
    doc, update = (textwrap.indent(text, "    ") for text in (display(*EMA_LINES), textwrap.indent(EMA["update"], "    ")))
    plain = CODE.format(parameters=EMA["parameters"], doc=doc, init=EMA["init"], update=update).replace(
        " -> optax.GradientTransformation", ""
    )
    assert [judged_claim(claim).verdict for claim in claims_of(plain, "f")] == [Verdict.PROVED]
    other = plain.replace("return optax.GradientTransformation(init, update)", "return update")
    assert not any(isinstance(claim, Bound) for claim in claims_of(other, "f"))
