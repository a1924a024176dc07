"""Whether what was found before still stands: of a spec file, and of a claim."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qedoc.claims.limits import Limits
from qedoc.errors import Location
from qedoc.lock.dependencies import changed, find, key_of, line_of, locate, package, portable, text_at
from qedoc.lock.syntax import analyse
from qedoc.lock.versions import installed
from qedoc.results.outcome import Unread
from qedoc.results.verdict import Verdict


class Noted(NamedTuple):
    """What the lock keeps of each claim of a spec file, so that the file need not be run.

    Args:
        id: the claim's id.
        target: dotted path of the function.
        content: the fingerprint of what the claim says.
        line: its line.
        properties: what it promises, in words.
        path: the source file of the docstring that it stands in; empty for a claim of a spec file.
    """

    id: str
    target: str
    content: str
    line: int
    properties: tuple[str, ...]
    path: str = ""


def file_entry(text: str, claims: Sequence[Noted], imports: dict[str, dict[str, str]]) -> dict[str, Any] | None:
    """What the lock keeps of a spec file; None for a file that is not Python.

    Args:
        text: its content.
        claims: its claims.
        imports: the local sources that it imports.
    """
    analysis = analyse(text)
    if analysis is None:
        return None
    calls = analysis.calls
    return {
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


def claims_of(text: str, entry: dict[str, Any] | None) -> list[Noted] | str:
    """The claims of a spec file, with their lines now; or why they are not known without running it.

    Args:
        text: its content.
        entry: as `file_entry` made it.
    """
    if entry is None:
        return "not verified yet"
    analysis = analyse(text)
    if analysis is None or analysis.whole != entry["fingerprint"]:
        return "the spec file has changed"
    if different := changed(entry["imports"]):
        return f"what the spec file imports has changed: {different[0]}"
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


def docstrings_key(name: str) -> str:
    """Under which name the lock keeps the claims in the docstrings of a package."""
    return f"docstrings of {name}"


def docstrings_entry(name: str, claims: Sequence[Noted], unread: Sequence[Unread] = ()) -> dict[str, Any]:
    """What the lock keeps of the docstrings of a package, a module or an object.

    Args:
        name: its dotted path.
        claims: the claims in them.
        unread: its modules that could not be imported; or itself, if it has no formula.
    """
    missing = [{"name": one.name, "reason": portable(one.reason), "empty": one.empty} for one in unread]
    return {
        "package": package(name),
        "versions": installed([name.partition(".")[0], "qedoc"]),
        "claims": [
            {
                "id": claim.id,
                "target": claim.target,
                "content": claim.content,
                "file": key_of(Path(claim.path)),
                "at": list(text_at(Path(claim.path), claim.line) or (-1, claim.line)),
            }
            for claim in claims
        ],
        **({"unread": missing} if missing else {}),
    }


def unread_in(entry: dict[str, Any] | None) -> list[Unread]:
    """What was not read of the docstrings of a package.

    Args:
        entry: as `docstrings_entry` made it.
    """
    found = []
    for one in (entry or {}).get("unread", ()):
        path = None if one["empty"] else locate(one["name"])
        place = None if path is None else Location(path=str(path), line=1)
        found.append(Unread(name=one["name"], reason=one["reason"], location=place, empty=one["empty"]))
    return found


def claims_in(name: str, entry: dict[str, Any] | None) -> list[Noted] | str:
    """The claims in the docstrings of a package, with their lines now; or why they are not known without reading it.

    Args:
        name: its dotted path.
        entry: as `docstrings_entry` made it.
    """
    if entry is None:
        return "not verified yet"
    if entry["versions"] != installed(entry["versions"]):
        return "its version has changed"
    if entry["package"] != package(name):
        return "its source or its docstrings have changed"
    found = []
    for claim in entry["claims"]:
        path = find(claim["file"])
        if path is None:
            return f"{claim['file']} is not found"
        line = line_of(path, *claim["at"]) if claim["at"][0] >= 0 else claim["at"][1]
        known = Noted(id=claim["id"], target=claim["target"], content=claim["content"], line=line or 1, properties=(), path=str(path))
        found.append(known)
    return found


def why_stale(record: dict[str, Any] | None, content: str, limits: Limits) -> str:
    """Why a claim is to be verified again; empty if its record still stands.

    Args:
        record: the claim's record, if there is one.
        content: the fingerprint of what it says now.
        limits: the bounds that are asked for.
    """
    if record is None:
        return "not verified yet"
    try:
        return _why_stale(record, content, limits)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # of another form, or a hand has been at the file
        return f"its record is not whole ({type(error).__name__}: {error})"


def _why_stale(record: dict[str, Any], content: str, limits: Limits) -> str:
    if record["content"] != content:
        return "the claim has changed"
    for name, asked in (("seed", limits.seed), ("max_points", limits.max_points)):
        if record["limits"][name] != asked:
            return f"verified with {name.replace('_', '-')} {record['limits'][name]}, asked for {asked}"
    if record["verdict"] == Verdict.UNDECIDED and record["limits"]["timeout"] < limits.timeout:
        return f"undecided within {record['limits']['timeout']:g} s, asked for {limits.timeout:g} s"
    if record["checked"] and not record["sources"] and record["target"].partition(".")[0] not in record["versions"]:
        return "the source of its target was not found, so that a change of it cannot be seen"
    now = installed(record["versions"])
    for name, version in record["versions"].items():
        if now.get(name) != version:
            return f"verified with {name} {version}, found {now.get(name, 'none')}"
    different = changed(record["sources"])
    return f"the code has changed: {different[0]}" if different else ""
