"""Verification before the pages are read: `qedoc check` in a process of its own, for this one imports neither jax nor sympy."""

import subprocess
import sys
from enum import StrEnum

from qedoc.errors import QedocError
from qedoc.sphinx.lock_reader import Project


class When(StrEnum):
    """When `qedoc check` is run before a build."""

    STALE = "stale"
    NEVER = "never"
    ALWAYS = "always"


def is_wanted(when: When, project: Project) -> bool:
    """Whether a project is to be verified before its pages are read."""
    return when is When.ALWAYS or (when is When.STALE and bool(project.stale))


def verify(project: Project, when: When) -> str:
    """Runs `qedoc check` in a project's folder, and gives its report; refuted claims are for the pages to show.

    Raises:
        QedocError: if something could not be run.
    """
    command = [sys.executable, "-m", "qedoc", "check", "--quiet", *(["--all"] if when is When.ALWAYS else [])]
    done = subprocess.run(command, cwd=project.config.root, capture_output=True, text=True, check=False)  # noqa: S603  this program
    if done.returncode not in (0, 1):
        told = done.stderr.strip().splitlines()
        raise QedocError(
            f"qedoc check in {project.config.root} ended with exit code {done.returncode}: {told[-1] if told else 'no message'}"
        )
    return done.stdout
