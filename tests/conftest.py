"""What the suite prints besides passes and failures."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The counts of the soundness test, over all topics."""
    counts: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                counts.update(dict(report.user_properties).get("mutants", {}))
    if counts:
        told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))
        terminalreporter.write_line(f"mutants: {counts.total()} checked: {told}")
