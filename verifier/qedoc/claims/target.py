"""Imports the function at a dotted path, checks its parameters and calls it. A method counts as a function that makes its object first.

So does `package.function.parameter`: the function, with the parameters of the object that this parameter takes in its place.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from qedoc.claims.consulted import consult_code
from qedoc.claims.given_objects import with_object
from qedoc.claims.measured import GIVES, MAKES, measured
from qedoc.claims.members import member
from qedoc.claims.returned import LOG_DENSITY, returned
from qedoc.claims.steps import APPLIED, UPDATE, holder, steps
from qedoc.claims.surroundings import surrounded
from qedoc.errors import TargetError, meant, question

_NAMED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def resolve(target: str) -> Callable[..., Any]:
    """Returns the function at a dotted path. Imports the longest prefix that is a module; the rest are attributes.

    A method or a property of a class becomes a function of the constructor's and the method's parameters, which makes an object first.
    A function that reads settings from its surroundings takes them as parameters too.

    Args:
        target: a path such as `optax.cosine_decay_schedule` or `package.module.Class.method`.

    Raises:
        TargetError: if the path is malformed, a module or attribute is missing, a module fails to import, or the value is not callable.
    """
    consult_code(target)
    parts = target.split(".")
    if not all(part.isidentifier() for part in parts):
        raise TargetError(f"expected a dotted path such as optax.cosine_decay_schedule as the target, found {target!r}")
    found, path = _module(parts)
    value: Any = found
    for depth, name in enumerate(parts[len(path) :], start=len(path)):
        if depth + 1 == len(parts) and (rule := steps(value, name)) is not None:
            return rule
        if depth + 2 == len(parts) and (held := holder(value)) is not None and held.attribute == name:
            value = held
            continue
        if not hasattr(value, name) and depth + 1 == len(parts) and (taking := with_object(value, name)) is not None:
            return taking
        if not hasattr(value, name):
            if name in (UPDATE, APPLIED) and depth + 1 == len(parts) and callable(value):
                what = "a rule needs a function that returns an optimizer and says so: annotate its result as optax.GradientTransformation"
                raise TargetError(f"{target}: object {'.'.join(parts[:depth])} has no attribute {name!r}; {what}")
            kind = "module" if isinstance(value, ModuleType) else "object"
            raise TargetError(f"{target}: {kind} {'.'.join(parts[:depth])} has no attribute {name!r}{_near(name, dir(value))}")
        if name == MAKES and parts[depth + 1 :] == [GIVES] and isinstance(value, type) and (metric := measured(value)) is not None:
            return metric
        of_object = member(value, name) if isinstance(value, type) and any(name in vars(base) for base in value.__mro__) else None
        if of_object is not None and parts[depth + 1 :] == [LOG_DENSITY] and (density := returned(value, name)) is not None:
            return density
        if of_object is not None and depth + 1 < len(parts):
            raise TargetError(f"{target}: {'.'.join(parts[: depth + 1])} is a method or property; an attribute of its value is no target")
        value = of_object or getattr(value, name)
    if not callable(value):
        raise TargetError(f"{target} is not callable: found an object of type {type(value).__name__}; the target must be a function")
    function: Callable[..., Any] = value
    return surrounded(function)


def signature_check(target: str, function: Callable[..., Any], names: Iterable[str]) -> None:
    """Checks that a function accepts all keywords.

    Args:
        target: the name that the user gave.
        function: the result of `resolve`.
        names: the keywords that the claim binds.

    Raises:
        TargetError: if the function does not accept a keyword. The message lists the parameters of the function.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some builtins have no signature; a wrong keyword fails in the call
        return
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        return
    known = [p.name for p in parameters if p.kind in _NAMED]
    for name in names:
        if name not in known:
            existing = f"its parameters are {', '.join(known)}" if known else "it has no parameters"
            raise TargetError(f"{target} has no parameter {name!r}; {existing}{_near(name, known)}")


def call_by_name(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Calls a function with arguments by name, including arguments for positional-only parameters."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return function(**arguments)
    by_position = [p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_ONLY and p.name in arguments]
    named = {name: value for name, value in arguments.items() if name not in by_position}
    return function(*(arguments[name] for name in by_position), **named)


def slope_by_name(function: Callable[..., Any], arguments: Mapping[str, Any], parameter: str) -> Any:
    """Computes with `jax.grad` the derivative of a function with respect to one parameter. Arguments are given by name."""
    import jax  # the import takes seconds, and most claims need no derivative

    return jax.grad(lambda value: call_by_name(function, {**arguments, parameter: value}))(arguments[parameter])


def _module(parts: list[str]) -> tuple[ModuleType, list[str]]:
    """The longest prefix that is a module, and that prefix."""
    for length in range(len(parts), 0, -1):
        path = parts[:length]
        name = ".".join(path)
        if _exists(name):
            try:
                return import_module(name), path
            except Exception as error:  # a user's module can raise anything on import
                raise TargetError(f"{'.'.join(parts)}: importing {name} failed: {type(error).__name__}: {error}") from error
    raise TargetError(f"{'.'.join(parts)}: no module named {parts[0]!r}; install it or correct the path")


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ModuleNotFoundError, ValueError):  # the parent is not a package, or the module has no import spec
        return False
    except Exception as error:  # find_spec imports the parent packages
        raise TargetError(f"importing the parent packages of {name} failed: {type(error).__name__}: {error}") from error


def _near(name: str, known: Iterable[str]) -> str:
    suggestion = question(meant(name, [k for k in known if not k.startswith("_")], most=3))
    return f"; {suggestion}" if suggestion else ""
