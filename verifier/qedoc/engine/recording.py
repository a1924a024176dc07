"""A run that keeps each result in the lock file as it comes, and does not check again what still stands."""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qedoc.claims.limits import Limits
from qedoc.engine.history import History
from qedoc.engine.messages import Claim
from qedoc.errors import QedocError
from qedoc.lock import record
from qedoc.lock.dependencies import imported, is_local, key_of
from qedoc.lock.freshness import Noted, docstrings_entry, docstrings_key, file_entry, why_stale
from qedoc.lock.store import Lock, Store, load, points_path, replace
from qedoc.report.json_report import readable
from qedoc.results.curve import Curve
from qedoc.results.outcome import Unread
from qedoc.results.verdict import ClaimResult

SHARE = 0.05
"""The part of a run's time that writing the lock file may take: the longer it grows, the more results are written at once."""


class Recording(History):
    """The lock file, as the engine sees it.

    Args:
        path: the lock file.
        limits: the bounds of the run.
        again: whether to check what still stands as well.
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
        """The claim's record, if it still stands."""
        kept = self.before.claims.get(claim.id)
        if kept is None or why_stale(kept, claim.content, self.limits):
            return None
        try:
            result = record.read(claim.id, kept, claim.location)
        except QedocError:  # a record that is not whole says nothing
            return None
        self.unchanged += 1
        return result

    def collected(self, claims: Sequence[Claim]) -> None:
        """Notes which claims each spec file has, and forgets those that are gone."""
        texts = {claim.file.path: claim.file.text for claim in claims}
        entries: dict[str, Any] = {}
        for path, text in texts.items():
            told = [noted(claim) for claim in claims if claim.file.path == path]
            entries[self._name(path)] = file_entry(text, told, imported(text))
        self._change(lambda lock: _enter(lock, entries, self.path))

    def surveyed(self, name: str, claims: Sequence[Claim], unread: Sequence[Unread]) -> None:
        """Notes which claims the docstrings of a package have, the results of those that cannot be checked, and what was not read."""
        entry = docstrings_entry(name, [noted(claim) for claim in claims], unread)
        answers = {claim.id: self._record(claim, claim.answer) for claim in claims if claim.answer is not None}
        self._change(lambda lock: _enter_docstrings(lock, docstrings_key(name), entry, answers, self.path))

    def finished(self, claim: Claim, result: ClaimResult) -> None:
        """Keeps a result."""
        self.checked.add(claim.id)
        made = self._record(claim, result)
        self._change(lambda lock: lock.claims.update({claim.id: made}))
        if self._changes:
            self._store.note(claim.id, made)

    def _record(self, claim: Claim, result: ClaimResult) -> dict[str, Any]:
        kept: dict[str, Any] = record.write(result, self._name(claim.file.path))
        checked = claim.answer is None
        found = {"content": claim.content, "limits": asdict(self.limits), "checked": checked, "points": None if checked else ""}
        return kept | found

    def wants_curve(self, claim: Claim) -> bool:
        """Pages show the points that were run: each claim is drawn once, also where an earlier run was ended before it came to that."""
        kept = self.before.claims.get(claim.id)
        return claim.id in self.checked or (kept is not None and kept.get("points") is None)

    def drawn(self, claim: Claim, curve: Curve | None) -> None:
        """Keeps the numbers of a picture, beside the lock file."""
        file = points_path(self.path, claim.id)

        def change(lock: Lock) -> None:
            if claim.id in lock.claims:
                points = "" if curve is None else file.relative_to(self.path.parent).as_posix()
                lock.claims[claim.id] = lock.claims[claim.id] | {"points": points}
                if curve is not None:
                    file.parent.mkdir(exist_ok=True)
                    replace(file, _legible(curve).encode())

        self._change(change)

    def ended(self) -> None:
        """Writes what is not written yet."""
        if not self._changes:
            return

        def change(lock: Lock) -> None:
            for one in self._changes:
                one(lock)

        self._store.update(change)
        self._changes.clear()

    def _change(self, change: Callable[[Lock], None]) -> None:
        """Changes the lock file, at once unless a long one was written just before."""
        self._changes.append(change)
        started = time.monotonic()
        if started >= self._due:
            self.ended()
            ended = time.monotonic()
            self._due = ended + (ended - started) / SHARE

    def _name(self, path: str) -> str:
        """A file's path from the lock file's folder; that of an installed one from where Python finds it."""
        if not is_local(Path(path).absolute()):
            return key_of(Path(path))
        return Path(os.path.relpath(path, self.path.parent)).as_posix()


def noted(claim: Claim) -> Noted:
    """What the lock keeps of a claim beside its result."""
    return Noted(
        id=claim.id,
        target=claim.target,
        content=claim.content,
        line=claim.location.line,
        properties=claim.properties,
        path=claim.file.path if claim.written else "",
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
    """Drops the records of claims that no file has any more, and the points of pictures that no record has."""
    here = {claim["id"] for entry in lock.files.values() for claim in entry["claims"]}
    lock.claims = {id_: kept for id_, kept in lock.claims.items() if id_ in here}
    pictures = {kept.get("points") for kept in lock.claims.values()}
    for file in points_path(path, "").parent.glob("*.json"):
        if file.relative_to(path.parent).as_posix() not in pictures:
            file.unlink(missing_ok=True)


def _legible(curve: Curve) -> str:
    """A curve as JSON, one line for each of its parts."""
    told = {key: json.dumps(_rounded(value), ensure_ascii=False) for key, value in sorted(asdict(curve).items())}
    lines = ",\n".join(f" {json.dumps(key)}: {value}" for key, value in told.items())
    return f"{{\n{lines}\n}}\n"


def _rounded(value: Any) -> Any:
    """Numbers with as many digits as a picture shows, so that another machine's last bit makes no difference."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return readable(float(f"{value:.6g}")) if isinstance(value, float) else value
