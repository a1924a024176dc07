"""Finds source files by the names of modules, and names them in the same way on every machine."""

import os
import re
import sys
from functools import cache
from importlib import machinery, util
from pathlib import Path

from qedoc.errors import QedocError
from qedoc.lock.syntax import Analysis, analyse, read

_SITES = ("site-packages", "dist-packages")


@cache
def locate(module: str) -> Path | None:
    """Returns the source file of a module without importing it. Returns None for the standard library, and if there is no file."""
    top, *rest = module.split(".")
    if not top or top in sys.stdlib_module_names:
        return None
    try:
        found = util.find_spec(top) if top not in sys.modules else sys.modules[top].__spec__
    except (ImportError, ValueError, AttributeError):
        return None
    if found is None:
        return None
    if not rest:
        if found.origin is None or not found.origin.endswith(".py"):
            return None
        return Path(found.origin)
    return next((file for folder in found.submodule_search_locations or () if (file := _below(Path(folder), rest)) is not None), None)


def _below(folder: Path, rest: list[str]) -> Path | None:
    inside = folder.joinpath(*rest)
    return next((file for file in (inside / "__init__.py", inside.with_suffix(".py")) if file.is_file()), None)


def files_of(name: str) -> list[Path]:
    """Returns the source files of a local package or module, in order. Returns an empty list if it is installed or not found.

    Args:
        name: dotted path of the package or of an object in it.
    """
    root = locate(name.partition(".")[0])
    if root is None or not is_own(root):
        return []
    return sorted(root.parent.rglob("*.py")) if root.name == "__init__.py" else [root]


def files_beside(path: Path) -> list[Path]:
    """Returns the files that a local module can import from its own folder: those of its namespace package.

    For a module in no package, these are the modules and packages beside it.

    Args:
        path: the file of the module.
    """
    depth = len(dotted(path))
    if not is_local(path):
        return []
    if depth > 1:
        return sorted(path.parents[depth - 2].rglob("*.py"))
    packages = [made.parent for made in path.parent.glob("*/__init__.py")]
    return sorted([*path.parent.glob("*.py"), *(file for package in packages for file in package.rglob("*.py"))])


def importable(name: str) -> list[Path]:
    """Returns the files that code of a local package, or of a module in no package, may import by a name that it computes.

    Args:
        name: the top-level name.
    """
    path = locate(name)
    return files_beside(path) if path is not None and path.name != "__init__.py" else files_of(name)


@cache
def is_local(path: Path | None) -> bool:
    """Whether a file belongs neither to the standard library nor to an installed package."""
    if path is None or any(site in path.parts for site in _SITES):
        return False
    return not path.is_relative_to(Path(os.__file__).parent)


@cache
def is_own(path: Path | None) -> bool:
    """Whether a file is local, or belongs to an installed copy of the project in the current folder. Its version says nothing then."""
    if path is None or is_local(path):
        return path is not None
    place = next((k for k, part in enumerate(path.parts) if part in _SITES), len(path.parts))
    return any(_normal(part.removesuffix(".py")) == _normal(_project() or ":") for part in path.parts[place + 1 : place + 2])


@cache
def _project() -> str:
    """The name of the project in the current folder, as its pyproject.toml gives it."""
    import tomllib  # only needed for targets in installed packages

    here = Path.cwd()
    file = next((made for folder in (here, *here.parents) if (made := folder / "pyproject.toml").is_file()), None)
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["name"] if file is not None else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def dotted(path: Path) -> tuple[str, ...]:
    """The parts of the module name of a file."""
    parts = Path(key_of(path)).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


@cache
def key_of(path: Path) -> str:
    """The path of a file relative to the folder from which it is imported. It is the same on every machine."""
    path = path.absolute()
    roots = [Path(entry).absolute() for entry in sys.path if path.is_relative_to(Path(entry).absolute())]
    if roots:
        return path.relative_to(max(roots, key=lambda root: len(root.parts))).as_posix()
    folder = path.parent
    while (folder / "__init__.py").exists():
        folder = folder.parent
    return path.relative_to(folder).as_posix()


def portable(text: str) -> str:
    """Replaces absolute paths of Python files in a text by paths that are the same on every machine."""
    return re.sub(r"(?<![\w/.])/[^\s:]+\.py\b", lambda found: key_of(Path(found[0])), text)


@cache
def find(key: str) -> Path | None:
    """Returns the file with a key from `key_of` on this machine, or None."""
    top, *rest = Path(key).parts
    for entry in sys.path:
        if (path := Path(entry, key)).is_file():
            return path
    found = locate(top.removesuffix(".py"))
    if found is None:
        return None
    path = found.parent.joinpath(*rest) if rest else found
    return path if path.is_file() else None


@cache
def analysis(path: Path) -> Analysis | None:
    """Returns the analysis of a source file; None if it is not valid Python."""
    return analyse(_text(path)) if path.suffix in machinery.SOURCE_SUFFIXES else None


def _text(path: Path) -> str:
    try:
        return read(path)
    except QedocError:
        return "\0"  # not valid Python, so results that depend on this file become stale


def is_module(here: Analysis, name: str) -> bool:
    """Whether a name of a file is only bound to modules, as by `import math`."""
    return name in here.imports and not any(attribute for _, attribute in here.imports[name])
