"""What is known of the variables: least lengths, ranges of indices, positive entries; and the signs that follow from it."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import count

from qedoc.sums.terms import (
    INDICATORS,
    Atom,
    Frozen,
    Mono,
    Poly,
    RefusedError,
    constant,
    minus,
    names,
    number,
    plus,
    scaled,
    sloped,
)

MOST_STEPS = 3_000
"""Maximum number of products of monomials and of signs for one formula."""

POSITIVE, NONNEGATIVE, UNKNOWN = 2, 1, 0


@dataclass(slots=True, kw_only=True)
class Domain:
    """The facts about the variables of a formula.

    Args:
        least: the least value of each length.
        ranges: the bound of each index: it is at least 0 and smaller than the bound.
        positive: the names of the scalars and arrays whose values are positive.
        nonnegative: the names of those whose values are at least 0.
        integers: the names of the other integers.
        unit: the arrays whose entries along the last axis sum to 1, with the length of that axis.
        steps: how many products were computed so far.
    """

    least: Mapping[str, int] = field(default_factory=dict)
    ranges: dict[str, Poly] = field(default_factory=dict)
    positive: frozenset[str] = frozenset()
    nonnegative: frozenset[str] = frozenset()
    integers: frozenset[str] = frozenset()
    unit: Mapping[str, Poly] = field(default_factory=dict)
    steps: int = 0


_CURRENT: ContextVar[Domain] = ContextVar("domain")
_NUMBERS = count(1)


@contextmanager
def assuming(domain: Domain) -> Iterator[Domain]:
    """A context in which the functions of this package use a domain."""
    token = _CURRENT.set(domain)
    try:
        yield domain
    finally:
        _CURRENT.reset(token)


def current() -> Domain:
    """The domain of the context."""
    return _CURRENT.get()


def spend(steps: int = 1) -> None:
    """Counts steps of the computation.

    Raises:
        RefusedError: if there are more than `MOST_STEPS`.
    """
    domain = current()
    domain.steps += steps
    if domain.steps > MOST_STEPS:
        raise RefusedError(f"the canonical form needs more than {MOST_STEPS} steps")


def fresh(bound: Poly) -> str:
    """A new index that is at least 0 and smaller than a bound."""
    name = f"${next(_NUMBERS):09d}"
    current().ranges[name] = bound
    return name


def is_integer(poly: Poly) -> bool:
    """Whether all values of a polynomial are integers."""
    domain = current()

    def whole(atom: Atom, exponent: Fraction) -> bool:
        if exponent.denominator != 1 or exponent < 0:
            return False
        if atom[0] in INDICATORS:
            return True
        name = str(atom[1])
        known = name in domain.least or name in domain.ranges or name in domain.integers or name[0] in "#$"
        return bool(atom[0] == "var" and known)

    return all(c.denominator == 1 and all(whole(*power) for power in mono) for mono, c in poly.items())


def lower(poly: Poly) -> Fraction | None:
    """A lower bound of a polynomial in indices and lengths, or None."""
    for _ in range(12):
        replaced = _at_an_end(poly)
        if replaced is None:
            break
        poly = replaced
    return _least_value(poly)


def _at_an_end(poly: Poly) -> Poly | None:
    """The polynomial with one index at the end of its range at which the polynomial is smallest."""
    ranges = current().ranges
    for mono in poly:
        if len(mono) != 1 or mono[0][1] != 1 or mono[0][0][0] != "var":
            continue
        name = mono[0][0][1]
        parts = sloped(poly, name) if name in ranges or name[0] == "#" else None
        if parts is None:
            continue
        slope, rest = parts
        if slope > 0:
            return rest
        if name in ranges:
            return plus(rest, scaled(minus(ranges[name], number(1)), slope))
    return None


def _least_value(poly: Poly) -> Fraction | None:
    least = current().least
    total = Fraction(0)
    for mono, coefficient in poly.items():
        if not mono:
            total += coefficient
            continue
        known = all(atom[0] == "var" and atom[1] in least and exponent > 0 and exponent.denominator == 1 for atom, exponent in mono)
        if not known or coefficient < 0 or any(least[atom[1]] < 0 for atom, _ in mono):
            return None
        total += coefficient * math.prod(Fraction(least[atom[1]]) ** int(exponent) for atom, exponent in mono)
    return total


def _integer_lower(poly: Poly) -> Fraction | None:
    """A lower bound of an integer polynomial, up to a positive factor; None for any other polynomial."""
    spend(1 + len(poly) // 4)
    whole, _ = primitive(poly)
    return lower(whole) if is_integer(whole) else None


def nonnegative(poly: Poly) -> bool:
    """True only if a polynomial is never negative where it is defined."""
    bound = _integer_lower(poly)
    if bound is not None:
        return bound >= 0
    return all(c > 0 and all(sign(*power) for power in mono) for mono, c in poly.items()) or _is_absolute(poly)


def _is_absolute(poly: Poly) -> bool:
    """Whether a polynomial is a multiple of |P|, which is 2 [P > 0] P - P."""
    for mark in {atom for mono in poly for atom, _ in mono if atom[0] == "above"}:
        inside = dict(mark[1])
        mono = next(iter(inside))
        factor = -poly.get(mono, Fraction(0)) / inside[mono]
        marked: Poly = {tuple(sorted((*other, (mark, Fraction(1))))): 2 * c for other, c in inside.items()}
        if factor > 0 and poly == scaled(minus(marked, inside), factor):
            return True
    return False


def positive(poly: Poly) -> bool:
    """True only if a polynomial is always positive where it is defined."""
    bound = _integer_lower(poly)
    if bound is not None:
        return bound > 0
    return nonnegative(poly) and any(all(sign(*power) == POSITIVE for power in mono) for mono in poly)


def sign(atom: Atom, exponent: Fraction = Fraction(1)) -> int:
    """What is known of the sign of a power: POSITIVE, NONNEGATIVE or UNKNOWN."""
    known = _sign(atom, exponent)
    even = exponent.denominator % 2 == 0 or exponent % 2 == 0
    return known or (NONNEGATIVE if even else UNKNOWN)


def _sign(atom: Atom, exponent: Fraction) -> int:
    domain = current()
    match atom[0]:
        case "prime" | "exp":
            return POSITIVE
        case "var":
            least = domain.least.get(atom[1])
            if atom[1] in domain.positive or (least is not None and least > 0):
                return POSITIVE
            inside = atom[1] in domain.ranges or atom[1][0] == "#" or atom[1] in domain.nonnegative or least == 0
            return NONNEGATIVE if inside else UNKNOWN
        case "entry":
            return POSITIVE if atom[1] in domain.positive else NONNEGATIVE if atom[1] in domain.nonnegative else UNKNOWN
        case "above" | "zero" | "not":
            return NONNEGATIVE
        case "root" | "log":
            return POSITIVE if atom[0] == "root" and positive(dict(atom[1])) else UNKNOWN
        case "sum":
            least_sign = min((sign(*power) for power in atom[2]), default=POSITIVE)
            filled = all(positive(dict(bound)) for bound in atom[1])
            return NONNEGATIVE if least_sign == POSITIVE and not filled else least_sign
        case "call" if atom[1] in CONSTANTS:
            return POSITIVE
        case "fold" if atom[1] == "max":
            body = dict(atom[3])
            return POSITIVE if positive(body) else NONNEGATIVE if nonnegative(body) else UNKNOWN
        case _:
            return UNKNOWN


CONSTANTS = frozenset({"pi", "EulerGamma", "Catalan", "GoldenRatio"})
TOTAL_FUNCTIONS = CONSTANTS | frozenset({"sin", "cos", "tanh", "erf", "erfc", "asinh", "atan", "floor", "ceiling", "cosh", "sinh"})


def is_total(mono: Mono) -> bool:
    """True only if a monomial is defined everywhere in the domain."""
    return all(_is_total(atom, exponent) for atom, exponent in mono)


def _is_total(atom: Atom, exponent: Fraction) -> bool:
    if exponent < 0 and sign(atom) != POSITIVE:
        return atom[0] == "root" and positive(scaled(dict(atom[1]), -1)) and exponent.denominator == 1 and _parts_total(atom)
    if exponent.denominator != 1 and not _base_nonnegative(atom):
        return False
    if atom[0] == "log" and not positive(dict(atom[1])):
        return False
    if atom[0] == "call" and atom[1] not in TOTAL_FUNCTIONS:
        return False
    return _parts_total(atom)


def _base_nonnegative(atom: Atom) -> bool:
    return nonnegative(dict(atom[1])) if atom[0] == "root" else sign(atom) != UNKNOWN


def _parts_total(atom: Atom) -> bool:
    match atom[0]:
        case "exp":
            return is_total(atom[1])
        case "log" | "root" | "above" | "zero":
            return _all_total(atom[1])
        case "not":
            return _parts_total(atom[1])
        case "call":
            return all(map(_all_total, atom[2]))
        case "sum":
            return is_total(atom[2])
        case "fold":
            return atom[1] == "max" and _all_total(atom[3])
        case _:
            return True


def _all_total(poly: Frozen) -> bool:
    return all(is_total(mono) for mono, _ in poly)


def primitive(poly: Poly) -> tuple[Poly, Fraction]:
    """A polynomial with coprime integer coefficients, and the positive number that it was divided by."""
    bottom = reduce(math.lcm, (c.denominator for c in poly.values()), 1)
    top = reduce(math.gcd, (abs(c.numerator) * (bottom // c.denominator) for c in poly.values()), 0)
    size = Fraction(top, bottom) if top else Fraction(1)
    return scaled(poly, 1 / size), size


def never_zero(poly: Poly) -> bool:
    """True only if a polynomial has no zero in the domain."""
    value = constant(poly)
    return value != 0 if value is not None else positive(poly) or positive(scaled(poly, -1))


def check_range(length: Poly, what: str) -> None:
    """Requires that a length is never negative.

    Raises:
        RefusedError: if this does not follow from the domain.
    """
    if not is_integer(length) or not nonnegative(length):
        raise RefusedError(f"{what} may end before it begins, as far as the domain of {', '.join(sorted(names(length)))} tells")
