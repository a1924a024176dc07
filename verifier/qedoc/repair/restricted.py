r"""Adds a condition to a formula that holds only in a part of its domain: `\quad \text{for } x > 0`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from sympy.core.relational import Relational

from qedoc.bind.records import Bound
from qedoc.claims.spec import Spec
from qedoc.compose.latex import latex
from qedoc.compose.reading import conditions_of

MOST = 2
"""Maximum number of relations that are added."""

_END = re.compile(r"(?:\\,|\\;|\\!|[.,;\s])*$")


def suggested(bound: Bound) -> list[Relational]:
    """The relations to which names or words may restrict a formula, without those that are stated; empty if there are none or many.

    Args:
        bound: the formula as read.
    """
    if bound.readings is None:
        return []
    first = bound.readings.alternatives[0]
    if first.inner is None or first.outer is None:
        return []
    stated = set(conditions_of(first.outer))
    found = [condition for condition in conditions_of(first.inner) if condition not in stated]
    return found if len(found) <= MOST else []


def plausible(bound: Bound) -> Spec:
    """The claim where names or words suggest that it holds. Edits are compared with the code there.

    Args:
        bound: the formula as read.
    """
    conditions = set(suggested(bound))
    if not conditions or bound.readings is None or (inner := bound.readings.alternatives[0].inner) is None:
        return bound.spec
    same = {str(d.symbol) for d in inner.symbols} == {str(d.symbol) for d in bound.spec.symbols}
    return replace(bound.spec, symbols=inner.symbols, where=inner.where, origin=bound.spec.location) if same else bound.spec


def with_conditions(text: str, conditions: Sequence[Relational], letter: Callable[[str], str]) -> str:
    """A formula that says where it holds.

    Args:
        text: the formula.
        conditions: relations.
        letter: gives the LaTeX of a symbol's name.
    """
    written = [latex(one, {symbol: letter(symbol.name) for symbol in one.free_symbols}) for one in conditions]
    return with_words(text, r" \text{ and } ".join(written))


def with_words(text: str, words: str) -> str:
    """A formula with a condition that is written already, before its closing punctuation.

    Args:
        text: the formula.
        words: the condition.
    """
    end = _END.search(text)
    at = end.start() if end is not None else len(text)
    return rf"{text[:at]} \quad \text{{for }} {words}{text[at:]}"
