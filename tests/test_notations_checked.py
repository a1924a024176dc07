"""Formulas in the notations of real documentation, from docstring to verdict: the right code holds, and its wrong twin is refuted."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qedoc.bind import Bound, claims
from qedoc.claims.limits import Limits
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import Verdict, weakest
from qedoc.sources.docstrings import documented
from qedoc.sources.specfiles import sizes

HOLDS = {Verdict.PROVED, Verdict.TESTED}
Judge = Callable[[str, str, str, str], Verdict]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges a formula: the parameters of the function, the section on its arguments, the formula and the code."""
    monkeypatch.syspath_prepend(str(tmp_path))
    count = 0

    def judged(parameters: str, arguments: str, latex: str, code: str) -> Verdict:
        nonlocal count
        count += 1
        module = f"noted_{count}"
        told = "".join(f"        {line}\n" for line in arguments.split("\n"))
        doc = f'    r"""F.\n\n    .. math::\n        {latex}\n\n    Args:\n{told}    """\n'
        (tmp_path / f"{module}.py").write_text(f"import jax\nimport jax.numpy as jnp\n\n\ndef f({parameters}):\n{doc}    return {code}\n")
        (record,) = documented(module)
        claim = claims(record)[0]
        if not isinstance(claim, Bound):
            return claim.verdict
        assert claim.readings is not None
        return weakest(
            [check_readings(claim.readings, size, Limits(max_points=30), lambda _: None).verdict for size in sizes(claim.spec)[:2]]
        )

    yield judged
    for module in [name for name in sys.modules if name.startswith("noted_")]:
        del sys.modules[module]


CLASSES = "s, y: int", "s: a vector of scores.\ny: the class."
VECTOR = "x", "x: a vector."
NUMBER = "x", "x: a number."
OTHERS = "jnp.max(jnp.where(jnp.arange(s.shape[0]) == y, -jnp.inf, s))"


@pytest.mark.parametrize(
    ("signature", "latex", "right", "wrong"),
    [
        (CLASSES, "-s_y", "-s[y]", "-s[0]"),
        (CLASSES, r"-\log \frac{e^{s_y}}{\sum_j e^{s_j}}", "jax.nn.logsumexp(s) - s[y]", "jax.nn.logsumexp(s) - 2 * s[y]"),
        (CLASSES, r"\max_{j \ne y} s_j - s_y", f"{OTHERS} - s[y]", "jnp.max(s) - s[y]"),
        (VECTOR, r"\sum_{i: x_i > 0} x_i", "jnp.sum(jnp.where(x > 0, x, 0))", "jnp.sum(jnp.where(x > 1, x, 0))"),
        (VECTOR, r"\sum_{i < j} x_i x_j", "(jnp.sum(x)**2 - jnp.sum(x**2)) / 2", "jnp.sum(x)**2 - jnp.sum(x**2)"),
        (VECTOR, r"\sum_i [x_i > 0] x_i", "jnp.sum(jnp.where(x > 0, x, 0))", "jnp.sum(jnp.where(x < 0, x, 0))"),
        (VECTOR, r"\mathbb{E}[x^2]", "jnp.mean(x**2)", "jnp.sum(x**2)"),
        (VECTOR, r"\mathrm{Var}[x]", "jnp.mean((x - jnp.mean(x))**2)", "jnp.mean(x**2)"),
        (VECTOR, r"\|x\|_\infty", "jnp.max(jnp.abs(x))", "jnp.max(x)"),
        (NUMBER, r"\mathrm{softplus}(x)", "jnp.logaddexp(x, 0)", "jnp.maximum(x, 0)"),
        (NUMBER, r"\Phi(x)", "(1 + jax.lax.erf(x / jnp.sqrt(2))) / 2", "jax.lax.erf(x)"),
        (NUMBER, r"I_0^e(x)", "jax.lax.bessel_i0e(x)", "jax.lax.bessel_i1e(x)"),
        (NUMBER, r"(1 - x)_+", "jnp.maximum(1 - x, 0)", "1 - x"),
        (NUMBER, r"x, \quad \text{clipped to } [0, 1]", "jnp.clip(x, 0, 1)", "jnp.clip(x, 0, 2)"),
        (NUMBER, r"z x, \text{ where } z = 1 + x", "x * (1 + x)", "x * (1 - x)"),
        (NUMBER, r"x^2, \quad x \in \mathbb{R}_{>0}", "x * jnp.abs(x)", "2 * x * jnp.abs(x)"),
        (NUMBER, r"\\frac{1}{1 + e^{-x}} \\cdot 2", "2 / (1 + jnp.exp(-x))", "2 / (1 + jnp.exp(x))"),
    ],
)
def test_the_right_code_holds_and_its_wrong_twin_is_refuted(
    judge: Judge, signature: tuple[str, str], latex: str, right: str, wrong: str
) -> None:
    assert judge(*signature, latex, right) in HOLDS
    assert judge(*signature, latex, wrong) is Verdict.REFUTED


def test_words_after_a_formula_prevent_a_refutation_and_no_proof(judge: Judge) -> None:
    latex = r"2 x \quad \text{(in the first phase)}"
    assert judge(*NUMBER, latex, "x + x") in HOLDS
    assert judge(*NUMBER, latex, "3 * x") is Verdict.UNDECIDED


def test_a_variance_of_a_sample_is_not_refuted(judge: Judge) -> None:
    sample = "jnp.sum((x - jnp.mean(x))**2) / (x.shape[0] - 1)"
    assert judge(*VECTOR, r"\mathrm{Var}[x]", sample) is not Verdict.REFUTED


def test_a_position_that_counts_from_1_is_not_refuted(judge: Judge) -> None:
    assert judge(*CLASSES, "-s_y", "-s[y - 1]") is not Verdict.REFUTED
