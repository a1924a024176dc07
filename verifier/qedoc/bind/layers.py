"""What letters of a layer are: matrices of weights, the vectors that they multiply, biases, and values at steps."""

import re
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.bind.annotations import axes_of, returned_by
from qedoc.bind.members import Aim
from qedoc.claims.members import CALL, member
from qedoc.claims.modules import MAPPED, ONE_GROUP
from qedoc.claims.transformed import Transformed
from qedoc.errors import TargetError
from qedoc.read.subscripts import PREVIOUS
from qedoc.sources.docstrings import Documented, about
from qedoc.sources.objects import named

_SUBSCRIPT = r"(?:_(?:\{[A-Za-z]+\}|[A-Za-z]))"
_VECTOR = r"[a-z](?:_(?:\{[a-z](?:-1)?\}|[a-z]))?"
_MATRIX = rf"(?<![A-Za-z\\_{{])([WwUVR]{_SUBSCRIPT}?)"
_WEIGHT = re.compile(rf"{_MATRIX}\s*({_VECTOR})(?![A-Za-z_{{])")
"""A matrix before a vector."""

_BEFORE_BRACKET = re.compile(rf"(?<![A-Za-z\\_{{])([WUVR]{_SUBSCRIPT})\s*(?:\\left\s*)?\(")
"""A matrix with a subscript before a bracket."""

_BIAS = re.compile(rf"(?<![A-Za-z\\_{{])(b{_SUBSCRIPT}?)(?![A-Za-z_{{])")
_ROW = re.compile(r"^\s*([a-z])(?:_(?:\{([a-z])\}|([a-z])))?('?)\s*&?\s*=([^=]*)$", re.DOTALL)
"""A row of a display that gives one letter a value."""

_OUTSIDE = re.compile(r"\\(?:begin|end)\{\w+\*?\}(?:\{[lcr|]*\})?")
_GROUPS = re.compile(
    r"\b(?:split|divid|partition)\w*\b[^.]{0,120}?\b(?:arrays|groups|parts|pieces|blocks|chunks)\s*(?::math:`|\$)\s*"
    r"[A-Za-z]_(?:\{([a-z])\}|([a-z]))\s*[`$]"
)
"""The groups of an array with their letter."""

_LISTED = re.compile(r"[`$]\s*([A-Za-z])\s*=\s*[\[(]\s*\1_1\s*,\s*(?:\\[lc]?dots|\.{3})\s*,?\s*\1_(?:\w|\{\w\})\s*[\])]")
"""An array with its entries: `x = [x_1, ..., x_C]`."""

_OVER_BATCH = re.compile(
    r"\b(?:mean|expectation|variance|statistic|standard deviation)s?\b[^.]{0,80}\b(?:over|across|along)\b[^.]{0,80}\bbatch\b", re.IGNORECASE
)
"""Words that say that statistics are those of the batch."""

_INDEXED = re.compile(r"\\sum|\\prod|\\int|\\max_|\\min_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The letters of a layer, in LaTeX.

    Args:
        weights: the matrices.
        vectors: the vectors.
        step: the letter of the step; empty if there are no steps.
        group: the letter that numbers the groups into which the layer divides an array, if it is compared for one group; else empty.
        channel: the letter that numbers the channels of a batch over which the layer is mapped; empty if it is not.
        columns: the parameters that are vectors, as their annotations say, of a function whose result is a number.
    """

    weights: frozenset[str] = frozenset()
    vectors: frozenset[str] = frozenset()
    step: str = ""
    group: str = ""
    channel: str = ""
    columns: frozenset[str] = frozenset()


def letters_of(record: Documented) -> Letters:
    """Returns the letters of the formulas of an object that holds matrices, which write products without indices.

    Args:
        record: the object.
    """
    if group := _group(record):
        return Letters(group=group)
    if channel := _channel(record):
        return Letters(channel=channel)
    columns = _columns(record)
    displays = [formula.latex for formula in record.formulas if formula.display]
    products = [pair for latex in displays for pair in _WEIGHT.findall(latex)]
    if not products or any(_INDEXED.search(latex) for latex in displays):
        return Letters(vectors=columns, columns=columns)
    axes = {argument.axes for argument in _called(record).arguments}
    if 2 not in axes:
        return Letters(vectors=columns, columns=columns)
    steps = {at for latex in displays for base, at, *_ in _rows(latex) if at and f"{base}_{{{at}-1}}" in latex}
    step = steps.pop() if len(steps) == 1 else ""
    biases = {name for latex in displays for name in _BIAS.findall(latex)} if 1 in axes else set()
    bracketed = {weight for latex in displays for weight in _BEFORE_BRACKET.findall(latex)}
    vectors = {*biases, *(_at_step(vector, step) for _, vector in products), *columns}
    for latex in displays:
        vectors = _with_gates(vectors, latex, step)
    weights = frozenset({*bracketed, *(weight for weight, _ in products)})
    return Letters(weights=weights, vectors=frozenset(vectors), step=step, columns=columns)


def _group(record: Documented) -> str:
    """The letter of the groups in `splits x into groups-many arrays x_i`; empty without it, or if the layer has no number of groups."""
    found = _GROUPS.search(record.docstring)
    if found is None:
        return ""
    grouped = any(argument.default is ONE_GROUP for argument in _called(record).arguments)
    return found[1] or found[2] if grouped else ""


def _channel(record: Documented) -> str:
    """The letter of the channels in `x = [x_1, ..., x_C]`, if the text says that the statistics are those of a batch; else empty."""
    mapped = any(argument.default is MAPPED for argument in _called(record).arguments)
    found = _LISTED.search(record.docstring) if mapped and _OVER_BATCH.search(record.docstring) else None
    displays = [formula.latex for formula in record.formulas if formula.display]
    pattern = rf"(?<![A-Za-z\\]){found[1]}_(?:\{{([a-z])\}}|([a-z]))" if found is not None else r"(?!)"
    letters = {one or other for latex in displays for one, other in re.findall(pattern, latex)}
    return letters.pop() if len(letters) == 1 else ""


def _rows(latex: str) -> list[tuple[str, str, str, str]]:
    """The rows of a display that give a letter a value: the letter, its subscript, its prime, and the right side."""
    found = [_ROW.match(row) for row in _OUTSIDE.sub("", latex).split(r"\\")]
    return [(row[1], row[2] or row[3] or "", row[4], row[5]) for row in found if row is not None]


def _with_gates(vectors: set[str], latex: str, step: str) -> set[str]:
    r"""The vectors with those that a display of several rows makes of them: `r = \sigma(W x)`, and `c' = r * c`, where c is one too."""
    rows = _rows(latex)
    for base, at, prime, right in rows if len(rows) > 1 else ():
        if _WEIGHT.search(right) or any(_holds(right, vector, step) for vector in vectors):
            vectors = {*vectors, f"{base}_{at}" if at else base + prime}
            if prime:
                vectors |= {base}
            elif step and at == step and f"{base}_{{{step}-1}}" in latex:
                vectors |= {f"{base}_{PREVIOUS}"}
    return vectors


def _holds(right: str, vector: str, step: str) -> bool:
    """Whether the right side of a row has a vector in it."""
    base, _, at = vector.partition("_")
    written = rf"{base}_\{{{step}-1\}}" if at == PREVIOUS else rf"{base}_(?:{at}|\{{{at}\}})(?![A-Za-z])" if at else rf"{base}(?![A-Za-z_])"
    return re.search(rf"(?<![A-Za-z\\_{{]){written}", right) is not None


def next_state(record: Documented, left: Any) -> tuple[Aim, ...]:
    """Returns what a formula of a recurrent cell may be about, if its left side is a state after the step, `h_t` or `h'`.

    That is what the cell returns. If another row uses the state, it is a part of a tuple, and the code may return it at any place.

    Args:
        record: the docstring of the cell.
        left: the left side of the formula.
    """
    letters = letters_of(record)
    name = left.name if isinstance(left, sp.Symbol) else ""
    base, _, at = name.partition("_")
    primed = name.endswith("'") and name[:-1] in letters.vectors
    if not (primed or (at and at == letters.step and f"{base}_{PREVIOUS}" in letters.vectors)):
        return ()
    owner = named(record.owner)
    called = member(owner, CALL) if isinstance(owner, type) and callable(getattr(owner, CALL, None)) else None
    holds = called.holds if called is not None else None
    if not isinstance(holds, Transformed) or holds.output is None:
        return ()
    about = Aim(member=CALL, quantity="value", value="x", words=f"{left} is the next state", by_head=True, entry=holds.output)
    if _is_last(record, name, letters.step):
        return (about,)
    if holds.carried is None or not _is_used(record, name, letters.step):
        return ()
    before = name[:-1] if primed else f"{base}_{PREVIOUS}"
    (state,) = holds.states.values()
    return tuple(
        replace(about, words=f"{left} is a part of the next state", entry=(holds.carried, place), part=(before, part))
        for place, part in enumerate(state.names)
    )


def _is_used(record: Documented, name: str, step: str) -> bool:
    """Whether another row of the display of a state uses it."""
    return any(_holds(right, name, step) for formula in record.formulas for *_, right in _rows(formula.latex))


def _is_last(record: Documented, name: str, step: str) -> bool:
    """Whether a state is the only one of a display that no other row of it uses. Another one might be the result too."""
    for rows in (_rows(formula.latex) for formula in record.formulas if formula.display):
        states = [f"{base}_{at}" if at else base + prime for base, at, prime, _ in rows if prime or (at and at == step)]
        unused = [state for state in states if not any(_holds(right, state, step) for *_, right in rows)]
        if name in states and unused != [name]:
            return False
    return True


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
    return f"{base}_{PREVIOUS}" if step and at.strip("{}") == f"{step}-1" else vector
