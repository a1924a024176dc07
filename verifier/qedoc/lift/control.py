"""Rules for primitives that contain other code. The lifter enters them and records the branches that they take."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from qedoc.lift.jax_internals import opened, scan_counts

LONGEST_LOOP = 1000


class Interpreter(Protocol):
    """The methods of a trace that these rules use."""

    def evaluate(self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
        """Runs a jaxpr on tracers."""

    def decide(self, truth: Any) -> bool:
        """Returns the concrete truth of a value and records it as a condition."""

    def choose(self, value: Any) -> int:
        """Returns the concrete integer of a value and records it as a condition."""

    def item(self, stacked: Any, place: int) -> Any:
        """One entry along the first axis."""

    def stack(self, entries: Sequence[Any], shape: Sequence[int], dtype: Any) -> Any:
        """Joins entries along a new first axis."""

    def unsupported(self, message: str) -> Exception:
        """Returns an error with the user's line."""


ControlRule = Callable[[Interpreter, Sequence[Any], dict[str, Any]], list[Any]]


def entered(*names: str) -> ControlRule:
    """Code that runs once. It is a jaxpr, with or without its constants, in the first of these parameters that the JAX version has."""

    def rule(interpreter: Interpreter, arguments: Sequence[Any], params: dict[str, Any]) -> list[Any]:
        return _run(interpreter, next(params[name] for name in names if name in params), arguments)

    return rule


def _run(interpreter: Interpreter, held: Any, arguments: Sequence[Any]) -> list[Any]:
    return interpreter.evaluate(*opened(held), arguments)


def cond(interpreter: Interpreter, arguments: Sequence[Any], params: dict[str, Any]) -> list[Any]:
    """jax.lax.cond and switch: follows the branch of the concrete index. Each branch is a path."""
    which, *operands = arguments
    return _run(interpreter, params["branches"][interpreter.choose(which)], operands)


def while_loop(interpreter: Interpreter, arguments: Sequence[Any], params: dict[str, Any]) -> list[Any]:
    """jax.lax.while_loop, unrolled while the concrete condition is true."""
    first, second = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    for_condition, for_body, state = arguments[:first], arguments[first:second], list(arguments[second:])
    for _ in range(LONGEST_LOOP):
        (go_on,) = _run(interpreter, params["cond_jaxpr"], [*for_condition, *state])
        if not interpreter.decide(go_on):
            return state
        state = _run(interpreter, params["body_jaxpr"], [*for_body, *state])
    raise interpreter.unsupported(f"a while loop ran {LONGEST_LOOP} times without an end; only shorter loops are unrolled")


def scan(interpreter: Interpreter, arguments: Sequence[Any], params: dict[str, Any]) -> list[Any]:
    """jax.lax.scan, unrolled."""
    length = params["length"]
    consts, carried = scan_counts(params)
    if length > LONGEST_LOOP:
        raise interpreter.unsupported(f"a scan of length {length} is longer than the {LONGEST_LOOP} steps that are unrolled")
    fixed, state, columns = arguments[:consts], list(arguments[consts : consts + carried]), arguments[consts + carried :]
    rows: dict[int, list[Any]] = {}
    for k in reversed(range(length)) if params["reverse"] else range(length):
        out = _run(interpreter, params["jaxpr"], [*fixed, *state, *(interpreter.item(column, k) for column in columns)])
        state, rows[k] = out[:carried], out[carried:]
    avals = params["jaxpr"].out_avals[carried:]
    stacked = [interpreter.stack([rows[k][i] for k in range(length)], aval.shape, aval.dtype) for i, aval in enumerate(avals)]
    return [*state, *stacked]


def nothing(interpreter: Interpreter, arguments: Sequence[Any], params: dict[str, Any]) -> list[Any]:
    """Debug output has no results."""
    return []


def unchanged(interpreter: Interpreter, arguments: Sequence[Any], params: dict[str, Any]) -> list[Any]:
    """Returns all operands unchanged."""
    return list(arguments)


CONTROL_RULES: dict[str, ControlRule] = {
    "remat2": entered("jaxpr"),
    "composite": entered("jaxpr", "call_jaxpr"),
    "cond": cond,
    "custom_jvp_call": entered("call_jaxpr"),
    "closed_call": entered("call_jaxpr"),
    "custom_vjp_call": entered("call_jaxpr"),
    "eval_jaxpr": entered("call_jaxpr"),
    "debug_callback": nothing,
    "debug_print": nothing,
    "jit": entered("jaxpr"),
    "optimization_barrier": unchanged,
    "scan": scan,
    "while": while_loop,
}
