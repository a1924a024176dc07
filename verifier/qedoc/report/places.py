"""Where a line stands, as text and as a link, for pages that a browser shows."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from qedoc.errors import Location
from qedoc.lock.dependencies import is_local, key_of
from qedoc.report.paths import relative


@dataclass(frozen=True, slots=True)
class Place:
    """A line in a file.

    Args:
        text: the path and the line. The path is relative to the project, or to the folder of installed packages.
        link: the address of the line.
    """

    text: str
    link: str


def place_of(location: Location, *, base: str, folder: Path) -> Place:
    """Returns a line of a file as text and link.

    In a GitHub workflow, files of the checkout are linked to GitHub. Otherwise the link leads to the file on this machine.

    Args:
        location: the line.
        base: the folder of the project.
        folder: the folder of the pages.
    """
    path = Path(os.path.abspath(location.path))  # noqa: PTH100  # does not resolve symbolic links
    shown = relative(str(path), base)
    inside = not Path(shown).is_absolute()
    if not inside or not is_local(path):
        return Place(f"{key_of(path)}:{location.line}", f"{path.as_uri()}#L{location.line}")
    return Place(f"{shown}:{location.line}", f"{_online(shown) or _beside(path, folder)}#L{location.line}")


def _online(path: str) -> str:
    server, repository, commit = (os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "SHA"))
    if not (server.startswith("https://") and repository and commit):
        return ""
    return f"{server}/{quote(repository)}/blob/{quote(commit)}/{quote(path)}"


def _beside(path: Path, folder: Path) -> str:
    """The path from the folder of the pages, so that the link survives a move of the project."""
    return quote(Path(os.path.relpath(path, folder)).as_posix())
