"""What pages are made of: the nodes that every builder knows, and those that qedoc has besides: a fold, a picture, an account."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from docutils import nodes

from qedoc.results.verdict import Verdict
from qedoc.sphinx.lock_reader import STALE

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
"""What a status is called."""


FORMULA, COUNTEREXAMPLE = "qedoc-formula", "qedoc-counterexample"
BOXES = frozenset({FORMULA, COUNTEREXAMPLE})
"""The classes of the containers around a formula, and around the point where it is wrong."""


class fold(nodes.container):  # noqa: N801  docutils names nodes so
    """A part of a page that opens on demand where pages can do so; its first child is what is always seen."""


class summary(nodes.paragraph):  # noqa: N801  as above
    """The line of a fold that is always seen."""


class curve(nodes.General, nodes.Element):  # noqa: N801  as above
    """A picture of a formula: `points` is the file of its numbers, `title` and `description` say it in words."""


def visit_fold(translator: Any, node: fold) -> None:
    """Opens the element that browsers can open and close, with the keyboard too."""
    translator.body.append(translator.starttag(node, "details", CLASS="qedoc-fold"))


def depart_fold(translator: Any, node: fold) -> None:
    """Closes it."""
    translator.body.append("</details>\n")


def visit_summary(translator: Any, node: summary) -> None:
    """Opens the line that is always seen."""
    translator.body.append(translator.starttag(node, "summary", ""))


def depart_summary(translator: Any, node: summary) -> None:
    """Closes it."""
    translator.body.append("</summary>\n")


def formula(latex: str, pretty: str, source: tuple[str | None, int | None]) -> nodes.math_block:
    """A displayed formula for every renderer, with its form for builders that have no mathematics.

    Args:
        latex: for the renderers of mathematics.
        pretty: for text, man pages and the like.
        source: file and line of the page.
    """
    made = nodes.math_block(latex, latex, docname="", number=None, label=None)
    made["nowrap"] = made["no-wrap"] = False
    made["qedoc-pretty"] = pretty
    made.source, made.line = source
    return made


def letter(latex: str, plain: str) -> nodes.math:
    """A symbol inside a line of text."""
    made = nodes.math(latex, latex)
    made["qedoc-pretty"] = plain
    return made


def status(name: str) -> nodes.inline:
    """The mark that tells a status, in a word.

    Args:
        name: a verdict, or `stale`.
    """
    return nodes.inline("", WORDS[name], classes=["qedoc-status", f"qedoc-{name}"])


def line(text: str, *classes: str) -> nodes.paragraph:
    """A paragraph of plain text."""
    return nodes.paragraph("", text, classes=list(classes))


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
        widths: of the columns, of each other and in letters of a text page.
        classes: for style sheets.
    """

    def row(cells: Row) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    group = nodes.tgroup("", *(nodes.colspec("", colwidth=width) for width in widths), cols=len(widths))
    group += nodes.thead("", row([[nodes.Text(title)] for title in head]))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group, classes=list(classes))
