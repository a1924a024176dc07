"""Builds SymPy expressions from parts, without ever computing a number that is too large to write out."""

from collections.abc import Callable, Iterable
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE

LARGEST_BITS = 4096
LARGEST_EXPONENT = 1024
LARGEST_EXACT = 1000
MOST_DIGITS = 400

SLOW = (*LARGE, sp.Integral, sp.Derivative, sp.Piecewise, sp.Max, sp.Min)
"""SymPy may need minutes to find the sign or value of such an expression."""


FAST_GROWING = (
    sp.factorial, sp.factorial2, sp.subfactorial, sp.binomial, sp.gamma, sp.beta, sp.RisingFactorial, sp.FallingFactorial, sp.harmonic,
    sp.polygamma, sp.zeta, sp.uppergamma, sp.lowergamma,
)  # fmt: skip
"""What SymPy expands, digit by digit or term by term, whenever an expression around it is rebuilt."""


class Impossible(Exception):
    """A value cannot be built.

    Args:
        what: the reason, for the reader.
        limit: whether a size limit is the reason.
    """

    def __init__(self, what: str, *, limit: bool = False) -> None:
        super().__init__(what)
        self.what = what
        self.limit = limit


def number(digits: str) -> sp.Expr:
    """Reads digits as an exact decimal: `0.1` is 1/10."""
    if len(digits) > MOST_DIGITS:
        raise Impossible(f"a number of {len(digits)} digits", limit=True)
    return sp.Rational(digits) if "." in digits else sp.Integer(digits)


def add(terms: Iterable[sp.Expr]) -> sp.Expr:
    """Builds the sum."""
    return _kept(sp.Add, tuple(terms))


def multiply(factors: Iterable[sp.Expr]) -> sp.Expr:
    """Builds the product. `x/x` keeps its x, because it has no value at 0."""
    return _kept(sp.Mul, tuple(factors))


def divide(top: sp.Expr, bottom: sp.Expr) -> sp.Expr:
    """Builds the quotient.

    Raises:
        Impossible: for a divisor that is zero.
    """
    if bottom == 0:
        raise Impossible("division by zero")
    return multiply((top, power(bottom, sp.Integer(-1))))


def power(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    """Builds `base` to the power of `exponent`, and evaluates it only while its numbers stay small.

    Raises:
        Impossible: for a number with more than `LARGEST_BITS` bits, and for 0 to a negative power.
    """
    if base.has(*SLOW) or exponent.has(*SLOW) or (base.is_number and base.has(sp.Function)):
        return sp.Pow(base, exponent, evaluate=False)
    if exponent.is_Rational:
        if max(abs(exponent.p), exponent.q) > LARGEST_EXPONENT and base not in (-1, 0, 1):
            if base.is_Symbol:
                return sp.Pow(base, exponent, evaluate=False)
            raise Impossible(f"an exponent beyond {LARGEST_EXPONENT}", limit=True)
        if exponent.q > 1 and base.is_Rational and base < 0:
            raise Impossible("a fractional power of a negative number")
        if base == 0 and exponent <= 0:
            raise Impossible("0 to a power that is not positive")
        if abs(exponent) * _bits(base) > LARGEST_BITS:
            raise Impossible(f"a number of more than {LARGEST_BITS} bits", limit=True)
        if exponent.q > 1 and _bits(base) > 64:
            return sp.Pow(base, exponent, evaluate=False)
        return _kept(sp.Pow, (base, exponent))
    if base == sp.E:
        return elementary(sp.exp, exponent)
    if base.is_number and exponent.is_number:
        return sp.Pow(base, exponent, evaluate=False)
    return _kept(sp.Pow, (base, exponent))


def root(radicand: sp.Expr, degree: sp.Expr) -> sp.Expr:
    """Builds the real root. For an odd degree, it is negative where the radicand is."""
    if degree == 2:
        return power(radicand, sp.Rational(1, 2))
    if degree.is_Integer and degree > 0:
        if degree % 2 and not radicand.is_nonnegative:
            return multiply((sp.sign(radicand, evaluate=False), power(sp.Abs(radicand, evaluate=False), 1 / degree)))
        return power(radicand, 1 / degree)
    if degree.is_number:
        raise Impossible("a root of a degree that is not a positive integer")
    return power(radicand, divide(sp.Integer(1), degree))


def elementary(function: Callable[..., Any], *arguments: sp.Expr) -> sp.Expr:
    """Applies a function, with exact values at plain numbers: `log(1)` is 0.

    Raises:
        Impossible: for the logarithm of a negative number.
    """
    if function is sp.log and arguments[0].is_Rational and arguments[0] < 0:
        raise Impossible("the logarithm of a negative number")
    plain = all(_plain(argument) for argument in arguments)
    return _made(function, arguments, evaluate=plain)


def unevaluated(function: Callable[..., Any], *arguments: sp.Expr) -> sp.Expr:
    """Applies a function without evaluating it."""
    return _made(function, arguments, evaluate=False)


def _plain(argument: sp.Expr) -> bool:
    """Whether SymPy may evaluate at this argument: it has symbols, or is a short rational multiple of 1 or pi."""
    if argument.has(*SLOW):
        return False
    if not argument.is_number:  # exp(n*log(2)) would be computed
        return bool(_bits(argument) <= (10 if argument.has(sp.log) else 64))
    ratio = argument / sp.pi if argument.has(sp.pi) else argument
    return bool(ratio.is_Rational and max(abs(ratio.p), ratio.q) <= LARGEST_EXACT) or argument in (sp.E, sp.oo, -sp.oo)


def _made(function: Callable[..., Any], arguments: tuple[sp.Expr, ...], *, evaluate: bool) -> sp.Expr:
    large = max((abs(argument) for argument in arguments if argument.is_Rational), default=0)
    if function in FAST_GROWING and large > LARGEST_EXACT and all(argument.is_number for argument in arguments):
        raise Impossible(f"{function.__name__} of {large}, beyond {LARGEST_EXACT}", limit=True)
    try:
        value = function(*arguments) if evaluate else function(*arguments, evaluate=False)
        small = function in FAST_GROWING and not evaluate and all(argument.is_Rational for argument in arguments)
        if small and function(*arguments) in (sp.zoo, sp.nan):
            raise Impossible("an undefined value")
        if evaluate and _lost(value, arguments):
            value = function(*arguments, evaluate=False)
    except (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError) as error:
        raise Impossible(f"SymPy rejects this: {error}") from error
    return _defined(value, arguments)


def _kept(operation: Callable[..., Any], parts: tuple[sp.Expr, ...]) -> sp.Expr:
    """The evaluated operation, or the written one where evaluation would lose something."""
    if len(parts) == 1:
        return parts[0]
    infinite = any(part in (sp.oo, -sp.oo) for part in parts)
    if infinite and set(parts) - {sp.oo, -sp.oo} != {sp.Integer(-1)}:
        raise Impossible("arithmetic with infinity")
    lost = any(part == 0 for part in parts) and operation is sp.Mul
    try:
        value = None if lost else operation(*parts)
        if value is None or _lost(value, parts):
            value = operation(*parts, evaluate=False)
    except (ArithmeticError, AttributeError, NotImplementedError, TypeError, ValueError) as error:
        raise Impossible(f"SymPy rejects this: {error}") from error
    if _bits(value) > LARGEST_BITS:
        raise Impossible(f"a number of more than {LARGEST_BITS} bits", limit=True)
    return _defined(value, parts)


def _lost(value: sp.Expr, parts: tuple[sp.Expr, ...]) -> bool:
    """Whether evaluation has dropped a symbol, a function or a root, and with it points where the formula has no value."""
    before = {mark for part in parts for mark in _marks(part)}
    return not before <= _marks(value)


def _marks(expression: sp.Expr) -> set[Any]:
    marks: set[Any] = set(expression.free_symbols)
    for part in expression.atoms(sp.Function, sp.Pow):
        if not part.free_symbols:
            continue
        if not isinstance(part, sp.Pow):
            marks.add(part.func)
        elif part.exp.is_Rational and not part.exp.is_Integer:
            marks.add(part.exp.q)
    return marks - {sp.exp}


def _defined(value: sp.Expr, parts: tuple[sp.Expr, ...]) -> sp.Expr:
    if value in (sp.zoo, sp.nan) or any(part is sp.nan for part in parts):
        raise Impossible("an undefined value")
    return value


def _bits(expression: sp.Expr) -> int:
    """The size of the largest number in an expression."""
    rationals = (atom for atom in expression.atoms(sp.Rational))
    return max((max(atom.p.bit_length(), atom.q.bit_length()) for atom in rationals), default=1)
