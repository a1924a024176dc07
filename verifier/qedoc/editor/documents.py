"""What a file is for qedoc: a spec file, a page, or a module with formulas in its docstrings. Nothing is imported or run."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from qedoc.config.options import spec_paths
from qedoc.config.table import Config
from qedoc.errors import Location, SpecError
from qedoc.sources import markup

PAGES = (".rst", ".md")
"""The suffixes of pages that an editor shows as text."""


class Kind(Enum):
    """The kinds of files with formulas."""

    SPEC = auto()
    PAGE = auto()
    MODULE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file with formulas.

    Args:
        path: its absolute path.
        text: its content.
        kind: what it is.
        name: the dotted path of a module; the path of any other file.
    """

    path: Path
    text: str
    kind: Kind
    name: str


def document(path: Path, text: str, config: Config) -> Document | str:
    """Returns what a file is, or why it is not checked; empty if it has no formula.

    Args:
        path: the file.
        text: its content.
        config: the project's table.

    Raises:
        SpecError: for a Python file with a syntax error.
    """
    if path.suffix in PAGES:
        shows = markup.blocks(markup.dedented(text))
        return Document(path=path, text=text, kind=Kind.PAGE, name=str(path)) if shows else ""
    if path.suffix != ".py":
        return ""
    listed = _is_listed(path, config)
    if not listed and not _may_show(text):
        return ""
    tree = _parsed(path, text)
    if listed or _makes_specs(tree):
        return Document(path=path, text=text, kind=Kind.SPEC, name=str(path))
    if not any(_shows(string) for string in _strings(tree)):
        return ""
    name = module_name(path)
    if not name:
        return f"{path} is on no entry of sys.path, so its docstrings cannot be checked; install the project with pip install -e ."
    return Document(path=path, text=text, kind=Kind.MODULE, name=name)


def _may_show(text: str) -> bool:
    """Whether a program may contain a display, so that it is worth parsing."""
    return any(sign in text for sign in ("math", "$$", "\\[", "=", "::", "qedoc"))


def _parsed(path: Path, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        message = getattr(error, "msg", None) or str(error)
        raise SpecError(
            f"syntax error: {message}; the formulas of this file were not checked", Location(path=str(path), line=line)
        ) from None


def _is_listed(path: Path, config: Config) -> bool:
    """Whether a file belongs to the project's specs."""
    listed = [Path(one).resolve() for one in spec_paths(config)]
    return any(one == path or (one in path.parents and not any(part[0] in "_." for part in path.relative_to(one).parts)) for one in listed)


def _makes_specs(tree: ast.Module) -> bool:
    """Whether a program imports the spec language."""
    imported = [alias.name for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "qedoc" for alias in node.names]
    return "Spec" in imported


def _strings(tree: ast.Module) -> Iterator[str]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" in node.value)


def _shows(docstring: str) -> bool:
    lines = markup.dedented(docstring)
    return bool(markup.blocks(lines) or markup.roles(lines))


def module_name(path: Path) -> str:
    """Returns the dotted path under which Python would import a file; empty if none of its names leads to the file.

    Args:
        path: the file, as an absolute path.
    """
    invalidate_caches()
    parts = [path.stem] if path.name != "__init__.py" else []
    folder = path.parent
    while (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    names = [".".join(parts)] if parts else []
    while folder.name.isidentifier():  # the package may have no __init__.py
        parts.insert(0, folder.name)
        names.append(".".join(parts))
        folder = folder.parent
    return next((name for name in names if all(map(str.isidentifier, name.split("."))) and _leads(name, path)), "")


def _leads(name: str, path: Path) -> bool:
    """Whether Python would find a module in a file. Packages around it are not imported."""
    top, *rest = name.split(".")
    try:
        found = find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return False
    if found is None:
        return False
    if not rest:
        return found.origin is not None and _same(found.origin, path)
    inside = [Path(folder, *rest) for folder in found.submodule_search_locations or ()]
    return any(_same(file, path) for one in inside for file in (one / "__init__.py", one.with_suffix(".py")))


def _same(one: str | Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
