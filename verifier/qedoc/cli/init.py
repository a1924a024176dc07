"""The command `init`: sets up a project, and shows what qedoc finds in its library."""

import sys
from itertools import islice
from pathlib import Path

import click

from qedoc.claims.limits import Limits
from qedoc.cli import flags, scaffold
from qedoc.cli.packages import Package, candidates, packages, richest
from qedoc.cli.run import audited, guarded, run
from qedoc.config.options import AUDIT_TIMEOUT, Settings, settled
from qedoc.lock.dependencies import locate
from qedoc.results import links
from qedoc.results.verdict import Verdict

MOST_MODULES = 3
"""The number of modules that are audited."""

TRIES = 3
"""The number of functions whose formula is lifted until one is simple enough for a first spec."""


@click.command()
@click.option("--no-audit", is_flag=True, help="Write the files only, and run no code of the library.")
@flags.JOBS
@flags.QUIET
@flags.COLOR
def init(*, no_audit: bool, jobs: int | None, quiet: bool, color: str) -> None:
    """Set up a project.

    Adds the table [tool.qedoc] to pyproject.toml, with the packages that it finds in the current folder or in src/, and
    lines to .gitignore. Then it audits a few modules and shows what it found, and writes a first spec, of a function of
    the library. It writes no lock file.
    """
    folder = Path.cwd()
    found = packages(folder)
    for package in found:
        click.echo(_told(package))
    click.echo(guarded(scaffold.table, folder, found))
    if line := guarded(scaffold.ignored, folder):
        click.echo(line)
    absent = [package for package in found if not _is_importable(package)]
    here = [package for package in found if package not in absent]
    settings = guarded(settled, jobs=jobs, timeout=AUDIT_TIMEOUT, max_points=None, seed=None, no_lock=True)
    click.echo(_first_spec(folder, here, settings, shown=not quiet) if not no_audit and here else _example(folder, found))
    for package in absent:
        click.echo(f"{package.name} cannot be imported here; install it (pip install -e .), and run qedoc audit {package.name}")
    names = richest(here, MOST_MODULES)
    if names and not no_audit:
        _show(names, settings, shown=not quiet, color=color)
    following = (
        f"qedoc check, and commit {settings.config.lock}" if any(package.formulas for package in found) or not found else "add formulas"
    )
    click.echo(f"next: {following}; see {links.page('howto/adopt.md')}")


def _told(package: Package) -> str:
    where = "" if package.folder == "." else f" in {package.folder}/"
    modules, formulas = len(package.modules), package.formulas
    return f"found {package.name}{where}: {_many(modules, 'module')}, {_many(formulas, 'display formula')}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _is_importable(package: Package) -> bool:
    if (here := str(Path.cwd())) not in sys.path:  # as in a worker
        sys.path.append(here)
    return locate(package.name) is not None


def _example(folder: Path, found: list[Package]) -> str:
    """Writes the example spec in a folder without a library."""
    file = scaffold.place(folder)
    if file is None:
        return "left spec/ unchanged, because it contains specs"
    if found:
        return f"wrote no spec; how to write one: {links.page('spec-language.md')}"
    guarded(scaffold.write_spec, file, scaffold.SPEC)
    return f"wrote {file.relative_to(folder)}; check it with: qedoc check"


def _first_spec(folder: Path, found: list[Package], settings: Settings, *, shown: bool) -> str:
    """Writes a spec of a function of the library, with the formula that its code computes. A spec that does not hold is not written."""
    from qedoc.engine import schedule

    if scaffold.place(folder) is None:
        return "left spec/ unchanged, because it contains specs"
    for function in islice(candidates(found), TRIES):
        lifted, errors = guarded(schedule.lift, function.target, (), Limits(timeout=AUDIT_TIMEOUT))
        text = scaffold.spec(function, lifted[0][1].sympy) if lifted and not errors else None
        file = scaffold.place(folder, function)
        if text is None or file is None:
            continue
        guarded(scaffold.write_spec, file, text)
        outcome = run([str(file.relative_to(folder))], settings, curves=None, shown=shown)
        if not outcome.errors and [claim.verdict for claim in outcome.claims if claim.verdict.holds]:
            return f"wrote {file.relative_to(folder)}: what {function.target} computes; replace its formula by the one that you document"
        file.unlink()
        if not any(file.parent.iterdir()):
            file.parent.rmdir()
    return f"wrote no spec; how to write one: {links.page('spec-language.md')}"


def _show(names: list[str], settings: Settings, *, shown: bool, color: str) -> None:
    """Audits modules and writes what was found."""
    from qedoc.report.formats import render, report

    outcome = audited(names, settings, shown=shown)
    made = guarded(report, outcome, settings.config, select=settings.select, ignore=settings.ignore, strict=False)
    click.echo(f"\nqedoc audit {' '.join(names)}\n")
    render(made, "concise", sys.stdout, asked=False, color=color)
    for error in outcome.errors:
        click.echo(f"error: {error}", err=True)
    wrong = sum(claim.verdict is Verdict.REFUTED for claim in outcome.claims)
    click.echo(f"\n{_many(wrong, 'formula')} of these modules {'is' if wrong == 1 else 'are'} wrong" if wrong else "")
