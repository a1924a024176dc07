"""Findings that a project has accepted, each with a reason: only new ones fail."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qedoc.errors import Location, QedocError
from qedoc.lock.store import replace as write_whole
from qedoc.report.findings import Notice
from qedoc.results import codes
from qedoc.results.codes import Level

FORM = 1
KEYS = ("code", "claim", "subject", "message", "reason")
UNSAID = "was there when the baseline was made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A finding that is accepted.

    Args:
        code: its code.
        claim: the claim's id.
        subject: what of the claim; empty for the formula itself.
        message: what was found when it was accepted.
        reason: why it is accepted.
    """

    code: str
    claim: str
    subject: str
    message: str
    reason: str

    def is_of(self, notice: Notice) -> bool:
        """Whether a finding is the accepted one."""
        return (self.code, self.claim, self.subject) == (notice.code.code, notice.claim, notice.subject)


def load(path: Path) -> list[Accepted]:
    """The accepted findings; none if there is no file.

    Raises:
        QedocError: for a file that is no baseline; says which entry is wrong.
    """
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise QedocError(f"{path}: the baseline cannot be read: {error}") from None
    if not isinstance(whole, dict) or whole.get("baseline") != FORM or not isinstance(whole.get("findings"), list):
        raise QedocError(f'{path}: expected {{"baseline": {FORM}, "findings": [...]}}; write it with qedoc baseline')
    return [_entry(path, number, entry) for number, entry in enumerate(whole["findings"], start=1)]


def _entry(path: Path, number: int, entry: Any) -> Accepted:
    whole = isinstance(entry, dict) and set(entry) == set(KEYS) and all(isinstance(value, str) for value in entry.values())
    if not whole:
        raise QedocError(f"{path}: finding {number}: expected the texts {', '.join(KEYS)}, found {json.dumps(entry)}")
    if not entry["reason"].strip():
        raise QedocError(f"{path}: finding {number} ({entry['code']} of {entry['claim']}) has no reason; say why it is accepted")
    return Accepted(**entry)


def save(path: Path, accepted: Sequence[Accepted]) -> None:
    """Writes the baseline, sorted.

    Raises:
        QedocError: if the file cannot be written.
    """
    entries = sorted(
        ({key: getattr(entry, key) for key in KEYS} for entry in accepted), key=lambda e: (e["claim"], e["code"], e["subject"])
    )
    text = json.dumps({"baseline": FORM, "findings": entries}, indent=2, ensure_ascii=False) + "\n"
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise QedocError(f"{path}: the baseline cannot be written: {error}") from None


def accept(found: Sequence[Notice], before: Sequence[Accepted], seen: Collection[str], reason: str) -> list[Accepted]:
    """The baseline that accepts a run's findings: reasons that were given stay, what is gone goes, claims not looked at stay as they were.

    Args:
        found: the findings.
        before: what was accepted so far.
        seen: the ids of the claims that were looked at.
        reason: of the new ones.
    """
    kept = [entry for entry in before if entry.claim not in seen and not any(entry.is_of(notice) for notice in found)]
    for notice in found:
        if notice.code.level is Level.NOTE or notice.code in (codes.STALE, codes.GONE, codes.BROKEN):
            continue
        known = next((entry for entry in before if entry.is_of(notice)), None)
        made = Accepted(code=notice.code.code, claim=notice.claim, subject=notice.subject, message=notice.message, reason=reason)
        kept.append(replace(made, reason=known.reason) if known else made)
    return kept


def against(found: Sequence[Notice], accepted: Sequence[Accepted], seen: Collection[str], path: Path) -> tuple[list[Notice], int]:
    """The findings that are not accepted, with one for each accepted one that is gone; and how many were accepted.

    Args:
        found: the findings.
        accepted: the baseline.
        seen: the ids of the claims that were looked at.
        path: the baseline's file.
    """
    new = [notice for notice in found if not any(entry.is_of(notice) for entry in accepted)]
    gone = [
        Notice(
            code=codes.GONE,
            claim=entry.claim,
            subject=_kind(entry),
            message=f"{entry.claim}: {_kind(entry)} is accepted in {path.name} and is gone",
            location=Location(path=str(path), line=1),
        )
        for entry in accepted
        if entry.claim in seen and not any(entry.is_of(notice) for notice in found)
    ]
    return [*new, *gone], len(found) - len(new)


def _kind(entry: Accepted) -> str:
    return f"{entry.code} {entry.subject}".strip()
