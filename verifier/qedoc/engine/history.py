"""The interface through which a run uses results of earlier runs and records its own."""

from collections.abc import Sequence

from qedoc.engine.messages import Claim
from qedoc.results.curve import Curve
from qedoc.results.outcome import Unread
from qedoc.results.verdict import ClaimResult


class History:
    """The default history, which knows no earlier results and records nothing. Subclasses override its methods."""

    def known(self, claim: Claim) -> ClaimResult | None:
        """Returns the result of an earlier run if it is still valid. Such a claim is not checked again."""
        return None

    def collected(self, claims: Sequence[Claim]) -> None:
        """Called with the claims of all spec files that could be run."""

    def surveyed(self, name: str, claims: Sequence[Claim], unread: Sequence[Unread]) -> None:
        """Called with the claims in the docstrings of a package, and with its modules that could not be read."""

    def finished(self, claim: Claim, result: ClaimResult) -> None:
        """Called immediately after a claim was checked."""

    def wants_curve(self, claim: Claim) -> bool:
        """Whether to compute the plot data of a finished claim."""
        return False

    def drawn(self, claim: Claim, curve: Curve | None) -> None:
        """Called with the plot data that `wants_curve` requested, or with None if the claim cannot be plotted."""

    def repaired(self, claim: Claim, result: ClaimResult) -> None:
        """Called with the result of a refuted claim after the search for its corrections."""

    def ended(self) -> None:
        """Called when the run ends, even if it was interrupted."""


class Drawn(History):
    """Keeps the plot data of a run that has no lock file."""

    def __init__(self) -> None:
        self.curves: list[Curve] = []

    def wants_curve(self, claim: Claim) -> bool:
        """Always, because a report shows every claim."""
        return True

    def drawn(self, claim: Claim, curve: Curve | None) -> None:
        """Keeps the plot data of a claim that has any."""
        if curve is not None:
            self.curves.append(curve)
