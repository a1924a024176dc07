"""From a dotted path to the function that it names."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from qedoc.errors import TargetError, meant, question

_NAMED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def resolve(target: str) -> Callable[..., Any]:
    """The function at a dotted path: the longest importable module, then attributes.

    Args:
        target: such as `optax.cosine_decay_schedule` or `package.module.Class.method`.

    Raises:
        TargetError: for a path that is no path, a module that is missing or fails to import, a missing attribute, a value that is not
            callable.
    """
    parts = target.split(".")
    if not all(part.isidentifier() for part in parts):
        raise TargetError(f"a target is a dotted path such as optax.cosine_decay_schedule, found {target!r}")
    found, path = _module(parts)
    value: Any = found
    for depth, name in enumerate(parts[len(path) :], start=len(path)):
        if not hasattr(value, name):
            kind = "module" if isinstance(value, ModuleType) else "object"
            raise TargetError(f"{target}: {kind} {'.'.join(parts[:depth])} has no attribute {name!r}{_near(name, dir(value))}")
        value = getattr(value, name)
    if not callable(value):
        raise TargetError(f"{target} is not callable: it is a {type(value).__name__}; name a function")
    return value  # type: ignore[no-any-return]  # callable() does not narrow Any


def signature_check(target: str, function: Callable[..., Any], names: Iterable[str]) -> None:
    """Checks that a function takes each of the keywords.

    Args:
        target: how the user named the function.
        function: what `resolve` gave.
        names: keywords that the claim binds.

    Raises:
        TargetError: for a keyword that the function does not take; names the ones that it does.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some builtins tell no signature: the call itself will
        return
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        return
    known = [p.name for p in parameters if p.kind in _NAMED]
    for name in names:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise TargetError(f"{target} has no parameter {name!r}; {has}{_near(name, known)}")


def call_by_name(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Calls a function with a value for each parameter name, also for the parameters that Python takes by position only."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return function(**arguments)
    by_position = [p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY and p.name in arguments]
    named = {name: value for name, value in arguments.items() if name not in by_position}
    return function(*(arguments[name] for name in by_position), **named)


def slope_by_name(function: Callable[..., Any], arguments: Mapping[str, Any], parameter: str) -> Any:
    """The derivative of a function by one of its parameters, as JAX takes it, at a value for each parameter name."""
    import jax  # takes seconds, and most claims are of values

    return jax.grad(lambda value: call_by_name(function, {**arguments, parameter: value}))(arguments[parameter])


def _module(parts: list[str]) -> tuple[ModuleType, list[str]]:
    """The longest prefix that is a module, and that prefix."""
    for length in range(len(parts), 0, -1):
        path = parts[:length]
        name = ".".join(path)
        if _exists(name):
            try:
                return import_module(name), path
            except Exception as error:  # whatever a user's module raises when it is imported
                raise TargetError(f"{'.'.join(parts)}: importing {name} failed: {type(error).__name__}: {error}") from error
    raise TargetError(f"{'.'.join(parts)}: no module named {parts[0]!r}; install it, or mend the path")


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ModuleNotFoundError, ValueError):  # the parent is no package, or a module without a spec
        return False
    except Exception as error:  # find_spec imports the parents
        raise TargetError(f"importing the parents of {name} failed: {type(error).__name__}: {error}") from error


def _near(name: str, known: Iterable[str]) -> str:
    asked = question(meant(name, [k for k in known if not k.startswith("_")], most=3))
    return f"; {asked}" if asked else ""
