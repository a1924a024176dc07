"""Constant schedule."""

from sympy import symbols

from qedoc import Argument, ConstantFrom, Continuous, Integers, Parameter, Reals, Spec, Value

v, t = symbols("v t")

constant = Spec(
    target="optax.constant_schedule",
    formula=v,
    symbols=[
        Parameter(v, "value", Reals(), "value held throughout"),
        Argument(t, "count", Integers(least=0), "step"),
    ],
    properties=[
        Value({t: 0}, v),
        ConstantFrom(t, 0),
        Continuous(t),
    ],
    source="Optax 0.2.8, docstring of constant_schedule",
)
