"""Tasks go out to worker processes, replies come in; a reply that is no answer is an error."""

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
    """The worker processes of a run, and what went wrong in them.

    Attributes:
        pool: the worker processes.
        limits: the bounds of each task.
        errors: what went wrong, in the order in which it was met.
        unread: what was not read, beside these errors.
    """

    pool: Workers
    limits: Limits
    errors: list[QedocError] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    _traces: list[str] = field(default_factory=list)

    def submit(self, function: Callable[..., T], *args: object, timeout: float | None = None, folder: bool = False) -> Future[T]:
        """A task on its way.

        Args:
            function: of `worker`.
            args: its arguments.
            timeout: in seconds; that of the limits if none is given.
            folder: whether its last argument is to be a folder, for what it leaves behind.
        """
        return self.pool.submit(timeout or self.limits.timeout, function, *args, folder=folder)

    def unanswered(self, reply: object, doing: str = "") -> Failure | None:
        """Why a claim has no result, where nothing is wrong with how it is written; else None.

        The code in hand may take too long or end its process, and qedoc may have a mistake.

        Args:
            reply: what came back.
            doing: what took too long.
        """
        match reply:
            case Overrun():
                return Failure(message=f"time limit of {self.limits.timeout:g} s ran out" + (f" ({doing})" if doing else ""))
            case Died():
                ended = f"the code ends the process (exit code {reply.code})"
                return Failure(message=ended if reply.by_itself else str(reply), ends=reply.by_itself)
            case Failure() if reply.ends or reply.undecided or reply.trace:
                return reply
        return None

    def accept(self, reply: T | Failure | Overrun | Died, doing: str, location: Location | None) -> T | None:
        """The reply if it is one; anything else becomes an error."""
        match reply:
            case Failure():
                self.refuse(reply, doing, location)
            case Overrun():
                seconds = f"{self.limits.timeout:g} s"
                self.errors.append(QedocError(f"{doing}: no answer within {seconds}; give it more with --timeout", location))
            case Died():
                self.errors.append(QedocError(f"{doing}: {reply}", location))
            case _:
                return reply
        return None

    def refuse(self, failure: Failure, doing: str, location: Location | None) -> None:
        """Makes an error of a failure.

        Args:
            failure: what a worker says.
            doing: what it was to do.
            location: where the claim stands.
        """
        if failure.ends or failure.undecided:
            self.errors.append(QedocError(f"{doing}: {failure.message}", failure.location or location))
        elif not failure.trace:
            self.errors.append(QedocError(failure.message, failure.location or location))
        elif failure.trace not in self._traces:  # one mistake in qedoc can meet many cases
            self._traces.append(failure.trace)
            report = f"This is a mistake in qedoc; please report it with these lines:\n{failure.trace}"
            self.errors.append(QedocError(f"{doing}: {failure.message}\n{report}", location))

    def leave_out(self, unread: Unread) -> None:
        """Notes what was not read; code that ends the process is an error."""
        if unread.ends:
            self.errors.append(QedocError(unread.reason, unread.location))
        elif unread not in self.unread:
            self.unread.append(unread)

    def distinct(self) -> tuple[QedocError, ...]:
        """Each error once: those without a place first, then by file and line."""
        distinct = {str(error): error for error in self.errors}.values()
        return tuple(sorted(distinct, key=lambda error: (error.location.path, error.location.line) if error.location else ("", 0)))
