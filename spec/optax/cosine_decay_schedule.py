"""Cosine decay."""

from sympy import Min, cos, pi, symbols

from qedoc import Argument, Bounds, ConstantFrom, Continuous, Integers, NonIncreasing, Parameter, Reals, Spec, Value

I, T, alpha, p, t = symbols("I T alpha p t")

cosine_decay = Spec(
    target="optax.cosine_decay_schedule",
    formula=alpha * I + (1 - alpha) * I * ((1 + cos(pi * Min(t, T) / T)) / 2) ** p,
    latex=r"\alpha I + (1 - \alpha) I \left[ \frac{1}{2} \left( 1 + \cos\left( \pi\, \frac{\min(t, T)}{T} \right) \right) \right]^p",
    symbols=[
        Parameter(I, "init_value", Reals(), "initial value"),
        Parameter(T, "decay_steps", Integers(least=1), "steps of the decay"),
        Parameter(alpha, "alpha", Reals(), "final value as a fraction of I"),
        # With p <= 0 the last step has 0**p, which is 1 or undefined.
        Parameter(p, "exponent", Reals(above=0), "exponent of the decay curve"),
        Argument(t, "count", Integers(least=0), "step"),
    ],
    properties=[
        Bounds(lower=alpha * I, upper=I, where=(alpha >= 0, alpha <= 1, I >= 0)),
        NonIncreasing(t, where=(alpha >= 0, alpha <= 1, I >= 0)),
        Value({t: 0}, I),
        Value({t: T}, alpha * I),
        ConstantFrom(t, T),
        Continuous(t),
    ],
    source="Optax 0.2.8, docstring of cosine_decay_schedule; Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5",
)
