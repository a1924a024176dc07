"""Writes a formula with places as a program for arrays of numbers."""

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp
from scipy import special
from sympy.printing.numpy import SciPyPrinter


class Place(sp.Function):
    """`Place(k, value)`: the value that was read at the k-th place of a text."""

    def _eval_is_real(self) -> bool | None:
        known: bool | None = self.args[1].is_real
        return known

    def _eval_is_integer(self) -> bool | None:
        known: bool | None = self.args[1].is_integer
        return known

    def _eval_evalf(self, prec: int) -> sp.Expr | None:
        """A number, where a condition at one size has to be decided."""
        known: sp.Expr = self.args[1].evalf(max(1, int(prec * math.log10(2))))
        return known if known.is_Number else None


class Printer(SciPyPrinter):
    """Writes operations for arrays whose shapes are broadcast, which NumPy's `select` and reductions do not do."""

    def _folded(self, function: str, expression: sp.Basic) -> str:
        name = self._module_format(f"numpy.{function}")
        parts = [str(self._print(part)) for part in expression.args]
        return reduce(lambda one, other: f"{name}({one}, {other})", parts)

    def _print_And(self, expression: sp.Basic) -> str:  # noqa: N802  # SymPy's name
        return self._folded("logical_and", expression)

    def _print_Or(self, expression: sp.Basic) -> str:  # noqa: N802  # SymPy's name
        return self._folded("logical_or", expression)

    def _print_Max(self, expression: sp.Basic) -> str:  # noqa: N802  # SymPy's name
        return self._folded("maximum", expression)

    def _print_Min(self, expression: sp.Basic) -> str:  # noqa: N802  # SymPy's name
        return self._folded("minimum", expression)

    def _print_Pow(self, expression: sp.Basic, rational: bool = False) -> str:  # noqa: N802  # SymPy's name
        """Without the evaluation of negative exponents, which would lose their marks."""
        return str(self._hprint_Pow(expression, rational=rational, sqrt="numpy.sqrt"))

    def _print_Piecewise(self, expression: sp.Basic) -> str:  # noqa: N802  # SymPy's name
        where, text = self._module_format("numpy.where"), str(self._module_format("numpy.nan"))
        for value, condition in reversed(expression.args):
            text = f"{where}({self._print(condition)}, {self._print(value)}, {text})"
        return text

    def _print_log(self, expression: sp.Basic) -> str:
        """The logarithm of a density that underflows is known from the logarithms of its factors."""
        (value,) = expression.args
        plain = f"{self._module_format('numpy.log')}({self._print(value)})"
        return f"log_of({plain}, {self._logarithm(value)})" if value.has(sp.exp, sp.Pow, sp.gamma, sp.factorial) else plain

    def _logarithm(self, value: sp.Basic) -> str:
        """The logarithm of a value that is positive, factor by factor."""
        match value:
            case sp.Mul():
                return "(" + " + ".join(self._logarithm(factor) for factor in value.args) + ")"
            case sp.exp():
                return f"({self._print(value.args[0])})"
            case sp.Pow():
                return f"({self._print(value.args[1])})*{self._logarithm(value.args[0])}"
            case sp.gamma():
                return f"log_gamma({self._print(value.args[0])})"
            case sp.factorial():
                return f"log_gamma(1 + {self._print(value.args[0])})"
            case Place():
                number, inner = value.args
                return f"log_at({number}, {self._print(value)}, {self._logarithm(inner)})"
        return f"{self._module_format('numpy.log')}({self._print(value)})"


def _gamma(value: Any) -> Any:
    """Infinite at its poles, so that the reciprocal is 0 there. SciPy gives no number."""
    here = np.asarray(value, dtype=np.float64)
    return np.where((here <= 0) & (here == np.floor(here)), np.inf, special.gamma(here))


def _log_gamma(value: Any) -> Any:
    here = np.asarray(value, dtype=np.float64)
    return np.where(here > 0, special.gammaln(here), np.nan)


def _log_of(plain: Any, factors: Any) -> Any:
    """A logarithm from those of the factors. If one of them is negative, the product may have a logarithm all the same."""
    return np.where(np.isfinite(factors), factors, plain)


VALUES: Mapping[str, Callable[..., Any]] = {
    "gamma": _gamma,
    "factorial": lambda value: _gamma(np.asarray(value, dtype=np.float64) + 1),
    "log_gamma": _log_gamma,
    "log_of": _log_of,
}
"""The functions that a printed formula calls, beside those of NumPy and SciPy, `Place` and `log_at`."""
