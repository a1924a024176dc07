"""Domains of symbols: real intervals, integer intervals and opaque functions."""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import sympy as sp

Number: TypeAlias = int | float | sp.Expr


@dataclass(frozen=True, slots=True, init=False)
class _Interval:
    lower: sp.Expr
    upper: sp.Expr
    lower_open: bool
    upper_open: bool

    integer: ClassVar[bool]

    def __init__(
        self,
        *,
        least: Number | None = None,
        above: Number | None = None,
        most: Number | None = None,
        below: Number | None = None,
    ) -> None:
        """Each end is closed (`least`, `most`), open (`above`, `below`), or absent. It may contain other symbols."""
        if least is not None and above is not None:
            raise ValueError(f"use least= or above=, not both (found least={least}, above={above})")
        if most is not None and below is not None:
            raise ValueError(f"use most= or below=, not both (found most={most}, below={below})")
        lower = least if above is None else above
        upper = most if below is None else below
        if isinstance(lower, int | float) and isinstance(upper, int | float) and lower > upper:
            raise ValueError(f"the lower bound must not exceed the upper bound, found {lower} and {upper}")
        object.__setattr__(self, "lower", -sp.oo if lower is None else exact(lower))
        object.__setattr__(self, "upper", sp.oo if upper is None else exact(upper))
        object.__setattr__(self, "lower_open", above is not None or lower is None)
        object.__setattr__(self, "upper_open", below is not None or upper is None)

    def conditions(self, symbol: sp.Expr) -> tuple[sp.Basic, ...]:
        """The bounds as SymPy relations on `symbol`. An absent bound adds no relation."""
        found: list[sp.Basic] = []
        if self.lower != -sp.oo:
            found.append(symbol > self.lower if self.lower_open else symbol >= self.lower)
        if self.upper != sp.oo:
            found.append(symbol < self.upper if self.upper_open else symbol <= self.upper)
        return tuple(found)

    def assumptions(self) -> dict[str, bool]:
        """The SymPy assumptions that follow from the set alone."""
        known = {"integer": True} if self.integer else {"real": True}
        if self.lower.is_number and self.lower != -sp.oo:
            if self.lower > 0 or (self.lower == 0 and self.lower_open):
                known["positive"] = True
            elif self.lower == 0:
                known["nonnegative"] = True
        if self.upper.is_number and self.upper != sp.oo:
            if self.upper < 0 or (self.upper == 0 and self.upper_open):
                known["negative"] = True
            elif self.upper == 0:
                known["nonpositive"] = True
        return known

    def __str__(self) -> str:
        name = "integers" if self.integer else "reals"
        if self.lower == -sp.oo and self.upper == sp.oo:
            return name
        left = "(" if self.lower_open else "["
        right = ")" if self.upper_open else "]"
        return f"{name} in {left}{self.lower}, {self.upper}{right}"


class Reals(_Interval):
    """A set of real numbers, such as `Reals(above=0, most=1)` for 0 < x <= 1."""

    integer = False
    __slots__ = ()


class Integers(_Interval):
    """A set of integers, such as `Integers(least=0)` for 0, 1, 2, ..."""

    integer = True
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Functions:
    """Real functions of real variables about which nothing is assumed, such as the parts of a joined schedule.

    Args:
        arity: the number of variables.
    """

    arity: int = 1

    def __str__(self) -> str:
        return "functions of one real variable" if self.arity == 1 else f"functions of {self.arity} real variables"


Domain: TypeAlias = Reals | Integers | Functions


def exact(number: Number) -> sp.Expr:
    """Converts a number to the exact decimal that it is written as: 0.1 becomes 1/10.

    Args:
        number: an int, float or SymPy expression. Floats inside an expression are converted too.
    """
    if isinstance(number, float):
        return sp.Rational(repr(number))
    expression = sp.sympify(number)
    floats = expression.atoms(sp.Float)
    return expression.xreplace({x: sp.Rational(repr(float(x))) for x in floats}) if floats else expression
