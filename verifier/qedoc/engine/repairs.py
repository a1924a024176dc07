"""Worker tasks that look for corrections of refuted formulas, and the part of a run that submits them."""

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qedoc.claims.limits import Limits
from qedoc.engine import environment, worker
from qedoc.engine.collect import AT_DOCSTRING
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.messages import Failure, reported
from qedoc.engine.pool import Died, Overrun, Pool, settled, unpickled
from qedoc.errors import Location
from qedoc.results.verdict import ClaimResult, Correction

if TYPE_CHECKING:
    from qedoc.errors import QedocError
    from qedoc.repair.source import Replacement
    from qedoc.sources.docstrings import Documented

GRACE = 15.0
"""Seconds that a worker has beyond the limit of a search: the last proof may overrun, and the docstring is read first."""

_FOUND = "found"

_Made = TypeVar("_Made")


@reported
def corrections(claim: str, path: str, seconds: float, wrong: Mapping[str, Any] | None, folder: Path) -> tuple[Correction, ...]:
    """Returns the corrections of a refuted formula of a docstring or page, the best first.

    Args:
        claim: the id of the claim.
        path: the file that contains the formula.
        seconds: time limit of the search.
        wrong: the counterexample, by parameter, if the search is to begin with a condition that excludes it.
        folder: the task's folder. If this process is killed, `left_behind` reads the corrections that were found until then.
    """
    from qedoc.bind.claims import claims
    from qedoc.bind.records import Bound
    from qedoc.repair.corrected import corrected

    id_ = claim.removesuffix(AT_DOCSTRING)
    try:
        for record in _records(id_, path):
            for found in claims(record):
                if isinstance(found, Bound) and found.spec.id == id_:
                    return corrected(record, found, seconds, wrong, partial(_keep, folder))
    except (MemoryError, RecursionError):
        return ()
    finally:
        worker.tidy()
    return ()


def _records(id_: str, path: str) -> "Iterator[Documented]":
    """The docstring or the sections of a page that contain a claim."""
    from qedoc.sources.docstrings import documented, page_record
    from qedoc.sources.pages import is_pages, pages, passages

    name = id_.partition("#")[0]
    if is_pages(path):
        for page in pages(path):
            yield from (page_record(passage) for passage in passages(page) if passage.function == name)
        return
    yield from (record for record in documented(name) if name in (record.name, *record.aliases, *record.copies))


def _keep(folder: Path, found: Sequence[Correction]) -> None:
    part = folder / "part"
    part.write_bytes(pickle.dumps(tuple(found)))
    part.replace(folder / _FOUND)


def answered(reply: tuple[Correction, ...] | Failure | Overrun | Died) -> tuple[Correction, ...]:
    """Returns the corrections of a reply. If the worker was killed, returns those that it had found. A search that failed has found none.

    Args:
        reply: the reply of the task `corrections`.
    """
    match reply:
        case Overrun(left=left) | Died(left=left):
            found: tuple[Correction, ...] = unpickled(BytesIO(left[_FOUND])) if _FOUND in left else ()
            return found
        case Failure():
            return ()
    return reply


def submit(
    dispatcher: Dispatcher, id_: str, location: Location, seconds: float, wrong: Mapping[str, Any] | None = None
) -> "Future[tuple[Correction, ...] | Failure]":
    """Submits the search for corrections of a claim.

    Args:
        dispatcher: runs the task.
        id_: the id of the claim.
        location: its location.
        seconds: the time limit of the search.
        wrong: the counterexample, by parameter, if the search is to begin with a condition that excludes it.
    """
    return dispatcher.submit(corrections, id_, location.path, seconds, wrong, timeout=seconds + GRACE, folder=True)


def search(
    refuted: Sequence[ClaimResult], seconds: float, jobs: int, *, domain: bool = False
) -> "tuple[list[tuple[ClaimResult, Correction | None]], tuple[QedocError, ...]]":
    """Looks for the best correction of each refuted formula.

    Args:
        refuted: the claims.
        seconds: time limit for each of them.
        jobs: the number of worker processes.
        domain: whether to look first for a condition under which a formula holds.

    Returns:
        each claim with its correction, or None; and the errors.
    """

    def submitted(dispatcher: Dispatcher, claim: ClaimResult) -> "Future[Any]":
        return submit(dispatcher, claim.id, claim.location, seconds, _wrong(claim) if domain else None)

    def best(dispatcher: Dispatcher, claim: ClaimResult, reply: Any) -> Correction | None:
        if isinstance(reply, Failure) and not dispatcher.unanswered(reply):
            dispatcher.accept(reply, f"correcting {claim.id}", claim.location)
        return next(iter(answered(reply)), None)

    return _searched(refuted, seconds, jobs, submitted, best)


@reported
def spec_correction(path: str, line: int, claim: str, seconds: float) -> "tuple[Correction, Replacement] | None":
    """Returns a correction of the formula of a spec, with the part of the file to replace.

    Args:
        path: the spec file.
        line: the line of the spec.
        claim: the id of the claim.
        seconds: time limit of the search.
    """
    from qedoc.repair.specs import corrected_spec

    return corrected_spec(path, line, claim, seconds)


def search_specs(
    refuted: Sequence[ClaimResult], seconds: float, jobs: int
) -> "tuple[list[tuple[ClaimResult, tuple[Correction, Replacement] | None]], tuple[QedocError, ...]]":
    """Looks for a correction of each refuted formula of a spec file.

    Args:
        refuted: the claims.
        seconds: time limit for each of them.
        jobs: the number of worker processes.

    Returns:
        each claim with its correction, or None; and the errors.
    """

    def submitted(dispatcher: Dispatcher, claim: ClaimResult) -> "Future[Any]":
        return dispatcher.submit(spec_correction, claim.location.path, claim.location.line, claim.id, seconds)

    def accepted(dispatcher: Dispatcher, claim: ClaimResult, reply: Any) -> "tuple[Correction, Replacement] | None":
        lost = dispatcher.unanswered(reply) is not None
        made: tuple[Correction, Replacement] | None = None if lost else dispatcher.accept(reply, f"correcting {claim.id}", claim.location)
        return made

    return _searched(refuted, seconds, jobs, submitted, accepted)


def _searched(
    refuted: Sequence[ClaimResult],
    seconds: float,
    jobs: int,
    submitted: "Callable[[Dispatcher, ClaimResult], Future[Any]]",
    accepted: Callable[[Dispatcher, ClaimResult, Any], _Made],
) -> "tuple[list[tuple[ClaimResult, _Made]], tuple[QedocError, ...]]":
    """What workers find for each claim, and the errors."""
    environment.remarks()
    with Pool(jobs, worker.warm_up) as pool:
        dispatcher = Dispatcher(pool=pool, limits=Limits(timeout=seconds + GRACE))
        waiting = [(claim, submitted(dispatcher, claim)) for claim in refuted]
        found = [(claim, accepted(dispatcher, claim, settled(future))) for claim, future in waiting]
    return found, dispatcher.distinct()


def improve(dispatcher: Dispatcher, refuted: Sequence[ClaimResult], seconds: float, use: Callable[[ClaimResult], None]) -> Iterator[str]:
    """Looks for corrections of refuted formulas in the workers of a run. Yields a warning for each search that failed.

    Args:
        dispatcher: runs the tasks.
        refuted: the results of the claims.
        seconds: time limit for each of them.
        use: called with each result and its corrections, as soon as they are there.
    """
    waiting = {submit(dispatcher, result.id, result.location, seconds): result for result in refuted}
    for future in as_completed(waiting):
        result, reply = waiting[future], settled(future)
        if isinstance(reply, Failure):
            yield f"{result.id}: the search for corrections failed: {reply.message}"
        use(replace(result, corrections=answered(reply), repair=seconds))


def _wrong(claim: ClaimResult) -> Mapping[str, Any] | None:
    """The counterexample of a claim, by parameter."""
    found = claim.decisive.counterexample
    return None if found is None else dict(found.inputs)
