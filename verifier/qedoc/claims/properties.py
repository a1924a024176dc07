"""What documentation promises of a formula besides its value: bounds, monotonicity, continuity, limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import sympy as sp

from qedoc.claims.domain import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """lower <= formula <= upper, wherever `where` holds.

    Args:
        lower: the lower bound, in the spec's symbols; None for no bound.
        upper: the upper bound, in the spec's symbols; None for no bound.
        where: conditions besides the domain.
    """

    lower: Number | None = None
    upper: Number | None = None
    where: tuple[sp.Basic, ...] = ()

    def __str__(self) -> str:
        parts = [str(part) for part in (self.lower, "formula", self.upper) if part is not None]
        return " <= ".join(parts)


@dataclass(frozen=True, slots=True)
class NonIncreasing:
    """The formula does not grow with `symbol`, wherever `where` holds at both points."""

    symbol: sp.Symbol
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"non-increasing in {self.symbol}"


@dataclass(frozen=True, slots=True)
class NonDecreasing:
    """The formula does not fall with `symbol`, wherever `where` holds at both points."""

    symbol: sp.Symbol
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"non-decreasing in {self.symbol}"


@dataclass(frozen=True, slots=True)
class ConstantFrom:
    """The formula keeps its value at `start` for every larger `symbol`."""

    symbol: sp.Symbol
    start: Number
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"constant for {self.symbol} >= {self.start}"


@dataclass(frozen=True, slots=True)
class Continuous:
    """The formula, read for real `symbol`, has no jump, wherever `where` holds."""

    symbol: sp.Symbol
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"continuous in {self.symbol}"


@dataclass(frozen=True, slots=True)
class Value:
    """The formula has the value `equals` where each symbol of `at` has the value given for it."""

    at: Mapping[sp.Symbol, Number]
    equals: Number
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        place = ", ".join(f"{symbol} = {value}" for symbol, value in self.at.items())
        return f"{self.equals} at {place}"


@dataclass(frozen=True, slots=True)
class Limit:
    """The formula tends to `equals` as `symbol` grows without bound."""

    symbol: sp.Symbol
    equals: Number
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"tends to {self.equals} as {self.symbol} -> oo"


Property: TypeAlias = Bounds | NonIncreasing | NonDecreasing | ConstantFrom | Continuous | Value | Limit


def spoken(promise: Property) -> str:
    """A property in words, with the conditions under which it is promised."""
    where = " and ".join(map(str, promise.where))
    return f"{promise}, where {where}" if where else str(promise)
