"""Schedules one after another."""

from sympy import Eq, Function, IndexedBase, Lambda, Piecewise, Sum, symbols

from qedoc import Argument, ForAll, Functions, Integers, List, Size, Spec, Value, Variable

n, i, t, x = symbols("n i t x")
b = IndexedBase("b")
s = Function("s")

start = Piecewise((0, Eq(i, 1)), (b[i - 1], True))

joined = Sum(Piecewise((s(i, t - start), (t >= start) & ((t < b[i]) | Eq(i, n))), (0, True)), (i, 1, n))

schedules = Variable(s, Functions(), "the schedules, s(i, x) for schedule i at its step x")
boundaries = Variable(b[i], Integers(least=0), "step at which schedule i + 1 takes over")
step = Argument(t, "step", Integers(least=0), "step")

bind = {"schedules": List(Lambda(x, s(i, x)), (i, 1, n)), "boundaries": List(b[i], (i, 1, n - 1))}

# A boundary before the one that precedes it would make "the previous boundary" ambiguous; an equal one leaves a schedule unused.
where = [ForAll(b[i] <= b[i + 1], (i, 1, n - 2))]

SOURCE = "Optax 0.2.8, docstring of join_schedules"

join = Spec(
    target="optax.join_schedules",
    formula=joined,
    symbols=[Size(n, least=1, meaning="number of schedules"), schedules, boundaries, step],
    bind=bind,
    where=where,
    source=SOURCE,
)

last = Spec(
    target="optax.join_schedules",
    name="last",
    formula=joined,
    symbols=[Size(n, range(1, 5), "number of schedules"), schedules, boundaries, step],
    bind=bind,
    where=where,
    properties=[Value({t: start.subs(i, n)}, s(n, 0))],
    source=SOURCE,
)
