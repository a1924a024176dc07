"""One real-arithmetic rule for each elementwise primitive.

A rule takes one SymPy expression for each operand, and the primitive's parameters by name; it gives an expression, or a `Partial`
where there may be none. Operands that are undefined leave the result undefined, save for the rules in `LAZY`, which take and give
`Partial`s. Truth values are SymPy Booleans.
Integers have no bound and floats no rounding: real-number semantics decides, overflow and precision are ignored.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from qedoc.partial import Partial, applied, conjunction, disjunction, either, raised, ratio, relate, select, strict

Rule = Callable[..., Any]

_HALF = sp.S.Half


def relation(name: str) -> Rule:
    """The rule of a comparison; an undefined side leaves it undefined."""
    return lambda a, b: relate(name, a, b)


def within(function: Any) -> Rule:
    """The rule of a SymPy function that is not defined everywhere."""
    return lambda *arguments: applied(function, *arguments)


def truncate(x: sp.Expr) -> sp.Expr:
    """x rounded toward zero."""
    down, up = sp.floor(x), sp.ceiling(x)
    return down if down == up else either(relate("ge", x, sp.S.Zero), down, up)


def round_half_away(x: sp.Expr) -> sp.Expr:
    """x rounded to the nearest integer, halves away from zero."""
    return x if x.is_integer else sp.sign(x) * sp.floor(sp.Abs(x) + _HALF)


def round_half_even(x: sp.Expr) -> sp.Expr:
    """x rounded to the nearest integer, halves to the even one."""
    if x.is_integer:
        return x
    up = sp.floor(x + _HALF)
    tie = sp.And(relate("eq", up - x, _HALF), relate("ne", 2 * sp.floor(up / 2), up))
    return up + either(tie, sp.S.NegativeOne, sp.S.Zero)


def rounding(x: sp.Expr, *, rounding_method: Any) -> sp.Expr:
    """jax.lax.round, both methods."""
    return round_half_even(x) if rounding_method.name == "TO_NEAREST_EVEN" else round_half_away(x)


def quotient(a: sp.Expr, b: sp.Expr) -> Partial:
    """Integer division, rounded toward zero."""
    return strict(truncate, ratio(a, b))


def remainder(a: sp.Expr, b: sp.Expr) -> Partial:
    """The remainder of division toward zero; it has the sign of the dividend."""
    return strict(lambda whole: a - b * whole, quotient(a, b))


def number(truth: sp.Basic) -> sp.Expr:
    """1 for true, 0 for false."""
    return either(truth, sp.S.One, sp.S.Zero)


def extremum(kind: Any, a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """Max or Min, without the comparisons that SymPy makes inside Piecewise."""
    if a == b:
        return a
    plain = not (a.has(sp.Piecewise) or b.has(sp.Piecewise)) or a.is_infinite or b.is_infinite
    return kind(a, b) if plain else kind(a, b, evaluate=False)


def maximum(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """The larger of two numbers."""
    return extremum(sp.Max, a, b)


def minimum(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """The smaller of two numbers."""
    return extremum(sp.Min, a, b)


def chosen(which: Partial, *options: Partial) -> Partial:
    """select_n: the option of that number; a truth value picks the second option where it is true."""
    if not isinstance(which.value, sp.Expr):
        return select(which, options[1], options[0])
    result = options[-1]
    for k in reversed(range(len(options) - 1)):
        is_k = strict(lambda index, k=k: relate("eq", index, sp.Integer(k)), which)
        result = select(is_k, options[k], result)
    return result


def converted(x: sp.Expr, *, new_dtype: Any) -> Any:
    """A real number as another type; float formats do not round."""
    if np.dtype(new_dtype) == bool:
        return relate("ne", x, sp.S.Zero)
    return truncate(x) if np.issubdtype(new_dtype, np.integer) else x


def angle(y: sp.Expr, x: sp.Expr) -> sp.Expr:
    """atan2, which C and IEEE 754 define as 0 at the origin."""
    origin = sp.And(relate("eq", x, sp.S.Zero), relate("eq", y, sp.S.Zero))
    return sp.S.Zero if origin is sp.true else either(origin, sp.S.Zero, sp.atan2(y, x))


def cube_root(x: sp.Expr) -> sp.Expr:
    """The real cube root."""
    third = sp.Rational(1, 3)
    return x**third if x.is_nonnegative else sp.sign(x) * sp.Abs(x) ** third


def identity(x: Any) -> Any:
    """The operand."""
    return x


RULES: dict[str, Rule] = {
    "abs": sp.Abs,
    "acos": within(sp.acos),
    "acosh": within(sp.acosh),
    "add": sp.Add,
    "and[bool]": conjunction,
    "asin": within(sp.asin),
    "asinh": sp.asinh,
    "atan": sp.atan,
    "atan2": angle,
    "atanh": within(sp.atanh),
    "cbrt": cube_root,
    "ceil": sp.ceiling,
    "clamp": lambda low, x, high: minimum(maximum(x, low), high),
    "convert_element_type": converted,
    "convert_element_type[bool]": lambda x, new_dtype: x if np.dtype(new_dtype) == bool else number(x),
    "copy": identity,
    "copy_p": identity,
    "cos": sp.cos,
    "cosh": sp.cosh,
    "div": ratio,
    "div[integer]": quotient,
    "eq": relation("eq"),
    "exp": sp.exp,
    "exp2": lambda x: sp.Integer(2) ** x,
    "expm1": lambda x: sp.exp(x) - 1,
    "floor": sp.floor,
    "ge": relation("ge"),
    "gt": relation("gt"),
    "integer_pow": lambda x, y: raised(x, sp.Integer(y)),
    "le": relation("le"),
    "log": within(sp.log),
    "log1p": lambda x: applied(sp.log, 1 + x),
    "lt": relation("lt"),
    "max": maximum,
    "min": minimum,
    "mul": sp.Mul,
    "ne": relation("ne"),
    "neg": lambda x: -x,
    "not[bool]": sp.Not,
    "or[bool]": disjunction,
    "pow": raised,
    "reduce_precision": lambda x, exponent_bits, mantissa_bits: x,
    "rem": remainder,
    "round": rounding,
    "rsqrt": lambda x: raised(x, -_HALF),
    "select_n": chosen,
    "sign": sp.sign,
    "sin": sp.sin,
    "sinh": sp.sinh,
    "sqrt": lambda x: raised(x, _HALF),
    "square": lambda x: x**2,
    "stop_gradient": identity,
    "sub": lambda a, b: a - b,
    "tan": within(sp.tan),
    "tanh": sp.tanh,
}

# Parameters that say nothing about the real number: formats, layouts and how precisely to compute.
SILENT = frozenset({"accuracy", "out_dtype", "sharding", "weak_type"})

# Rules that look after undefined operands themselves.
LAZY = frozenset({"and", "or", "select_n"})


def kind(dtype: Any) -> str:
    """What the elements of a type are: `bool`, `integer`, `real`, or the name of a type that has no rules."""
    if np.dtype(dtype) == bool:
        return "bool"
    if np.issubdtype(dtype, np.integer):
        return "integer"
    return "real" if np.dtype(dtype).name in ("float64", "float32", "float16", "bfloat16") else str(dtype)


def rule_for(name: str, dtype: Any) -> Rule | None:
    """The rule of a primitive whose last operand has the type, or None."""
    specific = RULES.get(f"{name}[{kind(dtype)}]")
    return specific or RULES.get(name)
