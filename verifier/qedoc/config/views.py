"""Reads what a user asks of a plot: values of inputs, `alpha=0, b=[10, 20]`, and a part of the axis, `-4, 4`."""

import re
from collections.abc import Sequence
from fractions import Fraction

from qedoc.errors import QedocError
from qedoc.results.curve import View
from qedoc.results.verdict import Entries, Inputs, Number


def view(at: Sequence[str], span: str, where: str = "") -> View:
    """Reads the options of a plot.

    Args:
        at: texts such as `alpha=0, T=10`.
        span: a text such as `-4, 4`; empty for no range.
        where: how the options are called, before `at` and `range` in messages: `--` or `:`.

    Raises:
        QedocError: for a text that is no value or no range, and for an input with two values.
    """
    found: Inputs = {}
    for text in at:
        for part in re.split(r",(?![^\[]*\])", text):
            name, sign, value = (piece.strip() for piece in part.partition("="))
            if not sign or not name or not value:
                raise QedocError(f"{where}at {text!r}: expected values such as x=1, y=0.5 or b=[1, 2], found {part.strip()!r}")
            if name in found:
                raise QedocError(f"{where}at {text!r}: {name} has two values; give one")
            found[name] = _values(value, f"{where}at {text!r}: {name}")
    return View(at=found, span=_span(span, where) if span.strip() else None)


def _values(text: str, what: str) -> "Entries":
    if text.startswith("[") and text.endswith("]"):
        return [_number(part, what) for part in text[1:-1].split(",") if part.strip()]
    return _number(text, what)


def _number(text: str, what: str) -> Number:
    try:
        value = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise QedocError(f"{what}: expected a number such as 2, 0.5 or 1/3, found {text.strip()!r}") from None
    return int(value) if value.denominator == 1 else text.strip() if "/" in text else float(value)


def _span(text: str, where: str) -> tuple[float, float]:
    parts = [part for part in re.split(r"[,\s]+", text.strip()) if part]
    if len(parts) != 2:
        raise QedocError(f"{where}range {text.strip()!r}: expected two numbers, such as -4, 4")
    low, high = (float(Fraction(str(_number(part, f"{where}range {text.strip()!r}")))) for part in parts)
    if low >= high:
        raise QedocError(f"{where}range {text.strip()!r}: the first number must be less than the second; write {parts[1]}, {parts[0]}")
    return low, high
