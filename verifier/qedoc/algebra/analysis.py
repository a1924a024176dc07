"""Any SymPy formula to a value and the domain on which it is defined."""

import functools
from collections.abc import Callable
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import BINDERS, RELATIONS, relate
from qedoc.algebra.infinities import added, exponential, logged, multiplied
from qedoc.algebra.partial import UNDEFINED, Partial, conjunction, disjunction, joined, partial, select, spread, strict
from qedoc.algebra.real_functions import applied, raised, ratio


def defined(formula: Any) -> sp.Basic:
    """The condition under which a formula can have a value. Where the condition fails, the formula is certainly undefined.

    If the formula is infinite at some points, the condition may also hold at points where the formula is undefined.
    """
    part = spread(analysed(formula))
    if part.is_bounded:
        return sp.And(*part.domain)
    if sp.false in part.domain:
        return sp.Or(part.above, part.below)
    ends = {r for end in (part.above, part.below) for r in end.atoms(sp.Eq)}
    return sp.And(*(_weakened(condition, ends, part) for condition in part.domain))


def _weakened(condition: sp.Basic, ends: set[sp.Basic], part: Partial) -> sp.Basic:
    """Weakens a condition of the domain so that it also holds where the value is infinite."""
    if isinstance(condition, sp.Gt) and sp.Eq(*condition.args, evaluate=False) in ends:
        return sp.Ge(*condition.args, evaluate=False)
    return sp.Or(condition, part.above, part.below)


def totalise(formula: Any) -> Any:
    """Makes the domain of a formula explicit: each operation in it becomes undefined outside its domain.

    Args:
        formula: a SymPy formula or condition in real symbols. A condition becomes false where it is undefined.

    Raises:
        TooManyBranches: if a condition on nested selections has too many cases.
    """
    return joined(analysed(formula))


_EXTENDED: dict[Any, Callable[..., Partial]] = {sp.Add: added, sp.Mul: multiplied, sp.log: logged, sp.exp: exponential}


@functools.lru_cache(maxsize=1 << 14)
def analysed(formula: Any) -> Partial:
    """The value and the domain of any SymPy formula or condition in real symbols."""
    if not formula.args or isinstance(formula, sp.core.function.AppliedUndef):
        return strict(lambda *values: formula.func(*values) if values else formula, *map(analysed, formula.args))
    if isinstance(formula, sp.Piecewise):
        result = UNDEFINED
        for value, condition in reversed(formula.args):
            result = select(analysed(condition), analysed(value), result)
        return result
    if isinstance(formula, BINDERS):
        return _between(formula)
    if isinstance(formula, sp.Mul):
        above, below = sp.fraction(formula, exact=True)
        if below.is_Rational and below != 1:
            return multiplied(partial(1 / below), analysed(above))
        if below != 1:
            return strict(ratio, analysed(above), analysed(below))
    return _rebuilt(formula, [analysed(part) for part in formula.args])


def _between(formula: Any) -> Partial:
    """The domain of an integral, sum or product: its limits must be defined, and so must the integrand at each symbolic, finite limit.

    Convergence is not checked here. The enclosure of a divergent integral or series is not finite.
    """
    ends = [analysed(end) for limit in formula.limits for end in limit[1:]]
    domain = [condition for end in ends for condition in end.domain]
    if isinstance(formula, sp.Integral) and len(formula.limits) == 1:
        variable, *span = formula.limits[0]
        inside = sp.And(*analysed(formula.function).domain)
        domain += [inside.subs(variable, end) for end in span if end.free_symbols and end.is_finite is not False]
    return partial(formula, *domain)


def _rebuilt(formula: Any, parts: list[Partial]) -> Partial:
    if formula.func in _EXTENDED:
        return _EXTENDED[formula.func](*parts)
    if isinstance(formula, sp.And):
        return conjunction(*parts)
    if isinstance(formula, sp.Or):
        return disjunction(*parts)
    if isinstance(formula, sp.Pow):
        return strict(raised, *parts)
    for name, relation in RELATIONS.items():
        if isinstance(formula, relation):
            return strict(functools.partial(relate, name), *parts)
    return strict(lambda *values: applied(formula.func, *values), *parts)
