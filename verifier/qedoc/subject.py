"""One case and its code, ready to be compared at any point of the domain."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import flint
import sympy as sp

from qedoc.case import Case, instantiate
from qedoc.errors import TargetError
from qedoc.evaluate.ball import Enclosure, Undefined, Value, at_precision, compile
from qedoc.evaluate.ball_values import rational
from qedoc.evaluate.compare import Comparison, compare
from qedoc.evaluate.execute import run_plain
from qedoc.feasible import Facts
from qedoc.lift.literals import BallLiteral, is_coefficient
from qedoc.lift.opaque import opaque
from qedoc.partial import totalise
from qedoc.paths import Branch, Code, interpretation_of
from qedoc.search.plan import Plan, drawing_order
from qedoc.search.strategies import Row, seeded
from qedoc.spec import Size, Spec
from qedoc.target import resolve, signature_check

UNDEFINED = (Comparison.LEFT_UNDEFINED, Comparison.RIGHT_UNDEFINED, Comparison.BOTH_UNDEFINED)

MOST_QUESTIONS = 20
"""Runs that are made to learn whether the code has a value where its formula has none."""

NEAR = 2.0**-16
"""Relative difference from a function that code may have which approximates it; far more than approximations for float32 have."""

UNSEEN = 2.0**-32
"""Relative difference that a run in float64 cannot be relied on to show, and that the end of an asymptotic series leaves."""

DIGITS = 48
"""Bits to which two values must be known before it is said how far apart they are."""

FIRST = 128
"""Bits of the first enclosure of a value that is to be told in digits: enough for nearly all of them."""

COEFFICIENTS = 3
"""Numbers of many digits that make code an approximation."""


class Subject:
    """What is checked: the documented formula and the code, on one domain.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name.

    Raises:
        SpecError: for a domain without points.
        TargetError: for a target that does not exist, is not callable, or lacks a parameter; at the spec's line.
    """

    def __init__(self, spec: Spec, sizes: Mapping[str, int]) -> None:
        symbols = {d.symbol: sizes[str(d.symbol)] for d in spec.symbols if isinstance(d, Size)}
        self.case: Case = instantiate(spec, symbols)
        try:
            self.target = resolve(spec.target)
            signature_check(spec.target, self.target, spec.keywords)
        except TargetError as error:
            raise TargetError(error.message, spec.location) from error
        self.formula: sp.Expr = totalise(self.case.formula)
        self.facts = Facts(self.case.domain())
        self.plan = Plan(drawing_order(self.case), self.case.where, [self.formula])
        if self.facts.empty() or not (next(self.plan.simple(1), None) or seeded(self.plan, 1, seed=0)):
            raise spec.refuse(f"the domain is empty, or no point of it can be found: {'; '.join(domain_lines(self.case))}")
        self.documented = compile(self.formula, self.plan.symbols, interpretation_of)
        self.code = Code(self.call, self.plan)
        self.compared = 0
        self.gaps: dict[Comparison, Row] = {}
        self.beyond: Row | None = None
        self.nearly: tuple[float, Row] | None = None
        self._questions = 0
        self.strange: Row | None = None

    def call(self, values: Mapping[sp.Symbol, Any]) -> Any:
        """Calls the target as the spec binds it."""
        return self.case.call(self.target, values, opaque)

    def against(self, row: Row) -> Comparison | None:
        """Compares formula and code formula at a point; None where the code's path cannot be told."""
        branch = self.code.at(row)
        if branch is None:
            return None
        found = compare(self.documented, branch.value, row)
        if found not in UNDEFINED:
            self.compared += 1
        elif found not in self.gaps:
            self._note_gap(found, row, branch)
        return found

    def _note_gap(self, found: Comparison, row: Row, branch: Branch) -> None:
        """Keeps a point where a value is missing. Where a run has one, it is only the code's formula that does not know it."""
        if self.case.spec.natural and found is not Comparison.RIGHT_UNDEFINED:
            return  # a claim that is made only where its formula has a value says nothing there
        if found is not Comparison.LEFT_UNDEFINED and branch.path.raised is None and self._questions < MOST_QUESTIONS:
            self._questions += 1
            ran = run_plain(self.call, self.plan.symbols, row, x64=True)
            if not isinstance(ran, Exception) and math.isfinite(ran):
                self.beyond = self.beyond or row
                return
        self.gaps[found] = row

    def refuted_at(self, row: Row) -> bool:
        """True if formula and code formula have disjoint enclosures at the point and a run of the code sides with the code formula."""
        if self.against(row) is not Comparison.DISJOINT:
            return False
        branch = self.code.at(row)
        assert branch is not None  # it was compared
        if (distance := self._distance(row, branch)) <= (NEAR if any(map(approximates, self.code.branches)) else UNSEEN):
            self.nearly = max(self.nearly or (0.0, row), (distance, row))
            return False
        if self._confirmed(row, branch):
            return True
        self.strange = self.strange or row
        return False

    def _distance(self, row: Row, branch: Branch) -> float:
        """The relative difference of documented value and code value; 0 where they are not known to enough digits to tell."""
        values = [sharpest(part, row) for part in (self.documented, branch.value)]
        if min(map(_digits, values)) < DIGITS:
            return 0.0
        documented, actual = map(midpoint, values)
        return abs(documented - actual) / max(abs(documented), abs(actual))

    def _confirmed(self, row: Row, branch: Branch) -> bool:
        """The run is much nearer to what the code's formula says than to what is documented."""
        ran = run_plain(self.call, self.plan.symbols, row, x64=True)
        if isinstance(ran, Exception):
            return False
        documented, actual = (midpoint(sharpest(part, row)) for part in (self.documented, branch.value))
        return abs(ran - actual) <= abs(documented - actual) / 1024


def approximates(branch: Branch) -> bool:
    """Whether a path computes an approximation of its own: its formula has the coefficients of one."""
    value = branch.path.value
    return isinstance(value, sp.Basic) and sum(map(is_coefficient, value.atoms(sp.Number, BallLiteral))) >= COEFFICIENTS


def sharpest(formula: Enclosure, row: Row) -> Value:
    """The enclosure of a value that says most of it: an integral's need not be the one of most bits.

    Nearly all that has digits has them at 256 bits; the logarithm of a number that is 1 to a hundred places needs more.
    """
    values: list[Value] = [formula(row, bits) for bits in (FIRST, 64, 256)]
    best = max(values, key=_digits)
    for bits in (512, 1024, 2048):
        if _digits(best) >= DIGITS:
            break
        best = max(best, formula(row, bits), key=_digits)
    return best


def known_to(digits: int, formula: Enclosure, rows: Sequence[Row]) -> list[Value]:
    """The enclosures of a value at many points: the balls of one loop where they tell it to so many bits, elsewhere the sharpest."""
    points = at_precision(FIRST, lambda: [[flint.arb(rational(x)) for x in row] for row in rows])
    return [
        ball if isinstance(ball, Undefined) or _digits(ball) >= digits else sharpest(formula, row)
        for ball, row in zip(formula.balls(points, FIRST), rows, strict=True)
    ]


def _digits(value: Value) -> float:
    return value.rel_accuracy_bits() if isinstance(value, flint.arb) else math.inf


def midpoint(value: Value) -> float:
    """An enclosure's middle as the nearest double, which may be infinite; nan where there is none."""
    if isinstance(value, Undefined):
        return float("nan")
    if isinstance(value, flint.arb):
        return float(value.mid())
    try:
        return int(value.p) / int(value.q)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def domain_lines(case: Case) -> tuple[str, ...]:
    """The domain as lines of text: one for each unknown, then the relations."""
    return (*(f"{s.symbol}: {s.domain}" for s in case.scalars), *map(str, case.where))


def enclosures(formulas: Sequence[sp.Expr], plan: Plan) -> list[Enclosure]:
    """The formulas compiled over a plan's unknowns."""
    return [compile(formula, plan.symbols, interpretation_of) for formula in formulas]
