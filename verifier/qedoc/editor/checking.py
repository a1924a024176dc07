"""Checks the formulas of one file, with results as soon as they are there."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qedoc.claims.limits import Limits
from qedoc.config.options import Settings
from qedoc.editor.documents import Document, Kind
from qedoc.engine import check_tasks, repairs, schedule
from qedoc.engine.dispatch import Dispatcher
from qedoc.engine.pool import Pool, settled
from qedoc.engine.remembered import Memory, Remembering
from qedoc.repair.source import Replacement
from qedoc.results.outcome import Event, Outcome
from qedoc.results.verdict import ClaimResult, Correction, Formula, Verdict
from qedoc.sources.specfiles import SpecFile

if TYPE_CHECKING:
    from concurrent.futures import Future

    from qedoc.engine.messages import Failure

READING = 10.0
"""Time limit in seconds for the LaTeX of one formula as it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a file.

    Args:
        document: the file as it was checked.
        outcome: the results.
        readings: the formulas as they were read, by claim, as far as they are known.
        edits: the corrections of specs, each with the part of the file to replace, by claim.
    """

    document: Document
    outcome: Outcome
    readings: dict[str, Formula] = field(default_factory=dict)
    edits: dict[str, tuple[Correction, Replacement]] = field(default_factory=dict)


def check(document: Document, settings: Settings, memory: Memory, pool: Pool, notify: Callable[[Event], None]) -> Checked:
    """Checks the formulas of a file. Results of an earlier run are taken from the memory if nothing has changed that they rest on.

    Args:
        document: the file.
        settings: the limits.
        memory: what earlier runs found.
        pool: runs the tasks, in processes that have imported no earlier state of the code.
        notify: called with progress events.
    """
    path = str(document.path)
    if document.kind is Kind.SPEC:
        limits = settings.limits
        history = Remembering(memory, limits)
        file = SpecFile(path=path, text=document.text)
        outcome = schedule.verify([file], limits=limits, jobs=1, notify=notify, history=history, pool=pool)
        outcome = replace(outcome, limits=None)
    else:
        limits = settings.wide
        history = Remembering(memory, limits)
        within = path if document.kind is Kind.MODULE else ""
        outcome = schedule.audit([document.name], limits=limits, jobs=1, notify=notify, history=history, pool=pool, within=within)
    return Checked(document=document, outcome=outcome)


def explained(found: Checked, settings: Settings, memory: Memory, pool: Pool) -> Checked:
    """Adds the formulas as they were read, and for a spec file the corrections.

    Args:
        found: the results of a file.
        settings: the limits.
        memory: has the claims of the file.
        pool: runs the tasks.
    """
    dispatcher = Dispatcher(pool=pool, limits=replace(settings.limits, timeout=READING))
    claims = {claim.id: claim for (path, _), claim in memory.claims.items() if path == _path(found)}
    waiting: dict[str, Future[Formula | Failure]] = {
        one.id: dispatcher.submit(check_tasks.reading, claims[one.id])
        for one in found.outcome.claims
        if one.id in claims and claims[one.id].spec
    }
    readings = {id_: reply for id_, future in waiting.items() if isinstance(reply := settled(future), Formula)}
    edits = _spec_edits(found.outcome.claims, settings.limits, pool) if found.document.kind is Kind.SPEC else {}
    return replace(found, readings=readings, edits=edits)


def _path(found: Checked) -> str:
    return str(found.document.path)


def _spec_edits(claims: tuple[ClaimResult, ...], limits: Limits, pool: Pool) -> dict[str, tuple[Correction, Replacement]]:
    seconds = limits.repair
    refuted = [claim for claim in claims if claim.verdict is Verdict.REFUTED] if seconds else []
    dispatcher = Dispatcher(pool=pool, limits=replace(limits, timeout=seconds + repairs.GRACE) if seconds else limits)
    waiting = {
        claim.id: dispatcher.submit(repairs.spec_correction, claim.location.path, claim.location.line, claim.id, seconds)
        for claim in refuted
    }
    found: dict[str, tuple[Correction, Replacement]] = {}
    for id_, future in waiting.items():
        reply = settled(future)
        if isinstance(reply, tuple) and reply[0].verdict is Verdict.PROVED:
            found[id_] = reply
    return found
