"""What the annotation of a parameter tells."""

import inspect
import re

from qedoc.claims.target import resolve
from qedoc.errors import QedocError

_OTHER = re.compile(r"\b(?:Callable|dict|Axis\w*|Key|PRNG\w*|State|Hashable)\b")
_FLAG = re.compile(r"\b(?:bool|str|dtype|DType\w*|Sequence)\b")
_NUMBER = re.compile(r"\b(?:float|complex|number|ndarray|Array)\b")
_INTEGER = re.compile(r"\bint\b")
_SHAPED = re.compile(r"\b(?:Float|Num|Real|Inexact|Shaped)\d*\[\s*[\w.]+\s*,\s*(?P<quote>['\"])(?P<axes>[^'\"]*)(?P=quote)\s*\]")
_AROUND = frozenset({"class", "typing", "jaxtyping", "Union", "Optional", "None", "NoneType"})
"""Words around the shapes of an annotation that say nothing about them."""


def no_number(annotation: str) -> bool:
    """Whether an annotation is of no numbers: of functions, keys, names or flags. `ArrayLike` is also a flag, and still a number."""
    return bool(_OTHER.search(annotation) or (_FLAG.search(annotation) and not _NUMBER.search(annotation)))


def returned_by(path: str) -> str:
    """The annotation of what a target returns; empty if it has none.

    Args:
        path: its dotted path.
    """
    try:
        annotation = inspect.signature(resolve(path)).return_annotation
    except (TypeError, ValueError, QedocError):
        return ""
    return "" if annotation is inspect.Signature.empty else str(annotation)


def axes_of(annotation: str) -> int | None:
    """The number of axes that an annotation gives an array: 1 for `Float[Array, "n"]`, 0 for a float; None if it leaves it open."""
    shapes = [found["axes"].split() for found in _SHAPED.finditer(annotation)]
    counts = {len(shape) for shape in shapes}
    words = set(re.findall(r"[A-Za-z_]\w*", _SHAPED.sub(" ", annotation))) - _AROUND
    if words == {"float"}:
        counts.add(0)
    elif words or any("..." in size or size.startswith("*") for shape in shapes for size in shape):
        return None
    return counts.pop() if len(counts) == 1 else None


def may_be_input(annotation: str) -> bool:
    """Whether an annotation may be that of the input: of numbers, and not of an integer alone. `ArrayLike` is an integer too."""
    return not no_number(annotation) and (_NUMBER.search(annotation) is not None or not _INTEGER.search(annotation))


def is_single(annotation: str) -> bool:
    """Whether an annotation is of one integer, which has no entries: `int`, `Optional[int]`, `int | None`."""
    return bool(_SINGLE.fullmatch(annotation.replace("typing.", "").strip()))


_SINGLE = re.compile(r"(?:<class )?'?int'?>?|Optional\[int\]|int \| None|None \| int|Union\[int, None\]")
