"""A small fixed sample of what `python -m slips` measures: formulas with a slip are corrected, and nothing worse is shown."""

import random

import pytest
from slips.measuring import corrections, judge, plant
from slips.planting import KINDS, planted

LONG = 120.0

SAMPLE = [
    (f"corpus.{name}_R", seed)
    for seed, names in enumerate(
        (
            ("copied.square", "copied.decay", "branches.huber", "functions.swish", "functions.softplus", "functions.welsch"),
            ("copied.decay", "branches.where_ge", "functions.gelu", "functions.normal_density", "vectors.mean"),
            ("branches.cond_lt", "branches.huber", "functions.cauchy_loss", "functions.rational_long", "vectors.squares", "vectors.total"),
            ("copied.decay", "branches.abs_branch", "functions.hypotenuse", "functions.horner", "vectors.weighted"),
        )
    )
    for name in names
]
"""Claims, each with the number that draws its slip."""


@pytest.mark.parametrize(("name", "seed"), SAMPLE)
def test_a_slip_is_corrected(name: str, seed: int) -> None:
    made = plant(name, seed, 1)
    assert made is not None
    assert made["wrong"] != made["right"]
    found = corrections(name, made["wrong"], LONG)
    assert found
    judged = judge(name, [one.latex for one in found])
    assert judged == ["equal"] * len(found)


def test_a_correction_is_judged_without_trust() -> None:
    """What must not be shown is recognised: other values, fewer values, a lost symbol, and a part that means less than it says."""
    name, rate = "corpus.copied.decay_R", r"\mathrm{rate}"
    expected = {
        rf"x e^{{-{rate}}}": "equal",
        rf"x e^{{{rate}}}": "different",
        rf"e^{{-{rate}}}": "drops x",
        rf"x e^{{-{rate}}} 1^{rate}": "silly",
        rf"x e^{{-{rate}}} \quad \text{{for }} x > 0": "narrower",
        r"\frac{1}{": "unreadable",
    }
    assert {text: judge(name, [text])[0].partition(" ")[0] for text in expected} == {
        text: what.partition(" ")[0] for text, what in expected.items()
    }


KIND_SAMPLES = {
    "sign": "a + b",
    "factor": "2 a",
    "dropped": "a b + c",
    "symbol": "a b",
    "exponent": "a^2 + b",
    "relation": "a < b",
    "index": "x_i",
    "limit": r"\sum_{i=1}^n x_i",
    "function": r"\cos(a)",
    "root": r"\sqrt{a}",
    "misplaced": r"\frac{a}{b}",
    "one": "(a)",
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_slip_changes_the_text_and_nothing_outside(kind: str) -> None:
    part = KIND_SAMPLES[kind]
    assert all(part[start:end] != text for start, end, text in KINDS[kind](part))
    latex = f"f = {part}, g"
    rng = random.Random(0)
    made = [one for one in (planted(rng, latex, (4, 4 + len(part))) for _ in range(200)) if one is not None]
    assert kind in {name for name, _ in made}
    assert all(text.startswith("f = ") and text.endswith(", g") and text != latex for _, text in made)


def test_where_nothing_can_slip_nothing_is_planted() -> None:
    rng = random.Random(0)
    assert {planted(rng, r"\text{a word}", (0, 13)) for _ in range(100)} == {None}
    assert plant("corpus.copied.decay_R#7", 0, 1) is None
