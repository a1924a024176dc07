"""Words that say something else than the display beside them. Each case has the documentation, and code for which it holds or does not.

`RIGHT` documentation says what the code computes and must not be refuted. `WRONG` documentation says something else and must not hold.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, RIGHT, WRONG, Judge, first_verdict, shown

from qedoc.results.verdict import Verdict


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    yield from first_verdict(tmp_path, monkeypatch, "doubted")


@pytest.mark.parametrize(
    ("before", "latex", "code", "verdicts"),
    [
        ("The value in double precision, halved, is", "x^2", "2 * x**2", RIGHT),
        ("Let", "y = x^2", "x**2", WRONG),
        ("Computes the derivative of the following function.", "x^2", "2 * x", RIGHT),
        ("Computes the derivative of the following function.", "x^2", "x**2", WRONG),
        ("Computes the inverse of the function below.", "2 x", "x / 2", RIGHT),
        ("Computes the following function.", "x^2", "x**2", HOLDS),
        ("Computes the following function.", "x^2", "x**3", REFUTED),
        ("The formula is given below.", "x^2", "x**3", REFUTED),
        ("Inputs are halved, then", "x + 1", "x / 2 + 1", RIGHT),
        ("More precisely, the function is defined as", "x^2", "x**2", HOLDS),
        ("Given an input, it returns", "x^2", "x**2", HOLDS),
        ("For a given number :math:`x`, it is", "x^2", "x**2", HOLDS),
        ("For a halved number :math:`x`, it is", "x^2", "x**2 / 4", RIGHT),
        ("For a reflected number :math:`x`, it is", "x", "-x", RIGHT),
    ],
)
def test_words_before_a_display(judge: Judge, before: str, latex: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown(latex, before), code) in verdicts


@pytest.mark.parametrize(("code", "verdicts"), [("jnp.where(debug, x + 1, x)", RIGHT), ("jnp.where(debug, x + 2, x + 1)", WRONG)])
def test_a_condition_that_was_not_understood_prevents_a_verdict(judge: Judge, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x, debug=False", shown("x + 1", "If debug is on, it returns"), code) in verdicts


@pytest.mark.parametrize(
    ("latex", "after", "code", "verdicts"),
    [
        (r"\log x", "The logarithm has base 2.", "jnp.log2(x)", HOLDS),
        (r"\log x", "The logarithm has base 2.", "jnp.log(x)", WRONG),
        (r"\log x", "The logarithm has base 2.", "3 * jnp.log(x)", REFUTED),
        (r"\log x", "where log is to the base 10.", "jnp.log10(x)", RIGHT),
        (r"\log x", "with the natural logarithm (base e).", "jnp.log(x)", HOLDS),
        (r"\log x", "It extends a base class, based on bases of two kinds.", "jnp.log(x)", HOLDS),
        (r"-x \log x", "It is given in bits.", "-x * jnp.log2(x)", RIGHT),
        (r"-x \log x", "It is given in bits.", "-x * jnp.log(x)", WRONG),
        (r"\sin x", "with x in degrees.", "jnp.sin(x * jnp.pi / 180)", HOLDS),
        (r"\sin x", "with x in degrees.", "jnp.sin(x)", WRONG),
        (r"\sin x", "with x in degrees.", "jnp.sin(x * jnp.pi / 90)", REFUTED),
        (r"\arctan x", "It returns an angle in degrees.", "jnp.arctan(x) * 180 / jnp.pi", RIGHT),
        (r"\sin x", "with x in radians.", "jnp.sin(x)", HOLDS),
    ],
)
def test_the_text_may_state_a_base_or_a_unit_of_angles(judge: Judge, latex: str, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown(latex, after=after), code) in verdicts


@pytest.mark.parametrize(("code", "verdicts"), [("jnp.cos(angle * jnp.pi / 180)", HOLDS), ("jnp.cos(angle)", WRONG), ("angle", REFUTED)])
def test_radians_beside_degrees_are_those_of_the_formula(judge: Judge, code: str, verdicts: set[Verdict]) -> None:
    after = r"where :math:`\theta` is the angle in radians."
    assert judge("angle", shown(r"\cos(\theta)", after=after, angle="The angle, in degrees."), code) in verdicts


@pytest.mark.parametrize(
    ("parameters", "latex", "after", "code", "verdicts"),
    [
        ("x, b", "b x", "where b is twice the gain.", "2 * b * x", RIGHT),
        ("x, gain", "a x", "where a is twice the gain.", "2 * gain * x", HOLDS),
        ("x, gain", "a x", "where a is twice the gain.", "gain * x", REFUTED),
        ("x, gain", "a x", "where a is the gain.", "gain * x", HOLDS),
        ("x, y", "x - y", "where x is the second argument and y is the first.", "y - x", RIGHT),
        ("x, y", "x - y", "where x is the second argument and y is the first.", "x - y", WRONG),
        ("x, y", "x - y", "where x and y are the inputs.", "x - 2 * y", REFUTED),
        ("x, n", "x^n", "where n is an index, not a power.", "x + n", RIGHT),
        ("x, count", r"\frac{t}{x}", "where :math:`t` is the count, counted from 1.", "(count + 1) / x", RIGHT),
        ("x, count", r"\frac{t}{x}", "where :math:`t` is the count, counted from 1.", "count / x", WRONG),
        ("x, variance", r"\frac{x}{\sigma^2}", "where sigma^2 is the variance.", "x / variance", HOLDS),
        ("x, variance", r"\frac{x}{\sigma^2}", "where sigma^2 is the variance.", "x / variance**2", REFUTED),
        ("x", r"\psi(x)", r"where :math:`\psi` is the digamma function.", "jax.scipy.special.digamma(x)", HOLDS),
        ("x", r"\psi(x)", r"where :math:`\psi` is the trigamma function.", "jax.scipy.special.digamma(x)", WRONG),
    ],
)
def test_letters_that_a_sentence_explains(judge: Judge, parameters: str, latex: str, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge(parameters, shown(latex, after=after), code) in verdicts


@pytest.mark.parametrize(
    ("name", "latex", "entry", "code", "verdicts"),
    [
        ("log_scale", "x s", "The logarithm of the scale :math:`s`.", "x * jnp.exp(log_scale)", HOLDS),
        ("log_scale", "x s", "The logarithm of the scale :math:`s`.", "x * log_scale", WRONG),
        ("n", "x / n", "One less than the number of items :math:`n`.", "x / n", WRONG),
        ("a", "a x", "Zero means the default of 2.", "jnp.where(a == 0, 2, a) * x", RIGHT),
        ("a", "a x", "Gain. Zero means the default of 2.", "3 * a * x", REFUTED),
        ("a", "a x", "Gain in percent.", "a / 100 * x", RIGHT),
        ("a", "a x", "Gain in percent.", "a * x", HOLDS),
        ("a", "a x", "Gain in percent.", "a / 10 * x", REFUTED),
        ("a", "a x", "Factor in range `(0, 1)` to balance positive vs negative inputs.", "jnp.where((a > 0) & (a < 1), a * x, 0)", RIGHT),
        ("a", "a x", "Factor in range `(0, 1)` to balance positive vs negative inputs.", "2 * a * x", REFUTED),
        ("a", "a x", "Factor, which is not positive, and never in range `(0, 1)`.", "jnp.where(a > 0, 2 * a * x, a * x)", RIGHT),
        ("a", "a x", "Gain, which is doubled first.", "2 * a * x", RIGHT),
        ("a", "a x", "A gain; values are clipped to [0, 1].", "jnp.clip(a, 0, 1) * x", RIGHT),
    ],
)
def test_entries_of_parameters(judge: Judge, name: str, latex: str, entry: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge(f"x, {name}", shown(latex, x="Input.", **{name: entry}), code) in verdicts


@pytest.mark.parametrize(
    ("after", "code", "verdicts"),
    [
        ("(the sign is flipped for historical reasons).", "y - x", RIGHT),
        (".. warning:: The implementation returns y - x.", "y - x", RIGHT),
        ("It returns the square of this.", "(x - y)**2", RIGHT),
        ("Returns:\n    The absolute value of the difference.", "jnp.abs(x - y)", RIGHT),
        ("Returns:\n    The squared difference.", "(x - y)**2", RIGHT),
        ("Returns:\n    The squared difference.", "x - y", WRONG),
        ("Returns:\n    The difference.", "x - y", HOLDS),
        ("Returns:\n    The difference.", "y - x", REFUTED),
        ("It is used in many places.", "y - x", REFUTED),
        ("Added support for y in `[0, 1]`.", "jnp.where((y < 0) | (y > 1), y - x, 2 * x - y)", REFUTED),
        ("Added support for y, but only in `[0, 1]`.", "jnp.where((y < 0) | (y > 1), 0, x - y)", RIGHT),
    ],
)
def test_what_is_said_of_the_result(judge: Judge, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x, y", shown("x - y", after=after), code) in verdicts


def test_the_result_may_be_described_by_what_the_display_shows(judge: Judge) -> None:
    text = shown("(x - y)^2", after="Returns:\n    The squared difference.")
    assert judge("x, y", text, "(x - y)**2") in HOLDS
    assert judge("x, y", text, "(x + y)**2") in REFUTED


@pytest.mark.parametrize(
    ("latex", "after", "code", "verdicts"),
    [
        ("|x|", "where bars denote the number of digits.", "jnp.floor(jnp.log10(jnp.abs(x))) + 1", RIGHT),
        ("|x|", "where bars denote the absolute value.", "x", REFUTED),
        (r"x \cdot x", "where the dot is convolution.", "x + x", RIGHT),
        (r"x * x", "where :math:`*` is convolution.", "x + x", RIGHT),
        (r"x * x", "where :math:`*` is multiplication.", "x + x", REFUTED),
    ],
)
def test_signs_with_another_meaning(judge: Judge, latex: str, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown(latex, after=after), code) in verdicts


@pytest.mark.parametrize(("after", "verdicts"), [("where the weights sum to one.", RIGHT), ("where the weights are given.", REFUTED)])
def test_weights_that_sum_to_one(judge: Judge, after: str, verdicts: set[Verdict]) -> None:
    text = shown(r"\sum_i w_i x_i", after=after, x="Array of shape (n,).", w="Weights.")
    assert judge("x, w", text, "jnp.sum(w * x) / jnp.sum(w)") in verdicts


@pytest.mark.parametrize(
    ("after", "verdicts"),
    [
        ("It saturates at 3.", RIGHT),
        ("The output never exceeds 3.", RIGHT),
        ("Returns:\n    A number between 0 and 3.", RIGHT),
        ("Returns:\n    The value. It lies between 0 and 3.", RIGHT),
        ("Returns:\n    The value, clipped to [0, 3].", RIGHT),
        ("Returns:\n    A number between 0 and 30.", REFUTED),
        ("Returns:\n    An array with a shape identical to the input x.", REFUTED),
        ("Returns:\n    A number.", REFUTED),
    ],
)
def test_a_range_of_the_result_limits_a_refutation(judge: Judge, after: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown("x", after=after), "jnp.minimum(x, 3)") in verdicts


@pytest.mark.parametrize(
    ("entry", "code", "verdicts"),
    [
        ("A number that is subtracted from one to give :math:`a`.", "(1 - alpha) * x", RIGHT),
        ("A number that is subtracted from one to give :math:`a`.", "alpha * x", WRONG),
        (r"Determines :math:`a` by :math:`a = 1 - \alpha`.", "(1 - alpha) * x", HOLDS),
        (r"Determines :math:`a` by :math:`a = 1 - \alpha`.", "alpha * x", WRONG),
        ("The gain :math:`a`.", "alpha * x", HOLDS),
        ("The gain :math:`a`.", "2 * alpha * x", REFUTED),
    ],
)
def test_what_an_entry_says_of_a_letter(judge: Judge, entry: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x, alpha", shown("a x", x="Input.", alpha=entry), code) in verdicts


@pytest.mark.parametrize(
    ("parameters", "latex", "code", "verdicts"),
    [
        ("value, rate", r"1 - e^{-t / \tau}", "1 - jnp.exp(-value * rate)", RIGHT),
        ("value, rate", r"1 - e^{-t / \tau}", "1 - jnp.exp(-value * rate / 2)", REFUTED),
        ("value, rate", r"1 - e^{-\lambda t}", "1 - jnp.exp(-value * rate)", HOLDS),
        ("decay_rate, transition_steps, count", r"\gamma^{t/T}", "decay_rate ** (count / transition_steps)", HOLDS),
        ("decay_rate, transition_steps, count", r"\gamma^{T/t}", "decay_rate ** (count / transition_steps)", WRONG),
    ],
)
def test_letters_that_only_conventions_explain(judge: Judge, parameters: str, latex: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge(parameters, shown(latex), code) in verdicts


@pytest.mark.parametrize(
    ("after", "code", "verdicts"),
    [
        ("Out-of-range values of x are silently clamped, so ensure that they are valid.", "jnp.clip(x, -5, 5) ** 2", RIGHT),
        ("Out-of-range values of x are silently clamped, so ensure that they are valid.", "x**2", HOLDS),
        ("Out-of-range values of x are silently clamped, so ensure that they are valid.", "x**3", WRONG),
        ("Values are silently clamped.", "x**2", WRONG),
    ],
)
def test_what_happens_to_arguments_out_of_range_is_not_said_of_others(judge: Judge, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown("x^2", after=after), code) in verdicts
