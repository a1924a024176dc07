"""All corrections of one refuted formula: a condition, small edits, and the formula of the code."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from qedoc.bind.records import Bound
from qedoc.repair.domains import narrowed
from qedoc.repair.marked import stated_part
from qedoc.repair.own import own_formula
from qedoc.repair.search import Repair
from qedoc.repair.widened import widened
from qedoc.results.verdict import Correction
from qedoc.sources.docstrings import Documented

OWN = 15.0
"""Seconds for the formula of the code, after a search that found no edit."""


def corrected(
    record: Documented,
    claim: Bound,
    seconds: float,
    wrong: Mapping[str, Any] | None = None,
    keep: Callable[[list[Correction]], None] = lambda found: None,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Correction, ...]:
    """Returns at most three corrections, the best first.

    Args:
        record: the docstring.
        claim: the refuted claim.
        seconds: time limit of the search.
        wrong: the counterexample, by parameter, if the search is to begin with a condition that excludes it.
        keep: called with the corrections so far whenever one is found. The process may be killed before the search ends.
        clock: the time in seconds.
    """
    end = clock() + seconds
    if wrong is not None and (narrow := narrowed(record, claim, wrong, seconds / 2, clock)) is not None:
        return (narrow,)
    if made := tuple(Repair(record, claim, end - clock(), clock).corrections(keep)):
        return made
    within = stated_part(record, claim)
    own = own_formula(record, claim if within is None else widened(record, claim, within), OWN, clock)
    return (own,) if own is not None else ()
