"""The command line: reads arguments, runs the engine, writes reports, and ends with the exit code of the contract."""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from qedoc import __version__
from qedoc.errors import QedocError
from qedoc.limits import Limits
from qedoc.outcome import Outcome
from qedoc.sources.specfiles import SpecFile, find

DEFAULT = "spec"
_MOST_JOBS = 8
_JOBS = f"Worker processes [default: usable cores, at most {_MOST_JOBS}]."
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


def _jobs() -> int:
    return min(len(os.sched_getaffinity(0)), _MOST_JOBS)


def _limits(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N", help=_JOBS),
        click.option("--timeout", type=float, default=60.0, show_default=True, metavar="SECONDS", help="Time limit of each case."),
        click.option("--max-points", type=int, default=1000, show_default=True, metavar="N", help="Most points of each case."),
        click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Where random points start."),
        click.option("--quiet", is_flag=True, help="No progress; errors are still shown."),
        click.option("--output", type=_FILE, metavar="FILE", help="Write the report to FILE instead of standard output."),
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
    only their claims are checked.
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
    files, missing = _files(paths) if paths or Path(DEFAULT).is_dir() else ([], [])
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
    seed: int,
    max_points: int,
    timeout: float,
    jobs: int | None,
) -> None:
    from rich.console import Console  # `--version` and `--help` do without

    from qedoc import engine
    from qedoc.report.progress import progress

    limits = _guarded(Limits, seed=seed, max_points=max_points, timeout=timeout)
    for file in (output, plot):
        _guarded(_writable, file)
    if plot:
        from qedoc.report.plot import check_file

        _guarded(check_file, plot)
    files, missing = _files([name for name in what if _is_path(name)])
    with progress(Console(stderr=True), shown=not quiet) as notify:
        wanted = [name for name in what if not _is_path(name)]
        outcome = engine.verify(files, wanted=wanted, limits=limits, jobs=jobs or _jobs(), curves=plot is not None, notify=notify)
    outcome = replace(outcome, errors=(*missing, *outcome.errors))
    _deliver(outcome, style, output)
    if plot and outcome.curves:
        _draw(outcome, plot)
    _complain(outcome.errors)
    sys.exit(outcome.exit_code(strict=strict))


def _is_path(name: str) -> bool:
    return os.sep in name or name.endswith(".py") or Path(name).exists()


def _files(paths: Sequence[str]) -> tuple[list[SpecFile], list[QedocError]]:
    """The spec files named, or those of the default folder; nothing at all to read ends the program."""
    if not paths and not Path(DEFAULT).is_dir():
        raise _Refused(f"no folder {DEFAULT}/ here; run qedoc in the folder that has it, or name spec files")
    files, errors = find(paths or [DEFAULT])
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
        _replace(output, text.getvalue().encode())
    if outcome.stopped and style == "json":
        click.echo(f"interrupted: {len(outcome.claims)} of {outcome.planned} claims finished", err=True)


def _render(outcome: Outcome, style: str, file: IO[str]) -> None:
    from rich.console import Console

    from qedoc.report import machine, terminal

    if style == "json":
        file.write(machine.dump(machine.document(outcome)))
        return
    if isinstance(file, TextIOWrapper):
        file.reconfigure(errors="backslashreplace")  # a formula may hold signs that an old terminal lacks
    write = terminal.full if style == "full" else terminal.concise
    write(outcome, Console(file=file, highlight=False, markup=False, emoji=False))


def _draw(outcome: Outcome, file: Path) -> None:
    from qedoc.report.plot import draw

    _replace(file, draw(outcome.curves, file))


def _writable(file: Path | None) -> None:
    if file is None:
        return
    if file.is_dir() or not file.parent.is_dir():
        raise QedocError(f"{file}: expected the path of a file in a folder that exists")


def _replace(file: Path, content: bytes) -> None:
    """Writes a file whole or not at all."""
    mask = os.umask(0)
    os.umask(mask)
    handle, made = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
        Path(made).chmod(0o666 & ~mask)
        Path(made).replace(file)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
