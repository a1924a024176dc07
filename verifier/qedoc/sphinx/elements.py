"""What a page has besides the nodes that every builder knows: a fold, and a picture."""

from typing import Any

from docutils import nodes


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
