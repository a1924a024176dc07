"""Records which objects' docstrings were read, so that the lock file knows what the reading of a claim rests on."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache, partial, wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Consulted: TypeAlias = dict[tuple[str, str, str], None]
"""Objects whose docstrings were read: module, qualified name, and the fingerprint of the docstring without its indentation."""

UNKNOWN = ("", "", "")
"""Stands for texts that are not known: everything in the package counts."""

CODE = "code"
"""Stands in place of a module for an object that was looked at, whose dotted path follows."""

_OPEN: list[Consulted] = []


@contextmanager
def consulting() -> Iterator[Consulted]:
    """Records what is read in the `with` block, also by functions that are `remembered`. Blocks may be nested."""
    found: Consulted = {}
    _OPEN.append(found)
    try:
        yield found
    finally:
        _OPEN.remove(found)
        note(found)


def note(found: Consulted) -> None:
    """Adds what was read to the open record, if there is one."""
    if _OPEN:
        _OPEN[-1].update(found)


def consult(value: Any, text: Any = None) -> None:
    """Records that the docstring of an object is read, whether it has one or not.

    Args:
        value: the object.
        text: the text that was read; by default, the object's docstring.
    """
    if not _OPEN:
        return
    text = getattr(value, "__doc__", None) if text is None else text
    _OPEN[-1][*_home(value), sha256(inspect.cleandoc(text).encode()).hexdigest()[:20] if isinstance(text, str) else ""] = None


def consult_code(path: str) -> None:
    """Records that the object at a dotted path is looked at: its code may count.

    Args:
        path: the path.
    """
    if _OPEN:
        _OPEN[-1][CODE, path, ""] = None


def _home(value: Any) -> tuple[str, str]:
    """The module and the qualified name of the definition of an object, or of its class."""
    if isinstance(value, property | cached_property | partial | staticmethod | classmethod):
        value = getattr(value, "fget", None) or getattr(value, "func", None) or getattr(value, "__func__", None)
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if inspect.ismodule(value):
        module, name = value.__name__, ""
    elif not isinstance(name, str) or not isinstance(module, str):
        module, name = type(value).__module__, type(value).__qualname__
    return module, name


def remembered(maxsize: int = 256) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorates a function like `lru_cache`. A call that is answered from the cache counts as reading what the first call has read.

    Args:
        maxsize: the number of results to keep.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        def record(*args: P.args, **kwargs: P.kwargs) -> tuple[T, Consulted]:
            with consulting() as found:
                return function(*args, **kwargs), found

        recorded: Callable[..., tuple[T, Consulted]] = lru_cache(maxsize=maxsize)(record)

        @wraps(function)
        def answered(*args: P.args, **kwargs: P.kwargs) -> T:
            made, found = recorded(*args, **kwargs)
            note(found)
            return made

        return answered

    return decorate
