"""Comments below formulas that say which interpretation is meant: `.. qedoc: interpret N`."""

import re
from collections.abc import Sequence

from qedoc.sources.markup import blocks

_SETTLED = re.compile(r"^\s*(?:\.\. qedoc: interpret (?P<rst>\d+)|<!--\s*qedoc: interpret (?P<md>\d+)\s*-->)\s*$")


def settlement(lines: Sequence[str], line: int) -> int:
    """The number in the comment `.. qedoc: interpret N` or `<!-- qedoc: interpret N -->` below a display; 0 if there is none.

    Args:
        lines: the docstring.
        line: the first line of the display, from 0.
    """
    following = [block.first for block in blocks(lines) if block.first > line]
    for text in lines[line : min(following, default=len(lines))]:
        if found := _SETTLED.match(text):
            return int(found["rst"] or found["md"])
    return 0


def without_comments(lines: Sequence[str]) -> list[str]:
    """The lines with empty lines in place of comments for qedoc."""
    return ["" if _SETTLED.match(line) else line for line in lines]
