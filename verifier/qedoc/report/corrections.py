"""Shows corrections of refuted formulas: the lines of LaTeX that change, with the edit marked, as a diff."""

from collections.abc import Iterator, Sequence
from typing import Any

from qedoc.report.layout import STYLES, Page, Part, break_at
from qedoc.results.corrections import Edit, Line, described, edits, hunks, pieces, position
from qedoc.results.verdict import ClaimResult, Correction, Verdict

_SIGNS = (("- ", "red"), ("+ ", "green"))


def write(page: Page, claim: ClaimResult) -> None:
    """Writes the corrections of a claim next to labels, the best first, and the command that puts one into the docstring.

    Args:
        page: the page to write to.
        claim: the result of the claim.
    """
    for number, correction in enumerate(claim.corrections):
        verdict: list[Part] = [
            (str(correction.verdict), STYLES[correction.verdict]),
            described(correction).removeprefix(correction.verdict),
        ]
        page.field("or" if number else "correction", [verdict, *_rows(claim.formula.latex, correction, page.room - 2)])
    if claim.corrections and claim.corrections[0].verdict is Verdict.PROVED and claim.location.path.endswith(".py"):
        page.field("to apply", [f"qedoc fix --write {claim.target}"])


def _rows(written: str, correction: Correction, width: int) -> Iterator[Sequence[Part]]:
    for hunk in hunks(written, correction.latex):
        for (sign, style), lines in zip(_SIGNS, hunk, strict=True):
            for line in lines:
                for number, part in enumerate(_folded(line, width)):
                    yield [
                        (sign if number == 0 else "  ", style),
                        *((text, f"bold {style}" if new else style) for text, new in pieces(part)),
                    ]
                    if part.carets:
                        yield [("  " + part.carets, style)]


def _folded(line: Line, width: int) -> Iterator[Line]:
    """The line in parts that are no longer than a width."""
    start = 0
    while start < len(line.text):
        rest = line.text[start:]
        end = start + (break_at(rest, width) if len(rest) > width else len(rest))
        marks = ((max(one - start, 0), min(other, end) - start) for one, other in line.marks)
        yield Line(line.text[start:end], tuple(mark for mark in marks if mark[0] < mark[1]))
        start = end


def lines(written: str, corrections: Sequence[Correction], *, carets: bool = True) -> Iterator[str]:
    """Yields the corrections of a formula as lines of text.

    Args:
        written: the formula.
        corrections: its corrections.
        carets: whether to mark the edit with carets, which need letters of equal width.
    """
    for number, correction in enumerate(corrections):
        yield f"{'or' if number else 'correction'} ({described(correction)}):"
        for hunk in hunks(written, correction.latex):
            for (sign, _), changed in zip(_SIGNS, hunk, strict=True):
                for line in changed:
                    yield f"  {sign}{line.text}"
                    if carets and line.carets:
                        yield f"    {line.carets}"


def as_json(written: str, correction: Correction) -> dict[str, Any]:
    """A correction as JSON values. Lines and columns of its edits count from 1, in the LaTeX of the formula.

    Args:
        written: the formula.
        correction: its correction.
    """
    return {
        "latex": correction.latex,
        "sympy": correction.sympy,
        "verdict": str(correction.verdict),
        "reason": correction.reason,
        "edits": [_edit(written, correction.latex, edit) for edit in edits(written, correction.latex)],
    }


def _edit(old: str, new: str, edit: Edit) -> dict[str, Any]:
    (line, column), (end_line, end_column) = position(old, edit.start), position(old, edit.end)
    return {
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "old": old[edit.start : edit.end],
        "new": new[edit.begin : edit.stop],
    }
