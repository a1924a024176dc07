"""The Sphinx domain `qedoc`: formulas as objects with permanent ids, links to them, and their index."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.builders import Builder
from sphinx.domains import Domain, Index, IndexEntry, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from qedoc.lock.syntax import digest
from qedoc.sphinx.badges import WORDS
from qedoc.sphinx.directives import ALL, OF, FormulaDirective, StatusDirective
from qedoc.sphinx.lock_reader import Library

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)


ALWAYS_REREAD = "!"
"""Key and value in a page's records that never match, so that the page is read again."""


def anchor(id_: str) -> str:
    """The permanent anchor of a formula on its page. Two formulas never share one."""
    legible = re.sub(r"[^A-Za-z0-9._-]+", "-", id_)
    target, _, name = id_.partition("#")
    unique = re.fullmatch(r"[A-Za-z0-9._]*", target) and re.fullmatch(r"[A-Za-z0-9._-]*", name)
    return f"formula-{legible}" if unique else f"formula-{legible}-{digest(id_)[:8]}"


class FormulaIndex(Index):
    """An index of all formulas on the pages, by package, with their status."""

    name = "formulas"
    localname = "Formulas"
    shortname = "formulas"

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        """Returns the entries, grouped by the package of the formula."""
        assert isinstance(self.domain, QedocDomain)
        wanted = None if docnames is None else set(docnames)
        found: dict[str, list[IndexEntry]] = {}
        for id_, (docname, node_id) in sorted(self.domain.objects.items()):
            if wanted is None or docname in wanted:
                entry = self.domain.library.entries.get(id_)
                status = WORDS[entry.status] if entry else "not verified"
                found.setdefault(id_.partition(".")[0], []).append(IndexEntry(id_, 0, docname, node_id, "", "", status))
        return sorted(found.items()), False


class QedocDomain(Domain):
    """Formulas, by the ids of their claims.

    `library` holds the contents of the lock files, and `roots` the folders of the configured projects. Every build reads them again.
    """

    name = "qedoc"
    label = "qedoc"
    object_types = {"formula": ObjType("formula", "formula")}  # noqa: RUF012  # Sphinx expects it so
    directives = {"formula": FormulaDirective, "status": StatusDirective}  # noqa: RUF012  # Sphinx expects it so
    roles = {"formula": XRefRole(warn_dangling=True)}  # noqa: RUF012  # Sphinx expects it so
    dangling_warnings = {"formula": "no page shows the formula %(target)s; add a directive for it, or correct the name"}  # noqa: RUF012
    indices = [FormulaIndex]  # noqa: RUF012  # Sphinx expects it so
    initial_data: ClassVar[dict[str, Any]] = {"objects": {}, "shown": {}}
    data_version = 1

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        self.library = Library()
        self.roots: dict[str, Path] = {}

    @property
    def objects(self) -> dict[str, tuple[str, str]]:
        """Maps the id of each formula to its page and its anchor there."""
        found: dict[str, tuple[str, str]] = self.data["objects"]
        return found

    @property
    def shown(self) -> dict[str, dict[str, str]]:
        """Maps each page to the fingerprints of the formulas that it shows."""
        found: dict[str, dict[str, str]] = self.data["shown"]
        return found

    def note(self, id_: str, docname: str, location: Any) -> str:
        """Registers a formula and returns its anchor on the page."""
        other = self.objects.get(id_)
        if other is not None:
            message = "duplicate description of formula %s, other instance in %s; use :no-index: for one of them"
            logger.warning(message, id_, other[0], location=location, type="qedoc", subtype="duplicate")
        self.objects[id_] = (docname, anchor(id_))
        return anchor(id_)

    def depends_on(self, docname: str, id_: str) -> None:
        """Records that a page shows a formula, or ALL formulas."""
        self.shown.setdefault(docname, {})[id_] = self.fingerprint(id_)

    def always_reread(self, docname: str) -> None:
        """Marks a page with a warning to be read again in every build, so that a failed build does not pass when it is repeated."""
        self.shown.setdefault(docname, {})[ALWAYS_REREAD] = ALWAYS_REREAD

    def fingerprint(self, id_: str) -> str:
        """Returns a text that changes with what pages show of a formula. Empty for an unknown formula."""
        if id_ == ALL:
            return self.library.digest
        if id_.startswith(OF):
            return " ".join(entry.digest for entry in self.library.of(id_.removeprefix(OF)))
        entry = self.library.entries.get(id_)
        return entry.digest if entry else ""

    def outdated(self) -> list[str]:
        """The pages that show a formula that has changed since they were read."""
        return sorted(page for page, shown in self.shown.items() if any(self.fingerprint(id_) != was for id_, was in shown.items()))

    def clear_doc(self, docname: str) -> None:
        """Removes a page."""
        self.shown.pop(docname, None)
        for id_ in [id_ for id_, (page, _) in self.objects.items() if page == docname]:
            del self.objects[id_]

    def merge_domaindata(self, docnames: Any, otherdata: dict[str, Any]) -> None:
        """Takes over the pages that another process read."""
        self.objects.update({id_: place for id_, place in otherdata["objects"].items() if place[0] in docnames})
        self.shown.update({page: shown for page, shown in otherdata["shown"].items() if page in docnames})

    def resolve_xref(  # noqa: PLR0917  # Sphinx defines the signature
        self, env: BuildEnvironment, fromdocname: str, builder: Builder, typ: str, target: str, node: pending_xref, contnode: nodes.Element
    ) -> nodes.reference | None:
        """Links to a formula by its id or the end of its id."""
        id_ = self._named(target)
        if id_ is None:
            return None
        docname, node_id = self.objects[id_]
        return make_refnode(builder, fromdocname, docname, node_id, contnode, id_)

    def resolve_any_xref(
        self, env: BuildEnvironment, fromdocname: str, builder: Builder, target: str, node: pending_xref, contnode: nodes.Element
    ) -> list[tuple[str, nodes.reference]]:
        """Links to a formula for the role `any`, which accepts only full ids."""
        if target not in self.objects:
            return []
        docname, node_id = self.objects[target]
        return [("qedoc:formula", make_refnode(builder, fromdocname, docname, node_id, contnode, target))]

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yields all formulas, for objects.inv and the search."""
        for id_, (docname, node_id) in sorted(self.objects.items()):
            yield id_, id_, "formula", docname, node_id, 1

    def _named(self, target: str) -> str | None:
        if target in self.objects:
            return target
        fitting = [id_ for id_ in self.objects if id_.endswith(f".{target}")]
        return fitting[0] if len(fitting) == 1 else None


def domain_of(env: BuildEnvironment) -> QedocDomain:
    """The qedoc domain of a build."""
    return cast("QedocDomain", env.get_domain("qedoc"))
