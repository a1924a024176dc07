"""The text reports of a check: a table of targets with the problems (concise), or all details of each claim (full)."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from qedoc.records import dataclass
from qedoc.report import corrections
from qedoc.report.json_report import worst_accuracy
from qedoc.report.layout import MOST_LINES, NO_EXCUSES, NOTHING, STYLES, Beside, Excuses, Page, Plain, count, number, point, seconds
from qedoc.results import codes
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import DIFFERENT, Accuracy, CaseResult, ClaimResult, Finding, PropertyResult, Verdict, weakest

if TYPE_CHECKING:
    from rich.console import Console

STEPS = ("update", "apply_updates")
"""The last part of targets that are the steps of an optimizer."""


@dataclass(frozen=True, slots=True)
class _Target:
    """All claims about one function."""

    name: str
    claims: tuple[ClaimResult, ...]
    excuses: Excuses

    @property
    def verdict(self) -> Verdict:
        return weakest([claim.verdict for claim in self.claims])

    @property
    def told(self) -> str:
        """The verdict, and whether all findings that it is based on are accepted or suppressed."""
        word = common_excuse(self.claims, self.verdict, self.excuses)
        return f"{self.verdict}, {word}" if word else str(self.verdict)

    @property
    def style(self) -> str:
        return STYLES[self.verdict] if self.told == self.verdict else "dim"

    @property
    def package(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def promises(self) -> list[PropertyResult]:
        return [promise for claim in self.claims for promise in promises(claim)]


def excuse_of(claim: ClaimResult, excuses: Excuses) -> tuple[str, str]:
    """Whether the finding about the formula of a claim is `accepted` or `suppressed`, and why; empty if it is neither."""
    return excuses.get((claim.id, ""), ("", ""))


def common_excuse(claims: Sequence[ClaimResult], verdict: Verdict, excuses: Excuses) -> str:
    """Whether all findings that a verdict of several claims is based on are `accepted` or `suppressed`; empty if not."""
    words = {excuse_of(claim, excuses)[0] for claim in claims if claim.verdict is verdict}
    return words.pop() if len(words) == 1 else ""


def promises(claim: ClaimResult) -> list[PropertyResult]:
    """One result per property of a claim: the most severe of its cases. A case without a result for the property counts as undecided."""
    statements = max((case.properties for case in claim.cases), key=len)
    found = [[_promised(case, k, promise) for case in claim.cases] for k, promise in enumerate(statements)]
    return [next(r for r in results if r.verdict is weakest([r.verdict for r in results])) for results in found]


def _promised(case: CaseResult, k: int, promise: PropertyResult) -> PropertyResult:
    if k < len(case.properties):
        return case.properties[k]
    return PropertyResult(statement=promise.statement, verdict=Verdict.UNDECIDED, reason=_reason(case))


def _reason(case: CaseResult) -> str:
    return f"{case.id}: {case.reason}"


def concise(outcome: Outcome, console: "Console | Plain", beside: Beside = NOTHING) -> None:
    """Writes a table of targets, the claims that do not hold, the number of findings, and a one-line summary.

    Args:
        outcome: the outcome of the run.
        console: the console to write to.
        beside: what the report says beside the results.
    """
    page = Page(console, MOST_LINES)
    targets = _targets(outcome.claims, beside.excuses)
    if targets:
        page.table(list(_table(targets)))
        console.print()
    for claim in (claim for target in targets for claim in target.claims):
        if claim.id not in beside.silent:
            _problems(page, claim, beside.excuses)
    _stale(page, outcome)
    for remark in beside.remarks:
        page.line(remark)
    _findings(page, outcome)
    page.line(*_summary(targets, outcome))


def full(outcome: Outcome, console: "Console | Plain", beside: Beside = NOTHING) -> None:
    """Writes all details of each claim, the remarks and the summary. Ignores `beside.silent`."""
    page = Page(console)
    for claim in outcome.claims:
        _everything(page, claim, beside.excuses)
        console.print()
    _stale(page, outcome)
    for remark in beside.remarks:
        page.line(remark)
    page.line(*_summary(_targets(outcome.claims, beside.excuses), outcome))


def _stale(page: Page, outcome: Outcome) -> None:
    """Writes the claims without a valid result in the lock file."""
    for stale in outcome.stale:
        page.line((stale.id or stale.location.path, "bold"), "  ", ("stale", "bold red"), (f"  {codes.STALE.code}", "dim"))
        page.line((str(stale.location), "dim"))
        page.prose("reason", f"{stale.reason}; run qedoc check and commit the updated lock file")
        page.console.print()


def _targets(claims: Sequence[ClaimResult], excuses: Excuses) -> list[_Target]:
    found: dict[str, list[ClaimResult]] = {}
    for claim in claims:
        found.setdefault(listed_under(claim), []).append(claim)
    return [_Target(name, tuple(found[name]), excuses) for name in found]


def listed_under(claim: ClaimResult) -> str:
    """What a claim is listed under: its target, or the optimizer whose steps it describes.

    Args:
        claim: the result of the claim.
    """
    of, _, output = claim.target.rpartition(".")
    return of if output in STEPS and claim.id.partition("#")[0] == of else claim.target


def _table(targets: Sequence[_Target]) -> Iterator[Sequence[str | tuple[str, str]]]:
    titles = ("target", "verdict", "claims", "cases", "properties", "time")
    yield [(title, "dim") for title in titles]
    for package, group in groupby(targets, key=lambda target: target.package):
        rows = list(group)
        top = package.partition(".")[0]
        version = next((known for row in rows for claim in row.claims if (known := claim.versions.get(top))), "")
        yield [(f"{package} {version}".rstrip(), "bold")]
        for row in rows:
            yield list(_cells(row))


def _cells(target: _Target) -> Iterator[str | tuple[str, str]]:
    held = sum(promise.verdict.holds for promise in target.promises)
    many = len(target.promises)
    yield "  " + target.name.rpartition(".")[2]
    yield target.told, target.style
    yield str(len(target.claims))
    yield str(sum(len(claim.cases) for claim in target.claims))
    yield f"{held}/{many}" if many else "-", "" if held == many else "yellow"
    spent = sum(claim.seconds for claim in target.claims)
    yield seconds(spent) if spent else "-"


def _problems(page: Page, claim: ClaimResult, excuses: Excuses) -> None:
    """Writes why a claim or its properties do not hold. Writes nothing if they hold."""
    same = _reason(claim.decisive)  # shown once for the claim, not again for its properties
    broken = [promise for promise in promises(claim) if not promise.verdict.holds and promise.reason != same]
    if claim.verdict.holds and not broken:
        return
    heading(page, claim, excuses)
    if not claim.verdict.holds and not excuse_of(claim, excuses)[0]:
        page.formula("formula", claim.formula)
        cause(page, claim.decisive)
        corrections.write(page, claim)
    _promises(page, [promise for promise in broken if (claim.id, promise.statement) not in excuses], claim, excuses)
    page.console.print()


def heading(page: Page, claim: ClaimResult, excuses: Excuses = NO_EXCUSES) -> None:
    """Writes the id, the verdict, the code of the finding and the location of a claim."""
    code = codes.of_case(claim.decisive)
    word, reason = excuse_of(claim, excuses)
    verdict = (f"{claim.verdict}, {word}", "dim") if word else (str(claim.verdict), STYLES[claim.verdict])
    page.line((claim.id, "bold"), "  ", verdict, (f"  {code.code}" if code else "", "dim"))
    page.line((str(claim.location), "dim"))
    if word:
        page.prose(word, reason)


def cause(page: Page, case: CaseResult) -> None:
    """Writes why a case does not hold: the code's formula, and the counterexample or the reason."""
    if case.code:
        page.formula("code", case.code)
    found = case.counterexample
    if found is None:
        page.prose("reason", _reason(case))
        return
    difference = f"documented {number(found.documented)}, code {number(found.actual)}"
    page.finding("found", f"{point(found.inputs)}: {difference}")
    if case.reason and case.reason != DIFFERENT:
        page.prose("because", case.reason)
    page.field("paste", [f"{found.call}  # {number(found.ran)}"])


def _promises(page: Page, results: Sequence[PropertyResult], claim: ClaimResult, excuses: Excuses) -> None:
    found = [codes.of_property(result.verdict) for result in results]
    rows = [
        (str(result.verdict), code.code if code else "", _promise(result, *excuses.get((claim.id, result.statement), ())))
        for result, code in zip(results, found, strict=True)
    ]
    page.columns("property" if len(rows) == 1 else "properties", rows, [STYLES[result.verdict] for result in results])


def _promise(result: PropertyResult, word: str = "", reason: str = "") -> str:
    at = f" at {point(result.counterexample)}" if result.counterexample else ""
    known = f" ({word}: {reason})" if word else ""
    return result.statement if result.verdict is Verdict.PROVED else f"{result.statement}: {result.reason}{at}{known}"


def _findings(page: Page, outcome: Outcome) -> None:
    """Writes one line with the number of findings of each kind. `full` shows their messages."""
    kinds = Counter(finding.kind for claim in outcome.claims for finding in findings(claim))
    if kinds:
        many = ", ".join(f"{many} on {kind}" for kind, many in kinds.items())
        page.line((f"findings: {many}; see qedoc show {shlex.join(['TARGET', *outcome.paths])}", "dim"))


def findings(claim: ClaimResult) -> list[Finding]:
    """The findings of all cases of a claim. Findings that differ only in their point count once."""
    return list({(f.kind, f.message.partition(", at ")[0]): f for case in reversed(claim.cases) for f in reversed(case.findings)}.values())[
        ::-1
    ]


def _summary(targets: Sequence[_Target], outcome: Outcome) -> Iterator[str | tuple[str, str]]:
    verdicts = Counter((target.verdict, target.told, target.style) for target in targets)
    ordered = sorted(verdicts, key=lambda key: ([*Verdict].index(key[0]), key[1]))
    parts = [(f"{verdicts[key]} {key[1].replace(', ', ' and ')}", key[2]) for key in ordered]
    yield count(len(targets), "target")
    for k, part in enumerate(parts):
        yield ", " if k else ": "
        yield part
    all_promises = [promise for target in targets for promise in target.promises]
    held = sum(promise.verdict.holds for promise in all_promises)
    if all_promises:
        hold = "all hold" if held == len(all_promises) else f"{held} hold"
        yield f"; {count(len(all_promises), 'property')}: {hold}"
    if outcome.unchanged:
        yield f"; {count(outcome.unchanged, 'claim')} unchanged"
    if outcome.stale:
        yield "; "
        yield f"{len(outcome.stale)} stale", "bold red"
    if outcome.errors:
        yield "; "
        yield count(len(outcome.errors), "error"), "bold red"
    if outcome.stopped:
        yield "; "
        yield outcome.interruption, "bold red"
    yield f"; {seconds(outcome.seconds)}"


def _everything(page: Page, claim: ClaimResult, excuses: Excuses) -> None:
    heading(page, claim, excuses)
    page.formula("formula", claim.formula)
    case = claim.decisive
    if case.counterexample is None and case.code:
        page.formula("code", case.code)
    if case.counterexample:
        cause(page, case)
    corrections.write(page, claim)
    page.columns("symbols", [(s.symbol, s.name, s.domain, s.meaning) for s in claim.symbols])
    shown = {f"{s.symbol} {verb} {s.domain}" for s in claim.symbols for verb in ("in", "are")}
    page.prose("where", "; ".join(line for line in claim.domain if line not in shown))
    if claim.source:
        page.prose("source", claim.source)
    if claim.notes:
        page.prose("assumed", "; ".join(claim.notes))
    _cases(page, claim)
    _promises(page, promises(claim), claim, excuses)
    accuracies = worst_accuracy(claim)
    page.columns("accuracy", [(a.dtype, f"{a.ulps:.3g} ulp", _at(a)) for a in accuracies])
    page.columns(
        "finding" if len(findings(claim)) == 1 else "findings", [(f.kind, codes.of_kind(f.kind).code, _finding(f)) for f in findings(claim)]
    )
    versions = ", ".join(f"{name} {version}" for name, version in claim.versions.items())
    page.prose("ran with", f"{versions}; seed {claim.seed}" if versions else f"seed {claim.seed}")


def _finding(finding: Finding) -> str:
    at = point(finding.inputs)
    return finding.message if at in finding.message else f"{finding.message}, at {at}"


def _cases(page: Page, claim: ClaimResult) -> None:
    reasons = {case.reason for case in claim.cases}
    if len(reasons) == 1 and claim.decisive.counterexample is None:
        page.prose("reason", *reasons)
    rows = []
    for case in claim.cases:
        sizes = case.id.removeprefix(claim.id).strip("[]")
        reason = f"{case.reason}; " if len(reasons) > 1 else ""
        rows.append((str(case.verdict), sizes, reason + _evidence(case)))
    page.columns("cases", rows, [STYLES[case.verdict] for case in claim.cases])


def _evidence(case: CaseResult) -> str:
    counts = ((case.cells, "cell"), (case.paths, "path"), (case.points, "point"), (case.runs, "run"))
    return ", ".join([*(count(many, noun) for many, noun in counts if many), seconds(case.seconds)])


def _at(accuracy: Accuracy) -> str:
    worst = f", worst at {point(accuracy.inputs)}" if accuracy.inputs else ""
    return count(accuracy.points, "point") + worst
