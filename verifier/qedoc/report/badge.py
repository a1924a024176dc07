"""A badge that shows the number of claims by verdict."""

from collections import Counter

from qedoc.results.outcome import Outcome
from qedoc.results.verdict import Verdict


def shield(outcome: Outcome) -> dict[str, object]:
    """Returns the badge in the endpoint format of shields.io."""
    counts = Counter(claim.verdict for claim in outcome.claims)
    parts = [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    if outcome.stale or outcome.errors:
        message, color = "stale", "lightgrey"
    elif counts[Verdict.REFUTED]:
        message, color = ", ".join(parts), "red"
    elif not parts:
        message, color = "no claims", "lightgrey"
    else:
        message, color = ", ".join(parts), "brightgreen" if all(verdict.holds for verdict in counts) else "yellow"
    return {"schemaVersion": 1, "label": "formulas", "message": message, "color": color}
