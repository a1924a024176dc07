"""Labels of cases, reductions by name, densities of normal distributions, divergences, and words about classes.

Each rule has a right formula, a wrong twin, and words or a notation with another meaning.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Judge, judging

from qedoc.read import Names, Reading, Unreadable, read
from qedoc.results.verdict import Verdict

HOLDS = {Verdict.PROVED, Verdict.TESTED}


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    with judging(tmp_path, monkeypatch, "labelled") as judged:
        yield judged


MODES = """
**Smooth mode (hard=False):**

.. math:: x^2

2. **Hard mode** (hard=True):

.. math:: FORMULA
"""


def test_a_label_sets_a_parameter_for_the_display_below_it(judge: Judge) -> None:
    code = "jnp.abs(x) if hard else x**2"
    assert set(judge("x, hard=False", MODES.replace("FORMULA", "|x|"), code)) <= HOLDS
    smooth, hard = judge("x, hard=False", MODES.replace("FORMULA", "|x| + 1"), code)
    assert smooth in HOLDS
    assert hard not in HOLDS


@pytest.mark.parametrize("label", ["Gradient mode", "Hard error", "Inverse mode"])
def test_a_label_that_names_something_else_decides_nothing(judge: Judge, label: str) -> None:
    text = f"**{label} (hard=True):**\n\n.. math:: |x|\n"
    assert judge("x, hard=False", text, "jnp.abs(x) if hard else x**2") == [Verdict.UNDECIDED]


BOTH = "3 * x if a and b else x"


@pytest.mark.parametrize(
    ("words", "latex", "code", "verdicts"),
    [
        ("If ``a`` is True and ``b`` is True, it computes", "3 x", BOTH, HOLDS),
        ("If ``a`` is True and ``b`` is True, it computes", "x", BOTH, {Verdict.REFUTED}),
        ("**Both phase (a=True, b=True):**", "3 x", BOTH, HOLDS),
        ("If ``a`` is True, it is tripled. Otherwise it computes", "x", "3 * x if a else x", HOLDS),
        ("If ``a`` is False, it is kept. Otherwise it computes", "3 x", "3 * x if a else x", HOLDS),
        ("* ``a=True``:", "3 x", "3 * x if a else x", HOLDS),
        ("* ``a=True``:", "x", "3 * x if a else x", {Verdict.REFUTED, Verdict.UNDECIDED}),
        ("This function, if ``a`` is True, computes", "3 x", "3 * x if a else x", HOLDS),
        ("If ``a`` is False, it is kept. It computes", "x", "3 * x if a else x", HOLDS),  # the default
    ],
)
def test_words_before_a_formula_set_parameters(judge: Judge, words: str, latex: str, code: str, verdicts: set[Verdict]) -> None:
    assert set(judge("x, a=False, b=False", f"{words}\n\n.. math:: {latex}\n", code)) <= verdicts


@pytest.mark.parametrize(
    ("words", "latex", "code"),
    [
        ("If ``a`` is True and ``b`` is True, the value is", "x", BOTH),
        ("**Both phase (a=True, b=True):**", "x", BOTH),
        ("**Both phase (x > 0, a=True, b=True):**", "x", BOTH),
        ("The value if ``a`` is True is", "x", BOTH.replace(" and b", "")),
        ("Unless ``a`` is True, the value is", "3 x", "3 * x if a else x"),
        ("If ``a`` is True or False, it computes", "3 x", "3 * x if a else x"),
        ("If ``a`` is True, it is tripled. Otherwise it computes", "3 x", "3 * x if a else x"),
        ("If ``a`` is True, it is tripled. It computes", "3 x", "3 * x if a else x"),
        ("If ``a`` is True, it is tripled. It computes", "x", "3 * x if a else x"),
    ],
)
def test_words_that_do_not_clearly_set_parameters_support_no_claim(judge: Judge, words: str, latex: str, code: str) -> None:
    found = judge("x, a=False, b=False", f"{words}\n\n.. math:: {latex}\n", code)
    assert not set(found) & HOLDS
    if latex == "x" and "tripled" in words:
        assert found == [Verdict.UNDECIDED]  # the formula may be right


OPENED = """
The value depends on the number. When ``x >= 0``:

**Smooth mode (hard=False):**

.. math:: x^2

**Hard mode (hard=True):**

.. math:: x^3
"""


def test_a_condition_above_labels_is_that_of_their_displays(judge: Judge) -> None:
    assert set(judge("x, hard=False", OPENED, "jnp.where(x >= 0, x**3 if hard else x**2, 7)")) <= HOLDS
    assert not set(judge("x, hard=False", OPENED, "jnp.where(x >= 1, x**3 if hard else x**2, 7)")) & HOLDS


REDUCED = """
.. math:: |x|

Parameters
----------
x : array
    The input.
reduction : str
    How to combine the results: VALUES. Default: DEFAULT.
"""
REDUCE = "{'mean': jnp.mean, 'sum': jnp.sum}.get(reduction, lambda v: v)(jnp.abs(x))"


def _reduced(values: str, default: str) -> str:
    return REDUCED.replace("VALUES", values).replace("DEFAULT", default)


def test_a_formula_about_each_entry_is_about_results_that_are_not_combined(judge: Judge) -> None:
    text = _reduced("``'none'``, ``'mean'`` or ``'sum'``", "``'mean'``")
    assert judge("x, reduction='mean'", text, REDUCE)[0] in HOLDS
    assert judge("x, reduction='mean'", text.replace("|x|", "|x| + 1"), REDUCE)[0] not in HOLDS


def test_other_strings_are_no_reductions(judge: Judge) -> None:
    text = _reduced("``'none'``, ``'mean'`` or ``'fast'``", "``'mean'``")
    assert judge("x, reduction='mean'", text, REDUCE)[0] not in HOLDS


NORMAL = "jnp.exp(-((x - 1) ** 2) / (2 * s**2)) / (jnp.sqrt(2 * jnp.pi) * s)"


def test_a_square_in_a_normal_density_is_the_variance(judge: Judge) -> None:
    text = r".. math:: \mathcal{N}(x; 1, s^2)"
    assert judge("x, s", text, NORMAL)[0] in HOLDS
    assert judge("x, s", text, NORMAL.replace("(x - 1)", "(x + 1)"))[0] is Verdict.REFUTED
    assert judge("x, s", text, NORMAL.replace("2 * s**2", "s**2"))[0] is Verdict.REFUTED


@pytest.mark.parametrize("code", [NORMAL, "jnp.exp(-((x - 1) ** 2) / (2 * s)) / jnp.sqrt(2 * jnp.pi * s)"])
def test_the_last_argument_of_a_normal_density_may_be_either(judge: Judge, code: str) -> None:
    text = r".. math:: \mathcal{N}(x; 1, s)"
    assert judge("x, s", text, code)[0] in HOLDS
    assert judge("x, s", text, f"2 * {code}")[0] is Verdict.REFUTED


def test_the_last_argument_of_a_normal_density_may_be_a_precision(judge: Judge) -> None:
    text = ".. math:: \\mathcal{N}(x; 1, s)\n\nArgs:\n    s: The precision."
    code = "jnp.sqrt(s / (2 * jnp.pi)) * jnp.exp(-s * (x - 1) ** 2 / 2)"
    assert judge("x, s", text, code)[0] is Verdict.UNDECIDED
    assert judge("x, s", text.replace("precision", "variance"), code)[0] is Verdict.REFUTED


def test_a_letter_before_the_index_of_a_sum_is_an_array() -> None:
    names = Names(parameters=frozenset({"p", "q"}))
    found = read(r"D_{KL}(P || Q) = \sum_i P(i) \log \frac{P(i)}{Q(i)}", names)
    assert isinstance(found, Reading)
    (equation,) = found.equations
    assert str(equation.left) == "D_KL(P; Q)"
    assert str(equation.right) == "Sum(log(P[i]/Q[i])*P[i], (i, 1, n_i))"
    for other in (r"\sum_i f(i) a_i", r"\sum_{k=0}^\infty P(k) \log P(k)", r"\sum_i (P(2) - a_i)"):
        assert isinstance(read(other, names), Unreadable), other


def test_the_arguments_of_a_divergence_have_no_usual_order(judge: Judge) -> None:
    text = r".. math:: D_{KL}(P || Q) = \sum_i P(i) \log \frac{P(i)}{Q(i)}"
    code = "jnp.sum(b * jnp.log(b / a))"
    assert judge("a, b", text, code, name="kl_divergence")[0] is not Verdict.REFUTED
    assert judge("a, b", text, code, name="js_divergence")[0] is Verdict.UNREADABLE


def test_the_index_of_a_class_is_the_parameter_that_it_names(judge: Judge) -> None:
    text = ".. math:: b x\n\nwhere :math:`b` is the scale class index."
    assert judge("x, scale", text, "scale * x")[0] in HOLDS
    assert judge("x, scale", text, "2 * scale * x")[0] not in HOLDS
    assert judge("x, scale", text.replace("class index", "after calibration"), "scale * x")[0] is Verdict.UNDECIDED


def test_words_about_the_value_itself_prevent_no_proof(judge: Judge) -> None:
    text = "The value is the weighted sum of both, each by its own rule:\n\n.. math:: 2 x + 1"
    assert judge("x", text, "2 * x + 1")[0] in HOLDS
    assert judge("x", text, "2 * x + 2")[0] is Verdict.UNDECIDED
    assert judge("x", text.replace("is the weighted", "is not the weighted"), "2 * x + 1")[0] is Verdict.UNDECIDED


@pytest.mark.parametrize(
    "words",
    [
        "The value is twice the frobbed",
        "The value is the sum of one and",
        "The value is frobbed twice the sum of:",
        "The value is the negative of the following frobbed gizmo:",
    ],
)
def test_words_of_which_the_display_is_a_part_do_not_describe_it(judge: Judge, words: str) -> None:
    assert judge("x", f"{words}\n\n.. math:: 2 x + 1", "2 * x + 1")[0] is Verdict.UNDECIDED
