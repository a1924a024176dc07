"""Converts the outcome of a run to a list of findings, each with a code, a location and a stable fingerprint."""

import shlex
from collections.abc import Collection, Iterator, Sequence

from qedoc.claims.limits import Limits
from qedoc.errors import Location
from qedoc.lock.syntax import digest
from qedoc.records import dataclass
from qedoc.report.layout import number, point
from qedoc.report.terminal import findings, promises
from qedoc.results import codes
from qedoc.results.codes import Code, Level
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import CaseResult, ClaimResult, Correction, PropertyResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A finding.

    Args:
        code: the kind of finding.
        claim: the id of the claim; empty if the finding is not about a claim.
        subject: the part of the claim: a property, or the kind and text of an observation. Empty for the formula itself.
        message: what was found, in one line.
        location: the location of the claim, if known.
        details: additional lines: the formula, the code's formula, and a line of Python that reproduces the difference.
        replay: the command that reproduces the finding.
        formula: the formula as it is written.
        corrections: corrections of the formula, the best first.
    """

    code: Code
    claim: str
    subject: str = ""
    message: str
    location: Location | None
    details: tuple[str, ...] = ()
    replay: str = ""
    formula: str = ""
    corrections: tuple[Correction, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Identifies the finding across runs. It does not depend on the location of the claim or on the reported point."""
        return digest(f"{self.code.code}\n{self.claim}\n{self.subject}")

    def fails(self, *, strict: bool, fail_on: Collection[str] = ()) -> bool:
        """Whether a run with this finding fails.

        Args:
            strict: whether warnings fail.
            fail_on: the codes that fail too.
        """
        return self.code.level is Level.ERROR or self.code.code in fail_on or (strict and self.code.level is Level.WARNING)


BASELINE, COMMENT = "baseline", "comment"
"""What excuses a finding: an entry of the baseline, or a comment below the formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """A finding that the project knows and does not want to be told again.

    Args:
        notice: the finding.
        by: BASELINE or COMMENT.
        reason: why it is known.
    """

    notice: Notice
    by: str
    reason: str

    @property
    def word(self) -> str:
        """How reports call it: `accepted` by the baseline, or `suppressed` by a comment."""
        return "accepted" if self.by == BASELINE else "suppressed"


def notices(outcome: Outcome) -> list[Notice]:
    """All findings of a run: those of each claim in order, then unread modules, stale claims and errors."""
    return [
        *(notice for claim in outcome.claims for notice in of_claim(claim, outcome.limits, outcome.command, outcome.paths)),
        *(
            Notice(
                code=codes.EMPTY if unread.empty else codes.UNREAD,
                claim="",
                subject=unread.name,
                message=unread.reason,
                location=unread.location,
            )
            for unread in outcome.unread
        ),
        *(
            Notice(code=codes.STALE, claim=stale.id, message=f"{stale.id or stale.location.path}: {stale.reason}", location=stale.location)
            for stale in outcome.stale
        ),
        *(Notice(code=codes.BROKEN, claim="", subject=e.message, message=e.message, location=e.location) for e in outcome.errors),
    ]


def of_claim(claim: ClaimResult, audited: Limits | None = None, given: str = "", paths: Sequence[str] = ()) -> Iterator[Notice]:
    """The findings of one claim: about its formula, its properties, its domain and its accuracy.

    Args:
        claim: the result of the claim.
        audited: the limits of the audit that produced the result; None for any other run.
        given: the command that checks a formula from the command line again; empty for any other claim.
        paths: the spec files and folders that the command line names.
    """
    command = "check --no-lock"
    if audited is not None:
        command = f"audit --timeout {audited.timeout:g} --max-points {audited.max_points}"
    named = [claim.location.path] if paths and audited is None else []
    replay = f"{given} --seed {claim.seed}" if given else f"qedoc {command} --seed {claim.seed} {shlex.join([*named, claim.id])}"
    case = claim.decisive
    if code := codes.of_case(case):
        yield Notice(
            code=code,
            claim=claim.id,
            message=f"{claim.id}: {found(case)}",
            location=claim.location,
            details=tuple(_details(claim, case)),
            replay=replay,
            formula=claim.formula.latex,
            corrections=claim.corrections,
        )
    for promise in promises(claim):
        if broken := codes.of_property(promise.verdict):
            yield Notice(
                code=broken,
                claim=claim.id,
                subject=promise.statement,
                message=f"{claim.id}: {promised(promise)}",
                location=claim.location,
                replay=replay,
            )
    for finding in findings(claim):
        at = point(finding.inputs)
        yield Notice(
            code=codes.of_kind(finding.kind),
            claim=claim.id,
            subject=f"{finding.kind} {finding.message.partition(', at ')[0].partition(': at ')[0]}",
            message=f"{claim.id}: {finding.message}" + ("" if at in finding.message else f", at {at}"),
            location=claim.location,
            replay=replay,
        )


def found(case: CaseResult) -> str:
    """Describes in one line what the verdict of a case is based on."""
    shown = case.counterexample
    if shown is None:
        return case.reason
    return f"at {point(shown.inputs)}: documented {number(shown.documented)}, code {number(shown.actual)}"


def promised(promise: PropertyResult) -> str:
    """Describes the result of a property in one line."""
    at = f" at {point(promise.counterexample)}" if promise.counterexample else ""
    return f"{promise.statement}: {promise.reason}{at}"


def _details(claim: ClaimResult, case: CaseResult) -> Iterator[str]:
    yield f"formula: {claim.formula.sympy}"
    if case.code:
        yield f"code: {case.code.sympy}"
    if case.counterexample:
        yield f"paste: {case.counterexample.call}  # {number(case.counterexample.ran)}"


def reported(found: Sequence[Notice], select: Sequence[str], ignore: Sequence[str]) -> list[Notice]:
    """Selects the findings whose codes are reported."""
    return [notice for notice in found if codes.chosen(notice.code, select, ignore)]


def exit_code(outcome: Outcome, found: Sequence[Notice], *, strict: bool, fail_on: Collection[str] = ()) -> int:
    """The exit code of a run, as in `Outcome.exit_code`, but only for the reported findings."""
    if outcome.stopped or outcome.errors:
        return outcome.exit_code(strict=strict)
    return int(any(notice.fails(strict=strict, fail_on=fail_on) for notice in found))
