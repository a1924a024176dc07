"""The findings of a file with the places that an editor marks, and the changes that correct a formula."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from qedoc.config.options import Settings
from qedoc.editor.checking import Checked
from qedoc.editor.documents import Document, Kind
from qedoc.editor.places import line_span, span
from qedoc.editor.preferences import Preferences
from qedoc.errors import Location, QedocError
from qedoc.repair import source
from qedoc.report.findings import Notice
from qedoc.report.formats import report
from qedoc.results import codes
from qedoc.results.corrections import described
from qedoc.results.outcome import Outcome, nothing
from qedoc.results.verdict import ClaimResult, Correction, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A finding with its place.

    Args:
        notice: the finding.
        severity: how it is shown: `error`, `warning`, `information` or `hint`.
        start: the offset of the first marked character.
        end: the offset after the last.
    """

    notice: Notice
    severity: str
    start: int
    end: int

    @property
    def message(self) -> str:
        """The message, with the best correction."""
        found = self.notice.corrections[:1]
        return "\n".join(
            [self.notice.message, *(f"correction ({described(one)}): {' '.join(one.latex.split())}" for one in found)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A proved correction of a formula.

    Args:
        claim: the id of the claim.
        title: what it does, in one line.
        start: the offset of the formula in the text that is changed.
        end: the offset after it.
        parts: the parts of the text to replace.
        best: whether it is the best correction of the formula.
    """

    claim: str
    title: str
    start: int
    end: int
    parts: tuple[source.Replacement, ...]
    best: bool


def marks(document: Document, outcome: Outcome, preferences: Preferences, settings: Settings) -> list[Mark]:
    """Returns what an editor marks in a file.

    Args:
        document: the file as it was checked.
        outcome: the results.
        preferences: how findings are shown.
        settings: which findings are reported.

    Raises:
        QedocError: if the baseline of the project cannot be read.
    """
    results = {claim.id: claim for claim in outcome.claims}
    found = report(outcome, settings.config, select=settings.select, ignore=settings.ignore, strict=False).found
    made: list[Mark] = []
    for notice in found:
        result = results.get(notice.claim)
        severity = preferences.shown(notice, result.verdict if result is not None else None)
        if severity == "off" or notice.code in (codes.EMPTY, codes.STALE, codes.GONE) or _is_nothing(notice, outcome):
            continue
        place = _place(notice.location, result, document)
        if place is not None:
            made.append(Mark(notice=notice, severity=severity, start=place[0], end=place[1]))
    return made


def broken(document: Document | None, text: str, error: QedocError) -> Mark:
    """Returns the mark of an error because of which a file was not checked.

    Args:
        document: the file; None if it could not be read as what it is.
        text: its content.
        error: the error.
    """
    notice = Notice(code=codes.BROKEN, claim="", message=error.message, location=error.location)
    here = error.location is not None and (document is None or _is_in(error.location, document))
    start, end = line_span(text, error.location.line if here and error.location is not None else 1)
    return Mark(notice=notice, severity="error", start=start, end=end)


def _is_nothing(notice: Notice, outcome: Outcome) -> bool:
    """Whether a finding only says that a file has no formula."""
    return notice.code is codes.BROKEN and notice.message == nothing(outcome.unread).message


def _is_in(place: Location, document: Document) -> bool:
    return os.path.realpath(place.path) == os.path.realpath(document.path)


def _place(place: Location | None, result: ClaimResult | None, document: Document) -> tuple[int, int] | None:
    """The offsets to mark; None for a finding about another file that does not keep this one from being checked."""
    if place is None or not _is_in(place, document):
        return line_span(document.text, 1) if result is None and place is None else None
    if result is None:
        return line_span(document.text, place.line)
    return place_of(result, document.text, document.kind) or line_span(document.text, place.line)


def place_of(result: ClaimResult, text: str, kind: Kind) -> tuple[int, int] | None:
    """Returns the offsets of a formula in a text; None if it does not stand there as it was checked.

    Args:
        result: the result of the claim.
        text: the text of the file, which may have changed since.
        kind: what the file is.
    """
    return span(text, result.location, "" if kind is Kind.SPEC else result.formula.latex)


def fixes(found: Checked, text: str) -> Iterator[Fix]:
    """Yields the proved corrections of the formulas of a file.

    Args:
        found: the results.
        text: the text to change, which may differ from what was checked.
    """
    for claim in found.outcome.claims:
        if claim.id in found.edits and text == found.document.text:
            correction, part = found.edits[claim.id]
            start, end = place_of(claim, text, Kind.SPEC) or (part.start, part.end)
            yield Fix(claim=claim.id, title=_title(correction), start=start, end=end, parts=(part,), best=True)
        proved = [one for one in claim.corrections if one.verdict is Verdict.PROVED]
        for number, correction in enumerate(proved):
            try:
                place = place_of(claim, text, found.document.kind)
                parts = source.replacements(text, claim.location, claim.formula.latex, correction.latex)
            except QedocError:  # the formula has changed, or is put together by code
                continue
            if place is not None:
                yield Fix(claim=claim.id, title=_title(correction), start=place[0], end=place[1], parts=tuple(parts), best=number == 0)


def _title(correction: Correction) -> str:
    return f"Correct the formula: {' '.join(correction.latex.split())}"
