r"""Functions that are handed to the object: `\operatorname{gain}(y)` is the default of the parameter `gain_fn`."""

import inspect

from qedoc.bind.context import Context
from qedoc.claims.target import resolve
from qedoc.errors import QedocError

ENDINGS = ("", "_fn", "_func", "_fun", "_function")
"""What parameters that take a function end in, after the name of the function in a formula."""


def handed(context: Context, name: str) -> str:
    """Returns the dotted path of the function that a parameter has by default; empty if no parameter of the name takes a function.

    Args:
        context: the docstring.
        name: the name of the function in the formula.
    """
    set_ = {*context.settings, *context.chosen}
    found = [p for ending in ENDINGS if (p := context.parameters.get(name + ending)) is not None and p.name not in set_]
    return path_of(found[0].default) if len(found) == 1 else ""


def path_of(function: object) -> str:
    """Returns the dotted path at which a function is found; empty for a lambda, a function in another one, or anything else.

    Args:
        function: the function.
    """
    if not inspect.isfunction(function):
        return ""
    path = f"{function.__module__}.{function.__qualname__}"
    try:
        return path if resolve(path) is function else ""
    except QedocError:
        return ""
