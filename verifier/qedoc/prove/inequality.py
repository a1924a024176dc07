"""Proves that one branch-free formula is at least as large as another."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack

import sympy as sp

from qedoc.algebra.satisfiable import Facts
from qedoc.prove.equality import elimination

Order = Iterator[sp.Basic]


def at_least(left: sp.Expr, right: sp.Expr, guards: Sequence[sp.Basic], facts: Facts) -> bool:
    """True only if left >= right wherever the facts hold and both are defined.

    Args:
        left: a branch-free formula.
        right: a second one.
        guards: relations that were decided. Relations that the cell forces to equality are used to eliminate symbols.
        facts: the domain and the cell's conditions.
    """
    if _entailed(left, right, guards, facts):
        return True
    replaced = elimination(tuple(guards), facts)
    return bool(replaced) and _entailed(left.xreplace(replaced), right.xreplace(replaced), guards, facts)


def _entailed(left: sp.Expr, right: sp.Expr, guards: Sequence[sp.Basic], facts: Facts) -> bool:
    if left == right or facts.entails(sp.expand(left - right) >= 0):
        return True
    with ExitStack() as known:
        for conclusion in comparisons((left, right, *guards), facts):
            known.enter_context(facts.assuming(conclusion))
        return facts.empty() or facts.entails(left - right >= 0)


def comparisons(expressions: Sequence[sp.Basic], facts: Facts) -> Order:
    """Yields order relations between the transcendental parts of the expressions that follow from the facts, innermost parts first.

    Each relation is yielded before the next one is derived, so that the caller can add it to the facts.
    """
    heads = tuple(_RULES)
    found = {part for expression in expressions for part in expression.atoms(*heads) if not part.is_number}
    parts = sorted(found, key=lambda e: (e.count_ops(), sp.default_sort_key(e)))
    for one, other in itertools.combinations(parts, 2):
        for a, b in ((one, other), (other, one)):
            for head, rule in _RULES.items():
                if isinstance(a, head) and isinstance(b, head):
                    yield from rule(a, b, facts)


def _increasing(a: sp.Expr, b: sp.Expr, facts: Facts) -> Order:
    if facts.entails(a.args[0] <= b.args[0]):
        yield a <= b


def _logarithm(a: sp.Expr, b: sp.Expr, facts: Facts) -> Order:
    if facts.entails(a.args[0] > 0):
        yield from _increasing(a, b, facts)


def _cosine(a: sp.Expr, b: sp.Expr, facts: Facts) -> Order:
    """cos decreases on [0, pi]."""
    one, other = (sp.cancel(part.args[0] / sp.pi) for part in (a, b))
    if all(facts.entails(c) for c in (one >= 0, one <= other, other <= 1)):
        yield a >= b


def _sine(a: sp.Expr, b: sp.Expr, facts: Facts) -> Order:
    """sin increases on [-pi/2, pi/2]."""
    one, other = (sp.cancel(part.args[0] / sp.pi) for part in (a, b))
    if all(facts.entails(c) for c in (2 * one >= -1, one <= other, 2 * other <= 1)):
        yield a <= b


def _power(a: sp.Expr, b: sp.Expr, facts: Facts) -> Order:
    """x**y increases in x for x >= 0 and y >= 0. In y it increases for x >= 1 and decreases for 0 < x <= 1."""
    if a.exp == b.exp and not a.exp.is_Integer and all(facts.entails(c) for c in (a.exp >= 0, a.base >= 0, a.base <= b.base)):
        yield a <= b
    if a.base == b.base and facts.entails(a.exp <= b.exp):
        if facts.entails(a.base >= 1):
            yield a <= b
        if facts.entails(a.base > 0) and facts.entails(a.base <= 1):
            yield a >= b


_RULES: Mapping[type, Callable[[sp.Expr, sp.Expr, Facts], Order]] = {
    sp.cos: _cosine,
    sp.sin: _sine,
    sp.Pow: _power,
    sp.exp: _increasing,
    sp.log: _logarithm,
    sp.tanh: _increasing,
    sp.erf: _increasing,
    sp.floor: _increasing,
    sp.ceiling: _increasing,
}
