r"""Builds claims about the derivative of the function at a point, such as `\nabla f(0) = 0`."""

import inspect
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Obstruction
from qedoc.claims.spec import Spec
from qedoc.read import Equation
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula


def is_slope(left: Any) -> bool:
    """Whether the left side of an equation is a derivative."""
    return isinstance(left, sp.Basic) and left.has(sp.Derivative, sp.Subs)


def slope(context: Context, formula: Formula, equation: Equation, name: str) -> Spec:
    """Builds the claim about the derivative at a number, with respect to the function's only parameter without a default.

    Raises:
        Obstruction: for a derivative of another function, of a higher order, or at anything other than a number that is exact as a float.
    """
    left: Any = equation.left
    own = context.record.name.rpartition(".")[2]
    derivative = left.expr if isinstance(left, sp.Subs) else left
    call = derivative.expr if isinstance(derivative, sp.Derivative) else None
    if not isinstance(call, sp.core.function.AppliedUndef):
        raise Obstruction("a statement about a derivative of an expression", verdict=Verdict.UNDECIDED)
    if call.func.__name__ not in context.own:
        raise Obstruction(f"{left} is a derivative of a function other than {own}", verdict=Verdict.NOT_A_CLAIM)
    required = [p.name for p in context.parameters.values() if p.default is inspect.Parameter.empty]
    at: Any = left.point[0] if isinstance(left, sp.Subs) else sp.nan
    plain = at.is_Rational and at == sp.Rational(*float(at).as_integer_ratio()) and equation.right.is_number
    if len(required) != 1 or len(call.args) != 1 or derivative.derivative_count != 1 or not plain:
        raise Obstruction("a statement about a derivative that is not the first, or not at a number", verdict=Verdict.UNDECIDED)
    return Spec(
        target=context.record.name,
        formula=equation.right,
        symbols=[],
        bind={required[0]: float(at)},
        natural=True,
        derivative=required[0],
        name=name,
        source=f"docstring of {context.record.name}",
        origin=formula.location,
    )
