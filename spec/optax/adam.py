"""Adam, and optimizers that change one of its lines."""

from sympy import Abs, IndexedBase, Max, sqrt, symbols

from qedoc import FixedPoint, Parameter, Reals, Rule, Spec

t, alpha, beta_1, beta_2, epsilon, epsilon_0, lamda = symbols("t alpha beta_1 beta_2 varepsilon varepsilon_0 lambda")
m, v, u, g, theta = map(IndexedBase, ("m", "v", "u", "g", "theta"))

learning_rate = Parameter(alpha, "learning_rate", Reals(above=0), "learning rate")
weight_decay = Parameter(lamda, "weight_decay", Reals(least=0), "strength of the weight decay")
b1 = Parameter(beta_1, "b1", Reals(least=0, below=1), "decay rate of the mean")
b2 = Parameter(beta_2, "b2", Reals(least=0, below=1), "decay rate of the mean of squares")
eps = Parameter(epsilon, "eps", Reals(above=0), "added outside of the root")
eps_root = Parameter(epsilon_0, "eps_root", Reals(least=0), "added inside the root")

mean = beta_1 * m[t - 1] + (1 - beta_1) * g[t]
squares = beta_2 * v[t - 1] + (1 - beta_2) * g[t] ** 2
corrected = m[t] / (1 - beta_1**t)
root = sqrt(v[t] / (1 - beta_2**t) + epsilon_0) + epsilon
ahead = beta_1 * m[t] / (1 - beta_1 ** (t + 1)) + (1 - beta_1) * g[t] / (1 - beta_1**t)
START = {m[0]: 0, v[0]: 0}

adam = Spec(
    target="optax.adam",
    formula=Rule(output=u[t], gradient=g[t], lines={m[t]: mean, v[t]: squares, u[t]: -alpha * corrected / root}, start=START),
    symbols=[learning_rate, b1, b2, eps, eps_root],
    properties=[FixedPoint(0)],
    source="Optax 0.2.8, docstring of adam; Kingma and Ba, Adam, 2015, Algorithm 1",
)

adamw = Spec(
    target="optax.adamw",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={m[t]: mean, v[t]: squares, u[t]: -alpha * (corrected / root + lamda * theta[t])},
        start=START,
        parameters=theta[t],
    ),
    symbols=[learning_rate, b1, b2, eps, eps_root, weight_decay],
    source="Optax 0.2.8, docstring of adamw",
)

nadam = Spec(
    target="optax.nadam",
    formula=Rule(output=u[t], gradient=g[t], lines={m[t]: mean, v[t]: squares, u[t]: -alpha * ahead / root}, start=START),
    symbols=[learning_rate, b1, b2, eps, eps_root],
    properties=[FixedPoint(0)],
    source="Optax 0.2.8, docstring of nadam; Dozat, Incorporating Nesterov Momentum into Adam, 2016",
)

nadamw = Spec(
    target="optax.nadamw",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={m[t]: mean, v[t]: squares, u[t]: -alpha * (ahead / root + lamda * theta[t])},
        start=START,
        parameters=theta[t],
    ),
    symbols=[learning_rate, b1, b2, eps, eps_root, weight_decay],
    source="Optax 0.2.8, docstring of nadamw",
)

adamax = Spec(
    target="optax.adamax",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={m[t]: mean, v[t]: Max(Abs(g[t]) + epsilon, beta_2 * v[t - 1]), u[t]: -alpha * corrected / v[t]},
        start=START,
    ),
    symbols=[learning_rate, b1, b2, eps],
    properties=[FixedPoint(0)],
    source="Optax 0.2.8, docstring of adamax; Kingma and Ba, Adam, 2015, Algorithm 2",
)

adabelief = Spec(
    target="optax.adabelief",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={
            m[t]: mean,
            v[t]: beta_2 * v[t - 1] + (1 - beta_2) * (g[t] - m[t]) ** 2 + epsilon_0,
            u[t]: -alpha * corrected / (sqrt(v[t] / (1 - beta_2**t)) + epsilon),
        },
        start=START,
    ),
    symbols=[learning_rate, b1, b2, eps, eps_root],
    properties=[FixedPoint(0)],
    source="Optax 0.2.8, docstring of adabelief",
)
