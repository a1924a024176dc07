"""Writes a corrected formula into the file that it was read from, and touches nothing else."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from qedoc.errors import Location, QedocError
from qedoc.results.corrections import edits

FARTHEST = 400
"""Lines after the given one in which a formula is looked for. A docstring is long, and some places name its first line only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A part of a file to replace.

    Args:
        start: the offset of its first character.
        end: the offset after its last.
        text: the new text.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Literal:
    """A string in Python source: where its content stands, its lines, and whether backslashes are doubled in it."""

    start: int
    end: int
    raw: bool
    is_docstring: bool
    first: int = 1
    last: int = 1


def decoded(file: Path) -> tuple[str, str]:
    """The text of a file with its line ends as they are, and its encoding.

    Raises:
        QedocError: for a file that cannot be read or decoded.
    """
    try:
        content = file.read_bytes()
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0] if file.suffix == ".py" else "utf-8"
        return content.decode(encoding), encoding
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise QedocError(f"{file} cannot be read: {error}") from error


def replacements(text: str, place: Location, old: str, new: str) -> list[Replacement]:
    """Returns the parts of a file that turn one formula into another.

    Args:
        text: the file.
        place: where the formula was read.
        old: the formula as it was read.
        new: the corrected formula.

    Raises:
        QedocError: if the formula does not stand in the file as it was read, or not in a plain docstring. The location is the line.
    """
    for literal in _strings_near(text, place):
        offsets = _aligned(text, literal, place.line, old)
        if offsets is None:
            continue
        if not literal.is_docstring:
            what = "the text of this formula is put together by code, with +, % or format, or is no docstring; change it by hand"
            raise QedocError(what, place)
        return list(_edits(text, offsets, literal, old, new))
    raise QedocError("the formula does not stand here as it was read; the file has changed, or the text is made by code", place)


def span(text: str, place: Location, written: str) -> tuple[int, int] | None:
    """Returns the offsets of the first character of a formula and after its last; None if it does not stand there as it was read.

    Args:
        text: the file.
        place: where the formula was read.
        written: the formula as it was read.
    """
    if not written.strip():
        return None
    try:
        literals = _strings_near(text, place)
    except QedocError:
        return None
    for literal in literals:
        if (offsets := _aligned(text, literal, place.line, written)) is not None:
            shown = [offset for offset in offsets if offset[0] >= 0]
            return shown[0][0], shown[-1][1]
    return None


def applied(text: str, edits: list[Replacement]) -> str:
    """A text with parts replaced.

    Raises:
        QedocError: if two of them overlap.
    """
    ordered = sorted(dict.fromkeys(edits), key=lambda edit: edit.start)
    if any(one.end > other.start or one.start == other.start for one, other in pairwise(ordered)):
        raise QedocError("two corrections change the same part of the text; correct one of them by hand")
    for edit in reversed(ordered):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _strings_near(text: str, place: Location) -> list[_Literal]:
    """The strings of a Python file that reach the line of a formula or stand after it; any other file as a whole."""
    if not place.path.endswith(".py"):
        return [_Literal(start=0, end=len(text), raw=True, is_docstring=True)]
    try:
        literals = _literals(text)
    except (SyntaxError, ValueError, tokenize.TokenError) as error:
        raise QedocError(f"the file is no valid Python: {error}", place) from error
    return [literal for literal in literals if literal.last >= place.line and literal.first <= place.line + FARTHEST]


@lru_cache(maxsize=8)
def _literals(text: str) -> tuple[_Literal, ...]:
    """The strings of a Python program."""
    starts = [0, *(k + 1 for k, character in enumerate(text) if character == "\n")]
    tree = ast.parse(text)
    plain = {
        (node.value.lineno, node.value.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    found: list[_Literal] = []
    for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
        if token.type == tokenize.STRING:
            head = len(token.string) - len(token.string.lstrip("rRuUbBfF"))
            quote = 3 if token.string[head : head + 3] in ('"""', "'''") else 1
            found.append(
                _Literal(
                    start=starts[token.start[0] - 1] + token.start[1] + head + quote,
                    end=starts[token.end[0] - 1] + token.end[1] - quote,
                    raw="r" in token.string[:head].lower(),
                    is_docstring=(token.start[0], token.end[0]) in plain,
                    first=token.start[0],
                    last=token.end[0],
                )
            )
    return tuple(found)


def _aligned(text: str, literal: _Literal, line: int, old: str) -> list[tuple[int, int]] | None:
    """The part of a string that each character of a formula stands at; None if it does not stand there. White space may differ."""
    signs = [character for character in old if not character.isspace()]
    start = max(literal.start, _line_start(text, line))
    for attempt in (start, literal.start):
        for begin in range(attempt, literal.end):
            if text[begin] == signs[0] and (found := _from(text, literal, begin, signs)) is not None:
                places = iter(found)
                return [next(places) if not character.isspace() else (-1, -1) for character in old]
    return None


def _from(text: str, literal: _Literal, begin: int, signs: list[str]) -> list[tuple[int, int]] | None:
    found: list[tuple[int, int]] = []
    at = begin
    for sign in signs:
        while at < literal.end and text[at].isspace():
            at += 1
        width = 2 if sign == "\\" and not literal.raw and text[at : at + 2] == "\\\\" else 1
        if at >= literal.end or text[at] != sign:
            return None
        found.append((at, at + width))
        at += width
    return found


def _line_start(text: str, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
        if at == 0:
            return len(text)
    return at


def _with_margin(text: str, at: int, first: int, new: str) -> str:
    """A part of a formula for a place in the file: its lines with the indentation of the line there, or one line if the formula has one.

    Args:
        text: the file.
        at: where the part will stand.
        first: where the formula starts.
        new: the part.
    """
    if text[text.rfind("\n", 0, first) + 1 : first].strip():
        return re.sub(r"\s*\n\s*", " ", new)
    line = text[text.rfind("\n", 0, at) + 1 : at]
    margin = line[: len(line) - len(line.lstrip())]
    return re.sub(r"\n[ \t]*", ("\r\n" if "\r\n" in text else "\n") + margin, new)


def _edits(text: str, offsets: list[tuple[int, int]], literal: _Literal, old: str, new: str) -> Iterator[Replacement]:
    """The parts to replace: from the first to the last character that changes, where possible several small ones."""
    last = offsets[[k for k, character in enumerate(old) if not character.isspace()][-1]][1]

    first = next(start for start, _ in offsets if start >= 0)

    def place(k: int) -> int:
        while k < len(old) and old[k].isspace():
            k += 1
        return offsets[k][0] if k < len(old) else last

    def after(k: int) -> int:
        while k > 0 and old[k - 1].isspace():
            k -= 1
        return offsets[k - 1][1]

    for edit in edits(old, new):
        a, b, c, d = edit.start, edit.end, edit.begin, edit.stop
        written = new[c:d] if literal.raw else new[c:d].replace("\\", "\\\\")
        if a == b:
            at = place(a) if a < len(old) and not old[a].isspace() else after(a) if a else place(a)
            yield Replacement(start=at, end=at, text=_with_margin(text, at, first, written))
            continue
        start, end = place(a), max(after(b), place(a))
        if not written and old[b - 1].isspace() and "\n" not in text[end : place(b)]:
            end = place(b)
        elif not written and old[a].isspace() and "\n" not in text[after(a) : start]:
            start = after(a)
        yield Replacement(start=start, end=end, text=_with_margin(text, start, first, written))
