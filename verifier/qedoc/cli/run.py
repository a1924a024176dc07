"""What the commands share: from names on the command line to a run's outcome, and how a program ends that cannot run."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

from qedoc.config.options import Mode, Settings, settled, spec_paths
from qedoc.config.table import Config
from qedoc.engine.incremental import check_changed
from qedoc.errors import QedocError, UnknownTargetError
from qedoc.lock.dependencies import locate
from qedoc.results.outcome import Event, Outcome
from qedoc.sources.specfiles import SpecFile, find

if TYPE_CHECKING:
    from qedoc.engine.pool import Workers

T = TypeVar("T")


class Refused(click.ClickException):
    """A QedocError on its way out of a command."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Writes the message as all errors are written."""
        click.echo(f"error: {self.message}", file=file, err=file is None)


def checked(what: Sequence[str], *, shown: bool, **options: Any) -> tuple[Outcome, Settings]:
    """A run of a command that is not about its report, and the settings that it went by."""
    settings = guarded(settled, **options)
    return run(what, settings, curves=False, shown=shown), settings


def run(what: Sequence[str], settings: Settings, *, curves: bool, shown: bool) -> Outcome:
    """The outcome for the paths and targets named, or for the whole project; ends the program where nothing can be run."""
    paths = [name for name in what if is_path(name)]
    targets = [name for name in what if not is_path(name)]
    if targets and not paths and _has_no_claims(settings.config):
        return _documented(targets, settings, curves=curves, shown=shown)
    files, missing = spec_files(paths, settings.config)
    with workers(settings) as pool, progress(shown=shown) as notify:
        outcome = guarded(
            check_changed,
            files,
            lock=settings.lock,
            mode=settings.mode,
            wanted=targets,
            limits=settings.limits,
            jobs=settings.jobs,
            curves=curves,
            notify=notify,
            pool=pool,
            docstrings=() if paths else settings.config.docstrings,
        )
    outcome = replace(outcome, errors=(*missing, *outcome.errors))
    return _with_docstrings(outcome, settings, curves=curves, shown=shown)


def _has_no_claims(config: Config) -> bool:
    """Whether there is nothing to look through for a target."""
    return not config.docstrings and not any(map(os.path.exists, spec_paths(config)))


def _with_docstrings(found: Outcome, settings: Settings, *, curves: bool, shown: bool) -> Outcome:
    """The outcome with the formulas in the docstrings of targets that no spec has."""
    names = [error.target for error in found.errors if isinstance(error, UnknownTargetError) and _may_be_object(error.target)]
    if not names or found.stopped or settings.mode is Mode.LOCKED:
        return found
    read = _documented(names, settings, curves=curves, shown=shown)
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
    """Whether a name may be that of an object with a docstring; those of a module are for an audit."""
    if (here := str(Path.cwd())) not in sys.path:  # as in a worker
        sys.path.append(here)
    return "." in name and locate(name) is None


def _documented(names: Sequence[str], settings: Settings, *, curves: bool, shown: bool) -> Outcome:
    """The outcome for the formulas in the docstrings of objects; names of claims are allowed."""
    from qedoc.engine import schedule

    wrong = [name for name in names if not _may_be_object(name)]
    if wrong:
        audit = f"; the docstrings of a package: qedoc audit {wrong[0]}" if locate(wrong[0]) is not None else ""
        raise Refused(f"no folder spec/ here, and {wrong[0]} is no file and no dotted name of a function{audit}")
    with workers(settings) as pool, progress(shown=shown) as notify:
        found = schedule.audit(names, limits=settings.wide, jobs=settings.jobs, curves=curves, notify=notify, pool=pool)
    return replace(found, audited=(), unread=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A formula of the command line.

    Args:
        target: dotted path of the function.
        latex: the formula.
        bind: the parameter of each symbol, by the symbol's LaTeX.
        where: relations.
    """

    target: str
    latex: str
    bind: Mapping[str, str]
    where: Sequence[str]


def question(what: Sequence[str], latex: str, bind: Sequence[str], where: Sequence[str]) -> Question:
    """The formula that is asked about, with its target.

    Args:
        what: the arguments of the command line.
        latex: the formula.
        bind: texts SYMBOL=PARAMETER.
        where: texts of relations, with commas between them.

    Raises:
        QedocError: for no target or more than one, a text that is no binding, a symbol with two bindings, or no relation.
    """
    if len(what) != 1 or is_path(what[0]):
        raise QedocError(f"--latex is a formula of one function; expected one TARGET, found {' '.join(what) or 'none'}")
    if not latex.strip():
        raise QedocError("--latex is empty; expected a formula such as 'T^2 + 1'")
    bound: dict[str, str] = {}
    for text in bind:
        symbol, _, name = (part.strip() for part in text.partition("="))
        if not symbol or not name.isidentifier():
            raise QedocError(f"--bind {text}: expected SYMBOL=PARAMETER, such as T=decay_steps")
        if bound.setdefault(symbol, name) != name:
            raise QedocError(f"--bind {text}: {symbol} is bound to {bound[symbol]} already; give one --bind for each symbol")
    relations = [part for text in where for part in _parts(text)]
    return Question(target=what[0], latex=latex, bind=bound, where=relations)


def _parts(text: str) -> list[str]:
    """The relations of a text: what stands between its commas, those inside of brackets left out."""
    depth, parts = 0, [""]
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    found = [part.strip() for part in parts if part.strip()]
    if not found:
        raise QedocError(f"--where {text!r}: expected relations with commas between them, such as 'T > 0, 0 <= a <= 1'")
    return found


def answer(asked: Question, settings: Settings, *, curves: bool, shown: bool) -> Outcome:
    """The outcome for a formula of the command line."""
    from qedoc.engine import schedule

    with workers(settings) as pool, progress(shown=shown) as notify:
        return schedule.given(
            asked.target,
            asked.latex,
            bind=asked.bind,
            where=asked.where,
            limits=settings.limits,
            jobs=settings.jobs,
            curves=curves,
            notify=notify,
            pool=pool,
        )


def audited(names: Sequence[str], settings: Settings, *, shown: bool) -> Outcome:
    """The outcome for the docstrings of packages, modules and objects."""
    from qedoc.engine import schedule

    with workers(settings) as pool, progress(shown=shown) as notify:
        return schedule.audit(names, limits=settings.wide, jobs=settings.jobs, notify=notify, pool=pool)


def workers(settings: Settings) -> "AbstractContextManager[Workers | None]":
    """The cluster that a run is to use; None for worker processes of its own. Ends the program where there can be no such cluster."""
    if not settings.scheduler:
        return nullcontext()
    try:
        from qedoc.engine.cluster import Cluster
    except ModuleNotFoundError as error:
        raise Refused(f"--scheduler needs dask.distributed ({error}); pip install 'qedoc[dask]'") from None
    from qedoc.engine.worker import warm_up

    return guarded(Cluster, settings.scheduler, warm_up)


def progress(*, shown: bool) -> AbstractContextManager[Callable[[Event], None]]:
    """What the engine notifies; only a terminal is worth the import."""
    if not (shown and sys.stderr.isatty()):
        return nullcontext(lambda _: None)
    from rich.console import Console

    from qedoc.report.progress import progress

    return progress(Console(stderr=True), shown=True)


def is_path(name: str) -> bool:
    """Whether a name of the command line is a path, and no target."""
    return os.sep in name or name.endswith(".py") or Path(name).exists()


def spec_files(paths: Sequence[str], config: Config) -> tuple[list[SpecFile], list[QedocError]]:
    """The spec files named, or those of the project; nothing at all to read ends the program."""
    if not paths and config.docstrings and not any(map(os.path.exists, spec_paths(config))):
        return [], []
    paths = paths or spec_paths(config)
    if not config.found and paths == ["spec"] and not Path("spec").is_dir():
        raise Refused("no folder spec/ here; run qedoc in the folder that has it, or name spec files")
    files, errors = find(paths)
    if not files:
        complain(errors)
        sys.exit(2)
    return files, errors


def guarded(function: Callable[..., T], *args: Any, **keywords: Any) -> T:
    """What a function gives; its QedocError ends the program."""
    try:
        return function(*args, **keywords)
    except QedocError as error:
        raise Refused(str(error)) from None


def remark(remarks: Sequence[str]) -> None:
    """Writes remarks to standard error."""
    for text in remarks:
        click.echo(f"warning: {text}", err=True)


def complain(errors: Sequence[QedocError]) -> None:
    """Writes errors to standard error."""
    for error in errors:
        click.echo(f"error: {error}", err=True)
