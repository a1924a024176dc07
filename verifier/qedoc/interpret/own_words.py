"""Recognises the words for the documented function itself, and what an introduction with other words says."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qedoc.interpret import lexicon
from qedoc.interpret.choices import Sure
from qedoc.interpret.findings import EITHER, UNKNOWN, VALUE
from qedoc.interpret.parsing import Lattice
from qedoc.interpret.passages import passages
from qedoc.interpret.words import Vocabulary

_HIDDEN = re.compile(r":math:`[^`]*`|\$[^$]*\$")


_INPUTS = re.compile(r",?\s+\b(?:given|from|based on)\s+(?:the|a|an|its)\s", re.IGNORECASE)
"""Words after which a summary says what a value is computed from."""

_METHOD = re.compile(
    r"\b(?:using|via|with|by|from)\s+(?:the\s+|an?\s+)?(?:following\s+)?(?:[A-Z][\w-]*(?:['\u2019]s)?\s+(?:first\s+|second\s+|third\s+)?)?"
    r"(?:formula|equation|expression|relation|definition|law|identity)(?:\s*\(?(?:eq\.\s*)?[\d.]+\)?)?\s*[,:.]*\s*$"
)
"""Words at the end of an introduction that only say that a formula follows: `using the formula (3.24)`, `using Kepler's third law`."""

_SAME_SUBJECT = re.compile(
    r"^(?P<subject>[^,;:.]+?)\s+is\s+(?:the|an?)\s[^,;:.]+,?\s+and\s+(?P<verb>is\s+(?:given|defined|computed|expressed)\b)"
)
"""Two statements on one subject: `The quantile is the inverse of the distribution function, and is given by`."""


@dataclass(frozen=True)
class OwnWords:
    """The words for one function.

    Args:
        lines: its docstring without its indentation.
        vocabulary: what the words of the docstring can mean.
    """

    lines: Sequence[str]
    vocabulary: Vocabulary

    @cached_property
    def names(self) -> frozenset[str]:
        """The parts of the function's names, and what functions with such names are called."""
        parts = {part for name in self.vocabulary.own for part in re.split(r"[_\W]+", name.lower()) if part}
        return frozenset(parts | {word for part in parts for word in lexicon.SYNONYMS.get(part, ())})

    @cached_property
    def summary(self) -> frozenset[str]:
        """The words of the summary, which says what the function computes."""
        return _words(self._first) - lexicon.COMPUTING

    @cached_property
    def computed(self) -> frozenset[str]:
        """The words of the summary without those for what the value is computed from: `the axis, given the period`."""
        return _words(_INPUTS.split(self._first)[0]) - lexicon.COMPUTING

    @cached_property
    def _first(self) -> str:
        return next((one.text for one in passages(self.lines, next(iter(self.vocabulary.own), "")) if one.first), "")

    def are_in(self, text: str) -> bool:
        """Whether an introduction names what the summary says that the function computes: `The hyperbolic sine is defined by`."""
        text = _SAME_SUBJECT.sub(r"\g<subject> \g<verb>", text)
        clause = _HIDDEN.sub(" ", _METHOD.sub("", text).lower()).rstrip(" ,:").rpartition(",")[2]
        said = _words(clause) - lexicon.COMPUTING
        noun = said - lexicon.FRAME
        return bool(noun) and noun <= self.computed | self.names and not lexicon.changes(tuple(self.computed - said - self.names))

    def unnamed(self, text: str) -> str:
        """A sentence with `the value` for the name of the function: `the Fano factor is 1` says nothing of a factor.

        Args:
            text: the sentence.
        """
        names = "|".join(re.escape(name.replace("_", " ")) for name in self.vocabulary.own if "_" in name)
        return re.sub(rf"\b(?:{names})\b", "value", text, flags=re.IGNORECASE) if names else text

    def explains(self, lattice: Lattice) -> bool:
        """Whether words say what the function's value is by naming it: `The order parameter is the mean phasor of the oscillators`.

        Args:
            lattice: the words.
        """
        verb = next((at for at, edges in enumerate(lattice.edges) if any(edge.kind == "IS" for edge in edges)), 0)
        subject = [word.lower() for word in lattice.words[:verb] if word.lower() not in ("the", "a", "an")]
        strange = [word for word in subject if word not in self.names]
        return bool(subject) and subject[-1] in self.names and not lexicon.changes(tuple(strange))

    def names_itself(self, parse: Any) -> bool:
        """Whether a function of the value is only another name of the function, as in `the sign of x is` of `sign`."""
        match parse:
            case ("display is" | "value is", parts):
                operators = [operator for kind, operator in parts if kind == "operator"]
                return any(self.vocabulary.means(name, operator) for operator in operators for name in self.vocabulary.called)
        return False

    def quantities(self, kind: str, words: tuple[str, ...], *, first: bool) -> Sequence[tuple[Any, Sure]]:
        """What a display can state after words such as `The Huber loss is`.

        Args:
            kind: `computes` if the words say that the function computes what they name, `named` if not.
            words: the words.
            first: whether they are the summary.
        """
        said = {word for run in words for word in _words(run)}
        own = self.names
        if not first and not lexicon.changes(tuple(self.summary - said - own)):
            own |= self.summary
        if lexicon.INEXACT & said and not (lexicon.OTHERS | lexicon.CHANGING) & said - lexicon.INEXACT:
            return EITHER
        strange = {word for word in said if word not in own and not _near(word, own)}
        terms = {run for run in words if not set(run.split()) <= own}
        other = lexicon.changes(tuple(strange)) or bool(lexicon.OTHERS & (strange | terms))
        if not strange or (len(strange) < len(said) and not other):
            return ((VALUE, Sure.STATED),)
        if other:
            return ((UNKNOWN, Sure.OPAQUE),)
        return EITHER if kind == "named" and not first else ((VALUE, Sure.STATED),)


def _words(text: str) -> frozenset[str]:
    """The words of a text. The parts of a word with a hyphen are words, and a genitive is the word itself."""
    return frozenset(re.findall(r"[^\W\d_]+", re.sub(r"['\u2019]s\b", "", text.lower())))


def _near(word: str, own: Collection[str]) -> bool:
    """Whether a word is a form of a part of a name: `losses` of `loss`, `sigmoidal` of `sigmoid`."""
    return any(len(part) > 3 and (word.startswith(part) or part.startswith(word)) for part in own)
