"""Formulas of densities in the docstrings of functions that draw samples."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, result, verdict, written

from qedoc.bind.given import given
from qedoc.bind.records import Bound, Refused
from qedoc.bind.samplers import is_sampler
from qedoc.read import Names, Reading, read
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import record_of

MODULE = '''
import jax


def NAME(key, PARAMETERS):
    r"""SUMMARY

    The values are distributed according to the probability density function:

    .. math:: FORMULA

    Args:
      key: the key of a random generator, at least 2 bits.
      shape: must be a positive tuple.
    """
    return jax.random.normal(key, shape)
'''


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "samplers")


def sampler(formula: str, name: str = "gumbel", parameters: str = "shape=()", summary: str = "Samples random values.") -> str:
    return MODULE.replace("FORMULA", formula).replace("NAME", name).replace("PARAMETERS", parameters).replace("SUMMARY", summary)


def test_the_density_of_the_distribution_is_compared(claims_of: Claims) -> None:
    (claim,) = claims_of(sampler(r"f(x) = e^{-(x + e^{-x})}"), "gumbel")
    assert isinstance(claim, Bound)
    assert claim.spec.target == "jax.scipy.stats.gumbel_r.pdf"
    assert claim.spec.id == claim.spec.documented
    assert any("not the samples" in note for note in claim.notes)


def test_parameters_for_numbers_and_arrays_are_those_of_the_distribution(claims_of: Claims) -> None:
    for annotation in ("float", "jax.typing.ArrayLike", "'jax.Array | bool | float'"):
        code = sampler(r"f(x) = \frac{1}{b} e^{-x/b}", "exponential", f"scale: {annotation}, method: str = 'a', shape=()")
        (claim,) = claims_of(code, "exponential")
        assert isinstance(claim, Bound)
        assert {str(declared.symbol): getattr(declared, "name", "") for declared in claim.spec.symbols} == {"x": "x", "b": "scale"}


@pytest.mark.parametrize("formula", [r"f(x) = e^{-(x + e^{-x})}", r"f(x) = e^{-(x + e^{x})}"])
def test_the_sampler_of_another_library_gets_no_verdict(claims_of: Claims, formula: str) -> None:
    """It may sample another distribution of the same name, as this one does, so that the density of SciPy tells nothing about it."""
    (claim,) = claims_of(sampler(formula), "gumbel")
    found = result(claim)
    assert found.verdict is Verdict.UNDECIDED
    assert "a distribution other than that of jax.scipy.stats.gumbel_r" in found.reason


@pytest.mark.parametrize(
    ("target", "right", "wrong"),
    [
        ("jax.random.normal", r"f(x) = \frac{1}{\sqrt{2\pi}} e^{-x^2 / 2}", r"f(x) = \frac{1}{\sqrt{2\pi}} e^{-x^2}"),
        ("jax.random.laplace", r"f(x) = \frac{1}{2} e^{-|x|}", r"f(x) = e^{-|x|}"),
        ("jax.random.exponential", r"f(x) = e^{-x}, \quad x \ge 0", r"f(x) = 2 e^{-2 x}, \quad x \ge 0"),
    ],
)  # fmt: skip
def test_a_wrong_density_of_the_same_library_is_refuted(target: str, right: str, wrong: str) -> None:
    assert verdict(given(target, right, {}, [])[0]).holds
    assert verdict(given(target, wrong, {}, [])[0]) is Verdict.REFUTED


def test_the_normalisation_of_the_multivariate_normal_distribution() -> None:
    r"""Documentation says `\det(\Sigma)^{-1}`, which is the square of the right factor."""
    wrong = r"f(x;\mu, \Sigma) = (2\pi)^{-k/2} \det(\Sigma)^{-1}e^{-\frac{1}{2}(x - \mu)^T \Sigma^{-1} (x - \mu)}"
    right = wrong.replace(r"\det(\Sigma)^{-1}", r"\frac{1}{\sqrt{\det(\Sigma)}}")
    bind = {r"\mu": "mean", r"\Sigma": "cov"}
    assert verdict(given("jax.random.multivariate_normal", wrong, bind, [])[0]) is Verdict.REFUTED
    assert verdict(given("jax.random.multivariate_normal", right, bind, [])[0]).holds


def test_a_distribution_without_a_density_says_so(claims_of: Claims) -> None:
    (claim,) = claims_of(sampler(r"f(x) = e^{-(x + e^{-x})}", name="zigzag"), "zigzag")
    assert isinstance(claim, Refused)
    assert (claim.verdict, claim.reason) == (
        Verdict.UNDECIDED,
        "jax.scipy.stats has no density of the distribution that zigzag samples",
    )


def test_parameters_that_the_density_does_not_have(claims_of: Claims) -> None:
    text = sampler(r"f(x) = m e^{-(x + e^{-x})}", parameters="m, n, shape=()")
    (claim,) = claims_of(text, "gumbel")
    assert isinstance(claim, Refused)
    assert "the parameters m, n cannot be matched with those of jax.scipy.stats.gumbel_r.pdf" in claim.reason


def test_parameters_are_matched_by_what_they_are_called(claims_of: Claims) -> None:
    formula = r"f(x; \mu, \sigma) = \frac{1}{\sigma \sqrt{2\pi}} e^{-(x - \mu)^2 / (2 \sigma^2)}"
    (claim,) = claims_of(sampler(formula, "normal", "mean, std, shape=()"), "normal")
    assert isinstance(claim, Bound)
    assert {str(d.symbol): getattr(d, "name", "") for d in claim.spec.symbols} == {"mu": "loc", "sigma": "scale", "x": "x"}


def test_what_is_no_sampler(claims_of: Claims) -> None:
    text = (
        sampler("f(x) = x", summary="Permutes the rows of an array.")
        + '\n\ndef other(x):\n    r"""Sampled.\n\n    .. math:: f(x) = x\n    """\n'
    )
    (claim,) = claims_of(text, "gumbel")
    assert not (isinstance(claim, Bound) and claim.spec.target.startswith("jax.scipy"))
    assert not is_sampler(record_of("jax.numpy.sin"))
    assert is_sampler(record_of("jax.random.normal"))


def test_an_exponent_after_the_bracket_of_a_determinant_belongs_to_the_determinant() -> None:
    names = Names(matrices=frozenset({"A"}), vectors=frozenset({"A"}), parameters=("A",))
    after, before = (read(text, names) for text in (r"\det(A)^{-1}", r"\frac{1}{\det(A)}"))
    assert isinstance(after, Reading)
    assert isinstance(before, Reading)
    assert after.equations[0].right == before.equations[0].right
