"""The command `fix`: corrects wrong formulas in docstrings."""

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qedoc.cli.run import audited, guarded, print_errors, print_warnings
from qedoc.config.options import AUDIT_POINTS, AUDIT_TIMEOUT, Settings, settled
from qedoc.errors import QedocError
from qedoc.lock.store import replace as write_whole
from qedoc.results.verdict import ClaimResult, Verdict

if TYPE_CHECKING:
    from qedoc.repair.source import Replacement
    from qedoc.results.verdict import Correction

REPAIR_TIMEOUT = 20.0
"""Seconds for the search of a correction."""


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--write", is_flag=True, help="Write the corrections into the files. Only proved ones are written.")
@click.option("--tested", is_flag=True, help="Include corrections that are tested and not proved.")
@click.option(
    "--repair-timeout",
    type=click.FloatRange(min=0.1),
    default=REPAIR_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="Time limit for the correction of one formula.",
)
@click.option(
    "-j", "--jobs", type=click.IntRange(min=1), metavar="N", help="Number of worker processes [default: usable cores, at most 8]."
)
@click.option("--timeout", type=float, metavar="SECONDS", help=f"Time limit per case [default: {AUDIT_TIMEOUT}].")
@click.option("--quiet", is_flag=True, help="Hide the progress bar; errors are still shown.")
def fix(
    names: tuple[str, ...], *, write: bool, tested: bool, repair_timeout: float, jobs: int | None, timeout: float | None, quiet: bool
) -> None:
    """Correct wrong formulas in docstrings.

    NAMEs are dotted paths of packages, modules or objects. For each refuted formula, qedoc looks for a small edit of its LaTeX that it can
    prove. The edits are printed as a unified diff. Exit codes: 0 if nothing is wrong or --write has corrected everything, 1 if a formula is
    wrong, 2 if something cannot run.
    """
    settings = guarded(settled, jobs=jobs, timeout=timeout, max_points=AUDIT_POINTS, seed=None)
    outcome = audited(names, settings, shown=not quiet)
    refuted = [claim for claim in outcome.claims if claim.verdict is Verdict.REFUTED]
    made, errors = _corrected(refuted, settings, repair_timeout)
    left = _deliver(made, write=write, tested=tested)
    print_warnings(outcome.remarks)
    print_errors((*outcome.errors, *errors))
    sys.exit(2 if outcome.errors or errors else 1 if left else 0)


def _corrected(refuted: list[ClaimResult], settings: Settings, seconds: float) -> Any:
    if not refuted:
        return [], ()
    from qedoc.engine.repairs import search

    return guarded(search, refuted, seconds, settings.jobs)


def _deliver(made: "list[tuple[ClaimResult, Correction | None]]", *, write: bool, tested: bool) -> int:
    """Prints or writes the corrections. Returns the number of formulas that remain wrong."""
    from qedoc.repair import source

    left = 0
    texts: dict[str, tuple[str, str]] = {}
    edits: dict[str, list[Replacement]] = {}
    for claim, correction in made:
        if correction is None or (correction.verdict is not Verdict.PROVED and not tested):
            left += 1
            why = _none_found(claim) if correction is None else "a correction is tested and not proved; --tested includes it"
            click.echo(f"{claim.location}: {claim.id}: {why}", err=True)
            continue
        path = claim.location.path
        try:
            texts.setdefault(path, source.decoded(Path(path)))
            edits.setdefault(path, []).extend(source.replacements(texts[path][0], claim.location, claim.formula.latex, correction.latex))
            click.echo(f"{claim.location}: {claim.id}: {correction.verdict}: {_one_line(correction.latex)}", err=True)
        except QedocError as error:
            left += 1
            click.echo(f"{error.location or claim.location}: {claim.id}: {error.message}\n  write {_one_line(correction.latex)}", err=True)
    for path, changes in edits.items():
        before, encoding = texts[path]
        after = guarded(source.applied, before, changes)
        if write:
            guarded(_written, Path(path), before, after, encoding)
        else:
            left += 1
        click.echo("".join(_diff(path, before, after)), nl=False)
    return left


def _none_found(claim: ClaimResult) -> str:
    code = claim.decisive.code
    return "no correction was found" + (f"; the code computes {_one_line(code.latex)}" if code is not None else "")


def _one_line(latex: str) -> str:
    return " ".join(latex.split())


def _diff(path: str, before: str, after: str) -> list[str]:
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    return [
        line if line.endswith("\n") else f"{line}\n"
        for line in difflib.unified_diff(old, new, f"a/{path.lstrip('/')}", f"b/{path.lstrip('/')}")
    ]


def _written(file: Path, before: str, after: str, encoding: str) -> None:
    """Writes a file whole, if it still is as it was read."""
    if file.read_bytes() != before.encode(encoding):
        raise QedocError(f"{file} has changed since it was read; run qedoc fix again")
    if file.suffix == ".py":
        compile(after, str(file), "exec")
    try:
        write_whole(file, after.encode(encoding))
    except OSError as error:
        raise QedocError(f"{file} cannot be written: {error.strerror}") from error
