"""Rules for operands that include an infinity of the code. Other cases are unknown."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from qedoc.execute.precision import FORMATS
from qedoc.execute.rounding import EITHER, FALSE, TRUE, Infinite, Known, Span, Step, point

Operand: TypeAlias = Span | Infinite


def at_infinity(step: Step, *operands: Known) -> Known:
    """Returns the result of a primitive.

    Args:
        step: the primitive.
        operands: at least one is infinite. None means unknown, possibly nan.
    """
    unknown = EITHER if step.dtype == "bool" else None
    known = [a for a in operands if a is not None]
    if len(known) < len(operands) or step.name not in _RULES:
        return unknown
    return _RULES[step.name](step, *known)


def _place(a: Operand) -> int:
    """-1, 0 or 1: below, among or above the finite numbers."""
    return a.sign if isinstance(a, Infinite) else 0


def _order(holds: Callable[[int, int], bool]) -> Callable[..., Known]:
    return lambda _, a, b: TRUE if holds(_place(a), _place(b)) else FALSE


def _extreme(sign: int) -> Callable[..., Known]:
    """The maximum for sign 1, the minimum for -1."""

    def rule(_: Step, a: Operand, b: Operand) -> Known:
        if Infinite(sign) in (a, b):
            return Infinite(sign)
        return b if isinstance(a, Infinite) else a

    return rule


def _clamp(step: Step, low: Operand, x: Operand, high: Operand) -> Known:
    if not isinstance(x, Span) or (isinstance(low, Span) and isinstance(high, Span)):
        return None
    kept = x
    if isinstance(low, Span):
        kept = Span(max(kept.lower, low.lower), max(kept.upper, low.upper))
    elif low.sign > 0:
        return None
    if isinstance(high, Span):
        return Span(min(kept.lower, high.lower), min(kept.upper, high.upper))
    return kept if high.sign > 0 else None


def _add(_: Step, a: Operand, b: Operand) -> Known:
    signs = {x.sign for x in (a, b) if isinstance(x, Infinite)}
    return Infinite(signs.pop()) if len(signs) == 1 else None


def _negate(_: Step, a: Infinite) -> Infinite:
    return Infinite(-a.sign)


def _subtract(step: Step, a: Operand, b: Operand) -> Known:
    return _add(step, a, Infinite(-b.sign) if isinstance(b, Infinite) else replace(b))


_RULES: dict[str, Callable[..., Known]] = {
    "max": _extreme(1),
    "min": _extreme(-1),
    "clamp": _clamp,
    "lt": _order(lambda a, b: a < b),
    "le": _order(lambda a, b: a <= b),
    "gt": _order(lambda a, b: a > b),
    "ge": _order(lambda a, b: a >= b),
    "eq": _order(lambda a, b: a == b),
    "ne": _order(lambda a, b: a != b),
    "add": _add,
    "sub": _subtract,
    "neg": _negate,
    "abs": lambda _, a: Infinite(1),
    "is_finite": lambda _, a: FALSE,
    "exp": lambda _, a: Infinite(1) if a.sign > 0 else point(0),
    "convert_element_type": lambda step, a: a if step.dtype in FORMATS else None,
}
