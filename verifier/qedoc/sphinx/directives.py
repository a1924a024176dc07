"""The directives: a formula with its details, and a status table of all formulas."""

from collections import Counter
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.addnodes import pending_xref
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from qedoc.errors import QedocError
from qedoc.report.layout import count
from qedoc.results.verdict import Verdict
from qedoc.sphinx.badges import WORDS, status
from qedoc.sphinx.details import evidence
from qedoc.sphinx.lock_reader import STALE, Entry, Library
from qedoc.sphinx.nodes import FORMULA, Row, curve, table
from qedoc.sphinx.rendering import Parts, difference, rendered
from qedoc.sphinx.verification import When

logger = logging.getLogger(__name__)

_STATUSES = [*map(str, Verdict)]


def _status_name(argument: str) -> str:
    return directives.choice(argument, _STATUSES)


class Formulas(Protocol):
    """The part of the domain that the directives use."""

    library: Library
    roots: dict[str, Path]

    def note(self, id_: str, docname: str, location: Any) -> str:
        """Registers a formula and returns its anchor on the page."""

    def depends_on(self, docname: str, id_: str) -> None:
        """Records that a page shows a formula, or ALL formulas."""

    def always_reread(self, docname: str) -> None:
        """Marks a page to be read again in every build."""


ALL = "*"
"""Stands for all formulas in the dependencies of a page."""

OF = "of "
"""Prefix of an object's name, for all formulas of that object."""


class _QedocDirective(SphinxDirective):
    @property
    def formulas(self) -> Formulas:
        """The domain, with the library of this build."""
        return cast("Formulas", self.env.get_domain("qedoc"))

    def warn(self, subtype: str, message: str) -> None:
        """Logs a warning with the page and line of the directive."""
        self.formulas.always_reread(self.env.docname)
        logger.warning(message, location=self.get_location(), type="qedoc", subtype=subtype)


class FormulaDirective(_QedocDirective):
    """A formula from the lock file, with its status and details.

    Options: `short` shows only the formula and its status. `code` adds that of the code in a fold. `plot` adds a plot. `at` and `range`
    add one at other values of the inputs, or of another part of the horizontal axis. `expect` names
    a verdict that is expected instead of one that holds. `no-index` allows a second description of a formula.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[OptionSpec] = {
        "short": directives.flag,
        "code": directives.flag,
        "plot": directives.flag,
        "at": directives.unchanged_required,
        "range": directives.unchanged_required,
        "expect": _status_name,
        "no-index": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Returns the nodes of the formula."""
        domain, docname = self.formulas, self.env.docname
        domain.depends_on(docname, self.arguments[0])
        try:
            entry = domain.library.find(self.arguments[0])
        except LookupError as error:
            self.warn("missing", str(error))
            domain.depends_on(docname, ALL)  # the next verification may add the missing formula
            return [nodes.paragraph("", "", nodes.literal("", self.arguments[0]), nodes.Text(" not verified"))]
        domain.depends_on(docname, entry.result.id)
        self.env.note_dependency(str(entry.file))
        self._judge(entry)
        made = nodes.container("", classes=[FORMULA, f"qedoc-is-{entry.status}"])
        if "no-index" not in self.options:
            made["ids"].append(domain.note(entry.result.id, docname, self.get_location()))
        parts = Parts(short="short" in self.options, code="code" in self.options)
        made += rendered(entry, parts, self.get_source_info())
        if {"plot", "at", "range"} & set(self.options):
            made += self._picture(entry)
        return [made]

    def _judge(self, entry: Entry) -> None:
        """Warns about a formula that does not hold, unless this is expected."""
        expected = self.options.get("expect")
        label = f"formula {entry.result.id} ({entry.result.location})"
        if entry.stale:
            self.warn("stale", f"{label} is stale: {entry.stale}; run qedoc check")
        elif expected is not None and expected != entry.status:
            self.warn("expected", f"{label}: expected {expected}, found {entry.status}: {evidence(entry)}")
        elif expected is None and entry.refuted and not entry.accepted:
            self.warn("refuted", f"{label} is refuted: {difference(entry)}")

    def _picture(self, entry: Entry) -> list[nodes.Node]:
        from qedoc.lock.points import curve_of
        from qedoc.report import picture
        from qedoc.sphinx import figures  # only pages with plots need these

        if not figures.can_draw():
            self.warn("plot", f"the plot of {entry.result.id} needs matplotlib, which is not installed: pip install 'qedoc[plot]'")
            return []
        if entry.points is None:
            self.warn("plot", f"formula {entry.result.id} has no plot, because it has no variable to plot along")
            return []
        try:
            points = self._points(entry, entry.points)
            self.env.note_dependency(str(points))
            drawn = curve_of(points)
        except QedocError as error:
            self.warn("plot", str(error))
            return []
        made = curve("", points=str(points), title=picture.title(drawn), description=picture.description(drawn))
        return [made]

    def _points(self, entry: Entry, usual: Path) -> Path:
        """The file with the data of the plot that the options ask for."""
        at, span = self.options.get("at", ""), self.options.get("range", "")
        if not at and not span:
            return usual
        from qedoc.sphinx import views  # few pages ask for such plots

        return views.points(entry, at, span, self.formulas.library.projects, When(self.config.qedoc_verify))


class StatusDirective(_QedocDirective):
    """A table of all formulas in the lock files with their status. The option `counts` shows one line with their numbers instead.

    The option `project` names one of `qedoc_projects`, whose formulas are shown.
    """

    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {"counts": directives.flag, "project": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Returns the table of all formulas, or of those whose ids begin with the argument."""
        domain, docname = self.formulas, self.env.docname
        domain.depends_on(docname, ALL)
        prefix = self.arguments[0] if self.arguments else ""
        entries = [entry for id_, entry in domain.library.entries.items() if id_.startswith(prefix)]
        wanted = self.options.get("project")
        if wanted is not None and wanted not in domain.roots:
            self.warn("missing", f":project: {wanted!r}: expected one of qedoc_projects: {', '.join(map(repr, domain.roots))}")
            return []
        if wanted is not None:
            locks = {p.config.root / p.config.lock for p in domain.library.projects if p.config.root == domain.roots[wanted]}
            entries = [entry for entry in entries if entry.lock in locks]
        if not entries:
            self.warn("missing", f"no formula begins with {prefix!r}" if prefix else "the lock file has no formulas; run qedoc check")
        if "counts" in self.options:
            return [nodes.paragraph("", counted(entries), classes=["qedoc-counts"])]
        rows: list[Row] = [[[_link(entry, docname)], [status(entry.status)], [nodes.Text(_line(entry))]] for entry in entries]
        longest = max((len(entry.result.id) for entry in entries), default=0)
        widths = (max(38, longest) + 2, 12, 48)  # text pages use them as column widths and put quotes around names
        return [table(("Formula", "Status", "Evidence"), rows, widths=widths, classes=["qedoc-summary"])] if rows else []


def counted(entries: list[Entry]) -> str:
    """Counts formulas by status, as in `14 formulas: 12 proved, 2 tested`."""
    found = Counter(entry.status for entry in entries)
    order = [*map(str, Verdict), STALE]
    return f"{count(len(entries), 'formula')}: {', '.join(f'{found[name]} {WORDS[name]}' for name in order if name in found)}"


def _link(entry: Entry, docname: str) -> pending_xref:
    id_ = entry.result.id
    options = {"refdomain": "qedoc", "reftype": "formula", "reftarget": id_, "refdoc": docname, "qedoc-optional": True}
    return pending_xref("", nodes.literal("", id_), **options)


def _line(entry: Entry) -> str:
    return entry.stale or (difference(entry) if entry.refuted else entry.result.decisive.reason)
