"""Runs JAX code on values that are both concrete and symbolic, and returns the formula of the path."""

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from fractions import Fraction
from types import FrameType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.algebra.conditions import is_condition, relate
from qedoc.algebra.partial import Partial, joined, partial, strict
from qedoc.errors import Location, QedocError, UnsupportedError, told
from qedoc.lift.arrays import ARRAY_RULES, Elements, Operand, Step, elements
from qedoc.lift.bits import CARRIERS, Bits, has_bits
from qedoc.lift.concrete import evaluate
from qedoc.lift.control import CONTROL_RULES
from qedoc.lift.frames import is_message, is_ours, origins, own_frame, raised_here, running
from qedoc.lift.jax_internals import BaseTrace, Literal, current_trace, executed, own_value
from qedoc.lift.literals import literal
from qedoc.lift.path import Assumptions, Path
from qedoc.lift.rules import REQUIREMENTS, SILENT, is_lazy, kind, rule_for
from qedoc.lift.tracer import Concolic

__all__ = ["Concolic", "ConcolicTrace", "Path", "run"]

LARGEST_ARRAY = 4096

SHORTEST_TABLE = 40
"""Longest axis for which each index is a path of its own. The index of a longer axis is pinned."""

# Errors that JAX raises because a tracer is not a number. The same code may run on numbers.
_TRACING_ERRORS = (jax.errors.JAXTypeError, jax.errors.UnexpectedTracerError)
_NUMBERS = (Concolic, jax.Array, np.ndarray, np.generic, bool, int, float)
# Primitives without operands whose result is not a constant.
_INDETERMINATE = frozenset({"empty", "empty2", "create_token", "axis_index"})


class ConcolicTrace(BaseTrace):
    """The interpreter. It applies one rule for each primitive and collects the conditions of the path.

    Args:
        until: the frame that calls the user's code.
        point: the point at which the code runs.
        counters: the first and the last value of symbols that count steps.
    """

    def __init__(
        self, until: FrameType, point: Mapping[sp.Symbol, Fraction], counters: Mapping[sp.Symbol, tuple[int, int]] | None = None
    ) -> None:
        super().__init__()
        self.until = until
        self.assumptions = Assumptions(point, counters)
        self.reached: set[tuple[str, int]] = set()
        self.failure: UnsupportedError | None = None
        self.equations: list[Any] = []

    # Where the user's code is

    def unsupported(self, message: str) -> UnsupportedError:
        """Returns an error with the user's innermost line. A `try` in the user's code cannot suppress it."""
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
        self.reached.update((frame.f_code.co_filename, frame.f_code.co_firstlineno) for frame in running(self.until))
        if self.equations:
            self.reached.update(function for _, function in origins(self.equations[-1].source_info))

    def note_hash(self, part: Partial, number: Any) -> None:
        """Records that a value was hashed.

        The keys of a dict or set are not visible, so code that looks up a value may treat that value in a special way. qedoc itself creates
        the keys of the structures that it passes to the code, so these are known.
        """
        if not is_ours(__file__):
            self._observe(part, number)
        self.assumptions.hash(part.value, number)

    def note_text(self, part: Partial, number: Any) -> None:
        """Records that a value was converted to text, unless the text is a message."""
        if not is_message(running(self.until)):
            self._observe(part, number)

    def _observe(self, part: Partial, number: Any, *, pins: bool = True) -> None:
        """Records that the code used the concrete value of an element. The element is pinned unless other paths cover all other values."""
        if is_condition(part.value):
            self.assumptions.record(part if number else strict(sp.Not, part))
        elif pins:
            self.assumptions.pin(part, number)
        else:
            self.assumptions.record(strict(lambda index: relate("eq", index, sp.Integer(number)), part))

    # Values

    def decide(self, truth: Any) -> bool:
        """The concrete truth of a value, recorded; of a number, whether it is not 0."""
        if not isinstance(truth, Concolic):
            return bool(truth)
        taken = bool(truth.value)
        part = truth.scalar("a truth value")
        condition = part if kind(truth.dtype) == "bool" else strict(lambda number: relate("ne", number, sp.S.Zero), part)
        self.assumptions.record(condition if taken else strict(sp.Not, condition))
        return taken

    def choose(self, value: Any) -> int:
        """Returns the concrete integer or truth value and records it as a condition. The code contains all possible branches."""
        number = int(np.asarray(value.value if isinstance(value, Concolic) else value).item())
        if isinstance(value, Concolic):
            self._observe(value.scalar("the number of a branch"), number, pins=False)
        return number

    def pin(self, operand: Operand, ends: tuple[int, int] | None = None) -> np.ndarray[Any, Any]:
        """Returns the concrete elements of an array of indices and records them.

        Args:
            operand: the indices.
            ends: the first and the last place of a short array; what lies beyond an end gives all the same.
        """
        for part, number in zip(operand.parts.ravel(), operand.value.ravel(), strict=True):
            if is_condition(part.value) or ends is None or ends[1] - ends[0] > SHORTEST_TABLE:
                self._observe(part, int(number))
            elif ends[0] <= number <= ends[1]:
                self._observe(part, int(number), pins=False)
            else:
                beyond, end = ("gt", ends[1]) if number > ends[1] else ("lt", ends[0])
                self.assumptions.record(strict(lambda index, beyond=beyond, end=end: relate(beyond, index, sp.Integer(end)), part))
        return operand.value

    def operand(self, value: Any) -> Operand:
        """Returns the concrete and the symbolic value of a tracer or constant."""
        if isinstance(value, Concolic):
            if value.recorder is not self:
                raise self.unsupported("a value of an earlier run came back; the code keeps values between calls (a cache?)")
            return Operand(value=value.value, parts=value.parts)
        array, dtype = np.asarray(value), jax.typeof(value).dtype
        if array.size > LARGEST_ARRAY:
            raise self.unsupported(f"an array of {array.size} constants is larger than the {LARGEST_ARRAY} that are read")
        if kind(dtype) not in ("bool", "integer", "real"):
            raise self.unsupported(f"constants of type {dtype} have no exact reading")
        return Operand(value=array, parts=elements([partial(literal(x, dtype)) for x in array.ravel()], array.shape))

    def item(self, stacked: Any, place: int) -> Any:
        """One entry along the first axis."""
        if isinstance(stacked, Concolic):
            return Concolic(self, stacked.value[place], np.asarray(stacked.parts[place], dtype=object))
        with executed():
            return jnp.asarray(np.asarray(stacked)[place])

    def stack(self, entries: Sequence[Any], shape: Sequence[int], dtype: Any) -> Any:
        """Joins entries along a new first axis. Constants stay constants."""
        values = [entry.value if isinstance(entry, Concolic) else np.asarray(entry) for entry in entries]
        joint = np.stack(values) if values else np.zeros((0, *shape), dtype)
        if any(isinstance(entry, Concolic) for entry in entries):
            parts = [part for entry in entries for part in self.operand(entry).parts.ravel()]
            return Concolic(self, joint, elements(parts, joint.shape))
        with executed():
            return jnp.asarray(joint)

    def constant(self, value: Any) -> Any:
        """Returns constants unchanged; the rules convert them."""
        return value if isinstance(value, Concolic) else jnp.asarray(value)

    # Interpretation

    def evaluate(self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
        """Runs a jaxpr on tracers and constants."""
        environment = dict(zip(jaxpr.constvars, consts, strict=True)) | dict(zip(jaxpr.invars, arguments, strict=True))

        def read(atom: Any) -> Any:
            return atom.val if isinstance(atom, Literal) else environment[atom]

        for equation in jaxpr.eqns:
            self.equations.append(equation)
            results = self.process_primitive(equation.primitive, [read(atom) for atom in equation.invars], equation.params)
            self.equations.pop()
            environment |= zip(equation.outvars, results if equation.primitive.multiple_results else [results], strict=True)
        return [read(atom) for atom in jaxpr.outvars]

    def interpret(self, primitive: Any, tracers: Sequence[Any], params: dict[str, Any]) -> Any:
        """Runs a primitive on the concrete and the symbolic values.

        Raises:
            UnsupportedError: if there is no rule for it.
        """
        self._note_place()
        name = primitive.name
        if name in CONTROL_RULES:
            with current_trace(self):
                results = CONTROL_RULES[name](self, tracers, params)
            return results if primitive.multiple_results else results[0]
        types = [jax.typeof(tracer) for tracer in tracers]
        steering = all(kind(getattr(t, "dtype", t)) in ("bool", "integer") for t in types) and name not in _INDETERMINATE
        if steering and not any(isinstance(tracer, Concolic) for tracer in tracers):
            with executed():
                return primitive.bind(*tracers, **params)
        if name not in ARRAY_RULES and (not types or rule_for(name, types[-1].dtype) is None):
            if (computes := own_value(primitive)) is not None:
                with current_trace(self):
                    return computes(*tracers, **params)
            raise self.unsupported(f"no rule for the primitive {name} ({', '.join(t.str_short() for t in types)})")
        return self._apply(primitive, tracers, params)

    def _apply(self, primitive: Any, tracers: Sequence[Any], params: dict[str, Any]) -> Any:
        operands = tuple(map(self.operand, tracers))
        types, _ = primitive.abstract_eval(*map(jax.typeof, tracers), **params)
        for output in types if primitive.multiple_results else [types]:
            if output.size > LARGEST_ARRAY:
                raise self.unsupported(f"an array of {output.size} elements is larger than the {LARGEST_ARRAY} that are followed")
            if kind(output.dtype) not in ("bool", "integer", "real"):
                raise self.unsupported(f"the primitive {primitive.name} gives {output.dtype}; only real numbers are followed")
        with executed():
            results = evaluate(primitive, [operand.value for operand in operands], params)
        try:
            rows = self._elements(primitive, jax.typeof(tracers[-1]).dtype, operands, params)
        except UnsupportedError:
            raise
        except Exception as error:  # a rule or SymPy failed, or JAX has a new parameter: the code could not be read
            raise self.unsupported(f"the primitive {primitive.name} could not be read: {told(error)}") from error
        outputs = types if primitive.multiple_results else [types]
        made = [self._wrapped(*output) for output in zip(results, outputs, rows, strict=True)]
        return made if primitive.multiple_results else made[0]

    def _elements(self, primitive: Any, dtype: Any, operands: tuple[Operand, ...], params: dict[str, Any]) -> Sequence[Elements]:
        name = primitive.name
        if name not in CARRIERS and any(isinstance(part.value, Bits) for operand in operands for part in operand.parts.flat):
            raise self.unsupported(f"the primitive {name} uses the bits of a float")
        if name in ARRAY_RULES:
            bind = self._binder(primitive, params)
            return ARRAY_RULES[name](Step(params=params, operands=operands, bind=bind, record=self.assumptions.record, pin=self.pin))
        rule: Any = rule_for(name, dtype)
        spoken = {key: value for key, value in params.items() if key not in SILENT}
        lazy = is_lazy(name, dtype)

        def element(*arguments: Partial) -> Any:
            if name in REQUIREMENTS and not self.assumptions.require(strict(REQUIREMENTS[name], *arguments)):
                region = str(REQUIREMENTS[name].__doc__).rstrip(".")
                raise self.unsupported(f"the primitive {name} is read only for {region}")
            return rule(*arguments, **spoken) if lazy else strict(lambda *values: rule(*values, **spoken), *arguments)

        made = np.frompyfunc(element, len(operands), 1)(*(operand.parts for operand in operands))
        return [made if isinstance(made, np.ndarray) else elements([made], ())]

    def _binder(self, primitive: Any, params: dict[str, Any]) -> Callable[..., Any]:
        def bind(*arguments: Any, **changed: Any) -> list[Any]:
            with executed():
                return evaluate(primitive, arguments, params | changed)

        return bind

    def _wrapped(self, value: np.ndarray[Any, Any], aval: Any, parts: Elements) -> Any:
        """Returns constant integers and truth values as constants, so that they can select branches and positions."""
        known = elements([self.assumptions.settled(part) for part in parts.ravel()], parts.shape)
        constant = kind(value.dtype) != "real" and all(
            part == partial(literal(number, value.dtype)) for part, number in zip(known.ravel(), value.ravel(), strict=True)
        )
        if not constant:
            return Concolic(self, value, known, aval)
        with executed():
            return jnp.asarray(value)


def run(
    call: Callable[[Mapping[Any, Any]], Any],
    point: Mapping[sp.Symbol, Fraction],
    arrays: Mapping[str, np.ndarray[Any, Any]] | None = None,
    counters: Mapping[sp.Symbol, tuple[int, int]] | None = None,
) -> Path:
    """Runs `call` once at a point, symbolically.

    Args:
        call: receives a mapping from each symbol of `point` to a scalar tracer (float64, or int64 for an integer symbol; weakly
            typed, as a Python number would be), and from each name of `arrays` to an array tracer; calls the user's code.
        point: a number for each symbol, an integer for a symbol that is one.
        arrays: numpy object arrays of symbols of `point`.
        counters: the first and the last value of symbols that count steps, which decide relations. The path holds inside these ranges.

    Raises:
        UnsupportedError: where the code does something that has no rule.
        ValueError: where an integer symbol has a value that is no integer of 64 bits.
    """
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]), executed():
        trace = ConcolicTrace(own_frame(), point, counters)
        values = _arguments(trace, point, arrays or {})
        returned, raised = None, None
        with current_trace(trace):
            try:
                returned = call(values)
            except QedocError:
                raise
            except _TRACING_ERRORS as error:
                raise trace.unsupported(f"the code needs a number where it has a traced value: {str(error).splitlines()[0]}") from error
            except RecursionError as error:
                raise trace.unsupported("the expression became too deep") from error
            except Exception as error:  # the user's own, and part of what the code does
                if isinstance(error, NotImplementedError) or raised_here(error):
                    raise trace.unsupported(told(error)) from error
                raised = error
        if trace.failure is not None:
            raise trace.failure
        if isinstance(returned, Iterator | Coroutine):
            raise trace.unsupported(f"the target returns a {type(returned).__name__}; expected a real number")
        value = jax.tree.map(lambda leaf: _formulas(trace, leaf), returned)
        found = [*trace.assumptions.conditions, *(formula for leaf in jax.tree.leaves(value) for formula in np.ravel(leaf))]
        if any(map(has_bits, found)):
            raise trace.unsupported("the code uses the bits of a float as a number")
    return Path(
        value=value,
        concrete=jax.tree.map(_concrete, returned),
        conditions=tuple(trace.assumptions.conditions),
        pins=tuple(trace.assumptions.pins),
        raised=raised,
        reached=frozenset(trace.reached),
        hashed=tuple(trace.assumptions.hashed),
        consistent=trace.assumptions.consistent(),
    )


def _arguments(trace: ConcolicTrace, point: Mapping[sp.Symbol, Fraction], arrays: Mapping[str, Any]) -> dict[Any, Any]:
    values: dict[Any, Any] = {}
    for symbol, number in point.items():
        scalar = _number(symbol, number)
        values[symbol] = Concolic(trace, np.asarray(scalar), elements([partial(symbol)], ()), jax.typeof(scalar))
    for name, symbols in arrays.items():
        numbers = np.array([_number(symbol, point[symbol]) for symbol in symbols.ravel()]).reshape(symbols.shape)
        values[name] = Concolic(trace, numbers, elements([partial(symbol) for symbol in symbols.ravel()], symbols.shape))
    return values


def _number(symbol: sp.Symbol, number: Fraction) -> int | float:
    if not symbol.is_integer:
        return float(number)
    if Fraction(number).denominator != 1:
        raise ValueError(f"the integer symbol {symbol} needs an integer, found {number}")
    if abs(number) >= 2**63:
        raise ValueError(f"the integer {number} for {symbol} does not fit into 64 bits")
    return int(number)


def _formulas(trace: ConcolicTrace, leaf: Any) -> Any:
    if not isinstance(leaf, _NUMBERS):
        return leaf
    parts = trace.operand(leaf).parts
    formulas = elements([joined(part) for part in parts.ravel()], parts.shape)
    return formulas.item() if formulas.shape == () else formulas


def _concrete(leaf: Any) -> Any:
    if isinstance(leaf, Concolic):
        return leaf.value
    return np.asarray(leaf) if isinstance(leaf, _NUMBERS) else leaf
