"""Functions that take an object, as functions of the numbers that the object is made of: `distance(cosmology, a)`."""

import inspect
import re
import sys
import typing
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from types import FunctionType
from typing import Any

from qedoc.claims.members import parameters
from qedoc.errors import attempt

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class WithObject:
    """A function as a function of keywords: the parameters of a class in place of one parameter, and its other parameters.

    Args:
        function: the function.
        parameter: the parameter that takes an object.
        made: the class of the object.
    """

    def __init__(self, function: Callable[..., Any], parameter: str, made: type) -> None:
        self.function, self.parameter, self.made = function, parameter, made
        self.__name__ = parameter
        self.__module__ = function.__module__
        self.__wrapped__ = function

    @cached_property
    def makes(self) -> dict[str, inspect.Parameter]:
        """The parameters of the class, by name."""
        return parameters(self.made)

    @cached_property
    def takes(self) -> dict[str, inspect.Parameter]:
        """The other parameters of the function, by name."""
        listed = inspect.signature(self.function).parameters
        return {name: p for name, p in listed.items() if name != self.parameter and p.kind not in _VARIADIC}

    @property
    def __signature__(self) -> inspect.Signature:
        kind = inspect.Parameter.KEYWORD_ONLY
        return inspect.Signature([p.replace(kind=kind) for p in (*self.makes.values(), *self.takes.values())])

    def __call__(self, **arguments: Any) -> Any:
        """Makes the object and calls the function."""
        made = {name: value for name, value in arguments.items() if name in self.makes}
        given = {name: value for name, value in arguments.items() if name in self.takes}
        unknown = sorted(set(arguments) - set(made) - set(given))
        if unknown:
            raise TypeError(f"{self.function.__name__} got an unexpected keyword argument {unknown[0]!r}")
        return self.function(**{self.parameter: self.made(**made), **given})

    def written(self, path: str, arguments: Mapping[str, str]) -> str:
        """The call in Python.

        Args:
            path: the dotted path of the function.
            arguments: the text of each argument, by keyword.
        """
        made = ", ".join(f"{name}={text}" for name, text in arguments.items() if name in self.makes)
        given = "".join(f", {name}={text}" for name, text in arguments.items() if name in self.takes)
        return f"{path}({self.parameter}={path_of(self.made)}({made}){given})"


def with_object(function: Any, parameter: str) -> WithObject | None:
    """Returns a function as one of the numbers that an object is made of; None if nothing says what object a parameter takes.

    Args:
        function: the function.
        parameter: the parameter that takes the object.
    """
    if not isinstance(function, FunctionType):
        return None
    made = class_of(function, parameter)
    if made is None:
        return None
    found = WithObject(function, parameter, made)
    return None if not found.makes or set(found.makes) & set(found.takes) else found


def objects_of(function: Any) -> tuple[str, ...]:
    """Returns the parameters of a function that take an object which is made of other parameters.

    Args:
        function: the function.
    """
    if not isinstance(function, FunctionType):
        return ()
    needed = [name for name, p in inspect.signature(function).parameters.items() if p.default is inspect.Parameter.empty]
    return tuple(name for name in needed if with_object(function, name) is not None)


@lru_cache(maxsize=256)
def class_of(function: FunctionType, parameter: str) -> type | None:
    """Returns the class of the objects that a parameter takes: by its annotation, its description, or that of a function beside it.

    Only a class of the same package counts, and only a class that needs arguments.

    Args:
        function: the function.
        parameter: the parameter.
    """
    if parameter not in inspect.signature(function).parameters:
        return None
    annotation = _annotation(function, parameter)
    if annotation is not None:
        return annotation if isinstance(annotation, type) and _is_own(annotation, function) else None
    beside = [
        f for f in vars(sys.modules[function.__module__]).values() if isinstance(f, FunctionType) and f.__module__ == function.__module__
    ]
    own = _described(function, parameter)
    names = {own} if own else {name for one in beside if (name := _described(one, parameter))}
    found = {made for name in names for made in _classes(function, name)}
    return next(iter(found)) if len(found) == 1 else None


def path_of(made: type) -> str:
    """Returns the dotted path of a class.

    Args:
        made: the class.
    """
    return f"{made.__module__}.{made.__qualname__}"


def _annotation(function: FunctionType, parameter: str) -> Any:
    """Returns the annotation of a parameter: None if there is none, `object` if it cannot be read."""
    if inspect.signature(function).parameters[parameter].annotation is inspect.Parameter.empty:
        return None
    return attempt(lambda: typing.get_type_hints(function).get(parameter, object), object)  # it may name what only a type checker imports


def _described(function: FunctionType, parameter: str) -> str:
    """The type that a docstring gives for a parameter, in the style of NumPy: `cosmo: Cosmology`."""
    found = re.search(
        rf"^\s*{re.escape(parameter)}\s*:\s*(?::\w+:)?`{{0,2}}~?([A-Za-z_][\w.]*)`{{0,2}}\s*$", function.__doc__ or "", re.MULTILINE
    )
    return found[1].rpartition(".")[2] if found else ""


def _classes(function: FunctionType, name: str) -> set[type]:
    """The classes of a name in the package of a function."""
    root = function.__module__.partition(".")[0]
    modules = [module for path, module in list(sys.modules.items()) if path == root or path.startswith(f"{root}.")]
    found = {vars(module).get(name) for module in modules if module is not None}
    return {made for made in found if isinstance(made, type) and _is_own(made, function)}


def _is_own(made: type, function: FunctionType) -> bool:
    """Whether a class is one of the function's package that needs arguments."""
    own = made.__module__.partition(".")[0] == function.__module__.partition(".")[0]
    return own and not inspect.isabstract(made) and any(p.default is inspect.Parameter.empty for p in parameters(made).values())
