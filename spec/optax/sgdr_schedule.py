"""Cosine decay with warm restarts."""

from sympy import Eq, IndexedBase, Min, Ne, Piecewise, Sum, cos, pi, symbols

from qedoc import (
    Argument,
    ConstantFrom,
    ForAll,
    Integers,
    List,
    Reals,
    Size,
    Spec,
    Value,
    Variable,
)

n, i, j, t = symbols("n i j t")
I, P, W, T, E, p = map(IndexedBase, ("I", "P", "W", "T", "E", "p"))

since = t - Sum(T[j], (j, 1, i - 1))
cycle = Piecewise(
    (I[i] + (P[i] - I[i]) * since / W[i], since < W[i]),
    (
        E[i] + (P[i] - E[i]) * ((1 + cos(pi * Min(since - W[i], T[i] - W[i]) / (T[i] - W[i]))) / 2) ** p[i],
        True,
    ),
)
last_start = Sum(T[j], (j, 1, n - 1))
end = Sum(T[j], (j, 1, n))

sgdr = Spec(
    target="optax.sgdr_schedule",
    formula=Sum(Piecewise((cycle, (since >= 0) & ((since < T[i]) | Eq(i, n))), (0, True)), (i, 1, n)),
    symbols=[
        Size(n, range(1, 3), "number of cycles"),
        Variable(I[i], Reals(), "initial value of cycle i"),
        Variable(P[i], Reals(), "value after the warmup of cycle i"),
        Variable(W[i], Integers(least=0), "steps of the warmup of cycle i"),
        Variable(T[i], Integers(least=1), "steps of cycle i, with its warmup"),
        Variable(E[i], Reals(), "end value of cycle i"),
        Variable(p[i], Reals(above=0), "exponent of the decay curve of cycle i"),
        Argument(t, "step", Integers(least=0), "step"),
    ],
    bind={
        "cosine_kwargs": List(
            {
                "init_value": I[i],
                "peak_value": P[i],
                "warmup_steps": W[i],
                "decay_steps": T[i],
                "end_value": E[i],
                "exponent": p[i],
            },
            (i, 1, n),
        )
    },
    where=[
        ForAll(W[i] < T[i], (i, 1, n)),
        ForAll(Ne(P[i], 0), (i, 1, n)),  # as for warmup_cosine_decay_schedule
    ],
    properties=[
        Value({t: 0}, I[1], where=(W[1] > 0,)),
        Value({t: W[1]}, P[1]),
        Value({t: last_start}, I[n], where=(W[n] > 0,)),
        Value({t: last_start + W[n]}, P[n]),
        Value({t: end}, E[n]),
        ConstantFrom(t, end),
    ],
    source="Optax 0.2.8, docstring of sgdr_schedule; Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5",
)
