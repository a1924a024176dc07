"""Worker processes that start at once: copies of a process that has imported jax and sympy, and no code of the user.

A program that checks again and again, such as a language server, needs fresh processes for code that has changed.
"""

import io
import os
import signal
from contextlib import suppress
from multiprocessing import forkserver, popen_forkserver, reduction, spawn, util
from multiprocessing.context import SpawnProcess, set_spawning_popen
from multiprocessing.process import BaseProcess
from typing import Any

from qedoc.engine.pool import KeepingContext

_SERVER = forkserver.ForkServer()
_SERVER.set_forkserver_preload(["qedoc.engine.preloaded"])
"""A server of this program's own: the one of multiprocessing belongs to the user's code, which may run in the same process."""


class _Popen(popen_forkserver.Popen):
    """Starts a process as multiprocessing does, with the server above."""

    _fds: list[int]

    def _launch(self, process_obj: BaseProcess) -> None:
        data = io.BytesIO()
        set_spawning_popen(self)
        try:
            reduction.dump(spawn.get_preparation_data(process_obj.name), data)
            reduction.dump(process_obj, data)
        finally:
            set_spawning_popen(None)
        self.sentinel, writing = _SERVER.connect_to_new_process(self._fds)
        kept = os.dup(writing)  # the child sees that this process has ended when it is closed
        self.finalizer = util.Finalize(self, _close, (kept, self.sentinel))
        with os.fdopen(writing, "wb") as file:
            file.write(data.getbuffer())
        self.pid = forkserver.read_signed(self.sentinel)


def _close(*files: int) -> None:
    for file in files:
        os.close(file)


class _Forked(SpawnProcess):
    _start_method = "forkserver"

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: N802  # the name in multiprocessing
        return _Popen(process_obj)


class ForkedContext(KeepingContext):
    """A context whose processes are copies of a warm one."""

    _name = "forkserver"
    Process = _Forked


def stop() -> None:
    """Ends the process that is copied, and copies that have started too late to belong to a pool."""
    pid: int | None = vars(_SERVER)["_forkserver_pid"]
    if pid is None:
        return
    for end in (os.killpg, os.kill):  # the process has a group of its own once it runs
        with suppress(ProcessLookupError):
            end(pid, signal.SIGKILL)
    _SERVER._stop()  # type: ignore[attr-defined]  # noqa: SLF001  # multiprocessing has no public way
