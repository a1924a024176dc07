"""The corrections of a refuted formula on a page: the author's LaTeX with the edit marked, and the right formula below it."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from docutils import nodes

from qedoc.report.corrections import lines
from qedoc.results.corrections import Line, described, pieces, rows
from qedoc.results.verdict import Correction
from qedoc.sphinx.badges import mark
from qedoc.sphinx.lock_reader import Entry
from qedoc.sphinx.nodes import CORRECTION, fold, formula, line, summary


class change(nodes.General, nodes.Element):  # noqa: N801  # docutils names nodes so
    """The edit of the formula `claim` in its correction `number`, as it is written and as it is right."""


def corrections(entry: Entry, source: tuple[str | None, int | None]) -> list[nodes.Node]:
    """Renders the corrections of a formula: the best one, and the others in folds. A stale formula has none, because it may have changed.

    Args:
        entry: the formula in the lock file.
        source: file and line of the page.
    """
    if entry.stale:
        return []
    made: list[nodes.Node] = []
    for number, correction in enumerate(entry.result.corrections):
        parts: list[nodes.Node] = [change("", claim=entry.result.id, number=number), formula(correction.latex, correction.sympy, source)]
        if number == 0:
            made.append(nodes.container("", *parts, classes=[CORRECTION]))
        else:
            made.append(fold("", summary("", f"Another correction ({described(correction)})"), *parts, classes=[CORRECTION]))
    return made


def write_change(translator: Any, entry: Entry, number: int) -> None:
    """Writes the edit into a page. What was removed and what was added is marked as such for readers that see no colours.

    Args:
        translator: writes the page.
        entry: the formula in the lock file.
        number: the number of the correction.
    """
    correction = entry.result.corrections[number]
    if number == 0:
        translator.body.append(f'<p class="qedoc-heading">Correction {mark(translator, str(correction.verdict))}</p>\n')
    shown = "".join(f'<span>{name}</span> <code class="notranslate">{code}</code>\n' for name, code in _rows(entry, correction))
    translator.body.append(f'<div class="qedoc-change">\n{shown}</div>\n')


def _rows(entry: Entry, correction: Correction) -> Iterator[tuple[str, str]]:
    for name, tag, changed in rows(entry.result.formula.latex, correction.latex):
        yield name, _code(changed, tag)


def _code(changed: Iterable[Line], tag: str) -> str:
    rows = ("".join(f"<{tag}>{escape(text)}</{tag}>" if edited else escape(text) for text, edited in pieces(row)) for row in changed)
    return "\n".join(rows)


def as_nodes(node: nodes.Element, entry: Entry) -> list[nodes.Node]:
    """Converts an edit to standard nodes: a paragraph, and the changed lines with carets under the edit.

    Args:
        node: the edit.
        entry: the formula in the lock file.
    """
    correction = entry.result.corrections[node["number"]]
    title, *rows = lines(entry.result.formula.latex, [correction])
    text = "\n".join(row.removeprefix("  ") for row in rows)
    return [line(title.capitalize()), nodes.literal_block(text, text, language="none")]
