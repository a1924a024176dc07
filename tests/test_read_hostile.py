"""Whatever text comes in, the LaTeX reader answers: no crash, no evaluation, no endless nesting."""

import builtins
import random
import tomllib
from pathlib import Path
from typing import NoReturn

import pytest
import sympy.parsing.sympy_parser
from hypothesis import given, settings
from hypothesis import strategies as st

from qedoc.read import Names, NotAClaim, Obstacle, Reading, Unreadable, defined, read, read_condition
from qedoc.read.tokens import LONGEST

FORMULAS = Path(__file__).parent / "formulas"
BLOCKS = [
    row["latex"] for name in ("readable", "refused", "silent") for row in tomllib.loads((FORMULAS / f"{name}.toml").read_text())["formula"]
]

NAMES = [
    Names(),
    Names(
        functions=frozenset({"f", "relu"}),
        parameters=("x", "y", "t", "T", "n", "k", "a", "b", "alpha", "init_value"),
        siblings=frozenset({"relu6", "pdf"}),
        vectors=frozenset({"x"}),
    ),
    Names(
        functions=frozenset({"cross"}),
        parameters=("a", "v", "x", "A"),
        legend={r"\Sigma": "the covariance matrix", r"\overline{v_j}": "the complex conjugate"},
        vectors=frozenset({"v", "u"}),
        matrices=frozenset({r"\Sigma", "A"}),
        about="Solves by a decomposition",
    ),
    Names(functions=frozenset({"hyp2f1"}), parameters=("x", "e", "d"), legend={"T": "steps", r"\langle x\rangle": "mean", r"\pi": "p"}),
]

PIECES = (FORMULAS / "pieces.txt").read_text().split()


def check(latex: str, names: Names) -> None:
    found = read(latex, names)
    assert isinstance(found, Reading | Unreadable | NotAClaim)
    assert str(found)
    if isinstance(found, Unreadable):
        assert 0 <= found.offset <= len(latex)
        assert found.what
    if isinstance(found, Reading):
        assert found.equations
        assert all(equation.latex in latex for equation in found.equations)


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(["", " "]), st.sampled_from(NAMES))
def test_any_pieces(pieces: list[str], between: str, names: Names) -> None:
    check(between.join(pieces), names)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from(NAMES))
def test_any_text(text: str, names: Names) -> None:
    check(text, names)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(BLOCKS), st.integers(0, 2**32), st.sampled_from(NAMES))
def test_real_blocks_with_mistakes(block: str, seed: int, names: Names) -> None:
    check(mistaken(block, random.Random(seed)), names)


def mistaken(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.randint(1, 12))
        other = chance.choice(BLOCKS)
        cut = chance.randint(0, len(other))
        middle = chance.choice(["", chance.choice(PIECES), text[start:end] * 3, other[cut : cut + 30], chance.choice("{}()[]|^_\\&$+-=,.")])
        text = text[:start] + middle + text[chance.choice([start, end]) :]
    return text


def expressions() -> st.SearchStrategy[str]:
    """Mostly well-formed formulas, so that the arithmetic behind the grammar is reached too."""
    leaves = st.sampled_from(
        [r"x", r"t", r"\alpha", r"x_i", r"x_{ij}", r"\hat{x}", r"\mathrm{loss}", "2", "0.5", "10", r"\pi", r"\infty", r"\mathbf{v}"]
    )

    def deeper(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        one = [
            r"\left(%s\right)", "(%s)", "(%s)^2", r"\log(%s)", r"\exp %s", r"\sqrt{%s}", r"\sum_{i=1}^n %s", r"\sum_i %s",
            r"\prod_{k=0}^{\infty} %s", "|%s|", r"\Gamma(%s)", "%s!", r"\lfloor %s \rfloor", r"\frac{d}{dx} %s",
            r"\mathrm{erf}(%s)", r"\mathrm{relu6}(%s)", "{%s}", "-%s", "2^{%s}",
        ]  # fmt: skip
        two = [
            "%s + %s", "%s - %s", "%s %s", r"%s \cdot %s", "%s / %s", r"\frac{%s}{%s}", "(%s)^{%s}", r"\max(%s, %s)", r"\binom{%s}{%s}",
            r"\int_0^{%s} %s \, \mathrm{d}t", r"\begin{cases} %s & x > %s \\ 1 & \text{otherwise} \end{cases}",
        ]  # fmt: skip
        single = st.tuples(st.sampled_from(one), part).map(lambda pair: pair[0] % pair[1])
        double = st.tuples(st.sampled_from(two), part, part).map(lambda triple: triple[0] % triple[1:])
        return single | double

    return st.recursive(leaves, deeper, max_leaves=12)


@settings(max_examples=700, deadline=None)
@given(expressions(), st.sampled_from(NAMES))
def test_any_expression(latex: str, names: Names) -> None:
    check(latex, names)
    check(f"f(x) = {latex}", names)


DEEP = {
    "braces": ("{", "x", "}"),
    "parentheses": ("(", "x", ")"),
    "brackets": ("[", "x", "]"),
    "sized parentheses": (r"\left(", "x", r"\right)"),
    "floors": (r"\lfloor ", "x", r"\rfloor "),
    "bars": ("|", "x", "|"),
    "sized bars": (r"\left|", "x", r"\right|"),
    "exponents": ("x^{", "x", "}"),
    "indices": ("x_{", "i", "}"),
    "fractions": (r"\frac{1}{", "x", "}"),
    "roots": (r"\sqrt{", "x", "}"),
    "roots without braces": (r"\sqrt", "x", ""),
    "functions without parentheses": (r"\sin", "x", ""),
    "sums": (r"\sum_i ", "x_i", ""),
    "signs": ("-", "x", ""),
    "fonts": (r"\mathrm{", "x", "}"),
    "text": (r"\text{", "x", "}"),
    "open only": ("(", "x", ""),
    "closed only": ("", "x", ")"),
}


@pytest.mark.parametrize("kind", DEEP)
def test_a_thousand_levels_are_refused(kind: str) -> None:
    before, middle, after = DEEP[kind]
    found = read(before * 1000 + middle + after * 1000, Names(parameters=("x",)))
    assert isinstance(found, Unreadable)


def test_ordinary_nesting_is_read() -> None:
    assert isinstance(read("(" * 15 + "x" + " + 1)" * 15, Names(parameters=("x",))), Reading)


def test_a_long_text_is_refused() -> None:
    found = read("x + " * LONGEST + "x", Names())
    assert isinstance(found, Unreadable)
    assert found.obstacle is Obstacle.LIMIT


LARGE = [
    r"9^{9^{9^9}}", r"9^9^9", r"10^{100000}", r"(10^{1000})^{1000}", r"2^{10^9}", r"\exp(10^9 \log 2)", r"e^{x + 10^9 \log 2}",
    r"10^{1000}!", r"100000000!", r"(10^9)!!", r"\binom{10^9}{10^8}", r"\Gamma(10^9)", r"\zeta(-10^9)", r"\psi^{(100000)}(1)",
    r"\Gamma(10^6, x)", r"\lfloor e^{e^{e^{e^{10}}}} \rfloor", r"\max(e^{e^{e^{e^{10}}}}, 3)", r"\prod_{k=0}^{1000000000} k",
    r"(2x)^{1000000000}", r"2^{1/1000000007}", r"\sum_{k=0}^{\infty} \frac{1}{k!} > 3", r"\sin(10^{1000})", "1" * 3000,
    "0." + "1" * 3000, r"\frac{d^{1000000}}{dx^{1000000}} x", r"x^{10^{10^{10}}}",
    r"((\Gamma(x_i))^{\lfloor \infty \rfloor})^{2^{\sqrt{t}}}",
]  # fmt: skip


@pytest.mark.parametrize("latex", LARGE)
def test_a_large_number_is_not_computed(latex: str) -> None:
    check(latex, Names(parameters=("x",)))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__[0]",
        "lambda: 0",
        "exec(1)",
        "open('/etc/passwd')",
        "x if x else y",
        "[y for y in x]",
    ],
)
def test_code_is_text(text: str) -> None:
    check(text, NAMES[0])
    check(text, NAMES[1])


def test_nothing_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text reaches Python's evaluator or SymPy's parser."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a formula was evaluated as code")

    monkeypatch.setattr(builtins, "eval", refuse)
    monkeypatch.setattr(builtins, "exec", refuse)
    monkeypatch.setattr(sympy.parsing.sympy_parser, "parse_expr", refuse)
    for block in BLOCKS:
        read(block, NAMES[1])
        defined(block, NAMES[1])
        read_condition(block, NAMES[1])
