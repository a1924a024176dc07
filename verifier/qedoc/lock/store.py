"""Reads and writes the lock file. Writes are atomic, and concurrent writers wait for each other."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from qedoc.errors import QedocError
from qedoc.lock.syntax import digest
from qedoc.records import dataclass, field

FORM = 1
"""The format version of the lock file. Files with another version are rejected."""

WIDTH = 140
"""The maximum line length of the lock file, in characters."""

PATIENCE = 60.0
"""Seconds that a writer waits for other writers."""


@dataclass(slots=True, kw_only=True)
class Lock:
    """The content of a lock file.

    Args:
        files: for each spec file (by path relative to the lock file's folder): its fingerprint, the sources that it imports, its claims.
        claims: for each claim (by id): its record, and the content and limits with which it was verified.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)

    def text(self) -> str:
        """The text of the lock file. Files and claims are sorted, and values that fit on one line are not broken."""
        return _whole(self, {})[0]


LaidOut: TypeAlias = dict[tuple[str, str], tuple[dict[str, Any], str]]
"""Each entry, by section and key, with its formatted text."""


def _whole(lock: Lock, known: LaidOut) -> tuple[str, LaidOut]:
    """Formats a lock. Returns the text of the file and of each entry.

    Args:
        lock: the lock.
        known: entries that were formatted before. An entry that is the same object is not formatted again.
    """
    laid_out: LaidOut = {}
    parts = []
    for section, entries in (("files", lock.files), ("claims", lock.claims)):
        ordered = dict(sorted(entries.items()))
        for key, entry in ordered.items():
            before = known.get((section, key))
            laid_out[section, key] = before if before is not None and before[0] is entry else (entry, _entry(key, entry))
        lines = [laid_out[section, key][1] for key in ordered]
        few = sum(map(len, lines)) <= 2 * WIDTH  # the section may fit on one line
        text = _lines(ordered, " ", len(section) + 4) if few else "{\n" + ",\n".join(lines) + "\n }"
        parts.append(f' "{section}": {text}')
    return "{\n" + ",\n".join([f' "lock": {FORM}', *parts]) + "\n}\n", laid_out


def _entry(key: str, entry: dict[str, Any]) -> str:
    name = json.dumps(key, ensure_ascii=False)
    return f"  {name}: {_lines(entry, '  ', len(name) + 2)}"


def _lines(value: Any, indent: str, taken: int) -> str:
    """Formats a JSON value. A list or object is broken into several lines only if it does not fit on one line.

    Args:
        value: the value.
        indent: the indentation of the first line.
        taken: the number of characters between the indentation and the value on the first line.
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
    """Reads the lock file and its journal. Returns an empty lock if there is no file.

    Raises:
        QedocError: if the file is not a lock file with this format version.
    """
    journal = _read_journal(path)  # read first: a writer may merge the journal into the file and delete it meanwhile
    lock = _load(path)
    lock.claims.update(journal)
    return lock


def _load(path: Path) -> Lock:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Lock()
    except (OSError, UnicodeDecodeError) as error:
        raise QedocError(f"{path}: cannot read the lock file: {error}") from None
    try:
        whole = json.loads(text)
        if not isinstance(whole, dict) or whole.get("lock") != FORM:
            found = whole.get("lock") if isinstance(whole, dict) else type(whole).__name__
            raise QedocError(f"{path}: expected lock file format {FORM}, found {found!r}; delete the file and run qedoc check again")
        return sections(whole)
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        if "<<<<<<<" in text:
            raise QedocError(f"{path}: the lock file has merge conflicts; qedoc check keeps what holds of both sides") from None
        message = f"{path}: not a valid lock file ({type(error).__name__}: {error}); delete it and run qedoc check again"
        raise QedocError(message) from None


def sections(whole: dict[str, Any]) -> Lock:
    """Converts the JSON values of a lock file to a lock.

    Raises:
        KeyError: if a section is missing.
        TypeError: if one is no object.
        ValueError: if one is no object.
    """
    return Lock(files=dict(whole["files"]), claims=dict(whole["claims"]))


def _journal(path: Path) -> Path:
    """The path of the journal: new records that are not yet in the lock file. It exists during a run, and after a run that was killed."""
    return path.with_name(f".{path.name}.journal")


def _read_journal(path: Path) -> dict[str, Any]:
    """Reads the records in the journal. Skips lines that were not written completely."""
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
    """Changes the current content of the lock file. Other writers wait, and readers never see a partial change.

    Args:
        path: the lock file.
        change: modifies the lock in place.

    Raises:
        QedocError: if the file cannot be read or written.
    """
    Store(path).update(change)


def rewrite(path: Path, lock: Lock) -> None:
    """Replaces the whole content of the lock file.

    Args:
        path: the lock file.
        lock: the new content.

    Raises:
        QedocError: if the file cannot be written.
    """
    with _guarded(path):
        replace(path, lock.text().encode())


class Store:
    """A lock file for frequent changes. It is read again only if another process wrote it, and only new records are formatted.

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
        """Changes the current content of the lock file, as the function `update` does.

        Args:
            change: modifies the lock in place. It must replace records instead of modifying them.
        """
        with _guarded(self.path):
            for left in self.path.parent.glob(f".{self.path.name}-*"):  # temporary files of a killed writer; no other writer is active now
                left.unlink(missing_ok=True)
            self._read()
            self._lock.claims.update(_read_journal(self.path))
            self._state = None  # if an interrupt prevents the write, the file is read again next time
            change(self._lock)
            after, self._laid_out = _whole(self._lock, self._laid_out)
            if after != self._text:
                replace(self.path, after.encode())
            self._text, self._state = after, _state(self.path)
            _journal(self.path).unlink(missing_ok=True)

    def note(self, id_: str, record: dict[str, Any]) -> None:
        """Appends a record to the journal. The next update merges it into the lock file.

        Args:
            id_: the id of the claim.
            record: the record.
        """
        line = json.dumps({id_: record}, ensure_ascii=False, allow_nan=False)
        with _guarded(self.path), _journal(self.path).open("ab") as journal:
            journal.write(f"\n{line}\n".encode())  # the first newline ends an incomplete line, if there is one

    def _read(self) -> None:
        state = _state(self.path)
        if state is None or state != self._state:
            self._lock = load(self.path)
            text, self._laid_out = _whole(self._lock, {})
            self._text = "" if state is None else text


def _state(path: Path) -> tuple[int, ...] | None:
    """A value that changes whenever the file is written; None if the file does not exist."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def points_path(path: Path, claim: str) -> Path:
    """The path of the plot data of a claim, in a folder next to the lock file."""
    readable = "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in claim)
    return path.with_name(f"{path.name}.d") / f"{readable}-{digest(claim)[:8]}.json"


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Excludes other writers of the lock file for the duration of the `with` block."""
    from filelock import FileLock, Timeout  # not needed in a run that changes nothing

    guard = path.with_name(f".{path.name}.guard")
    try:
        with FileLock(guard, timeout=PATIENCE):
            yield
    except Timeout:
        message = f"{path}: another process has held the lock file for {PATIENCE:g} s; if no such process is running, delete {guard}"
        raise QedocError(message) from None
    except OSError as error:
        raise QedocError(f"{path}: cannot write the lock file: {error}; use --no-lock to run without it") from None


def replace(file: Path, content: bytes) -> None:
    """Writes a file atomically, with the permissions of a new file."""
    import tempfile  # not needed in a run that changes nothing

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
