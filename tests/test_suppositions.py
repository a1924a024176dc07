r"""What documentation leaves unsaid: commands that nothing defines, sums that go on, settings. A wrong formula never holds there.

A supposition is no evidence against a formula: a difference leaves it undecided.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fixture_modules import functions

from qedoc.bind import Bound, claims
from qedoc.claims.limits import Limits
from qedoc.judge.readings import check_readings
from qedoc.read import Names, Reading, Unreadable, read
from qedoc.results.verdict import Verdict, weakest
from qedoc.sources.specfiles import sizes

HOLDS = {Verdict.PROVED, Verdict.TESTED}
Judge = Callable[..., Verdict]
NAMES = Names(parameters=("x", "y"), vectors=frozenset({"v", "w"}))


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges a formula of a function f: its docstring, its signature and its code."""
    with functions(tmp_path, monkeypatch, "supposed") as record:

        def judged(doc: str, signature: str, code: str, claim: int = 0) -> Verdict:
            found = claims(record(signature, doc, code))[claim]
            if not isinstance(found, Bound):
                return found.verdict
            assert found.readings is not None
            several = [size for size in sizes(found.spec) if set(size.values()) != {1}][:2]
            return weakest(
                [check_readings(found.readings, size, Limits(max_points=30), lambda _: None).verdict for size in several or [{}]]
            )

        yield judged


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\op{sigmoid}(x)", "1/(1 + exp(-x))"),
        (r"\func{tanh}(x) + \func{exp}(y)", "exp(y) + tanh(x)"),
        (r"\II{x > y}", "Piecewise((1, x > y), (0, True))"),
        (r"\sum_i \ind{v_i \ge w_i}", "Sum(Piecewise((1, v[i] >= w[i]), (0, True)), (i, 1, n_i))"),
        (r"\norm{v}", "sqrt(Sum(v[i]**2, (i, 1, n_i)))"),
        (r"2 \mb{x}", "2*x"),
        (r"2 \bs{\beta} + \vx + \mB", "B + x + 2*beta"),
        (r"f(\mb{x}) = 2 \mb{x}", "f(x) = 2*x"),
        (r"\prox_{f}(\mb{x}) = 2 \mb{x}", "prox_f(x) = 2*x"),
    ],
)
def test_an_undefined_command_is_read_by_its_name(latex: str, value: str) -> None:
    found = read(latex, NAMES)
    assert isinstance(found, Reading), str(found)
    assert str(found) == value
    assert {option.sure for option in found.taken.values()} == {"suggested"}


@pytest.mark.parametrize(
    "latex",
    [
        r"\op{x} + 1",  # a letter is no name of an operator
        r"\inv{tanh}(x)",  # the name says that something is done to it
        r"\II{x}",  # no condition
        r"\II{x > y} + \II{x}",
        r"\Prob{x > y}",
        r"\foo(x)",
        r"\mb{x y}",  # a whole product in bold may be something else
        r"\mb{x} + \vxy",
        r"\op \norm{v}",
    ],
)
def test_any_other_undefined_command_is_refused(latex: str) -> None:
    found = read(latex, NAMES)
    assert isinstance(found, Unreadable)
    assert "unknown command" in found.what


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\abs{x}^2 y", "y*Abs(x)**2"),
        (r"\max{x, y}", "Max(x, y)"),
        (r"\mathrm{sgn}\ x", "sign(x)"),
        (r"[f(x)]_i = v_i", "f(x)[i] = v[i]"),
        (r"\left[\mathrm{prox}_{f}(v)\right]_i = 2 v_i", "prox_f(v)[i] = 2*v[i]"),
        (r"a + \frac{x}{n} + a n", "a + a*n + x/n"),
        (r"a + \frac{x}{n} + an", "a + a*n + x/n"),
    ],
)
def test_arguments_in_braces_entries_of_a_function_and_factors_without_space(latex: str, value: str) -> None:
    found = read(latex, replace(NAMES, legend={"a": "a number"}))
    assert isinstance(found, Reading), str(found)
    assert str(found) == value


@pytest.mark.parametrize(
    "latex",
    [
        r"a + an",  # n stands nowhere else
        r"a + n + dn",  # a differential
        r"m + n + mn",  # nothing explains any of its letters
        r"[x + y]_i = v_i",
    ],
)
def test_letters_without_space_may_be_one_name(latex: str) -> None:
    assert not isinstance(read(latex, replace(NAMES, legend={"a": "a number"})), Reading)


@pytest.mark.parametrize(
    ("latex", "verdicts"),
    [
        (r"\frac{x}{m} + am", HOLDS),
        (r"\frac{x}{m} - am", {Verdict.REFUTED}),
        (r"\frac{x}{m} - a m", {Verdict.REFUTED}),
        (r"\frac{x}{m} + bm", {Verdict.UNREADABLE}),
    ],
)
def test_factors_without_space_are_suggested(judge: Judge, latex: str, verdicts: set[Verdict]) -> None:
    doc = f".. math:: {latex}\n\nArgs:\n  x: a number.\n  a: a weight.\n  mass: a number."
    assert judge(doc, "x, a, mass", "x / mass + a * mass") in verdicts


INDICATOR = ".. math:: {}\\sum_i \\II{{x_i > y_i}} x_i\n\nArgs:\n  x: a vector.\n  y: a vector."


@pytest.mark.parametrize(("factor", "verdicts"), [("", HOLDS), ("2 ", {Verdict.UNDECIDED})])
def test_a_formula_with_an_undefined_command_is_never_refuted(judge: Judge, factor: str, verdicts: set[Verdict]) -> None:
    assert judge(INDICATOR.format(factor), "x, y", "jnp.sum(jnp.where(x > y, x, 0))") in verdicts


@pytest.mark.parametrize(
    ("latex", "values"),
    [
        (r"\sum_i v_i + w_i", ["Sum(v[i] + w[i], (i, 1, n_i))"]),
        (r"\frac{1}{2} \sum_i v_i + w_i", ["Sum(v[i] + w[i], (i, 1, n_i))/2"]),
        (r"x + \sum_i v_i + w_i", ["x + Sum(v[i] + w[i], (i, 1, n_i))"]),
        (r"-\sum_i v_i + w_i", ["-Sum(v[i] + w[i], (i, 1, n_i))", "Sum(-v[i] + w[i], (i, 1, n_i))"]),
    ],
)
def test_a_sum_goes_on_where_its_index_does(latex: str, values: list[str]) -> None:
    found = read(latex, NAMES)
    assert isinstance(found, Reading), str(found)
    assert [str(found), *map(str, found.others)] == values


@pytest.mark.parametrize(
    "latex",
    [
        r"f(x)_i = \sum_i v_i + w_i",  # the entry i of the result
        r"\sum_i v_i + w_i + x",  # x may stand after the sum
        r"\sum_i \sum_j v_i w_j + v_i",  # in one sum, or in both
    ],
)
def test_a_sum_that_may_end_is_refused(latex: str) -> None:
    assert isinstance(read(latex, NAMES), Unreadable)


ENTROPY = ".. math:: {}\\sum_i y_i \\log x_i + (1 - y_i) \\log (1 - x_i)\n\nArgs:\n  x: a vector, between 0 and 1.\n  y: a vector."


@pytest.mark.parametrize(("sign", "verdicts"), [("-", HOLDS), ("", {Verdict.UNDECIDED})])
def test_a_sum_that_goes_on_is_compared(judge: Judge, sign: str, verdicts: set[Verdict]) -> None:
    assert judge(ENTROPY.format(sign), "x, y", "-jnp.sum(y * jnp.log(x) + (1 - y) * jnp.log(1 - x))") in verdicts


REDUCED = "Definition:\n\n.. math:: {}\n\nArgs:\n  x: a vector.\n  reduce_fn: the reduction. {}"
LISTED = "Can be :func:`jax.numpy.sum` or :func:`jax.numpy.mean`."


@pytest.mark.parametrize(
    ("latex", "text", "verdicts"),
    [
        (r"\sum_i x_i^2", LISTED, {Verdict.UNDECIDED}),  # it holds for another value than the default
        (r"\frac{1}{n} \sum_{i=1}^n x_i^2", LISTED, HOLDS),
        (r"2 \sum_i x_i^2", LISTED, {Verdict.REFUTED}),
        (r"\sum_i x_i^2", "It is applied to the squares.", {Verdict.REFUTED}),
        (r"\sum_i x_i^2", "Can be :func:`jax.numpy.max` or :func:`jax.numpy.sum`.", {Verdict.REFUTED}),  # the default is none of them
    ],
)
def test_the_values_that_the_text_lists_for_a_setting(judge: Judge, latex: str, text: str, verdicts: set[Verdict]) -> None:
    assert judge(REDUCED.format(latex, text), "x, *, reduce_fn=jnp.mean", "reduce_fn(x**2)") in verdicts


@pytest.mark.parametrize(
    ("latex", "code", "verdicts"),
    [
        (r"\sigma_i(x) = \frac{e^{x_i}}{\sum_j e^{x_j}}", "jax.nn.softmax(x)", HOLDS),
        (r"\sigma_i(x) = \frac{2 e^{x_i}}{\sum_j e^{x_j}}", "jax.nn.softmax(x)", {Verdict.REFUTED}),
        (r"d_{ij}(x) = x_i - x_j", "x[:, None] - x[None, :]", HOLDS),
        (r"d_{ij}(x) = x_j - x_i", "x[:, None] - x[None, :]", {Verdict.REFUTED}),
    ],
)
def test_a_letter_with_indices_before_its_arguments_is_an_entry(judge: Judge, latex: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge(f".. math:: {latex}\n\nArgs:\n  x: a vector.", "x", code) in verdicts


BOLD = r""".. math:: k(\mathbf{x}_i, \mathbf{x}_j) = LATEX

Args:
  a: the vector :math:`\mathbf{x}_i`.
  b: the vector :math:`\mathbf{x}_j`.
  scale: The parameter :math:`\ell`."""


@pytest.mark.parametrize(
    ("latex", "code", "verdicts"),
    [
        (r"\mathbf{x}_i \cdot \mathbf{x}_j / \ell^2", "jnp.dot(a, b) / scale**2", HOLDS),
        (r"\mathbf{x}_i \cdot \mathbf{x}_j / \ell", "jnp.dot(a, b) / scale**2", {Verdict.REFUTED}),
        (r"\|(\mathbf{x}_i - \mathbf{x}_j) / \ell\|_1", "jnp.sum(jnp.abs(a - b)) / jnp.abs(scale)", HOLDS),
        (r"\|(\mathbf{x}_i - \mathbf{x}_j) / \ell\|_1", "jnp.max(jnp.abs(a - b)) / jnp.abs(scale)", {Verdict.REFUTED}),
    ],
)
def test_bold_letters_with_a_subscript_are_vectors(judge: Judge, latex: str, code: str, verdicts: set[Verdict]) -> None:
    assert judge(BOLD.replace("LATEX", latex), "a, b, scale", code) in verdicts
