"""Adapts formulas to each builder: HTML pages get themed SVG plots, builders without mathematics get readable text."""

from inspect import signature
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from qedoc.sphinx import badges, corrections
from qedoc.sphinx.badges import badge
from qedoc.sphinx.corrections import change
from qedoc.sphinx.details import account, as_nodes, heading, write_account, write_heading
from qedoc.sphinx.domain import domain_of
from qedoc.sphinx.lock_reader import Entry
from qedoc.sphinx.nodes import BOXES, curve

CACHE = "qedoc-pictures"
"""Name of the plot cache folder inside the doctree folder."""

PLAIN = ("text", "man", "texinfo")
"""The formats that would show TeX as source."""


class Accounts(SphinxPostTransform):
    """Replaces headings, accounts and corrections by standard nodes for builders that write no HTML pages, and for books."""

    default_priority = 5
    """Runs before the transforms that look for tables and formulas."""

    def run(self, **kwargs: Any) -> None:
        """Replaces each heading and account."""
        builder = self.app.builder
        if builder.format != "html" or builder.name in BookFormulas.builders:
            entries = domain_of(self.env).library.entries
            found: list[nodes.Element] = [*self.document.findall(heading), *self.document.findall(account)]
            for node in found:
                node.replace_self(as_nodes(node, entries[node["claim"]]))
            for edit in list(self.document.findall(change)):
                edit.replace_self(corrections.as_nodes(edit, entries[edit["claim"]]))


class Badges(SphinxPostTransform):
    """Replaces marks by standard nodes for builders that write no HTML pages, and for books."""

    default_priority = 6
    """Runs after headings and accounts have become standard nodes."""

    def run(self, **kwargs: Any) -> None:
        """Replaces each mark."""
        builder = self.app.builder
        if builder.format != "html" or builder.name in BookFormulas.builders:
            for node in list(self.document.findall(badge)):
                node.replace_self(badges.as_node(node, builder))


class PlainFormulas(SphinxPostTransform):
    """Writes formulas from the lock file as on a terminal, for builders without mathematics."""

    default_priority = 400
    formats = PLAIN

    def run(self, **kwargs: Any) -> None:
        """Replaces each formula, and unwraps the boxes, because their first line would run into the text before them."""
        for box in list(self.document.findall(nodes.container)):
            if BOXES.intersection(box["classes"]):
                box.replace_self(box.children)
        for block in list(self.document.findall(nodes.math_block)):
            if "qedoc-pretty" in block:
                block.replace_self(nodes.literal_block(block["qedoc-pretty"], block["qedoc-pretty"], language="none"))
        for letter in list(self.document.findall(nodes.math)):
            if "qedoc-pretty" in letter:
                letter.replace_self(nodes.Text(letter["qedoc-pretty"]))


class BookFormulas(SphinxPostTransform):
    """Writes formulas as MathML in books, whose readers run no scripts. Uses readable text if TeX cannot be converted."""

    default_priority = 400
    builders = ("epub",)

    def run(self, **kwargs: Any) -> None:
        """Replaces each formula, unless the book shows formulas as images."""
        if getattr(self.app.builder, "math_renderer_name", "") != "mathjax":
            return
        for node in [*self.document.findall(nodes.math_block), *self.document.findall(nodes.math)]:
            if "qedoc-pretty" in node:
                node.replace_self(_book_formula(node))


def _book_formula(node: nodes.Element) -> nodes.Node:
    block = isinstance(node, nodes.math_block)
    made = mathml(node.astext(), block=block)
    if made is not None:
        return nodes.raw("", f'<div class="math">{made}</div>' if block else made, format="html")
    pretty = node["qedoc-pretty"]
    return nodes.literal_block(pretty, pretty, language="none") if block else nodes.Text(pretty)


def mathml(tex: str, *, block: bool) -> str | None:
    """Converts TeX to MathML with docutils, or returns None if docutils cannot read it."""
    from docutils.utils.math import latex2mathml  # only books need this

    convert: Any = latex2mathml.tex2mathml
    style = {"as_block": block} if "as_block" in signature(convert).parameters else {"inline": not block}  # before docutils 0.20
    try:
        return str(convert(tex, **style))
    except Exception:  # noqa: BLE001  # docutils raises many kinds of errors; readable text is the fallback
        return None


class LatexPictures(SphinxPostTransform):
    """Writes plots as files that LaTeX includes."""

    default_priority = 9
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Replaces each plot."""
        from qedoc.sphinx import figures  # only pages with plots need this

        for node in list(self.document.findall(curve)):
            file = figures.pdf(Path(node["points"]), Path(self.app.doctreedir) / CACHE)
            uri = str(file)
            self.env.images.add_file(self.env.docname, uri)
            node.replace_self(nodes.image("", uri=uri, candidates={"*": uri}, alt=node["description"], width="100%"))


class DescribedPictures(SphinxPostTransform):
    """Describes plots in words for builders without images."""

    default_priority = 401

    def run(self, **kwargs: Any) -> None:
        """Replaces each plot."""
        if self.app.builder.format in ("html", "latex"):
            return
        for node in list(self.document.findall(curve)):
            node.replace_self(nodes.paragraph("", f"{node['title']}. {node['description']}"))


def visit_heading(translator: Any, node: heading) -> None:
    """Writes the name and status into the page."""
    write_heading(translator, _entry(translator, node))
    raise nodes.SkipNode


def visit_account(translator: Any, node: account) -> None:
    """Writes the symbols and facts into the page."""
    write_account(translator, _entry(translator, node))
    raise nodes.SkipNode


def visit_change(translator: Any, node: change) -> None:
    """Writes the edit of a correction into the page."""
    corrections.write_change(translator, _entry(translator, node), node["number"])
    raise nodes.SkipNode


def _entry(translator: Any, node: nodes.Element) -> Entry:
    return domain_of(translator.builder.env).library.entries[node["claim"]]


def visit_curve(translator: Any, node: curve) -> None:
    """Writes the plot into the page."""
    from qedoc.sphinx import figures  # only pages with plots need this

    drawn = figures.svg(Path(node["points"]), Path(translator.builder.app.doctreedir) / CACHE)
    translator.body.append(f'<figure class="qedoc-plot">\n{drawn}</figure>\n')
    raise nodes.SkipNode


POST_TRANSFORMS = (Accounts, Badges, PlainFormulas, BookFormulas, LatexPictures, DescribedPictures)
