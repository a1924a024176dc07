"""The edits that turn a formula into its correction, and the lines that they change."""

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from qedoc.records import dataclass
from qedoc.results.verdict import ClaimResult, Correction, Verdict

MANY, ALIKE = 3, 0.8
"""More than `MANY` parts that differ are shown as one part if less than the share `ALIKE` of all between them is the same."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A part of a formula that its correction replaces. Offsets count characters, from 0.

    Args:
        start: where the part begins in the formula.
        end: where it ends.
        begin: where the new text begins in the correction.
        stop: where it ends.
    """

    start: int
    end: int
    begin: int
    stop: int


class Line(NamedTuple):
    """A line of LaTeX.

    Args:
        text: the line.
        marks: the first and last column (exclusive) of each part that was edited, from 0. They are equal where something is missing.
    """

    text: str
    marks: tuple[tuple[int, int], ...]

    @property
    def carets(self) -> str:
        """Carets under the parts that were edited; empty if there are none."""
        below = [" "] * len(self.text)
        for start, end in self.marks:
            below[start:end] = "^" * (end - start)
        return "".join(below).rstrip()


class Hunk(NamedTuple):
    """The lines that an edit changes: as written, and as corrected."""

    old: tuple[Line, ...]
    new: tuple[Line, ...]


def may_be_corrected(result: ClaimResult, seconds: float) -> bool:
    """Whether to look for corrections of a formula: it is refuted, and no earlier search found any or had as much time.

    No edit is looked for in a rule with a state.

    Args:
        result: the result of a claim of a docstring or page.
        seconds: the time limit of the search; 0 turns it off.
    """
    return result.verdict is Verdict.REFUTED and not result.is_rule and not result.corrections and result.repair < seconds


def described(correction: Correction) -> str:
    """Returns the verdict on a correction in words.

    Args:
        correction: the correction.
    """
    return str(correction.verdict) if correction.verdict is Verdict.PROVED else f"{correction.verdict}, not proved"


def edits(old: str, new: str) -> tuple[Edit, ...]:
    r"""Returns the edits between two formulas. A command, such as `\alpha`, is replaced as a whole.

    Args:
        old: the formula.
        new: its correction.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    head = _shared(before, after)
    tail = _shared(before[head:][::-1], after[head:][::-1])
    middle, other = before[head : len(before) - tail], after[head : len(after) - tail]
    at, to = _offsets(before), _offsets(after)
    matcher = difflib.SequenceMatcher(None, middle, other, autojunk=False)
    parts = [(a, b, c, d) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
    if len(parts) > MANY and matcher.ratio() < ALIKE:
        parts = [(0, len(middle), 0, len(other))]
    return tuple(Edit(start=at[head + a], end=at[head + b], begin=to[head + c], stop=to[head + d]) for a, b, c, d in parts)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """The number of tokens that both begin with."""
    return next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _offsets(tokens: Sequence[str]) -> list[int]:
    found = [0]
    for token in tokens:
        found.append(found[-1] + len(token))
    return found


def position(text: str, offset: int) -> tuple[int, int]:
    """Returns the line and column of an offset, both from 1.

    Args:
        text: the text.
        offset: the number of characters before the place.
    """
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def hunks(old: str, new: str) -> list[Hunk]:
    """Returns the lines that change between two formulas, with the edited parts marked.

    Args:
        old: the formula.
        new: its correction.
    """
    groups: list[list[Edit]] = []
    for edit in edits(old, new):
        beside = groups and (
            position(old, groups[-1][-1].end)[0] == position(old, edit.start)[0]
            or position(new, groups[-1][-1].stop)[0] == position(new, edit.begin)[0]
        )
        if beside:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return [Hunk(_lines(old, [(e.start, e.end) for e in group]), _lines(new, [(e.begin, e.stop) for e in group])) for group in groups]


def _lines(text: str, parts: Sequence[tuple[int, int]]) -> tuple[Line, ...]:
    """The lines that contain the parts, without their common indentation."""
    begin = text.rfind("\n", 0, parts[0][0]) + 1
    end = text.find("\n", parts[-1][1])
    whole = text[begin : len(text) if end < 0 else end]
    rows = whole.split("\n")
    indent = min((len(row) - len(row.lstrip()) for row in rows if row.strip()), default=0)
    found = []
    for row in rows:
        marks = (_visible(row, start - begin, stop - begin) for start, stop in parts)
        found.append(Line(row[indent:].rstrip(), tuple((mark[0] - indent, mark[1] - indent) for mark in marks if mark is not None)))
        begin += len(row) + 1
    return tuple(found)


def _visible(row: str, start: int, stop: int) -> tuple[int, int] | None:
    """The columns of a part in a line, without white space at its ends; None if nothing of it is there. An empty part has a place too."""
    if start == stop:
        return (start, stop) if 0 <= start <= len(row.rstrip()) else None
    inside = row[max(start, 0) : max(stop, 0)]
    begin = max(start, 0) + len(inside) - len(inside.lstrip())
    return (begin, begin + len(inside.strip())) if inside.strip() else None


_SIDES = (("written", "del"), ("right", "ins"))


def rows(old: str, new: str) -> Iterator[tuple[str, str, Sequence[Line]]]:
    """Yields the changed lines of a formula and of its correction: what they are called, the HTML tag of an edited part, and the lines.

    Args:
        old: the formula.
        new: its correction.
    """
    for hunk in hunks(old, new):
        for (name, tag), changed in zip(_SIDES, hunk, strict=True):
            yield name, tag, changed


def pieces(line: Line) -> Iterator[tuple[str, bool]]:
    """Yields the parts of a line, each with whether it was edited. An edited part is empty where something is missing.

    Args:
        line: the line.
    """
    at = 0
    for start, end in line.marks:
        if at < start:
            yield line.text[at:start], False
        yield line.text[start:end], True
        at = end
    if at < len(line.text):
        yield line.text[at:], False
