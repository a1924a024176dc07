"""Finite sums and products over an integer index, with SymPy's convention for an upper bound below the lower one."""

from collections.abc import Callable

from flint import fmpq

from qedoc.enclose.arithmetic import divide
from qedoc.enclose.values import IN_DOUBT, ONE, ZERO, Number, is_integer, trimmed

MOST_TERMS = 20_000
"""Longer sums and products stay in doubt."""


def total(body: Callable[..., Number]) -> Callable[..., Number]:
    """The sum of body(k, *others) for k from lower to upper, as a function of (lower, upper, *others)."""

    def value(lower: Number, upper: Number, *others: Number) -> Number:
        return _fold(body, lambda x, y: x + y, ZERO, lower, upper, others)

    def signed(lower: Number, upper: Number, *others: Number) -> Number:
        return -value(upper + 1, lower - 1, *others) if upper < lower - 1 else value(lower, upper, *others)

    return signed


def product(body: Callable[..., Number]) -> Callable[..., Number]:
    """The product of body(k, *others) for k from lower to upper, as a function of (lower, upper, *others)."""

    def value(lower: Number, upper: Number, *others: Number) -> Number:
        return _fold(body, lambda x, y: x * y, ONE, lower, upper, others)

    def signed(lower: Number, upper: Number, *others: Number) -> Number:
        return divide(ONE, value(upper + 1, lower - 1, *others)) if upper < lower - 1 else value(lower, upper, *others)

    return signed


def _fold(
    body: Callable[..., Number],
    join: Callable[[Number, Number], Number],
    start: fmpq,
    lower: Number,
    upper: Number,
    others: tuple[Number, ...],
) -> Number:
    if not is_integer(lower) or not is_integer(upper) or upper - lower >= MOST_TERMS:
        return IN_DOUBT
    result: Number = start
    for k in range(int(lower.p), int(upper.p) + 1):
        result = trimmed(join(result, body(fmpq(k), *others)))
    return result
