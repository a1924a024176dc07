"""Submits tasks to worker processes, and turns replies without a result into errors."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from qedoc.claims.limits import Limits
from qedoc.engine.messages import Failure
from qedoc.engine.pool import Died, Overrun, Workers
from qedoc.errors import Location, QedocError
from qedoc.results.outcome import Unread

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Dispatcher:
    """Submits the tasks of a run and collects its errors.

    Attributes:
        pool: the worker processes.
        limits: the limits of each task.
        errors: the errors, in the order in which they occurred.
        unread: modules and names that were not read, without an error.
    """

    pool: Workers
    limits: Limits
    errors: list[QedocError] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    _traces: list[str] = field(default_factory=list)

    def submit(self, function: Callable[..., T], *args: object, timeout: float | None = None, folder: bool = False) -> Future[T]:
        """Submits a task.

        Args:
            function: a function of `check_tasks` or `collect_tasks`.
            args: its arguments.
            timeout: time limit in seconds; by default, that of the limits.
            folder: whether to pass a folder as the last argument, in which the task can leave partial results.
        """
        return self.pool.submit(timeout or self.limits.timeout, function, *args, folder=folder)

    def unanswered(self, reply: object, doing: str = "") -> Failure | None:
        """Returns why a claim has no result, if the reason is not a mistake in the claim; otherwise None.

        The possible reasons: the code takes too long, the code ends its process, or qedoc has a bug.

        Args:
            reply: the reply of the task.
            doing: what the task was doing.
        """
        match reply:
            case Overrun():
                return Failure(message=f"the time limit of {self.limits.timeout:g} s was reached" + (f" ({doing})" if doing else ""))
            case Died():
                ended = f"the code ends the process (exit code {reply.code})"
                return Failure(message=ended if reply.by_itself else str(reply), ends=reply.by_itself)
            case Failure() if reply.ends or reply.undecided or reply.trace:
                return reply
        return None

    def accept(self, reply: T | Failure | Overrun | Died, doing: str, location: Location | None) -> T | None:
        """Returns the reply if it is a result. Otherwise adds an error and returns None."""
        match reply:
            case Failure():
                self.refuse(reply, doing, location)
            case Overrun():
                seconds = f"{self.limits.timeout:g} s"
                self.errors.append(QedocError(f"{doing}: no result within {seconds}; increase the limit with --timeout", location))
            case Died():
                self.errors.append(QedocError(f"{doing}: {reply}", location))
            case _:
                return reply
        return None

    def refuse(self, failure: Failure, doing: str, location: Location | None) -> None:
        """Adds an error for a failure.

        Args:
            failure: the failure of the task.
            doing: what the task was doing.
            location: the location of the claim.
        """
        if failure.ends or failure.undecided:
            self.errors.append(QedocError(f"{doing}: {failure.message}", failure.location or location))
        elif not failure.trace:
            self.errors.append(QedocError(failure.message, failure.location or location))
        elif failure.trace not in self._traces:  # one bug can affect many cases; report it once
            self._traces.append(failure.trace)
            report = f"This is a bug in qedoc. Please report it with this traceback:\n{failure.trace}"
            self.errors.append(QedocError(f"{doing}: {failure.message}\n{report}", location))

    def leave_out(self, unread: Unread) -> None:
        """Records a module or name that was not read. If its code ended the process, adds an error instead."""
        if unread.ends:
            self.errors.append(QedocError(unread.reason, unread.location))
        elif unread not in self.unread:
            self.unread.append(unread)

    def distinct(self) -> tuple[QedocError, ...]:
        """Returns the errors without duplicates: first those without a location, then by file and line."""
        distinct = {str(error): error for error in self.errors}.values()
        return tuple(sorted(distinct, key=lambda error: (error.location.path, error.location.line) if error.location else ("", 0)))
