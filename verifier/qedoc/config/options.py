"""The settings of a run: command line options, and the project's table for options that are not given."""

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from qedoc.claims.limits import Limits
from qedoc.config.table import Config, configuration
from qedoc.errors import QedocError
from qedoc.records import dataclass, replace
from qedoc.results.codes import check_prefixes, failing

_MOST_JOBS = 8

AUDIT_TIMEOUT = 15.0
AUDIT_POINTS = 300
"""The default limits of an audit. An audit covers many formulas, so each gets less time and fewer points than in a check."""


class Mode(StrEnum):
    """Which claims a run verifies, and how it uses the lock file.

    Attributes:
        CHANGED: verify claims whose results in the lock file are stale or missing.
        ALL: verify all claims and update the lock file.
        LOCKED: verify nothing and write nothing.
        UNLOCKED: verify all claims, and neither read nor write the lock file.
    """

    CHANGED = "changed"
    ALL = "all"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a run.

    Args:
        config: the project's table.
        limits: the limits of each case.
        wide: the limits of each case in an audit.
        jobs: the number of worker processes.
        scheduler: the address of the cluster to use; empty for worker processes on this machine.
        lock: the path of the lock file.
        mode: which claims are verified.
        lock_asked: whether the user asks for the lock file, which is then written outside of a project too.
        strict: whether a claim without an answer fails.
        fail_on: the finding codes that fail too.
        select: the finding codes to report; empty for all.
        ignore: the finding codes to leave out.
        interpret: the number of the interpretation of a formula to check, from 1; 0 for all.
    """

    config: Config
    limits: Limits
    wide: Limits
    jobs: int
    lock: Path
    mode: Mode
    lock_asked: bool = False
    strict: bool
    fail_on: frozenset[str]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    scheduler: str = ""
    interpret: int = 0


def settled(
    *,
    timeout: float | None,
    max_points: int | None,
    seed: int | None,
    jobs: int | None,
    strict: bool = False,
    locked: bool = False,
    again: bool = False,
    no_lock: bool | None = None,
    select: str | None = None,
    ignore: str | None = None,
) -> Settings:
    """Returns the settings of a run in the current folder.

    Raises:
        QedocError: if a limit is out of range, options conflict, or the table is invalid.
    """
    chosen = [name for name, given in (("--locked", locked), ("--all", again), ("--no-lock", no_lock)) if given]
    if len(chosen) > 1 and locked:
        raise QedocError(f"{' and '.join(chosen)} cannot be combined; use only one of them")
    config = configuration(Path.cwd())
    chosen_codes = config.select if select is None else _codes(select)
    ignored = config.ignore if ignore is None else _codes(ignore)
    check_prefixes((*chosen_codes, *ignored))
    seed = config.seed if seed is None else seed
    return Settings(
        config=config,
        wide=Limits(
            seed=seed,
            max_points=AUDIT_POINTS if max_points is None else max_points,
            timeout=AUDIT_TIMEOUT if timeout is None else float(timeout),
        ),
        limits=Limits(
            seed=seed,
            max_points=config.max_points if max_points is None else max_points,
            timeout=float(config.timeout if timeout is None else timeout),
        ),
        jobs=(config.jobs if jobs is None else jobs) or usable_cores(),
        lock=config.root / config.lock,
        mode=Mode.LOCKED if locked else Mode.UNLOCKED if no_lock else Mode.ALL if again else Mode.CHANGED,
        lock_asked=no_lock is False,
        strict=strict or config.strict,
        fail_on=failing(config.fail_on),
        select=chosen_codes,
        ignore=ignored,
    )


def with_failures(settings: Settings, given: str | None) -> Settings:
    """Adds the findings that fail a run to the settings.

    Args:
        settings: the settings of the run.
        given: the value of --fail-on; None for that of the project's table.

    Raises:
        QedocError: if it contains something else than verdicts and finding codes.
    """
    return settings if given is None else replace(settings, fail_on=failing(_codes(given)))


def with_repair(settings: Settings, given: float | None) -> Settings:
    """Adds the time limit for corrections to the settings.

    Args:
        settings: the settings of the run.
        given: the value of --repair-timeout; None for that of the project's table.

    Raises:
        QedocError: if it is no number of seconds.
    """
    seconds = float(settings.config.repair_timeout if given is None else given)
    return replace(settings, limits=replace(settings.limits, repair=seconds), wide=replace(settings.wide, repair=seconds))


def on_cluster(settings: Settings, scheduler: str | None, jobs: int | None) -> Settings:
    """Adds the requested cluster to the settings.

    Args:
        settings: the settings of the run.
        scheduler: the value of --scheduler.
        jobs: the value of --jobs.

    Raises:
        QedocError: if both options are given.
    """
    if jobs and scheduler:
        raise QedocError("-j sets the number of processes on this machine, --scheduler selects a cluster; use only one of them")
    return replace(settings, scheduler=scheduler or "")


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def spec_paths(config: Config) -> Sequence[str]:
    """The project's spec files and folders, relative to the current folder."""
    return [os.path.relpath(config.root / path) for path in config.specs]


def mode_for(paths: Sequence[str], settings: Settings) -> Mode:
    """How a run uses the lock file. It writes none outside of a project, and none for spec files of another place, unless it is asked for.

    Args:
        paths: the spec files and folders that the command line names.
        settings: the settings of the run.
    """
    if settings.lock_asked or settings.mode in (Mode.LOCKED, Mode.UNLOCKED):
        return settings.mode
    root = settings.config.root.absolute()
    foreign = not all(Path(os.path.abspath(path)).is_relative_to(root) for path in paths)  # noqa: PTH100  # does not resolve symbolic links
    known = settings.config.found or settings.lock.exists() or any(map(os.path.exists, spec_paths(settings.config)))
    return Mode.UNLOCKED if foreign or not known else settings.mode


def usable_cores() -> int:
    """The default number of worker processes: one per usable core, at most 8."""
    return min(len(os.sched_getaffinity(0)), _MOST_JOBS)
