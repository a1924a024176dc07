"""Real functions on their domains, of plain values and of formulas that carry a domain."""

from collections.abc import Callable
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import relate
from qedoc.algebra.partial import UNDEFINED, Partial, joined, partial, split, strict


def ratio(a: sp.Expr, b: sp.Expr) -> Partial:
    """a/b for b != 0."""
    domain = relate("ne", b, sp.S.Zero)
    return UNDEFINED if domain is sp.false else partial(a / b, domain)


def raised(a: sp.Expr, b: sp.Expr) -> Partial:
    """a**b over the reals, as C and IEEE 754 define it: 0**0 is 1, and a negative base needs an integer exponent."""
    domain = _power_domain(a, b)
    if domain is sp.false:
        return UNDEFINED
    made = a**b
    return partial(sp.Abs(a) ** b if made.has(sp.I) and b.is_number else made, domain)  # inside the domain the base is not negative


def _power_domain(a: sp.Expr, b: sp.Expr) -> sp.Basic:
    zero = sp.S.Zero
    if a.is_positive:
        return sp.true
    if b.is_integer:
        return sp.Or(relate("ge", b, zero), relate("ne", a, zero))
    if b.is_number and b.is_integer is False:
        return relate("ge" if b.is_positive else "gt", a, zero)
    integral = relate("eq", b, sp.floor(b))
    if b.is_nonnegative:
        return sp.Or(relate("ge", a, zero), integral)
    at_zero = sp.And(relate("eq", a, zero), relate("ge", b, zero))
    return sp.Or(relate("gt", a, zero), at_zero, sp.And(relate("lt", a, zero), integral))


def _pole_free(x: sp.Expr) -> sp.Basic:
    return sp.Or(relate("gt", x, sp.S.Zero), relate("ne", x, sp.floor(x)))


def _within(x: sp.Expr) -> sp.Basic:
    return sp.And(relate("ge", x, sp.S.NegativeOne), relate("le", x, sp.S.One))


def _inside(x: sp.Expr) -> sp.Basic:
    return sp.And(relate("gt", x, sp.S.NegativeOne), relate("lt", x, sp.S.One))


def _outside(x: sp.Expr) -> sp.Basic:
    return sp.Or(relate("le", x, sp.S.NegativeOne), relate("ge", x, sp.S.One))


def _beyond(x: sp.Expr) -> sp.Basic:
    return sp.Or(relate("lt", x, sp.S.NegativeOne), relate("gt", x, sp.S.One))


def _not_zero(x: sp.Expr) -> sp.Basic:
    return relate("ne", x, sp.S.Zero)


# The domain of each real function that is not defined everywhere.
DOMAINS: dict[Any, Callable[..., sp.Basic]] = {
    sp.log: lambda x: relate("gt", x, sp.S.Zero),
    sp.asin: _within,
    sp.acos: _within,
    sp.acosh: lambda x: relate("ge", x, sp.S.One),
    sp.asech: lambda x: sp.And(relate("gt", x, sp.S.Zero), relate("le", x, sp.S.One)),
    sp.acsch: _not_zero,
    sp.atanh: _inside,
    sp.acoth: _beyond,
    sp.asec: _outside,
    sp.acsc: _outside,
    sp.tan: lambda x: _not_zero(sp.cos(x)),
    sp.sec: lambda x: _not_zero(sp.cos(x)),
    sp.cot: lambda x: _not_zero(sp.sin(x)),
    sp.csc: lambda x: _not_zero(sp.sin(x)),
    sp.coth: _not_zero,
    sp.csch: _not_zero,
    sp.erfinv: _inside,
    sp.gamma: _pole_free,
    sp.loggamma: lambda x: relate("gt", x, sp.S.Zero),
    sp.digamma: _pole_free,
    sp.polygamma: lambda _, x: _pole_free(x),
    sp.beta: lambda x, y: sp.And(_pole_free(x), _pole_free(y)),
    sp.factorial: lambda x: _pole_free(x + 1),
    sp.Mod: lambda _, y: _not_zero(y),
    sp.atan2: lambda y, x: sp.Or(_not_zero(x), _not_zero(y)),
}


def applied(function: Any, *arguments: sp.Expr) -> Partial:
    """Applies a function to real arguments on its domain in `DOMAINS`. A function without an entry is assumed to be defined everywhere."""
    domain = DOMAINS[function](*arguments) if function in DOMAINS else sp.true
    if domain is sp.false:
        return UNDEFINED
    made = function(*arguments)
    if made.has(sp.I) and function is sp.log:  # SymPy knows that the argument is not positive
        made = function(sp.Abs(*arguments))
    return partial(made, domain)


def _on_formulas(operation: Callable[..., Partial], *formulas: sp.Expr) -> sp.Expr:
    return joined(strict(operation, *map(split, formulas)))


def divide(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """a/b, undefined at b = 0."""
    return _on_formulas(ratio, a, b)


def power(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """a**b as defined by `raised`, undefined elsewhere."""
    return _on_formulas(raised, a, b)


def root(a: sp.Expr) -> sp.Expr:
    """The square root of a >= 0."""
    return power(a, sp.S.Half)


def apply(function: Any, *arguments: sp.Expr) -> sp.Expr:
    """A SymPy function, undefined outside its domain."""
    return _on_formulas(lambda *values: applied(function, *values), *arguments)


def logarithm(a: sp.Expr) -> sp.Expr:
    """log(a) for a > 0."""
    return apply(sp.log, a)


def arcsine(a: sp.Expr) -> sp.Expr:
    """asin(a) for -1 <= a <= 1."""
    return apply(sp.asin, a)


def arccosine(a: sp.Expr) -> sp.Expr:
    """acos(a) for -1 <= a <= 1."""
    return apply(sp.acos, a)


def arccosh(a: sp.Expr) -> sp.Expr:
    """acosh(a) for a >= 1."""
    return apply(sp.acosh, a)


def arctanh(a: sp.Expr) -> sp.Expr:
    """atanh(a) for -1 < a < 1."""
    return apply(sp.atanh, a)
