"""Marks that show the status of a formula as a word, with one sentence on its meaning and a link to its explanation."""

from collections.abc import Mapping
from html import escape
from typing import Any

from docutils import nodes

from qedoc.results import links
from qedoc.results.verdict import Verdict
from qedoc.sphinx.lock_reader import STALE

WORDS: Mapping[str, str] = {
    Verdict.PROVED: "proved",
    Verdict.TESTED: "tested",
    Verdict.REFUTED: "refuted",
    Verdict.UNREADABLE: "unreadable",
    Verdict.UNSUPPORTED: "unsupported",
    Verdict.UNDECIDED: "undecided",
    Verdict.NOT_A_CLAIM: "not a claim",
    STALE: "stale",
}
"""The word shown for each status."""

MEANINGS: Mapping[str, str] = {
    Verdict.PROVED: "A proof shows that the code computes this formula.",
    Verdict.TESTED: "The code agrees with this formula at all inputs that were tried. There is no proof.",
    Verdict.REFUTED: "The code does not compute this formula: there is an input with another result.",
    Verdict.UNREADABLE: "The formula was not checked, because it could not be read.",
    Verdict.UNSUPPORTED: "The formula was not checked, because the code could not be read.",
    Verdict.UNDECIDED: "It is not known whether the code computes this formula.",
    Verdict.NOT_A_CLAIM: "The formula says nothing about a value that the code computes.",
    STALE: "The formula or the code has changed since the formula was checked.",
}
"""One sentence on the meaning of each status."""

MARKED = tuple(name for name in WORDS if name not in (Verdict.UNREADABLE, Verdict.NOT_A_CLAIM))
"""The statuses whose formulas in docstrings are marked by default. An unreadable formula is of no interest to readers."""

EXPLAINED = links.page("verdicts.md")
"""Where a mark leads by default."""


class badge(nodes.Inline, nodes.TextElement):  # noqa: N801  # docutils names nodes so
    """The mark of a status. `name` is a verdict or `stale`."""


def status(name: str) -> badge:
    """Creates the mark that shows a status as a word.

    Args:
        name: a verdict, or `stale`.
    """
    return badge("", WORDS[name], name=name)


def target(builder: Any, docname: str, name: str) -> str:
    """The address that a mark leads to; empty if it has no link.

    Args:
        builder: the builder of the pages.
        docname: the page of the mark; empty if it is not known.
        name: the status.
    """
    page, mark, place = str(builder.config.qedoc_help).replace("{verdict}", name).partition("#")
    if "://" in page:
        return f"{page}{mark}{place}"
    if not docname or builder.format != "html" or page not in builder.env.found_docs:
        return ""
    return f"{builder.get_relative_uri(docname, page)}{mark}{place}"


def mark(translator: Any, name: str) -> str:
    """The mark of a status in HTML.

    Args:
        translator: writes the page.
        name: a verdict, or `stale`.
    """
    address = target(translator.builder, translator.builder.current_docname, name)
    attributes = f'class="qedoc-status qedoc-{name}" title="{escape(MEANINGS[name])}"'
    if not address:
        return f"<span {attributes}>{WORDS[name]}</span>"
    return f'<a {attributes} href="{escape(address)}">{WORDS[name]}</a>'


def plain_mark(name: str) -> str:
    """The mark of a status in HTML without a link, for properties below a formula that has one."""
    return f'<span class="qedoc-status qedoc-{name}" title="{escape(MEANINGS[name])}">{WORDS[name]}</span>'


def visit_badge(translator: Any, node: badge) -> None:
    """Writes a mark into the page."""
    translator.body.append(mark(translator, node["name"]))
    raise nodes.SkipNode


def as_node(node: badge, builder: Any) -> nodes.Node:
    """Converts a mark to a standard node: a link in books and in LaTeX, and a word in formats that would print its address."""
    address = target(builder, "", node["name"]) if builder.format in ("html", "latex") else ""
    shown = nodes.inline("", node.astext(), classes=["qedoc-status", f"qedoc-{node['name']}"])
    return nodes.reference("", "", shown, refuri=address, internal=False) if address else shown
