"""Claims about every number of entries: a proof by induction on it, and runs with more entries than are checked one by one."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import TooManyBranches
from qedoc.claims.limits import Limits
from qedoc.claims.members import Member
from qedoc.claims.spec import Size
from qedoc.errors import QedocError
from qedoc.judge.any_count import every_count
from qedoc.judge.black_box import trial
from qedoc.judge.describe import written as formula
from qedoc.judge.every_length import Found, every_length
from qedoc.judge.inputs import named
from qedoc.judge.large_containers import on_large_containers
from qedoc.judge.lengths import LENGTH
from qedoc.judge.pair import Pair
from qedoc.results.verdict import CaseResult, Formula, PropertyResult, Verdict
from qedoc.search.code_constants import written

MORE = (16, 33)
"""Numbers of entries that are always tried."""

MOST_ENTRIES = 129
"""The largest number of entries to try."""

MOST_TRIED = 4
"""Maximum number of such numbers."""

COVERED = 40
"""Number of points at which the formula for every length must have the value of the code, if there is no proof for single lengths."""

SAME = 2.0**-20
"""Largest difference that rounding may leave there."""

MOST_OPERATIONS = 120
"""A formula with more operations at single lengths is proved for every length first."""

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
    if size is None and is_longest(pair):
        return _for_every_length(pair, result, sizes, limits, note)
    if size is None and result.verdict is Verdict.TESTED and pair.case.spec.natural and any(d.meaning == LENGTH for d in sizes):
        return _without_single_proof(pair, result, note) or result
    if size is None or not result.verdict.holds or any(pair.case.sizes[str(d.symbol)] != max(d.values) for d in sizes):
        return result
    note("looking at every number of entries")
    found = every_count(pair.case.spec) if result.verdict is Verdict.PROVED else None
    proved = found is not None and not found.reason
    if (other := _refuted(pair, size, limits, 1 if proved else MOST_TRIED)) is not None:
        return other
    if not proved and (other := on_large_containers(pair.case.spec, pair.target, size)) is not None:
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


def is_longest(pair: Pair) -> bool:
    """Whether a case of a claim about arrays has the longest of them, and the first entry of the result."""
    sizes = [d for d in pair.case.spec.symbols if isinstance(d, Size)]
    first = {str(d.symbol): max(d.values) if d.meaning == LENGTH else min(d.values) for d in sizes}
    return pair.case.spec.natural and any(d.meaning == LENGTH for d in sizes) and pair.case.sizes == first


def _for_every_length(pair: Pair, result: CaseResult, sizes: list[Size], limits: Limits, note: Callable[[str], Any]) -> CaseResult:
    """The result of the case with the longest arrays, with the lengths for which the formula is proved; or a refutation at others."""
    if result.verdict is Verdict.TESTED:
        return _without_single_proof(pair, result, note) or result
    if result.verdict is not Verdict.PROVED:
        return result
    tried = " and ".join(f"{d.symbol} = {min(d.values)} to {max(d.values)}" for d in sizes if d.meaning == LENGTH)
    if isinstance(pair.target, Member) and pair.target.holds is not None:
        return replace(result, reason=f"{result.reason}; for {tried}, because a layer is made for one size", extent=tried)
    note("looking at every length")
    found = every_length(pair.case.spec)
    if found is None:
        return result
    if found.suspect:
        other = _refuted_at(pair, {str(n): size for n, size in found.suspect.items()}, limits)
        return other or replace(result, verdict=Verdict.UNDECIDED, reason=found.reason)
    if found.reason:
        return replace(result, verdict=Verdict.TESTED, reason=f"proved for {tried}, and not for every length: {found.reason}")
    reason = f"{result.reason}; proved for {found.extent} with symbolic lengths"
    return replace(result, reason=reason, extent=found.extent, general=_general(found))


def _without_single_proof(pair: Pair, result: CaseResult, note: Callable[[str], Any]) -> CaseResult | None:
    """The result of a case that is only tested, if its claim is proved for every length; None if it is not.

    A claim is not proved if a point was found at which it does not hold exactly, if the code was read at single points only, or if the
    formula that was read lacks a value at a point at which the code has one.
    """
    found_apart = any(one is not None for one in (pair.nearly, pair.elsewhere, pair.raising, pair.strange, pair.off_support))
    if pair.case.spec.beside or pair.code.pinned or found_apart:
        return None
    note("looking at every length")
    found = every_length(pair.case.spec)
    if found is None or found.reason or not _covers(pair, found):
        return None
    reason = f"equal in exact arithmetic wherever formula and code have a value: proved for {found.extent} with symbolic lengths"
    return replace(result, verdict=Verdict.PROVED, reason=reason, extent=found.extent, general=_general(found))


def is_proved_for_every_length(pair: Pair) -> bool:
    """Whether a formula is large at single lengths and proved for every length, so that it needs no proof at single ones."""
    spec = pair.case.spec
    if not spec.natural or spec.beside or pair.code.pinned or not any(isinstance(d, Size) and d.meaning == LENGTH for d in spec.symbols):
        return False
    if sp.count_ops(pair.formula) <= MOST_OPERATIONS:
        return False
    found = every_length(spec)
    return found is not None and not found.reason and _covers(pair, found)


def _general(found: Found) -> Formula | None:
    """The formula of the code for every length, in the notations that readers use."""
    return None if found.code is None else formula(found.code)


def _covers(pair: Pair, found: Found) -> bool:
    """Whether the formula that was read for every length has the value of the code wherever a run at a simple point gives one."""
    for row in pair.plan.simple(COVERED):
        ran = pair.run(row)
        if isinstance(ran, Exception) or not math.isfinite(ran):
            continue
        inputs = named(pair.case, pair.plan.point(row))
        value = None if found.value is None else found.value(pair.case.sizes, inputs, pair.case.entry)
        if value is None or not math.isclose(value, ran, rel_tol=SAME, abs_tol=SAME):
            return False
    return True


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
        if (result := _refuted_at(pair, {str(size.symbol): count}, limits)) is not None:
            return result
    return None


def _refuted_at(pair: Pair, sizes: dict[str, int], limits: Limits) -> CaseResult | None:
    try:
        result = trial(Pair(pair.case.spec, {**pair.case.sizes, **sizes}), limits)
    except (QedocError, TooManyBranches):  # the formula has too many terms for these sizes, or no point is left
        return None
    return result if result.verdict is Verdict.REFUTED else None
