"""What the annotation of a parameter tells."""

import re

_OTHER = re.compile(r"\b(?:Callable|dict|Axis\w*|Key|PRNG\w*|State|Hashable)\b")
_FLAG = re.compile(r"\b(?:bool|str|dtype|DType\w*|Sequence)\b")
_NUMBER = re.compile(r"\b(?:float|complex|number|ndarray|Array)\b")
_INTEGER = re.compile(r"\bint\b")


def no_number(annotation: str) -> bool:
    """Whether an annotation is of no numbers: of functions, keys, names or flags. `ArrayLike` is also a flag, and still a number."""
    return bool(_OTHER.search(annotation) or (_FLAG.search(annotation) and not _NUMBER.search(annotation)))


def may_be_input(annotation: str) -> bool:
    """Whether an annotation may be that of the input: of numbers, and not of an integer alone. `ArrayLike` is an integer too."""
    return not no_number(annotation) and (_NUMBER.search(annotation) is not None or not _INTEGER.search(annotation))


def is_single(annotation: str) -> bool:
    """Whether an annotation is of one integer, which has no entries: `int`, `Optional[int]`, `int | None`."""
    return bool(_SINGLE.fullmatch(annotation.replace("typing.", "").strip()))


_SINGLE = re.compile(r"(?:<class )?'?int'?>?|Optional\[int\]|int \| None|None \| int|Union\[int, None\]")
