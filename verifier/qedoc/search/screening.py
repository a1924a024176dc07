"""A quarter of a million points at a time: formula and code in float64, to find those that enclosures are to decide.

Nothing is decided here. Both sides are compiled once, and run on rows that are drawn beside them; where they differ by more than
a float64 computation usually errs, the row is worth the thousandfold cost of enclosures.
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
"""Rows of a batch: as many as make what Python does once for each batch small beside them."""

MARKS = 2**10
"""Numbers of each unknown from which rows are drawn."""

APART = 2.0**-20
"""Relative difference from which a row is looked at."""

CALLS = 8
"""How often the code may be called for a batch whose rows go different ways; the rarest ways are left out then."""


class Screen:
    """Formula and code of a claim, compiled for batches of rows.

    Args:
        call: the code; gets a value for each symbol.
        plan: the unknowns and their domain.
        formula: what is documented; an expression without a counterpart in JAX makes a screen that shows nothing.
        marks: points of the domain, the first MARKS of which count. Each unknown of a row is a number that it has in one of them, or lies
            between two such neighbours.
    """

    def __init__(self, call: Call, plan: Plan, formula: sp.Expr, marks: Sequence[Row]) -> None:
        self._call = call
        self._plan = plan
        known = [sorted({row[k] for row in marks[:MARKS]}) for k in range(len(plan.symbols))]
        self._counts = [len(numbers) for numbers in known]
        self._marks = np.array([np.pad(np.array(n, dtype=np.float64), (0, MARKS + 1 - len(n)), mode="edge") for n in known])
        self._integer = tuple(bool(symbol.is_integer) for symbol in plan.symbols)
        self._formula = formula
        self._drawn = jax.jit(self._draw)
        self._compared = jax.jit(self._compare)

    def suspects(self, seed: int, most: int) -> list[Row]:
        """Points of the domain at which formula and code differ in one batch; none if either cannot be run on rows.

        Args:
            seed: the same seed gives the same batch.
            most: how many points at most: half of them those that differ most, the others a fair choice.
        """
        found: dict[Row, None] = {}
        for columns, errors in self.batch(seed):
            found |= dict.fromkeys(self._rows(columns, np.asarray(errors), most))
        return [row for row in found if self._plan.holds(row)][:most]

    def batch(self, seed: int) -> Iterator[tuple[list[Any], Any]]:
        """The rows of a batch, way by way, with the relative difference of formula and code at each: 0 where it is small.

        Args:
            seed: the same seed gives the same batch.
        """
        with jax.enable_x64(True):
            try:
                columns = self._drawn(np.uint32(seed), self._marks)
                for part, values in self._run(columns):
                    count, errors = self._compared(part, values)
                    yield part, errors if count else np.zeros(ROWS)
            except Exception:  # noqa: BLE001  a target may raise anything, and what has no counterpart in JAX does: other stages tell
                return

    def _draw(self, seed: Any, marks: Any) -> list[Any]:
        columns = []
        for k, integer in enumerate(self._integer):
            salt = jnp.uint32(0x9E3779B9 * (k + 1) % 2**32)
            bits = _mixed(jnp.arange(ROWS, dtype=jnp.uint32) + _mixed(seed + salt))
            place = ((bits >> 22) * jnp.uint32(self._counts[k]) >> 10).astype(jnp.int32)
            low, high = marks[k][place], marks[k][place + 1]
            between = (bits & 0x1FFFFF) * 2.0**-21
            numbers = low + jnp.where(bits & 0x200000, (high - low) * between, 0)
            columns.append(_weak(jnp.floor(numbers)) if integer else numbers)
        return columns

    def _run(self, columns: list[Any]) -> Iterator[tuple[list[Any], Any]]:
        """Runs the code on the rows; where they go different ways, on those of one way after the other."""
        waiting: list[tuple[list[Any], frozenset[int]]] = [(columns, frozenset())]
        for _ in range(CALLS):
            if not waiting:
                return
            part, pins = waiting.pop()
            try:
                result = lockstep.run(self._function, part, pins)
                values = result.value if isinstance(result, lockstep.Rows) else jnp.broadcast_to(jnp.asarray(result), (ROWS,))
            except lockstep.Divergence as parted:
                waiting += [([column[rows] for column in part], parted.pins) for rows in _parts(parted.labels)]
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


def _mixed(bits: Any) -> Any:
    """The bits, mixed so that neighbours have nothing in common: the finalizer of MurmurHash3."""
    bits = (bits ^ (bits >> 16)) * jnp.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> 13)) * jnp.uint32(0xC2B2AE35)
    return bits ^ (bits >> 16)


def _weak(numbers: Any) -> Any:
    """Integers typed weakly, as Python's are."""
    return jax.lax.convert_element_type_p.bind(numbers, new_dtype=np.dtype(np.int64), weak_type=True, sharding=None)


def _parts(labels: Array) -> list[Array]:
    """The rows of each label, repeated to fill a batch; those of the rarest first."""
    parts = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    return [np.resize(part, ROWS) for part in sorted(parts, key=len)]
