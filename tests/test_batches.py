"""Layers over a batch: a formula for the channel x_i is compared for all examples and channels of a first batch."""

from collections.abc import Iterator
from pathlib import Path

import equinox
import jax.numpy as jnp
import pytest
from fixture_modules import Claims, written

from qedoc.bind.records import Bound, Refused
from qedoc.claims.limits import Limits
from qedoc.claims.members import member
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.specfiles import sizes

HOLDS = {Verdict.PROVED, Verdict.TESTED}
LAYER = '''
import equinox
import jax
import jax.numpy as jnp


class Layer(equinox.Module):
    r"""A layer.

    $$FORMULA$$

    where $x = [x_1, ..., x_C]$ has $C$ channels. The mean and the variance are computed over WHAT.
    """

    weight: jax.Array
    bias: jax.Array
    count: equinox.nn.StateIndex
    eps: float = equinox.field(static=True)
    axis_name: str = equinox.field(static=True)
    inference: bool = equinox.field(static=True)

    def __init__(self, size: int, axis_name: str, eps: float = 1e-5, inference: bool = False):
        self.weight, self.bias, self.count = jnp.ones(size), jnp.zeros(size), equinox.nn.StateIndex(jnp.array(0.0))
        self.eps, self.axis_name, self.inference = eps, axis_name, inference

    def __call__(self, x, state: equinox.nn.State):
        mean = jax.lax.pmean(MEAN, self.axis_name)
        var = jax.lax.pmean((x - mean) ** 2, self.axis_name)
        y = x if self.inference else (x - mean) / jnp.sqrt(var + self.eps)
        return y * self.weight + self.bias, state.set(self.count, state.get(self.count) + 1)
'''
RIGHT = r"\frac{x_i - \mathbb{E}[x_i]}{\sqrt{\mathrm{Var}[x_i] + \varepsilon}} * \gamma_i + \beta_i"


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "batches")


def layer(claims_of: Claims, formula: str = RIGHT, what: str = "the batch", mean: str = "x") -> Bound | Refused:
    (claim,) = claims_of(LAYER.replace("FORMULA", formula).replace("WHAT", what).replace("MEAN", mean), "Layer")
    return claim


def judged(claim: Bound | Refused) -> CaseResult:
    """The result for a batch of two examples with two channels."""
    assert isinstance(claim, Bound)
    assert claim.readings is not None
    size = next(one for one in sizes(claim.spec) if sorted(one.values()) == [1, 1, 2, 2] and one["r"] == one["c"] == 1)
    return check_readings(claim.readings, size, Limits(max_points=30), lambda _: None)


def test_a_channel_is_compared_over_a_batch(claims_of: Claims) -> None:
    claim = layer(claims_of)
    assert isinstance(claim, Bound)
    assert any(note.startswith("axis_name='batch': the layer is mapped over a batch") for note in claim.notes)
    assert judged(claim).verdict in HOLDS


@pytest.mark.parametrize(
    ("formula", "mean"),
    [
        (RIGHT.replace("\\varepsilon", "2 \\varepsilon"), "x"),
        (RIGHT, "jnp.mean(x)"),
    ],
    ids=("epsilon", "channels mixed"),
)
def test_a_wrong_formula_of_a_channel_is_refuted(claims_of: Claims, formula: str, mean: str) -> None:
    claim = layer(claims_of, formula, mean=mean)
    result = judged(claim)
    assert result.verdict is Verdict.REFUTED, result.reason


def test_a_formula_for_the_other_mode_is_undecided(claims_of: Claims) -> None:
    claim = layer(claims_of, r"x_i * \gamma_i + \beta_i - 0 \mathbb{E}[x_i]")
    assert judged(claim).verdict is Verdict.UNDECIDED


def test_statistics_of_something_else_are_not_those_of_a_batch(claims_of: Claims) -> None:
    assert isinstance(layer(claims_of, what="the spatial dimensions"), Refused)


def test_an_array_without_the_index_of_its_channel_is_refused(claims_of: Claims) -> None:
    found = layer(claims_of, RIGHT.replace("E}[x_i]", "E}[x]"))
    assert isinstance(found, Refused)
    assert "x is written without the index i of its channel" in found.reason


def test_the_call_on_a_batch_is_written() -> None:
    called = member(equinox.nn.BatchNorm, "__call__")
    assert called is not None
    assert "state" not in called.takes
    value = called(x=jnp.array([[1.0], [3.0]]), weight=jnp.array([2.0]), bias=jnp.array([5.0]))
    assert value.ravel().tolist() == pytest.approx([3.0, 7.0], abs=1e-3)
    assert called.written("equinox.nn.BatchNorm", {"x": "X", "weight": "W", "bias": "B"}) == (
        "qedoc.claims.batches.over_batch(equinox.nn.BatchNorm, 'axis_name', {'input_size': 1}, method='__call__', given={'x': X}, "
        "held={'weight': W, 'bias': B}, state='state')"
    )
