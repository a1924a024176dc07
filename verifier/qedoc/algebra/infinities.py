"""Arithmetic on values that may be infinite: sums, products, logarithms and exponentials of `Partial`s."""

import sympy as sp

from qedoc.algebra.conditions import TooManyBranches, either, relate
from qedoc.algebra.partial import Partial, partial, spread, strict, unbounded
from qedoc.algebra.real_functions import applied


def added(*parts: Partial) -> Partial:
    """The sum. It is infinite where one part is infinite and no part is infinite with the other sign."""
    parts = tuple(map(spread, parts))
    made = strict(sp.Add, *parts)
    if all(part.is_bounded for part in parts):
        return made

    def infinite(side: str) -> sp.Basic:
        ends = [getattr(part, side) for part in parts]
        return sp.And(sp.Or(*ends), *(_either_way(part.domain, end) for part, end in zip(parts, ends, strict=True)))

    return unbounded(made, infinite("above"), infinite("below"))


def _either_way(domain: frozenset[sp.Basic], end: sp.Basic) -> sp.Basic:
    """The condition under which a value is finite, or infinite with this sign."""
    return sp.And(*domain) if end is sp.false else sp.Or(sp.And(*domain), end)


def multiplied(*parts: Partial) -> Partial:
    """The product. It is infinite where one factor is infinite and the other factors are not zero. 0 times infinity is undefined."""
    parts = tuple(map(spread, parts))
    made = strict(sp.Mul, *parts)
    infinite_parts = [part for part in parts if not part.is_bounded]
    if len(infinite_parts) != 1:
        return made
    (end,) = infinite_parts
    others = [part for part in parts if part is not end]
    if any(sp.false in part.domain for part in others):
        return made
    factor, inside = sp.Mul(*(part.value for part in others)), [c for part in others for c in part.domain]

    def infinite(positive: sp.Basic, negative: sp.Basic) -> sp.Basic:
        signs = ((positive, "gt"), (negative, "lt"))
        return sp.Or(
            *(sp.And(where, _at(where, relate(sign, factor, sp.S.Zero)), *inside) for where, sign in signs if where is not sp.false)
        )

    try:
        return unbounded(made, infinite(end.above, end.below), infinite(end.below, end.above))
    except TooManyBranches:
        return made


def _at(where: sp.Basic, condition: sp.Basic) -> sp.Basic:
    """Simplifies a condition at points where an equality in `where` fixes the value of a symbol."""
    fixed = {r.lhs: r.rhs for r in sp.And.make_args(where) if isinstance(r, sp.Eq) and r.lhs.is_Symbol and r.rhs.is_Rational}
    return condition.subs(fixed) if fixed else condition


def negated(part: Partial) -> Partial:
    """The value with the opposite sign."""
    return multiplied(partial(sp.S.NegativeOne), part)


def logged(part: Partial) -> Partial:
    """The logarithm: minus infinity at 0, infinity at infinity."""
    part = spread(part)
    made = strict(lambda x: applied(sp.log, x), part)
    zero = sp.false if part.value is sp.nan or part.value.is_positive else sp.And(relate("eq", part.value, sp.S.Zero), *part.domain)
    return made if zero is sp.false and part.above is sp.false else unbounded(made, part.above, zero)


def exponential(part: Partial) -> Partial:
    """exp: 0 at minus infinity, infinity at infinity."""
    part = spread(part)
    made = strict(sp.exp, part)
    if part.below is not sp.false:
        where = sp.And(*part.domain)
        value = sp.S.Zero if made.value is sp.nan else either(where, made.value, sp.S.Zero)
        made = partial(value, sp.Or(where, part.below))
    return made if part.above is sp.false else unbounded(made, part.above, sp.false)
