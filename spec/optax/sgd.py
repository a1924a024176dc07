"""Stochastic gradient descent: plain, with momentum, and with Nesterov momentum."""

from sympy import IndexedBase, symbols

from qedoc import FixedPoint, Homogeneous, Parameter, Reals, Rule, RuleProperty, Spec

t, alpha, mu = symbols("t alpha mu")
m, u, g = map(IndexedBase, "mug")

learning_rate = Parameter(alpha, "learning_rate", Reals(above=0), "learning rate")
momentum = Parameter(mu, "momentum", Reals(least=0, below=1), "decay rate of the momentum")
LINEAR: list[RuleProperty] = [FixedPoint(0), Homogeneous(1)]
SOURCE = "Optax 0.2.8, docstring of sgd"

plain = Spec(
    target="optax.sgd",
    formula=Rule(output=u[t], gradient=g[t], lines={u[t]: -alpha * g[t]}),
    symbols=[learning_rate],
    properties=LINEAR,
    source=SOURCE,
)

with_momentum = Spec(
    target="optax.sgd",
    name="momentum",
    formula=Rule(output=u[t], gradient=g[t], lines={m[t]: g[t] + mu * m[t - 1], u[t]: -alpha * m[t]}, start={m[0]: 0}),
    symbols=[learning_rate, momentum],
    properties=LINEAR,
    source=SOURCE,
)

nesterov = Spec(
    target="optax.sgd",
    name="nesterov",
    formula=Rule(output=u[t], gradient=g[t], lines={m[t]: g[t] + mu * m[t - 1], u[t]: -alpha * (g[t] + mu * m[t])}, start={m[0]: 0}),
    symbols=[learning_rate, momentum],
    bind={"nesterov": True},
    properties=LINEAR,
    source=SOURCE,
)
