r"""Reads sums that go on after their first term, because the following terms contain their index: `\sum_i a_i + b_i`."""

from collections.abc import Sequence

import sympy as sp

from qedoc.read import arithmetic
from qedoc.read.factor import Term
from qedoc.read.reading import GOES_ON, Option
from qedoc.read.scope import Scope

_SIGN = "the sign before a sum that goes on"
_WHOLE = Option(value="of the whole sum", why="a sign before a sum is of the sum", sure="possible")
_FIRST = Option(value="of its first term", why="the sign may be that of the first term", sure="possible")
_ON = Option(value="up to the last term", why="the terms after the sum contain its index", sure="suggested")


def going_on(scope: Scope, terms: Sequence[Term], place: int) -> sp.Expr | None:
    """Returns the value of terms of which one is a sum whose index later terms contain; None if this has no one meaning.

    Args:
        scope: the choices of the formula.
        terms: the terms.
        place: the place of the first term that contains the index of a sum before it.
    """
    before, first, rest = terms[: place - 1], terms[place - 1], terms[place:]
    if any(term.captured or term.remainder for term in (*before, *rest)) or first.remainder:
        return None
    factors = sp.Mul.make_args(first.value)
    sums = [factor for factor in factors if isinstance(factor, sp.Sum) and {str(limit[0]) for limit in factor.limits} <= first.captured]
    indices = {limit[0] for total in sums for limit in total.limits}
    if len(sums) != 1 or first.captured != {str(index) for index in indices}:
        return None
    if any(indices - term.value.free_symbols for term in rest):
        return None  # a term without an index may stand after the sum
    scope.choose(GOES_ON, _ON)
    coefficient = sp.Mul(*(factor for factor in factors if factor is not sums[0]), evaluate=False)
    inside = sums[0].function
    if coefficient.could_extract_minus_sign() and scope.choose(_SIGN, _WHOLE, _FIRST) == _FIRST.value:
        coefficient, inside = -coefficient, -inside
    total = sp.Sum(arithmetic.add((inside, *(term.value for term in rest))), *sums[0].limits)
    return arithmetic.add((*(term.value for term in before), arithmetic.multiply((coefficient, total))))
