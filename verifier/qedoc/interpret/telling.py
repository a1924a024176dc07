"""Whether words beside a display may say that it is not the value."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qedoc.interpret import lexicon
from qedoc.interpret.fragments import RESTRICTS
from qedoc.interpret.introductions import introduction
from qedoc.interpret.labels import equates
from qedoc.interpret.parsing import Edge, Lattice, whole

_TELLING = frozenset(
    {
        *("OTHER", "QUANTITY", "OPERATOR", "UPTO", "PROPTO", "SOLVES", "PROPERTY", "AVERAGE"),
        *("NOT", "MUSTNOT", "FAILS", "UNLESS", "FEATURE", "AFTER", "SUM", "DIFFERENCE"),
    }
)
"""The kinds of words that may say that a display is not the value."""

_CONDITIONAL = frozenset({"if", "when", "whenever", "in case", "once", "as soon as", "while", "provided", "provided that", "as long as"})
"""Words that open a condition, and nothing else."""

_NAMING = frozenset({"for", "given", "with"})
"""Words that may only open the name of something."""


def tells(lattice: Lattice) -> bool:
    """Whether a word may say that a display is not the value."""
    kinds = {edge.kind for edges in lattice.edges for edge in edges}
    if equates(lattice) or _counts_parts(lattice):
        return False
    if any(edge.kind == "SUCH" and edge.end >= len(lattice.edges) - 1 for es in lattice.edges for edge in es):
        kinds |= {"SOLVES"}  # `such that` before an equation
    if is_past(lattice) or lexicon.CONTRAST & {word.lower() for word in lattice.words}:
        return True
    return bool(kinds & (_TELLING | {"ASSUME"})) or changes(lattice.edges) or _is_conditional(lattice) or _is_unfinished(lattice)


_SIGNS = {"mean": r"\\sum|\bmean\b|bar|overline", "average": r"\\sum|\bmean\b|bar|overline", "sum": r"\\sum|\+", "difference": r"-"}
"""Operations in words, each with the sign of a display that shows it."""


def shows(lattice: Lattice, latex: str) -> bool:
    """Whether nothing but an operation tells that a display is not the value, and the display shows this operation itself.

    Args:
        lattice: the words before the display.
        latex: the display.
    """
    words = [word.lower() for word in lattice.words]
    known = {at for at, word in enumerate(words) if word in _SIGNS and re.search(_SIGNS[word], latex)}
    if not known or any(edge.end > at + 1 for at in known for edge in lattice.edges[at]):
        return False
    rest = tuple(() if at in known else edges for at, edges in enumerate(lattice.edges))
    return not tells(replace(lattice, edges=rest, known={}))


def _is_unfinished(lattice: Lattice) -> bool:
    """Whether a display is the object of the last words, which do something with it: `what is left after taking away`."""
    words = [word.lower() for word in lattice.words]
    if len(words) > 1 and words[-1] in ("of", "to"):
        return words[-2] not in lexicon.EQUATING
    return bool(words) and (
        words[-1] in lexicon.TAKING or (words[-1].endswith("ing") and len(words[-1]) > 5 and words[-1] not in lexicon.STATING)
    )


_OPTIMAL = re.compile(
    r"^(?!.*\b(?:loss|losses|objective|cost|costs|criterion|penalty)\b.*\b(?:that|which)\s+m)"
    r".*\b(?:that|which)\s+(?:minimi[sz]es?|maximi[sz]es?)\s+(?:the|an?)\s+"
    r"(?:(?!(?:is|are|by|and|to|where|which|that|returns|gives|as|with|if|when)\b)[\w-]+\s*){1,8}:?$",
    re.IGNORECASE | re.DOTALL,
)


def is_objective(text: str) -> bool:
    """Whether words say that the value is the optimum of the display: `the coefficients that minimize the sum of squared errors`.

    Args:
        text: the words before the display.
    """
    return bool(_OPTIMAL.match(" ".join(text.split())))


_PARTS = frozenset({"stages", "stage", "steps", "terms", "evaluations", "parts", "components", "factors", "equations"})
_HAVING = frozenset({"uses", "has", "takes", "performs", "needs", "requires", "involves"})


def _counts_parts(lattice: Lattice) -> bool:
    """Whether words only count the parts of the display: `The standard scheme uses four stages:`."""
    words = [word.lower() for word in lattice.words]
    if len(words) < 5 or words[-1] != ":" or words[-2] not in _PARTS:
        return False
    verb = next((at for at, word in enumerate(words) if word in _HAVING), 0)
    counted = lattice.edges[verb + 1 : -2]
    kinds = {edge.kind for edges in (*lattice.edges[:verb], *counted[1:]) for edge in edges}
    numbered = bool(counted) and len(counted) < 3 and any(edge.kind == "NUM" for edge in counted[0])
    return verb > 1 and numbered and not kinds & ((_TELLING - {"FEATURE"}) | {"OPEN", "ASSUME"})


def is_past(lattice: Lattice) -> bool:
    """Whether words say that a display is that of another version: `the formula was`."""
    return bool(lexicon.PAST & {word.lower() for word in lattice.words})


def changes(edges: Sequence[Sequence[Edge]]) -> bool:
    """Whether a word may change the value: `halved`, `in double precision`."""
    words = {edge.value for those in edges for edge in those if edge.kind == "WORD"}
    return bool(lexicon.CHANGING & words) or any(edge.kind in _TELLING for those in edges for edge in those)


def _is_conditional(lattice: Lattice) -> bool:
    """Whether words say when something holds: `if debug is on`."""
    return any(edge.kind == "OPEN" and edge.value in _CONDITIONAL for edges in lattice.edges for edge in edges)


def _names_symbol(edges: Sequence[Sequence[Edge]]) -> bool:
    """Whether words only give something a letter: `for a sample covariance C`."""
    kinds = {edge.kind for those in edges for edge in those}
    opens = any(edge.kind == "OPEN" and edge.value in _NAMING for edge in edges[0]) if edges else False
    words = {edge.value for those in edges for edge in those if edge.kind == "WORD"} - lexicon.CHANGING - lexicon.GIVEN
    return opens and any(edge.kind == "SYM" for edge in edges[-1]) and not kinds & _TELLING and not lexicon.changes(tuple(words))


def tail(lattice: Lattice) -> tuple[Any, ...]:
    """A full clause before the words that introduce: `X is the square. Its derivative is` written with a comma.

    Words before the comma that may restrict or change the value are no such clause: `if debug is on, it returns`.
    """
    for cut in range(1, len(lattice.edges)):
        if any(edge.kind in ("COMMA", "SEMI") for edge in lattice.edges[cut - 1]):
            before = lattice.edges[: cut - 1]
            parses = whole(introduction, lattice, cut)
            restricts = any(edge.kind in RESTRICTS for edges in before for edge in edges)
            opens = any(edge.kind == "OPEN" for edges in before for edge in edges)
            restricts = restricts or ((opens or changes(before)) and not _names_symbol(before))
            if parses and not restricts and all(parse[0] != "named" for parse in parses):
                return parses
    return ()


def disowns(lattice: Lattice) -> bool:
    """Whether words deny something or put something in its place: `(not multiplied by x)`."""
    return bool(({"not", "no", "without", "never"} | lexicon.CONTRAST) & {word.lower() for word in lattice.words})


def selects(lattice: Lattice) -> bool:
    """Whether the words after a display only say for what it holds, in words that give no relation: `for over-estimates`."""
    words = [word.lower() for word in lattice.words]
    named = any(edge.kind in ("SYM", "PARAM", "EXPR", "UNREAD", "RELATION", "SET") for edges in lattice.edges for edge in edges)
    return len(words) > 1 and words[0] in _SELECTING and words[1] not in _GENERAL and not named


_SELECTING = frozenset({"for", "in", "on", "at", "during", "within", "until", "before", "after", "inside", "while"})
_GENERAL = frozenset(
    {"example", "instance", "details", "more", "further", "all", "any", "each", "every", "a", "an", "the", "which", "general"}
)
