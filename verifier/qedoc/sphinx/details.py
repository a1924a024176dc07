"""The details of a formula: name and status above it, symbols and facts below it.

A page with many formulas has thousands of cells and fields. HTML pages write them directly from the lock file's record, so that
Sphinx's transforms need not process that many nodes. All other builders get standard nodes.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

from docutils import nodes

from qedoc.report.layout import count
from qedoc.results.verdict import SymbolEntry
from qedoc.sphinx.lock_reader import Entry
from qedoc.sphinx.nodes import WORDS, Row, letter, line, status, table

COLUMNS = {"Symbol": 10, "Name": 25, "Domain": 30, "Meaning": 35}
"""Titles and widths of the columns of the symbol table."""


class Line(NamedTuple):
    """A line of a fact: text or code, with its own status if it has one."""

    text: str
    status: str = ""
    code: bool = False


class Fact(NamedTuple):
    """A named group of lines about a formula."""

    name: str
    lines: list[Line]


class heading(nodes.General, nodes.Element):  # noqa: N801  # docutils names nodes so
    """Name and status of the formula `claim`. The node's text exists only for readers that collect words, such as the page search."""


class account(nodes.General, nodes.Element):  # noqa: N801  # docutils names nodes so
    """Symbols and facts of the formula `claim`."""


def heading_node(entry: Entry) -> heading:
    """Creates the node with the name and status of a formula."""
    return heading("", nodes.Text(entry.result.id), claim=entry.result.id)


def account_node(entry: Entry) -> account:
    """Creates the node with the symbols and facts of a formula."""
    result = entry.result
    words = [result.source, *(text for symbol in result.symbols for text in (symbol.name, symbol.meaning))]
    return account("", nodes.Text(" ".join(words)), claim=result.id)


def facts(entry: Entry) -> Iterator[Fact]:
    """Yields all other facts about a formula."""
    result = entry.result
    if conditions := result.domain[len(result.symbols) :]:
        yield Fact("Where", [Line(", ".join(conditions))])
    if entry.promises:
        yield Fact("Properties", [Line(promise.statement, str(promise.verdict)) for promise in entry.promises])
    yield Fact("Evidence", [Line(evidence(entry))])
    if result.notes:
        yield Fact("Assumptions", [Line(note) for note in result.notes])
    yield Fact("Verified with", [Line(", ".join(f"{name} {version}" for name, version in result.versions.items()))])
    if result.source:
        yield Fact("Documented in", [Line(result.source)])
    yield Fact("Claim", [Line(str(result.location), code=True)])


def evidence(entry: Entry) -> str:
    """Summarizes in one or two lines what a status is based on."""
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


def as_nodes(node: nodes.Element, entry: Entry) -> list[nodes.Node]:
    """Converts a heading or an account to standard nodes: a paragraph, or a table and a field list."""
    if isinstance(node, heading):
        name = nodes.literal("", entry.result.id)
        return [nodes.paragraph("", "", name, nodes.Text(" "), status(entry.status), classes=["qedoc-heading"])]
    rows: list[Row] = [
        [
            [letter(symbol.latex, symbol.symbol)],
            [nodes.literal("", symbol.name)],
            [nodes.Text(symbol.domain)],
            [nodes.Text(symbol.meaning)],
        ]
        for symbol in entry.result.symbols
    ]
    fields = (nodes.field("", nodes.field_name("", fact.name), nodes.field_body("", *_body(fact.lines))) for fact in facts(entry))
    return [
        table(list(COLUMNS), rows, widths=list(COLUMNS.values()), classes=["qedoc-symbols"]),
        nodes.field_list("", *fields, classes=["qedoc-facts"]),
    ]


def _body(lines: Sequence[Line]) -> list[nodes.Node]:
    if lines[0].status:
        marked = (nodes.paragraph("", "", nodes.Text(f"{entry.text} "), status(entry.status)) for entry in lines)
        return [nodes.bullet_list("", *(nodes.list_item("", paragraph) for paragraph in marked))]
    return [nodes.paragraph("", "", nodes.literal("", entry.text)) if entry.code else line(entry.text) for entry in lines]


def write_heading(translator: Any, entry: Entry) -> None:
    """Writes the name and status into a page."""
    translator.body.append(f'<p class="qedoc-heading">{_literal(entry.result.id)} {mark(entry.status)}</p>\n')


def write_account(translator: Any, entry: Entry) -> None:
    """Writes the symbols and facts into a page. The theme draws the table's frame, and the math renderer draws the symbols."""
    frame = nodes.table("", classes=["qedoc-symbols"])
    translator.body.append('<div class="qedoc-wide">')
    translator.dispatch_visit(frame)
    translator.body.append(_HEAD)
    translator.body += [_row(symbol, _drawn(translator, symbol)) for symbol in entry.result.symbols]
    translator.body.append("</tbody>\n")
    translator.dispatch_departure(frame)
    shown = "".join(f"<dt>{name}</dt>\n<dd>{_lines(lines)}</dd>\n" for name, lines in facts(entry))
    translator.body.append(f'</div>\n<dl class="qedoc-facts field-list simple">\n{shown}</dl>\n')


def _drawn(translator: Any, symbol: SymbolEntry) -> str:
    """Renders a symbol with the math renderer, once per page, because most formulas of a page share their symbols."""
    known: dict[str, str] = translator.__dict__.setdefault("qedoc_letters", {})
    if symbol.latex not in known:
        before = len(translator.body)
        letter(symbol.latex, symbol.symbol).walkabout(translator)
        known[symbol.latex] = "".join(translator.body[before:])
        del translator.body[before:]
    return known[symbol.latex]


def _row(symbol: SymbolEntry, drawn: str) -> str:
    name, domain, meaning = _literal(symbol.name), escape(symbol.domain), escape(symbol.meaning)
    return f"<tr><td>{drawn}</td><td>{name}</td><td>{domain}</td><td>{meaning}</td></tr>\n"


def _lines(lines: Sequence[Line]) -> str:
    if not lines[0].status:
        return "".join(f"<p>{_literal(entry.text) if entry.code else escape(entry.text)}</p>" for entry in lines)
    return f"<ul>{''.join(f'<li><p>{escape(entry.text)} {mark(entry.status)}</p></li>' for entry in lines)}</ul>"


def mark(name: str) -> str:
    """The mark that shows a status as a word, in HTML.

    Args:
        name: a verdict, or `stale`.
    """
    return f'<span class="qedoc-status qedoc-{name}">{WORDS[name]}</span>'


def _literal(text: str) -> str:
    return f'<code class="docutils literal notranslate">{escape(text)}</code>'


_TITLES = "".join(f'<th class="head">{title}</th>' for title in COLUMNS)
_HEAD = f"<thead><tr>{_TITLES}</tr></thead>\n<tbody>\n"
