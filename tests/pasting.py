"""Runs lines as people do who paste them into Python."""

from code import InteractiveInterpreter
from typing import Any


class _Python(InteractiveInterpreter):
    def write(self, data: str) -> None:
        """Python tells errors in this way."""
        raise AssertionError(data)


def paste(source: str, **names: Any) -> dict[str, Any]:
    """Runs source code, and returns the names that are known afterwards.

    Args:
        source: one or more lines.
        names: the names that are known before, such as another `print`.
    """
    known = dict(names)
    assert not _Python(known).runsource(source, symbol="exec"), f"it is not complete: {source}"
    return known
