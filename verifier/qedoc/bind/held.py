"""Symbols for the arrays that a module holds, such as its weight."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.entries import bases
from qedoc.bind.members import has
from qedoc.bind.records import Conflict, Misfit, Obstruction
from qedoc.bind.symbols import Roles
from qedoc.claims.members import member
from qedoc.sources.objects import named


def held_axes(context: Context, found: Roles, value: sp.Expr) -> dict[str, int]:
    """Returns the numbers of axes of the symbols without indices that are vectors which the object holds.

    A formula for a part of the next state need not contain all arrays. Those that it does not contain may have any value.

    Args:
        context: the docstring.
        found: the role of each symbol.
        value: the right side.

    Raises:
        Obstruction: for an array that the formula does not contain.
        Conflict: for an array with another number of axes than in the formula.
    """
    ranks = bases(value)
    _check_lengths(context, found, value)
    free: dict[str, int] = {}
    partial = context.aim is not None and bool(context.aim.part)
    for name, parameter in found.parameters.items():
        axes = context.parameters[parameter].axes
        if axes < 0:
            continue
        absent = name not in ranks and sp.Symbol(name) not in value.free_symbols
        if absent and not partial:
            raise Obstruction(
                f"the formula does not say what the {parameter} of {context.record.owner} does", f"write the formula with the {parameter}"
            )
        if (absent and axes) or (name not in ranks and axes == 1):
            free[name] = axes
        elif ranks.get(name, 0) != axes:
            raise Conflict(f"{parameter} has {axes} axes, and {name} {ranks.get(name, 0)}", "write its entries with indices", cause="index")
    return free


def not_held(context: Context, found: Roles, settings: Mapping[str, Any]) -> frozenset[str]:
    """Returns the arrays that an object does not hold with the settings of its constructor that the text gives.

    Args:
        context: the docstring.
        found: the role of each symbol.
        settings: the arguments of the constructor.

    Raises:
        Obstruction: if the formula contains such an array.
    """
    owner, aim = context.record.owner, context.aim
    made = named(owner) if owner and aim is not None and settings else None
    called = member(made, aim.member) if isinstance(made, type) and aim is not None and has(owner, aim.member) else None
    absent = called.without(settings) if called is not None else frozenset()
    for name, parameter in found.parameters.items():
        if parameter in absent:
            said = ", ".join(f"{key}={value!r}" for key, value in settings.items())
            raise Obstruction(f"{owner} has no {parameter} with {said}, so that {name} is nothing", f"leave out {name}")
    return absent


def alike(context: Context, found: Roles) -> list[list[tuple[str, int]]]:
    """Returns the axes that have one length, because the object makes them so, each by its symbol and place.

    Args:
        context: the docstring.
        found: the role of each symbol.
    """
    groups: dict[str, list[tuple[str, int]]] = {}
    for name, parameter in found.parameters.items():
        for place, length in enumerate(context.parameters[parameter].lengths):
            groups.setdefault(length, []).append((name, place))
    return [group for group in groups.values() if len(group) > 1]


def _check_lengths(context: Context, found: Roles, value: sp.Expr) -> None:
    """Raises Misfit for an index that runs over axes of different lengths."""
    lengths: dict[sp.Expr, str] = {}
    for entry in sorted(value.atoms(sp.Indexed), key=str):
        parameter = found.parameters.get(entry.base.label.name, "")
        told = context.parameters[parameter].lengths if parameter in context.parameters else ()
        for index, length in zip(entry.indices, told, strict=False):
            other = lengths.setdefault(index, length)
            if other != length:
                raise Misfit(f"an axis of {parameter} has {length} entries, and the formula needs {other}", "write it with indices")
