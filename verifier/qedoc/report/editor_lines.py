"""One line per finding, `path:line:column: CODE message`, as editors and problem matchers parse it."""

from collections.abc import Sequence
from pathlib import Path

from qedoc.errors import Location
from qedoc.report.findings import Notice
from qedoc.report.paths import relative


def document(found: Sequence[Notice], base: str) -> str:
    """Returns the lines.

    Args:
        found: the findings.
        base: the folder to which paths are relative. Paths outside of it are absolute.
    """
    texts: dict[str, list[str]] = {}
    return "".join(f"{_place(notice.location, base, texts)}: {notice.code.code} {' '.join(notice.message.split())}\n" for notice in found)


def _place(location: Location | None, base: str, texts: dict[str, list[str]]) -> str:
    """The path, line and column of a finding. One without a location stands in the first line of the project's folder."""
    if location is None:
        return ".:1:1"
    if location.path not in texts:
        texts[location.path] = _lines(location.path)
    lines = texts[location.path]
    line = lines[location.line - 1] if 0 < location.line <= len(lines) else ""
    return f"{relative(location.path, base)}:{max(location.line, 1)}:{len(line) - len(line.lstrip()) + 1}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return []
