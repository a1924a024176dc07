"""Rules with a state whose entries depend on each other, are given the value of the function, or lack lines that other texts give."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from fixture_modules import Claims, judged_claim, written
from pasting import paste

from qedoc.algebra.recurrences import Recurrence
from qedoc.bind.records import Bound, Refused
from qedoc.bind.rules import introduces
from qedoc.read import Names, Unreadable
from qedoc.read.diagonals import without_diagonal, without_outer
from qedoc.read.steps import read_step_size, read_steps
from qedoc.results.verdict import CaseResult, Verdict

CODE = '''import jax.numpy as jnp
import optax

CALLS = []


def f({parameters}) -> optax.GradientTransformationExtraArgs:
    r"""An optimizer.

{doc}
    """
    def init(params):
        return {init}

    def update(g, state, params=None, *, value=0.0, **extra):
{update}

    return optax.GradientTransformationExtraArgs(init, update)


def norm(x):
    return jnp.sqrt(jnp.sum(x**2))
'''

LETTERS = r"""- :math:`\eta` is the ``learning_rate``.
- :math:`\mu` is the ``decay``.
- :math:`\epsilon` is the ``eps``.
"""

INTRODUCTION = f"""{LETTERS}
On each step, the parameters are updated as follows.
"""

PARAMETERS = "learning_rate, decay=0.9, eps=0.5"
NO_VERDICT = (Verdict.UNDECIDED, Verdict.UNREADABLE, Verdict.NOT_A_CLAIM)

Judged = Callable[[str, str, str], CaseResult]


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "coupled_rules")


@pytest.fixture
def judged(claims_of: Claims) -> Judged:
    """Judges the last rule of an optimizer, which is given by its docstring, its start and its step."""

    def judge(doc: str, init: str, update: str) -> CaseResult:
        body = "\n".join(f"        {line}" for line in update.strip().splitlines())
        text = "\n".join(f"    {line}".rstrip() for line in doc.strip("\n").splitlines())
        found = claims_of(CODE.format(parameters=PARAMETERS, doc=text, init=init, update=body), "f")
        return judged_claim(found[-1])

    return judge


def shown(*lines: str) -> str:
    """A display with these lines."""
    inside = " \\\\\n    ".join(lines)
    return f"\n.. math::\n\n    \\begin{{align*}}\n    {inside}\n    \\end{{align*}}\n"


NORMALISED = ("jnp.zeros([])", "return -learning_rate * g / (norm(g) + eps), state")
"""The start of the state and the step of gradient descent along the normalised gradient."""

LAYERED = (
    "(jnp.zeros([]), jnp.zeros_like(params))",
    "v, m = state\nv = decay * v + (1 - decay) * norm(g)**2\nm = decay * m + g / (jnp.sqrt(v) + eps)\nreturn -learning_rate * m, (v, m)",
)
"""The same for a rule with a second moment of the whole array."""

V = r"v_t &= \mu v_{t-1} + (1 - \mu) \|g_t\|^2"
M = r"m_t &= \mu m_{t-1} + \frac{g_t}{\sqrt{v_t} + \epsilon}"
W = r"w_{t+1} &= w_t - \eta m_t"


class TestNorms:
    """Rules with norms are compared for arrays of one, two and three entries."""

    @pytest.mark.parametrize(
        "line",
        [
            r"u_t &= -\eta \frac{g_t}{\|g_t\| + \epsilon}",
            r"u_t &= -\eta \frac{g_t}{\|g_t\|_2 + \epsilon}",
            r"w_{t+1} &= w_t - \eta \frac{\nabla f(w_t)}{\|\nabla f(w_t)\| + \epsilon}",
            r"w_t &= w_{t-1} - \frac{\eta g_t}{\sqrt{\|g_t\|_2^2} + \epsilon}",
        ],
    )
    def test_right_rules_are_tested(self, judged: Judged, line: str) -> None:
        result = judged(INTRODUCTION + shown(line), *NORMALISED)
        assert result.verdict is Verdict.TESTED, result.reason
        assert "arrays of 1 to 3 entries" in result.reason

    @pytest.mark.parametrize(
        "line",
        [
            r"u_t &= \eta \frac{g_t}{\|g_t\| + \epsilon}",
            r"u_t &= -\eta \frac{g_t}{\|g_t\|^2 + \epsilon}",
            r"u_t &= -\eta \frac{g_t}{\|g_t\|}",
            r"u_t &= -\eta \frac{g_t}{\|g_t\|_1 + \epsilon}",
            r"u_t &= -\eta \frac{g_t}{\|g_t\|_\infty + \epsilon}",
            r"u_t &= -\eta \frac{g_t}{\|g_t + \epsilon\|}",
            r"u_t &= -\eta \frac{g_t}{\|g_{t-1}\| + \epsilon}",
            r"u_t &= -\frac{g_t}{\|g_t\| + \epsilon}",
            r"u_t &= -\eta \frac{g_t}{\|2 g_t\| + \epsilon}",
            r"w_{t+1} &= w_t - \eta \frac{g_t}{\|w_t\| + \epsilon}",
        ],
    )
    def test_wrong_twins_are_refuted(self, judged: Judged, line: str) -> None:
        result = judged(INTRODUCTION + shown(line), *NORMALISED)
        assert result.verdict is Verdict.REFUTED, result.reason

    @pytest.mark.parametrize(
        ("lines", "verdict"),
        [
            ((V, M, W), Verdict.TESTED),
            ((V, M.replace("g_t}", r"\nabla f(w_t)}"), W), Verdict.TESTED),
            ((V.replace(r"\|g_t\|^2", "g_t^2"), M, W), Verdict.UNDECIDED),  # the entries of this one are independent
            ((V.replace(r"\|g_t\|^2", r"\|g_t\|"), M, W), Verdict.REFUTED),
            ((V.replace(r"(1 - \mu) ", ""), M, W), Verdict.REFUTED),
            ((V.replace("v_{t-1}", r"\|v_{t-1}\|"), M, W), Verdict.UNREADABLE),
            ((V, M.replace(r"\sqrt{v_t}", "v_t"), W), Verdict.REFUTED),
            ((V, M.replace(r"v_t", r"v_{t-1}"), W), Verdict.REFUTED),
            ((V, M.replace(r"\mu m", r"\mu^2 m"), W), Verdict.REFUTED),
            ((V, M, W.replace(r"\eta m_t", r"\eta m_t - \mu w_t")), Verdict.REFUTED),
        ],
    )
    def test_a_moment_of_the_whole_array(self, judged: Judged, lines: tuple[str, ...], verdict: Verdict) -> None:
        result = judged(INTRODUCTION + shown(*lines), *LAYERED)
        assert result.verdict is verdict, result.reason

    @pytest.mark.parametrize(
        ("init", "update"),
        [
            ("jnp.zeros([])", "return -learning_rate * g / (jnp.sqrt(jnp.mean(g**2)) + eps), state"),
            ("jnp.zeros([])", "return -learning_rate * g / (jnp.max(jnp.abs(g)) + eps), state"),
            ("jnp.zeros([])", "return -learning_rate * g / (jnp.abs(g) + eps), state"),
            ("jnp.zeros([])", "return -learning_rate * g * (1 + (jnp.arange(g.size) == 1)) / (norm(g) + eps), state"),
            ("jnp.zeros([])", "return -learning_rate * g * (1 + (state > 100)) / (norm(g) + eps), state + 1"),
            ("jnp.zeros([])", "return -learning_rate * jnp.where(norm(g) > 1e6, 0, g) / (norm(g) + eps), state"),
            ("jnp.zeros([])", "return -learning_rate * jnp.where(norm(g) < 1e-6, 0, g) / (norm(g) + eps), state"),
        ],
    )
    def test_code_that_differs_elsewhere(self, judged: Judged, init: str, update: str) -> None:
        result = judged(INTRODUCTION + shown(r"u_t &= -\eta \frac{g_t}{\|g_t\| + \epsilon}"), init, update)
        assert result.verdict is Verdict.REFUTED, result.reason

    def test_a_state_outside_of_the_state(self, judged: Judged) -> None:
        update = "CALLS.append(1)\nreturn -learning_rate * len(CALLS) * g / (norm(g) + eps), state"
        result = judged(INTRODUCTION + shown(r"u_t &= -\eta \frac{g_t}{\|g_t\| + \epsilon}"), "jnp.zeros([])", update)
        assert result.verdict is Verdict.UNSUPPORTED

    def test_a_pasted_line_gives_the_value(self, judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
        result = judged(INTRODUCTION + shown(r"u_t &= -\eta \frac{g_t}{\|g_t\|^2 + \epsilon}"), *NORMALISED)
        assert result.counterexample is not None
        paste(result.counterexample.call)
        assert float(capsys.readouterr().out) == pytest.approx(float(result.counterexample.ran), rel=1e-6)


class TestParts:
    """Names without a step that another display defines, and lines that change the gradient."""

    RATIO = r"""
The ratio is computed as

.. math::

    \text{ratio} = \begin{cases}
        \frac{\|w_t\|}{\|g_t\|} & \text{if } \|w_t\| > 0 \text{ and } \|g_t\| > 0 \\
        1 & \text{otherwise} \end{cases}

Final update:

.. math::

    w_{t+1} = w_t - \eta \cdot \text{ratio} \cdot g_t
"""
    TRUSTED = ("jnp.zeros([])", "w, n = norm(params), norm(g)\nreturn -learning_rate * g * jnp.where((w > 0) & (n > 0), w / n, 1), state")

    @pytest.mark.parametrize(
        ("right", "wrong", "verdict"),
        [
            ("", "", Verdict.TESTED),
            (r"\frac{\|w_t\|}{\|g_t\|}", r"\frac{\|g_t\|}{\|w_t\|}", Verdict.REFUTED),
            ("1 &", "0 &", Verdict.REFUTED),
            (r"\cdot g_t", r"\cdot g_t^2", Verdict.REFUTED),
            ("The ratio is computed as", "In the first paper, the ratio is computed as", Verdict.TESTED),
        ],
    )
    def test_a_definition_in_another_display(self, judged: Judged, right: str, wrong: str, verdict: Verdict) -> None:
        doc = LETTERS + self.RATIO.replace(right, wrong)
        assert judged(doc, *self.TRUSTED).verdict is verdict

    @pytest.mark.parametrize("words", ["In the first paper, the ratio was", "Without clipping, the ratio is computed as", "Often,"])
    def test_words_that_may_be_about_something_else_refute_nothing(self, judged: Judged, words: str) -> None:
        doc = LETTERS + self.RATIO.replace("The ratio is computed as", words).replace("1 &", "0 &")
        assert judged(doc, *self.TRUSTED).verdict in NO_VERDICT

    def test_two_definitions_are_none(self, judged: Judged) -> None:
        other = "\n.. math::\n\n    \\text{ratio} = \\|w_t\\|\n"
        doc = LETTERS + other + self.RATIO
        assert judged(doc, *self.TRUSTED).verdict in NO_VERDICT

    @pytest.mark.parametrize(("sign", "verdict"), [("+", Verdict.PROVED), ("-", Verdict.REFUTED)])
    def test_a_line_that_changes_the_gradient(self, judged: Judged, sign: str, verdict: Verdict) -> None:
        first = f"\n.. math::\n\n    g_t = \\nabla L(w_t) {sign} \\mu w_t\n\nThe update is\n"
        doc = INTRODUCTION + first + shown(r"w_{t+1} &= w_t - \eta g_t")
        result = judged(doc, "None", "return -learning_rate * (g + decay * params), state")
        assert result.verdict is verdict, result.reason

    def test_entries_of_which_the_text_speaks(self, judged: Judged) -> None:
        line = r"u_t^{(l)} &= -\eta \frac{G_t^{(l)}}{\|G_t^{(l)}\| SIGN \epsilon}"
        said = "\nwhere :math:`G_t^{(l)}` is the gradient for layer l.\n"
        words = "\nFor each layer l with gradient :math:`G_t^{(l)}`:\n"
        doc = INTRODUCTION.replace("as follows.", "as follows:") + words + shown(line) + said
        assert judged(doc.replace("SIGN", "+"), *NORMALISED).verdict is Verdict.TESTED
        assert judged(doc.replace("SIGN", "-"), *NORMALISED).verdict is Verdict.REFUTED

    @pytest.mark.parametrize("words", ["For each frozen layer with gradient :math:`G_t^{(l)}`:", "For small layers:"])
    def test_other_words_refute_nothing(self, judged: Judged, words: str) -> None:
        line = r"u_t &= -\eta \frac{g_t}{\|g_t\| - \epsilon}"
        doc = INTRODUCTION.replace("as follows.", "as follows:") + f"\n{words}\n" + shown(line)
        assert judged(doc, *NORMALISED).verdict in NO_VERDICT


class TestStepSizes:
    """A display that gives the step size of gradient descent."""

    DOC = r"""It sets the step-size as

.. math:: \eta \min\left\{\frac{f(x) - \mu}{\|\nabla f(x)\|^2 + \epsilon}, 1\right\}

where :math:`f` is the function from which a gradient is computed, :math:`\eta` is the ``learning_rate``, :math:`\mu` is the ``decay``, and
:math:`\epsilon` is the ``eps``.
"""
    POLYAK = ("None", "return -learning_rate * g * jnp.minimum((value - decay) / (norm(g)**2 + eps), 1), state")

    @pytest.mark.parametrize(
        ("right", "wrong", "verdict"),
        [
            ("", "", Verdict.TESTED),
            ("the step-size as", "the learning rate to", Verdict.TESTED),
            ("step-size as", r"step-size :math:`\\gamma` as", Verdict.TESTED),
            (r"\|^2", r"\|", Verdict.REFUTED),
            (r"f(x) - \mu", r"f(x) + \mu", Verdict.REFUTED),
            (r"f(x) - \mu", r"f(x)", Verdict.REFUTED),
            (r"\min", r"\max", Verdict.REFUTED),
            (r", 1\right", r", 2\right", Verdict.REFUTED),
            (r":: \eta", r":: -\eta", Verdict.REFUTED),
            (r":: \eta", ":: ", Verdict.REFUTED),
        ],
    )
    def test_verdicts(self, judged: Judged, right: str, wrong: str, verdict: Verdict) -> None:
        result = judged(self.DOC.replace(right, wrong) if right else self.DOC, *self.POLYAK)
        assert result.verdict is verdict, result.reason

    @pytest.mark.parametrize("words", ["The original method sets the step-size as", "For small gradients, it sets the step-size as"])
    def test_words_that_may_be_about_something_else_refute_nothing(self, judged: Judged, words: str) -> None:
        doc = self.DOC.replace("It sets the step-size as", words).replace(r"\min", r"\max")
        assert judged(doc, *self.POLYAK).verdict in NO_VERDICT

    @pytest.mark.parametrize("right", ["the function from which a gradient is computed", "the step-size as"])
    def test_without_the_words_it_is_no_rule(self, judged: Judged, right: str) -> None:
        assert judged(self.DOC.replace(right, "something"), *self.POLYAK).verdict in NO_VERDICT

    def test_a_pasted_line_gives_the_value(self, judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
        result = judged(self.DOC.replace(r"\min", r"\max"), *self.POLYAK)
        assert result.counterexample is not None
        assert "value" in result.counterexample.inputs
        paste(result.counterexample.call)
        assert float(capsys.readouterr().out) == pytest.approx(float(result.counterexample.ran), rel=1e-6)

    def test_two_points(self) -> None:
        assert isinstance(read_step_size(r"\frac{f(x)}{\|\nabla f(x)\|\,\|\nabla f(y)\|}", Names(), "f"), Unreadable)


class TestRows:
    """Rows that repeat the end of the row above."""

    STEP = ("jnp.zeros_like(params)", "m = decay * state + g\nreturn -learning_rate * m, m")
    LINES = (r"m_t &= \mu m_{t-1} + g_t", r"g_t", r"u_t &= -\eta m_t")

    def test_a_repeated_term(self, judged: Judged) -> None:
        assert judged(INTRODUCTION + shown(*self.LINES), *self.STEP).verdict is Verdict.PROVED

    def test_it_refutes_nothing(self, judged: Judged) -> None:
        """The row may also be a factor."""
        assert judged(INTRODUCTION + shown(*self.LINES[:2], r"u_t &= \eta m_t"), *self.STEP).verdict is Verdict.UNDECIDED
        squared = self.STEP[1].replace("+ g", "+ g * g")
        assert judged(INTRODUCTION + shown(*self.LINES), self.STEP[0], squared).verdict is Verdict.UNDECIDED

    @pytest.mark.parametrize("row", ["m_t", r"2 g_t", r"\mu", r"m_{t-1} + g_t"])
    def test_any_other_row_is_refused(self, row: str) -> None:
        found = read_steps(rf"m_t = \mu m_{{t-1}} + g_t \\ {row} \\ u_t = -\eta m_t", Names())
        assert isinstance(found, Unreadable)


class TestStepsSoFar:
    """Sums and extremes of all steps so far, and the diagonal of a sum of outer products."""

    LARGEST = (r"a_t &= \|g_t\| + \epsilon", r"\bar{a}_t &= \max_{k \leq t} a_k", r"u_t &= -\eta \frac{g_t}{\bar{a}_t}")
    LARGEST_CODE = ("jnp.zeros([])", "a = jnp.maximum(state, norm(g) + eps)\nreturn -learning_rate * g / a, a")

    @pytest.mark.parametrize(
        ("right", "wrong", "verdict"),
        [
            ("", "", Verdict.TESTED),
            (r"\max_{k \leq t}", r"\max_{k=1}^t", Verdict.TESTED),
            (r"\max", r"\min", Verdict.REFUTED),
            (r"\max", r"\sum", Verdict.REFUTED),
            (r"\max_{k \leq t} a_k", r"a_t", Verdict.REFUTED),
            (r"k \leq t", r"k < t", Verdict.UNREADABLE),
        ],
    )
    def test_the_largest_value(self, judged: Judged, right: str, wrong: str, verdict: Verdict) -> None:
        lines = [line.replace(right, wrong) if right else line for line in self.LARGEST]
        result = judged(INTRODUCTION + shown(*lines), *self.LARGEST_CODE)
        assert result.verdict is verdict, result.reason

    def test_a_start_in_the_text_refutes_nothing(self, judged: Judged) -> None:
        wrong = [line.replace(r"\max", r"\min") for line in self.LARGEST]
        text = "\nThe argument ``decay`` sets :math:`a_0`.\n"
        assert judged(INTRODUCTION + text + shown(*wrong), *self.LARGEST_CODE).verdict in NO_VERDICT

    TOTAL = ("jnp.zeros_like(params)", "s = state + g**2\nreturn -learning_rate * g / jnp.sqrt(s + eps), s")
    DIAGONAL = r"""
Defining :math:`G = \sum_{t=1}^\tau g_t g_t^\top`, the update can be written as

.. math:: w_{t+1} = w_t - \eta \cdot \text{diag}(G + \epsilon I)^{-1/2} \cdot g_t
"""

    @pytest.mark.parametrize(
        ("right", "wrong", "verdict"),
        [
            ("", "", Verdict.PROVED),
            (r"\text{diag}", r"\operatorname{diag}", Verdict.PROVED),
            ("-1/2", "1/2", Verdict.REFUTED),
            (r"G + \epsilon I", "G", Verdict.REFUTED),
            (r"\epsilon I", r"2 \epsilon I", Verdict.REFUTED),
            (r"w_t - \eta", r"w_t + \eta", Verdict.REFUTED),
            (r"G + \epsilon I", r"G G", Verdict.UNREADABLE),
            ("can be written as", "of another method is", Verdict.PROVED),
        ],
    )
    def test_a_diagonal(self, judged: Judged, right: str, wrong: str, verdict: Verdict) -> None:
        doc = LETTERS + (self.DIAGONAL.replace(right, wrong) if right else self.DIAGONAL)
        result = judged(doc, *self.TOTAL)
        assert result.verdict is verdict, result.reason

    def test_a_matrix_that_is_no_diagonal_is_not_read(self, judged: Judged) -> None:
        for right, wrong in ((r"{-1/2} \cdot g_t", r"{-1/2} \cdot G \cdot g_t"), (r"g_t^\top", r"h_t^\top")):
            assert right in self.DIAGONAL
            assert judged(LETTERS + self.DIAGONAL.replace(right, wrong), *self.TOTAL).verdict in NO_VERDICT

    def test_what_a_diagonal_is(self) -> None:
        assert without_diagonal(r"\text{diag}(G + 2 \epsilon I)^{-1}") == (r"(G + 2 \epsilon)^{-1}", frozenset("G"))
        assert without_diagonal(r"\text{diag}(G + I) G") == (r"\text{diag}(G + I) G", frozenset())
        assert without_diagonal(r"\text{diag}(G H)") == (r"\text{diag}(G H)", frozenset())
        assert without_outer(r"g_t g_t^\top + g_t h_t^\top + x x^{T}") == r"g_t^2 + g_t h_t^\top + x^2"


TAGGED = '''import jax.numpy as jnp
import optax


def f(learning_rate=0.5, first=("automatic", 0.25)):
    r"""An optimizer.

    On each step, the parameters are updated as follows.

    .. math::

        r_t &= \\|x_t - x_0\\| \\\\
        \\bar r_t &= \\max_{k \\leq t} r_k \\\\
        x_{t+1} &= x_t - FACTOR \\eta \\bar r_t g_t

    Args:
        learning_rate: the learning rate :math:`\\eta`.
        first: a tag and a value. ``distance`` WORDS :math:`r_0` to the given value, ``automatic`` does so with twice the value.

    Returns:
        The :class:`optax.GradientTransformation`.
    """

    def update(g, state, params=None):
        x, r = state
        r = jnp.maximum(r, jnp.sqrt(jnp.sum((params - x) ** 2)))
        return -learning_rate * r * g, (x, r)

    start = first[1] if first[0] == "distance" else 2 * first[1]
    return optax.GradientTransformation(lambda params: (params, jnp.asarray(start, dtype=float)), update)
'''


class TestTags:
    """A parameter that is a tag and a number, which gives the start for one tag."""

    @pytest.mark.parametrize(
        ("words", "factor", "verdicts"),
        [
            ("sets the initial distance", "", {Verdict.TESTED}),
            ("sets the initial distance", "2", {Verdict.REFUTED}),
            ("has the effect of", "", {Verdict.UNDECIDED}),
        ],
    )
    def test_verdicts(self, claims_of: Claims, words: str, factor: str, verdicts: set[Verdict]) -> None:
        (claim,) = claims_of(TAGGED.replace("WORDS", words).replace("FACTOR", factor), "f")
        result = judged_claim(claim)
        assert result.verdict in verdicts, result.reason


SIBLINGS = '''import optax


class First:
    r"""The first optimizer.

    .. math::

        m_t = \\mu m_{t-1} + g_t

        \\hat m_t = m_t / (1 - \\mu^t)

        w_{t+1} = w_t - \\eta \\hat m_t

    Args:
        eta: the learning rate :math:`\\eta`.
        mu: the decay :math:`\\mu`.
    """

    tx: optax.GradientTransformation

    def __init__(self, eta: float = 0.5, mu: float = 0.5) -> None:
        self.tx = optax.scale(-eta)


class Second(First):
    r"""WORDS

    The update is

    .. math:: w_{t+1} = w_t SIGN \\eta \\hat m_t

    Args:
        eta: the learning rate :math:`\\eta`.
        mu: the decay :math:`\\mu`.
    """

    def __init__(self, eta: float = 0.5, mu: float = 0.5) -> None:
        corrected = optax.GradientTransformation(
            lambda params: 0, lambda g, t, params=None: (g / (1 - mu ** (t + 1)), t + 1)
        )
        self.tx = optax.chain(optax.trace(mu), corrected, optax.scale(-eta))
'''


class TestSiblings:
    """The lines that a rule lacks are those of the rule beside it that the text names."""

    @pytest.mark.parametrize(
        ("words", "sign", "verdict"),
        [
            ("It modifies the First optimizer.", "-", Verdict.PROVED),
            ("It modifies the First optimizer.", "+", Verdict.UNDECIDED),
            ("It modifies an optimizer.", "+", Verdict.UNDECIDED),
        ],
    )
    def test_verdicts(self, claims_of: Claims, words: str, sign: str, verdict: Verdict) -> None:
        (claim,) = claims_of(SIBLINGS.replace("WORDS", words).replace("SIGN", sign), "Second")
        result = judged_claim(claim)
        assert result.verdict is verdict, result.reason
        if verdict is Verdict.PROVED:
            assert isinstance(claim, Bound)
            assert any("the other lines are those of" in note for note in claim.notes)

    def test_without_a_name_there_is_no_proof(self, claims_of: Claims) -> None:
        (claim,) = claims_of(SIBLINGS.replace("WORDS", "It modifies an optimizer.").replace("SIGN", "-"), "Second")
        assert isinstance(claim, Refused) or not judged_claim(claim).verdict.holds


def test_a_rule_with_entries_is_written_out() -> None:
    t, j, k, n = sp.symbols("t j k n")
    m, g, x = map(sp.IndexedBase, "mgx")
    lines = [(m[t, j], m[t - 1, j] + g[t, j] * sp.Sum(g[t, k] ** 2, (k, 1, n)))]
    rule = Recurrence(m[t, j], lines, {m: x[j]}, (t, sp.Integer(1)), (j, n))
    assert rule.free_symbols == {n, g.label, x.label}
    made = rule.written_out(2)
    assert [left for left, _ in made.lines] == [m[t, 1], m[t, 2]]
    assert sp.expand(made.at(1) - x[1] - g[1, 1] * (g[1, 1] ** 2 + g[1, 2] ** 2)) == 0
    assert np.isclose(float(made.at(1).subs({x[1]: 1, g[1, 1]: 2, g[1, 2]: 3})), 27)


class TestIntroductions:
    """Sentences before a rule that say that it is what the optimizer does."""

    @pytest.mark.parametrize(
        ("words", "introduces_"),
        [
            ("The Foo update uses the infinity norm:", True),
            ("The Foo update combines Adam's adaptive learning rate with Nesterov momentum:", True),
            ("The Adam update uses the infinity norm:", False),
            ("The Foo update uses the infinity norm instead:", False),
            ("The Foo update uses the positive moments:", False),
            ("The Foo update uses the infinity norm, if it is small:", False),
        ],
    )
    def test_what_an_update_is_made_of(self, words: str, introduces_: bool) -> None:
        assert introduces(words, ["Foo"]) is introduces_
