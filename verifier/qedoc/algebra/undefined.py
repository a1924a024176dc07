"""Where a formula says that it has no value: rows of a Piecewise whose value is nan.

A division by zero is another matter: there a formula has no value either, but does not say so. `partial` tells where.
"""

from typing import Any

import sympy as sp

from qedoc.algebra.conditions import BINDERS, choose
from qedoc.algebra.partial import analysed, defined


def undefined(formula: Any) -> sp.Basic:
    """Where a formula says that it has no value, as a condition; `false` if it never says so.

    Args:
        formula: a SymPy formula of real symbols. A row with nan counts; `zoo` stands for no value without a statement.

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
    stated = [undefined(part) for part in formula.args]
    return sp.And(sp.Or(*stated), *(sp.Or(defined(part), said) for part, said in zip(formula.args, stated, strict=True)))


def valued(formula: Any) -> tuple[sp.Basic, ...]:
    """The conditions under which a formula has a value or says that it has none, sorted.

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
        said = undefined(formula)
        return {sp.Or(part, said) for part in sp.And.make_args(defined(formula))}
    known: set[sp.Basic] = {sp.false}
    for value, condition in reversed(formula.args):
        test, chosen = analysed(condition), _valued(value)
        common = chosen & known
        known = {*test.domain, *common, choose(test.value, sp.And(*(chosen - common)), sp.And(*(known - common)))}
    return {part for condition in known for part in sp.And.make_args(condition)}
