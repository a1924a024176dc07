"""Polynomials over atoms, which are the canonical form of a formula over arrays of any length.

A polynomial maps monomials to rational coefficients. A monomial is a sorted tuple of pairs (atom, exponent). An atom is a tuple whose first
entry names its kind:

    ("var", name)                   a scalar, a length or an index
    ("entry", array, indices)       an entry of an array
    ("prime", p)                    a prime number, to a power between 0 and 1
    ("exp", monomial)               exp of a monomial
    ("log", polynomial)             a logarithm
    ("root", polynomial)            a polynomial whose exponent is not a natural number
    ("above", polynomial)           1 where the polynomial is > 0, else 0
    ("zero", polynomial)            1 where it is 0, else 0
    ("not", atom)                   1 minus an indicator, kept whole because it guards a value that is undefined elsewhere
    ("call", name, polynomials)     any other function
    ("sum", bounds, monomial)       the sum over indices from 0 to below each bound
    ("fold", name, bounds, polynomial)  the largest entry, or another function of all entries, over such indices

Polynomials inside atoms are frozen. The bound indices of an atom are named `#01`, `#02`, ... by the height of the atom, so that equal
formulas are equal tuples.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

Atom: TypeAlias = tuple[Any, ...]
Mono: TypeAlias = tuple[tuple[Atom, Fraction], ...]
Poly: TypeAlias = dict[Mono, Fraction]
Frozen: TypeAlias = tuple[tuple[Mono, Fraction], ...]

INDICATORS = frozenset({"above", "zero", "not"})
BINDERS = frozenset({"sum", "fold"})


class RefusedError(ArithmeticError):
    """A formula has no canonical form here. The message says why."""


def number(value: Fraction | int) -> Poly:
    """A constant polynomial."""
    return {(): Fraction(value)} if value else {}


def of(atom: Atom, exponent: Fraction | int = 1) -> Poly:
    """A polynomial of one atom, whose exponent needs no reduction."""
    return {((atom, Fraction(exponent)),): Fraction(1)}


def variable(name: str) -> Poly:
    """A scalar, a length or an index."""
    return of(("var", name))


def frozen(poly: Poly) -> Frozen:
    """The polynomial as a tuple that can be a part of an atom."""
    return tuple(sorted(poly.items()))


def plus(*polys: Poly) -> Poly:
    """The sum of polynomials."""
    result: Poly = dict(polys[0]) if polys else {}
    for poly in polys[1:]:
        gather(result, poly)
    return result


def gather(result: Poly, poly: Poly, factor: Fraction | int = 1) -> None:
    """Adds a multiple of a polynomial to another one in place."""
    for mono, coefficient in poly.items():
        total = coefficient * factor + result.get(mono, 0)
        if total:
            result[mono] = total
        else:
            result.pop(mono, None)


def scaled(poly: Poly, factor: Fraction | int) -> Poly:
    """A multiple of a polynomial."""
    return {mono: coefficient * factor for mono, coefficient in poly.items()} if factor else {}


def minus(left: Poly, right: Poly) -> Poly:
    """The difference of two polynomials."""
    return plus(left, scaled(right, -1))


def constant(poly: Poly) -> Fraction | None:
    """The value of a constant polynomial; None for any other."""
    return poly.get((), Fraction(0)) if set(poly) <= {()} else None


def inner(atom: Atom) -> Iterable[Frozen]:
    """The polynomials inside an atom, its bounds among them."""
    match atom[0]:
        case "entry" | "call":
            return tuple(atom[2])
        case "exp":
            return (((atom[1], Fraction(1)),),)
        case "log" | "root" | "above" | "zero":
            return (atom[1],)
        case "not":
            return inner(atom[1])
        case "sum":
            return (*atom[1], ((atom[2], Fraction(1)),))
        case "fold":
            return (*atom[2], atom[3])
        case _:
            return ()


def bounds_of(atom: Atom) -> tuple[Frozen, ...]:
    """The bounds of the indices of a sum or a fold."""
    found: tuple[Frozen, ...] = atom[1] if atom[0] == "sum" else atom[2]
    return found


def index_name(height_: int) -> str:
    """The name of the bound index at a height."""
    return f"#{height_:02d}"


def bound_names(atom: Atom) -> list[str]:
    """The names of the indices that a sum or a fold binds."""
    top, count = height(atom), len(bounds_of(atom))
    return [index_name(k) for k in range(top - count + 1, top + 1)]


@lru_cache(maxsize=1 << 16)
def free(atom: Atom) -> frozenset[str]:
    """The names of the variables of an atom that it does not bind."""
    if atom[0] == "var":
        return frozenset([atom[1]])
    found = frozenset[str]().union(*(names(part) for part in inner(atom)))
    return found - set(bound_names(atom)) if atom[0] in BINDERS else found


def names(poly: Poly | Frozen) -> set[str]:
    """The names of the variables of a polynomial."""
    monos = poly if isinstance(poly, dict) else [mono for mono, _ in poly]
    return {name for mono in monos for atom, _ in mono for name in free(atom)}


@lru_cache(maxsize=1 << 16)
def height(atom: Atom) -> int:
    """The number of bound indices that are nested in an atom."""
    inside = max((level(part) for part in inner(atom)), default=0)
    return inside + len(bounds_of(atom)) if atom[0] in BINDERS else inside


def level(poly: Poly | Frozen) -> int:
    """The largest height of the atoms of a polynomial."""
    monos = poly if isinstance(poly, dict) else [mono for mono, _ in poly]
    return max((height(atom) for mono in monos for atom, _ in mono), default=0)


@lru_cache(maxsize=1 << 16)
def within(atom: Atom) -> frozenset[Atom]:
    """The atom and all atoms inside it."""
    return frozenset({atom}).union(*(within(other) for part in inner(atom) for mono, _ in part for other, _ in mono))


@lru_cache(maxsize=1 << 14)
def leading(poly: Frozen) -> Mono:
    """The largest monomial, by total degree and then by the exponents of the atoms in their order."""
    atoms = sorted({atom for mono, _ in poly for atom, _ in mono})

    def rank(mono: Mono) -> tuple[Fraction, list[Fraction]]:
        exponents = dict(mono)
        return sum(exponents.values(), Fraction(0)), [exponents.get(atom, Fraction(0)) for atom in atoms]

    return max((mono for mono, _ in poly), key=rank)


def sloped(poly: Poly, name: str) -> tuple[Fraction, Poly] | None:
    """A polynomial as slope * variable + rest, with a constant slope; None if it is not so."""
    own: Mono = ((("var", name), Fraction(1)),)
    rest = {mono: coefficient for mono, coefficient in poly.items() if mono != own}
    return None if name in names(rest) else (poly.get(own, Fraction(0)), rest)


@lru_cache(maxsize=1 << 14)
def solved(zero: Frozen) -> tuple[Atom, Frozen] | None:
    """Solves polynomial = 0 for a variable or an entry whose coefficient is 1 or -1. Bound indices are solved for first."""
    found = []
    for mono, coefficient in zero:
        if len(mono) == 1 and mono[0][1] == 1 and mono[0][0][0] in ("var", "entry") and abs(coefficient) == 1:
            atom = mono[0][0]
            rest = scaled({other: c for other, c in zero if other != mono}, -1 / coefficient)
            if not any(atom in within(other) for part in rest for other, _ in part):
                found.append((atom, frozen(rest)))
    return max(found, key=lambda pair: (pair[0][0] == "var", _is_bound(pair[0]), pair[0]), default=None)


def _is_bound(atom: Atom) -> bool:
    return str(atom[1])[0] in "#$"


def exponents_below(mono: Mono, other: Mapping[Atom, Fraction]) -> bool:
    """Whether a monomial divides another one."""
    return all(other.get(atom, Fraction(0)) >= exponent for atom, exponent in mono)
