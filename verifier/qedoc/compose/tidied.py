"""Writes a lifted formula more simply. Nothing rests on these rules: whatever they make is read back and proved."""

from collections.abc import Callable, Collection, Iterator

import sympy as sp

from qedoc.algebra.satisfiable import Facts
from qedoc.judge.cases import flattened

MOST_SPLITS = 2
"""Maximum number of minima, maxima and moduli that are written as cases."""

LARGEST = 12
"""The largest denominator that a sum is divided by."""


def ways(value: sp.Expr, facts: Facts) -> Iterator[sp.Expr]:
    """Yields spellings of a formula, the simplest first.

    Args:
        value: the formula of the code.
        facts: its domain.
    """
    flat = flattened(value, facts)
    made = tidied(flat)
    apart = tidied(flattened(value, facts, apart=True))
    found = [_split(made), made, apart, flat, value]
    yield from dict.fromkeys(one for one in found if one is not None)


def tidied(value: sp.Expr) -> sp.Expr:
    """A formula in the forms that people write."""
    for rule in _RULES:
        value = _everywhere(value, rule)
    return value


def _everywhere(value: sp.Expr, rule: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    if not value.args:
        return value
    if isinstance(value, sp.Piecewise):
        rows = [(_everywhere(part, rule), condition) for part, condition in value.args]
        return sp.Piecewise(*rows, evaluate=False)
    parts = [_everywhere(part, rule) if isinstance(part, sp.Expr) else part for part in value.args]
    made = value if parts == list(value.args) else value.func(*parts)
    return rule(made)


def _cleared(value: sp.Expr) -> sp.Expr:
    """`P (E/P + (1 - E/P) q)` as `E + (P - E) q`."""
    if not isinstance(value, sp.Mul):
        return value
    for factor in value.args:
        for total in value.args:
            if isinstance(total, sp.Add) and factor.is_Symbol and any(_divides(factor, term) for term in total.args):
                rest = sp.Mul(*(part for part in value.args if part not in (factor, total)))
                return rest * sp.Add(*(_cleared(factor * term) for term in total.args))
    return value


def _divides(factor: sp.Expr, term: sp.Expr) -> bool:
    return any(
        part == 1 / factor or (isinstance(part, sp.Add) and any(1 / factor in sp.Mul.make_args(inner) for inner in part.args))
        for part in sp.Mul.make_args(term)
    )


def _primitive(value: sp.Expr) -> sp.Expr:
    """`x/2 + 1/2` as `(x + 1)/2`."""
    if not isinstance(value, sp.Add):
        return value
    content, rest = value.primitive()
    return sp.Mul(content, rest, evaluate=False) if content.is_Rational and content.p == 1 and 1 < content.q <= LARGEST else value


def _between(value: sp.Expr) -> sp.Expr:
    """`P + (1 - q)(I - P)` as `I + q (P - I)`."""
    if not isinstance(value, sp.Add) or len(value.args) != 2:
        return value
    for end, product in (value.args, value.args[::-1]):
        if isinstance(product, sp.Mul) and len(product.args) == 2:
            for share, span in (product.args, product.args[::-1]):
                start = span + end
                if isinstance(share, sp.Add) and share.as_independent(sp.Symbol)[0] == 1 and start.is_Symbol and end.is_Symbol:
                    return start + (1 - share) * (end - start)
    return value


def _logarithm_of_sum(value: sp.Expr) -> sp.Expr:
    """`max(x, y) + log(1 + exp(-|x - y|))` as `log(exp(x) + exp(y))`, which is how stable code computes it."""
    if not isinstance(value, sp.Add):
        return value
    for largest in value.args:
        if not isinstance(largest, sp.Max) or len(largest.args) != 2:
            continue
        one, other = largest.args
        for term in value.args:
            if isinstance(term, sp.log) and _is_one_and_small(term.args[0], sp.expand(one - other)):
                rest = sp.Add(*(part for part in value.args if part not in (largest, term)))
                if sp.expand(one + other) == 0 and sp.expand(rest + sp.log(2)) == 0:
                    return sp.log(sp.cosh(one if not one.could_extract_minus_sign() else other))
                return sp.log(sp.exp(one) + sp.exp(other)) + rest
    return value


def _is_one_and_small(value: sp.Expr, difference: sp.Expr) -> bool:
    """Whether a number is `1 + exp(-|d|)`."""
    rest = value - 1
    if not isinstance(rest, sp.exp):
        return False
    size = -rest.args[0]
    sizes = (difference, -difference)
    inner = size.args[0] if isinstance(size, sp.Abs) else None
    return inner is not None and any(sp.expand(inner - one) == 0 for one in sizes)


def _common(value: sp.Expr) -> sp.Expr:
    """`min(a - c, b - c)` as `min(a, b) - c`."""
    if not isinstance(value, sp.Min | sp.Max):
        return value
    shared = set.intersection(*(set(sp.Add.make_args(part)) for part in value.args))
    return value.func(*(part - sp.Add(*shared) for part in value.args)) + sp.Add(*shared) if shared else value


_RULES = (_common, _logarithm_of_sum, _cleared, _between, _primitive)


def _split(value: sp.Expr) -> sp.Expr | None:
    """A formula by cases, if it has the same minimum or maximum more than once; None if it does not."""
    if value.has(sp.Piecewise):
        return None
    found = sorted(value.atoms(sp.Min, sp.Max), key=sp.default_sort_key)
    twice = [one for one in found if _count(value, one) > 1 and len(one.args) == 2]
    if not twice or len(twice) > MOST_SPLITS:
        return None
    (extreme, *_) = twice
    one, other = sorted(extreme.args, key=lambda part: (part.is_Symbol, sp.default_sort_key(part)))
    first, second = (one, other) if isinstance(extreme, sp.Min) else (other, one)
    rows = [(_smallest(value.xreplace({extreme: first})), one <= other), (_smallest(value.xreplace({extreme: second})), sp.true)]
    return sp.Piecewise(*rows, evaluate=False)


def by_cases(value: sp.Expr, facts: Facts, compared: Collection[str] = ()) -> sp.Expr | None:
    """A formula with cases in place of its first minimum or maximum of two numbers; None if it has none, or cases already.

    Args:
        value: the formula.
        facts: its domain.
        compared: names of symbols that stand on the left side of relations.
    """
    found = sorted((one for one in value.atoms(sp.Min, sp.Max) if len(one.args) == 2), key=sp.default_sort_key)
    if value.has(sp.Piecewise) or not found:
        return None
    (extreme, *_) = found
    one, other = sorted(extreme.args, key=lambda part: (str(part) not in compared, _as_bound(part)))
    first, second = (one, other) if isinstance(extreme, sp.Min) else (other, one)
    rows = [(value.xreplace({extreme: first}), one <= other), (value.xreplace({extreme: second}), sp.true)]
    return tidied(flattened(sp.Piecewise(*rows, evaluate=False), facts))


def _as_bound(part: sp.Expr) -> tuple[bool, bool, str]:
    """Sorts what varies before what bounds it: the argument `t` before `T` and before a number."""
    return part.is_number, str(part).isupper(), str(part)


def _smallest(value: sp.Expr) -> sp.Expr:
    """The shortest of the usual forms of a formula without cases."""
    moduli = value.replace(
        lambda part: part.is_Pow and isinstance(part.base, sp.Abs) and part.exp.is_even, lambda part: part.base.args[0] ** part.exp
    )
    forms = [moduli, *(form for form in (sp.factor_terms(moduli), sp.expand_mul(moduli), sp.factor_terms(sp.expand_mul(moduli))))]
    return min(forms, key=lambda form: (sp.count_ops(form), len(str(form))))


def _count(value: sp.Expr, part: sp.Expr) -> int:
    return sum(one == part for one in sp.preorder_traversal(value))
