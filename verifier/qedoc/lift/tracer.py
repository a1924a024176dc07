"""The values that JAX code runs on, which are both concrete and symbolic."""

from collections.abc import Sequence
from typing import Any, Protocol

import jax
import numpy as np
import sympy as sp

from qedoc.algebra.partial import Partial, strict
from qedoc.algebra.stand_ins import stand_in
from qedoc.lift.arrays import Elements, Operand, elements
from qedoc.lift.jax_internals import BaseTracer
from qedoc.lift.opaque import interpretation
from qedoc.lift.path import Assumptions
from qedoc.lift.rules import kind, truncate


class Recorder(Protocol):
    """The methods of a trace that its tracers use."""

    assumptions: Assumptions

    def decide(self, truth: Any) -> bool:
        """Returns the concrete truth of a value and records it."""

    def operand(self, value: Any) -> Operand:
        """Returns the concrete and the symbolic value of a tracer or constant."""

    def note_hash(self, part: Partial, number: Any) -> None:
        """Records that a value was hashed."""

    def note_text(self, part: Partial, number: Any) -> None:
        """Records that a value was written as text."""


class Concolic(BaseTracer):
    """An array with a concrete value and a `Partial` for each element.

    Args:
        trace: the interpreter.
        value: a numpy array.
        parts: a numpy object array of the same shape.
        aval: the type in JAX; by default that of the NumPy array.
    """

    __slots__ = ("parts", "value")

    def __init__(self, trace: Any, value: Any, parts: Elements, aval: Any = None) -> None:
        super().__init__(trace, jax.typeof(value) if aval is None else aval)
        self.value = value
        self.parts = parts

    @property
    def recorder(self) -> Recorder:
        """The trace that records conditions on this value."""
        recorder: Recorder = self._trace
        return recorder

    def scalar(self, act: str) -> Partial:
        """The only element.

        Raises:
            TypeError: if there are more, or none.
        """
        if self.parts.size != 1:
            raise TypeError(f"only an array of one element can be taken as {act}, found shape {self.parts.shape}")
        part: Partial = self.parts.item()
        return part

    def __bool__(self) -> bool:
        self.scalar("a truth value")
        return self.recorder.decide(self)

    def __hash__(self) -> int:  # type: ignore[override]  # jax's tracers cannot be hashed; dicts keyed by a parameter need it
        number = self.value.item()
        self.recorder.note_hash(self.scalar("a key"), number)
        return hash(number)

    def __int__(self) -> int:
        part = self.scalar("an int")
        if kind(self.dtype) == "bool":
            return int(self.recorder.decide(self))
        number = int(self.value.item())
        self.recorder.assumptions.pin(part if kind(self.dtype) == "integer" else strict(truncate, part), number)
        return number

    def __index__(self) -> int:
        if kind(self.dtype) != "integer":
            raise TypeError(f"only integers can be used as an index, found {self.dtype}")
        return self.__int__()

    def __float__(self) -> float:
        part = self.scalar("a float")
        if kind(self.dtype) == "bool":
            return float(self.recorder.decide(self))
        number = float(self.value.item())
        self.recorder.assumptions.pin(part, number)
        return number

    def item(self, *place: int) -> Any:
        """Returns the number and pins it."""
        if place:
            return self[place].item()
        return {"bool": bool, "integer": int}.get(kind(self.dtype), float)(self)

    def __format__(self, specification: str) -> str:
        return format(self._written(), specification)

    def __str__(self) -> str:
        return str(self._written())

    def __repr__(self) -> str:
        return repr(self._written())

    def _written(self) -> Any:
        """Returns the concrete value and records the conversion to text, because code can depend on the text of a number."""
        for part, number in zip(self.parts.ravel(), self.value.ravel().tolist(), strict=True):
            self.recorder.note_text(part, number)
        return self.value.item() if self.parts.size == 1 else self.value

    def unexpanded(self, name: str, index: int, arguments: Sequence[Any]) -> "Concolic":
        """Applies the unknown function with that name and index to the elements of arguments; see `qedoc.lift.opaque`."""
        operands = [self.recorder.operand(argument) for argument in arguments]
        values = [np.asarray(operand.value, dtype=np.float64) for operand in operands]
        unknown = sp.Function(name, real=True)
        all_parts = np.broadcast_arrays(*(operand.parts for operand in operands))
        rows = zip(*(parts.ravel() for parts in all_parts), strict=True)
        made = [strict(lambda *row: unknown(sp.Integer(index), *row), *row) for row in rows]
        value = np.asarray(stand_in(tuple(map(float, interpretation(index))), values))
        return Concolic(self._trace, value, elements(made, all_parts[0].shape))
