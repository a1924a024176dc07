"""Collects numbers from a program's code and the tables it uses, because code that treats one value specially contains that value."""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from qedoc.lift.frames import is_users
from qedoc.lift.jax_internals import Tracer
from qedoc.search.rationals import plainness

MOST = 48
"""Maximum number of collected numbers, simplest first."""

LONGEST = 400
"""Maximum number of table entries to read."""

DEEPEST = 4
"""Maximum depth of nested calls and tables."""


def written(target: Callable[..., Any]) -> list[Fraction]:
    """Returns the numbers that a function's code may compare its inputs with, simplest first.

    They come from its constants, defaults and closure, from the tables of its module and classes that it uses, and from the functions that
    it calls in the same package. A table contributes its keys, its entries, and the indices around both of its ends. Text that spells a
    number counts too, because it may be a key.

    Args:
        target: a Python callable. Other callables contribute no numbers.
    """
    found: dict[Fraction, None] = {}
    _Reader(found).value(target, DEEPEST)
    return sorted(found, key=plainness)[:MOST]


class _Reader:
    """Walks through functions and tables, visiting each once."""

    def __init__(self, found: dict[Fraction, None]) -> None:
        self._found = found
        self._seen: set[int] = set()

    def value(self, value: Any, depth: int) -> None:
        """Records the numbers in any object."""
        match value:
            case bool() | None:
                return
            case int() | float():
                self._number(value)
            case str():
                self._text(value)
            case _ if depth and id(value) not in self._seen:
                self._seen.add(id(value))
                self._container(value, depth - 1)

    def _container(self, value: Any, depth: int) -> None:
        match value:
            case Mapping():
                self._items([*value.keys(), *value.values()], len(value), depth)
            case tuple() | list() | AbstractSet() | range():
                self._items(value, len(value), depth)
            case FunctionType():
                self._function(inspect.unwrap(value), depth)
            case MethodType():
                self.value(value.__func__, depth + 1)
                self.value(vars(value.__self__) if hasattr(value.__self__, "__dict__") else None, depth)
            case type() | ModuleType():
                return  # _global_value reads the attributes that the code uses
            case _ if hasattr(value, "__wrapped__"):
                self.value(value.__wrapped__, depth + 1)
            case _ if hasattr(value, "tolist") and hasattr(value, "ndim") and not isinstance(value, Tracer):
                numbers = value.tolist() if getattr(value, "size", LONGEST + 1) <= LONGEST else None
                self.value(numbers, depth + 1)

    def _items(self, items: Any, length: int, depth: int) -> None:
        for end in (length, -length):
            for place in (end - 1, end, end + 1):
                self._number(place)
        for _, item in zip(range(2 * LONGEST), items, strict=False):
            self.value(item, depth)

    def _function(self, function: Any, depth: int) -> None:
        if not isinstance(function, FunctionType) or not is_users(function.__code__.co_filename):
            return
        for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self.value(value, depth)
        for cell in function.__closure__ or ():
            try:
                self.value(cell.cell_contents, depth)
            except ValueError:  # the cell is still empty
                continue
        home = str(function.__module__).partition(".")[0]
        for code in _codes(function.__code__):
            for constant in code.co_consts:
                self.value(constant, depth + 1)
            for name in code.co_names:
                self._global_value(function.__globals__.get(name), code.co_names, home, depth)

    def _global_value(self, value: Any, names: tuple[str, ...], home: str, depth: int) -> None:
        """Reads the object behind a global name. For a class or module, reads only the attributes that the code uses."""
        if isinstance(value, type | ModuleType):
            if str(getattr(value, "__module__", value.__name__)).partition(".")[0] == home:
                for name in names:
                    self.value(vars(value).get(name), depth)
        elif not isinstance(value, FunctionType) or str(value.__module__).partition(".")[0] == home:
            self.value(value, depth)

    def _number(self, number: float) -> None:
        if isinstance(number, int) or math.isfinite(number):
            self._found[Fraction(str(number))] = None

    def _text(self, text: str) -> None:
        try:
            number = float(text) if len(text) <= 24 else math.nan
        except ValueError:
            return
        if math.isfinite(number):
            self._found[Fraction(text.strip().replace("_", ""))] = None


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yields a function's code and the code of nested functions."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
