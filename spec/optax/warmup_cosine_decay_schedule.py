"""Linear warmup, then cosine decay."""

from sympy import Min, Ne, Piecewise, cos, pi, symbols

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

I, P, W, T, E, p, t = symbols("I P W T E p t")

init_value = Parameter(I, "init_value", Reals(), "initial value")
warmup_steps = Parameter(W, "warmup_steps", Integers(least=0, below=T), "steps of the warmup")
decay_steps = Parameter(T, "decay_steps", Integers(least=1), "steps of warmup and decay together")
exponent = Parameter(p, "exponent", Reals(above=0), "exponent of the decay curve")
count = Argument(t, "count", Integers(least=0), "step")

SOURCE = (
    "Optax 0.2.8, docstring of warmup_cosine_decay_schedule; Goyal et al. 2017, arXiv:1706.02677, section 2.2; "
    "Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5"
)

warmup_cosine_decay = Spec(
    target="optax.warmup_cosine_decay_schedule",
    formula=Piecewise(
        (I + (P - I) * t / W, t < W),
        (E + (P - E) * ((1 + cos(pi * Min(t - W, T - W) / (T - W))) / 2) ** p, True),
    ),
    latex=(
        r"\begin{cases} "
        r"I + \frac{t}{W} (P - I) & \text{if } t < W \\ "
        r"E + (P - E) \left[ \frac{1}{2} \left( 1 + \cos\left( \pi\, \frac{\min(t, T) - W}{T - W} \right) "
        r"\right) \right]^p "
        r"& \text{if } t \geq W "
        r"\end{cases}"
    ),
    symbols=[
        init_value,
        Parameter(P, "peak_value", Reals(), "value after the warmup"),
        warmup_steps,
        decay_steps,
        Parameter(E, "end_value", Reals(), "end value"),
        exponent,
        count,
    ],
    where=[Ne(P, 0)],  # Optax takes E as a fraction of P: a peak of 0 stays 0, whatever E is
    properties=[
        Bounds(lower=Min(I, E), upper=P, where=(I <= P, E <= P)),
        NonDecreasing(t, where=(t <= W, I <= P)),
        NonIncreasing(t, where=(t >= W, E <= P)),
        Value({t: 0}, I, where=(W > 0,)),
        Value({t: W}, P),
        Value({t: T}, E),
        ConstantFrom(t, T),
        Continuous(t),
    ],
    source=SOURCE,
)

zero_peak = Spec(
    target="optax.warmup_cosine_decay_schedule",
    name="zero-peak",
    formula=Piecewise((I * (1 - t / W), t < W), (0, True)),
    latex=(
        r"\begin{cases} "
        r"I \left( 1 - \frac{t}{W} \right) & \text{if } t < W \\ "
        r"0 & \text{if } t \geq W "
        r"\end{cases}"
    ),
    symbols=[init_value, warmup_steps, decay_steps, exponent, count],
    bind={"peak_value": 0, "end_value": 0},
    properties=[
        Value({t: 0}, I, where=(W > 0,)),
        ConstantFrom(t, W),
        Continuous(t),
    ],
    source=SOURCE,
)
