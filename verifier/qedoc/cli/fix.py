"""The command `fix`: corrects wrong formulas in docstrings, pages and spec files."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from qedoc.cli import flags
from qedoc.cli.files import diff, rewritten
from qedoc.cli.run import audited, guarded, is_path, print_errors, print_warnings, run
from qedoc.config.options import AUDIT_POINTS, AUDIT_TIMEOUT, Settings, settled
from qedoc.errors import QedocError
from qedoc.results.verdict import ClaimResult, Verdict

if TYPE_CHECKING:
    from qedoc.repair.source import Replacement
    from qedoc.results.verdict import Correction

    Found: TypeAlias = tuple[ClaimResult, Correction | None, Replacement | None]

REPAIR_TIMEOUT = 20.0
"""Seconds for the search of a correction."""


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--write", is_flag=True, help="Write the corrections into the files. Only proved ones are written.")
@click.option("--tested", is_flag=True, help="Include corrections that are tested and not proved.")
@click.option("--domain", is_flag=True, help="Where a formula holds in a part of its domain, add the condition instead of an edit.")
@click.option(
    "--repair-timeout",
    type=click.FloatRange(min=0.1),
    default=REPAIR_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="Time limit for the correction of one formula.",
)
@flags.JOBS
@click.option("--timeout", type=float, metavar="SECONDS", help=f"Time limit per case [default: {AUDIT_TIMEOUT}].")
@flags.QUIET
def fix(
    names: tuple[str, ...],
    *,
    write: bool,
    tested: bool,
    domain: bool,
    repair_timeout: float,
    jobs: int | None,
    timeout: float | None,
    quiet: bool,
) -> None:
    """Correct wrong formulas in docstrings, pages and spec files.

    NAMEs are dotted paths of packages, modules or objects, pages, or spec files (.py). For each refuted formula, qedoc looks for a small
    edit of its LaTeX, or of the SymPy source of a spec, that it can prove. The edits are printed as a unified diff. For a formula with
    symbols that nothing explains, the diff has a sentence to fill in, which --write leaves out. Exit codes: 0 if nothing is wrong or
    --write has corrected everything, 1 if a formula is wrong, 2 if something cannot run.
    """
    settings = guarded(settled, jobs=jobs, timeout=timeout, max_points=AUDIT_POINTS, seed=None, no_lock=True)
    specs = [name for name in names if name.endswith(".py") and is_path(name)]
    others = [name for name in names if name not in specs]
    outcomes = [run(specs, settings, curves=None, shown=not quiet)] if specs else []
    ruled = [claim for outcome in outcomes for claim in outcome.claims if claim.verdict is Verdict.REFUTED]
    outcomes += [audited(others, settings, shown=not quiet)] if others else []
    refuted = [claim for outcome in outcomes for claim in outcome.claims if claim.verdict is Verdict.REFUTED and claim not in ruled]
    made, errors = _corrected(refuted, ruled, settings, repair_timeout, domain=domain)
    left = _deliver(made, write=write, tested=tested)
    for outcome in outcomes:
        _ask(outcome.claims)
    for outcome in outcomes:
        print_warnings(outcome.remarks)
    errors = (*(error for outcome in outcomes for error in outcome.errors), *errors)
    print_errors(errors)
    sys.exit(2 if errors else 1 if left else 0)


def _corrected(
    refuted: list[ClaimResult], specs: list[ClaimResult], settings: Settings, seconds: float, *, domain: bool
) -> "tuple[list[Found], tuple[QedocError, ...]]":
    """Returns each claim with its correction, and the part of the file to replace for that of a spec; and the errors."""
    from qedoc.engine.repairs import search, search_specs

    found: list[Found] = []
    errors: list[QedocError] = []
    if refuted:
        made, wrong = guarded(search, refuted, seconds, settings.jobs, domain=domain)
        found += [(claim, correction, None) for claim, correction in made]
        errors += wrong
    if specs:
        pairs, wrong = guarded(search_specs, specs, seconds, settings.jobs)
        found += [(claim, *(pair or (None, None))) for claim, pair in pairs]
        errors += wrong
    return found, tuple(errors)


def _deliver(made: "list[Found]", *, write: bool, tested: bool) -> int:
    """Prints or writes the corrections. Returns the number of formulas that remain wrong."""
    from qedoc.repair import source

    left = 0
    texts: dict[str, tuple[str, str]] = {}
    edits: dict[str, list[Replacement]] = {}
    for claim, correction, part in made:
        if correction is None or (correction.verdict is not Verdict.PROVED and not tested):
            left += 1
            why = _none_found(claim) if correction is None else "a correction is tested and not proved; --tested includes it"
            click.echo(f"{claim.location}: {claim.id}: {why}", err=True)
            continue
        path = claim.location.path
        try:
            texts.setdefault(path, source.decoded(Path(path)))
            text = texts[path][0]
            edits.setdefault(path, []).extend(
                [part] if part is not None else source.replacements(text, claim.location, claim.formula.latex, correction.latex)
            )
            click.echo(f"{claim.location}: {claim.id}: {correction.verdict}: {_one_line(correction.latex)}", err=True)
        except QedocError as error:
            left += 1
            click.echo(f"{error.location or claim.location}: {claim.id}: {error.message}\n  write {_one_line(correction.latex)}", err=True)
    for path, changes in edits.items():
        before, encoding = texts[path]
        after = guarded(source.applied, before, changes)
        if write:
            guarded(rewritten, Path(path), before, after, encoding)
        else:
            left += 1
        click.echo(diff(path, before, after), nl=False)
    return left


def _ask(claims: Sequence[ClaimResult]) -> None:
    """Prints a diff for each formula with symbols that nothing explains, with a sentence for the author to fill in."""
    from qedoc.repair import source
    from qedoc.repair.legends import with_legend
    from qedoc.results.legend import requested

    for claim in claims:
        letters = requested(claim.decisive.reason) if claim.verdict is Verdict.UNREADABLE else ()
        if not letters:
            continue
        path = claim.location.path
        try:
            before = source.decoded(Path(path))[0]
        except QedocError:
            continue
        after = with_legend(before, claim.location, claim.formula.latex, letters)
        click.echo(f"{claim.location}: {claim.id}: nothing explains {', '.join(letters)}; fill in the sentence below the formula", err=True)
        if after is not None:
            click.echo(diff(path, before, after), nl=False)


def _none_found(claim: ClaimResult) -> str:
    code = claim.decisive.code
    return "no correction was found" + (f"; the code computes {_one_line(code.latex)}" if code is not None else "")


def _one_line(latex: str) -> str:
    return " ".join(latex.split())
