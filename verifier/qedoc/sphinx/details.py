"""The details of a formula: name and status above it, symbols and facts below it, and the evidence in a fold.

A page with many formulas has thousands of cells and fields. HTML pages write them directly from the lock file's record, so that
Sphinx's transforms need not process that many nodes. All other builders get standard nodes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

from docutils import nodes

from qedoc.report.layout import count
from qedoc.results import wording
from qedoc.results.notation import letter as latex_of
from qedoc.results.verdict import PropertyResult, SymbolEntry
from qedoc.results.wording import Kind, Letters, Piece
from qedoc.sphinx.badges import mark, plain_mark, status
from qedoc.sphinx.lock_reader import Entry
from qedoc.sphinx.nodes import Row, fold, letter, summary, table, written

COLUMNS = {"Symbol": 10, "Name": 25, "Domain": 30, "Meaning": 35}
"""Titles and widths of the columns of the symbol table."""


_AXIS = re.compile(r"axis_\d+")
_ENCODED = "encoded as a number in base"
"""What the meaning of a symbol says that stands for all entries of an array of integers."""


class Line(NamedTuple):
    """A line of a fact, with its own status if it has one."""

    pieces: list[Piece]
    status: str = ""

    @property
    def text(self) -> str:
        """The line as text."""
        return "".join(piece.text for piece in self.pieces)


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


def letters(entry: Entry) -> Letters:
    """The LaTeX of the symbols of a formula, by name. The indices of axes are short letters that the formula has no other use for."""
    symbols = entry.result.symbols
    found = {symbol.symbol: symbol.latex for symbol in symbols if "[" not in symbol.symbol}
    axes = dict.fromkeys(axis for symbol in symbols for axis in _AXIS.findall(symbol.symbol))
    free = (name for name in "ijklpqrs" if name not in found)
    return found | dict(zip(axes, free, strict=False))


def shown_symbols(entry: Entry) -> list[SymbolEntry]:
    """The symbols that readers see: not those that qedoc made up to try all values of an array of integers."""
    return [symbol for symbol in entry.result.symbols if _ENCODED not in symbol.meaning]


def symbol_latex(symbol: SymbolEntry, known: Letters) -> str:
    """The LaTeX of a symbol in the table.

    Args:
        symbol: the symbol.
        known: the LaTeX of the symbols, by name.
    """
    base, bracket, rest = symbol.symbol.partition("[")
    if not bracket or not _AXIS.search(rest):
        return symbol.latex
    places = (latex_of(place.strip(), known) for place in rest.rstrip("]").split(","))
    return f"{latex_of(base, known)}_{{{', '.join(places)}}}"


def facts(entry: Entry) -> Iterator[Fact]:
    """Yields what readers of a formula need beside it: conditions, properties, assumptions and the source."""
    result, known = entry.result, letters(entry)
    hidden = [symbol.symbol for symbol in result.symbols if _ENCODED in symbol.meaning]
    conditions = [text for text in result.domain[len(result.symbols) :] if not any(name in text for name in hidden)]
    if conditions:
        yield Fact("Where", [Line(wording.condition(text, known)) for text in conditions])
    if entry.promises:
        lines = [Line([*wording.statement(p.statement, known), *_sizes(entry, p)], str(p.verdict)) for p in entry.promises]
        yield Fact("Properties", lines)
    if result.notes:
        yield Fact("Assumptions", [Line(wording.assumption(note, known)) for note in result.notes])
    if result.source:
        yield Fact("Documented in", [Line([Piece(Kind.TEXT, result.source)])])


def grounds(entry: Entry) -> Iterator[Fact]:
    """Yields what the status of a formula rests on."""
    result = entry.result
    yield Fact("Evidence", [Line([Piece(Kind.TEXT, evidence(entry))])])
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    yield Fact("Verified with", [Line([Piece(Kind.TEXT, versions)])])
    yield Fact("Claim", [Line([Piece(Kind.CODE, str(result.location))])])


def _sizes(entry: Entry, promise: PropertyResult) -> Iterator[Piece]:
    """For which sizes a property is shown, if it is written out in another way for others."""
    with_it = [case.id for case in entry.result.cases if any(p.statement == promise.statement for p in case.properties)]
    if len(with_it) == 1 and len(entry.result.cases) > 1:
        yield from sizes(with_it[0])


def sizes(case: str) -> Iterator[Piece]:
    """The sizes of a case in words: `, for n = 2`.

    Args:
        case: the id of the case.
    """
    found = re.search(r"\[([^\[\]]*=[^\[\]]*)\]$", case)
    if found is not None:
        yield Piece(Kind.TEXT, ", for ")
        yield Piece(Kind.MATH, found[1].replace("=", " = ").replace(",", ", "), ",\\ ".join(found[1].replace("_", r"\_").split(",")))


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
    """Converts a heading or an account to standard nodes: a paragraph, or a table and field lists."""
    if isinstance(node, heading):
        name = nodes.literal("", entry.result.id)
        return [nodes.paragraph("", "", name, nodes.Text(" "), status(entry.status), classes=["qedoc-heading"])]
    known = letters(entry)
    rows: list[Row] = [
        [
            [letter(symbol_latex(symbol, known), symbol.symbol)],
            [nodes.literal("", symbol.name)],
            written(wording.values(symbol.domain, symbol.symbol, known)),
            written(wording.prose(symbol.meaning)),
        ]
        for symbol in shown_symbols(entry)
    ]
    return [
        *([table(list(COLUMNS), rows, widths=list(COLUMNS.values()), classes=["qedoc-symbols"])] if rows else []),
        *_fields(facts(entry)),
        fold("", summary("", EVIDENCE), *_fields(grounds(entry))),
    ]


def _fields(found: Iterable[Fact]) -> list[nodes.Node]:
    fields = [nodes.field("", nodes.field_name("", fact.name), nodes.field_body("", *_body(fact.lines))) for fact in found]
    return [nodes.field_list("", *fields, classes=["qedoc-facts"])] if fields else []


def _body(lines: Sequence[Line]) -> list[nodes.Node]:
    if lines[0].status:
        marked = (nodes.paragraph("", "", *written(one.pieces), nodes.Text(" "), status(one.status)) for one in lines)
        return [nodes.bullet_list("", *(nodes.list_item("", paragraph) for paragraph in marked))]
    return [nodes.paragraph("", "", *written(one.pieces)) for one in lines]


EVIDENCE = "What this rests on"
"""The title of the fold with the evidence."""


def write_heading(translator: Any, entry: Entry) -> None:
    """Writes the name and status into a page."""
    translator.body.append(f'<p class="qedoc-heading">{_literal(entry.result.id)} {mark(translator, entry.status)}</p>\n')


def write_account(translator: Any, entry: Entry) -> None:
    """Writes the symbols and facts into a page. The theme draws the table's frame, and the math renderer draws the symbols."""
    known = letters(entry)
    if symbols := shown_symbols(entry):
        frame = nodes.table("", classes=["qedoc-symbols"])
        translator.body.append('<div class="qedoc-wide">')
        translator.dispatch_visit(frame)
        translator.body.append(_HEAD)
        translator.body += [_row(translator, symbol, known) for symbol in symbols]
        translator.body.append("</tbody>\n")
        translator.dispatch_departure(frame)
        translator.body.append("</div>\n")
    translator.body.append(_list(translator, facts(entry)))
    inside = _list(translator, grounds(entry))
    translator.body.append(f'<details class="qedoc-fold">\n<summary>{EVIDENCE}</summary>\n{inside}</details>\n')


def _list(translator: Any, found: Iterable[Fact]) -> str:
    shown = "".join(f"<dt>{fact.name}</dt>\n<dd>{_lines(translator, fact.lines)}</dd>\n" for fact in found)
    return f'<dl class="qedoc-facts field-list simple">\n{shown}</dl>\n' if shown else ""


def _drawn(translator: Any, latex: str, plain: str) -> str:
    """Renders mathematics with the math renderer, once per page, because most formulas of a page share their symbols."""
    known: dict[str, str] = translator.__dict__.setdefault("qedoc_letters", {})
    if latex not in known:
        before = len(translator.body)
        letter(latex, plain).walkabout(translator)
        known[latex] = "".join(translator.body[before:])
        del translator.body[before:]
    return known[latex]


def html_of(translator: Any, pieces: Iterable[Piece]) -> str:
    """The HTML of a sentence with code and mathematics.

    Args:
        translator: writes the page.
        pieces: the sentence.
    """
    made = ""
    for piece in pieces:
        match piece.kind:
            case Kind.TEXT:
                made += escape(piece.text)
            case Kind.CODE:
                made += _literal(piece.text)
            case Kind.MATH:
                made += _drawn(translator, piece.latex, piece.text)
    return made


def _row(translator: Any, symbol: SymbolEntry, known: Letters) -> str:
    cells = (
        _drawn(translator, symbol_latex(symbol, known), symbol.symbol),
        _literal(symbol.name),
        html_of(translator, wording.values(symbol.domain, symbol.symbol, known)),
        html_of(translator, wording.prose(symbol.meaning)),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"


def _lines(translator: Any, lines: Sequence[Line]) -> str:
    shown = [html_of(translator, one.pieces) for one in lines]
    if not lines[0].status:
        return "".join(f"<p>{text}</p>" for text in shown)
    items = "".join(f"<li><p>{text} {plain_mark(one.status)}</p></li>" for text, one in zip(shown, lines, strict=True))
    return f"<ul>{items}</ul>"


def _literal(text: str) -> str:
    """Code that may break after an underscore or a dot, so that long names fit into narrow cells."""
    broken = re.sub(r"(?<=[\w\]])([._/#])(?=\w)", r"\1<wbr>", escape(text))
    return f'<code class="docutils literal notranslate">{broken}</code>'


_TITLES = "".join(f'<th class="head">{title}</th>' for title in COLUMNS)
_HEAD = f"<thead><tr>{_TITLES}</tr></thead>\n<tbody>\n"
