"""Rules in several pieces: lines of earlier displays, and sentences that name the setting for which a display holds."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from qedoc.read.step_names import Timed
from qedoc.read.steps import Line, Lines
from qedoc.sources.docstrings import Formula

_EXPLICIT = re.compile(r"`*\b(\w+)\s*=\s*(True|False)\b`*")
_DIRECTIVE = re.compile(r"\.\. math\s*::.*$", re.DOTALL)
_CONDITION = re.compile(r"(?:with(?!out)|when|if|for|using|in\s+case)\b", re.IGNORECASE)
"""How a sentence begins that says when a display holds."""

_OF_ARRAYS = re.compile(
    r"For (?:each|every|all|any) (?:layer|parameter|weight|tensor|entry|variable)s? ?(?:\w|:math:`[^`]*`)?"
    r"(?: with (?:the )?gradients? :math:`[^`]*`)?:"
)
"""Words that say of which arrays a rule is."""


def said_settings(lines: Sequence[str], defaults: Mapping[str, Any]) -> tuple[dict[str, bool], bool]:
    """Returns the settings for which lines before a display state it, and whether they say nothing else about when it holds.

    "With nesterov=True:" and "With Nesterov momentum, the update becomes" name a parameter that is a truth value.

    Args:
        lines: the lines between the display before and this one.
        defaults: the default of each parameter.
    """
    paragraph = re.split(r"\n\s*\n", _DIRECTIVE.sub("", "\n".join(lines)).strip())[-1]
    last = re.split(r"(?<=[.!?])\s+(?=[A-Z])", paragraph.strip())[-1]
    explicit = {name: value == "True" for name, value in _EXPLICIT.findall(last) if name in defaults}
    if explicit:
        return explicit, True
    if not _CONDITION.match(last) or _OF_ARRAYS.fullmatch(" ".join(paragraph.split())):
        return {}, True
    said = set(re.findall(r"\w+", last.lower()))
    named = [name for name, default in defaults.items() if isinstance(default, bool) and name.lower() in said]
    return ({named[0]: True}, True) if len(named) == 1 else ({}, False)


def completed(
    read: Lines, parts: Mapping[Formula, Lines], known: Collection[str], gradients: Collection[str] = ()
) -> tuple[Lines, list[Formula]]:
    r"""Returns a rule with the lines that it lacks and earlier displays give, and these displays.

    Args:
        read: the lines of the display with the output.
        parts: the lines of earlier displays.
        known: the names of the parameters.
        gradients: the names of the gradient. A line may change it: `g_t = \nabla f(w_t) + \lambda w_t`.
    """
    lines, names = list(read.lines), dict(read.names)
    used: list[Formula] = []
    while True:
        given = {line.left.base for line in lines}
        wanted = {(name.base, name.shift is not None) for name in names.values()} | {(letter, False) for letter in letters(lines)}
        missing = {one for one in wanted if one[0] not in given and one[0] not in known}
        found = next(
            (
                (formula, part, line)
                for formula, part in reversed([*parts.items()])
                for line in part.lines
                if (line.left.base, line.left.shift is not None) in missing and part.step == read.step and _is_only(line, parts)
            ),
            None,
        )
        if found is None:
            return replace(read, lines=tuple(lines), names=names), used
        formula, part, line = found
        used += [formula] if formula not in used else []
        line, own = _renamed(line, part.names, len(lines))
        lines.append(line)
        names |= own


def lacking(read: Lines, known: Collection[str]) -> set[str]:
    """The names at a step that a rule uses, and that none of its lines gives.

    Args:
        read: the lines of the rule.
        known: the names of the gradient and of the parameters.
    """
    used = {symbol for line in read.lines for _, value in line.values for symbol in value.free_symbols}
    names = {name.base for symbol, name in read.names.items() if symbol in used and name.shift is not None and not name.raised}
    return names - {line.left.base for line in read.lines} - set(known)


def letters(lines: Sequence[Line]) -> set[str]:
    """The names without a step in the values of lines.

    Args:
        lines: the lines.
    """
    return {s.name for line in lines for _, value in line.values for s in value.free_symbols if isinstance(s, sp.Symbol)}


def _is_only(line: Line, parts: Mapping[Formula, Lines]) -> bool:
    """Whether a line for a name without a step is the only one, and gives it no number. A line for a name at a step may be any."""
    others = [one for part in parts.values() for one in part.lines if one.left == line.left]
    return line.left.shift is not None or (len(others) == 1 and any(value.free_symbols for _, value in line.values))


def _renamed(line: Line, names: Mapping[sp.Symbol, Timed], number: int) -> tuple[Line, dict[sp.Symbol, Timed]]:
    """A line with symbols of its own, and the names that they stand for."""
    inside = {symbol for _, value in line.values for symbol in value.free_symbols if symbol in names}
    fresh = {symbol: sp.Symbol(f"{symbol.name}_part_{number}") for symbol in inside}
    values = tuple((setting, value.xreplace(fresh)) for setting, value in line.values)
    return replace(line, values=values), {fresh[symbol]: names[symbol] for symbol in inside}


def without_entry_phrase(lines: Sequence[str]) -> str:
    """The sentence before "For each layer l:", which says of which arrays a rule is; empty if a display has no such words before it.

    Args:
        lines: the lines before the display.
    """
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip()]
    paragraphs = [part for part in paragraphs if not part.startswith(".. math::")]
    if len(paragraphs) < 2 or not _OF_ARRAYS.fullmatch(paragraphs[-1]):
        return ""
    last = re.split(r"(?<=[.!?])\s+|\s-{3,}\s", paragraphs[-2])[-1]
    return last if last.endswith(":") else ""
