"""Writes a lifted formula by cases with as few and as short cases as the domain allows."""

from collections.abc import Sequence
from typing import TypeAlias

import sympy as sp

from qedoc.algebra.satisfiable import Facts

Row: TypeAlias = tuple[sp.Expr, sp.Basic]
"""A value and its condition. The first row whose condition holds counts."""

MOST_INNER = 3
"""Maximum number of formulas by cases inside a formula that becomes one by cases."""


def flattened(value: sp.Expr, facts: Facts, *, apart: bool = False) -> sp.Expr:
    """A formula without the cases that cannot occur, in one list of cases.

    Args:
        value: the formula.
        facts: its domain.
        apart: whether no two cases may hold at the same point, so that their order does not matter.
    """
    rows = _rows(hoisted(value), facts)
    while (fewer := _merged(rows, facts)) is not None:
        rows = fewer
    rows = _shortened(rows, facts)
    rows = _apart(rows, facts) if apart else rows
    values = [_at_numbers(part, condition) for part, condition in rows]
    if len(rows) == 1:
        return values[0]
    conditions = [condition for _, condition in rows]
    return sp.Piecewise(*zip(values[:-1], conditions[:-1], strict=True), (values[-1], True), evaluate=False)


def hoisted(value: sp.Expr) -> sp.Expr:
    """A formula by cases in place of one with cases inside: `a + 1` or `b + 1` for (a or b) + 1.

    Args:
        value: the formula.
    """
    if isinstance(value, sp.Piecewise):
        return sp.Piecewise(*((hoisted(part), condition) for part, condition in value.args), evaluate=False)
    inner = [part for part in sp.preorder_traversal(value) if isinstance(part, sp.Piecewise)]
    if not inner or len(set(inner)) > MOST_INNER or value.has(sp.Sum, sp.Product):
        return value
    rows = [(hoisted(value.xreplace({inner[0]: part})), condition) for part, condition in inner[0].args]
    return sp.Piecewise(*rows, evaluate=False)


def _rows(value: sp.Expr, facts: Facts) -> list[Row]:
    """The cases that can occur, nested ones too."""
    if not isinstance(value, sp.Piecewise):
        return [(decided(value, facts), sp.true)]
    found: list[Row] = []
    before: list[sp.Basic] = []
    for part, condition in value.args:
        with facts.assuming(*before, condition):
            if not facts.empty():
                found += [(one, sp.And(condition, when)) for one, when in _rows(part, facts)]
        before.append(sp.Not(condition))
    return found


def _merged(rows: Sequence[Row], facts: Facts) -> list[Row] | None:
    """The cases with one fewer, if two with the same value can be one; otherwise None."""
    for first in range(len(rows)):
        for second in range(first + 1, len(rows)):
            if rows[first][0] == rows[second][0] and (made := _as_one(rows, first, second, facts)) is not None:
                return made
    return None


def _as_one(rows: Sequence[Row], first: int, second: int, facts: Facts) -> list[Row] | None:
    """The cases with two of them in one place, under a condition that is no longer than theirs together."""
    before = [sp.Not(condition) for _, condition in rows[:first]]
    one, other, between = rows[first][1], rows[second][1], [condition for _, condition in rows[first + 1 : second]]
    rest = [row for place, row in enumerate(rows) if place not in (first, second)]
    for joint in (other, one):
        with facts.assuming(*before):
            wide = all(facts.entails(sp.Implies(part, joint)) for part in (one, other) if part != joint)
            untouched = wide and all(_never(facts, joint, sp.Not(one), condition) for condition in between)
            if untouched and _never(facts, joint, sp.Not(one), sp.Not(other), *map(sp.Not, between)):
                return [*rest[:first], (rows[first][0], joint), *rest[first:]]
    with facts.assuming(*before):
        if all(_never(facts, one, condition) for condition in between):  # the first may wait
            return [*rest[: second - 1], (rows[first][0], sp.Or(one, other)), *rest[second - 1 :]]
        if all(_never(facts, other, condition) for condition in between):
            return [*rest[:first], (rows[first][0], sp.Or(one, other)), *rest[first:]]
    return None


def _never(facts: Facts, *conditions: sp.Basic) -> bool:
    with facts.assuming(*conditions):
        return facts.empty()


def _shortened(rows: Sequence[Row], facts: Facts) -> list[Row]:
    """The cases without the conditions that follow from the domain and from the cases before."""
    found: list[Row] = []
    before: list[sp.Basic] = []
    for value, condition in rows:
        with facts.assuming(*before):
            if facts.empty() or _never(facts, condition):
                continue
            ways = _fewest(condition, facts)
        mixed = len(ways) > 1 and any(isinstance(way, sp.And) for way in ways)
        found += [(value, way) for way in ways] if mixed else [(value, sp.Or(*ways))]
        before.append(sp.Not(condition))
    return found


def _apart(rows: Sequence[Row], facts: Facts) -> list[Row]:
    """The cases, each with the negations of earlier ones that it overlaps."""
    found: list[Row] = []
    for place, (value, condition) in enumerate(rows):
        overlapped = [before for other, before in found if other != value and not _never(facts, before, condition)]
        last = place == len(rows) - 1
        found.append((value, condition if last else sp.And(condition, *map(sp.Not, overlapped))))
    return found


def _fewest(condition: sp.Basic, facts: Facts) -> list[sp.Basic]:
    """The alternatives of a condition, each with as few parts as possible, where the facts hold."""
    ways = [list(sp.And.make_args(way)) for way in sp.Or.make_args(condition)]
    for place, way in enumerate(ways):
        for part in tuple(way):
            fewer = [one for one in ways[place] if one != part]
            if facts.entails(sp.Implies(sp.And(*fewer), condition)):
                ways[place] = fewer
    made = list(dict.fromkeys(sp.And(*way) for way in ways))
    for way in tuple(made):
        others = [one for one in made if one != way]
        if others and facts.entails(sp.Implies(way, sp.Or(*others))):
            made = others
    return made


def decided(value: sp.Expr, facts: Facts) -> sp.Expr:
    """A formula with one of its operands for each minimum, maximum and modulus that the facts decide.

    Args:
        value: the formula.
        facts: what is known.
    """
    if not value.args or isinstance(value, sp.Piecewise | sp.Sum | sp.Product | sp.Integral):
        return value
    value = value.func(*(decided(part, facts) if isinstance(part, sp.Expr) else part for part in value.args))
    if isinstance(value, sp.Min | sp.Max):
        is_first = sp.Le if isinstance(value, sp.Min) else sp.Ge
        return next((one for one in value.args if all(facts.entails(is_first(one, other)) for other in value.args)), value)
    if isinstance(value, sp.Abs):
        (inner,) = value.args
        return inner if facts.entails(inner >= 0) else -inner if facts.entails(inner <= 0) else value
    return value


def _at_numbers(value: sp.Expr, condition: sp.Basic) -> sp.Expr:
    """A value with the numbers that its condition gives symbols: 0 for `P x` where P is 0."""
    known = {
        part.lhs: part.rhs for part in sp.And.make_args(condition) if isinstance(part, sp.Eq) and part.lhs.is_Symbol and part.rhs.is_number
    }
    made = value.subs(known)
    return value if made.has(sp.nan, sp.zoo) else made
