"""Adds status marks to formulas that docstrings already contain, without changing the docstrings."""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from qedoc.sphinx.badges import status
from qedoc.sphinx.corrections import corrections
from qedoc.sphinx.directives import OF
from qedoc.sphinx.domain import domain_of
from qedoc.sphinx.lock_reader import Entry
from qedoc.sphinx.rendering import difference

logger = logging.getLogger(__name__)


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Adds a mark to each formula of a described Python object that the lock file contains."""
    env = app.env
    domain = domain_of(env)
    for name, block in _formulas(doctree):
        domain.depends_on(env.docname, f"{OF}{name}")
        found = matching(domain.library.of(name), block.astext(), block.source or "")
        if found:
            env.note_dependency(str(found[0].file))
        claims = [entry for entry in found if entry.status in app.config.qedoc_marks]
        if claims:
            _insert(block, claims)
        if _warn(block, found):
            domain.always_reread(env.docname)


def _formulas(doctree: nodes.document) -> Iterator[tuple[str, nodes.math_block]]:
    """Yields the displayed formulas of described objects, each with the dotted path of its object."""
    for described in list(doctree.findall(addnodes.desc)):
        if described.get("domain") != "py":
            continue
        names = [path(signature) for signature in described.findall(addnodes.desc_signature) if signature.parent is described]
        for block in list(described.findall(nodes.math_block)):
            if names and _owner(block) is described:
                yield names[0], block


def path(signature: addnodes.desc_signature) -> str:
    """The dotted path of the object that a signature describes."""
    return ".".join(part for part in (signature.get("module"), signature.get("fullname")) if part)


def _owner(node: nodes.Node) -> nodes.Node | None:
    """The innermost description that contains a node."""
    while node is not None and not isinstance(node, addnodes.desc):
        node = node.parent
    return node


def matching(entries: list[Entry], latex: str, source: str) -> list[Entry]:
    """Selects the formulas of an object that its docstring writes as `latex`. A chain of equations is one formula there, but several here.

    Args:
        entries: the formulas of the object.
        latex: the formula as it stands on the page.
        source: its source as autodoc gives it: the file and the name of the object.
    """
    here = [entry for entry in entries if entry.in_docstring and _is_there(entry.result.location.path, source)]
    return [entry for entry in here if normal(entry.result.formula.latex) == normal(latex)]


def _is_there(path: str, source: str) -> bool:
    """Whether a source file contains the docstring, judged by autodoc's file name or by the module that defines the object."""
    file, separator, name = source.partition(":docstring of ")
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return not separator or Path(file).as_posix().endswith(path) or name.startswith(f"{module}.")


def normal(latex: str) -> str:
    """LaTeX without insignificant differences: spaces, line ends, and a full stop or comma at the end."""
    return re.sub(r"\s+", "", latex).rstrip(".,;")


def _insert(block: nodes.math_block, entries: list[Entry]) -> None:
    """Inserts the marks after a formula, one per status, and its corrections."""
    line = nodes.paragraph("", "", classes=["qedoc-mark"])
    for name in dict.fromkeys(entry.status for entry in entries):
        line += [nodes.Text(" "), status(name)] if len(line) else [status(name)]
    line += [nodes.Text(f" {difference(entry)}") for entry in entries if entry.refuted and not entry.stale]
    parent = block.parent
    below = [node for entry in entries for node in corrections(entry, (block.source, block.line))]
    parent.insert(parent.index(block) + 1, [line, *below])


def _warn(block: nodes.math_block, entries: list[Entry]) -> bool:
    """Warns about formulas that do not hold. Returns whether there are any."""
    wrong = [entry for entry in entries if entry.stale or (entry.refuted and not entry.accepted)]
    for entry in wrong:
        label = f"formula of {entry.result.target} ({entry.result.location})"
        if entry.stale:
            logger.warning("%s is stale: %s; run qedoc check", label, entry.stale, location=block, type="qedoc", subtype="stale")
        else:
            logger.warning("%s is refuted: %s", label, difference(entry), location=block, type="qedoc", subtype="refuted")
    return bool(wrong)


def append_formulas(app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]) -> None:
    """Appends the spec formulas of an object to its rendered docstring."""
    library = domain_of(app.env).library
    for entry in library.of(name):
        if not entry.in_docstring:
            lines += ["", f".. qedoc:formula:: {entry.result.id}", "   :short:", "   :no-index:", ""]
