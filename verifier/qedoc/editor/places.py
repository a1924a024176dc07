"""Where formulas stand in a file: from the line of a claim to the offsets of its formula."""

import ast
from functools import lru_cache

from qedoc.errors import Location
from qedoc.repair import source

FORMULA = "formula"
"""The argument of a spec that is its formula."""


def span(text: str, place: Location, written: str) -> tuple[int, int] | None:
    """Returns the offsets of a formula in a file; None if it does not stand there as it was read.

    Args:
        text: the file.
        place: the location of the claim.
        written: the LaTeX that the claim was read from; empty for a spec.
    """
    return source.span(text, place, written) if written else _of_spec(text, place.line)


def line_span(text: str, line: int) -> tuple[int, int]:
    """Returns the offsets of a line without the white space at its ends.

    Args:
        text: the file.
        line: the line, from 1.
    """
    lines = text.split("\n")
    number = min(max(line, 1), len(lines))
    start = sum(len(one) + 1 for one in lines[: number - 1])
    shown = lines[number - 1].strip()
    begin = start + lines[number - 1].find(shown)
    return begin, begin + len(shown)


@lru_cache(maxsize=8)
def _calls(text: str) -> tuple[ast.Call, ...]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ()
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _of_spec(text: str, line: int) -> tuple[int, int] | None:
    """The formula of the spec that is made at a line, or its whole call."""
    around = [call for call in _calls(text) if call.lineno <= line <= (call.end_lineno or call.lineno)]
    named = [(call, word.value) for call in around for word in call.keywords if word.arg == FORMULA]
    exact = [found for found in named if found[0].lineno == line] or named
    if not exact:
        return None
    _, node = min(exact, key=lambda found: (found[0].end_lineno or 0) - found[0].lineno)
    return _offset(text, node.lineno, node.col_offset), _offset(text, node.end_lineno or node.lineno, node.end_col_offset or 0)


def _offset(text: str, line: int, column: int) -> int:
    """The offset of a place that counts bytes in its line, as `ast` does."""
    lines = text.split("\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + len(lines[line - 1].encode()[:column].decode(errors="replace"))
