"""Factors and terms: their values, and how they are written."""

from dataclasses import dataclass
from enum import Enum, auto

import sympy as sp

from qedoc.read.matrices import WHOLE
from qedoc.read.scope import Scope


class Shape(Enum):
    """How a factor is written, which decides what may stand next to it."""

    NUMBER = auto()
    NAME = auto()
    FRACTION = auto()
    BRACKET = auto()
    CALL = auto()
    NAMED_CALL = auto()
    BARE_CALL = auto()
    LARGE = auto()
    LOOSE_PRODUCT = auto()
    LOOSE_SUM = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A factor of a term.

    Args:
        value: its value.
        shape: how it is written.
        start: offset of its first character.
        captured: indices of sums that reach to the end of the factor.
        scripted: whether it already has scripts, so that TeX accepts no more.
        raised: whether it has an exponent.
        decided: whether it is a function without parentheses of which a choice says where its argument ends.
    """

    value: sp.Expr
    shape: Shape
    start: int
    captured: frozenset[str] = frozenset()
    scripted: bool = False
    raised: bool = False
    decided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term: its factors and their product.

    Args:
        value: the value, with its sign.
        factors: the factors as written.
        start: offset of its first character.
        signed: whether it has its own sign.
        remainder: whether it ends in `mod` and an unbracketed modulus, so that the dividend may begin before it.
    """

    value: sp.Expr
    factors: tuple[Factor, ...]
    start: int
    signed: bool = False
    remainder: bool = False

    @property
    def captured(self) -> frozenset[str]:
        """Indices of sums that reach to the end of the term."""
        return self.factors[-1].captured


def has_vector(value: sp.Expr, scope: Scope) -> bool:
    """Whether a vector occurs as a whole rather than by its entries."""
    if not scope.vectors:
        return False
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, sp.Symbol) and part.name in scope.vectors:
            return True
        if not isinstance(part, (sp.Indexed, *WHOLE)):
            waiting += part.args
    return False
