"""Expands finite sums and products term by term."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.large import LARGE, WRITTEN_OUT
from qedoc.algebra.recurrences import Recurrence

_BINDERS = (*LARGE, sp.Derivative, Recurrence)

MOST_TERMS = 1000


class TooManyTerms(TooManyBranches):
    """Sums and products have more than `MOST_TERMS` terms in total and are not expanded."""


def unroll(
    expression: sp.Basic,
    sizes: Mapping[sp.Symbol, int],
    leaf: Callable[[sp.Basic], sp.Basic] = lambda part: part,
    written: list[int] | None = None,
) -> sp.Basic:
    """Expands finite sums and products, outer indices first, and evaluates derivatives.

    The surrounding expression is rebuilt without evaluation, because SymPy would cancel factors that may be zero.

    Args:
        expression: a formula or relation.
        sizes: the value of each size symbol.
        leaf: applied to each part without sums, products and derivatives.
        written: a list with one entry: the number of terms expanded so far. The function increments it.

    Raises:
        TooManyTerms: if the expansion has more than `MOST_TERMS` terms; the terms of nested sums multiply.
    """
    written = [0] if written is None else written
    expression = expression.subs(sizes) if sizes else expression
    if not expression.has(*_BINDERS):
        return leaf(expression)
    if isinstance(expression, sp.Derivative):
        return leaf(expression.doit())
    if isinstance(expression, Recurrence):
        return unroll(expression.at(int(expression.last)), {}, leaf, written) if expression.last.is_Integer else leaf(expression)
    if isinstance(expression, LARGE):
        body, *inner, (variable, first, last) = expression.args
        if not (first.is_Integer and last.is_Integer):
            return leaf(expression)
        _check_count(int(last) - int(first) + 1, inner, written)
        body = expression.func(body, *inner) if inner else body
        terms = []
        for k in range(int(first), int(last) + 1):
            part = body.subs(variable, k)
            written[0] += not part.has(*LARGE)
            _check_count(0, (), written)
            terms.append(unroll(part, {}, leaf, written))
        return _joined(WRITTEN_OUT[type(expression)], terms)
    parts = [unroll(part, {}, leaf, written) for part in expression.args]
    return _joined(expression.func, parts) if isinstance(expression, sp.Add | sp.Mul | sp.Pow) else expression.func(*parts)


def _check_count(terms: int, inner: Sequence[Any], written: list[int]) -> None:
    """Raises TooManyTerms for a sum that has too many terms, before it is expanded."""
    for _, *ends in inner:
        first, last = ends if len(ends) == 2 else (0, 0)
        terms *= max(int(last) - int(first) + 1, 0) if sp.sympify(first).is_Integer and sp.sympify(last).is_Integer else 1
    if terms > MOST_TERMS:
        raise TooManyTerms(f"a sum or product has {terms} terms; qedoc expands at most {MOST_TERMS}")
    if written[0] > MOST_TERMS:
        raise TooManyTerms(f"the sums and products have more than {MOST_TERMS} terms in total; qedoc expands at most {MOST_TERMS}")


def _joined(operation: Any, parts: list[sp.Basic]) -> sp.Basic:
    return operation(*parts, evaluate=False) if len(parts) > 1 else operation(*parts)
