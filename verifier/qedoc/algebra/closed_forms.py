"""Closed forms of integrals with an infinite or singular endpoint, and of infinite series.

Quadrature cannot enclose such an integral, and finitely many terms cannot enclose such a series. The special function that it defines
can be enclosed, and it is usually also what the code calls. Each closed form has conditions under which it is valid. Where they fail,
the integral or series is left unchanged. Source: NIST Digital Library of Mathematical Functions, 6.2, 7.2, 8.2, 8.17, 16.2, 25.11, 25.12.
"""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp

from qedoc.algebra.conditions import relate

_LINE = (-sp.oo, sp.oo)

Ratio: TypeAlias = tuple[sp.Expr, sp.Expr, list[sp.Expr], list[sp.Expr]]
"""A factor f of a series term, as (f(0), c, [a, ...], [b, ...]) with f(n + 1) / f(n) = c (n + a)... / ((n + b)...)."""


@dataclass(frozen=True, slots=True)
class _Closed:
    """A closed form, and the conditions under which it equals the integral or series."""

    value: sp.Expr
    conditions: tuple[sp.Basic, ...] = ()


def closed(formula: Any) -> Any:
    """Replaces each integral and infinite series by its closed form, wherever one is known and its conditions hold."""
    found: dict[sp.Basic, sp.Expr] = {}
    for part in formula.atoms(sp.Integral, sp.Sum) if isinstance(formula, sp.Basic) else ():
        form = _integral(part) if isinstance(part, sp.Integral) else _series(part)
        if form is not None and not part.function.has(sp.Integral, sp.Sum):
            found[part] = _guarded(form, part)
    return formula.xreplace(found) if found else formula


def _guarded(form: _Closed, otherwise: sp.Expr) -> sp.Expr:
    condition = sp.And(*form.conditions)
    if condition is sp.true:
        return form.value
    return otherwise if condition is sp.false else sp.Piecewise((form.value, condition), (otherwise, True), evaluate=False)


# Integrals


def _integral(integral: sp.Integral) -> _Closed | None:
    if len(integral.limits) != 1 or len(integral.limits[0]) != 3:
        return None
    t, lower, upper = integral.limits[0]
    return _over(integral.function, t, lower, upper)


def _over(body: sp.Expr, t: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    if any(selection.has(t) for selection in body.atoms(sp.Piecewise)):
        return _in_pieces(body, t, lower, upper)
    if isinstance(body, sp.Add):
        return _total([_over(term, t, lower, upper) for term in body.args])
    factors = _factors(body, t)
    if factors is None:
        return None
    for form in _FORMS:
        if (found := form(factors, lower, upper)) is not None:
            return _Closed(factors.constant * found.value, found.conditions)
    return None


def _total(parts: Iterable[_Closed | None]) -> _Closed | None:
    known: list[_Closed] = []
    for part in parts:
        if part is None:
            return None
        known.append(part)
    return _Closed(sp.Add(*(part.value for part in known)), tuple(c for part in known for c in part.conditions))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Factors:
    """The factors of an integrand: constant * t**p * (1 - t)**q * exp(rate t + square t**2) * rest.

    The factorization is valid for 0 < t < 1, or wherever all factors are defined.
    """

    constant: sp.Expr
    p: sp.Expr
    q: sp.Expr
    rate: sp.Expr
    square: sp.Expr
    rest: sp.Expr
    t: sp.Symbol

    def only(self, *names: str) -> bool:
        """Whether all factors except the named ones and the constant are trivial."""
        absent = {"p": sp.S.Zero, "q": sp.S.Zero, "rate": sp.S.Zero, "square": sp.S.Zero, "rest": sp.S.One}
        return all(getattr(self, name) == value for name, value in absent.items() if name not in names)


def _factors(body: sp.Expr, t: sp.Symbol) -> _Factors | None:
    constant, rest = [], []
    powers: dict[str, list[sp.Expr]] = {"p": [], "q": [], "rate": [], "square": []}
    for factor in sp.Mul.make_args(body):
        base, exponent = factor.as_base_exp()
        if not factor.has(t):
            constant.append(factor)
        elif isinstance(factor, sp.exp):
            for name, part in _exponents(factor.exp, t):
                if not name:
                    constant.append(sp.exp(part))
                elif name in powers:
                    powers[name].append(part)
                else:
                    return None
        elif base == t and not exponent.has(t):
            powers["p"].append(exponent)
        elif base == 1 - t and not exponent.has(t):
            powers["q"].append(exponent)
        else:
            rest.append(factor)
    sums = {name: sp.Add(*parts) for name, parts in powers.items()}
    return _Factors(constant=sp.Mul(*constant), rest=sp.Mul(*rest), t=t, **sums)


def _exponents(exponent: sp.Expr, t: sp.Symbol) -> Iterator[tuple[str, sp.Expr]]:
    """Classifies the terms of an exponent by the field of `_Factors` that they belong to, such as `p` for t**p.

    A constant term gets an empty name, and a term that fits no field gets the name `rest`.
    """
    names = {t: "rate", t**2: "square", sp.log(t): "p", sp.log(1 - t): "q"}
    for term in sp.Add.make_args(exponent):
        if not term.has(t):
            yield "", term
            continue
        for part in sp.Add.make_args(sp.expand(term, log=False, power_base=False, power_exp=False)):
            constant, varying = part.as_independent(t, as_Add=False)
            yield ("", part) if varying == 1 else (names.get(varying, "rest"), constant)


def _exponential(f: _Factors, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    """exp(rate t): the antiderivative, which vanishes at an infinite end if exp does."""
    if not f.only("rate") or f.rate == 0 or (lower, upper) == _LINE:
        return None
    sign = [relate("gt", f.rate, sp.S.Zero)] if lower == -sp.oo else [relate("lt", f.rate, sp.S.Zero)] if upper == sp.oo else []
    ends = [sp.exp(f.rate * end) if end.is_finite is not False else sp.S.Zero for end in (upper, lower)]
    return _Closed((ends[0] - ends[1]) / f.rate, (*sign, relate("ne", f.rate, sp.S.Zero)))


def _gamma(f: _Factors, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    """t**p exp(-s t) on [0, oo) or part of it: incomplete gamma functions of s t (8.2)."""
    if not f.only("p", "rate") or f.rate == 0:
        return None
    s, a = -f.rate, f.p + 1
    shrinks = relate("gt", s, sp.S.Zero)
    starts = relate("gt", a, sp.S.Zero)
    if upper == sp.oo and lower == 0:
        return _Closed(sp.gamma(a) / s**a, (shrinks, starts))
    if upper == sp.oo and lower.is_finite is not False:
        return _Closed(
            sp.uppergamma(a, s * lower) / s**a,
            (shrinks, sp.Or(relate("gt", lower, sp.S.Zero), sp.And(starts, relate("ge", lower, sp.S.Zero)))),
        )
    if any(end.is_finite is False for end in (lower, upper)):
        return None
    ends = [sp.S.Zero if end == 0 else sp.lowergamma(a, s * end) for end in (upper, lower)]
    return _Closed((ends[0] - ends[1]) / s**a, (shrinks, starts, relate("ge", lower, sp.S.Zero), relate("ge", upper, sp.S.Zero)))


def _beta(f: _Factors, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    """t**p (1 - t)**q on [0, 1] or part of it: the incomplete beta function (8.17)."""
    if not f.only("p", "q") or f.q == 0 or any(end.is_finite is False for end in (lower, upper)):
        return None
    a, b = f.p + 1, f.q + 1
    inside = [relate("le", sp.S.Zero, end) for end in (lower, upper)] + [relate("le", end, sp.S.One) for end in (lower, upper)]
    share = sp.S.One if (lower, upper) == (0, 1) else sp.betainc_regularized(a, b, lower, upper)
    return _Closed(sp.beta(a, b) * share, (relate("gt", a, sp.S.Zero), relate("gt", b, sp.S.Zero), *inside))


def _gaussian(f: _Factors, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    """exp(rate t - s t**2): the error function (7.2)."""
    if not f.only("rate", "square") or f.square == 0:
        return None
    s = -f.square
    ends = [sp.sign(end) if end.is_finite is False else sp.erf(sp.sqrt(s) * (end - f.rate / (2 * s))) for end in (upper, lower)]
    value = sp.sqrt(sp.pi / s) / 2 * sp.exp(f.rate**2 / (4 * s)) * (ends[0] - ends[1])
    return _Closed(value, (relate("gt", s, sp.S.Zero),))


def _exponential_integral(f: _Factors, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    """exp(s t) / t on (-oo, x] with x < 0: the exponential integral (6.2)."""
    if not f.only("p", "rate") or f.p != -1 or lower != -sp.oo or upper.is_finite is False:
        return None
    return _Closed(sp.Ei(f.rate * upper), (relate("gt", f.rate, sp.S.Zero), relate("lt", upper, sp.S.Zero)))


def _trigonometric(f: _Factors, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    """sin(t) / t and (cos(t) - 1) / t from 0: the sine and cosine integrals (6.2)."""
    if not f.only("p", "rest") or f.p != -1 or lower != 0 or upper.is_finite is False:
        return None
    if f.rest == sp.sin(f.t):
        return _Closed(sp.Si(upper))
    if f.rest == sp.cos(f.t) - 1:
        return _Closed(sp.Ci(upper) - sp.log(upper) - sp.EulerGamma, (relate("gt", upper, sp.S.Zero),))
    return None


def _dilogarithm(f: _Factors, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    """log(t) / (1 - t) from 1: the dilogarithm (25.12)."""
    if not f.only("q", "rest") or f.q != -1 or f.rest != sp.log(f.t) or lower != 1 or upper.is_finite is False:
        return None
    return _Closed(sp.polylog(2, 1 - upper), (relate("ge", upper, sp.S.Zero),))


_FORMS = (_exponential, _exponential_integral, _gamma, _beta, _gaussian, _trigonometric, _dilogarithm)


def _in_pieces(body: sp.Expr, t: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> _Closed | None:
    """An integrand that is piecewise in t: the sum of the integrals between its breakpoints."""
    if not isinstance(body, sp.Piecewise):
        return None
    relations = {part for _, condition in body.args for part in condition.atoms(sp.core.relational.Relational) if part.has(t)}
    breakpoints = [_breakpoint(relation, t) for relation in relations]
    if any(point is None for point in breakpoints):
        return None
    ends = [-sp.oo, *sorted({point for point in breakpoints if point is not None}), sp.oo]
    known: list[_Closed | None] = []
    for start, stop in itertools.pairwise(ends):
        low = sp.Max(start, lower)
        high = sp.Max(low, sp.Min(stop, upper))
        if low != high:
            known.append(_chosen(body, relations, (t, _between(start, stop)), low, high))
    total = _total(known)
    return total and _Closed(total.value, (*total.conditions, relate("le", lower, upper)))


def _chosen(body: sp.Piecewise, relations: set[Any], at: tuple[sp.Symbol, sp.Rational], low: sp.Expr, high: sp.Expr) -> _Closed | None:
    """The integral over an interval on which each relation on t has the truth value that it has at one inner point.

    Conditions on parameters remain as cases of the result.
    """
    t, inside = at
    truths = {relation: relation.subs(t, inside) for relation in relations}
    cases: list[tuple[sp.Expr, sp.Basic]] = []
    conditions: list[sp.Basic] = []
    for value, condition in body.args:
        holds = condition.xreplace(truths)
        if holds == sp.false:
            continue
        found = None if value is sp.nan else _Closed(sp.S.Zero) if value == 0 else _over(value, t, low, high)
        if found is None:
            return None
        cases.append((found.value, holds))
        conditions += [sp.Or(sp.Not(holds), sp.And(*found.conditions))]
        if holds == sp.true:
            return _Closed(sp.Piecewise(*cases, evaluate=False) if len(cases) > 1 else found.value, tuple(conditions))
    return None


def _breakpoint(relation: Any, t: sp.Symbol) -> sp.Rational | None:
    """The value of t at which a linear relation changes its truth value; None unless it is a rational number."""
    difference = sp.expand(relation.lhs - relation.rhs)
    slope = difference.coeff(t)
    point = -difference.coeff(t, 0) / slope if slope.is_Rational and slope != 0 else None
    return point if point is not None and point.is_Rational and difference == sp.expand(slope * (t - point)) else None


def _between(start: sp.Expr, stop: sp.Expr) -> sp.Rational:
    if start == -sp.oo:
        return sp.S.Zero if stop == sp.oo else stop - 1
    return start + 1 if stop == sp.oo else (start + stop) / 2


# Series


def _series(series: sp.Sum) -> _Closed | None:
    if len(series.limits) != 1:
        return None
    n, first, last = series.limits[0]
    if last != sp.oo or not first.is_Integer:
        return None
    term = series.function.subs(n, n + first) if first else series.function
    return _hurwitz(term, n) or _hypergeometric(term, n)


def _hurwitz(term: sp.Expr, n: sp.Symbol) -> _Closed | None:
    """(n + q)**-s: the Hurwitz zeta function (25.11)."""
    base, exponent = term.as_base_exp()
    q = sp.expand(base - n)
    if q.has(n) or exponent.has(n):
        return None
    return _Closed(sp.zeta(-exponent, q), (relate("gt", -exponent, sp.S.One), relate("gt", q, sp.S.Zero)))


def _hypergeometric(term: sp.Expr, n: sp.Symbol) -> _Closed | None:
    """Terms with the ratio x (n + a)... / ((n + b)...): a generalized hypergeometric function (16.2).

    If n + 1 is among the factors n + b, the series equals its first term times pFq(a; the other b; x). Otherwise a factor n + 1 is added
    above and below first. pFq converges for every x if p <= q, and for |x| < 1 if p = q + 1.
    """
    start, x = sp.S.One, sp.S.One
    upper: list[sp.Expr] = []
    lower: list[sp.Expr] = []
    for factor in _powers(term):
        found = _ratio(factor, n)
        if found is None:
            return None
        first, scale, above, below = found
        start, x = start * first, x * scale
        upper += above
        lower += below
    for shared in [a for a in upper if a in lower]:
        if shared in upper and shared in lower:
            upper.remove(shared)
            lower.remove(shared)
    if sp.S.One in lower:
        lower.remove(sp.S.One)
    else:
        upper.append(sp.S.One)
    if len(upper) > len(lower) + 1:
        return None
    poles = [sp.Or(relate("gt", b, sp.S.Zero), relate("ne", b, sp.floor(b))) for b in lower]
    within = [relate("lt", sp.Abs(x), sp.S.One)] if len(upper) == len(lower) + 1 else []
    return _Closed(start * sp.hyper(upper, lower, x), (*poles, *within))


def _powers(term: sp.Expr) -> Iterator[tuple[sp.Expr, int]]:
    """The factors of a term as pairs (base, integer exponent)."""
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if isinstance(base, sp.Mul):
            yield from ((part, power) for each in base.args for part, power in _powers(each**exponent))
        elif exponent.is_Integer and isinstance(base, sp.factorial | sp.gamma | sp.RisingFactorial | sp.Add | sp.Symbol):
            yield base, int(exponent)
        else:
            yield factor, 1


def _ratio(factor: tuple[sp.Expr, int], n: sp.Symbol) -> Ratio | None:
    part, power = factor
    if not part.has(n):
        return part**power, sp.S.One, [], []
    base, exponent = part.as_base_exp()
    if power == 1 and not base.has(n):  # x**(k n + c)
        slope, rest = exponent.coeff(n, 1), sp.expand(exponent - exponent.coeff(n, 1) * n)
        whole = slope.is_Integer and rest.is_Integer and ((slope > 0 and rest >= 0) or base.is_nonzero)
        return (base**rest, base**slope, [], []) if whole else None
    made = _steps(part, n)
    if made is None:
        return None
    first, scale, roots = made
    above, below = (roots, []) if power > 0 else ([], roots)
    return first**power, scale**power, above * abs(power), below * abs(power)


def _steps(part: sp.Expr, n: sp.Symbol) -> tuple[sp.Expr, sp.Expr, list[sp.Expr]] | None:
    """Describes a factorial, gamma function or rising factorial f as (f(0), c, [r, ...]) with f(n + 1) / f(n) = c (n + r)..."""
    if isinstance(part, sp.RisingFactorial) and part.args[1] == n and not part.args[0].has(n):
        return sp.S.One, sp.S.One, [part.args[0]]
    if not isinstance(part, sp.factorial | sp.gamma):
        return None
    inside = part.args[0] + (1 if isinstance(part, sp.factorial) else 0)  # n! is gamma(n + 1)
    slope = inside.coeff(n, 1)
    rest = sp.expand(inside - slope * n)
    if slope not in (1, 2) or rest.has(n):
        return None
    return part.subs(n, 0), slope**slope, [(rest + k) / slope for k in range(int(slope))]
