"""Writes a folder of pages whole: an interrupted run leaves the folder as it was."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from qedoc.errors import QedocError

MARKER = ".qedoc-report"
"""The file that lists the files of a report. It says that the folder may be replaced."""


def check_folder(folder: Path | None) -> None:
    """Checks, before anything is computed, that a report may be written to a folder.

    Args:
        folder: the folder, or None if the user named none.

    Raises:
        QedocError: if there is no folder, its parent does not exist, or something else than a report is there.
    """
    if folder is None:
        raise QedocError("--format html writes a folder of pages; add --output FOLDER, such as --output report/")
    folder = folder.resolve()
    if not folder.parent.is_dir():
        raise QedocError(f"--output {folder}: expected a folder in an existing folder, but {folder.parent} does not exist")
    if folder.exists() and not folder.is_dir():
        raise QedocError(f"--output {folder}: expected a folder, found a file; --format html writes several pages")
    if folder == Path.cwd() or folder in Path.cwd().parents:
        raise QedocError(f"--output {folder}: expected a folder of its own, found the current folder or one that contains it")
    if not os.access(folder.parent, os.W_OK):
        raise QedocError(f"--output {folder}: cannot be written, because {folder.parent} is read-only")
    if strange := _strange(folder):
        raise QedocError(
            f"--output {folder}: the folder exists and is no report of qedoc, because it contains {strange}; "
            "name another folder, or delete this one"
        )


def _strange(folder: Path) -> str:
    """The name of something in the folder that is not part of a report; empty if there is nothing."""
    if not folder.is_dir():
        return ""
    try:
        known = {MARKER, *map(str, json.loads((folder / MARKER).read_text(encoding="utf-8")))}
    except (OSError, ValueError, TypeError):
        known = set()
    return next((name for name in sorted(path.name for path in folder.iterdir()) if name not in known), "")


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Writes a folder, and replaces an earlier report.

    Args:
        folder: the folder.
        files: the text of each file by name.

    Raises:
        QedocError: if the folder may not be replaced, or cannot be written.
    """
    check_folder(folder)
    folder = folder.resolve()
    try:
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        try:
            for name, text in files.items():
                (made / name).write_text(text, encoding="utf-8", errors="replace", newline="\n")
            (made / MARKER).write_text(json.dumps(sorted(files)) + "\n", encoding="utf-8")
            mask = os.umask(0)
            os.umask(mask)
            made.chmod(0o777 & ~mask)
            _swap(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise QedocError(f"--output {folder}: cannot be written: {error}") from None


def _swap(made: Path, folder: Path) -> None:
    """Puts the new folder in the place of the old one, and the old one in its place, where the caller deletes it."""
    if not folder.exists():
        made.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        folder.rename(old)  # an empty folder may be replaced
        try:
            made.rename(folder)
        except BaseException:
            old.rename(folder)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
