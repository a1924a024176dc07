"""Code that takes arrays of some rank only: a formula about numbers is compared for arrays with one entry, if entries do not mix."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, judged_claim, written

from qedoc.results.verdict import CaseResult, Verdict

HOLDS = {Verdict.PROVED, Verdict.TESTED}
CODE = '''
import jax
import jax.numpy as jnp


def bent(x, scale=1.0):
    r"""An activation.

    WORDS

    .. math:: \\mathrm{bent}(x) = FORMULA
    """
    if x.ndim < RANK:
        raise ValueError(f"expected an array with RANK axes, found {x.ndim}")
    return VALUE
'''
VALUE = "jnp.maximum(x, 0.0) * scale"


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "ranks")


def judged(claims_of: Claims, formula: str, value: str = VALUE, rank: int = 3, words: str = "") -> CaseResult:
    text = CODE.replace("FORMULA", formula).replace("VALUE", value).replace("RANK", str(rank)).replace("WORDS", words)
    (claim,) = claims_of(text, "bent")
    return judged_claim(claim)


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_the_smallest_rank_that_the_code_takes_is_used(claims_of: Claims, rank: int) -> None:
    result = judged(claims_of, r"\max(x, 0)", rank=rank)
    assert result.verdict in HOLDS
    assert f"compared for x of shape {(1,) * rank}, because the code takes no numbers" in result.reason


def test_a_wrong_formula_is_refuted_by_an_array(claims_of: Claims) -> None:
    result = judged(claims_of, r"\max(x, 1)")
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert "jnp.array([[[" in result.counterexample.call


@pytest.mark.parametrize(
    ("formula", "value"),
    [("1", "jax.nn.softmax(x, axis=-1)"), ("x", "jnp.cumsum(x, axis=-1)"), ("x", "jnp.cumsum(x, axis=0)"), ("x", "jnp.sum(x)")],
    ids=("softmax", "sums", "sums along the first axis", "a number"),
)
def test_code_that_combines_entries_is_not_compared(claims_of: Claims, formula: str, value: str) -> None:
    assert judged(claims_of, formula, value).verdict is Verdict.UNDECIDED


def test_entries_along_other_axes_may_mix_if_the_formula_is_about_scalars(claims_of: Claims) -> None:
    gated = "(x[..., 0:1, :] > 0) * x"
    assert judged(claims_of, r"\max(x, 0)", gated, rank=2).verdict is Verdict.UNDECIDED
    assert judged(claims_of, r"\max(x, 0)", gated, rank=2, words="For scalar inputs:").verdict in HOLDS


def test_too_many_axes_are_not_tried(claims_of: Claims) -> None:
    assert judged(claims_of, r"\max(x, 0)", rank=5).verdict is Verdict.UNDECIDED
