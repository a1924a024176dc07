"""Decides whether two formulas over arrays are equal for every length."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain

import sympy as sp

from qedoc.sums.domain import Domain, assuming
from qedoc.sums.formulas import read
from qedoc.sums.functions import content, in_case, unit
from qedoc.sums.terms import INDICATORS, Mono, Poly, RefusedError, minus, scaled

MOST_CASES = 4
"""Largest number of indicators whose cases are looked at one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Whether two formulas are equal.

    Args:
        equal: True only if the formulas have the same value for every length, wherever both have one.
        reason: why this was not shown.
    """

    equal: bool
    reason: str = ""


def compare(left: sp.Expr, right: sp.Expr, domain: Domain) -> Comparison:
    """Compares the canonical forms of two formulas.

    Args:
        left: a formula with sums, products, maxima and entries of arrays. Their bounds are inclusive.
        right: another one in the same symbols.
        domain: what is known of the symbols.
    """
    with assuming(replace(domain, ranges=dict(domain.ranges), steps=0)):
        try:
            difference = minus(read(left, {}), read(right, {}))
            equal = vanishes(difference)
        except RefusedError as error:
            return Comparison(equal=False, reason=str(error))
        except RecursionError:
            return Comparison(equal=False, reason="the formulas are nested too deeply")
    return Comparison(equal=equal, reason="" if equal else "the canonical forms differ")


def vanishes(difference: Poly, negative: tuple[Poly, ...] = ()) -> bool:
    """True only if the difference of two formulas is 0 wherever both have a value.

    If an indicator occurs together with its opposite, each of the two cases is looked at alone. A case counts as empty if one of the
    formulas has no value in it.

    Args:
        difference: the difference of the canonical forms.
        negative: what is known to be 0 or negative in this case.
    """
    if any(_lacks_value(mono, negative) for mono in difference):
        return True
    if all(not content(part, positive_only=False)[1] for part in by_indicators(difference)):
        return True
    mark = next((atom[1] for mono in difference for atom, _ in mono if atom[0] == "not"), None)
    if mark is None or len(negative) >= MOST_CASES:
        return False
    opposite = ("not", mark)
    turned = scaled(dict(mark[1]), -1) if mark[0] == "above" else {}
    holds = vanishes(in_case(difference, mark, opposite), (*negative, turned))
    return holds and vanishes(in_case(difference, opposite, mark), (*negative, dict(mark[1]) if mark[0] == "above" else {}))


def _lacks_value(mono: Mono, negative: tuple[Poly, ...]) -> bool:
    """Whether a term that no indicator guards contains the logarithm of what is not positive."""
    if any(atom[0] in INDICATORS for atom, _ in mono):
        return False
    return any(atom[0] == "log" and unit(dict(atom[1]))[0] == unit(part)[0] for atom, _ in mono for part in negative if part)


def by_indicators(poly: Poly) -> list[Poly]:
    """The parts of a polynomial with the same indicators, without these.

    Each part is cleared of its denominators alone: a denominator that is 0 where an indicator is 1 would erase the other parts.
    """
    parts: dict[Mono, Poly] = {}
    for mono, coefficient in poly.items():
        marks = tuple(pair for pair in mono if pair[0][0] in INDICATORS)
        parts.setdefault(marks, {})[tuple(pair for pair in mono if pair[0][0] not in INDICATORS)] = coefficient
    return list(parts.values())


def form(expression: sp.Expr, domain: Domain) -> Poly:
    """The canonical form of a formula.

    Args:
        expression: the formula.
        domain: what is known of its symbols.

    Raises:
        RefusedError: if it has none.
    """
    with assuming(replace(domain, ranges=dict(domain.ranges), steps=0)):
        try:
            return read(expression, {})
        except RecursionError as error:
            raise RefusedError("the formula is nested too deeply") from error


def known(expressions: list[sp.Basic], least: Mapping[sp.Symbol, int]) -> Domain:
    """What the assumptions of the symbols of formulas say.

    Args:
        expressions: the formulas.
        least: the least value of each length.
    """
    found = set(chain.from_iterable(expression.free_symbols for expression in expressions)) - set(least)
    scalars = [symbol for symbol in found if isinstance(symbol, sp.Symbol)]
    return Domain(
        least={symbol.name: value for symbol, value in least.items()},
        positive=frozenset(symbol.name for symbol in scalars if symbol.is_positive),
        nonnegative=frozenset(symbol.name for symbol in scalars if symbol.is_nonnegative),
        integers=frozenset(symbol.name for symbol in scalars if symbol.is_integer),
    )
