"""The LaTeX reader: what it must read, what it must refuse, and that nothing makes it crash."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from qedoc.algebra.large import Largest, Smallest
from qedoc.read import (
    Application,
    DeterminantOf,
    InverseEntry,
    Names,
    NotAClaim,
    Obstacle,
    Reading,
    Silence,
    Slice,
    Unreadable,
    defined,
    extent,
    read,
    read_condition,
)

FORMULAS = Path(__file__).parent / "formulas"

FUNCTIONS = [
    "exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "Abs",
    "sign", "floor", "ceiling", "Max", "Min", "Mod", "Sum", "Product", "Integral", "Derivative", "binomial", "factorial",
    "factorial2", "RisingFactorial", "hyper", "erf", "erfc", "erfinv", "expint", "besseli", "polygamma", "pi", "oo", "nan",
    "lowergamma", "Si", "Subs", "Ci", "LeviCivita",
]  # fmt: skip


class Symbols(dict[str, Any]):
    """The names of an expected expression: SymPy's functions, and a symbol for every other name."""

    def __init__(self) -> None:
        super().__init__({name: getattr(sp, name) for name in FUNCTIONS})
        self.update(
            gamma_=sp.gamma,
            beta_=sp.beta,
            zeta_=sp.zeta,
            fn=sp.Function,
            n_=extent,
            R=sp.Rational,
            S=sp.Symbol,
            euler=sp.EulerGamma,
            iu=sp.I,
            cut=Slice,
            det=lambda name: DeterminantOf(name, extent(str(name))),
            inverse=lambda name, i, j: InverseEntry(name, i, j, extent(str(name))),
        )
        self.update(
            lamda=sp.Symbol("lambda"),
            R_=sp.Symbol("R"),
            at=lambda base, *indices: sp.IndexedBase(base)[indices],
            cases=lambda *pairs: sp.Piecewise(*pairs, evaluate=False),
            all_=sp.And,
            any_=sp.Or,
            eq=lambda a, b: sp.Eq(a, b, evaluate=False),
            ne=lambda a, b: sp.Ne(a, b, evaluate=False),
        )

    def __missing__(self, name: str) -> sp.Symbol:
        return sp.Symbol(name)


def expected(text: str) -> Any:
    return sp.S(eval(text, {"__builtins__": {}}, Symbols()))  # noqa: S307  # texts from tests/formulas, without builtins; sympify evaluates too much


def normal(value: Any) -> Any:
    """The value expanded, with each relation in one direction, `0 < x` as `x > 0`."""
    if isinstance(value, sp.core.relational.Relational):
        value = value.canonical
    if not value.args:
        return value
    parts = [normal(part) for part in value.args]
    if isinstance(value, sp.Piecewise):
        return sp.Piecewise(*parts, evaluate=False)
    rebuilt = value.func(*parts)
    return sp.expand(rebuilt) if isinstance(rebuilt, sp.Expr) else rebuilt


def table(name: str) -> list[dict[str, Any]]:
    rows = tomllib.loads((FORMULAS / name).read_text())["formula"]
    assert isinstance(rows, list)
    return rows


def names(row: dict[str, Any]) -> Names:
    own = row["object"].rpartition(".")[2]
    return Names(
        functions=frozenset(row.get("functions", [own])),
        parameters=tuple(row.get("parameters", ())),
        legend=row.get("legend", {}),
        siblings=frozenset(row.get("siblings", ())),
        vectors=frozenset(row.get("vectors", ())),
        matrices=frozenset(row.get("matrices", ())),
        constants={name: expected(value) for name, value in row.get("constants", {}).items()},
        about=row.get("about", ""),
    )


def label(row: dict[str, Any]) -> str:
    return f"{row['object']}: {' '.join(row['latex'].split())[:40]}"


READABLE, REFUSED, SILENT = table("readable.toml"), table("refused.toml"), table("silent.toml")
CHOICES = table("choices.toml")


@pytest.mark.parametrize("row", READABLE, ids=label)
def test_reads_what_the_formula_says(row: dict[str, Any]) -> None:
    found = read(row["latex"], names(row))
    assert isinstance(found, Reading), str(found)
    assert len(found.equations) == len(row["equations"])
    for equation, (left, value, *condition) in zip(found.equations, row["equations"], strict=True):
        if left.startswith("="):
            assert not isinstance(equation.left, Application)
            assert normal(equation.left) == normal(expected(left.removeprefix("= ")))
        else:
            assert equation.left is None if left == "" else str(equation.left) == left
        assert normal(equation.right) == normal(expected(value))
        assert normal(equation.condition) == normal(expected(condition[0] if condition else "True"))
        assert equation.latex in row["latex"]
        assert [str(index) for index, _ in equation.entry] == row.get("entry", [])


@pytest.mark.parametrize("row", REFUSED, ids=label)
def test_refuses_what_has_no_sure_reading(row: dict[str, Any]) -> None:
    found = read(row["latex"], names(row))
    assert isinstance(found, Unreadable), str(found)
    assert found.obstacle is Obstacle(row["obstacle"]), str(found)
    assert row["latex"][found.offset :].startswith(row["at"]), f"at {row['latex'][found.offset :]!r}: {found}"
    assert row["what"] in found.what


@pytest.mark.parametrize("row", CHOICES, ids=label)
def test_reads_what_has_several_readings_in_each_way(row: dict[str, Any]) -> None:
    found = read(row["latex"], names(row))
    assert isinstance(found, Reading), str(found)
    assert [str(reading) for reading in (found, *found.others)] == row["readings"]
    assert [option.sure for option in found.taken.values()] == row["sure"]


@pytest.mark.parametrize("row", SILENT, ids=label)
def test_says_that_a_formula_states_no_value(row: dict[str, Any]) -> None:
    found = read(row["latex"], names(row))
    assert isinstance(found, NotAClaim), str(found)
    assert found.silence is Silence[row["silence"]]


@pytest.mark.parametrize(
    ("latex", "what", "suggestion"),
    [
        (
            r"a \bmod n + 1",
            "mod next to other terms: the remainder of the whole sum, or of one term of it",
            r"write brackets: (a + b) \bmod n",
        ),
        (r"\sum_{k=1}^{n} k \bmod b", "mod after a sum or product: of each term, or of the whole", r"write brackets: (\sum_i x_i) \bmod n"),
        (r"a + 1000000!", "factorial of 1000000, beyond 1000", ""),
        (r"a + \Gamma(10^6)", "gamma of 1000000, beyond 1000", ""),
        (r"a + \binom{10^6}{3}", "binomial of 1000000, beyond 1000", ""),
        (r"a + 10^{10^{10}}", "an exponent beyond 1024", ""),
        (r"a + 9^{9^{9^9}}", "an exponent beyond 1024", ""),
        (r"a + \Gamma(0)", "an undefined value", ""),
        (r"a + 1 \pmod n", "a remainder, or a congruence", r"write (a) \bmod n for a remainder"),
        ("(a + b) [3]", "numbers in square brackets: a citation, an entry, or a factor", "write a citation in the text"),
        ("(a + b) [Smith2020]_", "a citation in the formula", "write a citation in the text"),
        ("a^2 [3]", "a square bracket after a power, an index or a space", "write a citation in the text"),
    ],
)
def test_says_what_stands_in_the_way_and_what_to_write(latex: str, what: str, suggestion: str) -> None:
    found = read(latex, KNOWN)
    assert isinstance(found, Unreadable)
    assert found.what.startswith(what)
    assert found.suggestion.startswith(suggestion)


def test_the_tables_are_large_enough() -> None:
    assert len(READABLE) >= 150
    assert len(REFUSED) >= 60


CONSTRUCTS = {
    r"a(b+c)": "a*(b + c)",
    r"\pi(a+1)": "pi*(a + 1)",
    r"\alpha[a+1]": "alpha*(a + 1)",
    r"2(a)": "2*a",
    r"(a+b)(a-b)": "(a + b)*(a - b)",
    r"-a^2": "-a**2",
    r"a * -b": "-a*b",
    r"a \cdot b \times 2": "2*a*b",
    r"a/b": "a/b",
    r"a b / c": "a*b/c",
    r"a / b \cdot c": "a/b*c",
    r"\frac12 a": "a/2",
    r"\tfrac{1}{2}a + \dfrac ab": "a/2 + a/b",
    r"\sqrt\pi a": "sqrt(pi)*a",
    r"\sqrt2a": "sqrt(2)*a",
    r"\sqrt[4]{a}": "a**R(1, 4)",
    r"\sqrt[5]{a}": "sign(a)*Abs(a)**R(1, 5)",
    r"a^{\frac12}": "sqrt(a)",
    r"a^\alpha b": "a**alpha*b",
    r"e^{-a}": "exp(-a)",
    r"\mathrm{e}^{a}": "exp(a)",
    r"ae^{-b}": "a*exp(-b)",
    r"2\mathrm{e}": "2*exp(1)",
    r"\exp{-a}": "exp(-a)",
    r"\exp\{a+b\}": "exp(a + b)",
    r"\log a^2": "log(a**2)",
    r"\log^2 a": "log(a)**2",
    r"\log^{2}(a)": "log(a)**2",
    r"\log_2 a": "log(a)/log(2)",
    r"\log_{10}(a)": "log(a)/log(10)",
    r"\sin^{-1} a": "asin(a)",
    r"\cos a \sin b": "cos(a)*sin(b)",
    r"\log\log a": "log(log(a))",
    r"\log |a|": "log(Abs(a))",
    r"sinh(a)": "sinh(a)",
    r"\mathrm{arcsinh}(a)": "asinh(a)",
    r"\operatorname{sgn}(a)": "sign(a)",
    r"\mathrm{clip}(a, b, c)": "Min(Max(a, b), c)",
    r"\max\{a, b, c\}": "Max(a, b, c)",
    r"\min\left\{a, b\right\}": "Min(a, b)",
    r"||a|-1|": "Abs(Abs(a) - 1)",
    r"|a|b + |c|": "Abs(a)*b + Abs(c)",
    r"|a||b|": "Abs(a)*Abs(b)",
    r"\left|a + \left|b\right|\right|": "Abs(a + Abs(b))",
    r"\bigl|a\bigr|": "Abs(a)",
    r"\lvert a \rvert": "Abs(a)",
    r"\big(a + b\big)": "a + b",
    r"\lfloor a / b \rfloor": "floor(a/b)",
    r"\|v - w\|_2^2": "Sum((at(v, i) - at(w, i))**2, (i, 1, n_('i')))",
    r"\|v\|": "sqrt(Sum(at(v, i)**2, (i, 1, n_('i'))))",
    r"\|v\|_1": "Sum(Abs(at(v, i)), (i, 1, n_('i')))",
    r"\langle v, w \rangle": "Sum(at(v, i)*at(w, i), (i, 1, n_('i')))",
    r"a \odot v": "a*v",
    r"v_1": None,
    r"v_1 + v[0]": "at(v, 1) + at(v, 0)",
    r"x_{ij} + x_{i,j+1}": "at(x, i, j) + at(x, i, j + 1)",
    r"x_{max} + x_{\min} + x_\infty": "x_max + x_min + x_infty",
    r"\hat{a}_1 + \bar b": "a_hat_1 + b_bar",
    r"a' + a''": 'S("a\'") + S("a\'\'")',
    r"n!": "factorial(n)",
    r"(2n-1)!!": "factorial2(2*n - 1)",
    r"2n!": "2*factorial(n)",
    r"n!^2": "factorial(n)**2",
    r"{n \choose k}": "binomial(n, k)",
    r"\dbinom{n}{k}": "binomial(n, k)",
    r"{a \over b}": "a/b",
    r"a \over b": "a/b",
    r"\sum_{i=1}^n i^2": "Sum(i**2, (i, 1, n))",
    r"\sum_i x_i + 1": "Sum(at(x, i), (i, 1, n_('i'))) + 1",
    r"\sum_{i,j} x_{ij}": "Sum(at(x, i, j), (i, 1, n_('i')), (j, 1, n_('j')))",
    r"\sum v": "Sum(at(v, i), (i, 1, n_('i')))",
    r"\sum_{i=1}^n x_i \sum_{j=1}^n y_j": "Sum(at(x, i)*Sum(at(y, j), (j, 1, n)), (i, 1, n))",
    r"\sum\limits_{i=1}^{n} x_i": "Sum(at(x, i), (i, 1, n))",
    r"\prod_{i=1}^n (1 + x_i)": "Product(1 + at(x, i), (i, 1, n))",
    r"\int_0^1\!\int_0^1 x y \, dx \, dy": "Integral(x*y, (x, 0, 1), (y, 0, 1))",
    r"\int_0^a t \, dt + 1": "Integral(t, (t, 0, a)) + 1",
    r"\frac{d}{dx} x^2": "Derivative(x**2, x)",
    r"\frac{\partial^2}{\partial x^2} (x y)": "Derivative(x*y, (x, 2))",
    r"\frac{\mathrm{d} f(x)}{\mathrm{d} x}": 'Derivative(fn("f")(x), x)',
    r"f'(x)": 'Derivative(fn("f")(x), x)',
    r"f(x)^2": 'fn("f")(x)**2',
    r"\Gamma^2(a)": "gamma_(a)**2",
    r"\gamma(a, b)": "lowergamma(a, b)",
    r"\psi^{(2)}(a)": "polygamma(2, a)",
    r"{}_2F_1(a, b; c; x)": "hyper((a, b), (c,), x)",
    r"a \bmod n": "Mod(a, n)",
    r"(a + 1) \bmod n": "Mod(a + 1, n)",
    r"a + (1 \bmod n)": "a + Mod(1, n)",
    r"a \bmod n + 1": None,
    r"b \pm a \bmod n": None,
    r"(-a) \bmod b": "Mod(-a, b)",
    r"-(a \bmod b)": "-Mod(a, b)",
    r"2 a \bmod b": None,
    r"2 \cdot a \bmod b": None,
    r"a / b \bmod n": None,
    r"b {a \bmod n} + 1": None,
    r"{a \bmod n} + 1": None,
    r"\sum_{k=1}^{n} (k \bmod b)": "Sum(Mod(k, b), (k, 1, n))",
    r"\sum_{k=1}^{n} k \bmod b": None,
    r"a \operatorname{mod} n": "Mod(a, n)",
    r"a \pmod n": None,
    r"a \mod n": None,
    r"a \% n": None,
    r"2 + v[1]": "2 + at(v, 1)",
    r"2 + v [1]": "2 + at(v, 1)",
    r"a [b + 1]": "a*(b + 1)",
    r"a^2 [1]": None,
    r"v_1 [1]": None,
    r"a [2]": None,
    r"a^2 [1, 2]": None,
    r"a^2 [1-3]": None,
    r"\sin(a) [1]": None,
    r"\frac{a}{2} [1]": None,
    r"2 [1]": None,
    r"[1] a^2": None,
    r"(a + b) [1]": None,
    r"(a + b) [Smith2020]_": None,
    r"a^2 [1]_": None,
    r"a^2 [eq. 3]": None,
    r"a_0 + a_1 x + a_2 x^2 + \ldots + a_n x^n": "Sum(at(a, i)*x**i, (i, 0, n))",
    r"y_1 + y_2 + \cdots + y_n - 1": "Sum(at(y, i + 1), (i, 0, n - 1)) - 1",
    r"\nabla f(x)": 'Derivative(fn("f")(x), x)',
    r"\overline{a} + b": "a_overline + b",
    r"init\_value + a": "init_value + a",
    r"init_value + a": "init_value + a",
    r"\mathrm{init\_value}(a + 1)": "init_value*(a + 1)",
    r"\mathrm{i} a": "iu*a",
    r"0.5a + .5": "R(1, 2)*a + R(1, 2)",
    r"$a + b$": "a + b",
    r"\[ a + b \]": "a + b",
    r"α + β": "alpha + beta",
    r"a + b\,.": "a + b",
    r"\left\{ \begin{array}{ll} 1 & a > 0 \\ 0 & a \le 0 \end{array} \right.": "cases((1, a > 0), (0, a <= 0))",
    r"\begin{cases} 1 \text{ if } a \in [0, 1) \\ 0 \text{ otherwise} \end{cases}": "cases((1, all_(a >= 0, a < 1)), (0, True))",
    r"\begin{cases} 1 & \text{if $a > 0$ and $b > 0$} \\ 0 & \text{else} \end{cases}": "cases((1, all_(a > 0, b > 0)), (0, True))",
    r"\begin{cases} 1 & \text{if a > 0} \\ 0 & \text{otherwise.} \end{cases}": "cases((1, a > 0), (0, True))",
    r"\begin{cases} 1 & a, b > 0 \\ 0 & \text{otherwise} \end{cases}": "cases((1, all_(a > 0, b > 0)), (0, True))",
    r"\begin{cases} 1 & a < 0 \text{ or } a > 1 \\ 0 & \text{otherwise} \end{cases}": "cases((1, any_(a < 0, a > 1)), (0, True))",
    r"\begin{cases} a & a > 0 \\ \text{undefined} & \text{otherwise} \end{cases}": "cases((a, a > 0), (nan, True))",
    r"\begin{cases} \mathrm{NaN} & a < 0 \\ a & a \ge 0 \end{cases}": "cases((nan, a < 0), (a, a >= 0))",
    r"\begin{cases} a & a > 0 \\ \text{not defined}, & \text{if } a \le 0 \end{cases}": "cases((a, a > 0), (nan, a <= 0))",
    r"\begin{cases} +\infty & a < 0 \\ -\infty & a > 1 \\ \infty & \text{else} \end{cases}": "cases((oo, a < 0), (-oo, a > 1), (oo, True))",
    r"\begin{cases} a & a > 0 \\ \text{undefined if } a \le 0 \end{cases}": None,
    r"\begin{cases} 1 & a \in \{0, 1\} \\ 0 & \text{otherwise} \end{cases}": "cases((1, any_(eq(a, 0), eq(a, 1))), (0, True))",
}

KNOWN = Names(
    functions=frozenset({"f"}),
    parameters=("a", "b", "c", "n", "k", "t", "x", "y", "alpha", "init_value"),
    vectors=frozenset({"v", "w"}),
)


@pytest.mark.parametrize(("latex", "value"), CONSTRUCTS.items())
def test_reads_each_construct(latex: str, value: str | None) -> None:
    found = read(latex, KNOWN)
    if value is None:
        assert not isinstance(found, Reading)
        return
    assert isinstance(found, Reading), str(found)
    assert normal(found.equations[0].right) == normal(expected(value))


@pytest.mark.parametrize("row", READABLE, ids=label)
def test_a_changed_sign_changes_the_reading(row: dict[str, Any]) -> None:
    """The table would notice a reader that confused plus with minus."""
    right = row["latex"].rpartition("=")[2]
    for place, sign in [(place, sign) for place, sign in enumerate(right) if sign in "+-"]:
        changed = right[:place] + {"+": "-", "-": "+"}[sign] + right[place + 1 :]
        found = read(row["latex"].removesuffix(right) + changed, names(row))
        if isinstance(found, Reading):
            values = [normal(equation.right) for equation in found.equations]
            assert values != [normal(expected(value[1])) for value in row["equations"]], changed


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"0 \le p \le 1", "all_(p >= 0, p <= 1)"),
        (r"a, b > 0", "all_(a > 0, b > 0)"),
        (r"x \ne 0 \text{ or } y > 1", "any_(ne(x, 0), y > 1)"),
        (r"x \in (0, \infty)", "x > 0"),
        (r"x \in \mathbb{R}", "True"),
        (r"\mathrm{decay\_steps} > 0", "decay_steps > 0"),
    ],
)
def test_reads_a_condition(latex: str, value: str) -> None:
    found = read_condition(latex, KNOWN)
    assert not isinstance(found, Unreadable), str(found)
    assert normal(found) == normal(expected(value))


i, j, n_i = sp.symbols("i j n_i")
V, W = sp.IndexedBase("v"), sp.IndexedBase("w")


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\max_i v_i - 1", Largest(V[i], (i, 1, n_i)) - 1),
        (r"\max_i (v_i) - 1", Largest(V[i], (i, 1, n_i)) - 1),
        (r"\min_{j=1}^n v_j w_j", Smallest(V[j] * W[j], (j, 1, sp.Symbol("n")))),
        (r"\max_i (1 - v_i) w_i", Largest((1 - V[i]) * W[i], (i, 1, n_i))),
        (r"\max_i (v_i - 1)^2", Largest((V[i] - 1) ** 2, (i, 1, n_i))),
        (r"\max(\max_i v_i, 0)", sp.Max(Largest(V[i], (i, 1, n_i)), 0)),
    ],
)
def test_the_largest_value_over_an_index(latex: str, expected: sp.Expr) -> None:
    found = read(latex, KNOWN)
    assert isinstance(found, Reading), found
    assert str(found.equations[0].right) == str(expected)


@pytest.mark.parametrize(
    ("latex", "told"),
    [
        (r"\max_i (v_i) a", "a factor after the brackets of max: inside or after it"),
        (r"\max_{k \le t} v_k", "a minimum or maximum over a set"),
        (r"\max_i", "max without an operand"),
        (r"\max_i a", "the first and last value of i are not given"),
        (r"\max_i \max_i v_i", "two nested operators with the same index i"),
        (r"\max_{i, j}^n (v_i w_j)", "one upper bound for several indices"),
    ],
)
def test_a_largest_value_without_a_sure_reading_is_refused(latex: str, told: str) -> None:
    found = read(latex, KNOWN)
    assert isinstance(found, Unreadable)
    assert told in str(found)


def test_the_real_part_of_an_input_is_the_input() -> None:
    assert read_condition(r"\Re(x) > 0", KNOWN) == (sp.Symbol("x") > 0)
    found = read(r"\Re(e^{\mathrm{i} x})", KNOWN)
    assert isinstance(found, Reading)
    assert found.equations[0].right.has(sp.re)


@pytest.mark.parametrize("latex", [r"x \ge", "< 3", "x", r"\Im(x) > 0", r"0 \le a, b < 3", r"x \in \mathbb{N}"])
def test_refuses_a_condition(latex: str) -> None:
    assert isinstance(read_condition(latex, KNOWN), Unreadable)


def taken(latex: str, names: Names) -> dict[str, str]:
    """How a formula takes the notations with several readings."""
    found = read(latex, names)
    assert isinstance(found, Reading), str(found)
    return {notation: option.value for notation, option in found.taken.items()}


def test_a_left_side_declares_its_names_to_other_formulas() -> None:
    loss = r"FL(p_t) = -\alpha_t (1-p_t)^\gamma \log(p_t)"
    names = Names(functions=frozenset({"sigmoid_focal_loss"}), parameters=("alpha", "gamma"))
    assert taken(loss, names) == {"alpha_t before a bracket": "a factor"}
    for other in (r"p_t = \begin{cases} p & y = 1 \\ 1-p & y = 0 \end{cases}", r"\alpha_t = \alpha y", "malformed ("):
        names = defined(other, names)
    assert taken(loss, names) == {}
    names = defined(r"p(k) = e^{-\mu} \mu^k / k!", Names(parameters=("mu",)))
    entropy = read(r"H = -\sum_{k=0}^\infty p(k) \log p(k)", names)
    assert isinstance(entropy, Reading)
    assert normal(entropy.equations[0].right) == normal(expected("-Sum(fn('p')(k)*log(fn('p')(k)), (k, 0, oo))"))


def test_the_same_letters_mean_what_the_names_say() -> None:
    latex = r"f(x) = a(x + 1)"
    product = read(latex, Names(parameters=("x", "a")))
    applied = read(latex, Names(parameters=("x",), functions=frozenset({"a"})))
    assert str(product) == "f(x) = a*(1 + x)"
    assert str(applied) == "f(x) = a(1 + x)"
    assert isinstance(applied, Reading)
    assert applied.equations[0].right.atoms(sp.core.function.AppliedUndef)
    assert taken(latex, Names(parameters=("x",))) == {"a before a bracket": "a factor"}
    assert isinstance(read(latex.replace("a", "g"), Names(parameters=("x",))), Unreadable)


def test_conditions_beside_an_equation() -> None:
    found = read(r"f(x) = x^2, \quad x > 0, \qquad g(x) = 2 x \text{ if } x \le 1", Names(parameters=("x",)))
    assert isinstance(found, Reading)
    first, second = found.equations
    assert (str(first), str(second)) == ("f(x) = x**2, if x > 0", "g(x) = 2*x, if x <= 1")


def test_columns_of_an_alignment_are_equations() -> None:
    found = read(r"\begin{align} u &= a & v &= b \\ w &= c \end{align}", Names(parameters=("a", "b", "c")))
    assert str(found) == "u = a\nv = b\nw = c"


def test_the_place_is_a_line_and_a_column() -> None:
    found = read("f(x) = x\n  + \\foo", Names(parameters=("x",)))
    assert isinstance(found, Unreadable)
    assert (found.line, found.column, found.offset) == (2, 5, 13)
    assert str(found) == r"line 2, column 5: unknown command \foo; did you mean \floor?"


ARTICLE = r"\mathrm{lr}(t) = \mathrm{init} \cdot 0.5 \left(1 + \cos\left(\pi \frac{\min(t, T)}{T}\right)\right) + \alpha"


def test_the_article_on_the_cosine_schedule() -> None:
    found = read(ARTICLE, Names(functions=frozenset({"lr"}), parameters=("init", "alpha"), legend={"T": "decay_steps"}))
    assert isinstance(found, Reading)
    assert normal(found.equations[0].right) == normal(expected("init*R(1, 2)*(1 + cos(pi*Min(t, T)/T)) + alpha"))
    typo = read(ARTICLE.replace(r"\frac", r"\farc"), Names(parameters=("init", "alpha")))
    assert isinstance(typo, Unreadable)
    assert ARTICLE.index(r"\frac") == typo.offset


def test_a_conditional_probability_is_no_recurrence() -> None:
    """It says nothing about the value of z at another step, unlike its twin."""
    assert not isinstance(read(r"p(z_t \mid z_{t-1}) = \mathcal{N}(z_t \mid F z_{t-1}, Q)", KNOWN), NotAClaim)
    assert isinstance(read(r"z_t = \mathcal{F} z_{t-1} + \ldots", KNOWN), NotAClaim)


def test_one_step_from_a_parameter_is_no_recurrence() -> None:
    step = r"k_1 = \varphi(y_n), \\ y_{n+1} = y_n + \varphi(k_1, \ldots)"
    assert not isinstance(read(step, Names(parameters=("y",))), NotAClaim)
    assert isinstance(read(step, Names(parameters=("x",))), NotAClaim)


@pytest.mark.parametrize("bars", ["||", r"\|", r"\mid", r"\mid\mid", r"\mid \mid"])
def test_bars_between_arguments(bars: str) -> None:
    found = read(rf"D(p {bars} q) = p - q", Names(parameters=("p", "q")))
    assert isinstance(found, Reading)
    (equation,) = found.equations
    assert isinstance(equation.left, Application)
    assert [str(argument) for argument in equation.left.arguments] == ["p", "q"]


@pytest.mark.parametrize("bars", [r"\mid\mid\mid", r"\mid x \mid"])
def test_bars_that_separate_no_two_arguments_are_refused(bars: str) -> None:
    assert not isinstance(read(rf"D(p {bars} q) = p - q", Names(parameters=("p", "q", "x"))), Reading)
