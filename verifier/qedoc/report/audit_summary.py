"""The text report of an audit: a table of modules, the refuted formulas, and the causes for which formulas have no answer."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qedoc.report import corrections
from qedoc.report.layout import STYLES, Page, Plain, count, fold, seconds
from qedoc.report.terminal import cause as write_cause
from qedoc.report.terminal import heading
from qedoc.results import codes
from qedoc.results.causes import CAUSES, Cause, cause_of
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import ClaimResult, Verdict, weakest

if TYPE_CHECKING:
    from rich.console import Console

OPEN = (Verdict.UNSUPPORTED, Verdict.UNDECIDED, Verdict.UNREADABLE)

EXAMPLES = 2
"""Number of formulas shown for each cause."""

CONSTRUCTS = 4
"""Maximum number of constructs that are named for each cause."""

HOW_TO_LIST = "--verbose lists them"


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
    """Writes a table of modules, the refuted formulas, the causes for which formulas have no answer, and a summary.

    Args:
        outcome: the outcome of the audit.
        console: the console to write to.
        silent: the ids of claims whose refutations are not shown.
        remarks: additional lines before the summary.
    """
    _write(outcome, Page(console), silent, remarks, examples=EXAMPLES)


def verbose(outcome: Outcome, console: "Console | Plain", *, silent: Collection[str] = (), remarks: Sequence[str] = ()) -> None:
    """Writes the same as `concise`, with every formula that has no answer or states no value. The arguments are the same."""
    _write(outcome, Page(console), silent, remarks, examples=len(outcome.claims))


def _write(outcome: Outcome, page: Page, silent: Collection[str], remarks: Sequence[str], *, examples: int) -> None:
    found = blocks(outcome.claims)
    if found:
        page.table(list(_table(found)))
        page.console.print()
    for claim in outcome.claims:
        if claim.verdict is Verdict.REFUTED and claim.id not in silent:
            _refuted(page, claim)
    for verdict in OPEN:
        _open(page, verdict, [claim for claim in outcome.claims if claim.verdict is verdict], examples)
    whole = [claim for block in found if block.verdict is Verdict.NOT_A_CLAIM for claim in block.claims]
    _not_claims(page, whole, all_of_them=examples > EXAMPLES)
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
    write_cause(page, claim.decisive)
    corrections.write(page, claim)
    if claim.notes:
        page.prose("assumed", "; ".join(claim.notes))
    page.console.print()


def _open(page: Page, verdict: Verdict, claims: Sequence[ClaimResult], examples: int) -> None:
    """Writes each cause for which formulas have no answer: their number, the first ones with their reasons, and what to do."""
    if not claims:
        return
    page.line((str(verdict), STYLES[verdict]))
    for cause, group in _by_cause(claims):
        page.line("  ", (f"{len(group)}", "bold"), f"  {cause.title}")
        for construct in _constructs(group):
            page.line(f"    {construct}")
        for claim in group[:examples]:
            code = codes.of_case(claim.decisive)
            page.line(("    " + str(claim.location), "dim"), f"  {code.code if code else ''} {claim.id}: {claim.decisive.reason}")
        if len(group) > examples:
            page.line((f"    and {len(group) - examples} more", "dim"), f"; {HOW_TO_LIST}")
        if cause.advice:
            page.line(f"    what to do: {cause.advice}")
    page.console.print()


def _by_cause(claims: Sequence[ClaimResult]) -> list[tuple[Cause, list[ClaimResult]]]:
    """Groups claims without an answer by their cause, the largest group first."""
    groups: dict[str, list[ClaimResult]] = {}
    for claim in claims:
        cause = cause_of(claim.decisive)
        groups.setdefault(cause.slug if cause else "open", []).append(claim)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [(CAUSES[slug], group) for slug, group in ordered]


def _constructs(group: Sequence[ClaimResult]) -> list[str]:
    """What in particular was not read, if there are more formulas than examples: the most frequent constructs with their numbers."""
    found = Counter(construct for claim in group if (construct := claim.decisive.construct)).most_common()
    if len(group) <= EXAMPLES or not found:
        return []
    rest = sum(many for _, many in found[CONSTRUCTS:])
    return [*(f"{many} x {construct}" for construct, many in found[:CONSTRUCTS]), *([f"{rest} x something else"] if rest else [])]


def _not_claims(page: Page, claims: Sequence[ClaimResult], *, all_of_them: bool) -> None:
    """Writes what formulas state that state no value."""
    if not claims:
        return
    page.line(("not a claim", STYLES[Verdict.NOT_A_CLAIM]))
    for cause, group in _by_cause(claims):
        page.line("  ", (f"{len(group)}", "bold"), f"  {cause.title}")
        for claim in group if all_of_them else ():
            page.line(("    " + str(claim.location), "dim"), f"  {claim.id}: {claim.decisive.reason}")
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
        yield outcome.interruption, "bold red"
    yield f"; {seconds(outcome.seconds)}"
