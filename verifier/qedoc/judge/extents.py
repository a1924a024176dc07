"""Claims about every number of entries: a proof by induction on it, and runs with more entries than are checked one by one."""

from collections.abc import Mapping
from dataclasses import replace

from qedoc.algebra.conditions import TooManyBranches
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size, Spec
from qedoc.errors import QedocError
from qedoc.judge.any_count import every_count
from qedoc.judge.black_box import trial
from qedoc.judge.pair import Pair
from qedoc.results.verdict import CaseResult, Verdict
from qedoc.search.code_constants import written

MORE = (16, 33)
"""Numbers of entries that are always tried."""

MOST_ENTRIES = 129
"""The largest number of entries to try."""

MOST_TRIED = 4
"""Maximum number of such numbers."""

POINTS = 60
"""Points for each of them."""


def open_size(spec: Spec) -> Size | None:
    """The size of a claim about every size; None for another claim."""
    return next((d for d in spec.symbols if isinstance(d, Size) and d.least is not None), None)


def is_last(spec: Spec, sizes: Mapping[str, int]) -> bool:
    """Whether a case has the largest sizes that are checked one by one."""
    return all(sizes[str(d.symbol)] == max(d.values) for d in spec.symbols if isinstance(d, Size))


def extended(pair: Pair, result: CaseResult, limits: Limits) -> CaseResult:
    """Extends the result of the case with the most entries to every number of them.

    Args:
        pair: the case.
        result: its result, which holds.
        limits: limits the number of points.

    Returns:
        a refutation with more entries, the result with its extent, or `tested` if there is no proof for every number.
    """
    size = open_size(pair.case.spec)
    assert size is not None and size.least is not None  # the caller looked
    found = every_count(pair.case.spec) if result.verdict is Verdict.PROVED else None
    proved = found is not None and not found.reason
    if (other := _refuted(pair, size, limits, 1 if proved else MOST_TRIED)) is not None:
        return other
    if found is None:
        return result
    if not proved:
        reason = f"proved for {size.symbol} = {min(size.values)} to {max(size.values)}, and not for every {size.symbol}: {found.reason}"
        return replace(result, verdict=Verdict.TESTED, reason=reason)
    extent = f"every {size.symbol} >= {size.least}"
    held = f": {'; '.join(found.held)}" if found.held else ""
    reason = f"{result.reason}; proved for {extent} by induction{held}"
    return replace(result, reason=reason, extent=extent, cells=result.cells + found.cells)


def _refuted(pair: Pair, size: Size, limits: Limits, most: int) -> CaseResult | None:
    """A refutation by runs with more entries; also a check of the proof by execution."""
    least = max(size.values) + 1
    limits = replace(limits, max_points=min(limits.max_points, POINTS))
    numbers = [int(number) + 1 for number in written(pair.target) if number.denominator == 1 and least <= number < MOST_ENTRIES]
    for count in [count for count in dict.fromkeys((*MORE, *numbers)) if count >= least][:most]:
        try:
            result = trial(Pair(pair.case.spec, {**pair.case.sizes, str(size.symbol): count}), limits)
        except (QedocError, TooManyBranches):  # the formula has too many terms for this size, or no point is left
            continue
        if result.verdict is Verdict.REFUTED:
            return result
    return None
