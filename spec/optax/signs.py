"""Optimizers that use the sign of a gradient or of a momentum."""

from sympy import IndexedBase, sign, symbols

from qedoc import Bounds, FixedPoint, Homogeneous, Parameter, Reals, Rule, RuleProperty, Spec

t, alpha, beta_1, beta_2, lamda = symbols("t alpha beta_1 beta_2 lambda")
m, u, g, theta = map(IndexedBase, ("m", "u", "g", "theta"))

learning_rate = Parameter(alpha, "learning_rate", Reals(above=0), "learning rate")
SIGN: list[RuleProperty] = [FixedPoint(0), Homogeneous(0), Bounds(lower=-alpha, upper=alpha)]

sign_sgd = Spec(
    target="optax.sign_sgd",
    formula=Rule(output=u[t], gradient=g[t], lines={u[t]: -alpha * sign(g[t])}),
    symbols=[learning_rate],
    properties=SIGN,
    source="Optax 0.2.8, docstring of sign_sgd",
)

signum = Spec(
    target="optax.signum",
    formula=Rule(
        output=u[t], gradient=g[t], lines={m[t]: beta_1 * m[t - 1] + (1 - beta_1) * g[t], u[t]: -alpha * sign(m[t])}, start={m[0]: 0}
    ),
    symbols=[learning_rate, Parameter(beta_1, "beta", Reals(least=0, below=1), "decay rate of the mean")],
    properties=SIGN,
    source="Optax 0.2.8, docstring of signum",
)

lion = Spec(
    target="optax.lion",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={
            m[t]: beta_2 * m[t - 1] + (1 - beta_2) * g[t],
            u[t]: -alpha * (sign(beta_1 * m[t - 1] + (1 - beta_1) * g[t]) + lamda * theta[t]),
        },
        start={m[0]: 0},
        parameters=theta[t],
    ),
    symbols=[
        learning_rate,
        Parameter(beta_1, "b1", Reals(least=0, below=1), "decay rate in the update"),
        Parameter(beta_2, "b2", Reals(least=0, below=1), "decay rate of the mean"),
        Parameter(lamda, "weight_decay", Reals(least=0), "strength of the weight decay"),
    ],
    properties=[Homogeneous(0)],
    source="Optax 0.2.8, docstring of lion",
)
