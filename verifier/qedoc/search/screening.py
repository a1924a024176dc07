"""Screens a quarter of a million points at once in float64 to find candidates for enclosures.

Screening decides nothing. It compiles formula and code once and runs them on randomly drawn rows. A row where they differ by more than the
usual error of a float64 computation is worth the cost of enclosures, which is a thousand times higher.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.execute import lockstep
from qedoc.execute.runner import Call
from qedoc.search.sampling import Plan
from qedoc.search.strategies import Row

Array: TypeAlias = np.ndarray[Any, Any]

ROWS = 2**18
"""Rows per batch. The batch is large enough to make Python's overhead per batch negligible."""

MARKS = 2**10
"""Maximum number of values per unknown from which rows are drawn."""

APART = 2.0**-20
"""Relative difference above which a row is suspicious."""

CALLS = 8
"""Maximum number of calls for a batch whose rows take different paths. The rarest paths are skipped."""


class Screen:
    """Formula and code of a claim, compiled for batches of rows.

    Args:
        call: calls the code with a value for each symbol.
        plan: the unknowns and their domain.
        formula: the documented formula. If it cannot be expressed in JAX, the screen finds nothing.
        marks: points of the domain, of which the first MARKS are used. Each unknown of a row is the value of one of these points, or lies
            between two neighbouring values.
    """

    def __init__(self, call: Call, plan: Plan, formula: sp.Expr, marks: Sequence[Row]) -> None:
        self._call = call
        self._plan = plan
        known = [sorted({row[k] for row in marks[:MARKS]}) for k in range(len(plan.symbols))]
        self._counts = [len(numbers) for numbers in known]
        self._marks = np.array([np.pad(np.array(n, dtype=np.float64), (0, MARKS + 1 - len(n)), mode="edge") for n in known])
        self._integer = tuple(bool(symbol.is_integer) for symbol in plan.symbols)
        self._formula = formula
        self._jit_draw = jax.jit(self._draw)
        self._jit_compare = jax.jit(self._compare)

    def suspects(self, seed: int, most: int) -> list[Row]:
        """Returns points of the domain at which formula and code differ in one batch. Empty if either cannot run on rows.

        Args:
            seed: the same seed gives the same batch.
            most: maximum number of points. Half of them have the largest differences, the others are evenly spread.
        """
        found: dict[Row, None] = {}
        for columns, errors in self.batch(seed):
            found |= dict.fromkeys(self._rows(columns, np.asarray(errors), most))
        return [row for row in found if self._plan.holds(row)][:most]

    def batch(self, seed: int) -> Iterator[tuple[list[Any], Any]]:
        """Yields the rows of a batch, path by path, with the relative difference of formula and code at each row, 0 where it is small.

        Args:
            seed: the same seed gives the same batch.
        """
        with jax.enable_x64(True):
            try:
                columns = self._jit_draw(np.uint32(seed), self._marks)
                for part, values in self._run(columns):
                    count, errors = self._jit_compare(part, values)
                    yield part, errors if count else np.zeros(ROWS)
            except Exception:  # noqa: BLE001  # anything may be raised; other stages report it
                return

    def _draw(self, seed: Any, marks: Any) -> list[Any]:
        columns = []
        for k, integer in enumerate(self._integer):
            salt = jnp.uint32(0x9E3779B9 * (k + 1) % 2**32)
            bits = _mix_bits(jnp.arange(ROWS, dtype=jnp.uint32) + _mix_bits(seed + salt))
            place = ((bits >> 22) * jnp.uint32(self._counts[k]) >> 10).astype(jnp.int32)
            low, high = marks[k][place], marks[k][place + 1]
            between = (bits & 0x1FFFFF) * 2.0**-21
            numbers = low + jnp.where(bits & 0x200000, (high - low) * between, 0)
            columns.append(_weakly_typed(jnp.floor(numbers)) if integer else numbers)
        return columns

    def _run(self, columns: list[Any]) -> Iterator[tuple[list[Any], Any]]:
        """Runs the code on the rows. If they take different paths, runs each path separately."""
        waiting: list[tuple[list[Any], frozenset[int]]] = [(columns, frozenset())]
        for _ in range(CALLS):
            if not waiting:
                return
            part, pins = waiting.pop()
            try:
                result = lockstep.run(self._function, part, pins)
                values = result.value if isinstance(result, lockstep.Rows) else jnp.broadcast_to(jnp.asarray(result), (ROWS,))
            except lockstep.Divergence as divergence:
                waiting += [([column[rows] for column in part], divergence.pins) for rows in _parts(divergence.labels)]
                continue
            yield part, values

    def _function(self, values: list[Any]) -> Any:
        return self._call(dict(zip(self._plan.symbols, values, strict=True)))

    def _compare(self, columns: list[Any], values: Any) -> tuple[Any, Any]:
        numbers = [column.astype(float) for column in columns]
        inside = sp.And(*self._plan.conditions, evaluate=False)
        documented, holds = (sp.lambdify(self._plan.symbols, part, modules="jax")(*numbers) for part in (self._formula, inside))
        actual = values.astype(float)
        scale = jnp.maximum(jnp.abs(documented), jnp.abs(actual))
        distance = jnp.abs(documented - actual)
        same = (distance <= APART * scale) | (documented == actual) | (jnp.isnan(documented) & jnp.isnan(actual))
        errors = jnp.where(same | jnp.logical_not(holds), 0, jnp.nan_to_num(distance / scale, nan=1.0))
        return jnp.any(errors), errors

    def _rows(self, columns: list[Any], errors: Array, most: int) -> Iterator[Row]:
        apart = np.flatnonzero(errors)
        worst = apart[np.argsort(-errors[apart], kind="stable")[: most // 2]]
        fair = apart[:: -(-len(apart) // max(1, most // 2))] if len(apart) else apart
        numbers = [np.asarray(column) for column in columns]
        for place in (*fair, *worst):
            yield tuple(Fraction(column[place].item()) for column in numbers)


def _mix_bits(bits: Any) -> Any:
    """Mixes the bits with MurmurHash3's finalizer, so that neighbours become independent."""
    bits = (bits ^ (bits >> 16)) * jnp.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> 13)) * jnp.uint32(0xC2B2AE35)
    return bits ^ (bits >> 16)


def _weakly_typed(numbers: Any) -> Any:
    """Makes the integers weakly typed, as Python integers are."""
    return jax.lax.convert_element_type_p.bind(numbers, new_dtype=np.dtype(np.int64), weak_type=True, sharding=None)


def _parts(labels: Array) -> list[Array]:
    """Returns the rows of each label, rarest label first, each repeated to fill a batch."""
    parts = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return [np.resize(part, ROWS) for part in sorted(parts, key=len)]
