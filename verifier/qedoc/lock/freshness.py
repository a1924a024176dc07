"""Whether what was found before still stands: of a spec file, and of a claim."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from qedoc.limits import Limits
from qedoc.lock.closure import changed
from qedoc.lock.syntax import analyse
from qedoc.lock.versions import installed
from qedoc.verdict import Verdict


class Noted(NamedTuple):
    """What the lock keeps of each claim of a spec file, so that the file need not be run.

    Args:
        id: the claim's id.
        target: dotted path of the function.
        content: the fingerprint of what the claim says.
        line: its line.
        properties: what it promises, in words.
    """

    id: str
    target: str
    content: str
    line: int
    properties: tuple[str, ...]


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


def why_stale(record: dict[str, Any] | None, content: str, limits: Limits) -> str:
    """Why a claim is to be verified again; empty if its record still stands.

    Args:
        record: the claim's record, if there is one.
        content: the fingerprint of what it says now.
        limits: the bounds that are asked for.
    """
    if record is None:
        return "not verified yet"
    if record["content"] != content:
        return "the claim has changed"
    for name, asked in (("seed", limits.seed), ("max_points", limits.max_points)):
        if record["limits"][name] != asked:
            return f"verified with {name.replace('_', '-')} {record['limits'][name]}, asked for {asked}"
    if record["verdict"] == Verdict.UNDECIDED and record["limits"]["timeout"] < limits.timeout:
        return f"undecided within {record['limits']['timeout']:g} s, asked for {limits.timeout:g} s"
    now = installed(record["versions"])
    for name, version in record["versions"].items():
        if now.get(name) != version:
            return f"verified with {name} {version}, found {now.get(name, 'none')}"
    different = changed(record["sources"])
    return f"the code has changed: {different[0]}" if different else ""
