"""Whether the cases of a correction divide the domain: each point lies in one of them, and no two of them contradict each other."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import sympy as sp
from sympy.core.relational import Equality, Ge, Gt, Le, Lt, Relational, Unequality

from qedoc.claims.spec import Spec
from qedoc.repair.marked import FAILS, Point, Program

APART = 1e-6
"""Relative difference of two values that are not the same."""


def is_divided(spec: Spec, points: Sequence[Point]) -> bool:
    """Whether the cases of a formula leave no gap and do not overlap with other values, apart from the ends of their ranges.

    A formula with one case may be about a part of the domain; the cases of another one are about all of it.

    Args:
        spec: the claim with this formula.
        points: the points where the code has a value.
    """
    marks = _divided(spec.formula)
    if not marks.has(sp.Piecewise):
        return True
    try:
        return all(bool(np.isfinite(Program(replace(spec, formula=marks), point)({}, {})).all()) for point in points)
    except FAILS:
        return True


def _divided(value: sp.Basic) -> sp.Expr:
    """A formula that has a value only where the cases of another one divide the domain. Sums are not looked into."""
    if isinstance(value, sp.Sum | sp.Product | sp.Integral):
        return sp.S.Zero
    if not isinstance(value, sp.Piecewise):
        return sp.Add(*(_divided(one) for one in value.args if isinstance(one, sp.Expr)), evaluate=True)
    stated = [(part, condition) for part, condition in value.args if part is not sp.nan]
    inner = [_divided(part) for part, _ in stated]
    if len(stated) < 2:
        return inner[0] if inner and inner[0] == 0 else sp.Piecewise(*zip(inner, (c for _, c in stated), strict=True), (0, True))
    found = [sp.Piecewise(*((mark, _bounded(c, Ge, Le)) for mark, (_, c) in zip(inner, stated, strict=True)))]
    for (one, here), (other, there) in combinations(stated, 2):
        if there is not sp.true and _is_other(one, other) is not sp.false:
            found.append(sp.Piecewise((sp.nan, sp.And(_bounded(here, Gt, Lt), _bounded(there, Gt, Lt), _is_other(one, other))), (0, True)))
    return sp.Add(*found)


def _bounded(condition: sp.Basic, above: type[Relational], below: type[Relational]) -> sp.Basic:
    """A condition with strict relations, or with relations that contain their ends."""
    strict = above is Gt

    def other(one: Relational) -> sp.Basic:
        if isinstance(one, Equality):
            return sp.false if strict else one
        if isinstance(one, Unequality):
            return one if strict else sp.true
        return above(one.lhs, one.rhs) if isinstance(one, Ge | Gt) else below(one.lhs, one.rhs)

    return condition.replace(lambda one: isinstance(one, Relational), other)


def _is_other(one: sp.Expr, two: sp.Expr) -> sp.Basic:
    """The condition that two values differ."""
    if one == two:
        return sp.false
    if sp.nan in (one, two) or one.has(sp.zoo, sp.oo) or two.has(sp.zoo, sp.oo):
        return sp.true
    return sp.Gt(sp.Abs(one - two), APART * (sp.Abs(one) + sp.Abs(two)))
