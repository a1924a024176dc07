"""Checks files one after another in a thread, in processes that are new for each state of the code. A save stops what runs."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Condition, Thread
from typing import TypeAlias

from qedoc.config.options import Settings
from qedoc.editor import marks
from qedoc.editor.checking import Checked, check, explained
from qedoc.editor.documents import Document, document
from qedoc.editor.preferences import Preferences
from qedoc.engine import environment
from qedoc.engine.pool import Pool
from qedoc.engine.remembered import Memory, forget
from qedoc.engine.spare import Spare
from qedoc.errors import QedocError
from qedoc.results.outcome import Checked as CaseChecked
from qedoc.results.outcome import Collected, Event, Outcome, Repairing
from qedoc.results.verdict import ClaimResult
from qedoc.sources.specfiles import find


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A file is being checked."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A part of a file is checked.

    Args:
        path: the file.
        done: the number of finished cases.
        all: the number of cases.
        doing: what was done last.
    """

    path: Path
    done: int
    all: int
    doing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of a file now.

    Args:
        path: the file.
        text: its content when it was checked.
        marks: what to mark in it.
        checked: the results; None if the file was not checked.
    """

    path: Path
    text: str
    marks: tuple[marks.Mark, ...]
    checked: Checked | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The check of a file has ended, or was stopped."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message for the log of the editor.

    Args:
        message: the message.
        bug: whether it is a bug in qedoc.
    """

    message: str
    bug: bool = False


News: TypeAlias = Started | Progress | Found | Ended | Said


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Files that are checked with the same processes."""

    pool: Pool
    stopped: bool = False


@dataclass(slots=True, kw_only=True)
class Rounds:
    """Checks files in a thread of its own.

    Args:
        preferences: the limits, and how findings are shown.
        tell: called with news, in the thread.
    """

    preferences: Preferences
    tell: Callable[[News], None]
    _waiting: dict[Path, None] = field(default_factory=dict)
    _known: dict[Path, Checked] = field(default_factory=dict)
    _memory: Memory = field(default_factory=Memory)
    _batch: _Batch | None = None
    _current: Path | None = None
    _closed: bool = False
    _changed: Condition = field(default_factory=Condition)
    _spare: Spare = field(init=False)
    _thread: Thread = field(init=False)

    def __post_init__(self) -> None:
        self._spare = Spare(self.preferences.jobs)
        self._thread = Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Starts the thread, and makes processes ready."""
        self._spare.prepare()
        self._thread.start()

    def add(self, path: Path) -> None:
        """Checks a file when those before it are done."""
        with self._changed:
            self._waiting.setdefault(path)
            self._changed.notify()

    def saved(self, path: Path, others: list[Path]) -> None:
        """Stops what runs, and checks a file that was saved and the files that may rest on it.

        Args:
            path: the file.
            others: the other files.
        """
        with self._changed:
            interrupted = [] if self._current is None else [self._current]
            waiting = [path, *interrupted, *self._waiting, *others]
            self._waiting = dict.fromkeys(waiting)
            self._stop()
            self._changed.notify()

    def forget(self, path: Path) -> None:
        """Leaves a file out that was closed."""
        with self._changed:
            self._waiting.pop(path, None)
            self._known.pop(path, None)
            if self._current == path:
                self._stop()

    def cancel(self) -> None:
        """Stops what runs and leaves out what waits."""
        with self._changed:
            self._waiting.clear()
            self._stop()

    def close(self) -> None:
        """Stops the thread and ends all processes."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._stop()
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()
        self._spare.close()

    def _stop(self) -> None:
        """Ends the processes of the batch that runs."""
        if self._batch is not None and not self._batch.stopped:
            self._batch.stopped = True
            Thread(target=self._batch.pool.__exit__, args=(None, None, None)).start()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or bool(self._waiting))
                if self._closed:
                    return
            self._work_off()

    def _work_off(self) -> None:
        """Checks the files that wait, until none is left or something is saved."""
        try:
            environment.remarks()
            batch = _Batch(pool=self._spare.take())
        except QedocError as error:  # the installed JAX cannot be used
            self.tell(Said(message=str(error)))
            with self._changed:
                self._waiting.clear()
            return
        with self._changed:
            self._batch = batch
        forget()
        try:
            while (path := self._next(batch)) is not None:
                self._one(path, batch)
        finally:
            with self._changed:
                self._batch = self._current = None
                stopped, batch.stopped = batch.stopped, True
            if not stopped:
                batch.pool.__exit__(None, None, None)
            if not self._closed:
                self._spare.prepare()

    def _next(self, batch: _Batch) -> Path | None:
        with self._changed:
            self._current = None if batch.stopped or not self._waiting else next(iter(self._waiting))
            if self._current is not None:
                del self._waiting[self._current]
            return self._current

    def _one(self, path: Path, batch: _Batch) -> None:
        """Checks one file, and tells what is found. Whatever goes wrong, the next file is checked."""
        self.tell(Started(path=path))
        try:
            self._check(path, batch)
        except Exception:  # noqa: BLE001  # a server goes on
            if not batch.stopped:
                self.tell(Said(message=f"{path}: this is a bug in qedoc\n{traceback.format_exc()}", bug=True))
        finally:
            self.tell(Ended(path=path))

    def _check(self, path: Path, batch: _Batch) -> None:
        text = ""
        made: Document | str | None = None
        try:
            files, errors = find([str(path)]) if path.suffix == ".py" else ([], [])
            text = files[0].text if files else path.read_text(encoding="utf-8")
            settings = self.preferences.settings()
            made = document(path, text, settings.config)
            if errors:
                raise errors[0]
        except (OSError, UnicodeDecodeError) as error:
            self.tell(Said(message=f"{path}: the file cannot be read as UTF-8 text: {error}"))
            return
        except QedocError as error:
            self._known.pop(path, None)
            self.tell(Found(path=path, text=text, marks=(marks.broken(None, text, error),), checked=None))
            return
        if isinstance(made, str):
            if made:
                self.tell(Said(message=made))
            self._known.pop(path, None)
            self.tell(Found(path=path, text=text, marks=(), checked=None))
            return
        self._verify(made, settings, batch)

    def _verify(self, made: Document, settings: Settings, batch: _Batch) -> None:
        path = made.path
        before = self._known.get(path)
        old = {} if before is None else {one.id: one for one in before.outcome.claims}
        stands = {id_: one for id_, one in old.items() if marks.place_of(one, made.text, made.kind)}
        partial = _Partial(old={id_: replace(one, corrections=()) for id_, one in stands.items()})  # the code may have changed

        def notify(event: Event) -> None:
            partial.add(event)
            if not isinstance(event, ClaimResult):
                self.tell(Progress(path=path, done=partial.done, all=partial.all, doing=partial.doing))
            elif not batch.stopped:
                self._publish(Checked(document=made, outcome=partial.outcome(settings)), settings)

        found = check(made, settings, self._memory, batch.pool, notify)
        if batch.stopped:
            return
        self._publish(found, settings)
        self._known[path] = found
        found = explained(found, settings, self._memory, batch.pool)
        if not batch.stopped:
            self._known[path] = found
            self._publish(found, settings)

    def _publish(self, found: Checked, settings: Settings) -> None:
        text = found.document.text
        try:
            shown = marks.marks(found.document, found.outcome, self.preferences, settings)
        except QedocError as error:
            self.tell(Said(message=str(error)))
            shown = []
        self.tell(Found(path=found.document.path, text=text, marks=tuple(shown), checked=found))


@dataclass(slots=True, kw_only=True)
class _Partial:
    """What is known during a check: new results, and old ones of formulas that stand as before."""

    old: dict[str, ClaimResult]
    new: dict[str, ClaimResult] = field(default_factory=dict)
    done: int = 0
    all: int = 0
    doing: str = "reading formulas"

    def add(self, event: Event) -> None:
        match event:
            case Collected(cases=cases):
                self.all = cases
            case CaseChecked(id=id_, verdict=verdict):
                self.done += 1
                self.doing = f"{id_} {verdict}"
            case Repairing():
                self.doing = "looking for corrections"
            case ClaimResult():
                self.new[event.id] = event

    def outcome(self, settings: Settings) -> Outcome:
        return replace(Outcome(claims=tuple({**self.old, **self.new}.values()), errors=()), limits=settings.wide)
