"""The main commands: `check`, `audit`, `show` and `lift`."""

import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qedoc import __version__
from qedoc.claims.limits import Limits
from qedoc.cli import editing, flags, project
from qedoc.cli.fix import fix
from qedoc.cli.init import init
from qedoc.cli.merge import merge_lock
from qedoc.cli.pages import check_pages, write_pages
from qedoc.cli.run import answer, audited, given, guarded, print_errors, print_warnings, question, run, spec_files
from qedoc.cli.write import write
from qedoc.config import views
from qedoc.config.options import AUDIT_POINTS, AUDIT_TIMEOUT, Settings, on_cluster, settled, with_failures, with_repair
from qedoc.config.table import configuration
from qedoc.errors import QedocError
from qedoc.lock.store import replace as write_whole
from qedoc.results.outcome import Outcome

if TYPE_CHECKING:
    from qedoc.report.formats import Report

FORMATS = ("concise", "full", "html", "lines", "json", "junit", "github", "markdown", "sarif")
_SCHEDULER = "Run on the Dask cluster with this scheduler (dask://HOST:PORT) instead of this machine."
_FILE: Any = click.Path(path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="qedoc", message="%(prog)s %(version)s")
def main() -> None:
    """Prove or refute documented formulas against the JAX code that they describe.

    Claims are written in spec files, by default in the folder spec/. Exit codes: 0 if all claims hold, 1 if a claim
    is refuted (with --strict, also if it has no answer), 2 if something cannot run, 130 if interrupted.
    """
    signal.signal(signal.SIGTERM, _terminated)


def _terminated(number: int, frame: object) -> None:
    raise KeyboardInterrupt(number)


def _limits(timeout: float = 60, max_points: int = 1000) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options that all runs share."""
    return _options(
        flags.JOBS,
        click.option("--timeout", type=float, metavar="SECONDS", help=f"Time limit per case [default: {timeout}]."),
        click.option("--max-points", type=int, metavar="N", help=f"Maximum number of points per claim [default: {max_points}]."),
        click.option("--seed", type=int, metavar="N", help="Seed for random points [default: 0]."),
        flags.QUIET,
        flags.COLOR,
        click.option(
            "--output",
            type=_FILE,
            metavar="FILE",
            help="Write the report to FILE instead of standard output; a folder for the format html.",
        ),
    )


_repair = click.option(
    "--repair-timeout",
    type=float,
    metavar="SECONDS",
    help="Time limit for the correction of each refuted formula of a docstring, beside --timeout; 0 for no corrections [default: 20].",
)

_cluster = click.option("--scheduler", metavar="ADDRESS", help=_SCHEDULER)

_lock = [
    click.option(
        "--no-lock/--lock",
        default=None,
        help="Verify all claims, and neither read nor write the lock file; --lock writes one even outside of a project.",
    ),
    click.option("--all", "again", is_flag=True, help="Verify all claims, including those that have not changed."),
    click.option("--locked", is_flag=True, help="Verify nothing and write nothing; fail if the lock file is out of date."),
]

_interpret = click.option(
    "--interpret",
    type=click.IntRange(min=1),
    metavar="N",
    help="Check only interpretation N of a formula in a docstring, as `qedoc show --why` numbers them.",
)

_codes = [
    click.option(
        "--select", metavar="CODES", help="Comma-separated finding codes or code prefixes to report, such as QED101,QED3 [default: all]."
    ),
    click.option("--ignore", metavar="CODES", help="Finding codes or code prefixes to leave out of the report and the exit code."),
    flags.STRICT,
    flags.FAIL_ON,
    flags.EXIT_ZERO,
]


def _options(*options: Callable[[Callable[..., None]], Callable[..., None]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def _format(*styles: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option("--format", "style", type=click.Choice(styles), default=styles[0], show_default=True, help="Output format.")


@main.command()
@click.argument("what", metavar="[PATH|TARGET]...", nargs=-1, shell_complete=project.complete_target)
@_format(*FORMATS)
@_options(*_codes)
@click.option("--plot", type=_FILE, metavar="FILE", help="Plot the claims of one target to FILE (.svg, .png, .pdf, or .json for the data).")
@click.option(
    "--at", multiple=True, metavar="NAME=VALUE", help="Plot at this value of an input, such as 'alpha=0, b=[10, 20]'; repeatable."
)
@click.option("--range", "span", default="", metavar="LOW,HIGH", help="Plot this part of the horizontal axis, such as '-4, 4'.")
@click.option("--latex", metavar="FORMULA", help="Check this LaTeX formula against one TARGET instead of a spec.")
@click.option(
    "--bind",
    multiple=True,
    metavar="SYMBOL=PARAMETER",
    help="Bind a symbol of --latex to a parameter; repeatable. By default, symbols are bound as in the docstring.",
)
@click.option("--where", multiple=True, metavar="CONDITIONS", help="Conditions for --latex, such as 'T > 0, 0 <= a <= 1'; repeatable.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PARAMETER=VALUE",
    help="Fix a parameter for --latex to a Python literal or to an object such as jnp.sum; repeatable.",
)
@_interpret
@_limits()
@_repair
@_cluster
@_options(*_lock)
def check(
    what: tuple[str, ...],
    *,
    plot: Path | None,
    at: tuple[str, ...],
    span: str,
    latex: str | None,
    bind: tuple[str, ...],
    where: tuple[str, ...],
    settings: tuple[str, ...],
    **options: Any,
) -> None:
    """Check the claims in spec files.

    PATHs are spec files or folders of spec files [default: spec/]. TARGETs are dotted names or claim ids; if given,
    only their claims are checked. If no spec has a TARGET, the formulas in its docstring are checked, as with
    `qedoc audit`. Claims that have not changed since the lock file (qedoc.lock) was written are not verified again.
    """
    if (at or span) and plot is None:
        raise click.UsageError("--at and --range are about a plot; add --plot FILE")
    view = None if plot is None else guarded(views.view, at, span, "--")
    if latex is not None:
        formula = guarded(question, what, latex, bind, where, settings)
        _report(
            lambda settings, shown: answer(formula, settings, curves=view, shown=shown, pictures=_pictures(options)),
            plot=plot,
            **options,
        )
    elif bind or where or settings:
        raise click.UsageError("--bind, --where and --set require a formula; add --latex FORMULA")
    else:
        _report(
            lambda settings, shown: run(what, settings, curves=view, shown=shown, pictures=_pictures(options)),
            plot=plot,
            **options,
        )


@main.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@_format(*FORMATS)
@_options(*_codes)
@click.option("--verbose", is_flag=True, help="List every formula without an answer, not only the causes with two examples each.")
@_limits(timeout=AUDIT_TIMEOUT, max_points=AUDIT_POINTS)
@_repair
@_cluster
def audit(names: tuple[str, ...], style: str, verbose: bool, **options: Any) -> None:  # click passes it by name
    """Check the formulas in docstrings and on pages.

    NAMEs are dotted paths of packages, modules or objects. Every display formula in the docstrings of their public
    objects gets a verdict. A NAME can also be a claim id, such as 'mylib.loss#2'. It can be a page (.rst, .md, .ipynb)
    or a folder of pages too: a formula there is about the function that the text before it names.
    """
    if verbose and style != "concise":
        raise click.UsageError(f"--verbose is for the format concise; --format {style} has every formula already")
    style = "verbose" if verbose else style
    pictures = _pictures({"style": style})
    _report(
        lambda settings, shown: audited(names, settings, shown=shown, pictures=pictures), style=style, plot=None, no_lock=True, **options
    )


@main.command()
@click.argument("target", shell_complete=project.complete_target)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@_format("full", "json")
@click.option("--why", is_flag=True, help="Show how the text around each formula is understood, and the verdict in each interpretation.")
@_interpret
@_limits()
@_repair
@_options(*_lock)
def show(target: str, paths: tuple[str, ...], style: str, why: bool, **options: Any) -> None:  # click passes it by name
    """Show all details of TARGET.

    The details are its claims, symbols, code formula, verdicts and evidence. PATHs are spec files or folders of spec
    files [default: spec/]. If no spec has the TARGET, the formulas in its docstring are checked, as with `qedoc audit`.
    """
    if why and style == "json":
        raise click.UsageError("--why is a table; --format json has the interpretations too")
    style = "why" if why else style
    what = (target, *paths)
    _report(lambda settings, shown: run(what, settings, curves=None, shown=shown), style=style, strict=False, plot=None, **options)


@main.command()
@click.argument("target")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@_format("concise", "json")
@click.option("--bind", multiple=True, metavar="LETTER=PARAMETER", help="Call a parameter of an optimizer by a letter; repeatable.")
@click.option("--set", "settings", multiple=True, metavar="PARAMETER=VALUE", help="Fix a parameter of an optimizer; repeatable.")
@click.option("--timeout", type=float, default=60.0, show_default=True, metavar="SECONDS", help="Time limit.")
def lift(target: str, paths: tuple[str, ...], style: str, bind: tuple[str, ...], settings: tuple[str, ...], timeout: float) -> None:
    """Print the formula that the code computes.

    The formula of TARGET is printed as LaTeX and as SymPy. If the PATHs [default: spec/, if it exists] contain specs of
    TARGET, there is one formula per spec, in its symbols. Otherwise the formula is in the parameters of TARGET, for points
    at which the code has a value. For an optimizer, and for
    a function that takes and returns a state, it is the rule of a step. Parameters without a number as default keep it, unless --bind or
    --set names them; then specs are ignored.
    """
    from qedoc.engine import schedule  # not needed for `--version` and `--help`
    from qedoc.report import json_report

    limits = guarded(Limits, timeout=timeout)
    config = guarded(configuration, Path.cwd())
    letters, values = guarded(given, bind, settings)
    known = paths or any((config.root / path).exists() for path in config.specs)
    files, missing = spec_files(paths, config) if known else ([], [])
    found, errors = guarded(schedule.lift, target, files, limits, letters, values)
    if style == "json":
        code = [{"id": name, "code": json_report.formula(formula)} for name, formula in found]
        click.echo(json_report.dump({"schema": json_report.SCHEMA, "qedoc": __version__, "target": target, "lifted": code}), nl=False)
    elif found:
        click.echo("\n\n".join(f"{name}\n\nlatex  {formula.latex}\nsympy  {formula.sympy}" for name, formula in found))
    errors = (*missing, *errors)
    print_errors(errors)
    sys.exit(2 if errors else 0)


def _report(
    verify: Callable[[Settings, bool], Outcome],
    *,
    style: str,
    strict: bool,
    plot: Path | None,
    output: Path | None,
    quiet: bool,
    select: str | None = None,
    ignore: str | None = None,
    scheduler: str | None = None,
    interpret: int | None = None,
    **options: Any,
) -> None:
    from qedoc.report.formats import report

    seconds, fail_on, exit_zero, color = (options.pop(name, None) for name in ("repair_timeout", "fail_on", "exit_zero", "color"))
    settings = guarded(with_repair, guarded(settled, strict=strict, select=select, ignore=ignore, **options), seconds)
    settings = guarded(with_failures, settings, fail_on)
    settings = replace(guarded(on_cluster, settings, scheduler, options["jobs"]), interpret=interpret or 0)
    for file in (None if style == "html" else output, plot):
        guarded(_check_path, file)
    if style == "html":
        guarded(check_pages, output)
    if plot:
        from qedoc.report.plot import check_file

        guarded(check_file, plot)
    outcome = verify(settings, not quiet)
    made = guarded(
        report,
        outcome,
        settings.config,
        select=settings.select,
        ignore=settings.ignore,
        strict=settings.strict,
        fail_on=settings.fail_on,
    )
    if style == "html":
        assert output is not None  # check_pages
        guarded(write_pages, made, settings.config.root, output, quiet=quiet)
    else:
        _deliver(made, style, output, asked=bool(settings.select), color=color)
    if plot and outcome.curves:
        _draw(outcome, plot)
    print_warnings(outcome.remarks)
    print_errors(outcome.errors)
    sys.exit(0 if exit_zero and made.exit_code == 1 else made.exit_code)


def _pictures(options: dict[str, Any]) -> bool:
    """Whether the report shows pictures: only that of pages does, if they can be drawn."""
    if options["style"] != "html":
        return False
    from qedoc.report.html_pages import can_draw

    return can_draw()


def _deliver(made: "Report", style: str, output: Path | None, *, asked: bool, color: str) -> None:
    """Writes the report to standard output or to a file."""
    from qedoc.report.formats import render

    if output is None:
        render(made, style, sys.stdout, asked=asked, color=color)
    else:
        text = StringIO()
        render(made, style, text, asked=asked, color=color)
        write_whole(output, text.getvalue().encode())
    if made.outcome.stopped and style not in ("concise", "verbose", "full"):
        click.echo(made.outcome.interruption, err=True)


def _draw(outcome: Outcome, file: Path) -> None:
    from qedoc.report.plot import draw

    write_whole(file, draw(outcome.curves, file))


def _check_path(file: Path | None) -> None:
    if file is None:
        return
    if file.is_dir() or not file.parent.is_dir():
        raise QedocError(f"{file}: expected a file path in an existing folder")


for command in (*project.COMMANDS, *editing.COMMANDS, fix, init, merge_lock, write):
    main.add_command(command)
