"""The binary floating-point formats of runs, and rounding to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy as sp


@dataclass(frozen=True, kw_only=True)
class Format:
    """A binary format: numbers m * 2**(e - p + 1) with an integer |m| < 2**p and emin <= e <= emax.

    Args:
        name: JAX's name of the dtype.
        p: bits of the significand, the hidden one included.
        emin: exponent of the smallest normal number.
        emax: exponent of the largest finite number.
    """

    name: str
    p: int
    emin: int
    emax: int

    @cached_property
    def largest(self) -> Fraction:
        """The largest finite number."""
        return (2 - Fraction(2) ** (1 - self.p)) * Fraction(2) ** self.emax

    @cached_property
    def smallest(self) -> Fraction:
        """The smallest positive normal number."""
        return Fraction(2) ** self.emin

    @property
    def integer_bits(self) -> int:
        """Bits of integers beside this format. JAX uses 64-bit integers only together with 64-bit floats."""
        return 64 if self.name == "float64" else 32


FORMATS = {
    "float32": Format(name="float32", p=24, emin=-126, emax=127),
    "float64": Format(name="float64", p=53, emin=-1022, emax=1023),
    "bfloat16": Format(name="bfloat16", p=8, emin=-126, emax=127),
    "float16": Format(name="float16", p=11, emin=-14, emax=15),
}


def exponent(x: Fraction) -> int:
    """The e with 2**e <= |x| < 2**(e + 1), for x != 0."""
    n, d = abs(x.numerator), x.denominator
    e = n.bit_length() - d.bit_length()
    return e if (n >= d << e if e >= 0 else n << -e >= d) else e - 1


def nearest(x: Fraction, dtype: str) -> Fraction:
    """The number of a format that is nearest to x, ties to even.

    Subnormal numbers become zero, as with XLA on a CPU. Numbers beyond the largest finite one become that one.
    """
    f = FORMATS[dtype]
    if abs(x) < f.smallest:
        return (f.smallest if x > 0 else -f.smallest) if abs(x) > f.smallest / 2 else Fraction(0)
    n, d = x.numerator, x.denominator
    if d == 1 and n.bit_length() <= f.p:
        return x
    shift = f.p - 1 - exponent(x)
    significand = round(Fraction(n << shift, d) if shift >= 0 else Fraction(n, d << -shift))
    found = Fraction(significand, 1 << shift) if shift >= 0 else Fraction(significand << -shift)
    return max(-f.largest, min(f.largest, found))


def rounded(row: Sequence[Fraction], symbols: Sequence[sp.Symbol], dtype: str) -> tuple[Fraction, ...]:
    """Returns a row as the code gets it: reals are rounded to the dtype, integers stay as they are.

    Args:
        row: one rational for each symbol.
        symbols: those with the assumption `integer` are integers.
        dtype: a key of FORMATS.
    """
    return tuple(x if symbol.is_integer else nearest(x, dtype) for x, symbol in zip(row, symbols, strict=True))
