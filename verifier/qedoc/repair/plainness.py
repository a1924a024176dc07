"""Whether a correction is written as a person would write it: no part of it says less than it seems to."""

import re

import sympy as sp

from qedoc.repair.framed import Frame
from qedoc.repair.marked import Places, Span
from qedoc.repair.printed import Place

_NUMBER = re.compile(r"[+-]?\s*\d+(?:\.\d+)?|[+-]?\s*\\frac\s*(?:\{\d+\}|\d)\s*(?:\{\d+\}|\d)")
_HOLE = re.compile(r"\{\s*\}|[({,]\s*,|,\s*[)}]|\(\s*\)|[\^_]\s*[-+]|[\^_]\s*(?=[})]|$)")
FEW = 30
"""Maximum number of operations of a part that is simplified."""


def is_whole(text: str, written: str) -> bool:
    r"""Whether a correction has no empty arguments, `\sqrt{}` or `f(x,)`, and no exponent with a bare sign, beside those that were written.

    Args:
        text: the correction.
        written: the formula as written.
    """
    return len(_HOLE.findall(text)) <= len(_HOLE.findall(written))


def is_plain(frame: Frame, text: str, written: str) -> bool:
    r"""Whether no new part of a correction has a simpler meaning: `\log(1)`, `2 - 1`, `x^{b - b}`, `\frac{a x}{a}`.

    Args:
        frame: reads the correction.
        text: the correction.
        written: the formula as written. What it contains is not judged.
    """
    places = Places(text, (0, len(text)))
    heard: dict[Span, sp.Expr] = {}

    def hear(value: sp.Expr, start: int, end: int) -> sp.Expr:
        heard[start, end] = value
        return places.mark(value, start, end)

    if frame.spec(text, hear) is None:
        return True
    return not any(
        _is_idle(text[slice(*span)], value)
        for span, value in heard.items()
        if _without_spaces(text[slice(*span)]) not in _without_spaces(written)
    )


def _is_idle(text: str, value: sp.Expr) -> bool:
    if not isinstance(value, sp.Expr):
        return False
    meant = value.replace(Place, lambda _, inner: inner)
    if meant.is_Rational and not _NUMBER.fullmatch(text.strip()):
        return meant.is_Integer or not value.is_number
    if len(meant.free_symbols) < len(value.free_symbols):
        return True
    if meant.count_ops() > FEW or not meant.is_rational_function():
        return False
    return len(sp.cancel(meant).free_symbols) < len(value.free_symbols)


def _without_spaces(text: str) -> str:
    return "".join(text.split())
