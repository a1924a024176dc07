"""Powers, logarithms, exponentials and indicators of polynomials in canonical form.

A function of a polynomial with an indicator g is taken case by case: f(g A + (1 - g) B) = g f(A) + (1 - g) f(B).
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

import sympy as sp

from qedoc.sums.domain import (
    POSITIVE,
    UNKNOWN,
    is_integer,
    is_total,
    never_zero,
    nonnegative,
    positive,
    primitive,
    sign,
    spend,
)
from qedoc.sums.products import GUARD, RAISE, REBUILD, Values, natural, normal, power, product, rebuilt, substituted, times
from qedoc.sums.terms import INDICATORS, Atom, Mono, Poly, RefusedError, frozen, leading, minus, number, of, plus, scaled

ONE = number(1)
LARGEST_SHIFT = 3
"""[L + c > 0] becomes [L > 0] and single cases [L = t] for constants up to this size."""


def guarded(indicator: Poly, value: Poly, guard: Callable[[], Poly] | None = None) -> Poly:
    """The value where an indicator is 1, and 0 elsewhere, also where the value is undefined.

    Args:
        indicator: the indicator.
        value: the value.
        guard: gives the indicator in a form that can guard an undefined value.

    Raises:
        RefusedError: if the indicator is no sum of indicators that could guard an undefined value.
    """
    total = {mono: c for mono, c in value.items() if is_total(mono)}
    rest = minus(value, total)
    if not rest:
        return times(indicator, total)
    return plus(times(indicator, total), times(as_guard(indicator) if guard is None else guard(), rest))


def as_guard(indicator: Poly) -> Poly:
    """An indicator as a sum of products of indicators, without differences: each product is 1 only where the indicator is."""
    if all(coefficient > 0 for coefficient in indicator.values()):
        return indicator
    negated = minus(ONE, indicator)
    if len(negated) == 1:
        ((mono, coefficient),) = negated.items()
        if coefficient == 1 and len(mono) == 1 and mono[0][0][0] in INDICATORS:
            atom = mono[0][0]
            return of(atom[1]) if atom[0] == "not" else of(("not", atom))
    raise RefusedError("a value that is undefined elsewhere is guarded by a condition with several parts")


def above_guard(poly: Poly) -> Poly:
    """1 where a polynomial is > 0, as one indicator that can guard an undefined value."""
    made = is_above(poly)
    whole = len(made) <= 1 and all(c == 1 and len(mono) <= 1 for mono, c in made.items())
    return made if whole else of(("above", frozen(unit(poly)[0])))


def negated_guard(guard: Poly) -> Poly:
    """The opposite of a guard of one indicator, in a form that can guard an undefined value.

    Raises:
        RefusedError: if the guard consists of several indicators.
    """
    return as_guard(minus(ONE, guard))


def by_cases(poly: Poly, function: Callable[[Poly], Poly]) -> Poly | None:
    """The function of a polynomial, case by case of one indicator in it; None if there is no indicator."""
    mark = next((atom for mono in poly for atom, _ in mono if atom[0] in INDICATORS), None)
    if mark is None:
        return None
    spend(len(poly))
    opposite = mark[1] if mark[0] == "not" else ("not", mark)
    yes = in_case(poly, mark, opposite)
    no = in_case(poly, opposite, mark)
    indicator = of(mark)
    return plus(guarded(indicator, function(yes)), guarded(minus(ONE, indicator), function(no)))


def in_case(poly: Poly, one: Atom, zero: Atom) -> Poly:
    """A polynomial where one indicator is 1 and its opposite is 0."""
    kept = [(mono, c) for mono, c in poly.items() if not any(atom == zero for atom, _ in mono)]
    return plus(*({tuple(pair for pair in mono if pair[0] != one): c} for mono, c in kept))


# Powers


def raised(poly: Poly, exponent: Fraction) -> Poly:
    """A polynomial to a rational power.

    Raises:
        RefusedError: for 0 to a negative power, and for a root of odd order of a value whose sign is unknown.
    """
    if exponent == 0:
        return ONE
    if not poly:
        if exponent < 0:
            raise RefusedError("a denominator is 0")
        return {}
    if exponent.denominator == 1 and exponent > 0:
        return natural(poly, int(exponent))
    if exponent.denominator % 2 == 0 or exponent.denominator == 1 or nonnegative(poly):
        made = by_cases(poly, lambda part: raised(part, exponent))
        return made if made is not None else _single(poly, exponent) if len(poly) == 1 else _several(poly, exponent)
    raise RefusedError("a root of odd order of a value that may be negative")


def _single(poly: Poly, exponent: Fraction) -> Poly:
    ((mono, coefficient),) = poly.items()
    if exponent.denominator == 1:
        return scaled(normal({atom: e * exponent for atom, e in mono}), coefficient ** int(exponent))
    known = {atom: e for atom, e in mono if sign(atom) == POSITIVE}
    zeroable = {atom: e for atom, e in mono if atom not in known and sign(atom) != UNKNOWN}
    squares = {atom: e for atom, e in mono if atom not in known and atom not in zeroable and e.denominator == 1 and e % 2 == 0}
    others = {atom: e for atom, e in mono if atom not in known and atom not in zeroable and atom not in squares}
    if coefficient < 0 or (others and (zeroable or squares or len(others) > 1)):
        rest = tuple(pair for pair in mono if pair[0] not in known)
        inside = of(("root", frozen({rest: Fraction(-1 if coefficient < 0 else 1)})), exponent)
        return product([numeral(abs(coefficient), exponent), _powers(known, exponent), inside])
    sizes = [raised(absolute(of(atom)), e * exponent) for atom, e in squares.items()]
    return product([numeral(coefficient, exponent), _powers(known | zeroable | others, exponent), *sizes])


def _powers(exponents: dict[Atom, Fraction], exponent: Fraction) -> Poly:
    return normal({atom: e * exponent for atom, e in exponents.items()})


def _several(poly: Poly, exponent: Fraction) -> Poly:
    factors, rest = content(poly, positive_only=exponent.denominator != 1)
    if len(rest) == 1 and factors:
        return times(_powers(factors, exponent), raised(rest, exponent))
    rest, size = unit(rest)
    turned = exponent.denominator == 1 and rest[leading(frozen(rest))] < 0
    base = scaled(rest, -1) if turned else rest
    made = product([_powers(factors, exponent), numeral(size, exponent), of(("root", frozen(base)), exponent)])
    return scaled(made, -1) if turned and exponent % 2 else made


def content(poly: Poly, *, positive_only: bool) -> tuple[dict[Atom, Fraction], Poly]:
    """Splits off common factors and denominators.

    Args:
        poly: the polynomial.
        positive_only: whether only factors that are always positive are split off.

    Returns:
        the exponents of the factors, and the rest.
    """
    factors: dict[Atom, Fraction] = {}
    for _ in range(20):
        if not poly:
            break
        monos = [dict(mono) for mono in poly]
        atoms = {atom for mono in monos for atom in mono if atom[0] not in INDICATORS and (not positive_only or sign(atom) == POSITIVE)}
        least = {atom: min(mono.get(atom, Fraction(0)) for mono in monos) for atom in atoms}
        least = {atom: exponent for atom, exponent in least.items() if exponent}
        if not least:
            break
        for atom, exponent in least.items():
            factors[atom] = factors.get(atom, Fraction(0)) + exponent
        poly = times(poly, normal({atom: -exponent for atom, exponent in least.items()}))
    return factors, poly


def unit(poly: Poly) -> tuple[Poly, Fraction]:
    """A polynomial divided by the size of its leading coefficient, and that size."""
    size = abs(poly[leading(frozen(poly))])
    return scaled(poly, 1 / size), size


def numeral(value: Fraction, exponent: Fraction) -> Poly:
    """A positive number to a rational power, as a product of powers of primes."""
    return product(normal({("prime", prime): count * exponent}) for prime, count in _primes(value))


def _primes(value: Fraction) -> Iterator[tuple[int, Fraction]]:
    for prime, count in sp.factorrat(sp.Rational(value.numerator, value.denominator)).items():
        yield int(prime), Fraction(int(count))


# Indicators


def is_zero(poly: Poly) -> Poly:
    """1 where a polynomial is 0, and 0 elsewhere."""
    if not poly:
        return ONE
    if never_zero(poly):
        return {}
    made = by_cases(poly, is_zero)
    if made is not None:
        return made
    if is_integer(primitive(poly)[0]):
        poly, _ = primitive(poly)
        steps = primitive({mono: c for mono, c in poly.items() if mono})[1]
        if poly.get((), Fraction(0)) % steps:
            return {}
    else:
        poly = unit(content(poly, positive_only=True)[1])[0]
        if never_zero(poly):
            return {}
    return of(("zero", frozen(poly if poly[leading(frozen(poly))] > 0 else scaled(poly, -1))))


def is_above(poly: Poly) -> Poly:
    """1 where a polynomial is > 0, and 0 elsewhere."""
    if not poly or nonnegative(scaled(poly, -1)):
        return {}
    if positive(poly):
        return ONE
    made = by_cases(poly, is_above)
    if made is not None:
        return made
    if is_integer(primitive(poly)[0]):
        return _integer_above(primitive(poly)[0])
    rest = unit(content(poly, positive_only=True)[1])[0]
    return ONE if positive(rest) else {} if nonnegative(scaled(rest, -1)) else _real_above(rest)


def _real_above(poly: Poly) -> Poly:
    if poly[leading(frozen(poly))] > 0:
        return of(("above", frozen(poly)))
    turned = scaled(poly, -1)
    return minus(minus(ONE, is_above(turned)), is_zero(turned))


def _integer_above(poly: Poly) -> Poly:
    if poly[leading(frozen(poly))] < 0:
        return minus(ONE, is_above(minus(ONE, poly)))
    line, steps = primitive({mono: c for mono, c in poly.items() if mono})
    shift = math.ceil(poly.get((), Fraction(0)) / steps)  # steps * line + c > 0 says line + ceil(c / steps) > 0
    moved = plus(line, number(shift))
    if positive(moved):
        return ONE
    if not 0 < abs(shift) <= LARGEST_SHIFT:
        return of(("above", frozen(moved)))
    cases = range(shift) if shift > 0 else range(shift, 0)
    single = [scaled(is_zero(plus(line, number(t))), 1 if shift > 0 else -1) for t in cases]
    return plus(is_above(line), *single)


def absolute(poly: Poly) -> Poly:
    """The absolute value."""
    if nonnegative(poly):
        return poly
    if nonnegative(scaled(poly, -1)):
        return scaled(poly, -1)
    return minus(scaled(times(is_above(poly), poly), 2), poly)


# Logarithms and exponentials


def logarithm(poly: Poly) -> Poly:
    """The logarithm. It is split only where signs are known.

    Raises:
        RefusedError: for the logarithm of 0.
    """
    if not poly:
        raise RefusedError("the logarithm of 0")
    made = by_cases(poly, logarithm)
    if made is not None:
        return made
    factors, rest = content(poly, positive_only=True)
    if len(rest) == 1:
        return plus(_log_of_product(factors), _log_of_single(rest))
    rest, size = unit(rest)
    return plus(_log_of_product(factors), _log_of_number(size), of(("log", frozen(rest))))


def _log_of_single(poly: Poly) -> Poly:
    ((mono, coefficient),) = poly.items()
    if coefficient > 0 and not mono:
        return _log_of_number(coefficient)
    if coefficient > 0 and len(mono) == 1 and (mono[0][1].denominator % 2 == 0 or mono[0][1] % 2 == 1):
        return plus(_log_of_number(coefficient), _log_of_product(dict(mono)))  # an odd power or a root is positive only for a positive base
    return plus(_log_of_number(abs(coefficient)), of(("log", frozen(scaled(poly, 1 / abs(coefficient))))))


def _log_of_number(value: Fraction) -> Poly:
    return plus(*(scaled(of(("log", frozen(number(prime)))), count) for prime, count in _primes(value)))


def _log_of_product(factors: dict[Atom, Fraction]) -> Poly:
    return plus(*(scaled(_log_of_atom(atom), exponent) for atom, exponent in factors.items()))


def _log_of_atom(atom: Atom) -> Poly:
    match atom[0]:
        case "exp":
            return {atom[1]: Fraction(1)}
        case "prime":
            return of(("log", frozen(number(atom[1]))))
        case "root":
            return logarithm(dict(atom[1]))
        case _:
            return of(("log", frozen(of(atom))))


def exponential(poly: Poly) -> Poly:
    """The exponential: a product with one factor for each term."""
    made = by_cases(poly, exponential)
    if made is not None:
        return made
    return product(_exp_of_term(mono, coefficient) for mono, coefficient in poly.items())


def _exp_of_term(mono: Mono, coefficient: Fraction) -> Poly:
    if len(mono) == 1 and mono[0][0][0] == "log" and mono[0][1] == 1:
        return power(dict(mono[0][0][1]), coefficient)
    return normal({("exp", mono): coefficient})


def called(name: str, arguments: tuple[Poly, ...]) -> Poly:
    """Any other function, case by case."""
    for place, argument in enumerate(arguments):
        made = by_cases(argument, partial(_called_with, name, arguments, place))
        if made is not None:
            return made
    return of(("call", name, tuple(map(frozen, arguments))))


def _called_with(name: str, arguments: tuple[Poly, ...], place: int, argument: Poly) -> Poly:
    return called(name, (*arguments[:place], argument, *arguments[place + 1 :]))


# Substitution


def _inside(function: Callable[[Poly], Poly]) -> Callable[[Atom, Values], Poly]:
    return lambda atom, values: function(substituted(dict(atom[1]), values))


def _as_guard(atom: Atom, values: Values) -> Poly:
    if atom[0] == "not":
        return negated_guard(_single_guard(atom[1], values))
    return _single_guard(atom, values) if atom[0] == "above" else rebuilt(atom, values)


def _single_guard(atom: Atom, values: Values) -> Poly:
    return above_guard(substituted(dict(atom[1]), values)) if atom[0] == "above" else rebuilt(atom, values)


RAISE.append(raised)
GUARD.append(_as_guard)
REBUILD |= {
    "exp": lambda atom, values: exponential(substituted({atom[1]: Fraction(1)}, values)),
    "log": _inside(logarithm),
    "root": _inside(lambda poly: poly),
    "above": _inside(is_above),
    "zero": _inside(is_zero),
    "not": _as_guard,
    "call": lambda atom, values: called(atom[1], tuple(substituted(dict(part), values) for part in atom[2])),
}
