"""Layers that compute statistics over a batch: they are called under `jax.vmap` with a named axis, and those of Equinox have a state."""

import inspect
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from qedoc.claims.modules import constructed, holding, untraced, with_keys

_AXIS = "batch"
"""What the axis of the batch is called in a call."""

_STATES = (("equinox", "State"),)
"""The classes of the arguments that hold the state of a layer, by their package and name."""


def state_of(takes: Mapping[str, inspect.Parameter]) -> str:
    """Returns the parameter of a method that takes the state of a layer, by its annotation; empty if none does.

    Args:
        takes: the parameters of the method.
    """
    return next((name for name, parameter in takes.items() if _is_state(parameter.annotation)), "")


def over_batch(owner: Callable[..., Any], axis: str, made: Mapping[str, Any], **called: Any) -> Any:
    """Makes a layer and calls it on a batch. A state is new, so that the statistics are those of this batch.

    Args:
        owner: the class of the layer.
        axis: the parameter of its constructor that names the axis of the batch.
        made: the other arguments of the constructor.
        called: the name of the `method`, its arguments `given`, whose first axis is that of the batch, the arrays `held` by the layer, and
            the parameter that takes its `state`; empty without one.

    Returns:
        the results for the batch.
    """
    import jax  # the import takes seconds, and most claims are not about layers

    state, given = called["state"], called["given"]
    layer, new = _made(owner, {**made, axis: _AXIS}, stateful=bool(state))
    method = getattr(holding(layer, **called["held"]), called["method"])

    def one(arguments: Mapping[str, Any]) -> Any:
        return method(**arguments, **({state: new} if state else {}))

    return jax.vmap(lambda arguments: _first(one(arguments), stateful=bool(state)), axis_name=_AXIS)(dict(given))


def _first(value: Any, *, stateful: bool) -> Any:
    """The result of a layer, without the state after the call."""
    return value[0] if stateful else value


def _made(owner: Callable[..., Any], settings: Mapping[str, Any], *, stateful: bool) -> tuple[Any, Any]:
    """A layer, and its new state."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Equinox warns of a default
        if not stateful:
            return constructed(owner, settings), None
        from equinox.nn import make_with_state  # only its layers have such a state

        return untraced(lambda: make_with_state(owner)(**with_keys(owner, settings)))


def _is_state(annotation: Any) -> bool:
    """Whether an annotation is the class of a state."""
    name, module = getattr(annotation, "__name__", ""), getattr(annotation, "__module__", "")
    return any(name == known and f"{module}.".startswith(f"{package}.") for package, known in _STATES)
