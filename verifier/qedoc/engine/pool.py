"""A pool of worker processes that can be killed. A task that hangs or crashes does not affect other tasks."""

import io
import multiprocessing
import os
import pickle
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import RLock
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from traceback import clear_frames
from types import TracebackType
from typing import Any, BinaryIO, NoReturn, Protocol, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from qedoc.errors import QedocError, told

T = TypeVar("T")

STOPPED = "the worker processes were stopped"
"""The error of a task whose pool was closed."""

SUCCESS = 213
"""The exit code of a worker whose task called `os._exit(0)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """A task was killed because it reached its time limit.

    Args:
        left: the content of the files that it left in its folder, by name.
    """

    left: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """The process of a task ended before the task was finished.

    Args:
        code: the exit code; -9 means signal 9.
        left: the content of the files that the task left in its folder, by name.
        cause: a description that replaces the exit code in messages; may be empty.
    """

    code: int
    left: Mapping[str, bytes] = field(default_factory=dict)
    cause: str = ""

    @property
    def by_itself(self) -> bool:
        """Whether the task itself ended the process, for example with `os._exit`. A signal means a crash, or a kill from outside."""
        return self.code >= 0 and not self.cause

    def __str__(self) -> str:
        if self.cause:
            return self.cause
        if self.code >= 0:
            return f"the worker process died (exit code {self.code})"
        cause = ", possibly out of memory" if self.code == -signal.SIGKILL else ""
        return f"the worker process died (signal {-self.code}{cause})"


class Ended(Exception):
    """The exception of a future whose task did not finish.

    Args:
        how: how the task ended.
    """

    def __init__(self, how: Overrun | Died) -> None:
        super().__init__(how)
        self.how = how


class Workers(Protocol):
    """The interface for running tasks, on this machine or on a cluster."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None: ...

    def submit(self, timeout: float, function: Callable[..., T], *args: Any, folder: bool = False) -> "Future[T]":
        """Runs `function(*args)` in a worker process.

        Args:
            timeout: time limit in seconds, counted from the start of the task.
            function: a module-level function.
            args: its arguments, which must be picklable.
            folder: whether to pass a folder as the last argument. If the task is killed, the files in it are returned in `Ended`.
        """


class KeepingContext(SpawnContext):
    """A context that keeps its locks until it releases them.

    Pebble drops them before it ends its workers, and a worker that starts then prints a traceback.
    """

    def __init__(self) -> None:
        self._kept: list[RLock] = []

    def RLock(self) -> RLock:  # noqa: N802  # the name in multiprocessing
        """A lock that exists until `release` is called."""
        lock = super().RLock()
        self._kept.append(lock)
        return lock

    def release(self) -> None:
        """Frees the locks at once. Garbage collection would free them later, perhaps inside a call that must not free any."""
        self._kept.clear()


class Pool:
    """Worker processes on this machine. They start with the first task, and leaving the `with` block kills them.

    Args:
        jobs: the number of processes.
        warm_up: called first in each process.
        context: how processes start; by default, each is a new interpreter.
    """

    def __init__(self, jobs: int, warm_up: Callable[[], None], context: KeepingContext | None = None) -> None:
        self._context = context or KeepingContext()
        self._pool: Any = ProcessPool(max_workers=jobs, initializer=partial(_begin, warm_up), context=self._context)
        self._open: set[Future[Any]] = set()
        self._numbers = count()
        self._folders: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        resource_tracker.ensure_running()  # if started later, it would unblock the signal that `uninterrupted` blocks
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        with uninterrupted():
            self._pool.stop()
            self._pool.join()
            self._context.release()
            for future in list(self._open):
                if future.set_running_or_notify_cancel():
                    future.set_exception(QedocError(STOPPED))
            if self._folders is not None:
                self._folders.cleanup()

    def submit(self, timeout: float, function: Callable[..., T], *args: Any, folder: bool = False) -> "Future[T]":
        """Submits a task, see `Workers.submit`. A task whose process died is not run again."""
        found: Future[T] = Future()
        place = self._folder() if folder else None
        with uninterrupted():
            self._open.add(found)
            sent = (function, *args) if place is None else (function, *args, place)
            task = self._pool.schedule(sealed, args=sent, timeout=timeout)
            task.add_done_callback(partial(self._hand_on, found, place))
        return found

    def _folder(self) -> Path:
        if self._folders is None:
            self._folders = TemporaryDirectory(prefix="qedoc-")
        made = Path(self._folders.name, str(next(self._numbers)))
        made.mkdir()
        return made

    def _hand_on(self, found: "Future[Any]", folder: Path | None, task: "Future[Any]") -> None:
        """Sets the result of the future `found` from the finished task."""
        self._open.discard(found)
        if not found.set_running_or_notify_cancel():
            return
        try:
            found.set_result(opened(task.result()))
        except Ended as end:
            found.set_exception(Ended(replace(end.how, left=_left(folder))))
        except CancelledError:
            found.set_exception(QedocError(STOPPED))
        except TimeoutError:
            found.set_exception(Ended(Overrun(left=_left(folder))))
        except ProcessExpired as error:
            code = 0 if error.exitcode == SUCCESS else error.exitcode
            found.set_exception(Ended(Died(code=code, left=_left(folder))))
        except BrokenProcessPool as error:
            _clear(error)
            message = f"the worker processes keep dying ({error}); the machine may be out of memory; try -j 1"
            found.set_exception(QedocError(message))
        except BaseException as error:  # noqa: BLE001  # whoever waits for the future handles it
            _clear(error)
            found.set_exception(error)
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)


_PLAIN = frozenset({"builtins", "collections", "datetime", "decimal", "enum", "fractions", "numpy", "pathlib", "qedoc"})
"""The packages whose classes a reply may contain."""


class _Unpickler(pickle.Unpickler):
    """Unpickles an object without importing user code, which must never run in the main process."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] not in _PLAIN:
            raise pickle.UnpicklingError(f"it contains a {module}.{name}")
        return super().find_class(module, name)


def unpickled(stream: BinaryIO) -> Any:
    """Unpickles the next object of a stream that a worker process wrote.

    Raises:
        pickle.UnpicklingError: if it is incomplete, or contains classes of user code.
        EOFError: at the end of the stream.
    """
    return _Unpickler(stream).load()


def sealed(function: Callable[..., Any], *args: Any) -> bytes:
    """Runs a task and pickles its reply. If the task raises, or the reply cannot be pickled, returns a pickled `Died`.

    Processes exchange only bytes, so no object of the user's code can break the connection.

    Args:
        function: a module-level function.
        args: its arguments.
    """
    try:
        return pickle.dumps(function(*args))
    except BaseException as error:  # noqa: BLE001  # the process continues with the next task
        return pickle.dumps(Died(code=0, cause=f"the task failed: {told(error)}"))


def opened(reply: bytes) -> Any:
    """Unpickles a reply from `sealed`.

    Args:
        reply: the bytes.

    Raises:
        Ended: if the task failed, or the reply contains classes of user code.
    """
    try:
        found = unpickled(io.BytesIO(reply))
    except Exception as error:
        raise Ended(Died(code=0, cause=f"the result cannot be read: {told(error)}")) from error
    if isinstance(found, Died | Overrun):
        raise Ended(found)
    return found


def settled(future: "Future[T]") -> T | Overrun | Died:
    """Waits for a task. Returns its result, or how it ended.

    Raises:
        QedocError: if the worker processes keep dying.
    """
    try:
        return future.result()
    except Ended as end:
        return end.how


def _begin(warm_up: Callable[[], None]) -> None:
    """Initializes a worker process."""
    Thread(target=_end_with_parent, daemon=True).start()
    _show_exits()
    warm_up()


def _show_exits() -> None:
    """Makes `os._exit(0)` exit with `SUCCESS` in this process, because Pebble interprets 0 as the end of an idle worker."""
    leave, worker = os._exit, os.getpid()

    def shown(status: int) -> NoReturn:
        leave(SUCCESS if status == 0 and os.getpid() == worker else status)

    os._exit = shown
    vars(sys.modules[leave.__module__])["_exit"] = shown


def _end_with_parent() -> None:
    """Ends this process when its parent has ended. If the parent was killed, nothing else would stop a hanging task."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _clear(error: BaseException | None) -> None:
    """Frees the buffer of a message that a closed pipe did not take. The garbage collector would print an error about it."""
    while error is not None:
        clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _left(folder: Path | None) -> dict[str, bytes]:
    return {} if folder is None else {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Blocks Ctrl-C in this thread and in the threads and processes that it starts. Only the main process handles it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
