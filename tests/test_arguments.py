r"""What functions take and formulas name in other ways: ranks, functions, objects, vectors in products, and values at a point.

Each rule has a right formula, a wrong twin, and a text or a notation with another meaning.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, Judge, judged_claim, judging, written

from qedoc.bind.records import Bound
from qedoc.results.verdict import Verdict

HOLDS = {Verdict.PROVED, Verdict.TESTED}
NEITHER = {*Verdict} - HOLDS - {Verdict.REFUTED}


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    with judging(tmp_path, monkeypatch, "arguments") as judged:
        yield judged


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "taken")


# ---------------------------------------------------------------------- ranks

GAIN = r".. math:: \sum_i y_i \operatorname{rank}(s_i)"
WORDS = r"where :math:`\operatorname{rank}(s_i)` is the BASErank of item :math:`i`ORDER."
DESCENDING = "jnp.sum(y * (jnp.argsort(jnp.argsort(-s)) + 1))"
ASCENDING = "jnp.sum(y * (jnp.argsort(jnp.argsort(s)) + 1))"


def ranked(order: str = "", base: str = "") -> str:
    return f"{GAIN}\n\n{WORDS.replace('ORDER', order).replace('BASE', base)}"


def test_ranks_count_in_the_order_that_the_text_says(judge: Judge) -> None:
    assert judge("s, y", ranked(" in descending order"), DESCENDING)[0] in HOLDS
    assert judge("s, y", ranked(" in descending order"), ASCENDING)[0] is Verdict.REFUTED
    assert judge("s, y", ranked(" in ascending order"), DESCENDING)[0] is Verdict.REFUTED


def test_the_code_decides_in_which_order_ranks_count_if_nothing_says_it(judge: Judge) -> None:
    assert judge("s, y", ranked(), DESCENDING)[0] in HOLDS
    assert judge("s, y", ranked(), ASCENDING)[0] in HOLDS
    assert judge("s, y", ranked(), DESCENDING.replace("+ 1", "+ 3"))[0] is Verdict.REFUTED


def test_ranks_may_count_from_zero(judge: Judge) -> None:
    from_zero = DESCENDING.replace("+ 1", "+ 0")
    assert judge("s, y", ranked(base="0-based "), from_zero)[0] in HOLDS
    assert judge("s, y", ranked(base="1-based "), from_zero)[0] not in HOLDS
    assert judge("s, y", ranked(), from_zero)[0] is not Verdict.REFUTED


def test_the_rank_of_a_matrix_is_no_place_after_sorting(claims_of: Claims) -> None:
    text = f'def f(s, y):\n    r"""F.\n\n    {GAIN}\n\n    where s_i are matrices.\n    """\n    return s * y\n'
    (claim,) = claims_of(text, "f")
    assert not isinstance(claim, Bound)


# ---------------------------------------------------------------------- restricted sums in sums

NESTED = r".. math:: \sum_i y_i \log\left(1 + \sum_{j : y_j RELATION y_i} e^{s_j}\right)"
SMALLER = "jnp.sum(y * jnp.log(1 + jnp.sum(jnp.where(y[None] < y[:, None], jnp.exp(s)[None], 0), 1)))"


def test_the_condition_of_an_inner_sum_may_name_the_outer_index(judge: Judge) -> None:
    assert judge("s, y", NESTED.replace("RELATION", "<"), SMALLER)[0] in HOLDS
    assert judge("s, y", NESTED.replace("RELATION", r"\le"), SMALLER)[0] is Verdict.REFUTED
    assert judge("s, y", NESTED.replace("RELATION", r"\ne"), SMALLER)[0] is Verdict.REFUTED


# ---------------------------------------------------------------------- functions that are handed to the object

LOSS = '''
import jax.numpy as jnp


def squared(y):
    return y ** 2


def loss(s, y, gain_fn=DEFAULT):
    r"""Loss.

    .. math:: FORMULA

    where :math:`\\operatorname{gain}` is the gain function.
    """
    return s * gain_fn(y)
'''


@pytest.mark.parametrize(
    ("formula", "default", "expected"),
    [
        (r"s \operatorname{gain}(y)", "squared", HOLDS),
        (r"2 s \operatorname{gain}(y)", "squared", {Verdict.REFUTED}),
        (r"s \operatorname{gain}(y)", "lambda y: y ** 2", NEITHER),
        (r"s \operatorname{gain}(y)", "None", NEITHER),
        (r"s \operatorname{loss\_gain}(y)", "squared", NEITHER),
    ],
)
def test_a_function_of_a_formula_is_the_default_of_a_parameter(
    claims_of: Claims, formula: str, default: str, expected: set[Verdict]
) -> None:
    (claim,) = claims_of(LOSS.replace("FORMULA", formula).replace("DEFAULT", default), "loss")
    assert judged_claim(claim).verdict in expected


def test_an_array_is_no_parameter_that_takes_a_function(claims_of: Claims) -> None:
    words = "where :math:`y` are the values :math:`y` mapped using ``gain_fn``."
    text = LOSS.replace("FORMULA", r"\sum_i s_i y_i^2").replace("DEFAULT", "squared").replace("s * gain_fn(y)", "jnp.sum(s * gain_fn(y))")
    (claim,) = claims_of(text.replace(r"where :math:`\\operatorname{gain}` is the gain function.", words), "loss")
    assert judged_claim(claim).verdict in HOLDS


# ---------------------------------------------------------------------- objects

OBJECTS = '''
class Model:
    """A model.

    Args:
        alpha_c: one part.
        alpha_b: another part.
        w0: a slope.
    """

    def __init__(self, alpha_c, alpha_b, w0):
        self.parts, self.w0 = (alpha_c, alpha_b), w0

    @property
    def alpha_m(self):
        return self.parts[0] + self.parts[1]

    @property
    def alpha_x(self):
        return sorted(self.parts)[0]


class Other:
    """Another model."""

    def __init__(self, alpha_m):
        self.alpha_m = alpha_m


def density(model: ANNOTATION, a):
    r"""Density.

    .. math:: FORMULA
    """
    return model.alpha_m * a ** 2 + model.w0
'''


@pytest.mark.parametrize(
    ("formula", "annotation", "expected"),
    [
        (r"\alpha_m a^2 + w_0", "Model", HOLDS),
        (r"(\alpha_c + \alpha_b) a^2 + w_0", "Model", HOLDS),
        (r"\alpha_m a^2 - w_0", "Model", {Verdict.REFUTED}),
        (r"\alpha_c a^2 + w_0", "Model", NEITHER),
        (r"\alpha_m a^2 + w_0 + z", "Model", NEITHER),
        (r"\alpha_m a^2 + w_0", "object", NEITHER),
        (r"\alpha_m a^2 + w_0", "int", NEITHER),
    ],
)
def test_the_symbols_of_a_function_of_an_object_are_what_it_is_made_of(
    claims_of: Claims, formula: str, annotation: str, expected: set[Verdict]
) -> None:
    (claim,) = claims_of(OBJECTS.replace("FORMULA", formula).replace("ANNOTATION", annotation), "density")
    assert judged_claim(claim).verdict in expected


@pytest.mark.parametrize(
    ("described", "holds"), [("model: Model", True), ("model: `Model`", True), ("model: Other", False), ("a: Model", False)]
)
def test_the_description_of_a_parameter_says_what_object_it_takes(claims_of: Claims, described: str, holds: bool) -> None:
    text = OBJECTS.replace(": ANNOTATION", "").replace("FORMULA", r"\alpha_m a^2 + w_0")
    entry = f"    Parameters\n    ----------\n    {described}\n        The object.\n"
    text += f'\n\ndef other(model, a):\n    """Other.\n\n{entry}    """\n    return a\n'
    (claim,) = claims_of(text, "density")
    assert (judged_claim(claim).verdict in HOLDS) is holds


def test_the_counterexample_makes_the_object(claims_of: Claims) -> None:
    (claim,) = claims_of(OBJECTS.replace("FORMULA", r"\alpha_m a^2 - w_0").replace("ANNOTATION", "Model"), "density")
    found = judged_claim(claim)
    assert found.counterexample is not None
    assert ".density(model=taken_" in found.counterexample.call
    assert ".Model(alpha_b=" in found.counterexample.call


# ---------------------------------------------------------------------- products of vectors


@pytest.mark.parametrize(
    ("formula", "right", "wrong"),
    [
        (r"-\langle x, y \rangle", "-jnp.vdot(x, y)", "jnp.vdot(x, y)"),
        (r"a \mathbf{1}^\top (x - e^{x})", "a * jnp.sum(x - jnp.exp(x)) + 0 * y[0]", "a * jnp.mean(x - jnp.exp(x)) + y[0]"),
    ],
)
def test_an_inner_product_and_a_vector_of_ones_are_sums(judge: Judge, formula: str, right: str, wrong: str) -> None:
    signature = "x, y" if "y" in formula else "x, a"
    right, wrong = (code.replace(" + 0 * y[0]", "").replace(" + y[0]", " + 1") for code in (right, wrong))
    assert judge(signature, f".. math:: {formula}", right)[0] in HOLDS
    assert judge(signature, f".. math:: {formula}", wrong)[0] is Verdict.REFUTED


def test_an_inner_product_of_numbers_is_their_product(judge: Judge) -> None:
    assert judge("x, y", r".. math:: \langle x, y \rangle", "x * y")[0] is not Verdict.REFUTED


@pytest.mark.parametrize("formula", [r"a \mathbf{1}_S^\top x", r"a \mathbf{1}_{x > 0}^\top x"])
def test_ones_of_a_set_are_refused(judge: Judge, formula: str) -> None:
    assert judge("x, a", f".. math:: {formula}", "a * jnp.sum(x)")[0] in NEITHER


def test_ones_before_several_letters_are_a_sum(judge: Judge) -> None:
    formula = r".. math:: \mathbf{1}^\top (a x)"
    assert judge("x, a", formula, "a * jnp.sum(x)")[0] in HOLDS
    assert judge("x, a", formula, "jnp.sum(a @ x)")[0] is not Verdict.REFUTED
    assert judge("x, a", formula, "a * jnp.mean(x)")[0] not in HOLDS


SIDE_BY_SIDE = '''
import jax.numpy as jnp
from jaxtyping import Array, Float


def kernel(x: Float[Array, " d"], y: Float[Array, " d"], a: float) -> Float[Array, ""]:
    r"""Kernel.

    .. math:: (a + x y)^2
    """
    return CODE
'''


@pytest.mark.parametrize(
    ("code", "expected"),
    [("(a + jnp.dot(x, y)) ** 2", HOLDS), ("(a - jnp.dot(x, y)) ** 2", {Verdict.REFUTED})],
)
def test_vectors_side_by_side_in_the_formula_of_a_number_are_an_inner_product(claims_of: Claims, code: str, expected: set[Verdict]) -> None:
    (claim,) = claims_of(SIDE_BY_SIDE.replace("CODE", code), "kernel")
    assert judged_claim(claim).verdict in expected


# ---------------------------------------------------------------------- letters with another meaning, and values at a point


def test_a_letter_of_a_usual_function_that_the_text_defines_is_another_one(judge: Judge) -> None:
    text = ".. math:: 2 J_1(x)"
    assert judge("x", text, "jax.lax.bessel_i1e(x)")[0] is not Verdict.UNREADABLE
    defined = text + "\n\nwhere :math:`J_1(x) := \\left(\\frac{\\partial}{\\partial x}\\right)^1 x^3`."
    assert judge("x", defined, "6 * x ** 2")[0] in NEITHER


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("f(0, a) = a", HOLDS),
        ("f(0, a) = 2 a", {Verdict.REFUTED}),
        ("f(x, 2) = 2 e^{-x}", HOLDS),
        ("f(0) = a", HOLDS),
        ("f(-x, a) = a e^{x}", NEITHER),
        ("f(x + 1, a) = a e^{-x - 1}", NEITHER),
        (r"f(\infty, a) = 0", NEITHER),
        ("f(a, 0) = 0", NEITHER),
    ],
)
def test_the_value_at_a_point_is_compared_there_only(judge: Judge, formula: str, expected: set[Verdict]) -> None:
    assert judge("x, a", f".. math:: {formula}", "a * jnp.exp(-x)")[0] in expected


def test_infinity_in_plain_text_is_no_parameter(judge: Judge) -> None:
    assert judge("x, a", "```none\nT(inf, a) = 0\n```", "a * jnp.exp(-x)")[0] in NEITHER


def test_the_beta_function_of_an_array_with_entries_is_that_of_a_vector(judge: Judge) -> None:
    text = "```none\np(x; a) = prod_{k=1}^{K} x_k ** (a_k - 1) / B(a)\n```"
    beta = "jnp.prod(jax.scipy.special.gamma(a)) / jax.scipy.special.gamma(jnp.sum(a))"
    assert judge("x, a", text, f"jnp.prod(x ** (a - 1)) / ({beta})")[0] in HOLDS
    assert judge("x, a", text, f"jnp.prod(x ** (a - 1)) * ({beta})")[0] is Verdict.REFUTED
