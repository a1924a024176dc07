"""What a run goes by: the options that are given, and the project's table for those that are not."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from qedoc.claims.limits import Limits
from qedoc.config.table import Config, configuration
from qedoc.errors import QedocError
from qedoc.results.codes import check_prefixes

_MOST_JOBS = 8

AUDIT_TIMEOUT = 15.0
AUDIT_POINTS = 300
"""Bounds for the formulas of docstrings that no table names: an audit is wide, a check is deep."""


class Mode(StrEnum):
    """What is verified."""

    CHANGED = "changed"
    ALL = "all"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A run's bounds and places.

    Args:
        config: the project's table.
        limits: the bounds of each case.
        wide: the bounds of each case of a docstring that the table does not name.
        jobs: worker processes.
        scheduler: address of the cluster whose workers do the work; empty for worker processes of this machine.
        lock: the lock file.
        mode: what is verified.
        strict: whether a claim without an answer fails.
        select: the codes of findings that are reported; all if empty.
        ignore: the codes of findings that are left out.
    """

    config: Config
    limits: Limits
    wide: Limits
    jobs: int
    lock: Path
    mode: Mode
    strict: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    scheduler: str = ""


def settled(
    *,
    timeout: float | None,
    max_points: int | None,
    seed: int | None,
    jobs: int | None,
    strict: bool = False,
    locked: bool = False,
    again: bool = False,
    no_lock: bool = False,
    select: str | None = None,
    ignore: str | None = None,
) -> Settings:
    """The settings of a run in the current folder.

    Raises:
        QedocError: for a limit outside its range, options that exclude each other, or a table that is not right.
    """
    chosen = [name for name, given in (("--locked", locked), ("--all", again), ("--no-lock", no_lock)) if given]
    if len(chosen) > 1:
        raise QedocError(f"{' and '.join(chosen)} exclude each other; give one of them")
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
        jobs=jobs or config.jobs or usable_cores(),
        lock=config.root / config.lock,
        mode=Mode.LOCKED if locked else Mode.ALL if again else Mode.UNLOCKED if no_lock else Mode.CHANGED,
        strict=strict or config.strict,
        select=chosen_codes,
        ignore=ignored,
    )


def on_cluster(settings: Settings, scheduler: str | None, jobs: int | None) -> Settings:
    """The settings with the cluster that is asked for, if one is.

    Args:
        settings: of the run.
        scheduler: address of the cluster.
        jobs: processes of this machine that are asked for.

    Raises:
        QedocError: if both are asked for.
    """
    if jobs and scheduler:
        raise QedocError("-j is for processes of this machine, and --scheduler for the workers of a cluster; give one of them")
    return replace(settings, scheduler=scheduler or "")


def _codes(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


def spec_paths(config: Config) -> Sequence[str]:
    """Where the project's spec files are, as seen from the current folder."""
    return [os.path.relpath(config.root / path) for path in config.specs]


def usable_cores() -> int:
    """How many worker processes make sense, at most 8."""
    return min(len(os.sched_getaffinity(0)), _MOST_JOBS)
