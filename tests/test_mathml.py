"""Formulas as MathML: what browsers can draw, what is refused, and that no text becomes markup."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from documents import tree
from test_report import CURVE, PROVED

from qedoc.report.latex_text import is_plain, prepared
from qedoc.report.mathml import NARROW, rendered
from qedoc.report.picture import for_pages
from qedoc.report.plot import draw
from qedoc.report.shown import computed, inline, written
from qedoc.results.examples import example_of, sizes_of
from qedoc.results.verdict import CaseResult, ClaimResult, Counterexample, Formula, Verdict


def drawn(latex: str, **options: bool) -> str:
    """The markup of a formula, which must be well-formed."""
    made = rendered(latex, **options)
    assert made is not None
    text = "".join(piece for _, pieces in made.lines for piece in pieces)
    tree(f"<p>{text}</p>")
    return text


def tags(latex: str) -> list[str]:
    return [node.tag for node in tree(f"<p>{drawn(latex)}</p>").iter()]


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"\mathrm{softmax}", "<mi>softmax</mi>"),
        (r"\mathrm{d}x", "<mi>d</mi><mi>x</mi>"),
        (r"x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        (r"\sum_{j} x", "<munder><mo>∑</mo><mi>j</mi></munder><mi>x</mi>"),
        (r"\max_i x_i", '<munder><mo form="prefix" lspace="0" rspace="0" movablelimits="true">max</mo><mi>i</mi></munder>'),
        (r"2 \log x", '<mn>2</mn><mspace width="0.167em"></mspace><mi>log</mi><mspace width="0.167em"></mspace><mi>x</mi>'),
        (r"\log(x)", '<mi>log</mi><mo stretchy="false">(</mo>'),
        (r"\operatorname{erf}(x)", "<mi>erf</mi>"),
        (r"\boldsymbol{x}", "<mi>\N{MATHEMATICAL BOLD ITALIC SMALL X}</mi>"),
        (r"\mathbb{R}", "<mi>\N{DOUBLE-STRUCK CAPITAL R}</mi>"),
        (r"\mathtt{a\_b}", '<mtext class="mono">a_b</mtext>'),
        (r"\left(x + 1\right)", '<mo stretchy="false" fence="true" form="prefix">(</mo><mi>x</mi><mo>+</mo><mn>1</mn>'),
        (r"\left(\frac{x}{2}\right)", '<mo stretchy="true" fence="true" form="prefix">(</mo><mfrac>'),
        (r"\begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases}", '<mtd class="left"><mtext>else</mtext></mtd>'),
        (r"$$ x $$", "<mi>x</mi>"),
        (r"\begin{equation} x \label{here} \end{equation}", "<mi>x</mi>"),
        (r"\text{if $x$ is}", "<mtext>if\xa0</mtext><mi>x</mi><mtext>\xa0is</mtext>"),
        ("x % a comment\n + y", "<mi>x</mi><mo>+</mo><mi>y</mi>"),
    ],
)
def test_formulas_are_drawn(latex: str, wanted: str) -> None:
    text = drawn(latex)
    assert wanted in text or wanted in text.replace("<mrow>", "").replace("</mrow>", "")


@pytest.mark.parametrize(
    "latex",
    [r"a &= b \\ &= c", r"\begin{aligned} a &= b \\ &= c \end{aligned}", r"\begin{align*}[t] a &= b \\ &= c \end{align*}", "a = b\n\n= c"],
)
def test_rows_stand_below_each_other(latex: str) -> None:
    assert tags(latex).count("mtr") == 2


def test_wide_rows_become_lines_and_wide_formulas_may_be_broken() -> None:
    row = " + ".join(f"x_{{{k}}}" for k in range(40))
    made = rendered(rf"y &= {row} \\ &= {row}")
    assert made is not None
    assert len(made.lines) == 2
    assert all(len(pieces) == 41 for _, pieces in made.lines[:1])
    assert max(width for width, _ in made.lines) < NARROW
    assert 'form="infix"' in made.lines[0][1][1]
    narrow = rendered("a + b")
    assert narrow is not None
    assert [len(pieces) for _, pieces in narrow.lines] == [1]


def test_the_sign_of_a_term_is_no_place_to_break() -> None:
    made = rendered("a = -" + "b" * 60 + " + c")
    assert made is not None
    assert [len(pieces) for _, pieces in made.lines] == [3]


@pytest.mark.parametrize(
    "latex",
    [
        r"\nobody{x}",
        r"x + \defined_by_nobody",
        r"\frac{",
        r"x^{2^",
        r"\left( x",
        "",
        "   ",
        "x" * 6000,
        r"\begin{cases} x",
        "x" + "{" * 3000,
    ],
)
def test_what_cannot_be_drawn_is_shown_as_text(latex: str) -> None:
    made = rendered(latex)
    shown = written(latex)
    assert made is None or not re.search(r"\\[A-Za-z]", str(made.lines))
    assert bool(shown.lines) == (made is not None)
    assert shown.text.strip() == latex.strip()


HOSTILE = [
    r"\text{<script>alert(1)</script>}",
    r"\text{&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;}",
    r"\mathrm{<script>}",
    r"\operatorname{x}<img src=x onerror=alert(1)>",
    r"\href{javascript:alert(1)}{x}",
    r"\style{background:url(//evil)}{x}",
    r'\class{x" onclick="alert(1)}{y}',
    r"\rule{1em\" onclick=\"alert(1)}{2em}",
    r"\color{red;background:url(//evil)}{x}",
    r"\hspace{1em\" onload=\"x}",
    r"\unicode{x3c}script\unicode{x3e}",
    r"\begin{array}{l\" onclick=\"alert(1)} x \end{array}",
    r"\text{</math></svg><b>}",
]


@pytest.mark.parametrize("latex", HOSTILE)
def test_no_text_becomes_markup(latex: str) -> None:
    made = rendered(latex)
    if made is None:
        return
    text = "".join(piece for _, pieces in made.lines for piece in pieces)
    allowed = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "msub", "mpadded", "mtable", "mtr", "mtd", "p"}
    nodes = list(tree(f"<p>{text}</p>").iter())
    assert {node.tag for node in nodes} <= allowed
    names = {name for node in nodes for name in node.attrib}
    assert names <= {
        "display",
        "displaystyle",
        "stretchy",
        "mathvariant",
        "width",
        "height",
        "scriptlevel",
        "class",
        "form",
        "lspace",
        "rspace",
    }
    assert all("(" not in value for node in nodes for value in node.attrib.values())


def test_the_library_itself_would_let_a_script_through() -> None:
    """The reason why its tree is written anew."""
    from latex2mathml.converter import convert

    assert "<script>" in convert(HOSTILE[0])
    assert "<script>" not in drawn(HOSTILE[0])


def test_macros_of_the_project_are_known() -> None:
    macros = {"ip": (r"\langle #1, #2 \rangle", 2), "R": r"\mathbb{R}", "unused": r"\nobody"}
    made = rendered(r"\ip{x}{y} \in \R", macros)
    assert made is not None
    assert "\N{DOUBLE-STRUCK CAPITAL R}" in made.lines[0][1][0]
    assert rendered(r"\ip{x}{y} \in \R") is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("loss = max(0, 1 - y * x)", True),
        ("out = x**2", True),
        ("y_true - y_pred", True),
        (r"\max(0, x)", False),
        ("x + y", False),
        ("x_{ij}", False),
        ("e^x", False),
        ("x_i + abc", True),
    ],
)
def test_plain_text_is_not_taken_for_latex(text: str, plain: bool) -> None:
    assert is_plain(text) is plain
    assert bool(written(text).lines) is not plain


def test_labels_and_columns_are_left_out() -> None:
    assert prepared(r"\begin{alignat}{2} a &= b \nonumber \end{alignat}").split() == [r"\begin{split}", "a", "&=", "b", r"\end{split}"]


def test_an_enormous_formula_of_the_code_is_text() -> None:
    shown = computed(r"\frac{" + " + ".join(f"x_{{{k}}}" for k in range(200)) + "}{2}", "the text")
    assert (shown.lines, shown.text) == ((), "the text")
    assert computed("x", "x").lines
    assert inline(r"\alpha", "alpha") == '<math displaystyle="false"><mi>α</mi></math>'
    assert inline(r"\nobody", "<alpha>") == "<alpha>"


# pictures


def test_a_picture_on_a_page_has_words_and_no_comments() -> None:
    text = for_pages(draw([CURVE], Path("x.svg")).decode(), CURVE, "one")
    assert "<!--" not in text
    assert 'aria-labelledby="one-title one-desc"' in text
    assert all(found.startswith("one-") for found in re.findall(r'\bid="([^"]*)"', text))


# the formula of the code


def case(sizes: str, verdict: Verdict = Verdict.PROVED, **fields: Any) -> CaseResult:
    code = Formula(latex=sizes, sympy=sizes, pretty=sizes)
    return replace(CaseResult(id=f"{PROVED.id}[{sizes}]", verdict=verdict, reason="", code=code), **fields)


def with_cases(*cases: CaseResult) -> ClaimResult:
    return replace(PROVED, cases=cases)


def test_one_case_stands_for_a_claim_about_arrays() -> None:
    every = [case(f"n={n},m={m}") for n in (1, 2, 3) for m in (1, 2, 3)]
    claim = with_cases(*every)
    found = example_of(claim)
    assert found is not None
    assert sizes_of(claim, found) == "n=2, m=2"
    assert example_of(with_cases(case("n=0"), case("n=1"))) == case("n=0")
    assert example_of(with_cases(case("n=1", code=None))) is None
    assert example_of(with_cases(case("n=1", code=None), case("n=3"))) == case("n=3")


def test_a_counterexample_stands_beside_the_formula_of_its_own_case() -> None:
    found = Counterexample(inputs={"x": 1}, documented=1, actual=2, ran=2, call="f(1)")
    refuted = case("n=1", Verdict.REFUTED, counterexample=found)
    assert example_of(with_cases(case("n=2"), refuted, case("n=3"))) == refuted
    lost = case("n=1", Verdict.REFUTED, counterexample=found, code=None)
    assert example_of(with_cases(lost, case("n=2"))) == case("n=2")
