"""Linear or cosine interpolation between accumulated scales."""

from sympy import Eq, IndexedBase, Max, Min, Piecewise, Product, Sum, cos, pi, symbols

from qedoc import (
    Argument,
    Bounds,
    ConstantFrom,
    Continuous,
    Declaration,
    Dict,
    ForAll,
    Integers,
    Parameter,
    Property,
    Reals,
    Size,
    Spec,
    Value,
    Variable,
)

I, n, k, j, t = symbols("I n k j t")
b, f = IndexedBase("b"), IndexedBase("f")

start = Piecewise((0, Eq(k, 1)), (b[k - 1], True))
before = I * Product(f[j], (j, 1, k - 1))
after = I * Product(f[j], (j, 1, k))
# How much of segment k, from b_(k-1) to b_k, is behind step t: 0 before it, 1 after it.
progress = Max(0, Min(b[k], t) - start) / (b[k] - start)

declared: list[Declaration] = [
    Parameter(I, "init_value", Reals(), "initial value"),
    Size(n, range(1, 4), "number of boundaries"),
    # A boundary at step 0 leaves the first segment without a length.
    Variable(b[k], Integers(least=1), "step at which the value has been scaled by f_1 ... f_k"),
    Variable(f[k], Reals(least=0), "factor"),
    Argument(t, "count", Integers(least=0), "step"),
]
increasing = ForAll(b[k] < b[k + 1], (k, 1, n - 1))
promises: list[Property] = [
    Bounds(lower=0, where=(I >= 0,)),
    Value({t: 0}, I),
    Value({t: b[1]}, I * f[1]),
    Value({t: b[n]}, I * Product(f[k], (k, 1, n))),
    ConstantFrom(t, b[n]),
    Continuous(t),
]

SOURCE = "Optax 0.2.8, docstring of piecewise_interpolate_schedule"

linear = Spec(
    target="optax.piecewise_interpolate_schedule",
    name="linear",
    formula=I + Sum((after - before) * progress, (k, 1, n)),
    symbols=declared,
    bind={"interpolate_type": "linear", "boundaries_and_scales": Dict(b[k], f[k], (k, 1, n))},
    where=[increasing],
    properties=promises,
    source=SOURCE,
)

cosine = Spec(
    target="optax.piecewise_interpolate_schedule",
    name="cosine",
    formula=I + Sum((after - before) * (1 - cos(pi * progress)) / 2, (k, 1, n)),
    symbols=declared,
    bind={"interpolate_type": "cosine", "boundaries_and_scales": Dict(b[k], f[k], (k, 1, n))},
    where=[increasing],
    properties=promises,
    source=SOURCE,
)
