"""Applies the comments below formulas that silence findings."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from qedoc.errors import Location, QedocError
from qedoc.records import dataclass, replace
from qedoc.report.findings import COMMENT, Excused, Notice
from qedoc.results import codes
from qedoc.results.verdict import ClaimResult

_MARK = re.compile(r"qedoc:\s*ignore\b")
_PARTS = re.compile(r"^(?P<codes>[^:]*):(?P<reason>.*)$")
_EXAMPLE = "'.. qedoc: ignore QED101: reason', in Markdown '<!-- qedoc: ignore QED101: reason -->'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment below a formula.

    Args:
        codes: the codes of the findings that it silences.
        reason: why.
        location: where it stands.
        claims: the ids of the claims of the formula.
    """

    codes: frozenset[str]
    reason: str
    location: Location
    claims: frozenset[str]


def silenced(found: Sequence[Notice], claims: Sequence[ClaimResult]) -> tuple[list[Notice], list[Excused]]:
    """Applies the comments in the files of claims.

    Args:
        found: the findings of the run.
        claims: the claims of the run.

    Returns:
        The findings that no comment silences, with one for each comment that is not understood or silences nothing; and the silenced ones.
    """
    comments, wrong = suppressions(claims)
    if not comments:
        return [*found, *wrong], []
    by_place = {(claim, code): one for one in comments for claim in one.claims for code in one.codes}
    kept = [notice for notice in found if (notice.claim, notice.code.code) not in by_place]
    excused = [
        Excused(notice=notice, by=COMMENT, reason=by_place[notice.claim, notice.code.code].reason)
        for notice in found
        if (notice.claim, notice.code.code) in by_place
    ]
    return [*kept, *wrong, *_unused(comments, found)], excused


def _unused(comments: Sequence[Suppression], found: Sequence[Notice]) -> Iterator[Notice]:
    """A finding for each code of a comment for which there is nothing to silence."""
    for one in comments:
        present = {notice.code.code for notice in found if notice.claim in one.claims}
        for code in sorted(one.codes - present):
            others = f"; it has {', '.join(sorted(present))}" if present else ""
            name = min(one.claims)
            yield Notice(
                code=codes.UNUSED,
                claim=name,
                subject=code,
                message=f"{name}: the comment silences {code}, but the formula has no such finding{others}; remove the comment",
                location=one.location,
            )


def suppressions(claims: Sequence[ClaimResult]) -> tuple[list[Suppression], list[Notice]]:
    """Returns the comments below the formulas of claims, and a finding for each comment that is not understood.

    Args:
        claims: the claims.
    """
    by_file: dict[str, list[ClaimResult]] = {}
    for claim in claims:
        by_file.setdefault(claim.location.path, []).append(claim)
    found: list[Suppression] = []
    wrong: list[Notice] = []
    for path, inside in by_file.items():
        for text in _texts(path):
            known = [claim for claim in inside if text.first <= claim.location.line <= text.last]
            if known:
                _read(text, known, found, wrong)
    return found, wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """A docstring or a page.

    Args:
        path: its file.
        lines: its lines.
        first: its first line in the file.
        last: its last line in the file.
        line: the line in the file of one of its lines, which are counted from 0.
    """

    path: str
    lines: list[str]
    first: int
    last: int
    line: Callable[[int], int]


def _texts(path: str) -> Iterator[_Text]:
    """The docstrings of a file, or the page that it is, if it has a comment. Files that cannot be read have none."""
    from qedoc.sources.pages import SUFFIXES

    file = Path(path)
    if file.suffix not in (".py", *SUFFIXES):
        return
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return
    if not _MARK.search(text):
        return
    yield from _docstrings(path, text) if file.suffix == ".py" else _page(path)


def _docstrings(path: str, text: str) -> Iterator[_Text]:
    import ast

    from qedoc.sources.markup import dedented

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    written = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _MARK.search(node.value):
            lines, first, last = node.value.split("\n"), node.lineno, node.end_lineno or node.lineno

            def line(inner: int, lines: list[str] = lines, first: int = first, last: int = last) -> int:
                wanted = lines[inner].strip()
                near = sorted(range(first, last + 1), key=lambda place: abs(place - first - inner))
                return next((place for place in near if wanted in written[place - 1]), min(first + inner, last))

            yield _Text(path=path, lines=dedented(node.value), first=first, last=last, line=line)


def _page(path: str) -> Iterator[_Text]:
    from qedoc.sources.markup import dedented
    from qedoc.sources.pages import pages

    try:
        (page,) = pages(path)
    except QedocError:
        return
    lines = dedented("\n".join(page.lines))
    yield _Text(path=path, lines=lines, first=1, last=max(page.places, default=1), line=lambda inner: page.location(inner).line)


def _read(text: _Text, claims: Sequence[ClaimResult], found: list[Suppression], wrong: list[Notice]) -> None:
    """Adds the comments of a docstring or page, each with the claims of the formula above it."""
    from qedoc.sources.markup import blocks
    from qedoc.sources.silenced import comments, without

    displays = blocks(without(text.lines))
    owners: dict[int, set[str]] = {block.first: set() for block in displays}
    for claim in claims:
        same = [block for block in displays if block.latex.strip() == claim.formula.latex.strip()]
        nearest = min(same, key=lambda block: abs(text.line(block.start) - claim.location.line), default=None)
        place = claim.location.line - text.first if nearest is None else nearest.first
        owners.setdefault(place, set()).add(claim.id)
    for comment in comments(text.lines):
        location = Location(path=text.path, line=text.line(comment.first))
        above = [place for place in owners if place < comment.first]
        try:
            one = _parsed(comment.text, location, below=bool(above))
        except QedocError as error:
            wrong.append(Notice(code=codes.INVALID, claim="", subject=comment.text, message=error.message, location=location))
            continue
        if owned := owners[max(above)]:  # the claims of other formulas are not in this run
            found.append(replace(one, claims=frozenset(owned)))


def _parsed(text: str, location: Location, *, below: bool) -> Suppression:
    if not below:
        raise QedocError(f"the comment stands below no formula; expected {_EXAMPLE} below the formula that it is about")
    parts = _PARTS.match(text)
    names = re.split(r"[\s,]+", parts["codes"].strip()) if parts else []
    if parts is None or not parts["reason"].strip() or not all(names):
        raise QedocError(f"expected one or more codes, a colon and a reason, as in {_EXAMPLE}, found 'ignore {text}'")
    found = [codes.named(name) for name in names]
    for code in found:
        if code.code[3] in "45":
            raise QedocError(f"{code.code} ({code.title}) is not about a formula and cannot be silenced below one")
    return Suppression(codes=frozenset(code.code for code in found), reason=parts["reason"].strip(), location=location, claims=frozenset())
