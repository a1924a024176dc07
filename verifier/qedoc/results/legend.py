"""The sentence that explains the symbols of a formula: how a reason asks for it, and how it is written into a docstring."""

import re
from collections.abc import Sequence

from qedoc.results.notation import letter

_ASKED = re.compile(r":math:`([^`]+)` is \.\.\. \(``parameter``\)")


def request(names: Sequence[str]) -> str:
    """What to write so that symbols are explained.

    Args:
        names: the symbols that nothing explains.
    """
    where = " and ".join(f":math:`{letter(name)}` is ... (``parameter``)" for name in names)
    return f"say what {' and '.join(names)} {'is' if len(names) == 1 else 'are'}: where {where}"


def requested(reason: str) -> tuple[str, ...]:
    """The LaTeX of the symbols that a reason asks to explain.

    Args:
        reason: the reason of an unreadable formula.
    """
    return tuple(_ASKED.findall(reason))


def sentence(letters: Sequence[str], *, markdown: bool) -> list[str]:
    """The lines of a sentence that explains symbols, with gaps to fill in.

    Args:
        letters: the LaTeX of the symbols.
        markdown: whether the text is Markdown.
    """
    parts = [f"${one}$ is ... (`...`)" if markdown else f":math:`{one}` is ... (``...``)" for one in letters]
    ends = [","] * (len(parts) - 2) + [" and"] * (len(parts) > 1) + ["."]
    lines = [part + end for part, end in zip(parts, ends, strict=True)]
    return [f"where {lines[0]}", *lines[1:]]
