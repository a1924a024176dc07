"""The HTML report of the commands `check` and `audit`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qedoc.report.formats import Report


def check_pages(output: Path | None) -> None:
    """Checks, before anything is computed, that an HTML report can be written.

    Args:
        output: the value of --output.

    Raises:
        QedocError: if a library is missing, or the report may not be written there.
    """
    from qedoc.report.folder import check_folder
    from qedoc.report.html_pages import check_installed

    check_installed()
    check_folder(output)


def write_pages(made: "Report", root: Path, output: Path, *, quiet: bool) -> None:
    """Writes an HTML report, and says where it is.

    Args:
        made: the report.
        root: the folder of the project, whose LaTeX macros the formulas may use.
        output: the folder of the report.
        quiet: whether to say nothing.

    Raises:
        QedocError: if the folder cannot be written.
    """
    from qedoc.config.macros import project_macros
    from qedoc.report.folder import write_folder
    from qedoc.report.html_pages import counted, pages

    write_folder(output, pages(made, output.resolve(), project_macros(root).given))
    if not quiet:
        click.echo(f"{output / 'index.html'}: {counted(made)}")
