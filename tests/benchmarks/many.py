"""A project of many small claims, each of a function of its own, all true."""

from pathlib import Path

SHAPES = (
    ("{k} * x + a", "{k} * x + a"),
    ("x * x - {k} * a * x", "x**2 - {k} * a * x"),
    ("jnp.where(x < {k}, x, {k} + a * (x - {k}))", "Piecewise((x, x < {k}), ({k} + a * (x - {k}), True))"),
    ("jnp.maximum(x, {k}) - a", "Max(x, {k}) - a"),
    ("jnp.tanh(x) + {k} * a", "tanh(x) + {k} * a"),
    ("jnp.exp(-x * x) * {k} + a", "{k} * exp(-(x**2)) + a"),
    ("jnp.clip(x, -{k}, {k}) * a", "Min(Max(x, -{k}), {k}) * a"),
    ("a / (1 + {k} * x * x)", "a / (1 + {k} * x**2)"),
    ("jnp.abs(x - {k}) + a", "Abs(x - {k}) + a"),
    ("jnp.cos(x) * a + {k}", "a * cos(x) + {k}"),
)
"""Code and formula of each kind."""

HEAD = """\
from sympy import Abs, Max, Min, Piecewise, cos, exp, symbols, tanh
from qedoc import Parameter, Reals, Spec
x, a = symbols("x a")
SYMBOLS = [Parameter(x, "x", Reals(), "input"), Parameter(a, "a", Reals(least=0, most=1), "weight")]
"""


def project(folder: Path, claims: int, in_file: int = 10) -> Path:
    """Writes a project with so many claims; gives its folder."""
    (folder / "spec").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.qedoc]\n")
    code = ["import jax.numpy as jnp\n"]
    for start in range(0, claims, in_file):
        lines = [HEAD]
        for number in range(start, min(claims, start + in_file)):
            body, formula = (text.format(k=number // len(SHAPES) + 1) for text in SHAPES[number % len(SHAPES)])
            code.append(f"def f{number}(x, a):\n    return {body}\n")
            lines.append(f'c{number} = Spec(target="many_targets.f{number}", formula={formula}, symbols=SYMBOLS)')
        (folder / "spec" / f"s{start:05}.py").write_text("\n".join(lines) + "\n")
    (folder / "many_targets.py").write_text("\n\n".join(code))
    return folder
