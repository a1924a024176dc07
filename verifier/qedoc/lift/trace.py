"""Runs JAX code on values that are concrete and symbolic at once, and reads off the formula of the path taken."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from types import FrameType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from jax.core import Trace, Tracer
from jax.extend.core import Literal, set_current_trace, take_current_trace

from qedoc.errors import Location, QedocError, UnsupportedError
from qedoc.lift.arrays import ARRAY_RULES, Elements, Operand, Step, elements
from qedoc.lift.control import CONTROL_RULES
from qedoc.lift.exact import holds
from qedoc.lift.frames import origins, running
from qedoc.lift.literals import BallLiteral, literal
from qedoc.lift.opaque import interpretation
from qedoc.lift.rules import LAZY, SILENT, kind, rule_for, truncate
from qedoc.partial import Partial, joined, partial, relate, strict

LARGEST_ARRAY = 4096

# Errors that jax raises because tracers are not numbers; the same code might run on numbers.
_TRACING_ERRORS = (jax.errors.JAXTypeError, jax.errors.UnexpectedTracerError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way through the code, and what it computes there.

    `value` is what the code gives wherever `conditions` hold, with these reservations:

    - An expression that was hashed (a dict key) is known to differ from, or equal, the other hashed expressions, the integers that
      were pinned, and the numbers written in the running functions of the user: such conditions are recorded. Python shows no more
      of a dict's keys. Where `hashed` is not empty, the formula rests on the hashed expressions being different from any other
      number that the code uses as a key.
    - Integer overflow and rounding are ignored.

    Args:
        value: what the call returned: a pytree whose array leaves are numpy object arrays; scalars are plain SymPy expressions.
        concrete: the same pytree, as float64 execution gave it.
        conditions: what held on this path, in order, without repetition; a branch not taken stands as its negation.
        pins: those conditions that fix an expression to one number, because the code took it as an int, a float or an index.
        raised: the exception of the user's code, if the path ends in one; value and concrete are None then.
        reached: (file, first line) of the user's functions that were seen at work.
        hashed: the expressions that were hashed.
        consistent: whether every condition is true in exact arithmetic at the point; False where rounding drove the path.
    """

    value: Any
    concrete: Any
    conditions: tuple[sp.Basic, ...]
    pins: tuple[sp.Basic, ...]
    raised: BaseException | None
    reached: frozenset[tuple[str, int]]
    hashed: tuple[sp.Expr, ...]
    consistent: bool


class Concolic(Tracer):
    """An array with a concrete value and, element by element, the `Partial` that it stands for."""

    __slots__ = ("parts", "value")

    def __init__(self, trace: "ConcolicTrace", value: Any, parts: Elements) -> None:
        super().__init__(trace, jax.typeof(value))
        self.value = value
        self.parts = parts

    def full_lower(self) -> "Concolic":
        return self

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
        return self._trace.decide(self)

    def __hash__(self) -> int:
        self._trace.note_hash(self)
        return hash(self.value.item())

    def __int__(self) -> int:
        part = self.scalar("an int")
        if kind(self.dtype) == "bool":
            return int(self._trace.decide(self))
        return self._trace.pinned(part if kind(self.dtype) == "integer" else strict(truncate, part), int(self.value.item()))

    def __index__(self) -> int:
        if kind(self.dtype) != "integer":
            raise TypeError(f"only integers can be used as an index, found {self.dtype}")
        return self.__int__()

    def __float__(self) -> float:
        part = self.scalar("a float")
        if kind(self.dtype) == "bool":
            return float(self._trace.decide(self))
        return self._trace.pinned(part, float(self.value.item()))

    def item(self) -> Any:
        """The number, pinned."""
        match kind(self.dtype):
            case "bool":
                return bool(self)
            case "integer":
                return int(self)
            case _:
                return float(self)

    def __format__(self, specification: str) -> str:
        return format(self.value.item() if self.parts.size == 1 else np.asarray(self.value), specification)

    def unexpanded(self, name: str, index: int) -> "Concolic":
        """The unknown function of that name and number at these elements."""
        c, d, e = map(float, interpretation(index))
        x = np.asarray(self.value, dtype=np.float64)
        unknown = sp.Function(name, real=True)
        made = [strict(lambda argument: unknown(sp.Integer(index), argument), part) for part in self.parts.ravel()]
        with self._trace.outside():
            return Concolic(self._trace, jnp.asarray(c + d * x + e * x * x), elements(made, self.parts.shape))


class ConcolicTrace(Trace):
    """The interpreter: one rule for each primitive, and what was assumed on the way."""

    def __init__(self, parent: Any, until: FrameType | None) -> None:
        super().__init__()
        self.parent = parent
        self.until = until
        self.conditions: dict[sp.Basic, None] = {}
        self.pins: dict[sp.Basic, None] = {}
        self.hashed: dict[sp.Expr, Any] = {}
        self.reached: set[tuple[str, int]] = set()
        self.failure: UnsupportedError | None = None
        self.equations: list[Any] = []

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Runs jax on concrete values."""
        with set_current_trace(self.parent):
            yield

    # Conditions

    def record(self, condition: Partial) -> None:
        """Keeps a condition, and its being defined, that the rest of the path rests on."""
        for whole in (*sorted(condition.domain, key=sp.default_sort_key), condition.value):
            for part in whole.args if isinstance(whole, sp.And) else (whole,):
                known = all(isinstance(symbol, BallLiteral) for symbol in part.free_symbols)
                if not known or holds(part, {}) is not True:
                    self.conditions[part] = None

    def decide(self, truth: Any) -> bool:
        """The concrete truth of a value; of a number, whether it is not 0."""
        if not isinstance(truth, Concolic):
            return bool(truth)
        taken = bool(truth.value)
        part = truth.scalar("a truth value")
        condition = part if kind(truth.dtype) == "bool" else strict(lambda number: relate("ne", number, sp.S.Zero), part)
        self.record(condition if taken else strict(sp.Not, condition))
        return taken

    def pinned(self, part: Partial, number: Any) -> Any:
        """The concrete number, and the record that the element is that."""
        condition = strict(lambda x: relate("eq", x, literal(number, "int64" if isinstance(number, int) else "float64")), part)
        self.record(condition)
        if condition.value in self.conditions:
            self.pins[condition.value] = None
        return number

    def index(self, value: Any) -> int:
        """The concrete integer or truth value, pinned."""
        return int(value)

    def pin_elements(self, operand: Operand) -> np.ndarray[Any, Any]:
        """The concrete elements of an array of indices, pinned."""
        for part, number in zip(operand.parts.ravel(), operand.value.ravel(), strict=True):
            self.pinned(part, int(number))
        return operand.value

    def note_hash(self, tracer: Concolic) -> None:
        """Records how a hashed value compares with all that it might be compared with unseen."""
        expr, number = tracer.scalar("a key").value, tracer.value.item()
        if expr in self.hashed:
            return
        others = [*self.hashed.items(), *((sp.Integer(k), k) for k in self._pinned_numbers()), *self._written_numbers()]
        for other, value in others:
            self.record(partial(relate("eq" if value == number else "ne", expr, other)))
        self.hashed[expr] = number

    def _pinned_numbers(self) -> set[int]:
        return {int(pin.rhs) for pin in self.pins if isinstance(pin, sp.Eq) and pin.rhs.is_Integer}

    def _written_numbers(self) -> list[tuple[sp.Basic, Any]]:
        constants = {c for frame in running(self.until) for c in frame.f_code.co_consts if type(c) in (int, float)}
        return [(literal(c, "int64" if isinstance(c, int) else "float64"), c) for c in sorted(constants)]

    # Values

    def unsupported(self, message: str) -> UnsupportedError:
        """An error at the user's innermost line; it outlives a `try` in the user's code."""
        error = UnsupportedError(message, self._location())
        self.failure = self.failure or error
        return error

    def _location(self) -> Location | None:
        for equation in reversed(self.equations):
            for location, _ in origins(equation.source_info):
                return location
        frame = next(running(self.until), None)
        return Location(path=frame.f_code.co_filename, line=frame.f_lineno) if frame else None

    def _note_place(self) -> None:
        self.reached.update((f.f_code.co_filename, f.f_code.co_firstlineno) for f in running(self.until))
        if self.equations:
            self.reached.update(function for _, function in origins(self.equations[-1].source_info))

    def operand(self, value: Any) -> Operand:
        """Both readings of a tracer or a constant."""
        if isinstance(value, Concolic):
            if value._trace is not self:
                raise self.unsupported("a value of an earlier run came back; the code keeps values between calls (a cache?)")
            return Operand(value=np.asarray(value.value), parts=value.parts)
        array = np.asarray(value)
        if array.size > LARGEST_ARRAY:
            raise self.unsupported(f"an array of {array.size} constants is larger than the {LARGEST_ARRAY} that are read")
        dtype = jax.typeof(value).dtype
        try:
            return Operand(value=array, parts=elements([partial(literal(x, dtype)) for x in array.ravel()], array.shape))
        except TypeError as error:
            raise self.unsupported(str(error)) from error

    def item(self, stacked: Any, place: int) -> Any:
        """One entry along the first axis."""
        with self.outside():
            if not isinstance(stacked, Concolic):
                return jnp.asarray(stacked)[place]
            return Concolic(self, stacked.value[place], np.asarray(stacked.parts[place], dtype=object))

    def stack(self, entries: Sequence[Any], shape: Sequence[int], dtype: Any) -> Any:
        """Joins entries along a new first axis; constants alone stay constants."""
        with self.outside():
            values = [e.value if isinstance(e, Concolic) else e for e in entries]
            joined = jnp.stack(values) if values else jnp.zeros((0, *shape), dtype)
            if not any(isinstance(e, Concolic) for e in entries):
                return joined
            rows = [self.operand(e).parts for e in entries]
            return Concolic(self, joined, elements([x for row in rows for x in row.ravel()], (len(rows), *shape)))

    def stage_value(self, value: Any) -> Any:
        """Constants stay as they are until a rule reads them."""
        with self.outside():
            return value if isinstance(value, Concolic) else jnp.asarray(value)

    # Interpretation

    def evaluate(self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
        """Runs a jaxpr on tracers and constants."""
        environment = dict(zip(jaxpr.constvars, consts, strict=True)) | dict(zip(jaxpr.invars, arguments, strict=True))

        def read(atom: Any) -> Any:
            return atom.val if isinstance(atom, Literal) else environment[atom]

        for equation in jaxpr.eqns:
            self.equations.append(equation)
            results = self.process_primitive(equation.primitive, [read(v) for v in equation.invars], equation.params)
            self.equations.pop()
            environment |= zip(equation.outvars, results if equation.primitive.multiple_results else [results], strict=True)
        return [read(v) for v in jaxpr.outvars]

    def process_primitive(self, primitive: Any, tracers: Sequence[Any], params: dict[str, Any], /) -> Any:
        """Runs a primitive on both readings.

        Raises:
            UnsupportedError: if there is no rule for it.
        """
        self._note_place()
        name = primitive.name
        if name in CONTROL_RULES:
            with set_current_trace(self):
                return CONTROL_RULES[name](self, tracers, params)
        symbolic = any(isinstance(t, Concolic) for t in tracers)
        if not symbolic and all(kind(jax.typeof(t).dtype) in ("bool", "integer") for t in tracers):
            with self.outside():
                return primitive.bind(*tracers, **params)
        if name not in ARRAY_RULES and rule_for(name, jax.typeof(tracers[-1]).dtype) is None:
            raise self.unsupported(f"no rule for the primitive {name} on {', '.join(str(jax.typeof(t)) for t in tracers)}")
        return self._apply(primitive, tracers, params)

    def _apply(self, primitive: Any, tracers: Sequence[Any], params: dict[str, Any]) -> Any:
        operands = tuple(map(self.operand, tracers))
        with self.outside():
            results = primitive.bind(*(t.value if isinstance(t, Concolic) else t for t in tracers), **params)
        outputs = results if primitive.multiple_results else [results]
        for output in outputs:
            if output.size > LARGEST_ARRAY:
                raise self.unsupported(f"an array of {output.size} elements is larger than the {LARGEST_ARRAY} that are followed")
            if kind(output.dtype) not in ("bool", "integer", "real"):
                raise self.unsupported(f"the primitive {primitive.name} gives {output.dtype}; only real numbers are followed")
        try:
            rows = self._elements(primitive, tracers, operands, params)
        except UnsupportedError:
            raise
        except Exception as error:
            raise self.unsupported(f"the primitive {primitive.name} could not be read: {type(error).__name__}: {error}") from error
        made = [self._wrapped(output, parts) for output, parts in zip(outputs, rows, strict=True)]
        return made if primitive.multiple_results else made[0]

    def _elements(self, primitive: Any, tracers: Sequence[Any], operands: tuple[Operand, ...], params: dict[str, Any]) -> Any:
        rule = ARRAY_RULES.get(primitive.name)
        if rule is not None:
            step = Step(params=params, operands=operands, bind=self._binder(primitive), record=self.record, pin=self.pin_elements)
            return rule(step)
        scalar = rule_for(primitive.name, jax.typeof(tracers[-1]).dtype)
        assert scalar is not None  # process_primitive has asked

        spoken = {key: value for key, value in params.items() if key not in SILENT}

        def element(*arguments: Partial) -> Partial:
            if primitive.name in LAZY:
                return scalar(*arguments, **spoken)
            return strict(lambda *values: scalar(*values, **spoken), *arguments)

        made = np.frompyfunc(element, len(operands), 1)(*(operand.parts for operand in operands))
        return [made if isinstance(made, np.ndarray) else elements([made], ())]

    def _binder(self, primitive: Any) -> Callable[..., Any]:
        def bind(*arguments: Any, **params: Any) -> Any:
            with self.outside():
                return primitive.bind(*map(jnp.asarray, arguments), **params)

        return bind

    def _wrapped(self, output: Any, parts: Elements) -> Any:
        """Integers and truth values that turned out constant go on as constants, so that they can steer."""
        settled = kind(output.dtype) != "real" and all(
            part == partial(literal(number, output.dtype)) for part, number in zip(parts.ravel(), np.asarray(output).ravel(), strict=True)
        )
        return output if settled else Concolic(self, output, parts)

    def process_call(self, primitive: Any, function: Any, tracers: Sequence[Any], params: Any, /) -> Any:
        """A call that runs once."""
        with set_current_trace(self):
            return function.call_wrapped(*tracers)

    def process_custom_jvp_call(self, primitive: Any, function: Any, jvp: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """A function with its own derivative: the function itself runs."""
        return self.process_call(primitive, function, tracers, {})

    def process_custom_vjp_call(self, primitive: Any, function: Any, fwd: Any, bwd: Any, tracers: Sequence[Any], /, **_: Any) -> Any:
        """A function with its own derivative: the function itself runs."""
        return self.process_call(primitive, function, tracers, {})


def run(
    call: Callable[[Mapping[Any, Any]], Any],
    point: Mapping[sp.Symbol, Fraction],
    arrays: Mapping[str, np.ndarray[Any, Any]] | None = None,
) -> Path:
    """Runs `call` once at a point, symbolically.

    Args:
        call: receives a mapping from each symbol of `point` to a scalar tracer (float64, or int64 for an integer symbol; weakly
            typed, as a Python number would be), and from each name of `arrays` to an array tracer; calls the user's code.
        point: a number for each symbol, an integer for a symbol that is one.
        arrays: numpy object arrays of symbols of `point`.

    Raises:
        UnsupportedError: where the code does something that has no rule.
        ValueError: where an integer symbol has a value that is no integer.
    """
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]), take_current_trace() as parent:
        trace = ConcolicTrace(parent, sys._getframe())
        values = _arguments(trace, point, arrays or {})
        returned, raised = None, None
        with set_current_trace(trace):
            try:
                returned = call(values)
            except QedocError:
                raise
            except _TRACING_ERRORS as error:
                raise trace.unsupported(f"the code needs a number where it has a traced value: {str(error).splitlines()[0]}") from error
            except RecursionError as error:
                raise trace.unsupported("the expression became too deep") from error
            except Exception as error:
                raised = error
        if trace.failure is not None:
            raise trace.failure
        value = jax.tree.map(lambda leaf: _symbolic(trace, leaf), returned, is_leaf=_is_leaf)
        concrete = jax.tree.map(_concrete, returned, is_leaf=_is_leaf)
    conditions = tuple(trace.conditions)
    return Path(
        value=value,
        concrete=concrete,
        conditions=conditions,
        pins=tuple(trace.pins),
        raised=raised,
        reached=frozenset(trace.reached),
        hashed=tuple(trace.hashed),
        consistent=all(holds(condition, point) is True for condition in conditions),
    )


def _arguments(trace: ConcolicTrace, point: Mapping[sp.Symbol, Fraction], arrays: Mapping[str, Any]) -> dict[Any, Any]:
    with trace.outside():
        values: dict[Any, Any] = {
            symbol: Concolic(trace, jnp.asarray(_number(symbol, number)), elements([partial(symbol)], ())) for symbol, number in point.items()
        }
        for name, symbols in arrays.items():
            numbers = [_number(symbol, point[symbol]) for symbol in symbols.ravel()]
            parts = elements([partial(symbol) for symbol in symbols.ravel()], symbols.shape)
            values[name] = Concolic(trace, jnp.asarray(np.reshape(np.array(numbers), symbols.shape)), parts)
    return values


def _number(symbol: sp.Symbol, number: Fraction) -> int | float:
    if not symbol.is_integer:
        return float(number)
    if Fraction(number).denominator != 1:
        raise ValueError(f"the integer symbol {symbol} needs an integer, found {number}")
    return int(number)


def _is_leaf(leaf: Any) -> bool:
    return leaf is None


def _symbolic(trace: ConcolicTrace, leaf: Any) -> Any:
    if not isinstance(leaf, (Concolic, jax.Array, np.ndarray, np.generic, bool, int, float)):
        return leaf
    parts = trace.operand(leaf).parts
    formulas = elements([joined(part) for part in parts.ravel()], parts.shape)
    return formulas.item() if formulas.shape == () else formulas


def _concrete(leaf: Any) -> Any:
    if isinstance(leaf, Concolic):
        return np.asarray(leaf.value)
    return np.asarray(leaf) if isinstance(leaf, (jax.Array, np.ndarray, np.generic, bool, int, float)) else leaf

