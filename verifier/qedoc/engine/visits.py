"""The steps of a survey: what a worker process notes of them in the folder of its task, and what is left over if it is killed."""

import pickle
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import ModuleType

from qedoc.engine.deadline import Expired, deadline
from qedoc.engine.messages import Survey, failure
from qedoc.engine.pool import unpickled
from qedoc.errors import Location
from qedoc.lock.dependencies import locate
from qedoc.results.outcome import Unread
from qedoc.sources.imports import remedy

IMPORTING = 60.0
"""The minimum time limit in seconds for importing one module. An import may load large libraries."""

NAMING, IMPORT, READING = "naming", "importing", "reading"
"""The steps of a survey: import the requested object, import a module inside it, read the formulas of an object."""

_DOING, _DONE, EXPIRED = "doing", "done", "expired"


def slow(step: str, seconds: float) -> str:
    """Describes that a step of a survey took too long.

    Args:
        step: the step.
        seconds: the time limit of a case.
    """
    if step == READING:
        return f"the time limit of {seconds:g} s was reached (reading the formula)"
    return f"the import takes longer than {importing(seconds):g} s"


def importing(seconds: float) -> float:
    """The time limit in seconds for importing one module.

    Args:
        seconds: the time limit of a case.
    """
    return max(seconds, IMPORTING)


def append(folder: Path, name: str, found: Survey) -> None:
    """Notes that an object was read.

    Args:
        folder: the task's folder.
        name: the object.
        found: its survey.
    """
    with (folder / _DONE).open("ab") as file:
        pickle.dump((name, found), file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """The partial results of a survey whose process was killed.

    Args:
        doing: the last step (`naming`, `importing` or `reading`) with the name of the module or object; empty if none was started.
        done: the survey of each object that was read.
        expired: whether the last step exceeded its time limit.
    """

    doing: str
    done: dict[str, Survey]
    expired: bool


def left_over(files: Mapping[str, bytes]) -> Leftover:
    """Reads the partial results of a survey from the files in the task's folder.

    Args:
        files: the files, by name.
    """
    done: dict[str, Survey] = {}
    stream = BytesIO(files.get(_DONE, b""))
    with suppress(EOFError, pickle.UnpicklingError):  # the last entry may be incomplete
        while True:
            name, found = unpickled(stream)
            done[name] = found
    return Leftover(doing=files.get(_DOING, b"").decode(errors="replace"), done=done, expired=bool(files.get(EXPIRED)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Imports the modules of a survey.

    Args:
        folder: the folder in which the current step is recorded.
        left_out: the steps to skip, as in `survey`.
        seconds: time limit for importing one module.
        unread: the modules that could not be imported, and the names that could not be read.
    """

    folder: Path
    left_out: Mapping[str, tuple[str, bool]]
    seconds: float
    unread: list[Unread] = field(default_factory=list)

    def note(self, step: str, name: str) -> None:
        """Records the current step, so that it is known if the process is killed."""
        (self.folder / _DOING).write_text(f"{step} {name}", encoding="utf-8")

    def load(self, name: str) -> ModuleType | None:
        """Imports a module of the package. Returns None if it cannot be imported."""
        step = f"{IMPORT} {name}"
        if step in self.left_out:
            reason, ends = self.left_out[step]
            self._leave_out(name, reason, ends=ends)
            return None
        self.note(IMPORT, name)
        try:
            with deadline(self.seconds, self.folder / EXPIRED):
                return import_module(name)
        except Expired:
            self._leave_out(name, slow(IMPORT, self.seconds), ends=False)
        except BaseException as error:  # noqa: BLE001  # the other modules can still be read
            found = failure(error)
            message = found.message if found.ends else f"{found.message}; {remedy(name, error)}"
            self._leave_out(name, message, ends=found.ends)
        return None

    def lost(self, path: str, reason: str) -> None:
        """Records a public name that its module lists and that cannot be read."""
        self.unread.append(Unread(name=path, reason=f"{path} {reason}", location=_module_place(path.rpartition(".")[0])))

    def _leave_out(self, name: str, reason: str, *, ends: bool) -> None:
        self.unread.append(Unread(name=name, reason=f"{name} cannot be imported: {reason}", location=_module_place(name), ends=ends))


def _module_place(name: str) -> Location | None:
    path = locate(name)
    return None if path is None else Location(path=str(path), line=1)
