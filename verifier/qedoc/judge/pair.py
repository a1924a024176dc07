"""One case and its code, ready to be compared at any point of the domain."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import flint
import sympy as sp

from qedoc.algebra.partial import split, totalise
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.case import Case, instantiate
from qedoc.claims.spec import Size, Spec
from qedoc.claims.target import resolve, signature_check
from qedoc.enclose.compare import Comparison, compare
from qedoc.enclose.enclosure import Enclosure, Undefined, Value, at_precision, compile
from qedoc.enclose.infinities import Ends, ends
from qedoc.enclose.values import rational, shortest
from qedoc.errors import TargetError
from qedoc.execute.runner import run_plain
from qedoc.judge.paths import Branch, Code, interpretation_of
from qedoc.lift.literals import BallLiteral, is_coefficient
from qedoc.lift.opaque import opaque
from qedoc.search.sampling import Plan, drawing_order
from qedoc.search.strategies import Row, seeded

UNDEFINED = (Comparison.LEFT_UNDEFINED, Comparison.RIGHT_UNDEFINED, Comparison.BOTH_UNDEFINED)

MOST_QUESTIONS = 20
"""Runs that are made to learn whether the code has a value where its formula has none."""

NEAR = 2.0**-16
"""Relative difference from a function that code may have which approximates it; far more than approximations for float32 have."""

UNSEEN = 2.0**-32
"""Relative difference that a run in float64 cannot be relied on to show, and that the end of an asymptotic series leaves."""

PLAIN = 2.0**-6
"""Relative difference of a run that is no rounding's, if it is the same in two formats."""

STEADY = 64
"""How many times smaller the difference of the formats must be."""

DIGITS = 48
"""Bits to which two values must be known before it is said how far apart they are."""

FIRST = 128
"""Bits of the first enclosure of a value that is to be told in digits: enough for nearly all of them."""

COEFFICIENTS = 3
"""Numbers of many digits that make code an approximation."""


class Pair:
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
        self.infinity = ends(split(self.formula), self.plan.symbols, interpretation_of)
        self.silent = compile(self.case.undefined, self.plan.symbols, interpretation_of)
        self.code = Code(self.call, self.plan)
        self.compared = 0
        self.gaps: dict[Comparison, Row] = {}
        self.beyond: Row | None = None
        self.nearly: tuple[float, Row] | None = None
        self.wants_arrays = False
        self._questions = 0
        self.strange: Row | None = None
        self.raising: tuple[Exception, Row] | None = None

    def call(self, values: Mapping[sp.Symbol, Any]) -> Any:
        """Calls the target as the spec binds it."""
        return self.case.call(self.target, values, opaque)

    def against(self, row: Row) -> Comparison | None:
        """Compares formula and code formula at a point; None where the code's path cannot be told."""
        branch = self.code.at(row)
        if branch is None:
            return None
        found = self._extended(compare(self.documented, branch.value, row), row, branch)
        if found not in UNDEFINED:
            self.compared += found is not Comparison.OVERLAP
        elif found not in self.gaps:
            self._note_gap(found, row, branch)
        return found

    def _extended(self, found: Comparison, row: Row, branch: Branch) -> Comparison:
        """A comparison with the infinities, and with what the text says to have no value."""
        if found not in UNDEFINED or branch.path.raised is not None:
            return found
        documented, actual = self.infinity(row), branch.infinity(row)
        if documented and documented == actual:
            return Comparison.EQUAL
        if found is Comparison.BOTH_UNDEFINED and bool(documented) != bool(actual):
            found = self._by_run(documented, row) if documented else found
        elif documented or actual or (found is Comparison.RIGHT_UNDEFINED and self._passes(row)):
            return Comparison.DISJOINT
        if found is not Comparison.RIGHT_UNDEFINED and not documented and self.silent(row) is True:
            return self._against_silence(found, row, actual)
        return found

    def _by_run(self, documented: float, row: Row) -> Comparison:
        """What is documented to be infinite, against a run of code whose formula has no value: 1/0 gives an infinity, too."""
        ran = self.run(row)
        if isinstance(ran, Exception):
            return Comparison.BOTH_UNDEFINED
        if math.isnan(ran) and not self.case.formula.has(sp.oo, -sp.oo):
            return Comparison.RIGHT_UNDEFINED  # as where a finite value is documented, unless the text itself writes the infinity
        return Comparison.EQUAL if ran == documented else Comparison.DISJOINT

    def _passes(self, row: Row) -> bool:
        """Whether code whose formula has no value gives a number all the same, and another one than is documented.

        Code passes through an infinity or nan then, and IEEE arithmetic says what it gives: in all formats the same, but for rounding.
        """
        if self._questions >= MOST_QUESTIONS:
            return False
        self._questions += 1
        numbers = [self.run(row), run_plain(self.call, self.plan.symbols, row, x64=False, arrays=self.wants_arrays)]
        if any(isinstance(ran, Exception) or not math.isfinite(ran) for ran in numbers):
            return False
        double, single = map(float, numbers)  # type: ignore[arg-type]  # they are numbers
        exact = midpoint(sharpest(self.documented, row))
        difference = abs(double - exact)
        return difference > PLAIN * max(abs(double), abs(exact)) and abs(double - single) * STEADY <= difference

    def _against_silence(self, found: Comparison, row: Row, actual: float) -> Comparison:
        """What is documented to have no value, against code that may have one."""
        if found is Comparison.LEFT_UNDEFINED or actual:
            return Comparison.DISJOINT
        return found

    def run(self, row: Row) -> float | int | Exception:
        """What the code gives at a point, in float64: to Python's numbers, or to JAX's arrays where it takes nothing else."""
        ran = run_plain(self.call, self.plan.symbols, row, x64=True, arrays=self.wants_arrays)
        if isinstance(ran, Exception) and not self.wants_arrays:
            again = run_plain(self.call, self.plan.symbols, row, x64=True, arrays=True)
            self.wants_arrays = not isinstance(again, Exception)
            return again if self.wants_arrays else ran
        return ran

    def _note_gap(self, found: Comparison, row: Row, branch: Branch) -> None:
        """Keeps a point where a value is missing. Where a run has one, it is only the code's formula that does not know it."""
        if self.case.spec.natural and found is not Comparison.RIGHT_UNDEFINED:
            return  # a claim that is made only where its formula has a value says nothing there
        if found is not Comparison.LEFT_UNDEFINED and branch.path.raised is None and self._questions < MOST_QUESTIONS:
            self._questions += 1
            ran = self.run(row)
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
        if self._exactly(row, branch):
            return True
        if (distance := self._distance(row, branch)) <= (NEAR if any(map(approximates, self.code.branches)) else UNSEEN):
            self.nearly = max(self.nearly or (0.0, row), (distance, row))
            return False
        if self._is_beyond(row, branch):
            return False
        if isinstance(ran := self.run(row), Exception):
            self.raising = self.raising or (ran, row)
            return False
        if self._confirmed(ran, row, branch):
            return True
        self.strange = self.strange or row
        return False

    def _exactly(self, row: Row, branch: Branch) -> bool:
        """Whether the code gives the very integer that its formula says, and not the documented one: integers have no rounding."""
        documented, actual = self.documented(row), branch.value(row)
        if not isinstance(documented, flint.fmpq) or not isinstance(actual, flint.fmpq) or documented.q != 1 or actual.q != 1:
            return False
        ran = self.run(row)
        return not isinstance(ran, Exception) and ran == int(actual.p)

    def _distance(self, row: Row, branch: Branch) -> float:
        """The relative difference of documented value and code value; 0 where they are not known to enough digits to tell."""
        values = [sharpest(part, row) for part in (self.documented, branch.value)]
        known = [flint.arb(value) for value in values if not isinstance(value, Undefined)]
        if len(known) < 2:
            return math.inf  # one is infinite, or has no value: that was compared
        if min(map(_digits, values)) < DIGITS:
            return 0.0
        documented, actual = known
        larger = max(abs(documented), abs(actual), key=lambda size: size.mid())
        return float((abs(documented - actual) / larger).mid())  # beyond all doubles, too

    def _confirmed(self, ran: float, row: Row, branch: Branch) -> bool:
        """The run is much nearer to what the code's formula says than to what is documented."""
        if infinity := branch.infinity(row):
            return ran == infinity
        documented, actual = (sharpest(part, row) for part in (self.documented, branch.value))
        if isinstance(actual, Undefined):  # the run has been compared: it passes through an infinity, or is one
            return ran != self.infinity(row) if self.infinity(row) else math.isfinite(ran)
        if isinstance(documented, Undefined):
            return math.isfinite(ran) and _near(ran, actual)
        if isinstance(ran, int) and isinstance(documented, flint.fmpq) and isinstance(actual, flint.fmpq):
            return bool(abs(ran - actual) * 1024 <= abs(documented - actual))
        said, made = midpoint(documented), midpoint(actual)
        return abs(ran - made) <= abs(said - made) / 1024

    def _is_beyond(self, row: Row, branch: Branch) -> bool:
        """Whether the two values are one double: what a run gives there tells nothing."""
        values = [sharpest(part, row) for part in (self.documented, branch.value)]
        return not any(isinstance(value, Undefined) for value in values) and midpoint(values[0]) == midpoint(values[1])

    def said(self, row: Row) -> int | float | str:
        """The documented value, as a report shows it."""
        return shown(self.documented, self.infinity, row)


def shown(formula: Enclosure, infinity: Ends, row: Row) -> int | float | str:
    """A formula's value at a point, as a report shows it."""
    return str(found) if (found := infinity(row)) else shortest(sharpest(formula, row))


def _near(ran: float, actual: Value) -> bool:
    exact = midpoint(actual)
    return abs(ran - exact) <= NEAR * max(abs(exact), abs(ran))


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
