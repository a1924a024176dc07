"""Whether code treats the entries of arrays of every length one by one, as it treats single numbers.

The code is traced twice, for numbers and for arrays with a symbolic length. It treats entries one by one if each entry of the result is
made of the entries at the same place by the same primitives in the same order as the result for numbers.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import export

from qedoc.errors import UnsupportedError
from qedoc.lift.jax_internals import Literal, opened
from qedoc.lift.rules import RULES, SILENT
from qedoc.lift.symbolic import ENTERED, traced

_BITS = {"bitcast_convert_type", "clz", "nextafter", "population_count", "shift_left", "shift_right_arithmetic", "shift_right_logical"}
_ENTRYWISE = {key.partition("[")[0] for key in RULES} | _BITS


def treats_entries_alone(call: Callable[..., Any], whole: Sequence[bool], arrays: Sequence[bool]) -> bool:
    """Whether the entries of a result are those that the code gives for single numbers, for arrays of one axis and of every length.

    Args:
        call: takes one argument for each entry of the others.
        whole: which arguments are integers.
        arrays: which arguments are arrays. The others are numbers.

    Raises:
        UnsupportedError: if the code depends on single lengths, or contains something else than operations on single entries.
    """
    with jax.enable_x64(True):
        (length,) = export.symbolic_shape("n,")
        shapes = ([() for _ in arrays], [(length,) if is_array else () for is_array in arrays])
        dtypes = [jnp.int64 if is_whole else jnp.float64 for is_whole in whole]
        terms = _Terms()
        (alone, _, _), (beside, _, asked) = (traced(call, shape, dtypes) for shape in shapes)
        if asked:
            raise UnsupportedError(f"the code asks for the length {asked[0][0]}", None)
        if [out.shape for out in beside.out_avals] != [(length,)] or [out.shape for out in alone.out_avals] != [()]:
            return False
        inputs = [terms.of("input", k) for k, _ in enumerate(arrays)]
        return terms.results(*opened(alone), inputs) == terms.results(*opened(beside), inputs)


class _Terms:
    """The computations of single entries. Equal computations have equal numbers."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[Any, ...], int] = {}

    def of(self, *parts: Any) -> int:
        """The number of a computation."""
        return self._numbers.setdefault(parts, len(self._numbers))

    def results(self, jaxpr: Any, consts: Sequence[Any], inputs: Sequence[int]) -> list[int]:
        """The computations of the results of a jaxpr."""
        known = dict(zip(jaxpr.constvars, map(self._constant, consts), strict=True)) | dict(zip(jaxpr.invars, inputs, strict=True))

        def read(atom: Any) -> int:
            return self._constant(atom.val) if isinstance(atom, Literal) else known[atom]

        for equation in jaxpr.eqns:
            known |= zip(equation.outvars, self._step(equation, [read(atom) for atom in equation.invars]), strict=True)
        return [read(atom) for atom in jaxpr.outvars]

    def _constant(self, value: Any) -> int:
        array = np.asarray(value)
        if array.size != 1:
            raise UnsupportedError("an array of constants is not read for every length", None)
        return self.of("constant", str(array.dtype), array.tobytes())

    def _step(self, equation: Any, operands: list[int]) -> list[int]:
        name, params = equation.primitive.name, equation.params
        if name in ENTERED:
            return self.results(*opened(params.get(ENTERED[name]) or params["jaxpr"]), operands)
        if name == "broadcast_in_dim" and _repeats(equation):
            return operands[:1]
        shapes = {atom.aval.shape for atom in (*equation.invars, *equation.outvars)} - {()}
        if name not in _ENTRYWISE or len(shapes) > 1:
            raise UnsupportedError(f"the primitive {name} may combine the entries of an array", None)
        settings = tuple((key, str(params[key])) for key in sorted(params) if key not in SILENT)
        types = tuple(str(atom.aval.dtype) for atom in equation.invars)
        return [self.of(name, settings, types, *operands, place) for place, _ in enumerate(equation.outvars)]


def _repeats(equation: Any) -> bool:
    """Whether a broadcast gives each entry at its own place: it repeats a number, or changes nothing."""
    before, after = equation.invars[0].aval.shape, equation.outvars[0].aval.shape
    return before in ((), after)
