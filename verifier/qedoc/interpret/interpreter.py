"""Reads a docstring: what its words say about the symbols, the domain and the meaning of each display."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from qedoc.interpret import lexicon
from qedoc.interpret.asides import is_aside, without_distributions
from qedoc.interpret.choices import Choice, Choices, Sure
from qedoc.interpret.clauses import Clauses
from qedoc.interpret.departures import departs
from qedoc.interpret.doubts import constrains, counts_from_one, counts_steps, deviates, limits, logged, results, returned
from qedoc.interpret.entries import entry
from qedoc.interpret.findings import DEVIATES, EITHER, OBJECTIVE, UNKNOWN, VALUE, Described, Found, Source
from qedoc.interpret.fragments import RESTRICTS, approximates, refers
from qedoc.interpret.introductions import introduction
from qedoc.interpret.labels import labelled, opening
from qedoc.interpret.lengths import without_lengths
from qedoc.interpret.meaning import INPUT, Sense
from qedoc.interpret.own_words import OwnWords
from qedoc.interpret.parameters import Entries
from qedoc.interpret.parses import Reading, best, common, merged
from qedoc.interpret.parsing import Lattice, whole
from qedoc.interpret.passages import Passage, passages, sentences, unstressed
from qedoc.interpret.residue import changes, is_of_another
from qedoc.interpret.sets import MEMBER, mapped_from
from qedoc.interpret.statements import sentence
from qedoc.interpret.telling import disowns, is_objective, is_past, selects, shows, tail, tells
from qedoc.interpret.words import Vocabulary
from qedoc.sources import markup

_NAMING = frozenset({"named", "computes", "related"})


@dataclass(frozen=True)
class Interpreter:
    """Interprets the text of one docstring.

    Args:
        lines: the docstring without its indentation.
        vocabulary: what its words can mean.
        parameters: the parameters, in order.
        constraints: the displays that state no value but a relation, by line; None for one that cannot be read.
    """

    lines: Sequence[str]
    vocabulary: Vocabulary
    parameters: tuple[Described, ...]
    constraints: Mapping[int, Any] = field(default_factory=dict)

    def choices(self, line: int) -> Choices:
        """What the text says about the display at a line.

        A line without a display stands for a formula that replaces those of the docstring: what is said of the only one is stated of it
        too, and what is said of one of several is suggested.
        """
        found = self._found
        single = len(self.displays) == 1

        def about(those: Iterable[tuple[Choice, int]]) -> tuple[Choice, ...]:
            if line in self.displays:
                return tuple(dict.fromkeys(choice for choice, only in those if only in (-1, line)))
            made = (choice if only == -1 or single else replace(choice, sure=min(choice.sure, Sure.SUGGESTED)) for choice, only in those)
            return tuple(dict.fromkeys(made))

        def vague(those: Iterable[tuple[Choice, int]]) -> tuple[Choice, ...]:
            return about(those if line in self.displays or single else [(choice, only) for choice, only in those if only == -1])

        stated = Choice(about="quantity", subject="", value=VALUE, words="a display states the value", sure=Sure.STATED)
        return Choices(
            meanings={symbol: tuple(dict.fromkeys(those)) for symbol, those in found.legends.items()},
            domain=about(found.domain),
            doubtful=vague(found.doubtful),
            quantities=tuple(found.quantities.get(line, [stated])),
            unclear=vague(found.unclear),
            explained=found.explained,
            outputs=about(found.outputs),
            elsewhere=about(found.elsewhere),
        )

    @cached_property
    def displays(self) -> frozenset[int]:
        """The lines of the displays."""
        return frozenset(block.first for block in markup.blocks(self.lines))

    @cached_property
    def _own(self) -> OwnWords:
        return OwnWords(self.lines, self.vocabulary)

    @cached_property
    def _clauses(self) -> Clauses:
        return Clauses(self.vocabulary, self.parameters)

    @cached_property
    def _found(self) -> Found:
        found, entries = Found(), Entries(self._clauses)
        for described in self.parameters:
            for part in sentences(described.text):
                if not is_aside(part):
                    entries.read(described, part, found)
        for line, relation in self.constraints.items():  # they may restrict the displays beside them
            source = Source(words=self.lines[line].strip(), line=line)
            found.say("unclear", (), Sure.OPAQUE, source) if relation is None else found.doubt(self.vocabulary.known(relation), source)
        for words, line in results(self.lines):
            self._doubted(self.displays, Source(words=words, line=line), found)
        for words, line in returned(self.lines):
            items = [one for parse in best(whole(entry, self.vocabulary.lattice(words))) for one in parse if one[0] == "range"]
            self._clauses.said([[("output", inner) for _, inner in items]], Source(words=words, line=line), found)
        for display in self.displays & markup.beside(self.lines):
            found.state(display, EITHER, Source(words="a section of examples or references", line=display))
        words = logged(self.lines)
        if words and not any("log" in name.lower() for name in self.vocabulary.own):  # `logpdf` is a logarithm of itself
            self._logged(words, found)
        opened: tuple[Any, ...] = ()
        for passage in passages(self.lines, next(iter(self.vocabulary.own), "")):
            shown = [block.latex for block in markup.blocks(self.lines) if block.first == passage.after]
            lattice = self.vocabulary.lattice(unstressed(without_lengths(without_distributions(passage.text), shown)))
            if passage.before >= 0 and passage.after >= 0:
                self._between(lattice, passage, found)
            elif passage.after >= 0:
                self._introduction(lattice, passage, found, opened)
            elif not (opened := opening(lattice, passage)):
                self._sentence(lattice, passage, found)
        found.tell_apart()
        return found

    def _changes(self, passage: Passage) -> bool:
        """Whether words that were not understood may change what a display says."""
        shown = " ".join(block.latex for block in markup.blocks(self.lines))
        return changes(passage.text, shown, [one.name for one in self.parameters], first=passage.first, after=passage.before >= 0)

    @staticmethod
    def _doubted(displays: Iterable[int], source: Source, found: Found) -> None:
        """Words which say that the value may be something else than displays."""
        for display in displays:
            found.state(display, [(VALUE, Sure.SUGGESTED), (DEVIATES, Sure.OPAQUE)], source)

    def _logged(self, words: str, found: Found) -> None:
        """Words speak of a logarithm, and no display shows one: the value may be that of a display, or its logarithm."""
        source = Source(words=words, line=0)
        for display in self.displays:
            found.state(display, [(("value is", (("operator", "log(x)"),)), Sure.SUGGESTED), (VALUE, Sure.SUGGESTED)], source)

    # ------------------------------------------------------------------ introductions

    def _between(self, lattice: Lattice, passage: Passage, found: Found) -> None:
        """Words from one display to the next: the end of one sentence and the beginning of another, wherever both are understood."""
        only = {word.lower() for word in lattice.words} - {",", ":", ";"}
        if only <= lexicon.JOINING:
            return
        source = Source(words=passage.text, line=passage.line)
        if only <= {"and", "or"}:  # two results, or the same one twice
            for line in (passage.before, passage.after):
                found.state(line, EITHER, source)
            return
        size = len(lattice.edges)
        first = {edge.kind for edge in lattice.edges[0]} if size else set()
        told = any(only == passage.before for _, only in found.domain)
        order = range(size + 1) if told or first & {"AND", "BUT"} else range(size, -1, -1)
        for cut in order:
            left = whole(sentence, lattice, 0, cut) if cut else (("nothing",),)
            right = whole(introduction, lattice, cut) if cut < size else (("value", None),)
            if left and right:
                if cut:
                    self._clauses.said(best(left), Source(words=passage.text, line=passage.line, only=passage.before), found)
                self._introduced(right, passage, found)
                return
        for line in (passage.before, passage.after):
            found.state(line, [(UNKNOWN, Sure.OPAQUE)], source)
            self._clauses.restrictions(lattice, replace(source, only=line), found)

    def _introduction(self, lattice: Lattice, passage: Passage, found: Found, opened: tuple[Any, ...] = ()) -> None:
        """Words before a display. `opened` is a condition that opens a list of labelled displays."""
        if is_objective(passage.text):
            source = Source(words=passage.text, line=passage.line, only=passage.after)
            found.state(passage.after, [(OBJECTIVE, Sure.STATED)], source)
            return
        parses = whole(introduction, lattice) or tail(lattice) or self._own_value(lattice, passage)
        if parses and not ({parse[0] for parse in parses} <= _NAMING and self._is_shown(lattice, passage.after)):
            self._introduced(parses, passage, found)
            return
        if inside := labelled(self.vocabulary, passage.text):
            found.state(passage.after, EITHER, Source(words=passage.text, line=passage.line, only=passage.after))
            for parses in (inside, opened):
                self._introduced(parses, passage, found, states=False)
            return
        if passage.ended and not tells(lattice):  # `The function is plotted below.`
            self._sentence(lattice, replace(passage, after=-1), found)
            return
        source = Source(words=passage.text, line=passage.line, only=passage.after)
        self._strange(passage.after, lattice, source, found)
        self._clauses.restrictions(lattice, source, found)

    def _own_value(self, lattice: Lattice, passage: Passage) -> tuple[Any, ...]:
        """Words without a parse that name what the function computes, and restrict nothing."""
        restricts = any(edge.kind in RESTRICTS for edges in lattice.edges for edge in edges)
        return () if passage.first or restricts or not self._own.are_in(passage.text) else (("value", None),)

    def _introduced(self, parses: Sequence[Any], passage: Passage, found: Found, *, states: bool = True) -> None:
        """What the words before a display say. Without `states`, only their conditions count."""
        if not passage.first and self._own.are_in(passage.text):
            parses = [parse for parse in parses if parse[0] == "value"] or [("value", None)]
        if ("value", None) in parses:
            parses = [parse for parse in parses if not self._own.names_itself(parse)]
        strong = [parse for parse in parses if parse[0] not in ("named", "computes")]
        source = Source(words=passage.text, line=passage.line, only=passage.after)
        made: list[tuple[Any, Sure]] = []
        conditions: list[Reading] = []
        for parse in dict.fromkeys(strong or parses):
            match parse:
                case ("value", inner):
                    made.append((VALUE, Sure.STATED))
                    conditions.append(list(self._clauses.condition(inner)))
                case ("inexact",):
                    made += EITHER
                case ("named" | "computes" as kind, words):
                    made += self._own.quantities(kind, words, first=passage.first)
                    found.named.setdefault(passage.after, (frozenset(words), source))
                case _:
                    made.append((parse, Sure.STATED))
        if conditions:
            for kind, value, sure in common(merged(conditions)):
                found.say(kind, value, sure if len(made) == len(conditions) else Sure.SUGGESTED, source)
        single = len({value for value, _ in made}) == 1
        if not states:
            return
        found.state(passage.after, [(value, sure if single else min(sure, _several(sure))) for value, sure in made], source)

    def _strange(self, display: int, lattice: Lattice, source: Source, found: Found) -> None:
        """Words beside a display that were not understood. It may be something else; if no word says so, it may be the value too."""
        other = DEVIATES if is_past(lattice) else UNKNOWN
        other_value = (tells(lattice) and not self._is_shown(lattice, display)) or departs(source.words, self.lines)
        found.state(display, [(other, Sure.OPAQUE)] if other_value else EITHER, source)

    def _is_shown(self, lattice: Lattice, display: int) -> bool:
        """Whether words say what the value is, and name nothing but an operation that the display shows itself."""
        latex = next((block.latex for block in markup.blocks(self.lines) if block.first == display), "")
        return self._own.explains(lattice) and shows(lattice, latex)

    # ------------------------------------------------------------------ sentences

    def _sentence(self, lattice: Lattice, passage: Passage, found: Found) -> None:
        if is_aside(passage.text):
            return
        about = [passage.before] if passage.before >= 0 else self.displays
        if deviates(self._own.unnamed(passage.text), self.lines, self.parameters, first=passage.first):
            self._doubted(about, Source(words=passage.text, line=passage.line), found)
            return
        source = Source(words=passage.text, line=passage.line, only=passage.before)
        if passage.before < 0:
            own = next(iter(self.vocabulary.own), "")
            others = [block.first for block in markup.blocks(self.lines) if is_of_another(passage.text, block.latex, own)]
            self._doubted(others, source, found)
        for relation in limits(passage.text):
            found.say("output", relation, Sure.SUGGESTED, source)
        if constrains(passage.text) or counts_from_one(passage.text):
            found.say("unclear", (), Sure.OPAQUE, source)
        if counts_from_one(passage.text):
            names = {edge.value for edges in lattice.edges for edge in edges if edge.kind == "SYM"}
            for name in names:
                found.legend(name, Sense(value=None, sure=Sure.OPAQUE), source)
            if not names and counts_steps(passage.text):
                self._doubted(about, source, found)
            return
        if (inputs := mapped_from(passage.text)) is not None:
            made = self._clauses.with_input(inputs.relation.xreplace({MEMBER: INPUT}))
            found.say("domain", made, Sure.SUGGESTED, Source(words=passage.text, line=passage.line))
            return
        if parses := best(whole(sentence, lattice)):
            self._clauses.said(parses, source, found)
            if all(item == ("other",) for parse in parses for item in parse):  # `It is intended for 0 < x < 1.`
                self._clauses.restrictions(lattice, source, found, vague=False)
            if all(item in (("other",), ("says",)) for parse in parses for item in parse) and self._changes(passage):
                self._doubted(about, source, found)
            return
        if refers(lattice) or (passage.before < 0 and approximates(lattice)):
            return
        if self._changes(passage):
            self._doubted(about, source, found)
            return
        self._clauses.inner_legends(lattice, Source(words=passage.text, line=passage.line), found)
        self._clauses.restrictions(lattice, source, found)
        first = {edge.kind for edge in lattice.edges[0]} if lattice.edges else set()
        if passage.before >= 0 and (not first & {"OPEN", "COMMA", "LPAR", "SYM", "SEMI"} or ("LPAR" in first and disowns(lattice))):
            self._strange(passage.before, lattice, source, found)
        elif passage.before >= 0 and selects(lattice):
            found.say("unclear", (), Sure.OPAQUE, source)


def _several(sure: Sure) -> Sure:
    """How sure one of several quantities is."""
    return Sure.SUGGESTED if sure is Sure.STATED else sure
