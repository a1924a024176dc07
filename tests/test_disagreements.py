"""Symbols that the text calls something else than the entry of the parameter of that name, and letters that it makes of other numbers.

`RIGHT` documentation says what the code computes and must not be refuted. `WRONG` documentation says something else and must not hold.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, RIGHT, WRONG, Judge, first_verdict, shown

from qedoc.results.verdict import Verdict


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    yield from first_verdict(tmp_path, monkeypatch, "disagreeing")


@pytest.mark.parametrize(
    ("parameter", "explanation", "entry", "latex", "code", "verdicts"),
    [
        ("tau", r"where :math:`\tau` is the lifetime.", "Half-life.", r"e^{-x / \tau}", "jnp.exp(-x * jnp.log(2.0) / tau)", RIGHT),
        ("tau", r"where :math:`\tau` is the lifetime.", "Half-life.", r"e^{-x / \tau}", "jnp.exp(-x / tau)", WRONG),
        ("tau", r"where :math:`\tau` is the lifetime.", "The lifetime of the state.", r"e^{-x / \tau}", "jnp.exp(-x / tau)", HOLDS),
        ("tau", r"where :math:`\tau` is the lifetime.", "The lifetime of the state.", r"e^{-x / \tau}", "jnp.exp(-2 * x / tau)", REFUTED),
        ("t", ":math:`t` counts epochs.", "The iteration, of which there are 10 in an epoch.", "x e^{-t}", "x * jnp.exp(-t / 10)", RIGHT),
        ("t", ":math:`t` counts epochs, and an epoch has 10 iterations.", "The iteration.", "x e^{-t}", "x * jnp.exp(-t)", WRONG),
        ("beta", r"with inverse temperature :math:`\beta`.", "Temperature.", r"e^{-\beta x}", "jnp.exp(-x / beta)", RIGHT),
        ("beta", r"with inverse temperature :math:`\beta`.", "Temperature.", r"e^{-\beta x}", "jnp.exp(-beta * x)", WRONG),
        ("beta", r"with inverse temperature :math:`\beta`.", "Inverse temperature.", r"e^{-\beta x}", "jnp.exp(-beta * x)", HOLDS),
        ("beta", r"with inverse temperature :math:`\beta`.", "Inverse temperature.", r"e^{-\beta x}", "jnp.exp(beta * x)", REFUTED),
        ("k", "with :math:`k` the stiffness.", "Compliance, the inverse of the stiffness.", "k x", "x / k", RIGHT),
        ("k", "with :math:`k` the stiffness.", "Compliance, the inverse of the stiffness.", "k x", "k * x", WRONG),
        ("k", "with :math:`k` the stiffness.", "Stiffness of the spring.", "k x", "k * x", HOLDS),
        ("f", "where :math:`f` is the ordinary frequency.", "Angular frequency.", r"2 \pi f + x", "f + x", RIGHT),
        ("f", "where :math:`f` is the ordinary frequency.", "Angular frequency.", r"2 \pi f + x", "2 * jnp.pi * f + x", WRONG),
        ("d", "where :math:`d` is the radius.", "Diameter.", "x / d", "2 * x / d", RIGHT),
        ("d", "where :math:`d` is the radius.", "Diameter.", "x / d", "x / d", WRONG),
        ("d", "where :math:`d` is the weight.", "Coefficient of the input.", "x / d", "x / d", HOLDS),
        ("d", "where :math:`d` is the smoothing parameter.", "float, amount of smoothing.", "x / d", "x / d", HOLDS),
        ("lam", r"where :math:`\lambda` sums two penalties, each of which is ``lam``.", "", r"x + \lambda", "x + 2 * lam", RIGHT),
        ("lam", r"where :math:`\lambda` sums two penalties, each of which is ``lam``.", "", r"x + \lambda", "x + lam", WRONG),
        ("lam", r"where :math:`\lambda` is the penalty.", "", r"x + \lambda", "x + lam", HOLDS),
        ("t", "with the time :math:`t` in seconds.", "Time in minutes.", "x e^{-t}", "x * jnp.exp(-60 * t)", RIGHT),
        ("t", "with the time :math:`t` in seconds.", "Time in minutes.", "x e^{-t}", "x * jnp.exp(-t)", WRONG),
        ("t", "with the time :math:`t` in seconds.", "Time in seconds.", "x e^{-t}", "x * jnp.exp(-t)", HOLDS),
        ("k", "where :math:`k` is one if ``k`` is positive and zero otherwise.", "", "x + k", "x + (k > 0)", RIGHT),
        ("k", "where :math:`k` is one if ``k`` is positive and zero otherwise.", "", "x + k", "x + k", WRONG),
        ("n", "", "Degree minus one.", "x^n", "x**(n + 1)", RIGHT),
        ("n", "where :math:`n` is the degree.", "Degree minus one.", "x^n", "x**n", WRONG),
        ("n", "where :math:`n` is the degree.", "Order, which is the degree plus one.", "x^n", "x**n", WRONG),
        ("n", "where :math:`n` is the degree.", "The degree of the monomial.", "x^n", "x**n", HOLDS),
        ("p", "", "Share, given in hundredths.", "p x", "p * x / 100", RIGHT),
        ("p", "", "Share, given in hundredths.", "p x", "p * x", WRONG),
        ("p", "", "Share, given as an array.", "p x", "p * x", HOLDS),
        ("s", "", "Shift, entered with its sign changed.", "x + s", "x - s", RIGHT),
        ("s", "", "Shift, entered with its sign changed.", "x + s", "x + s", WRONG),
        ("a", "", "Half the gain.", "a x", "2 * a * x", RIGHT),
        ("a", "with gain :math:`a`.", "Half the gain.", "a x", "a * x", WRONG),
        ("a", "", "Half the gain.", "a x", "3 * a * x", REFUTED),
        ("a", "", "Gain in decibels.", "a x", "10 ** (a / 20) * x", RIGHT),
        ("a", "", "Loss, that is, the negative of the gain a.", "a x", "-a * x", RIGHT),
        ("a", "", "Gain. Pass a negative number for a positive gain.", "a x", "-a * x", RIGHT),
        ("a", "", "Ignored.", "a + x", "x", RIGHT),
        ("a", "", "Ignored.", "a + x", "a + x", WRONG),
        ("a", "", "Weight; weights are brought to a sum of one first.", "a x", "a * x / 2", RIGHT),
        ("s", "", "Shift to the right, at least minus one.", "x + s", "x + s + 1", REFUTED),
    ],
)
def test_an_explanation_and_an_entry(
    judge: Judge, *, parameter: str, explanation: str, entry: str, latex: str, code: str, verdicts: set[Verdict]
) -> None:
    entries = {parameter: entry} if entry else {}
    assert judge(f"x, {parameter}", shown(latex, "Computes", explanation, **entries), code) in verdicts


@pytest.mark.parametrize(
    ("after", "code", "verdicts"),
    [
        ("with the two arguments trading places", "y / x", RIGHT),
        ("The numerator is that of the inverse ratio.", "x / y", WRONG),
        ("The numerator is the larger one.", "y / x", REFUTED),
        ("The slash denotes the group operation, here addition.", "x + y", RIGHT),
        ("The slash denotes the group operation, here addition.", "x / y", WRONG),
        ("The slash denotes division.", "x / y", HOLDS),
        ("The slash denotes division.", "y / x", REFUTED),
    ],
)
def test_arguments_that_trade_places(judge: Judge, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x, y", shown("x / y", "Computes", after), code) in verdicts


@pytest.mark.parametrize(
    ("explanation", "code", "verdicts"),
    [
        ("one less than the length of ``x``", "jnp.sum(x[:-1])", RIGHT),
        ("one less than the length of ``x``", "jnp.sum(x)", WRONG),
        ("half the length of ``x``", "jnp.sum(x)", WRONG),
        ("the length of ``x``", "jnp.sum(x)", HOLDS),
        ("the length of ``x``", "2 * jnp.sum(x)", REFUTED),
    ],
)
def test_the_end_of_a_sum(judge: Judge, explanation: str, code: str, verdicts: set[Verdict]) -> None:
    text = shown(r"\sum_{i=1}^{N} x_i", "Computes", f"where :math:`N` is {explanation}.")
    assert judge("x", text, code) in verdicts


@pytest.mark.parametrize(
    ("before", "latex", "after", "code", "verdicts"),
    [
        ("Returns", r"\cos x", "A quarter turn is one unit of ``x``.", "jnp.cos(jnp.pi / 2 * x)", RIGHT),
        ("Returns", r"\cos x", "A quarter turn is one unit of ``x``.", "jnp.cos(x)", WRONG),
        ("Computes", "x^2", "where :math:`x` is measured in units of two.", "4 * x**2", RIGHT),
        ("Computes", "x^2", "where :math:`x` is measured in units of two.", "x**2", WRONG),
        ("Computes", "x^2", "It is the activation of a unit with no bias.", "x**2", HOLDS),
        ("Computes", "x^2", "It maps the unit interval to itself.", "x**3", REFUTED),
        ("Cube.", "x^3", "(The code still computes the square; see the changelog.)", "x**3", WRONG),
        ("Cube.", "x^3", "The code still computes this in one pass.", "x**3", HOLDS),
        ("The result exceeds the following by one:", r"\sqrt{x}", "", "jnp.sqrt(x) + 1", RIGHT),
        ("The result exceeds the following by one:", r"\sqrt{x}", "", "jnp.sqrt(x)", WRONG),
        ("Returns what is left of ``x`` after taking away", r"\max(x, 0)", "", "jnp.minimum(x, 0)", RIGHT),
        ("Returns what is left of ``x`` after taking away", r"\max(x, 0)", "", "jnp.maximum(x, 0)", WRONG),
        ("The leading term of", "x^3 + x", "is returned.", "x**3", RIGHT),
        ("The leading term of", "x^3 + x", "is returned.", "x**3 + x", WRONG),
        ("The result is equal to", "x^3 + x", "", "x**3 + x", HOLDS),
        ("The survival function belonging to the distribution function", "1 / (1 + e^{-x})", "", "1 / (1 + jnp.exp(x))", RIGHT),
        ("Computes", "x^2", "Negative inputs give zero.", "jnp.where(x > 0, x**2, 0.0)", RIGHT),
        ("Computes", "x^2", "Negative inputs give zero.", "x**2", WRONG),
        ("Computes", "x^2", "The square of the sum of this and one is what comes out.", "x**2", WRONG),
        ("Computes", r"\ln x", r"with :math:`\ln` the decadic logarithm.", "jnp.log10(x)", RIGHT),
        ("Computes", r"\ln x", r"with :math:`\ln` the decadic logarithm.", "jnp.log(x)", WRONG),
        ("Computes", r"\ln x", r"with :math:`\ln` the natural logarithm.", "jnp.log(x)", HOLDS),
        ("Computes", r"\ln x", r"with :math:`\ln` the natural logarithm.", "2 * jnp.log(x)", REFUTED),
        ("Computes", r"\exp(x)", r"Throughout this module, :math:`\exp` is to the base two.", "2.0**x", RIGHT),
        ("Computes", r"\exp(x)", r"Throughout this module, :math:`\exp` is to the base two.", "jnp.exp(x)", WRONG),
        ("Like :func:`other`, but accepts numbers instead of strings.", "x^2", "", "x**2", HOLDS),
        ("Like :func:`other`, but accepts numbers instead of strings.", "x^2", "", "x**3", REFUTED),
        ("Like :func:`other`, but returns the root instead of the number.", "x^2", "", "x**2", WRONG),
        ("Like :func:`other`, but takes the root instead of the number.", "x^2", "", "x**2", WRONG),
        ("Computes", "x^2", "A value of 1 means that the numbers agree.", "x**2", HOLDS),
        ("Computes", "x^2", "It takes the root instead of the number.", "x**2", WRONG),
        ("Computes", "|x|", "The bars cut off the digits behind the point.", "jnp.floor(x)", RIGHT),
        ("Computes", "|x|", "The bars cut off the digits behind the point.", "jnp.abs(x)", WRONG),
        ("Computes", "|x|", "The bars are the absolute value.", "jnp.abs(x)", HOLDS),
        ("Computes", "x - 1", "(The minus is a hyphen: read it as nothing.)", "x - 1", WRONG),
        ("Computes", "e^x", "Note:\n    The exponent is negated for historical reasons.", "jnp.exp(-x)", RIGHT),
        ("Computes", "e^x", "Note:\n    The exponent is negated for historical reasons.", "jnp.exp(x)", WRONG),
        ("Computes", "e^x", "Note:\n    The exponent is large for large inputs.", "jnp.exp(x)", HOLDS),
        ("Computes", "e^x", "Warning:\n    Only half of it reaches the caller.", "jnp.exp(x) / 2", RIGHT),
        ("Computes", "e^x", "Warning:\n    Only half of it reaches the caller.", "jnp.exp(x)", WRONG),
        ("Computes", "e^x", "Returns:\n    Its natural logarithm.", "jnp.exp(x)", WRONG),
        ("Computes", "x^2", "Returns:\n    The cube of the argument.", "x**2", WRONG),
        ("Computes", "x^3", "Returns:\n    The cube of the argument.", "x**3", HOLDS),
        ("Computes", "x + 1", "The last term has been zero since version 0.3.", "x", RIGHT),
        ("Computes", "x + 1", "The last term has been zero since version 0.3.", "x + 1", WRONG),
        ("Computes", "x + 1", "Here 1 stands for the identity, which is 2 in this ring.", "x + 1", WRONG),
        ("Computes", "x / 2", "Read three for two if the library is version 2.", "x / 2", WRONG),
        ("The result is computed using the following:", r"\max(x, 0)", "", "jnp.maximum(x, 0)", HOLDS),
    ],
)
def test_units_and_differences_in_words(judge: Judge, before: str, latex: str, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown(latex, before, after), code) in verdicts


@pytest.mark.parametrize("words", ["Commonly used for 0 < x < 1.", "It is intended for 0 < x < 1."])
@pytest.mark.parametrize(
    ("code", "verdicts"),
    [
        ("jnp.where(x < 1, x**2, x)", RIGHT & WRONG),
        ("x**2", HOLDS),
        ("x**3", REFUTED),
        ("jnp.where(x < 1, 2 * x**2, x)", REFUTED),
        ("jnp.where(x < 1, 2 * x**2, x**2)", REFUTED),
    ],
)
def test_a_range_in_a_sentence_about_use_may_restrict_the_formula(judge: Judge, words: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown("x^2", "Computes", words), code) in verdicts


@pytest.mark.parametrize(
    ("summary", "code", "verdicts"),
    [
        ("Changes from one value to another.", "x**2", HOLDS),
        ("Changes from one value to another.", "x**3", REFUTED),
        ("Moves from one step to the next.", "x**3", REFUTED),
        ("Defined from one to another bound, which is two.", "jnp.where((x > 1) & (x < 2), x**2, x)", RIGHT),
        ("For inputs from one to two.", "jnp.where((x >= 1) & (x <= 2), x**2, x)", RIGHT),
    ],
)
def test_from_one_thing_to_another_is_no_range(judge: Judge, summary: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown("f(x) = x^2", summary), code) in verdicts
