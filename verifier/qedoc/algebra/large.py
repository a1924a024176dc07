"""Large operators: sums, products, and the largest or smallest value over an index."""

from typing import Any

import sympy as sp
from sympy.concrete.expr_with_intlimits import ExprWithIntLimits
from sympy.printing.precedence import PRECEDENCE


class _Extreme(ExprWithIntLimits):
    """The largest or smallest value of an expression over the values of an index. `claims/unroll` writes it out."""

    _operator = ""
    precedence = PRECEDENCE["Mul"] + 1

    def _latex(self, printer: Any) -> str:
        """SymPy calls this to write the value."""
        limits = [rf"{low} \leq {index} \leq {high}" for index, low, high in (map(printer.doprint, limit) for limit in self.limits)]
        under = limits[0] if len(limits) == 1 else r"\substack{" + r" \\ ".join(limits) + "}"
        return rf"{self._operator}_{{{under}}} {printer.parenthesize(self.function, PRECEDENCE['Mul'])}"


class Largest(_Extreme):
    """The largest value of an expression over the values of an index, as in `max_i x_i`."""

    _operator = r"\max"


class Smallest(_Extreme):
    """The smallest value of an expression over the values of an index."""

    _operator = r"\min"


LARGE = (sp.Sum, sp.Product, Largest, Smallest)

WRITTEN_OUT = {sp.Sum: sp.Add, sp.Product: sp.Mul, Largest: sp.Max, Smallest: sp.Min}
"""The operation that joins the values of a large operator."""


def unfolded(value: sp.Expr, indices: set[sp.Symbol]) -> sp.Expr:
    """Returns a value over which a large operator can be taken: SymPy moves each case that depends on its index out of inner sums.

    The conditions of inner sums become numbers, which are 1 where the condition holds, and 0 elsewhere.

    Args:
        value: what the operator is taken of.
        indices: the indices of the operator.
    """
    made: dict[sp.Basic, sp.Expr] = {}
    for total in value.atoms(sp.Sum):
        cases = {one for one in total.function.atoms(sp.Piecewise) if one.free_symbols & indices}
        if all(_is_restricted(one) for one in cases):
            put = {one: one.args[0][0] * indicator(one.args[0][1]) for one in cases}
            made |= {total: total.func(total.function.xreplace(put), *total.limits)} if put else {}
    return value.xreplace(made)


def _is_restricted(cases: sp.Piecewise) -> bool:
    """Whether cases are a value where a condition holds, and 0 elsewhere, and the value is defined everywhere."""
    whole = len(cases.args) == 2 and cases.args[1] == (sp.S.Zero, sp.true)
    known = (sp.exp, sp.Add, sp.Mul, sp.Indexed, sp.Symbol, sp.Number)
    return whole and all(
        isinstance(part, known) or _is_polynomial(part) for part in sp.preorder_traversal(cases.args[0][0]) if _is_value(part)
    )


def _is_value(part: sp.Basic) -> bool:
    return isinstance(part, sp.Expr) and not isinstance(part, sp.IndexedBase | sp.tensor.indexed.Idx)


def _is_polynomial(part: sp.Expr) -> bool:
    return isinstance(part, sp.Pow) and bool(part.exp.is_Integer) and bool(part.exp >= 0)


def indicator(condition: sp.Basic) -> sp.Expr:
    """Returns 1 where a condition of relations holds, and 0 elsewhere, without cases.

    Args:
        condition: the condition.
    """
    if isinstance(condition, sp.And):
        return sp.Mul(*(indicator(part) for part in condition.args))
    if isinstance(condition, sp.Or):
        return 1 - sp.Mul(*(1 - indicator(part) for part in condition.args))
    if isinstance(condition, sp.Not):
        return 1 - indicator(condition.args[0])
    if not isinstance(condition, sp.core.relational.Relational):
        return sp.Integer(1 if condition == sp.true else 0)
    sign = sp.sign(condition.lhs - condition.rhs)
    ways = {sp.Gt: sp.Max(0, sign), sp.Lt: sp.Max(0, -sign), sp.Ge: sp.Min(1, 1 + sign), sp.Le: sp.Min(1, 1 - sign)}
    return ways.get(condition.func, sp.Abs(sign) if isinstance(condition, sp.Ne) else 1 - sp.Abs(sign))
