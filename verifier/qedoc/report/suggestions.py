"""Finds the places in a file that a correction changes, for formats that propose changes of files."""

from collections.abc import Sequence
from pathlib import Path

from qedoc.errors import Location, QedocError
from qedoc.records import dataclass
from qedoc.repair import source
from qedoc.results.corrections import position
from qedoc.results.verdict import Correction


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A part of a file to replace. Lines and columns count from 1; the end is the column after the last character.

    Args:
        start: the line and column of its first character.
        end: the line and column after its last.
        text: the new text.
    """

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Whole lines of a file to replace, as in a review of a pull request.

    Args:
        first: the first line.
        last: the last line.
        text: the new lines, without a line end after the last.
    """

    first: int
    last: int
    text: str


def changes(place: Location, written: str, correction: Correction) -> list[Change]:
    """Returns the parts of the file to replace. There are none if the formula does not stand in the file as it was read.

    Args:
        place: where the formula was read.
        written: the formula.
        correction: its correction.
    """
    text, found = _replacements(place, written, correction)
    return [Change(start=position(text, one.start), end=position(text, one.end), text=one.text) for one in found]


def suggestion(place: Location, written: str, correction: Correction) -> Suggestion | None:
    """Returns the lines of the file with the correction; None if the formula does not stand there as it was read.

    Args:
        place: where the formula was read.
        written: the formula.
        correction: its correction.
    """
    text, found = _replacements(place, written, correction)
    if not found:
        return None
    first, last = position(text, min(one.start for one in found))[0], position(text, max(one.end for one in found))[0]
    after = source.applied(text, list(found)).split("\n")
    more = len(after) - len(text.split("\n"))
    return Suggestion(first=first, last=last, text="\n".join(row.rstrip("\r") for row in after[first - 1 : last + more]))


def _replacements(place: Location, written: str, correction: Correction) -> tuple[str, Sequence[source.Replacement]]:
    try:
        text, _ = source.decoded(Path(place.path))
        return text, source.replacements(text, place, written, correction.latex)
    except QedocError:
        return "", []
