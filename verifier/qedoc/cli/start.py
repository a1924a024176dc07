"""Starts the command line. A check in which nothing has changed is answered without click, whose import takes as long as the answer."""

import os
import sys
from collections.abc import Sequence
from typing import Any

FORMATS = ("concise", "full", "lines", "json", "junit", "github", "markdown", "sarif")
_FLAGS = {"--locked": "locked", "--strict": "strict", "--quiet": "quiet", "-q": "quiet"}
_VALUES = {"--max-points": int, "--seed": int, "--timeout": float, "--repair-timeout": float, "--jobs": int, "-j": int, "--format": str}


def main() -> None:
    """Runs the command line."""
    if (code := _answered(sys.argv[1:])) is not None:
        sys.exit(code)
    from qedoc.cli.main import main as whole  # only what has changed, and other commands, need it

    whole(prog_name="qedoc")


def _answered(arguments: Sequence[str]) -> int | None:
    """Writes the report of `qedoc check` from the lock file, and returns the exit code; None if that needs more than the lock file."""
    if arguments[:1] != ["check"] or "_QEDOC_COMPLETE" in os.environ:
        return None
    options = _options(arguments[1:])
    return None if options is None else _report(**options)


def _options(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The options of a check by name; None for options that this module does not know, and for mistakes."""
    found: dict[str, Any] = {"paths": []}
    waiting = list(arguments)
    while waiting:
        name, equals, value = waiting.pop(0).partition("=")
        if name in _FLAGS and not equals:
            found[_FLAGS[name]] = True
        elif name in _VALUES and (equals or waiting):
            try:
                found[name.lstrip("-").replace("-", "_")] = _VALUES[name](value if equals else waiting.pop(0))
            except ValueError:
                return None
        elif name.startswith("-") or equals or not os.path.exists(name):  # noqa: PTH110  # pathlib is slow
            return None
        else:
            found["paths"].append(name)
    return found if found.get("format", "concise") in FORMATS else None


def _report(  # noqa: PLR0913  # one for each option
    *,  # the names are those of `_VALUES`
    paths: list[str],
    locked: bool = False,
    strict: bool = False,
    quiet: bool = False,
    format: str = "concise",  # noqa: A002  # the name of the option
    repair_timeout: float | None = None,
    max_points: int | None = None,
    seed: int | None = None,
    timeout: float | None = None,
    jobs: int | None = None,
    j: int | None = None,
) -> int | None:
    from qedoc.config.options import Mode, mode_for, settled, spec_paths, with_repair
    from qedoc.engine.incremental import unchanged
    from qedoc.errors import QedocError
    from qedoc.records import replace
    from qedoc.report.formats import render, report
    from qedoc.sources.specfiles import find

    if min(0 if one is None else one for one in (jobs, j)) < 0:
        return None
    try:
        given = settled(timeout=timeout, max_points=max_points, seed=seed, jobs=j if jobs is None else jobs, strict=strict, locked=locked)
        settings = with_repair(given, repair_timeout)
        config = settings.config
        if mode_for(paths, settings) is Mode.UNLOCKED:
            return None
        files, errors = find(paths or [path for path in spec_paths(config) if os.path.exists(path)])  # noqa: PTH110  # pathlib is slow
        docstrings = () if paths else config.docstrings
        if errors or not (files or docstrings):
            return None
        outcome = unchanged(files, lock=settings.lock, docstrings=docstrings, limits=settings.limits)
        if outcome is None:
            return None
        outcome = replace(outcome, paths=tuple(paths))
        select, ignore, fail_on = settings.select, settings.ignore, settings.fail_on
        made = report(outcome, config, select=select, ignore=ignore, strict=settings.strict, fail_on=fail_on)
    except QedocError:
        return None  # the whole command line reports it
    render(made, format, sys.stdout, asked=bool(settings.select))
    return made.exit_code
