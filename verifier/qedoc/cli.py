"""The command line: reads arguments, runs the engine, writes reports, and ends with the exit code of the contract."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from qedoc import __version__
from qedoc.config import Config, configuration
from qedoc.errors import QedocError
from qedoc.limits import Limits
from qedoc.lock.store import replace as write_whole
from qedoc.outcome import Event, Outcome
from qedoc.sources.specfiles import SpecFile, find

_JOBS = "Worker processes [default: usable cores, at most 8]."
_FILE: Any = click.Path(path_type=Path)

T = TypeVar("T")


class _Refused(click.ClickException):
    """A QedocError on its way out of a command."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"error: {self.message}", file=file, err=file is None)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="qedoc", message="%(prog)s %(version)s")
def main() -> None:
    """Prove or refute documented formulas against the JAX code that they describe.

    Claims are written in spec files, which are looked for in spec/. Exit codes: 0 all claims hold, 1 one is
    refuted (with --strict: or has no answer), 2 something cannot be run, 130 interrupted.
    """
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(number: int, frame: object) -> None:
    raise KeyboardInterrupt(number)


def _limits(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help=_JOBS),
        click.option("--timeout", type=float, metavar="SECONDS", help="Time limit of each case [default: 60]."),
        click.option("--max-points", type=int, metavar="N", help="Most points of each claim [default: 1000]."),
        click.option("--seed", type=int, metavar="N", help="Where random points start [default: 0]."),
        click.option("--quiet", is_flag=True, help="No progress; errors are still shown."),
        click.option("--output", type=_FILE, metavar="FILE", help="Write the report to FILE instead of standard output."),
        click.option("--no-lock", is_flag=True, help="Verify everything, and neither read nor write the lock file."),
        click.option("--all", "again", is_flag=True, help="Verify also what has not changed since the lock file was written."),
        click.option("--locked", is_flag=True, help="Verify and write nothing; fail if anything in the lock file is stale or missing."),
    ):
        function = option(function)
    return function


def _format(*styles: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option("--format", "style", type=click.Choice(styles), default=styles[0], show_default=True, help="Form of the report.")


@main.command()
@click.argument("what", metavar="[PATH|TARGET]...", nargs=-1)
@_format("concise", "full", "json")
@click.option("--strict", is_flag=True, help="A claim or property without an answer fails.")
@click.option("--plot", type=_FILE, metavar="FILE", help="Draw the claims of one target (.svg, .png or .pdf).")
@_limits
def check(what: tuple[str, ...], style: str, strict: bool, plot: Path | None, **options: Any) -> None:
    """Check claims.

    PATHs are spec files or folders of them [default: spec/]; with TARGETs (dotted names, or ids of claims),
    only their claims are checked. What has not changed since the lock file (qedoc.lock) was written is not
    verified again.
    """
    _report(what, style=style, strict=strict, plot=plot, **options)


@main.command()
@click.argument("target")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@_format("full", "json")
@_limits
def show(target: str, paths: tuple[str, ...], style: str, **options: Any) -> None:
    """Show all that is known of TARGET: its claims, symbols, code formula, verdict and evidence.

    PATHs are spec files or folders of them [default: spec/].
    """
    _report((target, *paths), style=style, strict=False, plot=None, **options)


@main.command()
@click.argument("target")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@_format("concise", "json")
@click.option("--timeout", type=float, default=60.0, show_default=True, metavar="SECONDS", help="Time limit.")
def lift(target: str, paths: tuple[str, ...], style: str, timeout: float) -> None:
    """Print the formula that TARGET's code computes, as LaTeX and SymPy.

    If specs of TARGET are found in the PATHs [default: spec/, if there is one], their symbols are used, one
    formula for each; otherwise the target's own parameters.
    """
    from qedoc import engine  # `--version` and `--help` need no processes
    from qedoc.report import machine

    limits = _guarded(Limits, timeout=timeout)
    config = _guarded(configuration, Path.cwd())
    known = paths or any((config.root / path).exists() for path in config.specs)
    files, missing = _files(paths, config) if known else ([], [])
    found, errors = engine.lift(target, files, limits)
    if style == "json":
        code = [{"id": name, "code": machine.formula(formula)} for name, formula in found]
        click.echo(machine.dump({"schema": machine.SCHEMA, "qedoc": __version__, "target": target, "lifted": code}), nl=False)
    elif found:
        click.echo("\n\n".join(f"{name}\n\nlatex  {formula.latex}\nsympy  {formula.sympy}" for name, formula in found))
    errors = (*missing, *errors)
    _complain(errors)
    sys.exit(2 if errors else 0)


def _report(
    what: Sequence[str],
    *,
    style: str,
    strict: bool,
    plot: Path | None,
    output: Path | None,
    quiet: bool,
    **options: Any,
) -> None:
    from qedoc.recheck import recheck
    from qedoc.settings import settled

    settings = _guarded(settled, strict=strict, **options)
    for file in (output, plot):
        _guarded(_writable, file)
    if plot:
        from qedoc.report.plot import check_file

        _guarded(check_file, plot)
    files, missing = _files([name for name in what if _is_path(name)], settings.config)
    wanted = [name for name in what if not _is_path(name)]
    with _progress(shown=not quiet) as notify:
        outcome = _guarded(
            recheck,
            files,
            lock=settings.lock,
            mode=settings.mode,
            wanted=wanted,
            limits=settings.limits,
            jobs=settings.jobs,
            curves=plot is not None,
            notify=notify,
        )
    outcome = replace(outcome, errors=(*missing, *outcome.errors))
    _deliver(outcome, style, output)
    if plot and outcome.curves:
        _draw(outcome, plot)
    _complain(outcome.errors)
    sys.exit(outcome.exit_code(strict=settings.strict))


def _progress(*, shown: bool) -> AbstractContextManager[Callable[[Event], None]]:
    """What the engine notifies; only a terminal is worth the import."""
    if not (shown and sys.stderr.isatty()):
        return nullcontext(lambda _: None)
    from rich.console import Console

    from qedoc.report.progress import progress

    return progress(Console(stderr=True), shown=True)


def _is_path(name: str) -> bool:
    return os.sep in name or name.endswith(".py") or Path(name).exists()


def _files(paths: Sequence[str], config: Config) -> tuple[list[SpecFile], list[QedocError]]:
    """The spec files named, or those of the project; nothing at all to read ends the program."""
    from qedoc.settings import spec_paths

    paths = paths or spec_paths(config)
    if not config.found and paths == ["spec"] and not Path("spec").is_dir():
        raise _Refused("no folder spec/ here; run qedoc in the folder that has it, or name spec files")
    files, errors = find(paths)
    if not files:
        _complain(errors)
        sys.exit(2)
    return files, errors


def _guarded(function: Callable[..., T], *args: Any, **keywords: Any) -> T:
    try:
        return function(*args, **keywords)
    except QedocError as error:
        raise _Refused(str(error)) from None


def _complain(errors: Sequence[QedocError]) -> None:
    for error in errors:
        click.echo(f"error: {error}", err=True)


def _deliver(outcome: Outcome, style: str, output: Path | None) -> None:
    """Writes the report to standard output, or to a file."""
    if output is None:
        _render(outcome, style, sys.stdout)
    else:
        text = StringIO()
        _render(outcome, style, text)
        write_whole(output, text.getvalue().encode())
    if outcome.stopped and style == "json":
        click.echo(f"interrupted: {len(outcome.claims)} of {outcome.planned} claims finished", err=True)


def _render(outcome: Outcome, style: str, file: IO[str]) -> None:
    from qedoc.report import machine, terminal
    from qedoc.report.layout import Plain

    if style == "json":
        file.write(machine.dump(machine.document(outcome)))
        return
    if isinstance(file, TextIOWrapper):
        file.reconfigure(errors="backslashreplace")  # a formula may hold signs that an old terminal lacks
    write = terminal.full if style == "full" else terminal.concise
    if not file.isatty() and not os.environ.get("FORCE_COLOR"):
        write(outcome, Plain(file))
        return
    from rich.console import Console

    write(outcome, Console(file=file, highlight=False, markup=False, emoji=False))


def _draw(outcome: Outcome, file: Path) -> None:
    from qedoc.report.plot import draw

    write_whole(file, draw(outcome.curves, file))


def _writable(file: Path | None) -> None:
    if file is None:
        return
    if file.is_dir() or not file.parent.is_dir():
        raise QedocError(f"{file}: expected the path of a file in a folder that exists")
