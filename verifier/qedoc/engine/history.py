"""What a run of many claims knows of earlier runs, and tells to later ones."""

from collections.abc import Sequence

from qedoc.engine.messages import Claim
from qedoc.results.curve import Curve
from qedoc.results.outcome import Unread
from qedoc.results.verdict import ClaimResult


class History:
    """What a run knows of earlier ones: nothing, unless a subclass remembers."""

    def known(self, claim: Claim) -> ClaimResult | None:
        """The result of an earlier run, if it still stands; such a claim is not checked."""
        return None

    def collected(self, claims: Sequence[Claim]) -> None:
        """Hears of the claims of all files that could be run."""

    def surveyed(self, name: str, claims: Sequence[Claim], unread: Sequence[Unread]) -> None:
        """Hears of the claims in the docstrings of a package that could be read, and of its modules that could not."""

    def finished(self, claim: Claim, result: ClaimResult) -> None:
        """Hears of a claim that was checked, before any other is waited for."""

    def wants_curve(self, claim: Claim) -> bool:
        """Whether a claim that has a result is to be drawn."""
        return False

    def drawn(self, claim: Claim, curve: Curve | None) -> None:
        """Hears of a picture's numbers, where `wants_curve` asks for them; of None for a claim that cannot be drawn."""

    def ended(self) -> None:
        """Hears that the run is over, or was interrupted."""
