"""Formulas of one docstring that are cases of one value, where the words do not say where each of them holds."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Bound, Obstruction
from qedoc.errors import QedocError
from qedoc.interpret.choices import Choice, Choices, Sure
from qedoc.interpret.findings import UNKNOWN
from qedoc.read import Equation, Reading
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula

_TELLS_A_CASE = re.compile(
    r"\d|[<>=\u2260\u2264\u2265]|\b(?:zero|one|two|minus|equals?|inequal|unequal|not equal|less|greater|larger|smaller|above|below"
    r"|positive|negative|if|when|cases?|otherwise|even|odd)\b",
    re.IGNORECASE,
)
"""Words that tell cases apart: a number, a comparison, a sign."""


def other_cases(context: Context, formula: Formula, equation: Equation) -> list[tuple[Formula, Equation]]:
    """Returns the other formulas that have the same left side, if words that were not understood tell all of them apart.

    Args:
        context: the docstring.
        formula: the formula.
        equation: its equation.
    """
    found: list[tuple[Formula, Equation]] = []
    for other, reading in context.readings.items():
        if not other.display or not isinstance(reading, Reading) or len(reading.equations) != 1:
            continue
        (alike,) = reading.equations
        if str(alike.left) != str(equation.left) or not _is_apart(context, other):
            continue
        found.append((other, alike))
    return [one for one in found if one[0] != formula] if any(one[0] == formula for one in found) else []


def _is_apart(context: Context, formula: Formula) -> bool:
    vague = [choice for choice in context.text.choices(formula.line).quantities if choice.value == UNKNOWN]
    return bool(vague) and all(_TELLS_A_CASE.search(choice.words) for choice in vague)


def with_beside(bound: Bound, formulas: Sequence[Any]) -> Bound:
    """The claim beside formulas of other cases.

    Raises:
        Obstruction: if a formula has a symbol that the claim does not have.
    """
    try:
        return replace(bound, spec=replace(bound.spec, beside=tuple(formulas), origin=bound.spec.location))
    except QedocError as error:
        raise Obstruction(f"the formulas of other cases cannot be compared: {error.message}", verdict=Verdict.UNDECIDED) from error


def elsewhere_of(said: Choices, relations: Sequence[tuple[Any, Choice]]) -> tuple[Any, sp.Expr | None]:
    """The condition on one number beyond which the text gives the value as a number, and this number: `for x > 0, and 0 elsewhere`.

    Args:
        said: what the text says.
        relations: the relations of the symbols of the equation that it states, each with its choice.
    """
    for choice in said.elsewhere:
        same = [relation for relation, other in relations if other.words == choice.words and other.sure is Sure.STATED]
        if choice.sure is Sure.STATED and len(same) == 1 and len(same[0].free_symbols) == 1:
            return same[0], choice.value
    return None, None
