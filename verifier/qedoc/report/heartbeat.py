"""Progress without a terminal: a line on standard error every ten seconds, so that nobody takes a long run for a hanging one."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Signal
from threading import Thread
from typing import IO

from qedoc.results.outcome import Checked, Collected, Event, Repaired, Repairing
from qedoc.results.verdict import Verdict

SECONDS = 10.0
"""Seconds between two lines, unless the environment variable QEDOC_PROGRESS gives others; 0 for no lines."""


class Count:
    """What a run has done so far."""

    def __init__(self) -> None:
        self.cases = 0
        self.checked = 0
        self.refuted = 0
        self.last = ""
        self.corrections = -1
        self.corrected = 0

    def note(self, event: Event) -> None:
        """Counts an event of the engine."""
        match event:
            case Collected():
                self.cases = event.cases
            case Checked():
                self.checked += 1
                self.refuted += event.verdict is Verdict.REFUTED
                self.last = f"{event.id} {event.verdict}"
            case Repairing():
                self.corrections = event.claims
            case Repaired():
                self.corrected += 1

    def line(self) -> str:
        """The counts and the last case, as one line."""
        if self.corrections >= 0:
            return f"qedoc: looking for corrections, {self.corrected} of {self.corrections} done"
        if not self.cases:
            return "qedoc: collecting claims"
        refuted = f", {self.refuted} refuted" if self.refuted else ""
        return f"qedoc: {self.checked} of {self.cases} cases{refuted}" + (f"; last: {self.last}" if self.last else "")


def interval() -> float:
    """Seconds between two lines; 0 for no lines."""
    try:
        return max(float(os.environ.get("QEDOC_PROGRESS", SECONDS)), 0.0)
    except ValueError:
        return SECONDS


@contextmanager
def lines(file: IO[str], every: float) -> Iterator[Callable[[Event], None]]:
    """Provides the callback for the events of the engine, and writes a line at regular intervals during the `with` block.

    Args:
        file: the file to write to.
        every: seconds between two lines; 0 for no lines.
    """
    count, ended = Count(), Signal()

    def write() -> None:
        while not ended.wait(every):
            file.write(f"{count.line()}\n")
            file.flush()

    writer = Thread(target=write, daemon=True)
    if every:
        writer.start()
    try:
        yield count.note
    finally:
        ended.set()
        if every:
            writer.join()
