"""The rules of entries that are read at computed indices, for arrays of any length."""

import math
from typing import Any

import sympy as sp

from qedoc.lift.convolutions import convolution
from qedoc.lift.fields import FIELD_RULES, Field, FieldStep, Places, numeric


def gather(step: FieldStep) -> list[Field]:
    """Slices of an array at computed starts. A start outside of the array has no value.

    Raises:
        UnsupportedError: if entries outside of the array have a value.
    """
    operand, starts = step.operands
    numbers, mode = step.params["dimension_numbers"], str(step.params["mode"]).upper()
    fill = step.params["fill_value"]
    undefined = fill is None or math.isnan(fill)
    if not undefined or not mode.endswith(("PROMISE_IN_BOUNDS", "FILL_OR_DROP")):
        raise step.refuse("entries outside of an array that have a value are not read for every length")
    offsets = tuple(numbers.offset_dims)
    batching = dict(zip(numbers.operand_batching_dims, numbers.start_indices_batching_dims, strict=True))
    sliced = [axis for axis in range(len(operand.shape)) if axis not in numbers.collapsed_slice_dims and axis not in batching]

    def place(places: Places) -> Places:
        batch = tuple(k for axis, k in enumerate(places) if axis not in offsets)
        inside = dict(zip(sliced, (places[axis] for axis in offsets), strict=True))
        start: dict[int, Any] = {axis: batch[position] for axis, position in batching.items()}
        for component, axis in enumerate(numbers.start_index_map):
            start[axis] = numeric(starts.at((*batch, sp.Integer(component))[: len(starts.shape)]))
        return tuple(start.get(axis, sp.S.Zero) + inside.get(axis, sp.S.Zero) for axis in range(len(operand.shape)))

    return [operand.moved(step.shapes[0], place)]


def dynamic_slice(step: FieldStep) -> list[Field]:
    """A slice at a computed start, which is moved into the array if the slice does not fit.

    Raises:
        UnsupportedError: if it is not known to fit.
    """
    operand, *starts = step.operands
    found = [numeric(start.at(())) for start in starts]
    for start, length, size in zip(found, operand.shape, step.shapes[0], strict=True):
        room = sp.expand(length - size)
        if not (start == 0 or sp.expand(start - room) == 0 or (start.is_nonnegative and (room - start).is_nonnegative)):
            raise step.refuse("a slice at a computed start is not known to fit for every length")
    return [operand.moved(step.shapes[0], lambda places: tuple(start + k for start, k in zip(found, places, strict=True)))]


ALL_RULES = {**FIELD_RULES, "conv_general_dilated": convolution, "dynamic_slice": dynamic_slice, "gather": gather}
"""The rules of all primitives that are no elementwise ones."""
