"""Paths as reports give them: from one folder, with forward slashes."""

import os
from pathlib import Path


def relative(path: str, base: str) -> str:
    """A path from a folder, or the whole path where the file lies outside of it.

    Args:
        path: as it is known, absolute or from the current folder.
        base: the folder.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  a link stays what the user calls it
    folder = Path(os.path.abspath(base))  # noqa: PTH100  as above
    return absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else absolute.as_posix()
