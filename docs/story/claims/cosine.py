"""What was written about Optax's cosine decay, version by version; only the last is right."""

from sympy import Min, Piecewise, Rational, cos, pi, symbols

from qedoc import Argument, Integers, Parameter, Reals, Spec

I, T, alpha, p, t = symbols("I T alpha p t")

TARGET = "optax.cosine_decay_schedule"
init_value = Parameter(I, "init_value", Reals(), "initial value")
decay_steps = Parameter(T, "decay_steps", Integers(least=1), "steps of the decay")
floor = Parameter(alpha, "alpha", Reals(), "final value as a fraction of the initial value")
count = Argument(t, "count", Integers(least=0), "step")

# The power of a negative cosine is a real number for integer exponents only.
whole = Parameter(p, "exponent", Integers(least=1), "exponent of the decay curve")
real = Parameter(p, "exponent", Reals(above=0), "exponent of the decay curve")

half = Rational(1, 2)
curve = (1 - alpha) * I * half * (1 + cos(pi * t / T) ** p)

docs_0_2_0 = Spec(
    target=TARGET,
    name="docs-0.2.0",
    formula=curve + alpha,
    latex=r"\frac{I (1 - \alpha)}{2}(1+\cos(\pi\,\frac{t}{T})^p) + \alpha",
    symbols=[init_value, decay_steps, floor, whole, count],
    source="Optax 0.2.0 to 0.2.3, docstring of cosine_decay_schedule",
)
docs_0_2_4 = Spec(
    target=TARGET,
    name="docs-0.2.4",
    formula=Piecewise((curve + I * alpha, t <= T), (I * alpha, True)),
    latex=(
        r"\begin{cases} "
        r"\frac{I (1 - \alpha)}{2}(1+\cos(\pi\,\frac{t}{T})^p) + I \alpha & \text{if } t \leq T \\ "
        r"I \alpha & \text{if } t > T "
        r"\end{cases}"
    ),
    symbols=[init_value, decay_steps, floor, whole, count],
    source="Optax 0.2.4, docstring of cosine_decay_schedule",
)
article = Spec(
    target=TARGET,
    name="article",
    formula=I * half * (1 + cos(pi * Min(t, T) / T)) + alpha,
    latex=r"\frac{I}{2} \left( 1 + \cos\left( \pi\, \frac{\min(t, T)}{T} \right) \right) + \alpha",
    symbols=[init_value, decay_steps, floor, count],
    source="an article on the correction",
)
docs_0_2_5 = Spec(
    target=TARGET,
    name="docs-0.2.5",
    formula=Piecewise((alpha * I + (1 - alpha) * I * (half * (1 + cos(pi * t / T))) ** p, t <= T), (alpha * I, True)),
    latex=(
        r"\begin{cases} "
        r"\alpha I + (1 - \alpha) I \left[ \frac{1}{2} \left( 1+ \cos \left( \pi\,\frac{t}{T} \right) \right) "
        r"\right] ^p "
        r"& \text{, if } t \leq T \\ "
        r"\alpha I & \text{, if } t > T "
        r"\end{cases}"
    ),
    symbols=[init_value, decay_steps, floor, real, count],
    source="Optax 0.2.5 to 0.2.8, docstring of cosine_decay_schedule",
)

# One mistake at a time: what is left of the first formula when the others are corrected.
forever = Spec(
    target=TARGET,
    name="forever",
    formula=alpha * I + (1 - alpha) * I * half * (1 + cos(pi * t / T)),
    latex=r"\alpha I + (1 - \alpha) \frac{I}{2} \left( 1 + \cos\left( \pi\, \frac{t}{T} \right) \right)",
    symbols=[init_value, decay_steps, floor, count],
    source="the first formula, with nothing wrong but that it has no end",
)
absolute = Spec(
    target=TARGET,
    name="absolute",
    formula=alpha + (1 - alpha) * I * half * (1 + cos(pi * Min(t, T) / T)),
    latex=r"\alpha + (1 - \alpha) \frac{I}{2} \left( 1 + \cos\left( \pi\, \frac{\min(t, T)}{T} \right) \right)",
    symbols=[init_value, decay_steps, floor, count],
    source="the first formula, with nothing wrong but alpha by itself",
)
