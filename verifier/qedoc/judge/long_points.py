"""Values of a documented formula and of its code on arrays of any number of entries, in floating-point numbers."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.claims.domain import Functions, Integers, Reals
from qedoc.claims.spec import Array, Size, Spec, base
from qedoc.errors import attempt
from qedoc.execute.float_events import runs_calmly
from qedoc.judge.black_box import APART, STEADY
from qedoc.judge.every_length import arguments, from_zero
from qedoc.judge.free_lengths import freed
from qedoc.judge.length_runs import corners
from qedoc.judge.lengths import LENGTH
from qedoc.judge.vectors import vectorised

Sizes: TypeAlias = dict[sp.Symbol, int]
Inputs: TypeAlias = dict[str, Any]
Kind: TypeAlias = tuple[str, int | None]

SHORT = 3
"""A length at which other stages found no difference."""

MOST_ENTRIES = 10_000
"""Maximum number of entries of an array."""

MOST_OPERATIONS = 200
"""Code of more operations is not compiled as a whole."""

LARGE = 6.0
"""An entry that is larger than the others."""

SHAKE = 2.0**-40
"""By this part of its value each number is changed to see whether rounding matters."""

SHAKEN = 2.0**-10
"""Largest change of the documented value after that, as a part of the difference between formula and code."""

KINDS: tuple[Kind, ...] = (
    ("usual", None),
    ("usual", -1),
    ("usual", 0),
    ("near one", -1),
    ("near one", 0),
    ("signed", None),
    ("equal", None),
    ("equal", -1),
)
"""Kinds of arrays: what their entries are, and the place of a large one."""

_FRACTIONS: dict[str, Callable[[random.Random, int], float]] = {
    "usual": lambda draw, _: draw.uniform(0.1, 0.9),
    "near one": lambda draw, count: 1 + draw.uniform(-0.5, 0.5) / count,
    "signed": lambda draw, _: draw.uniform(-0.9, 0.9),
    "equal": lambda *_: 0.5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A call of the code.

    Args:
        sizes: the lengths, and the values of the indices of the result.
        inputs: the arguments.
        entry: the place in the result.
        documented: the documented value there.
        coarse: the value that the code gives in float32, or `fine` if there is no difference that it could confirm.
        fine: the value that the code gives in float64.
    """

    sizes: Sizes
    inputs: Inputs
    entry: tuple[int, ...]
    documented: float
    coarse: float
    fine: float

    @property
    def differs(self) -> bool:
        """Whether the values differ, and the rounding of the code does not explain it."""
        difference = abs(self.fine - self.documented)
        return difference > APART * max(abs(self.fine), abs(self.documented)) and abs(self.fine - self.coarse) * STEADY <= difference

    @property
    def agrees(self) -> bool:
        """Whether the values are equal but for rounding."""
        return math.isclose(self.fine, self.documented, rel_tol=APART, abs_tol=APART)


class Lengthened:
    """A claim about arrays, at any of their lengths.

    Args:
        spec: the claim.

    Raises:
        QedocError: if it is not about arrays whose length may be any, or if their entries restrict each other.
    """

    def __init__(self, spec: Spec) -> None:
        found = freed(spec)
        if found is None or spec.beside:
            raise spec.refuse("the claim is not about arrays whose length may be any")
        self.spec = found.spec
        self._call, self._arrays, _ = arguments(self.spec)
        self._compiled = jax.jit(partial(_called, self._call))  # JAX keeps what it compiles by function
        self._formula = from_zero(self.spec)
        self._relations: list[sp.Basic] = [one for one in self.spec.where if isinstance(one, sp.Basic) and not one.has(sp.Indexed)]
        if len(self._relations) < len(self.spec.where) or any(
            place.has(sp.Indexed) for one in self._formula.atoms(sp.Indexed) for place in one.indices
        ):
            raise spec.refuse("entries of arrays restrict each other, or are indices")
        sizes = [d for d in self.spec.symbols if isinstance(d, Size)]
        self.lengths = [d.symbol for d in sizes if d.meaning == LENGTH]
        self._indices = {d.symbol: self._ends(d) for d in sizes if d.meaning != LENGTH}
        self._shapes = {
            name: tuple(sp.sympify(high) - sp.sympify(low) + 1 for _, low, high in template.indices)
            for name, template in self.spec.bind.items()
            if isinstance(template, Array)
        }
        self._domains: dict[str, Reals | Integers] = {
            str(base(d.symbol)): d.domain for d in self.spec.symbols if not isinstance(d, Size) and not isinstance(d.domain, Functions)
        }
        if not all(end.is_number for domain in self._domains.values() for end in (domain.lower, domain.upper)):
            raise spec.refuse("a domain is no fixed set of numbers")

    def _ends(self, size: Size) -> tuple[Any, Any]:
        """The first and the last value of an index of the result."""
        last = [one.rhs for one in self.spec.where if isinstance(one, sp.Le) and one.lhs == size.symbol]
        first = [one.rhs for one in self.spec.where if isinstance(one, sp.Ge) and one.lhs == size.symbol]
        if not last:
            raise self.spec.refuse(f"{size.symbol} is a size with no bound")
        return (first or [sp.Integer(min(size.values))])[0], last[0]

    def of_length(self, length: int) -> Iterator[Sizes]:
        """Yields the sizes at which all axes have about a length, or one axis has, if the arrays would have too many entries."""
        whole = {symbol: length + place for place, symbol in enumerate(self.lengths)}
        if self._entries(whole) <= MOST_ENTRIES:
            yield whole
            return
        for symbol in self.lengths:
            sizes = {**self.short, symbol: length}
            if self._entries(sizes) <= MOST_ENTRIES:
                yield sizes

    @property
    def short(self) -> Sizes:
        """Sizes of short arrays, no two of the same length."""
        return {symbol: SHORT + place for place, symbol in enumerate(self.lengths)}

    def _entries(self, sizes: Sizes) -> int:
        return max((math.prod(self._shape(name, sizes)) for name in self._shapes), default=0)

    def _shape(self, name: str, sizes: Sizes) -> tuple[int, ...]:
        return tuple(int(one.subs(sizes)) for one in self._shapes.get(name, ()))

    def points(self, sizes: Sizes, kinds: Sequence[Kind] = KINDS, seed: int = 0) -> Iterator[tuple[Kind, Point]]:
        """Yields calls on arrays of some kinds, each at the corners of the result.

        Args:
            sizes: the lengths.
            kinds: the kinds.
            seed: the seed of the numbers.
        """
        draw = random.Random(seed)
        ends = {symbol: [int(sp.sympify(end).subs(sizes)) for end in both] for symbol, both in self._indices.items()}
        places = [dict(zip(ends, chosen, strict=True)) for chosen in corners(list(ends.values()))]
        drawn = [(kind, inputs) for kind in kinds if (inputs := self._drawn(sizes, kind, draw)) is not None]
        for (kind, inputs), result in zip(drawn, self._ran([inputs for _, inputs in drawn], x64=True), strict=True):
            for place in places:
                point = self._point({**sizes, **place}, inputs, result)
                if point is not None:
                    yield kind, point

    def _point(self, sizes: Sizes, inputs: Inputs, result: Any) -> Point | None:
        if result is None or not self._is_inside(sizes, inputs):
            return None
        entry = tuple(int(sp.sympify(one).subs(sizes)) for one in self.spec.entry) or (0,) * (result.ndim if result.size == 1 else 0)
        if len(entry) != result.ndim or not all(0 <= k < n for k, n in zip(entry, result.shape, strict=True)):
            return None
        documented, fine = self.documented(sizes, inputs), float(result[entry])
        if documented is None or not math.isfinite(fine):
            return None
        point = Point(sizes=sizes, inputs=inputs, entry=entry, documented=documented, coarse=fine, fine=fine)
        if not point.differs:
            return point
        (again,) = self._ran([inputs], x64=False)
        usable = again is not None and again.shape == result.shape and math.isfinite(float(again[entry]))
        return replace(point, coarse=float(again[entry])) if usable else None

    def documented(self, sizes: Sizes, inputs: Inputs) -> float | None:
        """The value of the formula; None if it has none, or too many terms."""
        known = {str(symbol): inputs[name] for name, symbol in self._arrays.items()}
        return vectorised(self._formula, known | {symbol.name: size for symbol, size in sizes.items()})

    def _is_inside(self, sizes: Sizes, inputs: Inputs) -> bool:
        """Whether the relations of the claim hold."""
        numbers = {str(self._arrays[name]): value for name, value in inputs.items() if not isinstance(value, np.ndarray)}
        put = numbers | {symbol.name: size for symbol, size in sizes.items()}
        return all(
            relation.xreplace({s: sp.sympify(put[s.name]) for s in relation.free_symbols if s.name in put}) == sp.true
            for relation in self._relations
        )

    def is_sure(self, point: Point) -> bool:
        """Whether rounding explains the difference neither by the formula nor by a step of the code."""
        shaken = {name: value * (1 + SHAKE) for name, value in point.inputs.items()}
        again = self.documented(point.sizes, shaken)
        steady = again is not None and abs(again - point.documented) <= SHAKEN * abs(point.documented - point.fine)
        with jax.enable_x64(True):
            arguments_ = list(map(jnp.asarray, point.inputs.values()))
        return steady and runs_calmly(lambda: self._call(*arguments_))

    def _drawn(self, sizes: Sizes, kind: Kind, draw: random.Random) -> Inputs | None:
        """Arguments of a kind; None if the domain does not contain them."""
        made: Inputs = {}
        for name, symbol in self._arrays.items():
            shape = self._shape(name, sizes)
            entries = self._numbers(str(symbol), shape, kind if shape else (kind[0], None), max(sizes.values()), draw)
            if entries is None:
                return None
            made[name] = np.array(entries).reshape(shape) if shape else entries[0]
        return made

    def _numbers(self, name: str, shape: tuple[int, ...], kind: Kind, longest: int, draw: random.Random) -> list[Any] | None:
        domain = self._domains[name]
        low, high = float(domain.lower), float(domain.upper)
        fractions = [_FRACTIONS[kind[0]](draw, longest) for _ in range(math.prod(shape))]
        if kind[1] is not None:
            fractions[kind[1]] = LARGE
        if domain.integer:
            fractions = [round(4 * one) for one in fractions]
        if math.isfinite(low) and math.isfinite(high) and not domain.integer:
            numbers: list[Any] = [low + one * (high - low) for one in fractions]
        elif math.isfinite(low):
            numbers = [low + one for one in fractions]
        else:
            numbers = [high - one for one in fractions] if math.isfinite(high) else fractions
        numbers = [int(one) for one in numbers] if domain.integer else numbers
        inside = all(
            (low < one if domain.lower_open else low <= one) and (one < high if domain.upper_open else one <= high) for one in numbers
        )
        return numbers if inside else None

    def _ran(self, drawn: Sequence[Inputs], *, x64: bool) -> list[Any]:
        """The results of the code; None where it gives none."""
        if not drawn:
            return []
        with jax.enable_x64(x64):
            columns = [[jnp.asarray(value) for value in inputs.values()] for inputs in drawn]
            traced = attempt(lambda: jax.make_jaxpr(self._call)(*columns[0]), None)
            run = self._compiled if traced is not None and len(traced.eqns) <= MOST_OPERATIONS else self._call
            return [attempt(partial(_result, run, column), None) for column in columns]


def _called(call: Callable[..., Any], *values: Any) -> Any:
    return call(*values)


def _result(call: Callable[..., Any], values: Sequence[Any]) -> Any:
    return np.asarray(call(*values))
