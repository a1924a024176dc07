"""Conditions on real expressions without any Piecewise inside.

SymPy does not accept a Piecewise in the conditions of another Piecewise. So a selection inside a relation becomes several cases of the
condition.
"""

from functools import lru_cache
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE

Boolean = sp.logic.boolalg.Boolean

RELATIONS: dict[str, Any] = {"lt": sp.Lt, "le": sp.Le, "gt": sp.Gt, "ge": sp.Ge, "eq": sp.Eq, "ne": sp.Ne}
# For each relation, the assumption on left - right that makes it true, and the one that makes it false.
_SIGNS = {
    "lt": ("is_negative", "is_nonnegative"),
    "le": ("is_nonpositive", "is_positive"),
    "gt": ("is_positive", "is_nonpositive"),
    "ge": ("is_nonnegative", "is_negative"),
    "eq": ("is_zero", "is_nonzero"),
    "ne": ("is_nonzero", "is_zero"),
}
MOST_BRANCHES = 64
BINDERS = (sp.Integral, *LARGE)


class TooManyBranches(ArithmeticError):
    """A condition on nested selections has more than `MOST_BRANCHES` cases."""


def choose(condition: sp.Basic, if_true: sp.Basic, if_false: sp.Basic) -> sp.Basic:
    """The condition that equals `if_true` where `condition` holds, and `if_false` elsewhere."""
    if condition is sp.true or if_true == if_false:
        return if_true
    if condition is sp.false:
        return if_false
    if if_true is sp.true or if_false is sp.false:
        return sp.Or(condition, if_false) if if_true is sp.true else sp.And(condition, if_true)
    if if_true is sp.false or if_false is sp.true:
        return sp.And(sp.Not(condition), if_false) if if_true is sp.false else sp.Or(sp.Not(condition), if_true)
    return sp.Or(sp.And(condition, if_true), sp.And(sp.Not(condition), if_false))


def either(condition: sp.Basic, if_true: Any, if_false: Any) -> Any:
    """The value `if_true` where the condition holds, and `if_false` elsewhere. Both must be defined everywhere."""
    if condition is sp.true or if_true == if_false:
        return if_true
    if condition is sp.false:
        return if_false
    if is_condition(if_true):
        return choose(condition, if_true, if_false)
    return sp.Piecewise((if_true, condition), (if_false, True), evaluate=False)


def is_condition(value: Any) -> bool:
    """Whether a value is a truth value. SymPy's symbols are both Boolean and Expr; they do not count."""
    return isinstance(value, Boolean) and not isinstance(value, sp.Expr)


def relate(relation: str, left: sp.Expr, right: sp.Expr) -> sp.Basic:
    """The relation `lt`, `le`, `gt`, `ge`, `eq` or `ne` between two expressions.

    It is evaluated only if assumptions or numbers decide it. Selections inside either side become cases of the condition.

    Raises:
        TooManyBranches: if there are too many cases.
    """
    return _cases(relation, left, right, [0])


def _cases(relation: str, left: sp.Expr, right: sp.Expr, count: list[int]) -> sp.Basic:
    if left == right:
        return sp.true if relation in ("le", "ge", "eq") else sp.false
    if left.has(*BINDERS) or right.has(*BINDERS):
        return RELATIONS[relation](left, right, evaluate=False)  # SymPy would evaluate it; a selection inside depends on the bound variable
    selection = _selection(left) or _selection(right)
    if selection is None:
        count[0] += 1
        if count[0] > MOST_BRANCHES:
            raise TooManyBranches(f"a condition has more than {MOST_BRANCHES} cases")
        return _plain(relation, left, right)
    result: sp.Basic = sp.false
    for value, condition in reversed(selection.args):
        case = _cases(relation, replaced(left, selection, value), replaced(right, selection, value), count)
        result = choose(condition, case, result)
    return result


def _selection(expression: sp.Expr) -> Any:
    return next((part for part in sp.preorder_traversal(expression) if isinstance(part, sp.Piecewise)), None)


@lru_cache(maxsize=1 << 14)
def replaced(expression: Any, old: sp.Expr, new: sp.Expr) -> Any:
    """Replaces a part of an expression without simplifying the selections in it."""
    if expression == old:
        return new
    if not expression.args or not expression.has(old):
        return expression
    parts = [replaced(part, old, new) for part in expression.args]
    if isinstance(expression, sp.Piecewise):
        return sp.Piecewise(*parts, evaluate=False)
    return _absolute(parts[0]) if isinstance(expression, sp.Abs) else expression.func(*parts)


def _absolute(value: sp.Expr) -> sp.Expr:
    """Returns |v| of a real value. Avoids the expansions that SymPy uses to find the sign of v."""
    if value.is_nonnegative or value.is_number:
        return sp.Abs(value)
    return -value if value.is_nonpositive else sp.Abs(value, evaluate=False)


def _plain(relation: str, left: sp.Expr, right: sp.Expr) -> sp.Basic:
    kind = RELATIONS[relation]
    if left.is_number and right.is_number:
        return kind(left, right)
    if left.is_infinite and not right.has(sp.oo, -sp.oo):
        return kind(left, sp.S.Zero)  # every real number compares with an infinity as 0 does
    if right.is_infinite and not left.has(sp.oo, -sp.oo):
        return kind(sp.S.Zero, right)
    if right.is_zero:
        relation, left = _without_factor(relation, left)
        kind = RELATIONS[relation]
    difference = left - right
    yes, no = _SIGNS[relation]
    if getattr(difference, yes):
        return sp.true
    if getattr(difference, no):
        return sp.false
    return kind(left, right, evaluate=False)


_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def _without_factor(relation: str, left: sp.Expr) -> tuple[str, sp.Expr]:
    """Divides a relation to 0 by the constant factor of its left side. A negative factor reverses the relation."""
    factor, rest = left.as_independent(*left.free_symbols, as_Add=False)
    if factor.is_positive:
        return relation, rest
    return (_MIRRORED[relation], rest) if factor.is_negative else (relation, left)
