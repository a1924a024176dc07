"""Formulas in the docstring of a module: which function or class they are about, and what is about none."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from fixture_modules import judged_claim

from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Documented, documented

Records: TypeAlias = Callable[..., list[Documented]]

GAMMA = r"""
p(x \mid \alpha, \beta) = \frac{\beta^\alpha}{\Gamma(\alpha)} x^{\alpha-1} e^{-\beta x}, \quad x > 0
"""

CLASS = '''
class Gamma:
    """Gamma distribution."""

    def __init__(self, alpha, beta):
        self.alpha, self.beta = alpha, beta

    def log_prob(self, x):
        return self.alpha * jnp.log(self.beta) - gammaln(self.alpha) + (self.alpha - 1) * jnp.log(x) - self.beta * x

    @staticmethod
    def sufficient_statistics(x):
        return jnp.array([jnp.log(x), x])
'''


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """Writes a module with a docstring, and returns the records of its objects, or of one of them."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def made(docstring: str, code: str, *, stem: str = "gamma", of: str = "") -> list[Documented]:
        for name in [name for name in sys.modules if name.startswith("themes")]:
            del sys.modules[name]
        folder = tmp_path / f"themes_{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / f"{stem}.py").write_text(
            f'r"""{docstring}"""\n\nimport jax\nimport jax.numpy as jnp\nfrom jax.scipy.special import gammaln\n\n{code}'
        )
        sys.path_importer_cache.clear()
        return documented(f"{folder.name}.{stem}{of}")

    yield made
    for name in [name for name in sys.modules if name.startswith("themes")]:
        del sys.modules[name]


def verdicts(found: list[Documented]) -> dict[str, list[Verdict]]:
    """The verdicts of the formulas, by the name of their object without the package."""
    return {
        record.name.partition(".")[2]: [judged_claim(claim).verdict for claim in claims(record)]
        for record in found
        if any(formula.display for formula in record.formulas)
    }


def display(latex: str, before: str = "Distribution of waiting times.") -> str:
    return f"{before}\n\n.. math::\n\n    {latex.strip()}\n"


def test_the_only_class_of_a_module(records: Records) -> None:
    (judged,) = verdicts(records(display(GAMMA), CLASS)).items()
    assert judged[0] == "gamma.Gamma"
    assert judged[1][0].holds


def test_a_wrong_formula_of_the_only_class(records: Records) -> None:
    assert verdicts(records(display(GAMMA.replace("alpha-1", "alpha")), CLASS)) == {"gamma.Gamma": [Verdict.REFUTED]}


def test_a_static_method_gives_the_sufficient_statistics(records: Records) -> None:
    (judged,) = verdicts(records(display(r"t(x) = [\log x, x]"), CLASS))["gamma.Gamma"]
    assert judged.holds
    assert verdicts(records(display(r"t(x) = [x, \log x]"), CLASS)) == {"gamma.Gamma": [Verdict.REFUTED]}


def test_the_object_itself_has_the_claim_too(records: Records) -> None:
    found = records(display(GAMMA), CLASS, of=".Gamma")
    (claim,) = [claim for record in found for claim in claims(record)]
    assert isinstance(claim, Bound)
    assert claim.spec.id == f"{found[0].name}#{found[0].name.removesuffix('.Gamma')}:1"
    assert claim.formula.location.path.endswith("gamma.py")
    assert claim.formula.location.line == 5


SCHEDULES = '''
def warm(t, rate):
    """Warm."""
    return rate * t


def cold(t, rate):
    """Cold."""
    return rate / t
'''


@pytest.mark.parametrize(
    ("docstring", "of"),
    [
        (display(r"\mathrm{warm}(t, r) = r t"), ["warm"]),
        (display("r t", "Schedules. The value of `warm` is"), ["warm"]),
        (display(r"\frac{r}{t}", "Schedules. :func:`cold` returns"), ["cold"]),
        (display(r"\mathrm{warm}(t, r) = r t, \qquad \mathrm{cold}(t, r) = \frac{r}{t}"), ["cold", "warm"]),
    ],
)
def test_a_module_with_several_functions(records: Records, docstring: str, of: list[str]) -> None:
    told = docstring + "\nwhere :math:`r` is the rate (``rate``).\n"
    found = {record.name.rpartition(".")[2]: record for record in records(told, SCHEDULES, stem="schedules") if record.module}
    assert sorted(found) == of
    assert all(judged_claim(claim).verdict.holds for record in found.values() for claim in claims(record))


def test_wrong_twins_of_several_functions(records: Records) -> None:
    told = display(r"\mathrm{warm}(t, r) = \frac{r}{t}, \qquad \mathrm{cold}(t, r) = r t") + "\nwhere :math:`r` is the rate (``rate``).\n"
    found = [record for record in records(told, SCHEDULES, stem="schedules") if record.module]
    assert [judged_claim(claim).verdict for record in found for claim in claims(record)] == [Verdict.REFUTED, Verdict.REFUTED]


@pytest.mark.parametrize(
    "docstring",
    [
        display(r"r(t) = r t", "Schedules of rates."),  # of either
        display(r"r t", "`warm` and `cold` are made of"),
        display(r"r t", "The `rate` is"),  # names no function of the module
        display(r"\mathrm{hot}(t, r) = r t"),
    ],
)
def test_a_formula_that_may_be_about_several_functions(records: Records, docstring: str) -> None:
    found = records(docstring, SCHEDULES, stem="schedules")
    assert not [record for record in found if record.module]
    (module,) = [record for record in found if record.formulas]
    assert not [claim for claim in claims(module) if isinstance(claim, Bound)]


def test_an_imported_function_is_none_of_the_module(records: Records) -> None:
    code = "from jax.nn import relu as gamma\n"
    assert not [record for record in records(display(r"\gamma(x) = x"), code) if record.module]


def test_the_docstring_of_the_object_restricts_the_formula_of_its_module(records: Records) -> None:
    code = 'def root(x):\n    """Root of x.\n\n    Args:\n        x: {}\n    """\n    return jnp.where(x > 0, jnp.sqrt(jnp.abs(x)), 7.0)\n'
    told = display(r"\mathrm{root}(x) = \sqrt{|x|}", "Roots.")
    (positive,) = [one for one in records(told, code.format("a number, must be positive."), stem="roots") if one.module]
    assert [judged_claim(claim).verdict.holds for claim in claims(positive)] == [True]
    (any_,) = [one for one in records(told, code.format("a number."), stem="roots") if one.module]
    assert [judged_claim(claim).verdict for claim in claims(any_)] == [Verdict.REFUTED]
