"""Relations that a text states, over the symbols of a formula."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from qedoc.bind.alternatives import substituted
from qedoc.bind.context import Context
from qedoc.interpret.choices import Choice, Choices
from qedoc.interpret.meaning import OUTPUT
from qedoc.read import Application, Equation


def with_outputs(said: Choices, equation: Equation) -> Choices:
    """What a text says, with what it says of the value as relations on the formula, if the formula has no entries of arrays.

    Args:
        said: what the text says.
        equation: the equation, whose right side is the value.
    """
    if not said.outputs or equation.right.has(sp.Indexed, sp.Sum, sp.Product, sp.Integral):
        return said
    made = (replace(choice, value=choice.value.xreplace({OUTPUT: equation.right})) for choice in said.outputs)
    return replace(said, domain=(*said.domain, *(choice for choice in made if choice.value not in (sp.true, sp.false))))


def strangers(context: Context, equation: Equation, relations: list[tuple[Any, Choice]], of: Mapping[str, str]) -> dict[Choice, bool]:
    """The relations with a name that is nothing here, such as a number of classes, and whether each only says that an index is one."""
    sides = [equation.right, equation.condition, *_arguments(equation)]
    symbols = {s.name for side in sides for s in side.free_symbols} | {*context.parameters, *of.values(), *context.legend}
    parameters = {*context.parameters, *of.values()}
    indices = {s.name for entry in equation.right.atoms(sp.Indexed) for index in entry.indices for s in index.free_symbols}
    found: dict[Choice, bool] = {}
    for relation, choice in relations:
        names = {s.name for s in relation.free_symbols}
        if names - symbols and names & parameters:  # `0 <= i < n` without a parameter is the range of an index
            found[choice] = names & symbols <= indices
    return found


def _arguments(equation: Equation) -> tuple[Any, ...]:
    return equation.left.arguments if isinstance(equation.left, Application) else ()


def placed_relation(relation: Any, of: dict[str, str], put: dict[sp.Symbol, sp.Expr]) -> Any:
    """A relation over the symbols of the equation."""
    own = {s: sp.Symbol(of.get(s.name[1:], s.name[1:])) for s in relation.free_symbols if s.name.startswith("@")}
    return substituted(relation.xreplace({s: t for s, t in put.items() if s in relation.free_symbols}).xreplace(own), {})
