"""Collects what sentences say, before it is put together for each display."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from qedoc.interpret.choices import Choice, Sure
from qedoc.interpret.meaning import Sense

VALUE = ("value",)
"""The quantity of a display that states the value."""

UNKNOWN = ("unknown",)
"""The quantity of a display that may state anything."""

DEVIATES = ("deviates",)
"""The quantity of a display beside words which say that the code computes something else, also if its left side names the value."""

OBJECTIVE = ("related", "an objective")
"""The quantity of a display whose optimum the value is."""

CASE = ("case",)
"""The quantity of a display that is the value somewhere, where the words do not say where."""

EITHER = ((VALUE, Sure.SUGGESTED), (UNKNOWN, Sure.POSSIBLE))
"""The quantities of a display that states the value, unless words that qedoc does not know mean something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A parameter as the docstring and the signature describe it.

    Args:
        name: its name.
        text: its entry in the section on arguments.
        line: the line of the entry, or -1.
        numeric: whether it can be the function's input: a number without a default.
    """

    name: str
    text: str
    line: int
    numeric: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something was said.

    Args:
        words: the words.
        line: their line of the docstring, from 0.
        only: the line of the only display that they are about, or -1.
    """

    words: str
    line: int
    only: int = -1


@dataclass(slots=True)
class Found:
    """What sentences say.

    Args:
        legends: for each symbol, what it can be.
        explained: for each symbol, words that say what it is and were not understood.
        domain: relations that restrict displays, each with the line of the only display, or -1.
        doubtful: relations in words that were not understood.
        unclear: words that may restrict a display.
        quantities: for the line of a display, what it can state.
        units: the unit of each parameter.
        outputs: relations of the value of the display.
        named: for the line of a display, the noun that introduces it: `the forward function is`.
        elsewhere: the number that is the value outside of the conditions of the same sentence: `for x > 0, and 0 elsewhere`.
    """

    legends: dict[str, list[Choice]] = field(default_factory=dict)
    explained: dict[str, str] = field(default_factory=dict)
    domain: list[tuple[Choice, int]] = field(default_factory=list)
    doubtful: list[tuple[Choice, int]] = field(default_factory=list)
    unclear: list[tuple[Choice, int]] = field(default_factory=list)
    quantities: dict[int, list[Choice]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    outputs: list[tuple[Choice, int]] = field(default_factory=list)
    named: dict[int, tuple[frozenset[str], Source]] = field(default_factory=dict)
    elsewhere: list[tuple[Choice, int]] = field(default_factory=list)

    def say(self, kind: str, value: Any, sure: Sure, source: Source) -> None:
        """Adds an item of a sentence: a domain, a legend or an unclear restriction. Other items say nothing here."""
        match kind:
            case "domain":
                for relation, certain in value:
                    self.domain.append((_domain(relation, min(sure, certain), source), source.only))
            case "legend":
                symbol, made = value
                for sense in made:
                    self.legend(symbol, Sense(value=sense.value, sure=min(sure, sense.sure)), source)
            case "output" if len(value.free_symbols) == 1:  # not `of a shape identical to x`
                self.outputs.append((_domain(value, Sure.SUGGESTED, source), source.only))
            case "otherwise":
                self.elsewhere.append((_domain(value, sure, source), source.only))
            case "unclear":
                self.unclear.append((_domain(None, Sure.OPAQUE, source), source.only))

    def tell_apart(self) -> None:
        """Displays with different nouns, `the forward function is` and `the backward function is`: one of them may be another function."""
        if len({noun for noun, _ in self.named.values()}) > 1:
            for display, (_, source) in self.named.items():
                self.state(display, [(UNKNOWN, Sure.POSSIBLE)], source)

    def doubt(self, relation: Any, source: Source) -> None:
        """Adds a relation in words that were not understood."""
        self.doubtful.append((_domain(relation, Sure.SUGGESTED, source), source.only))

    def legend(self, symbol: str, sense: Sense, source: Source) -> None:
        """Adds something that a symbol can be."""
        choice = Choice(about="symbol", subject=symbol, value=sense.value, words=source.words, sure=sense.sure, line=source.line)
        self.legends.setdefault(symbol, []).append(choice)

    def state(self, display: int, quantities: Sequence[tuple[Any, Sure]], source: Source) -> None:
        """Adds what a display can state."""
        self.quantities.setdefault(display, []).extend(
            Choice(about="quantity", subject="", value=value, words=source.words, sure=sure, line=source.line)
            for value, sure in dict.fromkeys(quantities)
        )


def _domain(relation: Any, sure: Sure, source: Source) -> Choice:
    return Choice(about="domain", subject="", value=relation, words=source.words, sure=sure, line=source.line)
