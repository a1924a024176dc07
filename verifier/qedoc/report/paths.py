"""Paths in reports: relative to one folder, with forward slashes."""

import os
from pathlib import Path
from typing import Any

from qedoc.lock.dependencies import is_local, key_of


def relative(path: str, base: str) -> str:
    """Returns a path relative to a folder, or the absolute path if the file is outside of the folder.

    Args:
        path: an absolute path, or a path relative to the current folder.
        base: the folder.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  # does not resolve symbolic links
    folder = Path(os.path.abspath(base))  # noqa: PTH100  # does not resolve symbolic links
    return absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else absolute.as_posix()


def portable(path: str, root: str) -> str:
    """Returns a path relative to the project; outside of it, the path of an installed file inside its packages. Others are absolute.

    Args:
        path: an absolute path, or a path relative to the current folder.
        root: the folder of the project.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  # as above
    return relative(path, root) if is_local(absolute) else key_of(absolute)


def with_portable_paths(value: Any, root: str) -> Any:
    """Returns JSON values with the paths of all sources as `portable` writes them.

    Args:
        value: the values.
        root: the folder of the project.
    """
    if isinstance(value, list):
        return [with_portable_paths(one, root) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"path", "line"}:
        return {**value, "path": portable(value["path"], root)}
    return {key: with_portable_paths(one, root) for key, one in value.items()}
