"""The Sphinx extension: shows formulas and their status from the lock file, without importing jax or sympy."""

from pathlib import Path
from shutil import copyfile
from typing import Any, cast

from docutils.nodes import Node, TextElement, system_message  # `nodes` is a module of this package
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import is_directive_registered, is_role_registered

from qedoc import __version__
from qedoc.config.table import configuration
from qedoc.errors import QedocError
from qedoc.sphinx import lock_reader, verification
from qedoc.sphinx.badges import EXPLAINED, MARKED, WORDS, badge, visit_badge
from qedoc.sphinx.builders import POST_TRANSFORMS, visit_account, visit_change, visit_curve, visit_heading
from qedoc.sphinx.corrections import change
from qedoc.sphinx.details import account, heading
from qedoc.sphinx.directives import FormulaDirective
from qedoc.sphinx.docstring_marks import append_formulas, mark
from qedoc.sphinx.domain import QedocDomain, domain_of
from qedoc.sphinx.nodes import curve, depart_fold, depart_summary, fold, summary, visit_fold, visit_summary
from qedoc.sphinx.verification import When

STYLE = "qedoc.css"

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the domain, the nodes and the handlers with Sphinx."""
    app.add_config_value("qedoc_verify", "stale", "", [str])
    app.add_config_value("qedoc_projects", ["."], "env", [list, tuple])
    app.add_config_value("qedoc_autodoc_formulas", False, "env", [bool])
    app.add_config_value("qedoc_marks", list(MARKED), "env", [list, tuple])
    app.add_config_value("qedoc_help", EXPLAINED, "html", [str])
    app.add_domain(QedocDomain)
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_node(badge, html=(visit_badge, None))
    app.add_node(heading, html=(visit_heading, None))
    app.add_node(account, html=(visit_account, None))
    app.add_node(change, html=(visit_change, None))
    app.add_node(curve, html=(visit_curve, None))
    for transform in POST_TRANSFORMS:
        app.add_post_transform(transform)
    app.connect("config-inited", _register_short_names)
    app.connect("builder-inited", _read_library)
    app.connect("env-get-outdated", _outdated)
    app.connect("doctree-read", mark)
    app.connect("builder-inited", _add_style)
    app.connect("missing-reference", _unlinked)
    app.connect("env-check-consistency", _check_help)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def _register_short_names(app: Sphinx, config: Config) -> None:
    """Registers the short names of directive and role unless another extension has them, and connects to autodoc if configured."""
    unknown = [name for name in config.qedoc_marks if name not in WORDS]
    if unknown:
        raise ExtensionError(f"qedoc_marks: expected some of {', '.join(map(str, WORDS))}, found {', '.join(map(repr, unknown))}")
    if not is_directive_registered("formula"):
        app.add_directive("formula", FormulaDirective)
    if not is_role_registered("formula"):
        app.add_role("formula", _formula_role)
    if config.qedoc_autodoc_formulas:
        app.setup_extension("sphinx.ext.autodoc")
        app.connect("autodoc-process-docstring", append_formulas)


def _formula_role(name: str, *args: Any, **keywords: Any) -> tuple[list[Node], list[system_message]]:
    return cast("Any", QedocDomain.roles["formula"])("qedoc:formula", *args, **keywords)  # type: ignore[no-any-return]  # roles are untyped


def _read_library(app: Sphinx) -> None:
    """Runs `qedoc check` where needed, in other processes, and reads the lock files."""
    try:
        when = When(app.config.qedoc_verify)
    except ValueError:
        names = ", ".join(map(repr, map(str, When)))
        raise ExtensionError(f"qedoc_verify: expected one of {names}, found {app.config.qedoc_verify!r}") from None
    folders = [Path(app.confdir, folder) for folder in app.config.qedoc_projects]
    domain = domain_of(app.env)
    try:
        domain.roots = {name: configuration(folder).root for name, folder in zip(app.config.qedoc_projects, folders, strict=True)}
        domain.library = lock_reader.read(folders)
        wanted = [project for project in domain.library.projects if verification.is_wanted(when, project)]
        for project in wanted:
            logger.info("qedoc check in %s (%s)", project.config.root, project.stale or "verifying everything")
            written, told = verification.verify(project, when)
            logger.info("%s", told)
            if written:
                logger.info("qedoc check has written %s; commit it", project.config.root / project.config.lock)
        if wanted:
            domain.library = lock_reader.read(folders)
    except QedocError as error:
        logger.warning("%s", error, type="qedoc", subtype="verify")


def _check_help(app: Sphinx, env: BuildEnvironment) -> None:
    """Warns if the page that marks lead to is none of this project."""
    page = app.config.qedoc_help.partition("#")[0]
    if page and "://" not in page and page not in env.found_docs:
        message = "qedoc_help: expected the address of a page (https://...) or the name of a page of this project, found %r"
        logger.warning(message, app.config.qedoc_help, type="qedoc", subtype="help")


def _outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    return domain_of(env).outdated()


def _unlinked(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: TextElement) -> TextElement | None:
    """Shows a formula of a summary table as plain text if no page describes it."""
    return content if node.get("qedoc-optional") else None


def _add_style(app: Sphinx) -> None:
    """Copies the style sheet into the build. An entry in html_static_path would depend on where qedoc is installed."""
    if app.builder.format == "html":
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        copyfile(Path(__file__).parent / "static" / STYLE, folder / STYLE)
        app.add_css_file(STYLE)
