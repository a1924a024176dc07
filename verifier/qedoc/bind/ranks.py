r"""Ranks of the entries of an array, `\operatorname{rank}(s_i)`: the place of an entry after sorting.

A rank says nothing of equal entries, so that such a formula is compared where all entries differ.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import sympy as sp
from sympy.core.function import AppliedUndef

from qedoc.bind.context import Context
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Equation, extent

NAME = "rank"
"""What the rank of an entry is called."""

DOWN, UP = "from the largest entry", "from the smallest entry"
"""The two orders in which ranks count."""

_DOWN = re.compile(r"\b(?:descending|decreasing|largest|highest|best)\b", re.IGNORECASE)
_UP = re.compile(r"\b(?:ascending|increasing|smallest|lowest)\b", re.IGNORECASE)
_FROM_ONE = re.compile(r"\b(?:1|one)-(?:based|indexed)\b", re.IGNORECASE)
_FROM_ZERO = re.compile(r"\b(?:0|zero)-(?:based|indexed)\b", re.IGNORECASE)
_ALGEBRA = re.compile(r"\b(?:matri(?:x|ces)|tensors?|low[- ]rank|full[- ]rank|eigen\w*|singular)\b", re.IGNORECASE)
"""Words of texts in which a rank may be that of a matrix."""


def with_ranks(context: Context, equation: Equation) -> Iterator[tuple[Equation, tuple[Choice, ...]]]:
    """Yields an equation with a sum in place of each rank of an entry, in each order and from each number that the ranks may count.

    A name that the documentation defines itself is left alone, and so is a rank of anything but an entry of an array of numbers.

    Args:
        context: the docstring, with what the equation is about.
        equation: the equation as read.
    """
    text = context.record.docstring
    calls = [call for call in equation.right.atoms(AppliedUndef) if call.func.__name__ == NAME]
    own = NAME in context.definitions or NAME in context.record.siblings
    if not calls or own or _ALGEBRA.search(text) or not all(map(_is_entry, calls)):
        yield equation, ()
        return
    apart = [_all_differ(base) for base in sorted({call.args[0].base for call in calls}, key=str)]
    condition = sp.And(equation.condition, *apart)
    for order in _orders(text):
        for first in _firsts(text):
            put = {call: _rank(call.args[0], down=order.value == DOWN) - 1 + first.value for call in calls}
            yield replace(equation, right=equation.right.xreplace(put), condition=condition), (order, first)


def _orders(text: str) -> list[Choice]:
    """The orders in which ranks may count. The text may say it; else both are possible."""
    said = [(way, found[0]) for way, words in ((DOWN, _DOWN), (UP, _UP)) if (found := words.search(text)) is not None]
    if len(said) == 1:
        return [_choice("the order of ranks", *said[0], Sure.STATED)]
    why = "the text does not say which entry comes first"
    return [_choice("the order of ranks", way, why, Sure.POSSIBLE) for way in (DOWN, UP)]


def _firsts(text: str) -> list[Choice]:
    """The numbers from which ranks may count. The text may say it; else 1 is usual."""
    said = [(number, found[0]) for number, words in ((1, _FROM_ONE), (0, _FROM_ZERO)) if (found := words.search(text)) is not None]
    if len(said) == 1:
        return [_choice("the first rank", *said[0], Sure.STATED)]
    usual = _choice("the first rank", 1, "ranks usually count from 1", Sure.SUGGESTED)
    return [usual, _choice("the first rank", 0, "ranks may count from 0", Sure.POSSIBLE)]


def _choice(subject: str, value: str | int, words: str, sure: Sure) -> Choice:
    return Choice(about="reading", subject=subject, value=value, words=words, sure=sure)


def _is_entry(call: sp.Expr) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], sp.Indexed) and len(call.args[0].indices) == 1


def _rank(entry: sp.Expr, *, down: bool) -> sp.Expr:
    """The rank of one entry, where no two are equal: the signs of all differences say how many entries come before it.

    SymPy divides a sum by cases into sums, also where the cases depend on its index, so that an indicator would not do.
    """
    index = sp.Symbol(f"{entry.indices[0]}_ranked")
    other = entry.base[index]
    sign = sp.sign(other - entry if down else entry - other)
    return sp.Rational(1, 2) + sp.Sum((1 + sign) / 2, (index, 1, extent(index.name)))


def _all_differ(base: sp.IndexedBase) -> sp.Basic:
    """The condition that an array has no equal entries: among all pairs of entries, as many are equal as there are entries."""
    one, other = sp.Symbol("k_1"), sp.Symbol("k_2")
    same = sp.Piecewise((1, sp.Eq(base[one], base[other])), (0, True))
    return sp.Eq(sp.Sum(same, (other, 1, extent("k_2")), (one, 1, extent("k_1"))), extent("k_1"))
