"""Real arithmetic that tracks where each value is undefined.

SymPy simplifies x/x to 1 and log(x) - log(x) to 0. Here every value carries its domain, so a cancellation never loses a condition. Inside
the lifter the pair is a `Partial`; outside it is the formula `Piecewise((x/x, Ne(x, 0)), (nan, True))`. In such a formula nan occurs once,
in the outermost Piecewise. An inner Piecewise selects a branch, and only the selected branch needs a value. Conditions contain no
Piecewise. A truth value can also be undefined, but `And` and `Or` have a value as soon as one of their parts decides them.

Infinity is a value in two cases: a formula contains it, or it is the logarithm of 0. `above` and `below` say where. Sums, multiples,
logarithms, exponentials and selections propagate it. Every other operation is undefined at such a point.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import BINDERS, RELATIONS, TooManyBranches, choose, either, is_condition, relate


@dataclass(frozen=True, slots=True)
class Partial:
    """A value and the domain on which it is defined.

    Args:
        value: a real expression without nan, or a condition.
        domain: the value is finite where all these conditions hold; contains `false` if it is finite nowhere.
        above: the condition under which the value is infinity.
        below: the condition under which the value is minus infinity.
    """

    value: Any
    domain: frozenset[sp.Basic] = frozenset()
    above: sp.Basic = sp.false
    below: sp.Basic = sp.false

    @property
    def is_bounded(self) -> bool:
        """Whether the value is never infinite."""
        return self.above is sp.false and self.below is sp.false


MOST_ATOMS = 24
"""Limits the size of the condition of an infinity; with a larger condition, the value counts as undefined there."""

UNDEFINED = Partial(sp.nan, frozenset({sp.false}))


def partial(value: Any, *conditions: sp.Basic) -> Partial:
    """The value with the given conditions as its domain.

    Conditions that contain an integral, sum or product are dropped: only enclosures can decide them.
    """
    parts = [part for c in conditions for part in (c.args if isinstance(c, sp.And) else (c,))]
    domain = frozenset(part for part in parts if part is not sp.true and not part.has(*BINDERS))
    if sp.false in domain or value is sp.nan or value is sp.zoo:
        return UNDEFINED
    return Partial(value, domain)


def strict(operation: Callable[..., Any], *operands: Partial) -> Partial:
    """Applies an operation that is undefined as soon as one operand is.

    Args:
        operation: takes the values of the operands and returns a value or a `Partial`.
        operands: one for each argument of the operation.
    """
    known = frozenset[sp.Basic]().union(*(operand.domain for operand in operands))
    if sp.false in known:
        return UNDEFINED
    result = operation(*(operand.value for operand in operands))
    return partial(result.value, *result.domain, *known) if isinstance(result, Partial) else partial(result, *known)


def joined(part: Partial) -> sp.Expr:
    """Converts a `Partial` to one formula. Outside the domain a value is nan, and a condition is false."""
    if is_condition(part.value):
        return sp.And(*part.domain, part.value)
    part = spread(part)
    if not part.is_bounded:
        rows = [(part.value, sp.And(*sorted(part.domain, key=sp.default_sort_key))), (sp.oo, part.above), (-sp.oo, part.below)]
        rows = [(value, condition) for value, condition in rows if condition is not sp.false and value is not sp.nan]
        return rows[0][0] if rows[0][1] is sp.true else sp.Piecewise(*rows, (sp.nan, True), evaluate=False)
    if sp.false in part.domain:
        return sp.nan
    condition = sp.And(*sorted(part.domain, key=sp.default_sort_key))
    if condition is sp.true:
        return part.value
    return sp.nan if condition is sp.false else sp.Piecewise((part.value, condition), (sp.nan, True), evaluate=False)


def split(formula: sp.Expr) -> Partial:
    """Converts a formula back to a `Partial`. The formula comes from `joined`, or it is defined everywhere."""
    if isinstance(formula, sp.Piecewise) and formula.args[-1].expr is sp.nan and formula.args[-1].cond is sp.true:
        *rows, _ = formula.args
        ends = {row.expr: row.cond for row in rows if row.expr in (sp.oo, -sp.oo)}
        finite = [row for row in rows if row.expr not in ends]
        if len(finite) <= 1 and len(ends) + len(finite) == len(rows):
            base = partial(*finite[0].args) if finite else UNDEFINED
            return Partial(base.value, base.domain, ends.get(sp.oo, sp.false), ends.get(-sp.oo, sp.false))
    return partial(formula)


def select(condition: Partial, if_true: Partial, if_false: Partial) -> Partial:
    """The value `if_true` where the condition holds, and `if_false` elsewhere. The other branch may be undefined there."""
    test = condition.value
    if if_true == if_false:
        return if_true
    if sp.false in condition.domain:
        return UNDEFINED
    if test is sp.true or test is sp.false:
        chosen = if_true if test is sp.true else if_false
        made = partial(chosen.value, *chosen.domain, *condition.domain)
        return made if chosen.is_bounded else _unbounded(made, *(sp.And(end, *condition.domain) for end in (chosen.above, chosen.below)))
    common = if_true.domain & if_false.domain
    domain = choose(test, sp.And(*(if_true.domain - common)), sp.And(*(if_false.domain - common)))
    if if_true.value is sp.nan or if_false.value is sp.nan:  # this branch is never selected inside the domain
        value = if_false.value if if_true.value is sp.nan else if_true.value
    else:
        value = either(test, if_true.value, if_false.value)
    made = partial(value, domain, *common, *condition.domain)
    if if_true.is_bounded and if_false.is_bounded:
        return made
    return _unbounded(
        made,
        sp.And(choose(test, if_true.above, if_false.above), *condition.domain),
        sp.And(choose(test, if_true.below, if_false.below), *condition.domain),
    )


def _unbounded(part: Partial, above: sp.Basic, below: sp.Basic) -> Partial:
    """Adds the conditions of the infinities to a value, unless they are too large."""
    sizes = [len(list(sp.preorder_traversal(c))) for c in (above, below)]
    return part if max(sizes) > 4 * MOST_ATOMS else Partial(part.value, part.domain, above, below)


def spread(part: Partial) -> Partial:
    """Moves explicit infinities of the value to `above` and `below`."""
    value = part.value
    if value in (sp.oo, -sp.oo):
        where = sp.And(*part.domain)
        return Partial(sp.nan, frozenset({sp.false}), *((where, sp.false) if value is sp.oo else (sp.false, where)))
    if not isinstance(value, sp.Piecewise) or not value.has(sp.oo, -sp.oo):
        return part
    result = UNDEFINED
    for row, condition in reversed(value.args):
        result = select(partial(condition), spread(partial(row)), result)
    inside = part.domain
    made = partial(result.value, *result.domain, *inside)
    return _unbounded(made, sp.Or(part.above, sp.And(result.above, *inside)), sp.Or(part.below, sp.And(result.below, *inside)))


def added(*parts: Partial) -> Partial:
    """The sum. It is infinite where one part is infinite and no part is infinite with the other sign."""
    parts = tuple(map(spread, parts))
    made = strict(sp.Add, *parts)
    if all(part.is_bounded for part in parts):
        return made

    def infinite(side: str) -> sp.Basic:
        ends = [getattr(part, side) for part in parts]
        return sp.And(sp.Or(*ends), *(_either_way(part.domain, end) for part, end in zip(parts, ends, strict=True)))

    return _unbounded(made, infinite("above"), infinite("below"))


def _either_way(domain: frozenset[sp.Basic], end: sp.Basic) -> sp.Basic:
    """The condition under which a value is finite, or infinite with this sign."""
    return sp.And(*domain) if end is sp.false else sp.Or(sp.And(*domain), end)


def multiplied(*parts: Partial) -> Partial:
    """The product. It is infinite where one factor is infinite and the other factors are not zero. 0 times infinity is undefined."""
    parts = tuple(map(spread, parts))
    made = strict(sp.Mul, *parts)
    unbounded = [part for part in parts if not part.is_bounded]
    if len(unbounded) != 1:
        return made
    (end,) = unbounded
    others = [part for part in parts if part is not end]
    if any(sp.false in part.domain for part in others):
        return made
    factor, inside = sp.Mul(*(part.value for part in others)), [c for part in others for c in part.domain]

    def infinite(positive: sp.Basic, negative: sp.Basic) -> sp.Basic:
        signs = ((positive, "gt"), (negative, "lt"))
        return sp.Or(
            *(sp.And(where, _at(where, relate(sign, factor, sp.S.Zero)), *inside) for where, sign in signs if where is not sp.false)
        )

    try:
        return _unbounded(made, infinite(end.above, end.below), infinite(end.below, end.above))
    except TooManyBranches:
        return made


def _at(where: sp.Basic, condition: sp.Basic) -> sp.Basic:
    """Simplifies a condition at points where an equality in `where` fixes the value of a symbol."""
    fixed = {r.lhs: r.rhs for r in sp.And.make_args(where) if isinstance(r, sp.Eq) and r.lhs.is_Symbol and r.rhs.is_Rational}
    return condition.subs(fixed) if fixed else condition


def negated(part: Partial) -> Partial:
    """The value with the opposite sign."""
    return multiplied(partial(sp.S.NegativeOne), part)


def logged(part: Partial) -> Partial:
    """The logarithm: minus infinity at 0, infinity at infinity."""
    part = spread(part)
    made = strict(lambda x: applied(sp.log, x), part)
    zero = sp.false if part.value is sp.nan or part.value.is_positive else sp.And(relate("eq", part.value, sp.S.Zero), *part.domain)
    return made if zero is sp.false and part.above is sp.false else _unbounded(made, part.above, zero)


def exponential(part: Partial) -> Partial:
    """exp: 0 at minus infinity, infinity at infinity."""
    part = spread(part)
    made = strict(sp.exp, part)
    if part.below is not sp.false:
        where = sp.And(*part.domain)
        value = sp.S.Zero if made.value is sp.nan else either(where, made.value, sp.S.Zero)
        made = partial(value, sp.Or(where, part.below))
    return made if part.above is sp.false else _unbounded(made, part.above, sp.false)


def conjunction(*parts: Partial) -> Partial:
    """The conjunction: true where all parts are true, false where any part is false, even if another part is undefined there."""
    return _connected(sp.And, parts)


def disjunction(*parts: Partial) -> Partial:
    """The disjunction: false where all parts are false, true where any part is true, even if another part is undefined there."""
    return _connected(sp.Or, parts)


def _connected(connective: Any, parts: Iterable[Partial]) -> Partial:
    parts = [*parts]
    usable = [p for p in parts if sp.false not in p.domain]
    value = connective(*(p.value for p in usable))
    if not any(p.domain for p in parts):
        return partial(value)
    whole = sp.And(*(c for p in parts for c in p.domain))
    decided = [sp.And(*p.domain, p.value if connective is sp.Or else sp.Not(p.value)) for p in usable]
    return partial(value, sp.Or(whole, *decided))


# Operations on plain values


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


# The same operations on formulas


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


def defined(formula: Any) -> sp.Basic:
    """The condition under which a formula can have a value. Where the condition fails, the formula is certainly undefined.

    If the formula is infinite at some points, the condition may also hold at points where the formula is undefined.
    """
    part = spread(analysed(formula))
    if part.is_bounded:
        return sp.And(*part.domain)
    if sp.false in part.domain:
        return sp.Or(part.above, part.below)
    ends = {r for end in (part.above, part.below) for r in end.atoms(sp.Eq)}
    return sp.And(*(_weakened(condition, ends, part) for condition in part.domain))


def _weakened(condition: sp.Basic, ends: set[sp.Basic], part: Partial) -> sp.Basic:
    """Weakens a condition of the domain so that it also holds where the value is infinite."""
    if isinstance(condition, sp.Gt) and sp.Eq(*condition.args, evaluate=False) in ends:
        return sp.Ge(*condition.args, evaluate=False)
    return sp.Or(condition, part.above, part.below)


def totalise(formula: Any) -> Any:
    """Makes the domain of a formula explicit: each operation in it becomes undefined outside its domain.

    Args:
        formula: a SymPy formula or condition in real symbols. A condition becomes false where it is undefined.

    Raises:
        TooManyBranches: if a condition on nested selections has too many cases.
    """
    return joined(analysed(formula))


_EXTENDED: dict[Any, Callable[..., Partial]] = {sp.Add: added, sp.Mul: multiplied, sp.log: logged, sp.exp: exponential}


@functools.lru_cache(maxsize=1 << 14)
def analysed(formula: Any) -> Partial:
    """The value and the domain of any SymPy formula or condition in real symbols."""
    if not formula.args or isinstance(formula, sp.core.function.AppliedUndef):
        return strict(lambda *values: formula.func(*values) if values else formula, *map(analysed, formula.args))
    if isinstance(formula, sp.Piecewise):
        result = UNDEFINED
        for value, condition in reversed(formula.args):
            result = select(analysed(condition), analysed(value), result)
        return result
    if isinstance(formula, sp.Integral | sp.Sum | sp.Product):
        return _between(formula)
    if isinstance(formula, sp.Mul):
        above, below = sp.fraction(formula, exact=True)
        if below.is_Rational and below != 1:
            return multiplied(partial(1 / below), analysed(above))
        if below != 1:
            return strict(ratio, analysed(above), analysed(below))
    return _rebuilt(formula, [analysed(part) for part in formula.args])


def _between(formula: Any) -> Partial:
    """The domain of an integral, sum or product: its limits must be defined, and so must the integrand at each symbolic, finite limit.

    Convergence is not checked here. The enclosure of a divergent integral or series is not finite.
    """
    ends = [analysed(end) for limit in formula.limits for end in limit[1:]]
    domain = [condition for end in ends for condition in end.domain]
    if isinstance(formula, sp.Integral) and len(formula.limits) == 1:
        variable, *span = formula.limits[0]
        inside = sp.And(*analysed(formula.function).domain)
        domain += [inside.subs(variable, end) for end in span if end.free_symbols and end.is_finite is not False]
    return partial(formula, *domain)


def _rebuilt(formula: Any, parts: list[Partial]) -> Partial:
    if formula.func in _EXTENDED:
        return _EXTENDED[formula.func](*parts)
    if isinstance(formula, sp.And):
        return conjunction(*parts)
    if isinstance(formula, sp.Or):
        return disjunction(*parts)
    if isinstance(formula, sp.Pow):
        return strict(raised, *parts)
    for name, relation in RELATIONS.items():
        if isinstance(formula, relation):
            return strict(functools.partial(relate, name), *parts)
    return strict(lambda *values: applied(formula.func, *values), *parts)
