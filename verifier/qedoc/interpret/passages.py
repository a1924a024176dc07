"""Splits a docstring into displays, the words around each of them, and sentences that stand alone."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qedoc.sources import markup
from qedoc.sources.markup import ARGUMENTS, Paragraph

SILENT = markup.SILENT
_HIDDEN = re.compile(r":[\w:]*:?`[^`]*`|``[^`]*``|`[^`]*`|\$[^$]*\$|\b(?:e\.g|i\.e|cf|resp|etc|vs|Eq|eq|Sec|approx|w\.r\.t)\.|\d\.\d")
_BULLET = re.compile(r"^[-*•]\s+(?=\S)")
_STRESSED = re.compile(
    r",\s+(?:especially|particularly|notably)\s+(?:for|at|near|around|with|when|if|where)\s"
    r"(?:`+[^`]*`+|:\w+:`[^`]*`|\$[^$]*\$|(?!(?:but|not|never|no|only|except|unless|must|should)\b)[^`$.,;:()])*(?=[.,;]|$)",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?](?=\s|$)")
_RUNS_ON = re.compile(r"[a-z(,;=]|\$|:(?!\w+(?::\w+)*:`)|:math:")
_ENDS = re.compile(r"[.!?]\W*$")
_AHEAD = re.compile(r"\bfollowing\b|\bbelow\W*$", re.IGNORECASE)
"""Words that speak of the display, also in a sentence that ends before it: `the derivative of the following function.`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words with their place.

    Args:
        text: the words.
        line: the line of the docstring, from 0.
        before: the line of the display that the words continue, or -1.
        after: the line of the display that the words introduce, or -1.
        first: whether it is the summary of the docstring.
        ended: whether the words are a sentence of their own, which a full stop ends.
    """

    text: str
    line: int
    before: int = -1
    after: int = -1
    first: bool = False
    ended: bool = False


def sentences(text: str) -> list[str]:
    """The sentences of a text. A full stop inside a formula, a number or an abbreviation does not end a sentence."""
    hidden = _HIDDEN.sub(lambda found: "x" * len(found.group()), text)
    cuts = [0, *(found.end() for found in _STOP.finditer(hidden)), len(text)]
    return [part for start, end in itertools.pairwise(cuts) if (part := text[start:end].strip())]


def unstressed(text: str) -> str:
    r"""A sentence without what it only stresses, which restricts nothing: `, especially for :math:`x < 0``."""
    return _STRESSED.sub("", text)


def passages(lines: Sequence[str], own: str) -> Iterator[Passage]:
    """Yields the running text of a docstring, sentence by sentence.

    Args:
        lines: the docstring without its indentation.
        own: the name of the documented object, which may stand before the summary.
    """
    displays = [block.first for block in markup.blocks(lines)]
    told = [one for one in markup.paragraphs(lines) if one.section not in ARGUMENTS and one.section not in SILENT]
    items: list[tuple[int, Paragraph | None]] = sorted(
        [(line, None) for line in displays] + [(one.line, one) for one in told], key=lambda item: item[0]
    )
    at_display = {line for line, one in items if one is None}
    for place, (line, paragraph) in enumerate(items):
        if paragraph is None:
            continue
        text = paragraph.text
        first = place == 0
        if first:
            text = re.sub(rf"^`*{re.escape(own)}`*\s*(?:[:.](?!math:)|\s[-\u2013—]\s)\s*", "", text)
        previous = items[place - 1][0] if place and items[place - 1][1] is None else -1
        following = items[place + 1][0] if place + 1 < len(items) and items[place + 1][1] is None else -1
        following = following if following in at_display else -1
        parts = [_BULLET.sub("", part) for part in sentences(text)]
        for number, part in enumerate(parts):
            before = previous if number == 0 and _RUNS_ON.match(part) else -1
            ended = bool(_ENDS.search(part))
            after = following if number == len(parts) - 1 and (_AHEAD.search(part) or not ended) else -1
            yield Passage(text=part, line=line, before=before, after=after, first=first and number == 0, ended=ended)
