"""Settings of the test process, and what the suite prints besides passes and failures."""

import os
import sys
from collections import Counter

import pytest

sys.dont_write_bytecode = True
"""Tests write a module several times within a second. Python would take the compiled code of a text of the same length for current."""

os.environ.setdefault("QEDOC_PROGRESS", "0")
"""A slow machine must not add a line to the standard error of a run."""

COUNTED = {
    "mutants": "mutants",
    "corpus": "corpus",
    "generated": "generated pairs",
    "twins": "twins of rules",
    "lengths": "twins of lengths",
}
"""Properties of tests that hold counts, and what they count."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The counts of the soundness tests, over all of their items."""
    for name, counted in COUNTED.items():
        counts: Counter[str] = Counter()
        for reports in terminalreporter.stats.values():
            for report in reports:
                if getattr(report, "when", "") == "call":
                    counts.update(dict(report.user_properties).get(name, {}))
        if counts:
            told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))
            terminalreporter.write_line(f"{counted}: {counts.total()} checked: {told}")
