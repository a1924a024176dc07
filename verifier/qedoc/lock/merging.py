"""Merges lock files: reads both sides of a merge conflict, and merges two versions with their common ancestor."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from qedoc.lock.store import Lock, sections

_ENTRY = re.compile(r'^  ("(?:[^"\\]|\\.)*"): (.*)$')
_SECTION = re.compile(r'^ "(files|claims)": \{')

Section: TypeAlias = dict[str, dict[str, Any]]


def conflicted(text: str) -> bool:
    """Whether a text contains the markers of a merge conflict."""
    return re.search(r"^<{7}( |$)", text, re.MULTILINE) is not None and re.search(r"^>{7}( |$)", text, re.MULTILINE) is not None


def sides(text: str) -> tuple[Lock, Lock]:
    """Returns both sides of a lock file with merge conflicts. Entries that are not whole on a side are left out.

    Args:
        text: the content of the file.
    """
    ours: list[str] = []
    theirs: list[str] = []
    now: tuple[list[str], ...] = (ours, theirs)
    for line in text.split("\n"):
        match line[:7] if line[7:8] in ("", " ") else "":
            case "<<<<<<<":
                now = (ours,)
            case "|||||||":
                now = ()
            case "=======":
                now = (theirs,)
            case ">>>>>>>":
                now = (ours, theirs)
            case _:
                for side in now:
                    side.append(line)
    return _read(ours), _read(theirs)


def _read(lines: list[str]) -> Lock:
    found: dict[str, Section] = {"files": {}, "claims": {}}
    for section, key, text in _entries(lines):
        try:
            entry = json.loads(text.rstrip().removesuffix(","))
        except ValueError:
            continue
        if isinstance(entry, dict):
            found[section][key] = entry
    return Lock(files=found["files"], claims=found["claims"])


def _entries(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """The entries of a lock file: section, key and text."""
    section, key, text = "", "", ""
    for line in lines:
        if (opened := _SECTION.match(line)) or line.startswith(" }"):
            if key:
                yield section, key, text
            section, key = (opened[1] if opened else ""), ""
        elif section and (entry := _ENTRY.match(line)):
            if key:
                yield section, key, text
            key, text = json.loads(entry[1]), entry[2]
        else:
            text += f"\n{line}"


def merged(base: Lock, ours: Lock, theirs: Lock) -> tuple[Lock, list[str]]:
    """Merges two versions of a lock file. Returns the lock, and the claims whose record is left out because both have changed it.

    A record is never put together from two records: nobody has verified such a one.

    Args:
        base: the common ancestor.
        ours: one version.
        theirs: the other version.
    """
    files = {key: found for key, found in _merged(base.files, ours.files, theirs.files) if found is not None}
    both = {
        key: _merged_files(base.files.get(key, {}), ours.files[key], theirs.files[key]) for key, found in files.items() if found is _BOTH
    }
    claims = {key: found for key, found in _merged(base.claims, ours.claims, theirs.claims) if found is not None}
    left_out = sorted(key for key, found in claims.items() if found is _BOTH)
    return Lock(files=files | both, claims={key: found for key, found in claims.items() if found is not _BOTH}), left_out


_BOTH: dict[str, Any] = {}
"""Stands for an entry that both sides have changed, in different ways."""


def _merged(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        mine, other, before = ours.get(key), theirs.get(key), base.get(key)
        if other in (mine, before):
            yield key, mine
        elif mine == before:
            yield key, other
        else:
            yield key, mine if other is None else other if mine is None else _BOTH


def _merged_files(base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Merges the entry of a package's docstrings claim by claim. Whether it fits the source is found when the two are compared."""
    if "stated" not in ours or "stated" not in theirs:
        return ours  # of a spec file, or of an older version
    of = [{claim["id"]: claim for claim in entry.get("claims", ())} for entry in (base, ours, theirs)]
    claims = [of[1][key] if found is _BOTH else found for key, found in _merged(of[0], of[1], of[2]) if found is not None]
    both = base.get("seal") not in (ours.get("seal"), theirs.get("seal"))  # what both sides found in other docstrings is not put together
    return ours | {"claims": claims} if both else (theirs if ours.get("seal") == base.get("seal") else ours) | {"claims": claims}


def read(text: str) -> Lock:
    """Reads a version of a lock file, which may be empty. A file with conflicts gives the entries of both sides.

    Raises:
        ValueError: if the text is not a lock file.
    """
    if not text.strip():
        return Lock()
    if conflicted(text):
        ours, theirs = sides(text)
        return Lock(files=theirs.files | ours.files, claims=theirs.claims | ours.claims)
    return sections(json.loads(text))
