"""Compares the length that a text gives an array, `If c is of length n + 1`, with the entries that the display below takes."""

import re
from collections.abc import Iterable

_MATHS = r"(?::math:`|`+|\$)"
_END = r"(?:`+|\$)"
_ARRAY = r"(?:an? )?(?:1-?D |one-dimensional )?(?:array|vector|list|sequence)"
_LENGTH = re.compile(
    rf"(?:if|when|for|given|where) (?:{_ARRAY} )?{_MATHS}(?P<name>\w+){_END} (?:(?:is|has) )?(?:{_ARRAY} )?(?:of |with |the )?"
    rf"length {_MATHS}(?P<length>[A-Za-z](?:\s*[+-]\s*\d)?){_END},?\s+",
    re.IGNORECASE,
)
_SHIFTED = r"\{{?\s*(?P<{name}>[A-Za-z](?:\s*[+-]\s*\d)?)\s*\}}?"


def without_lengths(text: str, displays: Iterable[str]) -> str:
    """A sentence without the clause that says how long an array is, if the display takes as many entries of it as the clause says.

    Args:
        text: the sentence.
        displays: the display that it introduces.
    """
    said = _LENGTH.match(text)
    if said is None:
        return text
    fits = [taken(latex, said["name"]) == _parts(said["length"]) for latex in displays]
    return text[said.end() :] if fits and all(fits) else text


def taken(latex: str, name: str) -> tuple[str, int] | None:
    """The number of entries of an array that a display takes, a letter and what is added to it; None if that is not plain.

    Args:
        latex: the display.
        name: the array.
    """
    entry = rf"(?<![A-Za-z\\]){re.escape(name)}\s*_\s*"
    dots = re.search(r"(?:\.\.\.|\\[lc]?dots)(?P<rest>.*)", latex, re.DOTALL)
    found = dots and re.search(entry + _SHIFTED.format(name="last"), dots["rest"])
    starts = re.findall(entry + r"\{?\s*(\d+)", latex[: dots.start()]) if dots else []
    if dots and found and starts:
        letter, shift = _parts(found["last"])
        return letter, shift - int(starts[0]) + 1
    total = re.search(
        rf"\\(?:sum|prod)\s*_\s*\{{\s*(?P<index>[a-z])\s*=\s*(?P<first>[01])\s*\}}\s*\^\s*{_SHIFTED.format(name='last')}(?P<rest>.*)",
        latex,
        re.DOTALL,
    )
    if total is None or not re.search(entry + rf"\{{?\s*{total['index']}\s*(?:\}}|\b)", total["rest"]):
        return None
    letter, shift = _parts(total["last"])
    return letter, shift - int(total["first"]) + 1


def _parts(length: str) -> tuple[str, int]:
    letter, shift = length[:1], "".join(length[1:].split())
    return letter, int(shift or 0)
