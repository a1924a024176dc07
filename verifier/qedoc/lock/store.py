"""The lock file: read whole, changed one record at a time, written whole or not at all."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from qedoc.errors import QedocError
from qedoc.lock.syntax import digest

FORM = 1
"""The form of the lock file; one of another form is not read."""

WIDTH = 140
"""Columns of a line of the lock file."""

PATIENCE = 60.0
"""Seconds that a writer waits for the others."""


@dataclass(slots=True, kw_only=True)
class Lock:
    """What a lock file says.

    Args:
        files: for each spec file, by path from the lock's folder: its fingerprint, the sources that it imports, and its claims.
        claims: for each claim, by id: its record, with what it was found under.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)

    def text(self) -> str:
        """The file's content: files and claims sorted, and on one line whatever fits there."""
        return _whole(self, {})[0]


LaidOut: TypeAlias = dict[tuple[str, str], tuple[dict[str, Any], str]]
"""The text of each entry of a section, and the entry."""


def _whole(lock: Lock, known: LaidOut) -> tuple[str, LaidOut]:
    """The text of a lock, and of its entries.

    Args:
        lock: what to write.
        known: entries that were laid out before; one that is still there is not laid out again.
    """
    laid_out: LaidOut = {}
    parts = []
    for section, entries in (("files", lock.files), ("claims", lock.claims)):
        ordered = dict(sorted(entries.items()))
        for key, entry in ordered.items():
            before = known.get((section, key))
            laid_out[section, key] = before if before is not None and before[0] is entry else (entry, _entry(key, entry))
        lines = [laid_out[section, key][1] for key in ordered]
        few = sum(map(len, lines)) <= 2 * WIDTH  # they may fit on one line
        text = _lines(ordered, " ", len(section) + 4) if few else "{\n" + ",\n".join(lines) + "\n }"
        parts.append(f' "{section}": {text}')
    return "{\n" + ",\n".join([f' "lock": {FORM}', *parts]) + "\n}\n", laid_out


def _entry(key: str, entry: dict[str, Any]) -> str:
    name = json.dumps(key, ensure_ascii=False)
    return f"  {name}: {_lines(entry, '  ', len(name) + 2)}"


def _lines(value: Any, indent: str, taken: int) -> str:
    """JSON text in which a list or an object is broken into lines only if it does not fit on one.

    Args:
        value: what to write.
        indent: of the line on which it begins.
        taken: how much stands before it on that line.
    """
    compact = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not isinstance(value, dict | list) or (indent and len(indent) + taken + len(compact) <= WIDTH):
        return compact
    inner = indent + " "
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"{inner}{_lines(item, inner, 0)}" for item in value) + f"\n{indent}]"
    keys = [(json.dumps(key, ensure_ascii=False), item) for key, item in value.items()]
    return "{\n" + ",\n".join(f"{inner}{key}: {_lines(item, inner, len(key) + 2)}" for key, item in keys) + f"\n{indent}}}"


def load(path: Path) -> Lock:
    """What the lock file says; an empty lock if there is none.

    Raises:
        QedocError: for a file that is no lock file of this form.
    """
    noted = _noted(path)  # before the file, which may take it in meanwhile
    lock = _load(path)
    lock.claims.update(noted)
    return lock


def _load(path: Path) -> Lock:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Lock()
    except (OSError, UnicodeDecodeError) as error:
        raise QedocError(f"{path}: the lock file cannot be read: {error}") from None
    try:
        whole = json.loads(text)
        if not isinstance(whole, dict) or whole.get("lock") != FORM:
            found = whole.get("lock") if isinstance(whole, dict) else type(whole).__name__
            raise QedocError(f"{path}: expected a lock file of form {FORM}, found {found!r}; delete it and run qedoc check again")
        return Lock(files=dict(whole["files"]), claims=dict(whole["claims"]))
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        hint = "; it has the marks of a merge conflict: take either side" if "<<<<<<<" in text else ""
        message = f"{path}: not a lock file ({type(error).__name__}: {error}){hint}; or delete it and run qedoc check again"
        raise QedocError(message) from None


def _journal(path: Path) -> Path:
    """Where records wait for the lock file to be written: there is such a file during a run, and after one that was killed."""
    return path.with_name(f".{path.name}.journal")


def _noted(path: Path) -> dict[str, Any]:
    """The records of the journal; a line that was cut off as it was written is none."""
    records: dict[str, Any] = {}
    try:
        lines = _journal(path).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return records
    for line in filter(None, lines):
        with suppress(ValueError, TypeError):
            records |= json.loads(line)
    return records


def update(path: Path, change: Callable[[Lock], None]) -> None:
    """Changes the lock file as it is now; other writers wait, and a reader sees the file before or after, never between.

    Args:
        path: the lock file.
        change: changes the lock that it is given.

    Raises:
        QedocError: if the file cannot be read or written.
    """
    Store(path).update(change)


class Store:
    """A lock file for one who changes it often: it is read again only if others have written it, and only new records are laid out.

    Args:
        path: the lock file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._text = ""
        self._state: tuple[int, ...] | None = None
        self._laid_out: LaidOut = {}

    def update(self, change: Callable[[Lock], None]) -> None:
        """As the function `update`.

        Args:
            change: changes the lock that it is given; a record that is to change, it replaces.
        """
        with _alone(self.path):
            for left in self.path.parent.glob(f".{self.path.name}-*"):  # of a writer that was killed: no other is at work
                left.unlink(missing_ok=True)
            self._read()
            self._lock.claims.update(_noted(self.path))
            self._state = None  # until it is written: an interrupt leaves neither the old state here nor the new
            change(self._lock)
            after, self._laid_out = _whole(self._lock, self._laid_out)
            if after != self._text:
                replace(self.path, after.encode())
            self._text, self._state = after, _state(self.path)
            _journal(self.path).unlink(missing_ok=True)

    def note(self, id_: str, record: dict[str, Any]) -> None:
        """Keeps a record of a claim at once, beside the lock file, which takes it in when it is written next.

        Args:
            id_: of the claim.
            record: what the lock file is to hold of it.
        """
        line = json.dumps({id_: record}, ensure_ascii=False, allow_nan=False)
        with _alone(self.path), _journal(self.path).open("ab") as journal:
            journal.write(f"\n{line}\n".encode())  # on a line of its own, also after one that was cut off

    def _read(self) -> None:
        state = _state(self.path)
        if state is None or state != self._state:
            self._lock = load(self.path)
            text, self._laid_out = _whole(self._lock, {})
            self._text = "" if state is None else text


def _state(path: Path) -> tuple[int, ...] | None:
    """What differs between two states of a file; None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def points_path(path: Path, claim: str) -> Path:
    """Where the points of a claim's picture stand, beside the lock file."""
    legible = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in claim)
    return path.with_name(f"{path.name}.d") / f"{legible}-{digest(claim)[:8]}.json"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # a run that changes nothing does without

    guard = path.with_name(f".{path.name}.guard")
    try:
        with FileLock(guard, timeout=PATIENCE):
            yield
    except Timeout:
        message = f"{path}: another process has kept the lock file for {PATIENCE:g} s; if none is at work, delete {guard}"
        raise QedocError(message) from None
    except OSError as error:
        raise QedocError(f"{path}: the lock file cannot be written: {error}; use --no-lock to go without") from None


def replace(file: Path, content: bytes) -> None:
    """Writes a file whole or not at all, with the permissions of a new file."""
    import tempfile  # a run that changes nothing does without

    mask = os.umask(0)
    os.umask(mask)
    handle, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        Path(made).chmod(0o666 & ~mask)
        Path(made).replace(file)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
