"""The project commands: `rule`, `baseline`, `badge`, `schema`, `cache` and `completion`."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from qedoc.cli import flags
from qedoc.errors import QedocError

_FILE: Any = click.Path(path_type=Path, dir_okay=False)


def refuse(message: str) -> None:
    """Prints an error and exits with code 2."""
    click.echo(f"error: {message}", err=True)
    sys.exit(2)


def complete_target(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[Any]:
    """Completes targets and claim ids from the lock file; otherwise paths."""
    from click.shell_completion import CompletionItem

    from qedoc.config.table import configuration
    from qedoc.lock.store import load

    try:
        config = configuration(Path.cwd())
        claims = load(config.root / config.lock).claims
    except QedocError:  # completion must not print errors
        return []
    names = sorted({*claims, *(id_.partition("#")[0] for id_ in claims)})
    found = [CompletionItem(name) for name in names if name.startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="file")]


def complete_code(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Completes finding codes."""
    from qedoc.results.codes import CODES

    return [known.code for known in CODES if known.code.startswith(incomplete.upper())]


@click.command()
@click.argument("code", required=False, shell_complete=complete_code)
def rule(code: str | None) -> None:
    """Explain a finding CODE, or list all codes."""
    from qedoc.results import codes

    if code is None:
        width = max(len(known.title) for known in codes.CODES)
        for known in codes.CODES:
            click.echo(f"{known.code}  {known.level:7}  {known.title:{width}}".rstrip())
        return
    try:
        click.echo(explained(codes.named(code)))
    except QedocError as error:
        refuse(str(error))


def explained(code: Any) -> str:
    """Returns the explanation of a code as text for a terminal."""
    import textwrap

    consequence = {"error": "fails the run", "warning": "fails the run with --strict", "note": "never fails a run"}[code.level]
    return "\n".join(
        [
            f"{code.code} {code.name} ({code.level}: {consequence})",
            f"{code.title[0].upper()}{code.title[1:]}.",
            "",
            *textwrap.wrap(code.explanation, 88),
            "",
            "Example:",
            f"  {code.example}",
            "",
            *textwrap.wrap(code.advice, 88),
        ]
    )


@click.command()
def schema() -> None:
    """Print the JSON Schema of the JSON report."""
    from qedoc.report.json_report import schema_text

    click.echo(schema_text(), nl=False)


@click.command()
@click.argument("what", metavar="[PATH|TARGET]...", nargs=-1)
@click.option(
    "--reason",
    metavar="TEXT",
    help="Reason for accepting new findings; without new ones, or with targets, the new reason of the accepted ones.",
)
@flags.JOBS
@click.option("-q", "--quiet", is_flag=True, help="Print neither progress nor the summary.")
def baseline(what: tuple[str, ...], reason: str | None, jobs: int | None, quiet: bool) -> None:
    """Accept the current findings.

    Writes the errors and warnings to the baseline file (qedoc-baseline.json), each with a reason, and removes
    entries that no longer occur. Afterwards `qedoc check` fails only on new findings.
    """
    from qedoc.cli.run import checked
    from qedoc.report import baseline as accepted
    from qedoc.report.findings import notices, reported
    from qedoc.report.suppressions import silenced

    outcome, settings = checked(what, shown=not quiet, jobs=jobs, timeout=None, max_points=None, seed=None)
    path = settings.config.root / settings.config.baseline
    found = reported(silenced(notices(outcome), outcome.claims)[0], settings.select, settings.ignore)
    if outcome.errors or outcome.stopped:
        for error in outcome.errors:
            click.echo(f"error: {error}", err=True)
        sys.exit(outcome.exit_code())
    try:
        before = accepted.load(path)
        seen = {claim.id for claim in outcome.claims} | (set() if what else {entry.claim for entry in before})
        known = {entry.key for entry in before}
        kept = accepted.accept(found, before, seen, reason or accepted.DEFAULT_REASON)
        new = sum(entry.key not in known for entry in kept)
        if reason and (what or not new):  # otherwise it is the reason of the new ones only
            kept = accepted.accept(found, before, seen, reason, instead=reason)
        accepted.save(path, kept)
    except QedocError as error:
        refuse(str(error))
    if not quiet:
        removed = sum(entry.key not in {one.key for one in kept} for entry in before)
        reasons = {entry.key: entry.reason for entry in before}
        changed = sum(reasons.get(entry.key, entry.reason) != entry.reason for entry in kept)
        told = [f"{new} new"] if new and before else []
        told += [f"reason of {changed} changed"] if changed else []
        kept_reasons = sum(entry.key in reasons and reasons[entry.key] != reason for entry in kept)
        told += [f"reason of {kept_reasons} kept; name targets to change it"] if reason and new and not what and kept_reasons else []
        click.echo(f"{path.name}: {len(kept)} accepted, {removed} removed" + (f" ({', '.join(told)})" if told else ""))


@click.command()
@click.option("--output", type=_FILE, metavar="FILE", help="Write to FILE instead of standard output.")
def badge(output: Path | None) -> None:
    """Print a badge for shields.io.

    The badge is JSON in the endpoint format of shields.io. It shows the results in the lock file; nothing is verified.
    """
    from qedoc.cli.run import checked
    from qedoc.lock.store import replace
    from qedoc.report.badge import shield

    outcome, _ = checked((), shown=False, jobs=None, timeout=None, max_points=None, seed=None, locked=True)
    text = json.dumps(shield(outcome), indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        replace(output, text.encode())


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for SHELL.

    The script completes commands, options and targets.
    """
    from click.shell_completion import get_completion_class

    main = click.get_current_context().find_root().command
    made = get_completion_class(shell)
    assert made is not None  # click supports all three shells
    click.echo(made(main, {}, "qedoc", "_QEDOC_COMPLETE").source())


@click.command()
@click.option("--clear", is_flag=True, help="Delete the cache.")
def cache(*, clear: bool) -> None:
    """Show or delete the cache.

    The cache holds compiled code, so that later runs start faster. It contains no results: these are in the lock file.
    """
    import shutil

    from qedoc.engine.environment import cache_folder

    folder = cache_folder()
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = f"{sum(path.stat().st_size for path in files) / 2**20:.1f} MiB in {len(files)} file{'' if len(files) == 1 else 's'}"
    if not clear:
        click.echo(f"{folder}: {size}; delete it with: qedoc cache --clear" if files else f"{folder}: empty")
        return
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        refuse(f"{error.filename or folder}: cannot be deleted: {error.strerror}")
    click.echo(f"{folder}: deleted {size}")


COMMANDS = (rule, baseline, badge, schema, cache, completion)
