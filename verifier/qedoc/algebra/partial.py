"""Real arithmetic that tracks where each value is undefined.

SymPy simplifies x/x to 1 and log(x) - log(x) to 0. Here every value carries its domain, so a cancellation never loses a condition. Inside
the lifter the pair is a `Partial`; outside it is the formula `Piecewise((x/x, Ne(x, 0)), (nan, True))`. In such a formula nan occurs once,
in the outermost Piecewise. An inner Piecewise selects a branch, and only the selected branch needs a value. Conditions contain no
Piecewise. A truth value can also be undefined, but `And` and `Or` have a value as soon as one of their parts decides them.

Infinity is a value in two cases: a formula contains it, or it is the logarithm of 0. `above` and `below` say where. Sums, multiples,
logarithms, exponentials and selections propagate it. Every other operation is undefined at such a point.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import BINDERS, choose, either, is_condition


@dataclass(frozen=True, slots=True)
class Partial:
    """A value and the domain on which it is defined.

    Args:
        value: a real expression without nan, or a condition.
        domain: the value is finite where all these conditions hold; contains `false` if it is finite nowhere.
        above: the condition under which the value is infinity.
        below: the condition under which the value is minus infinity.
    """

    value: Any
    domain: frozenset[sp.Basic] = frozenset()
    above: sp.Basic = sp.false
    below: sp.Basic = sp.false

    @property
    def is_bounded(self) -> bool:
        """Whether the value is never infinite."""
        return self.above is sp.false and self.below is sp.false


MOST_ATOMS = 24
"""Limits the size of the condition of an infinity; with a larger condition, the value counts as undefined there."""


UNDEFINED = Partial(sp.nan, frozenset({sp.false}))


def partial(value: Any, *conditions: sp.Basic) -> Partial:
    """The value with the given conditions as its domain.

    Conditions that contain an integral, sum or product are dropped: only enclosures can decide them.
    """
    parts = [part for c in conditions for part in (c.args if isinstance(c, sp.And) else (c,))]
    domain = frozenset(part for part in parts if part is not sp.true and not part.has(*BINDERS))
    if sp.false in domain or value is sp.nan or value is sp.zoo:
        return UNDEFINED
    return Partial(value, domain)


def strict(operation: Callable[..., Any], *operands: Partial) -> Partial:
    """Applies an operation that is undefined as soon as one operand is.

    Args:
        operation: takes the values of the operands and returns a value or a `Partial`.
        operands: one for each argument of the operation.
    """
    known = frozenset[sp.Basic]().union(*(operand.domain for operand in operands))
    if sp.false in known:
        return UNDEFINED
    result = operation(*(operand.value for operand in operands))
    return partial(result.value, *result.domain, *known) if isinstance(result, Partial) else partial(result, *known)


def joined(part: Partial) -> sp.Expr:
    """Converts a `Partial` to one formula. Outside the domain a value is nan, and a condition is false."""
    if is_condition(part.value):
        return sp.And(*part.domain, part.value)
    part = spread(part)
    if not part.is_bounded:
        rows = [(part.value, sp.And(*sorted(part.domain, key=sp.default_sort_key))), (sp.oo, part.above), (-sp.oo, part.below)]
        rows = [(value, condition) for value, condition in rows if condition is not sp.false and value is not sp.nan]
        return rows[0][0] if rows[0][1] is sp.true else sp.Piecewise(*rows, (sp.nan, True), evaluate=False)
    if sp.false in part.domain:
        return sp.nan
    condition = sp.And(*sorted(part.domain, key=sp.default_sort_key))
    if condition is sp.true:
        return part.value
    return sp.nan if condition is sp.false else sp.Piecewise((part.value, condition), (sp.nan, True), evaluate=False)


def split(formula: sp.Expr) -> Partial:
    """Converts a formula back to a `Partial`. The formula comes from `joined`, or it is defined everywhere."""
    if isinstance(formula, sp.Piecewise) and formula.args[-1].expr is sp.nan and formula.args[-1].cond is sp.true:
        *rows, _ = formula.args
        ends = {row.expr: row.cond for row in rows if row.expr in (sp.oo, -sp.oo)}
        finite = [row for row in rows if row.expr not in ends]
        if len(finite) <= 1 and len(ends) + len(finite) == len(rows):
            base = partial(*finite[0].args) if finite else UNDEFINED
            return Partial(base.value, base.domain, ends.get(sp.oo, sp.false), ends.get(-sp.oo, sp.false))
    return partial(formula)


def select(condition: Partial, if_true: Partial, if_false: Partial) -> Partial:
    """The value `if_true` where the condition holds, and `if_false` elsewhere. The other branch may be undefined there."""
    test = condition.value
    if if_true == if_false:
        return if_true
    if sp.false in condition.domain:
        return UNDEFINED
    if test is sp.true or test is sp.false:
        chosen = if_true if test is sp.true else if_false
        made = partial(chosen.value, *chosen.domain, *condition.domain)
        return made if chosen.is_bounded else unbounded(made, *(sp.And(end, *condition.domain) for end in (chosen.above, chosen.below)))
    common = if_true.domain & if_false.domain
    domain = choose(test, sp.And(*(if_true.domain - common)), sp.And(*(if_false.domain - common)))
    if if_true.value is sp.nan or if_false.value is sp.nan:  # this branch is never selected inside the domain
        value = if_false.value if if_true.value is sp.nan else if_true.value
    else:
        value = either(test, if_true.value, if_false.value)
    made = partial(value, domain, *common, *condition.domain)
    if if_true.is_bounded and if_false.is_bounded:
        return made
    return unbounded(
        made,
        sp.And(choose(test, if_true.above, if_false.above), *condition.domain),
        sp.And(choose(test, if_true.below, if_false.below), *condition.domain),
    )


def unbounded(part: Partial, above: sp.Basic, below: sp.Basic) -> Partial:
    """Adds the conditions of the infinities to a value, unless they are too large.

    Args:
        part: the value.
        above: the condition under which it is infinity.
        below: the condition under which it is minus infinity.
    """
    sizes = [len(list(sp.preorder_traversal(c))) for c in (above, below)]
    return part if max(sizes) > 4 * MOST_ATOMS else Partial(part.value, part.domain, above, below)


def spread(part: Partial) -> Partial:
    """Moves explicit infinities of the value to `above` and `below`."""
    value = part.value
    if value in (sp.oo, -sp.oo):
        where = sp.And(*part.domain)
        return Partial(sp.nan, frozenset({sp.false}), *((where, sp.false) if value is sp.oo else (sp.false, where)))
    if not isinstance(value, sp.Piecewise) or not value.has(sp.oo, -sp.oo):
        return part
    result = UNDEFINED
    for row, condition in reversed(value.args):
        result = select(partial(condition), spread(partial(row)), result)
    inside = part.domain
    made = partial(result.value, *result.domain, *inside)
    return unbounded(made, sp.Or(part.above, sp.And(result.above, *inside)), sp.Or(part.below, sp.And(result.below, *inside)))


def conjunction(*parts: Partial) -> Partial:
    """The conjunction: true where all parts are true, false where any part is false, even if another part is undefined there."""
    return _connected(sp.And, parts)


def disjunction(*parts: Partial) -> Partial:
    """The disjunction: false where all parts are false, true where any part is true, even if another part is undefined there."""
    return _connected(sp.Or, parts)


def _connected(connective: Any, parts: Iterable[Partial]) -> Partial:
    parts = [*parts]
    usable = [p for p in parts if sp.false not in p.domain]
    value = connective(*(p.value for p in usable))
    if not any(p.domain for p in parts):
        return partial(value)
    whole = sp.And(*(c for p in parts for c in p.domain))
    decided = [sp.And(*p.domain, p.value if connective is sp.Or else sp.Not(p.value)) for p in usable]
    return partial(value, sp.Or(whole, *decided))
