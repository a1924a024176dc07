"""A badge: how many claims are proved, in one line and one colour."""

from collections import Counter

from qedoc.results.outcome import Outcome
from qedoc.results.verdict import Verdict


def shield(outcome: Outcome) -> dict[str, object]:
    """The endpoint form of shields.io."""
    counts = Counter(claim.verdict for claim in outcome.claims)
    told = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    if outcome.stale or outcome.errors:
        message, color = "stale", "lightgrey"
    elif counts[Verdict.REFUTED]:
        message, color = ", ".join(told), "red"
    elif not told:
        message, color = "no claims", "lightgrey"
    else:
        message, color = ", ".join(told), "brightgreen" if all(verdict.holds for verdict in counts) else "yellow"
    return {"schemaVersion": 1, "label": "formulas", "message": message, "color": color}
