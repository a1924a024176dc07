"""Finds the values that the text lists for a parameter of which a formula says nothing: how the results are combined."""

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.context import Context
from qedoc.bind.records import Obstruction
from qedoc.claims.members import OWN
from qedoc.claims.modules import MAPPED
from qedoc.claims.settings import SHORT, Imported, setting
from qedoc.errors import QedocError
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Equation
from qedoc.results.verdict import Verdict
from qedoc.sources.arguments import Argument

MOST = 4
"""Maximum number of values of a parameter. A longer list is not one of settings."""

ABOUT = "default"
"""What a choice between the values of a parameter is about."""

_REDUCTIONS = frozenset({"none", "mean", "sum", "batchmean", "batch_mean", "sum_over_batch_size", "mean_over_batch"})
"""The usual names of ways to combine the results."""

_MODES = frozenset({"inference", "training", "is_training", "train", "use_running_average", "use_running_stats", "eval", "deterministic"})
"""What the parameter of a layer is called that says whether the statistics of the batch count, or those of earlier batches."""

_STRING = re.compile(r"['\"](\w+)['\"]")
_NAMED = re.compile(r":\w+:`~?([\w.]+)`|`{1,2}([\w.]+)`{1,2}")


def listed(context: Context, equation: Equation) -> list[list[Choice]]:
    """Returns for each parameter that combines the results the functions or names that its description lists, the default first.

    The formula may be about any of them, because it does not say which. The default is suggested: a formula that holds for another value
    alone is undecided, and one that holds for none is refuted.

    A formula without sums and entries is about each result, so that it is suggested to be about those that are not combined (`'none'`).

    Args:
        context: the docstring.
        equation: the equation.
    """
    mapped = any(argument.default is MAPPED for argument in context.parameters.values())
    each = not equation.right.has(sp.Indexed, *LARGE)
    taken = {*context.bound.values(), *context.settings, *dict(equation.settings)}
    left = [argument for argument in context.parameters.values() if argument.name not in taken]
    modes = [_modes(argument) for argument in left if mapped and argument.made and isinstance(argument.default, bool)]
    return [found for found in (*(_listed(argument, each=each) for argument in left), *modes) if found]


def chosen(choices: tuple[Choice, ...]) -> Mapping[str, Any]:
    """Returns the value of each parameter that the choices set."""
    return {choice.subject: choice.value for choice in choices if choice.about == ABOUT}


def settled(equation: Equation) -> tuple[Choice, ...]:
    """Returns the choices that a case of a formula makes: the name of a parameter for which it holds."""
    words = "the case of the formula"
    return tuple(Choice(about=ABOUT, subject=name, value=value, words=words, sure=Sure.STATED) for name, value in equation.settings)


def agreed(equation: Equation, fixed: dict[str, Any]) -> dict[str, Any]:
    """Returns what the words before a formula set, if they set no parameter to another name than the case of the formula.

    Raises:
        Obstruction: for a parameter that they set to another name.
    """
    for name, value in equation.settings:
        if fixed.get(name, value) != value:
            what = f"the case of the formula is about {name}={value!r}, and the words before it about {name}={fixed[name]!r}"
            raise Obstruction(what, "write the setting in the formula alone", Verdict.UNDECIDED)
    return fixed


def _modes(argument: Argument) -> list[Choice]:
    """The values of a switch between the statistics of the batch and those of earlier ones. Nothing says which ones a formula is about."""
    values = [argument.default, not argument.default] if argument.name.removeprefix(OWN) in _MODES else []
    words = f"{argument.name} says which statistics count, and the formula does not say which ones it is about"
    return _choices(argument, values, words)


def _listed(argument: Argument, *, each: bool) -> list[Choice]:
    """The functions or names of reductions that the description of a parameter lists, of which its default is one."""
    if isinstance(argument.default, str):
        return _reductions(argument, each=each)
    if not inspect.isroutine(argument.default) and not hasattr(argument.default, "__wrapped__"):
        return []
    named = dict.fromkeys(name for names in _NAMED.findall(argument.text) for name in names if "." in name)
    values = [value for name in named if (value := _function(argument.name, name)) is not None]
    values.sort(key=lambda value: value.value is not argument.default)
    if not 1 < len(values) <= MOST or values[0].value is not argument.default:
        return []
    return _choices(argument, values)


def _reductions(argument: Argument, *, each: bool) -> list[Choice]:
    """The names of reductions that the description of a parameter lists: `'none'`, `'mean'`. Other strings are no settings."""
    names = list(dict.fromkeys([argument.default, *_STRING.findall(argument.text)]))
    known = argument.default in _STRING.findall(argument.text) and _REDUCTIONS.issuperset(names)
    names.sort(key=lambda name: not (each and name == "none"))
    return _choices(argument, names) if known and 1 < len(names) <= MOST else []


def _choices(argument: Argument, values: Sequence[Any], words: str = "") -> list[Choice]:
    """A choice of each value. The first one is suggested."""
    words = words or f"the text lists the values of {argument.name}, and the formula does not say which one it is about"
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
