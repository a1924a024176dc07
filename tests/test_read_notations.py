"""Notations of real documentation: what each of them says, its wrong twin, and the readings of those that have several."""

from dataclasses import replace

import pytest

from qedoc.read import Names, NotAClaim, Reading, Unreadable, read

KNOWN = Names(
    functions=frozenset({"f"}),
    parameters=("a", "b", "c", "n", "k", "t", "x", "y", "alpha", "beta"),
    vectors=frozenset({"v", "w", "s"}),
)


def readings(latex: str, names: Names = KNOWN) -> list[str]:
    """The readings of a formula, the most usual first."""
    found = read(latex, names)
    assert isinstance(found, Reading), str(found)
    return [str(reading) for reading in (found, *found.others)]


def sure(latex: str, names: Names = KNOWN) -> list[str]:
    found = read(latex, names)
    assert isinstance(found, Reading), str(found)
    return [option.sure for option in found.taken.values()]


def told(latex: str, names: Names = KNOWN) -> str:
    """Why a formula is not read."""
    found = read(latex, names)
    assert isinstance(found, Unreadable | NotAClaim), str(found)
    return str(found)


WHOLE = "Eq(k, floor(k))"


@pytest.mark.parametrize(
    ("latex", "condition"),
    [
        (r"x^k, \quad k \in \{0, 1, \dots, n\}", f"(0 <= k) & (k <= n) & {WHOLE}"),
        (r"x^k, \qquad k \in \{0, 1, 2, \ldots\}.", f"(0 <= k) & {WHOLE}"),
        (r"x^k, \quad k \in \{a, a+1, \dots, b\}", f"(a <= k) & (k <= b) & Eq(a, floor(a)) & {WHOLE}"),
        (r"x^k, \quad k \in \{0, 2, \dots, 2n\}", "(0 <= k) & (k <= 2*n) & Eq(k/2, floor(k/2))"),
        (r"x^k, \quad k \in \{\dots, -1, 0, 1, \dots\}", WHOLE),
        (r"x^k, \qquad k = 0, \ldots, n - 1.", f"(0 <= k) & {WHOLE} & (k <= -1 + n)"),
        (r"x^k \text{ for } k = 1, 2, \ldots", f"(1 <= k) & {WHOLE}"),
        (r"x^k, \quad k = 1, \ldots, n, x > 0", f"(1 <= k) & (k <= n) & (x > 0) & {WHOLE}"),
        (r"x^k, \quad k \in \mathbb{Z}", WHOLE),
        (r"x^k, \quad x \in \mathbb{R}_{>0}", "x > 0"),
        (r"x^k, \quad x \in \mathbb{R} \setminus \{0\}", "Ne(x, 0)"),
        (r"x^k, \quad x \in \mathbb{R}^n", ""),
        (r"x^k \quad (x > 1)", "x > 1"),
    ],
)
def test_says_where_a_symbol_lies(latex: str, condition: str) -> None:
    (found,) = readings(latex)
    assert found == (f"x**k, if {condition}" if condition else "x**k")


def test_sets_that_begin_in_two_ways_are_choices() -> None:
    assert readings(r"x^k, k \in \mathbb{N}") == [f"x**k, if (k >= 0) & {WHOLE}", f"x**k, if (k >= 1) & {WHOLE}"]
    assert readings(r"x^k, x \in \mathbb{R}^+") == ["x**k, if x >= 0", "x**k, if x > 0"]


@pytest.mark.parametrize(
    "listed", [r"\{1, a, \dots, b\}", r"\{1, 2, 4, \dots, b\}", r"\{\dots\}", r"\{1, 2, \dots, b, \dots\}", r"\{1,, 2\}"]
)
def test_dots_that_nothing_determines_are_refused(listed: str) -> None:
    told(rf"x^k, k \in {listed}")


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\Phi\left(\frac{x}{a}\right)", "erfc(-x*sqrt(2)/(2*a))/2"),
        (r"\Phi^{-1}\!\left(x\right)", "sqrt(2)*erfinv(-1 + 2*x)"),
        (r"\Phi(x)^2", "erfc(-x*sqrt(2)/2)**2/4"),
        (r"\phi(x) - \Phi(x)", "-erfc(-x*sqrt(2)/2)/2 + sqrt(2)*exp(-x**2/2)/(2*sqrt(pi))"),
        (r"I_{x}\left(\frac{a}{2}, b\right)", "betainc_regularized(a/2, b, 0, x)"),
        (r"I_{1 - x}(a, b)", "betainc_regularized(a, b, 0, 1 - x)"),
        (r"\mathrm{B}(x; a, b)", "betainc(a, b, 0, x)"),
        (r"I_0^e(x)", "besseli(0, x)*exp(-Abs(x))"),
        (r"I_{1}^{e}(x)", "besseli(1, x)*exp(-Abs(x))"),
        (r"J_0^e(x)", "besselj(0, x)"),
        (r"K_{\nu}(x)", "besselk(nu, x)"),
        (r"K_{a - 1/2}(x)", "besselk(-1/2 + a, x)"),
        (r"\sum_{i=0}^n I_i(x)", "Sum(besseli(i, x), (i, 0, n))"),
        (r"\operatorname{softplus}(-x)", "log(1 + exp(-x))"),
        (r"\softplus(x)", "log(1 + exp(x))"),
        (r"\text{ReLU}(a * (b - |x|))", "Max(0, a*(b - Abs(x)))"),
        (r"\mathrm{logit}(x)", "log(x/(1 - x))"),
        (r"\mathrm{logit}^{-1}(x)", "1/(1 + exp(-x))"),
        (r"\mathrm{sigmoid} (\alpha x)", "1/(1 + exp(-alpha*x))"),
        (r"\mathrm{expit}^2(x)", "(1 + exp(-x))**(-2)"),
        (r"\lgamma(x + 1)", "log(Abs(gamma(1 + x)))"),
        (r"\mathrm{xlogy}(x, y)", "Piecewise((0, Eq(x, 0)), (x*log(y), True))"),
    ],
)
def test_functions_with_a_usual_name(latex: str, value: str) -> None:
    assert readings(latex)[0] == value


def test_the_librarys_own_functions_go_before_the_usual_ones() -> None:
    assert readings(r"\mathrm{softplus}(x)", replace(KNOWN, siblings=frozenset({"softplus"}))) == ["softplus(x)"]
    assert readings(r"\mathrm{softplus}(x)", replace(KNOWN, functions=frozenset({"softplus"}))) == ["softplus(x)"]
    assert readings(r"\mathrm{softplus}(x, 2)") == ["softplus(x, 2)"]
    assert readings(r"\Phi(x)", replace(KNOWN, functions=frozenset({"Phi"}))) == ["Phi(x)"]


def test_the_text_says_which_function_a_letter_is() -> None:
    gamma = replace(KNOWN, about="Q is the regularized upper incomplete gamma function.")
    assert readings("Q(a, x)", gamma) == ["uppergamma(a, x)/gamma(a)"]
    assert readings("P(a, x)", gamma) == ["lowergamma(a, x)/gamma(a)"]
    assert readings("Q(a, x)") == ["Q(a, x)"]
    assert readings(r"\sigma(x)", replace(KNOWN, legend={r"\sigma": "the logistic sigmoid"})) == ["1/(1 + exp(-x))"]
    assert readings(r"\Phi(x)", replace(KNOWN, legend={r"\Phi": "the cdf of the normal distribution"})) == ["erfc(-x*sqrt(2)/2)/2"]
    assert "a value" in told(r"\sigma(x)", replace(KNOWN, legend={r"\sigma": "the scale of the logistic distribution"}))
    assert "a value" in told(r"\Phi(x)", replace(KNOWN, legend={r"\Phi": "the flux"}))
    assert readings(r"\psi(x)", replace(KNOWN, legend={r"\psi": "the potential function"})) == ["psi(x)"]
    assert readings(r"\psi(x)", replace(KNOWN, legend={r"\psi": "the digamma function"})) == ["polygamma(0, x)"]


@pytest.mark.parametrize("latex", [r"\phi(x)", r"I_t(x)", r"\gamma^{-1}(a, x)", r"\mathrm{relu}^{-1}(x)"])
def test_letters_that_may_be_anything_are_refused(latex: str) -> None:
    told(latex)


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        ("p(1-p)^2", "p*(1 - p)**2"),
        (r"n p (1 - p)", "n*p*(1 - p)"),
        ("N(N-1)", "N*(-1 + N)"),
        (r"f_0 \left(\frac{f_1}{f_0}\right)^{t}", "f_0*(f_1/f_0)**t"),
    ],
)
def test_a_letter_that_is_a_value_elsewhere_is_a_factor(latex: str, value: str) -> None:
    assert readings(latex) == [value]
    assert sure(latex) == ["suggested"]


@pytest.mark.parametrize("latex", ["p(x + 1)", "P = P(x+1)", "g^{-1}(x) + g(x+1)", "p(x) = p(x + 1) p"])
def test_a_letter_that_is_a_value_nowhere_may_be_a_function(latex: str) -> None:
    told(latex)
