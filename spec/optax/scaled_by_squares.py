"""Optimizers that divide by the root of a sum, or of a mean, of squares."""

from sympy import IndexedBase, Piecewise, sqrt, symbols

from qedoc import FixedPoint, Parameter, Reals, Rule, Spec

t, alpha, gamma, epsilon, s_0 = symbols("t alpha gamma varepsilon s_0")
s, d, x, u, g = map(IndexedBase, "sdxug")

learning_rate = Parameter(alpha, "learning_rate", Reals(above=0), "learning rate")
eps = Parameter(epsilon, "eps", Reals(above=0), "added inside the root")

adagrad = Spec(
    target="optax.adagrad",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={s[t]: s[t - 1] + g[t] ** 2, u[t]: -alpha * Piecewise((g[t] / sqrt(s[t] + epsilon), s[t] > 0), (0, True))},
        start={s[0]: s_0},
    ),
    symbols=[learning_rate, Parameter(s_0, "initial_accumulator_value", Reals(least=0), "the sum before the first step"), eps],
    properties=[FixedPoint(0)],
    source="Optax 0.2.8, docstring of adagrad, with the initial sum that it leaves out",
)

rmsprop = Spec(
    target="optax.rmsprop",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={s[t]: gamma * s[t - 1] + (1 - gamma) * g[t] ** 2, u[t]: -alpha * g[t] / sqrt(s[t] + epsilon)},
        start={s[0]: s_0},
    ),
    symbols=[
        learning_rate,
        Parameter(gamma, "decay", Reals(least=0, below=1), "decay rate of the mean of squares"),
        eps,
        Parameter(s_0, "initial_scale", Reals(least=0), "the mean of squares before the first step"),
    ],
    properties=[FixedPoint(0)],
    source="Optax 0.2.8, docstring of rmsprop",
)

adadelta = Spec(
    target="optax.adadelta",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={
            s[t]: gamma * s[t - 1] + (1 - gamma) * g[t] ** 2,
            x[t]: sqrt(d[t - 1] + epsilon) / sqrt(s[t] + epsilon) * g[t],
            d[t]: gamma * d[t - 1] + (1 - gamma) * x[t] ** 2,
            u[t]: -alpha * x[t],
        },
        start={s[0]: 0, d[0]: 0},
    ),
    symbols=[learning_rate, Parameter(gamma, "rho", Reals(least=0, below=1), "decay rate of both means of squares"), eps],
    properties=[FixedPoint(0)],
    source="Optax 0.2.8, docstring of adadelta; Zeiler, ADADELTA, 2012, Algorithm 1",
)
