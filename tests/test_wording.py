"""Domains, conditions, properties and assumptions in words and mathematics, without SymPy."""

import pytest
import sympy as sp

from qedoc import (
    Bounds,
    ConstantFrom,
    Continuous,
    FixedPoint,
    Homogeneous,
    Integers,
    Limit,
    NonDecreasing,
    NonIncreasing,
    Reals,
    Value,
)
from qedoc.claims.properties import Property, RuleProperty, spoken
from qedoc.read import Names, Reading, read
from qedoc.results.notation import tex
from qedoc.results.wording import Kind, Piece, assumption, condition, prose, statement, values

I, P, T, W, a, p, t, c = sp.symbols("I P T W alpha p t c")
k, n = sp.symbols("k n")
b = sp.IndexedBase("b")
LETTERS = {"alpha": r"\alpha"}


def said(pieces: list[Piece]) -> str:
    marks = {Kind.TEXT: "{}", Kind.CODE: "`{}`", Kind.MATH: "${}$"}
    return "".join(marks[piece.kind].format(piece.latex or piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        (
            Bounds(lower=a * I, upper=I, where=(a >= 0, I >= 0)),
            r"the value lies between $I\, \alpha$ and $I$, if $\alpha \geq 0$ and $I \geq 0$",
        ),
        (Bounds(lower=0), "the value is at least $0$"),
        (Bounds(upper=sp.Max(I, P)), r"the value is at most $\max\left(I, P\right)$"),
        (NonIncreasing(t, where=(t >= W,)), r"the value does not rise as $t$ grows, if $t \geq W$"),
        (NonDecreasing(t), "the value does not fall as $t$ grows"),
        (ConstantFrom(t, T), r"the value is constant for $t \geq T$"),
        (Continuous(t), "the value is continuous in $t$"),
        (Value({t: W}, P), "the value is $P$ at $t = W$"),
        (
            Value({t: b[n], a: 0}, I * sp.Product(b[k], (k, 1, n))),
            r"the value is $I\, \prod_{k=1}^{n} b_{k}$ at $t = b_{n}$ and $\alpha = 0$",
        ),
        (Limit(t, sp.Max(0, P), where=(I > 0,)), r"the value tends to $\max\left(0, P\right)$ as $t$ grows without bound, if $I > 0$"),
        (FixedPoint(0), "there is no update if every gradient is $0$"),
        (Homogeneous(0), "the outputs do not change if all gradients are multiplied by a number $c > 0$"),
        (Homogeneous(2), "the outputs are multiplied by $c^{2}$ if all gradients are multiplied by a number $c > 0$"),
    ],
)
def test_every_property_is_said_in_words(promise: Property | RuleProperty, words: str) -> None:
    assert said(statement(spoken(promise), LETTERS)) == words


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        (Reals(), "real number"),
        (Reals(above=0), "positive number"),
        (Reals(above=0, most=1), r"real number, $0 < W \leq 1$"),
        (Reals(below=T), "real number, $W < T$"),
        (Integers(), "integer"),
        (Integers(least=0), r"integer, $W \geq 0$"),
        (Integers(least=0, below=T), r"integer, $0 \leq W < T$"),
    ],
)
def test_every_domain_is_said_in_words(domain: Reals | Integers, words: str) -> None:
    assert said(values(str(domain), "W", LETTERS)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ne(P, 0)", r"$P \neq 0$"),
        ("b[i] < b[i + 1] for i = 1..n - 1", r"$b_{i} < b_{i + 1}$ for $i = 1, \dots, n - 1$"),
        ("(T > 0) | Ne(P, 0)", r"$T > 0$ or $P \neq 0$"),
        ("something (that is no formula", "`something (that is no formula`"),
    ],
)
def test_conditions_are_mathematics(text: str, words: str) -> None:
    assert said(condition(text, LETTERS)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("the text says (T > 0) & Eq(T, floor(T))", r"the text says: $T > 0$ and $T \in \mathbb{Z}$"),
        ("where the formula has a value: (T < t) | (p >= 0)", r"where the formula has a value: $T < t$ or $p \geq 0$"),
        ("nu/2 > 0, as in a density", r"$\frac{\nu}{2} > 0$, as in a density"),
        ("axis=-1 is left at its default", "`axis=-1` is left at its default"),
        ("T is a number of things: not negative", "$T$ is a count, so it is not negative"),
        ("the text says nothing ``here``", "the text says nothing `here`"),
    ],
)
def test_assumptions_have_no_program_text(text: str, words: str) -> None:
    assert said(assumption(text, LETTERS)) == words


def test_markup_of_a_description_is_read() -> None:
    assert said(prose("the ``init_value`` of :func:`~optax.adam`, :math:`x > 0` or $y$")) == "the `init_value` of `adam`, $x > 0$ or $y$"
    assert said(prose("2 ** 3 and a `` b")) == "2 ** 3 and a `` b"


@pytest.mark.parametrize(
    "text", ["a - (b - c)", "-(a - b)*c/(2*d)", "(-a)**n", "a/b/c", "a*(b/c)**2", "2*3*x", "-x**2", "(a + b)*c", "a - -b"]
)
def test_latex_keeps_the_order_of_operations(text: str) -> None:
    made = tex(text)
    assert made is not None
    names = sp.symbols("a b c d n x")
    found = read(made, Names(legend={str(name): "a number" for name in names}))
    assert isinstance(found, Reading)
    (equation,) = found.equations
    assert sp.simplify(sp.sympify(text, locals={str(name): name for name in names}) - equation.right) == 0


def test_numbers_with_an_exponent_are_powers_of_ten() -> None:
    assert tex("1e-05*x + vartheta") == r"1 \cdot 10^{-5}\, x + \vartheta"
    assert tex("x <= 1e+22") == r"x \leq 1 \cdot 10^{22}"
    assert tex("0.5*x") == r"0.5\, x"


@pytest.mark.parametrize(
    "text", ["__import__('os')", "a if b else c", "lambda: 1", "[1, 2]", "f(x=1)", "a @ b", "x :=", "'text'", "(" * 500]
)
def test_text_that_sympy_does_not_print_is_no_formula(text: str) -> None:
    assert tex(text) is None
