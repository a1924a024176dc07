"""Names of functions in a formula: what the docstring itself defines, and documented functions beside it, by their own code."""

import inspect
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Obstruction
from qedoc.domain import Reals
from qedoc.errors import QedocError
from qedoc.paths import formula
from qedoc.read import Application
from qedoc.spec import Parameter, Spec
from qedoc.subject import Subject
from qedoc.target import resolve
from qedoc.verdict import Verdict

DEEPEST = 8
"""Definitions inside definitions; deeper ones go in a circle."""

_LINKED = re.compile(r":\w+:`~?(?:[^`<]*<)?([\w.]+)>?`")


def expanded(context: Context, value: sp.Expr) -> tuple[sp.Expr, tuple[str, ...]]:
    """The value with each name that stands for a formula or a function replaced by it.

    Returns:
        the value, and what was put for each name.

    Raises:
        Obstruction: for a name that stands for nothing known.
    """
    notes: dict[str, None] = {}
    for _ in range(DEEPEST):
        value = _defined(context, value, notes)
        calls = sorted(value.atoms(sp.core.function.AppliedUndef), key=lambda call: (-call.count_ops(), str(call)))
        innermost = [
            call for call in calls if not any(isinstance(a, sp.Basic) and a.atoms(sp.core.function.AppliedUndef) for a in call.args)
        ]
        if not innermost:
            return value, tuple(notes)
        value = value.xreplace({call: _called(context, call, notes) for call in innermost})
    raise Obstruction("the definitions of the formula's names go in a circle")


def _defined(context: Context, value: sp.Expr, notes: dict[str, None]) -> sp.Expr:
    """The docstring's own definitions put in."""
    for name, definition in context.definitions.items():
        where = f"line {definition.formula.location.line}"
        if not definition.arguments and sp.Symbol(name) in value.free_symbols:
            value = value.xreplace({sp.Symbol(name): definition.value})
            notes[f"{name} is as in {where}"] = None
        calls = [
            c for c in value.atoms(sp.core.function.AppliedUndef) if c.func.__name__ == name and len(c.args) == len(definition.arguments)
        ]
        for call in calls:
            put = dict(zip(definition.arguments, call.args, strict=True))
            value = value.xreplace({call: definition.value.subs(put, simultaneous=True)})
            notes[f"{name} is as in {where}"] = None
    return value


def _called(context: Context, call: Any, notes: dict[str, None]) -> sp.Expr:
    """A call of a sibling, by the formula that the sibling's code computes."""
    name = call.func.__name__
    path = sibling(context, name)
    if not path:
        raise Obstruction(f"the function {name} is defined nowhere in the docstring, and is no function beside {context.record.name}")
    if any(isinstance(argument, sp.Symbol) and context.vector(argument.name) for argument in call.args):
        raise Obstruction(f"{name} of a vector is not followed", verdict=Verdict.UNDECIDED)
    try:
        value = _formula_of(path, len(call.args))
    except QedocError as error:
        raise Obstruction(f"{name} stands for {path}, whose code could not be read: {error}", verdict=Verdict.UNDECIDED) from error
    notes[f"{name} is {path}, as its code computes it"] = None
    return value(*call.args)


def sibling(context: Context, name: str) -> str:
    """The dotted path of the function that a name stands for; empty if there is none."""
    linked = _LINKED.search(context.legend.get(name, ""))
    if linked and "." in linked[1] and _callable(linked[1]):
        return linked[1]
    suffix = name.partition("_")[2]
    for path in (context.record.name, *context.record.aliases):
        module = path.rpartition(".")[0]
        for candidate in (name, suffix):
            if candidate in context.record.siblings and _callable(f"{module}.{candidate}"):
                return f"{module}.{candidate}"
    return ""


def _callable(path: str) -> bool:
    try:
        return callable(resolve(path))
    except QedocError:
        return False


@lru_cache(maxsize=256)
def _formula_of(path: str, count: int) -> Callable[..., sp.Expr]:
    """The formula of a function's code, its first parameters being real unknowns and the others left at their defaults.

    Raises:
        QedocError: where the code cannot be read on the whole domain.
    """
    parameters = list(inspect.signature(resolve(path)).parameters)[:count]
    symbols = [sp.Symbol(f"argument_{place}") for place in range(count)]
    declared = [Parameter(symbol, name, Reals(), "") for symbol, name in zip(symbols, parameters, strict=True)]
    subject = Subject(Spec(target=path, formula=sp.Integer(0), symbols=declared), {})
    subject.code.explore(subject.facts)
    if not subject.code.covered or not subject.code.branches:
        raise QedocError("its paths do not cover the real numbers")
    code = formula(subject.code.branches)
    places = [subject.case.translate(symbol) for symbol in symbols]
    return lambda *arguments: code.subs(dict(zip(places, arguments, strict=True)), simultaneous=True)
