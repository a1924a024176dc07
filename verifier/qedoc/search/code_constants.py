"""Numbers that stand in a program, in its code and in the tables that it names: where code treats one value in its own way, it names it."""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from qedoc.lift.frames import is_users
from qedoc.lift.jax_internals import Tracer
from qedoc.search.sampling import plainness

MOST = 48
"""Numbers of a program that are tried, the plainest first."""

LONGEST = 400
"""Entries of a table that are looked at."""

DEEPEST = 4
"""Calls, tables in tables and the like that are followed."""


def written(target: Callable[..., Any]) -> list[Fraction]:
    """The numbers that a function's code may compare its inputs with, plainest first.

    They come from its constants, defaults and closure, from the module's and classes' tables that it names, and from the functions that it
    calls in the same package. Of a table, the keys, the entries, and the places at both ends and beyond are given. Text that is a number
    counts, as a key may be one.

    Args:
        target: a Python callable; others have no numbers.
    """
    found: dict[Fraction, None] = {}
    _Reader(found).value(target, DEEPEST)
    return sorted(found, key=plainness)[:MOST]


class _Reader:
    """Walks through functions and tables, each once."""

    def __init__(self, found: dict[Fraction, None]) -> None:
        self._found = found
        self._seen: set[int] = set()

    def value(self, value: Any, depth: int) -> None:
        """Notes the numbers in any object."""
        match value:
            case bool() | None:
                return
            case int() | float():
                self._number(value)
            case str():
                self._text(value)
            case _ if depth and id(value) not in self._seen:
                self._seen.add(id(value))
                self._whole(value, depth - 1)

    def _whole(self, value: Any, depth: int) -> None:
        match value:
            case Mapping():
                self._several([*value.keys(), *value.values()], len(value), depth)
            case tuple() | list() | AbstractSet() | range():
                self._several(value, len(value), depth)
            case FunctionType():
                self._function(inspect.unwrap(value), depth)
            case MethodType():
                self.value(value.__func__, depth + 1)
                self.value(vars(value.__self__) if hasattr(value.__self__, "__dict__") else None, depth)
            case type() | ModuleType():
                return  # those of its attributes that code names are noted there
            case _ if hasattr(value, "__wrapped__"):
                self.value(value.__wrapped__, depth + 1)
            case _ if hasattr(value, "tolist") and hasattr(value, "ndim") and not isinstance(value, Tracer):
                numbers = value.tolist() if getattr(value, "size", LONGEST + 1) <= LONGEST else None
                self.value(numbers, depth + 1)

    def _several(self, items: Any, length: int, depth: int) -> None:
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
            except ValueError:  # a cell that is still empty
                continue
        home = str(function.__module__).partition(".")[0]
        for code in _codes(function.__code__):
            for constant in code.co_consts:
                self.value(constant, depth + 1)
            for name in code.co_names:
                self._named(function.__globals__.get(name), code.co_names, home, depth)

    def _named(self, value: Any, names: tuple[str, ...], home: str, depth: int) -> None:
        """What a name of the module stands for; of a class or a module the attributes that the code names."""
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
    """A function's code, and that of the functions that it defines."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
