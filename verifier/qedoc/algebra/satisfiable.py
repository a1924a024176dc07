"""Decides with the SMT solver z3 whether SymPy conditions can hold together.

qedoc relies only on the answer "unsatisfiable". A term that z3 has no theory for becomes a new unknown with the bounds that always hold
for the term. So a satisfiable conjunction is never reported as empty.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp
import z3

from qedoc.algebra.smt import Solver

Point: TypeAlias = dict[sp.Symbol, Fraction]

LARGEST_POWER = 8


class Facts:
    """A stack of conditions on real and integer symbols that all hold.

    Args:
        conditions: SymPy relations and Boolean combinations of them. The assumptions of the symbols are added automatically.
    """

    def __init__(self, conditions: Sequence[sp.Basic] = ()) -> None:
        self._terms = _Terms()
        self._solvers = [Solver(self._terms.context), Solver(self._terms.context, "QF_NRA")]
        self._stack: list[sp.Basic] = []
        self._entailed: list[dict[sp.Basic, bool]] = [{}]
        for condition in conditions:
            self._add(condition)

    @property
    def conditions(self) -> tuple[sp.Basic, ...]:
        """The current conditions, oldest first."""
        return tuple(self._stack)

    @contextmanager
    def assuming(self, *conditions: sp.Basic) -> Iterator["Facts"]:
        """Adds conditions for the duration of the `with` block."""
        depth = len(self._stack)
        for solver in self._solvers:
            solver.push()
        self._entailed.append({})
        try:
            for condition in conditions:
                self._add(condition)
            yield self
        finally:
            del self._stack[depth:]
            self._entailed.pop()
            for solver in self._solvers:
                solver.pop()

    def empty(self) -> bool:
        """Whether the facts are known to contradict each other."""
        return sp.false in self._stack or _contradictory(solver.check() for solver in self._solvers)

    def entails(self, condition: sp.Basic) -> bool:
        """Whether the condition is known to follow from the facts."""
        if condition is sp.true:
            return True
        known = next((level[condition] for level in reversed(self._entailed) if level.get(condition)), None)
        if known is None:
            known = self._unsatisfiable(sp.Not(condition))
            self._entailed[-1][condition] = known
        return known

    def decide(self, condition: sp.Basic) -> bool | None:
        """True or False if the facts decide the condition, otherwise None."""
        if self.entails(condition):
            return True
        return False if self.entails(sp.Not(condition)) else None

    def model(self, symbols: Sequence[sp.Symbol], *also: sp.Basic) -> Point | None:
        """Returns a rational point that satisfies the facts according to the solver. The caller must check it.

        Args:
            symbols: the coordinates of the point.
            also: additional conditions on the point.
        """
        with self.assuming(*also):
            for solver, integers in zip(self._solvers, (True, False), strict=True):
                solver.add(*self._terms.ranges(symbols, integers=integers))
                if solver.check() == z3.sat:
                    return self._read(solver.model(), symbols, integers)
        return None

    def _add(self, condition: sp.Basic) -> None:
        self._stack.append(condition)
        for solver, integers in zip(self._solvers, (True, False), strict=True):
            solver.add(*self._terms.formula(condition, integers=integers))

    def _unsatisfiable(self, condition: sp.Basic) -> bool:
        if condition is sp.false:
            return True
        return _contradictory(self._with(condition))

    def _with(self, condition: sp.Basic) -> Iterator[Any]:
        """The answer of each solver with the condition added."""
        for solver, integers in zip(self._solvers, (True, False), strict=True):
            solver.push()
            try:
                solver.add(*self._terms.formula(condition, integers=integers))
                yield solver.check()
            finally:
                solver.pop()

    def _read(self, model: Any, symbols: Sequence[sp.Symbol], integers: bool) -> Point | None:
        point: Point = {}
        for symbol in symbols:
            value = model.eval(self._terms.symbol(symbol, integers=integers), model_completion=True)
            if z3.is_algebraic_value(value):
                value = value.approx(12)
            if z3.is_int_value(value):
                point[symbol] = Fraction(value.as_long())
            elif z3.is_rational_value(value):
                point[symbol] = Fraction(value.numerator_as_long(), value.denominator_as_long())
            else:
                return None
            if symbol.is_integer and point[symbol].denominator != 1:
                return None
        return point


def _contradictory(answers: Iterator[Any]) -> bool:
    """Whether the first conclusive answer is "unsatisfiable".

    The second solver works on a relaxation. A model of the first solver also satisfies the relaxation, so the second need not be asked.
    """
    return next((answer == z3.unsat for answer in answers if answer != z3.unknown), False)


class _Terms:
    """Translates SymPy to z3. An unknown that stands for a term gets side conditions.

    The context is its own: z3's search depends on the numbers of the terms, which go on within a context.
    """

    def __init__(self) -> None:
        self.context = z3.Context()
        self._names: dict[tuple[sp.Basic, bool], Any] = {}
        self._side: list[Any] = []
        self._known: dict[tuple[sp.Basic, bool], tuple[Any, list[Any]]] = {}
        self._formulas: dict[tuple[sp.Basic, bool], list[Any]] = {}

    def formula(self, condition: sp.Basic, *, integers: bool) -> list[Any]:
        """The z3 formulas of a condition: the condition itself, followed by the side conditions of its unknowns."""
        key = (condition, integers)
        if key not in self._formulas:
            self._side = []
            made = self._boolean(condition, integers)
            self._formulas[key] = [made, *dict.fromkeys(self._side)]
        return self._formulas[key]

    def ranges(self, symbols: Sequence[sp.Symbol], *, integers: bool) -> list[Any]:
        """The z3 formulas of the symbols' assumptions, such as x > 0 for a positive symbol."""
        self._side = []
        for symbol in symbols:
            self.symbol(symbol, integers=integers)
        return self._side

    def symbol(self, symbol: sp.Symbol, *, integers: bool) -> Any:
        """The z3 unknown of a SymPy symbol. The symbol's assumptions become side conditions."""
        sort = z3.Int if integers and symbol.is_integer else z3.Real
        unknown = self._names.setdefault((symbol, integers), sort(f"{symbol.name}!{len(self._names)}", self.context))
        for holds, condition in (
            (symbol.is_positive, unknown > 0),
            (symbol.is_negative, unknown < 0),
            (symbol.is_nonnegative, unknown >= 0),
            (symbol.is_nonpositive, unknown <= 0),
            (symbol.is_nonzero, unknown != 0),
        ):
            if holds:
                self._side.append(condition)
        return unknown

    def _boolean(self, condition: sp.Basic, integers: bool) -> Any:
        def real(x: sp.Basic) -> Any:
            return self._real(x, integers)

        match condition:
            case sp.logic.boolalg.BooleanTrue() | True:
                return z3.BoolVal(True, self.context)
            case sp.logic.boolalg.BooleanFalse() | False:
                return z3.BoolVal(False, self.context)
            case sp.Not():
                return z3.Not(self._boolean(condition.args[0], integers))
            case sp.And():
                return z3.And(*(self._boolean(part, integers) for part in condition.args))
            case sp.Or():
                return z3.Or(*(self._boolean(part, integers) for part in condition.args))
            case sp.Xor():
                first, *rest = (self._boolean(part, integers) for part in condition.args)
                for part in rest:
                    first = z3.Xor(first, part)
                return first
            case sp.Implies():
                return z3.Implies(*(self._boolean(part, integers) for part in condition.args))
            case sp.ITE():
                return z3.If(*(self._boolean(part, integers) for part in condition.args))
            case sp.Eq() | sp.Ne() if not all(isinstance(side, sp.Expr) for side in condition.args):
                left, right = (self._boolean(side, integers) for side in condition.args)
                return left == right if isinstance(condition, sp.Eq) else left != right
            case sp.Eq():
                return real(condition.lhs) == real(condition.rhs)
            case sp.Ne():
                return real(condition.lhs) != real(condition.rhs)
            case sp.Lt():
                return real(condition.lhs) < real(condition.rhs)
            case sp.Le():
                return real(condition.lhs) <= real(condition.rhs)
            case sp.Gt():
                return real(condition.lhs) > real(condition.rhs)
            case sp.Ge():
                return real(condition.lhs) >= real(condition.rhs)
            case _:
                return self._unknown(condition, integers, z3.Bool)

    def _real(self, term: sp.Basic, integers: bool) -> Any:
        """The z3 term. Its side conditions are added again on each use, since `assuming` may have removed the earlier ones."""
        key = (term, integers)
        if key in self._known:
            value, side = self._known[key]
            self._side += side
            return value
        before = len(self._side)
        value = self._translated(term, integers)
        self._known[key] = (value, self._side[before:])
        return value

    def _translated(self, term: sp.Basic, integers: bool) -> Any:
        def go(part: sp.Basic) -> Any:
            return self._real(part, integers)

        match term:
            case sp.Integer():
                return z3.IntVal(int(term), self.context) if integers else z3.RealVal(int(term), self.context)
            case sp.Rational():
                return z3.RealVal(f"{term.p}/{term.q}", self.context)
            case sp.Symbol():
                return self.symbol(term, integers=integers)
            case sp.Add():
                return z3.Sum(*map(go, term.args))
            case sp.Mul():
                return _product(list(map(go, term.args)))
            case sp.Pow() if term.exp.is_Integer and 0 < abs(int(term.exp)) <= LARGEST_POWER:
                power = _product([go(term.base)] * abs(int(term.exp)))
                return power if term.exp > 0 else self._reciprocal(term, power, integers)
            case sp.Piecewise():
                value = self._unknown(sp.Tuple(term, sp.nan), integers, z3.Real)
                for part, condition in reversed(term.args):
                    value = z3.If(self._boolean(condition, integers), go(part), value)
                return value
            case sp.Min() | sp.Max():
                first, *rest = map(go, term.args)
                for part in rest:
                    first = z3.If(first <= part if isinstance(term, sp.Min) else first >= part, first, part)
                return first
            case sp.Abs():
                part = go(term.args[0])
                return z3.If(part >= 0, part, -part)
            case sp.sign():
                part, (minus, zero, plus) = go(term.args[0]), (z3.RealVal(k, self.context) for k in (-1, 0, 1))
                return z3.If(part > 0, plus, z3.If(part < 0, minus, zero))
            case _:
                return self._named(term, integers)

    def _named(self, term: sp.Basic, integers: bool) -> Any:
        """Creates an unknown for a term, with side conditions that hold for every value of the term."""
        sort = z3.Int if integers and isinstance(term, sp.floor | sp.ceiling) else z3.Real
        value = self._unknown(term, integers, sort)
        match term:
            case sp.cos() | sp.sin():
                self._side += [value >= -1, value <= 1, *self._quadrants(term, value, integers)]
            case sp.exp():
                power = self._real(term.args[0], integers)
                self._side += [value > 0, value >= 1 + power, z3.Implies(power < 0, value < 1), z3.Implies(power == 0, value == 1)]
            case sp.log():
                inside = self._real(term.args[0], integers)
                self._side.append(z3.Implies(inside > 0, value <= inside - 1))
            case sp.gamma():
                self._side += [value != 0, z3.Implies(self._real(term.args[0], integers) > 0, value > 0)]
            case sp.uppergamma():
                order, end = (self._real(part, integers) for part in term.args)
                self._side.append(z3.Implies(z3.And(order > 0, end >= 0), value > 0))
            case sp.tanh() | sp.erf():
                self._side += [value > -1, value < 1]
            case sp.floor():
                inside = self._real(term.args[0], integers)
                self._side += [value <= inside, inside < value + 1]
            case sp.ceiling():
                inside = self._real(term.args[0], integers)
                self._side += [value >= inside, inside > value - 1]
            case sp.Pow():
                base, power = self._real(term.base, integers), self._real(term.exp, integers)
                self._side += [
                    z3.Implies(base > 0, value > 0),
                    z3.Implies(base == 0, value >= 0),
                    z3.Implies(z3.And(base == 0, power > 0), value == 0),
                    z3.Implies(power == 0, value == 1),
                    z3.Implies(z3.And(base >= 0, base <= 1, power >= 0), value <= 1),
                    z3.Implies(z3.And(base >= 1, power >= 0), value >= 1),
                    z3.Implies(z3.And(base > 0, base <= 1, power <= 0), value >= 1),
                    z3.Implies(z3.And(base >= 1, power <= 0), value <= 1),
                ]
            case sp.NumberSymbol():
                low, high = (sp.Rational(str(sp.N(term, 30))) + sign * sp.Rational(1, 10**25) for sign in (-1, 1))
                self._side += [value > f"{low.p}/{low.q}", value < f"{high.p}/{high.q}"]
            case _:
                pass
        return value

    def _quadrants(self, term: sp.Basic, value: Any, integers: bool) -> list[Any]:
        """Signs and strict bounds of cos(pi*r) and sin(pi*r), depending on the range of r."""
        turns = sp.cancel(term.args[0] / sp.pi)
        if turns.has(sp.pi):
            return []
        r = self._real(turns, integers)
        if isinstance(term, sp.sin):
            return [z3.Implies(z3.And(r >= 0, r <= 1), value >= 0), z3.Implies(z3.And(r > 0, r < 1), value > 0)]
        return [
            z3.Implies(z3.And(2 * r >= -1, 2 * r <= 1), value >= 0),
            z3.Implies(z3.And(2 * r > -1, 2 * r < 1), value > 0),
            z3.Implies(z3.And(r > -1, r < 1), value > -1),
            z3.Implies(z3.And(r > 0, r < 2), value < 1),
        ]

    def _reciprocal(self, term: sp.Basic, power: Any, integers: bool) -> Any:
        value = self._unknown(term, integers, z3.Real)
        self._side.append(z3.Implies(power != 0, value * power == 1))
        return value

    def _unknown(self, term: sp.Basic, integers: bool, sort: Any) -> Any:
        return self._names.setdefault((term, integers), sort(f"term!{len(self._names)}", self.context))


def _product(factors: list[Any]) -> Any:
    value = factors[0]
    for factor in factors[1:]:
        value = value * factor
    return value
