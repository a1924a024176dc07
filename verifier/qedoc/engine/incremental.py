"""Runs a check that uses valid results from the lock file and starts worker processes only for the other claims."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qedoc.claims.limits import Limits
from qedoc.config.options import Mode
from qedoc.errors import Location, QedocError
from qedoc.lock import record
from qedoc.lock.dependencies import locate
from qedoc.lock.freshness import Noted, claims_of, why_stale
from qedoc.lock.store import Lock, load
from qedoc.records import dataclass, field, replace
from qedoc.results.corrections import may_be_corrected
from qedoc.results.outcome import Event, Outcome, Stale, Unread, nothing
from qedoc.results.verdict import ClaimResult
from qedoc.sources.specfiles import SpecFile

if TYPE_CHECKING:
    from qedoc.engine.pool import Workers
    from qedoc.results.curve import View


def check_changed(  # noqa: PLR0913  # each is an option of the command
    files: Sequence[SpecFile],
    *,
    lock: Path,
    mode: Mode,
    wanted: Sequence[str] = (),
    limits: Limits,
    jobs: int,
    curves: "View | None" = None,
    notify: Callable[[Event], None] = lambda event: None,
    pool: "Workers | None" = None,
    docstrings: Sequence[str] = (),
    pictures: bool = False,
) -> Outcome:
    """Checks the claims without a valid result in the lock file, and stores the new results there.

    Args:
        files: the spec files.
        lock: the lock file.
        mode: which claims are verified, and how the lock file is used.
        wanted: targets or claim ids; empty for all claims.
        limits: the limits of each case.
        jobs: the number of worker processes.
        curves: what plots show, if plot data is to be computed for each claim; None if not. Then all claims are checked.
        notify: called with progress events.
        pool: runs the tasks and stays open after the run; by default, the run starts its own worker processes.
        docstrings: packages, modules and objects whose docstrings are checked too.
        pictures: whether to add the plot data of all claims that have any: from the lock file, if it is used.
    """
    started = time.monotonic()
    repaired = _repaired(lock) if mode in (Mode.CHANGED, Mode.ALL) else ""
    if mode in (Mode.CHANGED, Mode.LOCKED) and not curves:
        answers = _answers(files, docstrings, load(lock), lock.parent, limits)
        chosen = answers.select(wanted)
        if mode is Mode.LOCKED or not (answers.unknown or chosen.stale or chosen.undrawn or chosen.can_be_corrected(limits.repair)):
            found = chosen.outcome(answers.unknown)
            found = replace(found, seconds=time.monotonic() - started, remarks=(repaired,) if repaired else ())
            return _with_pictures(found, lock) if pictures else found
    from qedoc.engine import schedule  # not needed if nothing has changed

    verified = partial(
        schedule.verify,
        files,
        wanted=wanted,
        limits=limits,
        jobs=jobs,
        curves=curves,
        notify=notify,
        pool=pool,
        docstrings=docstrings,
    )
    if mode is Mode.UNLOCKED:
        return verified(pictures=pictures)
    from qedoc.engine.recording import Recording

    history = Recording(lock, limits, again=mode is Mode.ALL or curves is not None)
    found = verified(history=history)
    found = replace(found, unchanged=history.unchanged, remarks=((repaired,) if repaired else ()) + found.remarks)
    return _with_pictures(found, lock) if pictures else found


def _with_pictures(found: Outcome, lock: Path) -> Outcome:
    """Adds the plot data beside the lock file. A file that cannot be read is a remark, because the verdicts do not depend on it."""
    from qedoc.lock.points import curve_of  # reports without pictures do not need it

    records, curves, remarks = load(lock).claims, list(found.curves), list(found.remarks)
    for claim in found.claims:
        if points := records.get(claim.id, {}).get("points"):
            try:
                curves.append(curve_of(lock.parent / points))
            except QedocError as error:
                remarks.append(error.message)
    return replace(found, curves=tuple(curves), remarks=tuple(remarks))


def unchanged(files: Sequence[SpecFile], *, lock: Path, docstrings: Sequence[str], limits: Limits) -> Outcome | None:
    """Returns the outcome of a run in which every claim is answered by the lock file; None if that needs more than the lock file.

    Args:
        files: the spec files.
        lock: the lock file.
        docstrings: packages, modules and objects whose docstrings are checked too.
        limits: the limits of each case.

    Raises:
        QedocError: if the lock file cannot be read.
    """
    started = time.monotonic()
    answers = _answers(files, docstrings, load(lock), lock.parent, limits)
    if answers.unknown or answers.stale or answers.undrawn or answers.can_be_corrected(limits.repair):
        return None
    found = answers.outcome(())
    return None if found.errors else replace(found, seconds=time.monotonic() - started)


@dataclass(slots=True, kw_only=True)
class _Answers:
    """The lock file's results for the current spec files and docstrings.

    Args:
        results: the results of claims with a valid record.
        stale: the claims without a valid record.
        unknown: the files whose claims are unknown.
        targets: the target of each claim, by id.
        undrawn: the claims without plot data, because an earlier run was interrupted.
        documented: the claims of docstrings.
        places: the location of each claim.
        wrong: errors about the requested names.
        unread: modules and names that were not read.
    """

    results: list[ClaimResult] = field(default_factory=list)
    stale: list[Stale] = field(default_factory=list)
    unknown: list[Stale] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    undrawn: list[str] = field(default_factory=list)
    documented: set[str] = field(default_factory=set)
    places: list[Location] = field(default_factory=list)
    wrong: list[QedocError] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def select(self, wanted: Sequence[str]) -> "_Answers":
        """Restricts the answers to the wanted claims. A name without a claim is an error, unless the claims of some file are unknown."""
        if not wanted:
            return self
        names = {*self.targets, *self.targets.values()}
        chosen = {id_ for id_, target in self.targets.items() if {id_, target} & {*wanted}}
        return _Answers(
            results=[result for result in self.results if result.id in chosen],
            stale=[stale for stale in self.stale if stale.id in chosen],
            targets=self.targets,
            undrawn=[id_ for id_ in self.undrawn if id_ in chosen],
            documented=self.documented,
            wrong=[] if self.unknown else [_unknown(name, sorted(names)) for name in wanted if name not in names],
            unread=self.unread,
        )

    def can_be_corrected(self, seconds: float) -> bool:
        """Whether the lock file lacks the corrections of a refuted formula, because it is older or an earlier run was interrupted."""
        return any(may_be_corrected(result, seconds) for result in self.results if result.id in self.documented)

    def outcome(self, unknown: Sequence[Stale]) -> Outcome:
        """Converts the answers to the outcome of a run."""
        stale = (*unknown, *self.stale)
        empty = not (self.results or stale or self.wrong)
        return Outcome(
            claims=tuple(self.results),
            errors=(nothing(self.unread),) if empty else tuple(self.wrong),
            unread=tuple(self.unread),
            planned=len(self.results) + len(stale),
            unchanged=len(self.results),
            stale=stale,
        )


def _repaired(lock: Path) -> str:
    """Repairs a lock file with merge conflicts. Returns what was done; empty if nothing."""
    try:
        if b"\n<<<<<<<" not in b"\n" + lock.read_bytes():
            return ""
    except OSError:
        return ""
    from qedoc.engine.conflicts import repair  # not needed without conflicts

    return repair(lock)


def _answers(files: Sequence[SpecFile], docstrings: Sequence[str], lock: Lock, root: Path, limits: Limits) -> _Answers:
    if (here := str(Path.cwd())) not in sys.path:  # as in a worker, so that the project's own targets are found
        sys.path.append(here)
    answers = _Answers()
    for file in files:
        entry = lock.files.get(Path(os.path.relpath(file.path, root)).as_posix())
        _ask(file.path, partial(claims_of, file.text, entry), lock, limits, answers)
    if docstrings:
        from qedoc.sources.surveyed import claims_in, docstrings_key, unread_in  # not needed for spec files
    for name in docstrings:
        entry = lock.files.get(docstrings_key(name))
        _ask(_place(name), partial(claims_in, name, entry), lock, limits, answers)
        answers.unread += unread_in(entry)
    return answers


def _place(name: str) -> str:
    """The path of a package for messages, or its name if it is not found."""
    path = locate(name.partition(".")[0])
    return name if path is None else os.path.relpath(path)


def _ask(path: str, claims: Callable[[], list[Noted] | str], lock: Lock, limits: Limits, answers: _Answers) -> None:
    """Adds the lock file's results for the claims of a spec file or of the docstrings of a package."""
    place = Location(path=path, line=1)
    try:
        known = claims()
        if isinstance(known, str):
            answers.unknown.append(Stale(id="", location=place, reason=known))
            return
        for claim in known:
            place = Location(path=claim.path or path, line=claim.line)
            if claim.id in answers.targets:
                if place not in answers.places:  # two names may share a docstring; the engine reports two claims with one id
                    answers.unknown.append(Stale(id=claim.id, location=place, reason="another claim has the same id"))
                continue
            answers.places.append(place)
            kept = lock.claims.get(claim.id)
            answers.targets[claim.id] = claim.target
            if reason := claim.stale or why_stale(kept, claim.content, limits):
                answers.stale.append(Stale(id=claim.id, location=place, reason=reason))
            elif kept is not None:
                if claim.path:
                    answers.documented.add(claim.id)
                answers.results.append(record.read(claim.id, kept, place))
                if kept["points"] is None:
                    answers.undrawn.append(claim.id)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # the file was edited by hand
        reason = f"its entry in the lock file is invalid ({type(error).__name__}: {error})"
        answers.unknown.append(Stale(id="", location=place, reason=reason))


def _unknown(name: str, names: Sequence[str]) -> QedocError:
    from qedoc.engine.collect import unknown  # not needed if nothing has changed

    return unknown(name, names)
