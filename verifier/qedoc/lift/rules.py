"""One real-arithmetic rule for each elementwise primitive.

A rule gets one SymPy expression for each operand and the parameters of the primitive by name. It returns an expression, or a `Partial` if
the result may be undefined. If an operand is undefined or infinite, so is the result, except for the rules in `LAZY`, which get and return
`Partial`s. Truth values are SymPy Booleans. The rules are those of real numbers: there is no overflow and no rounding.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from qedoc.algebra.conditions import choose, either, relate
from qedoc.algebra.infinities import added, exponential, logged, multiplied, negated
from qedoc.algebra.partial import Partial, conjunction, disjunction, partial, select, strict
from qedoc.algebra.real_functions import applied, raised, ratio
from qedoc.lift.bits import masked

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


def converted(x: Partial, *, new_dtype: Any) -> Partial:
    """A real number as another type; float formats do not round."""
    if np.dtype(new_dtype) == bool:
        return strict(lambda number: relate("ne", number, sp.S.Zero), x)
    return strict(truncate, x) if np.issubdtype(new_dtype, np.integer) else x


def angle(y: sp.Expr, x: sp.Expr) -> sp.Expr:
    """atan2, which C and IEEE 754 define as 0 at the origin."""
    origin = sp.And(relate("eq", x, sp.S.Zero), relate("eq", y, sp.S.Zero))
    return sp.S.Zero if origin is sp.true else either(origin, sp.S.Zero, sp.atan2(y, x))


def cube_root(x: sp.Expr) -> sp.Expr:
    """The real cube root."""
    third = sp.Rational(1, 3)
    return x**third if x.is_nonnegative else sp.sign(x) * sp.Abs(x) ** third


def identity(x: Any, **_: Any) -> Any:
    """Returns the operand. The parameters only describe its format."""
    return x


def equivalent(a: sp.Basic, b: sp.Basic) -> sp.Basic:
    """Whether two truth values agree."""
    return choose(a, b, sp.Not(b))


def different(a: sp.Basic, b: sp.Basic) -> sp.Basic:
    """Whether two truth values differ."""
    return choose(a, sp.Not(b), b)


def is_finite(x: sp.Expr) -> sp.Basic:
    """Whether x is a number, and not an infinity that the code contains."""
    if not x.has(sp.oo, -sp.oo):
        return sp.true
    return sp.And(relate("lt", x, sp.oo), relate("gt", x, -sp.oo))


def divided(a: Partial, b: Partial) -> Partial:
    """A quotient."""
    number = b.value
    return multiplied(a, partial(1 / number)) if number.is_Rational and number and not b.domain else strict(ratio, a, b)


def polynomial(x: sp.Expr, *coefficients: sp.Expr) -> sp.Expr:
    """A polynomial; its coefficients begin with the constant one."""
    return sp.Add(*(coefficient * x**power for power, coefficient in enumerate(coefficients)))


def log_gamma(x: sp.Expr) -> Partial:
    """log(|gamma(x)|), with poles at 0, -1, -2, ..."""
    return applied(sp.loggamma, x) if x.is_positive else strict(lambda g: sp.log(sp.Abs(g)), applied(sp.gamma, x))


def scaled_bessel(order: int, x: sp.Expr) -> sp.Expr:
    """exp(-|x|) times the modified Bessel function of the first kind."""
    return sp.exp(-sp.Abs(x)) * sp.besseli(order, x)


def positive_pair(a: sp.Expr, x: sp.Expr) -> sp.Basic:
    """a > 0 and x > 0."""
    return sp.And(relate("gt", a, sp.S.Zero), relate("gt", x, sp.S.Zero))


def limit_of_integration(a: sp.Expr, x: sp.Expr) -> sp.Basic:
    """a > 0 and x >= 0."""
    return sp.And(relate("gt", a, sp.S.Zero), relate("ge", x, sp.S.Zero))


def convergent(x: sp.Expr, q: sp.Expr) -> sp.Basic:
    """x > 1 and q > 0."""
    return sp.And(relate("gt", x, sp.S.One), relate("gt", q, sp.S.Zero))


def whole_order(m: sp.Expr, x: sp.Expr) -> sp.Basic:
    """A whole order m >= 0 and x > 0."""
    return sp.And(relate("eq", m, sp.floor(m)), relate("ge", m, sp.S.Zero), relate("gt", x, sp.S.Zero))


def beta_region(a: sp.Expr, b: sp.Expr, x: sp.Expr) -> sp.Basic:
    """a > 0, b > 0 and 0 <= x <= 1."""
    return sp.And(positive_pair(a, b), relate("ge", x, sp.S.Zero), relate("le", x, sp.S.One))


RULES: dict[str, Rule] = {
    "abs": sp.Abs,
    "acos": within(sp.acos),
    "acosh": within(sp.acosh),
    "add": added,
    "add_any": added,
    "and[bool]": conjunction,
    "and[integer]": masked,
    "asin": within(sp.asin),
    "asinh": sp.asinh,
    "atan": sp.atan,
    "atan2": angle,
    "atanh": within(sp.atanh),
    "bessel_i0e": lambda x: scaled_bessel(0, x),
    "bessel_i1e": lambda x: scaled_bessel(1, x),
    "cbrt": cube_root,
    "ceil": sp.ceiling,
    "clamp": lambda low, x, high: minimum(maximum(x, low), high),
    "convert_element_type": converted,
    "convert_element_type[bool]": lambda x, new_dtype: x if np.dtype(new_dtype) == bool else number(x),
    "copy": identity,
    "cos": sp.cos,
    "cosh": sp.cosh,
    "digamma": within(sp.digamma),
    "div": divided,
    "div[integer]": quotient,
    "eq": relation("eq"),
    "eq_to": relation("eq"),
    "eq[bool]": equivalent,
    "erf": sp.erf,
    "erf_inv": within(sp.erfinv),
    "erfc": sp.erfc,
    "exp": exponential,
    "exp2": lambda x: sp.Integer(2) ** x,
    "expm1": lambda x: sp.exp(x) - 1,
    "floor": sp.floor,
    "ge": relation("ge"),
    "gt": relation("gt"),
    "igamma": lambda a, x: sp.lowergamma(a, x) / sp.gamma(a),
    "igammac": lambda a, x: sp.uppergamma(a, x) / sp.gamma(a),
    "integer_pow": lambda x, y: raised(x, sp.Integer(y)),
    "is_finite": is_finite,
    "le": relation("le"),
    "lgamma": log_gamma,
    "log": logged,
    "log1p": lambda x: logged(added(partial(sp.S.One), x)),
    "log2": lambda x: divided(logged(x), partial(sp.log(2))),
    "logistic": lambda x: 1 / (1 + sp.exp(-x)),
    "le_to": relation("le"),
    "lt": relation("lt"),
    "lt_to": relation("lt"),
    "max": maximum,
    "min": minimum,
    "mul": multiplied,
    "name": identity,
    "ne": relation("ne"),
    "ne[bool]": different,
    "neg": negated,
    "not[bool]": sp.Not,
    "or[bool]": disjunction,
    "polygamma": sp.polygamma,
    "one_minus_square": lambda x: 1 - x**2,
    "polynomial": polynomial,
    "pow": raised,
    "reduce_precision": identity,
    "regularized_incomplete_beta": lambda a, b, x: sp.betainc_regularized(a, b, 0, x),
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
    "sub": lambda a, b: added(a, negated(b)),
    "tan": within(sp.tan),
    "tanh": sp.tanh,
    "xor[bool]": different,
    "zeta": sp.zeta,
}

# The regions in which these rules are valid; elsewhere the code is unsupported.
REQUIREMENTS: dict[str, Callable[..., sp.Basic]] = {
    "igamma": limit_of_integration,
    "igammac": limit_of_integration,
    "polygamma": whole_order,
    "regularized_incomplete_beta": beta_region,
    "zeta": convergent,
}

# Parameters that do not affect the real value: formats, layouts and precision.
SILENT = frozenset({"accuracy", "out_dtype", "sharding", "unroll", "weak_type"})

# Rules that get and return `Partial`s: they handle undefined operands and infinities themselves.
LAZY = frozenset(
    {"add", "add_any", "and[bool]", "convert_element_type", "copy", "div", "exp", "log", "log1p", "log2", "mul", "name", "neg", "or[bool]"}
    | {"reduce_precision", "select_n", "stop_gradient", "sub"}
)


def kind(dtype: Any) -> str:
    """What the elements of a type are: `bool`, `integer`, `real`, or the name of a type that has no rules."""
    name = str(getattr(dtype, "name", dtype))
    if name.startswith(("int", "uint")):
        return "integer"
    return "real" if name in ("float64", "float32", "float16", "bfloat16") else name


def rule_for(name: str, dtype: Any) -> Rule | None:
    """The rule of a primitive whose last operand has the type, or None."""
    return RULES.get(_key(name, dtype))


def is_lazy(name: str, dtype: Any) -> bool:
    """Whether this rule takes and gives `Partial`s."""
    return _key(name, dtype) in LAZY


def _key(name: str, dtype: Any) -> str:
    special = f"{name}[{kind(dtype)}]"
    return special if special in RULES else name
