"""A formula whose places can be edited: each factor, term and base of a power keeps the part of the text that it was read from."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

from qedoc.bind.claims import GIVES_UP, claims
from qedoc.bind.context import Context
from qedoc.bind.records import Bound
from qedoc.claims.case import Case, instantiate
from qedoc.claims.spec import Size, Spec
from qedoc.errors import QedocError
from qedoc.read import Equation, Reading
from qedoc.repair.edits import Array, Edit, applied
from qedoc.repair.printed import VALUES, Place, Printer
from qedoc.sources.docstrings import Documented, Formula

Span: TypeAlias = tuple[int, int]

FAILS = (*GIVES_UP, LookupError, NameError, AssertionError, QedocError)
"""What SymPy, NumPy and the binder raise for a formula with marks that they cannot take. NumPy's NameError is for a function it lacks."""


@dataclass(slots=True)
class Places:
    """The places of a formula.

    Args:
        latex: the formula.
        within: the part of it that may be edited.
        skipped: places that the reader or the binder cannot take.
        spans: the places that were met, in the order of their numbers.
    """

    latex: str
    within: Span
    skipped: set[Span] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)

    def mark(self, value: sp.Expr, start: int, end: int) -> sp.Expr:
        """A value with the number of its place."""
        span = (start, end)
        if not self.within[0] <= start < end <= self.within[1] or span in self.skipped or not isinstance(value, sp.Expr):
            return value
        if isinstance(value, Place) or value.is_infinite or self._is_subscript(start):
            return value
        if span not in self.spans:
            self.spans.append(span)
        return Place(sp.Integer(self.spans.index(span)), value)

    def _is_subscript(self, start: int) -> bool:
        before = self.latex[:start]
        return before.rstrip("{ ").endswith("_") or re.search(r"_\{[^{}]*$", before) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One case of a claim: its sizes, numbers for its symbols, and what the code gives there.

    Args:
        sizes: the value of each size, by symbol name.
        columns: the numbers of each symbol, by its name; with axes for two edits before that of the points.
        actual: the results of the code.
        silent: where the formula as written has no value. A correction need not have one there either.
    """

    sizes: Mapping[str, int]
    columns: Mapping[str, Array]
    actual: Array
    silent: Array

    def some(self, few: int) -> "Point":
        """The case at a few of its points."""
        at = np.unique(np.linspace(0, len(self.actual) - 1, few).astype(int))
        columns = {name: column[..., at] for name, column in self.columns.items()}
        return Point(sizes=self.sizes, columns=columns, actual=self.actual[at], silent=self.silent[at])


class Program:
    """A formula with places, as a function of arrays.

    Args:
        spec: the claim with marks.
        point: the numbers.
    """

    def __init__(self, spec: Spec, point: Point) -> None:
        symbols = {d.symbol: point.sizes[str(d.symbol)] for d in spec.symbols if isinstance(d, Size)}
        case: Case = instantiate(replace(spec, natural=False, origin=spec.location), symbols)
        self.spec = spec
        self._edits: Mapping[int, tuple[Sequence[Edit], int]] = {}
        self._words: Mapping[str, Array] = {}
        self._last: dict[int, Array] = {}
        formula = case.formula.xreplace({sp.zoo: sp.nan})  # NumPy has no complex infinity
        self.inside = _inside(formula)
        self._columns = [point.columns[symbol.name] for symbol in case.symbols]
        printer = Printer({"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True, "user_functions": {}})
        self._function = sp.lambdify(
            case.symbols, formula, modules=[{"Place": self._at, "log_at": self._log_at, **VALUES}, "scipy", "numpy"], printer=printer
        )

    def __call__(self, some: Mapping[int, tuple[Sequence[Edit], int]], words: Mapping[str, Array]) -> Array:
        """The values of the formula with edits.

        Args:
            some: for each place to edit, its edits and the axis along which they stand.
            words: the values of the operands.
        """
        self._edits, self._words, self._last = some, words, {}
        with np.errstate(all="ignore"):
            return np.asarray(self._function(*self._columns), dtype=np.float64)

    def _at(self, number: int, value: Any) -> Any:
        here = np.asarray(value, dtype=np.float64)
        here = here.reshape((1,) * (3 - here.ndim) + here.shape)
        self._last[number] = here
        if number not in self._edits:
            return here
        some, axis = self._edits[number]
        return applied(
            some, here, self._words, {part: self._last[part] for part in self.inside.get(number, ()) if part in self._last}, axis
        )

    def _log_at(self, number: int, value: Any, logarithm: Any) -> Any:
        """The logarithm of a place: of its value with edits, or as it was written out."""
        return np.log(value) if number in self._edits else logarithm


def _inside(formula: sp.Expr) -> dict[int, tuple[int, ...]]:
    """The places inside of each place."""
    found: dict[int, set[int]] = {}
    for mark in formula.atoms(Place):
        number = int(mark.args[0])
        found.setdefault(number, set()).update(int(inner.args[0]) for inner in mark.args[1].atoms(Place))
    return {number: tuple(sorted(parts)) for number, parts in found.items()}


def bound_as(record: Documented, formula: Formula, latex: str, which: str) -> Bound | None:
    """Binds a formula with another text in place of the documented one.

    Args:
        record: the docstring.
        formula: the formula as documented.
        latex: the text to read.
        which: the id of the claim.

    Returns:
        the claim; None if the text cannot be read or bound.
    """
    other = replace(formula, latex=latex)
    edited = replace(record, formulas=tuple(other if one == formula else one for one in record.formulas))
    try:
        found = claims(edited)
    except FAILS:
        return None
    return next((claim for claim in found if isinstance(claim, Bound) and claim.spec.id == which and claim.formula.latex == latex), None)


def equations(reading: Reading) -> Iterator[Equation]:
    """Yields the equations of a formula in all its readings."""
    for one in (reading, *reading.others):
        yield from one.equations


def stated_part(record: Documented, claim: Bound) -> Span | None:
    """Returns the part of a formula that a claim was read from: the right side of its equation.

    Args:
        record: the docstring.
        claim: the claim.
    """
    reading = Context(record).readings.get(claim.formula)
    if not isinstance(reading, Reading):
        return None
    found = list(equations(reading))
    chosen = next((equation for equation in found if str(equation) == claim.reading), found[-1])
    if not chosen.latex:
        return None
    text = claim.formula.latex
    starts = [m.start() for m in re.finditer(re.escape(chosen.latex), text)]
    right = [start for start in starts if text[:start].rstrip("\\ &\n\t").endswith("=")]  # `x` of `f(x) = x` is not its first letter x
    return next(((start, start + len(chosen.latex)) for start in (*right, *starts)), None)


def marked(
    spell: Callable[[Places], Spec | None], latex: str, points: Sequence[Point], within: Span
) -> Iterator[tuple[Places, list[Program]]]:
    """Yields a formula with its places, as programs for each case.

    Places that the reader or the binder cannot take together with the others are marked alone, each in programs of its own.

    Args:
        spell: reads and binds the formula with places.
        latex: the formula.
        points: the cases.
        within: the part of the formula that may be edited.
    """
    places = Places(latex, within)
    whole = _programs(spell, points, places)
    if whole is not None:
        yield places, whole
        return
    kept: list[Span] = []
    for span in tuple(places.spans):
        alone = Places(latex, span)
        alone.skipped = {other for other in places.spans if other != span}
        programs = _programs(spell, points, alone)
        if programs is None or alone.spans != [span]:
            places.skipped.add(span)
        else:
            kept.append(span)
    again = Places(latex, within, skipped=places.skipped)
    programs = _programs(spell, points, again)
    if programs is not None:
        yield again, programs
        return
    for span in kept:
        alone = Places(latex, span, skipped={other for other in places.spans if other != span})
        programs = _programs(spell, points, alone)
        if programs is not None:
            yield alone, programs


def _programs(spell: Callable[[Places], Spec | None], points: Sequence[Point], places: Places) -> list[Program] | None:
    try:
        spec = spell(places)
        if spec is None:
            return None
        made = [Program(spec, point) for point in points]
        for program in made:
            program({}, {})
    except FAILS:
        return None
    return made
