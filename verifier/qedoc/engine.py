"""Many claims, checked side by side: each case is a task of a worker process, each claim one result."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from qedoc import worker
from qedoc.curve import Curve
from qedoc.errors import Location, QedocError
from qedoc.limits import Limits
from qedoc.outcome import Checked, Collected, Event, Outcome
from qedoc.pool import Died, Overrun, Pool, settled
from qedoc.sources.specfiles import SpecFile, duplicates
from qedoc.verdict import CaseResult, ClaimResult, Formula, Verdict
from qedoc.worker import Claim, Failure, case_id

T = TypeVar("T")

LONGEST_SURVEY = 600.0
"""Seconds for reading all docstrings of a library."""


class Memory:
    """What a run knows of earlier ones: nothing, unless a subclass remembers."""

    def known(self, claim: Claim) -> ClaimResult | None:
        """The result of an earlier run, if it still stands; such a claim is not checked."""
        return None

    def collected(self, claims: Sequence[Claim]) -> None:
        """Hears of the claims of all files that could be run."""

    def surveyed(self, name: str, claims: Sequence[Claim]) -> None:
        """Hears of the claims in the docstrings of a package that could be read."""

    def finished(self, claim: Claim, result: ClaimResult) -> None:
        """Hears of a claim that was checked, before any other is waited for."""

    def wants_curve(self, claim: Claim) -> bool:
        """Whether a claim that has a result is to be drawn."""
        return False

    def drawn(self, claim: Claim, curve: Curve | None) -> None:
        """Hears of a picture's numbers, where `wants_curve` asks for them; of None for a claim that cannot be drawn."""


def verify(
    files: Sequence[SpecFile],
    *,
    wanted: Sequence[str] = (),
    limits: Limits,
    jobs: int,
    curves: bool = False,
    notify: Callable[[Event], None] = lambda event: None,
    memory: Memory | None = None,
    pool: Pool | None = None,
    docstrings: Sequence[str] = (),
) -> Outcome:
    """Checks the claims of spec files in worker processes; Ctrl-C ends it early and keeps the finished claims.

    Args:
        files: the spec files.
        wanted: targets or claim ids to check; all claims if empty.
        limits: the bounds of each case.
        jobs: how many worker processes.
        curves: whether to compute a curve for each claim.
        notify: hears of each finished case at once, and of each finished claim in the order of the spec files.
        memory: knows what was found before, and is told of each finished claim at once.
        pool: worker processes that outlive the run; else it starts its own.
        docstrings: packages, modules and objects whose docstrings are checked too.
    """

    def collect(run: "_Run") -> list[Claim]:
        written = run.collect(files)
        return run.select([*written, *run.beside(docstrings, written)], wanted, alone=curves)

    return _outcome(collect, limits=limits, jobs=jobs, curves=curves, notify=notify, memory=memory or Memory(), pool=pool)


def audit(names: Sequence[str], *, limits: Limits, jobs: int, notify: Callable[[Event], None] = lambda event: None) -> Outcome:
    """Checks the formulas in the docstrings of packages, modules and objects; Ctrl-C ends it early and keeps the finished claims.

    Args:
        names: dotted paths.
        limits: the bounds of each case.
        jobs: how many worker processes.
        notify: hears of each finished case at once, and of each finished claim in the order of the docstrings.
    """
    found = _outcome(lambda run: run.survey(names), limits=limits, jobs=jobs, curves=False, notify=notify, memory=Memory())
    return replace(found, audited=tuple(names))


def given(
    target: str,
    latex: str,
    *,
    bind: Mapping[str, str],
    where: Sequence[str],
    limits: Limits,
    jobs: int,
    curves: bool = False,
    notify: Callable[[Event], None] = lambda event: None,
) -> Outcome:
    """Checks a formula that is given for a function.

    Args:
        target: dotted path of the function.
        latex: the formula.
        bind: the parameter of each symbol, by the symbol's LaTeX.
        where: relations that hold besides what the function's docstring says.
        limits: the bounds of each case.
        jobs: how many worker processes.
        curves: whether to compute a curve for each claim.
        notify: hears of each finished case at once.
    """

    def collect(run: "_Run") -> list[Claim]:
        return run.given(target, latex, bind, where)

    return _outcome(collect, limits=limits, jobs=jobs, curves=curves, notify=notify, memory=Memory())


def _outcome(
    collect: Callable[["_Run"], list[Claim]],
    *,
    limits: Limits,
    jobs: int,
    curves: bool,
    notify: Callable[[Event], None],
    memory: Memory,
    pool: Pool | None = None,
) -> Outcome:
    started = time.monotonic()
    stopped = 0
    with TemporaryDirectory(prefix="qedoc-") as folder, nullcontext(pool) if pool else Pool(jobs, worker.warm_up) as workers:
        run = _Run(pool=workers, limits=limits, notify=notify, folder=Path(folder), memory=memory)
        try:
            run.check(collect(run))
            if curves:
                run.draw()
        except KeyboardInterrupt as interrupt:
            stopped = int(interrupt.args[0]) if interrupt.args else signal.SIGINT
        except QedocError as error:
            run.errors.append(error)
    return Outcome(
        claims=tuple(run.results),
        errors=_once(run.errors),
        curves=tuple(run.curves),
        planned=len(run.pending),
        seconds=time.monotonic() - started,
        stopped=stopped,
    )


def collect(files: Sequence[SpecFile], docstrings: Sequence[str], limits: Limits, pool: Pool) -> tuple[list[Claim], tuple[QedocError, ...]]:
    """The claims of spec files and docstrings, and what is wrong with these; nothing is checked.

    Args:
        files: the spec files.
        docstrings: packages, modules and objects.
        limits: the time limit.
        pool: worker processes.
    """
    run = _Run(pool=pool, limits=limits, notify=lambda event: None, folder=Path())
    written = run.collect(files)
    return [*written, *run.beside(docstrings, written)], _once(run.errors)


def lift(target: str, files: Sequence[SpecFile], limits: Limits) -> tuple[list[tuple[str, Formula]], tuple[QedocError, ...]]:
    """The formulas that a target's code computes: one for each of its specs, or one in its own parameters if it has none.

    Args:
        target: dotted path of a function, or the id of a claim.
        files: where to look for specs of the target.
        limits: the time limit.

    Returns:
        Pairs of a claim's id (or the target) and its formula, and what went wrong.
    """
    with TemporaryDirectory(prefix="qedoc-") as folder, Pool(1, worker.warm_up) as pool:
        run = _Run(pool=pool, limits=limits, notify=lambda event: None, folder=Path(folder))
        claims = [claim for claim in run.collect(files) if target in (claim.id, claim.target)]
        found = [run.lift(claim.id, claim.target, claim) for claim in claims] or [run.lift(target, target, None)]
    return [formula for formula in found if formula], _once(run.errors)


@dataclass(slots=True, kw_only=True)
class _Pending:
    """A claim on its way: its description and its cases as they come in, and how many tasks are open."""

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
        return replace(self.description, cases=tuple(case for _, case in sorted(self.cases.items())))


@dataclass(slots=True, kw_only=True)
class _Run:
    pool: Pool
    limits: Limits
    notify: Callable[[Event], None]
    folder: Path
    memory: Memory = field(default_factory=Memory)
    pending: list[_Pending] = field(default_factory=list)
    results: list[ClaimResult] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    errors: list[QedocError] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)

    def collect(self, files: Sequence[SpecFile]) -> list[Claim]:
        """The claims of all files, in order; of several with one id the first."""
        replies = [(file, self._submit(worker.collect, file)) for file in files]
        claims: list[Claim] = []
        for file, future in replies:
            reply = settled(future)
            claims += self._accept(reply, "running the spec file", Location(path=file.path, line=1)) or ()
        self.errors += duplicates((claim.id, claim.location) for claim in claims)
        first: dict[str, Claim] = {}
        for claim in claims:
            first.setdefault(claim.id, claim)
        self.memory.collected(claims)
        return list(first.values())

    def survey(self, names: Sequence[str]) -> list[Claim]:
        """The claims in the docstrings of all names; what two names share comes once."""
        replies = [(name, self._submit(worker.survey, name, timeout=LONGEST_SURVEY)) for name in names]
        found: dict[tuple[Location, str], Claim] = {}
        for name, future in replies:
            reply = settled(future)
            for claim in self._accept(reply, f"reading the docstrings of {name}", None) or ():
                found.setdefault((claim.location, claim.id), claim)
        return list(found.values())

    def beside(self, names: Sequence[str], written: Sequence[Claim]) -> list[Claim]:
        """The claims in docstrings, with ids that the claims of spec files do not have."""
        taken = {claim.id for claim in written}
        found: dict[str, Claim] = {}
        for name in names:
            errors = len(self.errors)
            claims = [replace(claim, id=f"{claim.id}@docstring") if claim.id in taken else claim for claim in self.survey([name])]
            if len(self.errors) == errors:
                self.memory.surveyed(name, claims)
            for claim in claims:
                found.setdefault(claim.id, claim)
        return list(found.values())

    def given(self, target: str, latex: str, bind: Mapping[str, str], where: Sequence[str]) -> list[Claim]:
        """The claims of a formula."""
        reply = settled(self._submit(worker.given, target, latex, dict(bind), tuple(where)))
        return list(self._accept(reply, f"reading the formula for {target}", None) or ())

    def select(self, claims: list[Claim], wanted: Sequence[str], *, alone: bool) -> list[Claim]:
        """The claims that are wanted; a name that no claim has is an error, and so is a second target for one picture.

        Args:
            claims: all claims.
            wanted: targets or claim ids; all if empty.
            alone: whether they must all be of one target.
        """
        names = sorted({name for claim in claims for name in (claim.id, claim.target)})
        self.errors += [unknown(name, names) for name in wanted if name not in names]
        chosen = [claim for claim in claims if not wanted or claim.id in wanted or claim.target in wanted]
        targets = {claim.target for claim in chosen}
        if alone and len(targets) > 1:
            raise QedocError(f"a picture shows the claims of one target, found {len(targets)} targets; name one")
        return chosen

    def check(self, claims: list[Claim]) -> None:
        """Checks the claims case by case, and hands them on in order."""
        self.pending = [
            _Pending(claim=claim, open=1 + len(claim.sizes), known=claim.answer or self.memory.known(claim)) for claim in claims
        ]
        fresh = [pending for pending in self.pending if pending.known is None]
        self.notify(Collected(claims=len(claims), cases=sum(len(pending.claim.sizes) for pending in fresh)))
        tasks: dict[Future[ClaimResult | CaseResult | Failure], tuple[_Pending, int | None]] = {}
        for pending in fresh:
            claim = pending.claim
            tasks[self._submit(worker.describe, claim)] = pending, None
            for number, sizes in enumerate(claim.sizes):
                tasks[self._submit(worker.check_case, claim, sizes, self.limits, self._stage(pending, number))] = pending, number
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
                self.memory.finished(pending.claim, result)
                if self._wants_curve(pending):
                    drawings.append((pending, self._drawing(pending)))
            self._release(waiting)
        for pending, drawing in drawings:
            curve = settled(drawing)
            self.memory.drawn(pending.claim, curve if isinstance(curve, Curve) else None)

    def _wants_curve(self, pending: _Pending) -> bool:
        return pending.claim.answer is None and self.memory.wants_curve(pending.claim)

    def _release(self, waiting: list[_Pending]) -> None:
        """Hands on the claims at the head of the line that are finished."""
        while waiting and (waiting[0].known is not None or not waiting[0].open):
            if result := waiting.pop(0).result():
                self.results.append(result)
                self.notify(result)

    def _stage(self, pending: _Pending, number: int) -> Path:
        return self.folder / f"{self.pending.index(pending)}-{number}"

    def _file(self, reply: ClaimResult | CaseResult | Failure | Overrun | Died, pending: _Pending, number: int | None) -> None:
        """Puts a task's reply where it belongs; a case without an answer is undecided."""
        pending.open -= 1
        name = pending.claim.id if number is None else case_id(pending.claim, pending.claim.sizes[number])
        if number is not None and isinstance(reply, Overrun | Died):
            reply = self._undecided(name, reply, self._stage(pending, number))
        accepted = self._accept(reply, name, pending.claim.location)
        if isinstance(accepted, ClaimResult):
            pending.description = replace(accepted, id=pending.claim.id, seed=self.limits.seed)
        elif isinstance(accepted, CaseResult) and number is not None:
            pending.cases[number] = accepted
            self.notify(Checked(id=name, verdict=accepted.verdict))

    def _undecided(self, name: str, reply: Overrun | Died, stage: Path) -> CaseResult:
        limit = f"time limit of {self.limits.timeout:g} s ran out" if isinstance(reply, Overrun) else str(reply)
        doing = f" ({stage.read_text(encoding='utf-8')})" if stage.exists() else ""
        seconds = self.limits.timeout if isinstance(reply, Overrun) else 0.0
        if known := worker.kept(stage):
            return replace(known, reason=f"{known.reason}; {limit}{doing}", seconds=seconds)
        return CaseResult(id=name, verdict=Verdict.UNDECIDED, reason=limit + doing, seconds=seconds)

    def draw(self) -> None:
        """Computes the curve of each finished claim: through its counterexample if it has one, else of its last case."""
        for pending in self.pending:
            if (result := pending.result()) is None:
                continue
            reply = settled(self._drawing(pending))
            if curve := self._accept(reply, f"drawing {result.id}", pending.claim.location):
                self.curves.append(curve)

    def _drawing(self, pending: _Pending) -> "Future[Curve | Failure]":
        """The numbers of a claim's picture, on their way."""
        cases = dict(enumerate(pending.known.cases)) if pending.known else pending.cases
        refuted = [number for number, case in sorted(cases.items()) if case.counterexample]
        number = refuted[0] if refuted else len(pending.claim.sizes) - 1
        found = cases.get(number)
        at = found.counterexample.inputs if found and found.counterexample else None
        return self._submit(worker.curve, pending.claim, pending.claim.sizes[number], at)

    def lift(self, name: str, target: str, claim: Claim | None) -> tuple[str, Formula] | None:
        """The code's formula, with the name under which it is shown."""
        reply = settled(self._submit(worker.lifted, target, claim))
        formula = self._accept(reply, f"lifting {name}", claim.location if claim else None)
        return (name, formula) if formula else None

    def _submit(self, function: Callable[..., T], *args: object, timeout: float | None = None) -> Future[T]:
        return self.pool.submit(timeout or self.limits.timeout, function, *args)

    def _accept(self, reply: T | Failure | Overrun | Died, doing: str, location: Location | None) -> T | None:
        """The reply if it is one; anything else becomes an error."""
        match reply:
            case Failure():
                self._refuse(reply, doing, location)
            case Overrun():
                seconds = f"{self.limits.timeout:g} s"
                self.errors.append(QedocError(f"{doing}: no answer within {seconds}; give it more with --timeout", location))
            case Died():
                self.errors.append(QedocError(f"{doing}: {reply}", location))
            case _:
                return reply
        return None

    def _refuse(self, failure: Failure, doing: str, location: Location | None) -> None:
        if not failure.trace:
            self.errors.append(QedocError(failure.message, failure.location or location))
        elif failure.trace not in self.traces:  # one mistake in qedoc can meet many cases
            self.traces.append(failure.trace)
            report = f"This is a mistake in qedoc; please report it with these lines:\n{failure.trace}"
            self.errors.append(QedocError(f"{doing}: {failure.message}\n{report}", location))


def unknown(name: str, names: Sequence[str]) -> QedocError:
    """The error for a name that is neither a target nor a claim, with the near ones."""
    file = "" if "." in name else ", and no file or folder has this name"
    return QedocError(f"no spec has the target {name}{file}; {_near(name, names)}")


def _near(name: str, names: Sequence[str]) -> str:
    """The targets whose last part is spelled alike; else all of them."""
    if not names:
        return "no spec could be read"
    last = {known: known.rpartition(".")[2] for known in names if "#" in name or "#" not in known}
    alike = get_close_matches(name.rpartition(".")[2], set(last.values()), n=3)
    near = [known for part in alike for known in last if last[known] == part]
    return f"did you mean {' or '.join(near)}?" if near else f"the targets are {', '.join(last)}"


def _once(errors: Sequence[QedocError]) -> tuple[QedocError, ...]:
    """Each error once: those without a place first, then by file and line."""
    distinct = {str(error): error for error in errors}.values()
    return tuple(sorted(distinct, key=lambda error: (error.location.path, error.location.line) if error.location else ("", 0)))
