"""Finds formulas by cases in plain text: `a when x < 0, and b when x >= 0`, `a if c else b`, and lines with a condition each."""

from collections.abc import Sequence
from dataclasses import dataclass

from qedoc.read.reading import Obstacle, Refused
from qedoc.sources.plain_lexemes import Bracket, Item

_IF = ("if", "when", "for")
_ELSE = ("otherwise", "else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case.

    Args:
        value: the items of its value.
        condition: the items of its condition; empty for all other points.
    """

    value: Sequence[Item]
    condition: Sequence[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A formula by cases.

    Args:
        sides: the number of sides of the equation that it takes, from the last one.
        rows: the cases, in the order written.
    """

    sides: int
    rows: tuple[Row, ...]


def equated(items: Sequence[Item]) -> tuple[list[list[Item]], list[Item]]:
    """Splits items at the equality signs that are no part of a condition, and returns these signs too."""
    sides: list[list[Item]] = [[]]
    signs: list[Item] = []
    conditional = False
    for item in items:
        if item.broken or item.is_op(";"):
            conditional = False
        if item.is_name(*_IF):
            conditional = True
        if item.is_op("=", "==") and not conditional:
            sides.append([])
            signs.append(item)
        else:
            sides[-1].append(item)
    return sides, signs


def cases(sides: Sequence[Sequence[Item]]) -> Cases | None:
    """Returns the cases at the end of an equation, or None if there are none.

    Args:
        sides: the sides of the equation. The cases are rows of the last side, or one side each.
    """
    if not sides:
        return None
    rows = _rows(sides[-1])
    if rows is not None and len(rows) > 1:
        return Cases(sides=1, rows=tuple(rows))
    found: list[Row] = []
    for side in reversed(sides):
        one = _rows(side)
        if one is None or len(one) != 1:
            break
        found.insert(0, one[0])
    return Cases(sides=len(found), rows=tuple(found)) if len(found) > 1 else None


def _rows(items: Sequence[Item]) -> list[Row] | None:
    """The rows of one side; None where something stands beside them."""
    rows: list[Row] = []
    place = 0
    while place < len(items):
        while place < len(items) and _separates(items[place]):
            place += 1
        if place == len(items):
            break
        word = next((n for n in range(place, len(items)) if items[n].is_name(*_IF, *_ELSE)), None)
        if word is None or not (value := _trimmed(items[place:word])):
            return None
        if items[word].is_name(*_ELSE):
            rows.append(Row(value=value, condition=()))
            place = word + 1
            continue
        stop = next((n for n in range(word + 1, len(items)) if _ends(items, n)), len(items))
        condition = _trimmed(items[word + 1 : stop])
        if not condition:
            return None
        rows.append(Row(value=value, condition=condition))
        place = stop
        if stop < len(items) and items[stop].is_name("else"):
            rest = _trimmed(items[stop + 1 :])
            if not rest:
                raise Refused(Obstacle.MALFORMED, "a case without a value", items[stop].start, "")
            return [*rows, Row(value=rest, condition=())]
    return rows or None


def _separates(item: Item) -> bool:
    """Whether an item only separates rows: a comma, `and`, or the bullet of a list."""
    bullet = not isinstance(item, Bracket) and item.broken and item.is_op("*", "-") and item.end - item.start == 1
    return item.is_op(",", ";", ".") or item.is_name("and") or bullet


def _ends(items: Sequence[Item], place: int) -> bool:
    item = items[place]
    return item.broken or item.is_op(";") or item.is_name("else")


def _trimmed(items: Sequence[Item]) -> list[Item]:
    kept = list(items)
    while kept and (kept[-1].is_op(",", ";", ".") or kept[-1].is_name("and")):
        kept.pop()
    return kept
