"""Large operators: sums, products, and the largest or smallest value over an index."""

import sympy as sp
from sympy.concrete.expr_with_intlimits import ExprWithIntLimits


class Largest(ExprWithIntLimits):  # type: ignore[misc]  # SymPy has no types
    """The largest value of an expression over the values of an index, as in `max_i x_i`. `claims/unroll` writes it out."""


class Smallest(ExprWithIntLimits):  # type: ignore[misc]  # SymPy has no types
    """The smallest value of an expression over the values of an index."""


LARGE = (sp.Sum, sp.Product, Largest, Smallest)

WRITTEN_OUT = {sp.Sum: sp.Add, sp.Product: sp.Mul, Largest: sp.Max, Smallest: sp.Min}
"""The operation that joins the values of a large operator."""
