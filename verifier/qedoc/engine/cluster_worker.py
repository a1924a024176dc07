"""The worker side of a cluster: each Dask worker runs the tasks of qedoc in separate processes, which can be killed."""

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
"""Seconds after which idle processes are stopped, including those of a run that lost its connection."""

DECIDING = ("hypothesis", "jax", "jaxlib", "ml-dtypes", "mpmath", "numpy", "python-flint", "qedoc", "sympy", "z3-solver")
"""The distributions that a verdict depends on, in addition to that of the target."""


HOME = Path(__file__).parents[1]
"""The folder of the package qedoc."""


def sources() -> list[Path]:
    """The source files of the package qedoc."""
    return sorted(HOME.rglob("*.py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The parts of an environment that must be equal for a run and its workers.

    Args:
        folder: the folder from which targets and the imports of spec files are found.
        python: the Python version, major and minor.
        versions: the versions of the distributions in `DECIDING`.
        source: a fingerprint of qedoc's source, which can change during development without a new version.
    """

    folder: str
    python: str
    versions: Mapping[str, str]
    source: str

    @classmethod
    def here(cls) -> "Surroundings":
        """The environment of this process."""
        text = "\0".join(f"{file.relative_to(HOME)}\0{file.read_text(encoding='utf-8')}" for file in sources())
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(folder=str(Path.cwd()), python=python, versions=installed(DECIDING), source=digest(text))

    def missing(self, there: "Surroundings") -> str:
        """Describes how the environment of a worker differs; empty if the worker can run the tasks.

        Args:
            there: the environment of the worker.
        """
        found = [
            f"{name} {there.versions.get(name, 'is missing')} (this machine: {self.versions.get(name, 'missing')})"
            for name in DECIDING
            if there.versions.get(name) != self.versions.get(name)
        ]
        if there.python != self.python:
            found.insert(0, f"Python {there.python} (this machine: {self.python})")
        if not found and there.source != self.source:
            found.append("the source of qedoc differs, although the version is the same")
        if not Path(self.folder).is_dir():
            found.append(f"the folder {self.folder}, in which the run was started, does not exist")
        return "; ".join(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A worker cannot run the tasks of a run.

    Args:
        address: the address of the worker.
        reason: how its environment differs.
    """

    address: str
    reason: str


class Processes(WorkerPlugin):
    """The processes of a Dask worker, one for each of its threads. They start with the first task.

    They belong to one run, so that no process keeps source code that has changed since an earlier run.

    Args:
        run: the name of the run.
        wanted: the environment of the run.
        environment: the environment variables to set in the processes.
        warm_up: called first in each process.
    """

    def __init__(self, run: str, wanted: Surroundings, environment: Mapping[str, str], warm_up: Callable[[], None]) -> None:
        self.name = run
        self.wanted = wanted
        self.environment = environment
        self.warm_up = warm_up

    def setup(self, worker: Worker) -> None:
        """Compares the environment of the worker with that of the run. Dask also calls this for workers that join later."""
        self.refusal = self.wanted.missing(Surroundings.here())
        self.jobs = worker.state.nthreads
        self.address = worker.address
        self._lock = Lock()
        self._running = 0
        self._pool: Pool | None = None
        self._rest: Timer | None = None
        if multiprocessing.current_process().daemon:  # Python does not let daemonic processes have children
            multiprocessing.current_process().daemon = False

    async def teardown(self, worker: Worker) -> None:
        """Stops the processes when the run or the worker ends."""
        await asyncio.to_thread(self._stop)

    def perform(self, timeout: float, task: bytes, folder: bool) -> Any:
        """Runs a task. Returns its result, or how it ended."""
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
    """Runs a task in a process of this worker.

    Args:
        run: the name of the run.
        timeout: time limit in seconds.
        task: a function and its arguments, pickled.
        folder: whether to pass a folder as the last argument.

    Returns:
        The pickled result of the task, or how it ended, or a refusal.
    """
    processes = get_worker().plugins[run]
    assert isinstance(processes, Processes)
    return pickle.dumps(processes.perform(timeout, task, folder))


def refusal(run: str, dask_worker: Worker) -> str:
    """Returns the reason why a worker cannot run the tasks of a run; empty if it can."""
    processes = dask_worker.plugins[run]
    assert isinstance(processes, Processes)
    return processes.refusal


def _warm_up(folder: str, environment: Mapping[str, str], warm_up: Callable[[], None]) -> None:
    os.chdir(folder)
    os.environ.update(environment)
    warm_up()


def _perform(task: bytes, *folder: Path) -> Any:
    function, args = pickle.loads(task)  # noqa: S301  # the run pickled it; a cluster executes arbitrary tasks anyway
    return function(*args, *folder)
