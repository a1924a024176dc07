"""Repairs a lock file with merge conflicts: keeps the entries of both sides that hold for the source as it is now."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qedoc.claims.limits import Limits
from qedoc.lock.freshness import claims_of, why_stale
from qedoc.lock.merging import Section, conflicted, sides
from qedoc.lock.store import Lock, rewrite
from qedoc.sources.surveyed import combined


def repair(path: Path) -> str:
    """Repairs a lock file if it has merge conflicts. Returns what was done, as a sentence; empty if there was nothing to do.

    Args:
        path: the lock file.

    Raises:
        QedocError: if the file cannot be written.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # whoever reads the lock reports it
    if not conflicted(text):
        return ""
    ours, theirs = sides(text)
    files = {key: _file(key, mine, other, path.parent) for key, mine, other in _pairs(ours.files, theirs.files)}
    contents = {claim["id"]: claim["content"] for entry in files.values() for claim in entry.get("claims", ())}
    pairs = _pairs(ours.claims, theirs.claims)
    claims = {key: kept for key, mine, other in pairs if (kept := _claim(mine, other, contents.get(key, ""))) is not None}
    rewrite(path, Lock(files=files, claims=claims))
    lost = len({*ours.claims, *theirs.claims}) - len(claims)
    again = f"; {lost} hold{'s' if lost == 1 else ''} on neither side and will be verified again" if lost else ""
    return f"{path.name} had merge conflicts: kept the results of both sides that hold ({len(claims)}){again}"


def _pairs(ours: Section, theirs: Section) -> Iterator[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    for key in sorted({*ours, *theirs}):
        yield key, ours.get(key), theirs.get(key)


def _claim(mine: dict[str, Any] | None, other: dict[str, Any] | None, content: str) -> dict[str, Any] | None:
    """The record that still holds; None if neither does."""
    for kept in (mine, other):
        if kept is not None and not why_stale(kept, content, _limits(kept)):
            return kept
    return None


def _limits(kept: dict[str, Any]) -> Limits:
    limits = kept.get("limits")
    try:
        return Limits(**limits) if isinstance(limits, dict) else Limits()
    except TypeError:  # of another version
        return Limits()


def _file(key: str, mine: dict[str, Any] | None, other: dict[str, Any] | None, root: Path) -> dict[str, Any]:
    """The entry that describes the file or the docstrings as they are now, as far as one of the two does."""
    if mine is None or other is None or mine == other:
        found = mine or other
        assert found is not None  # the key is from one of the two
        return found
    if "package" in mine and "package" in other:
        return combined(key.rpartition(" ")[2], mine, other)
    try:
        text = (root / key).read_text(encoding="utf-8")
        return next((entry for entry in (mine, other) if not isinstance(claims_of(text, entry), str)), mine)
    except (OSError, KeyError, TypeError, ValueError, AttributeError):  # gone, or edited by hand
        return mine
