"""Worker processes that know objects without a file, such as functions that were defined in a notebook."""

import linecache
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from qedoc.engine.pool import Workers
from qedoc.errors import TargetError, told

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

MODULE = "qedoc_notebook"
"""The name of the module that has the objects in a worker process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Objects in a form that another process can load.

    Args:
        objects: the pickled objects, by name.
        sources: the programs that define them, by file name.
    """

    objects: bytes
    sources: Mapping[str, str]


def run(carried: Carried, function: Callable[..., T], *args: Any) -> T:
    """Runs a task in a process that knows the objects.

    Args:
        carried: the objects.
        function: the task.
        args: its arguments.

    Raises:
        TargetError: if the objects cannot be loaded.
    """
    module = sys.modules.get(MODULE)
    if module is None or vars(module).get("__carried__") is not carried.objects:
        _load(carried)
    return function(*args)


def _load(carried: Carried) -> None:
    for name, text in carried.sources.items():
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    module = ModuleType(MODULE)
    module.__spec__ = ModuleSpec(MODULE, None)
    try:
        objects: dict[str, Any] = pickle.loads(carried.objects)  # noqa: S301  # the process that starts this one wrote it
    except Exception as error:
        raise TargetError(f"the function cannot be loaded in a worker process: {told(error)}") from error
    vars(module).update(objects, __carried__=carried.objects)
    sys.modules[MODULE] = module


class Carrying:
    """Worker processes whose tasks know some objects.

    Args:
        workers: the processes.
        carried: the objects.
    """

    def __init__(self, workers: Workers, carried: Carried) -> None:
        self._workers = workers
        self._carried = carried

    def __enter__(self) -> Self:
        self._workers.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /) -> None:
        self._workers.__exit__(kind, error, trace)

    def submit(self, timeout: float, function: Callable[..., T], *args: Any, folder: bool = False) -> "Future[T]":
        """Submits a task, see `Workers.submit`."""
        return self._workers.submit(timeout, run, self._carried, function, *args, folder=folder)
