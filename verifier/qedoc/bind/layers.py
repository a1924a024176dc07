"""What letters of a layer are: matrices of weights, the vectors that they multiply, biases, and values at steps."""

import re
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.bind.annotations import axes_of, returned_by
from qedoc.bind.members import Aim
from qedoc.claims.members import CALL, member
from qedoc.claims.transformed import Transformed
from qedoc.errors import TargetError
from qedoc.sources.docstrings import Documented, about
from qedoc.sources.objects import named

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
        columns: the parameters that are vectors, as their annotations say, of a function whose result is a number.
    """

    weights: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    step: str = ""
    columns: frozenset[str] = frozenset()


def letters_of(record: Documented) -> Letters:
    """Returns the letters of the formulas of an object that holds matrices, which write products without indices.

    Args:
        record: the object.
    """
    columns = _columns(record)
    displays = [formula.latex for formula in record.formulas if formula.display]
    products = [pair for latex in displays for pair in _WEIGHT.findall(latex)]
    if not products or any(_INDEXED.search(latex) for latex in displays):
        return Letters(vectors=columns, columns=columns)
    axes = {argument.axes for argument in _called(record).arguments}
    if 2 not in axes:
        return Letters(vectors=columns, columns=columns)
    steps = {found[2] for latex in displays if (found := _STEP.match(latex))}
    step = steps.pop() if len(steps) == 1 else ""
    biases = {name for latex in displays for name in _BIAS.findall(latex)} if 1 in axes else set()
    return Letters(
        weights=frozenset(weight for weight, _ in products),
        vectors=frozenset({*biases, *(_at_step(vector, step) for _, vector in products), *columns}),
        step=step,
        columns=columns,
    )


def next_state(record: Documented, left: Any) -> Aim | None:
    """Returns that a formula is about what a recurrent cell returns, if its left side is the state after the step: `h_t` or `h'`.

    Args:
        record: the docstring of the cell.
        left: the left side of the formula.
    """
    letters = letters_of(record)
    name = left.name if isinstance(left, sp.Symbol) else ""
    base, _, at = name.partition("_")
    primed = name.endswith("'") and name[:-1] in letters.vectors
    if not (primed or (at and at == letters.step and f"{base}_previous" in letters.vectors)):
        return None
    owner = named(record.owner)
    called = member(owner, CALL) if isinstance(owner, type) and callable(getattr(owner, CALL, None)) else None
    results = called.holds.results if called is not None and isinstance(called.holds, Transformed) else 0
    entry = (0,) if results > 1 else ()
    return Aim(member=CALL, quantity="value", value="x", words=f"{left} is the next state", by_head=True, entry=entry) if results else None


def _columns(record: Documented) -> frozenset[str]:
    """The parameters that are vectors by their annotations, if the result is a number. The code is about their entries together."""
    called = _called(record)
    if record.owner == record.name and not record.target and called is record:
        return frozenset()
    columns = frozenset(argument.name for argument in called.arguments if axes_of(argument.annotation) == 1)
    return columns if columns and axes_of(returned_by(called.path)) == 0 else frozenset()


def _called(record: Documented) -> Documented:
    """The record of what an object computes when it is called, for that of its class."""
    try:
        return about(record, CALL) if record.owner == record.name and not record.target else record
    except TargetError:
        return record


def _at_step(vector: str, step: str) -> str:
    """The name of a vector at a step as the reader writes it."""
    base, _, at = vector.partition("_")
    return f"{base}_previous" if step and at.strip("{}") == f"{step}-1" else vector
