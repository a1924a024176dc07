r"""Formulas of functions that take an object: their symbols are what it is made of, and its properties (`\Omega_m` is `Omega_m`)."""

import inspect
from dataclasses import replace

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.functions import formula_of
from qedoc.claims.domain import Reals
from qedoc.claims.given_objects import WithObject, objects_of, path_of
from qedoc.claims.target import resolve
from qedoc.errors import QedocError
from qedoc.read import Equation
from qedoc.sources.docstrings import Documented, of_objects


def taking_objects(record: Documented) -> Documented | None:
    """Returns the record of a function as one of the numbers that its object is made of; None if it takes no object, or several.

    Args:
        record: the record.
    """
    if record.owner or record.target:
        return None
    try:
        taken = objects_of(resolve(record.name))
    except QedocError:
        return None
    return of_objects(record, taken[0]) if len(taken) == 1 else None


def with_attributes(context: Context, equation: Equation) -> Equation:
    """Returns an equation with the formula of the code for each property of the object that the function takes.

    A property whose code cannot be read stays a symbol that nothing explains.

    Args:
        context: the docstring.
        equation: the equation as read.
    """
    if not context.record.target or context.record.owner:
        return equation
    function = resolve(context.record.target)
    if not isinstance(function, WithObject):
        return equation
    made: dict[sp.Basic, sp.Expr] = {}
    for symbol in sorted((s for s in equation.right.free_symbols if isinstance(s, sp.Symbol)), key=str):
        name = _property(context, function, symbol.name)
        if name:
            letters = tuple(key for key, p in function.makes.items() if p.default is inspect.Parameter.empty)
            path = f"{path_of(function.made)}.{name}"
            try:
                value = formula_of(path, tuple((letter, Reals()) for letter in letters))
            except QedocError:
                continue
            made[symbol] = value(*map(sp.Symbol, letters))
    return replace(equation, right=equation.right.xreplace(made)) if made else equation


def _property(context: Context, function: WithObject, name: str) -> str:
    """The property of the object that a symbol is, by its name alone; empty if there is none."""
    if name in {*context.parameters, *context.bound, *context.definitions, *context.constants}:
        return ""
    spelled = name.replace("_", "").lower()
    known = [key for key in dir(function.made) if isinstance(getattr(function.made, key, None), property) and not key.startswith("_")]
    if any(key.replace("_", "").lower() == spelled for key in function.makes):
        return ""
    fitting = [name] if name in known else [key for key in known if len(spelled) > 1 and key.replace("_", "").lower() == spelled]
    return fitting[0] if len(fitting) == 1 else ""
