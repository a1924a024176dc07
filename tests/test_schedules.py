"""Objects that count their own steps: a right formula, its wrong twin, and objects whose state says nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, judged_claim, written

from qedoc.results.verdict import CaseResult, Verdict

HOLDS = {Verdict.PROVED, Verdict.TESTED}
SCHEDULE = '''
class Decay:
    r"""Exponential decay.

    The learning rate at epoch :math:`t` is computed as:

    .. math:: HEAD = FORMULA

    where :math:`\\eta_0` is the base learning rate and :math:`g` is gamma.
    """

    def __init__(self, base_lr: float = 0.1, gamma: float = 0.5, last_epoch: int = START):
        self.base_lr, self.gamma, self.last_epoch = base_lr, gamma, last_epoch + INIT

    def step(self):
        self.last_epoch = self.last_epoch + 1

    def get_lr(self):
        return [self.base_lr / (1 + self.gamma**2 * self.last_epoch)]
'''


def _text(formula: str, head: str = r"\eta_t", *, start: int = 0, init: int = 0) -> str:
    text = SCHEDULE.replace("HEAD", head).replace("FORMULA", formula)
    return text.replace("START", str(start)).replace("INIT", str(init))


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "schedules")


def judged(claims_of: Claims, text: str) -> CaseResult:
    (claim,) = claims_of(text, "Decay")
    return judged_claim(claim)


RIGHT, WRONG = r"\frac{\eta_0}{1 + g^2 t}", r"\frac{\eta_0}{1 + g^2 t + g^2}"


@pytest.mark.parametrize("head", [r"\eta_t", r"\eta(t)", r"\alpha_t"])
def test_a_learning_rate_is_compared_after_t_steps(claims_of: Claims, head: str) -> None:
    assert judged(claims_of, _text(RIGHT, head)).verdict in HOLDS
    assert judged(claims_of, _text(WRONG, head)).verdict is Verdict.REFUTED


def test_a_state_that_the_constructor_and_steps_make_differently_gets_no_verdict(claims_of: Claims) -> None:
    assert judged(claims_of, _text(RIGHT, start=-1, init=1)).verdict is Verdict.UNREADABLE


def test_another_letter_is_no_learning_rate(claims_of: Claims) -> None:
    assert judged(claims_of, _text(RIGHT, r"\mu_t")).verdict is Verdict.UNREADABLE


def test_words_that_say_more_do_not_refute(claims_of: Claims) -> None:
    text = _text(WRONG).replace("The learning rate", "An upper bound of the learning rate")
    assert judged(claims_of, text).verdict is not Verdict.REFUTED


FACTORY = '''
import jax.numpy as jnp


def linear(peak_value, steps=100):
    r"""A schedule.

    .. math:: p (1 - FORMULA)

    where :math:`p` is the peak value, :math:`t` is the step and :math:`T` is the number of steps.
    """

    def schedule(count):
        return peak_value * (1 - count / steps)

    return schedule
'''


@pytest.mark.parametrize(("formula", "holds"), [(r"\frac{t}{T}", True), (r"\frac{T}{t}", False), (r"\frac{t}{2 T}", False)])
def test_a_factory_without_an_annotation_is_known_by_what_it_returns(claims_of: Claims, formula: str, holds: bool) -> None:
    (claim,) = claims_of(FACTORY.replace("FORMULA", formula), "linear")
    found = judged_claim(claim).verdict
    assert found in HOLDS if holds else found is Verdict.REFUTED
