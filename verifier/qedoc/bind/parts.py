"""Finds the claims that a definition is put into: it is judged together with them."""

import re
from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Bound, Obstruction, Refused
from qedoc.read import Equation, Unreadable
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula
from qedoc.sources.markup import PLAIN


def check_use(context: Context, formula: Formula, equation: Equation) -> None:
    """Raises for an equation that only defines a name for another formula.

    Args:
        context: the docstring.
        formula: the formula.
        equation: an equation of it.

    Raises:
        Obstruction: if another formula contains the name.
    """
    defined = {
        name
        for name, definition in context.definitions.items()
        if definition.formula == formula and definition.value in (equation.right, sp.sqrt(equation.right)) and name in str(equation.left)
    }
    for name in defined or _of_unreadable(context, formula, equation):
        raise Obstruction(
            f"it defines {name}, which another formula of the docstring uses", verdict=Verdict.NOT_A_CLAIM, cause="definition"
        )


def _of_unreadable(context: Context, formula: Formula, equation: Equation) -> set[str]:
    """The name that an equation in plain text defines, if a formula beside it that could not be read has it on the right side."""
    name = equation.left.name if isinstance(equation.left, sp.Symbol) else ""
    if not name or name in context.parameters or name in context.bound or formula.notation != PLAIN:
        return set()
    unread = [other.latex.partition("=")[2] for other, found in context.readings.items() if isinstance(found, Unreadable)]
    return {name} if any(re.search(rf"\b{re.escape(name)}\b", right) for right in unread) else set()


def with_parts(found: Sequence[Bound | Refused]) -> tuple[Bound | Refused, ...]:
    """Returns the claims of a docstring, each definition with the claims that it is a part of.

    Args:
        found: the claims.
    """
    return tuple(_as_part(claim, found) if isinstance(claim, Refused) and claim.cause == "definition" else claim for claim in found)


def _as_part(claim: Refused, found: Sequence[Bound | Refused]) -> Refused:
    users = tuple(other.spec.id for other in found if isinstance(other, Bound) and claim.formula in other.uses)
    if not users:
        return claim
    return replace(claim, part_of=users, reason=claim.reason.replace("another formula of the docstring uses", f"{users[0]} uses"))
