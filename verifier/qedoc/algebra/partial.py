"""Real arithmetic that knows where it is undefined.

SymPy simplifies x/x to 1 and log(x) - log(x) to 0. Here a value travels with its domain, so no cancellation drops a condition:
a `Partial` inside the lifter, and the formula `Piecewise((x/x, Ne(x, 0)), (nan, True))` outside it. In such a formula nan stands
once, at the top; below it a Piecewise selects between branches, of which only the chosen one needs a value. Conditions hold no
Piecewise. A truth value can be undefined too: `And` and `Or` are decided where one of their parts decides them.

An infinity is a value where a formula writes it, or where it is the logarithm of 0: `above` and `below` say where. Sums, multiples,
logarithms, exponentials and selections carry it on. Any other operation leaves such a point undefined.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import BINDERS, RELATIONS, TooManyBranches, choose, either, is_condition, relate


@dataclass(frozen=True, slots=True)
class Partial:
    """A value and where it is defined.

    Args:
        value: a real expression without nan, or a condition.
        domain: conditions that must all hold for a finite value; `false` among them where there is none at all.
        above: where the value is infinity.
        below: where it is minus infinity.
    """

    value: Any
    domain: frozenset[sp.Basic] = frozenset()
    above: sp.Basic = sp.false
    below: sp.Basic = sp.false

    @property
    def is_bounded(self) -> bool:
        """Whether it is nowhere infinite."""
        return self.above is sp.false and self.below is sp.false


MOST_ATOMS = 24
"""Relations in the condition of an infinity; where there are more, the value counts as undefined."""

UNDEFINED = Partial(sp.nan, frozenset({sp.false}))


def partial(value: Any, *conditions: sp.Basic) -> Partial:
    """The value where all conditions hold; those on integrals and series are left to enclosures, which alone can tell."""
    parts = [part for c in conditions for part in (c.args if isinstance(c, sp.And) else (c,))]
    domain = frozenset(part for part in parts if part is not sp.true and not part.has(*BINDERS))
    if sp.false in domain or value is sp.nan or value is sp.zoo:
        return UNDEFINED
    return Partial(value, domain)


def strict(operation: Callable[..., Any], *operands: Partial) -> Partial:
    """An operation that needs all its operands.

    Args:
        operation: takes the operands' values, gives a value or a `Partial`.
        operands: one for each argument.
    """
    known = frozenset[sp.Basic]().union(*(operand.domain for operand in operands))
    if sp.false in known:
        return UNDEFINED
    result = operation(*(operand.value for operand in operands))
    return partial(result.value, *result.domain, *known) if isinstance(result, Partial) else partial(result, *known)


def joined(part: Partial) -> sp.Expr:
    """The formula that is undefined outside the domain; a condition is false there."""
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
    """The value and the domain of a formula that `joined` made (or of one that is defined everywhere)."""
    if isinstance(formula, sp.Piecewise) and formula.args[-1].expr is sp.nan and formula.args[-1].cond is sp.true:
        *rows, _ = formula.args
        ends = {row.expr: row.cond for row in rows if row.expr in (sp.oo, -sp.oo)}
        finite = [row for row in rows if row.expr not in ends]
        if len(finite) <= 1 and len(ends) + len(finite) == len(rows):
            base = partial(*finite[0].args) if finite else UNDEFINED
            return Partial(base.value, base.domain, ends.get(sp.oo, sp.false), ends.get(-sp.oo, sp.false))
    return partial(formula)


def select(condition: Partial, if_true: Partial, if_false: Partial) -> Partial:
    """`if_true` where the condition holds, else `if_false`; the branch that is not chosen may be undefined."""
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
    if if_true.value is sp.nan or if_false.value is sp.nan:  # chosen nowhere inside the domain
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
    """A value that is infinite besides, unless where that is takes too long to say."""
    sizes = [len(list(sp.preorder_traversal(c))) for c in (above, below)]
    return part if max(sizes) > 4 * MOST_ATOMS else Partial(part.value, part.domain, above, below)


def spread(part: Partial) -> Partial:
    """A value whose own infinities, which a formula or code wrote, stand in `above` and `below`."""
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
    """The sum; infinite where a part is, and the others are not infinite the other way."""
    parts = tuple(map(spread, parts))
    made = strict(sp.Add, *parts)
    if all(part.is_bounded for part in parts):
        return made

    def infinite(side: str) -> sp.Basic:
        ends = [getattr(part, side) for part in parts]
        return sp.And(sp.Or(*ends), *(_either_way(part.domain, end) for part, end in zip(parts, ends, strict=True)))

    return _unbounded(made, infinite("above"), infinite("below"))


def _either_way(domain: frozenset[sp.Basic], end: sp.Basic) -> sp.Basic:
    """Where a value is finite, or infinite at this end."""
    return sp.And(*domain) if end is sp.false else sp.Or(sp.And(*domain), end)


def multiplied(*parts: Partial) -> Partial:
    """The product; infinite where one factor is and the others have a sign. 0 times infinity is undefined."""
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
    """A condition at points of which an equality fixes a symbol."""
    fixed = {r.lhs: r.rhs for r in sp.And.make_args(where) if isinstance(r, sp.Eq) and r.lhs.is_Symbol and r.rhs.is_Rational}
    return condition.subs(fixed) if fixed else condition


def negated(part: Partial) -> Partial:
    """The value with the other sign."""
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
    """True where all parts are, false where one is false, even if another has no value there."""
    return _connected(sp.And, parts)


def disjunction(*parts: Partial) -> Partial:
    """False where all parts are, true where one is true, even if another has no value there."""
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
    """a**b over the reals as C and IEEE 754 have it: 0**0 is 1, and a negative base needs an integer exponent."""
    domain = _power_domain(a, b)
    if domain is sp.false:
        return UNDEFINED
    made = a**b
    return partial(sp.Abs(a) ** b if made.has(sp.I) and b.is_number else made, domain)  # with such an exponent the base is not negative


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


# The functions of real variables that are not defined everywhere, and where they are.
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
    """A function at real arguments, by `DOMAINS`; a function that is not listed there is taken to be defined everywhere."""
    domain = DOMAINS[function](*arguments) if function in DOMAINS else sp.true
    if domain is sp.false:
        return UNDEFINED
    made = function(*arguments)
    if made.has(sp.I) and function is sp.log:  # of an argument that SymPy knows not to be positive
        made = function(sp.Abs(*arguments))
    return partial(made, domain)


# The same on formulas


def _on_formulas(operation: Callable[..., Partial], *formulas: sp.Expr) -> sp.Expr:
    return joined(strict(operation, *map(split, formulas)))


def divide(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """a/b, undefined at b = 0."""
    return _on_formulas(ratio, a, b)


def power(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """a**b as `raised` has it, undefined elsewhere."""
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
    """Where a formula can have a value, as a condition; outside of it there certainly is none.

    Where the formula is infinite somewhere, some points at which it has no value may be inside.
    """
    part = spread(analysed(formula))
    if part.is_bounded:
        return sp.And(*part.domain)
    if sp.false in part.domain:
        return sp.Or(part.above, part.below)
    ends = {r for end in (part.above, part.below) for r in end.atoms(sp.Eq)}
    return sp.And(*(_closed(condition, ends, part) for condition in part.domain))


def _closed(condition: sp.Basic, ends: set[sp.Basic], part: Partial) -> sp.Basic:
    """A condition of the domain, weakened to hold at the infinities."""
    if isinstance(condition, sp.Gt) and sp.Eq(*condition.args, evaluate=False) in ends:
        return sp.Ge(*condition.args, evaluate=False)
    return sp.Or(condition, part.above, part.below)


def totalise(formula: Any) -> Any:
    """A formula as its reader means it: each partial operation in it is undefined outside its domain.

    Args:
        formula: a SymPy formula or condition of real symbols; a condition becomes one that is false where it is undefined.

    Raises:
        TooManyBranches: if a condition on nested selections has too many cases.
    """
    return joined(analysed(formula))


_EXTENDED: dict[Any, Callable[..., Partial]] = {sp.Add: added, sp.Mul: multiplied, sp.log: logged, sp.exp: exponential}


@functools.lru_cache(maxsize=1 << 14)
def analysed(formula: Any) -> Partial:
    """The value and the domain of any SymPy formula or condition of real symbols."""
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
    """An integral, sum or product: its ends have values, and so has an integrand at the ends that are no numbers.

    Whether it converges is not told here; enclosures of one that does not are not finite.
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
