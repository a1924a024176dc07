"""What Optax said of its piecewise constant schedule up to 0.2.4."""

from sympy import IndexedBase, Piecewise, Product, symbols

from qedoc import Argument, Dict, ForAll, Integers, Parameter, Reals, Size, Spec, Variable

I, n, i, s = symbols("I n i s")
b, f = IndexedBase("b"), IndexedBase("f")

docs_0_2_4 = Spec(
    target="optax.piecewise_constant_schedule",
    name="docs-0.2.4",
    formula=I * Product(Piecewise((f[i], b[i] < s), (1, True)), (i, 1, n)),
    latex=r"I \prod_{i=1}^{n} \begin{cases} f_i & \text{if } b_i < s \\ 1 & \text{if } b_i \geq s \end{cases}",
    symbols=[
        Parameter(I, "init_value", Reals(), "initial value"),
        Size(n, (1, 2), "number of boundaries"),
        Variable(b[i], Integers(least=0), "boundary"),
        Variable(f[i], Reals(least=0), "scaling factor"),
        Argument(s, "count", Integers(least=0), "step"),
    ],
    bind={"boundaries_and_scales": Dict(b[i], f[i], (i, 1, n))},
    where=[ForAll(b[i] < b[i + 1], (i, 1, n - 1))],
    source="Optax 0.2.0 to 0.2.4, docstring of piecewise_constant_schedule",
)
