"""Worker processes that can be killed: a task that does not end, or that takes its process down, costs only itself."""

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
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import TracebackType
from typing import Any, NoReturn, Protocol, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from qedoc.errors import QedocError, told

T = TypeVar("T")

SUCCESS = 213
"""The exit code of a worker whose code ended it with 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """A task that was killed because its time was over.

    Args:
        left: the files that it left in its folder, by name.
    """

    left: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """A task whose process ended under it.

    Args:
        code: the exit code; -9 stands for signal 9.
        left: the files that it left in its folder, by name.
        cause: what is known besides the code.
    """

    code: int
    left: Mapping[str, bytes] = field(default_factory=dict)
    cause: str = ""

    @property
    def by_itself(self) -> bool:
        """Whether the code in hand ended the process, as `os._exit` does; a signal comes from outside, or from a crash."""
        return self.code >= 0 and not self.cause

    def __str__(self) -> str:
        if self.cause:
            return self.cause
        if self.code >= 0:
            return f"the worker process died (exit code {self.code})"
        cause = ", out of memory?" if self.code == -signal.SIGKILL else ""
        return f"the worker process died (signal {-self.code}{cause})"


class Ended(Exception):
    """What a future raises whose task did not come to its end.

    Args:
        how: what became of it.
    """

    def __init__(self, how: Overrun | Died) -> None:
        super().__init__(how)
        self.how = how


class Workers(Protocol):
    """Whoever runs tasks: processes of this machine, or a cluster."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None: ...

    def submit(self, timeout: float, function: Callable[..., T], *args: Any, folder: bool = False) -> "Future[T]":
        """Runs `function(*args)` in a process of its own for the time, for at most `timeout` seconds from the moment that it is taken.

        Args:
            timeout: in seconds.
            function: a function of a module.
            args: its arguments; they can be pickled.
            folder: whether its last argument is to be a folder, whose files are still there for the one who finds it dead.
        """


class Pool:
    """Worker processes, started with the first task and killed on leaving the `with` block.

    Args:
        jobs: how many processes.
        warm_up: what each of them does first.
    """

    def __init__(self, jobs: int, warm_up: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool: Any = ProcessPool(max_workers=jobs, initializer=partial(_begin, warm_up), context=context)
        self._open: set[Future[Any]] = set()
        self._numbers = count()
        self._folders: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        resource_tracker.ensure_running()  # started later, it would unblock the interrupt that `uninterrupted` blocks
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        with uninterrupted():
            self._pool.stop()
            self._pool.join()
            for future in list(self._open):
                future.cancel()
            if self._folders is not None:
                self._folders.cleanup()

    def submit(self, timeout: float, function: Callable[..., T], *args: Any, folder: bool = False) -> "Future[T]":
        """As `Workers`; a task whose process died is not run again."""
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
        """Gives the task's result, or how it ended, to the one who waits for it."""
        self._open.discard(found)
        if not found.set_running_or_notify_cancel():
            return
        try:
            found.set_result(opened(task.result()))
        except Ended as end:
            found.set_exception(Ended(replace(end.how, left=_left(folder))))
        except CancelledError:
            found.set_exception(QedocError("the worker processes were stopped"))
        except TimeoutError:
            found.set_exception(Ended(Overrun(left=_left(folder))))
        except ProcessExpired as error:
            code = 0 if error.exitcode == SUCCESS else error.exitcode
            found.set_exception(Ended(Died(code=code, left=_left(folder))))
        except BrokenProcessPool as error:
            message = f"no worker process could be kept alive ({error}); is there memory left? try -j 1"
            found.set_exception(QedocError(message))
        except BaseException as error:  # noqa: BLE001  the task's own, for the one who waits
            found.set_exception(error)
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)


_PLAIN = frozenset({"builtins", "collections", "datetime", "decimal", "enum", "fractions", "numpy", "pathlib", "qedoc"})
"""Where the classes of a reply may come from."""


class _Opener(pickle.Unpickler):
    """Reads a reply without importing the code in hand: a process that only reports runs none of it."""

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] not in _PLAIN:
            raise pickle.UnpicklingError(f"it holds a {module}.{name}")
        return super().find_class(module, name)


def sealed(function: Callable[..., Any], *args: Any) -> bytes:
    """The reply of a task as bytes; how it failed, if it raises or its reply cannot be sent.

    Only bytes go from one process to another, so no value of the code in hand can break the channel between them.

    Args:
        function: a function of a module.
        args: its arguments.
    """
    try:
        return pickle.dumps(function(*args))
    except BaseException as error:  # noqa: BLE001  the process goes on with the next task
        return pickle.dumps(Died(code=0, cause=f"the task failed: {told(error)}"))


def opened(reply: bytes) -> Any:
    """The reply that `sealed` sent.

    Args:
        reply: the bytes.

    Raises:
        Ended: if the task failed, or its reply holds what only the worker knows.
    """
    try:
        found = _Opener(io.BytesIO(reply)).load()
    except Exception as error:
        raise Ended(Died(code=0, cause=f"the result cannot be read: {told(error)}")) from error
    if isinstance(found, Died | Overrun):
        raise Ended(found)
    return found


def settled(future: "Future[T]") -> T | Overrun | Died:
    """What became of a task; waits for it.

    Raises:
        QedocError: if no worker could be kept alive.
    """
    try:
        return future.result()
    except Ended as end:
        return end.how


def _begin(warm_up: Callable[[], None]) -> None:
    """What a worker process does first."""
    Thread(target=_end_with_parent, daemon=True).start()
    _show_exits()
    warm_up()


def _show_exits() -> None:
    """Lets code of this process that calls `os._exit(0)` end it with `SUCCESS`: Pebble takes 0 for the end of an idle worker."""
    leave, worker = os._exit, os.getpid()

    def shown(status: int) -> NoReturn:
        leave(SUCCESS if status == 0 and os.getpid() == worker else status)

    os._exit = shown
    vars(sys.modules[leave.__module__])["_exit"] = shown


def _end_with_parent() -> None:
    """Ends this process when its parent is gone, which may have been killed: nobody is left to end a task that does not end itself."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _left(folder: Path | None) -> dict[str, bytes]:
    return {} if folder is None else {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Blocks Ctrl-C in this thread, and in the threads and processes that it starts: only the main process answers it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
