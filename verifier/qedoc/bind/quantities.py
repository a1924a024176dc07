"""What a display states, as the text says it: the value, a function of the value, or something that qedoc does not check."""

from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.members import logarithm
from qedoc.bind.records import Obstruction
from qedoc.interpret.findings import CASE, OBJECTIVE, VALUE
from qedoc.interpret.parses import UNSOLVED
from qedoc.read import Equation
from qedoc.results.verdict import Verdict

_X = sp.Symbol("x")
_UNDONE = {
    "log(x)": sp.exp(_X),
    "exp(x)": sp.log(_X),
    "-x": -_X,
    "sqrt(x)": _X**2,
    "1/x": 1 / _X,
    "2*x": _X / 2,
    "x/2": 2 * _X,
    "1 - x": 1 - _X,
}
"""For an operator, its inverse function: `its logarithm is D` says that the value is exp(D)."""

_SIGN = {"exp(x)": "is_positive", "sqrt(x)": "is_nonnegative"}
"""The sign of what an operator gives. `Its square root is x` is false for negative x, although the value is x**2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """An equation for the value, or for its derivative.

    Args:
        equation: the equation.
        derivative: whether the right side is the derivative of the value.
        by: the symbol by which it is taken; empty if the text does not say it.
    """

    equation: Equation
    derivative: bool = False
    by: str = ""


def stated(context: Context, equation: Equation, quantity: Any) -> Stated:
    """The equation for the function's value that a display means.

    Raises:
        Obstruction: if the display states something that qedoc does not check.
    """
    match quantity:
        case _ if quantity in (VALUE, CASE):
            return Stated(equation=equation)
        case ("value is", parts):
            return Stated(equation=_bare(equation, _value(context, equation, parts)))
        case ("display is", (("quantity", "derivative"),)):
            return Stated(equation=_bare(equation, equation.right), derivative=True)
        case ("display is", (("derivative", by),)):
            return Stated(equation=_bare(equation, equation.right), derivative=True, by=by)
        case ("display is", (("operator", operator),)) if operator in _UNDONE:
            real = equation.right.xreplace(
                {s: sp.Dummy(s.name, real=True) for s in equation.right.free_symbols if isinstance(s, sp.Symbol)}
            )
            if operator in _SIGN and not getattr(real, _SIGN[operator]):
                raise Obstruction(f"the formula may be negative, and {operator} of the value is not", verdict=Verdict.UNDECIDED)
            return Stated(equation=_bare(equation, _UNDONE[operator].xreplace({_X: equation.right})))
        case _ if quantity == OBJECTIVE:
            raise Obstruction("an optimisation problem: the value is its solution", verdict=Verdict.NOT_A_CLAIM, cause="problem")
        case ("related", how):
            raise Obstruction(f"the text says that the formula is {how}, and qedoc does not check that", verdict=Verdict.UNDECIDED)
        case ("display is", _):
            raise Obstruction(
                "the text says that the formula is made of the value in a way that qedoc does not check", verdict=Verdict.UNDECIDED
            )
    raise Obstruction("the words before or after the formula may say that it is something else than the value", verdict=Verdict.UNDECIDED)


def _bare(equation: Equation, right: sp.Expr) -> Equation:
    return replace(equation, left=None, right=right)


def _value(context: Context, equation: Equation, parts: Any) -> sp.Expr:
    value = equation.right
    for kind, name in reversed(parts):
        if kind == "operator" and name == "log(x)":
            value = logarithm(value)
        elif kind == "operator":
            value = sp.sympify(name).xreplace({_X: value})
        elif name == "derivative":
            symbols = [s for s in value.free_symbols if s.name in context.parameters]
            if len(value.free_symbols) != 1 or not symbols or value.has(sp.Indexed, sp.Piecewise):
                raise Obstruction(
                    "the text says that the value is a derivative of the formula, but not by which symbol", verdict=Verdict.UNDECIDED
                )
            value = sp.diff(value, symbols[0])
        elif name == "inverse":
            value = _inverse(context, equation, value)
        else:
            raise Obstruction(
                f"the text says that the value is the {name} of the formula, and qedoc does not check that", verdict=Verdict.UNDECIDED
            )
    return value


def _inverse(context: Context, equation: Equation, value: sp.Expr) -> sp.Expr:
    """The inverse of a function of one variable, where SymPy finds exactly one."""
    required = list(context.parameters)
    free = list(value.free_symbols)
    if len(free) == 1 and len(required) == 1 and not value.has(sp.Piecewise, sp.Abs):
        variable, own = sp.Symbol("w", real=True), sp.Symbol("v", real=True)
        try:
            found = sp.solve(sp.Eq(own, value.xreplace({free[0]: variable})), variable)
        except UNSOLVED:
            found = []
        if len(found) == 1 and not found[0].has(sp.I):
            return found[0].subs(own, sp.Symbol(required[0]))
    raise Obstruction(
        "the text says that the function is the inverse of the formula, and qedoc does not check that", verdict=Verdict.UNDECIDED
    )
