"""The command `watch`: checks all claims once. After each save, it checks the claims that the save touches."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qedoc.cli.run import audited, is_path, run
from qedoc.config.options import Settings, settled, with_repair
from qedoc.editor.documents import Kind, document
from qedoc.engine.remembered import Memory, Remembering, forget
from qedoc.engine.spare import Fresh, Spare
from qedoc.errors import QedocError
from qedoc.lock import dependencies
from qedoc.report.corrections import lines
from qedoc.report.findings import Notice
from qedoc.report.formats import report
from qedoc.report.layout import count, seconds
from qedoc.results.codes import Level
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import Verdict
from qedoc.sources.pages import is_pages

if TYPE_CHECKING:
    from watchfiles import Change

SUFFIXES = (".py", ".rst", ".md", ".ipynb", ".toml")
"""The suffixes of files that a check may depend on."""

TICK = 250
"""Milliseconds after which the watcher looks at its interrupts."""


@dataclass(slots=True, kw_only=True)
class Watch:
    """Checks the same claims again and again.

    Args:
        what: paths and targets; empty for the claims of the project.
        timeout: time limit per case; None for the usual one.
        repair: time limit for corrections; None for that of the project.
        jobs: the number of worker processes; None for that of the project.
        lock: whether the lock file is read and written, as `qedoc check` does.
    """

    what: Sequence[str]
    timeout: float | None
    repair: float | None
    jobs: int | None
    lock: Path | None
    _memory: Memory = field(default_factory=Memory)
    _spare: Spare = field(init=False)

    def __post_init__(self) -> None:
        if (here := str(Path.cwd())) not in sys.path:  # as in a worker, so that the project's own modules are found
            sys.path.append(here)
        self._spare = Spare(self.settings().jobs)

    def settings(self) -> Settings:
        """The settings of a run.

        Raises:
            QedocError: if the table of the project is invalid.
        """
        made = with_repair(settled(timeout=self.timeout, max_points=None, seed=None, jobs=self.jobs), self.repair)
        return made if self.lock is None else replace(made, lock=self.lock)

    def check(self) -> int:
        """Checks what has changed, and prints what is wrong. Returns the signal that stopped it, or 0."""
        started = time.monotonic()
        forget()
        stopped = 0
        try:
            settings = self.settings()
            for outcome in self._outcomes(settings):
                if stopped := outcome.stopped:
                    break
                _print(outcome, settings, time.monotonic() - started)
        except (QedocError, click.ClickException) as error:
            click.echo(f"error: {error.message}")
        except SystemExit:  # the message is printed
            pass
        self._spare.prepare()
        return stopped

    def _outcomes(self, settings: Settings) -> Iterator[Outcome]:
        names, others = self._sorted(settings)
        history = Remembering(self._memory, settings.wide)
        if others or not names:
            with Fresh(self._spare) as pool:
                yield run(others, settings, curves=None, shown=True, pool=pool, history=history)
        if names:
            with Fresh(self._spare) as pool:
                found = audited(names, settings, shown=True, pool=pool, history=history)
                yield replace(found, unchanged=history.unchanged)

    def _sorted(self, settings: Settings) -> tuple[list[str], list[str]]:
        """The pages and modules among what is checked, and the rest: spec files and targets."""
        names: list[str] = []
        others: list[str] = []
        for name in self.what:
            if not is_path(name):
                others.append(name)
            elif is_pages(name):
                names.append(name)
            else:
                module = _module(Path(name), settings)
                (names if module else others).append(module or name)
        return names, others

    def folders(self, settings: Settings) -> list[Path]:
        """The folders and files to watch: the project, what is named, and local packages that are named."""
        named = [Path(name) for name in self.what if is_path(name) and Path(name).exists()]
        tops = {name.partition(".")[0] for name in (*self.what, *settings.config.docstrings) if not is_path(name)}
        packages = [path.parent for top in sorted(tops) if (path := dependencies.locate(top)) is not None and dependencies.is_local(path)]
        found = list(dict.fromkeys(path.resolve() for path in (settings.config.root, *named, *packages)))
        return [path for path in found if not any(other in path.parents for other in found)]

    def close(self) -> None:
        """Ends all processes."""
        self._spare.close()


def _module(path: Path, settings: Settings) -> str:
    """The dotted path of a module with formulas in its docstrings; empty for any other file."""
    if path.suffix != ".py" or not path.is_file():
        return ""
    made = document(path.resolve(), path.read_text(encoding="utf-8"), settings.config)
    if isinstance(made, str):
        raise QedocError(made or f"{path}: no display formula in this file, and no Spec")
    return made.name if made.kind is Kind.MODULE else ""


def _print(outcome: Outcome, settings: Settings, spent: float) -> None:
    """Prints the findings that fail a run, and one line about the rest."""
    made = report(outcome, settings.config, select=settings.select, ignore=settings.ignore, strict=settings.strict)
    for notice in made.found:
        if notice.fails(strict=settings.strict):
            _print_finding(notice)
    verdicts = Counter(claim.verdict for claim in outcome.claims)
    told = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in Verdict if verdicts[verdict])
    known = f", {outcome.unchanged} unchanged" if outcome.unchanged else ""
    click.echo(f"{count(len(outcome.claims), 'claim')}: {told or 'none'}{known}; {seconds(spent)}")


def _print_finding(notice: Notice) -> None:
    place = f"{_shown(notice.location.path)}:{notice.location.line}: " if notice.location else ""
    style = "red" if notice.code.level is Level.ERROR else "yellow"
    click.echo(f"{place}{click.style(notice.code.code, fg=style)} {notice.message}")
    for line in lines(notice.formula, notice.corrections[:1]):
        click.echo(f"  {line}")


def _shown(path: str) -> str:
    """A path relative to the current folder, if it is inside."""
    return os.path.relpath(path) if Path(path).absolute().is_relative_to(Path.cwd()) else path


def loop(made: Watch) -> None:
    """Checks now and after each save, until Ctrl-C."""
    from watchfiles import DefaultFilter, watch

    class Relevant(DefaultFilter):
        """Files that a check may depend on, outside of environments and caches."""

        def __call__(self, change: "Change", path: str) -> bool:
            return path.endswith(SUFFIXES) and super().__call__(change, path)

    folders = made.folders(made.settings())
    changes = watch(*folders, watch_filter=Relevant(), raise_interrupt=True, yield_on_timeout=True, rust_timeout=TICK)
    next(changes)  # it watches from here on, so that no save during the first check is missed
    if made.check():
        return
    click.echo(f"watching {', '.join(_shown(str(folder)) for folder in folders)}; Ctrl-C ends")
    for changed in filter(None, changes):
        saved = sorted({_shown(path) for _, path in changed})
        click.echo(f"\n{time.strftime('%H:%M:%S')} {', '.join(saved[:3])}{' ...' if len(saved) > 3 else ''}")
        if made.check():
            return
