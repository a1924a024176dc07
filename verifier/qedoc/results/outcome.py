"""What a run over many claims found, and what is heard while it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from qedoc.claims.limits import Limits
from qedoc.errors import Location, QedocError
from qedoc.results.verdict import ClaimResult, Verdict

if TYPE_CHECKING:
    from qedoc.results.curve import Curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The claims are known, and how many cases they have."""

    claims: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A case is finished."""

    id: str
    verdict: Verdict


Event: TypeAlias = Collected | Checked | ClaimResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A claim, or a spec file with its claims, whose result in the lock file no longer stands.

    Args:
        id: the claim's id; empty for a spec file.
        location: where it stands.
        reason: what changed, or what is missing.
    """

    id: str
    location: Location
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something that was named, or lies in what was named, and was not read.

    Args:
        name: dotted path of a module or an object.
        reason: what is in the way, in one sentence that names it.
        location: where it stands, if that is known.
        ends: whether its code ended the process.
        empty: whether it was read and has no display formula.
    """

    name: str
    reason: str
    location: Location | None = None
    ends: bool = False
    empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run found.

    Args:
        claims: the finished claims, in the order of the spec files.
        errors: what kept the others from being checked.
        curves: the numbers of the pictures, if asked for: one for each claim.
        planned: how many claims there were to check.
        seconds: wall time.
        stopped: the signal that ended the run early, or 0.
        unchanged: how many of the claims were not checked, because their results in the lock file still stand.
        stale: what would have to be checked, where nothing may be.
        audited: what was audited; empty for a run over specs.
        unread: modules that were not imported, and names without a formula.
        limits: the bounds of an audit, which finds its findings again.
        remarks: what the user should know of the environment, one line each.
    """

    claims: tuple[ClaimResult, ...]
    errors: tuple[QedocError, ...]
    curves: "tuple[Curve, ...]" = ()
    planned: int = 0
    seconds: float = 0.0
    stopped: int = 0
    unchanged: int = 0
    stale: tuple[Stale, ...] = ()
    audited: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    limits: Limits | None = None
    remarks: tuple[str, ...] = ()

    def exit_code(self, *, strict: bool = False) -> int:
        """0 if all claims and their properties hold, 1 if one does not or is stale, 2 if something cannot run, 128 + signal if stopped.

        Args:
            strict: a claim or property without an answer does not hold.
        """
        if self.stopped:
            return 128 + self.stopped
        if self.errors:
            return 2
        if self.stale:
            return 1
        if strict and any(not unread.empty for unread in self.unread):
            return 1
        passing = {Verdict.PROVED, Verdict.TESTED, Verdict.NOT_A_CLAIM} if strict else {*Verdict} - {Verdict.REFUTED}
        return int(any(verdict not in passing for claim in self.claims for verdict in _verdicts(claim)))


def _verdicts(claim: ClaimResult) -> list[Verdict]:
    return [claim.verdict, *(promise.verdict for case in claim.cases for promise in case.properties)]


def nothing(unread: Sequence[Unread]) -> QedocError:
    """The error of a run that had nothing to check.

    Args:
        unread: what was looked at.
    """
    looked = "; ".join(one.reason for one in unread) or "no spec file and no docstring was named"
    return QedocError(f"nothing was checked: {looked}")
