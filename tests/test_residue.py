"""Sentences that are not understood as a whole, and may change what a display says.

`RIGHT` documentation says what the code computes and must not be refuted. `WRONG` documentation says something else and must not hold.
Sentences that change nothing must not withhold a verdict.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, RIGHT, WRONG, Judge, first_verdict, shown
from fixture_modules import judging

from qedoc.interpret import residue
from qedoc.results.verdict import Verdict


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    yield from first_verdict(tmp_path, monkeypatch, "residue")


@pytest.mark.parametrize(
    ("parameters", "latex", "after", "right", "literal"),
    [
        ("x, w", "y = w x^2", "We found it convenient to store the weight as its logarithm.", "jnp.exp(w) * x**2", "w * x**2"),
        ("x", "-x", "The gain is specified in decibels.", "-10**(x / 20)", "-x"),
        ("x", "x^2", "Values are expressed in percent.", "100 * x**2", "x**2"),
        ("x, y", r"\frac{2}{x + y}", "Arguments are passed as reciprocals to save divisions.", "2 / (1/x + 1/y)", "2 / (x + y)"),
        ("x, n", "x^{1/n}", "where the root index is one larger than the argument ``n``.", "x**(1 / (n + 1))", "x**(1 / n)"),
        ("x, a", "a x", "Some authors use the reciprocal of ``a``; we follow them.", "x / a", "a * x"),
        ("x, a", r"\frac{x}{a}", "Some authors use the reciprocal of a; we follow them.", "x * a", "x / a"),
        ("x, tau", r"e^{-x/\tau}", r"``tau`` is the mean life, i.e. :math:`\tau \log 2` of it.", "2**(-x / tau)", "jnp.exp(-x / tau)"),
        ("x", "s(x) = x^2", "This evaluates :math:`s'`.", "2 * x", "x**2"),
        ("x, a, b", "x - a + b", "Here the interval is :math:`[b, a]` = ``[a, b]``.", "x - b + a", "x - a + b"),
        ("x, f", r"\cos(f x)", "where the frequency :math:`f` follows from ``f``.", "jnp.cos(x / f)", "jnp.cos(f * x)"),
        ("x", "x^2", "for negative inputs, and the identity for the others.", "jnp.where(x < 0, x**2, x)", "x**2"),
        ("x, m", "x - m", "for :math:`x > m`; smaller ``x`` are left alone.", "jnp.where(x > m, x - m, x)", "x - m"),
        ("x", "|x|", "with the sign of ``x``.", "x", "jnp.abs(x)"),
        ("x", "x^2", "The formula is for the right half-line. On the left, symmetry determines it.", "jnp.sign(x) * x**2", "x**2"),
        ("x, y", "x - y", "Positional order is the subtrahend first.", "y - x", "x - y"),
        ("a, b", "d(a, b) = a - b", "Call it as ``difference(b, a)``.", "b - a", "a - b"),
        ("x", r"-x \log x", "Nats are converted to shannons.", "-x * jnp.log2(x)", "-x * jnp.log(x)"),
        ("x, c", r"\log(1 + x^2)", "Since 0.4 the factor ``c`` is part of the value.", "c * jnp.log(1 + x**2)", "jnp.log(1 + x**2)"),
        ("n", "n (n + 1)", "The sequence starts with 2 for ``n = 0``.", "(n + 1) * (n + 2)", "n * (n + 1)"),
        ("x", r"1 - \cos x", "Angles are turns, and one corresponds to a full circle.", "1 - jnp.cos(2 * jnp.pi * x)", "1 - jnp.cos(x)"),
        ("x, y", "(x - y)^2", "For compatibility, the mean over both orders and a half are taken.", "0.5 * (x - y)**2", "(x - y)**2"),
    ],
)
def test_words_that_may_change_a_display(judge: Judge, parameters: str, latex: str, after: str, right: str, literal: str) -> None:
    docstring = shown(latex, "Computes a number.", after)
    assert judge(parameters, docstring, right) in RIGHT
    assert judge(parameters, docstring, literal) in WRONG


@pytest.mark.parametrize(
    ("summary", "latex", "right", "literal"),
    [
        ("Derivative of softsign.", r"s(x) = \frac{x}{1 + |x|}", "1 / (1 + jnp.abs(x))**2", "x / (1 + jnp.abs(x))"),
        ("Quantile of the exponential distribution.", "F(x) = 1 - e^{-x}", "-jnp.log(1 - x)", "1 - jnp.exp(-x)"),
        ("Relative size, expressed in percent.", "|x|", "100 * jnp.abs(x)", "jnp.abs(x)"),
    ],
)
def test_summaries_about_a_function_of_the_display(judge: Judge, summary: str, latex: str, right: str, literal: str) -> None:
    assert judge("x", shown(latex, summary), right) in RIGHT
    assert judge("x", shown(latex, summary), literal) in WRONG


@pytest.mark.parametrize(
    ("entry", "latex", "right", "literal"),
    [
        ("doubling time; the rate :math:`k` is ``log(2) / k``", "e^{k x}", "2**(x / k)", "jnp.exp(k * x)"),
        ("number of sites :math:`k`, minus one", "x^k", "x**(k + 1)", "x**k"),
        ("the coefficient, of which :math:`k^2` is the square", "x + k", "x + jnp.sqrt(k)", "x + k"),
    ],
)
def test_entries_that_make_another_number(judge: Judge, entry: str, latex: str, right: str, literal: str) -> None:
    assert judge("x, k", shown(latex, "Computes a number.", k=entry), right) in RIGHT
    assert judge("x, k", shown(latex, "Computes a number.", k=entry), literal) in WRONG


def test_a_symbol_that_is_called_something_else_than_its_parameter(judge: Judge) -> None:
    docstring = shown(r"x / \sigma", "", r"where :math:`\sigma` is the standard deviation.", sigma="{}.")
    assert judge("x, sigma", docstring.format("precision"), "x / sigma") in WRONG
    assert judge("x, sigma", docstring.format("standard deviation"), "x / sigma") in HOLDS
    assert judge("x, sigma", docstring.format("standard deviation"), "x * sigma") in REFUTED


@pytest.mark.parametrize(
    "after",
    [
        r"with the limit :math:`\log x` when ``x`` vanishes.",
        "By default, the gradient is computed as :math:`2 x`.",
        r"Equivalently, the first success occurs on trial :math:`k+1`.",
        "It addresses the diminishing learning rates of earlier methods.",
        "Values are given as an array of floats.",
        "It is twice differentiable.",
        "High values may lead to erroneous results; consider enabling double precision in this case.",
    ],
)
def test_sentences_that_change_nothing(judge: Judge, after: str) -> None:
    assert judge("x", shown("x^2", "Computes a number.", after), "x**2") in HOLDS
    assert judge("x", shown("x^2", "Computes a number.", after), "x**3") is Verdict.REFUTED


def test_an_operation_that_the_display_shows_changes_nothing() -> None:
    said = "The logarithm is taken afterwards."
    assert residue.operates(said, "x^2", [])
    assert not residue.operates(said, r"\log(x^2)", [])


def test_the_number_of_a_step_is_no_expression() -> None:
    assert residue.computes("It computes :math:`S_t + 1`.", "x", [])
    assert not residue.computes("It computes updates :math:`u_t` and the new state :math:`S_{t+1}`.", "x", [])


def test_a_call_that_only_names_a_function_is_no_example() -> None:
    assert residue.calls("Call it as ``f(b, a)``.")
    assert not residue.calls("where ``B(a, b)`` is the beta function.")


def test_two_statements_on_one_subject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `is given by` is about: the subject of the sentence, or the last noun before `which`."""
    text = "The {} is the inverse of the Tukey density{} is given by"
    with judging(tmp_path, monkeypatch, "subjects") as verdicts:

        def judge(subject: str, link: str, code: str) -> Verdict:
            return verdicts("x", shown("x^2", text.format(subject, link)), code, name="tukey_spread")[0]

        assert judge("Tukey spread", ", and", "x**2") in HOLDS
        assert judge("Tukey spread", ", and", "1 / x**2") is Verdict.REFUTED
        assert judge("Tukey spread", ", which", "1 / x**2") in RIGHT
        assert judge("Tukey width", ", and", "1 / x**2") in RIGHT
