"""Puts a sentence below a formula in its file that explains its symbols, with gaps for the author to fill in."""

import re
from collections.abc import Sequence

from qedoc.errors import Location
from qedoc.repair.source import span
from qedoc.results.legend import sentence

_DIRECTIVE = re.compile(r"\s*\.\.\s+math\s*::")
_FENCE = re.compile(r"\s*(?:\$\$|\\\\?\[|`{3,}|:{3,}|~{3,})")
_CLOSED = re.compile(r"(?:\$\$|\\\\?\]|`{3,}|:{3,}|~{3,})\s*$")


def with_legend(text: str, place: Location, written: str, letters: Sequence[str]) -> str | None:
    """Returns the file with the sentence; None if the formula does not stand there as it was read, or not as a display.

    Args:
        text: the file.
        place: where the formula was read.
        written: the formula as it was read.
        letters: the LaTeX of the symbols to explain.
    """
    found = span(text, place, written)
    if found is None:
        return None
    lines = text.splitlines(keepends=True)
    first, last = text.count("\n", 0, found[0]), text.count("\n", 0, found[1])
    opening = next((k for k in range(first, -1, -1) if _DIRECTIVE.match(lines[k]) or _FENCE.match(lines[k])), None)
    if opening is None:
        return None
    markdown = _DIRECTIVE.match(lines[opening]) is None
    while markdown and not (_CLOSED.search(lines[last].rstrip()) and (last > opening or first == last == opening)):
        last += 1
        if last == len(lines) or not lines[last].strip():
            return None
    newline = "\r\n" if lines[opening].endswith("\r\n") else "\n"
    margin = lines[opening][: len(lines[opening]) - len(lines[opening].lstrip())]
    added = [newline, *(f"{margin}{line}{newline}" for line in sentence(letters, markdown=markdown))]
    is_followed = last + 1 < len(lines) and lines[last + 1].strip() and not lines[last + 1].strip().startswith(('"""', "'''"))
    return "".join([*lines[: last + 1], *added, *([newline] if is_followed else []), *lines[last + 1 :]])
