"""Formulas of classes that are metrics: `from_model_output` makes an object from arrays, and `compute` gives its value."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, judged_claim, written
from pasting import paste

from qedoc.bind.given import given
from qedoc.bind.records import Bound, Refused
from qedoc.claims.limits import Limits
from qedoc.claims.target import resolve
from qedoc.errors import TargetError
from qedoc.judge.check import check
from qedoc.results.verdict import Verdict
from qedoc.sources import prose

HOLDS = {Verdict.PROVED, Verdict.TESTED}
METRIC = '''
from dataclasses import dataclass

import jax
import jax.numpy as jnp


@dataclass(frozen=True)
class NAME:
    r"""Computes the mean squared error.

    .. math:: FORMULA

    TEXT
    """

    total: jax.Array
    count: jax.Array

    @classmethod
    def from_model_output(cls, predictions, labels, sample_weights=None):
        """Makes the metric.

        Args:
            predictions: predictions. The shape should be (batch_size,).
            labels: true values. The shape should be (batch_size,).
            sample_weights: weights. The shape should be (batch_size,).
        """
        errors, count = (predictions - labels) ** 2, jnp.ones_like(labels)
        if sample_weights is not None:
            errors, count = errors * sample_weights, count * sample_weights
        return cls(total=errors.sum(), count=count.sum())

    def compute(self):
        return self.total / self.count
'''
PRECISION = '''
from dataclasses import dataclass

import jax


@dataclass(frozen=True)
class Precision:
    r"""Computes the precision.

    .. math:: Precision = FORMULA

    where:
        - TP (True Positives): the hits
        - FP (False Positives): the false alarms
    """

    true_positives: jax.Array
    false_positives: jax.Array

    @classmethod
    def from_model_output(cls, predictions, labels):
        return cls(((predictions == 1) & (labels == 1)).sum(), ((predictions == 1) & (labels == 0)).sum())

    def compute(self):
        return self.true_positives / (self.true_positives + self.false_positives)
'''
MEAN = r"\frac{1}{N} \sum_{i=1}^{N} (y_i - \hat{y}_i)^2"
WEIGHTED = r"\frac{\sum_{i=1}^{N} w_i(y_i - \hat{y}_i)^2}{\sum_{i=1}^{N} w_i}"


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    """The claims of a class in a module that the test writes."""
    yield from written(tmp_path, monkeypatch, "metrics")


def metric(claims_of: Claims, formula: str, name: str = "MSE", text: str = "") -> Bound | Refused:
    (found,) = claims_of(METRIC.replace("NAME", name).replace("FORMULA", formula).replace("TEXT", text), name)
    assert isinstance(found, Bound | Refused)
    return found


@pytest.mark.parametrize("name", ["MSE", "MeanSquaredError"])
def test_the_name_of_a_metric_is_what_it_computes_from_arrays(claims_of: Claims, name: str) -> None:
    claim = metric(claims_of, f"MSE = {MEAN}", name)
    assert isinstance(claim, Bound)
    assert claim.spec.target.endswith(f"{name}.from_model_output.compute")
    assert judged_claim(claim).verdict in HOLDS


def test_a_wrong_formula_is_refuted_by_a_line_that_runs(claims_of: Claims) -> None:
    found = judged_claim(metric(claims_of, f"MSE = {MEAN.replace('- ', '+ ')}"))
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert ".MSE.from_model_output(" in found.counterexample.call
    assert ").compute()" in found.counterexample.call
    shown: list[float] = []
    paste(found.counterexample.call, print=lambda value: shown.append(float(value)))
    assert shown == [found.counterexample.actual]


def test_a_formula_with_weights_is_about_the_parameter_for_them(claims_of: Claims) -> None:
    assert judged_claim(metric(claims_of, f"MSE = {WEIGHTED}")).verdict in HOLDS
    wrong = WEIGHTED.replace(r"\sum_{i=1}^{N} w_i}", "N}")
    assert judged_claim(metric(claims_of, f"MSE = {wrong}")).verdict not in HOLDS


@pytest.mark.parametrize("left", ["RMSE", "T", r"\mathrm{Loss}", "MSE_1 MSE_2", r"\log MSE"])
def test_another_name_is_no_value_of_the_metric(claims_of: Claims, left: str) -> None:
    assert isinstance(metric(claims_of, f"{left} = {MEAN}"), Refused)


def test_words_that_change_the_value_leave_a_difference_undecided(claims_of: Claims) -> None:
    claim = metric(claims_of, f"MSE = {MEAN.replace('- ', '+ ')}", text="Note that the inputs are centered first.")
    assert judged_claim(claim).verdict is Verdict.UNDECIDED


def test_a_formula_in_what_an_object_holds_is_about_an_object_with_these(claims_of: Claims) -> None:
    (claim,) = claims_of(PRECISION.replace("FORMULA", r"\frac{TP}{TP + FP}"), "Precision")
    assert isinstance(claim, Bound)
    assert claim.spec.target.endswith("Precision.compute")
    assert judged_claim(claim).verdict in HOLDS
    (wrong,) = claims_of(PRECISION.replace("FORMULA", r"\frac{FP}{TP + FP}"), "Precision")
    assert judged_claim(wrong).verdict not in HOLDS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("where TP (True Positives): the number of hits", {"TP": "``true_positives``"}),
        ("the number of true positives (TP) and of", {"TP": "``true_positives``"}),
        ("where TP (total precision) is", {}),  # other words
        ("where TN (true positives) is", {}),  # other initials
        ("the true positives (n) of the batch", {}),
    ],
)
def test_initials_beside_the_words_of_a_parameter_are_its_short_name(text: str, found: dict[str, str]) -> None:
    assert prose.short_names(text, ["true_positives", "false_positives"]) == found


def test_the_target_of_a_metric_takes_a_formula_from_the_command_line(claims_of: Claims) -> None:
    claim = metric(claims_of, f"MSE = {MEAN}")
    assert isinstance(claim, Bound)
    bind = {"p": "predictions", "t": "labels"}
    (right,) = given(claim.spec.target, r"\frac{1}{n} \sum_{i=1}^n (p_i - t_i)^2", bind, ())
    (wrong,) = given(claim.spec.target, r"\sum_{i=1}^n (p_i - t_i)^2", bind, ())
    assert isinstance(right, Bound)
    assert isinstance(wrong, Bound)
    found = [check(one.spec, {"n": 2}, Limits(max_points=20), print).verdict for one in (right, wrong)]
    assert found == [Verdict.PROVED, Verdict.REFUTED]


def test_a_class_without_both_methods_is_no_metric(claims_of: Claims) -> None:
    module = METRIC.replace("NAME", "MSE").replace("FORMULA", f"MSE = {MEAN}").replace("TEXT", "")
    (claim,) = claims_of(module.replace("def compute(self)", "def compute(self, scale)"), "MSE")
    assert isinstance(claim, Refused)
    with pytest.raises(TargetError, match="from_model_output"):
        resolve("fractions.Fraction.from_model_output.compute")
