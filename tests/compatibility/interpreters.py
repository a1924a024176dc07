"""The Python interpreters of this machine, however they were installed; needs nothing but the standard library.

`python interpreters.py` lists them, `python interpreters.py --newest` prints the path of the newest one that can run the tests.
"""

import os
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
"""As `requires-python` in pyproject.toml."""

NEWEST = (3, 13)
"""The newest Python with which the tests are known to pass."""

MANAGED = (
    "{PYENV_ROOT}/versions/*/bin",
    "{HOME}/.pyenv/versions/*/bin",
    "{HOME}/.local/share/uv/python/*/bin",
    "{HOME}/.local/share/mise/installs/python/*/bin",
    "{HOME}/.asdf/installs/python/*/bin",
    "{RUNNER_TOOL_CACHE}/Python/*/*/bin",
    "/opt/python/*/bin",
)
"""Folders of version managers, in which `python3` need not be on PATH."""

_PROBE = "import ensurepip, sys, venv; print(*sys.version_info[:2])"


def folders() -> list[Path]:
    """The folders that may hold interpreters: those on PATH, and those of version managers."""
    found = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    for pattern in MANAGED:
        try:
            root, _, rest = pattern.format_map(os.environ).partition("/*")
        except KeyError:  # a manager that is not there
            continue
        found += sorted(Path(root).glob(f"*{rest}")) if Path(root).is_dir() else []
    return found


def interpreters() -> dict[tuple[int, int], Path]:
    """An interpreter for each version that is there, can make a virtual environment, and is not too old."""
    found: dict[tuple[int, int], Path] = {}
    for folder in folders():
        for path in sorted(folder.glob("python3*")):
            if path.name.removeprefix("python3").removeprefix(".").isdigit() or path.name == "python3":
                version = _version(path)
                if version and version >= OLDEST:
                    found.setdefault(version, path)
    return dict(sorted(found.items()))


def _version(path: Path) -> tuple[int, int] | None:
    """The version of an interpreter; None for what is none, such as a shim of a version that is switched off."""
    try:
        done = subprocess.run([path, "-c", _PROBE], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode:
        return None
    major, minor = map(int, done.stdout.split())
    return major, minor


def main() -> None:
    """Prints what was found."""
    found = interpreters()
    if "--newest" in sys.argv[1:]:
        if not found:
            sys.exit(f"no Python {'.'.join(map(str, OLDEST))} or later with the modules venv and ensurepip was found")
        known = [version for version in found if version <= NEWEST]
        print(found[max(known) if known else min(found)])
        return
    for version, path in found.items():
        print(*version, sep=".", end=f" {path}\n")


if __name__ == "__main__":
    main()
