"""Helpers of the commands: run the claims that are named on the command line, and exit on errors."""

import os
import sys
from ast import literal_eval
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from qedoc.claims.request import Request
from qedoc.config.options import Mode, Settings, mode_for, settled, spec_paths
from qedoc.config.table import Config
from qedoc.engine.incremental import check_changed
from qedoc.errors import QedocError, UnknownTargetError
from qedoc.lock.dependencies import locate
from qedoc.report.heartbeat import interval, lines
from qedoc.results.outcome import Event, Outcome
from qedoc.sources.pages import page_of
from qedoc.sources.specfiles import SpecFile, find

if TYPE_CHECKING:
    from qedoc.engine.history import History
    from qedoc.engine.pool import Workers
    from qedoc.results.curve import View

T = TypeVar("T")


class Refused(click.ClickException):
    """Converts a QedocError to a click exception with exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints the message in the format of all errors."""
        click.echo(f"error: {self.message}", file=file, err=file is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How the docstrings of a run are checked, with the arguments of `run`. There is no picture beside computed plot data."""

    settings: Settings
    curves: "View | None"
    shown: bool
    pictures: bool
    pool: "Workers | None"
    history: "History | None"


def checked(what: Sequence[str], *, shown: bool, **options: Any) -> tuple[Outcome, Settings]:
    """Runs claims without writing a report. Returns the outcome and the settings."""
    settings = guarded(settled, **options)
    return run(what, settings, curves=None, shown=shown), settings


def run(
    what: Sequence[str],
    settings: Settings,
    *,
    curves: "View | None",
    shown: bool,
    pictures: bool = False,
    pool: "Workers | None" = None,
    history: "History | None" = None,
) -> Outcome:
    """Checks the given paths and targets, or the whole project. Exits if nothing can be run.

    Args:
        what: paths and targets.
        settings: the settings of the run.
        curves: what plots show, if plot data is to be computed; None if not.
        shown: whether to show progress.
        pictures: whether to keep plot data of the claims that have any.
        pool: the worker processes; by default, those of the settings.
        history: knows earlier results of docstrings that are not in the lock file.
    """
    way = _Way(settings=settings, curves=curves, shown=shown, pictures=pictures and not curves, pool=pool, history=history)
    paths = [name for name in what if is_path(name)]
    targets = [name for name in what if not is_path(name)]
    if targets and not paths and _has_no_claims(settings.config):
        return _documented(targets, way)
    files, missing = spec_files(paths, settings.config)
    mode = mode_for(paths, settings)
    with workers(settings, pool) as used, progress(shown=shown) as notify:
        outcome = guarded(
            check_changed,
            files,
            lock=settings.lock,
            mode=mode,
            wanted=targets,
            limits=settings.limits,
            jobs=settings.jobs,
            curves=curves,
            notify=notify,
            pool=used,
            docstrings=() if paths else settings.config.docstrings,
            pictures=way.pictures,
        )
    outcome = replace(outcome, errors=(*missing, *outcome.errors), paths=tuple(paths))
    return _with_docstrings(outcome, way)


def _has_no_claims(config: Config) -> bool:
    """Whether the project has neither spec files nor docstrings in its configuration."""
    return not config.docstrings and not any(map(os.path.exists, spec_paths(config)))


def _with_docstrings(found: Outcome, way: "_Way") -> Outcome:
    """Adds the formulas in the docstrings of targets that have no spec."""
    names = [error.target for error in found.errors if isinstance(error, UnknownTargetError) and _may_be_object(error.target)]
    if not names or found.stopped or way.settings.mode is Mode.LOCKED:
        return found
    read = _documented(names, way)
    answered = {name for claim in read.claims for name in (claim.id, f"{claim.id}@docstring", claim.target)}
    kept = [error for error in found.errors if not (isinstance(error, UnknownTargetError) and error.target in answered)]
    new = [error for error in read.errors if error.location is not None or "cannot be imported" in error.message]
    return replace(
        found,
        claims=(*found.claims, *read.claims),
        errors=(*kept, *new),
        curves=(*found.curves, *read.curves),
        planned=found.planned + read.planned,
        seconds=found.seconds + read.seconds,
        stopped=read.stopped,
    )


def _may_be_object(name: str) -> bool:
    """Whether a name can be that of a documented object. Modules do not count; `qedoc audit` checks them."""
    if (here := str(Path.cwd())) not in sys.path:  # as in a worker
        sys.path.append(here)
    return "." in name and locate(name) is None


def _documented(names: Sequence[str], way: "_Way") -> Outcome:
    """Checks the formulas in the docstrings of objects. A name can also be a claim id."""
    from qedoc.engine import schedule

    wrong = [name for name in names if not _may_be_object(name)]
    if wrong:
        audit = f"; to check the docstrings of a package, use qedoc audit {wrong[0]}" if locate(wrong[0]) is not None else ""
        hint = audit or "; qedoc init sets up a project"
        raise Refused(f"there is no folder spec/ here, and {wrong[0]} is neither a file nor the dotted name of a function{hint}")
    with workers(way.settings, way.pool) as used, progress(shown=way.shown) as notify:
        found = schedule.audit(
            names,
            limits=way.settings.wide,
            jobs=way.settings.jobs,
            curves=way.curves,
            notify=notify,
            pool=used,
            interpret=way.settings.interpret,
            pictures=way.pictures,
            history=way.history,
        )
    return replace(found, audited=(), unread=())


def question(what: Sequence[str], latex: str, bind: Sequence[str], where: Sequence[str], settings: Sequence[str]) -> Request:
    """Parses the options of a formula from the command line.

    Args:
        what: the positional arguments, which must be one target.
        latex: the value of --latex.
        bind: the values of --bind.
        where: the values of --where.
        settings: the values of --set.

    Raises:
        QedocError: if there is not exactly one target, a binding or a setting is malformed or given twice, or --where is empty.
    """
    if len(what) != 1 or is_path(what[0]):
        raise QedocError(f"--latex describes one function; expected one TARGET, found {' '.join(what) or 'none'}")
    if not latex.strip():
        raise QedocError("--latex is empty; expected a formula such as 'T^2 + 1'")
    relations = [part for text in where for part in _parts(text)]
    return Request(target=what[0], latex=latex, bind=_bindings(bind), where=relations, settings=_settings(settings))


def given(bind: Sequence[str], settings: Sequence[str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Parses the options for the parameters of a target whose code is lifted.

    Args:
        bind: the values of --bind.
        settings: the values of --set.

    Returns:
        The letter of a parameter and the value of a parameter, each by parameter.

    Raises:
        QedocError: for an option that is malformed, or a parameter that is given twice.
    """
    letters = {name: symbol.removeprefix("\\") for symbol, name in _bindings(bind).items()}
    if len(letters) < len(_bindings(bind)) or any(not symbol.isidentifier() for symbol in letters.values()):
        raise QedocError(f"--bind {' --bind '.join(bind)}: expected one letter, such as mu, for each parameter")
    values: dict[str, Any] = {}
    for name, text in _settings(settings).items():
        if name in letters:
            raise QedocError(f"--set {name}={text}: {name} is already bound to {letters[name]}; use --bind or --set, not both")
        try:
            values[name] = literal_eval(text)
        except (ValueError, SyntaxError):
            raise QedocError(f"--set {name}={text}: expected a Python literal, such as True or 0.9") from None
    return letters, values


def _bindings(bind: Sequence[str]) -> dict[str, str]:
    bound: dict[str, str] = {}
    for text in bind:
        symbol, _, name = (part.strip() for part in text.partition("="))
        if not symbol or not name.isidentifier():
            raise QedocError(f"--bind {text}: expected SYMBOL=PARAMETER, such as T=decay_steps")
        if bound.setdefault(symbol, name) != name:
            raise QedocError(f"--bind {text}: {symbol} is already bound to {bound[symbol]}; use one --bind per symbol")
    return bound


def _settings(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name.isidentifier() and equals and value):
            raise QedocError(f"--set {text}: expected PARAMETER=VALUE, such as axis=0 or reduce_fn=jnp.sum")
        if found.setdefault(name, value) != value:
            raise QedocError(f"--set {text}: {name} is already set to {found[name]}; use one --set per parameter")
    return found


def _parts(text: str) -> list[str]:
    """Splits a text at commas, except commas inside brackets."""
    depth, parts = 0, [""]
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    found = [part.strip() for part in parts if part.strip()]
    if not found:
        raise QedocError(f"--where {text!r}: expected comma-separated conditions, such as 'T > 0, 0 <= a <= 1'")
    return found


def answer(asked: Request, settings: Settings, *, curves: "View | None", shown: bool, pictures: bool = False) -> Outcome:
    """Checks a formula from the command line."""
    from qedoc.engine import schedule

    with workers(settings) as pool, progress(shown=shown) as notify:
        return schedule.given(
            asked,
            limits=settings.limits,
            jobs=settings.jobs,
            curves=curves,
            notify=notify,
            pool=pool,
            interpret=settings.interpret,
            pictures=pictures and not curves,
        )


def audited(
    names: Sequence[str],
    settings: Settings,
    *,
    shown: bool,
    pictures: bool = False,
    pool: "Workers | None" = None,
    history: "History | None" = None,
) -> Outcome:
    """Checks the docstrings of packages, modules and objects. For `pool` and `history`, see `run`."""
    from qedoc.engine import schedule

    with workers(settings, pool) as used, progress(shown=shown) as notify:
        return schedule.audit(names, limits=settings.wide, jobs=settings.jobs, notify=notify, pool=used, pictures=pictures, history=history)


def workers(settings: Settings, pool: "Workers | None" = None) -> "AbstractContextManager[Workers | None]":
    """Returns the given worker processes, the cluster of a run, or None if the run starts its own processes.

    Exits if the cluster cannot be used.
    """
    if pool is not None:
        return nullcontext(pool)
    if not settings.scheduler:
        return nullcontext()
    try:
        from qedoc.engine.cluster import Cluster
    except ModuleNotFoundError as error:
        raise Refused(f"--scheduler needs dask.distributed ({error}); install it with: pip install 'qedoc[dask]'") from None
    from qedoc.engine.worker import warm_up

    return guarded(Cluster, settings.scheduler, warm_up)


def progress(*, shown: bool) -> AbstractContextManager[Callable[[Event], None]]:
    """Returns the progress callback of the engine: a bar on a terminal, otherwise a line now and then."""
    if not shown:
        return nullcontext(lambda _: None)
    if not sys.stderr.isatty():
        return lines(sys.stderr, interval())
    from rich.console import Console

    from qedoc.report.progress import progress

    context = click.get_current_context(silent=True)
    plain = context is not None and context.params.get("color") == "never"
    return progress(Console(stderr=True, color_system=None if plain else "auto"), shown=True)


def is_path(name: str) -> bool:
    """Whether an argument is a path and not a target. The id of a claim, `mylib.loss#docs/page.md:12`, is a target."""
    if page_of(name):
        return Path(name).exists()
    return os.sep in name or name.endswith(".py") or Path(name).exists()


def spec_files(paths: Sequence[str], config: Config) -> tuple[list[SpecFile], list[QedocError]]:
    """Returns the given spec files, or those of the project, and the errors. Exits if there are no spec files."""
    if not paths and config.docstrings and not any(map(os.path.exists, spec_paths(config))):
        return [], []
    paths = paths or spec_paths(config)
    if not config.found and paths == ["spec"] and not Path("spec").is_dir():
        raise Refused("there is no folder spec/ here; run qedoc in the folder that contains spec/, name spec files, or run qedoc init")
    files, errors = find(paths)
    if not files:
        print_errors(errors)
        sys.exit(2)
    return files, errors


def guarded(function: Callable[..., T], *args: Any, **keywords: Any) -> T:
    """Calls a function. If it raises a QedocError, prints the error and exits."""
    try:
        return function(*args, **keywords)
    except QedocError as error:
        raise Refused(str(error)) from None


def print_warnings(remarks: Sequence[str]) -> None:
    """Prints warnings to standard error."""
    for text in remarks:
        click.echo(f"warning: {text}", err=True)


def print_errors(errors: Sequence[QedocError]) -> None:
    """Prints errors to standard error."""
    for error in errors:
        click.echo(f"error: {error}", err=True)
