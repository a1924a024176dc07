"""Runs Python code on many rows at once, as long as they take the same path.

A tracer holds one value for each row, and to the code it looks like the value of one row. Each primitive runs on all rows by `vmap`.
Where Python itself asks for a value (`if`, `int()`, a dict key), the rows must agree; if they do not, `Divergence` says which belong
together, and the caller runs each group again from the start.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Trace, Tracer
from jax.extend.core import Primitive, mapped_aval, set_current_trace

_current: Any = set_current_trace  # jax leaves it without types
_KEY = hash("a value that differs from row to row")


class Divergence(BaseException):
    """The rows want to go different ways. Not an Exception, so that no `except Exception:` of the code in hand eats it.

    Args:
        labels: one integer for each row; rows with equal labels stay together.
        pins: Python numbers that dict keys must be told apart from, known so far.
    """

    def __init__(self, labels: np.ndarray[Any, Any], pins: frozenset[int]) -> None:
        super().__init__("rows diverge")
        self.labels = labels
        self.pins = pins


class Rows(Tracer):  # type: ignore[type-arg]  # jax exports no Trace type to name here
    """A value of each row.

    Args:
        trace: the lockstep that it belongs to.
        value: concrete array; its first axis counts the rows.
    """

    __slots__ = ("value",)

    def __init__(self, trace: "Lockstep", value: jax.Array) -> None:
        super().__init__(trace, mapped_aval(value.shape[0], 0, jax.typeof(value)))
        self.value = value

    def _agreed(self, asked: Callable[[Any], Any] = np.asarray) -> np.ndarray[Any, Any]:
        """What is asked of the value, where all rows share it; bit for bit, so that -0.0 is not 0.0 and nan is nan."""
        value = asked(np.asarray(self.value))
        flat = np.ascontiguousarray(value.reshape(len(value), -1))
        same = flat.view(np.uint8) if flat.size else flat
        if (same == same[0]).all():
            return value[0]  # type: ignore[no-any-return]  # numpy: an array or a scalar
        _, labels = np.unique(same, axis=0, return_inverse=True)
        raise Divergence(labels.reshape(-1), self._lockstep.pins)

    @property
    def _lockstep(self) -> "Lockstep":
        trace: Lockstep = self._trace
        return trace

    def __bool__(self) -> bool:
        value = np.asarray(self.value)
        if value.ndim == 1 and not (truth := value.astype(bool)).all() and truth.any():
            raise Divergence(truth.astype(int), self._lockstep.pins)
        return bool(value[0])

    def __int__(self) -> int:
        return int(self._lockstep.pin(int(self._agreed(np.trunc))))

    def __index__(self) -> int:
        return int(self._lockstep.pin(self._agreed().__index__()))

    def __float__(self) -> float:
        return float(self._lockstep.pin(float(self._agreed())))

    def __complex__(self) -> complex:
        return complex(self._agreed())

    def __array__(self, dtype: Any = None, context: None = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        value = np.asarray(self._agreed(), dtype=dtype)
        for number in value.reshape(-1).tolist():
            self._lockstep.pin(number)
        return value

    def item(self, *args: int) -> Any:
        """The value as a Python number, as of an array."""
        return self._lockstep.pin(self._agreed().item(*args))

    def tolist(self) -> Any:
        """The values as Python numbers, as of an array."""
        return self.__array__().tolist()

    def __hash__(self) -> int:  # type: ignore[override]  # jax forbids tracers as dict keys; here they must be
        return self._lockstep.key(np.asarray(self.value))

    def __round__(self, ndigits: int | None = None) -> Any:
        return round(self.item(), ndigits)


class Lockstep(Trace):
    """The interpreter: one rule, `vmap`, for every primitive.

    A tracer can be a dict key. Python compares keys with `==` only if their hashes are equal, and all tracers have the same hash, so that
    rows part only by which of their keys are equal, not by every value. A Python number is the other kind of key: `pins` holds those that
    the code made out of tracers, and 0; a tracer that equals one of them takes its hash.

    Args:
        pins: Python numbers that dict keys must be told apart from.
    """

    __slots__ = ("_keys", "pins")

    def __init__(self, pins: frozenset[Any] = frozenset({0})) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # jax leaves it without types
        self.pins = pins
        self._keys: list[np.ndarray[Any, Any]] = []

    def pin(self, number: Any) -> Any:
        """Notes that Python has seen a number of this run, and returns it."""
        if number not in self.pins:
            self.pins |= {number}
            for value in self._keys:
                if (hit := value == number).any():
                    raise Divergence(hit.astype(int), self.pins)
        return number

    def key(self, value: np.ndarray[Any, Any]) -> int:
        """The hash of a tracer with this value."""
        if value.ndim > 1:
            raise TypeError("unhashable type: an array of more than one number")
        for number in self.pins:
            hit = value == number
            if hit.all():
                return hash(number)
            if hit.any():
                raise Divergence(hit.astype(int), self.pins)
        self._keys.append(value)
        return _KEY

    def stage_value(self, value: Any) -> Any:
        """A constant, as the array that it would be without lockstep."""
        return jnp.asarray(value)

    def process_primitive(self, primitive: Any, tracers: Sequence[Any], params: Mapping[str, Any], /) -> Any:
        """Runs one primitive on all rows."""
        if not any(isinstance(t, Rows) for t in tracers):
            return primitive.bind(*tracers, **params)
        axes = tuple(0 if isinstance(t, Rows) else None for t in tracers)
        out = _batched(primitive, axes, params)(*(t.value if isinstance(t, Rows) else t for t in tracers))
        return [Rows(self, value) for value in out] if primitive.multiple_results else Rows(self, out)

    def process_call(self, primitive: Any, fun: Any, tracers: Sequence[Any], params: Any, /) -> Any:
        """Enters a call."""
        with _current(self):
            return fun.call_wrapped(*tracers)

    def process_custom_jvp_call(self, primitive: Any, fun: Any, jvp: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """Enters the function; its derivative rule is not needed."""
        with _current(self):
            return fun.call_wrapped(*tracers)

    def process_custom_vjp_call(self, primitive: Any, fun: Any, fwd: Any, bwd: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """Enters the function; its derivative rule is not needed."""
        with _current(self):
            return fun.call_wrapped(*tracers)


def run(function: Callable[[list[Any]], Any], columns: Sequence[jax.Array], pins: frozenset[Any]) -> Any:
    """Calls a function once for all rows.

    Args:
        function: takes a list of tracers, one for each column.
        columns: arrays whose first axis counts the rows.
        pins: see `Lockstep`.

    Returns:
        what the function returns; a `Rows` where it depends on the columns.

    Raises:
        Divergence: if the rows do not take the same path.
    """
    trace = Lockstep(pins)
    with _current(trace):
        return function([Rows(trace, column) for column in columns])


def _batched(primitive: Primitive, axes: tuple[int | None, ...], params: Mapping[str, Any]) -> Callable[..., Any]:
    items = tuple(sorted(params.items()))
    try:
        return _compiled(primitive, axes, items)
    except TypeError:  # an unhashable parameter
        return jax.vmap(partial(primitive.bind, **params), in_axes=axes)


@lru_cache(maxsize=4096)
def _compiled(primitive: Primitive, axes: tuple[int | None, ...], items: tuple[tuple[str, Hashable], ...]) -> Callable[..., Any]:
    return jax.jit(jax.vmap(partial(primitive.bind, **dict(items)), in_axes=axes))
