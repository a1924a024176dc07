"""Exponential decay, continuous or in steps, with or without an end value."""

from sympy import Max, Min, Piecewise, floor, symbols

from qedoc import (
    Argument,
    Bounds,
    Continuous,
    Integers,
    Limit,
    NonDecreasing,
    NonIncreasing,
    Parameter,
    Reals,
    Spec,
    Value,
)

I, T, r, B, E, t = symbols("I T r B E t")

init_value = Parameter(I, "init_value", Reals(), "initial value")
transition_steps = Parameter(T, "transition_steps", Integers(least=1), "steps in which the value is scaled by r")
# The documentation excludes r = 0 only; a fractional power of a negative rate is not real.
decay_rate = Parameter(r, "decay_rate", Reals(above=0), "decay rate")
transition_begin = Parameter(B, "transition_begin", Integers(least=0), "steps before the decay")
end_value = Parameter(E, "end_value", Reals(), "bound at which the decay stops: lower if r < 1, else upper")
count = Argument(t, "count", Integers(least=0), "step")

decayed = Piecewise((I, t < B), (I * r ** ((t - B) / T), True))
decayed_in_steps = Piecewise((I, t < B), (I * r ** floor((t - B) / T), True))

SOURCE = "Optax 0.2.8, docstring of exponential_decay"

plain = Spec(
    target="optax.exponential_decay",
    formula=decayed,
    latex=(
        r"\begin{cases} "
        r"I & \text{if } t < B \\ "
        r"I\, r^{(t - B) / T} & \text{if } t \geq B "
        r"\end{cases}"
    ),
    symbols=[init_value, transition_steps, decay_rate, transition_begin, count],
    properties=[
        Bounds(lower=0, upper=I, where=(I >= 0, r <= 1)),
        NonIncreasing(t, where=(I >= 0, r <= 1)),
        NonDecreasing(t, where=(I >= 0, r >= 1)),
        Value({t: 0}, I),
        Value({t: B}, I),
        Value({t: B + T}, I * r),
        Limit(t, 0, where=(r < 1,)),
        Continuous(t),
    ],
    source=SOURCE,
)

staircase = Spec(
    target="optax.exponential_decay",
    name="staircase",
    formula=decayed_in_steps,
    latex=(
        r"\begin{cases} "
        r"I & \text{if } t < B \\ "
        r"I\, r^{\lfloor (t - B) / T \rfloor} & \text{if } t \geq B "
        r"\end{cases}"
    ),
    symbols=[init_value, transition_steps, decay_rate, transition_begin, count],
    bind={"staircase": True},
    properties=[
        Bounds(lower=0, upper=I, where=(I >= 0, r <= 1)),
        NonIncreasing(t, where=(I >= 0, r <= 1)),
        NonDecreasing(t, where=(I >= 0, r >= 1)),
        Value({t: 0}, I),
        Value({t: B + T - 1}, I),
        Value({t: B + T}, I * r),
        Limit(t, 0, where=(r < 1,)),
    ],
    source=SOURCE,
)

bounded = Spec(
    target="optax.exponential_decay",
    name="end-value",
    formula=Piecewise((Max(E, decayed), r < 1), (Min(E, decayed), True)),
    latex=(
        r"\begin{cases} "
        r"\max(E, I) & \text{if } r < 1 \text{ and } t < B \\ "
        r"\max\left( E, I\, r^{(t - B) / T} \right) & \text{if } r < 1 \text{ and } t \geq B \\ "
        r"\min(E, I) & \text{if } r \geq 1 \text{ and } t < B \\ "
        r"\min\left( E, I\, r^{(t - B) / T} \right) & \text{if } r \geq 1 \text{ and } t \geq B "
        r"\end{cases}"
    ),
    symbols=[init_value, transition_steps, decay_rate, transition_begin, end_value, count],
    properties=[
        Bounds(lower=E, where=(r < 1,)),
        Bounds(upper=E, where=(r >= 1,)),
        NonIncreasing(t, where=(I >= 0, r < 1)),
        NonDecreasing(t, where=(I >= 0, r >= 1)),
        Value({t: 0}, I, where=(I >= E, r < 1)),
        Value({t: 0}, I, where=(I <= E, r >= 1)),
        Limit(t, Max(E, 0), where=(r < 1,)),
        Limit(t, E, where=(I > 0, r > 1)),
        Continuous(t, where=(r < 1,)),
        Continuous(t, where=(r >= 1,)),
    ],
    source=SOURCE,
)

bounded_staircase = Spec(
    target="optax.exponential_decay",
    name="end-value-staircase",
    formula=Piecewise((Max(E, decayed_in_steps), r < 1), (Min(E, decayed_in_steps), True)),
    latex=(
        r"\begin{cases} "
        r"\max(E, I) & \text{if } r < 1 \text{ and } t < B \\ "
        r"\max\left( E, I\, r^{\lfloor (t - B) / T \rfloor} \right) & \text{if } r < 1 \text{ and } t \geq B \\ "
        r"\min(E, I) & \text{if } r \geq 1 \text{ and } t < B \\ "
        r"\min\left( E, I\, r^{\lfloor (t - B) / T \rfloor} \right) & \text{if } r \geq 1 \text{ and } t \geq B "
        r"\end{cases}"
    ),
    symbols=[init_value, transition_steps, decay_rate, transition_begin, end_value, count],
    bind={"staircase": True},
    properties=[
        Bounds(lower=E, where=(r < 1,)),
        Bounds(upper=E, where=(r >= 1,)),
        NonIncreasing(t, where=(I >= 0, r < 1)),
        NonDecreasing(t, where=(I >= 0, r >= 1)),
        Value({t: 0}, I, where=(I >= E, r < 1)),
        Limit(t, Max(E, 0), where=(r < 1,)),
        Limit(t, E, where=(I > 0, r > 1)),
    ],
    source=SOURCE,
)
