"""Reads the docstrings of one name in worker processes, and continues in a new process if the code kills one."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from qedoc.engine import collect_tasks, visits
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.messages import Failure, Survey
from qedoc.engine.pool import Died, Overrun, settled
from qedoc.errors import QedocError
from qedoc.sources.pages import is_pages

if TYPE_CHECKING:
    from concurrent.futures import Future

LONGEST = 600.0
"""Time limit in seconds for one process. The next process continues from there."""

MOST_LOST = 20
"""Maximum number of processes that may be lost while reading one name."""


@dataclass(slots=True, kw_only=True)
class DocstringReader:
    """Reads the docstrings of a package, module or object.

    If the code ends the process (it calls `os._exit`, crashes, or takes too long), that step is skipped and reported, and another process
    reads the rest.

    Args:
        dispatcher: runs the tasks.
        name: the dotted path.
        within: the file whose formulas are read; empty for all.
    """

    dispatcher: Dispatcher
    name: str
    within: str = ""
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
        survey = collect_tasks.survey_pages if is_pages(self.name) else partial(collect_tasks.survey, within=self.within)
        self._task = self.dispatcher.submit(survey, *arguments, timeout=LONGEST, folder=True)

    def result(self) -> Survey | None:
        """Returns what was read. If the name cannot be read, adds an error to the dispatcher and returns None."""
        while isinstance(reply := settled(self._task), Died | Overrun):
            if problem := self._lost(reply):
                self.dispatcher.errors.append(QedocError(problem))
                return self._with_done(Survey(claims=(), looked=len(self._done))) if self._done else None
            self._begin()
        survey = self.dispatcher.accept(reply, f"reading the docstrings of {self.name}", None)
        return None if survey is None else self._with_done(survey)

    def _with_done(self, survey: Survey) -> Survey:
        """Combines the survey of the last process with those of earlier processes."""
        parts = (*self._done.values(), survey)
        return replace(
            survey,
            claims=tuple(claim for part in parts for claim in part.claims),
            unread=tuple(unread for part in parts for unread in part.unread),
            failures=tuple(failure for part in parts for failure in part.failures),
        )

    def _lost(self, reply: Died | Overrun) -> str:
        """Keeps the results of a lost process, and marks its last step to be skipped.

        Returns:
            The reason why reading cannot continue, or an empty string if another process should continue.
        """
        left = visits.left_over(reply.left)
        self._done |= left.done
        if isinstance(reply, Overrun) and left.done:
            return ""  # many objects, but no step exceeded its own time limit
        step, _, name = left.doing.partition(" ")
        ends = isinstance(reply, Died) and reply.by_itself and not left.expired
        reason = str(reply) if isinstance(reply, Died) and not left.expired else visits.slow(step, self._seconds)
        if ends and isinstance(reply, Died):
            reason = f"the code ends the process (exit code {reply.code})"
        if not name or step == visits.NAMING:
            return f"{self.name} cannot be imported: {reason}"
        if left.doing in self._left_out or len(self._left_out) >= MOST_LOST:
            return f"reading {self.name} stopped at {name}: {reason}"
        self._left_out[left.doing] = reason, ends
        return ""
