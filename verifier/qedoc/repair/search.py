"""Searches for a small edit of a refuted formula with which it has the values of the code, and judges each that is found.

Edits of values are compared with runs of the code at some points, all edits of a place at once. What agrees everywhere is written as LaTeX,
read and bound as any formula, and judged by the whole of qedoc. Only what is then proved or tested is a correction.
"""

import itertools
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from qedoc.bind.records import Bound
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Spec
from qedoc.judge.check import check
from qedoc.judge.readings import check_readings
from qedoc.read.listening import listening
from qedoc.repair.candidates import NEAR, Candidate, Found, is_settled, ranked, taken
from qedoc.repair.divided import is_divided
from qedoc.repair.edits import FUNCTIONS, Array, Edit, edits
from qedoc.repair.framed import framed
from qedoc.repair.marked import FAILS, Places, Point, Program, Span, bound_as, marked, stated_part
from qedoc.repair.operands import INDEX, constants, letters, operands
from qedoc.repair.plainness import is_plain, is_whole
from qedoc.repair.restricted import plausible, suggested, with_conditions
from qedoc.repair.runs import FEW, agree, heeded, holds, points_of
from qedoc.repair.spelling import author_letter, spellings
from qedoc.repair.tokens import token_edits
from qedoc.repair.widened import widened
from qedoc.results.verdict import CaseResult, Correction, Verdict, weakest
from qedoc.sources.docstrings import Documented
from qedoc.sources.specfiles import sizes as sizes_of

MOST_TRIED = 24
"""Maximum number of edits of each kind that are written, read and judged."""

SHOWN = 3
"""Maximum number of corrections."""

_LETTERS = re.compile(r"\\?[A-Za-z]+")

_RAISED = re.compile(r"\^\s*\{?\s*$")
MOVED = 0.5
"""What one end of the move of an exponent costs."""

ALIKE = 0.05
"""Of two edits with the same meaning, whose costs differ by less, the shorter text is shown."""


class Repair:
    """The search for corrections of one claim of a docstring.

    Args:
        record: the docstring.
        claim: the refuted claim.
        timeout: seconds after which nothing more is tried.
        clock: the time in seconds.
    """

    def __init__(self, record: Documented, claim: Bound, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.within = stated_part(record, claim)
        claim = claim if self.within is None else widened(record, claim, self.within)
        self.record, self.claim, self.formula = record, claim, claim.formula
        self.latex = claim.formula.latex
        self.which = claim.spec.id
        self.clock, self.deadline = clock, clock() + timeout
        self.points = heeded(list(points_of(plausible(claim))))
        self.frame = framed(record, claim, self.within) if self.within is not None else None
        self.names = {} if self.frame is None else self.frame.written()
        self.meanings: set[str] = set()
        self.required = {str(d.symbol) for d in claim.spec.symbols}

    def corrections(self, keep: Callable[[list[Correction]], None] = lambda found: None) -> list[Correction]:
        """Returns at most three corrections, the best first.

        Args:
            keep: called with the corrections so far whenever one is found. The process may be killed before the search ends.
        """
        if not self.points or self.within is None or self._agrees(self.claim.spec):
            return []
        found: list[Correction] = []
        seen = {self.latex}
        for stage in (self._relations, self._singles, self._moves, self._tokens, self._pairs):
            for one in self._read(stage(), seen, found):
                if len(found) >= SHOWN or self.clock() > self.deadline or is_settled(found, one.cost):
                    break
                made = self._judged(one, partial(self._keep, found, keep))
                if made is not None:
                    found.append(made)
                keep(ranked(found))  # this also takes back what was kept of an edit that does not hold
            if found or self.clock() > self.deadline:
                break
        return ranked(found)

    def _read(self, stage: Iterator[Found], seen: set[str], found: Sequence[Correction]) -> Iterator[Candidate]:
        """The edits of a stage as claims, the smallest first. Of those that mean the same and cost about the same, the shortest text."""
        waiting: dict[str, Candidate] = {}
        for one in itertools.islice(stage, MOST_TRIED):
            if self.clock() > self.deadline or is_settled(found, one.cost):
                break
            if waiting and one.cost > min(other.cost for other in waiting.values()) + NEAR:
                yield from taken(waiting)
            made = self._bound(one, seen)
            if made is None or made.meaning in self.meanings:
                continue
            other = waiting.get(made.meaning)
            if other is None or (made.cost <= other.cost + ALIKE and made.size < other.size):
                waiting[made.meaning] = made if other is None else replace(made, cost=min(made.cost, other.cost))
        yield from taken(waiting)

    @staticmethod
    def _keep(found: Sequence[Correction], keep: Callable[[list[Correction]], None], tested: Correction) -> None:
        keep(ranked([*found, tested]))

    # Stages

    def _relations(self) -> Iterator[Found]:
        for cost, text in self._token_edits():
            if cost < 1 and self._may_agree(text):
                yield Found(cost=cost, texts=(text,))

    def _tokens(self) -> Iterator[Found]:
        rest = [(cost, text) for cost, text in self._token_edits() if cost >= 1]
        for cost, text in sorted(rest, key=lambda one: one[0]):
            if self.clock() > self.deadline:
                return
            if self._may_agree(text):
                yield Found(cost=cost, texts=(text,))

    def _token_edits(self) -> Iterator[tuple[float, str]]:
        assert self.within is not None  # the caller looked
        symbols = letters(self.claim, self.latex, self.names)
        yield from token_edits(self.latex, self.within, list(dict.fromkeys([*symbols, *constants(self.latex[slice(*self.within)])])))

    def _singles(self) -> Iterator[Found]:
        survivors: list[tuple[float, Places, tuple[tuple[int, Edit], ...]]] = []
        coarse: list[tuple[float, Places, tuple[tuple[int, Edit], ...]]] = []
        self._marked = [] if self.within is None else list(marked(self._spelled, self.latex, self.points, self.within))
        for places, programs in self._marked:
            words = [self._words(point) for point in self.points]
            for number, span in enumerate(places.spans):
                some = self._edits_of(number, span, programs, words[0])
                if not some:
                    continue
                good, loose = np.ones(len(some), dtype=bool), np.ones(len(some), dtype=bool)
                for point, program, values in zip(self.points, programs, words, strict=True):
                    made = program({number: (some, 0)}, values)
                    good &= agree(point, made, len(some), 1)[:, 0]
                    loose &= agree(point, made, len(some), 1, loosely=True)[:, 0]
                survivors += [(self._cost(span, some[k]), places, ((number, some[k]),)) for k in np.flatnonzero(good)]
                coarse += [(self._cost(span, some[k]), places, ((number, some[k]),)) for k in np.flatnonzero(loose)]
        yield from self._written(survivors or coarse)

    def _pairs(self) -> Iterator[Found]:
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
            for k, j in np.argwhere(agree(point, values, len(table[one]), len(table[other]))):
                both = ((one, table[one][k]), (other, table[other][j]))
                survivors.append((sum(self._cost(places.spans[n], edit) for n, edit in both), places, both))
        survivors.sort(key=lambda one: one[0])
        yield from self._written([one for one in survivors[:200] if self._everywhere(programs, one[2])])

    def _moves(self) -> Iterator[Found]:
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
                    good &= agree(point, program(changed, self._words(point)), len(some), 1)[:, 0] if some else good
                survivors += [(2 * MOVED + some[k].cost, places, (*move, (third, some[k]))) for k in np.flatnonzero(good)]
        yield from self._written(survivors)

    def _everywhere(self, programs: Sequence[Program], some: tuple[tuple[int, Edit], ...]) -> bool:
        return all(
            agree(point, program({n: ([edit], axis) for axis, (n, edit) in enumerate(some)}, self._words(point)), 1, 1).all()
            for point, program in zip(self.points, programs, strict=True)
        )

    def _written(self, survivors: Iterable[tuple[float, Places, tuple[tuple[int, Edit], ...]]]) -> Iterator[Found]:
        for cost, places, some in sorted(survivors, key=lambda one: one[0]):
            yield Found(cost=cost, texts=tuple(itertools.islice(self._texts(places, some), 12)))

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
        called = [name for name in FUNCTIONS if re.search(rf"{re.escape(name)}\s*(?:\\left\s*)?[({{\\]", self.latex)]
        return edits(self.latex[slice(*span)], list(words), sorted(inside), called) if number in programs[0].inside else []

    def _cost(self, span: Span, edit: Edit) -> float:
        """The smallest edit first. A sign or a root goes to the widest place, a number or symbol to the narrowest."""
        share = (span[1] - span[0]) / len(self.latex)
        before = self.latex[: span[0]].rstrip()
        beside = 0.2 if edit.kind == "negate" and (before[-1:] in ("+", "-") or self.latex[span[0]] in "+-") else 0.0
        return edit.cost + (1 - share if edit.kind in ("negate", "invert", "root", "square", "complement") else share) - beside

    # Operands and comparisons

    def letter(self, name: str) -> str:
        """The LaTeX of a symbol."""
        return author_letter(self.names.get(name, name), self.latex) or name

    def _words(self, point: Point) -> dict[str, Array]:
        return operands(self.claim, self.latex, point, self.names)

    def _spelled(self, places: Places) -> Spec | None:
        """The claim with marks at its places."""
        if self.frame is not None and (spec := self.frame.spec(self.latex, places.mark)) is not None:
            return spec
        with listening(self.latex, places.mark):
            bound = bound_as(self.record, self.formula, self.latex, self.which)
        return None if bound is None else bound.spec

    def _may_agree(self, text: str) -> bool:
        """Whether a text agrees with the code, where possible without binding it."""
        if self.frame is None:
            bound = bound_as(self.record, self.formula, text, self.which)
            return bound is not None and self._agrees(bound.spec, loosely=True)
        spec = self.frame.spec(text)
        return spec is not None and self._agrees(spec, loosely=True)

    def _agrees(self, spec: Spec, loosely: bool = False) -> bool:
        try:
            spoken = [point for point in self.points if not point.silent.all()]
            return all(bool(agree(point, Program(spec, point)({}, {}), 1, 1, loosely).all()) for point in spoken[::-1])
        except FAILS:
            return False

    # The verdict

    def _bound(self, found: Found, seen: set[str]) -> Candidate | None:
        """An edit as a claim, in the first spelling that agrees with the code and covers its domain."""
        for text in found.texts:
            if (
                text in seen
                or not is_whole(text, self.latex)
                or self.clock() > self.deadline
                or (self.frame is not None and not self._may_agree(text))
            ):
                continue
            seen.add(text)
            bound = bound_as(self.record, self.formula, text, self.which)
            bound = bound if bound is None else self._about_all(bound)
            if bound is None or self._is_idle(text, bound.spec):
                continue
            if (
                holds(bound.spec, self.points)
                and is_divided(bound.spec, self.points)
                and (self.frame is None or is_plain(self.frame, text, self.latex))
            ):
                return Candidate(cost=found.cost, text=text, bound=bound)
        return None

    def _judged(self, found: Candidate, keep: Callable[[Correction], None]) -> Correction | None:
        stated, bound = found.text, found.bound
        self.meanings.add(found.meaning)

        def made(result: CaseResult | tuple[Verdict, str]) -> Correction:
            verdict, reason = result if isinstance(result, tuple) else (result.verdict, result.reason)
            return Correction(latex=stated, sympy=str(bound.spec.formula), verdict=verdict, reason=reason, cost=round(found.cost, 3))

        def known(result: CaseResult) -> None:
            if result.verdict.holds:
                keep(made(result))

        verdict, reason = self._verdict(bound, known)
        if verdict is Verdict.UNDECIDED and (narrow := suggested(bound)):
            stated = with_conditions(found.text, narrow, self.letter)
            again = bound_as(self.record, self.formula, stated, self.which)
            verdict, reason = self._verdict(again, known) if again is not None else (verdict, reason)
        return made((verdict, reason)) if verdict.holds else None

    def _verdict(self, bound: Bound, known: Callable[[CaseResult], None]) -> tuple[Verdict, str]:
        """The verdict on all cases. `known` is called with what is known before the last one is finished."""
        results: list[CaseResult] = []
        every = sizes_of(bound.spec)
        silent = [point.sizes for point in self.points if point.silent.all()]
        sizes = [one for one in every if one not in silent]
        for one in sizes:
            last = len(results) == len(sizes) - 1
            results.append(self._check(bound, one, known if last else lambda _: None))
            if not results[-1].verdict.holds:
                break
            if not last:
                known(replace(results[-1], verdict=Verdict.TESTED, reason=f"{len(results)} of {len(sizes)} sizes were checked in time"))
        verdict = weakest([result.verdict for result in results])
        if verdict is Verdict.PROVED and len(sizes) < len(every):
            return Verdict.TESTED, f"proved at {len(sizes)} of {len(every)} sizes; at the others the formula as written has no value"
        reason = next(result.reason for result in results if result.verdict is verdict)
        beside = dict.fromkeys(finding.message for result in results for finding in result.findings if finding.kind == "default")
        return verdict, "; ".join((reason, *beside))

    def _check(self, bound: Bound, sizes: Any, known: Callable[[CaseResult], None]) -> CaseResult:
        def quietly(_: str) -> None:
            return None

        limits = Limits(max_points=200)
        try:
            if bound.readings is not None:
                return check_readings(bound.readings, sizes, limits, quietly, known)
            return check(bound.spec, sizes, limits, quietly, known)
        except FAILS as error:
            return CaseResult(id=bound.spec.id, verdict=Verdict.UNDECIDED, reason=str(error))

    def _is_idle(self, text: str, spec: Spec) -> bool:
        """Whether a symbol was added that the value does not depend on, as in `1^p`, or names a symbol and the index of a sum."""
        added = {word.lstrip("\\") for word in _LETTERS.findall(text)} - {word.lstrip("\\") for word in _LETTERS.findall(self.latex)}
        known = {str(d.symbol).partition("[")[0] for d in spec.symbols} | {"pi"}
        held = {str(symbol).partition("[")[0] for symbol in spec.formula.free_symbols} | ({"pi"} if spec.formula.has(sp.pi) else set())
        return bool(added & known - held) or bool(set(INDEX.findall(text)) & known)

    def _about_all(self, bound: Bound) -> Bound | None:
        """A correction as a claim about all symbols of the formula and of lost parameters; None if it cannot be one."""
        if self.required <= {str(d.symbol) for d in bound.spec.symbols}:
            return bound
        if not bound.spec.formula.free_symbols <= self.claim.spec.formula.free_symbols | {d.symbol for d in self.claim.spec.symbols}:
            return None
        wide = replace(self.claim.spec, formula=bound.spec.formula, natural=False, origin=self.claim.spec.location)
        return replace(bound, spec=wide, readings=None)
