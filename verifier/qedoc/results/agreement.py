"""Makes sure that a claim holds in one interpretation for all lengths of its arrays."""

from collections.abc import Sequence

from qedoc.records import replace
from qedoc.results.verdict import CaseResult, Verdict

WRITE = (
    "write what is meant into the formula or say it in other words; qedoc show --why lists the interpretations, and --interpret N settles "
    "one"
)
"""What to do about a formula that can be understood in several ways."""


def agreeing(cases: Sequence[CaseResult]) -> tuple[CaseResult, ...]:
    """Returns the cases of a claim; undecided, if no interpretation holds for all lengths and the code alone decides which one is meant.

    Args:
        cases: one result for each combination of sizes.
    """
    open_ = [case for case in cases if case.verdict.holds and not any(one.plausible for one in case.interpretations)]
    held = [{one.assumptions for one in case.interpretations if one.verdict.holds} for case in open_ if case.interpretations]
    if len(held) < 2 or set.intersection(*held):
        return tuple(cases)
    reason = f"it depends on what the text means: it holds for each length, but in no single interpretation for all; {WRITE}"
    return tuple(replace(case, verdict=Verdict.UNDECIDED, reason=reason) if case in open_ else case for case in cases)
