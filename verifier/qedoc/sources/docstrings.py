"""Finds the documented objects of an installed package, each once, with their formulas and what the text says about the symbols."""

import importlib
import inspect
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from qedoc.errors import Location, TargetError, meant, question, told
from qedoc.sources import locations, markup, prose
from qedoc.sources.prose import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula of a docstring.

    Args:
        latex: the formula, without its markup.
        location: the file and line where it starts.
        display: whether it stands alone rather than inside a sentence.
        line: its line in the docstring, from 0.
    """

    latex: str
    location: Location
    display: bool
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A parameter of a documented function.

    Args:
        name: its name.
        default: its default, or `inspect.Parameter.empty`.
        annotation: its annotation as written; empty if there is none.
        text: its description in the docstring.
        keyword: whether it is keyword-only.
    """

    name: str
    default: Any
    annotation: str
    text: str
    keyword: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """An object with a docstring.

    Args:
        name: its dotted path, the shortest of its public ones.
        aliases: its other public paths.
        copies: paths of other objects with the same docstring, each of which has its own record.
        location: where it is defined.
        docstring: its docstring at run time.
        arguments: its parameters, in order; empty for a module.
        formulas: display and inline formulas, in the order written.
        legend: the text's explanation of each symbol, by the symbol's LaTeX.
        bound: symbols that the text identifies with a parameter, by the symbol's LaTeX.
        conditions: conditions that the text states for the formulas.
        siblings: names of the documented functions next to it.
        vectors: symbols and parameters that have entries according to the text.
        matrices: symbols and parameters that are matrices according to the text.
    """

    name: str
    aliases: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    location: Location
    docstring: str
    arguments: tuple[Argument, ...] = ()
    formulas: tuple[Formula, ...] = ()
    legend: Mapping[str, str] = field(default_factory=dict)
    bound: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    siblings: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    matrices: frozenset[str] = frozenset()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return tuple(argument.name for argument in self.arguments)


def _loaded(name: str) -> ModuleType | None:
    """A module; None for one that cannot be imported, or that ends the process."""
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit, KeyboardInterrupt):  # noqa: BLE001  # a broken module must not stop the rest of its package
        return None


def documented(target: str, load: Callable[[str], ModuleType | None] = _loaded) -> list[Documented]:
    """Returns the documented objects at a dotted path: one object, or a package or module with its public contents.

    Args:
        target: a path such as `optax`, `jax.nn` or `optax.adam`.
        load: imports a module inside the target. Returns None for a module to skip.

    Raises:
        TargetError: if nothing importable is at the path.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # packages warn when their deprecated names are accessed
        return _documented(target, load)


def _documented(target: str, load: Callable[[str], ModuleType | None]) -> list[Documented]:
    found = dict(_walk(target, load))
    by_object: dict[tuple[int, str], list[str]] = {}
    for path, value in found.items():
        if docstring := docstring_of(value):
            by_object.setdefault((id(_unwrapped(value)), docstring), []).append(path)
    named = {tuple(sorted(paths, key=_rank)): docstring for (_, docstring), paths in by_object.items() if docstring.strip()}
    sharing: dict[str, list[str]] = {}
    for paths, docstring in named.items():
        sharing.setdefault(docstring, []).extend(paths)
    records = []
    for (name, *aliases), docstring in named.items():
        copies = sorted({*sharing[docstring]} - {name, *aliases}, key=_rank)
        records.append(replace(_record(name, tuple(aliases), found[name], docstring), copies=tuple(copies)))
    return sorted((_with_siblings(record, found) for record in records), key=lambda record: _rank(record.name))


def _unwrapped(value: Any) -> Any:
    """The function inside decorators that keep its docstring: they are other names for it."""
    try:
        return inspect.unwrap(value) if callable(value) else value
    except Exception:  # noqa: BLE001  # attribute access on a package's object may raise anything
        return value


def _rank(path: str) -> tuple[int, str]:
    return path.count("."), path


def _walk(target: str, load: Callable[[str], ModuleType | None]) -> Iterator[tuple[str, Any]]:
    """Public paths and what they name."""
    value = named(target)
    if not isinstance(value, ModuleType):
        yield target, value
        yield from _members(target, value)
        return
    for module, path in _modules(value, target, load):
        yield path, module
        for name in _public(module):
            member = _attribute(module, name)
            if isinstance(member, ModuleType) or not _belongs(member, target):
                continue
            yield f"{path}.{name}", member
            yield from _members(f"{path}.{name}", member)


def named(target: str) -> Any:
    """Returns the object at a dotted path.

    Args:
        target: the path.

    Raises:
        TargetError: if nothing importable is at the path.
    """
    parts = target.split(".")
    if not all(part.isidentifier() for part in parts):
        raise TargetError(f"expected a dotted path such as optax.adam, found {target!r}")
    for length in range(len(parts), 0, -1):
        path = ".".join(parts[:length])
        try:
            value: Any = importlib.import_module(path)
        except ModuleNotFoundError as error:
            if error.name and not (path == error.name or path.startswith(f"{error.name}.")):
                raise TargetError(f"{path} cannot be imported: {error}") from error
            continue
        except Exception as error:
            raise TargetError(f"{path} cannot be imported: {told(error)}") from error
        for name in parts[length:]:
            value = _inner(value, name, target, path)
        return value
    raise TargetError(f"{target}: no module named {parts[0]!r} is installed; give a dotted path such as optax.adam")


def _inner(value: Any, name: str, target: str, path: str) -> Any:
    try:
        return getattr(value, name)
    except AttributeError:
        asked = question(meant(name, [k for k in dir(value) if not k.startswith("_")], most=3))
        raise TargetError("; ".join(filter(None, [f"{target}: {path} has no {name!r}", asked]))) from None
    except Exception as error:
        raise TargetError(f"{target}: reading {name!r} of {path} failed: {told(error)}") from error


def _modules(module: ModuleType, path: str, load: Callable[[str], ModuleType | None]) -> Iterator[tuple[ModuleType, str]]:
    """The module and the public modules inside it."""
    yield module, path
    for name in _inside(getattr(module, "__path__", ())):
        if name.startswith("_") or name.endswith("_test") or name in ("test", "tests", "conftest", "setup"):
            continue
        inner = load(f"{module.__name__}.{name}")
        if inner is not None:
            yield from _modules(inner, f"{path}.{name}", load)


def _inside(folders: Iterable[str]) -> list[str]:
    """The names of the modules and packages in the folders of a package, packages without `__init__.py` included."""
    paths = list(folders)
    found = {entry.name for entry in pkgutil.iter_modules(paths)}
    for folder in map(Path, paths):
        inner = [entry for entry in folder.iterdir() if entry.is_dir()] if folder.is_dir() else []
        found |= {entry.name for entry in inner if entry.name.isidentifier() and any(entry.rglob("*.py"))}
    return sorted(found)


def _public(module: ModuleType) -> list[str]:
    listed = getattr(module, "__all__", None)
    if isinstance(listed, list | tuple):
        return [name for name in listed if isinstance(name, str)]
    return [name for name in dir(module) if not name.startswith("_")]


def _attribute(module: ModuleType, name: str) -> Any:
    """A module's attribute, or None for a name that it lists but does not have."""
    try:
        return getattr(module, name, None)
    except (Exception, SystemExit, KeyboardInterrupt):  # noqa: BLE001  # a module's own __getattr__ may raise anything
        return None


def _belongs(value: Any, target: str) -> bool:
    """Whether a value is of the package, not merely imported by it, and documented by itself."""
    if isinstance(value, int | float | complex | str | bytes | tuple | list | dict | set | frozenset):
        return False
    module = getattr(value, "__module__", None)
    root = target.partition(".")[0]
    return not isinstance(module, str) or module.partition(".")[0] in (root, f"{root}lib")


def _members(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not inspect.isclass(value):
        return
    for name, member in vars(value).items():
        if name.startswith("_") and name != "__call__":
            continue
        inner = getattr(member, "__func__", member)
        if callable(inner) or isinstance(inner, property):
            yield f"{path}.{name}", inner


def docstring_of(value: Any) -> str:
    """The docstring of the object itself; empty if it only has that of its type."""
    text = getattr(value, "__doc__", None)
    if not isinstance(text, str):
        return ""
    inherited = getattr(type(value), "__doc__", None)
    return "" if text == inherited and not inspect.isclass(value) else text


def _record(name: str, aliases: tuple[str, ...], value: Any, docstring: str) -> Documented:
    lines = markup.dedented(docstring)
    path, defined = _home(name, value, docstring) if markup.blocks(lines) or markup.roles(lines) else locations.home(value)
    paragraphs = markup.paragraphs(lines)
    told = markup.arguments(lines)
    arguments = _arguments(value, {name: text for name, (text, _) in told.items()})
    names = [argument.name for argument in arguments]
    legend = prose.legend(paragraphs, {name: text for name, (text, _) in told.items()})
    letters = {symbol: text for symbol, text in legend.items() if "angle" not in symbol}
    said = {argument.name: argument.text for argument in arguments}
    found = ((symbol, prose.parameter(text, names) or prose.described(text, said)) for symbol, text in letters.items())
    bound = {symbol: parameter for symbol, parameter in found if parameter}
    shaped = {argument.name for argument in arguments if prose.shaped(argument.text)}
    square = {argument.name for argument in arguments if prose.matrix(argument.text)}
    matrices = {symbol for symbol, text in legend.items() if prose.matrix(text)} | {s for s, p in bound.items() if p in square} | square
    vectors = {symbol for symbol, text in legend.items() if prose.shaped(text)} | {s for s, p in bound.items() if p in shaped} | shaped

    def formula(latex: str, line: int, *, display: bool) -> Formula:
        return Formula(latex=latex, location=locations.locate(docstring, line, path, defined), display=display, line=line)

    formulas = [formula(block.latex, block.first, display=True) for block in markup.blocks(lines)]
    displays = [shown.line for shown in formulas]
    formulas += [formula(role.latex, role.line, display=False) for role in markup.roles(lines)]
    conditions = prose.conditions(paragraphs, {name: item for name, item in told.items() if name in names})
    return Documented(
        name=name,
        aliases=aliases,
        location=Location(path=path, line=max(defined, 1)),
        docstring=docstring,
        arguments=tuple(arguments),
        formulas=tuple(sorted(formulas, key=lambda formula: formula.line)),
        legend=legend,
        bound=bound,
        conditions=tuple(prose.scoped(conditions, paragraphs, displays)),
        vectors=frozenset(vectors),
        matrices=frozenset(matrices),
    )


def _home(name: str, value: Any, docstring: str) -> tuple[str, int]:
    """The file and line of the definition, or of the string if it stands in another file."""
    path, defined = locations.home(value)
    if any(literal.value == docstring for literal in locations.literals(path)):
        return path, defined
    elsewhere, line = locations.find_literal(docstring, name.partition(".")[0])
    return (elsewhere, line) if elsewhere else (path, defined)


def _arguments(value: Any, told: Mapping[str, str]) -> list[Argument]:
    try:
        parameters = list(inspect.signature(value).parameters.values()) if callable(value) else []
    except (TypeError, ValueError):
        parameters = []
    return [
        Argument(
            name=parameter.name,
            default=parameter.default,
            annotation="" if parameter.annotation is inspect.Parameter.empty else str(parameter.annotation),
            text=told.get(parameter.name, ""),
            keyword=parameter.kind is inspect.Parameter.KEYWORD_ONLY,
        )
        for parameter in parameters
        if parameter.name not in ("self", "cls")
    ]


def _with_siblings(record: Documented, found: Mapping[str, Any]) -> Documented:
    """The record with the names of the functions in its modules, as they are written in formulas."""
    folders = {path.rpartition(".")[0] for path in (record.name, *record.aliases, *record.copies)}
    names = {path.rpartition(".")[2] for path, value in found.items() if path.rpartition(".")[0] in folders and callable(value)}
    modules = [sys.modules[folder] for folder in folders if folder in sys.modules]
    for module in modules:
        names |= {name for name in _public(module) if _is_function(_attribute(module, name))}
    own = record.name.rpartition(".")[2]
    return replace(record, siblings=frozenset(names - {own}))


def _is_function(value: Any) -> bool:
    called: Callable[..., Any] | None = value if callable(value) else None
    return called is not None and not inspect.isclass(called)
