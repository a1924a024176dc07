"""Piecewise constant schedule with scaled jumps."""

from sympy import IndexedBase, Piecewise, Product, symbols

from qedoc import (
    Argument,
    Bounds,
    ConstantFrom,
    Dict,
    ForAll,
    Integers,
    Limit,
    NonIncreasing,
    Parameter,
    Reals,
    Size,
    Spec,
    Value,
    Variable,
)

I, n, i, t = symbols("I n i t")
b, f = IndexedBase("b"), IndexedBase("f")

init_value = Parameter(I, "init_value", Reals(), "initial value")
boundaries = Variable(b[i], Integers(least=0), "step from which the factor f_i counts")
count = Argument(t, "count", Integers(least=0), "step")

scaled = I * Product(Piecewise((f[i], t >= b[i]), (1, True)), (i, 1, n))

SOURCE = "Optax 0.2.8, docstring of piecewise_constant_schedule"

piecewise_constant = Spec(
    target="optax.piecewise_constant_schedule",
    formula=scaled,
    latex=r"I \prod_{i=1}^{n} \begin{cases} f_i & \text{if } t \geq b_i \\ 1 & \text{if } t < b_i \end{cases}",
    symbols=[
        init_value,
        Size(n, least=0, meaning="number of boundaries"),
        boundaries,
        Variable(f[i], Reals(least=0), "factor"),
        count,
    ],
    bind={"boundaries_and_scales": Dict(b[i], f[i], (i, 1, n))},
    where=[ForAll(b[i] < b[i + 1], (i, 1, n - 1))],
    source=SOURCE,
)

bounds = Spec(
    target="optax.piecewise_constant_schedule",
    name="bounds",
    formula=scaled,
    latex=r"I \prod_{i=1}^{n} \begin{cases} f_i & \text{if } t \geq b_i \\ 1 & \text{if } t < b_i \end{cases}",
    symbols=[
        init_value,
        Size(n, range(9), "number of boundaries"),
        boundaries,
        Variable(f[i], Reals(least=0), "factor"),
        count,
    ],
    bind={"boundaries_and_scales": Dict(b[i], f[i], (i, 1, n))},
    where=[ForAll(b[i] < b[i + 1], (i, 1, n - 1))],
    properties=[
        Bounds(lower=0, where=(I >= 0,)),
        Limit(t, I * Product(f[i], (i, 1, n))),
    ],
    source=SOURCE,
)

decay = Spec(
    target="optax.piecewise_constant_schedule",
    name="decay",
    formula=scaled,
    latex=r"I \prod_{i=1}^{n} \begin{cases} f_i & \text{if } t \geq b_i \\ 1 & \text{if } t < b_i \end{cases}",
    symbols=[
        init_value,
        Size(n, range(1, 4), "number of boundaries"),
        boundaries,
        Variable(f[i], Reals(least=0, most=1), "factor, at most 1"),
        count,
    ],
    bind={"boundaries_and_scales": Dict(b[i], f[i], (i, 1, n))},
    where=[ForAll(b[i] < b[i + 1], (i, 1, n - 1))],
    properties=[
        Bounds(lower=I * Product(f[i], (i, 1, n)), upper=I, where=(I >= 0,)),
        NonIncreasing(t, where=(I >= 0,)),
        Value({t: 0}, I, where=(b[1] > 0,)),
        Value({t: b[1]}, I * f[1]),
        Value({t: b[n]}, I * Product(f[i], (i, 1, n))),
        ConstantFrom(t, b[n]),
    ],
    source=SOURCE,
)
