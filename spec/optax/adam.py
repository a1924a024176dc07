"""Adam and the rules that are built like it."""

from sympy import IndexedBase, sqrt, symbols

from qedoc import Parameter, Reals, Rule, Spec

t, alpha, beta_1, beta_2, epsilon, epsilon_0 = symbols("t alpha beta_1 beta_2 varepsilon varepsilon_0")
m, v, u, g = map(IndexedBase, "mvug")

adam = Spec(
    target="optax.adam",
    formula=Rule(
        output=u[t],
        gradient=g[t],
        lines={
            m[t]: beta_1 * m[t - 1] + (1 - beta_1) * g[t],
            v[t]: beta_2 * v[t - 1] + (1 - beta_2) * g[t] ** 2,
            u[t]: -alpha * m[t] / (1 - beta_1**t) / (sqrt(v[t] / (1 - beta_2**t) + epsilon_0) + epsilon),
        },
        start={m[0]: 0, v[0]: 0},
    ),
    symbols=[
        Parameter(alpha, "learning_rate", Reals(above=0), "learning rate"),
        Parameter(beta_1, "b1", Reals(least=0, below=1), "decay rate of the mean"),
        Parameter(beta_2, "b2", Reals(least=0, below=1), "decay rate of the mean of squares"),
        Parameter(epsilon, "eps", Reals(above=0), "added outside of the root"),
        Parameter(epsilon_0, "eps_root", Reals(least=0), "added inside the root"),
    ],
    source="Optax 0.2.8, docstring of adam; Kingma and Ba, Adam, 2015",
)
