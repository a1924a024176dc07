"""What the entry of a parameter says of a symbol: `the inverse of the rate`, or a number in percent."""

import re
from collections.abc import Sequence
from typing import Any

import sympy as sp

from qedoc.interpret import lexicon
from qedoc.interpret.choices import Sure
from qedoc.interpret.findings import Found, Source
from qedoc.interpret.fragments import explains
from qedoc.interpret.meaning import Sense, senses
from qedoc.interpret.parses import solved
from qedoc.interpret.parsing import Edge, Lattice
from qedoc.interpret.telling import changes

_INVERTED = ("1/x", "-x", "log(x)", "x/2", "2*x", "x**2")
"""Functions that begin a description: `half the gain`."""


def scaled(unit: str, own: sp.Symbol, source: Source, found: Found) -> None:
    """A parameter that is given on a scale, `in percent`: the symbol of its name may be the number that it stands for."""
    if unit not in lexicon.SCALES:
        return
    made = solved(sp.sympify(lexicon.SCALES[unit]), sp.Symbol("x"), own)
    found.legend(own.name[1:], Sense(value=made, sure=Sure.POSSIBLE), source)


def inverted(lattice: Lattice, own: sp.Symbol, source: Source, found: Found) -> None:
    """A parameter that is a function of what its description names, `inverse weights`: the symbol of its name may be what is named."""
    at = next((at for at, word in enumerate(lattice.words) if word.lower() not in ("the", "a", "an")), 0)
    if at >= len(lattice.edges):
        return
    for edge in lattice.edges[at]:
        if edge.kind == "OPERATOR" and edge.end < len(lattice.words) and edge.value in _INVERTED:
            made = solved(sp.sympify(edge.value), sp.Symbol("x"), own) if edge.value != "-x" else -own
            if made is not None:
                found.legend(own.name[1:], Sense(value=made, sure=Sure.POSSIBLE), source)


_BY_NUMBER = re.compile(
    r"\b(?:minus|plus|times|divided by|multiplied by) (?:an? |the )?(?:one|two|three|four|ten|half|\d+|unity)\b|"
    r"\b(?:one|two|1|2) (?:less|more|fewer) than\b|\bsigns? (?:is|are|changed|reversed|flipped)\b|"
    r"\b(?:given|expressed|entered|measured|counted|passed) (?:in|as|with) (?!(?:an? )?"
    r"(?:arrays?|keywords?|function|list|tuple|float|integers?|callable|string|radians|nats)\b)|"
    r"\b(?:hundredths|tenths|thousandths|per mille|permille|halves|decibels?|turns)\b|"
    r"^\W*(?:ignored|reserved|unused|no effect|has no effect|not used|deprecated)\b|\btreated as (?:zero|one|0|1)\b|"
    r"[,(]\s*(?:\w+ly )?(?:subtracted|negated|inverted|squared|halved|doubled|reversed|flipped)\b(?! from)|"
    r"\bpass (?:an? |the )?\w+ (?:number |value )?for (?:an? |the )?\w+",
    re.IGNORECASE,
)
"""Words of a description after which the number may be made of what is described, or may not count at all."""

_MADE_OF = (
    r"\b(?:negative|inverse|reciprocal|square|log(?:arithm)?|exponential|half|twice|double|complement)\b (?:of )?(?:the )?(?:\w+ )?{}(?!\w)"
)
_RANGED = re.compile(r"\b(?:must|should|between|at least|at most|greater|less than|larger|smaller|from)\b|[\[<>]", re.IGNORECASE)


def counted_otherwise(text: str, own: sp.Symbol, source: Source, found: Found) -> None:
    """A parameter that is made of what its description names, `degree :math:`n`, minus one`: a symbol of its name or there may be that."""
    of_itself = re.search(_MADE_OF.format(re.escape(own.name[1:])), text, re.IGNORECASE)
    if of_itself or (_BY_NUMBER.search(text) and not _RANGED.search(text)):
        for name in (own.name[1:], *re.findall(r":math:`\\?(\w+)`", text)):
            found.legend(name, Sense(value=None, sure=Sure.OPAQUE), source)


def solve(value: Any, own: sp.Symbol, sure: Sure, source: Source, found: Found) -> None:
    r"""An entry that says what its parameter is in terms of a symbol, such as `the inverse of the rate (\lambda)`: solved for it."""
    for sense in senses(value, {}):
        symbols = [s for s in sense.value.free_symbols if not s.name.startswith("@")] if sense.value is not None else []
        if len(symbols) == 1 and (made := solved(sense.value, symbols[0], own)) is not None:
            found.legend(symbols[0].name, Sense(value=made, sure=min(sure, sense.sure)), source)


_PLACES = frozenset({"on", "in", "per", "for", "at"})
_EACH = frozenset({"each", "every"})
_TO_EVALUATE = (("at", "on", "for"), ("which",), ("to",), ("evaluate", "compute", "calculate"))
_RECIPROCAL = re.compile(r"(?:the )?(?:inverse|reciprocal)(?: of)?(?: the)? [a-z]+(?: parameter)?")
_ENDS = frozenset({",", ";", ":", "(", ")", "and", "or", "but", "then"})
_NOUNS = frozenset({"parameter", "parameters", "value", "values", "the", "a", "an"})


def telling_part(lattice: Lattice, own: sp.Symbol) -> list[Sequence[Edge]]:
    """The edges of an entry without its words about something else than the number itself.

    These are a noun after `on each` or `for every`, what is computed at the number (`at which to evaluate the log density`), and what
    the number is the reciprocal of, in parentheses after the parameter's own name and symbol: `rate parameter :math:`r` (inverse scale)`.

    Args:
        lattice: the entry.
        own: the parameter.
    """
    words = [word.lower() for word in lattice.words]
    symbols = [at for at, those in enumerate(lattice.edges) if any(edge.kind == "SYM" for edge in those)]
    left_out: set[int] = set()
    for at in range(len(words) - 2):
        last = at + 3 >= len(words) or words[at + 3] in _ENDS | _PLACES | {"."}
        if words[at] in _PLACES and words[at + 1] in _EACH and last:
            left_out.add(at + 2)
        if all(word in those for word, those in zip(words[at : at + 4], _TO_EVALUATE, strict=False)) and at + 4 < len(words):
            end = next((k for k in range(at + 4, len(words)) if words[k] in _ENDS or k in symbols), len(words))
            left_out |= set(range(at + 4, end))
    if len(symbols) == 1:
        (at,) = symbols
        named = [word for word in words[:at] if word not in _NOUNS] == own.name[1:].lower().split("_")
        end = words.index(")", at) if ")" in words[at:] else 0
        if named and words[at + 1] == "(" and _RECIPROCAL.fullmatch(" ".join(words[at + 2 : end])):
            left_out |= set(range(at + 1, end))
    return [those for at, those in enumerate(lattice.edges) if at not in left_out]


def made_of(lattice: Lattice, own: sp.Symbol, source: Source, found: Found) -> None:
    """Symbols in an entry that was not understood: an equation defines them, and words that change a number make them unclear."""
    edges = [edge for those in lattice.edges for edge in those]
    defined = {edge.value[0]: edge.value[1] for edge in edges if edge.kind == "DEFINITION" and not edge.value[1].is_number}
    for name, value in defined.items():
        found.legend(name, Sense(value=value, sure=Sure.SUGGESTED), source)
    for at, those in enumerate(lattice.edges):
        for name in {edge.value for edge in those if edge.kind == "SYM" and explains(lattice, at)}:
            found.explained.setdefault(name, source.words)
    telling = telling_part(lattice, own)
    words = tuple(edge.value for those in telling for edge in those if edge.kind == "WORD")
    if not changes(telling) and not lexicon.changes(words):
        return
    for name in dict.fromkeys(edge.value for edge in edges if edge.kind == "SYM" and edge.value not in defined):
        found.legend(name, Sense(value=None, sure=Sure.OPAQUE), source)
