"""Worker tasks: plants slips in a right formula, corrects them as a run would, and compares what is shown with the original."""

import pickle
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

from qedoc.bind.claims import claims
from qedoc.bind.records import Bound
from qedoc.enclose.values import Undefined
from qedoc.errors import QedocError
from qedoc.judge.executions import sampled
from qedoc.judge.pair import Pair
from qedoc.read.listening import listening
from qedoc.repair.corrected import corrected
from qedoc.repair.edits import Array
from qedoc.repair.marked import FAILS, Places, Point, Program, Span, bound_as, stated_part
from qedoc.repair.printed import Place
from qedoc.repair.restricted import plausible
from qedoc.repair.runs import agree, points_of
from qedoc.results.verdict import Correction
from qedoc.sources.docstrings import Documented, documented
from qedoc.sources.specfiles import sizes as sizes_of
from slips.planting import planted

POINTS = 500
"""Points at which two formulas are compared."""

FEWEST = 20
"""Points at which both must have a value. A formula in sizes alone has one point for each size, and must have a value at all of them."""

TRIES = 60
"""Slips that are drawn until one changes the formula."""

MOST_EXACT = 20
"""Points at which two formulas are compared in ball arithmetic if they differ in float64."""

MOST_CASES = 4
"""Sizes at which two formulas are compared."""

GRACE = 15.0
"""Seconds that a search has beyond its limit, as in a run."""

FOUND = "found"

Row = dict[str, Any]


@lru_cache(maxsize=8)
def _claim(id_: str) -> tuple[Documented, Bound] | None:
    name = id_.partition("#")[0]
    for record in documented(name):
        if name in (record.name, *record.aliases, *record.copies):
            for found in claims(record):
                if isinstance(found, Bound) and found.spec.id == id_:
                    return record, found
    return None


def plant(id_: str, seed: int, slips: int) -> Row | None:
    """Returns a formula with slips, or None if none could be planted.

    Args:
        id_: the claim.
        seed: draws the slips.
        slips: how many.
    """
    known = _claim(id_)
    within = stated_part(*known) if known is not None else None
    if known is None or within is None:
        return None
    record, claim = known
    compared = _Compared(claim)
    rng = random.Random(f"{id_} {seed} {slips}")
    for _ in range(TRIES):
        text, span, kinds = claim.formula.latex, within, []
        for _ in range(slips):
            made = planted(rng, text, span)
            if made is None or (other := bound_as(record, claim.formula, made[1], id_)) is None:
                break
            kinds.append(made[0])
            text, span = made[1], (span[0], span[1] + len(made[1]) - len(text))
        else:
            if text != claim.formula.latex and compared.with_(other) == "different" and not _holds(other):
                return {"id": id_, "seed": seed, "kinds": kinds, "right": claim.formula.latex, "wrong": text}
    return None


def _holds(claim: Bound) -> bool:
    """Whether a formula with slips still has the values of the code, as with an index of one entry more of an array of any length."""
    try:
        return all(bool(agree(point, Program(claim.spec, point)({}, {}), 1, 1).all()) for point in points_of(plausible(claim)))
    except FAILS:
        return False


def correct(id_: str, wrong: str, seconds: float, folder: Path) -> tuple[tuple[Correction, ...], float]:
    """Returns the corrections of a formula with slips, and the seconds of computing time that they took, on all cores together.

    Args:
        id_: the claim.
        wrong: the formula with slips.
        seconds: time limit of the search, in computing time.
        folder: where corrections are kept for the case that this process is killed.
    """
    began = time.process_time()

    def keep(found: Sequence[Correction]) -> None:
        (folder / FOUND).write_bytes(pickle.dumps((tuple(found), time.process_time() - began)))

    signal.setitimer(signal.ITIMER_PROF, seconds + GRACE)  # the signal ends this process
    try:
        return corrections(id_, wrong, seconds, keep), time.process_time() - began
    except (MemoryError, RecursionError):
        return (), time.process_time() - began
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def corrections(
    id_: str, wrong: str, seconds: float, keep: Callable[[Sequence[Correction]], None] = lambda found: None
) -> tuple[Correction, ...]:
    """Returns the corrections of a formula with slips.

    Args:
        id_: the claim.
        wrong: the formula with slips.
        seconds: time limit of the search, in computing time.
        keep: called with the corrections so far whenever one is found.
    """
    known = _claim(id_)
    assert known is not None  # a slip was planted in it
    record, claim = known
    formula = replace(claim.formula, latex=wrong)
    edited = replace(record, formulas=tuple(formula if one == claim.formula else one for one in record.formulas))
    bound = bound_as(edited, formula, wrong, id_)
    assert bound is not None  # `plant` looked
    return corrected(edited, bound, seconds, keep=keep, clock=time.process_time)


def judge(id_: str, texts: Sequence[str]) -> list[str]:
    """Returns of each correction whether it is `equal` to the original, `different`, or of a forbidden kind.

    Args:
        id_: the claim.
        texts: the corrections.
    """
    known = _claim(id_)
    assert known is not None  # a slip was planted in it
    record, claim = known
    compared = _Compared(claim)
    found = []
    for text in texts:
        bound = bound_as(record, claim.formula, text, id_)
        if bound is None:
            found.append("unreadable")
        elif lost := sorted(_needed(claim) - _needed(bound)):
            found.append(f"drops {', '.join(lost)}")
        elif silly := _silly(record, claim, text):
            found.append(f"silly {silly}")
        else:
            found.append(compared.with_(bound))
    return found


def _needed(claim: Bound) -> set[str]:
    return {str(symbol).partition("[")[0] for symbol in claim.spec.formula.free_symbols}


def _silly(record: Documented, claim: Bound, text: str) -> str:
    """A part of a correction that SymPy simplifies to fewer symbols, and that the original does not have; else an empty text."""
    parts: dict[Span, sp.Expr] = {}
    places = Places(text, (0, len(text)))

    def hear(value: sp.Expr, start: int, end: int) -> sp.Expr:
        parts[start, end] = value
        return places.mark(value, start, end)

    with listening(text, hear):
        bound_as(record, claim.formula, text, claim.spec.id)
    for (start, end), value in parts.items():
        if not isinstance(value, sp.Expr) or value.has(sp.Sum, sp.Product, sp.Integral) or text[start:end] in claim.formula.latex:
            continue
        plain = value.replace(Place, lambda _, inner: inner)
        if len(sp.simplify(plain).free_symbols) < len(value.free_symbols):
            return text[start:end]
    return ""


class _Compared:
    """The values of a formula at points of its domain."""

    def __init__(self, claim: Bound) -> None:
        self.claim = claim = replace(claim, spec=plausible(claim))
        self.points: list[tuple[Mapping[str, int], list[Any], list[str], Array]] = []
        chosen = sizes_of(claim.spec)
        at = np.unique(np.linspace(0, len(chosen) - 1, MOST_CASES).astype(int))
        for sizes in (chosen[k] for k in at):
            try:
                pair = Pair(replace(claim.spec, natural=False, origin=claim.spec.location), sizes)
                rows = sampled(pair.plan, POINTS // len(at), POINTS // len(at), 1, "float64")
                names = [symbol.name for symbol in pair.plan.symbols]
                values = self._values(claim, sizes, rows, names)
                values = np.where(list(self._inside(claim, sizes, rows, names)), values, np.nan)
            except FAILS:
                continue
            self.points.append((sizes, rows, names, values))

    @staticmethod
    def _values(claim: Bound, sizes: Mapping[str, int], rows: Sequence[Any], names: Sequence[str]) -> Array:
        columns = {name: np.array([float(row[k]) for row in rows]).reshape(1, 1, -1) for k, name in enumerate(names)}
        none = np.zeros(len(rows))
        point = Point(sizes=sizes, columns=columns, actual=none, silent=none.astype(bool))
        values: Array = np.broadcast_to(Program(claim.spec, point)({}, {}), (1, 1, len(rows)))[0, 0]
        return values

    def with_(self, other: Bound) -> str:
        """Whether another formula is `equal`, `different`, or `narrower`; `not compared` if there are too few points."""
        compared = 0
        for sizes, rows, names, values in self.points:
            try:
                others = self._values(other, sizes, rows, names)
                inside = np.array(list(self._inside(other, sizes, rows, names)))
            except FAILS:
                return "different"
            known = np.isfinite(values) & (np.abs(values) < 1e100)
            scale = np.maximum(np.abs(values), float(np.median(np.abs(values[known]))) * 1e-4 if known.any() else 0)
            with np.errstate(all="ignore"):
                same = np.abs(values - others) <= 1e-7 * scale + 1e-300
            apart = np.flatnonzero(known & ~same & ~np.isnan(others))
            if len(apart) and not self._same_exactly(other, sizes, [rows[k] for k in apart[:MOST_EXACT]]):
                return "different"
            if (known & (np.isnan(others) | ~inside)).any():
                return "narrower"
            compared += int(known.sum())
        every = all(not names for _, _, names, _ in self.points) and compared == len(self.points) > 1
        return "equal" if compared >= FEWEST or every else "not compared"

    def _same_exactly(self, other: Bound, sizes: Mapping[str, int], rows: Sequence[Any]) -> bool:
        """Whether two formulas have the same values, in ball arithmetic: rounding makes large differences of large numbers."""
        pairs = [Pair(replace(one.spec, natural=False, origin=one.spec.location), sizes) for one in (self.claim, other)]
        names = [symbol.name for symbol in pairs[0].plan.symbols]
        values = []
        for pair in pairs:
            order = [names.index(symbol.name) for symbol in pair.plan.symbols]
            values.append([pair.documented([row[k] for k in order], 512) for row in rows])
        return all(
            not isinstance(one, Undefined) and not isinstance(two, Undefined) and abs(float(one) - float(two)) <= 1e-7 * abs(float(one))
            for one, two in zip(*values, strict=True)
        )

    @staticmethod
    def _inside(other: Bound, sizes: Mapping[str, int], rows: Sequence[Any], names: Sequence[str]) -> Iterator[bool]:
        """Whether the points are in the domain of another claim."""
        plan = Pair(other.spec, sizes).plan
        order = [names.index(symbol.name) for symbol in plan.symbols if symbol.name in names]
        if len(order) != len(plan.symbols):
            raise QedocError("it has other symbols")
        yield from (plan.holds(tuple(row[k] for k in order)) for row in rows)
