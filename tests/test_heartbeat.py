"""Progress without a terminal: what the lines say, when they are written, and that they end with the run."""

import threading
from io import StringIO

import pytest

from qedoc.report.heartbeat import SECONDS, Count, interval, lines
from qedoc.results.outcome import Checked, Collected, Repaired, Repairing
from qedoc.results.verdict import Verdict


def test_a_line_has_counts_and_the_last_name() -> None:
    count = Count()
    told = [count.line()]
    for event in (
        Collected(claims=2, cases=3),
        Checked(id="lib.f", verdict=Verdict.PROVED),
        Checked(id="lib.g", verdict=Verdict.REFUTED),
        Repairing(claims=1),
        Repaired(id="lib.g"),
    ):
        count.note(event)
        told.append(count.line())
    assert told == [
        "qedoc: collecting claims",
        "qedoc: 0 of 3 cases",
        "qedoc: 1 of 3 cases; last: lib.f proved",
        "qedoc: 2 of 3 cases, 1 refuted; last: lib.g refuted",
        "qedoc: looking for corrections, 0 of 1 done",
        "qedoc: looking for corrections, 1 of 1 done",
    ]


class Watched(StringIO):
    """A file that tells when something was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def flush(self) -> None:
        self.written.set()


def test_lines_are_written_while_the_run_lasts() -> None:
    file = Watched()
    with lines(file, 0.001) as notify:
        notify(Collected(claims=1, cases=1))
        assert file.written.wait(60)
    before = file.getvalue()
    assert set(before.splitlines()) <= {"qedoc: collecting claims", "qedoc: 0 of 1 cases"}
    assert before
    with lines(file, 0) as notify:
        notify(Collected(claims=1, cases=1))
    assert file.getvalue() == before


@pytest.mark.parametrize(("given", "expected"), [("", SECONDS), ("3", 3.0), ("0", 0.0), ("-2", 0.0), ("soon", SECONDS)])
def test_the_interval_is_that_of_the_environment(given: str, expected: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QEDOC_PROGRESS", given)
    assert interval() == expected
