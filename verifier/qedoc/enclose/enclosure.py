"""Rigorous enclosures of a SymPy expression at real points, compiled once to straight-line calls of flint.

The generated function evaluates each distinct sub-expression at most once, keeps branches that are not taken unevaluated,
and raises where the expression certainly has no real value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from threading import RLock
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, ctx, fmpq

from qedoc.enclose.program import Program
from qedoc.enclose.rules import Context
from qedoc.enclose.values import (
    DOUBT,
    IN_DOUBT,
    UNDEFINED,
    Input,
    NoRealValueError,
    Number,
    Undefined,
    Value,
    exact_or_ball,
    number,
    rational,
)

__all__ = ["Enclosure", "Undefined", "Value", "at_precision", "compile"]

Opaque: TypeAlias = Callable[[str, int], tuple[Fraction, Fraction, Fraction]]

# The precision of flint is one setting for all threads.
_PRECISION = RLock()


def at_precision(bits: int, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function while flint works with so many bits; the precision is restored whatever happens."""
    with _PRECISION:
        before = ctx.prec
        if before == bits:
            return function(*arguments)
        ctx.prec = bits
        try:
            return function(*arguments)
        finally:
            ctx.prec = before


@dataclass(frozen=True)
class Enclosure:
    """An expression, compiled; call it with values to enclose its real value there.

    Args:
        expression: what was compiled.
        symbols: the order of the values.
        function: from exact values and balls, at the current precision of flint.
        program: what generated it.
    """

    expression: sp.Basic
    symbols: tuple[sp.Symbol, ...]
    function: Callable[..., Any] = field(repr=False)
    program: Program = field(repr=False)

    def __call__(self, values: Sequence[Input], bits: int = 64) -> Any:
        """The `Value` of an expression: a rational where it is exact, else a ball that holds it; of a condition True, False or None.

        A finite ball says that the expression is defined; one that is not finite leaves it open. Balls among the values stand for
        all their points: the result holds the values at all of them. None says that a condition is not decided, or not defined.

        Args:
            values: one value for each symbol.
            bits: working precision of inexact steps.
        """
        inputs = [x if type(x) is fmpq else number(x) for x in values]
        try:
            with _PRECISION:  # as `at_precision`, without another call
                before = ctx.prec
                if before == bits:
                    result = self.function(*inputs)
                else:
                    ctx.prec = bits
                    try:
                        result = self.function(*inputs)
                    finally:
                        ctx.prec = before
        except NoRealValueError:
            return UNDEFINED if isinstance(self.expression, sp.Expr) else None
        if isinstance(result, arb):
            return exact_or_ball(result)
        return None if result is DOUBT else result

    def balls(self, rows: Sequence[Sequence[arb]], bits: int = 64) -> list[arb | Undefined]:
        """Balls that hold the values of an expression at many points: in one loop, and without the search for exact rationals.

        Where a ball leaves open whether there is a value, the point is enclosed as by a call.

        Args:
            rows: for each point one ball for each symbol.
            bits: working precision.
        """
        found: list[arb | Undefined] = at_precision(bits, self._balls, rows, bits)
        return found

    def _balls(self, rows: Sequence[Sequence[arb]], bits: int) -> list[arb | Undefined]:
        found = self._loop(rows)
        for place, value in enumerate(found):
            known = self(rows[place], bits) if type(value) is arb and not value.is_finite() else value
            if known is not value or type(known) is fmpq:
                found[place] = arb(known) if type(known) is fmpq else known
        return found

    @cached_property
    def _loop(self) -> Callable[[Sequence[Sequence[Any]]], list[Any]]:
        return self.program.loop(self.expression)


def compile(expression: sp.Basic, symbols: Sequence[sp.Symbol], opaque: Opaque | None = None) -> Enclosure:
    """Compile a real expression, or a condition, for evaluation at many points.

    Args:
        expression: a SymPy expression over the symbols; a `Float` is its exact binary value.
        symbols: the order in which values will be given; a symbol with a midpoint and a radius need not be among them.
        opaque: coefficients (c, d, e) by which an undefined function s(index, x) stands for c + d x + e x**2, from name and index.

    Raises:
        UnsupportedError: the expression holds a head without a rule, or a symbol without a value.
    """
    expression = sp.sympify(expression)
    program = _program(symbols, _quadratic(opaque) if opaque else None)
    return Enclosure(expression, tuple(symbols), program.function(expression), program)


def _program(symbols: Sequence[sp.Symbol], opaque: Callable[[str], Callable[[Number, Number], Number]] | None) -> Program:
    def generate(symbols: Sequence[sp.Symbol], expression: sp.Basic) -> Callable[..., Any]:
        return _program(symbols, opaque).function(expression)

    return Program(symbols, Context(generate=generate, opaque=opaque))


def _quadratic(opaque: Opaque) -> Callable[[str], Callable[[Number, Number], Number]]:
    @cache
    def coefficients(name: str, index: int) -> tuple[fmpq, fmpq, fmpq]:
        c, d, e = opaque(name, index)
        return rational(c), rational(d), rational(e)

    def named(name: str) -> Callable[[Number, Number], Number]:
        def value(index: Number, x: Number) -> Number:
            if type(index) is not fmpq or index.q != 1:
                return IN_DOUBT
            c, d, e = coefficients(name, int(index.p))
            return c + x * (d + x * e)

        return value

    return named
