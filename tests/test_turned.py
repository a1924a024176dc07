"""Formulas whose transposes and traces tell which parameters are matrices and vectors, judged with code."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, WRONG, shown
from fixture_modules import functions

from qedoc.bind import claims
from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.errors import ShapeError
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import Verdict
from qedoc.sources.specfiles import sizes

Judge = Callable[[str, str, str], Verdict]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges a formula for arrays with two entries along each axis, and for the last entry of the result."""
    with functions(tmp_path, monkeypatch, "turned") as record:

        def judged(parameters: str, text: str, code: str) -> Verdict:
            (claim,) = claims(record(parameters, text, code))
            assert isinstance(claim, Bound), claim
            found = Verdict.UNDECIDED
            for size in sorted(sizes(claim.spec), key=lambda size: sum(size.values()))[-2:]:
                try:
                    found = check_readings(claim.readings, size, Limits(max_points=30), print).verdict
                except ShapeError:
                    return Verdict.UNDECIDED
                if found is Verdict.REFUTED:
                    break
            return found

        yield judged


@pytest.mark.parametrize(
    ("latex", "code", "verdicts"),
    [
        (r"x^\top A x", "x @ A @ x", HOLDS),
        (r"x^\top A x", "2 * x @ A @ x", REFUTED),
        (r"x^\top A x", "A * x * x", WRONG),
        (r"\operatorname{tr}(A) + x^\top x", "jnp.trace(A) + x @ x", HOLDS),
        (r"\operatorname{tr}(A) + x^\top x", "jnp.sum(A) + x @ x", REFUTED),
        (r"A^\top x", "A.T @ x", HOLDS),
        (r"A^\top x", "A @ x", WRONG),
        (r"A^\top x", "A.T * x", WRONG),
        (r"A + x x^\top", "A + jnp.outer(x, x)", HOLDS),
        (r"A + x x^\top", "A - jnp.outer(x, x)", REFUTED),
        (r"A + x x^\top", "A + x @ x", WRONG),
        (r"A + A^\top - 2 I + x x^\top", "A + A.T - 2 * jnp.eye(len(x)) + jnp.outer(x, x)", HOLDS),
        (r"A + A^\top - 2 I + x x^\top", "A + A.T - 2 + jnp.outer(x, x)", REFUTED),
        (r"A \operatorname{diag}(x) A^\top", "A @ jnp.diag(x) @ A.T", HOLDS),
        (r"A \operatorname{diag}(x) A^\top", "A @ A.T * x", WRONG),
    ],
)
def test_the_products_tell_what_the_code_takes(judge: Judge, latex: str, code: str, verdicts: set[object]) -> None:
    assert judge("A, x", shown(latex, A="The first input.", x="The second input."), code) in verdicts


@pytest.mark.parametrize(
    ("code", "verdicts"),
    [("X.T @ X", HOLDS), ("X @ X.T", WRONG), ("2 * X.T @ X", REFUTED), ("X * X", WRONG)],
)
def test_data_with_its_rows_in_either_order_is_no_reason_to_refute(judge: Judge, code: str, verdicts: set[object]) -> None:
    assert judge("X", shown(r"X^\top X", X="The input."), code) in verdicts


def test_the_wrong_order_of_rows_is_not_refuted(judge: Judge) -> None:
    assert judge("X", shown(r"X^\top X", X="The input."), "X @ X.T") is Verdict.UNDECIDED
