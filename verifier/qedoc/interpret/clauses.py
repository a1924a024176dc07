"""What a sentence says, by its parses or by the relations and legends inside of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sympy as sp

from qedoc.interpret import lexicon
from qedoc.interpret.choices import Sure, parameter
from qedoc.interpret.findings import Described, Found, Source
from qedoc.interpret.fragments import clause, combines, denies, explains, fragments, is_inexact, stops
from qedoc.interpret.meaning import INPUT, OUTPUT, Sense, condition_of, range_of, senses
from qedoc.interpret.parses import best, common, merged, related, sensible, solved
from qedoc.interpret.parsing import Lattice, whole
from qedoc.interpret.statements import sentence
from qedoc.interpret.telling import changes
from qedoc.interpret.words import Vocabulary

_CLASSES = frozenset({"class", "classes", "index", "indices", "label", "labels"})
"""Words beside the name of a parameter that only say that its numbers are classes: `the target class index`."""

_HOLDS = re.compile(r"\W*(?:it|this|that|(?:the|this) \w+) (?:\w+ )?(?:holds?|applies|is (?:valid|true|correct|defined))\b", re.IGNORECASE)
"""Words about the display itself, also beside others: `It holds for x > 0, with the default of b`."""


@dataclass(frozen=True)
class Clauses:
    """Reads sentences of a docstring.

    Args:
        vocabulary: what its words can mean.
        parameters: the parameters, in order.
    """

    vocabulary: Vocabulary
    parameters: tuple[Described, ...]

    def said(self, parses: Sequence[Any], source: Source, found: Found) -> None:
        """Adds what a sentence says.

        Args:
            parses: its parses.
            source: its words and their place.
            found: where it is added.
        """
        holds = bool(_HOLDS.match(source.words))
        for kind, value, sure in common(merged(sensible([list(self._items(items, found, holds=holds)) for items in parses]))):
            found.say(kind, value, sure, source)

    def _items(self, items: Sequence[Any], found: Found, *, holds: bool) -> Iterator[tuple[str, Any]]:
        about = {item[0] for item in items}
        aside = "output" in about or ("other" in about and not holds)
        for item in items:
            match item:
                case ("legend", symbol, phrase):
                    yield "legend", (symbol, senses(self._named(phrase), found.units))
                case ("define", symbol, expression):
                    yield "legend", (symbol, (Sense(value=expression, sure=Sure.STATED),))
                case ("solve", expression, phrase):
                    (symbol,) = expression.free_symbols
                    known = senses(phrase, found.units)
                    made = [(solved(expression, symbol, sense.value), min(sense.sure, Sure.SUGGESTED)) for sense in known]
                    yield "legend", (symbol.name, tuple(Sense(value=value, sure=sure) for value, sure in made if value is not None))
                case ("output", inner) if inner is not None:
                    found_ranges = related(partial(range_of, inner, OUTPUT))
                    yield from (("output", value) for kind, value in found_ranges if kind == "domain")
                case ("condition", inner) if not aside:
                    yield from self.condition(inner)
                case ("case" | "brief", inner):
                    for kind, value in self.condition(inner):
                        yield ("except", value) if kind == "domain" else (kind, value)
                case ("otherwise", ("num", value)):
                    yield "otherwise", value
                case ("unclear",):
                    yield "unclear", ()

    def _named(self, phrase: Any) -> Any:
        """A description that names a parameter and was not understood: the symbol is made of the parameter in an unknown way."""
        said = {word for run in phrase[1] for word in str(run).lower().split()} if phrase[0] == "words" else set()
        return ("opaque",) if said & set(self.vocabulary.spoken) and said - set(self.vocabulary.spoken) - _CLASSES else phrase

    def condition(self, inner: Any) -> Iterator[tuple[str, Any]]:
        """The relations of a condition, or of none.

        Args:
            inner: the condition.
        """
        if inner is not None:
            yield from self.placed(related(lambda: condition_of(inner)))

    def inner_legends(self, lattice: Lattice, source: Source, found: Found) -> None:
        """Adds legends inside a longer sentence: what follows `SYM is`, up to the next symbol. What a symbol is approximately, it is not.

        Args:
            lattice: the words of the sentence.
            source: the words and their place.
            found: where they are added.
        """
        at, size = 0, len(lattice.edges)
        while at < size:
            names = [edge.value for edge in lattice.edges[at] if edge.kind == "SYM"]
            ends = [end for end in range(size, at + 1, -1) if names and (end == size or stops(lattice, end))]
            for end in ends:
                parses = [items for items in whole(sentence, lattice, at, end) if items[0][0] in ("legend", "define")]
                if parses:
                    self.said([[("legend", names[0], ("opaque",))]] if denies(lattice, end) else best(tuple(parses)), source, found)
                    at = end - 1
                    break
            else:
                if names and (
                    is_inexact(lattice, at + 1) or combines(lattice, at + 1) or (explains(lattice, at) and _is_changed(lattice, at))
                ):
                    found.legend(names[0], Sense(value=None, sure=Sure.OPAQUE), source)
                elif names and explains(lattice, at):
                    found.explained.setdefault(names[0], source.words)
            at += 1

    def restrictions(self, lattice: Lattice, source: Source, found: Found, own: sp.Expr | None = None, *, vague: bool = True) -> None:
        """Adds the relations in words that were not understood as a whole: they may restrict the display.

        Args:
            lattice: the words.
            source: the words and their place.
            found: where they are added.
            own: what a range without a subject is about.
            vague: whether words that are no relations count, but may restrict the display.
        """
        inside = fragments(lattice, own)
        if inside.vague:
            if vague:
                found.say("unclear", (), Sure.OPAQUE, source)
            return
        for relation in inside.relations:
            for stated, _ in self.with_input(relation):
                found.doubt(stated, source)

    def placed(self, made: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
        """Relations about the function's input, as relations about the parameters that can be it.

        Args:
            made: the kind of each item, with a relation.
        """
        for kind, relation in made:
            yield (kind, relation) if kind == "unclear" else (kind, tuple(self.with_input(relation)))

    def with_input(self, relation: Any) -> list[tuple[Any, Sure]]:
        """The relation with the function's input in place of `the input`: sure if only one parameter can be it.

        Args:
            relation: the relation.
        """
        if relation in (sp.true, sp.false) or INPUT not in relation.free_symbols:
            return [(relation, Sure.STATED)] if relation is not sp.true else []
        inputs = [described.name for described in self.parameters if described.numeric]
        sure = Sure.STATED if len(inputs) == 1 else Sure.SUGGESTED
        return [(relation.xreplace({INPUT: parameter(name)}), sure) for name in inputs]


def _is_changed(lattice: Lattice, at: int) -> bool:
    """Whether the explanation of the symbol at a position makes another number of what it names."""
    size = len(clause(lattice, at + 2))
    return changes(clause(lattice, at + 2)) or bool(lexicon.ADJUSTING & {word.lower() for word in lattice.words[at + 2 : at + 2 + size]})
