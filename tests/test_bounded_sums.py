r"""Sums over the entries up to that of the left side: `y_i = \sum_{j \le i} x_j`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doubted import HOLDS, REFUTED, WRONG, shown
from fixture_modules import functions

from qedoc.bind import claims
from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.judge.readings import check_readings
from qedoc.read import Names, Reading, Unreadable, read
from qedoc.results.verdict import Verdict
from qedoc.sources.specfiles import sizes

Judge = Callable[[str, str], Verdict]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Judge]:
    """Judges a formula for the last entry of the result of the longest array."""
    with functions(tmp_path, monkeypatch, "bounded") as record:

        def judged(text: str, code: str) -> Verdict:
            (claim,) = claims(record("x", text, code))
            assert isinstance(claim, Bound), claim
            size = max(sizes(claim.spec), key=lambda size: sum(size.values()))
            return check_readings(claim.readings, size, Limits(max_points=30), print).verdict

        yield judged


@pytest.mark.parametrize(
    ("latex", "code", "verdicts"),
    [
        (r"y_i = \sum_{j \le i} x_j", "jnp.cumsum(x)", HOLDS),
        (r"y_i = \sum_{j \le i} x_j", "jnp.cumsum(x) / 2", REFUTED),
        (r"y_i = \sum_{j \le i} x_j", "jnp.cumsum(x[::-1])[::-1]", WRONG),
        (r"y_i = \sum_{j < i} x_j", "jnp.cumsum(x) - x", HOLDS),
        (r"y_i = \sum_{j < i} x_j", "jnp.cumsum(x)", WRONG),
        (r"y_i = \prod_{j \ge i} x_j", "jnp.cumprod(x[::-1])[::-1]", HOLDS),
        (r"y_i = \prod_{j \ge i} x_j", "jnp.cumprod(x[::-1])[::-1] + 1", REFUTED),
    ],
)
def test_an_index_bounds_the_sum(judge: Judge, latex: str, code: str, verdicts: set[object]) -> None:
    assert judge(shown(latex) + "\n\nfor :math:`i = 1, \\dots, n`.", code) in verdicts


def test_an_index_that_may_count_from_0_has_a_reading_of_its_own() -> None:
    found = read(r"y_i = \sum_{j \le i} x_j", Names(parameters=("x",)))
    assert isinstance(found, Reading)
    assert [str(one.equations[0].right) for one in (found, *found.others)] == [
        "Sum(Piecewise((x[j], i >= j), (0, True)), (j, 1, n_j))",
        "Sum(Piecewise((x[j], j <= i + 1), (0, True)), (j, 1, n_j))",
    ]


@pytest.mark.parametrize(
    "latex", [r"\sum_{j \le i} x_j", r"y_i = \sum_{j \le n} x_j", r"y = \sum_{j \le i} x_j", r"y_t = \sum_{j \le t} x_j"]
)
def test_a_bound_that_is_no_index_of_the_left_side_is_refused(latex: str) -> None:
    assert isinstance(read(latex, Names(parameters=("x",))), Unreadable)
