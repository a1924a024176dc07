"""The records of an interpretation: what the text is taken to say, why, and how sure it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import sympy as sp


class Sure(IntEnum):
    """How sure a choice is.

    A proof must hold for all stated and suggested choices. A refutation must hold for the possible ones too. An opaque choice prevents
    both.
    """

    OPAQUE = 0
    """The words may change the value and were not understood."""
    POSSIBLE = 1
    """A rare meaning, or a vague phrase."""
    SUGGESTED = 2
    """A name, a weaker convention, or words of which some were not understood."""
    STATED = 3
    """The whole phrase was understood, or the field agrees on the convention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One decision of an interpretation.

    Args:
        about: what it decides: `symbol`, `domain`, `quantity`, `reading`, `default` or `target`.
        subject: the symbol, parameter or notation that it is about; empty for the whole display.
        value: what was chosen: an expression, a relation, or a word.
        words: the words or the rule that suggest it.
        sure: how sure it is.
        line: the line of the docstring, from 0; -1 if it has no place.
    """

    about: str
    subject: str
    value: Any
    words: str
    sure: Sure
    line: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the text says about one display.

    Args:
        meanings: for each symbol, by plain name, the expressions over parameters that it can be.
        domain: relations that restrict the display. A suggested one may restrict it.
        doubtful: relations in words that were not understood: a contradiction must stand where they hold and where they do not.
        quantities: what the display can state, the most plausible first.
        unclear: words that may restrict the display or change its meaning, and were not understood.
        explained: for each symbol, words that say what it is and were not understood. Such a symbol is not the parameter that is left.
        outputs: relations of the value of the display, the symbol `meaning.OUTPUT`. Where it does not hold, the display may not either.
        elsewhere: the number that is the value outside of the conditions in the same words.
    """

    meanings: dict[str, tuple[Choice, ...]]
    domain: tuple[Choice, ...] = ()
    doubtful: tuple[Choice, ...] = ()
    quantities: tuple[Choice, ...] = ()
    unclear: tuple[Choice, ...] = ()
    explained: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[Choice, ...] = ()
    elsewhere: tuple[Choice, ...] = ()


def parameter(name: str) -> sp.Symbol:
    """The symbol of a parameter in an interpretation. It differs from the symbol of a formula with the same name."""
    return sp.Symbol(f"@{name}")
