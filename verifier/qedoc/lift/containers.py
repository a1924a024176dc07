"""Loops over a container of unknown size: what they start from, and what one step does to any state with any entry.

A tracer sees the entries of a Python list, and not the loop over it. AutoGraph, as the library diastatic-malt, turns `for x in xs` into
a call that the container can answer: it runs the body once.
"""

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import malt
import sympy as sp
from malt.core import config
from malt.core.config_lib import DoNotConvert
from malt.operators.control_flow import for_loop_registry
from malt.operators.py_builtins import (
    UNSPECIFIED,
    all_registry,
    any_registry,
    enumerate_registry,
    len_registry,
    sorted_registry,
    zip_registry,
)
from malt.operators.variables import Undefined

from qedoc.errors import UnsupportedError
from qedoc.lift.tracer import Concolic

UNCONVERTED = ("jax", "jaxlib", "numpy", "sympy", "qedoc", "math", "operator", "functools", "itertools")
"""Modules whose functions are called as they are, because they contain no loop over a container of the user."""

DONE = sp.Symbol("entries_done", integer=True)
"""The number of entries that a loop has seen."""

ANY = sp.Symbol("any_entry", integer=True)
"""The place of an arbitrary entry."""

SIZE = sp.Symbol("entries", integer=True)
"""The number of all entries."""


@dataclass(slots=True, kw_only=True)
class Loop:
    """A loop over a container.

    Args:
        names: the variables that it changes, if they have a value before it.
        start: their values before the loop.
        step: their values after one step from an arbitrary state.
        shortfall: by how much it is shorter than the size of the containers.
    """

    names: tuple[str, ...]
    start: tuple[Any, ...]
    step: tuple[Any, ...]
    shortfall: int


@dataclass(slots=True, kw_only=True)
class Watch:
    """What happens to the containers while the code runs.

    Args:
        value: gives the value of an entry: called with a template of the spec and the place.
        ordered: whether the entries are known to be sorted, by the template of an entry and its index.
        before: the arbitrary state from which a step starts.
        after: the state after a loop.
        done: the number of entries that the loop has seen, as a tracer.
        size: the number of all entries, as a tracer.
        loops: the loops, as they were met.
        farthest: how many entries there must be for what the code does before and after the loop.
        keys: the keys that the code was given, with their places.
        problem: why the run says nothing.
    """

    value: Callable[[Any, sp.Expr], Any]
    ordered: Callable[[Any, sp.Symbol], bool]
    before: Sequence[Any]
    after: Sequence[Any]
    done: Any
    size: Any
    loops: list[Loop] = field(default_factory=list)
    farthest: int = 0
    keys: list[tuple[Any, sp.Expr]] = field(default_factory=list)
    problem: UnsupportedError | None = None

    def stuck(self, reason: str) -> UnsupportedError:
        """Returns an error. A `try` in the user's code cannot suppress it, because it is kept."""
        self.problem = self.problem or UnsupportedError(reason)
        return self.problem


_ASKED: ContextVar[int] = ContextVar("asked", default=0)
"""How many containers may give one arbitrary entry, because the code asks something of all or of any of the entries."""


class Entries:
    """A sequence of unknown size.

    Args:
        watch: what happens to it.
        item: the template of an entry.
        index: the symbol of its place in the template.
        first: the place of the first entry.
        shortfall: by how much it is shorter than the size of the containers.
    """

    def __init__(self, watch: Watch, item: Any, index: sp.Symbol, first: int, shortfall: int) -> None:
        self.watch, self.item, self.index, self.first, self.shortfall = watch, item, index, first, shortfall

    def at(self, place: sp.Expr) -> Any:
        """The entry at a place."""
        return self.watch.value(replaced(self.item, self.index, place), place)

    def step(self) -> Any:
        """The entry that a loop takes next."""
        return self.at(self.first + DONE)

    def __getitem__(self, which: Any) -> Any:
        if isinstance(which, slice) and which.step is None:
            low, high = 0 if which.start is None else which.start, which.stop
            if type(low) is int and low >= 0 and (high is None or (type(high) is int and high < 0)):
                return Entries(self.watch, self.item, self.index, self.first + low, self.shortfall + low - (high or 0))
        if type(which) is int and which >= 0:
            self.needs(which + 1)
            return self.at(sp.Integer(self.first + which))
        raise self.watch.stuck(f"the code reads the entries [{which}] of a container of unknown size")

    def __iter__(self) -> Iterator[Any]:
        return self._any()

    def _any(self) -> Iterator[Any]:
        if not _ASKED.get():
            raise self.watch.stuck("the code takes all entries of a container of unknown size at once")
        _ASKED.set(_ASKED.get() - 1)
        yield self.at(ANY)

    def needs(self, count: int) -> None:
        """Notes that the container has so many entries at least. Shorter ones are checked one by one."""
        self.watch.farthest = max(self.watch.farthest, count + self.shortfall)

    def __bool__(self) -> bool:
        self.needs(1)
        return True

    def __len__(self) -> int:
        raise self.watch.stuck("the code uses the size of a container of unknown size as a plain number")

    def __getattr__(self, name: str) -> Any:
        raise self.watch.stuck(f"the code uses {name} of a container of unknown size")


class Table(Entries):
    """A mapping of unknown size. Its entries are pairs of a key and a value."""

    def items(self) -> Entries:
        """The pairs."""
        return Entries(self.watch, self.item, self.index, self.first, self.shortfall)

    def values(self) -> Entries:
        """The values."""
        return Entries(self.watch, self.item[1], self.index, self.first, self.shortfall)

    def step(self) -> Any:
        """The key that a loop takes next."""
        return self.keys().step()

    def keys(self) -> Entries:
        """The keys."""
        return _Keys(self)

    def _any(self) -> Iterator[Any]:
        return iter(self.keys())

    def __getitem__(self, which: Any) -> Any:
        for key, place in self.watch.keys:
            if key is which:
                return Entries.at(self, place)[1]
        raise self.watch.stuck("the code looks up a key in a mapping of unknown size")


class _Keys(Entries):
    """The keys of a mapping. Those that were given can be looked up again."""

    def __init__(self, table: Table) -> None:
        super().__init__(table.watch, table.item[0], table.index, table.first, table.shortfall)

    def at(self, place: sp.Expr) -> Any:
        """The key at a place."""
        key = super().at(place)
        self.watch.keys.append((key, place))
        return key


class _Zipped(Entries):
    """Containers that a loop takes side by side. The shortest one ends it."""

    def __init__(self, parts: Sequence[Entries]) -> None:
        first = parts[0]
        super().__init__(first.watch, None, first.index, 1, max(part.shortfall for part in parts))
        self.parts = tuple(part.keys() if isinstance(part, Table) else part for part in parts)

    def at(self, place: sp.Expr) -> Any:
        """The entries at the same distance from the first."""
        return tuple(part.at(part.first + place - 1) for part in self.parts)

    def __getitem__(self, which: Any) -> Any:
        raise self.watch.stuck("the code reads single entries of zipped containers of unknown size")


class _Numbered(Entries):
    """A container with the numbers of its entries."""

    def __init__(self, inner: Entries, start: int) -> None:
        super().__init__(inner.watch, None, inner.index, 1, inner.shortfall)
        self.inner, self.begin = inner, start

    def step(self) -> Any:
        """The number and the entry that a loop takes next."""
        return self.watch.done + self.begin, self.inner.step()

    def __getitem__(self, which: Any) -> Any:
        raise self.watch.stuck("the code reads single entries of a numbered container of unknown size")


def _fold(entries: Entries, extra_test: Any, body: Any, *more: Any) -> None:
    """Runs the body of a loop once, from an arbitrary state."""
    get_state, set_state, names, _ = more
    watch = entries.watch
    if extra_test is not None:
        raise watch.stuck("a loop over a container of unknown size may end early")
    before = get_state()
    carried = [place for place, value in enumerate(before) if not isinstance(value, Undefined)]
    if watch.loops or len(carried) > len(watch.before):
        raise watch.stuck("the code has more than one loop over containers of unknown size, or one with too many variables")
    for place in carried:
        if not _is_number(before[place]):
            raise watch.stuck(f"a loop changes {names[place]}, which is a {type(before[place]).__name__} and no number")

    def with_state(values: Sequence[Any]) -> tuple[Any, ...]:
        put = dict(zip(carried, values, strict=False))
        return tuple(put.get(place, value) for place, value in enumerate(before))

    set_state(with_state(watch.before))
    body(entries.step())
    changed = get_state()
    if watch.loops:
        raise watch.stuck("a loop over a container of unknown size contains another one")
    if not all(_is_number(changed[place]) for place in carried):
        raise watch.stuck("a loop over a container of unknown size changes something that is no number")
    watch.loops.append(
        Loop(
            names=tuple(names[place] for place in carried),
            start=tuple(before[place] for place in carried),
            step=tuple(changed[place] for place in carried),
            shortfall=entries.shortfall,
        )
    )
    set_state(with_state(watch.after))


def _is_number(value: Any) -> bool:
    return isinstance(value, Concolic | bool | int | float) or getattr(value, "shape", None) == ()


def _sorted(entries: Entries, key: Any, reverse: Any) -> Entries:
    keys = entries.keys() if isinstance(entries, Table) else entries
    known = keys.item is not None and entries.watch.ordered(keys.item, keys.index)
    if key is not UNSPECIFIED or reverse is not UNSPECIFIED or not known:
        raise entries.watch.stuck("the code sorts a container of unknown size, and its order is not known")
    return keys


def _zipped(*parts: Any, strict: bool = False) -> Entries:
    watch = next(part.watch for part in parts if isinstance(part, Entries))
    if not all(isinstance(part, Entries) and not isinstance(part, _Zipped | _Numbered) for part in parts):
        raise watch.stuck("the code zips a container of unknown size with something else")
    if strict and len({part.shortfall for part in parts}) > 1:
        raise watch.stuck("the code zips containers of different sizes strictly")
    return _Zipped(parts)


def _enumerated(entries: Entries, start: Any = 0) -> Entries:
    begin = 0 if start is UNSPECIFIED else start
    if type(begin) is not int:
        raise entries.watch.stuck("the code numbers a container of unknown size from a number that is no constant")
    return _Numbered(entries.keys() if isinstance(entries, Table) else entries, begin)


def _length(entries: Entries) -> Any:
    return entries.watch.size - entries.shortfall if entries.shortfall else entries.watch.size


def _asking(ask: Callable[[Any], bool], usual: bool) -> Callable[[Any], bool]:
    """A quantifier over an arbitrary entry. The answer for no entries is the usual one; another one may depend on their number."""

    def asked(entries: Any) -> bool:
        token = _ASKED.set(1)
        try:
            answer = ask(entries)
        finally:
            left = _ASKED.get()
            _ASKED.reset(token)
        if not left and answer is not usual:
            raise UnsupportedError(f"the code asks for {ask.__name__} of the entries of a container of unknown size, and it is {answer}")
        return answer

    return asked


for_loop_registry.register(Entries, _fold)
sorted_registry.register(Entries, _sorted)
zip_registry.register(Entries, _zipped)
enumerate_registry.register(Entries, _enumerated)
len_registry.register(Entries, _length)
for _registry, _ask, _usual in ((all_registry, all, True), (any_registry, any, False)):
    _registry.register(Entries, _asking(_ask, _usual))
    _registry.register(types.GeneratorType, _asking(_ask, _usual))


@contextmanager
def converting() -> Iterator[Callable[[Callable[..., Any]], Callable[..., Any]]]:
    """Gives a function that makes the loops of another function answerable by containers. Libraries for arrays stay as they are."""
    rules = config.CONVERSION_RULES
    config.CONVERSION_RULES = (*map(DoNotConvert, UNCONVERTED), *rules)
    try:
        yield malt.to_graph
    finally:
        config.CONVERSION_RULES = rules


def replaced(template: Any, index: sp.Symbol, place: sp.Expr) -> Any:
    """A template of an entry at a place."""
    match template:
        case Mapping():
            return {replaced(key, index, place): replaced(value, index, place) for key, value in template.items()}
        case list() | tuple():
            return type(template)(replaced(item, index, place) for item in template)
        case sp.Basic():
            return template.subs(index, place)
        case _:
            return template
