"""Arithmetic, order and powers of real values: exact on rationals, enclosures on balls, undefined where there is no real value."""

from flint import arb, fmpq, fmpz

from qedoc.enclose.values import (
    DOUBT,
    EXACT_BITS,
    IN_DOUBT,
    ONE,
    ZERO,
    NoRealValueError,
    Number,
    Truth,
    exact_or_ball,
    finite,
    interval,
    is_known,
)


def divide(x: Number, y: Number) -> Number:
    """x / y. Undefined where y is exactly zero."""
    try:
        quotient = x / y
    except ZeroDivisionError:
        raise NoRealValueError from None
    if isinstance(quotient, fmpq) or quotient.is_finite():
        return quotient
    if y == 0:
        raise NoRealValueError
    return IN_DOUBT


def less(x: Number, y: Number) -> Truth:
    """x < y."""
    if x < y:
        return True
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return False
    if x >= y:
        return False
    return None if is_known(x) and is_known(y) else DOUBT


def at_most(x: Number, y: Number) -> Truth:
    """x <= y."""
    if x <= y:
        return True
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return False
    if x > y:
        return False
    return None if is_known(x) and is_known(y) else DOUBT


def equal(x: Number, y: Number) -> Truth:
    """x = y. Decided if both are exact or they are disjoint."""
    if x == y:
        return True
    if x != y:
        return False
    return None if is_known(x) and is_known(y) else DOUBT


def different(x: Number, y: Number) -> Truth:
    """x != y."""
    same = equal(x, y)
    return (not same) if isinstance(same, bool) else same


def holds(x: Number) -> Truth:
    """True if x is defined."""
    return True if is_known(x) else DOUBT


def fails(x: Number) -> Truth:
    """False if x is defined."""
    return False if is_known(x) else DOUBT


def minimum(x: Number, *others: Number) -> Number:
    """The smallest of its arguments."""
    for y in others:
        x = lesser(x, y)
    return x


def maximum(x: Number, *others: Number) -> Number:
    """The largest of its arguments."""
    for y in others:
        x = greater(x, y)
    return x


def lesser(x: Number, y: Number) -> Number:
    """The smaller of two values."""
    if y < x:
        return y
    if (isinstance(x, fmpq) and isinstance(y, fmpq)) or x <= y:
        return x
    return finite(arb(x).min(y))


def greater(x: Number, y: Number) -> Number:
    """The larger of two values."""
    if y > x:
        return y
    if (isinstance(x, fmpq) and isinstance(y, fmpq)) or x >= y:
        return x
    return finite(arb(x).max(y))


def magnitude(x: Number) -> Number:
    """|x|."""
    if isinstance(x, fmpq):
        return abs(x)
    if x >= 0:
        return x
    if x <= 0:
        return -x
    return interval(0, x.abs_upper()) if x.is_finite() else IN_DOUBT


def sign(x: Number) -> Number:
    """-1, 0 or 1."""
    if x > 0:
        return ONE
    if x < 0:
        return -ONE
    if x == 0:
        return ZERO
    return interval(0 if x >= 0 else -1, 0 if x <= 0 else 1) if is_known(x) else IN_DOUBT


def floor(x: Number) -> Number:
    """The largest integer that is at most x."""
    return fmpq(x.floor()) if isinstance(x, fmpq) else exact_or_ball(x.floor())


def ceiling(x: Number) -> Number:
    """The smallest integer that is at least x."""
    return fmpq(x.ceil()) if isinstance(x, fmpq) else exact_or_ball(x.ceil())


def remainder(x: Number, y: Number) -> Number:
    """x - y * floor(x / y), which has the sign of y. Undefined where y is zero."""
    whole = floor(divide(x, y))
    if isinstance(whole, fmpq):
        return x - y * whole
    return interval(0, y) if whole.is_finite() else IN_DOUBT


def fraction(x: Number) -> Number:
    """x - floor(x)."""
    return remainder(x, ONE)


def power(x: Number, y: Number, x_nonnegative: bool = False) -> Number:
    """x**y over the reals. If x < 0, y must be an integer. 0**0 = 1; 0**y is 0 for y > 0 and undefined for y < 0.

    Args:
        x: base.
        y: exponent.
        x_nonnegative: whether the base is known to be at least 0, even if its ball contains negative numbers.
    """
    if isinstance(x, arb):
        # flint's result is finite only where the power is defined on the whole ball, except for nan**0.
        result = x**y
        if result.is_finite() and x.is_finite():
            return result
    if isinstance(y, arb):
        y = exact_or_ball(y)
    if isinstance(y, fmpq) and y.q == 1:
        return power_integer(x, int(y.p))
    if x > 0:
        return _power_of_positive(x, y)
    if x < 0 and not x_nonnegative:
        return _power_of_negative(y)
    if not is_known(x) or not is_known(y):
        return IN_DOUBT
    if x == 0:
        return _power_of_zero(y)
    if (x_nonnegative or x >= 0) and y > 0:
        return interval(0, (arb(x).abs_upper() ** y).abs_upper())
    return IN_DOUBT


def power_of_nonnegative(x: Number, y: Number) -> Number:
    """x**y for x known to be at least 0, even if its ball contains negative numbers."""
    return power(x, y, x_nonnegative=True)


def square_root(x: Number, x_nonnegative: bool = False) -> Number:
    """The square root. Undefined for x < 0.

    Args:
        x: radicand.
        x_nonnegative: whether the radicand is known to be at least 0, even if its ball contains negative numbers.
    """
    if isinstance(x, fmpq):
        if x < 0:
            raise NoRealValueError
        root = _exact_root(x, 2)
        return arb(x).sqrt() if root is None else root
    if x > 0:
        return finite(x.sqrt())
    if x < 0 and not x_nonnegative:
        raise NoRealValueError
    if not x.is_finite():
        return IN_DOUBT
    if x_nonnegative or x >= 0:
        return interval(0, x.abs_upper().sqrt())
    return IN_DOUBT


def power_integer(x: Number, n: int) -> Number:
    """x**n for an integer n, by exact or ball multiplication."""
    if isinstance(x, fmpq):
        if x == 0 and n < 0:
            raise NoRealValueError
        if x.height_bits() * abs(n) <= EXACT_BITS:
            return x**n
        if abs(x) == 1 or x == 0:
            return x ** (2 - n % 2)
        return finite(arb(x) ** n)
    if n < 0:
        return divide(ONE, power_integer(x, -n))
    if not x.is_finite():
        return IN_DOUBT
    if n == 0:
        return ONE
    if x > 0 or x < 0:
        return finite(x**n)
    return _power_of_straddling(x, n)


def _power_of_straddling(x: arb, n: int) -> arb:
    # arb ** n is not finite on a ball with midpoint zero, and an even power of a ball around zero would include negative numbers.
    if n % 2 == 0:
        return interval(0, _power_of_end(x.abs_upper(), n))
    return interval(_power_of_end(x.lower(), n), _power_of_end(x.upper(), n))


def _power_of_end(x: arb, n: int) -> arb:
    return arb(0) if x == 0 else x**n


def _power_of_positive(x: Number, y: Number) -> Number:
    if isinstance(x, fmpq):
        if x == 1:
            return ONE if is_known(y) else IN_DOUBT
        if isinstance(y, fmpq):
            root = _exact_root(x, y.q)
            if root is not None:
                return power_integer(root, int(y.p))
        return finite(arb(x) ** y)
    return finite(x**y)


def _power_of_negative(y: Number) -> Number:
    if isinstance(y, fmpq) or (y.is_finite() and not y.contains_integer()):
        raise NoRealValueError
    return IN_DOUBT


def _power_of_zero(y: Number) -> Number:
    if y > 0:
        return ZERO
    if y < 0:
        raise NoRealValueError
    return IN_DOUBT


def _exact_root(x: fmpq, n: fmpz | int) -> fmpq | None:
    """The rational n-th root of x >= 0, or None."""
    if n > x.height_bits():
        return x if x <= 1 and x.q == 1 else None
    denominator = x.q.root(int(n))
    if denominator ** int(n) != x.q:
        return None
    numerator = x.p.root(int(n))
    return fmpq(numerator, denominator) if numerator ** int(n) == x.p else None
