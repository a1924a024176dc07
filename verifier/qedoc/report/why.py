"""The report of `qedoc show --why`: the interpretations of each formula, with the words that suggest each choice."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import shorten
from typing import TYPE_CHECKING

from qedoc.claims.assumption import Assumption
from qedoc.report.layout import NOTHING, STYLES, Beside, Page, Plain, point
from qedoc.report.terminal import heading
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import ClaimResult, Interpretation, Verdict

if TYPE_CHECKING:
    from rich.console import Console

LONGEST = 72
"""Maximum length of quoted words. The JSON report has all of them."""

_ABOUT = {"symbol": "", "domain": "where", "quantity": "states", "reading": "read", "default": "default", "target": "gives"}


def why(outcome: Outcome, console: "Console | Plain", beside: Beside = NOTHING) -> None:
    """Writes the interpretations of each formula, numbered as `--interpret` counts them. Ignores `beside.silent`."""
    page = Page(console)
    for claim in outcome.claims:
        heading(page, claim, beside.excuses)
        page.formula("formula", claim.formula)
        page.prose("reason", claim.decisive.reason)
        if not claim.decisive.interpretations:
            page.prose("why", _nothing(claim))
        first: Sequence[Assumption] = ()
        for number, entries in enumerate(grouped(claim.decisive.interpretations), start=1):
            _interpretation(page, number, entries, first)
            first = first or entries[0].assumptions
        console.print()
    for remark in beside.remarks:
        page.line(remark)


def _nothing(claim: ClaimResult) -> str:
    answered = claim.verdict in (Verdict.UNREADABLE, Verdict.NOT_A_CLAIM, Verdict.UNDECIDED) and not claim.symbols
    return "the formula was not bound, so there is nothing to interpret" if answered else "a spec says all of this itself"


def grouped(interpretations: Sequence[Interpretation]) -> Iterator[list[Interpretation]]:
    """Yields the results of each interpretation, on the domain that the text states and inside what it suggests.

    Args:
        interpretations: the results of all interpretations.
    """
    for _, entries in groupby(interpretations, key=lambda one: one.assumptions):
        yield list(entries)


def _interpretation(page: Page, number: int, entries: Sequence[Interpretation], known: Sequence[Assumption]) -> None:
    """Writes an interpretation, without the choices that are known from the first one."""
    first = entries[0]
    rare = "" if first.plausible else "  (a rare reading: it can only prevent a refutation)"
    verdicts = {entry.verdict for entry in entries}
    verdict = first.verdict if len(verdicts) == 1 else Verdict.UNDECIDED
    page.console.print()
    page.line((f"  interpretation {number}  ", "bold"), (str(verdict), STYLES[verdict]), rare)
    if first.formula:
        page.prose("read as", first.formula)
    label = "but with" if known else "choices"
    page.columns(label, [(about(one), one.value or "anything", one.sure, quoted(one)) for one in first.assumptions if one not in known])
    for entry in entries:
        found = entry.counterexample
        said = f"{point(found.inputs)}: documented {found.documented}, code {found.actual}" if found else entry.reason
        page.prose(str(entry.verdict), said)


def about(assumption: Assumption) -> str:
    """Says what a choice is about, such as `where x`.

    Args:
        assumption: the choice.
    """
    return f"{_ABOUT[assumption.about]} {assumption.subject}".strip()


def quoted(assumption: Assumption) -> str:
    """Quotes the words that suggest a choice, with their line.

    Args:
        assumption: the choice.
    """
    words = _excerpt(assumption.words, assumption.subject)
    return f"'{words}' (line {assumption.line + 1})" if assumption.line >= 0 else words


def _excerpt(words: str, subject: str) -> str:
    """The words, or the part of them that begins shortly before the subject is first named."""
    named = re.search(rf"(?<![\w\\]){re.escape(subject)}(?!\w)", words) if subject and len(words) > LONGEST else None
    start = words.rfind(" ", 0, named.start() - 10) + 1 if named and named.start() > 10 else 0
    return ("... " if start else "") + shorten(words[start:], LONGEST, placeholder=" ...")
