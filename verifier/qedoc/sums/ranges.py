"""Sums over ranges of indices in canonical form.

Sums distribute over terms, and what is free of the index moves out. A sum from `low` to `high` is a difference of two sums from 0, in which
an array is read at the index itself. So split, shifted, reversed and telescoping sums need no rules of their own. A range must not end
before it begins: without this condition, wrong pairs would be equal.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import permutations

import sympy as sp

from qedoc.sums.domain import check_range, current, fresh, is_integer, is_total, nonnegative, positive
from qedoc.sums.functions import is_above
from qedoc.sums.products import REBUILD, Values, natural, product, substituted, times
from qedoc.sums.terms import (
    INDICATORS,
    Atom,
    Frozen,
    Mono,
    Poly,
    RefusedError,
    bound_names,
    bounds_of,
    constant,
    free,
    frozen,
    index_name,
    level,
    minus,
    names,
    number,
    of,
    plus,
    scaled,
    sloped,
    variable,
    within,
)

MOST_WRITTEN = 40
"""Sums of a known number of terms are written out up to this number."""

MOST_INDICES = 5
LARGEST_POWER = 8
LARGEST_OFFSET = 8

Index = tuple[str, Poly]
"""An index and its bound: it runs from 0 to below the bound."""


def total(name: str, low: Poly, high: Poly, body: Poly) -> Poly:
    """The sum over an index from `low` to below `high`.

    Raises:
        RefusedError: if the range may end before it begins.
    """
    check_range(minus(high, low), "a sum")
    return plus(*(scaled(_of_mono(name, low, high, mono), c) for mono, c in body.items()))


def _of_mono(name: str, low: Poly, high: Poly, mono: Mono) -> Poly:
    terms = constant(minus(high, low))
    if terms is not None:
        return _written_out(name, low, int(terms), {mono: Fraction(1)})
    masked = _by_mask(name, low, high, mono)
    if masked is not None:
        return masked
    inside = {atom: exponent for atom, exponent in mono if name in free(atom)}
    outside: Poly = {tuple(pair for pair in mono if pair[0] not in inside): Fraction(1)}
    if not may_leave(outside, inside, positive(minus(high, low))):
        return _closed_from(name, low, high, {mono: Fraction(1)})
    if not inside:
        return times(minus(high, low), outside)
    exponent = inside.get(("var", name), Fraction(0))
    if set(inside) == {("var", name)} and exponent.denominator == 1 and 0 < exponent <= LARGEST_POWER:
        return times(outside, minus(_power_sum(int(exponent), high), _power_sum(int(exponent), low)))
    return times(outside, _at_the_index(name, low, high, {tuple(sorted(inside.items())): Fraction(1)}))


def may_leave(outside: Poly, inside: Iterable[Atom], filled: bool) -> bool:
    """Whether factors may move out of a sum: they are defined, or some term of the sum needs them to be.

    Args:
        outside: the factors.
        inside: the atoms that stay.
        filled: whether the sum has a term.
    """
    return all(map(is_total, outside)) or (filled and not any(atom[0] in INDICATORS for atom in inside))


def _written_out(name: str, low: Poly, terms: int, body: Poly) -> Poly:
    if terms > MOST_WRITTEN:
        raise RefusedError(f"a sum of {terms} terms is not written out")
    return plus(*(substituted(body, {name: plus(low, number(k))}) for k in range(terms)))


@lru_cache(maxsize=LARGEST_POWER)
def _faulhaber(exponent: int) -> tuple[tuple[int, Fraction], ...]:
    """The polynomial in N that is the sum of k**exponent over k < N."""
    k, end = sp.symbols("k N", integer=True)
    terms = sp.Poly(sp.summation(k**exponent, (k, 0, end - 1)), end).terms()
    return tuple((int(powers[0]), Fraction(int(c.p), int(c.q))) for powers, c in terms)


def _power_sum(exponent: int, end: Poly) -> Poly:
    return plus(*(scaled(natural(end, degree), c) for degree, c in _faulhaber(exponent)))


def _by_mask(name: str, low: Poly, high: Poly, mono: Mono) -> Poly | None:
    """Turns a condition on the index into a bound, or into a single term. None if there is no such condition."""
    for atom, _ in mono:
        if atom[0] not in ("above", "zero") or name not in free(atom) or not is_integer(dict(atom[1])):
            continue
        line = sloped(dict(atom[1]), name)
        if line is None or abs(line[0]) != 1:
            continue
        slope, offset = line
        rest: Poly = {tuple(pair for pair in mono if pair[0] != atom): Fraction(1)}
        cut = scaled(offset, -slope)  # index = cut, or on its far side
        if atom[0] == "zero":
            if nonnegative(minus(cut, low)) and positive(minus(high, cut)):
                return substituted(rest, {name: cut})
            if positive(minus(low, cut)) or nonnegative(minus(cut, high)):
                return {}
            continue
        cut = plus(cut, number(1)) if slope == 1 else cut
        if nonnegative(minus(cut, low)) and nonnegative(minus(high, cut)):
            return total(name, cut, high, rest) if slope == 1 else total(name, low, cut, rest)
    return None


# One array is read at the index itself


def _at_the_index(name: str, low: Poly, high: Poly, body: Poly) -> Poly:
    """Shifts or reverses the index so that the first array is read at the index, then makes the range begin at 0."""
    line = place_read(name, body)
    if line is not None and (line[0] != 1 or line[1]):
        slope, offset = line
        first, last = (low, high) if slope == 1 else (minus(number(1), high), minus(number(1), low))
        first, last = plus(first, offset), plus(last, offset)
        moved = fresh(last)
        if not nonnegative(first):
            current().ranges.pop(moved)
        return total(moved, first, last, substituted(body, {name: scaled(minus(variable(moved), offset), slope)}))
    if line is None and low:
        return _from_zero(name, low, high, body)
    if not low:
        return _without_offset(name, high, body)
    start = constant(low)
    if start is not None and -LARGEST_OFFSET <= start < 0 and nonnegative(high):
        moved = fresh(high)
        first_terms = [substituted(body, {name: number(k)}) for k in range(int(start), 0)]
        return plus(*first_terms, total(moved, {}, high, substituted(body, {name: variable(moved)})))
    if nonnegative(low) and nonnegative(high) and all(map(is_total, body)):
        return minus(total(name, {}, high, body), total(name, {}, low, body))
    return _closed_from(name, low, high, body)


def place_read(name: str, body: Poly) -> tuple[Fraction, Poly] | None:
    """Where the first array is read, as slope * index + offset with a slope of 1 or -1; the smallest of several offsets."""
    reads = {
        (atom[1], position, place)
        for mono in body
        for whole, _ in mono
        for atom in within(whole)
        if atom[0] == "entry" and name in free(atom)
        for position, place in enumerate(atom[2])
        if name in names(place)
    }
    if not reads:
        return None
    array, position, _ = min(reads)
    lines = [sloped(dict(place), name) for a, p, place in sorted(reads) if (a, p) == (array, position)]
    known = [line for line in lines if line is not None and abs(line[0]) == 1]
    if len(known) < len(lines):
        return None
    slope = max(line[0] for line in known)
    offsets = [offset for line_slope, offset in known if line_slope == slope]
    if slope == 1 and {} in offsets:
        return slope, {}
    best, *others = offsets
    for other in others:
        distance = constant(minus(other, best))
        if distance is not None and distance * slope < 0:
            best = other
    return slope, best


def _from_zero(name: str, low: Poly, high: Poly, body: Poly) -> Poly:
    moved = fresh(minus(high, low))
    return total(moved, {}, minus(high, low), substituted(body, {name: plus(variable(moved), low)}))


def _closed_from(name: str, low: Poly, high: Poly, body: Poly) -> Poly:
    moved = fresh(minus(high, low))
    return closed([(moved, minus(high, low))], substituted(body, {name: plus(variable(moved), low)}))


def _without_offset(name: str, high: Poly, body: Poly) -> Poly:
    """Splits off single terms at the end, so that the bound has no constant."""
    offset = high.get((), Fraction(0))
    base = minus(high, number(offset))
    fits = 0 < abs(offset) <= LARGEST_OFFSET and offset.denominator == 1 and nonnegative(base)
    if not fits:
        return closed([(name, high)], body)
    moved = fresh(base)
    inside = substituted(body, {name: variable(moved)})
    if not all(map(is_total, inside)):
        return closed([(name, high)], body)
    ends = [substituted(body, {name: plus(base, number(k))}) for k in (range(int(offset)) if offset > 0 else range(int(offset), 0))]
    return plus(total(moved, {}, base, inside), *(scaled(end, 1 if offset > 0 else -1) for end in ends))


# Several indices


def closed(indices: Sequence[Index], body: Poly, *, again: bool = False) -> Poly:
    """The sum over indices from 0, with nested sums merged and the indices named.

    Args:
        indices: the indices with their bounds, which depend on none of them.
        body: what is summed.
        again: whether the indices are in canonical order, after a first attempt changed the shape of the body.
    """
    return plus(*(scaled(_closed_mono(indices, mono, again=again), c) for mono, c in body.items()))


def _closed_mono(indices: Sequence[Index], mono: Mono, *, again: bool) -> Poly:
    own = {name for name, _ in indices}
    for atom, exponent in mono:
        if atom[0] == "sum" and exponent.denominator == 1 and exponent > 0 and free(atom) & own:
            merged = _merged(indices, mono, atom)
            if merged is not None:
                return merged
    outside: Mono = tuple(pair for pair in mono if not free(pair[0]) & own)
    if outside and is_total(outside):
        inside: Mono = tuple(pair for pair in mono if free(pair[0]) & own)
        return times({outside: Fraction(1)}, _closed_mono(indices, inside, again=again))
    if len(indices) > MOST_INDICES:
        raise RefusedError(f"a sum over more than {MOST_INDICES} indices at once")
    return _named(indices, mono, again=again)


def _merged(indices: Sequence[Index], mono: Mono, atom: Atom) -> Poly | None:
    """Merges an inner sum into the outer one. A bound that depends on an outer index becomes a condition."""
    opened_names, bounds, inside = opened(atom)
    if not all(map(is_total, inside)):
        return None
    rest = {tuple((a, e - (a == atom)) for a, e in mono if a != atom or e > 1): Fraction(1)}
    added: list[Index] = []
    for name, bound in zip(opened_names, bounds, strict=True):
        widest = bound
        for other, end in indices:
            line = sloped(widest, other)
            if line is None or line[0] not in (0, 1):
                return None
            if line[0] == 1:
                top = plus(line[1], minus(end, number(1)))
                widest = end if nonnegative(minus(end, top)) else top
        if widest != bound:
            inside = times(inside, is_above(minus(bound, variable(name))))
        current().ranges[name] = widest
        added.append((name, widest))
    return _regrouped([*indices, *added], times(rest, inside))


def _regrouped(indices: Sequence[Index], body: Poly, *, again: bool = False) -> Poly:
    return plus(*(scaled(_grouped(indices, mono, again=again), c) for mono, c in body.items()))


def _grouped(indices: Sequence[Index], mono: Mono, *, again: bool) -> Poly:
    """Sums one monomial: an index that occurs only in a condition is summed first, and what no atom ties together is summed apart."""
    for name, bound in indices:
        if _is_spent(name, mono) and is_total(mono):
            part = _of_mono(name, {}, bound, mono)
            if not any(name in free(atom) for m in part for atom, _ in m) and not _new_sums(part, mono):
                others = [pair for pair in indices if pair[0] != name]
                return _regrouped(others, part)
    marked = any(atom[0] in INDICATORS for atom, _ in mono)
    if not is_total(mono) and (marked or not all(positive(bound) for _, bound in indices)):
        return _named(indices, mono, again=again)
    groups = _groups(indices, mono)
    result: Poly = {tuple(pair for pair in mono if not free(pair[0]) & {name for name, _ in indices}): Fraction(1)}
    for group in groups:
        own: Mono = tuple(pair for pair in mono if free(pair[0]) & group)
        chosen = [pair for pair in indices if pair[0] in group]
        if not own:
            result = product([result, *(bound for _, bound in chosen)])
        elif len(chosen) == 1:
            result = times(result, _of_mono(chosen[0][0], {}, chosen[0][1], own))
        else:
            result = times(result, closed(chosen, {own: Fraction(1)}, again=again))
    return result


def _is_spent(name: str, mono: Mono) -> bool:
    """Whether an index occurs only as itself and in at most one condition."""
    found = [atom for atom, _ in mono if name in free(atom)]
    marks = [atom for atom in found if atom[0] in INDICATORS]
    return len(marks) <= 1 and all(atom in marks or atom == ("var", name) for atom in found)


def _new_sums(part: Poly, mono: Mono) -> bool:
    known = {atom for atom, _ in mono}
    return any(atom[0] == "sum" and atom not in known for m in part for atom, _ in m)


def _groups(indices: Sequence[Index], mono: Mono) -> list[set[str]]:
    own = {name for name, _ in indices}
    groups: list[set[str]] = []
    for name in [name for name, _ in indices]:
        tied = {name}.union(*(free(atom) & own for atom, _ in mono if name in free(atom)))
        for group in [group for group in groups if group & tied]:
            groups.remove(group)
            tied |= group
        groups.append(tied)
    return groups


def _named(indices: Sequence[Index], mono: Mono, *, again: bool) -> Poly:
    """Names the indices: the least of all orders, first by what is no condition."""
    bottom = max([level({mono: Fraction(1)}), *(level(bound) for _, bound in indices)])
    plain: Mono = tuple(pair for pair in mono if pair[0][0] not in INDICATORS)
    options = []
    for order in permutations(indices):
        values = {name: variable(index_name(bottom + 1 + k)) for k, (name, _) in enumerate(order)}
        key = substituted({plain: Fraction(1)}, values)
        if len(key) == 1:
            options.append(((tuple(frozen(bound) for _, bound in order), frozen(key)), order, values))
    if not options:
        raise RefusedError("the names of the indices changed the shape of a sum")
    least = min(key for key, _, _ in options)
    best = [(order, substituted({mono: Fraction(1)}, values)) for key, order, values in options if key == least]
    whole = [next(iter(made)) for _, made in best if len(made) == 1 and set(made.values()) == {Fraction(1)}]
    if whole:
        return _atom(least[0], min(whole))
    if again:
        raise RefusedError("the names of the indices changed the shape of a sum")
    order = best[0][0]
    renamed = [(fresh(bound), bound) for _, bound in order]
    values = {name: variable(new) for (name, _), (new, _) in zip(order, renamed, strict=True)}
    return _regrouped(renamed, substituted({mono: Fraction(1)}, values), again=True)


def _atom(bounds: tuple[Frozen, ...], body: Mono) -> Poly:
    atom: Atom = ("sum", bounds, body)
    return number(1) if _is_one(atom) else of(atom)


def _is_one(atom: Atom) -> bool:
    """Whether a sum is over all entries of an array along an axis along which they sum to 1."""
    body = atom[2]
    if len(atom[1]) != 1 or len(body) != 1 or body[0][0][0] != "entry" or body[0][1] != 1:
        return False
    array, places = body[0][0][1], body[0][0][2]
    (name,) = bound_names(atom)
    own = frozen(variable(name))
    length = current().unit.get(array)
    return length is not None and frozen(length) == atom[1][0] and places[-1] == own and not any(name in names(p) for p in places[:-1])


def opened(atom: Atom) -> tuple[list[str], list[Poly], Poly]:
    """The indices of a sum or a fold under new names, their bounds, and the body."""
    bounds = [dict(bound) for bound in bounds_of(atom)]
    made = [fresh(bound) for bound in bounds]
    body = {atom[2]: Fraction(1)} if atom[0] == "sum" else dict(atom[3])
    renamed = {old: variable(new) for old, new in zip(bound_names(atom), made, strict=True)}
    return made, bounds, substituted(body, renamed)


def _rebuilt_sum(atom: Atom, values: Values) -> Poly:
    indices, bounds, body = opened(atom)
    body = substituted(body, values)
    for name, bound in reversed(list(zip(indices, bounds, strict=True))):
        body = total(name, {}, substituted(bound, values), body)
    return body


REBUILD["sum"] = _rebuilt_sum
