"""Worker tasks that look for corrections of refuted formulas."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qedoc.claims.limits import Limits
from qedoc.engine import environment, worker
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.messages import reported
from qedoc.engine.pool import Pool, settled
from qedoc.results.verdict import ClaimResult

if TYPE_CHECKING:
    from qedoc.errors import QedocError
    from qedoc.repair.source import Replacement
    from qedoc.results.corrections import Correction

GRACE = 15.0
"""Seconds that a worker has beyond the limit of a search: the last proof may overrun, and the docstring is read first."""


@reported
def corrections(claim: str, seconds: float, wrong: Mapping[str, Any] | None = None) -> "tuple[Correction, ...]":
    """Returns the corrections of a refuted formula of a docstring, the best first.

    Args:
        claim: the id of the claim.
        seconds: time limit of the search.
        wrong: the counterexample, by parameter, if the search is to begin with a condition that excludes it.
    """
    from qedoc.bind.claims import claims
    from qedoc.bind.records import Bound
    from qedoc.repair.domains import narrowed
    from qedoc.repair.own import own_formula
    from qedoc.repair.search import Repair
    from qedoc.sources.docstrings import documented

    name = claim.partition("#")[0]
    for record in documented(name):
        if name not in (record.name, *record.aliases, *record.copies):
            continue
        for found in claims(record):
            if isinstance(found, Bound) and found.spec.id == claim:
                if wrong is not None and (narrow := narrowed(record, found, wrong, seconds)) is not None:
                    return (narrow,)
                made = tuple(Repair(record, found, seconds).corrections())
                own = None if made else own_formula(record, found, GRACE)
                return made or ((own,) if own is not None else ())
    return ()


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
    environment.remarks()
    with Pool(jobs, worker.warm_up) as pool:
        dispatcher = Dispatcher(pool=pool, limits=Limits(timeout=seconds + GRACE))
        waiting = [(claim, dispatcher.submit(corrections, claim.id, seconds, _wrong(claim) if domain else None)) for claim in refuted]
        found: list[tuple[ClaimResult, Correction | None]] = []
        for claim, future in waiting:
            reply = settled(future)
            made = () if dispatcher.unanswered(reply) is not None else dispatcher.accept(reply, f"correcting {claim.id}", claim.location)
            found.append((claim, made[0] if made else None))
    return found, dispatcher.distinct()


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
    environment.remarks()
    with Pool(jobs, worker.warm_up) as pool:
        dispatcher = Dispatcher(pool=pool, limits=Limits(timeout=seconds + GRACE))
        waiting = [(one, dispatcher.submit(spec_correction, one.location.path, one.location.line, one.id, seconds)) for one in refuted]
        found: list[tuple[ClaimResult, tuple[Correction, Replacement] | None]] = []
        for claim, future in waiting:
            reply = settled(future)
            made = None if dispatcher.unanswered(reply) is not None else dispatcher.accept(reply, f"correcting {claim.id}", claim.location)
            found.append((claim, made))
    return found, dispatcher.distinct()


def _wrong(claim: ClaimResult) -> Mapping[str, Any] | None:
    """The counterexample of a claim, by parameter."""
    found = claim.decisive.counterexample
    return None if found is None else dict(found.inputs)
