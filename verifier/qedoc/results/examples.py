"""Chooses the case whose code formula stands for a claim. A claim about arrays has a case for each length; readers need one formula."""

import re

from qedoc.results.verdict import CaseResult, ClaimResult

_SIZE = re.compile(r"(\w+)=(-?\d+)")


def example_of(claim: ClaimResult) -> CaseResult | None:
    """Returns the case whose code formula reports show; None if no code was lifted.

    With a counterexample, this is the case with the counterexample. Otherwise it is the smallest case in which as many sizes as possible
    are at least 2: an array with one entry hides sums and maxima.

    Args:
        claim: the result of the claim.
    """
    if claim.decisive.code is not None and claim.decisive.counterexample is not None:
        return claim.decisive
    lifted = [case for case in claim.cases if case.code is not None]
    return min(lifted, key=lambda case: _rank(claim, case), default=None)


def sizes_of(claim: ClaimResult, case: CaseResult) -> str:
    """The sizes of a case in words, such as `n=2, m=3`; empty if the claim has no sizes.

    Args:
        claim: the result of the claim.
        case: one of its cases.
    """
    return ", ".join(case.id.removeprefix(claim.id).removeprefix("[").removesuffix("]").split(","))


def _rank(claim: ClaimResult, case: CaseResult) -> tuple[int, int]:
    sizes = [int(size) for _, size in _SIZE.findall(sizes_of(claim, case))]
    return -sum(size > 1 for size in sizes), sum(sizes)
