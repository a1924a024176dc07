"""Worker processes that can be killed: a task that does not end, or that takes its process down, costs only itself."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from qedoc.errors import QedocError

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """A task that was killed because its time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """A task whose process ended under it.

    Args:
        code: the exit code; -9 stands for signal 9.
    """

    code: int

    def __str__(self) -> str:
        if self.code >= 0:
            return f"the worker process died (exit code {self.code})"
        cause = ", out of memory?" if self.code == -signal.SIGKILL else ""
        return f"the worker process died (signal {-self.code}{cause})"


class Pool:
    """Worker processes, started with the first task and killed on leaving the `with` block.

    Args:
        jobs: how many processes.
        warm_up: what each of them does first.
    """

    def __init__(self, jobs: int, warm_up: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool: Any = ProcessPool(max_workers=jobs, initializer=warm_up, context=context)

    def __enter__(self) -> Self:
        resource_tracker.ensure_running()  # started later, it would unblock the interrupt that `_uninterrupted` blocks
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with _uninterrupted():
            self._pool.stop()
            self._pool.join()

    def submit(self, timeout: float, function: Callable[..., T], *args: Any) -> "Future[T]":
        """Runs `function(*args)` in a worker, for at most `timeout` seconds from the moment that a worker takes it."""
        with _uninterrupted():
            future: Future[T] = self._pool.schedule(function, args=args, timeout=timeout)
        return future


def settled(future: "Future[T]") -> T | Overrun | Died:
    """What became of a task; waits for it.

    Raises:
        QedocError: if no worker could be kept alive.
    """
    try:
        return future.result()
    except TimeoutError:
        return Overrun()
    except ProcessExpired as error:
        return Died(code=error.exitcode)
    except BrokenProcessPool as error:
        raise QedocError(f"no worker process could be kept alive ({error}); is there memory left? try -j 1") from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Blocks Ctrl-C in this thread, and in the threads and processes that it starts: only the main process answers it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
