"""Finds the claims that a definition is put into: it is judged together with them."""

import inspect
import re
from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Bound, Obstruction, Refused
from qedoc.bind.values import named_results
from qedoc.read import Application, Equation, Unreadable
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
    defined -= set(named_results(context.record.docstring))  # `alpha = ...` gives a result, though another formula uses it
    if context.aim is not None and context.aim.part:
        defined = set()  # `c' = ...` is also a part of what a cell returns
    for name in defined or _of_unreadable(context, formula, equation):
        raise Obstruction(
            f"it defines {name}, which another formula of the docstring uses", verdict=Verdict.NOT_A_CLAIM, cause="definition"
        )
    if numbers := _given_numbers(context, equation):
        raise Obstruction(
            f"the left side gives parameters the value{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}, and does not say which",
            "write the name of each parameter, as in scale=1",
            Verdict.UNDECIDED,
            cause="left-side",
        )


def _given_numbers(context: Context, equation: Equation) -> list[str]:
    """The numbers after the bar or semicolon of a left side, `pdf(x; 0, 1)`, of an object that has parameters which are numbers."""
    left = equation.left
    if not isinstance(left, Application) or not left.given:
        return []
    made = [p for p in context.parameters.values() if p.made]
    numeric = [
        p for p in made if p.default is inspect.Parameter.empty or (isinstance(p.default, int | float) and not isinstance(p.default, bool))
    ]
    return [str(value) for value in left.arguments[-left.given :] if value.is_number] if numeric or not context.record.owner else []


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
