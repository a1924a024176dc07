"""Recurrent cells of Flax: right formulas are proved for any state, input and weights, and wrong ones are refuted or not bound."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, judged_claim, written
from flax import linen, nnx

from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.claims.members import Member, member
from qedoc.judge.lengths import MOST_ENTRIES
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.sources.docstrings import record_of


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "cells")


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        (linen.SimpleCell, 2),
        (linen.GRUCell, 1),
        (linen.MGUCell, 2),
        (linen.LSTMCell, 2),
        (linen.OptimizedLSTMCell, 2),
        (nnx.SimpleCell, 2),
        (nnx.LSTMCell, 2),
        (nnx.OptimizedLSTMCell, 2),
    ],
)
def test_cells_of_flax_are_proved(cell: type, count: int) -> None:
    library = "flax.linen" if cell.__module__.startswith("flax.linen") else "flax.nnx"
    bound = [claim for claim in claims(record_of(f"{library}.{cell.__name__}")) if isinstance(claim, Bound)]
    assert [judged_claim(claim).verdict for claim in bound] == [Verdict.PROVED] * count


CELL = '''
from flax import LIBRARY


class Cell(LIBRARY.BASE):
    r"""A recurrent cell.

    The definition of the cell is as follows

    .. math::

        \\begin{array}{ll}
        ROWS
        \\end{array}

    where x is the input, h is the output of the previous time step, and c is the memory.WORDS
    """
'''
GATES = r"""
        i = \sigma(W_{ii} x + W_{hi} h + b_{hi}) \\
        f = \sigma(W_{if} x + W_{hf} h + b_{hf}) \\
        g = \tanh(W_{ig} x + W_{hg} h + b_{hg}) \\
        o = \sigma(W_{io} x + W_{ho} h + b_{ho}) \\"""
MEMORY = r"c' = f * c + i * g \\ "
LSTM = GATES + MEMORY + r"h' = o * \tanh(c')"
GRU = r"""
        r = \sigma(W_{ir} x + b_{ir} + W_{hr} h) \\
        z = \sigma(W_{iz} x + b_{iz} + W_{hz} h) \\
        n = \tanh(W_{in} x + b_{in} + r * (W_{hn} h + b_{hn})) \\
        h' = (1 - z) * n + z * h"""
FUSED = GRU.replace("(W_{hn} h + b_{hn})", "(W_{hn} h)")


def judged(claims_of: Claims, library: str, base: str, rows: str, words: str = "") -> list[CaseResult]:
    text = CELL.replace("LIBRARY", library).replace("BASE", base).replace("ROWS", rows).replace("WORDS", words)
    found = claims_of(text, "Cell")
    return [judged_claim(claim) for claim in found if isinstance(claim, Bound) or claim.cause != "definition"]


@pytest.mark.parametrize(
    ("library", "base", "right", "wrong"),
    [
        ("linen", "LSTMCell", MEMORY, r"c' = i * c + f * g \\ "),
        ("linen", "LSTMCell", MEMORY, r"c' = f * c - i * g \\ "),
        ("linen", "LSTMCell", r"\tanh(W_{ig}", r"\sigma(W_{ig}"),
        ("nnx", "LSTMCell", r"o * \tanh(c')", r"o * \tanh(c') * i"),
        ("linen", "GRUCell", "(1 - z) * n + z * h", "z * n + (1 - z) * h"),
        ("linen", "GRUCell", "r * (W_{hn} h + b_{hn})", "r * (W_{hn} h) + b_{hn}"),
        ("linen", "GRUCell", "r * (W_{hn} h + b_{hn})", "W_{hn} (r * h) + b_{hn}"),
        ("nnx", "GRUCell", "(1 - z) * n + z * h", "z * n + (1 - z) * h"),
    ],
)
def test_wrong_formulas_of_cells_are_refuted(claims_of: Claims, library: str, base: str, right: str, wrong: str) -> None:
    rows = LSTM if base == "LSTMCell" else GRU if library == "linen" else FUSED
    assert right in rows
    assert Verdict.REFUTED in {one.verdict for one in judged(claims_of, library, base, rows.replace(right, wrong))}


def test_a_bias_that_a_formula_leaves_out_prevents_a_claim(claims_of: Claims) -> None:
    (result,) = judged(claims_of, "linen", "GRUCell", GRU.replace("W_{hn} h + b_{hn}", "W_{hn} h"))
    assert result.verdict is Verdict.UNREADABLE
    assert "what the hn_bias of" in result.reason


def test_the_next_memory_is_compared_with_its_place_in_the_state(claims_of: Claims) -> None:
    memory, output = judged(claims_of, "linen", "LSTMCell", LSTM)
    assert (memory.verdict, output.verdict) == (Verdict.PROVED, Verdict.PROVED)
    assert {one.value for one in memory.interpretations[0].assumptions if one.subject == "c"} == {"carry_1"}


SWAPPED = (
    CELL.replace("LIBRARY", "linen").replace("BASE", "LSTMCell").replace("ROWS", LSTM).replace("WORDS", "")
    + """
    def __call__(self, carry, inputs):
        (c, h), y = super().__call__(carry, inputs)
        return (PARTS), y
"""
)


@pytest.mark.parametrize(("parts", "holds"), [("c, h", True), ("h, c", False), ("carry[0], h", False)])
def test_code_that_returns_another_memory_is_refuted(claims_of: Claims, parts: str, holds: bool) -> None:
    *_, memory, output = [claim for claim in claims_of(SWAPPED.replace("PARTS", parts), "Cell") if isinstance(claim, Bound)]
    assert judged_claim(output).verdict is Verdict.PROVED
    assert judged_claim(memory).verdict is (Verdict.PROVED if holds else Verdict.REFUTED)


def test_a_bias_that_the_layer_lacks_refutes_a_formula_that_holds_without_it(claims_of: Claims) -> None:
    (right,) = judged(claims_of, "nnx", "GRUCell", FUSED)
    assert right.verdict is Verdict.PROVED
    (wrong,) = judged(claims_of, "nnx", "GRUCell", GRU)
    assert wrong.verdict is Verdict.REFUTED
    assert "the layer holds no array for b_hn, and the formula is proved without it" in wrong.reason
    assert wrong.counterexample is not None
    assert wrong.counterexample.call is not None
    assert "flax.nnx" in wrong.counterexample.call or "Cell(" in wrong.counterexample.call


@pytest.mark.parametrize(
    "words",
    [
        " There is no bias :math:`b_{hn}` in this version.",
        " If ``use_bias`` is false, the biases are left out.",
        " The last bias is shared with the one of the input.",
    ],
)
def test_words_about_biases_prevent_a_refutation_for_a_bias_that_the_layer_lacks(claims_of: Claims, words: str) -> None:
    (result,) = judged(claims_of, "nnx", "GRUCell", GRU, words)
    assert not result.verdict.holds
    assert result.verdict is not Verdict.REFUTED


def test_a_formula_that_is_wrong_without_the_bias_too_is_not_refuted_for_the_bias(claims_of: Claims) -> None:
    (result,) = judged(claims_of, "nnx", "GRUCell", GRU.replace("(1 - z) * n + z * h", "z * n + (1 - z) * h"))
    assert not result.verdict.holds
    assert "b_hn" in result.reason


SWITCH = '''
import jax.numpy as jnp
from flax import nnx


class Cell(nnx.Module):
    r"""A recurrent cell.

    .. math::

        \\begin{array}{ll}
        z = \\sigma(W_{iz} x + b_{iz} + W_{hz} h + b_{hz}) \\\\
        n = \\tanh(W_{in} x + b_{in} + W_{hn} h) \\\\
        h' = (1 - z) * n + z * h
        \\end{array}

    where x is the input and h is the output of the previous time step.
    """

    def __init__(self, in_features: int, features: int, *, more: bool = False, rngs: nnx.Rngs):
        self.dense_i = nnx.Linear(in_features, 2 * features, rngs=rngs)
        self.dense_h = nnx.Linear(features, 2 * features, use_bias=more, rngs=rngs)

    def __call__(self, carry, inputs):
        z_i, n_i = jnp.split(self.dense_i(inputs), 2, axis=-1)
        z_h, n_h = jnp.split(self.dense_h(carry), 2, axis=-1)
        z = nnx.sigmoid(z_i + z_h)
        out = (1 - z) * jnp.tanh(n_i + n_h) + z * carry
        return out, out
'''


@pytest.mark.parametrize("switched", [True, False])
def test_a_setting_that_adds_the_bias_prevents_a_refutation(claims_of: Claims, switched: bool) -> None:
    text = SWITCH if switched else SWITCH.replace(" more: bool = False,", "").replace("use_bias=more", "use_bias=False")
    *_, last = claims_of(text, "Cell")
    verdict = judged_claim(last).verdict
    assert verdict is (Verdict.UNREADABLE if switched else Verdict.REFUTED)


def test_a_layer_of_nnx_is_lifted() -> None:
    dense = member(nnx.Linear, "__call__")
    assert isinstance(dense, Member)
    assert dense.holds is not None
    assert "rngs" not in dense.holds.settings({}, {}, {})


def test_arrays_of_many_entries_are_not_tried_at_great_lengths() -> None:
    assert 8 * 5**2 + 7 * 5 <= MOST_ENTRIES < 8 * 33**2
