"""Repairs formulas: one unmatched closing brace, if every possible repair gives the same reading."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from qedoc.read.reading import NotAClaim, Obstacle, Reading, Refused, Silent, Unreadable

STRAY = "unmatched }"

MOST = 12
"""Maximum number of repairs to try. A formula with more is not repaired."""

LONGEST = 400
"""Longer formulas, in characters, are not repaired."""


def repaired(latex: str, found: Unreadable, read: Callable[[str], Reading | NotAClaim]) -> Reading | Unreadable:
    """Reads a formula with one unmatched closing brace, which TeX ignores. Returns `found` if this is impossible.

    An opening brace may be missing before it instead. All repairs that can be read, with a brace removed or inserted, must give the same
    reading.

    Args:
        latex: the formula.
        found: why it could not be read.
        read: reads a formula.
    """
    if found.obstacle is not Obstacle.MALFORMED or found.what != STRAY or len(latex) > LONGEST:
        return found
    ways = list(dict.fromkeys(_mended(latex, found.offset)))
    readings = [reading for way in ways if (reading := attempted(partial(read, way))) is not None] if len(ways) <= MOST else []
    said = {str(reading) for reading in readings}
    whole = attempted(partial(read, _without(latex, found.offset)))
    if whole is None or len(said) != 1:
        return found
    note = f"the unmatched brace at line {found.line}, column {found.column} of the formula is ignored"
    return replace(whole, equations=tuple(replace(e, latex=latex) for e in whole.equations), notes=(*whole.notes, note))


def _without(latex: str, at: int) -> str:
    return latex[:at] + latex[at + 1 :]


def _mended(latex: str, at: int) -> Iterator[str]:
    """The formula without one of the closing braces up to the stray one, and with an opening brace at each place before it."""
    yield from (_without(latex, place) for place in range(at + 1) if latex[place] == "}" and latex[place - 1 : place] != "\\")
    yield from (latex[:place] + "{" + latex[place:] for place in range(at + 1) if latex[place - 1 : place] != "\\")


def attempted(read: Callable[[], Reading | NotAClaim]) -> Reading | None:
    """The reading of a formula; None if there is none.

    Args:
        read: reads it.
    """
    try:
        found = read()
    except (Refused, Silent, RecursionError):
        return None
    return found if isinstance(found, Reading) else None
