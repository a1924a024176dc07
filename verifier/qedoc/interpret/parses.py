"""Compares the parses of a sentence: which to prefer, and what they have in common."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import sympy as sp

from qedoc.interpret.choices import Sure
from qedoc.interpret.meaning import Unclear

UNSOLVED = (AttributeError, NotImplementedError, TypeError, ValueError)
"""What SymPy's solvers raise for an equation or a set that they cannot solve. AttributeError and TypeError come from inside of them."""

Reading: TypeAlias = list[tuple[str, Any]]
"""One parse of a sentence as items, each with its kind."""


def best(parses: tuple[Any, ...]) -> list[Any]:
    """The parses without those that leave an operator, a unit or a restriction as plain words where another parse understands it."""
    found = list(dict.fromkeys(parses))
    for kind in (
        "case",
        "brief",
        "output",
        "unit",
    ):  # `if x < 0, it is 1` is one clause, and `the value lies in [0, 1]` is about the result
        found = [parse for parse in found if any(item[0] == kind for item in parse)] or found
    fewest = min((_plainness(parse) for parse in found), default=0)
    return [parse for parse in found if _plainness(parse) == fewest]


def _plainness(parse: Any) -> int:
    """How many words a parse leaves as plain words."""
    if not isinstance(parse, tuple):
        return 0
    if len(parse) >= 2 and parse[0] in ("described", "words"):
        return len(parse[1]) + sum(_plainness(part) for part in parse[2:])
    return sum(_plainness(part) for part in parse)


def sensible(readings: list[Reading]) -> list[Reading]:
    """The readings whose conditions can hold together and are clear, if there are any."""

    def conditions(reading: Reading) -> list[Any]:
        made = []
        for kind, value in reading:
            if kind in ("domain", "except"):
                relations = [relation for relation, _ in value]
                made += relations if kind == "domain" else [sp.Not(relation) for relation in relations]
        return made

    clear = [reading for reading in readings if all(kind != "unclear" for kind, _ in reading) and not exclusive(conditions(reading))]
    return clear or readings


def merged(readings: list[Reading]) -> list[Reading]:
    """The readings with one condition each, so that two that say the same in different parts are equal."""
    made = []
    for reading in readings:
        relations = [(relation, sure) for kind, value in reading if kind in ("domain", "except") for relation, sure in _sided(kind, value)]
        rest = [(kind, value) for kind, value in reading if kind not in ("domain", "except")]
        if relations:
            whole = sp.And(*(relation for relation, _ in relations))
            rest.append(("domain", ((whole, min(sure for _, sure in relations)),)))
        made.append(rest)
    return made


def _sided(kind: str, value: Any) -> Iterator[tuple[Any, Sure]]:
    for relation, sure in value:
        yield (sp.Not(relation) if kind == "except" else relation), sure


def related(make: Callable[[], Any]) -> Iterator[tuple[str, Any]]:
    """The relation that is made, as a part of a domain; `unclear` if no relation says it, and nothing if it restricts nothing."""
    try:
        relation = make()
    except Unclear:
        yield "unclear", ()
        return
    if relation is sp.false:
        yield "unclear", ()
    elif relation is not sp.true:
        yield "domain", relation


def exclusive(relations: Sequence[Any]) -> bool:
    """Whether the conditions of one sentence exclude each other: they tell cases apart, and restrict nothing."""
    if len(relations) < 2:
        return False
    both = sp.And(*relations)
    if both is sp.false:
        return True
    free = both.free_symbols
    if len(free) != 1:
        return False
    try:
        return bool(both.as_set() is sp.S.EmptySet)
    except UNSOLVED:
        return False


def solved(value: Any, symbol: sp.Symbol, own: sp.Symbol) -> Any:
    """The symbol, from what its parameter is in terms of it, if there is one positive solution."""
    unknown, known = sp.Symbol("w", positive=True), sp.Symbol("v", positive=True)
    try:
        found = sp.solve(sp.Eq(known, value.xreplace({symbol: unknown})), unknown)
    except UNSOLVED:
        return None
    return found[0].subs(known, own) if len(found) == 1 else None


def common(readings: Sequence[Reading]) -> list[tuple[str, Any, Sure]]:
    """All items of the readings. Those that each reading has, or implies, are stated, the others are suggested."""
    shared = [one for one in readings[0] if all(one in other for other in readings)]
    items = dict.fromkeys(one for reading in readings for one in reading)
    shared += [one for one in items if one[0] == "domain" and all(any(_implies(other, one) for other in reading) for reading in readings)]
    return [(kind, value, Sure.STATED if (kind, value) in shared else Sure.SUGGESTED) for kind, value in items]


def _implies(one: tuple[str, Any], other: tuple[str, Any]) -> bool:
    """Whether a part of a domain lies in another one: each of its bounds is the same or narrower."""
    if one[0] != "domain" or len(one[1]) != 1 or len(other[1]) != 1:
        return False
    return implies(one[1][0][0], other[1][0][0])


def implies(narrow: Any, wide: Any) -> bool:
    """Whether a relation between numbers lies in another one: each of its bounds is the same or narrower."""
    parts, bounds = (sp.And.make_args(relation) for relation in (narrow, wide))
    return all(any(part == bound or _within(part, bound) for part in parts) for bound in bounds)


def _within(part: Any, bound: Any) -> bool:
    """Whether a bound by a number is narrower than another one of the same expression."""
    if not all(isinstance(each, sp.Ge | sp.Gt | sp.Le | sp.Lt) for each in (part, bound)):
        return False
    lower = part.gts == bound.gts
    if not lower and part.lts != bound.lts:
        return False
    near, far = (part.lts, bound.lts) if lower else (bound.gts, part.gts)
    if not (near.is_number and far.is_number):
        return False
    return bool(near > far) or (near == far and isinstance(part, sp.Gt | sp.Lt))
