"""Docstrings in which a sign, a letter or a sentence means something else than it usually does.

As in `test_doubts`, `RIGHT` documentation must not be refuted and `WRONG` documentation must not hold. `HOLDS` and `REFUTED` are for
documentation that is written as usual.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, RIGHT, WRONG, Judge, first_verdict, shown

from qedoc.results.verdict import Verdict


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    yield from first_verdict(tmp_path, monkeypatch, "doubted_notations")


@pytest.mark.parametrize(
    ("latex", "after", "code", "verdicts"),
    [
        (r"x \bmod 3", r"where :math:`\bmod` is the modulo operation.", "x % 3", HOLDS),
        (r"x \bmod 3", r"where :math:`\bmod` is the truncated remainder, with the sign of x.", "x % 3", WRONG),
        (r"x \bmod 3", r"where :math:`\bmod` is the truncated remainder, with the sign of x.", "jnp.fmod(x, 3)", RIGHT),
        (r"x \bmod 3", "Here mod is the remainder in the sense of C.", "x % 3", WRONG),
        (r"|x|", r"where :math:`|x|` is the absolute value of x.", "jnp.abs(x)", HOLDS),
        (r"|x|", r"where :math:`|x|` denotes the number of digits of x.", "jnp.abs(x)", WRONG),
        (r"\lfloor x \rfloor", r"where :math:`\lfloor x \rfloor` is x rounded to the nearest integer.", "jnp.floor(x)", WRONG),
        (r"\ln x", r"where :math:`\ln` denotes the natural logarithm.", "jnp.log(x)", HOLDS),
        (r"\ln x", r"where :math:`\ln` denotes the decadic logarithm.", "jnp.log(x)", WRONG),
        (r"\ln x", r"where :math:`\ln` denotes the decadic logarithm.", "jnp.log10(x)", RIGHT),
        (r"|x|", "It appears in robust losses.", "2 * x", REFUTED),
    ],
)
def test_a_sign_may_mean_something_else(judge: Judge, latex: str, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x", shown(latex, after=after), code) in verdicts


@pytest.mark.parametrize(
    "after", ["x! is the subfactorial of x.", "where :math:`x! = \\Gamma(x)`.", "where :math:`!` denotes the negation."]
)
def test_an_exclamation_mark_may_be_no_factorial(judge: Judge, after: str) -> None:
    after = after.replace("x! is", "where :math:`x!` is")
    assert judge("x", shown("x! + 1", after=after), "jnp.exp(jax.scipy.special.gammaln(x + 1)) + 1") in WRONG


@pytest.mark.parametrize(
    ("after", "code", "verdicts"),
    [
        ("with Euler's number e.", "jnp.exp(x)", HOLDS),
        ("with Euler's number e.", "e**x", WRONG),
        ("Here :math:`e` is Euler's number.", "e**x", WRONG),
        ("where e is the base of the natural logarithm.", "e**x", WRONG),
        ("where e is the base of the natural logarithm.", "jnp.exp(x)", RIGHT),
        ("where e is the eccentricity.", "e**x", HOLDS),
    ],
)
def test_a_famous_number_beside_a_parameter_of_its_letter(judge: Judge, after: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge("x, e", shown("e^x", after=after, x="Input.", e="A number."), code) in verdicts


@pytest.mark.parametrize(
    ("parameters", "after", "entry", "code", "verdicts"),
    [
        ("x, p", "where p is the probability to keep.", "dropout probability.", "p * x", WRONG),
        ("x, p", "where p is the probability to keep.", "dropout probability.", "(1 - p) * x", RIGHT),
        ("x, p", "where p is the probability to keep.", "probability to keep.", "p * x", HOLDS),
        ("x, p", "where p is the probability to keep.", "probability to keep.", "2 * p * x", REFUTED),
        ("x, p", "", "dropout probability; p is the probability to keep.", "p * x", WRONG),
        ("x, rate", "where p is the probability to keep.", "probability to drop.", "rate * x", WRONG),
        ("x, rate", "", "the dropout probability. p is the probability to keep.", "rate * x", WRONG),
        ("x, p", "where :math:`p` is the monthly rate.", "annual rate.", "p * x", WRONG),
        ("x, p", "where :math:`p` is the length in metres.", "the length in millimetres.", "p * x", WRONG),
    ],
)
def test_descriptions_that_exclude_each_other(
    judge: Judge, parameters: str, after: str, entry: str, code: str, verdicts: set[Verdict]
) -> None:
    name = parameters.rpartition(" ")[2]
    assert judge(parameters, shown("p x", after=after, x="Input.", **{name: entry}), code) in verdicts


@pytest.mark.parametrize(
    ("parameters", "latex", "code", "verdicts"),
    [
        ("u, v", "f(x, y) = x - 2 y", "u - 2 * v", HOLDS),
        ("u, v", "f(x, y) = x - 2 y", "v - 2 * u", RIGHT),
        ("u, v", "f(x, y) = x - 2 y", "u - 3 * v", REFUTED),
        ("x, v", "f(x, y) = x - 2 y", "x - 2 * v", HOLDS),
        ("x, v", "f(x, y) = x - 2 y", "x - 3 * v", REFUTED),
        ("state, time", "f(t, x) = x - 2 t", "state - 2 * time", RIGHT),
        ("state, time", "f(t, x) = x - 2 t", "time - 2 * state", WRONG),
    ],
)
def test_letters_by_their_place_are_only_suggested(judge: Judge, parameters: str, latex: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge(parameters, shown(latex), code) in verdicts


@pytest.mark.parametrize(("code", "verdicts"), [("x / jnp.exp(log_scale)", RIGHT), ("x / log_scale", WRONG)])
def test_a_symbol_with_a_unit_is_not_the_parameter(judge: Judge, code: str, verdicts: set[Verdict]) -> None:
    docstring = shown(r"x / \sigma", x="Point.", log_scale=r":math:`\sigma` on a logarithmic scale.")
    assert judge("x, log_scale", docstring, code) in verdicts


@pytest.mark.parametrize(
    ("name", "entry", "code", "verdicts"),
    [
        ("width", r"Spread of the points on each trial (:math:`s`).", "x / width", HOLDS),
        ("width", r"Spread of the points on each trial (:math:`s`).", "x * width", REFUTED),
        ("width", r"Spread of the trial in every direction, squared (:math:`s`).", "x / width", WRONG),
        ("rate", r"rate parameter :math:`s` (inverse scale parameter).", "x / rate", HOLDS),
        ("rate", r"rate parameter :math:`s` (inverse scale parameter).", "x * rate", REFUTED),
        ("scale", r"rate parameter :math:`s` (inverse scale parameter).", "x / scale", WRONG),
        ("scale", r"rate parameter :math:`s` (inverse scale parameter).", "x * scale", RIGHT),
        ("width", r"Number :math:`s` at which to evaluate the log density.", "x / width", HOLDS),
        ("width", r"Log of the number :math:`s` at which to evaluate the density.", "x / width", WRONG),
        ("width", r"Number at which to evaluate the density, divided by the range (:math:`s`).", "x / width", WRONG),
        ("rate", r"rate parameter :math:`s` (on a logarithmic scale).", "x / rate", WRONG),
        ("rate", r"rate parameter :math:`s` (inverse scale parameter), squared.", "x / rate", WRONG),
        ("width", r"Shape (tail index) parameter (:math:`s`).", "x / width", HOLDS),
        ("width", r"Shape (reciprocal tail index) parameter (:math:`s`).", "x / width", WRONG),
    ],
)
def test_words_about_something_else_leave_a_symbol_its_parameter(
    judge: Judge, name: str, entry: str, code: str, verdicts: set[Verdict]
) -> None:
    assert judge(f"x, {name}", shown("x / s", x="Point.", **{name: entry}), code) in verdicts


@pytest.mark.parametrize(("code", "verdicts"), [("temp + 273.15", HOLDS), ("temp", WRONG)])
def test_a_parameter_in_another_unit(judge: Judge, code: str, verdicts: set[Verdict]) -> None:
    docstring = shown("T", after="where :math:`T` is the temperature in kelvin.", temp="temperature in degrees Celsius.")
    assert judge("temp", docstring, code) in verdicts


CASES = r"\begin{cases} %s \end{cases}"


@pytest.mark.parametrize(
    ("rows", "code", "verdicts"),
    [
        (r"x & x \le 1 \\ x^2 & x \ge 1", "jnp.where(x <= 1, x, x**2)", HOLDS),  # both are 1 at 1
        (r"x & x \le 1 \\ x^2 & x \ge 1", "jnp.where(x <= 1, x, x**3)", REFUTED),
        (r"x & x < 2 \\ x^2 + 1 & x > 0", "jnp.where(x < 2, x, x**2 + 1)", RIGHT & WRONG),
        (r"x & x < 2 \\ x^2 + 1 & x > 0", "jnp.where(x > 0, x**2 + 1, x)", RIGHT & WRONG),
        (r"x & x < 2 \\ x^2 + 1 & x > 0", "jnp.where(x < 2, x + 1, x**2)", REFUTED),
        (r"x & x > 0 \\ 2 x & x > -1 \\ 0 & \text{otherwise}", "jnp.where(x > 0, x, jnp.where(x > -1, 2 * x, 0))", HOLDS),
        (r"x & x > 0 \\ 2 x & x > -1 \\ 0 & \text{otherwise}", "jnp.where(x > -1, 2 * x, 0)", REFUTED),
        (r"2 x & x > -1 \\ x & x > 0 \\ 0 & \text{otherwise}", "jnp.where(x > 0, x, jnp.where(x > -1, 2 * x, 0))", HOLDS),
    ],
)
def test_cases_that_overlap(judge: Judge, rows: str, code: str, verdicts: set[Verdict]) -> None:
    """The more special case counts, and cases with bounds on the same side are read in order. Otherwise nothing says which one counts."""
    assert judge("x", shown(CASES % rows), code) in verdicts


@pytest.mark.parametrize(
    ("before", "after", "right", "wrong"),
    [
        ("Before version 2 the formula was", "", "x**4", "x**2"),
        ("Unlike the paper, which uses", "", "x**4", "x**2"),
        ("", "Note that the implementation adds a constant.", "x**2 + 1", "x**2"),
        ("", "In practice the negative of this is returned.", "-(x**2)", "x**2"),
        ("", "The display is for one factor; the result is the product of two such factors.", "x**4", "x**2"),
        ("", "where x has been taken after clipping.", "jnp.clip(x, -1, 1) ** 2", "x**2"),
        ("", "The formula is that of the inverse.", "jnp.sqrt(x)", "x**2"),
        ("", "averaged over all entries.", "x**2 / 3", "x**2"),
        ("", "puis divise le résultat par deux.", "x**2 / 2", "x**2"),
        ("", "wobei x vorher halbiert wird.", "x**2 / 4", "x**2"),
        ("It is close to", "", "x**2 + 0.01", "x + 1"),
    ],
)
def test_sentences_about_what_the_display_does_not_show(judge: Judge, before: str, after: str, right: str, wrong: str) -> None:
    docstring = shown("x^2", before, after)
    assert judge("x", docstring, right) in RIGHT
    assert judge("x", docstring, wrong) in WRONG


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "The result is the square of the input."),
        ("", "The sum is taken before any rounding of floats matters."),
        ("", "See the documentation of the inverse."),
    ],
)
def test_sentences_that_say_nothing_about_the_display(judge: Judge, before: str, after: str) -> None:
    docstring = shown("x^2", before, after)
    assert judge("x", docstring, "x**2") in HOLDS
    assert judge("x", docstring, "x**3") in REFUTED


@pytest.mark.parametrize(
    ("entry", "default", "code", "verdicts"),
    [
        ("added to x.", "0.5", "jnp.exp(x + eps)", RIGHT),
        ("added to x.", "0.0", "jnp.exp(x + eps)", HOLDS),
        ("added to x.", "0.0", "jnp.exp(2 * x + eps)", REFUTED),
        ("the tolerance of the solver.", "0.5", "jnp.exp(2 * x)", REFUTED),
    ],
)
def test_a_parameter_that_the_formula_does_not_contain(judge: Judge, entry: str, default: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge(f"x, eps={default}", shown("e^x", x="Input.", eps=entry), code) in verdicts


@pytest.mark.parametrize(("code", "verdicts"), [("jax.nn.sigmoid(sigma * x)", HOLDS), ("sigma * sigma * x", REFUTED)])
def test_a_letter_that_is_a_function_and_a_parameter(judge: Judge, code: str, verdicts: set[Verdict]) -> None:
    after = r"where the outer :math:`\sigma` is the logistic function."
    assert judge("x, sigma", shown(r"\sigma(\sigma x)", after=after), code) in verdicts


def test_two_functions_of_one_docstring(judge: Judge) -> None:
    """One of two displays with different nouns may be about another function."""
    text = "The backward function is\n\n.. math:: 2 x\n\nThe forward function is\n\n.. math:: x^2"
    assert judge("x", f"Forward and backward functions.\n\n{text}", "x**2") in RIGHT
