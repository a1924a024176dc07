"""Polynomial transition from an initial to an end value."""

from sympy import Max, Min, Piecewise, symbols

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

I, E, P, T, B, t = symbols("I E P T B t")

init_value = Parameter(I, "init_value", Reals(), "initial value")
end_value = Parameter(E, "end_value", Reals(), "end value")
# With P <= 0 there is no transition from I to E: 0**P is 1 or undefined at its end.
power = Parameter(P, "power", Reals(above=0), "power of the polynomial")
transition_begin = Parameter(B, "transition_begin", Integers(least=0), "steps before the transition")
count = Argument(t, "count", Integers(least=0), "step")

polynomial = Spec(
    target="optax.polynomial_schedule",
    formula=Piecewise(
        (I, (t < B) | (T <= 0)),
        ((I - E) * (1 - (t - B) / T) ** P + E, t < B + T),
        (E, True),
    ),
    latex=(
        r"\begin{cases} "
        r"I & \text{if } t < B \text{ or } T \leq 0 \\ "
        r"(I - E) \left( 1 - \frac{t - B}{T} \right)^P + E & \text{if } B \leq t < B + T \\ "
        r"E & \text{if } T > 0 \text{ and } t \geq B + T "
        r"\end{cases}"
    ),
    symbols=[
        init_value,
        end_value,
        power,
        Parameter(T, "transition_steps", Integers(), "steps of the transition; none if not positive"),
        transition_begin,
        count,
    ],
    properties=[
        Bounds(lower=Min(I, E), upper=Max(I, E)),
        NonIncreasing(t, where=(I >= E,)),
        NonDecreasing(t, where=(I <= E,)),
        Value({t: 0}, I),
        Value({t: B}, I),
        Value({t: B + T}, E, where=(T > 0,)),
        ConstantFrom(t, B + T, where=(T > 0,)),
        ConstantFrom(t, 0, where=(T <= 0,)),
        Continuous(t, where=(T > 0,)),
    ],
    source="Optax 0.2.8, docstring of polynomial_schedule (formula, and transition_steps: held fixed at init_value if not positive)",
)
