"""Finds comments that silence a finding: `.. qedoc: ignore CODE: reason`, in Markdown `<!-- qedoc: ignore CODE: reason -->`."""

import re
from collections.abc import Sequence

from qedoc.records import dataclass
from qedoc.sources.fences import fences

_OPENING = re.compile(r"^(?P<margin>\s*)(?P<mark>\.\.|%|<!--)\s*qedoc:\s*ignore\b:?(?P<text>.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment that silences a finding.

    Args:
        text: what follows `ignore`: codes, a colon and the reason.
        first: its first line, from 0.
        last: its last line.
    """

    text: str
    first: int
    last: int


def comments(lines: Sequence[str]) -> list[Comment]:
    """Returns the comments, in the order written. Those in examples of code are none.

    Args:
        lines: a docstring or a page.
    """
    if not any("qedoc" in line for line in lines):
        return []
    printed = {place for fence in fences(lines) if fence.fenced for place in range(fence.first, fence.last + 1)}
    found: list[Comment] = []
    for place, line in enumerate(lines):
        if (opened := _OPENING.match(line)) and place not in printed:
            last = _last(lines, place, opened)
            text = " ".join([opened["text"], *lines[place + 1 : last + 1]])
            found.append(Comment(text=" ".join(text.partition("-->")[0].split()), first=place, last=last))
    return found


def _last(lines: Sequence[str], place: int, opened: re.Match[str]) -> int:
    """The last line of a comment: the one with `-->`, or the last of those that are indented further than the two dots."""
    following = range(place + 1, len(lines))
    if opened["mark"] == "<!--":
        closed = next((at for at in range(place, len(lines)) if "-->" in lines[at]), place)
        blank = next((at for at in following if not lines[at].strip()), len(lines))
        return closed if closed < blank else place
    if opened["mark"] == "%":
        return place
    margin = len(opened["margin"])
    after = next((at for at in following if not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) <= margin), len(lines))
    return after - 1


def without(lines: Sequence[str]) -> list[str]:
    """The lines with empty lines in place of the comments.

    Args:
        lines: a docstring or a page.
    """
    hidden = {place for comment in comments(lines) for place in range(comment.first, comment.last + 1)}
    return ["" if place in hidden else line for place, line in enumerate(lines)]
