"""Turns each property of a spec into equalities and inequalities, which are proved or refuted one by one."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import sympy as sp

from qedoc.algebra.analysis import totalise
from qedoc.algebra.satisfiable import Facts
from qedoc.claims.case import Case, Scalar
from qedoc.claims.domain import Integers, Reals
from qedoc.claims.properties import Bounds, ConstantFrom, Continuous, Limit, NonDecreasing, NonIncreasing, Property, Value
from qedoc.prove.cells import Budget, cells, undefined
from qedoc.prove.equality import equal
from qedoc.prove.inequality import at_least

CONTINUOUS = (
    sp.Symbol,
    sp.Add,
    sp.Mul,
    sp.Pow,
    sp.exp,
    sp.log,
    sp.cos,
    sp.sin,
    sp.tanh,
    sp.sinh,
    sp.cosh,
    sp.atan,
    sp.erf,
    sp.erfc,
    sp.Min,
    sp.Max,
    sp.Abs,
)
"""Functions without a jump anywhere in their real domain of definition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """The statement left = right, or left >= right, wherever the conditions hold.

    Args:
        left: a total formula.
        right: a total formula.
        ordered: True for >=, False for =.
        scalars: the unknowns of this obligation.
        conditions: relations between the unknowns, in addition to their domains.
        at: the values of eliminated unknowns, which complete a counterexample for the reader.
    """

    left: sp.Expr
    right: sp.Expr
    ordered: bool
    scalars: tuple[Scalar, ...]
    conditions: tuple[sp.Basic, ...]
    at: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()


def holds(obligation: Obligation, budget: Budget) -> bool:
    """True only if the obligation is proved.

    Raises:
        CellLimitError: if the budget is used up.
    """
    facts = Facts([*obligation.conditions, *ends(obligation.scalars)])
    rule = at_least if obligation.ordered else equal
    return facts.empty() or all(
        not undefined(left) and not undefined(right) and rule(left, right, guards, facts)
        for (left, right), guards in ((c.formulas, c.guards) for c in cells((obligation.left, obligation.right), facts, budget))
    )


def ends(scalars: Sequence[Scalar]) -> Iterator[sp.Basic]:
    """Yields the bounds of the unknowns' domains as relations."""
    for scalar in scalars:
        yield from (condition for condition in scalar.domain.conditions(scalar.symbol) if condition is not sp.true)


class UnclearError(Exception):
    """A property cannot be turned into obligations. The message says why."""


def obligations(promise: Property, case: Case, formula: sp.Expr, budget: Budget) -> list[Obligation]:
    """Returns what must be shown for a property to hold.

    Args:
        promise: the property, in the case's symbols.
        case: the claim.
        formula: the documented formula, total.
        budget: cells that may be opened.

    Raises:
        UnclearError: for a property that qedoc cannot reduce, such as the limit of a formula with guards that stay undecided at infinity.
        CellLimitError: if the budget is used up.
    """
    plain = Obligation(left=formula, right=formula, ordered=False, scalars=case.scalars, conditions=(*case.where, *promise.where))
    match promise:
        case Bounds():
            return list(_bounds(promise, plain))
        case NonIncreasing():
            return [_monotone(promise.symbol, plain)]
        case NonDecreasing():
            monotone = _monotone(promise.symbol, plain)
            return [replace(monotone, left=monotone.right, right=monotone.left)]
        case ConstantFrom():
            start = sp.sympify(promise.start)
            later = (*plain.conditions, promise.symbol >= start)
            return [replace(plain, right=formula.xreplace({promise.symbol: start}), conditions=later)]
        case Value():
            return [_value(promise, plain)]
        case Limit():
            return list(_limit(promise, plain, budget))
        case Continuous():
            return list(_continuous(promise, plain, budget))
        case _:
            assert_never(promise)


def _bounds(promise: Bounds, plain: Obligation) -> Iterator[Obligation]:
    if promise.lower is not None:
        yield replace(plain, right=totalise(sp.sympify(promise.lower)), ordered=True)
    if promise.upper is not None:
        yield replace(plain, left=totalise(sp.sympify(promise.upper)), ordered=True)


def _monotone(symbol: sp.Symbol, plain: Obligation) -> Obligation:
    """At a second, larger value of the symbol, the formula is no larger."""
    later = sp.Symbol(f"{symbol.name}'", **symbol.assumptions0)
    scalar = _scalar(symbol, plain.scalars)
    second = {symbol: later}
    conditions = [*plain.conditions, *(c.xreplace(second) for c in plain.conditions if c.has(symbol)), symbol < later]
    scalars = (*plain.scalars, replace(scalar, symbol=later, name=f"{scalar.name}'"))
    return replace(plain, right=plain.left.xreplace(second), ordered=True, scalars=scalars, conditions=tuple(conditions))


def _value(promise: Value, plain: Obligation) -> Obligation:
    at = {symbol: sp.sympify(value) for symbol, value in promise.at.items()}
    return replace(_fix(plain, at), right=totalise(sp.sympify(promise.equals).xreplace(at)))


def _fix(plain: Obligation, at: dict[sp.Symbol, sp.Expr]) -> Obligation:
    """Fixes the values of some unknowns. Their domains become conditions on the other unknowns."""
    gone = [scalar for scalar in plain.scalars if scalar.symbol in at]
    conditions = [*plain.conditions, *ends_of_any(gone)]
    return replace(
        plain,
        left=plain.left.xreplace(at),
        right=plain.right.xreplace(at),
        scalars=tuple(scalar for scalar in plain.scalars if scalar.symbol not in at),
        conditions=tuple(c for c in (condition.xreplace(at) for condition in conditions) if c is not sp.true),
        at=(*plain.at, *at.items()),
    )


def ends_of_any(scalars: Sequence[Scalar]) -> Iterator[sp.Basic]:
    """Yields the bounds of domains as unevaluated relations, so that they survive a substitution."""
    for scalar in scalars:
        lower, upper = scalar.domain.lower, scalar.domain.upper
        if lower != -sp.oo:
            yield (sp.Gt if scalar.domain.lower_open else sp.Ge)(scalar.symbol, lower, evaluate=False)
        if upper != sp.oo:
            yield (sp.Lt if scalar.domain.upper_open else sp.Le)(scalar.symbol, upper, evaluate=False)


def _scalar(symbol: sp.Symbol, scalars: Sequence[Scalar]) -> Scalar:
    return next(scalar for scalar in scalars if scalar.symbol == symbol)


def _limit(promise: Limit, plain: Obligation, budget: Budget) -> Iterator[Obligation]:
    """In each cell that extends to infinity, the formula without the terms that vanish there equals the limit."""
    symbol = promise.symbol
    facts = Facts([*plain.conditions, *ends(plain.scalars)])
    for cell in cells((plain.left,), facts, budget, lambda part: _nonlinear(part, symbol)):
        if any(facts.entails(slope < 0) for slope in _slopes(cell.conditions, symbol)):
            continue
        value = _at_infinity(cell.formulas[0], symbol, facts)
        yield replace(
            plain,
            left=totalise(value),
            right=totalise(sp.sympify(promise.equals)),
            scalars=tuple(scalar for scalar in plain.scalars if scalar.symbol != symbol),
            conditions=(*plain.conditions, *(c for c in cell.conditions if not c.has(symbol))),
            at=((symbol, sp.oo),),
        )


def _nonlinear(part: sp.Expr, symbol: sp.Symbol) -> bool:
    """True for a Min, Max or Abs whose guard is not linear in the symbol. It is continuous, so it need not be split."""
    first, *rest = part.args
    differences = [sp.expand(first - other) for other in rest] or [sp.expand(first)]
    return any(sp.expand(d - d.coeff(symbol, 1) * symbol).has(symbol) for d in differences)


def _slopes(conditions: Sequence[sp.Basic], symbol: sp.Symbol) -> Iterator[sp.Expr]:
    """Writes each condition on the symbol as expression >= 0 and yields the symbol's coefficient."""
    for condition in conditions:
        if not condition.has(symbol):
            continue
        if not isinstance(condition, sp.Lt | sp.Le | sp.Gt | sp.Ge):
            raise UnclearError(f"the guard {condition} stays undecided as {symbol} grows")
        difference = sp.expand(condition.gts - condition.lts)
        slope = difference.coeff(symbol, 1)
        if slope == 0 or sp.expand(difference - slope * symbol).has(symbol):
            raise UnclearError(f"the guard {condition} is not linear in {symbol}")
        yield slope


def _at_infinity(formula: sp.Expr, symbol: sp.Symbol, facts: Facts) -> sp.Expr:
    """Replaces powers that tend to zero by zero, and removes diverging arguments from Min and Max."""
    formula = formula.replace(lambda part: isinstance(part, sp.Min | sp.Max), lambda part: _without_divergent(part, symbol, facts))
    small = {part: sp.Dummy(real=True) for part in formula.atoms(sp.Pow, sp.exp) if _vanishes(part, symbol, facts)}
    value = formula.xreplace(small)
    if not value.has(symbol) and _smooth(value, *small.values()):
        value = value.xreplace(dict.fromkeys(small.values(), sp.Integer(0)))
        if not undefined(value):
            return value
    raise UnclearError(f"the limit of {formula} as {symbol} grows is unknown")


def _smooth(formula: sp.Expr, *symbols: sp.Symbol) -> bool:
    """True only if every part that depends on the symbols consists of functions that are continuous wherever they are defined."""
    return all(isinstance(part, CONTINUOUS) for part in sp.preorder_traversal(formula) if part.has(*symbols))


def _without_divergent(part: sp.Min | sp.Max, symbol: sp.Symbol, facts: Facts) -> sp.Expr:
    """Removes arguments that tend to infinity from a Min, and to minus infinity from a Max, if another argument remains."""
    sign = 1 if isinstance(part, sp.Min) else -1
    bounded = [argument for argument in part.args if not _diverges(sign * argument, symbol, facts)]
    return part.func(*bounded) if bounded else part


def _diverges(expression: sp.Expr, symbol: sp.Symbol, facts: Facts) -> bool:
    """True only if the expression tends to infinity: a positive constant times base**exponent with base > 1 and a growing exponent."""
    constant, power = expression.as_independent(symbol, as_Add=False)
    base, exponent = power.as_base_exp()
    return bool(not base.has(symbol) and facts.entails(constant > 0) and facts.entails(base > 1) and _grows(exponent, symbol, facts))


def _vanishes(power: sp.Expr, symbol: sp.Symbol, facts: Facts) -> bool:
    """True only if base**exponent tends to zero: 0 < base < 1 with a growing exponent, or the reciprocal of a growing linear form."""
    base, exponent = power.as_base_exp()
    if exponent.is_Integer and exponent < 0 and _grows(base, symbol, facts):
        return True
    return not base.has(symbol) and facts.entails(base > 0) and facts.entails(base < 1) and _grows(exponent, symbol, facts)


def _grows(expression: sp.Expr, symbol: sp.Symbol, facts: Facts) -> bool:
    """True only if the expression tends to infinity: it is linear in the symbol with a positive slope, or the floor of such a form."""
    if isinstance(expression, sp.floor | sp.ceiling):
        return _grows(expression.args[0], symbol, facts)
    expression = sp.expand(expression)
    slope = expression.coeff(symbol, 1)
    return not sp.expand(expression - slope * symbol).has(symbol) and facts.entails(slope > 0)


def _continuous(promise: Continuous, plain: Obligation, budget: Budget) -> Iterator[Obligation]:
    """On each face of each cell, the cell's formula must equal the whole formula. The symbol is treated as a real number."""
    symbol = promise.symbol
    plain, symbol = _real_symbol(plain, symbol)
    facts = Facts([*plain.conditions, *ends(plain.scalars)])
    for cell in list(cells((plain.left,), facts, budget, lambda part: _nonlinear(part, symbol))):
        formula = cell.formulas[0]
        if undefined(formula):
            raise UnclearError("the formula is not defined everywhere in the domain")
        if not _smooth(formula, symbol):
            raise UnclearError(f"{formula} contains functions of {symbol} that are not known to be continuous")
        inside = [*cell.conditions, *plain.conditions, *ends_of_any([_scalar(symbol, plain.scalars)])]
        closure = (*(_closed(condition) for condition in cell.conditions), *_nonempty(inside, symbol))
        for face in cell.conditions:
            root = _root(face, symbol)
            if root is not None:
                widened = replace(plain, right=totalise(formula), conditions=(*plain.conditions, *closure))
                yield _fix(widened, {symbol: root})


def _nonempty(conditions: Sequence[sp.Basic], symbol: sp.Symbol) -> Iterator[sp.Basic]:
    """Yields conditions on the other unknowns under which some value of the symbol meets the conditions. Empty cells have no faces."""
    lower: list[tuple[sp.Expr, bool]] = []
    upper: list[tuple[sp.Expr, bool]] = []
    for condition in conditions:
        if isinstance(condition, sp.Lt | sp.Le | sp.Gt | sp.Ge):
            difference = sp.expand(condition.gts - condition.lts)
            slope = difference.coeff(symbol, 1)
            rest = sp.expand(difference - slope * symbol)
            if slope.is_Rational and slope != 0 and not rest.has(symbol):
                (lower if slope > 0 else upper).append((-rest / slope, isinstance(condition, sp.Lt | sp.Gt)))
    for (low, open_below), (high, open_above) in itertools.product(lower, upper):
        yield low < high if open_below or open_above else low <= high


def _real_symbol(plain: Obligation, symbol: sp.Symbol) -> tuple[Obligation, sp.Symbol]:
    scalar = _scalar(symbol, plain.scalars)
    domain = scalar.domain
    ends = {} if domain.lower == -sp.oo else {"above" if domain.lower_open else "least": domain.lower}
    ends |= {} if domain.upper == sp.oo else {"below" if domain.upper_open else "most": domain.upper}
    real = Reals(**ends) if isinstance(domain, Integers) else domain
    new = sp.Symbol(symbol.name, **real.assumptions())
    swap = {symbol: new}
    changed = replace(
        plain,
        left=plain.left.xreplace(swap),
        right=plain.right.xreplace(swap),
        scalars=tuple(replace(s, symbol=new, domain=real) if s is scalar else s for s in plain.scalars),
        conditions=tuple(c.xreplace(swap) for c in plain.conditions),
    )
    return changed, new


def _closed(condition: sp.Basic) -> sp.Basic:
    """The closure of a half-space: strict relations become non-strict."""
    match condition:
        case sp.Lt():
            return sp.Le(condition.lhs, condition.rhs)
        case sp.Gt():
            return sp.Ge(condition.lhs, condition.rhs)
        case sp.Ne():
            return sp.true
        case sp.core.relational.Relational():
            return condition
        case _:
            raise UnclearError(f"the guard {condition} is not a relation")


def _root(face: sp.Basic, symbol: sp.Symbol) -> sp.Expr | None:
    """The value of the symbol on a face, or None if the face does not depend on the symbol."""
    if not face.has(symbol):
        return None
    difference = sp.expand(face.lhs - face.rhs)
    slope = difference.coeff(symbol, 1)
    rest = sp.expand(difference - slope * symbol)
    if slope == 0 or rest.has(symbol) or not slope.is_nonzero:
        raise UnclearError(f"the guard {face} is not linear in {symbol}")
    return -rest / slope
