"""What annotations, names before symbols and indices of names say about arrays. Each rule has a wrong twin."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sympy as sp
from fixture_modules import Claims, judged_claim, written

from qedoc.bind.annotations import axes_of
from qedoc.read import Names, read_condition
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources import markup

HOLDS = {Verdict.PROVED, Verdict.TESTED}
VECTOR = "'Float[Array, \" D\"]'"
Judge = Callable[[str, str], CaseResult]


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "annotated")


@pytest.fixture
def judge(claims_of: Claims) -> Judge:
    return lambda text, name: judged_claim(claims_of(f"import jax.numpy as jnp\n\n{text}", name)[0])


@pytest.mark.parametrize(
    ("annotation", "axes"),
    [
        ("Float[Array, ' D']", 1),
        ("<class 'jaxtyping.Float[Array, 'D']'>", 1),
        ("typing.Union[jaxtyping.Float[Array, 'D'], jaxtyping.Float[ndarray, 'D']]", 1),
        ('Float32[jax.Array, "n d"]', 2),
        ("Float[Array, '']", 0),
        ("float", 0),
        ("typing.Union[float, jaxtyping.Float[Array, '']]", 0),
        ("float | Float[Array, 'n']", None),  # a number or a vector
        ("Float[Array, '... n']", None),
        ("Float[Array, '*batch n']", None),
        ("Float[Array, 'n'] | list[float]", None),
        ("Int[Array, 'n']", None),
        ("jax.Array", None),
        ("", None),
    ],
)
def test_an_annotation_gives_the_number_of_axes(annotation: str, axes: int | None) -> None:
    assert axes_of(annotation) == axes


KERNEL = '''
class Kernel:
    r"""A kernel.

    .. math:: k(x, y) = FORMULA
    """

    def __init__(self, lengthscale: float = 1.0):
        self.lengthscale = lengthscale

    def __call__(self, x: VECTOR, y: VECTOR) -> RESULT:
        x, y = x[..., :] / self.lengthscale, y[..., :] / self.lengthscale
        return CODE
'''
SQUARED = "jnp.exp(-jnp.sum((x - y) ** 2))"
LENGTH = "jnp.exp(-jnp.sqrt(jnp.sum((x - y) ** 2)))"
TOTAL = "jnp.exp(-jnp.sum(jnp.abs(x - y)))"


def kernel(formula: str, code: str, result: str = "float") -> str:
    return KERNEL.replace("FORMULA", formula).replace("CODE", code).replace("VECTOR", VECTOR).replace("RESULT", result)


@pytest.mark.parametrize(
    ("formula", "code", "verdict"),
    [
        (r"\exp(-\|x - y\|^2 / \ell^2)", SQUARED, "holds"),
        (r"\exp(-\|x - y\|^2 / \ell)", SQUARED, "refuted"),
        (r"\exp(-\frac{|x - y|}{|\ell|})", LENGTH, "holds"),
        (r"\exp(-2 \frac{|x - y|}{|\ell|})", LENGTH, "refuted"),
        (r"\exp(-\frac{|x - y|}{|\ell|})", TOTAL, "neither"),  # bars may be the 1-norm, but they usually are the length
        (r"\exp(-2 \frac{|x - y|}{|\ell|})", TOTAL, "refuted"),
        (r"x^\top y / \ell^2", "x @ y", "holds"),
        (r"x^\top y / \ell", "x @ y", "refuted"),
        (r"\langle x, y \rangle / \ell^2", "x @ y", "holds"),
        (r"\langle x, y \rangle / \ell", "x @ y", "refuted"),
    ],
)
def test_parameters_with_one_axis_are_vectors_in_the_formula_of_a_number(judge: Judge, formula: str, code: str, verdict: str) -> None:
    found = judge(kernel(formula, code), "Kernel").verdict
    assert ("holds" if found in HOLDS else "refuted" if found is Verdict.REFUTED else "neither") == verdict


def test_a_function_of_vectors_whose_result_is_an_array_is_read_entry_by_entry(judge: Judge) -> None:
    text = 'def f(x: VECTOR) -> VECTOR:\n    r"""F.\n\n    .. math:: f(x) = |x| x^2\n    """\n    return jnp.abs(x) * x**POWER\n'
    text = text.replace("VECTOR", VECTOR)
    assert judge(text.replace("POWER", "2"), "f").verdict in HOLDS
    assert judge(text.replace("POWER", "4"), "f").verdict is Verdict.REFUTED


APPOSED = '''
class Kernel:
    r"""A kernel WORDS.

    .. math:: k(x, y) = s |x - y|^d

    Args:
        shift: a number.
        power: another number.
    """

    def __init__(self, shift, power):
        self.shift, self.power = shift, power

    def __call__(self, x, y):
        return CODE
'''


@pytest.mark.parametrize(
    ("words", "holds", "refuted"),
    [
        ("with shift parameter :math:`d` and power :math:`s`", "self.power * jnp.abs(x - y) ** self.shift", True),
        ("with $d$, the distance, shift $d$ and power $s$", "self.power * jnp.abs(x - y) ** self.shift", True),
        ("with inverse shift :math:`d` and squared power :math:`s`", "self.shift * jnp.abs(x - y) ** self.power", False),
        ("with the inverse of shift :math:`d` and the square of power :math:`s`", "self.shift * jnp.abs(x - y) ** self.power", False),
        ("with shift :math:`d` and shift :math:`s`", "self.shift * jnp.abs(x - y) ** self.power", False),
    ],
)
def test_the_name_of_a_parameter_right_before_a_symbol_says_what_it_is(judge: Judge, words: str, holds: str, *, refuted: bool) -> None:
    text = APPOSED.replace("WORDS", words)
    assert judge(text.replace("CODE", holds), "Kernel").verdict in HOLDS
    other = "self.shift * jnp.abs(x - y) ** self.power" if refuted else "self.power * jnp.abs(x - y) ** self.shift"
    assert (judge(text.replace("CODE", other), "Kernel").verdict is Verdict.REFUTED) == refuted
    assert judge(text.replace("CODE", f"2 * {holds}"), "Kernel").verdict not in HOLDS


BASIS = '''
def NAME(x, num, limit):
    r"""Basis functions.

    .. math:: LEFT = HEIGHT \\cos(k x / l)

    RANGE with :math:`K` = ``num`` and :math:`l` = ``limit``.

    .. jupyter-execute::

        y = NAME(x, num=3, limit=1.0)
        assert y.shape == (3,) if x > 0 else True

    Args:
        x: the input.
        num: Number of basis functions :math:`K`.
    """
    k = jnp.arange(num) + FIRST
    return jnp.cos(k * x / limit)
'''


@pytest.mark.parametrize(
    ("name", "left", "span", "first", "verdict"),
    [
        ("wave", r"\mathrm{wave}_k(x)", r"where :math:`k = 0 \dots K - 1`", "0", "holds"),
        ("wave", r"\mathrm{wave}_k(x)", r"where :math:`k = 0 \dots K - 1`", "1", "refuted"),
        ("wave", r"\mathrm{wave}_k(x)", r"where :math:`k = 1 \dots K`", "1", "holds"),
        ("wave", r"\mathrm{wave}_k(x)", r"where :math:`0 \le k < K`", "0", "holds"),
        ("wave", r"\mathrm{wave}(x)_k", r"where :math:`0 \le k < K`", "1", "refuted"),
        ("basic_wave", r"\mathrm{wave}_k(x)", r"where :math:`k = 0 \dots K - 1`", "0", "holds"),
        ("basic_wave", r"\mathrm{other}_k(x)", r"where :math:`k = 0 \dots K - 1`", "0", "neither"),
        ("wave", r"\mathrm{wave}_k(x)", "where :math:`k` is a number", "0", "neither"),  # the text does not give its range
    ],
)
def test_the_index_of_a_functions_name_is_that_of_its_result(
    judge: Judge, name: str, left: str, span: str, first: str, verdict: str
) -> None:
    text = BASIS.replace("NAME", name).replace("LEFT", left).replace("RANGE", span).replace("FIRST", first)
    found = judge(text.replace("HEIGHT", ""), name).verdict
    assert ("holds" if found in HOLDS else "refuted" if found is Verdict.REFUTED else "neither") == verdict
    assert judge(text.replace("HEIGHT", "2"), name).verdict not in HOLDS


@pytest.mark.parametrize(
    ("latex", "ends"),
    [
        (r"k=0 \dots K-1", ("k", "K - 1")),
        (r"k = 1 \ldots K", ("k", "K")),
        (r"k = 0 + \dots + K", None),
        (r"k = 1 \cdots K", None),  # dots in a product
        (r"k = x_1 \dots x_K", None),
    ],
)
def test_dots_without_commas_give_a_range_if_they_count_from_a_number(latex: str, ends: tuple[str, str] | None) -> None:
    found = read_condition(latex, Names(legend={"k": "an index", "K": "a number"}))
    if ends is None:
        assert not isinstance(found, sp.Basic)
    else:
        assert found == read_condition(rf"{latex[4 if latex[1] == ' ' else 2]} \le {ends[0]} \le {ends[1]}", Names()) & sp.Eq(
            sp.Symbol("k"), sp.floor(sp.Symbol("k")), evaluate=False
        )


@pytest.mark.parametrize("name", ["code", "code-block", "jupyter-execute", "plot", "ipython", "testcode"])
def test_programs_in_directives_are_no_text(name: str) -> None:
    lines = f"One.\n\n.. {name}:: python\n   :hide-code:\n\n   if x > 0:\n       y = 1\n\nTwo.\n".split("\n")
    assert [paragraph.text for paragraph in markup.paragraphs(lines)] == ["One.", "Two."]


def test_the_text_of_other_directives_is_text() -> None:
    assert [paragraph.text for paragraph in markup.paragraphs(["One.", "", ".. note::", "", "   Two."])] == ["One.", "Two."]


METACLASS = '''
class Meta(type):
    """A class of classes."""

    def doubled(cls, x):
        r"""Doubles.

        .. math:: f(x) = HEIGHT x
        """
        return 2 * x


def g(x):
    r"""Doubles.

    .. math:: g(x) = HEIGHT x
    """
    return 2 * x
'''


def test_a_class_of_classes_does_not_stop_the_others(claims_of: Claims) -> None:
    assert claims_of(METACLASS.replace("HEIGHT", "2"), "Meta.doubled")
    assert judged_claim(claims_of(METACLASS.replace("HEIGHT", "2"), "g")[0]).verdict in HOLDS
    assert judged_claim(claims_of(METACLASS.replace("HEIGHT", "3"), "g")[0]).verdict is Verdict.REFUTED
