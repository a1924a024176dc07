"""What the entries of the section on arguments say: the ranges of parameters, their units, and what symbols are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sympy as sp

from qedoc.interpret import lexicon
from qedoc.interpret.choices import Sure, parameter
from qedoc.interpret.clauses import Clauses
from qedoc.interpret.doubts import changed, has_no_part, meant
from qedoc.interpret.entries import LOGARITHM, entry
from qedoc.interpret.findings import Described, Found, Source
from qedoc.interpret.fragments import RESTRICTS
from qedoc.interpret.meaning import Sense, condition_of, range_of
from qedoc.interpret.parses import best, common, merged, related, sensible
from qedoc.interpret.parsing import whole
from qedoc.interpret.passages import sentences
from qedoc.interpret.residue import computes, makes_of
from qedoc.interpret.scales import counted_otherwise, inverted, made_of, scaled, solve
from qedoc.interpret.statements import sentence

_VAGUE_SIZES = frozenset({"small", "large", "tiny", "huge", "moderate"})
_DASH = re.compile(r"(?P<kept>`+[^`]*`+|\$[^$]*\$)| - ")

_MATH = re.compile(r":math:`([^`]+)`|\$([^$]+)\$")
"""Mathematics in the description of a parameter."""


@dataclass(frozen=True)
class Entries:
    """Reads the entries of parameters.

    Args:
        clauses: reads sentences that are about more than the parameter.
    """

    clauses: Clauses

    def read(self, described: Described, text: str, found: Found) -> None:
        """Adds what a sentence says.

        Args:
            described: the parameter.
            text: the sentence.
            found: where it is added.
        """
        source = Source(words=text, line=described.line)
        if changed(text):
            found.say("unclear", (), Sure.OPAQUE, source)
            return
        lattice = self.clauses.vocabulary.lattice(_DASH.sub(lambda mark: mark["kept"] or " \u2013 ", text))
        own = parameter(described.name)
        ranged = self._ranged(described, own)
        if ranged is None and any(edge.kind in RESTRICTS for edges in lattice.edges for edge in edges):
            found.say("unclear", (), Sure.OPAQUE, source)
            return
        ranged = ranged or own
        inverted(lattice, own, source, found)
        counted_otherwise(text, own, source, found)
        parses = best(whole(entry, lattice))
        if not parses:
            for number in meant(lattice):
                found.say("domain", [(sp.Ne(own, number), Sure.SUGGESTED)], Sure.SUGGESTED, source)
            clauses = best(whole(sentence, lattice))
            if clauses and not any(item[0] == "brief" for items in clauses for item in items):  # `the slope s for positive inputs` is none
                self.clauses.said(clauses, source, found)
            else:
                if makes_of(text, described.name) or computes(text, "", [described.name]):
                    found.legend(described.name, Sense(value=None, sure=Sure.OPAQUE), source)
                made_of(lattice, own, source, found)
                self.clauses.restrictions(lattice, source, found, ranged)
            return
        readings = merged(sensible([list(self._entry_items(items, own, ranged, text)) for items in parses]))
        for kind, value, sure in common(readings):
            if kind == "domain":
                self._restricted(own, value, sure, source, found)
                continue
            found.say(kind, value, sure, source)
            if kind == "unit" and sure is Sure.STATED:
                found.units[described.name] = value
            if kind == "unit":
                scaled(value, own, source, found)
            if kind == "is":
                solve(value, own, sure, source, found)

    def _restricted(self, own: sp.Symbol, relations: Sequence[tuple[Any, Sure]], sure: Sure, source: Source, found: Found) -> None:
        """Relations in an entry. Those about other parameters may say when this one counts: `has no effect if b = 0`."""
        for relation, certain in relations:
            if self._is_of_others(own, relation) or has_no_part(source.words):
                found.doubt(relation, source)
            else:
                found.say("domain", [(relation, certain)], sure, source)

    def _is_of_others(self, own: sp.Symbol, relation: Any) -> bool:
        """Whether a relation is not about the parameter, but about others, by their names or by letters in their descriptions."""
        names = {str(symbol).removeprefix("@") for symbol in relation.free_symbols}
        others = [one for one in self.clauses.parameters if parameter(one.name) != own]
        letters = {
            letter for one in others for spelled in _MATH.findall(one.text) for letter in re.findall(r"[A-Za-z]\w*", "".join(spelled))
        }
        return own.name.removeprefix("@") not in names and bool(names & {*letters, *(one.name for one in others)})

    def _ranged(self, described: Described, own: sp.Symbol) -> sp.Expr | None:
        """What the ranges of an entry are about: the parameter, or the number of which it is the logarithm. None if that is not clear."""
        if not any(phrase in described.text.lower() for phrase in lexicon.KINDS["LOGGED"]):
            return own
        parses = [items for part in sentences(described.text) for items in whole(entry, self.clauses.vocabulary.lattice(part))]
        return sp.exp(own) if any(LOGARITHM in items for items in parses) else None

    def _entry_items(self, items: Sequence[Any], own: sp.Symbol, ranged: sp.Expr, text: str) -> Iterator[tuple[str, Any]]:
        for item in items:
            match item:
                case ("range", ("sign", "unknown")) if _VAGUE_SIZES & set(text.lower().split()):
                    continue
                case ("range", inner):
                    yield from self.clauses.placed(related(partial(range_of, inner, ranged)))
                case ("condition", inner):
                    yield from self.clauses.placed(related(partial(condition_of, inner)))
                case ("is", _) | ("unit", _):
                    yield item
                case ("unclear",):
                    yield "unclear", ()
