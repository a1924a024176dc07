"""Worker tasks that find claims in spec files, in docstrings and on the command line."""

import os
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from qedoc.claims.consulted import UNKNOWN, consult, consulting
from qedoc.claims.request import Request
from qedoc.engine.deadline import Expired, deadline
from qedoc.engine.messages import Claim, Failure, Survey, failure, plain, ran_out, reported
from qedoc.engine.visits import EXPIRED, NAMING, READING, Visit, append, importing, slow
from qedoc.errors import Location, QedocError, TargetError
from qedoc.lock.effects import effects_of
from qedoc.lock.syntax import digest
from qedoc.results.outcome import Unread
from qedoc.results.verdict import CaseResult, Formula, Verdict
from qedoc.sources import specfiles
from qedoc.sources.specfiles import SpecFile

if TYPE_CHECKING:
    from qedoc.bind.records import Bound, Refused
    from qedoc.sources.docstrings import Documented
    from qedoc.sources.pages import Passage


@reported
def collect(file: SpecFile) -> tuple[Claim, ...]:
    """Returns the claims of a spec file, in order of definition."""
    from qedoc.claims.properties import spoken
    from qedoc.lock.content import content

    done = effects_of(file.text)
    return tuple(
        Claim(
            file=file,
            index=index,
            id=spec.id,
            target=spec.target,
            location=spec.location,
            sizes=tuple(specfiles.sizes(spec)),
            content=digest(f"{content(spec)} {done}") if done else content(spec),
            properties=tuple(map(spoken, (*spec.properties, *spec.promises))),
        )
        for index, spec in enumerate(specfiles.load(file))
    )


@reported
def survey(
    name: str,
    seconds: float,
    left_out: Mapping[str, tuple[str, bool]],
    done: frozenset[str],
    folder: Path,
    within: str = "",
) -> Survey:
    """Returns the claims in the docstrings of a package, module or object, in the order of the files.

    Args:
        name: the dotted path.
        seconds: time limit for the formulas of one object.
        left_out: steps to skip because they ended an earlier process: the reason, and whether the code itself ended it.
        done: objects that an earlier process has read.
        folder: the task's folder. If this process is killed, `left_over` reads the files that the task wrote there.
        within: the file whose formulas are read; empty for all. Modules inside the named one are then not imported.
    """
    from qedoc.sources.docstrings import documented
    from qedoc.sources.objects import named

    visit = Visit(folder=folder, left_out=left_out, seconds=importing(seconds))
    visit.note(NAMING, name)
    try:
        with deadline(visit.seconds, folder / EXPIRED):
            named(name)
    except Expired:
        raise TargetError(f"{name} cannot be imported: {slow(NAMING, seconds)}") from None
    except (SystemExit, KeyboardInterrupt) as error:
        raise TargetError(f"{name} cannot be imported: {failure(error).message}") from None
    records = documented(name, visit.load, visit.lost) if not within else _of_file(within, documented(name, lambda module: None))
    unread, failures = visit.unread, list[Failure]()
    claims: list[Claim] = []
    for record in records:
        step = f"{record.name} {record.module}".strip()
        if step not in done:
            found = _claims_of(record, seconds, visit)
            append(folder, step, found)
            claims += found.claims
            unread += found.unread
            failures += found.failures
    return Survey(claims=tuple(claims), unread=tuple(unread), failures=tuple(failures), looked=len(records))


def _of_file(path: str, records: "list[Documented]") -> "list[Documented]":
    """The records with a formula in a file."""
    file = os.path.realpath(path)
    return [record for record in records if any(os.path.realpath(formula.location.path) == file for formula in record.formulas)]


@reported
def survey_pages(name: str, seconds: float, left_out: Mapping[str, tuple[str, bool]], done: frozenset[str], folder: Path) -> Survey:
    """Returns the claims of the formulas on pages, in the order of the pages. A formula without a function is reported.

    Args:
        name: a page or a folder of pages.
        seconds: time limit for the formulas of one section.
        left_out: steps to skip because they ended an earlier process: the reason, and whether the code itself ended it.
        done: objects that an earlier process has read.
        folder: the task's folder. If this process is killed, `left_over` reads the files that the task wrote there.
    """
    from qedoc.sources.pages import pages, passages

    visit = Visit(folder=folder, left_out=left_out, seconds=importing(seconds))
    found = [passage for page in pages(name) for passage in passages(page)]
    surveys: list[Survey] = []
    for passage in found:
        step = f"{passage.page.path}:{passage.start}:{passage.function}"
        if step in done:
            continue
        visit.note(READING, step)
        made = _claims_of_page(passage, seconds, visit)
        append(folder, step, made)
        surveys.append(made)
    return Survey(
        claims=tuple(claim for made in surveys for claim in made.claims),
        unread=tuple(unread for made in surveys for unread in made.unread),
        failures=tuple(failure for made in surveys for failure in made.failures),
        looked=len(found),
    )


def _claims_of_page(passage: "Passage", seconds: float, visit: Visit) -> Survey:
    """Returns the claims of the formulas of a section about one function."""
    from qedoc.sources.docstrings import page_record

    if not passage.function:
        return _without_function(passage, f"{passage.reason}; add {_BESIDE} above the formula")
    try:
        with deadline(visit.seconds, visit.folder / EXPIRED):
            record = page_record(passage)
    except Expired:
        return _without_function(passage, f"{passage.function} cannot be imported: {slow(NAMING, seconds)}")
    except (TargetError, SystemExit, KeyboardInterrupt) as error:
        return _without_function(passage, failure(error).message)
    return _claims_of(record, seconds, visit)


_BESIDE = "'.. qedoc: package.function' (in Markdown '<!-- qedoc: package.function -->')"


def _without_function(passage: "Passage", reason: str) -> Survey:
    """The formulas of a section that are about no known function."""
    from qedoc.bind.records import Refused
    from qedoc.sources.docstrings import Formula
    from qedoc.sources.markup import blocks, dedented

    found: list[Claim] = []
    for block in blocks(dedented("\n".join(passage.lines))):
        if block.first in passage.displays:
            place = passage.page.location(passage.start + block.start)
            formula = Formula(latex=block.latex, location=place, display=True, line=block.first, notation=block.notation)
            named = passage.function or passage.page.path
            name = f"{named}#{place.path}:{place.line}"
            found.append(_of_docstring(Refused(formula=formula, name=name, verdict=Verdict.UNREADABLE, reason=reason, cause="no-function")))
    return Survey(claims=tuple(found))


def _claims_of(record: "Documented", seconds: float, visit: Visit) -> Survey:
    """Returns the claims of one object. They are undecided if reading them takes too long or fails unexpectedly."""
    from qedoc.bind.claims import claims

    step = f"{READING} {record.name}"
    if step in visit.left_out:
        reason, ends = visit.left_out[step]
        return _unanswered(record, Failure(message=reason, ends=ends))
    if record.formulas:
        visit.note(READING, record.name)
    try:
        with deadline(seconds, visit.folder / EXPIRED), consulting() as read:
            _consult(record)
            made = tuple(map(_of_docstring, claims(record)))
        return Survey(claims=tuple(replace(claim, read=tuple(read)) for claim in made))
    except Expired:
        return _unanswered(record, Failure(message=slow(READING, seconds)), "time")
    except (MemoryError, RecursionError) as error:
        return _unanswered(record, Failure(message=ran_out(error)))
    except BaseException as error:  # noqa: BLE001  # a failure must not affect other objects
        return _unanswered(record, failure(error))


def _consult(record: "Documented") -> None:
    """Records the docstrings that were read already: those of the object, of its class and of the constructor."""
    from qedoc.sources.objects import named

    value = named(record.name)
    consult(value, record.docstring)
    if record.owner:
        owner = named(record.owner)
        consult(owner)
        consult(owner.__init__)


def _unanswered(record: "Documented", found: Failure, cause: str = "") -> Survey:
    """Returns the formulas of an object that could not be read, with the verdict undecided."""
    from qedoc.bind.records import Refused

    formulas = [formula for formula in record.formulas if formula.display]
    labels = [formula.label or (str(number) if len(formulas) > 1 else "") for number, formula in enumerate(formulas, start=1)]
    names = [f"{record.name}#{label}" if label else record.name for label in labels]
    refused = [
        Refused(formula=formula, name=name, verdict=Verdict.UNDECIDED, reason=found.message, cause=cause)
        for formula, name in zip(formulas, names, strict=True)
    ]
    place = formulas[0].location if formulas else record.location
    ended = [Unread(name=record.name, reason=f"{record.name}: {found.message}", location=place, ends=True)] if found.ends else []
    broken = [replace(found, location=place)] if found.trace else []
    made = tuple(replace(_of_docstring(one), read=(UNKNOWN,)) for one in refused)
    return Survey(claims=made, unread=tuple(ended), failures=tuple(broken))


@reported
def given(request: Request) -> tuple[Claim, ...]:
    """Returns the claims of a formula from the command line.

    Args:
        request: the formula, and what the user says about it.

    Raises:
        QedocError: if the formula cannot be read or bound.
    """
    from qedoc.bind.given import given as given_for
    from qedoc.bind.records import Refused

    found = given_for(request.target, request.latex, request.bind, request.where, request.settings)
    for claim in found:
        if isinstance(claim, Refused):
            suggestion = f"; {claim.suggestion}" if claim.suggestion else ""
            help = f"\n{claim.help}" if claim.help else ""
            raise QedocError(f"--latex: {claim.reason}{suggestion}\n{_pointed(request.latex, claim.place)}{help}")
    return tuple(map(_of_docstring, found))


def _pointed(latex: str, place: tuple[int, int] | None) -> str:
    """Returns the formula up to the line of an error, with a caret below the error."""
    if place is None:
        return indent(latex, "  ")
    line, column = place
    return indent("\n".join([*latex.split("\n")[:line], " " * (column - 1) + "^"]), "  ")


def _of_docstring(claim: "Bound | Refused") -> Claim:
    from qedoc.bind.records import Refused
    from qedoc.lock.content import content

    written = claim.formula.latex.strip()
    file = SpecFile(path=claim.formula.location.path, text="")
    if not isinstance(claim, Refused):
        spec = claim.spec
        return Claim(
            file=file,
            index=0,
            id=spec.id,
            target=spec.target,
            location=claim.formula.location,
            sizes=tuple(specfiles.sizes(spec)),
            content=digest(f"{content(claim.readings or spec)} {written} {claim.notes}"),
            spec=pickle.dumps(claim.readings or spec),
            written=written,
            notes=claim.notes,
        )
    reason = f"{claim.reason}; {claim.suggestion}" if claim.suggestion else claim.reason
    made = Claim(
        file=file,
        index=0,
        id=claim.name,
        target=claim.name.partition("#")[0],
        location=claim.formula.location,
        sizes=(),
        content=digest(f"{written} {reason}"),
        written=written,
        part_of=claim.part_of,
    )
    formula = Formula(latex=written, sympy=claim.reading, pretty=claim.reading or written)
    case = CaseResult(id=claim.name, verdict=claim.verdict, reason=reason, cause=claim.cause, construct=claim.construct)
    return replace(made, answer=replace(plain(made), formula=formula, cases=(case,)))


def undecided(request: Request, reason: str) -> Claim:
    """Returns an undecided claim for a formula from the command line that could not be read.

    Args:
        request: the formula.
        reason: why it could not be read.
    """
    location, target = Location(path="--latex", line=1), request.target
    file = SpecFile(path=location.path, text="")
    claim = Claim(file=file, index=0, id=target, target=target, location=location, sizes=(), written=request.latex)
    case = CaseResult(id=target, verdict=Verdict.UNDECIDED, reason=reason)
    return replace(claim, answer=replace(plain(claim), cases=(case,)))
