"""The text report of an audit: a table of modules, the refuted formulas, and the reasons for formulas without an answer."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qedoc.report.layout import STYLES, Page, Plain, count, fold, seconds
from qedoc.report.terminal import cause, heading
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import ClaimResult, Verdict, weakest

if TYPE_CHECKING:
    from rich.console import Console

OPEN = (Verdict.UNSUPPORTED, Verdict.UNDECIDED, Verdict.UNREADABLE)


@dataclass(frozen=True, slots=True)
class Block:
    """A formula in a docstring, with the claims that were read from it."""

    claims: tuple[ClaimResult, ...]

    @property
    def verdict(self) -> Verdict:
        """The most severe verdict of its claims. NOT_A_CLAIM counts only if there is no other verdict."""
        verdicts = [claim.verdict for claim in self.claims if claim.verdict is not Verdict.NOT_A_CLAIM]
        return weakest(verdicts) if verdicts else Verdict.NOT_A_CLAIM

    @property
    def module(self) -> str:
        """The module in which the documented object is public."""
        return self.claims[0].target.rpartition(".")[0]


def blocks(claims: Sequence[ClaimResult]) -> list[Block]:
    """Groups claims by the formula that they were read from."""
    found: dict[tuple[str, int, str, str], list[ClaimResult]] = {}
    for claim in claims:
        key = (claim.location.path, claim.location.line, claim.formula.latex, claim.target)
        found.setdefault(key, []).append(claim)
    return [Block(tuple(group)) for group in found.values()]


def concise(outcome: Outcome, console: "Console | Plain", *, silent: Collection[str] = (), remarks: Sequence[str] = ()) -> None:
    """Writes a table of modules, the refuted formulas, one line for each formula without an answer, and a summary.

    Args:
        outcome: the outcome of the audit.
        console: the console to write to.
        silent: the ids of claims whose refutations are not shown.
        remarks: additional lines before the summary.
    """
    page = Page(console)
    found = blocks(outcome.claims)
    if found:
        page.table(list(_table(found)))
        console.print()
    for claim in outcome.claims:
        if claim.verdict is Verdict.REFUTED and claim.id not in silent:
            _refuted(page, claim)
    for verdict in OPEN:
        _open(page, verdict, [claim for claim in outcome.claims if claim.verdict is verdict])
    for remark in remarks:
        page.line(remark)
    page.line(*_summary(found, outcome))


def _table(found: Sequence[Block]) -> Iterator[Sequence[str | tuple[str, str]]]:
    used = [verdict for verdict in Verdict if any(block.verdict is verdict for block in found)]
    yield [(title, "dim") for title in ("module", "", "formulas", *map(str, used))]
    modules = list(dict.fromkeys(block.module for block in found))
    for module in modules:
        inside = [block.verdict for block in found if block.module == module]
        yield [module, "", str(len(inside)), *((str(inside.count(v) or "-"), STYLES[v] if v in inside else "dim") for v in used)]


def _refuted(page: Page, claim: ClaimResult) -> None:
    heading(page, claim)
    page.field("written", (line for part in claim.formula.latex.splitlines() for line in fold(part.strip(), page.room)))
    page.formula("formula", claim.formula)
    cause(page, claim.decisive)
    if claim.notes:
        page.prose("assumed", "; ".join(claim.notes))
    page.console.print()


def _open(page: Page, verdict: Verdict, claims: Sequence[ClaimResult]) -> None:
    """Writes one line for each claim: its location, its id and the reason why it has no answer."""
    if not claims:
        return
    page.line((str(verdict), STYLES[verdict]))
    for claim in claims:
        page.line(("  " + str(claim.location), "dim"), f"  {claim.id}: {claim.decisive.reason}")
    page.console.print()


def _summary(found: Sequence[Block], outcome: Outcome) -> Iterator[str | tuple[str, str]]:
    verdicts = [block.verdict for block in found]
    yield count(len(found), "formula")
    for k, verdict in enumerate(verdict for verdict in Verdict if verdict in verdicts):
        yield ", " if k else ": "
        yield f"{verdicts.count(verdict)} {str(verdict).replace('-', ' ')}", STYLES[verdict]
    if missing := sum(not one.empty for one in outcome.unread):
        yield "; "
        yield f"incomplete: {missing} not read", "yellow"
    if outcome.errors:
        yield "; "
        yield count(len(outcome.errors), "error"), "bold red"
    if outcome.stopped:
        yield "; "
        yield f"interrupted: {len(outcome.claims)} of {count(outcome.planned, 'claim')} finished", "bold red"
    yield f"; {seconds(outcome.seconds)}"
