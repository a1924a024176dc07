"""Finds the blocks of a docstring that are printed as they are: Markdown fences, literal blocks and indented blocks."""

import re
from collections.abc import Iterator, Sequence

from qedoc.records import dataclass

MARKED = frozenset({"none", "math", "asciimath"})
"""Languages of fences whose content is mathematics or prose, and no program."""
PLAIN = frozenset({"", "text", "txt", "plain", "plaintext"})
"""Languages of fences with anything in them."""

_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,}|:{3,}(?=\{))\s*(?:(\{(?:code|code-block|code-cell|sourcecode)\})\s*(\S*)\s*|([^`{]*))$")
_MYST = re.compile(r"^(\s*)(`{3,}|~{3,}|:{3,})\s*\{(?!(?:code|code-block|code-cell|sourcecode)\})")
"""A directive of MyST, whose content is text or a formula."""
_CODE_BLOCK = re.compile(r"^(\s*)\.\. +(?:code-block|sourcecode|code|parsed-literal)\s?::\s*(\S*)\s*$")
_LITERAL = re.compile(r"^(?!\s*\.\.\s).*\S.*::\s*$|^\s*::\s*$")
_INTRODUCES = re.compile(r"(?::|,|\b(?:is|are|by|as|to|function|formula))\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d+[.)]|#\.)\s|^\s*(?:>>>|\.\.\.)|^\s*[`*]*\w+[`*]*\s*(?:\([^)]*\))?\s*:(?:\s|$)|^\s*\.\.|^\s*:\w")
_USE = re.compile(r"\b(?:examples?|usage|e\.g\.|for instance|code|shell|run|call|output|prints|import|install)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A block that is printed as it is.

    Args:
        language: the language that its markup names, in lower case; empty without one.
        fenced: whether it stands between two fences.
        lines: its content.
        start: the line of its first mark, from 0.
        first: the line of its first content.
        last: its last line, with its closing mark.
    """

    language: str
    fenced: bool = False
    lines: tuple[str, ...]
    start: int
    first: int
    last: int

    @property
    def programmed(self) -> bool:
        """Whether its markup says that it is a program, or something else that is no plain text."""
        return self.language not in MARKED | PLAIN

    @property
    def marked(self) -> bool:
        """Whether its markup says that it is no program."""
        return self.language in MARKED


def fences(lines: Sequence[str]) -> list[Fence]:
    """Returns the blocks that are printed as they are, in the order written."""
    found: list[Fence] = []
    closing = set[int]()
    at = 0
    while at < len(lines):
        if at in closing or (opened := _MYST.match(lines[at])):
            if at not in closing and opened:
                closing.add(_closed(lines, at, opened[2]))
            at += 1
            continue
        fence = _fenced(lines, at) or _directive(lines, at) or _literal(lines, at) or _indented(lines, at)
        if fence is not None:
            found.append(fence)
            at = fence.last
        at += 1
    return found


def _closed(lines: Sequence[str], at: int, mark: str) -> int:
    """The line that closes a fence, or the line after the last one."""
    after = range(at + 1, len(lines))
    return next((n for n in after if lines[n].strip().startswith(mark) and not lines[n].strip().strip(mark[0])), len(lines))


def _fenced(lines: Sequence[str], at: int) -> Fence | None:
    opened = _FENCE.match(lines[at])
    if opened is None:
        return None
    mark, language = opened[2], (opened[4] or "python" if opened[3] else opened[5]).strip().lower().partition(" ")[0]
    place = _closed(lines, at, mark)
    if place == len(lines):
        return None
    return Fence(language=language, fenced=True, lines=tuple(lines[at + 1 : place]), start=at, first=at + 1, last=place)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _directive(lines: Sequence[str], at: int) -> Fence | None:
    opened = _CODE_BLOCK.match(lines[at])
    return None if opened is None else _body(lines, at, len(opened[1]), opened[2].lower())


def _literal(lines: Sequence[str], at: int) -> Fence | None:
    """A literal block of reStructuredText, after a paragraph that ends with two colons."""
    if not _LITERAL.match(lines[at]) or at + 1 >= len(lines) or lines[at + 1].strip():
        return None
    return _body(lines, at, _indent(lines[at]), "python" if _USE.search(lines[at]) else "")


def _indented(lines: Sequence[str], at: int) -> Fence | None:
    """An indented block after a paragraph that introduces it."""
    if at + 2 >= len(lines) or not lines[at].strip() or lines[at + 1].strip() or _ITEM.match(lines[at]):
        return None
    if not _INTRODUCES.search(lines[at]) or _USE.search(lines[at]):
        return None
    found = _body(lines, at, _indent(lines[at]), "")
    listed = found is None or any(_ITEM.match(line) for line in found.lines)
    return None if listed else found


def _body(lines: Sequence[str], at: int, margin: int, language: str) -> Fence | None:
    """The lines that are indented more than a margin, without options of a directive."""
    places = list(_deeper(lines, at, margin))
    while places and (not lines[places[0]].strip() or re.match(r"\s*:[\w-]+:", lines[places[0]])):
        places.pop(0)
    while places and not lines[places[-1]].strip():
        places.pop()
    if not places:
        return None
    inner = min(_indent(lines[place]) for place in places if lines[place].strip())
    content = tuple(lines[place][inner:] for place in places)
    return Fence(language=language, lines=content, start=at, first=places[0], last=places[-1])


def _deeper(lines: Sequence[str], at: int, margin: int) -> Iterator[int]:
    for place in range(at + 1, len(lines)):
        if lines[place].strip() and _indent(lines[place]) <= margin:
            return
        yield place
