"""Reads a formula in every way that its notation allows: notations with several readings are choices."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from qedoc.read.reading import Names, NotAClaim, Option, Reading, Refused, Silent

MOST = 16
"""Maximum number of combinations of choices to read."""

_DOUBT = {"stated": 0, "suggested": 1, "possible": 2, "opaque": 3}

Options: TypeAlias = dict[str, tuple[Option, ...]]
Read: TypeAlias = Callable[[str, Names, Options], Reading | NotAClaim]


def all_readings(latex: str, names: Names, read: Read) -> Reading | NotAClaim:
    """Reads a formula. A reading has the other readings beside it.

    Args:
        latex: the formula.
        names: what is known about the names in it.
        read: reads it with given decisions, and adds the notations with several readings to its last argument.

    Raises:
        Refused: if it cannot be read in any way. The reason is that of the usual way.
        Silent: if it states no value.
    """
    waiting: list[dict[str, str]] = [{}]
    seen: list[dict[str, str]] = [{}]
    found: list[Reading] = []
    refused: Refused | None = None
    while waiting and len(seen) <= MOST:
        decisions = waiting.pop(0)
        options: Options = {}
        try:
            reading = read(latex, replace(names, decisions=decisions), options)
            if isinstance(reading, NotAClaim):
                if not decisions:
                    return reading
                continue
            found.append(replace(reading, taken=_taken(options, decisions)))
        except Silent:
            if not decisions:
                raise
        except Refused as error:
            refused = refused or error
        for notation, ways in options.items():
            if notation not in decisions:
                more = [{**decisions, notation: way.value} for way in ways[1:]]
                waiting += [one for one in more if one not in seen]
                seen += [one for one in more if one not in seen]
    if not found:
        assert refused is not None  # nothing else leaves no reading
        raise refused
    distinct = list({(reading.equations, _opaque(reading)): reading for reading in reversed(found)}.values())[::-1]
    distinct.sort(key=lambda reading: sum(_DOUBT[option.sure] for option in reading.taken.values()))
    first, *others = distinct
    return replace(first, others=tuple(others))


def _opaque(reading: Reading) -> tuple[str, ...]:
    """The notations that a reading takes in a way that nobody understands. They keep it apart from one with the same equations."""
    return tuple(notation for notation, option in reading.taken.items() if option.sure == "opaque")


def _taken(options: Options, decisions: Mapping[str, str]) -> dict[str, Option]:
    return {notation: next((way for way in ways if way.value == decisions.get(notation)), ways[0]) for notation, ways in options.items()}
