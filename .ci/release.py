"""Prints the version, or sets it in all files and dates the changelog: `python .ci/release.py [VERSION]`."""

import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

PLACES = {
    "pyproject.toml": r'(?m)^(version = ")[^"]+(")$',
    "verifier/qedoc/__init__.py": r'(?m)^(__version__ = ")[^"]+(")$',
    "CITATION.cff": r"(?m)^(version: )\S+($)",
}
"""The files that contain the version, and where."""


def version(root: Path) -> str:
    """The version in pyproject.toml."""
    return str(tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"])


def prepare(root: Path, new: str, day: str) -> None:
    """Sets the version in all files, and moves what is unreleased in the changelog below it.

    Args:
        root: the folder of the repository.
        new: the version, such as `0.2.0`.
        day: the day of the release, such as `2026-12-01`.
    """
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", new):
        raise SystemExit(f"expected a version such as 0.2.0 or 0.2.0rc1, found {new!r}")
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text()
    head, unreleased, rest = text.partition("## [Unreleased]\n")
    if not unreleased or not re.match(r"\s*### ", rest):
        raise SystemExit("CHANGELOG.md: expected changes below '## [Unreleased]', found none; describe them first")
    if f"## [{new}]" in text:
        raise SystemExit(f"CHANGELOG.md: {new} is already released; choose another version")
    for name, pattern in PLACES.items():
        before = (root / name).read_text()
        after, many = re.subn(pattern, rf"\g<1>{new}\g<2>", before)
        if many != 1:
            raise SystemExit(f"{name}: expected one version, found {many}")
        (root / name).write_text(after)
    changelog.write_text(f"{head}{unreleased}\n## [{new}] - {day}\n{rest}")


if __name__ == "__main__":
    here = Path(__file__).parents[1]
    if len(sys.argv) > 1:
        prepare(here, sys.argv[1], datetime.now(UTC).strftime("%Y-%m-%d"))
    sys.stdout.write(version(here) + "\n")
