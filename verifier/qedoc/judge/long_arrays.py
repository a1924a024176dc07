"""Searches for a difference between formula and code on arrays of up to a thousand entries and more.

At such lengths a formula has too many terms to be written out and enclosed, so that its sums are computed in float64. A difference counts
only if rounding cannot explain it, as in `black_box`: it is found for several arrays, it is the same in float32 and in float64, a small
change of the entries does not change the formula much, and no step of the code comes close to overflow, underflow or saturation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from qedoc.claims.spec import Spec
from qedoc.errors import QedocError
from qedoc.judge.black_box import FEWEST
from qedoc.judge.inputs import pasted
from qedoc.judge.length_runs import MANY
from qedoc.judge.long_points import KINDS, SHORT, Kind, Lengthened, Point, Sizes
from qedoc.results.verdict import CaseResult, Counterexample, Verdict
from qedoc.search.code_constants import written

CHECKED = (SHORT - 1, SHORT)
"""Lengths at which formula and runs must agree, because other stages found no difference there."""

LONGEST = 2000
"""Largest number of the code that is tried as a length."""

MOST_NAMED = 6
"""Maximum number of numbers of the code that are tried as lengths."""

SIMPLEST: tuple[Kind, ...] = tuple(sorted(KINDS, key=lambda kind: kind[0] != "equal"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What runs on long arrays say about a claim.

    Args:
        refuted: a refutation, or None if no difference was found.
        is_complete: whether formula and runs were compared at all lengths.
    """

    refuted: CaseResult | None = None
    is_complete: bool = False


def on_long_arrays(spec: Spec, target: Callable[..., Any], case: str) -> Compared:
    """Compares formula and runs at many lengths, and at those that the code contains.

    Args:
        spec: a claim that holds for short arrays.
        target: the code.
        case: the id of the result.
    """
    try:
        claim = Lengthened(spec)
    except QedocError:
        return Compared()
    if not all(_agrees(claim, sizes) for length in CHECKED for sizes in claim.of_length(length)):
        return Compared()
    whole, before = True, claim.short
    for length in _lengths(target):
        for sizes in claim.of_length(length):
            found = list(claim.points(sizes))
            kinds = dict.fromkeys(kind for kind, point in found if point.differs)
            if any(_differs(claim, sizes, kind) for kind in kinds):
                return Compared(refuted=_refutation(claim, before, sizes, case))
            whole = whole and bool(found) and not kinds
            before = before if kinds else sizes
    return Compared(is_complete=whole)


def _lengths(target: Callable[..., Any]) -> list[int]:
    """The lengths to try, in ascending order: some of all sizes, and the numbers that the code contains, with the two after them."""
    numbers = [int(x) for x in written(target) if x.denominator == 1 and SHORT < x < LONGEST]
    return sorted({length for length in MANY if length > SHORT} | {x + more for x in numbers[:MOST_NAMED] for more in (0, 1, 2)})


def _agrees(claim: Lengthened, sizes: Sizes) -> bool:
    found = [point for _, point in claim.points(sizes)]
    return bool(found) and all(point.agrees for point in found)


def _differs(claim: Lengthened, sizes: Sizes, kind: Kind) -> bool:
    """Whether formula and runs differ for several arrays of a kind, and rounding explains none of the differences."""
    found = [point for seed in range(1, FEWEST + 1) for _, point in claim.points(sizes, (kind,), seed)]
    apart = [point for point in found if point.differs]
    return len(apart) >= FEWEST and all(map(claim.is_sure, apart[:FEWEST]))


def _refutation(claim: Lengthened, before: Sizes, sizes: Sizes, case: str) -> CaseResult:
    """A refutation at lengths as small as a search by halves finds, with equal entries if possible.

    Args:
        claim: the claim.
        before: lengths at which formula and code agree.
        sizes: lengths at which they differ.
        case: the id of the result.
    """
    point = _simplest(claim, sizes)
    less = {symbol: min(size, max(before[symbol], size - 1)) for symbol, size in sizes.items()}
    while less != sizes:
        found = _simplest(claim, less)
        before, sizes, point = (less, sizes, point) if found is None else (before, less, found)
        less = {symbol: (min(before[symbol], size) + size + 1) // 2 for symbol, size in sizes.items()}
    assert point is not None  # _differs has seen a point of some kind
    lengths = " and ".join(f"{symbol} = {sizes[symbol]}" for symbol in claim.lengths)
    inputs = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in point.inputs.items()}
    return CaseResult(
        id=case,
        verdict=Verdict.REFUTED,
        reason=f"for arrays with {lengths}, runs differ from the formula in both float32 and float64",
        runs=2 * len(KINDS),
        counterexample=Counterexample(
            inputs=inputs,
            documented=point.documented,
            actual=point.fine,
            ran=point.fine,
            call=pasted(claim.spec, inputs, point.entry if claim.spec.entry else ()),
        ),
    )


def _simplest(claim: Lengthened, sizes: Sizes) -> Point | None:
    """A point at which formula and code surely differ, of the simplest kind that has one."""
    apart = [(kind, point) for kind, point in claim.points(sizes, seed=1) if point.differs]
    return next((point for _, point in sorted(apart, key=lambda one: SIMPLEST.index(one[0])) if claim.is_sure(point)), None)
