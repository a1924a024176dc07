"""Finds where a formula is explicitly undefined: in the rows of a Piecewise whose value is nan.

A division by zero is different. There the formula has no value either, but it does not say so; `partial` finds such points.
"""

from typing import Any

import sympy as sp

from qedoc.algebra.analysis import analysed, defined
from qedoc.algebra.conditions import BINDERS, choose


def undefined(formula: Any) -> sp.Basic:
    """The condition under which a formula is explicitly undefined; `false` if it never is.

    Args:
        formula: a SymPy formula in real symbols. A row with nan counts. `zoo` does not count, although it has no value either.

    Raises:
        TooManyBranches: if a condition on nested selections has too many cases.
    """
    if formula is sp.nan:
        return sp.true
    if not formula.has(sp.nan) or isinstance(formula, BINDERS):
        return sp.false
    if isinstance(formula, sp.Piecewise):
        found: sp.Basic = sp.false
        for value, condition in reversed(formula.args):
            test = analysed(condition)
            found = sp.And(*test.domain, choose(test.value, undefined(value), found))
        return found
    explicit = [undefined(part) for part in formula.args]
    return sp.And(sp.Or(*explicit), *(sp.Or(defined(part), stated) for part, stated in zip(formula.args, explicit, strict=True)))


def valued(formula: Any) -> tuple[sp.Basic, ...]:
    """The conditions under which a formula has a value or is explicitly undefined, sorted.

    Raises:
        TooManyBranches: if a condition on nested selections has too many cases.
    """
    return tuple(sorted(_valued(formula) - {sp.true}, key=sp.default_sort_key))


def _valued(formula: Any) -> set[sp.Basic]:
    if formula is sp.nan:
        return set()
    if not formula.has(sp.nan):
        return {*sp.And.make_args(defined(formula))}
    if isinstance(formula, sp.Add | sp.Mul):  # each factor of a quotient has its own condition
        return {condition for part in formula.args for condition in _valued(part)}
    if not isinstance(formula, sp.Piecewise):
        explicit = undefined(formula)
        return {sp.Or(part, explicit) for part in sp.And.make_args(defined(formula))}
    known: set[sp.Basic] = {sp.false}
    for value, condition in reversed(formula.args):
        test, chosen = analysed(condition), _valued(value)
        common = chosen & known
        known = {*test.domain, *common, choose(test.value, sp.And(*(chosen - common)), sp.And(*(known - common)))}
    return {part for condition in known for part in sp.And.make_args(condition)}
