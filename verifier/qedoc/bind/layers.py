"""What letters of a layer are: matrices of weights, the vectors that they multiply, biases, and values at steps."""

import re
from dataclasses import dataclass

from qedoc.sources.docstrings import Documented

_SUBSCRIPT = r"(?:_(?:\{[A-Za-z]+\}|[A-Za-z]))"
_WEIGHT = re.compile(rf"(?<![A-Za-z\\_{{])([WwUVR]{_SUBSCRIPT}?)\s*([a-z](?:_(?:\{{[a-z](?:-1)?\}}|[a-z]))?)(?![A-Za-z_{{])")
"""A matrix before a vector."""

_BIAS = re.compile(rf"(?<![A-Za-z\\_{{])(b{_SUBSCRIPT}?)(?![A-Za-z_{{])")
_STEP = re.compile(r"^\s*([a-z])_\{?([a-z])\}?\s*&?\s*=(?=.*(?<![A-Za-z\\_{])\1_\{\2-1\})", re.DOTALL)
"""A state, and on the right the same one a step before."""

_INDEXED = re.compile(r"\\sum|\\prod|\\int|\\max_|\\min_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The letters of a layer, in LaTeX.

    Args:
        weights: the matrices.
        vectors: the vectors.
        step: the letter of the step; empty if there are no steps.
    """

    weights: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    step: str = ""


def letters_of(record: Documented) -> Letters:
    """Returns the letters of the formulas of an object that holds matrices, which write products without indices.

    Args:
        record: the object.
    """
    axes = {argument.axes for argument in record.arguments}
    displays = [formula.latex for formula in record.formulas if formula.display]
    if 2 not in axes or any(_INDEXED.search(latex) for latex in displays):
        return Letters()
    steps = {found[2] for latex in displays if (found := _STEP.match(latex))}
    step = steps.pop() if len(steps) == 1 else ""
    products = [pair for latex in displays for pair in _WEIGHT.findall(latex)]
    biases = {name for latex in displays for name in _BIAS.findall(latex)} if 1 in axes and products else set()
    return Letters(
        weights=frozenset(weight for weight, _ in products),
        vectors=frozenset({*biases, *(_at_step(vector, step) for _, vector in products)}),
        step=step,
    )


def _at_step(vector: str, step: str) -> str:
    """The name of a vector at a step as the reader writes it."""
    base, _, at = vector.partition("_")
    return f"{base}_previous" if step and at.strip("{}") == f"{step}-1" else vector
