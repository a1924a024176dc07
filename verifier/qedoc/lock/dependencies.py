"""Finds the source code that a function depends on: the names that it mentions, the names that these mention, and so on."""

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import machinery, util
from pathlib import Path
from typing import TypeAlias

from qedoc.errors import QedocError
from qedoc.lock.syntax import SIDE_EFFECTS, Analysis, analyse, digest, read

Sources: TypeAlias = dict[str, dict[str, str]]
"""The fingerprints of the names in each file. A file is identified by its path relative to its entry in `sys.path`."""

VERSIONED = ("jax", "jaxlib", "numpy", "sympy", "qedoc")
"""Packages that are tracked by version. Imports of them are not followed; of their source, only executed functions count."""

CHANGING = "changed while it was checked"  # a fingerprint that matches nothing
_STARTED = time.time()
_SITES = ("site-packages", "dist-packages")


def closure(target: str, reached: Iterable[tuple[str, int]]) -> Sources:
    """Returns the sources that a target depends on: its definition, the functions that were executed, and everything that these mention.

    Other installed packages are tracked by version and not followed.

    Args:
        target: dotted path of a function.
        reached: (file, line) pairs inside functions that were executed.
    """
    walk = _Walk()
    walk.follow_path(target.split("."))
    for file, line in reached:
        walk.visit_line(Path(file), line)
    return walk.sources()


def imported(text: str) -> Sources:
    """Returns the sources of the local modules that a Python text imports, including everything that they define."""
    analysis = analyse(text)
    walk = _Walk()
    for module, attribute in () if analysis is None else [pair for pairs in analysis.imports.values() for pair in pairs]:
        if locate(module) is not None and is_local(locate(module)):
            walk.follow_path([*module.split("."), *([attribute] if attribute else [])], whole=True)
    return walk.sources()


def changed(sources: Sources) -> list[str]:
    """Returns the names whose source has changed, as `file: name`, and the files that no longer exist, as `file`.

    Args:
        sources: the result of an earlier call of `closure`.
    """
    found = []
    for key, names in sources.items():
        path = find(key)
        analysis = _analysis(path) if path is not None else None
        if analysis is None:
            found.append(key)
            continue
        found += [f"{key}: {name or 'module level'}" for name, known in names.items() if analysis.names.get(name) != known]
    return found


Seen: TypeAlias = set[tuple[Path, str, bool]]
"""Names that were resolved on the way to one name, each with its file, and whether a module gives all its names."""


class _Walk:
    """Follows references between names. Collects the visited names of each file with their fingerprints."""

    def __init__(self) -> None:
        self.visited: dict[Path, dict[str, str]] = {}
        self.followed: set[tuple[Path, str]] = set()

    def sources(self) -> Sources:
        """All visited names."""
        return {key_of(path): dict(sorted(names.items())) for path, names in sorted(self.visited.items()) if names}

    def visit_line(self, path: Path, line: int) -> None:
        """Visits the names that the statement at a line binds."""
        analysis = _analysis(path)
        for first, last, name in () if analysis is None else analysis.spans:
            if int(first) <= line <= int(last):
                self.visit(path, str(name))

    def visit(self, path: Path, name: str) -> None:
        """Visits a name in a module and everything that it mentions."""
        waiting = [(path, name)]
        while waiting:
            here, wanted = waiting.pop()
            analysis = _analysis(here)
            if analysis is None or wanted not in analysis.names or wanted in self.visited.get(here, {}):
                continue
            names = self.visited.setdefault(here, {})
            names[wanted] = analysis.names[wanted] if here.stat().st_mtime < _STARTED else CHANGING
            waiting.append((here, SIDE_EFFECTS))
            for chain in analysis.uses[wanted]:
                if (here, chain) not in self.followed:  # many names of a module mention the same ones
                    self.followed.add((here, chain))
                    waiting += _mentioned(here, analysis, chain.split("."))
            waiting += _bound_elsewhere(here, analysis, wanted, [], whole=False)

    def follow_path(self, parts: list[str], *, whole: bool = False) -> None:
        """Visits the name at a dotted path. If the path is a module and `whole` is set, visits all names in the module."""
        for path, name in _in_module(parts, whole=whole):
            self.visit(path, name)


def _mentioned(path: Path, analysis: Analysis, chain: list[str]) -> Iterator[tuple[Path, str]]:
    """Resolves a chain such as `layers.scale` that occurs in a module."""
    root, rest = chain[0], chain[1:]
    if root in analysis.names:
        yield path, root
    if root in analysis.imports:
        yield from _bound_elsewhere(path, analysis, root, rest, whole=True)
    elif root not in analysis.names:
        for star in analysis.stars:
            yield from _import(path, star, [root], whole=False)


def _bound_elsewhere(
    path: Path, analysis: Analysis, name: str, rest: list[str], *, whole: bool, seen: Seen | None = None
) -> Iterator[tuple[Path, str]]:
    for module, attribute in analysis.imports.get(name, ()):
        yield from _import(path, module, [*([attribute] if attribute else []), *rest], whole=whole, seen=seen)


def _import(path: Path, module: str, attributes: list[str], *, whole: bool, seen: Seen | None = None) -> Iterator[tuple[Path, str]]:
    """Resolves `attributes` of an imported module, if imports of this module are followed."""
    level = len(module) - len(module.lstrip("."))
    parts = module.lstrip(".").split(".") if module.strip(".") else []
    if level:
        inside = dotted(path)[: None if path.name == "__init__.py" and level == 1 else -(level - (path.name == "__init__.py"))]
        parts = [*inside, *parts]
    if parts and (parts[0] == dotted(path)[0] or is_local(locate(parts[0]))) and parts[0] not in VERSIONED:
        yield from _in_module([*parts, *attributes], whole=whole, seen=seen)


def _in_module(parts: list[str], *, whole: bool, seen: Seen | None = None) -> Iterator[tuple[Path, str]]:
    """Resolves a dotted path to names in a module. A path that is a module gives all its names if `whole` is set, otherwise none.

    Args:
        parts: the parts of the path.
        whole: whether a module gives all its names.
        seen: the names that were resolved on the way, each with its file: modules may import all names of each other.
    """
    for length in range(len(parts), 0, -1):
        path = locate(".".join(parts[:length]))
        if path is None:
            continue
        analysis = _analysis(path)
        if analysis is None:
            return
        if length < len(parts):
            seen = set() if seen is None else seen
            here = path, ".".join(parts[length:]), whole
            if here in seen:
                return
            seen.add(here)
            yield path, parts[length]
            if parts[length] in analysis.imports:  # a name that the __init__ of a package re-exports
                yield from _bound_elsewhere(path, analysis, parts[length], parts[length + 1 :], whole=whole, seen=seen)
            for star in () if parts[length] in analysis.names else analysis.stars:
                yield from _import(path, star, [parts[length]], whole=False, seen=seen)
        elif whole:
            yield from ((path, name) for name in analysis.names)
        return


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


def package(name: str) -> str | None:
    """Returns a fingerprint of all source files of a local package, including docstrings. Returns None if it is installed or not found.

    Args:
        name: dotted path of the package or of an object in it.
    """
    root = locate(name.partition(".")[0])
    if root is None or not is_local(root):
        return None
    files = sorted(root.parent.rglob("*.py")) if root.name == "__init__.py" else [root]
    found = {key_of(file): analysis for file in files if (analysis := _analysis(file)) is not None}
    return digest("\n".join(f"{key} {analysis.documented}" for key, analysis in sorted(found.items())))


def text_at(path: Path, line: int) -> tuple[int, int] | None:
    """Returns the number of the string literal that contains a line, and the offset of the line in it.

    This position stays valid when lines are added or removed elsewhere in the file.

    Args:
        path: the file.
        line: the line number, starting at 1.
    """
    analysis = _analysis(path)
    found = [(last - first, k, line - first) for k, (first, last) in enumerate(analysis.texts) if first <= line <= last] if analysis else []
    return min(found)[1:] if found else None


def line_of(path: Path, text: int, offset: int) -> int | None:
    """Returns the current line number of a position from `text_at`; None if the string no longer exists."""
    analysis = _analysis(path)
    return analysis.texts[text][0] + offset if analysis is not None and 0 <= text < len(analysis.texts) else None


@cache
def is_local(path: Path | None) -> bool:
    """Whether a file belongs neither to the standard library nor to an installed package."""
    if path is None or any(site in path.parts for site in _SITES):
        return False
    return not path.is_relative_to(Path(os.__file__).parent)


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
def _analysis(path: Path) -> Analysis | None:
    return analyse(_text(path)) if path.suffix in machinery.SOURCE_SUFFIXES else None


def _text(path: Path) -> str:
    try:
        return read(path)
    except QedocError:
        return "\0"  # not valid Python, so results that depend on this file become stale
