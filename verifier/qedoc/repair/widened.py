"""Gives a claim the symbols of parameters that its formula has lost, so that no correction is right for their defaults only."""

import re
from dataclasses import replace

import sympy as sp

from qedoc.bind.claims import lettered
from qedoc.bind.context import Context
from qedoc.bind.records import Bound
from qedoc.read import Application, Reading
from qedoc.read.tree import SYMBOLS
from qedoc.repair.marked import Span, bound_as
from qedoc.repair.spelling import author_letter
from qedoc.sources.docstrings import Documented

_LETTER = re.compile(r"(?::math:`|\$)\s*\\?([A-Za-z]+)\s*[`$]")
"""A letter in the description of a parameter: `the scale :math:`\\sigma``."""


def widened(record: Documented, claim: Bound, within: Span) -> Bound:
    r"""Returns a claim that is also about the symbols on its left side, and those that the docstring explains as parameters.

    `F(x; \mu) = x` with a wrong right side says nothing of `\mu`, and its claim leaves the parameter at its default.

    Args:
        record: the docstring.
        claim: the claim.
        within: the part of the formula that is its right side.
    """
    known = {str(d.symbol).partition("[")[0] for d in claim.spec.symbols}
    lost = [letter for name in _told(record, claim) if name not in known and (letter := author_letter(name, record.docstring)) is not None]
    start, end = within
    latex = claim.formula.latex
    for some in [lost] if len(lost) < 2 else [lost, *([letter] for letter in lost)]:
        if some:
            joined = " + " if latex[start:end].lstrip()[:1] not in ("+", "-") else " "
            text = f"{latex[:start]}{' + '.join(some)}{joined}{latex[start:end]}{latex[end:]}"
            bound = bound_as(record, claim.formula, text, claim.spec.id)
            if bound is not None and {str(d.symbol) for d in claim.spec.symbols} < {str(d.symbol) for d in bound.spec.symbols}:
                return replace(
                    claim, spec=replace(claim.spec, symbols=bound.spec.symbols, where=bound.spec.where, origin=claim.spec.location)
                )
    return claim


def _told(record: Documented, claim: Bound) -> list[str]:
    """The symbols on the left side, those that the docstring or that of the class explains as parameters, and letters of parameters."""
    of_owner = lettered(record) if record.owner else {}
    context = Context(record, lettered=of_owner)
    reading = context.readings.get(claim.formula)
    found: dict[str, None] = {}
    for equation in reading.equations if isinstance(reading, Reading) else ():
        if isinstance(equation.left, Application):
            found |= dict.fromkeys(s.name for a in equation.left.arguments for s in a.free_symbols if isinstance(s, sp.Symbol))
    letters = (name for argument in record.arguments for name in (argument.name, *_LETTER.findall(argument.text)))
    named = [name for name in letters if len(name) == 1 or name in SYMBOLS]
    return list(found | dict.fromkeys((*context.bound, *of_owner, *named)))
