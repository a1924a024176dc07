"""Searches for a difference between formula and code on lists and dicts of up to a thousand entries.

With so many entries a formula is too large for enclosures, so that it is computed in float64. A difference counts under the same conditions
as on long arrays: rounding explains it at none of several points.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import jax
import sympy as sp

from qedoc.claims.case import Case, Scalar, instantiate
from qedoc.claims.spec import Size, Spec
from qedoc.errors import QedocError, attempt
from qedoc.execute.float_events import runs_calmly
from qedoc.judge.black_box import FEWEST
from qedoc.judge.inputs import named, pasteable
from qedoc.judge.length_runs import computed
from qedoc.judge.long_points import SHAKE, SHAKEN, Point
from qedoc.lift.opaque import opaque
from qedoc.results.verdict import CaseResult, Counterexample, Verdict
from qedoc.search.code_constants import written

MANY = (200, 1000)
"""Numbers of entries that are always tried."""

MOST = 1000
"""The largest number of entries that is tried."""

MOST_NAMED = 6
"""Maximum number of numbers of the code that are tried."""

KINDS = ("usual", "near one", "signed")
"""Kinds of entries. A product of many entries overflows or vanishes unless they are near one."""

_DRAWN: dict[str, Callable[[random.Random, int], float]] = {
    "usual": lambda draw, _: draw.uniform(0.1, 0.9),
    "near one": lambda draw, count: 1 + draw.uniform(-0.5, 0.5) / count,
    "signed": lambda draw, _: draw.uniform(-0.9, 0.9),
}

Values = dict[sp.Symbol, Any]


def on_large_containers(spec: Spec, target: Callable[..., Any], size: Size) -> CaseResult | None:
    """Compares formula and runs for many entries, and for the numbers that the code contains.

    Args:
        spec: a claim about a list or dict that holds for few entries.
        target: the code.
        size: the number of entries.

    Returns:
        a refutation with as few entries as a search by halves finds, or None if no difference was found.
    """
    fewest = max(size.values)
    numbers = [int(x) for x in written(target) if x.denominator == 1 and fewest <= x <= MOST][:MOST_NAMED]
    before = fewest
    for count in sorted({*MANY, *(number + more for number in numbers for more in (0, 1) if fewest < number + more <= MOST)}):
        made = Filled.of(spec, target, size, count)
        if made is None:
            return None
        if made.differs:
            while before + 1 < made.count:
                fewer = Filled.of(spec, target, size, (before + made.count) // 2)
                if fewer is not None and fewer.differs:
                    made = fewer
                else:
                    before = (before + made.count) // 2
            return made.refutation()
        before = count
    return None


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A claim about a container with a fixed number of entries.

    Args:
        case: the claim.
        target: the code.
        count: the number of entries.
    """

    case: Case
    target: Callable[..., Any]
    count: int

    @classmethod
    def of(cls, spec: Spec, target: Callable[..., Any], size: Size, count: int) -> "Filled | None":
        """The claim with a number of entries; None if its points cannot be drawn here."""
        try:
            case = instantiate(spec, {size.symbol: count})
        except QedocError:
            return None
        ends = [end for scalar in case.scalars for end in (scalar.domain.lower, scalar.domain.upper)]
        if case.opaque or spec.beside or spec.derivative or not all(end.is_number for end in ends):
            return None
        return cls(case=case, target=target, count=count)

    @cached_property
    def differs(self) -> bool:
        """Whether formula and runs differ at several points of a kind, and rounding explains none of the differences."""
        return self.apart is not None

    @cached_property
    def apart(self) -> tuple[Values, Point] | None:
        """A point at which they differ."""
        for kind in KINDS:
            found = [pair for seed in range(FEWEST) if (pair := self._at(kind, seed)) is not None and pair[1].differs]
            if len(found) == FEWEST and all(self._is_sure(*pair) for pair in found):
                return found[0]
        return None

    def refutation(self) -> CaseResult:
        """The refutation at this number of entries."""
        assert self.apart is not None
        values, point = self.apart
        exact = {symbol: Fraction(value) for symbol, value in values.items()}
        return CaseResult(
            id=self.case.id,
            verdict=Verdict.REFUTED,
            reason=f"for {self.count} entries, runs differ from the formula in both float32 and float64",
            runs=2 * FEWEST * len(KINDS),
            counterexample=Counterexample(
                inputs=named(self.case, exact),
                documented=point.documented,
                actual=point.fine,
                ran=point.fine,
                call=pasteable(self.case, exact),
            ),
        )

    def _at(self, kind: str, seed: int) -> tuple[Values, Point] | None:
        values = self._values(kind, random.Random(seed))
        documented, fine, coarse = self._documented(values), self._run(values, x64=True), self._run(values, x64=False)
        if documented is None or fine is None or coarse is None or not self._is_inside(values):
            return None
        inputs = {symbol.name: value for symbol, value in values.items()}
        return values, Point(sizes={}, inputs=inputs, entry=(), documented=documented, coarse=coarse, fine=fine)

    def _is_sure(self, values: Values, point: Point) -> bool:
        shaken = {symbol: value * (1 + SHAKE) if isinstance(value, float) else value for symbol, value in values.items()}
        again = self._documented(shaken)
        steady = again is not None and abs(again - point.documented) <= SHAKEN * abs(point.documented - point.fine)
        return steady and runs_calmly(lambda: self._called(values))

    def _documented(self, values: Values) -> float | None:
        return computed(self.case.formula, {symbol.name: value for symbol, value in values.items()})

    def _is_inside(self, values: Values) -> bool:
        known = {symbol.name: value for symbol, value in values.items()}
        return all(computed(condition, known) == 1 for condition in self.case.domain())

    def _run(self, values: Values, *, x64: bool) -> float | None:
        with jax.enable_x64(x64):
            return attempt(lambda: float(self._called(values)), None)

    def _called(self, values: Values) -> Any:
        return self.case.call(self.target, values, opaque)

    def _values(self, kind: str, draw: random.Random) -> Values:
        made: Values = {}
        for group in self._groups():
            numbers = _ordered(group, draw) if group[0].vector in self._sorted else [_number(one, kind, self.count, draw) for one in group]
            made |= {one.symbol: number for one, number in zip(group, numbers, strict=True)}
        return made

    def _groups(self) -> Iterator[Sequence[Scalar]]:
        vectors: dict[str, list[Scalar]] = {}
        for one in self.case.scalars:
            vectors.setdefault(one.vector or one.name, []).append(one)
        yield from vectors.values()

    @cached_property
    def _sorted(self) -> frozenset[str]:
        """The vectors whose entries are ordered."""
        vectors: Mapping[sp.Basic, str] = {one.symbol: one.vector for one in self.case.scalars if one.vector}
        ordered = [{vectors.get(symbol, "") for symbol in relation.free_symbols} for relation in self.case.where]
        return frozenset(names.pop() for names in ordered if len(names) == 1) - {""}


def _number(one: Scalar, kind: str, count: int, draw: random.Random) -> Any:
    low, high = float(one.domain.lower), float(one.domain.upper)
    fraction = _DRAWN[kind](draw, count)
    if one.domain.integer:
        first = int(low) if low > -1e9 else 0
        return first + draw.randrange(int(min(4, high - first)) + 1)
    if high - low < 1e9:
        return low + (high - low) * min(abs(fraction), 0.9)
    if low > -1e9:
        return low + abs(fraction)
    return high - abs(fraction) if high < 1e9 else fraction


def _ordered(group: Sequence[Scalar], draw: random.Random) -> list[Any]:
    """Ascending numbers, close together, so that a threshold of the code may lie beyond all of them."""
    low, high = float(group[0].domain.lower), float(group[0].domain.upper)
    start = low if low > -1e9 else 0.0
    if group[0].domain.integer:
        return [int(start) + 1 + place for place in range(len(group))]
    end = high if high < 1e9 else start + 1
    return sorted(start + (end - start) * draw.uniform(0.1, 0.9) for _ in group)
