"""Finds the public objects of an installed package, module by module."""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from qedoc.claims.consulted import consult, consult_code
from qedoc.errors import TargetError, meant, question, told
from qedoc.sources.imports import remedy
from qedoc.sources.locations import find_literal

_FIELD = re.compile(r"Alias for field number \d+")
"""The docstring that Python gives the field of a named tuple."""


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


Lost: TypeAlias = Callable[[str, str], None]
"""Takes the dotted path of a public name that cannot be read, and the reason."""


def ignored(path: str, reason: str) -> None:
    """Ignores a name that cannot be read."""


def walk(target: str, load: Callable[[str], ModuleType | None], lost: Lost) -> Iterator[tuple[str, Any]]:
    """Yields public paths and what they name. An object with several paths is yielded with each of them.

    Args:
        target: dotted path of a package, module or object.
        load: imports a module inside the target. Returns None for a module to skip.
        lost: is told each public name that cannot be read.

    Raises:
        TargetError: if nothing importable is at the path.
    """
    root = target.partition(".")[0]
    found = list(_walked(target, load, lost))
    yield from found
    reached = classes(value for _, value in found)
    for path, value in found:
        if instance_of(value, root, reached):
            yield from _members(path, type(value), root)


def _walked(target: str, load: Callable[[str], ModuleType | None], lost: Lost) -> Iterator[tuple[str, Any]]:
    value, root = named(target), target.partition(".")[0]
    if not isinstance(value, ModuleType):
        yield target, value
        yield from _members(target, value, root)
        return
    for module, path in _modules(value, target, load):
        yield path, module
        for name in (*public(module), *_unlisted(module)):
            try:
                member = _read(module, name)
                inside = not isinstance(member, ModuleType) and belongs(member, root)
            except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001  # reading a name may run any code
                if not _is_submodule(module, name):
                    lost(f"{path}.{name}", _unreadable(module, name, error))
                continue
            if inside:
                yield f"{path}.{name}", member
                yield from _members(f"{path}.{name}", member, root)


def classes(values: Iterable[Any]) -> frozenset[int]:
    """The identities of the classes among values."""
    return frozenset(id(value) for value in values if inspect.isclass(value))


def instance_of(value: Any, root: str, reached: frozenset[int]) -> bool:
    """Whether a value is what users see of a class of the package, because the class itself has no public path.

    A value with a name of its own, such as a function inside `jax.jit`, is what its name says.

    Args:
        value: the value.
        root: the package's top-level name.
        reached: the classes with a public path, as in `classes`.
    """
    owner = type(value)
    return not hasattr(value, "__name__") and id(owner) not in reached and _of_package(_module(owner), root)


def docstring_of(value: Any, root: str, reached: frozenset[int]) -> str:
    """The docstring of an object itself, or of its class if the class has no public path; empty if there is none.

    Args:
        value: the object.
        root: the package's top-level name.
        reached: the classes with a public path, as in `classes`.
    """
    return own_docstring(value) or (own_docstring(type(value)) if instance_of(value, root, reached) else "")


def _unreadable(module: ModuleType, name: str, error: BaseException) -> str:
    """Why a public name of a module cannot be read, and what to do."""
    if isinstance(error, AttributeError) and name not in vars(module):
        return f"cannot be read: {module.__name__} does not define what its __all__ lists; define it, or remove it from __all__"
    return f"cannot be read: {told(error)}; {remedy(module.__name__, error)}"


def _is_submodule(module: ModuleType, name: str) -> bool:
    """Whether a name is that of a module inside a package. It is imported, or reported, as a module."""
    return name in _inside(getattr(module, "__path__", ()))


def named(target: str) -> Any:
    """Returns the object at a dotted path.

    Args:
        target: the path.

    Raises:
        TargetError: if nothing importable is at the path.
    """
    consult_code(target)
    parts = target.split(".")
    if not all(part.isidentifier() for part in parts):
        raise TargetError(f"expected a dotted path such as optax.adam, found {target!r}")
    for length in range(len(parts), 0, -1):
        path = ".".join(parts[:length])
        try:
            value: Any = importlib.import_module(path)
        except ModuleNotFoundError as error:
            if error.name and not (path == error.name or path.startswith(f"{error.name}.")):
                raise TargetError(f"{path} cannot be imported: {error}; {remedy(path, error)}") from error
            continue
        except Exception as error:
            raise TargetError(f"{path} cannot be imported: {told(error)}; {remedy(path, error)}") from error
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
    listed = _listed(module)
    return [name for name in dir(module) if not name.startswith("_")] if listed is None else listed


def _listed(module: ModuleType) -> list[str] | None:
    """The names in a module's `__all__`; None if it has none."""
    listed = getattr(module, "__all__", None)
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list | tuple) else None


def _unlisted(module: ModuleType) -> list[str]:
    """The functions and classes that a module leaves out of its `__all__`: those that it, or a private module inside it, documents."""
    listed = _listed(module)
    left = [] if listed is None else sorted(vars(module).keys() - {*listed})
    return [name for name in left if not name.startswith("_") and _defined(vars(module)[name], module.__name__)]


def _defined(value: Any, module: str) -> bool:
    """Whether a value is a function or class that is documented, and defined in a module or in a private module inside it."""
    home = getattr(value, "__module__", None)
    if not hasattr(value, "__qualname__") or not isinstance(home, str) or not own_docstring(value).strip():
        return False
    inside = home.removeprefix(f"{module}.").split(".") if home.startswith(f"{module}.") else []
    return home == module or any(part.startswith("_") for part in inside)


def _read(module: ModuleType, name: str) -> Any:
    """A module's attribute. A name without `__all__` may be gone: a module may list in `__dir__` what it no longer has."""
    return getattr(module, name, None) if _listed(module) is None else getattr(module, name)


def attribute(module: ModuleType, name: str) -> Any:
    """A module's attribute, or None for a name that it lists but does not have."""
    try:
        return getattr(module, name, None)
    except (Exception, SystemExit, KeyboardInterrupt):  # noqa: BLE001  # a module's own __getattr__ may raise anything
        return None


def own_docstring(value: Any) -> str:
    """The docstring of an object itself; empty if it only has that of its type, or that which Python gives the field of a named tuple."""
    text = getattr(value, "__doc__", None)
    consult(value)
    if not isinstance(text, str) or _FIELD.fullmatch(text):
        return ""
    inherited = getattr(type(value), "__doc__", None)
    return "" if text == inherited and not inspect.isclass(value) else text


def belongs(value: Any, root: str) -> bool:
    """Whether a value, with its docstring, is of a package: not merely imported by it, and no copy of a documented object of another.

    Args:
        value: the value.
        root: the package's top-level name.
    """
    if isinstance(value, int | float | complex | str | bytes | tuple | list | dict | set | frozenset):
        return False
    module = _module(value)
    inner = unwrapped(value)
    if not module or _of_package(module, root):
        copied = inner is not value and own_docstring(inner) == own_docstring(value)
        return not copied or not _module(inner) or _of_package(_module(inner), root)
    docstring = own_docstring(value)
    if not docstring.strip():
        return False
    original = _original(value)
    if original is not None:
        return original is not value and own_docstring(original) != docstring
    return bool(find_literal(docstring, root)[0])


def _of_package(module: str, root: str) -> bool:
    return module.partition(".")[0] in (root, f"{root}lib")


def _module(value: Any) -> str:
    """The name of the module that defines a value; empty if the value does not say it."""
    if isinstance(value, property):
        value = value.fget
    elif isinstance(value, cached_property):
        value = value.func
    module = getattr(value, "__module__", None)
    return module if isinstance(module, str) else ""


def _original(value: Any) -> Any:
    """The object that is defined where a value says that it is; None if there is none."""
    found: Any = sys.modules.get(_module(value))
    if isinstance(value, property):
        value = value.fget
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(name, str):
        return None
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


_ABOUT_CLASSES = frozenset({"__class_getitem__", "__init_subclass__", "__subclasshook__", "__new__"})
"""Special methods that are about classes, not about values."""


def _members(path: str, value: Any, root: str) -> Iterator[tuple[str, Any]]:
    """The public parts of a class."""
    if not inspect.isclass(value):
        return
    for name, member in vars(value).items():
        inner = getattr(member, "__func__", member)
        if not _is_part(name, inner, root) or not belongs(inner, root):
            continue
        yield f"{path}.{name}", inner
        if inspect.isclass(inner) and inner.__qualname__.startswith(f"{value.__qualname__}."):
            yield from _members(f"{path}.{name}", inner, root)


def _is_part(name: str, member: Any, root: str) -> bool:
    """Whether a member of a class is public: a method, a property or a class, or a special method that the package documents."""
    if name.startswith("__") and name.endswith("__"):
        return name == "__call__" or (name not in _ABOUT_CLASSES and bool(own_docstring(member)) and _is_written_in(member, root))
    described = hasattr(type(member), "__get__") and bool(own_docstring(member))
    return not name.startswith("_") and (callable(member) or isinstance(member, property) or described)


def _is_written_in(member: Any, root: str) -> bool:
    """Whether a function is written in a package: the methods that a named tuple gets are not."""
    return _of_package(str(getattr(unwrapped(member), "__globals__", {}).get("__name__", "")), root)
