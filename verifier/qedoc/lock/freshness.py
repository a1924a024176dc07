"""Decides whether the lock file's entries for spec files, docstrings and claims are still valid."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qedoc.claims.limits import Limits
from qedoc.config.macros import project_macros
from qedoc.errors import Location
from qedoc.lock.dependencies import changed, find, key_of, line_of, locate, package, portable, text_at
from qedoc.lock.syntax import analyse, digest
from qedoc.lock.versions import installed
from qedoc.results.outcome import Unread
from qedoc.results.verdict import Verdict


class Noted(NamedTuple):
    """A claim as the lock file stores it, so that its spec file need not be run.

    Args:
        id: the id of the claim.
        target: dotted path of the function.
        content: the fingerprint of the content of the claim.
        line: the line of the claim.
        properties: the properties, in words.
        path: the source file of the docstring that contains the claim; empty for a claim of a spec file.
    """

    id: str
    target: str
    content: str
    line: int
    properties: tuple[str, ...]
    path: str = ""


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


def docstrings_key(name: str) -> str:
    """The key of the lock file's entry for the docstrings of a package."""
    return f"docstrings of {name}"


def _macros() -> str:
    """The fingerprint of the project's LaTeX macros; empty if it has none."""
    found = project_macros(Path.cwd())
    return digest(repr((sorted(found.given.items()), found.preambles))) if found.given or found.preambles else ""


def docstrings_entry(name: str, claims: Sequence[Noted], unread: Sequence[Unread] = ()) -> dict[str, Any]:
    """Returns the lock file's entry for the docstrings of a package, module or object.

    Args:
        name: the dotted path.
        claims: the claims in the docstrings.
        unread: the modules that could not be imported; or the name itself, if it has no formula.
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
        **({"macros": macros} if (macros := _macros()) else {}),
    }


def unread_in(entry: dict[str, Any] | None) -> list[Unread]:
    """Returns the modules and names that were not read, from the lock file's entry for docstrings.

    Args:
        entry: the entry from `docstrings_entry`.
    """
    found = []
    for one in (entry or {}).get("unread", ()):
        path = None if one["empty"] else locate(one["name"])
        place = None if path is None else Location(path=str(path), line=1)
        found.append(Unread(name=one["name"], reason=one["reason"], location=place, empty=one["empty"]))
    return found


def claims_in(name: str, entry: dict[str, Any] | None) -> list[Noted] | str:
    """Returns the claims in the docstrings of a package with their current lines, or the reason why the docstrings must be read again.

    Args:
        name: the dotted path.
        entry: the entry from `docstrings_entry`.
    """
    if entry is None:
        return "not verified yet"
    if entry["versions"] != installed(entry["versions"]):
        return "the version of the package or of qedoc has changed"
    if entry.get("macros", "") != _macros():
        return "the LaTeX macros of the project have changed"
    if entry["package"] != package(name):
        return "the source or the docstrings of the package have changed"
    found = []
    for claim in entry["claims"]:
        path = find(claim["file"])
        if path is None:
            return f"{claim['file']} was not found"
        line = line_of(path, *claim["at"]) if claim["at"][0] >= 0 else claim["at"][1]
        known = Noted(id=claim["id"], target=claim["target"], content=claim["content"], line=line or 1, properties=(), path=str(path))
        found.append(known)
    return found


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
    for name, requested in (("seed", limits.seed), ("max_points", limits.max_points)):
        if record["limits"][name] != requested:
            return f"verified with {name.replace('_', '-')} {record['limits'][name]}, but this run uses {requested}"
    if record["verdict"] == Verdict.UNDECIDED and record["limits"]["timeout"] < limits.timeout:
        return f"undecided within {record['limits']['timeout']:g} s, but this run allows {limits.timeout:g} s"
    if record["checked"] and not record["sources"] and record["target"].partition(".")[0] not in record["versions"]:
        return "the source of its target was not found, so changes to it cannot be detected"
    now = installed(record["versions"])
    for name, version in record["versions"].items():
        if now.get(name) != version:
            return f"verified with {name} {version}, but {now.get(name, 'none')} is installed"
    different = changed(record["sources"])
    return f"the code has changed: {different[0]}" if different else ""
