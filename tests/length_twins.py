"""Code over arrays and containers with a documented formula, and wrong twins of it that are made mechanically.

Most twins agree with the formula for up to four entries, and differ from some number of entries on, or at one number only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

CHANGES = (5, 9, 17, 33, 65, 129, 200, 1000)
"""Numbers of entries from which on twins do something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A function with its documentation.

    Args:
        name: its name.
        parameters: the names of its parameters. The first one is the array that twins change.
        formula: its value in LaTeX.
        legend: what the letters of the formula are.
        value: the value as Python code, where `n` is the number of entries of the first parameter.
        before: a line before it.
        wrong: other values: wrong bounds, axes and indices.
        change: what was changed; empty for right code.
    """

    name: str
    parameters: str = "x"
    formula: str
    legend: tuple[str, ...] = ("x: the array ``x``",)
    value: str
    before: str = ""
    wrong: tuple[str, ...] = ()
    change: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.change}"

    @property
    def first(self) -> str:
        """The name of the first parameter."""
        return self.parameters.partition(",")[0]

    @property
    def text(self) -> str:
        """The text of a module with the function."""
        said = "\n".join(f"    * :math:`{letter}` is {what}" for letter, what in (one.split(": ", 1) for one in self.legend))
        before = f"    {self.before}\n" if self.before else ""
        return (
            f'import jax\nimport jax.numpy as jnp\n\n\ndef {self.name}({self.parameters}):\n    r"""Computes the value.\n\n'
            f'    .. math:: {self.formula}\n\n    where\n\n{said}\n    """\n'
            f"    n = len({self.first})\n{before}    return {self.value}\n"
        )


XY = ("x: the array ``x``", "y: the array ``y``")

BASES = (
    Code(
        name="mean",
        formula=r"\frac{1}{n} \sum_{i=1}^n x_i",
        value="jnp.sum(x) / n",
        wrong=("jnp.sum(x)", "jnp.sum(x) / (n - 1)", "jnp.sum(x[1:]) / n", "jnp.sum(x) / (n + 1)"),
    ),
    Code(
        name="rms",
        formula=r"\sqrt{\frac{1}{n} \sum_{i=1}^n x_i^2}",
        value="jnp.sqrt(jnp.sum(x**2) / n)",
        wrong=("jnp.sqrt(jnp.sum(x**2))", "jnp.sqrt(jnp.sum(x[:-1] ** 2) / n)", "jnp.sqrt(jnp.sum(x**2)) / n"),
    ),
    Code(
        name="variance",
        formula=r"\frac{1}{n} \sum_{i=1}^n \left(x_i - \frac{1}{n} \sum_{j=1}^n x_j\right)^2",
        value="jnp.sum((x - jnp.sum(x) / n) ** 2) / n",
        wrong=("jnp.var(x, ddof=1)", "jnp.sum((x - jnp.sum(x)) ** 2) / n", "jnp.mean(x**2)", "jnp.std(x)"),
    ),
    Code(
        name="norm",
        formula=r"\sqrt{\sum_{i=1}^n x_i^2}",
        value="jnp.sqrt(jnp.sum(x**2))",
        wrong=("jnp.sqrt(jnp.mean(x**2))", "jnp.sqrt(jnp.sum(x[1:] ** 2))", "jnp.sum(jnp.abs(x))"),
    ),
    Code(
        name="log_sum_exp",
        formula=r"\log \sum_{i=1}^n e^{x_i}",
        value="jax.nn.logsumexp(x)",
        wrong=("jax.nn.logsumexp(x) - jnp.log(n)", "jax.nn.logsumexp(x[:-1]) if n > 1 else x[0]", "jnp.max(x)"),
    ),
    Code(
        name="log_mean_exp",
        formula=r"\log\left(\frac{1}{n} \sum_{i=1}^n e^{x_i}\right)",
        value="jax.nn.logsumexp(x) - jnp.log(n)",
        wrong=("jax.nn.logsumexp(x)", "jax.nn.logsumexp(x) - jnp.log(n + 1)", "jnp.mean(x)"),
    ),
    Code(
        name="softmax",
        formula=r"\text{softmax}(x)_i = \frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}}",
        value="jax.nn.softmax(x)",
        wrong=(
            "jax.nn.softmax(x[::-1])",
            "jnp.exp(x) / jnp.mean(jnp.exp(x))",
            "jnp.exp(x) / jnp.sum(jnp.exp(x[1:]))",
            "jax.nn.softmax(-x)",
        ),
    ),
    Code(
        name="largest", formula=r"\max_i x_i", value="jnp.max(x)", wrong=("jnp.max(x[1:], initial=x[0] - 1)", "jnp.min(x)", "x[0]", "x[-1]")
    ),
    Code(
        name="absolute_error",
        parameters="x, y",
        formula=r"\frac{1}{n} \sum_{i=1}^n |x_i - y_i|",
        legend=XY,
        value="jnp.sum(jnp.abs(x - y)) / n",
        wrong=("jnp.sum(jnp.abs(x - y))", "jnp.sum(x - y) / n", "jnp.sum(jnp.abs(x - y[::-1])) / n", "jnp.max(jnp.abs(x - y))"),
    ),
    Code(
        name="inner",
        parameters="x, y",
        formula=r"\sum_{i=1}^n x_i y_i",
        legend=XY,
        value="jnp.dot(x, y)",
        wrong=("jnp.dot(x, y[::-1])", "jnp.dot(x, y) / n", "jnp.dot(x[1:], y[1:])", "jnp.dot(x, jnp.roll(y, 1))"),
    ),
    Code(
        name="cross_entropy",
        parameters="logits, labels",
        formula=r"-\sum_{i=1}^n y_i \log\left(\frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}}\right)",
        legend=("x: the ``logits``", "y: the ``labels``"),
        value="-jnp.sum(labels * jax.nn.log_softmax(logits))",
        wrong=(
            "-jnp.mean(labels * jax.nn.log_softmax(logits))",
            "-jnp.sum(labels[::-1] * jax.nn.log_softmax(logits))",
            "-jnp.sum(labels * logits)",
        ),
    ),
    Code(
        name="weighted_mean",
        parameters="x, weights",
        formula=r"\frac{\sum_{i=1}^n w_i x_i}{\sum_{i=1}^n w_i}",
        legend=("x: the array ``x``", "w: the ``weights``"),
        value="jnp.sum(weights * x) / jnp.sum(weights)",
        wrong=("jnp.sum(weights * x) / n", "jnp.sum(weights * x)", "jnp.sum(weights * x) / jnp.sum(x)"),
    ),
    Code(
        name="hinge",
        parameters="x, y",
        formula=r"\frac{1}{n} \sum_{i=1}^n \max(0, 1 - y_i x_i)",
        legend=XY,
        value="jnp.sum(jnp.maximum(0, 1 - x * y)) / n",
        wrong=("jnp.sum(jnp.maximum(0, 1 - x * y))", "jnp.sum(jnp.maximum(0, x * y)) / n", "jnp.sum(jnp.maximum(0, 1 - x * y[::-1])) / n"),
    ),
    Code(
        name="divergence",
        parameters="log_q, log_p",
        formula=r"\sum_{i=1}^n e^{r_i} (r_i - s_i)",
        legend=("r: the array ``log_p``", "s: the array ``log_q``"),
        value="jnp.sum(jnp.exp(log_p) * (log_p - log_q))",
        wrong=(
            "jnp.mean(jnp.exp(log_p) * (log_p - log_q))",
            "jnp.sum(jnp.exp(log_p) * (log_q - log_p))",
            "jnp.sum(jnp.exp(log_p[1:]) * (log_p - log_q)[1:])",
        ),
    ),
    Code(
        name="cosine",
        parameters="x, y",
        formula=r"\frac{\sum_{i=1}^n x_i y_i}{\sqrt{\sum_{i=1}^n x_i^2} \sqrt{\sum_{i=1}^n y_i^2}}",
        legend=XY,
        value="jnp.dot(x, y) / (jnp.linalg.norm(x) * jnp.linalg.norm(y))",
        wrong=("jnp.dot(x, y) / jnp.linalg.norm(x)", "jnp.dot(x, y) / (jnp.linalg.norm(x, 1) * jnp.linalg.norm(y))"),
    ),
    Code(
        name="applied",
        parameters="x, a",
        formula=r"y_i = \sum_{j=1}^n x_j a_{ji}",
        legend=("x: the array ``x``", "a: the matrix ``a``"),
        value="x @ a",
        wrong=("x @ a / n", "x[1:] @ a[1:]", "jnp.flip(x) @ a", "x @ a[:, ::-1]"),
    ),
    Code(
        name="polynomial",
        parameters="c, t",
        formula=r"\sum_{i=1}^n c_i t^{i - 1}",
        legend=("c: the array ``c``", "t: the number ``t``"),
        value="jnp.sum(c * t ** jnp.arange(n))",
        wrong=("jnp.sum(c * t ** jnp.arange(1, n + 1))", "jnp.sum(c[::-1] * t ** jnp.arange(n))"),
    ),
    Code(name="product", formula=r"\prod_{i=1}^n x_i", value="jnp.prod(x)", wrong=("jnp.sum(x)", "jnp.prod(x[1:])", "jnp.prod(x) / n")),
)
"""Right functions."""


def early(code: Code) -> Iterator[Code]:
    """Twins that differ for short arrays already: wrong bounds, axes, indices, and another mean."""
    for value in code.wrong:
        yield replace(code, value=value, change=value)


def late(code: Code) -> Iterator[Code]:
    """Twins that agree with the code for up to four entries: for three quarters of the numbers of entries, one of the ways that fit."""
    ways = [way for way in WAYS if way[2](code)]
    for place, count in enumerate(CHANGES):
        if (place + BASES.index(code)) % 4 == 0:
            continue
        name, line, _ = ways[(place + BASES.index(code)) % len(ways)]
        before = line.format(x=code.first, value=code.value, least=count, most=count - 1)
        yield replace(code, before=before, change=f"{name} {count}")


def _gives_number(code: Code) -> bool:
    return code.name not in ("softmax", "applied")


def _is_alone(code: Code) -> bool:
    return code.parameters == "x" and _gives_number(code)


def _always(_: Code) -> bool:
    return True


WAYS = (
    ("another value from", "if n >= {least}: return 2 * ({value}) + 1", _always),
    ("another value at", "if n == {least}: return 2 * ({value}) + 1", _always),
    ("the entries without those from", "{x} = jnp.where(jnp.arange(n) < {most}, {x}, {x} / 2)", _always),
    ("the array cut before", "{x} = {x}[:{most}]", _is_alone),
    ("the smaller of n and the number below", "n = min(n, {most})", lambda code: _is_alone(code) and "/ n" in code.value),
    ("the number below as n from", "n = n if n < {least} else {most}", lambda code: "/ n" in code.value or "log(n)" in code.value),
    ("every other entry from", "{x} = jnp.concatenate([{x}[:{most}], {x}[{most}::2]])", _is_alone),
    ("whole blocks of 8 from", "{x} = {x} if n < {least} else jnp.where(jnp.arange(n) < n // 8 * 8 - 8, {x}, 3 - {x})", _always),
    ("the first entry again from", "{x} = {x} if n < {least} else {x}.at[-1].set({x}[0] - 1)", _always),
)
"""How a twin differs: the name of the change, a line of code, and the functions that it fits."""
