"""Workers on many machines: the tasks of a run on a cluster of dask.distributed, with the results that one machine would give."""

import os
import pickle
import socket
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import dask
from distributed import Client, KilledWorker
from distributed import Future as Remote

from qedoc import hands
from qedoc.errors import QedocError
from qedoc.lock.closure import changed
from qedoc.lock.versions import installed
from qedoc.pool import Died, Ended, Overrun, uninterrupted
from qedoc.verdict import CaseResult, ClaimResult

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds within which a scheduler must answer."""

MOST_ON_THE_WAY = 512
"""Tasks that the cluster is given at a time; the others wait here, so that a long run fills neither the scheduler nor the network."""

PASSED_ON = ("JAX_", "XLA_")
"""Variables of the environment that change what JAX computes begin so."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Task:
    """A task on its way to the cluster, and the future that is waited for."""

    name: str
    timeout: float
    content: bytes
    folder: bool
    found: "Future[Any]"


class Cluster:
    """The workers of a cluster, which is looked for when the first task comes.

    A task whose worker is lost is run again on another: tasks read what they are given, and change nothing.

    Args:
        address: `dask://HOST:PORT`, of the scheduler.
        warm_up: what each process does first.

    Raises:
        QedocError: for an address of another form.
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
        with uninterrupted(), suppress(OSError, TimeoutError, CancelledError):  # a scheduler that is gone needs no farewell
            with self._lock:
                self._waiting.clear()
                open_ = list(self._sent)
                self._sent.clear()
            if open_:
                self._client.cancel(open_)
            self._client.unregister_worker_plugin(self._run)
            self._client.close(timeout=PATIENCE)

    def submit(self, timeout: float, function: Callable[..., T], *args: Any, folder: bool = False) -> "Future[T]":
        """As `Workers`.

        Raises:
            QedocError: if there is no such cluster, or its workers cannot work for this run.
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
                self._client = self._introduced(Client(address, timeout=PATIENCE, set_as_default=False))
        except (OSError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise QedocError(f"{self.address}: no scheduler of dask answers there: {reason}; start one: dask scheduler") from None

    def _introduced(self, client: Client) -> Client:
        try:
            self._introduce(client)
        except BaseException:
            client.close(timeout=PATIENCE)
            raise
        return client

    def _introduce(self, client: Client) -> None:
        """Tells the workers of the run, and asks whether they can work for it."""
        if not client.nthreads():
            raise QedocError(f"{self.address}: the cluster has no workers; start some: dask worker {self.host}:{self.port}")
        environment = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
        plugin = hands.Hands(self._run, hands.Surroundings.here(), environment, self.warm_up)
        try:
            client.register_plugin(plugin, name=self._run)
            refusals = client.run(hands.refusal, self._run)
        except Exception as error:  # whatever a worker of another make answers
            reason = f"{type(error).__name__}: {error}"
            raise QedocError(f"{self.address}: a worker cannot run qedoc ({reason}); install there what is installed here") from error
        found = [hands.Refusal(address=address, reason=reason) for address, reason in refusals.items() if reason]
        if found:
            raise self._refused(found)
        if (here := str(Path.cwd())) not in sys.path:  # as in a worker: what the results rest on is looked for from here
            sys.path.append(here)

    def _refused(self, refusals: Sequence[hands.Refusal]) -> QedocError:
        told = "\n".join(f"  {refusal.address} has {refusal.reason}" for refusal in refusals)
        return QedocError(f"{self.address}: workers must have what is installed here, and do not:\n{told}")

    def _send(self) -> None:
        """Hands tasks on while there is room for them."""
        assert self._client is not None
        while self._waiting and len(self._sent) < MOST_ON_THE_WAY:
            task = self._waiting.popleft()
            arguments = (self._run, task.timeout, task.content, task.folder)
            remote = self._client.submit(hands.perform, *arguments, key=task.name, pure=False)
            self._sent[remote] = task
            remote.add_done_callback(self._arrived)

    def _arrived(self, remote: Remote[Any]) -> None:
        """Gives the reply to the one who waits for it; called by a thread of dask."""
        with self._lock:
            task = self._sent.pop(remote, None)
        if task is None:  # the run is over
            return
        try:
            task.found.set_result(self._checked(pickle.loads(remote.result())))  # noqa: S301  the worker of the user's own cluster runs this same code
        except KilledWorker as error:
            cause = f"{error.allowed_failures + 1} workers of the cluster died over it"
            task.found.set_exception(Ended(Died(code=0, cause=cause)))
        except Ended as end:
            task.found.set_exception(end)
        except CancelledError:
            task.found.set_exception(QedocError(f"{self.address}: the scheduler is gone, or has dropped the run's tasks"))
        except Exception as error:  # noqa: BLE001  this thread has no caller: whoever waits for the task gets the exception
            task.found.set_exception(error)
        with self._lock, suppress(RuntimeError):  # the client is being closed
            self._send()

    def _checked(self, reply: Any) -> Any:
        """A reply, if it is the answer to what is here.

        Raises:
            Ended: if the task did not come to its end.
            QedocError: for the reply of a worker whose source or versions are others.
        """
        match reply:
            case Overrun() | Died():
                raise Ended(reply)
            case hands.Refusal():
                raise self._refused([reply])
            case ClaimResult() | CaseResult():
                if different := _different(reply):
                    raise QedocError(f"{self.address}: a worker checked {reply.id} with another {different} than there is here")
        return reply


def _different(result: ClaimResult | CaseResult) -> str:
    """What a result rests on that is not here; empty if all is."""
    versions = result.versions if isinstance(result, ClaimResult) else {}
    here = installed(versions)
    found = [f"{name} ({version})" for name, version in versions.items() if here.get(name) != version] + changed(result.sources)
    return found[0] if found else ""


def _place(address: str) -> tuple[str, int]:
    """Host and port of an address."""
    try:
        parts = urlsplit(address)
        if parts.scheme == "dask" and parts.hostname and parts.port and not parts.path.strip("/"):
            return parts.hostname, parts.port
    except ValueError:  # a port that is none
        pass
    raise QedocError(f"--scheduler {address}: expected dask://HOST:PORT, such as dask://127.0.0.1:8786")
