r"""Reads sums with an ellipsis, whose indices determine the omitted terms.

In `p_0 x^{M-1} + p_1 x^{M-2} + \ldots + p_{M-1}`, the first terms do, and in `c_0 + c_1 x + \ldots + c_n x^n` the last one.
"""

from collections.abc import Sequence

import sympy as sp


def continued(terms: Sequence[sp.Expr], last: sp.Expr, index: sp.Symbol) -> sp.Expr | None:
    """Returns the sum with the given first terms and last term, or None if their entries do not determine it.

    Args:
        terms: the terms before the ellipsis, at least two, because one does not determine the step.
        last: the term after the ellipsis.
        index: a symbol that occurs in none of the terms.
    """
    if len(terms) < 2 or not last.atoms(sp.Indexed):
        return None
    general = _between(terms[-2], terms[-1], index)
    if general is None:
        return _from_last(terms, last, index)
    start = len(terms) - 2
    if any(_differ(general.subs(index, place - start), term) for place, term in enumerate(terms)):
        return None
    ends = {end for entry in general.atoms(sp.Indexed) for other in last.atoms(sp.Indexed) for end in _ends(entry, other, index)}
    fitting = [end for end in ends if not _differ(general.subs(index, end), last)]
    if len(fitting) != 1:
        return None
    return sp.Sum(general.subs(index, index - start), (index, 0, sp.expand(fitting[0] + start)))


def _from_last(terms: Sequence[sp.Expr], last: sp.Expr, index: sp.Symbol) -> sp.Expr | None:
    """The sum of terms such as the last one, whose index counts from 0 or 1; None if the first terms are not such terms."""
    found = set()
    for end in {part for entry in last.atoms(sp.Indexed) for part in entry.indices}:
        letters = end.free_symbols
        letter = next(iter(letters), None)
        if len(letters) != 1 or end.coeff(letter) != 1 or any(letter in term.free_symbols for term in terms):
            continue
        general = last.subs(letter, index - (end - letter))
        found |= {
            sp.Sum(general, (index, start, end))
            for start in (0, 1)
            if not any(_differ(general.subs(index, start + place), term) for place, term in enumerate(terms))
        }
    return found.pop() if len(found) == 1 else None


def _differ(one: sp.Expr, other: sp.Expr) -> bool:
    return bool(sp.expand(one) != sp.expand(other))


def _ends(entry: sp.Expr, other: sp.Expr, index: sp.Symbol) -> list[sp.Expr]:
    """The values of `index` at which an entry becomes the other."""
    if entry.base != other.base or len(entry.indices) != len(other.indices):
        return []
    found = []
    for one, another in zip(entry.indices, other.indices, strict=True):
        step = one.coeff(index)
        if step in (1, -1):
            found.append(sp.expand((another - one.subs(index, 0)) / step))
    return found


def _between(one: sp.Expr, other: sp.Expr, index: sp.Symbol) -> sp.Expr | None:
    """The expression that is `one` at index 0 and `other` at index 1, growing by one wherever they differ."""
    if one == other:
        return one
    step = sp.expand(other - one)
    if step in (1, -1):
        return one + step * index
    (base, exponent), (other_base, other_exponent) = one.as_base_exp(), other.as_base_exp()
    if base == other_base and (exponent, other_exponent) != (1, 1):
        grown = _between(exponent, other_exponent, index)
        return None if grown is None else sp.Pow(base, grown)
    if one.func != other.func or len(one.args) != len(other.args) or not one.args:
        return None
    if not isinstance(one, sp.Add | sp.Mul):
        parts = [_between(a, b, index) for a, b in zip(one.args, other.args, strict=True)]
        return None if None in parts else one.func(*parts)
    waiting = list(other.args)
    parts = []
    for part in sorted(one.args, key=lambda part: part not in other.args):
        pairs = [(grown, candidate) for candidate in waiting if (grown := _between(part, candidate, index)) is not None]
        if not pairs:
            return None
        grown, candidate = next((pair for pair in pairs if pair[1] == part), pairs[0])
        waiting.remove(candidate)
        parts.append(grown)
    return one.func(*parts)
