"""Binds formulas that give a parameter of a distribution by its moments: `rate = mean / stddev**2`."""

import re
from collections.abc import Mapping

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.members import Aim, has, moment_of, parameters_of
from qedoc.read import Equation

_PARAMETER = re.compile(r"`{1,2}(\w+)`{1,2}")


def by_moments(context: Context, equation: Equation) -> Aim | None:
    """What a formula in the docstring of a class is about that gives one of its parameters by its moments; None for any other formula.

    Args:
        context: the docstring.
        equation: an equation of it.
    """
    left, owner = equation.left, context.record.owner
    if not isinstance(left, sp.Symbol) or not moments_in(context, equation.right):
        return None
    name = letters_of_text(context).get(left.name, left.name)
    if name not in parameters_of(owner) or not has(owner, name):
        return None
    return Aim(member=name, quantity=name, value="x", words=f"{left} is {name}, and moments are as the code computes them", by_head=True)


def moments_in(context: Context, value: sp.Expr) -> list[str]:
    """The moments of the object that a formula contains."""
    names = sorted(symbol.name for symbol in value.free_symbols if symbol.name not in context.bound)
    return [name for name in names if moment_of(context.record.owner, name) is not None]


def letters_of_text(context: Context) -> Mapping[str, str]:
    """The parameters that the text names letters for, by the letter."""
    told = {name: found[1] for name, text in context.legend.items() if (found := _PARAMETER.fullmatch(text.strip()))}
    return told | context.bound
