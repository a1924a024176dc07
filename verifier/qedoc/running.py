"""What the commands share: from names on the command line to a run's outcome, and how a program ends that cannot run."""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, TypeVar

import click

from qedoc.config import Config
from qedoc.errors import QedocError
from qedoc.outcome import Event, Outcome
from qedoc.recheck import recheck
from qedoc.settings import Settings, settled, spec_paths
from qedoc.sources.specfiles import SpecFile, find

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
    files, missing = spec_files([name for name in what if is_path(name)], settings.config)
    with progress(shown=shown) as notify:
        outcome = guarded(
            recheck,
            files,
            lock=settings.lock,
            mode=settings.mode,
            wanted=[name for name in what if not is_path(name)],
            limits=settings.limits,
            jobs=settings.jobs,
            curves=curves,
            notify=notify,
        )
    return replace(outcome, errors=(*missing, *outcome.errors))


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


def complain(errors: Sequence[QedocError]) -> None:
    """Writes errors to standard error."""
    for error in errors:
        click.echo(f"error: {error}", err=True)
