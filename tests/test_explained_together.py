"""Symbols that one sentence explains together, letters without markup, and words that go on after a display."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, RIGHT, WRONG, shown
from fixture_modules import judging

from qedoc.results.verdict import Verdict

Judge = Callable[..., Verdict]

LIMITS = {"x": "The value.", "lo": "The lower limit.", "hi": "The upper limit."}
MOMENTS = {"x": "The input.", "loc": "The mean.", "scale": "The standard deviation."}
MEAN = r"\frac{1}{n} \sum_{i=1}^{n} x_i^2"


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    with judging(tmp_path, monkeypatch, "together") as verdicts:

        def judged(parameters: str, docstring: str, code: str, name: str = "f") -> Verdict:
            return verdicts(parameters, docstring, code, name=name)[0]

        yield judged


@pytest.mark.parametrize(
    "where",
    [
        "where l and h are the lower and upper limits, respectively.",
        "where :math:`l` and :math:`h` are the lower and upper limits.",
        "Here :math:`h` and :math:`l` are the upper limit and the lower limit.",
        "where l is the lower limit and h is the upper limit.",
    ],
)
def test_two_symbols_of_one_sentence_have_its_order(judge: Judge, where: str) -> None:
    doc = shown(r"\frac{x - l}{h - l}", "The value is", where, **LIMITS)
    assert judge("x, lo, hi", doc, "(x - lo) / (hi - lo)") in HOLDS
    assert judge("x, lo, hi", doc, "(x - hi) / (lo - hi)") in REFUTED


def test_three_symbols_of_one_sentence(judge: Judge) -> None:
    where = r"where :math:`x`, :math:`\mu`, and :math:`\sigma` are the input, the mean and the standard deviation."
    doc = shown(r"\frac{x - \mu}{\sigma}", "The value is", where, **MOMENTS)
    assert judge("x, loc, scale", doc, "(x - loc) / scale") in HOLDS
    assert judge("x, loc, scale", doc, "(x - scale) / loc") in REFUTED


def test_more_symbols_than_descriptions_bind_nothing(judge: Judge) -> None:
    where = r"where :math:`\mu` and :math:`\sigma` are the standard deviation."
    assert judge("x, loc, scale", shown(r"\frac{x - \mu}{\sigma}", "The value is", where, **MOMENTS), "(x - scale) / loc") not in HOLDS


@pytest.mark.parametrize("made", ["less one", "minus one", "plus one"])
def test_a_length_that_is_another_number_is_not_the_length(judge: Judge, made: str) -> None:
    for letter in ("n", ":math:`n`"):
        doc = shown(MEAN, "The value is", f"where {letter} is the number of entries {made}.", x="A vector.")
        assert judge("x", doc, "jnp.mean(x**2)") in WRONG
    right = shown(MEAN, "The value is", "where n is the number of entries.", x="A vector.")
    assert judge("x", right, "jnp.mean(x**2)") in HOLDS
    assert judge("x", right, "jnp.sum(x**2) / (x.size - 1)") in REFUTED


def test_what_is_made_of_a_parameter_is_not_the_parameter(judge: Judge) -> None:
    latex, entries = r"-\sum_i y_i \log p_i", {"logits": "The logits.", "labels": "The labels."}
    doc = shown(latex, "The value is", "where :math:`p` is the softmax of ``logits`` and :math:`y` are the ``labels``.", **entries)
    assert judge("logits, labels", doc, "-jnp.sum(labels * jax.nn.log_softmax(logits))") in RIGHT
    assert judge("logits, labels", doc, "-jnp.sum(labels * jnp.log(logits))") in WRONG
    plain = shown(latex, "The value is", "where :math:`p` are the values of ``logits`` and :math:`y` are the ``labels``.", **entries)
    assert judge("logits, labels", plain, "-jnp.sum(labels * jnp.log(logits))") in HOLDS


@pytest.mark.parametrize(
    ("after", "code", "plain"),
    [
        ("for over-estimates; under-estimates count double.", "jnp.where(x > y, 1, 2) * (x - y)**2", "(x - y)**2"),
        ("rounded to the nearest integer.", "jnp.round((x - y)**2)", "(x - y)**2"),
        ("(evaluated at :math:`2 x` instead of :math:`x`).", "(2 * x - y)**2", "(x - y)**2"),
        ("For negative x, y is ignored (taken as 0).", "jnp.where(x < 0, x**2, (x - y)**2)", "(x - y)**2"),
        ("``x`` is given in milliseconds and ``y`` in seconds.", "(x / 1000 - y)**2", "(x - y)**2"),
    ],
)
def test_words_that_go_on_after_a_display_count(judge: Judge, after: str, code: str, plain: str) -> None:
    doc = shown("(x - y)^2", "The value is", after)
    assert judge("x, y", doc, code) in RIGHT
    assert judge("x, y", doc, plain) in WRONG
    assert judge("x, y", shown("(x - y)^2", "The value is", "for any input."), plain) in HOLDS
    assert judge("x, y", shown("(x - y)^2", "The value is", "for any input."), "(x - y)**3") in REFUTED


def test_a_summary_of_a_logarithm_beside_a_density(judge: Judge) -> None:
    density, summary = r"p(x) = \frac{1}{\sqrt{2\pi}} e^{-x^2/2}", "Log-density of a standard normal."
    doc = f"{summary}\n\n.. math:: {density}"
    assert judge("x", doc, "-x**2 / 2 - jnp.log(2 * jnp.pi) / 2") in RIGHT
    assert judge("x", doc, "jnp.exp(-x**2 / 2) / jnp.sqrt(2 * jnp.pi)") in WRONG
    assert judge("x", doc.replace("Log-density", "Density"), "jnp.exp(-x**2 / 2) / jnp.sqrt(2 * jnp.pi)") in HOLDS
    assert judge("x", doc.replace("Log-density", "Density"), "jnp.exp(-x**2) / jnp.sqrt(2 * jnp.pi)") in REFUTED


def test_an_offset_that_is_subtracted(judge: Judge) -> None:
    doc = shown("a x + b", "The value is", x="The input.", a="The slope.", b="The offset, subtracted.")
    assert judge("x, a, b", doc, "a * x + b") in WRONG
    assert judge("x, a, b", doc, "a * x - b") in RIGHT
    plain = shown("a x + b", "The value is", x="The input.", a="The slope.", b="The offset.")
    assert judge("x, a, b", plain, "a * x + b") in HOLDS
    assert judge("x, a, b", plain, "a * x - b") in REFUTED


def test_a_sum_that_ends_at_the_entry_is_no_sum_over_the_whole_array(judge: Judge) -> None:
    doc = shown(r"y_i = \sum_{j=0}^{i-1} x_j", "The value is", "with indices starting at 0.", x="A vector.")
    assert judge("x", doc, "jnp.cumsum(x) - x") in RIGHT
    assert judge("x", doc, "jnp.cumsum(x)") in WRONG


@pytest.mark.parametrize(
    "after", ["for x > 0, and 0 elsewhere.", "for :math:`x > 0` and zero otherwise.", "if x is positive; otherwise it is zero."]
)
def test_the_value_elsewhere_is_a_part_of_the_formula(judge: Judge, after: str) -> None:
    doc = shown("e^{-x}", "The value is", after, x="The input.")
    assert judge("x", doc, "jnp.where(x > 0, jnp.exp(-x), 0)") in HOLDS
    assert judge("x", doc, "jnp.where(x > 0, jnp.exp(-x), 1)") in REFUTED
    assert judge("x", doc, "jnp.where(x >= 0, jnp.exp(-x), 0)") in REFUTED


def test_what_holds_beyond_two_conditions_stays_open(judge: Judge) -> None:
    doc = shown("e^{-x} + a", "The value is", "for x > 0 and a > 0, and 0 elsewhere.", x="The input.", a="The offset.")
    assert judge("x, a", doc, "jnp.where(x > 0, jnp.exp(-x) + a, 0)") in RIGHT


def test_parentheses_that_deny(judge: Judge) -> None:
    doc = shown("a x", "The value is", "(no longer multiplied by x)", x="The input.", a="The slope.")
    assert judge("x, a", doc, "a + 0 * x") in RIGHT
    assert judge("x, a", doc, "a * x") in WRONG
    assert judge("x, a", shown("a x", "The value is", "(see the paper)", x="The input.", a="The slope."), "a * x") in HOLDS


def test_a_parameter_with_the_name_of_a_square(judge: Judge) -> None:
    kernel = r"e^{-x^2 / \sigma^2}"
    assert judge("x, sigma_sq", shown(kernel, "The value is"), "jnp.exp(-x**2 / sigma_sq)") in HOLDS
    assert judge("x, sigma_sq", shown(kernel, "The value is"), "jnp.exp(-x**2 / sigma_sq**2)") in REFUTED
    for code in ("jnp.exp(-x**2 / sigma2)", "jnp.exp(-x**2 / sigma2**2)"):
        assert judge("x, sigma2", shown(kernel, "The value is"), code) in RIGHT
    assert judge("x, sigma2", shown(kernel, "The value is"), "jnp.exp(-x**2 / sigma2**3)") in REFUTED


@pytest.mark.parametrize(
    "type_", ["float, default=2.0", "float, default 2.0", "float, optional (default: 2.0)", "float or jax.Array, default=2.0"]
)
def test_a_default_beside_the_type_of_a_parameter_restricts_nothing(judge: Judge, type_: str) -> None:
    doc = f"The value is\n\n.. math:: k x\n\nParameters\n----------\nx : float\n    The input.\nk : {type_}\n    The gain.\n"
    assert judge("x, k=2.0", doc, "k * x") in HOLDS
    assert judge("x, k=2.0", doc, "jnp.where(k == 2, k * x, k + x)") in REFUTED
