"""Polynomials in their usual notations: sums with dots, degrees without a first value, and letters of orthogonal polynomials."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, RIGHT, WRONG, Judge, first_verdict, shown

from qedoc.interpret.asides import is_aside
from qedoc.interpret.lengths import taken, without_lengths
from qedoc.read import Names, Reading, Unreadable, read


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    yield from first_verdict(tmp_path, monkeypatch, "polynomials")


def reading(latex: str, about: str = "") -> list[str]:
    """All readings of a formula, or the obstacle."""
    found = read(latex, Names(parameters=("x", "y", "c"), about=about))
    if isinstance(found, Unreadable):
        return [found.what]
    assert isinstance(found, Reading)
    return [str(one.equations[0].right) for one in (found, *found.others)]


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"p(x) = c_0 + c_1 x + \dots + c_n x^n", "Sum(x**k*c[k], (k, 0, n))"),
        ("p(x) = c_0 + c_1 * x + ... + c_n * x^n", "Sum(x**k*c[k], (k, 0, n))"),
        (r"p(x) = c_0 + c_1 x + c_2 x^2 + \dots + c_{n - 1} x^{n - 1}", "Sum(x**k*c[k], (k, 0, n - 1))"),
        (r"p(x) = c_1 \sin(1 x) + c_2 \sin(2 x) + \dots + c_n \sin(n x)", "Sum(sin(k*x)*c[k], (k, 1, n))"),
    ],
)
def test_the_last_term_tells_what_dots_stand_for(latex: str, value: str) -> None:
    assert reading(latex) == [value]


@pytest.mark.parametrize(
    "latex",
    [
        r"p(x) = c_0 + c_1 x + \dots + c_n x^{n + 1}",
        r"p(x) = c_0 + c_1 x + \dots + c_n x^{2 n}",
        r"p(x) = c_0 + c_2 x^2 + \dots + c_n x^n",
        r"p(x) = c_1 + c_0 x + \dots + c_n x^n",
        r"p(x) = n c_0 + c_1 x + \dots + c_n x^n",
    ],
)
def test_a_last_term_that_does_not_continue_the_first_ones_leaves_dots_unread(latex: str) -> None:
    assert reading(latex) == ["an ellipsis, whose omitted terms are unknown"]


SERIES = r"p(x) = c_0 {0}_0(x) + c_1 {0}_1(x) + \dots + c_n {0}_n(x)"


@pytest.mark.parametrize(
    ("letter", "about", "functions"),
    [
        ("T", "A Chebyshev series.", ["chebyshevt"]),
        ("U", "A series of Chebyshev polynomials of the second kind.", ["chebyshevu"]),
        ("P", "A Legendre series.", ["legendre"]),
        ("L", "A Legendre series.", ["legendre"]),
        ("L", "A Laguerre series.", ["laguerre"]),
        ("He", "A HermiteE series.", ["hermite_prob"]),
        ("H", "A series of physicists' Hermite polynomials.", ["hermite"]),
        ("H", "A series of probabilists' Hermite polynomials.", ["hermite_prob"]),
        ("H", "A Hermite series.", ["hermite", "hermite_prob"]),
        ("L", "A Legendre series, unlike the Laguerre series.", ["legendre", "laguerre"]),
    ],
)
def test_a_letter_is_the_polynomial_that_the_text_names(letter: str, about: str, functions: list[str]) -> None:
    assert reading(SERIES.format(letter), about) == [f"Sum({name}(k, x)*c[k], (k, 0, n))" for name in functions]


@pytest.mark.parametrize(
    ("letter", "about"),
    [
        ("T", "A series."),
        ("T", "A Legendre series."),
        ("T", "A Chebyshev series of the second kind."),
        ("U", "A Chebyshev series."),
        ("P", "A series of associated Legendre polynomials."),
        ("P", "A series of normalized Legendre polynomials."),
        ("P", "A Jacobi series, which generalizes the Legendre series."),
        ("T", "A series of shifted Chebyshev polynomials."),
        ("T", "The derivative of a Chebyshev series."),
    ],
)
def test_a_letter_is_no_polynomial_if_the_text_names_another_one(letter: str, about: str) -> None:
    (obstacle,) = reading(SERIES.format(letter), about)
    assert "Sum(" not in obstacle


def test_an_index_that_is_a_degree_usually_starts_at_0_and_may_start_at_1() -> None:
    assert reading(r"p(x) = \sum_i c_i x^i") == ["Sum(x**i*c[i], (i, 0, n_i - 1))", "Sum(x**i*c[i], (i, 1, n_i))"]
    assert reading(r"p(x) = \sum_i i c_i x^i") == ["the first value of i is not given"]
    assert reading(r"p(x) = \sum_i c_i x^{2 i}") == ["the first value of i is not given"]


HORNER = "jnp.polyval(c[::-1], x)"
CLENSHAW = "jnp.dot(c, jnp.cos(jnp.arange(c.shape[0]) * jnp.arccos(x)))"


@pytest.mark.parametrize(
    ("latex", "before", "code", "verdicts"),
    [
        (r"c_0 + c_1 x + \dots + c_n x^n", "Evaluates a polynomial.", HORNER, HOLDS),
        (r"c_0 + c_1 x + \dots + c_n x^n", "Evaluates a polynomial.", "jnp.polyval(c, x)", REFUTED),
        (r"c_0 + c_1 x + \dots + c_n x^n", "If `c` is of length `n + 1`, this function returns the value", HORNER, HOLDS),
        (r"c_0 + c_1 x + \dots + c_n x^n", "If `c` is of length `n`, this function returns the value", HORNER, WRONG),
        (r"\sum_i c_i x^i", "Evaluates a polynomial.", HORNER, HOLDS),
        (r"\sum_i c_i x^i", "Evaluates a polynomial.", f"x * {HORNER}", WRONG | RIGHT),
        (r"\sum_i c_i x^i", "Evaluates a polynomial.", f"x ** 2 * {HORNER}", REFUTED),
    ],
)
def test_polynomials_are_judged(judge: Judge, latex: str, before: str, code: str, verdicts: set[object]) -> None:
    assert judge("x, c", shown(latex, before, c="Array of coefficients."), code) in verdicts


@pytest.mark.parametrize(
    ("text", "code", "verdicts"),
    [
        ("Evaluates a Hermite series.", "c[0] + 2 * c[1] * x + c[2] * (4 * x**2 - 2)", HOLDS),
        ("Evaluates a Hermite series.", "c[0] + c[1] * x + c[2] * (x**2 - 1)", HOLDS),
        ("Evaluates a Hermite series.", "c[0] + c[1] * x + c[2] * (x**2 - 2)", REFUTED),
        ("Evaluates a Hermite series of probabilists' polynomials.", "c[0] + 2 * c[1] * x + c[2] * (4 * x**2 - 2)", REFUTED),
        ("Evaluates a scaled Hermite series.", "c[0] + 2 * c[1] * x + c[2] * (4 * x**2 - 2)", WRONG),
    ],
)
def test_orthogonal_polynomials_are_judged(judge: Judge, text: str, code: str, verdicts: set[object]) -> None:
    told = shown(r"p(x) = \sum_{k=0}^{2} c_k H_k(x)", text, c="Array of coefficients.")
    assert judge("x, c", told, code) in verdicts


@pytest.mark.parametrize(
    ("latex", "entries"),
    [
        (r"c_0 + c_1 x + \dots + c_n x^n", ("n", 1)),
        (r"c_1 x + c_2 x^2 + \dots + c_{n} x^n", ("n", 0)),
        (r"c_0 + c_1 x + \dots + c_{n-1} x^{n-1}", ("n", 0)),
        (r"\prod_{k=1}^N (x - c_k)", ("N", 0)),
        (r"\sum_{k=0}^{N} c_k x^k", ("N", 1)),
        (r"\sum_{k=0}^{N} d_k x^k", None),
        (r"\sum_k c_k x^k", None),
    ],
)
def test_a_display_tells_how_many_entries_it_takes(latex: str, entries: tuple[str, int] | None) -> None:
    assert taken(latex, "c") == entries


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("If `c` is of length `n + 1`, it is", "it is"),
        ("If `c` is an array of length `n+1`, it is", "it is"),
        ("If ``c`` has length ``n + 1``, it is", "it is"),
        ("If `c` is of length `n`, it is", "If `c` is of length `n`, it is"),
        ("If `c` is of length `m + 1`, it is", "If `c` is of length `m + 1`, it is"),
        ("If `c` is of length 3, it is", "If `c` is of length 3, it is"),
        ("If `c` is of length `n + 1` and positive, it is", "and positive, it is"),
    ],
)
def test_a_length_is_left_out_if_the_display_shows_it(text: str, rest: str) -> None:
    assert without_lengths(text, [r"c_0 + c_1 x + \dots + c_n x^n"]) == rest


@pytest.mark.parametrize(
    "text",
    [
        "The parameter `x` is converted to an array only if it is a tuple or a list, otherwise it is treated as a scalar.",
        "The parameters `x` and `y` are converted to arrays if they are lists.",
        "If `c` is a 1-D array, then `p(x)` will have the same shape as `x`.",
        "If `c` has fewer than two dimensions, ones are implicitly appended to its shape to make it 2-D.",
    ],
)
def test_a_sentence_about_types_and_axes_is_an_aside(text: str) -> None:
    assert is_aside(text)


@pytest.mark.parametrize(
    "text",
    [
        "The parameter `x` is converted to degrees only if it is a tuple.",
        "The parameter `x` is converted to a sorted array if it is a list.",
        "The parameter `x` is converted to an array only if it is a list, otherwise it is negated.",
        "If `c` is a 1-D array, then `p(x)` will have the same sign as `x`.",
        "If `c` is positive, then `p(x)` will have the same shape as `x`.",
        "If `c` is a 1-D array, then `p(x)` will have the same shape as `x` and be halved.",
        "If `c` has fewer than two dimensions, ones are added to it.",
    ],
)
def test_a_sentence_that_changes_numbers_is_no_aside(text: str) -> None:
    assert not is_aside(text)
