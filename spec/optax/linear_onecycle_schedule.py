"""One cycle in three linear phases."""

from sympy import Piecewise, floor, symbols

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

T, P, p, q, d, D, t = symbols("T P p q d D t")

a, b = floor(p * T), floor(q * T)
I = P / d
# The documentation gives this value twice, as I / D (final_div_factor) and as P / D (phase 3); I / D is meant.
E = I / D

linear_onecycle = Spec(
    target="optax.linear_onecycle_schedule",
    formula=Piecewise(
        (I + (P - I) * t / a, t < a),
        (P + (I - P) * (t - a) / (b - a), t < b),
        (I + (E - I) * (t - b) / (T - b), t < T),
        (E, True),
    ),
    latex=(
        r"\begin{cases} "
        r"\frac{P}{d} + \left( P - \frac{P}{d} \right) \frac{t}{\lfloor p T \rfloor} "
        r"& \text{if } t < \lfloor p T \rfloor \\ "
        r"P + \left( \frac{P}{d} - P \right) \frac{t - \lfloor p T \rfloor}{\lfloor q T \rfloor - \lfloor p T \rfloor} "
        r"& \text{if } \lfloor p T \rfloor \leq t < \lfloor q T \rfloor \\ "
        r"\frac{P}{d} + \left( \frac{P}{d D} - \frac{P}{d} \right) \frac{t - \lfloor q T \rfloor}{T - \lfloor "
        r"q T \rfloor} "
        r"& \text{if } \lfloor q T \rfloor \leq t < T \\ "
        r"\frac{P}{d D} & \text{if } t \geq T "
        r"\end{cases}"
    ),
    symbols=[
        Parameter(T, "transition_steps", Integers(least=1), "steps of the cycle"),
        Parameter(P, "peak_value", Reals(), "value at the peak"),
        Parameter(p, "pct_start", Reals(above=0, below=1), "share of the steps up to the peak"),
        Parameter(q, "pct_final", Reals(above=0, below=1), "share of the steps up to the return to P / d"),
        Parameter(d, "div_factor", Reals(above=0), "peak over initial value"),
        Parameter(D, "final_div_factor", Reals(above=0), "initial over final value"),
        Argument(t, "count", Integers(least=0), "step"),
    ],
    where=[a >= 1, a < b],  # each phase has at least one step; q < 1 leaves one to the third
    properties=[
        Bounds(lower=E, upper=P, where=(P >= 0, d >= 1, D >= 1)),
        NonDecreasing(t, where=(t <= a, P >= 0, d >= 1)),
        NonIncreasing(t, where=(t >= a, P >= 0, d >= 1, D >= 1)),
        Value({t: 0}, I),
        Value({t: a}, P),
        Value({t: b}, I),
        Value({t: T}, E),
        ConstantFrom(t, T),
        Continuous(t),
    ],
    source="Optax 0.2.8, docstring of linear_onecycle_schedule; Smith & Topin 2017, arXiv:1708.07120",
)
