"""Runs the code on longer arrays than those for which the formula was proved or tested."""

import sympy as sp

from qedoc.algebra.conditions import TooManyBranches
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size
from qedoc.errors import QedocError
from qedoc.judge.black_box import trial
from qedoc.judge.pair import Pair
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.search.code_constants import written

LENGTH = "length"
"""The meaning of a size that is the length of an axis."""

NEXT = 5
"""A length that is always tried."""

LONGEST = 130
MOST = 4
"""Maximum number of lengths to try."""

MOST_ENTRIES = 300
"""Maximum number of entries of all arrays of a length that is tried. Matrices of many entries take longer than the rest of the check."""


def longer(pair: Pair, limits: Limits, *, is_compared: bool = False) -> CaseResult | None:
    """Compares formula and runs for longer arrays.

    In particular their lengths are the numbers that the code contains, `x.shape[0] == 8`, and one more, `x[:8]`.

    Args:
        pair: the claim at the largest lengths that are checked; for other lengths nothing is tried.
        limits: limits the number of points.
        is_compared: whether runs on arrays of many lengths were compared in floating-point numbers. Then one length is tried.

    Returns:
        a refutation, or None if no difference was found.
    """
    lengths = [d for d in pair.case.spec.symbols if isinstance(d, Size) and d.meaning == LENGTH]
    if not lengths or any(pair.case.sizes[str(d.symbol)] != max(d.values) for d in lengths):
        return None
    least = max(max(d.values) for d in lengths) + 1
    numbers = [int(number) for number in written(pair.target) if number.denominator == 1 and least <= number < LONGEST]
    named = [] if is_compared else [number + more for number in numbers for more in (1, 0)]
    wanted = dict.fromkeys([max(NEXT, least), *named])
    for length in [length for length in wanted if _entries(pair, length) <= MOST_ENTRIES][:MOST]:
        sizes = {**pair.case.sizes, **{str(d.symbol): length for d in lengths}}
        try:
            result = trial(Pair(pair.case.spec, sizes), limits)
        except (QedocError, TooManyBranches):  # the formula has too many terms for this length, or no point is left
            continue
        if result.verdict is Verdict.REFUTED:
            return result
    return None


def _entries(pair: Pair, length: int) -> int:
    """The number of entries of all arrays if each axis has a length."""
    arrays = [d.symbol for d in pair.case.spec.symbols if isinstance(d.symbol, sp.Indexed)]
    return sum(length ** len(array.indices) for array in arrays)
