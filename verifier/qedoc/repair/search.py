"""Searches for a small edit of a refuted formula with which it has the values of the code, and judges each that is found.

Edits of values are compared with runs of the code at some points, all edits of a place at once. What agrees everywhere is written as LaTeX,
read and bound as any formula, and judged by the whole of qedoc. Only what is then proved or tested is a correction.
"""

import itertools
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size, Spec
from qedoc.errors import QedocError
from qedoc.execute.runner import run_rows
from qedoc.judge.check import check
from qedoc.judge.executions import sampled
from qedoc.judge.pair import Pair
from qedoc.judge.readings import check_readings
from qedoc.read import Reading
from qedoc.repair.edits import Array, Edit, edits
from qedoc.repair.marked import FAILS, Places, Point, Program, Span, bound_as, marked
from qedoc.repair.restricted import suggested, with_conditions
from qedoc.repair.spelling import author_letter, spellings
from qedoc.repair.tokens import token_edits
from qedoc.results.verdict import CaseResult, Correction, Verdict, weakest
from qedoc.sources.docstrings import Documented
from qedoc.sources.specfiles import sizes as sizes_of

TOLERANCE = 1e-8
"""Relative difference to runs in float64 up to which an edit is looked at."""

POINTS = 60
"""Points of each case."""

FEW = 5
"""Points at which pairs of edits are compared first."""

MOST_CASES = 4
"""Maximum number of sizes at which the code is run."""

MOST_TRIED = 24
"""Maximum number of edits of each kind that are written, read and judged."""

SHOWN = 3
"""Maximum number of corrections."""

LARGEST, SMALLEST = 300, 1e-4
"""Numbers beyond these say little, because a run overflows or rounds to 0."""

_LETTERS = re.compile(r"\\?[A-Za-z]+")
_INDEX = re.compile(r"\\(?:sum|prod)\S*?\s*_\{?\s*([a-zA-Z])")

_RAISED = re.compile(r"\^\s*\{?\s*$")
MOVED = 0.5
"""What one end of the move of an exponent costs."""

NEAR = 0.3
"""A correction that costs this much more than a proved one is not looked for: it has the same values, and is farther from the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An edit that agrees with the code at all points, with its spellings."""

    cost: float
    texts: tuple[str, ...]


class Repair:
    """The search for corrections of one claim of a docstring.

    Args:
        record: the docstring.
        claim: the refuted claim.
        timeout: seconds after which nothing more is tried.
        clock: the time in seconds.
    """

    def __init__(self, record: Documented, claim: Bound, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.record, self.claim, self.formula = record, claim, claim.formula
        self.latex = claim.formula.latex
        self.which = claim.spec.id
        self.clock, self.deadline = clock, clock() + timeout
        self.points = list(self._points())
        self.within = self._within()
        self.required = {str(d.symbol) for d in claim.spec.symbols}

    def corrections(self, keep: Callable[[list[Correction]], None] = lambda found: None) -> list[Correction]:
        """Returns at most three corrections, the best first.

        Args:
            keep: called with the corrections so far whenever one is found. The process may be killed before the search ends.
        """
        spoken = sum(int((~point.silent).sum()) for point in self.points)
        if spoken < FEW or self.within is None or self._agrees_as_read(self.latex):
            return []
        found: list[Correction] = []
        seen = {self.latex}
        for stage in (self._relations, self._singles, self._moves, self._tokens, self._pairs):
            for one in itertools.islice(stage(), MOST_TRIED):
                if len(found) >= SHOWN or self.clock() > self.deadline or _is_settled(found, one.cost):
                    break
                made = self._judged(one, seen)
                if made is not None and made.sympy not in {other.sympy for other in found}:
                    found.append(made)
                    keep(_ranked(found))
            if found or self.clock() > self.deadline:
                break
        return _ranked(found)

    # What the code gives

    def _points(self) -> Iterator[Point]:
        chosen = sizes_of(self.claim.spec)
        at = np.unique(np.linspace(0, len(chosen) - 1, MOST_CASES).astype(int))
        for sizes in (chosen[k] for k in at):
            try:
                pair = Pair(replace(self.claim.spec, natural=False, origin=self.claim.spec.location), sizes)
                rows = sampled(pair.plan, POINTS // 2, POINTS, 0, "float64")
                actual = run_rows(pair.call, pair.plan.symbols, rows, "float64").values
            except QedocError:
                continue
            usual = [all(x == 0 or SMALLEST < abs(x) < LARGEST for x in row) for row in rows]
            kept = [k for k, row in enumerate(rows) if usual[k] and actual.ndim == 1 and np.isfinite(actual[k])]
            if kept:
                columns = {
                    symbol.name: np.array([float(rows[k][place]) for k in kept]).reshape(1, 1, -1)
                    for place, symbol in enumerate(pair.plan.symbols)
                }
                point = Point(sizes=sizes, columns=columns, actual=actual[kept], silent=np.zeros(len(kept), dtype=bool))
                yield replace(point, silent=self._silent(point))

    def _silent(self, point: Point) -> Array:
        try:
            values = Program(self.claim.spec, point)({}, {})
        except FAILS:
            return point.silent
        none: Array = np.broadcast_to(np.isnan(values), (1, 1, len(point.actual)))[0, 0]
        return none

    def _within(self) -> Span | None:
        """The part of the text that the claim was read from."""
        reading = Context(self.record).readings.get(self.formula)
        if not isinstance(reading, Reading):
            return None
        equations = [equation for one in (reading, *reading.others) for equation in one.equations]
        chosen = next((equation for equation in equations if str(equation) == self.claim.reading), equations[-1])
        start = self.latex.find(chosen.latex)
        return None if start < 0 else (start, start + len(chosen.latex))

    # Stages

    def _relations(self) -> Iterator[_Found]:
        assert self.within is not None  # the caller looked
        for cost, text in token_edits(self.latex, self.within, self._letters()):
            if cost < 1:
                yield _Found(cost=cost, texts=(text,))

    def _tokens(self) -> Iterator[_Found]:
        assert self.within is not None  # the caller looked
        rest = [(cost, text) for cost, text in token_edits(self.latex, self.within, self._letters()) if cost >= 1]
        for cost, text in sorted(rest, key=lambda one: one[0]):
            if self.clock() > self.deadline:
                return
            if self._agrees_as_read(text):
                yield _Found(cost=cost, texts=(text,))

    def _singles(self) -> Iterator[_Found]:
        survivors: list[tuple[float, Places, tuple[tuple[int, Edit], ...]]] = []
        self._marked = [] if self.within is None else list(marked(self.record, self.formula, self.which, self.points, self.within))
        for places, programs in self._marked:
            words = [self._words(point) for point in self.points]
            for number, span in enumerate(places.spans):
                some = self._edits_of(number, span, programs, words[0])
                if not some:
                    continue
                good = np.ones(len(some), dtype=bool)
                for point, program, values in zip(self.points, programs, words, strict=True):
                    good &= self._agree(point, program({number: (some, 0)}, values), len(some), 1)[:, 0]
                survivors += [(self._cost(span, some[k]), places, ((number, some[k]),)) for k in np.flatnonzero(good)]
        yield from self._written(survivors)

    def _pairs(self) -> Iterator[_Found]:
        """Two edits at two places: first at few points of the case with most of them, then at all."""
        survivors: list[tuple[float, Places, tuple[tuple[int, Edit], ...]]] = []
        if len(self._marked) != 1:
            return
        ((places, programs),) = self._marked
        most = max(range(len(self.points)), key=lambda k: len(self.points[k].actual))
        point = self.points[most].some(FEW)
        program, words = Program(programs[most].spec, point), self._words(point)
        table = [self._edits_of(number, span, programs, words) for number, span in enumerate(places.spans)]
        for one, other in itertools.combinations(range(len(table)), 2):
            if self.clock() > self.deadline:
                break
            if not table[one] or not table[other]:
                continue
            values = program({one: (table[one], 0), other: (table[other], 1)}, words)
            for k, j in np.argwhere(self._agree(point, values, len(table[one]), len(table[other]))):
                both = ((one, table[one][k]), (other, table[other][j]))
                survivors.append((sum(self._cost(places.spans[n], edit) for n, edit in both), places, both))
        survivors.sort(key=lambda one: one[0])
        yield from self._written([one for one in survivors[:200] if self._everywhere(programs, one[2])])

    def _moves(self) -> Iterator[_Found]:
        """An exponent that moves from an operand to one around it, alone or with one more edit."""
        survivors: list[tuple[float, Places, tuple[tuple[int, Edit], ...]]] = []
        if len(self._marked) != 1:
            return
        ((places, programs),) = self._marked
        words = self._words(self.points[0])
        exponents = [n for n, (start, _) in enumerate(places.spans) if _RAISED.search(self.latex[:start])]
        for power, around in itertools.product(exponents, range(len(places.spans))):
            (first, last), (start, end), word = places.spans[power], places.spans[around], self.latex[slice(*places.spans[power])]
            if power == around or not (start <= first and last <= end) or word not in words or self.clock() > self.deadline:
                continue
            move = ((power, Edit(kind="drop", cost=MOVED)), (around, Edit(kind="raise", cost=MOVED, word=word)))
            if self._everywhere(programs, move):
                survivors.append((2 * MOVED, places, move))
            for third in (n for n in range(len(places.spans)) if n not in (power, around)):
                some = self._edits_of(third, places.spans[third], programs, words)
                good = np.ones(len(some), dtype=bool)
                for point, program in zip(self.points, programs, strict=True):
                    changed = {n: ([edit], 1) for n, edit in move} | {third: (some, 0)}
                    good &= self._agree(point, program(changed, self._words(point)), len(some), 1)[:, 0] if some else good
                survivors += [(2 * MOVED + some[k].cost, places, (*move, (third, some[k]))) for k in np.flatnonzero(good)]
        yield from self._written(survivors)

    def _everywhere(self, programs: Sequence[Program], some: tuple[tuple[int, Edit], ...]) -> bool:
        return all(
            self._agree(point, program({n: ([edit], axis) for axis, (n, edit) in enumerate(some)}, self._words(point)), 1, 1).all()
            for point, program in zip(self.points, programs, strict=True)
        )

    def _written(self, survivors: Iterable[tuple[float, Places, tuple[tuple[int, Edit], ...]]]) -> Iterator[_Found]:
        for cost, places, some in sorted(survivors, key=lambda one: one[0]):
            yield _Found(cost=cost, texts=tuple(itertools.islice(self._texts(places, some), 12)))

    def _texts(self, places: Places, some: tuple[tuple[int, Edit], ...]) -> Iterator[str]:
        """The formula with the edits, later places first, so that earlier ones do not move, and inner ones before those around them."""
        ordered = sorted(some, key=lambda one: (-places.spans[one[0]][0], places.spans[one[0]][1]))
        texts: list[tuple[str, tuple[tuple[Span, Span], ...]]] = [(self.latex, ())]
        for number, edit in ordered:
            made = []
            for text, moved in texts:
                start, end = places.spans[number]
                grown = sum(len(text) - len(self.latex) for (inner, _) in moved if start <= inner[0] and inner[1] <= end)
                kept = self.latex[slice(*places.spans[edit.part])] if edit.kind == "keep" else ""
                at = start, end + grown
                made += [(one, (*moved, ((start, end), at))) for one in spellings(text, at, edit, kept)]
            texts = made
        yield from dict.fromkeys(text for text, _ in texts)

    def _edits_of(self, number: int, span: Span, programs: Sequence[Program], words: dict[str, Array]) -> list[Edit]:
        inside = set.intersection(*(set(program.inside.get(number, ())) for program in programs))
        return edits(self.latex[slice(*span)], list(words), sorted(inside)) if number in programs[0].inside else []

    def _cost(self, span: Span, edit: Edit) -> float:
        """The smallest edit first. A sign or a root goes to the widest place, a number or symbol to the narrowest."""
        share = (span[1] - span[0]) / len(self.latex)
        before = self.latex[: span[0]].rstrip()
        beside = 0.2 if edit.kind == "negate" and (before[-1:] in ("+", "-") or self.latex[span[0]] in "+-") else 0.0
        return edit.cost + (1 - share if edit.kind in ("negate", "invert", "root", "square", "complement") else share) - beside

    # Operands and comparisons

    def _words(self, point: Point) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for declaration in self.claim.spec.symbols:
            name = str(declaration.symbol)
            tex = author_letter(name, self.latex)
            if tex is None:
                continue
            if isinstance(declaration, Size):
                found[tex] = np.full((1, 1, 1), float(point.sizes[name]))
            elif name in point.columns:
                found[tex] = point.columns[name]
        composed = {f"(1 - {tex})": 1 - value for tex, value in found.items()}
        constants = {r"\pi": np.full((1, 1, 1), math.pi)} | ({} if "e" in found else {"e": np.full((1, 1, 1), math.e)})
        return {**found, **constants, **composed}

    def _letters(self) -> list[str]:
        """The symbols and the indices of sums, as the author writes them."""
        symbols = [tex for d in self.claim.spec.symbols if (tex := author_letter(str(d.symbol).partition("[")[0], self.latex)) is not None]
        return list(dict.fromkeys([*symbols, *_INDEX.findall(self.latex)]))

    def letter(self, name: str) -> str:
        """The LaTeX of a symbol."""
        return author_letter(name, self.latex) or name

    def _agree(self, point: Point, values: Array, rows: int, columns: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether values are those of the code at every point, for each edit of two axes."""
        same = same_values(point, values)
        found = np.broadcast_to(same, np.broadcast_shapes(same.shape, (1, 1, len(point.actual)))).all(axis=-1)
        return np.broadcast_to(found, (rows, columns))

    def _agrees_as_read(self, text: str) -> bool:
        bound = bound_as(self.record, self.formula, text, self.which)
        if bound is None:
            return False
        try:
            return all(bool(self._agree(point, Program(bound.spec, point)({}, {}), 1, 1).all()) for point in self.points)
        except FAILS:
            return False

    # The verdict

    def _judged(self, found: _Found, seen: set[str]) -> Correction | None:
        for text in found.texts:
            if text in seen or self.clock() > self.deadline:
                continue
            seen.add(text)
            bound = bound_as(self.record, self.formula, text, self.which)
            if bound is None or not self._covers(bound.spec) or self._is_idle(text, bound.spec) or not self._agrees_as_read(text):
                continue
            stated, (verdict, reason) = text, self._verdict(bound)
            if verdict is Verdict.UNDECIDED and (narrow := suggested(bound)):
                stated = with_conditions(text, narrow, self.letter)
                again = bound_as(self.record, self.formula, stated, self.which)
                verdict, reason = self._verdict(again) if again is not None else (verdict, reason)
            if verdict.holds:
                return Correction(latex=stated, sympy=str(bound.spec.formula), verdict=verdict, reason=reason, cost=round(found.cost, 3))
        return None

    def _verdict(self, bound: Bound) -> tuple[Verdict, str]:
        results = [self._check(bound, sizes) for sizes in sizes_of(bound.spec)]
        verdict = weakest([result.verdict for result in results])
        return verdict, next(result.reason for result in results if result.verdict is verdict)

    def _check(self, bound: Bound, sizes: Any) -> CaseResult:
        def quietly(_: str) -> None:
            return None

        limits = Limits(max_points=200)
        try:
            if bound.readings is not None:
                return check_readings(bound.readings, sizes, limits, quietly)
            return check(bound.spec, sizes, limits, quietly)
        except FAILS as error:
            return CaseResult(id=bound.spec.id, verdict=Verdict.UNDECIDED, reason=str(error))

    def _is_idle(self, text: str, spec: Spec) -> bool:
        """Whether a symbol was added that the value does not depend on, as in `1^p`, or names a symbol and the index of a sum."""
        added = {word.lstrip("\\") for word in _LETTERS.findall(text)} - {word.lstrip("\\") for word in _LETTERS.findall(self.latex)}
        known = {str(d.symbol).partition("[")[0] for d in spec.symbols} | {"pi"}
        held = {str(symbol).partition("[")[0] for symbol in spec.formula.free_symbols} | ({"pi"} if spec.formula.has(sp.pi) else set())
        return bool(added & known - held) or bool(set(_INDEX.findall(text)) & known)

    def _covers(self, spec: Spec) -> bool:
        """Whether a correction is about all symbols that the formula was about."""
        return self.required <= {str(d.symbol) for d in spec.symbols}


def same_values(point: Point, values: Array) -> Array:
    """Where values are those of the code, and where there are none because the formula as written has none.

    Args:
        point: the case.
        values: the values.
    """
    scale = np.maximum(np.abs(point.actual), float(np.median(np.abs(point.actual))) * 1e-4)
    same: Array = (np.abs(values - point.actual) <= TOLERANCE * scale + 1e-300) | (np.isnan(values) & point.silent)
    return same


def _ranked(found: Sequence[Correction]) -> list[Correction]:
    """The best first: proved corrections before tested ones, then the smallest edit."""
    return sorted(found, key=lambda made: (made.verdict is not Verdict.PROVED, made.cost))


def _is_settled(found: Sequence[Correction], cost: float) -> bool:
    """Whether a proved correction is so much nearer to the text that another one need not be looked at."""
    return any(one.verdict is Verdict.PROVED and cost > one.cost + NEAR for one in found)
