"""The outcome of a run over many claims, and the progress events during the run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from qedoc.claims.limits import Limits
from qedoc.errors import Location, QedocError
from qedoc.records import dataclass
from qedoc.results.verdict import ClaimResult, Verdict

if TYPE_CHECKING:
    from qedoc.results.curve import Curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Progress event: all claims are collected.

    Args:
        claims: the number of claims.
        cases: the number of cases to check.
    """

    claims: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Progress event: a case is finished."""

    id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairing:
    """Progress event: all claims have a verdict, and the search for corrections begins.

    Args:
        claims: the number of refuted formulas.
    """

    claims: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Progress event: the search for corrections of a formula has ended."""

    id: str


Event: TypeAlias = Collected | Checked | Repairing | Repaired | ClaimResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A claim or spec file without a valid result in the lock file.

    Args:
        id: the id of the claim; empty for a spec file.
        location: its location.
        reason: what changed or what is missing.
    """

    id: str
    location: Location
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A module or object that was requested, directly or as part of a package, but not read.

    Args:
        name: dotted path of the module or object.
        reason: why it was not read, and what to do, in one sentence that starts with the name.
        location: its location, if known.
        ends: whether its code ended the process.
        empty: whether it was read but has no display formula.
    """

    name: str
    reason: str
    location: Location | None = None
    ends: bool = False
    empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of a run.

    Args:
        claims: the finished claims, in the order of the spec files.
        errors: the reasons why other claims could not be checked.
        curves: the plot data, one curve per claim, if requested.
        planned: the number of claims in the run.
        seconds: wall time.
        stopped: the signal that stopped the run early, or 0.
        unchanged: the number of claims that were not checked, because their results in the lock file are still valid.
        stale: the claims that need to be checked, in a run that must not check any.
        audited: the names that were audited; empty for a run over specs.
        unread: modules that were not imported, names that could not be read, and names without a formula.
        limits: the limits of an audit, which are part of the command that reproduces its findings.
        remarks: warnings about the environment, one line each.
        command: the command that checks the formula again, if it is from the command line.
        paths: the spec files and folders that the command line names.
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
    command: str = ""
    paths: tuple[str, ...] = ()

    @property
    def interruption(self) -> str:
        """Says how far an interrupted run came; empty for any other run."""
        if not self.stopped:
            return ""
        if self.planned and len(self.claims) == self.planned:
            return "interrupted: all claims have a verdict, but not all corrections were looked for"
        return f"interrupted: {len(self.claims)} of {self.planned} claim{'' if self.planned == 1 else 's'} finished"

    def exit_code(self, *, strict: bool = False) -> int:
        """Returns the exit code.

        It is 0 if no claim or property is refuted, 1 if one is refuted or stale, 2 after an error, and 128 + signal if the run was stopped.

        Args:
            strict: also return 1 for a claim or property without an answer, and for a module that was not read.
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
    """Returns the error of a run that had nothing to check.

    Args:
        unread: the names that were read without finding a formula.
    """
    reasons = "; ".join(spoken(unread)) or "no spec file or docstring was given"
    return QedocError(f"nothing was checked: {reasons}")


MOST_NAMES = 3
"""Maximum number of names in a sentence. The others are counted."""


def spoken(unread: Sequence[Unread]) -> list[str]:
    """Says why modules and names were not read: one sentence for all that have the same reason.

    Args:
        unread: the modules and names.
    """
    groups: dict[str, list[str]] = {}
    for one in unread:
        groups.setdefault(one.reason.removeprefix(one.name), []).append(one.name)
    return [f"{_listed(names)}{reason}" for reason, names in groups.items()]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown
