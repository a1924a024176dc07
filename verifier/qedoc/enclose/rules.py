"""Defines how each kind of SymPy expression is evaluated on real values, with one rule per function (head).

A rule turns an expression into a step: its operands, and how to compute its value from theirs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sympy as sp
from flint import arb, fmpq
from sympy.core.function import AppliedUndef

from qedoc.enclose import arithmetic, elementary, incomplete, series, special, values
from qedoc.enclose import gamma as gammas
from qedoc.enclose.integral import integral
from qedoc.enclose.ranges import Range, is_ball_literal, is_nonnegative
from qedoc.enclose.values import NoRealValueError, Number
from qedoc.errors import UnsupportedError


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that does not depend on the precision: a number, a truth value, or undefined."""

    value: Any


@dataclass(frozen=True, slots=True)
class Sum:
    """Added operands minus subtracted operands."""

    plus: tuple[sp.Basic, ...]
    minus: tuple[sp.Basic, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Multiplied operands divided by other operands. Undefined where a divisor is zero."""

    above: tuple[sp.Basic, ...]
    below: tuple[sp.Basic, ...]
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the values of operands, all of which must have a value."""

    function: Callable[..., Any]
    operands: tuple[sp.Basic, ...]


@dataclass(frozen=True, slots=True)
class Extreme:
    """The smaller (or larger) of two operands. The function computes it if their order is uncertain."""

    operands: tuple[sp.Basic, sp.Basic]
    least: bool
    function: Callable[[Number, Number], Number]


@dataclass(frozen=True, slots=True)
class Choice:
    """The value of the first branch whose condition holds. Branches that are not taken are not evaluated."""

    branches: tuple[tuple[sp.Basic, sp.Basic], ...]
    of_truths: bool = False


@dataclass(frozen=True, slots=True)
class Connective:
    """Conditions joined by and (or by or). An operand without a value does not matter if another one decides."""

    operands: tuple[sp.Basic, ...]
    conjunction: bool


Step: TypeAlias = Constant | Sum | Product | Call | Extreme | Choice | Connective


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the rules need in addition to the expression.

    Args:
        generate: compiles an expression over given symbols to a function.
        opaque: takes the name of an undefined function s(index, x) and returns its stand-in; None if there is none.
        ranges: cache of known ranges.
    """

    generate: Callable[[Sequence[sp.Symbol], sp.Basic], Callable[..., Any]]
    opaque: Callable[[str], Callable[..., Number]] | None = None
    ranges: dict[sp.Basic, Range] = field(default_factory=dict)


Rule: TypeAlias = Callable[[Any, Context], Step]

RULES: dict[Any, Rule] = {}


def step(expression: sp.Basic, context: Context) -> Step:
    """Returns the step that evaluates the expression.

    Raises:
        UnsupportedError: no rule covers its function.
    """
    if expression.is_Rational:
        return Constant(fmpq(int(expression.p), int(expression.q)))
    if expression.is_Float:
        return Constant(fmpq(*map(int, sp.Rational(expression).as_numer_denom())))
    if isinstance(expression, AppliedUndef):
        return _opaque(expression, context)
    if is_ball_literal(expression):
        middle, radius = expression.midpoint, expression.radius
        return Call(lambda: values.ball(middle, radius), ())
    rule = RULES.get(expression.func) or RULES.get(expression)
    if rule is None:
        raise UnsupportedError(_no_rule(expression))
    return rule(expression, context)


def _no_rule(expression: sp.Basic) -> str:
    if expression.is_Symbol:
        return f"the symbol {expression} in the formula has no value, because it is not declared"
    return f"qedoc has no enclosure rule for {type(expression).__name__}, found in {str(expression)[:200]}"


def _opaque(expression: sp.Basic, context: Context) -> Step:
    if context.opaque is None or len(expression.args) < 2:
        raise UnsupportedError(f"no stand-in is given for the undefined function in {str(expression)[:200]}")
    return Call(context.opaque(expression.func.__name__), expression.args)


def _rule(*heads: Any) -> Callable[[Rule], Rule]:
    def register(rule: Rule) -> Rule:
        for head in heads:
            RULES[head] = rule
        return rule

    return register


# The rules never let SymPy re-evaluate an expression: 0 * log(x) would become 0 and lose its domain.


def _times(*factors: sp.Expr) -> sp.Expr:
    return sp.Mul(*factors, evaluate=False)


def _plus(*terms: sp.Expr) -> sp.Expr:
    return sp.Add(*terms, evaluate=False)


def _to(base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
    return base if exponent == 1 else sp.Pow(base, exponent, evaluate=False)


@_rule(sp.Add)
def _add(expression: sp.Expr, context: Context) -> Step:
    plus, minus = [], []
    for term in expression.args:
        coefficient = term.args[0] if term.is_Mul else term
        if not (coefficient.is_Rational and coefficient < 0):
            plus.append(term)
        elif not term.is_Mul:
            minus.append(-term)
        elif coefficient == -1:
            minus.append(_times(*term.args[1:]))
        else:
            minus.append(_times(-coefficient, *term.args[1:]))
    return Sum(tuple(plus), tuple(minus))


@_rule(sp.Mul)
def _mul(expression: sp.Expr, context: Context) -> Step:
    above, below = [], []
    first, *others = expression.args
    negative = bool(first.is_Rational and first < 0)
    for factor in (-first if negative else first, *others):
        base, exponent = factor.args if factor.is_Pow else (factor, sp.S.One)
        if exponent.is_Rational and exponent < 0:
            below.append(_to(base, -exponent))
        elif factor != 1:
            above.append(factor)
    return Product(tuple(above), tuple(below), negative)


@_rule(sp.Pow)
def _pow(expression: sp.Expr, context: Context) -> Step:
    base, exponent = expression.args
    if base == sp.E:
        return Call(elementary.exp, (exponent,))
    if exponent.is_Rational and exponent < 0:
        return Product((), (_to(base, -exponent),))
    if exponent.is_Integer:
        n = int(exponent)
        return Call(lambda x: arithmetic.power_integer(x, n), (base,))
    known = is_nonnegative(base, context.ranges)
    if exponent == sp.S.Half:
        return Call(lambda x: arithmetic.square_root(x, known), (base,))
    return Call(arithmetic.power_of_nonnegative if known else arithmetic.power, (base, exponent))


def _factor_of_pi(expression: sp.Expr) -> sp.Expr | None:
    """The factor of pi, or None unless every term has one."""
    turns = []
    for term in sp.Add.make_args(expression):
        factors = list(sp.Mul.make_args(term))
        if sp.pi not in factors:
            return None
        factors.remove(sp.pi)
        turns.append(_times(*factors))
    return _plus(*turns)


def _periodic(plain: Callable[[Number], Number], of_pi: Callable[[Number], Number]) -> Rule:
    def rule(expression: sp.Expr, context: Context) -> Step:
        turns = _factor_of_pi(expression.args[0])
        return Call(plain, expression.args) if turns is None else Call(of_pi, (turns,))

    return rule


RULES[sp.cos] = _periodic(elementary.cos, elementary.cos_pi)
RULES[sp.sin] = _periodic(elementary.sin, elementary.sin_pi)
RULES[sp.tan] = _periodic(elementary.tan, elementary.tan_pi)
RULES[sp.cot] = _periodic(elementary.cot, elementary.cot_pi)
RULES[sp.sinc] = _periodic(elementary.sinc, elementary.sinc_pi)
RULES[sp.sec] = _periodic(elementary.reciprocal_of(elementary.cos), elementary.reciprocal_of(elementary.cos_pi))
RULES[sp.csc] = _periodic(elementary.reciprocal_of(elementary.sin), elementary.reciprocal_of(elementary.sin_pi))


@_rule(sp.log)
def _log(expression: sp.Expr, context: Context) -> Step:
    (x,) = expression.args
    if x.is_Add and sp.S.One in x.args:
        others = list(x.args)
        others.remove(sp.S.One)
        return Call(elementary.log1p, (_plus(*others),))
    return Call(elementary.log, (x,))


def _calls(function: Callable[..., Any]) -> Rule:
    return lambda expression, context: Call(function, expression.args)


@_rule(sp.Min, sp.Max)
def _extreme(expression: Any, context: Context) -> Step:
    least, arguments = isinstance(expression, sp.Min), expression.args
    if len(arguments) == 2:
        return Extreme(arguments, least, arithmetic.lesser if least else arithmetic.greater)
    return Call(arithmetic.minimum if least else arithmetic.maximum, arguments)


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    sp.exp: elementary.exp,
    sp.acos: elementary.acos,
    sp.asin: elementary.asin,
    sp.atan: elementary.atan,
    sp.acot: elementary.acot,
    sp.asec: elementary.after_reciprocal(elementary.acos),
    sp.acsc: elementary.after_reciprocal(elementary.asin),
    sp.atan2: elementary.atan2,
    sp.sinh: elementary.sinh,
    sp.cosh: elementary.cosh,
    sp.tanh: elementary.tanh,
    sp.coth: elementary.coth,
    sp.sech: elementary.reciprocal_of(elementary.cosh),
    sp.csch: elementary.reciprocal_of(elementary.sinh),
    sp.asinh: elementary.asinh,
    sp.acosh: elementary.acosh,
    sp.atanh: elementary.atanh,
    sp.acoth: elementary.acoth,
    sp.asech: elementary.after_reciprocal(elementary.acosh),
    sp.acsch: elementary.after_reciprocal(elementary.asinh),
    sp.Abs: arithmetic.magnitude,
    sp.sign: arithmetic.sign,
    sp.floor: arithmetic.floor,
    sp.ceiling: arithmetic.ceiling,
    sp.frac: arithmetic.fraction,
    sp.Mod: arithmetic.remainder,
    sp.Not: values.negation,
    sp.Xor: values.parity,
    sp.Equivalent: values.equivalence,
    sp.gamma: gammas.gamma,
    sp.loggamma: gammas.log_gamma,
    sp.digamma: lambda x: gammas.polygamma(values.ZERO, x),
    sp.trigamma: lambda x: gammas.polygamma(values.ONE, x),
    sp.polygamma: gammas.polygamma,
    sp.zeta: gammas.zeta,
    sp.erf: special.erf,
    sp.erfc: special.erfc,
    sp.erfi: special.erfi,
    sp.erfinv: special.erfinv,
    sp.erfcinv: special.erfcinv,
    sp.Ei: special.exponential_integral,
    sp.expint: special.generalized_exponential_integral,
    sp.li: special.logarithmic_integral,
    sp.Li: special.offset_logarithmic_integral,
    sp.Si: special.sine_integral,
    sp.Ci: special.cosine_integral,
    sp.Shi: special.sinh_integral,
    sp.Chi: special.cosh_integral,
    sp.airyai: special.airy_ai,
    sp.airybi: special.airy_bi,
    sp.besselj: special.bessel_j,
    sp.besseli: special.bessel_i,
    sp.besselk: special.bessel_k,
    sp.bessely: special.bessel_y,
    sp.lowergamma: incomplete.lower_gamma,
    sp.uppergamma: incomplete.upper_gamma,
    sp.beta: gammas.beta,
    sp.betainc: incomplete.incomplete_beta,
    sp.betainc_regularized: incomplete.regularized_beta,
    sp.factorial: gammas.factorial,
    sp.factorial2: gammas.double_factorial,
    sp.RisingFactorial: gammas.rising_factorial,
    sp.FallingFactorial: gammas.falling_factorial,
    sp.binomial: gammas.binomial,
    sp.LambertW: special.lambert_w,
    sp.polylog: special.polylog,
}


RULES.update({head: _calls(function) for head, function in _FUNCTIONS.items()})


@_rule(sp.hyper)
def _hyper(expression: sp.hyper, context: Context) -> Step:
    upper, lower, x = expression.args
    return Call(special.hypergeometric(len(upper), len(lower)), (*upper, *lower, x))


RULES[sp.pi] = lambda expression, context: Call(arb.pi, ())
RULES[sp.E] = lambda expression, context: Call(arb.const_e, ())
RULES[sp.EulerGamma] = lambda expression, context: Call(arb.const_euler, ())
RULES[sp.Catalan] = lambda expression, context: Call(arb.const_catalan, ())
RULES[sp.GoldenRatio] = lambda expression, context: Call(lambda: (1 + arb(5).sqrt()) / 2, ())
RULES[sp.true] = lambda expression, context: Constant(True)
RULES[sp.false] = lambda expression, context: Constant(False)


@_rule(sp.nan, sp.oo, -sp.oo, sp.zoo)
def _without_value(expression: sp.Expr, context: Context) -> Step:
    def undefined() -> Number:
        raise NoRealValueError

    return Call(undefined, ())


def _relation(function: Callable[[Number, Number], Any], flipped: bool = False) -> Rule:
    def rule(expression: sp.Basic, context: Context) -> Step:
        x, y = reversed(expression.args) if flipped else expression.args
        if sp.nan in (x, y) or sp.zoo in (x, y):
            return _without_value(sp.nan, context)
        if x.is_Boolean and y.is_Boolean and not x.is_Symbol and not y.is_Symbol:
            same = Call(values.equivalence, (x, y))
            return same if isinstance(expression, sp.Eq) else Call(values.parity, (x, y))
        if {x, y} & {sp.oo, -sp.oo}:
            return _relation_to_infinity(expression, function, x, y)
        return Call(function, (x, y))

    return rule


def _relation_to_infinity(expression: sp.Basic, function: Callable[[Number, Number], Any], x: sp.Expr, y: sp.Expr) -> Step:
    """A relation with an infinite side, which is decided if the other side is a real number."""
    ends = {sp.oo: 1, -sp.oo: -1}
    if x in ends and y in ends:
        return Constant(bool(function(fmpq(ends[x]), fmpq(ends[y]))))
    holds = bool(function(fmpq(ends.get(x, 0)), fmpq(ends.get(y, 0))))
    return Call(arithmetic.holds if holds else arithmetic.fails, (y if x in ends else x,))


RULES[sp.StrictLessThan] = _relation(arithmetic.less)
RULES[sp.LessThan] = _relation(arithmetic.at_most)
RULES[sp.StrictGreaterThan] = _relation(arithmetic.less, flipped=True)
RULES[sp.GreaterThan] = _relation(arithmetic.at_most, flipped=True)
RULES[sp.Equality] = _relation(arithmetic.equal)
RULES[sp.Unequality] = _relation(arithmetic.different)


@_rule(sp.Piecewise)
def _piecewise(expression: sp.Piecewise, context: Context) -> Step:
    branches = tuple((value, condition) for value, condition in expression.args)
    return Choice(branches) if branches else _without_value(expression, context)


@_rule(sp.ITE)
def _if_then_else(expression: sp.ITE, context: Context) -> Step:
    condition, then, otherwise = expression.args
    return Choice(((then, condition), (otherwise, sp.true)), of_truths=True)


@_rule(sp.And)
def _and(expression: sp.And, context: Context) -> Step:
    return Connective(expression.args, conjunction=True)


@_rule(sp.Or)
def _or(expression: sp.Or, context: Context) -> Step:
    return Connective(expression.args, conjunction=False)


@_rule(sp.Implies)
def _implies(expression: sp.Implies, context: Context) -> Step:
    premise, consequence = expression.args
    return Connective((sp.Not(premise, evaluate=False), consequence), conjunction=False)


@_rule(sp.Heaviside)
def _heaviside(expression: sp.Heaviside, context: Context) -> Step:
    x, at_zero = expression.args
    return Choice(((sp.S.Zero, sp.Lt(x, 0, evaluate=False)), (at_zero, sp.Eq(x, 0, evaluate=False)), (sp.S.One, sp.true)))


@_rule(sp.KroneckerDelta)
def _kronecker(expression: sp.KroneckerDelta, context: Context) -> Step:
    i, j = expression.args[:2]
    return Choice(((sp.S.One, sp.Eq(i, j, evaluate=False)), (sp.S.Zero, sp.true)))


def _series(of_body: Callable[[Callable[..., Number]], Callable[..., Number]]) -> Rule:
    def rule(expression: sp.Basic, context: Context) -> Step:
        body, *inner, (index, lower, upper) = expression.args
        if inner:
            body = expression.func(body, *inner)
        if {lower, upper} & {sp.oo, -sp.oo}:
            return Call(lambda: values.IN_DOUBT, ())
        others = _parameters(body, index)
        function = of_body(context.generate((index, *others), body))
        return Call(function, (lower, upper, *others))

    return rule


RULES[sp.Sum] = _series(series.total)
RULES[sp.Product] = _series(series.product)


@_rule(sp.Integral)
def _integral(expression: sp.Integral, context: Context) -> Step:
    body, *limits = expression.args
    if len(limits) != 1 or len(limits[0]) != 3:
        raise UnsupportedError(f"qedoc can enclose only integrals over one interval, found {str(expression)[:200]}")
    variable, lower, upper = limits[0]
    if {lower, upper} & {sp.oo, -sp.oo}:
        return Call(lambda: values.IN_DOUBT, ())
    others = _parameters(body, variable)
    return Call(integral(body, variable, others), (lower, upper, *others))


def _parameters(body: sp.Basic, bound: sp.Symbol) -> tuple[sp.Symbol, ...]:
    return tuple(x for x in sorted(body.free_symbols - {bound}, key=str) if not is_ball_literal(x))
