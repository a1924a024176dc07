"""Finds the public objects of an installed package, module by module."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from qedoc.errors import TargetError, meant, question, told


def loaded(name: str) -> ModuleType | None:
    """A module; None for one that cannot be imported, or that ends the process."""
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit, KeyboardInterrupt):  # noqa: BLE001  # a broken module must not stop the rest of its package
        return None


def unwrapped(value: Any) -> Any:
    """The function inside decorators that keep its docstring: they are other names for it."""
    try:
        return inspect.unwrap(value) if callable(value) else value
    except Exception:  # noqa: BLE001  # attribute access on a package's object may raise anything
        return value


def walk(target: str, load: Callable[[str], ModuleType | None]) -> Iterator[tuple[str, Any]]:
    """Public paths and what they name."""
    value = named(target)
    if not isinstance(value, ModuleType):
        yield target, value
        yield from _members(target, value)
        return
    for module, path in _modules(value, target, load):
        yield path, module
        for name in public(module):
            member = attribute(module, name)
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


def public(module: ModuleType) -> list[str]:
    """The public names of a module: those in its `__all__`, or those without a leading underscore."""
    listed = getattr(module, "__all__", None)
    if isinstance(listed, list | tuple):
        return [name for name in listed if isinstance(name, str)]
    return [name for name in dir(module) if not name.startswith("_")]


def attribute(module: ModuleType, name: str) -> Any:
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
