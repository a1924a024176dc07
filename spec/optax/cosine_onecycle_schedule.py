"""One cycle in two cosine phases."""

from sympy import Piecewise, cos, floor, pi, symbols

from qedoc import (
    Argument,
    Bounds,
    ConstantFrom,
    Continuous,
    Integers,
    NonDecreasing,
    NonIncreasing,
    Parameter,
    Reals,
    Spec,
    Value,
)

T, P, p, d, D, t = symbols("T P p d D t")

a = floor(p * T)
I = P / d
E = I / D

cosine_onecycle = Spec(
    target="optax.cosine_onecycle_schedule",
    formula=Piecewise(
        (I + (P - I) * (1 - cos(pi * t / a)) / 2, t < a),
        (E + (P - E) * (1 + cos(pi * (t - a) / (T - a))) / 2, t < T),
        (E, True),
    ),
    latex=(
        r"\begin{cases} "
        r"\frac{P}{d} + \frac{1}{2} \left( P - \frac{P}{d} \right) \left( 1 - \cos\left( \pi\, "
        r"\frac{t}{\lfloor p T \rfloor} \right) \right) "
        r"& \text{if } t < \lfloor p T \rfloor \\ "
        r"\frac{P}{d D} + \frac{1}{2} \left( P - \frac{P}{d D} \right) \left( 1 + \cos\left( \pi\, \frac{t - "
        r"\lfloor p T \rfloor}{T - \lfloor p T \rfloor} \right) \right) "
        r"& \text{if } \lfloor p T \rfloor \leq t < T \\ "
        r"\frac{P}{d D} & \text{if } t \geq T "
        r"\end{cases}"
    ),
    symbols=[
        Parameter(T, "transition_steps", Integers(least=1), "steps of the cycle"),
        Parameter(P, "peak_value", Reals(), "value at the peak"),
        Parameter(p, "pct_start", Reals(above=0, below=1), "share of the steps up to the peak"),
        Parameter(d, "div_factor", Reals(above=0), "peak over initial value"),
        Parameter(D, "final_div_factor", Reals(above=0), "initial over final value"),
        Argument(t, "count", Integers(least=0), "step"),
    ],
    where=[a >= 1],  # each phase has at least one step; p < 1 leaves one to the second
    properties=[
        Bounds(lower=E, upper=P, where=(P >= 0, d >= 1, D >= 1)),
        NonDecreasing(t, where=(t <= a, P >= 0, d >= 1)),
        NonIncreasing(t, where=(t >= a, P >= 0, d * D >= 1)),
        Value({t: 0}, I),
        Value({t: a}, P),
        Value({t: T}, E),
        ConstantFrom(t, T),
        Continuous(t),
    ],
    source="Optax 0.2.8, docstring of cosine_onecycle_schedule; Smith & Topin 2017, arXiv:1708.07120",
)
