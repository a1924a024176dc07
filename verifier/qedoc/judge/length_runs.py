"""Runs code on arrays of single lengths, long ones among them, to confirm the formula that was read for every length."""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.algebra.large import LARGE, WRITTEN_OUT
from qedoc.errors import attempt
from qedoc.lift.any_length import Unsized

FEW = (2, 5)
"""Lengths that are always tried. The lengths of further axes are larger by 1, 2, ..., so that no array is square by chance."""

MANY = (2, 5, 7, 16, 17, 33, 128, 1000)
"""Lengths that are tried before a formula counts as proved for every length."""

EAGER = frozenset({2, 5, 33})
"""Lengths at which the code is not compiled as a whole, because it may do something else under `jit`."""

MOST_ENTRIES = 2500
"""Maximum number of entries of an array of a length that is tried."""

MOST_STEPS = 60_000
"""Maximum number of terms that are computed for one value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What runs at single lengths say about a formula for every length.

    Args:
        suspect: the first lengths at which a run gives another value than the formula; the first lengths of all if no run can be compared.
        silent: the first lengths at which a run gives no finite value.
    """

    suspect: Mapping[sp.Symbol, int] = field(default_factory=dict)
    silent: Mapping[sp.Symbol, int] = field(default_factory=dict)


def runs(code: Unsized, call: Callable[..., Any], arrays: Mapping[str, Any], lengths: tuple[int, ...]) -> Runs:
    """Compares the formula that was read for every length with runs.

    Args:
        code: the formula.
        call: takes the arguments in the order of `arrays`.
        arrays: for each argument an array or a symbol.
        lengths: the lengths to try.
    """
    symbols = sorted({symbol for shape in code.arguments for length in shape for symbol in length.free_symbols}, key=str)
    compared = 0
    silent: Mapping[sp.Symbol, int] = {}
    for shortest in lengths:
        sizes = {symbol: shortest + k for k, symbol in enumerate(symbols)}
        entries = [math.prod(int(length.subs(sizes)) for length in shape) for shape in code.arguments]
        pairs = _values(code, call, arrays, sizes) if max(entries, default=0) <= MOST_ENTRIES else []
        if not all(math.isfinite(ran) for _, ran in pairs):
            silent = silent or sizes
        pairs = [pair for pair in pairs if all(map(math.isfinite, pair))]
        if not all(math.isclose(expected, ran, rel_tol=1e-6, abs_tol=1e-9) for expected, ran in pairs):
            return Runs(suspect=sizes)
        compared += len(pairs)
    return Runs(silent=silent) if compared else Runs(suspect={symbol: lengths[0] + k for k, symbol in enumerate(symbols)})


def contradicted(code: Unsized, call: Callable[..., Any], arrays: Mapping[str, Any], lengths: tuple[int, ...]) -> Mapping[sp.Symbol, int]:
    """The first lengths at which a run gives another value than the formula; empty if there are none. For its arguments see `runs`."""
    return runs(code, call, arrays, lengths).suspect


def _values(
    code: Unsized, call: Callable[..., Any], arrays: Mapping[str, Any], sizes: Mapping[sp.Symbol, int]
) -> list[tuple[float, float]]:
    """The values of the formula and of a run at single lengths: at corners of the result."""
    draw = random.Random(0)
    values: dict[str, Any] = {}
    for symbol, dimensions in zip(arrays.values(), code.arguments, strict=True):
        shape = tuple(int(length.subs(sizes)) for length in dimensions)
        values[str(symbol)] = _drawn(draw, shape, whole=bool(symbol.is_integer), most=min(sizes.values(), default=2))
    with jax.enable_x64(True):
        run = call if EAGER & set(sizes.values()) else jax.jit(call)
        ran = attempt(lambda: np.asarray(run(*(jnp.asarray(value) for value in values.values()))), None)
    if ran is None:
        return []
    known = {**values, **{symbol.name: size for symbol, size in sizes.items()}}
    pairs: list[tuple[float, float]] = []
    for place in corners([(0, length - 1) for length in ran.shape]):
        inside = {**known, **{index.name: k for index, k in zip(code.indices, place, strict=True)}}
        value = computed(code.value, inside)
        pairs += [] if value is None else [(value, float(ran[place]))]
    return pairs


def corners(ends: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Places of an array: the first, the last, and two whose indices differ, because the code may treat its diagonal in another way.

    Args:
        ends: the first and the last index along each axis.
    """
    return list(
        dict.fromkeys(tuple(pair[(axis * step + start) % 2] for axis, pair in enumerate(ends)) for step in (0, 1) for start in (0, 1))
    )


def computed(value: sp.Expr, known: Mapping[str, Any]) -> float | None:
    """The number that a formula with sums stands for; None if it has no value there, or too many terms.

    Args:
        value: the formula.
        known: the arrays, scalars and lengths by name.
    """
    try:
        return float(Evaluator(known).value(value, ()))
    except (TooManyStepsError, ArithmeticError, ValueError, TypeError):  # a root of a negative number is complex
        return None


def _drawn(draw: random.Random, shape: tuple[int, ...], *, whole: bool, most: int) -> Any:
    made = np.zeros(shape, dtype=int if whole else float)
    for place in np.ndindex(shape):
        made[place] = draw.randrange(most) if whole else draw.uniform(0.1, 0.9)
    return made if shape else made.item()


class TooManyStepsError(Exception):
    """The value needs more than `MOST_STEPS` terms."""


class Evaluator:
    """Computes numbers of formulas with sums. A sum that does not depend on the index of an outer one is computed once.

    Args:
        known: the arrays, scalars and lengths by name.
    """

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = dict(known)
        self._found: dict[tuple[Any, ...], Any] = {}
        self._steps = 0

    def value(self, part: sp.Basic, bound: tuple[tuple[str, int], ...]) -> Any:
        """The value of a part, with the values of bound indices.

        Raises:
            TooManyStepsError: if there are too many terms.
        """
        own = tuple(pair for pair in bound if pair[0] in _names(part))
        if (part, own) not in self._found:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise TooManyStepsError
            self._found[part, own] = self._computed(part, own)
        return self._found[part, own]

    def _computed(self, part: sp.Basic, bound: tuple[tuple[str, int], ...]) -> Any:
        if isinstance(part, sp.Symbol):
            return dict(bound).get(part.name, self._known.get(part.name, getattr(part, "midpoint", None)))
        if part.is_number:
            return float(part)
        if isinstance(part, sp.Indexed):
            places = tuple(int(self.value(place, bound)) for place in part.indices)
            return self._known[str(part.base.label)][places].item()
        if isinstance(part, LARGE):
            return self._over(part, bound)
        if isinstance(part, sp.Piecewise):
            return next(self.value(value, bound) for value, test in part.args if self.value(test, bound))
        if part in (sp.true, sp.false):
            return part == sp.true
        return _applied(part, [self.value(argument, bound) for argument in part.args])

    def _over(self, part: Any, bound: tuple[tuple[str, int], ...]) -> float:
        body, *inner, (index, low, high) = part.args
        body = part.func(body, *inner) if inner else body
        ends = (int(self.value(end, bound)) for end in (low, high))
        outer = tuple(pair for pair in bound if pair[0] != index.name)
        return _joined(WRITTEN_OUT[part.func], self._terms(body, index.name, range(next(ends), next(ends) + 1), outer))

    def _terms(self, body: sp.Basic, name: str, places: range, bound: tuple[tuple[str, int], ...]) -> Iterator[float]:
        return (self.value(body, tuple(sorted((*bound, (name, place))))) for place in places)


@lru_cache(maxsize=1 << 12)
def _names(part: sp.Basic) -> frozenset[str]:
    """The names of the free symbols of a part."""
    return frozenset(symbol.name for symbol in part.free_symbols if isinstance(symbol, sp.Symbol))


def _joined(operation: Any, values: Any) -> float:
    fold: Any = {sp.Add: math.fsum, sp.Mul: math.prod, sp.Max: max, sp.Min: min}[operation]
    return float(fold(values))


_RELATIONS: dict[Any, Callable[[Any, Any], bool]] = {
    sp.Eq: lambda a, b: a == b,
    sp.Ne: lambda a, b: a != b,
    sp.Lt: lambda a, b: a < b,
    sp.Le: lambda a, b: a <= b,
    sp.Gt: lambda a, b: a > b,
    sp.Ge: lambda a, b: a >= b,
}
_FUNCTIONS: dict[Any, Callable[[Any], Any]] = {sp.exp: math.exp, sp.log: math.log, sp.Abs: abs, sp.Not: lambda one: not one}


def _applied(part: sp.Basic, values: list[Any]) -> Any:
    if part.func in _RELATIONS:
        return _RELATIONS[part.func](*values)
    if isinstance(part, sp.And | sp.Or):
        return (all if isinstance(part, sp.And) else any)(values)
    if isinstance(part, sp.Pow):
        return values[0] ** values[1]
    if isinstance(part, sp.Add | sp.Mul | sp.Max | sp.Min):
        return _joined(part.func, values)
    if part.func in _FUNCTIONS:
        return _FUNCTIONS[part.func](*values)
    return float(part.func(*values))
