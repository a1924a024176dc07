"""Products of polynomials in normal form, and substitution."""

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias

from qedoc.sums.domain import is_total, nonnegative, spend
from qedoc.sums.terms import (
    INDICATORS,
    Atom,
    Mono,
    Poly,
    RefusedError,
    exponents_below,
    free,
    frozen,
    gather,
    leading,
    minus,
    number,
    scaled,
    solved,
)

MOST_TERMS = 600
"""Maximum number of monomials of a polynomial."""

Values: TypeAlias = Mapping[str, Poly]

REBUILD: dict[str, Callable[[Atom, Values], Poly]] = {}
"""For each kind of atom, a function that puts polynomials for variables in an atom. The modules of the kinds fill it."""

GUARD: list[Callable[[Atom, Values], Poly]] = []
"""The function that rebuilds an indicator which guards an undefined value. The module `functions` sets it."""

RAISE: list[Callable[[Poly, Fraction], Poly]] = []
"""The function that raises a polynomial to a power. The module `functions` sets it."""


def times(left: Poly, right: Poly) -> Poly:
    """The product of two polynomials."""
    if left == {(): Fraction(1)}:
        return right
    if right == {(): Fraction(1)}:
        return left
    spend(len(left) * len(right))
    result: Poly = {}
    for one, first in left.items():
        for other, second in right.items():
            gather(result, _joined(one, other), first * second)
    if len(result) > MOST_TERMS:
        raise RefusedError(f"the canonical form has more than {MOST_TERMS} terms")
    return result


def _joined(one: Mono, other: Mono) -> Poly:
    if not one or not other:
        return {one or other: Fraction(1)}
    exponents = dict(one)
    for atom, exponent in other:
        exponents[atom] = exponents.get(atom, Fraction(0)) + exponent
    return normal(exponents)


def product(polys: Iterable[Poly]) -> Poly:
    """The product of many polynomials."""
    result = number(1)
    for poly in polys:
        result = times(result, poly)
    return result


def natural(poly: Poly, exponent: int) -> Poly:
    """A polynomial to a natural power."""
    return product([poly] * exponent)


def power(poly: Poly, exponent: Fraction | int) -> Poly:
    """A polynomial to a rational power."""
    return RAISE[0](poly, Fraction(exponent))


def normal(exponents: Mapping[Atom, Fraction]) -> Poly:
    """A product of powers of atoms in normal form."""
    spend()
    powers = {atom: exponent for atom, exponent in exponents.items() if exponent}
    for atom, exponent in powers.items():
        if atom[0] in INDICATORS and exponent != 1:
            return normal(powers | {atom: Fraction(1)})
        if atom[0] == "prime" and not 0 < exponent < 1:
            whole = math.floor(exponent)
            return scaled(normal(powers | {atom: exponent - whole}), Fraction(atom[1]) ** whole)
        if atom[0] == "root" and exponent >= 1:
            whole = math.floor(exponent)
            return times(normal(powers | {atom: exponent - whole}), natural(dict(atom[1]), whole))
    marked = _by_indicators(powers)
    return _divided(powers) if marked is None else marked


def _by_indicators(powers: dict[Atom, Fraction]) -> Poly | None:
    """Applies what the indicators of a product say. None if they say nothing more."""
    marks = [atom for atom in powers if atom[0] in INDICATORS]
    if not marks:
        return None
    if any(_exclude(one, other) for one in marks for other in marks):
        return {}
    for one in marks:
        if any(_implies(other, one) for other in marks if other != one):
            return normal({atom: exponent for atom, exponent in powers.items() if atom != one})
    for mark in marks:
        if mark[0] == "zero" and (put := _put(mark, powers)) is not None:
            return put
    return None


def _exclude(one: Atom, other: Atom) -> bool:
    """Whether two indicators are never both 1."""
    if one[0] == "not":
        return bool(one[1] == other)
    if one[0] == "zero" and other[0] == "above":
        return bool(one[1] == other[1])
    return one[0] == other[0] == "above" and one != other and nonnegative(minus(scaled(dict(one[1]), -1), dict(other[1])))


def _implies(one: Atom, other: Atom) -> bool:
    """Whether the second indicator is 1 wherever the first one is."""
    if one[0] == "above" and other == ("not", ("zero", one[1])):
        return True
    return one[0] == other[0] == "above" and nonnegative(minus(dict(other[1]), dict(one[1])))


def _put(mark: Atom, powers: dict[Atom, Fraction]) -> Poly | None:
    """[v = t] f(v) as [v = t] f(t)."""
    found = solved(mark[1])
    if found is None:
        return None
    old, new = found[0], dict(found[1])
    reads = {atom for atom in powers if atom != mark and (atom == old or (old[0] == "var" and old[1] in free(atom)))}
    if not reads:
        return None
    result: Poly = {((mark, Fraction(1)),): Fraction(1)}
    guards = not is_total(tuple(powers.items()))
    for atom, exponent in powers.items():
        if atom in reads:
            inside = new if atom == old else rebuilt(atom, {old[1]: new}, guards=guards)
            result = times(result, power(inside, exponent))
        elif atom != mark:
            result = times(result, {((atom, exponent),): Fraction(1)})
    return result


def _divided(powers: dict[Atom, Fraction]) -> Poly:
    """Divides by the polynomials in denominators: L / Q = 1 - (Q - L) / Q for the leading term L. For [Q = 0], L is L - Q."""
    for atom, exponent in powers.items():
        in_zero = atom[0] == "zero" and solved(atom[1]) is None
        if not in_zero and not (atom[0] == "root" and exponent < 0):
            continue
        top = leading(atom[1])
        if not top or not exponents_below(top, powers):
            continue
        rest = dict(powers)
        for part, size in top:
            rest[part] = rest.get(part, Fraction(0)) - size
        remainder = dict(atom[1])
        factor = remainder.pop(top)
        whole: Poly = {} if in_zero else normal(rest | {atom: exponent + 1})
        return scaled(minus(whole, times(normal(rest), remainder)), 1 / factor)
    return {tuple(sorted(powers.items())): Fraction(1)}


def rebuilt(atom: Atom, values: Values, *, guards: bool = False) -> Poly:
    """An atom with polynomials put for variables.

    Args:
        atom: the atom.
        values: the polynomials.
        guards: whether indicators guard an undefined value, so that they must not become differences.
    """
    if not free(atom) & values.keys():
        return {((atom, Fraction(1)),): Fraction(1)}
    if guards and atom[0] in INDICATORS:
        return GUARD[0](atom, values)
    return REBUILD[atom[0]](atom, values)


def substituted(poly: Poly, values: Values) -> Poly:
    """A polynomial with polynomials put for variables."""
    result: Poly = {}
    for mono, coefficient in poly.items():
        kept = tuple((atom, exponent) for atom, exponent in mono if not free(atom) & values.keys())
        if len(kept) == len(mono):
            gather(result, {mono: coefficient})
            continue
        part: Poly = {kept: Fraction(1)}
        guards = not is_total(mono)
        for atom, exponent in mono:
            if free(atom) & values.keys():
                part = times(part, power(rebuilt(atom, values, guards=guards), exponent))
        gather(result, part, coefficient)
    return result


def _variable(atom: Atom, values: Values) -> Poly:
    return values[atom[1]]


def _entry(atom: Atom, values: Values) -> Poly:
    made = tuple(frozen(substituted(dict(place), values)) for place in atom[2])
    return {((("entry", atom[1], made), Fraction(1)),): Fraction(1)}


REBUILD |= {"var": _variable, "entry": _entry}
