"""Looks for relations inside words that were not understood as a whole. Each may restrict the formula, or say something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.interpret import lexicon
from qedoc.interpret.conditions import any_range, condition, signed, statements
from qedoc.interpret.meaning import Unclear, condition_of, range_of
from qedoc.interpret.parses import exclusive, implies
from qedoc.interpret.parsing import Edge, Lattice, Parser

RESTRICTS = frozenset(
    {
        *("SIGN", "SET", "RELATION", "GE", "LE", "GT", "LT", "BETWEEN", "MUST", "MUSTNOT"),
        *("LIMITED", "EXCEEDS", "FALLS", "UNLESS", "UNEQUAL", "ASSUME"),
    }
)
"""The kinds of words that can restrict a domain."""

_BOUNDS = frozenset({"GE", "LE", "GT", "LT", "BETWEEN", "IN", "OPEN"})
_DEMANDS = frozenset({"MUST", "MUSTNOT", "ASSUME", "ONLY", "UNLESS", "HOLDS"})
_TURNS = frozenset({"NOT", "MUSTNOT", "UNLESS", "FAILS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragments:
    """What is inside words that were not understood.

    Args:
        relations: the relations.
        vague: whether other words may restrict the formula, or turn a relation around.
    """

    relations: tuple[Any, ...]
    vague: bool


def fragments(lattice: Lattice, own: sp.Expr | None = None) -> Fragments:
    """The relations inside words.

    Args:
        lattice: the words.
        own: the parameter that they describe, if they are an entry.
    """
    at, size = 0, len(lattice.edges)
    relations: list[Any] = []
    signs: list[Any] = []
    turned = left = False
    while at < size:
        if _tells_nothing(lattice, at):
            at += 1
            continue
        if whole_line := [edge.end for edge in lattice.edges[at] if edge.kind == "SET" and edge.value.relation == sp.true]:
            at = max(whole_line)
            continue
        end, relation = _longest(lattice, at, own)
        if relation is not None and _goes_on(lattice, at, end):
            left = left or any(edge.kind in RESTRICTS for edges in lattice.edges[at:end] for edge in edges)
            at = end
            continue
        if relation is not None:
            relations.append(relation)
            if not (RESTRICTS - {"SIGN"}) & {edge.kind for edges in lattice.edges[at:end] for edge in edges}:
                signs.append(relation)
            at = end
            continue
        longer = max(lattice.edges[at], key=lambda edge: edge.end, default=None)
        if longer is not None and longer.end > end + 1 and longer.kind in ("OPERATOR", "QUANTITY"):  # the natural logarithm is no number
            at = longer.end
            continue
        kinds = {edge.kind for edge in lattice.edges[at]}
        left = left or ("WORD" not in kinds and bool(kinds & RESTRICTS) and not _about_words(lattice, at)) or end > at + 1
        turned = turned or bool(kinds & _TURNS)
        at = max(end, at + 1)
    if exclusive(relations):  # `positive for gains, negative for losses` tells cases apart; a range beside them still restricts
        relations = [relation for relation in relations if relation not in signs]
    if exclusive(relations):
        return Fragments(relations=(), vague=False)
    distinct = tuple(dict.fromkeys(relations))  # `in (0, 1) to balance positive and negative examples` is one range
    strongest = tuple(one for one in distinct if not any(other != one and implies(other, one) for other in distinct))
    return Fragments(relations=strongest or distinct, vague=left or (turned and bool(relations)))


def refers(lattice: Lattice) -> bool:
    """Whether words only name a source: `as described in ...`."""
    first = {edge.kind for edge in lattice.edges[0]} if lattice.edges else set()
    return "REFERENCE" in first and not any(edge.kind in RESTRICTS for edges in lattice.edges for edge in edges)


def approximates(lattice: Lattice) -> bool:
    """Whether a sentence says what something is approximately. Its conditions say where: `it is approximately x for small x`.

    What it says of a symbol or of a parameter is another matter: `b is approximately the rate`.
    """
    places = [at for at in range(1, len(lattice.words)) if is_inexact(lattice, at)]
    subjects = {edge.kind for at in places for edge in lattice.edges[at - 1]}
    demands = any(edge.kind in _DEMANDS for edges in lattice.edges for edge in edges)
    return bool(places) and not demands and not subjects & {"SYM", "PARAM", "THING"}


def is_inexact(lattice: Lattice, at: int) -> bool:
    """Whether `is approximately` stands at a position."""
    verb = at + 1 < len(lattice.words) and any(edge.kind == "IS" and edge.end == at + 1 for edge in lattice.edges[at])
    return verb and lattice.words[at + 1].lower() in lexicon.INEXACT


def combines(lattice: Lattice, at: int) -> bool:
    """Whether the verb at a position makes a symbol of other numbers: `sums both penalties`."""
    return at < len(lattice.words) and lattice.words[at].lower() in lexicon.COMBINING


def explains(lattice: Lattice, at: int) -> bool:
    """Whether words say what the symbol at a position is, other than where it lies."""
    verb = at + 1 < len(lattice.edges) and any(edge.kind in ("IS", "MEANS") for edge in lattice.edges[at + 1])
    ranges = (end for _, end in statements(lattice, at) if end > at + 1)
    return verb and not any(not _goes_on(lattice, at, end) and not _is_described(lattice, end) for end in ranges)


def _is_described(lattice: Lattice, end: int) -> bool:
    """Whether a noun that says where a number lies has more words after it, which say what the number is: `the probability to keep`."""
    noun = lattice.words[end - 1].lower() in lexicon.SIGNS["probability"]
    return noun and end < len(lattice.words) and any(edge.kind in ("TO", "OF", "WORD") for edge in lattice.edges[end])


def _goes_on(lattice: Lattice, at: int, end: int) -> bool:
    """Whether words before a position only begin a phrase: `h is half` in `h is half the width` gives no number."""
    if end == len(lattice.edges) or stops(lattice, end):
        return False
    return any(edge.kind == "OPERATOR" and edge.end == end for edges in lattice.edges[at:end] for edge in edges)


def denies(lattice: Lattice, end: int) -> bool:
    """Whether words go on with what something is not: `n is an index, not a power`."""
    return any(edge.kind == "NOT" for edges in lattice.edges[end : end + 2] for edge in edges)


def clause(lattice: Lattice, at: int) -> Sequence[Sequence[Edge]]:
    """The words from a position to the end of its clause."""
    end = next((end for end in range(at, len(lattice.edges)) if stops(lattice, end)), len(lattice.edges))
    return lattice.edges[at:end]


def stops(lattice: Lattice, end: int) -> bool:
    """Whether a clause can end before a position: at a comma, `and`, or a full stop."""
    return any(edge.kind in ("COMMA", "AND", "DOT", "SEMI") for edge in lattice.edges[end])


def _longest(lattice: Lattice, at: int, own: sp.Expr | None) -> tuple[int, Any]:
    """The end and the relation of the longest condition that starts at a position."""
    options: list[tuple[Parser, Any]] = [(condition, condition_of), (statements, condition_of), (signed, condition_of)]
    if own is not None:  # `in range (0, 1)` is said of the parameter, and not of the input
        options.insert(0, (any_range, lambda inner: range_of(inner, own)))
    best: tuple[int, Any] = (at, None)
    for parser, meaning in options:
        for value, end in parser(lattice, at):
            if end > best[0]:
                try:
                    relation = meaning(value)
                except Unclear:
                    relation = None
                best = (end, relation if relation not in (sp.true, sp.false) else None)
    return best


def _about_words(lattice: Lattice, at: int) -> bool:
    """Whether a verb such as `must` or `does not` has a plain word as its subject. What follows it may restrict, but not the verb alone."""
    kinds = {edge.kind for edge in lattice.edges[at]}
    before = {edge.kind for edge in lattice.edges[at - 1]} if at else set()
    return bool(kinds & {"MUST", "MUSTNOT", "LIMITED", "ASSUME"}) and before == {"WORD"}


def _are_two(lattice: Lattice, at: int) -> bool:
    """Whether `two` at a position counts things and is no end of a range: `between two factors`, but not `between two and five`.

    `From one value to another` counts in the same way.
    """
    rest = [word.lower() for word in lattice.words[at:]]
    numbers = [edge for edges in lattice.edges[at + 1 :] for edge in edges if edge.kind in ("NUM", "SYM", "PARAM", "EXPR", "SET")]
    counts = rest[:1] == ["two"] or (rest[:1] == ["one"] and bool({"another", "other", "next"} & set(rest[2:])))
    return counts and len(rest) > 1 and rest[1].isalpha() and rest[1] not in ("and", "to", "or") and not numbers


def _tells_nothing(lattice: Lattice, at: int) -> bool:
    """Whether a word that can restrict does not: `over which`, `area under the curve`, `a transition from a to b`."""
    kinds = {edge.kind for edge in lattice.edges[at]}
    follower = {edge.kind for edge in lattice.edges[at + 1]} if at + 1 < len(lattice.edges) else set()
    if kinds & _BOUNDS and "SELF" in follower and not follower & {"SYM", "PARAM", "NUM"}:
        return True
    before = {edge.kind for edge in lattice.edges[at - 1]} if at else set()
    if "SHAPE" in before and lexicon.CONTAINERS & {one.lower() for one in lattice.words[max(0, at - 4) : at - 1]}:
        return True  # `an array with length > 1` says nothing about its entries
    if "SIGN" in kinds and "OPERATOR" in before:  # `log probabilities` are no probabilities
        return True
    word = lattice.words[at].lower()
    earlier = [one.lower() for one in lattice.words[max(0, at - 6) : at]]
    spread = bool(lexicon.SPREADING & set(earlier)) and earlier[-1] in lexicon.MASSES
    if "SIGN" in kinds and spread and not {edge.kind for edge in lattice.edges[at - 1]} & {"SYM", "PARAM"}:
        return True  # `it concentrates its mass near zero` says nothing about the input
    if word in ("above", "below") and (at + 1 == len(lattice.words) or lattice.words[at + 1] in ".,;:)"):
        return True  # `the parameter above` is a place in the text
    if word == "over" and not follower & {"NUM", "SYM", "PARAM", "EXPR"}:
        return True
    if word in ("between", "from") and _are_two(lattice, at + 1):
        return True
    if word in ("from", "between", "over", "under") and at and lattice.words[at - 1].lower() in lexicon.SUMMING:
        return True
    return (
        word in ("from", "between")
        and bool(before)
        and not follower & {"NUM", "EXPR"}
        and not before & {"SYM", "PARAM", "THING", "SELF", "IS", "COMMA", "AND"}
    )
