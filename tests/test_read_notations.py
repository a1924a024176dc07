"""Notations of real documentation: what each of them says, its wrong twin, and the readings of those that have several."""

from dataclasses import replace

import pytest

from qedoc.read import Names, NotAClaim, Reading, Unreadable, read
from qedoc.read.standard import is_changed

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
    assert readings(r"x^k, x \in \mathbb{R}^n_+") == ["x**k, if x >= 0", "x**k, if x > 0"]
    assert readings(r"x^k, x \in \mathbb{R}^-") == ["x**k, if x <= 0", "x**k, if x < 0"]
    for mark in ("_+", "^+"):
        assert readings(rf"x^k, k \in \mathbb{{Z}}{mark}") == [f"x**k, if (k >= 0) & {WHOLE}", f"x**k, if (k > 0) & {WHOLE}"]


@pytest.mark.parametrize(
    ("mark", "condition"),
    [
        ("^*", "Ne(x, 0)"),
        (r"^\times", "Ne(x, 0)"),
        (r"_{\neq 0}", "Ne(x, 0)"),
        ("^{>1}", "x > 1"),
        (r"_{\ge a}", "x >= a"),
        ("_{++}", "x > 0"),
        (r"^{n \times n}", ""),
        ("^{n+1}", ""),
        (r"^{n_k}", ""),
    ],
)
def test_a_mark_of_a_set_restricts_and_a_dimension_does_not(mark: str, condition: str) -> None:
    assert readings(rf"x^k, \quad x \in \mathbb{{R}}{mark}") == [f"x**k, if {condition}" if condition else "x**k"]


@pytest.mark.parametrize("mark", ["^?", "^{*}_{+}", r"^{\circ}", r"^n \cup \{0\}", "^{+n}", "_n"])
def test_an_unknown_mark_of_a_set_is_refused(mark: str) -> None:
    assert "the set R with the mark" in told(rf"x^k, \quad x \in \mathbb{{R}}{mark}")


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"x^k \text{ if } x > 1 \text{ or } x < -1", "x**k, if (x > 1) | (x < -1)"),
        (r"x^k, \quad x > 1 \text{ or } x < -1", "x**k, if (x > 1) | (x < -1)"),
        (r"x^k \quad \text{for } k = 1 \text{ or } k = 2", "x**k, if Eq(k, 1) | Eq(k, 2)"),
        (r"x^k \text{ if } x > 1 \text{ and } k > 0", "x**k, if (k > 0) & (x > 1)"),
        (r"f(x) = x \text{ if } x > 0, f(x) = 0 \text{ if } x \le 0", "f(x) = x, if x > 0\nf(x) = 0, if x <= 0"),
        (r"y = x \text{ if } x > 0, \quad y = 0 \text{ if } x \le 0", "y = x, if x > 0\ny = 0, if x <= 0"),
        (r"f(x) = x \text{ if } x > 0, k = 1", "f(x) = x, if Eq(k, 1) & (x > 0)"),
    ],
)
def test_or_joins_conditions_and_a_second_claim_is_no_condition(latex: str, expected: str) -> None:
    assert readings(latex) == [expected]


@pytest.mark.parametrize(
    ("latex", "what"),
    [
        (r"x^k \text{ if } x > 1 \text{ or } x < -1 \text{ and } k > 0", "a mix of 'and' and 'or'"),
        (r"x^k, \quad x > 1, k > 0 \text{ or } k < -1", "a mix of 'and' and 'or'"),
        (r"x^k, \quad x > 0 \lor k > 0 \text{ and } a > 1", "a mix of 'and' and 'or'"),
        (r"f(x) = x \text{ or } f(x) = -x", "'or' after a formula"),
        (r"\sum_{i \mid n, i > 1} v_i", "a divisor, or a condition after a bar"),
        (r"\sum_{i < j,} v_i", "an empty place between conditions"),
        (r"f(x) = x \text{ if } x > 0, g(x) = x", "an equation after a condition: another claim, or one more condition"),
        (r"f(x) = \begin{cases} x & a & k > 0 \\ 1 & a & k \le 0 \end{cases}", "a third column of a formula by cases"),
        (r"f(x) = \begin{cases} x & x > 0 & k > 0 \\ 1 & x \le 0 & k \le 0 \end{cases}", "a third column of a formula by cases"),
    ],
)
def test_conditions_that_can_be_joined_in_two_ways_are_refused(latex: str, what: str) -> None:
    assert what in told(latex)


def test_square_brackets_around_one_term_may_be_its_integer_part() -> None:
    assert readings("a - 2[a / 2]") == ["a - a", "a - 2*floor(a/2)"]
    assert readings("2[a + 1]") == ["2 + 2*a"]
    assert readings("2[a (b + 1)]") == ["2*a*(1 + b)"]
    assert readings("[a]_+") == ["Max(0, a)"]
    assert "a lone value in square brackets" in told("a - [a]")
    assert "a lone value in square brackets" in told(r"a - [\beta_{k}]")


def test_a_factor_after_the_logarithm_of_a_number_may_be_one_of_a_constant() -> None:
    assert readings(r"\ln 2 \, t") == ["log(2*t)", "t*log(2)"]
    assert sure(r"\ln 2 \, t") == ["possible"]
    assert readings(r"e^{-\ln 2 \, t / a}")[0] == "exp(-t*log(2)/a)"
    assert readings(r"\log 2 \pi t") == ["log(2*pi*t)"]
    assert readings(r"\sin 2 t") == ["sin(2*t)"]
    assert readings(r"\ln(2) t") == ["t*log(2)"]


def test_a_letter_before_a_bracket_may_be_a_function() -> None:
    found = read(r"\theta(x)", KNOWN)
    assert isinstance(found, Reading)
    assert [option.sure for reading in (found, *found.others) for option in reading.taken.values()] == ["suggested", "opaque"]
    assert "o(...) gives only the order of a remainder" in told("f(x) = x + o(x)")
    assert readings("o(x + 1)", replace(KNOWN, parameters=("x", "o"))) == ["o*(1 + x)"]


def test_a_function_of_a_matrix_may_be_another_one_than_that_of_its_entries() -> None:
    names = replace(KNOWN, matrices=frozenset({"W"}))
    for latex in (r"\exp(W)", "e^W", r"\log W", r"\sqrt{W}"):
        found = read(latex, names)
        assert isinstance(found, Reading)
        assert [option.sure for reading in (found, *found.others) for option in reading.taken.values()] == ["suggested", "opaque"]
    assert sure(r"\tanh(W)", names) == []
    assert sure(r"\exp(v)", names) == []
    assert sure(r"\sum_{ij} \exp(W_{ij})", names) == []


def test_words_before_a_condition_are_no_factor() -> None:
    row = r"f(x) = \begin{cases} x & \text{%s} x > 0 \\ 0 & \text{otherwise} \end{cases}"
    assert "the words 'unless' before a condition" in told(row % "unless")
    assert readings(row % "if") == ["f(x) = Piecewise((x, x > 0), (0, True))"]


def test_a_condition_may_stand_in_several_cells() -> None:
    expected = ["f(x) = Piecewise((x, x > 0), (1, x <= 0))"]
    assert readings(r"f(x) = \begin{cases} x & \text{if} & x > 0 \\ 1 & \text{if} & x \le 0 \end{cases}") == expected
    assert readings(r"f(x) = \begin{cases} x & x &>& 0 \\ 1 & x &\le& 0 \end{cases}") == expected


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
    beside = readings(r"\mathrm{softplus}(x)", replace(KNOWN, siblings=frozenset({"softplus"})))
    assert beside == ["softplus(x)", "log(1 + exp(x))"]  # the usual one is possible: the name means the same everywhere
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


def test_a_letter_with_an_order_may_be_a_number() -> None:
    assert readings(r"K_{\nu}(x + 1)") == ["besselk(nu, 1 + x)", "K_nu*(1 + x)"]
    assert readings(r"K_0(x + 1)") == ["besselk(0, 1 + x)"]


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


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\sum_{i \ne j} v_i w_j", "Sum(Piecewise((v[i]*w[j], Ne(i, j)), (0, True)), (i, 1, n_i), (j, 1, n_j))"),
        (r"\sum_{i<j} v_i v_j", "Sum(Piecewise((v[i]*v[j], i < j), (0, True)), (i, 1, n_i), (j, 1, n_j))"),
        (r"\sum_{1 \le i < j \le n} v_i v_j", "Sum(Piecewise((v[i]*v[j], i < j), (0, True)), (i, 1, n), (j, 1, n))"),
        (r"\sum_{0 < i \le n} v_i", "Sum(v[i], (i, 1, n))"),
        (r"\sum_{i: v_i > 0} v_i", "Sum(Piecewise((v[i], v[i] > 0), (0, True)), (i, 1, n_i))"),
        (r"\prod_{i \mid v_i > 0} v_i", "Product(Piecewise((v[i], v[i] > 0), (1, True)), (i, 1, n_i))"),
        (r"\sum_{i \in \{1, \dots, n\}} v_i", "Sum(v[i], (i, 1, n))"),
        (r"\sum_{i \in \{0, 1, \dots, n - 1\}} i v_i", "Sum(i*v[i], (i, 0, -1 + n))"),
        (r"\sum_{i \in \{1..n\}} v_i", "Sum(v[i], (i, 1, n))"),
        (r"\sum_{\substack{i=1 \\ v_i \ne 0}}^n v_i", "Sum(Piecewise((v[i], Ne(v[i], 0)), (0, True)), (i, 1, n))"),
        (
            r"\max_{i: v_i > 0} w_i",
            (
                "Largest(Piecewise((w[i], v[i] > 0), (Smallest(w[j], (j, 1, n_j)), True)), (i, 1, n_i))"
                " + log(Min(1, Sum(Piecewise((1, v[i] > 0), (0, True)), (i, 1, n_i))))"
            ),
        ),
        (r"y_j = \sum_{i \ne j} v_i", "Sum(Piecewise((v[i], Ne(i, j)), (0, True)), (i, 1, n_i))"),
    ],
)
def test_sums_over_the_values_that_satisfy_a_condition(latex: str, value: str) -> None:
    assert [one.rpartition("] = ")[2].removeprefix("y_j = ") for one in readings(latex)] == [value]


@pytest.mark.parametrize(
    "latex",
    [
        r"\sum_{i < n} v_i",
        r"\sum_{i > 0} v_i",
        r"\sum_{i \in S} v_i",
        r"\max_{k \le t} v_k",
        r"\sum_{i \in \{1, 3, \dots, n\}} v_i",
        r"\sum_{i \ne j} \sum_{i<j} v_i w_j",
        r"\sum_{i \ne j} v_i w_j \bmod 2",
        r"\sum_{i \ne j} a",
    ],
)
def test_indices_without_known_values_are_refused(latex: str) -> None:
    told(latex)


ENTRY = "Sum(Piecewise((s[i], Eq(i, 1 + y)), (0, True)), (i, 1, n_i))"
INSIDE = "(y >= 0) & Eq(y, floor(y)) & (1 + y <= n_i)"


def test_an_entry_at_a_parameter_counts_from_0_or_from_1() -> None:
    one = ENTRY.replace("1 + y", "y")
    assert readings("s_y") == [f"{ENTRY}, if {INSIDE}", f"{one}, if (y >= 1) & (y <= n_i) & Eq(y, floor(y))"]
    assert sure("s_y") == ["stated", "suggested"]


def test_a_subscript_of_a_number_is_an_entry_or_a_part_of_its_name() -> None:
    found = readings("-x_y")
    assert len(found) == 3
    assert found[1] == "-x_y"
    assert readings("-x_y", replace(KNOWN, legend={"x_y": "the other one"})) == ["-x_y"]
    assert readings("-z_y") == ["-z_y"]
    assert readings(r"\sum_{y=1}^n s_y") == ["Sum(s[y], (y, 1, n))"]


def test_an_index_of_the_left_side_is_no_position() -> None:
    assert readings("p_k = s_k^2") == ["p_k = s[k]**2"]
    assert readings(r"p_k = \sum_{i \ne k} s_i") == ["p_k = Sum(Piecewise((s[i], Ne(i, k)), (0, True)), (i, 1, n_i))"]


def test_an_entry_at_a_parameter_has_the_ends_that_the_formula_writes() -> None:
    first, _ = readings(r"s_y - \log \sum_{j=0}^{k-1} e^{s_j}")
    assert first.startswith("-log(Sum(exp(s[j]), (j, 0, -1 + k))) + Sum(Piecewise((s[i], Eq(i, y)), (0, True)), (i, 0, -1 + k))")
    assert first.endswith("if (y >= 0) & Eq(y, floor(y)) & (y <= -1 + k)")


def test_the_largest_of_the_other_entries_needs_another_entry() -> None:
    first, _ = readings(r"\max_{j \neq y} s_j")
    largest = "Largest(Piecewise((s[j], Ne(j, 1 + y)), (Smallest(s[i], (i, 1, n_i)), True)), (j, 1, n_j))"
    assert first == f"{largest}, if (1 < n_j) & Eq(y, floor(y))"


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\mathbb{E}[v]", "Sum(v[i], (i, 1, n_i))/n_i"),
        (r"E[v]", "Sum(v[i], (i, 1, n_i))/n_i"),
        (r"\operatorname{E}(x)", "Sum(x[i], (i, 1, n_i))/n_i"),
        (r"\mathbb{E}[v^2] - \mathbb{E}[v]^2", "Sum(v[i]**2, (i, 1, n_i))/n_i - Sum(v[i], (i, 1, n_i))**2/n_i**2"),
        (r"\mathbb{E}_i[x_i]", "Sum(x[i], (i, 1, n_i))/n_i"),
        (r"\mathrm{Var}[v]", "Sum((-Sum(v[j], (j, 1, n_j))/n_j + v[i])**2, (i, 1, n_i))/n_i"),
        (r"\operatorname{std}(v)", "sqrt(Sum((-Sum(v[j], (j, 1, n_j))/n_j + v[i])**2, (i, 1, n_i))/n_i)"),
        (r"\operatorname{mean}(v^2)", "Sum(v[i]**2, (i, 1, n_i))/n_i"),
        (r"\mathrm{sum}(v)", "Sum(v[i], (i, 1, n_i))"),
        (r"\max(v)", "Largest(v[i], (i, 1, n_i))"),
        (r"\mathrm{logsumexp}(v/t)", "log(Sum(exp(v[i]/t), (i, 1, n_i)))"),
        (r"\mathrm{softmax}(v)_i", "exp(v[i])/Sum(exp(v[j]), (j, 1, n_j))"),
    ],
)
def test_reductions_of_an_array(latex: str, value: str) -> None:
    assert readings(latex)[0] == value


def test_a_variance_may_be_of_a_sample() -> None:
    squares = "Sum((-Sum(v[j], (j, 1, n_j))/n_j + v[i])**2, (i, 1, n_i))"
    assert readings(r"\mathrm{Var}[v]") == [f"{squares}/n_i", f"{squares}/(-1 + n_i)"]
    assert sure(r"\mathrm{Var}[v]") == ["suggested"]


@pytest.mark.parametrize(
    "latex", ["E[X]", "E(v)", r"\operatorname{mean}(a + b)", r"\mathbb{E}_{z}[v]", r"\mathbb{E}[X]", r"\mathbb{E}^2[v]", r"\max(a)"]
)
def test_what_is_no_reduction_of_an_array_is_refused(latex: str) -> None:
    told(latex)


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\|v\|_\infty", "Largest(Abs(v[i]), (i, 1, n_i))"),
        (r"\lVert v \rVert_{\infty}", "Largest(Abs(v[i]), (i, 1, n_i))"),
        (r"\|v\|_0", "Sum(Piecewise((1, Ne(v[i], 0)), (0, True)), (i, 1, n_i))"),
        (r"\|v\|_p", "Sum(Abs(v[i])**p, (i, 1, n_i))**(1/p)"),
        (r"\|v\|_3", "Sum(Abs(v[i])**3, (i, 1, n_i))**(1/3)"),
        (r"\Vert v \Vert^2_2", "Sum(v[i]**2, (i, 1, n_i))"),
        (r"||v||_1", "Sum(Abs(v[i]), (i, 1, n_i))"),
        (r"\|W\|_F^2", "Sum(W[i, j]**2, (i, 1, n_i), (j, 1, n_j))"),
        (r"\|v - w\|_2^2 + a \|v\|_1", "a*Sum(Abs(v[i]), (i, 1, n_i)) + Sum((-w[i] + v[i])**2, (i, 1, n_i))"),
        (r"\|\text{fun}(v) - 1\|^2", "Sum((-1 + fun(v[i]))**2, (i, 1, n_i))"),
    ],
)
def test_norms_of_any_order(latex: str, value: str) -> None:
    assert readings(latex) == [value]


def test_a_norm_without_an_order_that_is_a_number_is_refused() -> None:
    assert "a norm whose order is no number" in told(r"\|v\|_*")
    assert "a norm of a matrix" in told(r"\|A\|_2", replace(KNOWN, matrices=frozenset({"A"})))


@pytest.mark.parametrize(
    ("latex", "equations"),
    [
        (r"z x^2, \text{ where } z = a b", ["z*x**2, if Eq(z, a*b)"]),
        (r"z x^2 \quad \text{with } z = a b", ["z*x**2, if Eq(z, a*b)"]),
        (r"L = 1 - r_x, \qquad r_x = \frac{a}{b}", ["L = 1 - r_x, if Eq(r_x, a/b)"]),
        (r"x^2 k, \quad k = 1", ["k*x**2, if Eq(k, 1)"]),
        (r"p = b c, \quad q = (1 - b) c", ["p = b*c", "q = c*(1 - b)"]),
        (r"\frac{x - a}{b - a}, \quad \text{clipped to } [0, 1]", ["Min(1, Max(0, (x - a)/(b - a)))"]),
        (r"F = x \text{ clamped to } [a, b]", ["F = Min(b, Max(a, x))"]),
        (r"x + 1 \quad \text{(if $a > 0$)}", ["1 + x, if a > 0"]),
        (r"x + 1 \quad \text{(if a > 0)}", ["1 + x, if a > 0"]),
        (r"((x + a) \bmod 2\pi) - b", ["-b + Mod(a + x, 2*pi)"]),
        ("(2 * n - 1.) * x / 2.", ["x*(-1 + 2*n)/2"]),
        ("x + 1.", ["1 + x"]),
        (r"p_{\text{base}} \times f_{\text{c}}", ["f_c*p_base"]),
    ],
)
def test_what_stands_after_a_formula_and_small_marks(latex: str, equations: list[str]) -> None:
    assert readings(latex) == ["\n".join(equations)]


@pytest.mark.parametrize(
    "latex",
    [
        r"f(x) = x, y = 0",
        r"x \bmod 2 a",
        r"x, \text{clipped to } (0, 1)",
        r"x, \text{clipped to } [0]",
        r"x \text{(discrete base)} + 1",
        r"A \times B",
        r"v \times a",
    ],
)
def test_what_may_be_something_else_is_refused(latex: str) -> None:
    told(latex)


def test_words_after_a_formula_may_restrict_it() -> None:
    assert readings(r"x + 1 \quad \text{(discrete base)}") == ["1 + x", "1 + x"]
    found = read(r"x + 1 \quad \text{(discrete base)}", KNOWN)
    assert isinstance(found, Reading)
    assert [option.sure for one in (found, *found.others) for option in one.taken.values()] == ["suggested", "opaque"]


def test_a_mark_or_a_word_above_a_letter_is_a_part_of_its_name() -> None:
    assert readings(r"\cos(\phi_i - \theta^*)") == ["cos(phi_i - theta^*)", "cos(phi_i - theta)"]
    assert readings(r"x^\star + 1") == ["1 + x^star", "1 + x"]
    assert readings(r"z^{\mathrm{new}}") == ["z^new", "z**new"]
    assert readings(r"x^{old}_{i} + x_{i+1}")[0] == "x[1 + i] + x^old[i]"
    assert readings(r"x^{ab}") == ["x**(a*b)"]
    assert readings(r"\mathrm{e}^{\mathrm{rate}}") == ["exp(rate)"]
    assert readings(r"x^{\mathrm{rate}}", replace(KNOWN, parameters=("x", "rate"))) == ["x**rate"]


@pytest.mark.parametrize(
    "latex",
    [
        r"\mathbb{1}[x > 0]",
        r"\mathbb{1}_{x > 0}",
        r"\mathbb{1}_{\{x > 0\}}",
        r"\mathbf{1}\{x > 0\}",
        r"\mathds{1}_{x>0}",
        r"\mathbb{I}(x > 0)",
        r"\mathrm{I}[x > 0]",
        r"I(x > 0)",
        r"1_{x>0}",
        r"1_{\{x>0\}}",
        r"1[x > 0]",
        r"[x > 0]",
        r"\mathbf{1}_{(0, \infty)}(x)",
    ],
)
def test_an_indicator_is_one_where_its_condition_holds(latex: str) -> None:
    assert readings(rf"a {latex} b" if not latex.startswith("1") else latex) in (
        ["a*b*Piecewise((1, x > 0), (0, True))"],
        ["Piecewise((1, x > 0), (0, True))"],
    )


def test_an_indicator_in_a_sum_and_brackets_without_a_condition() -> None:
    assert readings(r"\sum_i [v_i > 0] v_i") == ["Sum(Piecewise((v[i], v[i] > 0), (0, True)), (i, 1, n_i))"]
    assert readings(r"\mathbf{1}_{[0, 1]}(x)") == ["Piecewise((1, (x >= 0) & (x <= 1)), (0, True))"]
    assert readings("[a + b] c") == ["c*(a + b)"]
    assert readings("1 + x") == ["1 + x"]


@pytest.mark.parametrize("latex", [r"I(a + b)", r"\mathbb{I}(x)", "[x]", r"\mathbf{1}_A(x)", r"\mathbf{1}_{[0, 1]}", "1_{x}"])
def test_a_one_without_a_condition_is_refused(latex: str) -> None:
    told(latex)


@pytest.mark.parametrize(
    "sign",
    [":=", r"\coloneqq", r"\triangleq", r"\equiv", r"\doteq", r"\stackrel{\text{def}}{=}", r"\overset{def}{=}", r"\mathrel{:=}", "="],
)
def test_signs_of_a_definition(sign: str) -> None:
    assert readings(f"q {sign} a + b") == ["q = a + b"]


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"x^2, \text{ for all } x", "x**2"),
        (r"x^2 \text{ for all } x > 0", "x**2, if x > 0"),
        (r"x^2 \quad \forall x \in \mathbb{R}", "x**2"),
        (r"x^2, \forall x > 0", "x**2, if x > 0"),
        (r"\underset{i}{\max} v_i", "Largest(v[i], (i, 1, n_i))"),
        (r"(1 - a) \bigodot b", "b*(1 - a)"),
        (r"x^{\prime} + a''", "a'' + x'"),
        (r"(x - 1)_+", "Max(0, -1 + x)"),
        (r"[x - 1]_+^2", "Max(0, -1 + x)**2"),
        (r"q = a \approx 0.5", "q = a"),
        (r"\begin{array}{ll} p = a b \\ q = a + b \end{array}", "p = a*b\nq = a + b"),
        (r"\begin{array}{rcl} p &=& a b \\ q &=& a + b \end{array}", "p = a*b\nq = a + b"),
        (r"\langle v \rangle", "Sum(v[i], (i, 1, n_i))/n_i"),
    ],
)
def test_small_notations(latex: str, value: str) -> None:
    assert readings(latex) == [value]


def test_small_notations_with_two_readings() -> None:
    assert readings(r"(x)_-") == ["Max(0, -x)", "Min(0, x)"]
    assert readings(r"x + \Delta t") == ["Delta_t + x", "x + Delta*t"]
    assert readings(r"\frac{1}{1 + e^{-z^\top q}}")[1] == "1/(1 + exp(-q*z))"
    assert readings(r"a^T b", replace(KNOWN, vectors=frozenset("ab"))) == ["Sum(a[i]*b[i], (i, 1, n_i))"]


@pytest.mark.parametrize("latex", [r"a \approx b = c", r"a^T b + T", r"(x)_1", r"\begin{vmatrix} a & b \\ b & c \end{vmatrix}"])
def test_notations_that_are_still_refused(latex: str) -> None:
    told(latex)


def test_a_sum_without_its_last_value_runs_over_all_entries_or_without_end() -> None:
    assert readings(r"\sum_{i=0} \frac{x^i}{i!}") == ["Sum(x**i/factorial(i), (i, 0, oo))"]
    assert readings(r"\sum_{i=1} v_i") == ["Sum(v[i], (i, 1, n_i))"]
    assert readings(r"\sum_{i=0} v_i") == ["Sum(v[i], (i, 0, -1 + n_i))"]
    told(r"\sum_{i=2} v_i")
    told(r"\sum_{i=1} a")


def test_an_exponent_on_an_entry_of_a_small_letter_is_of_the_entry() -> None:
    assert readings(r"\sum_{i,j} x_{ij}^2") == ["Sum(x[i, j]**2, (i, 1, n_i), (j, 1, n_j))"]
    told(r"\sum_{i,j} A_{ij}^2")


@pytest.mark.parametrize(
    ("latex", "symbol", "text", "value"),
    [
        ("I_0(x)", "I_0", "the zeroth-order modified Bessel function", "besseli(0, x)"),
        ("I_0(x)", "I_0", "the exponentially scaled modified Bessel function", "I_0(x)"),
        ("I_0(x)", "I_0", "the logarithm of the modified Bessel function", "I_0(x)"),
        ("I_k(x)", "I_k", "the modified Bessel function of order k", "besseli(k, x)"),
        ("I_k(x)", "I_k", "the ratio of the modified Bessel function and its derivative", "I_k(x)"),
        (r"\Phi(x)", r"\Phi", "the log of the normal distribution function", "Phi(x)"),
        (r"\mathrm{NormalCDF}(x)", "NormalCDF", "the cdf of the standard normal distribution", "erfc(-x*sqrt(2)/2)/2"),
        (r"\mathrm{NormalCDF}(x)", "NormalCDF", "the Normal cdf with mean 0 and variance 1", "erfc(-x*sqrt(2)/2)/2"),
        (r"\mathrm{NormalCDF}(x)", "NormalCDF", "the function of the derivative of the standard normal cdf", "NormalCDF(x)"),
        (r"\mathrm{NormalCDF}(x)", "NormalCDF", "the upper tail function of the cdf of the standard normal distribution", "NormalCDF(x)"),
    ],
)
def test_an_explanation_may_make_another_function_of_a_usual_name(latex: str, symbol: str, text: str, value: str) -> None:
    names = replace(KNOWN, legend={symbol: text, "k": "the order"})
    assert readings(latex, names) == [value]


def test_a_choice_about_one_function_decides_nothing_about_another() -> None:
    assert "an operation after a function" in told(r"\tanh x / 2 + \sin b \bmod 2")
    assert "an operation after a function" in told(r"\tanh x / 2 + \sin{b} / 2")
    assert "log(cosh(x))/2" in readings(r"\log \cosh x / 2")


@pytest.mark.parametrize("latex", [r"f(x) = 0 \text{ otherwise}", r"f(x) = x \text{ if } x > 0, \quad f(x) = 0 \text{ otherwise}"])
def test_otherwise_says_nothing_outside_of_a_formula_by_cases(latex: str) -> None:
    assert "'otherwise' outside of a formula by cases" in told(latex)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("the modified Bessel function of the first kind (evaluated via its exponentially scaled form)", False),
        ("the modified Bessel function of the first kind (exponentially scaled)", True),
        ("the exponentially scaled Bessel function (computed via its plain form)", True),
        ("the modified Bessel function of the first kind (evaluated at the scaled argument)", True),
        ("the modified Bessel function (computed via its usual form), squared", True),
    ],
)
def test_how_a_function_is_evaluated_does_not_change_it(text: str, changed: bool) -> None:
    assert is_changed(text) == changed
