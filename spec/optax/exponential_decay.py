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
falling_rate = Parameter(r, "decay_rate", Reals(above=0, below=1), "decay rate, below 1")
rising_rate = Parameter(r, "decay_rate", Reals(least=1), "decay rate, at least 1")
transition_begin = Parameter(B, "transition_begin", Integers(least=0), "steps before the decay")
end_value = Parameter(E, "end_value", Reals(), "value at which the decay stops")
count = Argument(t, "count", Integers(least=0), "step")

decayed = Piecewise((I, t < B), (I * r ** ((t - B) / T), True))
decayed_in_steps = Piecewise((I, t < B), (I * r ** floor((t - B) / T), True))

SOURCE = "Optax 0.2.8, docstring of exponential_decay"

plain = Spec(
    target="optax.exponential_decay",
    formula=decayed,
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

lower_bound = Spec(
    target="optax.exponential_decay",
    name="lower-bound",
    formula=Max(E, decayed),
    symbols=[init_value, transition_steps, falling_rate, transition_begin, end_value, count],
    properties=[
        Bounds(lower=E),
        Bounds(upper=I, where=(I >= 0, I >= E)),
        NonIncreasing(t, where=(I >= 0,)),
        Value({t: 0}, I, where=(I >= E,)),
        Limit(t, Max(E, 0)),
        Continuous(t),
    ],
    source=f"{SOURCE}, end_value: a lower bound if decay_rate < 1",
)

lower_bound_staircase = Spec(
    target="optax.exponential_decay",
    name="lower-bound-staircase",
    formula=Max(E, decayed_in_steps),
    symbols=[init_value, transition_steps, falling_rate, transition_begin, end_value, count],
    bind={"staircase": True},
    properties=[
        Bounds(lower=E),
        NonIncreasing(t, where=(I >= 0,)),
        Value({t: 0}, I, where=(I >= E,)),
        Limit(t, Max(E, 0)),
    ],
    source=f"{SOURCE}, end_value: a lower bound if decay_rate < 1",
)

upper_bound = Spec(
    target="optax.exponential_decay",
    name="upper-bound",
    formula=Min(E, decayed),
    symbols=[init_value, transition_steps, rising_rate, transition_begin, end_value, count],
    properties=[
        Bounds(upper=E),
        Bounds(lower=I, where=(I >= 0, I <= E)),
        NonDecreasing(t, where=(I >= 0,)),
        Value({t: 0}, I, where=(I <= E,)),
        Limit(t, E, where=(I > 0, r > 1)),
        Continuous(t),
    ],
    source=f"{SOURCE}, end_value: an upper bound unless decay_rate < 1",
)

upper_bound_staircase = Spec(
    target="optax.exponential_decay",
    name="upper-bound-staircase",
    formula=Min(E, decayed_in_steps),
    symbols=[init_value, transition_steps, rising_rate, transition_begin, end_value, count],
    bind={"staircase": True},
    properties=[
        Bounds(upper=E),
        NonDecreasing(t, where=(I >= 0,)),
        Value({t: 0}, I, where=(I <= E,)),
        Limit(t, E, where=(I > 0, r > 1)),
    ],
    source=f"{SOURCE}, end_value: an upper bound unless decay_rate < 1",
)
