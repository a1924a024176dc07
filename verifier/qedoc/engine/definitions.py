"""Judges definitions in docstrings together with the claims that they are put into."""

from collections.abc import Sequence
from dataclasses import replace

from qedoc.results.verdict import ClaimResult, Verdict, weakest


def judged_with(definition: ClaimResult, users: Sequence[ClaimResult]) -> ClaimResult:
    """Returns the result of a definition, given those of the claims that it is put into.

    It holds if such a claim holds and none is refuted. If one is refuted, it is not known which of the two formulas is wrong.

    Args:
        definition: the definition, as a statement without a value.
        users: the results of the claims.
    """
    holding = [user for user in users if user.verdict.holds]
    if not holding or any(user.verdict is Verdict.REFUTED for user in users):
        return definition
    verdict = weakest([user.verdict for user in holding])
    first = next(user for user in holding if user.verdict is verdict)
    reason = f"it is a part of {first.id}, which is {verdict} with it"
    cases = tuple(replace(case, verdict=verdict, reason=reason, cause="") for case in definition.cases)
    sources: dict[str, dict[str, str]] = {}
    for found in (part for user in holding for part in (user.sources, *(case.sources for case in user.cases))):
        for file, names in found.items():
            sources.setdefault(file, {}).update(names)
    versions = {name: version for user in holding for name, version in user.versions.items()}
    return replace(definition, cases=cases, sources=sources, versions=versions, seed=first.seed)
