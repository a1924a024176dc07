"""Linear warmup, then a constant."""

from sympy import Max, Min, Piecewise, symbols

from qedoc import (
    Argument,
    Bounds,
    ConstantFrom,
    Continuous,
    Integers,
    NonDecreasing,
    Parameter,
    Reals,
    Spec,
    Value,
)

I, P, W, t = symbols("I P W t")

warmup_constant = Spec(
    target="optax.warmup_constant_schedule",
    formula=Piecewise((I + (P - I) * t / W, t < W), (P, True)),
    latex=(
        r"\begin{cases} "
        r"I + \frac{t}{W} (P - I) & \text{if } t < W \\ "
        r"P & \text{if } t \geq W "
        r"\end{cases}"
    ),
    symbols=[
        Parameter(I, "init_value", Reals(), "initial value"),
        Parameter(P, "peak_value", Reals(), "value after the warmup"),
        # Documented as positive; without a warmup Optax holds I, not P.
        Parameter(W, "warmup_steps", Integers(least=1), "steps of the warmup"),
        Argument(t, "count", Integers(least=0), "step"),
    ],
    properties=[
        Bounds(lower=Min(I, P), upper=Max(I, P)),
        NonDecreasing(t, where=(I <= P,)),
        Value({t: 0}, I),
        Value({t: W}, P),
        ConstantFrom(t, W),
        Continuous(t),
    ],
    source="Optax 0.2.8, docstring of warmup_constant_schedule; Goyal et al. 2017, arXiv:1706.02677, section 2.2",
)
