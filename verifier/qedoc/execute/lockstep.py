"""Runs Python code on many rows at once, as long as they take the same path.

A tracer stands for one value for each row; to the code it looks like the value of one row. Primitives are recorded, and run when a value
is requested: everything that the value needs becomes one function, which is compiled with `vmap`. If Python itself needs a value (`if`,
`int()`, a dict key), all rows must have the same. If they do not, `Divergence` says which rows belong together, and the caller runs each
group again from the start.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import count
from types import FrameType
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from qedoc.lift.frames import is_message, is_ours, own_frame, running
from qedoc.lift.jax_internals import BaseTrace, BaseTracer, current_trace, executed, mapped_aval

Params: TypeAlias = tuple[tuple[str, Hashable], ...]
Place: TypeAlias = tuple[int, int]
"""The positions of an equation and of its result. Equation -1 stands for the inputs."""
Step: TypeAlias = tuple[Any, Params, tuple[Place, ...]]

_clear: Any = jax.clear_caches
_KEY = hash("a value that differs from row to row")

BY_VALUE = "by value"
"""A pin for runs in which the code itself looks up values. Every key then has the hash of its value."""


class Divergence(BaseException):
    """The rows take different paths. It is not an `Exception`, because the checked code may contain `except Exception:`.

    Args:
        labels: one integer for each row; rows with equal labels stay together.
        pins: Python numbers that dict keys must be distinguished from, as far as they are known; see `BY_VALUE`.
    """

    def __init__(self, labels: np.ndarray[Any, Any], pins: frozenset[Any]) -> None:
        super().__init__("rows diverge")
        self.labels = labels
        self.pins = pins


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Equation:
    """A recorded primitive. It runs when one of its results is requested. `number` is its position in the run."""

    number: int
    primitive: Any
    inputs: tuple[Any, ...]
    params: Params


class Rows(BaseTracer):
    """A value of each row.

    Args:
        trace: the lockstep that it belongs to.
        aval: the type of one row's value.
        made: the array of the values of all rows, or an equation and the position of the value among its results.
    """

    __slots__ = ("made",)

    def __init__(self, trace: "Lockstep", aval: Any, made: "jax.Array | tuple[_Equation, int]") -> None:
        super().__init__(trace, aval)
        self.made = made

    @property
    def value(self) -> jax.Array:
        """The values; the first axis counts the rows."""
        if not isinstance(self.made, tuple):
            return self.made
        with executed():
            values: jax.Array = _run(*self.made)
        self.made = values
        return values

    def shared(self, asked: Callable[[Any], Any] = np.asarray) -> np.ndarray[Any, Any]:
        """Returns a property of the value that all rows share. Values are compared bit by bit: -0.0 is not 0.0, and nan is nan."""
        value = asked(np.asarray(self.value))
        flat = np.ascontiguousarray(value.reshape(len(value), -1))
        same = flat.view(np.uint8) if flat.size else flat
        if (same == same[0]).all():
            shared: np.ndarray[Any, Any] = value[0]
            return shared
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
        return int(self._lockstep.pin(int(self.shared(np.trunc))))

    def __index__(self) -> int:
        return int(self._lockstep.pin(self.shared().__index__()))

    def __float__(self) -> float:
        return float(self._lockstep.pin(float(self.shared())))

    def __complex__(self) -> complex:
        return complex(self.shared())

    def __array__(self, dtype: Any = None, context: None = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        value = np.asarray(self.shared(), dtype=dtype)
        for number in value.reshape(-1).tolist():
            self._lockstep.pin(number)
        return value

    def item(self, *args: int) -> Any:
        """The value as a Python number, as of an array."""
        return self._lockstep.pin(self.shared().item(*args))

    def tolist(self) -> Any:
        """The values as Python numbers, as of an array."""
        return self.__array__().tolist()

    def __hash__(self) -> int:  # type: ignore[override]  # jax forbids tracers as dict keys; here they must be
        return self._lockstep.key(self)

    def __format__(self, specification: str) -> str:
        return format(self._written(), specification)

    def __str__(self) -> str:
        return str(self._written())

    def __repr__(self) -> str:
        return repr(self._written())

    def _written(self) -> Any:
        """Returns the value that all rows share. For the text of a message it is that of the first row."""
        value = np.asarray(self.value)[0] if is_message(running(self._lockstep.until)) else self.shared()
        return value.item() if value.size == 1 else value

    def __round__(self, ndigits: int | None = None) -> Any:
        return round(self.item(), ndigits)


class Lockstep(BaseTrace):
    """The interpreter. It records every primitive.

    A tracer can be a dict key. Python compares keys with `==` only if their hashes are equal. All tracers have the same hash, so rows are
    separated only by which of their keys are equal, and not by every value. The other keys are Python numbers: `pins` has those that the
    code made from tracers, and 0. A tracer that equals one of them has its hash. If the code itself looks up a tracer, the keys are
    unknown: then rows are separated by every value, and each key has the hash of its value.

    Args:
        pins: Python numbers that dict keys must be distinguished from, and possibly `BY_VALUE`.
        until: the frame that calls the user's code.
    """

    __slots__ = ("_equations", "_keys", "pins", "until")

    def __init__(self, pins: frozenset[Any], until: FrameType) -> None:
        super().__init__()
        self.pins = pins
        self.until = until
        self._keys: list[np.ndarray[Any, Any]] = []
        self._equations = count()

    def pin(self, number: Any) -> Any:
        """Records that Python used a number of this run, and returns it."""
        if number not in self.pins:
            self.pins |= {number}
            for value in self._keys:
                if (hit := value == number).any():
                    raise Divergence(hit.astype(int), self.pins)
        return number

    def key(self, rows: Rows) -> int:
        """The hash of a tracer."""
        value = np.asarray(rows.value)
        if value.ndim > 1:
            raise TypeError("unhashable type: an array of more than one number")
        if BY_VALUE not in self.pins and not is_ours(__file__):
            self.pins |= {BY_VALUE}
            if self._keys:  # they have other hashes: the run begins again
                raise Divergence(np.zeros(len(value), dtype=int), self.pins)
        if BY_VALUE in self.pins:
            return hash(rows.shared().item())
        for number in self.pins:
            hit = value == number
            if hit.all():
                return hash(number)
            if hit.any():
                raise Divergence(hit.astype(int), self.pins)
        self._keys.append(value)
        return _KEY

    def constant(self, value: Any) -> Any:
        """Converts a constant to the array that it would be without lockstep."""
        return jnp.asarray(value)

    def interpret(self, primitive: Any, tracers: Sequence[Any], params: dict[str, Any]) -> Any:
        """Records a primitive with rows; runs any other."""
        if not any(isinstance(t, Rows) for t in tracers):
            return primitive.bind(*tracers, **params)
        types, _ = primitive.abstract_eval(*map(jax.typeof, tracers), **params)
        noted = tuple(sorted(params.items()))
        equation = _Equation(number=next(self._equations), primitive=primitive, inputs=tuple(tracers), params=noted)
        made = [Rows(self, aval, (equation, place)) for place, aval in enumerate(types if primitive.multiple_results else [types])]
        return made if primitive.multiple_results else made[0]


def run(function: Callable[[list[Any]], Any], columns: Sequence[jax.Array], pins: frozenset[Any]) -> Any:
    """Calls a function once for all rows.

    Args:
        function: takes a list of tracers, one for each column.
        columns: arrays whose first axis counts the rows.
        pins: see `Lockstep`.

    Returns:
        the result of the function, with `Rows` for values that depend on the columns.

    Raises:
        Divergence: if the rows do not take the same path.
    """
    with executed():
        trace = Lockstep(pins, own_frame())
        with current_trace(trace):
            return function([Rows(trace, mapped_aval(column.shape[0], 0, jax.typeof(column)), column) for column in columns])


def _run(wanted: _Equation, place: int) -> Any:
    """Computes one result of an equation from the values that are known."""
    equations = _needed(wanted)
    known = {equation: position for position, equation in enumerate(equations)}
    given: dict[int, tuple[int, Any]] = {}

    def place_of(x: Any) -> Place:
        if isinstance(x, Rows) and isinstance(x.made, tuple):
            return known[x.made[0]], x.made[1]
        key = id(x) if isinstance(x, Rows) else -len(given)  # equal constants stay apart, so that other constants make the same steps
        return -1, given.setdefault(key, (len(given), x))[0]

    steps = tuple((e.primitive, e.params, tuple(map(place_of, e.inputs))) for e in equations)
    inputs = [x for _, x in given.values()]
    axes = tuple(0 if isinstance(x, Rows) else None for x in inputs)
    try:
        run = _compiled(steps, axes, place)
    except TypeError:  # a parameter that cannot be hashed
        run = partial(_interpreted, steps, axes, place)
    return run(*(x.value if isinstance(x, Rows) else x for x in inputs))


def _needed(wanted: _Equation) -> list[_Equation]:
    """Returns the equations that a result needs, in the order of the code."""
    found = {wanted}
    waiting = [wanted]
    while waiting:
        earlier = {x.made[0] for x in waiting.pop().inputs if isinstance(x, Rows) and isinstance(x.made, tuple)} - found
        found |= earlier
        waiting += earlier
    return sorted(found, key=lambda equation: equation.number)


@lru_cache(maxsize=1024)
def _compiled(steps: tuple[Step, ...], axes: tuple[int | None, ...], place: int) -> Callable[..., Any]:
    return jax.jit(partial(_interpreted, steps, axes, place))


def forget() -> None:
    """Frees all compiled functions, here and in JAX."""
    _compiled.cache_clear()
    _clear()


def _interpreted(steps: Sequence[Step], axes: Sequence[int | None], place: int, *inputs: Any) -> Any:
    """Runs the equations one by one on all rows and returns one result of the last."""
    found: list[Sequence[tuple[Any, int | None]]] = []
    given = list(zip(inputs, axes, strict=True))
    for primitive, params, places in steps:
        operands = [(given if k < 0 else found[k])[position] for k, position in places]
        batched = jax.vmap(partial(primitive.bind, **dict(params)), in_axes=tuple(axis for _, axis in operands))
        out = batched(*(x for x, _ in operands))
        found.append([(x, 0) for x in (out if primitive.multiple_results else [out])])
    return found[-1][place][0]
