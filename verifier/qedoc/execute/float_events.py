"""Runs code and watches each operation for overflow, underflow, saturation and absorption, which are the same in all formats."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from fractions import Fraction
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.errors import UnsupportedError
from qedoc.execute.runner import Call
from qedoc.lift.control import CONTROL_RULES
from qedoc.lift.jax_internals import BaseTrace, Literal, current_trace, executed, opened

SMALLEST = 2.0**-100
"""Smaller nonzero numbers are near the limit of float32."""

LARGEST = 2.0**100

VANISHING = frozenset({"exp", "exp2", "logistic", "erfc", "igamma", "igammac", "bessel_i0e", "bessel_i1e"})
"""Functions without a zero inside their domain: a result of 0 is an underflow."""

PRODUCTS = frozenset({"mul", "div", "pow", "integer_pow", "square", "dot_general", "reduce_prod", "cumprod"})
"""Operations whose result is 0 for nonzero operands only after an underflow."""

ABSORBING = 2.0**50
"""If a term of a sum is this many times smaller than the other, few of its digits remain, in float64 too."""

SUMS = frozenset({"add", "add_any", "sub"})

SATURATING = {"tanh": 1.0, "erf": 1.0, "logistic": 1.0, "erfc": 2.0, "igamma": 1.0, "igammac": 1.0}
"""Functions that reach the limit of their range only by rounding."""


class Watch(BaseTrace):
    """The interpreter. It runs every primitive, and enters those that contain other code."""

    __slots__ = ("calm",)

    def __init__(self) -> None:
        super().__init__()
        self.calm = True

    def interpret(self, primitive: Any, values: Sequence[Any], params: dict[str, Any]) -> Any:
        """Runs a primitive."""
        if primitive.name in CONTROL_RULES:
            with current_trace(self):
                results = CONTROL_RULES[primitive.name](self, values, dict(params))
            return results if primitive.multiple_results else results[0]
        results = primitive.bind(*values, **params)
        for result in results if primitive.multiple_results else [results]:
            self.calm = self.calm and _is_calm(primitive.name, values, result)
        return results

    # The methods that the rules for code inside of primitives use

    def evaluate(self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
        """Runs a jaxpr."""
        known = dict(zip(jaxpr.constvars, consts, strict=True)) | dict(zip(jaxpr.invars, arguments, strict=True))

        def read(atom: Any) -> Any:
            return atom.val if isinstance(atom, Literal) else known[atom]

        for equation in jaxpr.eqns:
            results = self.process_primitive(equation.primitive, [read(atom) for atom in equation.invars], equation.params)
            known |= zip(equation.outvars, results if equation.primitive.multiple_results else [results], strict=True)
        return [read(atom) for atom in jaxpr.outvars]

    def decide(self, truth: Any) -> bool:
        """A truth value."""
        return bool(truth)

    def choose(self, value: Any) -> int:
        """The number of a branch."""
        return int(value)

    def item(self, stacked: Any, place: int) -> Any:
        """One entry along the first axis."""
        with executed():
            return stacked[place]

    def stack(self, entries: Sequence[Any], shape: Sequence[int], dtype: Any) -> Any:
        """Joins entries along a new first axis."""
        with executed():
            return jnp.stack(entries) if entries else jnp.zeros((0, *shape), dtype)

    def unsupported(self, message: str) -> Exception:
        """The error for code that takes too long."""
        return UnsupportedError(message)


def _is_calm(name: str, values: Sequence[Any], result: Any) -> bool:
    """Whether a result shows no sign of overflow, underflow or saturation."""
    made = np.asarray(result)
    if name == "convert_element_type" and made.dtype.kind in "iu":
        return bool(np.all(np.abs(np.asarray(values[0], dtype=np.complex128)) < 2.0**31))
    if made.dtype.kind not in "fc":
        return True
    size = np.abs(made)
    if not np.all(np.isfinite(made)):
        return any(not np.all(np.isfinite(np.asarray(value))) for value in values) or not values
    if not np.all((size == 0) | ((size > SMALLEST) & (size < LARGEST))):
        return False
    if name in SUMS and _is_absorbed(values, made):
        return False
    if name in SATURATING and np.any(size == SATURATING[name]):
        return False
    if name in VANISHING:
        return bool(np.all(size))
    given = all(np.all(np.asarray(value) != 0) for value in values)
    return not (name in PRODUCTS and given) or bool(np.all(size))


def _is_absorbed(values: Sequence[Any], made: np.ndarray[Any, Any]) -> bool:
    """Whether rounding loses almost all digits of a nonzero term of a sum."""
    one, other = (np.abs(np.broadcast_to(np.asarray(value), made.shape)) for value in values)
    small, large = np.minimum(one, other), np.maximum(one, other)
    return bool(np.any((small != 0) & (small * ABSORBING < large)))


def is_calm(call: Call, symbols: Sequence[sp.Symbol], row: Sequence[Fraction], *, once: bool = False) -> bool:
    """Whether no operation of the code is near overflow, underflow or saturation at a point, in float32 and in float64.

    Args:
        call: the code; gets a value for each symbol.
        symbols: those with the assumption `integer` get an int, the others a float64.
        row: one rational for each symbol.
        once: whether the code is traced once for all points, because each call takes long. Code may treat tracers in another way.

    Returns:
        False also if the code cannot be watched.
    """
    with jax.enable_x64(True), executed():
        numbers = [int(x) if s.is_integer else jnp.asarray(float(x)) for s, x in zip(symbols, row, strict=True)]
        traced = _traced(call, tuple(symbols)) if once else None
    if traced is not None:
        return _runs_calmly(lambda watch: watch.evaluate(*opened(traced), numbers), entered=False)
    return runs_calmly(lambda: call(dict(zip(symbols, numbers, strict=True))))


def runs_calmly(call: Callable[[], Any]) -> bool:
    """Whether no operation of a call is near overflow, underflow or saturation, in float32 and in float64.

    Args:
        call: the call.

    Returns:
        False also if the code cannot be watched.
    """
    return _runs_calmly(lambda _: call(), entered=True)


def _runs_calmly(call: Callable[[Watch], Any], *, entered: bool) -> bool:
    with jax.enable_x64(True), executed():
        watch = Watch()
        try:
            with current_trace(watch) if entered else nullcontext():
                call(watch)
        except Exception:  # noqa: BLE001  # whatever the code or JAX raises: nothing was seen to be calm
            return False
    return watch.calm


@lru_cache(maxsize=4)
def _traced(call: Call, symbols: tuple[sp.Symbol, ...]) -> Any:
    """The code as JAX traces it; None if it cannot be traced."""
    if any(s.is_integer for s in symbols):
        return None
    try:
        return jax.make_jaxpr(lambda *numbers: call(dict(zip(symbols, numbers, strict=True))))(*[jnp.asarray(1.0)] * len(symbols))
    except Exception:  # noqa: BLE001  # the code may need numbers, and raise anything
        return None
