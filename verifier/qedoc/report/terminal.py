"""Results for people: a table of targets and what is wrong (concise), or everything about each claim (full)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from qedoc.outcome import Outcome
from qedoc.report.layout import STYLES, Page, count, number, point, seconds
from qedoc.report.machine import worst_accuracy
from qedoc.verdict import CaseResult, ClaimResult, Finding, PropertyResult, Verdict, weakest

_FINDINGS = 3


@dataclass(frozen=True, slots=True)
class _Target:
    """All claims about one function."""

    name: str
    claims: tuple[ClaimResult, ...]

    @property
    def verdict(self) -> Verdict:
        return weakest([claim.verdict for claim in self.claims])

    @property
    def package(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def promises(self) -> list[PropertyResult]:
        return [promise for claim in self.claims for promise in promises(claim)]


def promises(claim: ClaimResult) -> list[PropertyResult]:
    """One result for each property of a claim: that of the case in which it fares worst."""
    many = max(len(case.properties) for case in claim.cases)
    found = [[case.properties[k] for case in claim.cases if k < len(case.properties)] for k in range(many)]
    return [next(r for r in results if r.verdict is weakest([r.verdict for r in results])) for results in found]


def concise(outcome: Outcome, console: Console) -> None:
    """Writes a table of targets, what does not hold, the findings, and a one-line summary."""
    page = Page(console)
    targets = _targets(outcome.claims)
    if targets:
        console.print(_table(targets))
        console.print()
    for target in targets:
        for claim in target.claims:
            _trouble(page, claim)
        _findings(page, target)
    page.line(*_summary(targets, outcome))


def full(outcome: Outcome, console: Console) -> None:
    """Writes everything that is known of each claim, and the summary."""
    page = Page(console)
    for claim in outcome.claims:
        _everything(page, claim)
        console.print()
    page.line(*_summary(_targets(outcome.claims), outcome))


def _targets(claims: Sequence[ClaimResult]) -> list[_Target]:
    found: dict[str, list[ClaimResult]] = {}
    for claim in claims:
        found.setdefault(claim.target, []).append(claim)
    return [_Target(name, tuple(found[name])) for name in found]


def _table(targets: Sequence[_Target]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("target", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    for title in ("claims", "cases", "properties", "seconds"):
        table.add_column(title, justify="right", no_wrap=True)
    for package, group in groupby(targets, key=lambda target: target.package):
        rows = list(group)
        version = rows[0].claims[0].versions.get(package.partition(".")[0], "")
        table.add_row(Text(f"{package} {version}".rstrip(), style="bold"))
        for row in rows:
            table.add_row(*_cells(row))
    return table


def _cells(target: _Target) -> Iterator[Text]:
    held = sum(promise.verdict.holds for promise in target.promises)
    many = len(target.promises)
    yield Text("  " + target.name.rpartition(".")[2])
    yield Text(str(target.verdict), style=STYLES[target.verdict])
    yield Text(str(len(target.claims)))
    yield Text(str(sum(len(claim.cases) for claim in target.claims)))
    yield Text(f"{held}/{many}" if many else "-", style="" if held == many else "yellow")
    yield Text(f"{sum(claim.seconds for claim in target.claims):.1f}")


def _trouble(page: Page, claim: ClaimResult) -> None:
    """What keeps a claim from holding; nothing for a claim that holds."""
    broken = [promise for promise in promises(claim) if not promise.verdict.holds]
    if claim.verdict.holds and not broken:
        return
    _heading(page, claim)
    if not claim.verdict.holds:
        page.formula("formula", claim.formula)
        _cause(page, claim.decisive)
    _promises(page, broken)
    page.console.print()


def _heading(page: Page, claim: ClaimResult) -> None:
    page.line((claim.id, "bold"), "  ", (str(claim.verdict), STYLES[claim.verdict]))
    page.line((str(claim.location), "dim"))


def _cause(page: Page, case: CaseResult) -> None:
    if case.code:
        page.formula("code", case.code)
    found = case.counterexample
    if found is None:
        page.prose("reason", f"{case.id}: {case.reason}")
        return
    difference = f"documented {number(found.documented)}, code {number(found.actual)}"
    page.prose("found", f"{point(found.inputs)}: {difference}")
    page.field("paste", [f"{found.call}  # {number(found.ran)}"])


def _promises(page: Page, results: Sequence[PropertyResult]) -> None:
    rows = [(str(result.verdict), _promise(result)) for result in results]
    page.columns("property" if len(rows) == 1 else "properties", rows, [STYLES[result.verdict] for result in results])


def _promise(result: PropertyResult) -> str:
    at = f" at {point(result.counterexample)}" if result.counterexample else ""
    return result.statement if result.verdict is Verdict.PROVED else f"{result.statement}: {result.reason}{at}"


def _findings(page: Page, target: _Target) -> None:
    found = list({(f.kind, f.message): f for claim in target.claims for case in claim.cases for f in case.findings}.values())
    if not found:
        return
    page.line((target.name, "bold"), "  ", (count(len(found), "finding"), "yellow"))
    _finding_rows(page, found[:_FINDINGS])
    if len(found) > _FINDINGS:
        page.prose("", f"and {len(found) - _FINDINGS} more; --format full shows all")
    page.console.print()


def _finding_rows(page: Page, found: Sequence[Finding]) -> None:
    for finding in found:
        at = f" ({point(finding.inputs)})" if finding.inputs else ""
        page.prose(finding.kind, finding.message + at)


def _summary(targets: Sequence[_Target], outcome: Outcome) -> Iterator[str | tuple[str, str]]:
    verdicts = Counter(target.verdict for target in targets)
    parts = [(f"{verdicts[verdict]} {verdict}", STYLES[verdict]) for verdict in Verdict if verdicts[verdict]]
    yield count(len(targets), "target")
    for k, part in enumerate(parts):
        yield ", " if k else ": "
        yield part
    all_promises = [promise for target in targets for promise in target.promises]
    held = sum(promise.verdict.holds for promise in all_promises)
    if all_promises:
        hold = "all hold" if held == len(all_promises) else f"{held} hold"
        yield f"; {count(len(all_promises), 'property')}: {hold}"
    if outcome.errors:
        yield "; "
        yield count(len(outcome.errors), "error"), "bold red"
    if outcome.stopped:
        yield "; "
        yield f"interrupted: {len(outcome.claims)} of {count(outcome.planned, 'claim')} finished", "bold red"
    yield f"; {seconds(outcome.seconds)}"


def _everything(page: Page, claim: ClaimResult) -> None:
    _heading(page, claim)
    page.formula("formula", claim.formula)
    case = claim.decisive
    if case.counterexample is None and case.code:
        page.formula("code", case.code)
    if case.counterexample:
        _cause(page, case)
    for condition in claim.domain[:1]:
        page.prose("domain", ", ".join(claim.domain) if condition else "")
    page.columns("symbols", [(s.symbol, s.name, s.domain, s.meaning) for s in claim.symbols])
    if claim.source:
        page.prose("source", claim.source)
    page.columns("cases", [_case(case, claim) for case in claim.cases], [STYLES[case.verdict] for case in claim.cases])
    _promises(page, promises(claim))
    accuracies = worst_accuracy(claim)
    page.columns("accuracy", [(a.dtype, f"{a.ulps:.3g} ulp", f"{a.points} points, worst at {point(a.inputs)}") for a in accuracies])
    _finding_rows(page, list({(f.kind, f.message): f for case in claim.cases for f in case.findings}.values()))
    versions = ", ".join(f"{name} {version}" for name, version in claim.versions.items())
    page.prose("ran with", f"{versions}; seed {claim.seed}" if versions else f"seed {claim.seed}")


def _case(case: CaseResult, claim: ClaimResult) -> tuple[str, str, str]:
    evidence = [
        count(many, noun)
        for many, noun in ((case.cells, "cell"), (case.paths, "path"), (case.points, "point"), (case.runs, "run"))
        if many
    ]
    sizes = case.id.removeprefix(claim.id).strip("[]")
    return str(case.verdict), sizes, "; ".join([case.reason, ", ".join([*evidence, seconds(case.seconds)])])
