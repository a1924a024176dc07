"""Compares the documented formula of one case with its code at points of the domain."""

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import flint
import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.algebra.closed_forms import closed
from qedoc.algebra.partial import split
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.case import Case, instantiate
from qedoc.claims.spec import Size, Spec
from qedoc.claims.target import resolve, signature_check
from qedoc.enclose.compare import Comparison, compare
from qedoc.enclose.enclosure import Enclosure, Undefined, Value, compile
from qedoc.enclose.infinities import Ends, ends
from qedoc.enclose.values import shortest
from qedoc.errors import TargetError
from qedoc.execute.runner import run_plain
from qedoc.judge.derivatives import Support, support
from qedoc.judge.edges import ROUNDED, Edges, whole_numbers_near
from qedoc.judge.inputs import format_inputs, named
from qedoc.judge.local_series import is_local_series
from qedoc.judge.paths import Branch, Code, interpretation_of
from qedoc.judge.sharp import DIGITS, known_bits, midpoint, sharpest
from qedoc.lift.literals import BallLiteral, is_coefficient
from qedoc.lift.opaque import opaque
from qedoc.search.sampling import Plan, drawing_order
from qedoc.search.strategies import Row, seeded

UNDEFINED = (Comparison.LEFT_UNDEFINED, Comparison.RIGHT_UNDEFINED, Comparison.BOTH_UNDEFINED)

MOST_QUESTIONS = 20
"""Maximum number of runs that check whether the code has a value where its formula has none."""

NEAR = 2.0**-16
"""Relative difference up to which code counts as an approximation of the formula. Approximations for float32 are far more accurate."""

UNSEEN = 2.0**-32
"""Relative difference that a float64 run may fail to show, and that truncating an asymptotic series leaves."""

PLAIN = 2.0**-6
"""Relative difference of a run that rounding cannot explain, if it is the same in two formats."""

STEADY = 64
"""The difference between the formats must be this many times smaller."""

COEFFICIENTS = 3
"""Number of many-digit coefficients that mark code as an approximation."""


class Pair:
    """The documented formula and the code, on one domain.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name.

    Raises:
        SpecError: for a domain without points.
        TargetError: for a target that does not exist, is not callable, or lacks a parameter. The location is the spec's line.
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
            raise spec.refuse(f"the domain is empty, or no point in it could be found: {'; '.join(domain_lines(self.case))}")
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
        self.off_support: Row | None = None
        self.saturated: Row | None = None
        self.edges = Edges(
            case=self.case, target=self.target, documented=self.documented, infinity=self.infinity, run=self.run, run_case=self._run_case
        )  # fmt: skip
        self.unconfirmed: Row | None = None
        others = [totalise(closed(self.case.translate(other))) for other in spec.beside]
        self.beside = [compile(other, self.plan.symbols, interpretation_of) for other in others]
        self.elsewhere: Row | None = None
        self.agreed: set[Row] = set()

    def call(self, values: Mapping[sp.Symbol, Any]) -> Any:
        """Calls the target as the spec binds it."""
        return self.case.call(self.target, values, opaque)

    def against(self, row: Row) -> Comparison | None:
        """Compares formula and code formula at a point. Returns None if the code's path is unknown there."""
        branch = self.code.at(row)
        if branch is None:
            return None
        found = self._extended(compare(self.documented, branch.value, row), row, branch)
        if found not in UNDEFINED:
            self.compared += found is not Comparison.OVERLAP
            if self.beside and found is Comparison.EQUAL and not self._is_beside(row, branch):
                self.agreed.add(row)
        elif found not in self.gaps:
            self._note_gap(found, row, branch)
        return found

    def _extended(self, found: Comparison, row: Row, branch: Branch) -> Comparison:
        """Refines a comparison by infinite values and by points where the text says that there is no value."""
        if found not in UNDEFINED or branch.path.raised is not None:
            return found
        documented, actual = self.infinity(row), branch.infinity(row)
        if documented and documented == actual:
            return Comparison.EQUAL
        if documented and not actual and found is Comparison.LEFT_UNDEFINED and self.edges.keeps_away(row):
            return found
        if found is Comparison.BOTH_UNDEFINED and bool(documented) != bool(actual):
            found = self._by_run(documented, row) if documented else found
        elif documented or actual or (found is Comparison.RIGHT_UNDEFINED and self._passes(row)):
            return Comparison.DISJOINT
        if found is not Comparison.RIGHT_UNDEFINED and not documented and self.silent(row) is True:
            return self._against_silence(found, row, actual)
        return found

    def _by_run(self, documented: float, row: Row) -> Comparison:
        """Compares a documented infinity with a run of code whose formula has no value. The run may still give an infinity, as 1/0 does."""
        ran = self.run(row)
        if isinstance(ran, Exception):
            return Comparison.BOTH_UNDEFINED
        if math.isnan(ran) and not self.case.formula.has(sp.oo, -sp.oo):
            return Comparison.RIGHT_UNDEFINED  # nan counts as no value, unless the formula itself contains an infinity
        return Comparison.EQUAL if ran == documented else Comparison.DISJOINT

    def _passes(self, row: Row) -> bool:
        """Whether code whose formula has no value still gives a number, and one that differs from the documented value.

        An intermediate value is then infinite or nan. IEEE arithmetic defines the result, which is the same in all formats up to rounding.
        """
        if self._questions >= MOST_QUESTIONS:
            return False
        self._questions += 1
        numbers = [self.run(row), run_plain(self.call, self.plan.symbols, row, x64=False, arrays=self.wants_arrays)]
        if any(isinstance(ran, Exception) or not math.isfinite(ran) for ran in numbers):
            return False
        double, single = map(float, numbers)  # type: ignore[arg-type]  # exceptions have returned above
        exact = midpoint(sharpest(self.documented, row))
        difference = abs(double - exact)
        if difference <= PLAIN * max(abs(double), abs(exact)) or abs(double - single) * STEADY > difference:
            return False
        typed = run_plain(self.call, self.plan.symbols, row, x64=True, arrays=True)  # some code computes Python numbers in float32
        return isinstance(typed, Exception) or abs(float(typed) - double) * STEADY <= difference

    def _against_silence(self, found: Comparison, row: Row, actual: float) -> Comparison:
        """Refines a comparison where the text says that there is no value, but the code may have one."""
        if found is Comparison.LEFT_UNDEFINED or actual:
            return Comparison.DISJOINT
        return found

    def run(self, row: Row) -> float | int | Exception:
        """Runs the code at a point in float64, on Python numbers, or on JAX arrays if the code accepts nothing else."""
        ran = run_plain(self.call, self.plan.symbols, row, x64=True, arrays=self.wants_arrays)
        if isinstance(ran, Exception) and not self.wants_arrays:
            again = run_plain(self.call, self.plan.symbols, row, x64=True, arrays=True)
            self.wants_arrays = not isinstance(again, Exception)
            return again if self.wants_arrays else ran
        return ran

    def _run_case(self, case: Case, row: Row) -> float | int | Exception:
        """Runs the code in float64 at a point, for a case with other keywords."""
        return run_plain(lambda values: case.call(self.target, values, opaque), self.plan.symbols, row, x64=True, arrays=self.wants_arrays)

    def _note_gap(self, found: Comparison, row: Row, branch: Branch) -> None:
        """Records a point where a value is missing. If a run gives a value, only the code's formula lacks it."""
        if self.case.spec.natural and found is not Comparison.RIGHT_UNDEFINED:
            return  # a docstring claim covers only points where its formula has a value
        if found is not Comparison.LEFT_UNDEFINED and branch.path.raised is None and self._questions < MOST_QUESTIONS:
            self._questions += 1
            ran = self.run(row)
            if not isinstance(ran, Exception) and math.isfinite(ran):
                self.beyond = self.beyond or row
                return
        self.gaps[found] = row

    def refuted_at(self, row: Row) -> bool:
        """True if the enclosures of formula and code formula are disjoint at the point and a run of the code confirms the code formula."""
        return self._differs_at(row) and self.has_derivative(row)

    def has_derivative(self, row: Row) -> bool:
        """Whether a point can refute a claim about a derivative: the values of the code near it confirm what `jax.grad` gives.

        True for a claim that is about no derivative, that somebody wrote for qedoc, or that states the derivative at one number: such a
        number is often a kink, and the claim is about what `jax.grad` gives.
        """
        by = self.case.keywords.get(self.case.spec.derivative)
        if not self.case.spec.natural or not isinstance(by, sp.Basic) or by.is_number:
            return True

        def value(step: float) -> float:
            shifted = partial(self.case.call_shifted, self.target, opaque=opaque, by=step)
            ran = run_plain(shifted, self.plan.symbols, row, x64=True, arrays=self.wants_arrays)
            return math.nan if isinstance(ran, Exception) else ran

        def function(step: Any) -> Any:
            numbers = {s: int(x) if s.is_integer else float(x) for s, x in zip(self.plan.symbols, row, strict=True)}
            return self.case.call_shifted(self.target, numbers, opaque, by=step)

        said, slope = midpoint(sharpest(self.documented, row)), self.run(row)
        found = Support.UNCONFIRMED if isinstance(slope, Exception) else support(value, said, slope, function)
        if found is Support.UNCONFIRMED:
            self.unconfirmed = self.unconfirmed or row
        return found is Support.CONFIRMED

    def _is_beside(self, row: Row, branch: Branch) -> bool:
        """Whether another formula of the docstring has the value of the code at a point."""
        return any(compare(other, branch.value, row) not in (Comparison.DISJOINT, *UNDEFINED) for other in self.beside)

    def _approximates(self, row: Row, branch: Branch) -> bool:
        """Whether the code computes an approximation of the formula, anywhere or in the neighbourhood of a point."""
        if any(map(approximates, self.code.branches)):
            return True
        return is_local_series(branch.path.value, self.formula, self.plan.point(row))

    def _differs_at(self, row: Row) -> bool:
        if self.against(row) is not Comparison.DISJOINT:
            return False
        branch = self.code.at(row)
        assert branch is not None  # against() found it
        if self._is_beside(row, branch):
            self.elsewhere = self.elsewhere or row
            return False
        distance = self._distance(row, branch)
        is_near = distance <= UNSEEN or (distance <= NEAR and self._approximates(row, branch))
        if self.edges.is_out(row):
            if is_near:
                self.saturated = self.saturated or row
            else:
                self.off_support = self.off_support or row
            return False
        if self._exactly(row, branch):
            return True
        if is_near:
            self.nearly = max(self.nearly or (0.0, row), (distance, row))
            return False
        if self._is_beyond(row, branch) or self.edges.keeps_away(row):
            return False
        if isinstance(ran := self.run(row), Exception):
            self.raising = self.raising or (ran, row)
            return False
        if self._confirmed(ran, row, branch):
            return True
        self.strange = self.strange or row
        return False

    def _exactly(self, row: Row, branch: Branch) -> bool:
        """Whether the code returns exactly the integer of its own formula, and not the documented one. Integers have no rounding."""
        documented, actual = self.documented(row), branch.value(row)
        if not isinstance(documented, flint.fmpq) or not isinstance(actual, flint.fmpq) or documented.q != 1 or actual.q != 1:
            return False
        ran = self.run(row)
        return not isinstance(ran, Exception) and ran == int(actual.p)

    def _distance(self, row: Row, branch: Branch) -> float:
        """The relative difference between documented value and code value, or 0 if they are known to too few digits."""
        values = [sharpest(part, row) for part in (self.documented, branch.value)]
        known = [flint.arb(value) for value in values if not isinstance(value, Undefined)]
        if len(known) < 2:
            return math.inf  # one value is infinite or missing, and _extended has handled that
        if min(map(known_bits, values)) < DIGITS:
            return 0.0
        documented, actual = known
        if abs(documented - actual) < ROUNDED and (documented == 0 or any(whole_numbers_near(row))):
            return 0.0
        larger = max(abs(documented), abs(actual), key=lambda size: size.mid())
        return float((abs(documented - actual) / larger).mid())  # works beyond the range of doubles, too

    def _confirmed(self, ran: float, row: Row, branch: Branch) -> bool:
        """Whether the run is much closer to the value of the code's formula than to the documented value."""
        if infinity := branch.infinity(row):
            return ran == infinity
        documented, actual = (sharpest(part, row) for part in (self.documented, branch.value))
        if isinstance(actual, Undefined):  # _by_run or _passes has compared the run already
            return ran != self.infinity(row) if self.infinity(row) else math.isfinite(ran)
        if isinstance(documented, Undefined):
            return math.isfinite(ran) and _near(ran, actual)
        if isinstance(ran, int) and isinstance(documented, flint.fmpq) and isinstance(actual, flint.fmpq):
            return bool(abs(ran - actual) * 1024 <= abs(documented - actual))
        said, made = midpoint(documented), midpoint(actual)
        return abs(ran - made) <= abs(said - made) / 1024

    def _is_beyond(self, row: Row, branch: Branch) -> bool:
        """Whether the two values round to the same double. A run cannot tell them apart then."""
        values = [sharpest(part, row) for part in (self.documented, branch.value)]
        return not any(isinstance(value, Undefined) for value in values) and midpoint(values[0]) == midpoint(values[1])

    def off_its_support(self, row: Row) -> str:
        """Says that formula and code differ at a point where the code gives what it gives outside of its support."""
        at = format_inputs(named(self.case, self.plan.point(row)))
        reason = f"formula and code differ at {at}, where the code gives {self.run(row)}, as outside of the support or at its edge"
        return f"{reason}; write where the formula holds"

    def said(self, row: Row) -> int | float | str:
        """The documented value, as a report shows it."""
        return shown(self.documented, self.infinity, row)


def shown(formula: Enclosure, infinity: Ends, row: Row) -> int | float | str:
    """The value of a formula at a point, as a report shows it."""
    return str(found) if (found := infinity(row)) else shortest(sharpest(formula, row))


def _near(ran: float, actual: Value) -> bool:
    exact = midpoint(actual)
    return abs(ran - exact) <= NEAR * max(abs(exact), abs(ran))


def approximates(branch: Branch) -> bool:
    """Whether a path computes its own approximation: its formula has many-digit coefficients."""
    value = branch.path.value
    return isinstance(value, sp.Basic) and sum(map(is_coefficient, value.atoms(sp.Number, BallLiteral))) >= COEFFICIENTS


def domain_lines(case: Case) -> tuple[str, ...]:
    """The domain as lines of text: one per unknown, then the relations."""
    return (*(f"{s.symbol}: {s.domain}" for s in case.scalars), *map(str, case.where))


def enclosures(formulas: Sequence[sp.Expr], plan: Plan) -> list[Enclosure]:
    """Compiles formulas over the unknowns of a plan."""
    return [compile(formula, plan.symbols, interpretation_of) for formula in formulas]
