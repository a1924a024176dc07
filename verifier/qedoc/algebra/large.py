"""Large operators: sums, products, and the largest or smallest value over an index."""

import sympy as sp
from sympy.concrete.expr_with_intlimits import ExprWithIntLimits


class _Extreme(ExprWithIntLimits):  # type: ignore[misc]  # SymPy has no types
    """The largest or smallest value of an expression over the values of an index. `claims/unroll` writes it out."""


class Largest(_Extreme):
    """The largest value of an expression over the values of an index, as in `max_i x_i`."""


class Smallest(_Extreme):
    """The smallest value of an expression over the values of an index."""


LARGE = (sp.Sum, sp.Product, Largest, Smallest)

WRITTEN_OUT = {sp.Sum: sp.Add, sp.Product: sp.Mul, Largest: sp.Max, Smallest: sp.Min}
"""The operation that joins the values of a large operator."""
