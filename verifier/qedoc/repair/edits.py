"""Edits of the value at one place of a formula, all of them at once on arrays of numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import special

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edit of a value.

    Args:
        kind: what is done, a key of `ALONE` or `WITH`, or `apply`, or `keep`.
        cost: how far it is from what was written; a smaller edit is more likely.
        word: the LaTeX of the other operand; for `apply`, that of the function.
        part: for `keep`, the place inside of this one whose value replaces it.
    """

    kind: str
    cost: float
    word: str = ""
    part: int = -1


ALONE: Mapping[str, tuple[float, Callable[[Array], Array]]] = {
    "negate": (1.0, np.negative),
    "double": (1.2, lambda v: 2 * v),
    "halve": (1.2, lambda v: v / 2),
    "increase": (1.0, lambda v: v + 1),
    "decrease": (1.0, lambda v: v - 1),
    "invert": (1.5, lambda v: 1 / v),
    "root": (1.5, np.sqrt),
    "square": (1.5, np.square),
    "complement": (1.5, lambda v: 1 - v),
    "drop": (0.9, np.ones_like),
    "zero": (1.0, np.zeros_like),
    "absolute": (2.0, np.abs),
    "logarithm": (2.0, np.log),
    "exponential": (2.0, np.exp),
}
"""Edits without another operand."""

WITH: Mapping[str, tuple[float, Callable[[Array, Array], Array]]] = {
    "replace": (1.0, lambda v, w: w + 0 * v),
    "multiply": (1.5, np.multiply),
    "divide": (1.5, np.divide),
    "add": (2.0, np.add),
    "subtract": (2.0, np.subtract),
    "raise": (1.5, np.power),
    "least": (2.0, np.minimum),
    "most": (2.0, np.maximum),
}
"""Edits with another operand: a symbol or a number."""

FUNCTIONS: Mapping[str, Callable[[Array], Array]] = {
    r"\cos": np.cos,
    r"\sin": np.sin,
    r"\tanh": np.tanh,
    r"\cosh": np.cosh,
    r"\sinh": np.sinh,
    r"\Gamma": special.gamma,
    r"\psi": special.digamma,
    r"\Phi": special.ndtr,
    r"\sigma": special.expit,
}
"""Functions that an author who uses them may have forgotten in one place."""

APPLY = 1.4
"""What a forgotten function costs."""

COMPOSED = 0.5
"""What an operand that is no single symbol costs."""


def edits(text: str, words: Sequence[str], parts: Sequence[int], functions: Sequence[str] = ()) -> list[Edit]:
    """Returns the edits of a place.

    Args:
        text: what is written there.
        words: the LaTeX of the other operands.
        parts: the places inside of it.
        functions: the functions of the formula.
    """
    unchanged = _UNCHANGED if text in ("0", "1") else ()
    found = [Edit(kind=kind, cost=cost) for kind, (cost, _) in ALONE.items() if kind not in unchanged]
    for word in words:
        more = COMPOSED if len(word) > 1 and not word.startswith("\\") else 0.0
        found += [Edit(kind=kind, cost=cost + more, word=word) for kind, (cost, _) in WITH.items() if word != text or kind not in _IDLE]
    if text not in FUNCTIONS:
        found += [Edit(kind="apply", cost=APPLY, word=function) for function in functions]
    return found + [Edit(kind="keep", cost=1.2, part=part) for part in parts]


_UNCHANGED = ("absolute", "root", "square", "invert", "logarithm", "exponential")
"""Edits that leave 0 or 1 as they are, or that nobody writes of them."""

_IDLE = ("replace", "subtract", "divide")
"""Edits that say nothing if both operands are the same."""


def applied(some: Sequence[Edit], value: Array, words: Mapping[str, Array], parts: Mapping[int, Array], axis: int) -> Array:
    """The values that the edits make of one, side by side.

    Args:
        some: the edits.
        value: the value at the place.
        words: the values of the operands.
        parts: the values at the places inside.
        axis: the axis along which they stand.
    """
    made = []
    for edit in some:
        if edit.kind == "keep":
            made.append(parts.get(edit.part, np.full_like(value, np.nan)))
        elif edit.kind in ALONE:
            made.append(ALONE[edit.kind][1](value))
        elif edit.kind == "apply":
            made.append(FUNCTIONS[edit.word](value))
        else:
            made.append(WITH[edit.kind][1](value, words[edit.word]))
    shape = np.broadcast_shapes(*(one.shape for one in made))
    return np.concatenate([np.broadcast_to(one, shape) for one in made], axis=axis)
