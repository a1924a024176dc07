"""The command `write`: makes formulas for docstrings from code."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qedoc.cli import flags
from qedoc.cli.files import diff, rewritten
from qedoc.cli.run import guarded, print_errors
from qedoc.config.options import settled
from qedoc.errors import QedocError
from qedoc.results.verdict import Verdict

if TYPE_CHECKING:
    from qedoc.repair.source import Replacement
    from qedoc.results.written import Written

TIMEOUT = 120.0
"""Seconds for the block of one function."""


@click.command()
@click.argument("targets", metavar="TARGET...", nargs=-1, required=True)
@click.option("--write", "into", is_flag=True, help="Put the blocks into the docstrings. Only proved ones are written.")
@click.option("--tested", is_flag=True, help="With --write, include blocks that are tested and not proved.")
@flags.JOBS
@click.option(
    "--timeout", type=click.FloatRange(min=1), default=TIMEOUT, show_default=True, metavar="SECONDS", help="Time limit per TARGET."
)
def write(targets: tuple[str, ...], *, into: bool, tested: bool, jobs: int | None, timeout: float) -> None:
    """Make formulas for docstrings from code.

    TARGETs are dotted names of functions. For each one, qedoc lifts the formula that the code computes, and writes it as a block for the
    docstring: LaTeX, a legend, and the conditions under which it holds. A block is printed only if qedoc reads it back and proves it, or
    tests it; standard error says which. Exit codes: 0 if each TARGET has its block, 1 if a block is not written, 2 if something cannot run.
    """
    from qedoc.engine.writing import write as made_by

    settings = guarded(settled, jobs=jobs, timeout=timeout, max_points=None, seed=None)
    found, errors = guarded(made_by, targets, timeout, settings.jobs)
    for made in found:
        click.echo(f"{made.target}: {made.verdict}: {made.reason}", err=True)
        if made.warning:
            click.echo(f"{made.target}: the rest of the docstring leaves the block in doubt: {made.warning}", err=True)
    left, more = _insert(found, tested=tested) if into else (_print(found), [])
    print_errors((*errors, *more))
    sys.exit(2 if errors or more else 1 if left else 0)


def _print(found: "list[Written]") -> int:
    for place, made in enumerate(found):
        heading = f"{made.target}\n\n" if len(found) > 1 else ""
        click.echo(("\n" if place else "") + heading + made.text)
    return 0


def _insert(found: "list[Written]", *, tested: bool) -> tuple[int, list[QedocError]]:
    """Puts blocks into their files, and prints the changes. Returns the number of blocks that are left out, and the errors."""
    from qedoc.repair import source
    from qedoc.repair.inserted import insertion

    left, errors = 0, list[QedocError]()
    texts: dict[str, tuple[str, str]] = {}
    edits: dict[str, list[Replacement]] = {}
    for made in found:
        if why := _left_out(made, tested=tested):
            left += 1
            click.echo(f"{made.target}: {why}", err=True)
            continue
        path = made.place.path
        try:
            texts.setdefault(path, _source(made))
            edits.setdefault(path, []).extend(insertion(texts[path][0], made))
        except QedocError as error:
            errors.append(QedocError(f"{made.target}: {error.message}", error.location))
    for path, changes in edits.items():
        before, encoding = texts[path]
        try:
            after = source.applied(before, changes)
            rewritten(Path(path), before, after, encoding)
            click.echo(diff(path, before, after), nl=False)
        except QedocError as error:
            errors.append(error)
    return left, errors


def _source(made: "Written") -> tuple[str, str]:
    """The text of the file of a function that may get a block, and its encoding."""
    from qedoc.repair import source

    if not made.place.path.endswith(".py"):
        raise QedocError("it has no Python source; put the block in by hand")
    return source.decoded(Path(made.place.path))


def _left_out(made: "Written", *, tested: bool) -> str:
    """Why a block is not written; empty if it is."""
    if made.other:
        return f"the docstring has a formula already, in line {made.other} of {made.place.path}; qedoc fix corrects it if it is wrong"
    if made.warning:
        return "the block is not written, because the rest of the docstring leaves it in doubt"
    if made.verdict is not Verdict.PROVED and not tested:
        return "the block is tested and not proved; --tested includes it"
    return ""
