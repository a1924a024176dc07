"""The claims in the docstrings of one name, read in a worker process that may end before it is through."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qedoc.engine import collect_tasks
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.messages import Failure, Survey
from qedoc.engine.pool import Died, Overrun, settled
from qedoc.errors import QedocError

if TYPE_CHECKING:
    from concurrent.futures import Future

LONGEST = 600.0
"""Seconds for what one process reads; the next one goes on from there."""

MOST_LOST = 20
"""Processes that may end over the modules and objects of one name."""


@dataclass(slots=True, kw_only=True)
class DocstringReader:
    """The reading of the docstrings of a package, a module or an object.

    Where a process ends (the code calls `os._exit`, crashes, or runs for too long), the step that ended it is left out and named, and
    another process reads the rest.

    Args:
        dispatcher: where the reading is done.
        name: the dotted path.
    """

    dispatcher: Dispatcher
    name: str
    _left_out: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _done: dict[str, Survey] = field(default_factory=dict)
    _task: "Future[Survey | Failure]" = field(init=False)

    def __post_init__(self) -> None:
        self._begin()

    @property
    def _seconds(self) -> float:
        return self.dispatcher.limits.timeout

    def _begin(self) -> None:
        arguments = (self.name, self._seconds, dict(self._left_out), frozenset(self._done))
        self._task = self.dispatcher.submit(collect_tasks.survey, *arguments, timeout=LONGEST, folder=True)

    def result(self) -> Survey | None:
        """What was read; None if the name cannot be read, which is an error of the dispatcher."""
        while isinstance(reply := settled(self._task), Died | Overrun):
            if problem := self._lost(reply):
                self.dispatcher.errors.append(QedocError(problem))
                return self._with_done(Survey(claims=(), looked=len(self._done))) if self._done else None
            self._begin()
        survey = self.dispatcher.accept(reply, f"reading the docstrings of {self.name}", None)
        return None if survey is None else self._with_done(survey)

    def _with_done(self, survey: Survey) -> Survey:
        """What the last process found, with what the ones before it did."""
        parts = (*self._done.values(), survey)
        return replace(
            survey,
            claims=tuple(claim for part in parts for claim in part.claims),
            unread=tuple(unread for part in parts for unread in part.unread),
            failures=tuple(failure for part in parts for failure in part.failures),
        )

    def _lost(self, reply: Died | Overrun) -> str:
        """Takes over what a process left, and leaves out what it ended over; says why no other process is to go on."""
        left = collect_tasks.left_over(reply.left)
        self._done |= left.done
        if isinstance(reply, Overrun) and left.done:
            return ""  # long, not stuck: the step has a bound of its own
        step, _, name = left.doing.partition(" ")
        ends = isinstance(reply, Died) and reply.by_itself and not left.expired
        reason = str(reply) if isinstance(reply, Died) and not left.expired else collect_tasks.slow(step, self._seconds)
        if ends and isinstance(reply, Died):
            reason = f"the code ends the process (exit code {reply.code})"
        if not name or step == collect_tasks.NAMING:
            return f"{self.name} cannot be imported: {reason}"
        if left.doing in self._left_out or len(self._left_out) >= MOST_LOST:
            return f"{self.name} is not read further: {name}: {reason}"
        self._left_out[left.doing] = reason, ends
        return ""
