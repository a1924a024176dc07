"""Claims about every number of entries: a proof by induction on it, and runs with more entries than are checked one by one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from qedoc.algebra.conditions import TooManyBranches
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size
from qedoc.errors import QedocError
from qedoc.judge.any_count import every_count
from qedoc.judge.black_box import trial
from qedoc.judge.pair import Pair
from qedoc.results.verdict import CaseResult, PropertyResult, Verdict
from qedoc.search.code_constants import written

MORE = (16, 33)
"""Numbers of entries that are always tried."""

MOST_ENTRIES = 129
"""The largest number of entries to try."""

MOST_TRIED = 4
"""Maximum number of such numbers."""

POINTS = 60
"""Points for each of them."""


def extended(pair: Pair, result: CaseResult, limits: Limits, note: Callable[[str], Any]) -> CaseResult:
    """Extends the result of the case with the most entries to every number of them, for a claim about every number.

    Args:
        pair: a case; any other than that with the most entries is not changed.
        result: its result; one that does not hold is not changed.
        limits: limits the number of points.
        note: called with the current step, for progress.

    Returns:
        a refutation with more entries, the result with its extent, or `tested` if there is no proof for every number.
    """
    sizes = [d for d in pair.case.spec.symbols if isinstance(d, Size)]
    size = next((d for d in sizes if d.least is not None), None)
    if size is None or not result.verdict.holds or any(pair.case.sizes[str(d.symbol)] != max(d.values) for d in sizes):
        return result
    note("looking at every number of entries")
    found = every_count(pair.case.spec) if result.verdict is Verdict.PROVED else None
    proved = found is not None and not found.reason
    if (other := _refuted(pair, size, limits, 1 if proved else MOST_TRIED)) is not None:
        return other
    if found is None:
        return result
    result = replace(result, properties=tuple(_at_sizes(promise, size) for promise in result.properties))
    if found.reason:
        reason = f"proved for {size.symbol} = {min(size.values)} to {max(size.values)}, and not for every {size.symbol}: {found.reason}"
        return replace(result, verdict=Verdict.TESTED, reason=reason)
    extent = f"every {size.symbol} >= {size.least}"
    held = f": {'; '.join(found.held)}" if found.held else ""
    reason = f"{result.reason}; proved for {extent} by induction{held}"
    return replace(result, reason=reason, extent=extent, cells=result.cells + found.cells)


def _at_sizes(promise: PropertyResult, size: Size) -> PropertyResult:
    """A property is proved for single sizes only."""
    if promise.verdict is not Verdict.PROVED:
        return promise
    return replace(promise, verdict=Verdict.TESTED, reason=f"proved for {size.symbol} = {min(size.values)} to {max(size.values)}")


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
