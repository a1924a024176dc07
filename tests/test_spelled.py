"""Letters that the name of an array spells, results that the docstring names, and vectors that may have the length one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_modules import Claims, judged_claim, written

from qedoc.bind.records import Bound, Refused
from qedoc.bind.values import named_results
from qedoc.results.verdict import Verdict

HOLDS = {Verdict.PROVED, Verdict.TESTED}
CODE = '''
import jax.numpy as jnp


def polar(ARRAY):
    r"""Polar coordinates. WORDS

    .. math::

        r = RADIUS

        \\alpha = ANGLE

    Args:
        ARRAY: the point, of shape SHAPE

    Returns:
        (tuple): tuple containing:

            r (`jax.Array`): the radius
            alpha (`jax.Array`): an angle: it is positive
    """
    x, z = ARRAY[..., 0], ARRAY[..., 1]
    return jnp.sqrt(x**2 + z**2), x / (1 + z**2)
'''


@pytest.fixture
def claims_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Claims]:
    yield from written(tmp_path, monkeypatch, "spelled")


def claimed(claims_of: Claims, radius: str, angle: str, **parts: str) -> list[Bound | Refused]:
    given = {"ARRAY": "xz", "SHAPE": "``(..., 2)``", "WORDS": "", **parts, "RADIUS": radius, "ANGLE": angle}
    text = CODE
    for name, value in given.items():
        text = text.replace(name, value)
    return claims_of(text, "polar")


def test_letters_are_entries_and_left_sides_are_results(claims_of: Claims) -> None:
    radius, angle = claimed(claims_of, r"\sqrt{x^2 + z^2}", r"\frac{x}{1 + z^2}")
    assert judged_claim(radius).verdict in HOLDS
    assert judged_claim(angle).verdict in HOLDS


def test_a_wrong_formula_of_a_result_is_refuted(claims_of: Claims) -> None:
    radius, angle = claimed(claims_of, r"\sqrt{x^2 - z^2}", r"\frac{z}{1 + x^2}")
    assert judged_claim(radius).verdict is Verdict.REFUTED
    result = judged_claim(angle)
    assert result.verdict is Verdict.REFUTED
    assert result.counterexample is not None
    assert result.counterexample.call.endswith("[1])")


def test_a_vector_that_may_have_the_length_one_is_no_counterexample(claims_of: Claims) -> None:
    radius, angle = claimed(claims_of, "1 + 0 x", r"\frac{z}{1 + x^2}", WORDS="Given is the direction of a ray.")
    assert judged_claim(radius).verdict is Verdict.UNDECIDED
    assert judged_claim(angle).verdict is Verdict.REFUTED  # for vectors of the length one too


def test_entries_in_another_order_are_not_spelled(claims_of: Claims) -> None:
    parts = {"WORDS": "The entries are given in reverse order."}
    assert all(isinstance(claim, Refused) for claim in claimed(claims_of, r"\sqrt{x^2 + z^2}", r"\frac{x}{1 + z^2}", **parts))


@pytest.mark.parametrize("parts", [{"SHAPE": "``(..., 3)``"}, {"SHAPE": "``(n, 2)``"}, {"SHAPE": "any"}, {"ARRAY": "xx"}], ids=str)
def test_a_name_that_spells_no_entries_explains_no_letters(claims_of: Claims, parts: dict[str, str]) -> None:
    assert all(isinstance(claim, Refused) for claim in claimed(claims_of, r"\sqrt{x^2 + z^2}", r"\frac{x}{1 + z^2}", **parts))


@pytest.mark.parametrize(
    ("docstring", "names"),
    [
        ("F.\n\n    Returns:\n        a (array): one: of two\n        b: the other\n", ["a", "b"]),
        (
            "F.\n\n    Returns\n    -------\n    a : array\n        Note: it is big\n    b : array\n\n    Notes\n    -----\n    c : x\n",
            ["a", "b"],
        ),
        ("F.\n\n    Returns:\n        the value: a number\n\n    Raises:\n        ValueError: always\n        TypeError: never\n", []),
        ("F.\n\n    Returns:\n        a: one\n        b: minus the other\n", []),
        ("F.\n\n    Returns:\n        one of these, if any:\n        a: one\n        b: the other\n", []),
        ("F.\n\n    Args:\n        a: one\n        b: two\n", []),
        ("F.\n\n    Returns:\n        a: one\n", []),
    ],
)
def test_results_are_named_in_their_section(docstring: str, names: list[str]) -> None:
    assert named_results(docstring) == names
