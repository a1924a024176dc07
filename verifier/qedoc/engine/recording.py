"""A history that reads valid results from the lock file and writes new results to it during the run."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from qedoc.claims.limits import Limits
from qedoc.engine.history import History
from qedoc.engine.messages import Claim
from qedoc.errors import QedocError
from qedoc.lock import record
from qedoc.lock.dependencies import is_local, key_of
from qedoc.lock.freshness import Noted, file_entry, why_stale
from qedoc.lock.reach import closure, imported
from qedoc.lock.seals import sealed
from qedoc.lock.store import Lock, Store, load, points_path, replace
from qedoc.report.json_report import curve_text
from qedoc.results.curve import Curve
from qedoc.results.outcome import Unread
from qedoc.results.verdict import ClaimResult
from qedoc.sources.surveyed import docstrings_entry, docstrings_key

SHARE = 0.05
"""The maximum fraction of a run's time for writing the lock file. The larger the file, the more results are written at once."""


class Recording(History):
    """The history of a run with a lock file.

    Args:
        path: the lock file.
        limits: the limits of the run.
        again: whether to check claims with a valid result again.
    """

    def __init__(self, path: Path, limits: Limits, *, again: bool) -> None:
        self.path = path
        self.limits = limits
        self.before = Lock() if again else load(path)
        self.unchanged = 0
        self.checked: set[str] = set()
        self._store = Store(path)
        self._changes: list[Callable[[Lock], None]] = []
        self._due = 0.0

    def known(self, claim: Claim) -> ClaimResult | None:
        """Returns the result in the lock file if it is still valid."""
        kept = self.before.claims.get(claim.id)
        if kept is None or why_stale(kept, claim.content, self.limits):
            return None
        try:
            result = record.read(claim.id, kept, claim.location)
        except QedocError:  # an invalid record counts as missing
            return None
        self.unchanged += 1
        return result

    def collected(self, claims: Sequence[Claim]) -> None:
        """Stores the claims of each spec file, and removes claims that no longer exist."""
        texts = {claim.file.path: claim.file.text for claim in claims}
        entries: dict[str, Any] = {}
        for path, text in texts.items():
            in_file = [noted(claim) for claim in claims if claim.file.path == path]
            entries[self._name(path)] = file_entry(text, in_file, imported(text))
        self._change(lambda lock: _enter(lock, entries, self.path))

    def surveyed(self, name: str, claims: Sequence[Claim], unread: Sequence[Unread]) -> None:
        """Stores the claims in the docstrings of a package, the results of claims that cannot be checked, and the unread modules."""
        entry = docstrings_entry(name, [noted(claim) for claim in claims], unread)
        answers = {claim.id: self._record(claim, claim.answer) for claim in claims if claim.answer is not None}
        self._change(lambda lock: _enter_docstrings(lock, docstrings_key(name), entry, answers, self.path))

    def finished(self, claim: Claim, result: ClaimResult) -> None:
        """Stores a result."""
        self.checked.add(claim.id)
        made = self._record(claim, result)
        self._change(lambda lock: lock.claims.update({claim.id: made}))
        if self._changes:
            self._store.note(claim.id, made)

    def _record(self, claim: Claim, result: ClaimResult) -> dict[str, Any]:
        kept: dict[str, Any] = record.write(result, self._name(claim.file.path))
        checked = claim.answer is None
        if not (checked or kept["sources"]):  # the signature may be why it cannot be checked
            kept["sources"] = closure(claim.target, [])
        limits = {name: getattr(self.limits, name) for name in ("seed", "max_points", "timeout")}
        found = {"content": claim.content, "limits": limits, "checked": checked, "points": None if checked else ""}
        return sealed(kept | found)

    def wants_curve(self, claim: Claim) -> bool:
        """Whether the plot data of a claim is missing or outdated. Documentation pages show it."""
        kept = self.before.claims.get(claim.id)
        return claim.id in self.checked or (kept is not None and kept.get("points") is None)

    def drawn(self, claim: Claim, curve: Curve | None) -> None:
        """Stores plot data in a file next to the lock file."""
        file = points_path(self.path, claim.id)

        def change(lock: Lock) -> None:
            if claim.id in lock.claims:
                points = "" if curve is None else file.relative_to(self.path.parent).as_posix()
                lock.claims[claim.id] = lock.claims[claim.id] | {"points": points}
                if curve is not None:
                    file.parent.mkdir(exist_ok=True)
                    replace(file, curve_text(curve).encode())

        self._change(change)

    def repaired(self, claim: Claim, result: ClaimResult) -> None:
        """Stores the corrections of a claim."""
        found = record.corrections(result)

        def change(lock: Lock) -> None:
            if claim.id in lock.claims:
                lock.claims[claim.id] = lock.claims[claim.id] | found

        self._change(change)

    def ended(self) -> None:
        """Writes all pending changes."""
        if not self._changes:
            return

        def change(lock: Lock) -> None:
            for one in self._changes:
                one(lock)

        self._store.update(change)
        self._changes.clear()

    def _change(self, change: Callable[[Lock], None]) -> None:
        """Queues a change of the lock file, and writes all pending changes unless the previous write was too recent."""
        self._changes.append(change)
        started = time.monotonic()
        if started >= self._due:
            self.ended()
            ended = time.monotonic()
            self._due = ended + (ended - started) / SHARE

    def _name(self, path: str) -> str:
        """The path of a file relative to the lock file's folder. For an installed file, the path relative to its entry in `sys.path`."""
        if not is_local(Path(path).absolute()):
            return key_of(Path(path))
        return Path(os.path.relpath(path, self.path.parent)).as_posix()


def noted(claim: Claim) -> Noted:
    """Converts a claim to the form in which the lock file stores it."""
    return Noted(
        id=claim.id,
        target=claim.target,
        content=claim.content,
        line=claim.location.line,
        properties=claim.properties,
        path=claim.file.path if claim.written else "",
        read=claim.read,
    )


def _enter(lock: Lock, entries: dict[str, Any], path: Path) -> None:
    lock.files.update({file: entry for file, entry in entries.items() if entry is not None})
    lock.files = {file: entry for file, entry in lock.files.items() if "package" in entry or (path.parent / file).exists()}
    _forget(lock, path)


def _enter_docstrings(lock: Lock, key: str, entry: dict[str, Any], answers: dict[str, Any], path: Path) -> None:
    lock.files[key] = entry
    lock.claims.update(answers)
    _forget(lock, path)


def _forget(lock: Lock, path: Path) -> None:
    """Removes the records of claims that no longer exist, and plot data without a record."""
    here = {claim["id"] for entry in lock.files.values() for claim in entry["claims"]}
    lock.claims = {id_: kept for id_, kept in lock.claims.items() if id_ in here}
    pictures = {kept.get("points") for kept in lock.claims.values()}
    for file in points_path(path, "").parent.glob("*.json"):
        if file.relative_to(path.parent).as_posix() not in pictures:
            file.unlink(missing_ok=True)
