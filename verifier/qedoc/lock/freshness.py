"""Decides whether the lock file's entries for spec files, docstrings and claims are still valid."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from qedoc.claims.limits import Limits
from qedoc.lock.dependencies import is_own, locate
from qedoc.lock.reach import changed
from qedoc.lock.seals import is_broken, sealed
from qedoc.lock.syntax import analyse
from qedoc.lock.versions import installed
from qedoc.results.verdict import Verdict

MERGED = "its entry in the lock file was changed by a merge or by hand"


class Noted(NamedTuple):
    """A claim as the lock file stores it, so that its spec file need not be run.

    Args:
        id: the id of the claim.
        target: dotted path of the function.
        content: the fingerprint of the content of the claim.
        line: the line of the claim.
        properties: the properties, in words.
        path: the source file of the docstring that contains the claim; empty for a claim of a spec file.
        stale: why the claim must be read again; empty if its texts are those that it was read with.
        read: the docstrings that were read for the claim, as in `sources.consulted`.
    """

    id: str
    target: str
    content: str
    line: int
    properties: tuple[str, ...]
    path: str = ""
    stale: str = ""
    read: tuple[tuple[str, str, str], ...] = ()


def file_entry(text: str, claims: Sequence[Noted], imports: dict[str, dict[str, str]]) -> dict[str, Any] | None:
    """Returns the lock file's entry for a spec file; None for a file that is not valid Python.

    Args:
        text: the content of the file.
        claims: the claims in the file.
        imports: the local sources that the file imports.
    """
    analysis = analyse(text)
    if analysis is None:
        return None
    calls = analysis.calls
    entry = {
        "fingerprint": analysis.whole,
        "imports": imports,
        "claims": [
            {
                "id": claim.id,
                "target": claim.target,
                "content": claim.content,
                "call": calls.index(claim.line) if claim.line in calls else -1,
                "properties": list(claim.properties),
            }
            for claim in claims
        ],
    }
    return sealed(entry)


def claims_of(text: str, entry: dict[str, Any] | None) -> list[Noted] | str:
    """Returns the claims of a spec file with their current lines, or the reason why the file must be run to find them.

    Args:
        text: the content of the file.
        entry: the entry from `file_entry`.
    """
    if entry is None:
        return "not verified yet"
    analysis = analyse(text)
    if analysis is None or analysis.whole != entry["fingerprint"]:
        return "the spec file has changed"
    if is_broken(entry):
        return MERGED
    if different := changed(entry["imports"]):
        return f"an import of the spec file has changed: {different[0]}"
    calls = analysis.calls
    return [
        Noted(
            id=claim["id"],
            target=claim["target"],
            content=claim["content"],
            line=calls[claim["call"]] if 0 <= claim["call"] < len(calls) else 1,
            properties=tuple(claim["properties"]),
        )
        for claim in entry["claims"]
    ]


def why_stale(record: dict[str, Any] | None, content: str, limits: Limits) -> str:
    """Returns the reason why a claim must be verified again; empty if its record is still valid.

    Args:
        record: the claim's record, if there is one.
        content: the current fingerprint of the claim's content.
        limits: the limits of this run.
    """
    if record is None:
        return "not verified yet"
    try:
        return _why_stale(record, content, limits)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # another format, or the file was edited by hand
        return f"its record in the lock file is invalid ({type(error).__name__}: {error})"


def _why_stale(record: dict[str, Any], content: str, limits: Limits) -> str:
    if record["content"] != content:
        return "the claim has changed"
    if is_broken(record):
        return MERGED
    for name, requested in (("seed", limits.seed), ("max_points", limits.max_points)):
        if record["limits"][name] != requested:
            return f"verified with {name.replace('_', '-')} {record['limits'][name]}, but this run uses {requested}"
    if record["verdict"] == Verdict.UNDECIDED and record["limits"]["timeout"] < limits.timeout:
        return f"undecided within {record['limits']['timeout']:g} s, but this run allows {limits.timeout:g} s"
    if record["checked"] and not record["sources"] and record["target"].partition(".")[0] not in record["versions"]:
        return "the source of its target was not found, so changes to it cannot be detected"
    own = record["target"].partition(".")[0]
    now = installed(record["versions"])
    for name, version in record["versions"].items():
        if now.get(name) != version and not (name == own and record["sources"] and is_own(locate(own))):  # its code is compared instead
            return f"verified with {name} {version}, but {now.get(name, 'none')} is installed"
    different = changed(record["sources"])
    return f"the code has changed: {different[0]}" if different else ""
