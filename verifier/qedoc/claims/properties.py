"""Properties that a spec can claim in addition to its formula: bounds, monotonicity, continuity, values and limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import sympy as sp

from qedoc.claims.domain import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The formula lies between two bounds: lower <= formula <= upper wherever `where` holds.

    Args:
        lower: the lower bound in the symbols of the spec, or None.
        upper: the upper bound in the symbols of the spec, or None.
        where: conditions in addition to the domain.
    """

    lower: Number | None = None
    upper: Number | None = None
    where: tuple[sp.Basic, ...] = ()

    def __str__(self) -> str:
        parts = [str(part) for part in (self.lower, "formula", self.upper) if part is not None]
        return " <= ".join(parts)


@dataclass(frozen=True, slots=True)
class NonIncreasing:
    """The formula does not increase as `symbol` increases, between points at which `where` holds."""

    symbol: sp.Symbol
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"non-increasing in {self.symbol}"


@dataclass(frozen=True, slots=True)
class NonDecreasing:
    """The formula does not decrease as `symbol` increases, between points at which `where` holds."""

    symbol: sp.Symbol
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"non-decreasing in {self.symbol}"


@dataclass(frozen=True, slots=True)
class ConstantFrom:
    """The formula has the same value for every `symbol` >= `start`."""

    symbol: sp.Symbol
    start: Number
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"constant for {self.symbol} >= {self.start}"


@dataclass(frozen=True, slots=True)
class Continuous:
    """The formula is continuous in `symbol`, taken as a real variable, wherever `where` holds."""

    symbol: sp.Symbol
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"continuous in {self.symbol}"


@dataclass(frozen=True, slots=True)
class Value:
    """The formula has the value `equals` at the point `at`, a mapping from symbols to values."""

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


@dataclass(frozen=True, slots=True)
class FixedPoint:
    """A rule does not move the parameters if every gradient is `gradient`: the update of each step is 0."""

    gradient: Number
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        return f"no update if every gradient is {self.gradient}"


@dataclass(frozen=True, slots=True)
class Homogeneous:
    """If all gradients are multiplied by a number c > 0, a rule multiplies its outputs by c**degree.

    With degree 0, the outputs do not depend on the scale of the gradients.

    Args:
        degree: a number, such as 0 for methods that use signs, or 1 for linear ones.
        where: conditions on the hyperparameters.
    """

    degree: Number
    where: tuple[sp.Basic, ...] = field(default=(), kw_only=True)

    def __str__(self) -> str:
        if self.degree == 0:
            return "unchanged if all gradients are multiplied by c > 0"
        return f"multiplied by {'c' if self.degree == 1 else f'c**{self.degree}'} if all gradients are multiplied by c > 0"


Property: TypeAlias = Bounds | NonIncreasing | NonDecreasing | ConstantFrom | Continuous | Value | Limit

RuleProperty: TypeAlias = Bounds | FixedPoint | Homogeneous

OF_RULES = (Bounds, FixedPoint, Homogeneous)
"""The properties of rules with a state, about every step. Bounds are those of each output."""

ONLY_OF_RULES = (FixedPoint, Homogeneous)
"""Those that a formula cannot have."""


def spoken(promise: Property | RuleProperty) -> str:
    """Describes a property in words, with the conditions under which it is claimed."""
    where = " and ".join(map(str, promise.where))
    return f"{promise}, where {where}" if where else str(promise)
