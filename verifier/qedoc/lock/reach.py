"""Finds the source code that a function depends on: the names that it mentions, the names that these mention, and so on.

Code may also reach what it does not mention. If it evaluates text or imports by name, everything in its package counts. If it reads the
names of its module, or an attribute that the module does not define, everything in this module counts. What the modules of its package
do when they are imported counts if it changes anything that the function uses.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from qedoc.lock.clock import began
from qedoc.lock.dependencies import analysis, dotted, files_beside, find, importable, is_local, is_own, key_of, locate
from qedoc.lock.syntax import SIDE_EFFECTS, Analysis, analyse, digest
from qedoc.lock.versions import installed

Sources: TypeAlias = dict[str, dict[str, str]]
"""The fingerprints of the names in each file. A file is identified by its path relative to its entry in `sys.path`."""

VERSIONED = ("jax", "jaxlib", "numpy", "sympy", "qedoc")
"""Packages that are tracked by version. Imports of them are not followed; of their source, only executed functions count."""

EVERYTHING = "*"
"""The pseudo-name of the whole source of a module, without docstrings."""

VERSION = "version of "
"""A key of sources that begins so stands for the version of a distribution that code imports."""

FILES = "files of "
"""A key of sources that begins so stands for the names of all files of a package."""

IMPORTS = "imports of "
"""A key of sources that begins so stands for the local modules that a module imports, and for what these do when they are imported."""

_TOLD = ("jax", "jaxlib", "sympy", "qedoc")  # every record has their versions

CHANGING = "changed while it was checked"  # a fingerprint that matches nothing
ABSENT = "absent"
"""The fingerprint of a name that a module does not define, though code would use it from there."""

_IMPLICIT = frozenset({"__name__", "__file__", "__doc__", "__package__", "__spec__", "__path__", "__loader__", "__builtins__"})


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
    start = _start(target)
    if start is None or not is_own(start) or not walk.visited:
        return walk.sources()
    walk.visit_effects(start)
    module = ".".join(dotted(start))
    whole = all(path.stat().st_mtime < began() for path in loaded_by(start))
    return {**walk.sources(), f"{IMPORTS}{module}": {"": imports_of(module) if whole else CHANGING}}


def imported(text: str) -> Sources:
    """Returns the sources of the local modules that a Python text imports, including everything that they define."""
    found = analyse(text)
    walk = _Walk()
    for module, attribute in () if found is None else [pair for pairs in found.imports.values() for pair in pairs]:
        if locate(module) is not None and is_local(locate(module)) and module.partition(".")[0] not in VERSIONED:
            walk.follow_path([*module.split("."), *([attribute] if attribute else [])], whole=True)
    for module in () if found is None else (*found.stars, *found.loads):
        if locate(module) is not None and is_local(locate(module)) and module.partition(".")[0] not in VERSIONED:
            walk.follow_path(module.split("."), whole=True)
    return walk.sources()


def changed(sources: Sources) -> list[str]:
    """Returns the names whose source has changed, as `file: name`, and the files that no longer exist, as `file`.

    Args:
        sources: the result of an earlier call of `closure`.
    """
    found = []
    for key, names in sources.items():
        if key.startswith((FILES, IMPORTS, VERSION)):
            if names[""] != (now := _now(key)):
                found.append(_SAID[key.rpartition(" ")[0]].format(key.rpartition(" ")[2], names[""], now))
            continue
        path = find(key)
        here = analysis(path) if path is not None else None
        if here is None:
            found.append(key)
            continue
        different = [name for name, known in names.items() if _fingerprint(here, name) != known]
        found += [f"{key}: {_SPOKEN.get(name, name)}" for name in sorted(different, key=lambda name: (name in _SPOKEN, name))]
    return found


_SAID = {
    FILES.strip(): "{}: its files",
    IMPORTS.strip(): "{}: what it imports, or what these modules do on import",
    VERSION.strip(): "{0} {2} instead of {1}",
}
_SPOKEN = {SIDE_EFFECTS: "module level", EVERYTHING: "anything in it"}


def _fingerprint(here: Analysis, name: str) -> str:
    return here.whole if name == EVERYTHING else here.names.get(name, ABSENT)


@cache
def _now(key: str) -> str:
    name = key.rpartition(" ")[2]
    if key.startswith(VERSION):
        return installed([name]).get(name, "none")
    return _listing(name) if key.startswith(FILES) else imports_of(name)


def _listing(package: str) -> str:
    return digest("\n".join(map(key_of, importable(package))))


@cache
def imports_of(module: str) -> str:
    """Returns a fingerprint of the local modules that a module imports, directly or not, and of what they do when they are imported.

    Args:
        module: dotted path of the module.
    """
    start = locate(module)
    if start is None:
        return ABSENT
    return digest("\n".join(f"{key_of(path)} {here.effects}" for path in loaded_by(start) if (here := analysis(path)) is not None))


def loaded_by(start: Path) -> list[Path]:
    """Returns the local modules that a module imports, directly or not, in order. Imports inside of functions count too.

    Args:
        start: the file of the module.
    """
    found, waiting = {start}, [start]
    while waiting:
        path = waiting.pop()
        here = analysis(path)
        named = [] if here is None else [pair for pairs in here.imports.values() for pair in pairs]
        named += [] if here is None else [[module, ""] for module in (*here.stars, *here.loads)]
        parents = [dotted(path)[:length] for length in range(1, len(dotted(path)))]
        for parts in (*parents, *(part for origin in named for part in _modules(path, *origin))):
            for length in range(1, len(parts) + 1):
                file = locate(".".join(parts[:length]))
                if file is not None and file not in found and is_own(file) and parts[0] not in VERSIONED:
                    found.add(file)
                    waiting.append(file)
    return sorted(found)


def _modules(path: Path, module: str, attribute: str) -> Iterator[tuple[str, ...]]:
    """The modules that an import may load: the named one, and the attribute, which may be a submodule."""
    parts = absolute(path, module)
    yield tuple(parts)
    if attribute:
        yield (*parts, attribute)


def absolute(path: Path, module: str) -> list[str]:
    """Returns the parts of the name of a module that a file imports.

    Args:
        path: the file.
        module: the module as it is written, with leading dots.
    """
    level = len(module) - len(module.lstrip("."))
    parts = module.lstrip(".").split(".") if module.strip(".") else []
    if not level:
        return parts
    inside = dotted(path)[: None if path.name == "__init__.py" and level == 1 else -(level - (path.name == "__init__.py"))]
    return [*inside, *parts]


def _start(target: str) -> Path | None:
    """The file of the module of a target."""
    parts = target.split(".")
    return next((path for length in range(len(parts), 0, -1) if (path := locate(".".join(parts[:length]))) is not None), None)


Seen: TypeAlias = set[tuple[Path, str, bool]]
"""Names that were resolved on the way to one name, each with its file, and whether a module gives all its names."""


class _Walk:
    """Follows references between names. Collects the visited names of each file with their fingerprints."""

    def __init__(self) -> None:
        self.visited: dict[Path, dict[str, str]] = {}
        self.followed: set[tuple[Path, str]] = set()
        self.listed: set[str] = set()
        self.outside: set[str] = set()

    def sources(self) -> Sources:
        """All visited names."""
        found = {key_of(path): dict(sorted(names.items())) for path, names in sorted(self.visited.items()) if names}
        files = {f"{FILES}{package}": {"": _listing(package)} for package in sorted(self.listed)}
        return found | files | {f"{VERSION}{name}": {"": version} for name, version in sorted(_distributions(self.outside).items())}

    def visit_line(self, path: Path, line: int) -> None:
        """Visits the names that the statement at a line binds."""
        here = analysis(path)
        for first, last, name in () if here is None else here.spans:
            if int(first) <= line <= int(last):
                self.visit(path, str(name))

    def visit(self, path: Path, name: str) -> None:
        """Visits a name in a module and everything that it mentions."""
        waiting = [(path, name)]
        while waiting:
            at, wanted = waiting.pop()
            here = analysis(at)
            if here is None or wanted in self.visited.get(at, {}):
                continue
            names = self.visited.setdefault(at, {})
            names[wanted] = _fingerprint(here, wanted) if at.stat().st_mtime < began() else CHANGING
            if wanted == EVERYTHING:
                waiting += [(at, other) for other in here.names]
            if wanted not in here.names:
                continue
            if wanted == SIDE_EFFECTS:  # the names too, so that a message can tell which of them has changed
                places = {(first, last) for first, last, name in here.spans if name == SIDE_EFFECTS}
                waiting += [(at, str(name)) for first, last, name in here.spans if (first, last) in places]
            if SIDE_EFFECTS in here.names:
                waiting.append((at, SIDE_EFFECTS))
            self.outside |= {top for module, _ in here.imports.get(wanted, ()) if (top := _outside(at, module))}
            for chain in here.uses[wanted]:
                self.outside |= {top for module, _ in here.imports.get(chain.partition(".")[0], ()) if (top := _outside(at, module))}
                if (at, chain) not in self.followed:  # many names of a module mention the same ones
                    self.followed.add((at, chain))
                    waiting += _mentioned(at, here, chain.split("."))
            waiting += _bound_elsewhere(at, here, wanted, [], whole=False)
            waiting += self._beyond(at, here.reach.get(wanted, ""))

    def _beyond(self, path: Path, reach: str) -> list[tuple[Path, str]]:
        """What code may reach without mentioning it."""
        package = dotted(path)[0]
        if reach != "package" or not (files := importable(package) or files_beside(path)):  # an installed package is tracked by version
            return [(path, EVERYTHING)] if reach else []
        self.listed.add(package)
        return [(file, EVERYTHING) for file in files]

    def follow_path(self, parts: list[str], *, whole: bool = False) -> None:
        """Visits the name at a dotted path. If the path is a module and `whole` is set, visits all names in the module."""
        for path, name in _in_module(parts, whole=whole):
            self.visit(path, name)

    def visit_effects(self, start: Path) -> None:
        """Visits what local modules do when they are imported, if that concerns anything that was visited."""
        waiting = {path for path in loaded_by(start) if (here := analysis(path)) is not None and SIDE_EFFECTS in here.names}
        while True:
            concerned = [path for path in waiting if SIDE_EFFECTS not in self.visited.get(path, {}) and self._concern(_touched(path))]
            for path in concerned:
                self.visit(path, SIDE_EFFECTS)
            if not concerned:
                return

    def _concern(self, touched: dict[Path, dict[str, str]]) -> bool:
        return any(name in self.visited.get(path, {}) for path, names in touched.items() for name in names)


@cache
def _touched(path: Path) -> dict[Path, dict[str, str]]:
    """What the statements of a module that are run for their effects mention, directly or not. Names of imports do not count."""
    walk = _Walk()
    walk.visit(path, SIDE_EFFECTS)
    return {
        file: {name: found for name, found in names.items() if here is not None and name in here.names and name not in here.imports}
        for file, names in walk.visited.items()
        for here in [analysis(file)]
    }


def _mentioned(path: Path, here: Analysis, chain: list[str]) -> Iterator[tuple[Path, str]]:
    """Resolves a chain such as `layers.scale` that occurs in a module."""
    root, rest = chain[0], chain[1:]
    if root in here.names:
        yield path, root
    if root in here.imports:
        yield from _bound_elsewhere(path, here, root, rest, whole=True)
    for star in here.stars:  # a name that is imported with `*` may replace another one
        yield from _import(path, star, [root], whole=False, star=True)


def _bound_elsewhere(
    path: Path, here: Analysis, name: str, rest: list[str], *, whole: bool, seen: Seen | None = None
) -> Iterator[tuple[Path, str]]:
    for module, attribute in here.imports.get(name, ()):
        yield from _import(path, module, [*([attribute] if attribute else []), *rest], whole=whole, seen=seen)


def origins(path: Path, name: str) -> Iterator[tuple[Path, str]]:
    """Yields the modules and names that a name of a module may come from, the module itself among them if it binds the name.

    Args:
        path: the file of the module.
        name: the name.
    """
    here = analysis(path)
    if here is not None:
        yield from _mentioned(path, here, [name])


def _import(
    path: Path, module: str, attributes: list[str], *, whole: bool, seen: Seen | None = None, star: bool = False
) -> Iterator[tuple[Path, str]]:
    """Resolves `attributes` of an imported module, if imports of this module are followed."""
    parts = absolute(path, module)
    if parts and (parts[0] == dotted(path)[0] or is_local(locate(parts[0]))) and parts[0] not in VERSIONED:
        yield from _in_module([*parts, *attributes], whole=whole, seen=seen, star=star)


def _in_module(parts: list[str], *, whole: bool, seen: Seen | None = None, star: bool = False) -> Iterator[tuple[Path, str]]:
    """Resolves a dotted path to names in a module. A path that is a module gives all its names if `whole` is set, otherwise none.

    Args:
        parts: the parts of the path.
        whole: whether a module gives all its names.
        seen: the names that were resolved on the way, each with its file: modules may import all names of each other.
        star: whether the path is only tried, because an import with `*` may give it.
    """
    for length in range(len(parts), 0, -1):
        path = locate(".".join(parts[:length]))
        if path is None:
            continue
        here = analysis(path)
        if here is None:
            return
        if length < len(parts):
            seen = set() if seen is None else seen
            name = parts[length]
            if (path, ".".join(parts[length:]), whole) in seen:
                return
            seen.add((path, ".".join(parts[length:]), whole))
            yield path, name
            if name in here.imports:  # a name that the __init__ of a package re-exports
                yield from _bound_elsewhere(path, here, name, parts[length + 1 :], whole=whole, seen=seen)
            for other in here.stars:
                yield from _import(path, other, [name], whole=False, seen=seen, star=True)
            if not star and name not in _IMPLICIT and not _defines(path, name):  # made by `__getattr__`, or by other code on import
                yield path, "__getattr__" if "__getattr__" in here.names else EVERYTHING
        elif whole:
            yield path, EVERYTHING
        return


def _defines(path: Path, name: str, seen: frozenset[Path] = frozenset()) -> bool:
    """Whether a statement of a module binds a name, or imports it with `*` from a module that is followed."""
    here = analysis(path)
    if here is None or path in seen:
        return False
    if name in here.names or name in here.imports:
        return True
    stars = (locate(".".join(absolute(path, star))) for star in here.stars)
    return any(star is None or _defines(star, name, seen | {path}) for star in stars)


def _outside(path: Path, module: str) -> str:
    """The top-level name of a module that a file imports, if it is tracked by version alone and belongs to no part of a claim's record."""
    top = absolute(path, module)[:1]
    if not top or top[0] == dotted(path)[0] or top[0] in _TOLD or top[0] in sys.stdlib_module_names or is_local(locate(top[0])):
        return ""
    return top[0]


def _distributions(names: Iterable[str]) -> dict[str, str]:
    """The versions of the distributions that provide top-level modules."""
    found: dict[str, str] = {}
    for name in names:
        known = installed([name]) or installed(_provided().get(name, ()))
        found |= known or {name: "none"}
    return found


@cache
def _provided() -> Mapping[str, list[str]]:
    from importlib import metadata

    return metadata.packages_distributions()


def forget() -> None:
    """Forgets what was read of source files. A process that outlives changes of them calls this before it looks again."""
    every: tuple[Any, ...] = (analysis, locate, key_of, dotted, find, is_local, is_own, _now, imports_of, _touched, _provided)
    for remembered in every:
        remembered.cache_clear()
