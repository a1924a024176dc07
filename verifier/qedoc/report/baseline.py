"""The baseline: findings that a project has accepted, each with a reason. Only other findings fail a run."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from qedoc.errors import Location, QedocError
from qedoc.lock.store import replace as write_whole
from qedoc.records import dataclass, replace
from qedoc.report.findings import BASELINE, Excused, Notice
from qedoc.results import codes
from qedoc.results.codes import Level

FORM = 1
KEYS = ("code", "claim", "subject", "message", "reason")
DEFAULT_REASON = "existed when the baseline was created"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An accepted finding.

    Args:
        code: the code of the finding.
        claim: the id of the claim.
        subject: the part of the claim, such as a property; empty for the formula itself.
        message: the message of the finding when it was accepted.
        reason: why it is accepted.
    """

    code: str
    claim: str
    subject: str
    message: str
    reason: str

    def is_of(self, notice: Notice) -> bool:
        """Whether this entry accepts a finding."""
        return self.key == key(notice)

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the finding."""
        return self.code, self.claim, self.subject


def key(notice: Notice) -> tuple[str, str, str]:
    """What identifies a finding in a baseline."""
    return notice.code.code, notice.claim, notice.subject


def load(path: Path) -> list[Accepted]:
    """Reads the accepted findings. Returns an empty list if there is no file.

    Raises:
        QedocError: if the file is not a valid baseline. The message names the invalid entry.
    """
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise QedocError(f"{path}: cannot read the baseline: {error}") from None
    if not isinstance(whole, dict) or whole.get("baseline") != FORM or not isinstance(whole.get("findings"), list):
        raise QedocError(f'{path}: expected {{"baseline": {FORM}, "findings": [...]}}; create the file with qedoc baseline')
    return [_entry(path, number, entry) for number, entry in enumerate(whole["findings"], start=1)]


def _entry(path: Path, number: int, entry: Any) -> Accepted:
    whole = isinstance(entry, dict) and set(entry) == set(KEYS) and all(isinstance(value, str) for value in entry.values())
    if not whole:
        raise QedocError(f"{path}: finding {number}: expected an object with the strings {', '.join(KEYS)}, found {json.dumps(entry)}")
    if not entry["reason"].strip():
        raise QedocError(f"{path}: finding {number} ({entry['code']} of {entry['claim']}) has no reason; add why it is accepted")
    return Accepted(**entry)


def save(path: Path, accepted: Sequence[Accepted]) -> None:
    """Writes the baseline in sorted order.

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
        raise QedocError(f"{path}: cannot write the baseline: {error}") from None


def accept(found: Sequence[Notice], before: Sequence[Accepted], seen: Collection[str], reason: str, *, instead: str = "") -> list[Accepted]:
    """Returns the baseline that accepts the findings of a run.

    Entries keep their reasons, unless there is another one. Entries that no longer occur are dropped. Entries of
    claims that were not checked are kept unchanged.

    Args:
        found: the findings of the run.
        before: the current baseline.
        seen: the ids of the claims that were checked.
        reason: the reason of new entries.
        instead: the new reason of the entries of this run; empty to keep theirs.
    """
    kept = [entry for entry in before if entry.claim not in seen and not any(entry.is_of(notice) for notice in found)]
    for notice in found:
        if notice.code.level is Level.NOTE or notice.code.code.startswith(("QED4", "QED5")):
            continue
        known = next((entry for entry in before if entry.is_of(notice)), None)
        made = Accepted(code=notice.code.code, claim=notice.claim, subject=notice.subject, message=notice.message, reason=reason)
        kept.append(replace(made, reason=instead or known.reason) if known else made)
    return kept


def against(
    found: Sequence[Notice], accepted: Sequence[Accepted], seen: Collection[str], path: Path, silenced: Sequence[Excused] = ()
) -> tuple[list[Notice], list[Excused]]:
    """Compares findings with the baseline.

    Args:
        found: the findings of the run.
        accepted: the baseline.
        seen: the ids of the claims that were checked.
        path: the baseline's file.
        silenced: the findings that comments silence. An entry for one of them occurs.

    Returns:
        The findings that are not accepted, plus one for each entry that no longer occurs; and the accepted ones.
    """
    reasons = {entry.key: entry.reason for entry in accepted}
    new = [notice for notice in found if key(notice) not in reasons]
    known = [Excused(notice=notice, by=BASELINE, reason=reasons[key(notice)]) for notice in found if key(notice) in reasons]
    occurring = {key(notice) for notice in (*found, *(one.notice for one in silenced))}
    gone = [
        Notice(
            code=codes.GONE,
            claim=entry.claim,
            subject=_kind(entry),
            message=f"{entry.claim}: {_kind(entry)} is accepted in {path.name} but no longer occurs",
            location=Location(path=str(path), line=1),
        )
        for entry in accepted
        if entry.claim in seen and entry.key not in occurring
    ]
    return [*new, *gone], known


def _kind(entry: Accepted) -> str:
    return f"{entry.code} {entry.subject}".strip()
