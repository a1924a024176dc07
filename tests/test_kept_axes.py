"""A number that code returns as an array with one entry, because it keeps the axes of its arguments."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, WRONG, shown
from fixture_modules import functions

from qedoc.bind import claims
from qedoc.claims.limits import Limits
from qedoc.errors import ShapeError
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import Verdict
from qedoc.sources.specfiles import sizes

Judge = Callable[[str, str, str], Verdict]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges a formula for arrays of two entries, or of the number that it needs."""
    with functions(tmp_path, monkeypatch, "kept") as record:

        def judged(parameters: str, text: str, code: str) -> Verdict:
            (claim,) = claims(record(parameters, text, code))
            size = next(size for size in sizes(claim.spec) if min(size.values(), default=2) > 1)
            try:
                return check_readings(claim.readings, size, Limits(max_points=40), print).verdict
            except ShapeError:
                return Verdict.UNDECIDED

        yield judged


@pytest.mark.parametrize(
    ("code", "verdicts"),
    [
        ("jnp.sum(x**2, axis=-1, keepdims=True)", HOLDS),
        ("jnp.sum(x**2, axis=-1)", HOLDS),
        ("2 * jnp.sum(x**2, axis=-1, keepdims=True)", REFUTED),
        ("x**2", WRONG),
        ("jnp.repeat(jnp.sum(x**2, keepdims=True), 2)", WRONG),
    ],
)
def test_a_kept_axis_has_one_entry(judge: Judge, code: str, verdicts: set[object]) -> None:
    assert judge("x", shown(r"\sum_i x_i^2"), code) in verdicts


@pytest.mark.parametrize(
    ("code", "verdicts"),
    [
        ("jnp.linalg.norm(jnp.cross(a, b), axis=-1, keepdims=True)", HOLDS),
        ("jnp.linalg.norm(a * b, axis=-1, keepdims=True)", WRONG),
        ("2 * jnp.linalg.norm(jnp.cross(a, b), axis=-1, keepdims=True)", REFUTED),
    ],
)
def test_the_norm_of_a_cross_product_is_over_three_entries(judge: Judge, code: str, verdicts: set[object]) -> None:
    told = shown(r"\| a \times b \|", a="A vector.", b="A vector.")
    assert judge("a, b", told, code) in verdicts


@pytest.mark.parametrize(("code", "verdicts"), [("jnp.arctan2(y, x)", HOLDS), ("jnp.arctan2(x, y)", REFUTED), ("jnp.arctan(y / x)", WRONG)])
def test_arctan2_is_a_function_of_two_arguments(judge: Judge, code: str, verdicts: set[object]) -> None:
    assert judge("x, y", shown(r"\arctan2(y, x)"), code) in verdicts
