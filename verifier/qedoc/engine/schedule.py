"""Checks many claims in parallel: each case is one task, and the cases of a claim are combined to one result."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from qedoc.claims.limits import Limits
from qedoc.claims.request import Request
from qedoc.engine import check_tasks, environment, worker
from qedoc.engine.collect import Collector
from qedoc.engine.definitions import judged_with
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.history import Drawn, History
from qedoc.engine.messages import Claim, Failure, case_id, plain
from qedoc.engine.pool import Died, Overrun, Pool, Workers, settled
from qedoc.engine.repairs import improve
from qedoc.errors import Location, QedocError
from qedoc.results.agreement import agreeing
from qedoc.results.corrections import may_be_corrected
from qedoc.results.curve import Curve, View
from qedoc.results.outcome import Checked, Collected, Event, Outcome, Repaired, Repairing, nothing
from qedoc.results.verdict import CaseResult, ClaimResult, Formula, Verdict
from qedoc.sources.specfiles import SpecFile

T = TypeVar("T")

SHOWN_SIZE = 3
"""The number of the case that is drawn, if there are so many: a plot of many entries has too many phases."""


def verify(
    files: Sequence[SpecFile],
    *,
    wanted: Sequence[str] = (),
    limits: Limits,
    jobs: int,
    curves: View | None = None,
    notify: Callable[[Event], None] = lambda event: None,
    history: History | None = None,
    pool: Workers | None = None,
    docstrings: Sequence[str] = (),
    pictures: bool = False,
) -> Outcome:
    """Checks the claims of spec files in worker processes. Ctrl-C stops the run and keeps the finished claims.

    Args:
        files: the spec files.
        wanted: targets or claim ids to check; empty for all claims.
        limits: the limits of each case.
        jobs: the number of worker processes.
        curves: what plots show, if plot data is to be computed for each claim; None if not.
        notify: called with each finished case immediately, and with each finished claim in the order of the spec files.
        history: provides earlier results and records new ones.
        pool: runs the tasks and stays open after the run; by default, the run starts its own worker processes.
        docstrings: packages, modules and objects whose docstrings are checked too.
        pictures: whether to keep plot data of the claims that have any, in a run without `history`.
    """

    def collect(sources: Collector) -> list[Claim]:
        written = sources.collect(files)
        return sources.select([*written, *sources.beside(docstrings, written)], wanted, alone=curves is not None)

    history = history or (Drawn() if pictures else History())
    return _outcome(collect, limits=limits, jobs=jobs, curves=curves, notify=notify, history=history, pool=pool)


def audit(
    names: Sequence[str],
    *,
    limits: Limits,
    jobs: int,
    curves: View | None = None,
    notify: Callable[[Event], None] = lambda event: None,
    pool: Workers | None = None,
    interpret: int = 0,
    pictures: bool = False,
    history: History | None = None,
    within: str = "",
) -> Outcome:
    """Checks the formulas in the docstrings of packages, modules and objects. Ctrl-C stops the run and keeps the finished claims.

    Args:
        names: dotted paths or claim ids.
        limits: the limits of each case.
        jobs: the number of worker processes.
        curves: what plots show, if plot data is to be computed for each claim; None if not.
        notify: called with each finished case immediately, and with each finished claim in the order of the docstrings.
        pool: as in `verify`.
        interpret: the number of the interpretation to check, from 1; 0 for all.
        pictures: whether to keep plot data of the claims that have any.
        history: provides earlier results and records new ones.
        within: the file whose formulas are checked; empty for all. Modules inside the named ones are then not imported.
    """

    def collect(sources: Collector) -> list[Claim]:
        return [replace(claim, interpret=interpret) for claim in sources.asked(names, within)]

    history = history or (Drawn() if pictures else History())
    found = _outcome(collect, limits=limits, jobs=jobs, curves=curves, notify=notify, history=history, pool=pool)
    return replace(found, audited=tuple(names), limits=limits)


def given(
    request: Request,
    *,
    limits: Limits,
    jobs: int,
    curves: View | None = None,
    notify: Callable[[Event], None] = lambda event: None,
    pool: Workers | None = None,
    interpret: int = 0,
    pictures: bool = False,
) -> Outcome:
    """Checks a formula from the command line.

    Args:
        request: the formula, and what the user says about it.
        limits: the limits of each case.
        jobs: the number of worker processes.
        curves: what plots show, if plot data is to be computed for each claim; None if not.
        notify: called with each finished case immediately.
        pool: as in `verify`.
        interpret: the number of the interpretation to check, from 1; 0 for all.
        pictures: whether to keep plot data of the claims that have any.
    """

    def collect(sources: Collector) -> list[Claim]:
        return [replace(claim, interpret=interpret) for claim in sources.given(request)]

    limits = replace(limits, repair=0)  # the formula is in no docstring
    history = Drawn() if pictures else History()
    found = _outcome(collect, limits=limits, jobs=1, curves=curves, notify=notify, history=history, pool=pool)  # one claim, one import
    return replace(found, command=request.command({}, {}))


def _outcome(
    collect: Callable[[Collector], list[Claim]],
    *,
    limits: Limits,
    jobs: int,
    curves: View | None,
    notify: Callable[[Event], None],
    history: History,
    pool: Workers | None = None,
) -> Outcome:
    started = time.monotonic()
    stopped = 0
    try:
        remarks = environment.remarks()
    except QedocError as error:
        return Outcome(claims=(), errors=(error,))
    with nullcontext(pool) if pool else Pool(jobs, worker.warm_up) as workers:
        dispatcher = Dispatcher(pool=workers, limits=limits)
        run = _Run(dispatcher=dispatcher, notify=notify, history=history)
        try:
            run.work(collect, curves=curves)
            if not (run.pending or dispatcher.errors):
                dispatcher.errors.append(nothing(dispatcher.unread))
        except KeyboardInterrupt as interrupt:
            stopped = int(interrupt.args[0]) if interrupt.args else signal.SIGINT
        except QedocError as error:
            dispatcher.errors.append(error)
    return Outcome(
        claims=tuple(run.results),
        errors=dispatcher.distinct(),
        curves=(*run.curves, *(history.curves if isinstance(history, Drawn) else ())),
        planned=len(run.pending),
        seconds=time.monotonic() - started,
        stopped=stopped,
        unread=tuple(dispatcher.unread),
        remarks=(*remarks, *run.remarks),
    )


def collect(
    files: Sequence[SpecFile], docstrings: Sequence[str], limits: Limits, pool: Workers
) -> tuple[list[Claim], tuple[QedocError, ...]]:
    """Collects the claims of spec files and docstrings, and the errors in them, without checking the claims.

    Args:
        files: the spec files.
        docstrings: packages, modules and objects.
        limits: contains the time limit.
        pool: runs the tasks.
    """
    sources = Collector(dispatcher=Dispatcher(pool=pool, limits=limits))
    written = sources.collect(files)
    return [*written, *sources.beside(docstrings, written)], sources.dispatcher.distinct()


def lift(
    target: str,
    files: Sequence[SpecFile],
    limits: Limits,
    letters: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    pool: Workers | None = None,
) -> tuple[list[tuple[str, Formula]], tuple[QedocError, ...]]:
    """Returns the formulas that the code of a target computes.

    There is one formula for each spec of the target. If the target has no spec, there is one formula in its own parameters, or in the
    symbols of its docstring.

    Args:
        target: dotted path of a function, or the id of a claim.
        files: spec files that may contain specs of the target.
        limits: contains the time limit.
        letters: the letter of a parameter of an optimizer, by parameter. Specs are then ignored.
        settings: values of parameters of an optimizer. Specs are then ignored.
        pool: as in `verify`.

    Returns:
        Pairs of a claim's id (or the target) and its formula, and the errors.

    Raises:
        QedocError: if qedoc does not support the installed version of JAX.
    """
    environment.remarks()
    with nullcontext(pool) if pool else Pool(1, worker.warm_up) as workers:
        dispatcher = Dispatcher(pool=workers, limits=limits)
        files = () if letters or settings else files
        claims = [claim for claim in Collector(dispatcher=dispatcher).collect(files) if target in (claim.id, claim.target)]
        found = [_lifted(dispatcher, claim.id, claim.location, claim.target, claim) for claim in claims] or [
            _lifted(dispatcher, target, None, target, None, letters, settings)
        ]
    return [formula for made in found for formula in made or ()], dispatcher.distinct()


def _lifted(dispatcher: Dispatcher, name: str, location: Location | None, *task: Any) -> list[tuple[str, Formula]] | None:
    """Runs a task that lifts code."""
    return dispatcher.accept(settled(dispatcher.submit(check_tasks.lifted, *task)), f"lifting {name}", location)


@dataclass(slots=True, kw_only=True)
class _Pending:
    """A claim in progress: its description, the finished cases and the number of open tasks."""

    claim: Claim
    open: int
    description: ClaimResult | None = None
    cases: dict[int, CaseResult] = field(default_factory=dict)
    known: ClaimResult | None = None

    def result(self) -> ClaimResult | None:
        if self.known is not None:
            return self.known
        if self.description is None or len(self.cases) < len(self.claim.sizes):
            return None
        return replace(self.description, cases=agreeing([case for _, case in sorted(self.cases.items())]))


@dataclass(slots=True, kw_only=True)
class _Run:
    dispatcher: Dispatcher
    notify: Callable[[Event], None]
    history: History
    remarks: list[str] = field(default_factory=list)
    pending: list[_Pending] = field(default_factory=list)
    results: list[ClaimResult] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def work(self, collect: Callable[[Collector], list[Claim]], *, curves: View | None) -> None:
        """Collects and checks claims, computes plot data if requested, and then looks for corrections. Always notifies the history."""
        try:
            self.check(collect(Collector(dispatcher=self.dispatcher, history=self.history)))
            if curves is not None:
                self.draw(curves)
            self.correct()
        finally:
            self.history.ended()

    def check(self, claims: list[Claim]) -> None:
        """Checks the cases of all claims, and releases finished claims in order."""
        self.pending = [
            _Pending(claim=claim, open=1 + len(claim.sizes), known=claim.answer or self.history.known(claim)) for claim in claims
        ]
        fresh = [pending for pending in self.pending if pending.known is None]
        self.notify(Collected(claims=len(claims), cases=sum(len(pending.claim.sizes) for pending in fresh)))
        tasks: dict[Future[ClaimResult | CaseResult | Failure], tuple[_Pending, int | None]] = {}
        for pending in fresh:
            claim = pending.claim
            tasks[self.dispatcher.submit(check_tasks.describe, claim)] = pending, None
            for number, sizes in enumerate(claim.sizes):
                tasks[self.dispatcher.submit(check_tasks.check_case, claim, sizes, self.dispatcher.limits, folder=True)] = pending, number
        waiting = list(self.pending)
        self._release(waiting)
        drawings = [
            (pending, self._drawing(pending)) for pending in self.pending if pending.known is not None and self._wants_curve(pending)
        ]
        for future in as_completed(tasks):
            reply = settled(future)
            pending, case = tasks[future]
            self._file(reply, pending, case)
            if not pending.open and (result := pending.result()):
                self.history.finished(pending.claim, result)
                if self._wants_curve(pending):
                    drawings.append((pending, self._drawing(pending)))
            self._release(waiting)
        for pending, drawing in drawings:
            curve = settled(drawing)
            self.history.drawn(pending.claim, curve if isinstance(curve, Curve) else None)

    def _wants_curve(self, pending: _Pending) -> bool:
        return pending.claim.answer is None and self.history.wants_curve(pending.claim)

    def _release(self, waiting: list[_Pending]) -> None:
        """Reports the finished claims at the head of the queue. A definition waits for the claims that it is put into."""
        while waiting and all(one.known is not None or not one.open for one in (waiting[0], *self._users(waiting[0]))):
            pending = waiting.pop(0)
            if users := [result for user in self._users(pending) if (result := user.result())]:
                self._join(pending, users)
            if result := pending.result():
                self.results.append(result)
                self.notify(result)

    def _users(self, pending: _Pending) -> list[_Pending]:
        """The claims of this run that a definition is put into."""
        return [other for other in self.pending if other.claim.id in pending.claim.part_of] if pending.claim.part_of else []

    def _join(self, pending: _Pending, users: list[ClaimResult]) -> None:
        """Judges a definition together with the claims that it is put into."""
        assert pending.known is not None  # a definition has an answer
        found = judged_with(pending.known, users)
        if found is not pending.known:
            self.history.finished(pending.claim, found)
        pending.known = found

    def _file(self, reply: ClaimResult | CaseResult | Failure | Overrun | Died, pending: _Pending, number: int | None) -> None:
        """Stores the reply of a task. A case without a result is undecided."""
        pending.open -= 1
        name = pending.claim.id if number is None else case_id(pending.claim, pending.claim.sizes[number])
        if unanswered := self.dispatcher.unanswered(reply):
            if unanswered.ends or unanswered.trace:
                self.dispatcher.refuse(replace(unanswered, location=None), name, pending.claim.location)
            reply = plain(pending.claim) if number is None else self._undecided(name, reply, unanswered)
        accepted = self.dispatcher.accept(reply, name, pending.claim.location)
        if isinstance(accepted, ClaimResult):
            pending.description = replace(accepted, id=pending.claim.id, seed=self.dispatcher.limits.seed)
        elif isinstance(accepted, CaseResult) and number is not None:
            pending.cases[number] = accepted
            self.notify(Checked(id=name, verdict=accepted.verdict))

    def _undecided(self, name: str, reply: object, unanswered: Failure) -> CaseResult:
        stage, known = check_tasks.left_behind(reply.left) if isinstance(reply, Overrun | Died) else ("", None)
        reason = unanswered.message + (f" ({stage})" if stage else "")
        seconds = self.dispatcher.limits.timeout if isinstance(reply, Overrun) else 0.0
        if known is not None:
            return replace(known, reason=f"{known.reason}; {reason}", seconds=seconds)
        cause = "time" if isinstance(reply, Overrun) else ""
        return CaseResult(id=name, verdict=Verdict.UNDECIDED, reason=reason, seconds=seconds, cause=cause)

    def draw(self, view: View) -> None:
        """Computes the plot data of each finished claim, for its refuted case or, if none is refuted, for one of small sizes."""
        for pending in self.pending:
            if (result := pending.result()) is None:
                continue
            reply = settled(self._drawing(pending, view))
            if curve := self.dispatcher.accept(reply, f"drawing {result.id}", pending.claim.location):
                self.curves.append(curve)

    def correct(self) -> None:
        """Looks for corrections of refuted formulas in docstrings. All claims have a verdict by then, and keep it."""
        limit = self.dispatcher.limits.repair
        documented = {pending.claim.id: pending.claim for pending in self.pending if pending.claim.spec and not pending.claim.interpret}
        refuted = {one.id: k for k, one in enumerate(self.results) if one.id in documented and may_be_corrected(one, limit)}

        def use(result: ClaimResult) -> None:
            self.results[refuted[result.id]] = result
            self.history.repaired(documented[result.id], result)
            self.notify(Repaired(id=result.id))

        if refuted:
            self.notify(Repairing(claims=len(refuted)))
            self.remarks += improve(self.dispatcher, [self.results[k] for k in refuted.values()], limit, use)

    def _drawing(self, pending: _Pending, view: View | None = None) -> "Future[Curve | Failure]":
        """Submits the task that computes the plot data of a claim."""
        cases = dict(enumerate(pending.known.cases)) if pending.known else pending.cases
        refuted = [number for number, case in sorted(cases.items()) if case.counterexample]
        number = refuted[0] if refuted else min(SHOWN_SIZE, len(pending.claim.sizes) - 1)
        found = cases.get(number)
        at = found.counterexample.inputs if found and found.counterexample else None
        return self.dispatcher.submit(check_tasks.curve, pending.claim, pending.claim.sizes[number], at, view)
