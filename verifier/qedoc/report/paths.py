"""Paths in reports: relative to one folder, with forward slashes."""

import os
from pathlib import Path


def relative(path: str, base: str) -> str:
    """Returns a path relative to a folder, or the absolute path if the file is outside of the folder.

    Args:
        path: an absolute path, or a path relative to the current folder.
        base: the folder.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  # does not resolve symbolic links
    folder = Path(os.path.abspath(base))  # noqa: PTH100  # does not resolve symbolic links
    return absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else absolute.as_posix()
