"""What a worker of a cluster does for qedoc: it runs each task in a process beside it, which can be killed as on one machine."""

import asyncio
import multiprocessing
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

from qedoc.engine.pool import Pool, settled
from qedoc.lock.syntax import digest
from qedoc.lock.versions import installed

IDLE = 60.0
"""Seconds after which processes without a task are ended; those of a run that was cut off, too."""

DECIDING = ("hypothesis", "jax", "jaxlib", "ml-dtypes", "mpmath", "numpy", "python-flint", "qedoc", "sympy", "z3-solver")
"""The distributions that a verdict rests on, besides the target's own."""


HOME = Path(__file__).parents[1]
"""The package."""


def sources() -> list[Path]:
    """The modules of the package."""
    return sorted(HOME.rglob("*.py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a run and its workers must have in common.

    Args:
        folder: where targets and what spec files import are found.
        python: version, without the last number.
        versions: of what verdicts rest on.
        source: a fingerprint of qedoc's own source, whose version says little while it is worked on.
    """

    folder: str
    python: str
    versions: Mapping[str, str]
    source: str

    @classmethod
    def here(cls) -> "Surroundings":
        """Those of this process."""
        text = "\0".join(f"{file.relative_to(HOME)}\0{file.read_text(encoding='utf-8')}" for file in sources())
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(folder=str(Path.cwd()), python=python, versions=installed(DECIDING), source=digest(text))

    def missing(self, there: "Surroundings") -> str:
        """What a worker lacks of these, in words; nothing if it may work for the run.

        Args:
            there: the worker's.
        """
        found = [
            f"{name} {there.versions.get(name, 'is missing')}, here {self.versions.get(name, 'is missing')}"
            for name in DECIDING
            if there.versions.get(name) != self.versions.get(name)
        ]
        if there.python != self.python:
            found.insert(0, f"Python {there.python}, here {self.python}")
        if not found and there.source != self.source:
            found.append("qedoc with another source, though of the same version")
        if not Path(self.folder).is_dir():
            found.append(f"no folder {self.folder}, which the run is started in")
        return "; ".join(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A worker cannot work for a run.

    Args:
        address: the worker's.
        reason: what is different there.
    """

    address: str
    reason: str


class Processes(WorkerPlugin):
    """The processes beside a worker, one for each of its threads, started with the first task.

    They belong to one run, so that none of them knows source that has changed since.

    Args:
        run: a name of the run.
        wanted: what the worker must have.
        environment: variables of the run that its processes are to have.
        warm_up: what each process does first.
    """

    def __init__(self, run: str, wanted: Surroundings, environment: Mapping[str, str], warm_up: Callable[[], None]) -> None:
        self.name = run
        self.wanted = wanted
        self.environment = environment
        self.warm_up = warm_up

    def setup(self, worker: Worker) -> None:
        """Looks whether the worker has what it needs; for each worker of the cluster, and for those that join it later."""
        self.refusal = self.wanted.missing(Surroundings.here())
        self.jobs = worker.state.nthreads
        self.address = worker.address
        self._lock = Lock()
        self._running = 0
        self._pool: Pool | None = None
        self._rest: Timer | None = None
        if multiprocessing.current_process().daemon:  # Python lets those have no processes of their own
            multiprocessing.current_process().daemon = False

    async def teardown(self, worker: Worker) -> None:
        """Ends the processes, at the end of the run or of the worker."""
        await asyncio.to_thread(self._stop)

    def perform(self, timeout: float, task: bytes, folder: bool) -> Any:
        """A task's result, or how it ended."""
        if self.refusal:
            return Refusal(address=self.address, reason=self.refusal)
        with self._busy() as pool:
            return settled(pool.submit(timeout, _perform, task, folder=folder))

    @contextmanager
    def _busy(self) -> Iterator[Pool]:
        with self._lock:
            self._running += 1
            if self._rest is not None:
                self._rest.cancel()
            if self._pool is None:
                warm_up = partial(_warm_up, self.wanted.folder, self.environment, self.warm_up)
                self._pool = Pool(self.jobs, warm_up).__enter__()
            pool = self._pool
        try:
            yield pool
        finally:
            with self._lock:
                self._running -= 1
                self._rest = Timer(IDLE, partial(self._stop, if_idle=True))
                self._rest.daemon = True
                self._rest.start()

    def _stop(self, *, if_idle: bool = False) -> None:
        with self._lock:
            if if_idle and self._running:
                return
            pool, self._pool = self._pool, None
            if self._rest is not None:
                self._rest.cancel()
        if pool is not None:
            pool.__exit__(None, None, None)


def perform(run: str, timeout: float, task: bytes, folder: bool) -> bytes:
    """Runs a task beside this worker.

    Args:
        run: the run's name.
        timeout: seconds.
        task: a function and its arguments, pickled.
        folder: whether a folder is its last argument.

    Returns:
        the result, or how the task ended, or a refusal; pickled.
    """
    processes = get_worker().plugins[run]
    assert isinstance(processes, Processes)
    return pickle.dumps(processes.perform(timeout, task, folder))


def refusal(run: str, dask_worker: Worker) -> str:
    """Why a worker cannot work for a run; empty if it can."""
    processes = dask_worker.plugins[run]
    assert isinstance(processes, Processes)
    return processes.refusal


def _warm_up(folder: str, environment: Mapping[str, str], warm_up: Callable[[], None]) -> None:
    os.chdir(folder)
    os.environ.update(environment)
    warm_up()


def _perform(task: bytes, *folder: Path) -> Any:
    function, args = pickle.loads(task)  # noqa: S301  the run wrote it; a cluster runs what it is given
    return function(*args, *folder)
