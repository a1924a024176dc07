"""Draws points from a domain, one unknown at a time, each within the interval that the earlier values leave for it."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

import sympy as sp

from qedoc.algebra.satisfiable import Point
from qedoc.claims.case import Case, Scalar
from qedoc.enclose.enclosure import Enclosure, compile
from qedoc.errors import UnsupportedError
from qedoc.search.guards import guards, near_roots, rational_roots
from qedoc.search.membership import membership
from qedoc.search.rationals import FAVOURITES, Interval, exactly, plainness

LARGEST_MEMORY = 10_000

EXTREME = 1000
"""Numbers in the code above this size, or below its inverse, may bound a region that no other point would reach."""

MOST_GUARDS = 100
"""Maximum number of code guards whose zeros become edges."""

LONGEST_GUARD = 100
"""Maximum number of operations in such a guard."""

FEWEST_TRIED = 400
"""Simple points to try before the domain counts as empty."""

LARGE = (2**24 + 1, 2**31 - 1)
"""The first integer that float32 cannot represent, and the largest int32."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bound:
    """slope * x + rest (relation) 0, solved for x, the last-drawn unknown among its symbols."""

    slope: Enclosure
    rest: Enclosure
    strict: bool
    uses: tuple[int, ...]

    def root(self, drawn: Sequence[Fraction]) -> tuple[Fraction, bool] | None:
        """The zero, and whether the expression increases in x. None if it does not depend on x."""
        slope, rest = (exactly(part(drawn)) for part in (self.slope, self.rest))
        if slope is None or rest is None or slope == 0:
            return None
        return -rest / slope, slope > 0


class Plan:
    """The drawing order of the unknowns, and the range that the earlier values leave for each.

    Args:
        scalars: the unknowns, in drawing order.
        where: relations between the unknowns, in addition to their domains.
        formulas: formulas whose guards' zeros become edges.
    """

    def __init__(self, scalars: Sequence[Scalar], where: Sequence[sp.Basic], formulas: Sequence[sp.Basic]) -> None:
        self.scalars = tuple(scalars)
        self.symbols = tuple(scalar.symbol for scalar in self.scalars)
        conditions = dict.fromkeys([*where, *(c for s in scalars for c in _explicit(s))])
        self.conditions = tuple(condition for condition in conditions if condition is not sp.true)
        self._filters = [membership(condition, self.symbols) for condition in self.conditions]
        self._bounds: list[list[_Bound]] = [[] for _ in self.symbols]
        self._edges: list[list[_Bound]] = [[] for _ in self.symbols]
        for condition in conditions:
            if isinstance(condition, sp.Lt | sp.Le | sp.Gt | sp.Ge):
                self._place(self._bounds, condition.gts - condition.lts, isinstance(condition, sp.Lt | sp.Gt))
        for guard in dict.fromkeys(g for formula in formulas for g in guards(formula)):
            self._place(self._edges, guard, strict=False)
        self._intervals: list[dict[tuple[Fraction, ...], Interval]] = [{} for _ in self.symbols]
        self._candidates: list[dict[tuple[Fraction, ...], list[Fraction]]] = [{} for _ in self.symbols]
        self._written: tuple[Fraction, ...] = ()

    def learn(self, formulas: Sequence[sp.Basic], written: Sequence[Fraction]) -> None:
        """Adds what is known after the code has been lifted.

        Args:
            formulas: the code's formulas and conditions. The zeros of their guards become edges.
            written: numbers that appear in the code.
        """
        found = dict.fromkeys(g for formula in formulas for g in guards(formula))
        short = (guard for guard in found if guard.count_ops() <= LONGEST_GUARD and guard.atoms(sp.Symbol) <= {*self.symbols})
        for guard in itertools.islice(short, MOST_GUARDS):
            try:
                self._place(self._edges, guard, strict=False)
            except UnsupportedError:  # an expression without an enclosure has no edges
                continue
        self._candidates = [{} for _ in self.symbols]
        self._written = tuple(_with_neighbours(written))

    def _place(self, table: list[list[_Bound]], expression: sp.Expr, strict: bool) -> None:
        inside = [k for k, symbol in enumerate(self.symbols) if expression.has(symbol)]
        if not inside:
            return
        last = inside[-1]
        symbol = self.symbols[last]
        expression = sp.expand(expression)
        slope = expression.coeff(symbol, 1)
        rest = sp.expand(expression - slope * symbol)
        earlier = self.symbols[:last]
        if table is self._edges and inside == [last] and (rest.has(symbol) or slope.has(symbol)):
            for zero in (*rational_roots(expression, symbol), *near_roots(expression, symbol)):
                table[last].append(_Bound(slope=compile(sp.S.One, earlier), rest=compile(-zero, earlier), strict=strict, uses=()))
        if slope != 0 and not rest.has(symbol) and not slope.has(symbol):
            uses = tuple(k for k, known in enumerate(earlier) if expression.has(known))
            table[last].append(_Bound(slope=compile(slope, earlier), rest=compile(rest, earlier), strict=strict, uses=uses))

    def interval(self, k: int, drawn: Sequence[Fraction]) -> Interval:
        """The range of unknown k, given the earlier values `drawn`."""
        return _cached(self._intervals[k], self._bounds[k], drawn, lambda: self._interval(k, drawn))

    def _interval(self, k: int, drawn: Sequence[Fraction]) -> Interval:
        lower: tuple[Fraction, bool] | None = None
        upper: tuple[Fraction, bool] | None = None
        for bound in self._bounds[k]:
            found = bound.root(drawn[:k])
            if found is None:
                continue
            end = (found[0], bound.strict)
            if found[1]:
                lower = end if lower is None else max(lower, end)
            else:
                upper = end if upper is None else min(upper, end, key=lambda e: (e[0], not e[1]))
        return Interval(
            lower=lower and lower[0],
            upper=upper and upper[0],
            lower_open=lower is not None and lower[1],
            upper_open=upper is not None and upper[1],
            integer=bool(self.symbols[k].is_integer),
        )

    def roots(self, k: int, drawn: Sequence[Fraction]) -> list[Fraction]:
        """The zeros of the guards in unknown k."""
        found = (edge.root(drawn[:k]) for edge in self._edges[k])
        return sorted({zero for zero, _ in filter(None, found)})

    def edges(self, k: int, drawn: Sequence[Fraction]) -> list[Fraction]:
        """The zeros of the guards in unknown k, and their neighbours if it is an integer."""
        roots = self.roots(k, drawn)
        if not self.symbols[k].is_integer:
            return roots
        whole = [Fraction(n) for r in roots for n in {floor(r), ceil(r)}]
        return [*whole, *(w + step for w in whole for step in (1, -1))]

    def candidates(self, k: int, drawn: Sequence[Fraction]) -> list[Fraction]:
        """Values worth trying for unknown k, simplest first: favourites, the interval's ends and edges."""
        relations = [*self._bounds[k], *self._edges[k]]
        return _cached(self._candidates[k], relations, drawn, lambda: self._list_candidates(k, drawn))

    def _list_candidates(self, k: int, drawn: Sequence[Fraction]) -> list[Fraction]:
        interval = self.interval(k, drawn)
        ends: list[Fraction] = [end for end in (interval.lower, interval.upper) if end is not None]
        if interval.integer:
            ends = [Fraction(n) for end in ends for n in (ceil(end), ceil(end) + 1, ceil(end) + 2, floor(end), floor(end) - 1)]
        simplest = interval.simplest()
        values = [*FAVOURITES, *([] if simplest is None else [simplest]), *self.edges(k, drawn), *ends]
        inside = [x for x in dict.fromkeys(values) if x in interval]
        return sorted(inside, key=plainness)

    def holds(self, row: Sequence[Fraction]) -> bool:
        """True if the point certainly lies in the domain."""
        whole = all(x.denominator == 1 for x, symbol in zip(row, self.symbols, strict=True) if symbol.is_integer)
        return whole and all(condition(row) for condition in self._filters)

    def simple(self, limit: int) -> Iterator[tuple[Fraction, ...]]:
        """Yields at most `limit` points of the domain, simplest first."""
        found = 0
        tried = 0
        for cost in range(64):
            for row in self._with_cost((), cost):
                tried += 1
                if self.holds(row):
                    found += 1
                    yield row
                if found >= limit or tried >= (4 * limit if found else max(FEWEST_TRIED, 4 * limit)):
                    return

    def _with_cost(self, drawn: tuple[Fraction, ...], cost: int) -> Iterator[tuple[Fraction, ...]]:
        k = len(drawn)
        if k == len(self.symbols):
            if cost == 0:
                yield drawn
            return
        values = self.candidates(k, drawn)
        last = k == len(self.symbols) - 1
        for price, value in enumerate(values[: cost + 1]):
            if not last or price == cost:
                yield from self._with_cost((*drawn, value), cost - price)

    def landmarks(self) -> Iterator[tuple[Fraction, ...]]:
        """Yields the points that are always compared.

        From the simplest point, each unknown takes each of its simple values, edges and large integers. For each of these, the last unknown
        also takes its own edges. The unknowns take turns, so that the first points are a balanced choice.
        """
        base = next(iter(self.simple(1)), None)
        if base is None:
            return
        found: set[tuple[Fraction, ...]] = set()
        turns = itertools.zip_longest(*(self._along(k, base) for k in range(len(self.symbols))))
        for row in itertools.chain.from_iterable(turns):
            if row is not None and row not in found:
                found.add(row)
                yield row

    def written(self) -> Iterator[tuple[Fraction, ...]]:
        """Yields points at which one unknown is a number from the code and the others have simple values."""
        base = next(iter(self.simple(1)), None)
        if base is None:
            return
        for number in self._written:
            for k in range(len(self.symbols)):
                row = self._completed((*base[:k], number)) if number in self.interval(k, base[:k]) else None
                if row is not None:
                    yield row

    def _along(self, k: int, base: tuple[Fraction, ...]) -> Iterator[tuple[Fraction, ...]]:
        last = len(self.symbols) - 1
        for value in self._marks(k, base[:k]):
            row = self._completed((*base[:k], value))
            if row is not None:
                yield row
                yield from (beside for edge in self.edges(last, row[:last]) if self.holds(beside := (*row[:last], edge)))

    def _marks(self, k: int, drawn: Sequence[Fraction]) -> list[Fraction]:
        large = [Fraction(n) for n in LARGE] if self.symbols[k].is_integer else []
        known = self.candidates(k, drawn)
        interval = self.interval(k, drawn)
        others = [n for n in (*self._written, *large) if n in interval]
        return [*known, *(n for n in dict.fromkeys(others) if n not in known)]

    def _completed(self, drawn: tuple[Fraction, ...]) -> tuple[Fraction, ...] | None:
        """Completes a row with the simplest values for the remaining unknowns, or returns None."""
        for k in range(len(drawn), len(self.symbols)):
            values = self.candidates(k, drawn)
            if not values:
                return None
            drawn = (*drawn, values[0])
        return drawn if self.holds(drawn) else None

    def point(self, row: Sequence[Fraction]) -> Point:
        """Converts a row to a mapping from symbols."""
        return dict(zip(self.symbols, row, strict=True))

    def row(self, point: Point) -> tuple[Fraction, ...]:
        """Converts a mapping from symbols to a row."""
        return tuple(point[symbol] for symbol in self.symbols)


def _cached(known: dict[tuple[Fraction, ...], T], relations: Sequence[_Bound], drawn: Sequence[Fraction], make: Callable[[], T]) -> T:
    """Caches the result of `make`, which depends on `drawn` only through the values that the relations use."""
    key = tuple(drawn[k] for k in sorted({k for relation in relations for k in relation.uses}))
    if key not in known:
        if len(known) >= LARGEST_MEMORY:
            known.clear()
        known[key] = make()
    return known[key]


def _with_neighbours(written: Sequence[Fraction]) -> Iterator[Fraction]:
    """Yields numbers from the code, midpoints of neighbours, and numbers on both sides of very large and very small ones."""
    yield from written
    for number in written:
        yield -number
        if number and not 1 / EXTREME < abs(number) < EXTREME:
            yield from (2 * number, number / 2, -2 * number, -number / 2)
    ordered = sorted(written)
    yield from ((low + high) / 2 for low, high in itertools.pairwise(ordered))


def drawing_order(case: Case) -> tuple[Scalar, ...]:
    """Orders the unknowns: each after those in its bounds, and arguments last, so that they can reach the edges that parameters set."""
    last = set(case.curried)
    waiting = sorted(case.scalars, key=lambda s: s.symbol in last)
    placed: list[Scalar] = []
    while waiting:
        known = {s.symbol for s in placed}
        ready = next((s for s in waiting if (s.domain.lower.free_symbols | s.domain.upper.free_symbols) <= known), waiting[0])
        waiting.remove(ready)
        placed.append(ready)
    return tuple(placed)


def _explicit(scalar: Scalar) -> Iterator[sp.Basic]:
    """Yields the bounds of a domain as unevaluated relations, which SymPy's assumptions would otherwise simplify to True."""
    domain, symbol = scalar.domain, scalar.symbol
    if domain.lower != -sp.oo:
        yield (sp.Gt if domain.lower_open else sp.Ge)(symbol, domain.lower, evaluate=False)
    if domain.upper != sp.oo:
        yield (sp.Lt if domain.upper_open else sp.Le)(symbol, domain.upper, evaluate=False)
