"""The largest entry over indices, products over them, and what is known of their signs."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

from qedoc.sums.domain import is_total, nonnegative, positive, sign
from qedoc.sums.functions import content, exponential, guarded, is_above, logarithm, unit
from qedoc.sums.products import REBUILD, Values, natural, power, product, substituted, times
from qedoc.sums.ranges import MOST_INDICES, Index, opened, place_read, total
from qedoc.sums.terms import (
    INDICATORS,
    Atom,
    Poly,
    RefusedError,
    bound_names,
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
    variable,
    within,
)

MOST_COMPARED = 4
"""Largest number of values whose maximum is written out."""


def larger(left: Poly, right: Poly) -> Poly:
    """The larger of two values."""
    difference = minus(right, left)
    if is_never_above(difference):
        return left
    if is_never_above(scaled(difference, -1)):
        return right
    return plus(left, times(is_above(difference), difference))


def exceeds(left: Poly, right: Poly) -> Poly:
    """1 where the first value is larger than the second, and 0 elsewhere."""
    difference = minus(left, right)
    return {} if is_never_above(difference) else is_above(difference)


def largest(name: str, bound: Poly, body: Poly) -> Poly:
    """The largest value over an index from 0 to below a bound.

    Raises:
        RefusedError: if there may be no value, or too many to write them out.
    """
    if not positive(bound):
        raise RefusedError("a maximum over an index that may have no value")
    length = constant(bound)
    if length is not None:
        if length > MOST_COMPARED:
            raise RefusedError(f"a maximum of {length} values is not written out")
        made = substituted(body, {name: {}})
        for k in range(1, int(length)):
            made = larger(made, substituted(body, {name: number(k)}))
        return made
    mark = next((atom for mono in body for atom, _ in mono if atom[0] in INDICATORS and name not in free(atom)), None)
    if mark is not None and all(map(is_total, body)):
        yes = {mono: c for mono, c in body.items() if ("not", mark) not in dict(mono)}
        yes = plus(*({tuple(pair for pair in mono if pair[0] != mark): c} for mono, c in yes.items()))
        no = {mono: c for mono, c in body.items() if mark not in dict(mono)}
        cases = largest(name, bound, yes), largest(name, bound, no)
        return plus(guarded(of(mark), cases[0]), guarded(minus(number(1), of(mark)), cases[1]))
    return _simplified(name, bound, body)


def _simplified(name: str, bound: Poly, body: Poly) -> Poly:
    """Moves terms and factors >= 0 that are free of the index out, and exp and log with them."""
    outside = {mono: c for mono, c in body.items() if name not in names({mono: c})}
    body = minus(body, outside)
    if not body:
        return outside
    monos = [set(mono) for mono in body]
    marked = any(atom[0] in INDICATORS for mono in body for atom, _ in mono)
    common = {pair for pair in set.intersection(*monos) if name not in free(pair[0]) and sign(*pair)}
    common = {pair for pair in common if not marked or is_total((pair,))}
    body, size = unit({tuple(pair for pair in mono if pair not in common): c for mono, c in body.items()})
    factor: Poly = {tuple(sorted(common)): size}
    return plus(outside, times(factor, _monotone(name, bound, body)))


def _monotone(name: str, bound: Poly, body: Poly) -> Poly:
    if len(body) == 1:
        ((mono, coefficient),) = body.items()
        if coefficient == 1 and mono and all(atom[0] == "exp" for atom, _ in mono):
            return exponential(largest(name, bound, plus(*({atom[1]: exponent} for atom, exponent in mono))))
        if coefficient == 1 and len(mono) == 1 and mono[0][0][0] == "log" and mono[0][1] == 1:
            return logarithm(largest(name, bound, dict(mono[0][0][1])))
    line = place_read(name, body)
    if line is not None and line[0] == -1:
        body = substituted(body, {name: minus(minus(bound, number(1)), variable(name))})
    return _merged(name, bound, body)


def _merged(name: str, bound: Poly, body: Poly) -> Poly:
    """A maximum of maxima over independent indices is one maximum over all of them."""
    indices = [(name, bound)]
    while True:
        own = {index for index, _ in indices}
        inner = [
            mono[0][0]
            for mono, c in body.items()
            if c == 1 and len(mono) == 1 and mono[0][1] == 1 and mono[0][0][:2] == ("fold", "max") and free(mono[0][0]) & own
        ]
        if len(inner) != 1 or any(own & names(end) for end in inner[0][2]):
            return folded("max", indices, body)
        opened_names, bounds, inside = opened(inner[0])
        body = plus(minus(body, of(inner[0])), inside)
        indices += zip(opened_names, bounds, strict=True)


def folded(operation: str, indices: Sequence[Index], body: Poly) -> Poly:
    """Another function of all values over indices, under the least names of its indices."""
    if len(indices) > MOST_INDICES:
        raise RefusedError(f"a maximum over more than {MOST_INDICES} indices at once")
    bottom = max([level(body), *(level(bound) for _, bound in indices)])
    options = []
    for order in permutations(indices):
        values = {name: variable(index_name(bottom + 1 + k)) for k, (name, _) in enumerate(order)}
        options.append((tuple(frozen(bound) for _, bound in order), frozen(substituted(body, values))))
    bounds, inside = min(options)
    return of(("fold", operation, bounds, inside))


def multiplied(name: str, bound: Poly, body: Poly) -> Poly:
    """The product over an index from 0 to below a bound."""
    length = constant(bound)
    if length is not None and length <= MOST_COMPARED:
        return product(substituted(body, {name: number(k)}) for k in range(int(length)))
    if positive(body):
        return exponential(total(name, {}, bound, logarithm(body)))
    return folded("product", [(name, bound)], body)


# What is never positive


def is_never_above(poly: Poly) -> bool:
    """Whether a value is never positive: by its sign, as minus a variance, an entry minus the largest one, or a correlation minus 1."""
    if nonnegative(scaled(poly, -1)):
        return True
    return is_variance(scaled(poly, -1)) or _is_below_largest(poly) or _is_correlation_below(poly)


def is_variance(poly: Poly) -> bool:
    """Whether a value is a positive multiple of n * sum(f**2) - sum(f)**2."""
    if not poly:
        return False
    wanted = unit(content(poly, positive_only=True)[1])[0]
    for atom in {atom for mono in wanted for atom, _ in mono if atom[0] == "sum" and len(atom[1]) == 1}:
        (name,), (bound,), body = opened(atom)
        spread = minus(times(bound, total(name, {}, bound, times(body, body))), times(of(atom), of(atom)))
        if spread and unit(content(spread, positive_only=True)[1])[0] == wanted:
            return True
    return False


def _is_correlation_below(poly: Poly) -> bool:
    """Whether a value is a correlation minus a constant that is at least as large: by the inequality of Cauchy and Schwarz.

    The correlation is <f, g> / sqrt(<f, f> <g, g>), where <f, g> is sum(f g), or n sum(f g) - sum(f) sum(g).
    """
    limit = -poly.get((), Fraction(0))
    if limit <= 0 or len(poly) == 1:
        return False
    factors, rest = content(plus(poly, number(limit)), positive_only=False)
    if not any(exponent == Fraction(-1, 2) for exponent in factors.values()):
        return False
    top = product([rest, *(power(of(atom), exponent) for atom, exponent in factors.items() if exponent > 0)])
    bottom = scaled(product(power(of(atom), -2 * exponent) for atom, exponent in factors.items() if exponent < 0), limit**2)
    for atom in sorted({atom for mono in top for atom, _ in mono if atom[0] == "sum" and len(atom[1]) == 1 and len(atom[2]) == 2}):
        (name,), (bound,), body = opened(atom)
        for inner in (_product_of, _covariance):
            (first, one), (second, other) = next(iter(body))
            f, g = of(first, one), of(second, other)
            both = times(inner(name, bound, f, f), inner(name, bound, g, g))
            mixed = inner(name, bound, f, g)
            if not both or not _is_multiple(both, bottom):
                continue
            if times(natural(mixed, 2), bottom) == times(natural(top, 2), both):
                return True
    return False


def _product_of(name: str, bound: Poly, f: Poly, g: Poly) -> Poly:
    return total(name, {}, bound, times(f, g))


def _covariance(name: str, bound: Poly, f: Poly, g: Poly) -> Poly:
    apart = times(total(name, {}, bound, f), total(name, {}, bound, g))
    return minus(times(bound, total(name, {}, bound, times(f, g))), apart)


def _is_multiple(one: Poly, other: Poly) -> bool:
    """Whether a value is another one times a positive factor."""
    return unit(content(one, positive_only=True)[1])[0] == unit(content(other, positive_only=True)[1])[0]


def _is_below_largest(poly: Poly) -> bool:
    for mono, coefficient in poly.items():
        if coefficient >= 0 or len(mono) != 1 or mono[0][1] != 1 or mono[0][0][:2] != ("fold", "max") or len(mono[0][0][2]) != 1:
            continue
        atom = mono[0][0]
        rest = scaled({other: c for other, c in poly.items() if other != mono}, -1 / coefficient)
        if any(_is_value_of(atom, place, rest) for place in _places(rest)):
            return True
    return False


def _places(poly: Poly) -> set[tuple[tuple[tuple[tuple[Atom, Fraction], ...], Fraction], ...]]:
    entries = [inside for mono in poly for atom, _ in mono for inside in within(atom) if inside[0] == "entry"]
    return {place for entry in entries for place in entry[2]}


def _is_value_of(atom: Atom, place: tuple[tuple[tuple[tuple[Atom, Fraction], ...], Fraction], ...], value: Poly) -> bool:
    where, bound = dict(place), dict(atom[2][0])
    (name,) = bound_names(atom)
    inside = nonnegative(where) and positive(minus(bound, where))
    return inside and substituted(dict(atom[3]), {name: where}) == value


def _rebuilt(build: Callable[[str, Poly, Poly], Poly], atom: Atom, values: Values) -> Poly:
    indices, bounds, body = opened(atom)
    body = substituted(body, values)
    for name, bound in reversed(list(zip(indices, bounds, strict=True))):
        body = build(name, substituted(bound, values), body)
    return body


REBUILD["fold"] = lambda atom, values: _rebuilt(largest if atom[1] == "max" else multiplied, atom, values)
