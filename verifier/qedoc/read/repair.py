"""A closing brace too many, where every way to mend it gives one reading."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from qedoc.read.reading import NotAClaim, Obstacle, Reading, Refused, Silent, Unreadable

STRAY = "} closes nothing"

MOST = 12
"""Ways to mend that are tried; where there are more, none is."""

LONGEST = 400
"""Longer formulas, in characters, are not mended."""


def repaired(latex: str, found: Unreadable, read: Callable[[str], Reading | NotAClaim]) -> Reading | Unreadable:
    """The reading of a formula with one closing brace too many, which TeX leaves out; else what was found.

    A brace may be missing before it instead. All ways to leave one out or to put one in that can be read must give the same reading.

    Args:
        latex: the formula.
        found: why it could not be read.
        read: reads a formula.
    """
    if found.obstacle is not Obstacle.MALFORMED or found.what != STRAY or len(latex) > LONGEST:
        return found
    ways = list(dict.fromkeys(_mended(latex, found.offset)))
    readings = [reading for way in ways if (reading := _tried(read, way)) is not None] if len(ways) <= MOST else []
    said = {str(reading) for reading in readings}
    whole = _tried(read, _without(latex, found.offset))
    if whole is None or len(said) != 1:
        return found
    note = f"the brace at line {found.line}, column {found.column} of the formula closes nothing, and is left out"
    return replace(whole, equations=tuple(replace(e, latex=latex) for e in whole.equations), notes=(*whole.notes, note))


def _without(latex: str, at: int) -> str:
    return latex[:at] + latex[at + 1 :]


def _mended(latex: str, at: int) -> Iterator[str]:
    """The formula without one of the closing braces up to the stray one, and with an opening brace at each place before it."""
    yield from (_without(latex, place) for place in range(at + 1) if latex[place] == "}" and latex[place - 1 : place] != "\\")
    yield from (latex[:place] + "{" + latex[place:] for place in range(at + 1) if latex[place - 1 : place] != "\\")


def _tried(read: Callable[[str], Reading | NotAClaim], latex: str) -> Reading | None:
    try:
        found = read(latex)
    except (Refused, Silent, RecursionError):
        return None
    return found if isinstance(found, Reading) else None
