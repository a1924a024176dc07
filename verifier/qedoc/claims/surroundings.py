"""Settings that code reads from its surroundings and not from its arguments: `dt = environ.get("dt")`.

Surroundings are an object of the library with `get(name)`, or `get_NAME()`, and a context manager `context(NAME=value)`.
Source of the names: `brainstate.environ`, which the libraries around BrainPy share.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from qedoc.errors import attempt

_GET = "get"
_CONTEXT = "context"


class Surrounded:
    """A function that also takes by name the settings that it reads from its surroundings.

    Args:
        function: the function.
        settings: the context manager that gives each setting, by the setting's name.
        places: where each context manager is imported from.
    """

    def __init__(self, function: Callable[..., Any], settings: Mapping[str, Any], places: Mapping[str, str]) -> None:
        self.function, self.settings, self.places = function, settings, places
        self.__wrapped__ = function
        own = inspect.signature(function)
        extra = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in settings]
        listed = list(own.parameters.values())
        last = listed[-1:] if listed and listed[-1].kind is inspect.Parameter.VAR_KEYWORD else []
        self.__signature__ = own.replace(parameters=[*listed[: len(listed) - len(last)], *extra, *last])

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Calls the function inside the context managers of the settings that are given."""
        given = {name: named.pop(name) for name in self.settings if name in named}
        return _within(list(given.items()), self.settings, lambda: self.function(*arguments, **named))

    def written(self, target: str, texts: Mapping[str, str]) -> tuple[str, str, str]:
        """The modules to import for a call, what to run before it, and the call.

        Args:
            target: the dotted path of the function.
            texts: the arguments as they are written.
        """
        given = {name: text for name, text in texts.items() if name in self.settings}
        call = f"{target}({', '.join(f'{name}={text}' for name, text in texts.items() if name not in given)})"
        entered = "".join(f"stack.enter_context({self.places[name]}.{_CONTEXT}({name}={text})); " for name, text in given.items())
        if not given:
            return target.partition(".")[0], "", call
        modules = dict.fromkeys((target.partition(".")[0], "contextlib", *(self.places[name] for name in given)))
        return ", ".join(modules), f"stack = contextlib.ExitStack(); {entered}", call


def _within(given: list[tuple[str, Any]], settings: Mapping[str, Any], run: Callable[[], Any]) -> Any:
    if not given:
        return run()
    (name, value), *rest = given
    with getattr(settings[name], _CONTEXT)(**{name: value}):
        return _within(rest, settings, run)


def surrounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a function that takes the settings of its surroundings by name; the function itself if it reads none.

    Args:
        function: a Python function.
    """
    found = settings_of(function)
    if not found:
        return function
    return Surrounded(function, {name: one for name, (one, _) in found.items()}, {name: place for name, (_, place) in found.items()})


def settings_of(function: Any) -> Mapping[str, tuple[Any, str]]:
    """Returns the settings without a value that the body of a function reads, each with its surroundings and their module.

    Args:
        function: any object; only a Python function reads settings.
    """
    return _settings(function) if inspect.isfunction(function) else {}


@lru_cache(maxsize=4096)
def _settings(function: Any) -> Mapping[str, tuple[Any, str]]:
    plain = inspect.unwrap(function)
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(plain))).body
        own = set(inspect.signature(function).parameters)
    except (OSError, SyntaxError, TypeError, ValueError):
        return {}
    known = getattr(plain, "__globals__", {})
    return {name: (owner, place) for name, owner, place in _read(tree, known) if name not in own and not _is_set(owner, name)}


def _is_set(owner: Any, name: str) -> bool:
    """Whether the surroundings have a value of a setting, so that code runs without one of the caller."""
    return attempt(lambda: getattr(owner, _GET)(name), None) is not None


def _read(tree: ast.AST, known: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yields each setting that a tree reads, with its surroundings and their place."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = _value(node.func.value, known)
        if owner is None or not callable(getattr(owner, _GET, None)) or not callable(getattr(owner, _CONTEXT, None)):
            continue
        place = getattr(owner, "__name__", "")
        first = node.args[0] if node.args else None
        if node.func.attr == _GET and isinstance(first, ast.Constant) and isinstance(first.value, str) and len(node.args) == 1:
            yield first.value, owner, place
        elif node.func.attr.startswith(f"{_GET}_") and not node.args and not node.keywords:
            yield node.func.attr.removeprefix(f"{_GET}_"), owner, place


def _value(node: ast.expr, known: Mapping[str, Any]) -> Any:
    """The module that a name or an attribute stands for; None for anything else."""
    if isinstance(node, ast.Name):
        found = known.get(node.id)
    elif isinstance(node, ast.Attribute):
        found = getattr(_value(node.value, known), node.attr, None)
    else:
        found = None
    return found if inspect.ismodule(found) else None
