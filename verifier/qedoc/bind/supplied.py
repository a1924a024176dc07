"""What a method that returns a distribution needs, by runs: shapes of its arguments, and the arrays on which its log density depends."""

import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

from qedoc.bind.densities import Unread
from qedoc.bind.letters import Found
from qedoc.claims.consulted import remembered
from qedoc.claims.returned import LENGTH, LOG_DENSITY, Returned, with_lengths
from qedoc.errors import attempt
from qedoc.sources.docstrings import Documented

_VALUES = (1.0, 0.0, 2.0, 0.625)
"""Numbers at which a log density is run. Some are counts or bits; at one alone, an array may have no effect."""


_Run: TypeAlias = Callable[[Mapping[str, Any], Any], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """What a method needs.

    Args:
        of: the log density.
        shapes: the shape of each array of the parameters.
        event: the shape of the values of the distribution.
        arguments: the shape of each argument of the method that matters.
        used: the arrays on which the log density depends.
        indexed: whether the first argument is the position of a state.
    """

    of: Returned
    shapes: Mapping[str, tuple[int, ...]]
    event: tuple[int, ...]
    arguments: Mapping[str, tuple[int, ...]]
    used: tuple[str, ...]
    indexed: bool

    def others(self, arrays: Iterable[Found], arguments: Iterable[str]) -> list[str]:
        """The arrays and arguments that matter and that a formula does not contain."""
        seen = {*(one.array for one in arrays), *arguments}
        return [name for name in (*self.used, *self.arguments) if name not in seen]

    def scaled(self, name: str, factor: sp.Symbol) -> Any:
        """An array or an argument that changes with a factor."""
        start = np.asarray(self.of.arrays[name], dtype=float) if name in self.of.arrays else np.ones(self.arguments[name])
        if name in self.arguments and self.indexed and name == next(iter(self.arguments)):
            return sp.Integer(0)
        made = np.empty(start.shape, dtype=object)
        for at in np.ndindex(start.shape):
            made[at] = sp.Rational(round(float(start[at]) * 2**20), 2**20) * factor + (factor - 1) / 16
        return made if start.shape else made[()]

    def is_length(self, record: Documented, letter: str) -> bool:
        """Whether a letter can be the number of entries of a value: the parameter of the constructor that it names changes this number."""
        named = [a.name for a in record.arguments if letter in re.findall(r":math:`(\w)`", a.text) and a.name in self.of.lengths]
        if not named:
            return False

        def event() -> tuple[int, ...]:
            wider = with_lengths(self.of, dict.fromkeys(named, LENGTH + 1))
            return _event(wider, _start(wider, indexed=self.indexed, names=tuple(self.arguments)))

        return attempt(event, ()) == (LENGTH + 1,)


@remembered(maxsize=64)
def supplied(of: Returned, *, indexed: bool) -> Supplied:
    """Finds out what a method needs.

    Args:
        of: the log density.
        indexed: whether the first argument of the method is the position of a state.

    Raises:
        Unread: if the method cannot be run.
    """
    needed = tuple(name for name, p in of.takes.items() if p.default is inspect.Parameter.empty)
    every = tuple(name for name, p in of.takes.items() if name in needed or p.default is None)
    for names in dict.fromkeys((every, needed)):
        start = _start(of, indexed=indexed, names=names)
        known = _tried(of, start)
        if known is not None:
            event, matters = known
            arguments = {name: np.shape(start[name]) for name in names if name in needed or name in matters}
            used = tuple(name for name in of.arrays if name in matters)
            shapes = {name: tuple(array.shape) for name, array in of.arrays.items()}
            return Supplied(of=of, shapes=shapes, event=event, arguments=arguments, used=used, indexed=indexed)
    raise Unread


def _tried(of: Returned, start: Mapping[str, Any]) -> tuple[tuple[int, ...], set[str]] | None:
    """The shape of the values, and what the log density depends on; None if the method does not take the arguments."""

    def seen() -> tuple[tuple[int, ...], set[str]] | None:
        event = _event(of, start)
        densities = [(value, _density_at(of, start, value)) for value in (np.full(event, number) for number in _VALUES)]
        known = [value for value, density in densities if np.isfinite(density)]
        compiled = _compiled(of, start)
        return (event, {name for name in start if _matters(of, start, known, name, compiled)}) if known else None

    return attempt(seen, None)


def _density_at(of: Returned, start: Mapping[str, Any], value: Any) -> float:
    """The log density at a value; not a number where the value is refused, because it is outside of the support."""
    return attempt(lambda: _run(of, start, value), math.nan)


def _start(of: Returned, *, indexed: bool, names: Iterable[str]) -> dict[str, Any]:
    """Arrays that are neither zero nor one, and arguments."""
    arrays = {name: np.asarray(array) * np.float32(0.9) + np.float32(0.05) for name, array in of.arrays.items()}
    first = next(iter(of.takes), "")
    return {**arrays, **{name: 0 if indexed and name == first else np.array([0.75, 1.5], dtype=np.float32)[:LENGTH] for name in names}}


def _event(of: Returned, start: Mapping[str, Any]) -> tuple[int, ...]:
    made = of.distribution(start)
    if tuple(made.batch_shape):
        raise Unread
    return tuple(made.event_shape)


def _run(of: Returned, start: Mapping[str, Any], value: Any) -> float:
    return float(getattr(of.distribution(start), LOG_DENSITY)(value))


def _compiled(of: Returned, start: Mapping[str, Any]) -> _Run:
    """The log density as one compiled function of the arrays and the value. Positions of states stay as they are.

    An array may be tried many times, and a compiled function is much faster than code that runs step by step.
    """
    import jax  # the import takes seconds

    fixed = {name: held for name, held in start.items() if isinstance(held, int)}
    compiled = jax.jit(lambda arrays, value: getattr(of.distribution({**arrays, **fixed}), LOG_DENSITY)(value))

    def run(arguments: Mapping[str, Any], value: Any) -> float:
        return float(compiled({name: held for name, held in arguments.items() if name not in fixed}, value))

    return run


def _matters(of: Returned, start: Mapping[str, Any], values: Iterable[Any], name: str, compiled: _Run) -> bool:
    """Whether the log density depends on an array or an argument at one of the values."""
    plain = partial(_run, of)
    run = plain if isinstance(start[name], int) else compiled
    found = attempt(lambda: any(_changes(run, start, value, name) for value in values), None)
    return any(_changes(plain, start, value, name) for value in values) if found is None else found  # code may need concrete arrays


def _changes(run: _Run, start: Mapping[str, Any], value: Any, name: str) -> bool:
    """Whether the log density depends on an array or an argument. A run without a value shows that it does."""
    held = start[name]
    changed = held + 1 if isinstance(held, int) else held * np.float32(1.0625)
    before, after = run(start, value), run({**start, name: changed}, value)
    return not (np.isfinite(after) and abs(after - before) <= 1e-6 * max(1.0, abs(before)))
