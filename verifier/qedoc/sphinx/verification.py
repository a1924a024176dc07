"""Runs `qedoc check` before the pages are read, in a separate process, because the build imports neither jax nor sympy."""

import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from qedoc.errors import QedocError
from qedoc.sphinx.lock_reader import Project


class When(StrEnum):
    """When to run `qedoc check` before a build."""

    STALE = "stale"
    NEVER = "never"
    ALWAYS = "always"


def is_wanted(when: When, project: Project) -> bool:
    """Whether to verify a project before its pages are read."""
    return when is When.ALWAYS or (when is When.STALE and bool(project.stale))


def verify(project: Project, when: When) -> tuple[bool, str]:
    """Runs `qedoc check` in a project's folder. Refuted claims raise nothing, because pages show them.

    Returns:
        Whether the run has changed the lock file, and its report.

    Raises:
        QedocError: if something could not be run.
    """
    lock = project.config.root / project.config.lock
    before = _content(lock)
    command = [sys.executable, "-m", "qedoc", "check", "--quiet", *(["--all"] if when is When.ALWAYS else [])]
    done = subprocess.run(command, cwd=project.config.root, capture_output=True, text=True, check=False)  # noqa: S603  # runs qedoc itself
    if done.returncode not in (0, 1):
        lines = done.stderr.strip().splitlines()
        raise QedocError(
            f"qedoc check in {project.config.root} ended with exit code {done.returncode}: {lines[-1] if lines else 'no message'}"
        )
    return _content(lock) != before, done.stdout


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""
