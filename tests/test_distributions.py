"""Formulas that name the distribution that a method of a model returns."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, judged_claim, verdict, written

from qedoc.bind.records import Bound, Refused
from qedoc.claims.target import resolve
from qedoc.results.verdict import Verdict

COMMON = '''
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.scipy import stats


class Distribution:
    """A distribution of numbers or vectors."""

    batch_shape = ()

    def __init__(self, log_prob, event_shape):
        self._log_prob, self.event_shape = log_prob, event_shape

    def log_prob(self, value):
        return self._log_prob(value)


class Emissions(NamedTuple):
    """Parameters."""

    weights: jax.Array
    bias: jax.Array
    cov: jax.Array


'''

LINEAR = (
    COMMON
    + '''
class Model:
    r"""A linear model.

    The emission distribution is,

    $$FORMULA$$

    where $z_t$ is a latent state, and $y_t$ is an emission.
    """

    def __init__(self, state_dim: int, emission_dim: int):
        self.state_dim, self.emission_dim = state_dim, emission_dim

    def initialize(self, weights=None, bias=None, cov=None):
        """Makes the parameters.

        Args:
            weights: parameter $H$.
            bias: parameter $d$.
            cov: parameter $R$.
        """
        weights = jnp.ones((self.emission_dim, self.state_dim)) if weights is None else weights
        bias = jnp.zeros(self.emission_dim) if bias is None else bias
        cov = jnp.eye(self.emission_dim) if cov is None else cov
        return PARAMETERS

    def emission_distribution(self, params, state) -> Distribution:
        """The distribution of an emission."""
        weights, bias, cov = PARTS
        mean = weights @ state + bias
        return Distribution(lambda value: stats.multivariate_normal.logpdf(value, mean, cov), (self.emission_dim,))
'''
)

POINTED = (
    COMMON
    + '''
class Model:
    r"""A model with states.

    The emission distribution is,

    $$FORMULA$$

    with *emission concentration* $\\alpha_k$ and *emission WORD* $\\beta_k$.

    :param num_states: number of states $K$
    """

    def __init__(self, num_states: int):
        self.num_states = num_states

    def initialize(self):
        """Makes the parameters."""
        return {"emission": {"concentration": jnp.ones(self.num_states), "rate": jnp.ones(self.num_states)}}, "properties"

    def emission_distribution(self, params, state) -> Distribution:
        """The distribution of an emission."""
        shape, rate = params["emission"]["concentration"][state], params["emission"]["rate"][state]
        return Distribution(lambda value: stats.gamma.logpdf(value, shape, scale=1 / rate), ())
'''
)

RIGHT = r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H z_t + d, R)"


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "distributions")


def linear(formula: str, parameters: str = "Emissions(weights, bias, cov)", parts: str = "params") -> str:
    return LINEAR.replace("FORMULA", formula).replace("PARAMETERS", parameters).replace("PARTS", parts)


def pointed(formula: str, word: str = "rate") -> str:
    return POINTED.replace("FORMULA", formula).replace("WORD", word)


@pytest.mark.parametrize(
    ("parameters", "parts"),
    [
        ("Emissions(weights, bias, cov)", "params"),
        ('{"weights": weights, "bias": bias, "cov": cov}', '(params[name] for name in ("weights", "bias", "cov"))'),
    ],
)
def test_the_density_of_the_distribution_is_compared_in_vectors_and_matrices(claims_of: Claims, parameters: str, parts: str) -> None:
    (claim,) = claims_of(linear(RIGHT, parameters, parts), "Model")
    assert isinstance(claim, Bound)
    assert claim.spec.target.endswith("Model.emission_distribution.log_prob")
    assert set(claim.spec.bind) == {"weights", "bias", "cov", "state", "value"}
    assert judged_claim(claim).verdict.holds


@pytest.mark.parametrize(
    "formula",
    [
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H z_t - d, R)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H z_t + 2 d, R)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H z_t + d, 2 R)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid d + 2 H z_t, R)",
    ],
)
def test_a_wrong_mean_or_covariance_is_refuted(claims_of: Claims, formula: str) -> None:
    (claim,) = claims_of(linear(formula), "Model")
    assert judged_claim(claim).verdict is Verdict.REFUTED


def test_an_array_without_effect_at_one_is_seen_at_other_values(claims_of: Claims) -> None:
    """At a value of ones, the factor of the third moment is zero."""
    code = linear(RIGHT, "[Emissions(weights, bias, cov), jnp.zeros(self.emission_dim)]", "params[0]")
    code = code.replace("(value, mean, cov)", "(value, mean, cov) + jnp.sum((value - 1) * params[1])")
    (claim,) = claims_of(code, "Model")
    assert isinstance(claim, Bound)
    assert "1" in claim.spec.bind
    assert judged_claim(claim).verdict in (Verdict.REFUTED, Verdict.UNDECIDED)


@pytest.mark.parametrize("formula", [r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H z_t, R)", r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid d, R)"])
def test_a_formula_without_a_parameter_that_matters_does_not_hold(claims_of: Claims, formula: str) -> None:
    (claim,) = claims_of(linear(formula), "Model")
    assert judged_claim(claim).verdict in (Verdict.REFUTED, Verdict.UNDECIDED)


@pytest.mark.parametrize(
    "formula",
    [
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H R z_t + d, R)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H z_t + d, d)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid z_t H + d, R)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid d + (z_t - d) \mathbf{H}, R)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid G z_t + d, R)",
        r"p(y_t \mid z_t) = \mathcal{N}(z_t \mid H z_t + d, R)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H z_{t-1} + d, R)",
        r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid H_{t-1} z_t + d, R)",
        r"p(z_t \mid z_{t+1}) = \mathcal{N}(z_t \mid H z_{t+1} + d, R)",
        r"p(y_t \mid z_t) = \prod_{n=1}^{N} \mathcal{N}(y_t \mid H z_t + d, R)",
    ],
)
def test_shapes_that_do_not_fit_and_unknown_letters_are_refused(claims_of: Claims, formula: str) -> None:
    (claim,) = claims_of(linear(formula), "Model")
    assert isinstance(claim, Refused)


def test_the_last_parameter_may_be_a_precision_which_prevents_a_refutation(claims_of: Claims) -> None:
    code = linear(RIGHT).replace("mean, cov)", "mean, jnp.linalg.inv(cov))")
    (claim,) = claims_of(code, "Model")
    assert judged_claim(claim).verdict is Verdict.UNDECIDED


def test_entries_at_the_state_and_letters_beside_emphasised_words(claims_of: Claims) -> None:
    formula = r"p(y_t \mid z_t, \theta) = \mathrm{Ga}(y_t \mid \alpha_{z_t}, \beta_{z_t})"
    (claim,) = claims_of(pointed(formula), "Model")
    assert isinstance(claim, Bound)
    assert verdict(claim).holds


def test_swapped_letters_are_refuted(claims_of: Claims) -> None:
    formula = r"p(y_t \mid z_t, \theta) = \mathrm{Ga}(y_t \mid \beta_{z_t}, \alpha_{z_t})"
    (claim,) = claims_of(pointed(formula), "Model")
    assert verdict(claim) is Verdict.REFUTED


def test_words_that_may_say_that_a_letter_is_a_function_of_the_array_prevent_a_refutation(claims_of: Claims) -> None:
    code = linear(r"p(y_t \mid z_t) = \mathcal{N}(y_t \mid d + 2 H z_t, R)").replace("parameter $H$", "half of $H$")
    (claim,) = claims_of(code, "Model")
    assert judged_claim(claim).verdict is Verdict.UNDECIDED


def test_a_phrase_that_names_no_array_is_not_guessed(claims_of: Claims) -> None:
    formula = r"p(y_t \mid z_t, \theta) = \mathrm{Ga}(y_t \mid \alpha_{z_t}, \beta_{z_t})"
    (claim,) = claims_of(pointed(formula, word="speed"), "Model")
    assert isinstance(claim, Refused)


def test_a_density_of_one_shape_refuses_arrays_of_another(claims_of: Claims) -> None:
    (claim,) = claims_of(linear(RIGHT), "Model")
    assert isinstance(claim, Bound)
    with pytest.raises(ValueError, match=r"bias has the shape \(3,\), expected \(2,\)"):
        resolve(claim.spec.target)(bias=[1.0, 2.0, 3.0], state=[1.0, 1.0], value=[1.0, 1.0])
