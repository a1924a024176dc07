"""Rigorous enclosures of a SymPy expression at real points, compiled once to straight-line flint calls.

The generated function evaluates each distinct sub-expression at most once, does not evaluate branches that are not taken, and raises where
the expression certainly has no real value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from threading import RLock
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, ctx, fmpq

from qedoc.algebra.stand_ins import stand_in
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

# flint has one precision setting for all threads.
_PRECISION = RLock()


def at_precision(bits: int, function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function at the given flint precision, and always restores the previous precision."""
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
    """A compiled expression. Call it with values to enclose its real value there.

    Args:
        expression: the compiled expression.
        symbols: the order of the values.
        function: takes exact values and balls, and computes at flint's current precision.
        program: the program that generated the function.
    """

    expression: sp.Basic
    symbols: tuple[sp.Symbol, ...]
    function: Callable[..., Any] = field(repr=False)
    program: Program = field(repr=False)

    def __call__(self, values: Sequence[Input], bits: int = 64) -> Any:
        """Returns the `Value` of an expression: an exact rational or a ball that contains it. A condition gives True, False or None.

        A finite ball means that the expression is defined; any other ball leaves this open. A ball among the inputs stands for all of its
        points, and the result contains the values at all of them. None means that a condition is undecided or undefined.

        Args:
            values: one value for each symbol.
            bits: working precision of inexact steps.
        """
        inputs = [x if type(x) is fmpq else number(x) for x in values]
        try:
            with _PRECISION:  # as in `at_precision`, without the cost of another call
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
        """Returns balls that contain the values of an expression at many points, in one loop and without looking for exact rationals.

        If a ball leaves open whether there is a value, the point is enclosed again by a call.

        Args:
            rows: one ball per symbol for each point.
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
    """Compiles a real expression or a condition for evaluation at many points.

    Args:
        expression: a SymPy expression over the symbols. A `Float` stands for its exact binary value.
        symbols: the order of the values. A symbol with a midpoint and a radius may be missing.
        opaque: takes the name and index of an undefined function s(index, x), and returns the coefficients (c, d, e) of the polynomial
            that stands in for it.

    Raises:
        UnsupportedError: the expression contains a function without a rule, or a symbol without a value.
    """
    expression = sp.sympify(expression)
    program = _program(symbols, _quadratic(opaque) if opaque else None)
    return Enclosure(expression, tuple(symbols), program.function(expression), program)


def _program(symbols: Sequence[sp.Symbol], opaque: Callable[[str], Callable[..., Number]] | None) -> Program:
    def generate(symbols: Sequence[sp.Symbol], expression: sp.Basic) -> Callable[..., Any]:
        return _program(symbols, opaque).function(expression)

    return Program(symbols, Context(generate=generate, opaque=opaque))


def _quadratic(opaque: Opaque) -> Callable[[str], Callable[..., Number]]:
    @cache
    def coefficients(name: str, index: int) -> tuple[fmpq, fmpq, fmpq]:
        c, d, e = opaque(name, index)
        return rational(c), rational(d), rational(e)

    def named(name: str) -> Callable[..., Number]:
        def value(index: Number, x: Number, *others: Number) -> Number:
            if type(index) is not fmpq or index.q != 1:
                return IN_DOUBT
            c, d, e = coefficients(name, int(index.p))
            made: Number = stand_in((c, d, e), (x, *others))
            return made

        return value

    return named
