"""Status marks beside the formulas that stand in docstrings already; the docstrings are left as they are."""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging

from qedoc.results.verdict import Verdict
from qedoc.sphinx.directives import OF
from qedoc.sphinx.domain import domain_of
from qedoc.sphinx.lock_reader import Entry
from qedoc.sphinx.nodes import status
from qedoc.sphinx.rendering import difference

logger = logging.getLogger(__name__)


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Sets a mark beside each formula of a described Python object that the lock file knows."""
    env = app.env
    domain = domain_of(env)
    for name, block in _formulas(doctree):
        domain.rests_on(env.docname, f"{OF}{name}")
        found = matching(domain.library.of(name), block.astext(), block.source or "")
        if found:
            env.note_dependency(str(found[0].file))
        claims = [entry for entry in found if entry.status != Verdict.NOT_A_CLAIM]
        if claims:
            _insert(block, claims)
        if _warn(block, claims):
            domain.unsettled(env.docname)


def _formulas(doctree: nodes.document) -> Iterator[tuple[str, nodes.math_block]]:
    """The displayed formulas of described objects, with the dotted path of the object."""
    for described in list(doctree.findall(addnodes.desc)):
        if described.get("domain") != "py":
            continue
        names = [path(signature) for signature in described.findall(addnodes.desc_signature) if signature.parent is described]
        for block in list(described.findall(nodes.math_block)):
            if names and _owner(block) is described:
                yield names[0], block


def path(signature: addnodes.desc_signature) -> str:
    """The dotted path of what a signature is of."""
    return ".".join(part for part in (signature.get("module"), signature.get("fullname")) if part)


def _owner(node: nodes.Node) -> nodes.Node | None:
    """The description that a node stands in, the innermost one."""
    while node is not None and not isinstance(node, addnodes.desc):
        node = node.parent
    return node


def matching(entries: list[Entry], latex: str, source: str) -> list[Entry]:
    """Those of an object's formulas that are written so in its docstring; a chain of equations is one formula there, and several here.

    Args:
        entries: of the object.
        latex: as it stands on the page.
        source: where it stands, as autodoc tells it: the file, and of what it is the docstring.
    """
    here = [entry for entry in entries if entry.in_docstring and _is_there(entry.result.location.path, source)]
    return [entry for entry in here if normal(entry.result.formula.latex) == normal(latex)]


def _is_there(path: str, source: str) -> bool:
    """Whether a source file is that of the docstring: by the file that autodoc names, or by the module in which the object was defined."""
    file, told, name = source.partition(":docstring of ")
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return not told or Path(file).as_posix().endswith(path) or name.startswith(f"{module}.")


def normal(latex: str) -> str:
    """LaTeX without what makes no difference: spaces, line ends, a full stop or comma at the end."""
    return re.sub(r"\s+", "", latex).rstrip(".,;")


def _insert(block: nodes.math_block, entries: list[Entry]) -> None:
    """The marks, after a formula; one for each status."""
    line = nodes.paragraph("", "", classes=["qedoc-mark"])
    for name in dict.fromkeys(entry.status for entry in entries):
        line += [nodes.Text(" "), status(name)] if len(line) else [status(name)]
    line += [nodes.Text(f" {difference(entry)}") for entry in entries if entry.refuted and not entry.stale]
    parent = block.parent
    parent.insert(parent.index(block) + 1, line)


def _warn(block: nodes.math_block, entries: list[Entry]) -> bool:
    """Warns of what does not hold; whether there is such a formula."""
    wrong = [entry for entry in entries if entry.stale or (entry.refuted and not entry.accepted)]
    for entry in wrong:
        told = f"formula of {entry.result.target} ({entry.result.location})"
        if entry.stale:
            logger.warning("%s is not verified as it is now: %s", told, entry.stale, location=block, type="qedoc", subtype="stale")
        else:
            logger.warning("%s is refuted: %s", told, difference(entry), location=block, type="qedoc", subtype="refuted")
    return bool(wrong)


def append_formulas(app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]) -> None:
    """Adds the formulas of the specs of an object to its docstring as it is rendered."""
    library = domain_of(app.env).library
    for entry in library.of(name):
        if not entry.in_docstring:
            lines += ["", f".. qedoc:formula:: {entry.result.id}", "   :short:", "   :no-index:", ""]
