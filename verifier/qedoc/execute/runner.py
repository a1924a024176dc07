"""Runs the real code at rational points in the dtypes of machine learning."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.errors import QedocError, UnsupportedError, told
from qedoc.execute import lockstep
from qedoc.execute.precision import FORMATS, rounded

__all__ = ["BLOCK", "LIMIT", "Call", "Row", "Runs", "rounded", "run_eagerly", "run_plain", "run_rows"]

Call: TypeAlias = Callable[[Mapping[sp.Symbol, Any]], Any]
Row: TypeAlias = Sequence[Fraction]
Array: TypeAlias = np.ndarray[Any, Any]

OF_LOCKSTEP = (jax.errors.ConcretizationTypeError, NotImplementedError)
"""Errors that code raises only because it runs at many rows at once: it needs a number, or JAX has no batching rule for a primitive."""

EXACT = 2**53
"""Integers up to this size are the same in float64."""

BLOCK = 1024
LIMIT = 256

SAMPLED = 5
"""Number of rows at which code that refuses integers of many rows at once is compared: run alone, and on the same numbers as reals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The results of the code at each row.

    Args:
        values: float64 array of shape (rows, *result shape); nan where a row raised or was not run.
        dtype: the result's own dtype; the widest one, if it differs from path to path.
        raised: `ValueError: message` for each row that raised. Rows that took the same path share the message of one of them.
        skipped: rows that were not run, because an integer does not fit the dtype's integers or the limit was reached.
        integers: the results that are integers too long for float64.
    """

    values: Array
    dtype: str
    raised: Mapping[int, str]
    skipped: frozenset[int]
    integers: Mapping[int, int] = field(default_factory=dict)

    def result(self, row: int) -> float | int:
        """Returns the result at a row, which must be one number."""
        return self.integers[row] if row in self.integers else float(self.values[row])


def run_rows(call: Call, symbols: Sequence[sp.Symbol], rows: Sequence[Row], dtype: str, *, limit: int = LIMIT) -> Runs:
    """Runs the code at every row. Rows that take the same path run together.

    Reals are strongly typed and integers weakly, so code on reals has a result of `dtype` for any integers. Python's integers are weakly
    typed in JAX too.

    Args:
        call: the code; gets a value for each symbol.
        symbols: those with the assumption `integer` get integers (32 bits, 64 beside float64), the others numbers of `dtype`.
        rows: one rational for each symbol, as returned by `rounded`.
        dtype: float32, float64 or bfloat16.
        limit: the maximum number of calls; the remaining rows are skipped. Code that uses the value of an input (`int(x)`) is called once
            for each of its values, so rows should share values.

    Raises:
        UnsupportedError: if the result is not a real number or array, or its shape differs from row to row.
    """
    table = _Table(call, symbols, rows, dtype)
    with jax.enable_x64(dtype == "float64"):
        table.run_all(limit)
        return table.runs()


def run_plain(call: Call, symbols: Sequence[sp.Symbol], row: Row, *, x64: bool = False, arrays: bool = False) -> float | int | Exception:
    """Runs the code once on Python's ints and floats, as users do.

    Args:
        call: the code; gets a value for each symbol.
        symbols: those with the assumption `integer` get an int, the others a float.
        row: one rational for each symbol.
        x64: JAX's 64-bit mode.
        arrays: whether to convert the numbers to JAX arrays first.

    Returns:
        the result, which is an int if the code returns an integer, or the exception that the code raised.
    """
    with jax.enable_x64(x64):
        try:
            numbers = [int(x) if s.is_integer else float(x) for s, x in zip(symbols, row, strict=True)]
            values = [jnp.asarray(x) for x in numbers] if arrays else numbers
            return number(call(dict(zip(symbols, values, strict=True))))
        except QedocError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever the user's code raises is the answer
            return error


def number(result: Any) -> float | int:
    """Converts a result to a Python number: an int for a truth value or an integer, which can be too long for a float.

    Raises:
        TypeError: if it is not a real number.
    """
    if isinstance(result, bool | int) or getattr(getattr(result, "dtype", None), "kind", "f") in "bui":
        return int(result)
    return float(result)


def run_eagerly(call: Call, symbols: Sequence[sp.Symbol], row: Row, dtype: str) -> float | int | None:
    """Runs the code at one row without compiling it, so the compiler cannot rearrange operations.

    Args:
        call: the code; gets a value for each symbol.
        symbols: as for `run_rows`.
        row: one rational for each symbol, as returned by `rounded`.
        dtype: float32, float64 or bfloat16.

    Returns:
        the result; None if the code raised or an integer of the row does not fit.
    """
    table = _Table(call, symbols, [row], dtype)
    with jax.enable_x64(dtype == "float64"):
        if not len(table.fitting) or table.run_alone(0) is not None:
            return None
        return table.integers.get(0, float(table.results[0]))


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows to run together; `alone` is one row to run without lockstep."""

    rows: Array
    pins: frozenset[Any] = frozenset({0})
    alone: bool = False


class _Table:
    """The rows, with their results so far."""

    def __init__(self, call: Call, symbols: Sequence[sp.Symbol], rows: Sequence[Row], dtype: str) -> None:
        self.call, self.symbols, self.dtype, self.count = call, symbols, dtype, len(rows)
        most = 2 ** (FORMATS[dtype].integer_bits - 1)
        fits = np.ones(self.count, dtype=bool)
        self.columns: list[Array] = []
        for k, symbol in enumerate(symbols):
            if symbol.is_integer:
                integers = [row[k].numerator for row in rows]
                inside = [-most <= n < most for n in integers]
                fits &= np.array(inside, dtype=bool)
                self.columns.append(np.array([n if ok else 0 for n, ok in zip(integers, inside, strict=True)], dtype=np.int64))
            else:
                self.columns.append(np.array([x.numerator / x.denominator for x in (row[k] for row in rows)], dtype=np.float64))
        self.fitting = np.flatnonzero(fits)
        self.results: dict[int, Array] = {}
        self.integers: dict[int, int] = {}
        self.dtypes: set[Any] = set()
        self.raised: dict[int, str] = {}
        self.as_reals = False

    def run_all(self, limit: int) -> None:
        """Runs all rows that can be run, with at most `limit` calls.

        A group that was divided comes first, its largest part at the front. So a limit leaves as few rows as possible.
        """
        left = [_Group(self.fitting[k : k + BLOCK]) for k in range(0, len(self.fitting), BLOCK)]
        for _ in range(limit):
            if not left:
                break
            left += sorted(self._run(left.pop()), key=lambda group: len(group.rows))

    def _run(self, group: _Group) -> list[_Group]:
        """Runs a group and returns the groups into which it was divided."""
        if group.alone:
            self.run_alone(group.rows[0])
            return []
        padded = np.resize(group.rows, BLOCK)  # one shape, so that each primitive is compiled once
        try:
            result = lockstep.run(self._function, [self._typed(k, padded) for k in range(len(self.symbols))], group.pins)
            value = result.value if isinstance(result, lockstep.Rows) else np.broadcast_to(_array(result), (BLOCK, *np.shape(result)))
        except lockstep.Divergence as parted:
            return [_Group(group.rows[part], parted.pins) for part in _parts(parted.labels[: len(group.rows)])]
        except QedocError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever the user's code raises: its rows are then run alone
            return self._explain(group, error)
        self._keep(group.rows, result, value)
        return []

    def runs(self) -> Runs:
        """All results in one record."""
        shapes = {value.shape for value in self.results.values()}
        if len(shapes) > 1:
            raise UnsupportedError(f"the result's shape depends on the inputs: {sorted(shapes)}")
        values = np.full((self.count, *next(iter(shapes), ())), np.nan)
        for row, value in self.results.items():
            values[row] = value
        ran = self.results.keys() | self.raised.keys()
        return Runs(
            values=values,
            dtype=jnp.result_type(*self.dtypes).name if self.dtypes else self.dtype,
            raised=dict(sorted(self.raised.items())),
            skipped=frozenset(range(self.count)) - ran,
            integers=self.integers,
        )

    def _function(self, values: list[Any]) -> Any:
        return self.call(dict(zip(self.symbols, values, strict=True)))

    def _typed(self, k: int, rows: Array) -> Any:
        """The values of symbol k at the rows: weakly typed integers, strongly typed reals."""
        if self.symbols[k].is_integer:
            dtype = jnp.dtype(self.dtype if self.as_reals else f"int{FORMATS[self.dtype].integer_bits}")
            return jax.lax.convert_element_type_p.bind(self.columns[k][rows].astype(dtype), new_dtype=dtype, weak_type=True, sharding=None)
        return jnp.asarray(self.columns[k][rows], dtype=self.dtype)

    def run_alone(self, row: int) -> Exception | None:
        """Runs one row without lockstep, on Python integers and JAX's own arrays."""
        values = [
            int(c[row]) if s.is_integer else self._typed(k, np.asarray(row))
            for k, (s, c) in enumerate(zip(self.symbols, self.columns, strict=True))
        ]
        try:
            result = self._function(values)
        except QedocError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever the user's code raises is the answer of this row
            self.raised[int(row)] = told(error)
            return error
        self._keep(np.array([row]), result, _array(result)[None])
        return None

    def _explain(self, group: _Group, error: Exception) -> list[_Group]:
        """A group raised an error: runs its first row alone.

        If the row raises the same error, it is the code's own, and that of each row. Else running in lockstep is the cause (a primitive
        without a batching rule, code that needs a concrete array), and each row runs alone. Code that takes Python's integers, but no
        arrays of them beside arrays of reals, runs on reals instead, if that gives the same.
        """
        first, others = group.rows[0], group.rows[1:]
        found = self.run_alone(first)
        if found is None and not self.as_reals and self._is_same_on_reals(group):
            return [_Group(others, group.pins)] if len(others) else []
        if type(found) is not type(error) or isinstance(error, OF_LOCKSTEP):
            return [_Group(np.array([row]), alone=True) for row in others]
        self.raised |= dict.fromkeys(others.tolist(), self.raised[int(first)])
        return []

    def _is_same_on_reals(self, group: _Group) -> bool:
        """Whether the code gives the same, bit by bit, if its integers are reals; then the other rows run on reals too."""
        whole = [column[self.fitting] for symbol, column in zip(self.symbols, self.columns, strict=True) if symbol.is_integer]
        exact = all(int(np.abs(column).max()) <= 2 ** FORMATS[self.dtype].p for column in whole)
        if not (whole and exact) or len(group.rows) <= SAMPLED:
            return False
        sample = group.rows[np.linspace(0, len(group.rows) - 1, SAMPLED).astype(int)]
        if any(self.run_alone(row) is not None for row in sample):
            return False
        alone, dtypes = {int(row): self.results.pop(int(row)) for row in sample}, set(self.dtypes)
        self.as_reals, left = True, [_Group(np.array(list(alone)), group.pins)]
        while left and not left[-1].alone:
            left += self._run(left.pop())
        again = [(self.results.get(row), value) for row, value in alone.items()]
        same = not left and self.dtypes == dtypes and all(one is not None and one.tobytes() == two.tobytes() for one, two in again)
        self.as_reals, self.dtypes = same, dtypes
        self.results |= alone
        return same

    def _keep(self, rows: Array, result: Any, values: Any) -> None:
        found = _array(values)
        self.results |= dict(zip(rows.tolist(), np.asarray(found, dtype=np.float64), strict=False))
        if found.dtype.kind in "iu" and found.ndim == 1:
            exact = dict(zip(rows.tolist(), found.tolist(), strict=False))
            self.integers |= {row: n for row, n in exact.items() if abs(n) > EXACT}
        weak = isinstance(result, float)  # a Python float takes the dtype that it meets
        self.dtypes.add(jnp.dtype(self.dtype) if weak else jnp.dtype(getattr(result, "dtype", jnp.int32)))


def _array(result: Any) -> Array:
    """The result as an array of real numbers.

    Raises:
        UnsupportedError: if it is not one.
    """
    if not isinstance(result, (bool, int, float, np.ndarray, np.generic, jax.Array)):
        raise UnsupportedError(f"the target returns a {type(result).__name__}; expected a real number or array")
    found = np.asarray(result)
    if found.dtype.kind not in "biufV":  # V: bfloat16
        raise UnsupportedError(f"the target returns an array of {found.dtype}; expected real numbers")
    return found


def _parts(labels: Array) -> list[Array]:
    """The positions of each label."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
