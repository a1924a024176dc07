"""Letters with a number as entries, and members whose docstring begins with the left side of a formula of their class."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fixture_modules import judged_claim

from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.docstrings import documented

Made = Callable[..., str]


@pytest.fixture
def fixture_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Writes a module, and returns its name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    names: list[str] = []

    def made(text: str) -> str:
        names.append(f"numbered_{len(list(tmp_path.iterdir()))}")
        (tmp_path / f"{names[-1]}.py").write_text(text)
        sys.path_importer_cache.clear()
        return names[-1]

    yield made
    for name in names:
        sys.modules.pop(name, None)


BANANA = "(1 - x[{0}]) ** 2 + 100 * (x[{1}] - x[{0}] ** 2) ** 2"


def function(latex: str, code: str, told: str = "array of numbers", head: str = "x") -> str:
    return (
        f'import jax.numpy as jnp\n\ndef value({head}):\n    r"""The value.\n\n    .. math::\n\n        {latex}\n\n'
        f'    Args:\n        x: {told}.\n    """\n    return {code}\n'
    )


def judged(path: str) -> list[CaseResult]:
    return [judged_claim(claim) for record in documented(path) for claim in claims(record)]


@pytest.mark.parametrize(
    ("latex", "code", "verdict"),
    [
        (r"f(x) = (1 - x_1)^2 + 100 (x_2 - x_1^2)^2", BANANA.format(0, 1), Verdict.PROVED),
        (r"f(x) = (1 - x_0)^2 + 100 (x_1 - x_0^2)^2", BANANA.format(0, 1), Verdict.PROVED),
        (r"f(x) = (1 - x_1)^2 + 10 (x_2 - x_1^2)^2", BANANA.format(0, 1), Verdict.REFUTED),
        (r"f(x) = (1 - x_2)^2 + 100 (x_1 - x_2^2)^2", BANANA.format(0, 1), Verdict.REFUTED),
        (r"f(x) = (1 - x_0)^2 + 10 (x_1 - x_0^2)^2", BANANA.format(0, 1), Verdict.REFUTED),
        (r"f(x) = (1 - x_1)^2 + 100 (x_2 - x_1^2)^2", BANANA.format(1, 2), Verdict.UNDECIDED),  # they may count from 0
        (r"f(x) = (1 - x_0)^2 + 100 (x_1 - x_0^2)^2", BANANA.format(1, 2), Verdict.REFUTED),
    ],
)
def test_letters_with_a_number_are_entries(latex: str, code: str, verdict: Verdict, fixture_module: Made) -> None:
    (found,) = judged(fixture_module(function(latex, code)))
    assert found.verdict is verdict


def test_the_text_may_say_that_there_are_more_entries(fixture_module: Made) -> None:
    code = "x[0] - x[1] + 0 * x[2]"
    (found,) = judged(fixture_module(function("f(x) = x_1 - x_2", code, told="array of shape (3,)")))
    assert found.verdict is Verdict.PROVED
    (found,) = judged(fixture_module(function("f(x) = x_1 - x_2", "x[0] - x[1] + x[2]", told="array of shape (3,)")))
    assert found.verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("latex", "head"),
    [
        ("f(x) = x_1 + x_3", "x"),  # the entry 2 is left out
        ("f(x) = x_1^2", "x"),  # one number does not tell how many entries there are
        ("f(x) = x + x_1 x_2", "x"),  # the letter stands alone too
        ("f(z) = x_1 - x_2", "x"),  # it is no argument of the left side
    ],
)
def test_letters_with_a_number_that_may_be_something_else(latex: str, head: str, fixture_module: Made) -> None:
    (found,) = judged(fixture_module(function(latex, "x[0] - x[1]", head=head)))
    assert found.verdict in (Verdict.UNREADABLE, Verdict.UNDECIDED)


def test_letters_that_are_parameters_stay_what_they_are(fixture_module: Made) -> None:
    path = fixture_module(function("f(x) = x_1 - x_2", "x1 - x2 + 0 * x", head="x, x1, x2"))
    (found,) = (claim for record in documented(path) for claim in claims(record))
    alternatives = found.readings.alternatives if isinstance(found, Bound) else ()
    assert not any("entries of" in assumption.value for one in alternatives for assumption in one.assumptions)


CLASS = '''
import jax.numpy as jnp
from jax.scipy.special import gammaln

class Waiting:
    r"""Gamma distribution.

    .. math::

        {latex}
    """

    def __init__(self, a, b):
        self.a, self.b = a, b

    @staticmethod
    def log_base_measure(x):
        r""":math:`\\log h(x)` for a single observation."""
        return jnp.where(x > 0, -jnp.log(x), -jnp.inf)

    @staticmethod
    def partition(theta):
        r""":math:`\\psi(\\theta)` -- the function whose slope is the mean."""
        return gammaln(theta[0] + 1) - (theta[0] + 1) * jnp.log(-theta[1])

    def natural(self):
        r""":math:`\\theta` from the parameters."""
        return jnp.array([self.a - 1, -self.b])

    def one(self):
        r""":math:`\\kappa` of the first kind."""
        return self.a

    def squared(self):
        r""":math:`\\mu` squared, from the parameters."""
        return self.a**2

    def left(self):
        r""":math:`\\rho`, for one side."""
        return self.a

    def right(self):
        r""":math:`\\rho`, for the other side."""
        return self.b
'''


@pytest.mark.parametrize(
    ("latex", "verdicts"),
    [
        (r"\psi(\theta) = \log\Gamma(\theta_1 + 1) - (\theta_1 + 1)\log(-\theta_2)", {Verdict.PROVED, Verdict.TESTED}),
        (r"\psi(\theta) = \log\Gamma(\theta_1 + 1) + (\theta_1 + 1)\log(-\theta_2)", {Verdict.REFUTED}),
        (r"\theta = [a - 1, -b], \quad \theta_1 > -1, \theta_2 < 0", {Verdict.PROVED}),
        (r"\theta = [a, -b], \quad \theta_1 > 0, \theta_2 < 0", {Verdict.REFUTED}),
        (r"h(x) = x^{-1}, \quad x > 0", {Verdict.PROVED, Verdict.TESTED}),
        (r"h(x) = x^{-2}, \quad x > 0", {Verdict.REFUTED}),
        (r"h(x) = x^{-1}", {Verdict.PROVED, Verdict.UNDECIDED}),  # outside of the support it is no claim
    ],
)
def test_a_member_is_named_by_the_beginning_of_its_docstring(latex: str, verdicts: set[Verdict], fixture_module: Made) -> None:
    (found,) = judged(fixture_module(CLASS.replace("{latex}", latex)) + ".Waiting")
    assert found.verdict in verdicts


@pytest.mark.parametrize(
    "latex", [r"\mu = a^2", r"\rho = a", r"\kappa = a", r"\psi(\theta, x) = \theta_1 - \theta_2", r"\log \theta = a - b"]
)
def test_other_beginnings_name_no_member(latex: str, fixture_module: Made) -> None:
    (found,) = (claim for record in documented(fixture_module(CLASS.replace("{latex}", latex)) + ".Waiting") for claim in claims(record))
    assert not isinstance(found, Bound)


def test_a_definition_of_an_array_beside_its_entries_is_no_internal_error(fixture_module: Made) -> None:
    latex = r"M^{-1} = \operatorname{diag}(\sigma) (I + U(\Lambda - I)U^\top) \operatorname{diag}(\sigma), \quad \sigma = \sqrt{\alpha}"
    (found,) = judged(fixture_module(function(latex, "x", head="x")))
    assert found.verdict in (Verdict.UNREADABLE, Verdict.UNDECIDED)
