"""Methods and properties of a class as functions: they make an object, then use it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from qedoc.claims.batches import over_batch, state_of
from qedoc.claims.modules import FOLLOWS, Module, constructed, holding, keys_of, module
from qedoc.claims.transformed import Transformed, is_transformed, transformed
from qedoc.errors import TargetError, attempt

CALL = "__call__"
OWN = "self_"
"""Before the name of a parameter of the constructor that is also the name of a parameter of the method."""

CHECKS = ("validate_args", "check_args")
"""What parameters are called that make a constructor check its arguments, in NumPyro and in TensorFlow Probability."""

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_BY_POSITION = inspect.Parameter.POSITIONAL_ONLY

_NOTHING = object()
"""What stands for an attribute that cannot be looked at."""


@dataclass(frozen=True)
class Member:
    """A method or property of a class as a function of keywords.

    The parameters of the constructor come first, then those of the method, then the arrays that a module holds. Where both have a
    parameter `x`, that of the constructor is called `self_x`.

    Args:
        owner: the class.
        name: the name of the method or property; `__call__` for the object itself.
        method: the function that the class holds; None for a property.
    """

    owner: type
    name: str
    method: Callable[..., Any] | None

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def __module__(self) -> str:  # type: ignore[override]  # typeshed lets it be assigned; objects of this class are frozen
        return self.owner.__module__

    @property
    def __wrapped__(self) -> Any:
        """The code of the method or property, from which the numbers in it are collected."""
        held = held_by(self.owner, self.name)
        return self.method or getattr(held, "fget", None) or getattr(held, "func", None) or held

    @cached_property
    def made_of(self) -> dict[str, inspect.Parameter]:
        """The parameters of the constructor, by the keyword of this function."""
        taken = set(self.takes)
        follows = self.holds.follows if self.holds is not None else ()
        found = {name: p.replace(default=FOLLOWS) if name in follows else p for name, p in parameters(self.owner).items()}
        found |= {name: found[name].replace(default=one) for name, one in (self.holds.settled if self.holds is not None else {}).items()}
        return {OWN + name if name in taken else name: p for name, p in found.items()}

    @cached_property
    def holds(self) -> Module | None:
        """The arrays that the object holds; None if it is no module, and for a property."""
        found = None if self.method is None else _holds(self.owner, self.name, self.method)
        given = {name for name, p in self._method.items() if p.default is not None}  # what an argument may be given instead
        return found if found is not None and not set(found.arrays) & {*given, *parameters(self.owner)} else None

    def without(self, settings: Mapping[str, Any]) -> frozenset[str]:
        """The arrays that the object does not hold if its constructor is given other arguments than its defaults.

        Args:
            settings: the arguments.
        """
        if not isinstance(self.holds, Transformed) or not settings or not set(settings) <= set(self.made_of):
            return frozenset()
        found = transformed(self.owner, self.name, parameters(self.owner), self._method, settings)
        kept = found.arrays if found is not None else self.holds.arrays
        same = all(self.holds.arrays.get(name) == axes for name, axes in kept.items())
        return frozenset(set(self.holds.arrays) - set(kept)) if same else frozenset()

    def with_settings(self, settings: Mapping[str, Any]) -> frozenset[str] | None:
        """The arrays that the object holds only if its constructor is given other arguments than its defaults; None if nothing tells them.

        Args:
            settings: the arguments.
        """
        if not isinstance(self.holds, Transformed):
            return None
        found = transformed(self.owner, self.name, parameters(self.owner), self._method, settings)
        return None if found is None else frozenset(set(found.arrays) - set(self.holds.arrays))

    @cached_property
    def held(self) -> dict[str, inspect.Parameter]:
        """The arrays that the object holds, by name."""
        kind = inspect.Parameter.KEYWORD_ONLY
        return {name: inspect.Parameter(name, kind) for name in (self.holds.arrays if self.holds is not None else ())}

    @cached_property
    def takes(self) -> dict[str, inspect.Parameter]:
        """The parameters of the method, by name, without those in whose place the object has an array. Tuples of arrays are divided."""
        states = self.holds.states if isinstance(self.holds, Transformed) else {}
        kind = inspect.Parameter.KEYWORD_ONLY
        listed = [(name, part) for name in self._method for part in (states[name].names if name in states else (name,))]
        absent = {*self.held, self._state}
        return {part: self._method[name] if part == name else inspect.Parameter(part, kind) for name, part in listed if name not in absent}

    @cached_property
    def _state(self) -> str:
        """The parameter of the method that takes the state of a layer which is mapped over a batch; empty if there is none."""
        return state_of(self._method) if self.holds is not None and self.holds.mapped else ""

    @cached_property
    def _method(self) -> dict[str, inspect.Parameter]:
        return {} if self.method is None else _parameters(self.method, bound=False)

    @property
    def _constructor(self) -> dict[str, inspect.Parameter]:
        """The parameters of the constructor, by their own names."""
        return {p.name: p for p in self.made_of.values()}

    @cached_property
    def checks(self) -> str:
        """The parameter of the constructor that makes it check its arguments; empty if it has none."""
        return next((key for key, p in self.made_of.items() if p.name in CHECKS), "")

    @property
    def __signature__(self) -> inspect.Signature:
        joined = {**self.made_of, **self.takes, **self.held}
        returned = inspect.Signature.empty if self.method is None else _returned(self.method)
        given = [p.replace(name=name, kind=inspect.Parameter.KEYWORD_ONLY) for name, p in joined.items()]
        return inspect.Signature(given, return_annotation=returned)

    def __call__(self, **arguments: Any) -> Any:
        """Makes the object and calls the method, or returns the value of the property."""
        made, given, held = self.split(arguments)
        if isinstance(self.holds, Transformed):
            return self.holds.applied(self.owner, self.name, made, held, given)
        if self.holds is not None and self.holds.mapped:
            settings = self.holds.settings(made, held, given)
            return over_batch(self.owner, self.holds.mapped, settings, method=self.name, given=given, held=held, state=self._state)
        if self.holds is None:
            value = getattr(call_with(self.owner, self._constructor, made), self.name)
        else:
            value = getattr(holding(constructed(self.owner, self.holds.settings(made, held, given)), **held), self.name)
        return value if self.method is None else call_with(value, self.takes, given)

    def split(self, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """The arguments of the constructor, those of the method, and the arrays that the object holds, each by its own name."""
        made = {p.name: arguments[key] for key, p in self.made_of.items() if key in arguments}
        held = {key: value for key, value in arguments.items() if key in self.held}
        given = {key: value for key, value in arguments.items() if key not in self.made_of and key not in held}
        unknown = sorted(key for key in given if key not in self.takes)
        if unknown:
            raise TypeError(f"{self.owner.__name__}.{self.name} got an unexpected keyword argument {unknown[0]!r}")
        return made, given, held

    def written(self, path: str, arguments: Mapping[str, str]) -> str:
        """The call in Python.

        Args:
            path: the dotted path of the class.
            arguments: the text of each argument, by keyword.
        """
        made, given, held = self.split(arguments)
        if self.holds is not None:
            made = {**made, **self.holds.written(made, held, given)}
        if self.holds is not None and self.holds.mapped:
            parts = {"method": repr(self.name), "given": _dict(given), "held": _dict(held), "state": repr(self._state)}
            called = ", ".join(f"{key}={text}" for key, text in parts.items())
            return f"{over_batch.__module__}.{over_batch.__name__}({path}, {self.holds.mapped!r}, {_dict(made)}, {called})"
        object_ = f"{path}({listing(self._constructor, made)})"
        if isinstance(self.holds, Transformed):
            return self.holds.call(object_, self.name, held, given)
        if held:
            object_ = f"{holding.__module__}.{holding.__name__}({object_}, {', '.join(f'{name}={text}' for name, text in held.items())})"
        if self.method is None:
            return f"{object_}.{self.name}"
        return f"{object_}{'' if self.name == CALL else f'.{self.name}'}({listing(self.takes, given)})"

    def modules(self) -> tuple[str, ...]:
        """The modules beside that of the class that `written` needs."""
        if self.holds is None:
            return ()
        if isinstance(self.holds, Transformed):
            return self.holds.imports
        return ((over_batch if self.holds.mapped else holding).__module__, *self.holds.imports)


def member(owner: type, name: str) -> Member | None:
    """Returns a method or property of the objects of a class; None for an attribute of the class itself.

    Args:
        owner: the class.
        name: the name of the attribute.

    Raises:
        TargetError: if the class has no such attribute.
    """
    held = held_by(owner, name)
    if held is None:
        raise TargetError(f"the class {owner.__name__} has no attribute {name!r}")
    if isinstance(held, staticmethod | classmethod | type) or not hasattr(held, "__get__"):
        return None
    seen = attempt(lambda: getattr(owner, name), _NOTHING)
    if seen is _NOTHING:  # some descriptors have a value on instances only
        return None
    if not callable(seen) or "property" in type(held).__name__.lower():  # some cached properties are callable decorators
        return Member(owner, name, None)
    return None if inspect.ismethod(seen) and seen.__self__ is owner else Member(owner, name, seen)


@lru_cache(maxsize=256)
def _holds(owner: type, name: str, method: Callable[..., Any]) -> Module | None:
    """What the objects of a class hold; of a module that needs a call to tell it, what it holds once the method was called."""
    found = None if is_transformed(owner) else module(owner)
    if found is None and (is_transformed(owner) or keys_of(owner)):
        return transformed(owner, name, parameters(owner), _parameters(method, bound=False))
    return found


def held_by(owner: type, name: str) -> Any:
    """Returns what a class or one of its bases holds under a name, and not its metaclass; None if there is nothing.

    Args:
        owner: the class.
        name: the name.
    """
    return next((vars(base)[name] for base in owner.__mro__ if name in vars(base)), None)


def parameters(owner: type) -> dict[str, inspect.Parameter]:
    """The parameters of the constructor of a class, by name. Some metaclasses hide its signature, so that `__init__` must tell it."""
    found = _parameters(owner, bound=True)
    return found or _parameters(held_by(owner, "__init__"), bound=False)


def _parameters(function: Callable[..., Any], *, bound: bool) -> dict[str, inspect.Parameter]:
    """The parameters of a function, by name, without `*args`, `**kwargs` and, for an unbound method, `self`."""
    try:
        listed = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return {}
    return {p.name: p for p in (listed if bound else listed[1:]) if p.kind not in _VARIADIC}


def _returned(method: Callable[..., Any]) -> Any:
    try:
        return inspect.signature(method).return_annotation
    except (TypeError, ValueError):
        return inspect.Signature.empty


def call_with(function: Callable[..., Any], known: Mapping[str, inspect.Parameter], arguments: Mapping[str, Any]) -> Any:
    """Calls a function with arguments by name, and by position where its parameters need it.

    Args:
        function: the function.
        known: its parameters, by name.
        arguments: its arguments, by name.
    """
    first = [name for name, p in known.items() if p.kind is _BY_POSITION and name in arguments]
    named = {name: value for name, value in arguments.items() if name not in first}
    return function(*(arguments[name] for name in first), **named)


def listing(known: Mapping[str, inspect.Parameter], arguments: Mapping[str, str]) -> str:
    """The arguments of a call in Python.

    Args:
        known: the parameters of what is called, by name.
        arguments: the text of each argument, by name.
    """
    first = [name for name, p in known.items() if p.kind is _BY_POSITION and name in arguments]
    return ", ".join([*(arguments[name] for name in first), *(f"{name}={text}" for name, text in arguments.items() if name not in first)])


def _dict(arguments: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name!r}: {text}" for name, text in arguments.items()) + "}"
