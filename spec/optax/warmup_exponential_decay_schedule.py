"""Linear warmup, then exponential decay, continuous or in steps, with or without an end value."""

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

I, P, W, T, r, B, E, t = symbols("I P W T r B E t")

init_value = Parameter(I, "init_value", Reals(), "initial value")
peak_value = Parameter(P, "peak_value", Reals(), "value after the warmup")
warmup_steps = Parameter(W, "warmup_steps", Integers(least=0), "steps of the warmup")
transition_steps = Parameter(T, "transition_steps", Integers(least=1), "steps in which the value is scaled by r")
# The documentation excludes r = 0 only; a fractional power of a negative rate is not real.
decay_rate = Parameter(r, "decay_rate", Reals(above=0), "decay rate")
transition_begin = Parameter(B, "transition_begin", Integers(least=0), "steps between warmup and decay")
end_value = Parameter(E, "end_value", Reals(), "bound at which the decay stops: lower if r < 1, else upper")
count = Argument(t, "count", Integers(least=0), "step")

warmup = I + (P - I) * t / W
decay = Piecewise((P, t < W + B), (P * r ** ((t - W - B) / T), True))
decay_in_steps = Piecewise((P, t < W + B), (P * r ** floor((t - W - B) / T), True))

SOURCE = (
    "Optax 0.2.8, docstrings of warmup_exponential_decay_schedule and exponential_decay; Goyal et al. 2017, arXiv:1706.02677, section 2.2"
)

plain = Spec(
    target="optax.warmup_exponential_decay_schedule",
    formula=Piecewise((warmup, t < W), (decay, True)),
    latex=(
        r"\begin{cases} "
        r"I + \frac{t}{W} (P - I) & \text{if } t < W \\ "
        r"P & \text{if } W \leq t < W + B \\ "
        r"P\, r^{(t - W - B) / T} & \text{if } t \geq W + B "
        r"\end{cases}"
    ),
    symbols=[init_value, peak_value, warmup_steps, transition_steps, decay_rate, transition_begin, count],
    properties=[
        Bounds(lower=0, upper=P, where=(I >= 0, I <= P, r <= 1)),
        NonDecreasing(t, where=(t <= W, I <= P)),
        NonIncreasing(t, where=(t >= W, P >= 0, r <= 1)),
        Value({t: 0}, I, where=(W > 0,)),
        Value({t: W}, P),
        Value({t: W + B}, P),
        Value({t: W + B + T}, P * r),
        Limit(t, 0, where=(r < 1,)),
        Continuous(t),
    ],
    source=SOURCE,
)

staircase = Spec(
    target="optax.warmup_exponential_decay_schedule",
    name="staircase",
    formula=Piecewise((warmup, t < W), (decay_in_steps, True)),
    latex=(
        r"\begin{cases} "
        r"I + \frac{t}{W} (P - I) & \text{if } t < W \\ "
        r"P & \text{if } W \leq t < W + B \\ "
        r"P\, r^{\lfloor (t - W - B) / T \rfloor} & \text{if } t \geq W + B "
        r"\end{cases}"
    ),
    symbols=[init_value, peak_value, warmup_steps, transition_steps, decay_rate, transition_begin, count],
    bind={"staircase": True},
    properties=[
        Bounds(lower=0, upper=P, where=(I >= 0, I <= P, r <= 1)),
        NonDecreasing(t, where=(t <= W, I <= P)),
        NonIncreasing(t, where=(t >= W, P >= 0, r <= 1)),
        Value({t: 0}, I, where=(W > 0,)),
        Value({t: W + B + T - 1}, P),
        Value({t: W + B + T}, P * r),
        Limit(t, 0, where=(r < 1,)),
    ],
    source=SOURCE,
)

bounded = Spec(
    target="optax.warmup_exponential_decay_schedule",
    name="end-value",
    formula=Piecewise((warmup, t < W), (Max(E, decay), r < 1), (Min(E, decay), True)),
    latex=(
        r"\begin{cases} "
        r"I + \frac{t}{W} (P - I) & \text{if } t < W \\ "
        r"\max(E, P) & \text{if } W \leq t < W + B \text{ and } r < 1 \\ "
        r"\max\left( E, P\, r^{(t - W - B) / T} \right) & \text{if } t \geq W + B \text{ and } r < 1 \\ "
        r"\min(E, P) & \text{if } W \leq t < W + B \text{ and } r \geq 1 \\ "
        r"\min\left( E, P\, r^{(t - W - B) / T} \right) & \text{if } t \geq W + B \text{ and } r \geq 1 "
        r"\end{cases}"
    ),
    symbols=[init_value, peak_value, warmup_steps, transition_steps, decay_rate, transition_begin, end_value, count],
    properties=[
        Bounds(lower=E, where=(t >= W, r < 1)),
        Bounds(upper=E, where=(t >= W, r >= 1)),
        NonIncreasing(t, where=(t >= W, P >= 0, r < 1)),
        NonDecreasing(t, where=(t >= W, P >= 0, r >= 1)),
        Value({t: 0}, I, where=(W > 0,)),
        Value({t: W}, P, where=(P >= E, r < 1)),
        Value({t: W}, P, where=(P <= E, r >= 1)),
        Limit(t, Max(E, 0), where=(r < 1,)),
        Limit(t, E, where=(P > 0, r > 1)),
        Continuous(t, where=(P >= E, r < 1)),
        Continuous(t, where=(P <= E, r >= 1)),
    ],
    source=SOURCE,
)
