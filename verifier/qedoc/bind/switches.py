"""Finds the parameters that the words before a formula set: 'If ``approximate=False``, it computes'."""

import re
from collections.abc import Mapping
from typing import Any

from qedoc.bind.context import Context
from qedoc.bind.records import Obstruction
from qedoc.interpret.labels import LABEL
from qedoc.results.verdict import Verdict

_LITERALS: dict[str, Any] = {"True": True, "False": False, "None": None, "true": True, "false": False}
_VALUE = r"(?:[Tt]rue|[Ff]alse|None)\b|'[^'`]*'|\"[^\"`]*\""
_SAID = re.compile(rf"`{{1,2}}(\w+)(?:\s*={{1,2}}\s*|`{{1,2}}\s+(?:is|equals)\s+`{{0,2}})({_VALUE})`{{0,2}}(?!\w)")
_IN_LABEL = re.compile(rf"`{{0,2}}(\w+)\s*={{1,2}}\s*({_VALUE})`{{0,2}}(?!\w)")
"""A setting in the label of a display, `**Staircase mode (staircase=True):**`."""

_OPENS = re.compile(r"\b(?:If|When|With|For|Unless)\s+(?=`)", re.IGNORECASE)
_NEGATES = re.compile(r"\b(?:not|never|unless|except)\b", re.IGNORECASE)
_AND = re.compile(r"(?:,?\s+and\s+|,\s*)(?=`|\w+\s*=)")
_GOES_ON = re.compile(r",?\s*(?:(?:or|and|nor|unless|except|but)\b|['\"]|(?:[Tt]rue|[Ff]alse|None)\b)")
"""Words after a setting that say that it is not the whole condition: `is 'mean' or 'sum'`."""

_MARKER = re.compile(r"^(?:[-*+]|\d+[.)])\s+")
"""What an item of a list begins with."""

_OTHERWISE = re.compile(r"(?:Otherwise|Else)\b", re.IGNORECASE)


def switches(context: Context, line: int) -> dict[str, Any]:
    """Returns the parameters that the user sets, those that an interpretation sets, and those that the words before a formula set.

    Args:
        context: the docstring.
        line: the line of the formula.

    Raises:
        Obstruction: for words that set a parameter and do not clearly say to what, or for which formula.
    """
    return {**context.chosen, **_said_before(context, line), **context.settings}


def _said_before(context: Context, line: int) -> dict[str, Any]:
    words = _paragraph(context, line)
    label = LABEL.fullmatch(words)
    if label:
        found, rest = _settings(label["inside"].strip(), _IN_LABEL)
        if rest and _IN_LABEL.search(label["inside"]):
            raise _unclear(words)
        return _known(context, found)
    found, rest = _settings(_MARKER.sub("", words), _SAID)
    if found and not rest.strip(" :*"):
        return _known(context, found)
    *before, last = re.split(r"(?<=[.!?])\s+(?=[A-Z])", words)
    earlier = [(sentence, _known(context, _conditions(sentence)[0])) for sentence in before]
    earlier = [(sentence, found) for sentence, found in earlier if found]
    found, rest = _conditions(last)
    if _known(context, found):
        if _GOES_ON.match(rest) or _NEGATES.search(last):
            raise _unclear(last)
        return _known(context, found)
    if not earlier:
        return {}
    sentence, found = earlier[-1]
    if _OTHERWISE.match(last):
        ((name, value), *more) = found.items()
        if more or not isinstance(value, bool) or _GOES_ON.match(_conditions(sentence)[1]):
            raise _unclear(sentence)
        return {name: not value}
    if any(value != context.parameters[name].default for _, found in earlier for name, value in found.items()):
        raise _unclear(sentence)
    return {}


def _paragraph(context: Context, line: int) -> str:
    """The words before a formula, from the last empty line on."""
    before: list[str] = []
    for text in reversed(context.record.docstring.split("\n")[:line]):
        if text.strip().startswith(".. math::") and not before:
            continue
        if not text.strip() and before:
            break
        if text.strip():
            before.insert(0, text.strip())
    return " ".join(before)


def _conditions(sentence: str) -> tuple[dict[str, Any], str]:
    """The settings in the condition of a sentence, and the words after them."""
    opened = [_settings(sentence[opens.end() :], _SAID) for opens in _OPENS.finditer(sentence)]
    return next((one for one in opened if one[0]), ({}, sentence))


def _settings(words: str, one: re.Pattern[str]) -> tuple[dict[str, Any], str]:
    """The settings with which words begin, all of which hold, and the words after them."""
    found: dict[str, Any] = {}
    start = at = 0
    while hit := one.match(words, start):
        found[hit[1]] = _LITERALS[hit[2]] if hit[2] in _LITERALS else hit[2][1:-1]
        at = hit.end()
        joined = _AND.match(words, at)
        if joined is None:
            break
        start = joined.end()
    return found, words[at:]


def _known(context: Context, found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name in context.parameters}


def _unclear(words: str) -> Obstruction:
    what = f"it is not clear which parameters '{words}' sets for the formula"
    return Obstruction(what, "write the setting right before the formula", Verdict.UNDECIDED)
