"""Finds the values that the text lists for a parameter of which a formula says nothing: the function that combines the results."""

import inspect
import re
from collections.abc import Mapping
from typing import Any

from qedoc.bind.context import Context
from qedoc.claims.settings import SHORT, Imported, setting
from qedoc.errors import QedocError
from qedoc.interpret.choices import Choice, Sure
from qedoc.sources.docstrings import Argument

MOST = 4
"""Maximum number of values of a parameter. A longer list is not one of settings."""

ABOUT = "default"
"""What a choice between the values of a parameter is about."""

_NAMED = re.compile(r":\w+:`~?([\w.]+)`|`{1,2}([\w.]+)`{1,2}")


def listed(context: Context) -> list[list[Choice]]:
    """Returns for each parameter that is a function by default the functions that its description lists, the default first.

    The formula may be about any of them, because it does not say which. The default is suggested: a formula that holds for another value
    alone is undecided, and one that holds for none is refuted.

    Args:
        context: the docstring.
    """
    taken = {*context.bound.values(), *context.settings}
    return [found for argument in context.parameters.values() if argument.name not in taken and (found := _listed(argument))]


def chosen(choices: tuple[Choice, ...]) -> Mapping[str, Any]:
    """Returns the value of each parameter that the choices set."""
    return {choice.subject: choice.value for choice in choices if choice.about == ABOUT}


def _listed(argument: Argument) -> list[Choice]:
    """The functions that the description of a parameter lists, of which its default is one."""
    if not inspect.isroutine(argument.default) and not hasattr(argument.default, "__wrapped__"):
        return []
    named = dict.fromkeys(name for names in _NAMED.findall(argument.text) for name in names if "." in name)
    values = [value for name in named if (value := _function(argument.name, name)) is not None]
    values.sort(key=lambda value: value.value is not argument.default)
    if not 1 < len(values) <= MOST or values[0].value is not argument.default:
        return []
    words = f"the text lists the values of {argument.name}, and the formula does not say which one it is about"
    return [
        Choice(about=ABOUT, subject=argument.name, value=value, words=words, sure=Sure.SUGGESTED if value is values[0] else Sure.POSSIBLE)
        for value in values
    ]


def _function(parameter: str, name: str) -> Imported | None:
    """The function at a dotted path as it is written in a text; None if there is none."""
    if name.partition(".")[0] not in {*SHORT, *SHORT.values(), "jax", "numpy"}:
        return None  # a package that a text names is not imported for it
    try:
        found = setting(parameter, name)
    except QedocError:
        return None
    return found if isinstance(found, Imported) and callable(found.value) else None
