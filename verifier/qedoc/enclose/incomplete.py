"""The incomplete gamma and beta functions.

FLINT's methods take seconds for a single value where the parameters are large, and more at a higher precision. All terms of the power
series used here are positive, so that no digits cancel. Where such a series is too long, FLINT computes the value.
"""

from collections.abc import Callable

from flint import arb, ctx, fmpq

from qedoc.enclose.gamma import gamma
from qedoc.enclose.values import IN_DOUBT, ONE, ZERO, NoRealValueError, Number, enclosed, is_integer

_MOST_TERMS = 30_000
"""Longer series are not added up."""

_STRIDE = 16
"""Number of terms between two tests whether the rest is negligible."""


def _summed(ratio: Callable[[int], arb], limit: arb) -> arb | None:
    """Encloses the sum of positive terms, of which the first is 1.

    Args:
        ratio: term k + 1 divided by term k. It is monotone in k.
        limit: the limit of the ratio, less than 1.
    """
    term, total = arb(1), arb(1)
    negligible = arb(2) ** (-ctx.prec - 4)
    for k in range(_MOST_TERMS):
        term = term * ratio(k)
        total = total + term
        if k % _STRIDE == 0 and term < negligible * total:
            following = arb.max(ratio(k + 1), limit)  # no later ratio is larger, because they are monotone
            return total + term * following / (1 - following) * arb(0.5, 0.5) if following < 1 else None
        if not term.is_finite():
            return None
    return None


def _below_by_series(a: arb, b: arb, x: arb, y: arb) -> arb | None:
    """The regularized integral from 0 to x, where y = 1 - x, for x at most about a / (a + b)."""
    total = _summed(lambda k: x * (a + b + k) / (a + 1 + k), x)
    if total is None:
        return None
    front = a * x.log() + b * y.log() + (a + b).lgamma() - (a + 1).lgamma() - b.lgamma()
    return front.exp() * total


def _regularized_below(x: arb, a: arb, b: arb) -> arb:
    """The regularized integral of t**(a - 1) (1 - t)**(b - 1) over [0, x], for a, b > 0 and x in [0, 1]."""
    y = 1 - x
    if x > 0 and y > 0:
        is_low = x * (a + b + 2) < a + 1
        found = _below_by_series(a, b, x, y) if is_low else _below_by_series(b, a, y, x)
        if found is not None and found.is_finite():
            return found if is_low else 1 - found
    return x.beta_lower(a, b, regularized=1)


def regularized_beta(a: Number, b: Number, x: Number, y: Number) -> Number:
    """The incomplete beta integral divided by the integral from 0 to 1."""
    if not (a > 0 and b > 0 and x >= 0 and x <= 1 and y >= 0 and y <= 1):
        return IN_DOUBT
    return _below_one(y, a, b) - _below_one(x, a, b)


def _below_one(x: Number, a: Number, b: Number) -> Number:
    return ZERO if x == 0 else ONE if x == 1 else enclosed(_regularized_below)(x, a, b)


def incomplete_beta(a: Number, b: Number, x: Number, y: Number) -> Number:
    """The integral of t**(a - 1) (1 - t)**(b - 1) over [x, y] in [0, 1], for a, b > 0."""
    share = regularized_beta(a, b, x, y)
    if isinstance(share, fmpq) and share == 0:
        return ZERO
    return enclosed(lambda part, p, q: part * (p.lgamma() + q.lgamma() - (p + q).lgamma()).exp())(share, a, b)


def _lower(x: arb, s: arb) -> arb:
    """The integral of t**(s - 1) exp(-t) over [0, x], for s > 0 and x > 0."""
    if x < s + 1:
        total = _summed(lambda k: x / (s + 1 + k), arb(0))
        found = None if total is None else (s * x.log() - x).exp() / s * total
    else:  # at least about half of the whole integral, so that no digits cancel
        found = s.gamma() - x.gamma_upper(s)
    return x.gamma_lower(s) if found is None or not found.is_finite() else found


def lower_gamma(s: Number, x: Number) -> Number:
    """The integral of t**(s - 1) exp(-t) over [0, x], for s > 0 and x >= 0, and for x < 0 if s is a positive integer."""
    if x == 0 and s > 0:
        return ZERO
    if x > 0 and s > 0:
        return enclosed(_lower)(x, s)
    return enclosed(lambda t, p: t.gamma_lower(p))(x, s) if s > 0 and (x >= 0 or is_integer(s)) else IN_DOUBT


def upper_gamma(s: Number, x: Number) -> Number:
    """The integral of t**(s - 1) exp(-t) over [x, oo), for x > 0, or for x = 0 and s > 0."""
    if x == 0:
        if s <= 0:
            raise NoRealValueError
        return gamma(s) if s > 0 else IN_DOUBT
    return enclosed(lambda t, p: t.gamma_upper(p))(x, s) if x > 0 else IN_DOUBT
