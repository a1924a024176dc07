"""Keeps worker processes ready that have imported no code of the user, for programs that check again whenever code changes."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self, TypeVar

from qedoc.engine import forked, rehearsal, worker
from qedoc.engine.pool import Ended, Pool
from qedoc.errors import QedocError

T = TypeVar("T")

REHEARSAL = 60.0
"""Time limit in seconds for the first check in a spare process."""


class Fresh:
    """The worker processes of one run, which are taken from the reserve when the first task is there.

    Args:
        spare: the reserve.
    """

    def __init__(self, spare: "Spare") -> None:
        self._spare = spare
        self._pool: Pool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        if self._pool is not None:
            self._pool.__exit__(kind, error, trace)

    def submit(self, timeout: float, function: Callable[..., T], *args: Any, folder: bool = False) -> "Future[T]":
        """Submits a task, see `Workers.submit`."""
        if self._pool is None:
            self._pool = self._spare.take()
        return self._pool.submit(timeout, function, *args, folder=folder)


class Spare:
    """A pool of worker processes in reserve.

    Args:
        jobs: the number of processes of a pool.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._ready: Pool | None = None
        self._lock = Lock()
        self._closed = False

    def prepare(self) -> None:
        """Makes a pool and rehearses a check in it, in the background. Does nothing if there is one already."""
        Thread(target=self._prepare, daemon=True).start()

    def _prepare(self) -> None:
        with self._lock:
            if self._closed or self._ready is not None:
                return
            self._ready = self._made()
            rehearsals = [self._ready.submit(REHEARSAL, rehearsal.rehearse) for _ in range(self._jobs)]
        for done in rehearsals:
            try:
                done.result()
            except (
                Ended,
                QedocError,
                CancelledError,
            ):  # the pool was taken and stopped in the meantime, or its first check will say what is wrong
                return

    def take(self) -> Pool:
        """Returns a pool that nobody else uses: the prepared one, or a new one. Whoever takes it closes it."""
        with self._lock:
            taken, self._ready = self._ready, None
            return taken or self._made()

    def _made(self) -> Pool:
        return Pool(self._jobs, worker.warm_up, forked.ForkedContext()).__enter__()

    def close(self) -> None:
        """Ends all processes in reserve."""
        with self._lock:
            self._closed = True
            ready, self._ready = self._ready, None
        if ready is not None:
            ready.__exit__(None, None, None)
        forked.stop()
