"""The text report of an audit: a table of modules, the refuted formulas, and the causes for which formulas have no answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qedoc.records import dataclass
from qedoc.report import corrections
from qedoc.report.layout import MOST_LINES, NOTHING, STYLES, Beside, Excuses, Page, Plain, count, fold, seconds
from qedoc.report.terminal import cause as write_cause
from qedoc.report.terminal import common_excuse, excuse_of, heading
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

WORDS = ("accepted", "suppressed")
"""What a finding can be that the project knows."""


@dataclass(frozen=True, slots=True)
class Block:
    """A formula in a docstring, with the claims that were read from it."""

    claims: tuple[ClaimResult, ...]

    @property
    def verdict(self) -> Verdict:
        """The most severe verdict of its claims. NOT_A_CLAIM counts only if there is no other verdict."""
        verdicts = [claim.verdict for claim in self.claims if claim.verdict is not Verdict.NOT_A_CLAIM]
        return weakest(verdicts) if verdicts else Verdict.NOT_A_CLAIM

    def excused(self, excuses: Excuses) -> str:
        """Whether all findings that the verdict is based on are `accepted` or `suppressed`; empty if not."""
        return common_excuse(self.claims, self.verdict, excuses)

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


def concise(outcome: Outcome, console: "Console | Plain", beside: Beside = NOTHING) -> None:
    """Writes a table of modules, the refuted formulas, the causes for which formulas have no answer, and a summary.

    Args:
        outcome: the outcome of the audit.
        console: the console to write to.
        beside: what the report says beside the results.
    """
    _write(outcome, Page(console, MOST_LINES), beside, examples=EXAMPLES)


def verbose(outcome: Outcome, console: "Console | Plain", beside: Beside = NOTHING) -> None:
    """Writes the same as `concise`, with every formula that has no answer or states no value. The arguments are the same."""
    _write(outcome, Page(console), beside, examples=len(outcome.claims))


def _write(outcome: Outcome, page: Page, beside: Beside, *, examples: int) -> None:
    excuses = beside.excuses
    found = blocks(outcome.claims)
    if found:
        page.table(list(_table(found, excuses)))
        page.console.print()
    for claim in outcome.claims:
        if claim.verdict is Verdict.REFUTED and claim.id not in beside.silent:
            _refuted(page, claim)
    for verdict in OPEN:
        _open(page, verdict, [claim for claim in outcome.claims if claim.verdict is verdict and not excuse_of(claim, excuses)[0]], examples)
    _excused(page, outcome.claims, excuses, all_of_them=examples > EXAMPLES)
    whole = [claim for block in found if block.verdict is Verdict.NOT_A_CLAIM for claim in block.claims]
    _not_claims(page, whole, all_of_them=examples > EXAMPLES)
    for remark in beside.remarks:
        page.line(remark)
    page.line(*_summary(found, outcome, excuses))


def _table(found: Sequence[Block], excuses: Excuses) -> Iterator[Sequence[str | tuple[str, str]]]:
    used = [verdict for verdict in Verdict if any(block.verdict is verdict for block in found)]
    words = [word for word in WORDS if any(block.excused(excuses) == word for block in found)]
    yield [(title, "dim") for title in ("module", "", "formulas", *map(str, used), *words)]
    modules = list(dict.fromkeys(block.module for block in found))
    for module in modules:
        inside = [block.verdict for block in found if block.module == module]
        known = [block.excused(excuses) for block in found if block.module == module]
        yield [
            module,
            "",
            str(len(inside)),
            *((str(inside.count(v) or "-"), STYLES[v] if v in inside else "dim") for v in used),
            *((str(known.count(word) or "-"), "dim") for word in words),
        ]


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
    for cause, group in by_cause(claims):
        page.line("  ", (f"{len(group)}", "bold"), f"  {cause.title}")
        for construct in constructs(group):
            page.line(f"    {construct}")
        for claim in group[:examples]:
            code = codes.of_case(claim.decisive)
            page.line(("    " + str(claim.location), "dim"), f"  {code.code if code else ''} {claim.id}: {claim.decisive.reason}")
        if len(group) > examples:
            page.line((f"    and {len(group) - examples} more", "dim"), f"; {HOW_TO_LIST}")
        if cause.advice:
            page.line(f"    what to do: {cause.advice}")
    page.console.print()


def _excused(page: Page, claims: Sequence[ClaimResult], excuses: Excuses, *, all_of_them: bool) -> None:
    """Writes the formulas whose findings are accepted or suppressed, with the reasons."""
    for word in WORDS:
        known = [claim for claim in claims if excuse_of(claim, excuses)[0] == word]
        if not known:
            continue
        page.line((word, "dim"))
        for claim in known if all_of_them else known[:EXAMPLES]:
            code = codes.of_case(claim.decisive)
            told = f"{claim.verdict} {code.code if code else ''}"
            page.line(("    " + str(claim.location), "dim"), f"  {told} {claim.id}: {excuse_of(claim, excuses)[1]}")
        if len(known) > EXAMPLES and not all_of_them:
            page.line((f"    and {len(known) - EXAMPLES} more", "dim"), f"; {HOW_TO_LIST}")
        page.console.print()


def by_cause(claims: Sequence[ClaimResult]) -> list[tuple[Cause, list[ClaimResult]]]:
    """Groups claims without an answer by their cause, the largest group first.

    Args:
        claims: the claims.
    """
    groups: dict[str, list[ClaimResult]] = {}
    for claim in claims:
        cause = cause_of(claim.decisive)
        groups.setdefault(cause.slug if cause else "open", []).append(claim)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    return [(CAUSES[slug], group) for slug, group in ordered]


def constructs(group: Sequence[ClaimResult]) -> list[str]:
    """What in particular was not read, if there are more formulas than examples: the most frequent constructs with their numbers.

    Args:
        group: the claims that have no answer for the same cause.
    """
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
    for cause, group in by_cause(claims):
        page.line("  ", (f"{len(group)}", "bold"), f"  {cause.title}")
        for claim in group if all_of_them else ():
            page.line(("    " + str(claim.location), "dim"), f"  {claim.id}: {claim.decisive.reason}")
    page.console.print()


def _summary(found: Sequence[Block], outcome: Outcome, excuses: Excuses) -> Iterator[str | tuple[str, str]]:
    verdicts = [block.verdict for block in found]
    yield count(len(found), "formula")
    for k, verdict in enumerate(verdict for verdict in Verdict if verdict in verdicts):
        yield ", " if k else ": "
        yield f"{verdicts.count(verdict)} {str(verdict).replace('-', ' ')}", STYLES[verdict]
    known = Counter(word for block in found if (word := block.excused(excuses)))
    if known:
        yield f"; {', '.join(f'{known[word]} {word}' for word in WORDS if known[word])}"
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
