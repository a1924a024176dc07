"""From a formula of the lock file to the nodes of a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from docutils import nodes

from qedoc.report.layout import count, number, point
from qedoc.sphinx.elements import fold, formula, letter, summary
from qedoc.sphinx.library import STALE, Entry
from qedoc.verdict import CaseResult, Verdict

Row: TypeAlias = Sequence[Sequence[nodes.Node]]
"""For each cell, what stands in it."""

WORDS: Mapping[str, str] = {
    Verdict.PROVED: "proved",
    Verdict.TESTED: "tested",
    Verdict.REFUTED: "refuted",
    Verdict.UNREADABLE: "not readable",
    Verdict.UNSUPPORTED: "not supported",
    Verdict.UNDECIDED: "undecided",
    Verdict.NOT_A_CLAIM: "not a claim",
    STALE: "stale",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What is shown of a formula.

    Args:
        short: only the formula and its status.
        code: whether the code's own formula is shown, in a fold.
    """

    short: bool = False
    code: bool = False


def status(name: str, title: str = "") -> nodes.inline:
    """The mark that tells a status, in a word.

    Args:
        name: a verdict, or `stale`.
        title: a line that tells more, for those who point at it.
    """
    made = nodes.inline("", WORDS[name], classes=["qedoc-status", f"qedoc-{name}"])
    if title:
        made["qedoc-title"] = title
    return made


def rendered(entry: Entry, parts: Parts, source: tuple[str | None, int | None]) -> list[nodes.Node]:
    """A formula with all that is known of it.

    Args:
        entry: of the lock file.
        parts: what is shown.
        source: file and line of the page.
    """
    result = entry.result
    heading = nodes.paragraph("", "", classes=["qedoc-heading"])
    heading += [nodes.literal("", result.id), nodes.Text(" "), status(entry.status)]
    made: list[nodes.Node] = [heading, formula(result.formula.latex, result.formula.pretty, source)]
    if entry.stale:
        made.append(_line(f"Not verified as it is now: {entry.stale}. Before that it was {WORDS[result.verdict]}.", "qedoc-why"))
    if parts.short:
        return made + counterexamples(entry)
    made += [_symbols(entry), *counterexamples(entry), _facts(entry)]
    if parts.code:
        made += _code(entry, source)
    return made


def counterexamples(entry: Entry) -> list[nodes.Node]:
    """Where documentation and code differ: inputs, both values, and a line to paste."""
    made: list[nodes.Node] = []
    found = entry.result.decisive.counterexample
    if found is not None:
        text = f"At {point(found.inputs)} the documented formula gives {number(found.documented)}, the code {number(found.actual)}."
        call = nodes.literal_block(found.call, found.call, language="python")
        made.append(nodes.container("", _line(text), call, classes=["qedoc-counterexample"]))
    for promise in entry.promises:
        if promise.verdict is Verdict.REFUTED and promise.counterexample is not None:
            text = f"Not so: {promise.statement}, at {point(promise.counterexample)}: {promise.reason}."
            made.append(nodes.container("", _line(text), classes=["qedoc-counterexample"]))
    return made


def difference(entry: Entry) -> str:
    """In one line, why a formula is not as documented."""
    case = entry.result.decisive
    if case.verdict is Verdict.REFUTED and case.counterexample is not None:
        found = case.counterexample
        return f"at {point(found.inputs)}: documented {number(found.documented)}, code {number(found.actual)}"
    for promise in entry.promises:
        if promise.verdict is Verdict.REFUTED:
            where = f" at {point(promise.counterexample)}" if promise.counterexample is not None else ""
            return f"{promise.statement!r} does not hold{where}: {promise.reason}"
    return case.reason


def _symbols(entry: Entry) -> nodes.table:
    rows: list[Row] = [
        [
            [letter(symbol.latex, symbol.symbol)],
            [nodes.literal("", symbol.name)] if symbol.latex != symbol.name else [],
            [nodes.Text(symbol.domain)],
            [nodes.Text(symbol.meaning)],
        ]
        for symbol in entry.result.symbols
    ]
    return table(("Symbol", "In code", "Domain", "Meaning"), rows, widths=(10, 25, 30, 35), classes=["qedoc-symbols"])


def table(
    head: Sequence[str],
    rows: Iterable[Row],
    *,
    widths: Sequence[int],
    classes: Sequence[str],
) -> nodes.table:
    """A table; a cell is the content of a line.

    Args:
        head: the title of each column.
        rows: the cells.
        widths: of the columns, in percent.
        classes: for style sheets.
    """

    def row(cells: Row) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    group = nodes.tgroup("", *(nodes.colspec("", colwidth=width) for width in widths), cols=len(widths))
    group += nodes.thead("", row([[nodes.Text(title)] for title in head]))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group, classes=list(classes))


def _facts(entry: Entry) -> nodes.field_list:
    result = entry.result
    facts = nodes.field_list("", classes=["qedoc-facts"])
    if conditions := result.domain[len(result.symbols) :]:
        facts += _field("Where", _line(", ".join(conditions)))
    if promises := entry.promises:
        items = nodes.bullet_list("")
        for promise in promises:
            line = nodes.paragraph("", "", nodes.Text(f"{promise.statement} "), status(promise.verdict))
            items += nodes.list_item("", line)
        facts += _field("Properties", items)
    facts += _field("Evidence", _line(evidence(entry)))
    if result.notes:
        facts += _field("Taken as", *(_line(note) for note in result.notes))
    facts += _field("Verified with", _line(", ".join(f"{name} {version}" for name, version in result.versions.items())))
    if result.source:
        facts += _field("Documented in", _line(result.source))
    facts += _field("Claim", nodes.paragraph("", "", nodes.literal("", str(result.location))))
    return facts


def evidence(entry: Entry) -> str:
    """What a status rests on, in a line or two."""
    cases, decisive = entry.result.cases, entry.result.decisive
    points, runs = sum(case.points for case in cases), sum(case.runs for case in cases)
    dtypes = sorted({worst.dtype for case in cases for worst in case.accuracy})
    more = [
        *([count(len(cases), "size")] if len(cases) > 1 else []),
        f"{count(points, 'point')} enclosed",
        f"{count(runs, 'execution')}{f' in {_listed(dtypes)}' if dtypes else ''}",
        f"seed {entry.result.seed}",
    ]
    return f"{decisive.reason}; {', '.join(more)}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _code(entry: Entry, source: tuple[str | None, int | None]) -> list[nodes.Node]:
    """What the code computes, case by case."""
    made: list[nodes.Node] = []
    for case in _read_cases(entry.result.cases):
        assert case.code is not None  # _read_cases
        title = f"What the code computes{f' ({case.id})' if len(entry.result.cases) > 1 else ''}"
        made.append(fold("", summary("", title), formula(case.code.latex, case.code.pretty, source)))
    return made


def _read_cases(cases: Sequence[CaseResult]) -> list[CaseResult]:
    return [case for case in cases if case.code is not None]


def _line(text: str, *classes: str) -> nodes.paragraph:
    return nodes.paragraph("", text, classes=list(classes))


def _field(name: str, *body: nodes.Node) -> nodes.field:
    return nodes.field("", nodes.field_name("", name), nodes.field_body("", *body))
