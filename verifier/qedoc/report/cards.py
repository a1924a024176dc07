"""What pages show of each formula: plain records for the templates."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from qedoc.claims.assumption import Assumption
from qedoc.report.audit_summary import Block, blocks
from qedoc.report.findings import BASELINE, Excused, Notice, found
from qedoc.report.formats import Report
from qedoc.report.json_report import worst_accuracy
from qedoc.report.layout import count, number, point
from qedoc.report.places import Place, place_of
from qedoc.report.shown import Shown, computed, inline, written
from qedoc.report.terminal import findings, listed_under, promises
from qedoc.report.why import about, grouped, quoted
from qedoc.results.causes import Cause, cause_of
from qedoc.results.codes import Code
from qedoc.results.corrections import Line, described, pieces, rows
from qedoc.results.examples import example_of, sizes_of
from qedoc.results.verdict import ClaimResult, Correction, Interpretation, SymbolEntry, Verdict, weakest

BESIDE = 27.0
"""Two formulas are side by side up to this width, in em. Wider formulas are below each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A finding about a formula.

    Args:
        code: the kind of finding.
        message: what was found.
        replay: the command that finds it again.
        reason: why it is accepted, and where; empty if it is not.
    """

    code: Code
    message: str
    replay: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A correction of a formula.

    Args:
        verdict: the verdict on it, for its mark.
        described: the verdict in words.
        edits: lines that change, each with `written` or `right` and its parts: text, and `del` or `ins` if it was edited.
        formula: the right formula.
    """

    verdict: Verdict
    described: str
    edits: tuple[tuple[str, tuple[tuple[tuple[str, str], ...], ...]], ...]
    formula: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An interpretation of a formula.

    Args:
        number: its number, as `--interpret` counts.
        verdict: the verdict in it.
        plausible: whether the formula must hold in it.
        formula: the formula in SymPy's notation.
        choices: what it chooses: the subject, the value, how sure that is, and the words that suggest it.
        outcomes: the reasons for the verdict.
    """

    number: int
    verdict: Verdict
    plausible: bool
    formula: str
    choices: tuple[tuple[str, str, str, str], ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A claim of a formula.

    Args:
        claim: its result.
        flags: its findings.
        told: what the verdict is based on.
        cause: why there is no answer; None if there is one.
        code: the formula that the code computes.
        sizes: the sizes for which this is the code's formula; empty if there is one formula only.
        inputs: the inputs of the counterexample and their values.
        fixes: its corrections, the best first.
        apply: the command that puts the best correction into the docstring; empty if there is none.
        picture: its picture.
        symbols: its symbols as mathematics, with their entries.
        readings: the interpretations that were checked, the most plausible first.
        evidence: what the verdict rests on, as name and lines.
    """

    claim: ClaimResult
    flags: tuple[Flag, ...]
    told: str
    cause: Cause | None
    code: Shown | None
    sizes: str
    inputs: tuple[tuple[str, str], ...]
    fixes: tuple[Fix, ...]
    apply: str
    picture: Markup | None
    symbols: tuple[tuple[Markup | str, SymbolEntry], ...]
    readings: tuple[Reading, ...]
    evidence: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A formula in a docstring or spec, with its claims.

    Args:
        anchor: its id on its page.
        module: the module of its target.
        verdict: its verdict.
        place: where it stands.
        formula: the formula of the author.
        entries: its claims.
    """

    anchor: str
    module: str
    verdict: Verdict
    place: Place
    formula: Shown
    entries: tuple[Entry, ...]

    @property
    def stacked(self) -> bool:
        """Whether the formulas are too wide to be side by side."""
        return max(shown.width for shown in (self.formula, *(entry.code for entry in self.entries if entry.code))) > BESIDE

    @property
    def id(self) -> str:
        """The id of its first claim."""
        return self.entries[0].claim.id

    @property
    def flags(self) -> list[Flag]:
        """The findings of all of its claims, one for each code. One that is not accepted stands for those that are."""
        accepted_first = sorted((flag for entry in self.entries for flag in entry.flags), key=lambda flag: not flag.reason)
        return sorted({flag.code.code: flag for flag in accepted_first}.values(), key=lambda flag: flag.code.code)

    @property
    def accepted(self) -> str:
        """Why its errors and warnings are accepted, and where; empty if not all of them are."""
        serious = [flag for entry in self.entries for flag in entry.flags if flag.code.level != "note"]
        return "; ".join(dict.fromkeys(flag.reason for flag in serious)) if serious and all(flag.reason for flag in serious) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes the cards of a report.

    Args:
        report: the report.
        folder: the folder of the pages.
        macros: the macros of the project.
        pictures: the picture of each case, by its id.
    """

    report: Report
    folder: Path
    macros: Mapping[str, "str | tuple[Any, ...]"]
    pictures: Mapping[str, Markup]

    def cards(self) -> list[Card]:
        """The cards of all formulas, in the order of the run."""
        reported: dict[str, list[Notice]] = {}
        for notice in self.report.found:
            reported.setdefault(notice.claim, []).append(notice)
        taken: set[str] = set()
        return [self._card(block, reported, taken) for block in blocks(self.report.outcome.claims)]

    def _card(self, block: Block, reported: Mapping[str, Sequence[Notice]], taken: set[str]) -> Card:
        first = block.claims[0]
        return Card(
            anchor=unique(first.id, taken),
            module=module_of(first),
            verdict=block.verdict,
            place=place_of(first.location, base=self.report.base, folder=self.folder),
            formula=written(first.formula.latex, self.macros),
            entries=tuple(self._entry(claim, reported.get(claim.id, ())) for claim in block.claims),
        )

    def _entry(self, claim: ClaimResult, notices: Sequence[Notice]) -> Entry:
        case, example = claim.decisive, example_of(claim)
        pictures = [self.pictures[one.id] for one in claim.cases if one.id in self.pictures]
        fits = bool(claim.corrections) and claim.corrections[0].verdict is Verdict.PROVED and claim.location.path.endswith(".py")
        return Entry(
            claim=claim,
            flags=self._flags(claim, notices),
            told=found(case),
            cause=cause_of(case),
            code=computed(example.code.latex, example.code.sympy) if example and example.code else None,
            sizes=sizes_of(claim, example) if example and len(claim.cases) > 1 else "",
            inputs=tuple((name, point({"": value})[1:]) for name, value in case.counterexample.inputs.items())
            if case.counterexample
            else (),
            fixes=tuple(self._fix(claim, one) for one in claim.corrections),
            apply=f"qedoc fix --write {claim.target}" if fits else "",
            picture=pictures[0] if pictures else None,
            symbols=tuple((inline(one.latex, one.symbol, self.macros), one) for one in claim.symbols),
            readings=tuple(readings(case.interpretations)),
            evidence=tuple(evidence(claim)),
        )

    def _flags(self, claim: ClaimResult, notices: Sequence[Notice]) -> tuple[Flag, ...]:
        excused = [one for one in self.report.excused if one.notice.claim == claim.id]
        return (
            *(Flag(code=notice.code, message=notice.message, replay=notice.replay) for notice in notices),
            *(Flag(code=one.notice.code, message=one.notice.message, replay=one.notice.replay, reason=_excuse(one)) for one in excused),
        )

    def _fix(self, claim: ClaimResult, correction: Correction) -> Fix:
        changes = rows(claim.formula.latex, correction.latex)
        edits = tuple((name, tuple(_parts(line, tag) for line in changed)) for name, tag, changed in changes)
        return Fix(
            verdict=correction.verdict,
            described=described(correction),
            edits=edits,
            formula=written(correction.latex, self.macros),
        )


def module_of(claim: ClaimResult) -> str:
    """The module that a claim is listed under: that of the class for a method, and that of the optimizer for its steps.

    Args:
        claim: the result of the claim.
    """
    parts = listed_under(claim).split(".")
    first = next((k for k, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
    return ".".join(parts[: max(first, 1)]) or "other"


def _excuse(one: Excused) -> str:
    return f"{'in the baseline' if one.by == BASELINE else 'in a comment'}: {one.reason}"


def _parts(line: Line, tag: str) -> tuple[tuple[str, str], ...]:
    return tuple((text, tag if edited else "") for text, edited in pieces(line))


def unique(name: str, taken: set[str]) -> str:
    """Returns a name that is safe in addresses and file names, and that was not taken, not even in other letter case.

    Args:
        name: the name.
        taken: the names that were taken, in lower case. The new one is added.
    """
    base = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "formula"
    made, k = base, 1
    while made.lower() in taken:
        k += 1
        made = f"{base}-{k}"
    taken.add(made.lower())
    return made


def readings(interpretations: Sequence[Interpretation]) -> list[Reading]:
    """The interpretations of a formula, numbered as `--interpret` counts them.

    Args:
        interpretations: the results in each, on the stated and on the suggested domain.
    """
    made = []
    for k, same in enumerate(grouped(interpretations), start=1):
        outcomes = dict.fromkeys(_outcome(one) for one in same)
        verdicts = {one.verdict for one in same}
        made.append(
            Reading(
                number=k,
                verdict=weakest(list(verdicts)) if len(verdicts) == 1 else Verdict.UNDECIDED,
                plausible=same[0].plausible,
                formula=same[0].formula,
                choices=tuple(map(_choice, same[0].assumptions)),
                outcomes=tuple(outcomes),
            )
        )
    return made


def _choice(assumption: Assumption) -> tuple[str, str, str, str]:
    return about(assumption), assumption.value or "anything", assumption.sure, quoted(assumption)


def _outcome(one: Interpretation) -> str:
    at = one.counterexample
    if at is None:
        return one.reason
    return f"at {point(at.inputs)}: documented {number(at.documented)}, code {number(at.actual)}"


def evidence(claim: ClaimResult) -> list[tuple[str, tuple[str, ...]]]:
    """What the verdict on a claim rests on: each name with its lines.

    Args:
        claim: the result of the claim.
    """
    counts = ((name, sum(getattr(case, f"{name}s") for case in claim.cases)) for name in ("cell", "path", "point", "run"))
    told = ", ".join(count(many, noun) for noun, many in counts if many)
    shown = {f"{one.symbol} {verb} {one.domain}" for one in claim.symbols for verb in ("in", "are")}
    accuracies = worst_accuracy(claim)
    rows = (
        ("Reasons", tuple(_reasons(claim))),
        ("Extent", (claim.extent,) if claim.extent else ()),
        ("Where", tuple(line for line in claim.domain if line not in shown)),
        ("Properties", tuple(f"{one.verdict}: {one.statement}" + _why(one) for one in promises(claim))),
        ("Findings", tuple(_at(one.message, one.inputs) for one in findings(claim))),
        ("Assumed", claim.notes),
        ("Checked", (f"{told}; seed {claim.seed}" if told else f"seed {claim.seed}",)),
        ("Accuracy", tuple(f"{one.dtype}: {one.ulps:.3g} ulp" + (f" at {point(one.inputs)}" if one.inputs else "") for one in accuracies)),
        ("Ran with", (", ".join(f"{name} {version}" for name, version in claim.versions.items()),) if claim.versions else ()),
        ("Source", (claim.source,) if claim.source else ()),
    )
    return [(name, lines) for name, lines in rows if lines]


def _why(promise: Any) -> str:
    if promise.verdict is Verdict.PROVED:
        return ""
    return f" ({promise.reason}" + (f", at {point(promise.counterexample)})" if promise.counterexample else ")")


def _at(message: str, inputs: Any) -> str:
    at = point(inputs)
    return message if not at or at in message else f"{message}, at {at}"


def _reasons(claim: ClaimResult) -> list[str]:
    """The reason of each group of cases, with their number if there are several."""
    groups: dict[str, list[str]] = {}
    for case in claim.cases:
        groups.setdefault(case.reason, []).append(sizes_of(claim, case))
    if len(groups) == 1:
        return list(groups)
    return [
        f"{reason} ({', '.join(sizes[:1])}{f' and {len(sizes) - 1} more' if len(sizes) > 1 else ''})" for reason, sizes in groups.items()
    ]


def selected(cards: Sequence[Card], verdicts: Collection[Verdict]) -> list[tuple[Card, Entry]]:
    """The claims with one of some verdicts, each with its card.

    Args:
        cards: all cards.
        verdicts: the verdicts.
    """
    return [(card, entry) for card in cards for entry in card.entries if entry.claim.verdict in verdicts]
