"""The nodes of a page: helpers for nodes that every builder knows, and qedoc's own nodes."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from docutils import nodes

from qedoc.results.wording import Kind, Piece

Row: TypeAlias = Sequence[Sequence[nodes.Node]]
"""The content of each cell."""

FORMULA, COUNTEREXAMPLE, CORRECTION = "qedoc-formula", "qedoc-counterexample", "qedoc-correction"
BOXES = frozenset({FORMULA, COUNTEREXAMPLE, CORRECTION})
"""The classes of the containers around a formula, around a counterexample and around a correction."""


class fold(nodes.container):  # noqa: N801  # docutils names nodes so
    """A part of a page that can be opened and closed. Its first child is always visible."""


class summary(nodes.paragraph):  # noqa: N801  # docutils names nodes so
    """The line of a fold that is always visible."""


class curve(nodes.General, nodes.Element):  # noqa: N801  # docutils names nodes so
    """A plot of a formula. `points` is its data file, `title` and `description` describe it in words."""


def visit_fold(translator: Any, node: fold) -> None:
    """Opens a <details> element, which also works with the keyboard."""
    translator.body.append(translator.starttag(node, "details", CLASS="qedoc-fold"))


def depart_fold(translator: Any, node: fold) -> None:
    """Closes the <details> element."""
    translator.body.append("</details>\n")


def visit_summary(translator: Any, node: summary) -> None:
    """Opens the line that is always visible."""
    translator.body.append(translator.starttag(node, "summary", ""))


def depart_summary(translator: Any, node: summary) -> None:
    """Closes the line that is always visible."""
    translator.body.append("</summary>\n")


def formula(latex: str, pretty: str, source: tuple[str | None, int | None]) -> nodes.math_block:
    """Creates a displayed formula for every math renderer, with a text form for builders without mathematics.

    Args:
        latex: for math renderers.
        pretty: for text, man pages and similar formats.
        source: file and line of the page.
    """
    made = nodes.math_block(latex, latex, docname="", number=None, label=None)
    made["nowrap"] = made["no-wrap"] = False
    made["qedoc-pretty"] = pretty
    made.source, made.line = source
    return made


def letter(latex: str, plain: str) -> nodes.math:
    """Creates a symbol inside a line of text."""
    made = nodes.math(latex, latex)
    made["qedoc-pretty"] = plain
    return made


def written(pieces: Iterable[Piece]) -> list[nodes.Node]:
    """Creates the nodes of a sentence with code and mathematics.

    Args:
        pieces: the sentence.
    """
    made: list[nodes.Node] = []
    for piece in pieces:
        match piece.kind:
            case Kind.TEXT:
                made.append(nodes.Text(piece.text))
            case Kind.CODE:
                made.append(nodes.literal("", piece.text))
            case Kind.MATH:
                made.append(letter(piece.latex, piece.text))
    return made


def line(text: str, *classes: str) -> nodes.paragraph:
    """Creates a paragraph of plain text."""
    return nodes.paragraph("", text, classes=list(classes))


def table(
    head: Sequence[str],
    rows: Iterable[Row],
    *,
    widths: Sequence[int],
    classes: Sequence[str],
) -> nodes.table:
    """Creates a table, whose cells contain inline nodes.

    Args:
        head: the title of each column.
        rows: the cells.
        widths: the relative column widths, which are also widths in characters on text pages.
        classes: CSS classes.
    """

    def row(cells: Row) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    group = nodes.tgroup("", *(nodes.colspec("", colwidth=width) for width in widths), cols=len(widths))
    group += nodes.thead("", row([[nodes.Text(title)] for title in head]))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group, classes=list(classes))
