"""Runs tasks on a Dask cluster. The results are the same as on one machine."""

import os
import pickle
import socket
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import dask
from distributed import Client, KilledWorker
from distributed import Future as Remote

from qedoc.engine import cluster_worker
from qedoc.engine.pool import Died, Ended, Overrun, uninterrupted, unpickled
from qedoc.errors import QedocError
from qedoc.lock.reach import changed
from qedoc.lock.versions import installed
from qedoc.results.verdict import CaseResult, ClaimResult

T = TypeVar("T")

PATIENCE = 10.0
"""Timeout in seconds for the scheduler."""

MAX_IN_FLIGHT = 512
"""Maximum number of tasks on the cluster at a time. The other tasks wait here, so they use no memory of the scheduler and no network."""

FORWARDED = ("JAX_", "XLA_")
"""Prefixes of the environment variables that affect JAX. They are forwarded to the workers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Task:
    """A task for the cluster, with the future of its result."""

    name: str
    timeout: float
    content: bytes
    folder: bool
    found: "Future[Any]"


class Cluster:
    """The workers of a cluster. The connection is opened with the first task.

    If a worker is lost, its tasks run again on another worker. This is safe because tasks have no side effects.

    Args:
        address: the address of the scheduler, `dask://HOST:PORT`.
        warm_up: called first in each worker process.

    Raises:
        QedocError: if the address has another form.
    """

    def __init__(self, address: str, warm_up: Callable[[], None]) -> None:
        self.address = address
        self.host, self.port = _place(address)
        self.warm_up = warm_up
        self._run = f"qedoc-{uuid4().hex}"
        self._client: Client | None = None
        self._lock = RLock()
        self._waiting: deque[_Task] = deque()
        self._sent: dict[Remote[Any], _Task] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        if self._client is None:
            return
        with uninterrupted(), suppress(OSError, TimeoutError, CancelledError):  # the scheduler may have stopped
            with self._lock:
                self._waiting.clear()
                open_ = list(self._sent)
                self._sent.clear()
            if open_:
                self._client.cancel(open_)
            self._client.unregister_worker_plugin(self._run)
            self._client.close(timeout=PATIENCE)

    def submit(self, timeout: float, function: Callable[..., T], *args: Any, folder: bool = False) -> "Future[T]":
        """Submits a task, see `Workers.submit`.

        Raises:
            QedocError: if the cluster does not respond, or the environment of its workers differs from this one.
        """
        if self._client is None:
            self._connect()
        found: Future[T] = Future()
        content = pickle.dumps((function, args))
        name = f"{getattr(function, '__name__', 'task')}-{uuid4().hex}"
        with uninterrupted(), self._lock:
            self._waiting.append(_Task(name=name, timeout=timeout, content=content, folder=folder, found=found))
            self._send()
        return found

    def _connect(self) -> None:
        try:
            socket.create_connection((self.host, self.port), timeout=PATIENCE).close()
            safe = dask.config.get("distributed.comm.require-encryption", default=None)
            with uninterrupted():
                address = f"{'tls' if safe else 'tcp'}://{self.host}:{self.port}"
                self._client = self._registered(Client(address, timeout=PATIENCE, set_as_default=False))
        except (OSError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise QedocError(f"{self.address}: no Dask scheduler responds: {reason}; start one with: dask scheduler") from None

    def _registered(self, client: Client) -> Client:
        try:
            self._register(client)
        except BaseException:
            client.close(timeout=PATIENCE)
            raise
        return client

    def _register(self, client: Client) -> None:
        """Registers the run with the workers, and checks that their environments match this one."""
        if not client.nthreads():
            raise QedocError(f"{self.address}: the cluster has no workers; start one with: dask worker {self.host}:{self.port}")
        environment = {name: value for name, value in os.environ.items() if name.startswith(FORWARDED)}
        plugin = cluster_worker.Processes(self._run, cluster_worker.Surroundings.here(), environment, self.warm_up)
        try:
            client.register_plugin(plugin, name=self._run)
            refusals = client.run(cluster_worker.refusal, self._run)
        except Exception as error:  # a worker with other packages can raise anything
            reason = f"{type(error).__name__}: {error}"
            raise QedocError(f"{self.address}: a worker cannot run qedoc ({reason}); install the packages of this machine there") from error
        found = [cluster_worker.Refusal(address=address, reason=reason) for address, reason in refusals.items() if reason]
        if found:
            raise self._refused(found)
        if (here := str(Path.cwd())) not in sys.path:  # as in a worker, so that the sources of results are found
            sys.path.append(here)

    def _refused(self, refusals: Sequence[cluster_worker.Refusal]) -> QedocError:
        lines = "\n".join(f"  {refusal.address}: {refusal.reason}" for refusal in refusals)
        return QedocError(f"{self.address}: these workers must have the same environment as this machine, but differ:\n{lines}")

    def _send(self) -> None:
        """Sends waiting tasks to the cluster, up to `MAX_IN_FLIGHT` at a time."""
        assert self._client is not None
        while self._waiting and len(self._sent) < MAX_IN_FLIGHT:
            task = self._waiting.popleft()
            arguments = (self._run, task.timeout, task.content, task.folder)
            remote = self._client.submit(cluster_worker.perform, *arguments, key=task.name, pure=False)
            self._sent[remote] = task
            remote.add_done_callback(self._receive)

    def _receive(self, remote: Remote[Any]) -> None:
        """Sets the result of a task's future. Called in a thread of Dask."""
        with self._lock:
            task = self._sent.pop(remote, None)
        if task is None:  # the run is over
            return
        try:
            task.found.set_result(self._checked(unpickled(BytesIO(remote.result()))))
        except KilledWorker as error:
            cause = f"{error.allowed_failures + 1} workers of the cluster died while running it"
            task.found.set_exception(Ended(Died(code=0, cause=cause)))
        except Ended as end:
            task.found.set_exception(end)
        except CancelledError:
            task.found.set_exception(QedocError(f"{self.address}: the scheduler stopped, or dropped the tasks of the run"))
        except Exception as error:  # noqa: BLE001  # nothing else reports an exception in this thread
            task.found.set_exception(error)
        with self._lock, suppress(RuntimeError):  # the client may be closing
            self._send()

    def _checked(self, reply: Any) -> Any:
        """Returns a reply after checking that the worker used the sources and versions of this machine.

        Raises:
            Ended: if the task did not finish.
            QedocError: if the worker has other sources or versions.
        """
        match reply:
            case Overrun() | Died():
                raise Ended(reply)
            case cluster_worker.Refusal():
                raise self._refused([reply])
            case ClaimResult() | CaseResult():
                if different := _different(reply):
                    message = f"a worker checked {reply.id} with a version of {different} that differs from this machine"
                    raise QedocError(f"{self.address}: {message}")
        return reply


def _different(result: ClaimResult | CaseResult) -> str:
    """Returns the first package or source that a result depends on and that differs on this machine; empty if there is none."""
    versions = result.versions if isinstance(result, ClaimResult) else {}
    here = installed(versions)
    found = [f"{name} ({version})" for name, version in versions.items() if here.get(name) != version] + changed(result.sources)
    return found[0] if found else ""


def _place(address: str) -> tuple[str, int]:
    """Parses the host and the port of an address."""
    try:
        parts = urlsplit(address)
        if parts.scheme == "dask" and parts.hostname and parts.port and not parts.path.strip("/"):
            return parts.hostname, parts.port
    except ValueError:  # invalid port
        pass
    raise QedocError(f"--scheduler {address}: expected dask://HOST:PORT, such as dask://127.0.0.1:8786")
