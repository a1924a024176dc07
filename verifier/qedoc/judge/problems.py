"""Optimisation problems at fixed inputs: a search for points that satisfy the constraints and have a low objective, with enclosures."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, TypeAlias

import flint
import numpy as np
import sympy as sp
from scipy import optimize

from qedoc.algebra.closed_forms import closed
from qedoc.claims.case import Case
from qedoc.enclose.enclosure import Undefined, compile

Array: TypeAlias = np.ndarray[Any, Any]
Point: TypeAlias = Mapping[sp.Symbol, Fraction]

LOWER = 2.0**-10
"""Relative difference of two objectives that rounding and the tolerance of an iteration cannot explain."""

ROUNDING = 2.0**-20
"""Relative violation of a constraint that rounding and the tolerance of an iteration explain."""

DENOMINATORS = (1, 2, 4, 8, 16, 64, 1024, 2**20)
"""Denominators of the points at which objective and constraints are enclosed, the plainest first."""

INWARD = (0.0, 2.0**-16, 2.0**-10, 2.0**-7, 2.0**-4)
"""Parts of the way to a point inside all constraints. A point at their edge may not be exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lower:
    """A point that refutes the claim.

    Args:
        point: the inputs.
        result: what the code returns.
        better: a point that satisfies the constraints.
        measure: what is compared: the objective, or what is positive where the violated constraint does not hold.
        documented: the measure at the better point; 0 for a constraint.
        actual: the measure at the result.
        violated: the constraint that the result violates; empty if it violates none.
    """

    point: Point
    result: Array
    better: tuple[sp.Expr, ...]
    measure: sp.Expr
    documented: float
    actual: float
    violated: str = ""


class Problem:
    """An objective with its constraints, over the entries of the point and of the inputs.

    Args:
        case: the claim at fixed sizes.
    """

    def __init__(self, case: Case) -> None:
        minimum = case.spec.minimum
        assert minimum is not None  # only such claims come here
        self.variables = [s.symbol for s in case.scalars if (s.vector or s.name) == minimum.name]
        self.inputs = [s.symbol for s in case.scalars if s.symbol not in self.variables]
        self.objective: sp.Expr = case.formula
        relations: list[Any] = []
        for constraint in minimum.constraints:
            made = case.translate(constraint)
            relations += made if isinstance(made, list) else [made]
        parts = [closed(part) if isinstance(part, sp.Expr) else part for relation in relations for part in sp.And.make_args(relation)]
        self.relations = [part for part in parts if part not in (True, sp.true)]
        self.least = [_positive(r) for r in self.relations if not isinstance(r, sp.Eq)]
        self.zero = [r.lhs - r.rhs for r in self.relations if isinstance(r, sp.Eq)]
        everything = [*self.variables, *self.inputs]
        self._objective = _numeric(everything, self.objective)
        self._least = [_numeric(everything, part) for part in self.least]
        self._zero = [_numeric(everything, part) for part in self.zero]
        self._slopes = [_numeric(everything, _gradient(part, self.variables)) for part in (*self.least, *self.zero)]
        self._slope = _numeric(everything, _gradient(self.objective, self.variables))

    def compare(self, point: Point, result: Array) -> tuple[bool, "Lower | None"]:
        """Whether the result can be compared with other points, and a point that refutes the claim if there is one."""
        given = [float(point[s]) for s in self.inputs]
        here = self._value(result, given)
        if not np.all(np.isfinite(result)) or not math.isfinite(here):
            return False, None
        inner, candidates = self._candidates(point, result, given)
        if not candidates:
            return False, None  # nothing satisfies the constraints here
        violation = self._violation(result, given)
        size = 1 + max(map(abs, (*result, *given)), default=0.0)
        if violation > LOWER * size:
            lower = next((made for y in candidates if (made := self._exact(point, y, inner, None)) is not None), None)
            return lower is not None, None if lower is None else self._violating(point, result, lower)
        if violation > ROUNDING * size:
            return False, None
        best = min(candidates, key=lambda y: self._value(y, given))
        margin = LOWER * max(abs(here), abs(self._value(best, given)), LOWER)
        if self._value(best, given) >= here - 2 * margin:
            return True, None
        lower = self._exact(point, best, inner, here - margin)
        if lower is None:
            return False, None
        lowest = self._enclosed(point, lower)
        return True, Lower(point=point, result=result, better=lower, measure=self.objective, documented=lowest, actual=here)

    def _violating(self, point: Point, result: Array, better: tuple[sp.Expr, ...]) -> "Lower | None":
        """The refutation by a result that violates a constraint, if enclosures confirm that it does."""
        at = self._substituted(point, [sp.Rational(*float(x).as_integer_ratio()) for x in result])
        size = 1 + max((abs(float(x)) for x in (*result, *point.values())), default=0.0)
        for relation in self.relations:
            gap = relation.lhs - relation.rhs if isinstance(relation, sp.Eq) else -_positive(relation)
            gap = sp.Abs(gap) if isinstance(relation, sp.Eq) else gap
            found = _enclose(gap.subs(at))
            if found is not None and found > LOWER * size:
                said, actual = str(relation), float(found.mid())
                return Lower(point=point, result=result, better=better, measure=gap, documented=0.0, actual=actual, violated=said)
        return None

    def _value(self, y: Array, given: Sequence[float]) -> float:
        return _number(self._objective, y, given)

    def _violation(self, y: Array, given: Sequence[float]) -> float:
        least = [-_number(part, y, given) for part in self._least]
        zero = [abs(_number(part, y, given)) for part in self._zero]
        found = [0.0, *least, *zero]
        return math.inf if any(map(math.isnan, found)) else max(found)

    def _candidates(self, point: Point, result: Array, given: Sequence[float]) -> tuple[Array, list[Array]]:
        """A point inside the constraints, and points that satisfy them and may have a low objective."""
        random = Random(str(sorted((str(s), x) for s, x in point.items())))
        far = [np.array([random.uniform(-4, 4) for _ in self.variables]) for _ in range(3)]
        inside: list[Array] = []
        for start in far:
            nearest = self._nearest(start, given)
            if nearest is not None and self._violation(nearest, given) <= ROUNDING:
                inside.append(nearest)
            elif not inside and start is far[1]:
                return result, []  # most likely, nothing satisfies the constraints
        found = [*inside]
        for start in (result, *inside[:2]):
            lowest = self._solved(lambda y: self._value(y, given), lambda y: _row(self._slope, y, given), start, given)
            found += [y for y in (lowest, self._stepped(start, given)) if y is not None]
        kept = [y for y in found if self._violation(y, given) <= ROUNDING]
        return (np.mean(inside, axis=0) if inside else result), kept

    def _nearest(self, start: Array, given: Sequence[float]) -> Array | None:
        return self._solved(lambda y: float(np.sum((y - start) ** 2)), lambda y: 2 * (y - start), start, given)

    def _solved(
        self, objective: Callable[[Array], float], slope: Callable[[Array], Array], start: Array, given: Sequence[float]
    ) -> Array | None:
        kinds = [*(("ineq", part) for part in self._least), *(("eq", part) for part in self._zero)]
        rows = [
            {"type": kind, "fun": lambda y, part=part: _number(part, y, given), "jac": lambda y, slope=slope: _row(slope, y, given)}
            for (kind, part), slope in zip(kinds, self._slopes, strict=True)
        ]
        try:
            with np.errstate(all="ignore"):
                found = optimize.minimize(
                    objective, start, jac=slope, method="SLSQP", constraints=rows, options={"maxiter": 30, "ftol": 1e-10}
                )  # fmt: skip
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        solution: Array = np.asarray(found.x)
        return solution if np.all(np.isfinite(solution)) else None

    def _stepped(self, start: Array, given: Sequence[float]) -> Array | None:
        """A search without derivatives, for objectives with kinks; only where no equation binds the point."""
        if self._zero:
            return None

        def penalised(y: Array) -> float:
            return self._value(y, given) if self._violation(y, given) == 0 else math.inf

        if not math.isfinite(penalised(start)):
            return None
        with np.errstate(all="ignore"):
            found = optimize.minimize(penalised, start, method="Nelder-Mead", options={"maxiter": 120, "xatol": 1e-8, "fatol": 1e-12})
        solution: Array = np.asarray(found.x)
        return solution

    def _exact(self, point: Point, y: Array, inner: Array, below: float | None) -> tuple[sp.Expr, ...] | None:
        """An exact point near y that satisfies all constraints, with an objective below a number; None if none is found."""
        for share in INWARD:
            near = y + share * (inner - y)
            for denominator in DENOMINATORS:
                made = self._solved_exactly(point, [sp.Rational(round(float(x) * denominator), denominator) for x in near], near)
                if made is None or not self._feasible(point, made):
                    continue
                found = _enclose(self.objective.subs(self._substituted(point, made)))
                if found is not None and (below is None or found < below):
                    return made
        return None

    def _solved_exactly(self, point: Point, y: Sequence[sp.Expr], near: Array) -> tuple[sp.Expr, ...] | None:
        """The point with one coordinate moved so that the only equation holds exactly."""
        if not self.zero:
            return tuple(y)
        if len(self.zero) > 1:
            return None
        (equation,) = self.zero
        signs = {sp.Abs(s): s if x >= 0 else -s for s, x in zip(self.variables, near, strict=True)}
        equation = equation.xreplace(signs)
        for place in sorted(range(len(y)), key=lambda k: -abs(near[k])):
            own = self.variables[place]
            if own not in equation.free_symbols:
                continue
            at = self._substituted(point, y)
            del at[own]
            try:
                roots = sp.solve(equation.subs(at), own)
            except (NotImplementedError, ValueError, TypeError):
                continue
            real = [root for root in roots if root.is_real]
            if real:
                root = min(real, key=lambda root: abs(float(root) - near[place]))
                return (*y[:place], root, *y[place + 1 :])
        return None

    def _feasible(self, point: Point, y: Sequence[sp.Expr]) -> bool:
        """Whether enclosures confirm every inequality. The equation holds, because a coordinate solves it."""
        at = self._substituted(point, y)
        for part in self.least:
            value = part.subs(at)
            if value.is_Rational:
                if value < 0:
                    return False
            elif (found := _enclose(value)) is None or not found >= 0:
                return False
        return all((gap := _enclose(part.subs(at))) is not None and gap.contains(0) for part in self.zero)

    def _substituted(self, point: Point, y: Sequence[sp.Expr]) -> dict[sp.Symbol, sp.Expr]:
        return dict(zip(self.variables, y, strict=True)) | {s: sp.Rational(x.numerator, x.denominator) for s, x in point.items()}

    def _enclosed(self, point: Point, y: Sequence[sp.Expr]) -> float:
        found = _enclose(self.objective.subs(self._substituted(point, y)))
        assert found is not None  # it was enclosed before
        return float(found.mid())


def _positive(relation: Any) -> sp.Expr:
    """What is not negative where an inequality holds."""
    return relation.gts - relation.lts


def _gradient(value: sp.Expr, variables: Sequence[sp.Symbol]) -> sp.Array:
    """The gradient, for a search only: at a kink, the mean of the two slopes."""
    return sp.Array([value.diff(s).replace(sp.Heaviside, lambda x, *_: (1 + sp.sign(x)) / 2) for s in variables])


def _numeric(symbols: Sequence[sp.Symbol], expression: sp.Expr) -> Callable[..., Any]:
    made: Callable[..., Any] = sp.lambdify(list(symbols), expression, modules="numpy")
    return made


def _number(function: Callable[..., Any], y: Array, given: Sequence[float]) -> float:
    with np.errstate(all="ignore"):
        return float(function(*map(float, y), *given))


def _row(function: Callable[..., Any], y: Array, given: Sequence[float]) -> Array:
    """A gradient; a part of it that has no value at a kink is 0."""
    with np.errstate(all="ignore"):
        made: Array = np.nan_to_num(np.array(function(*map(float, y), *given), dtype=float), nan=0.0, posinf=0.0, neginf=0.0)
        return made


def _enclose(value: sp.Expr) -> flint.arb | None:
    """A ball that contains a number; None if it has no value."""
    found = compile(value, ())(())
    return None if isinstance(found, Undefined) else flint.arb(found)
