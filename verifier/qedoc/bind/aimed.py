"""The docstring of a class, a method or a property, read as about one method or property."""

import re
from dataclasses import replace

from qedoc.bind.context import Context
from qedoc.bind.members import aims
from qedoc.read import Equation
from qedoc.sources import markup
from qedoc.sources.docstrings import Formula, about


def aimed(context: Context, formula: Formula, equation: Equation) -> Context:
    """Returns the context of an equation: for an object, with the method or property that the equation is about.

    Args:
        context: the docstring.
        formula: the formula.
        equation: an equation of it.
    """
    record = context.record
    if not record.owner:
        return context
    member = "" if record.owner == record.name else record.name.rpartition(".")[2]
    aim = next(aims(record.owner, member, equation.left, introduction(context, formula)), None)
    if aim is None:
        return context
    if aim.member not in context.members:
        context.members[aim.member] = replace(context, record=about(record, aim.member), members={})
    return context.members[aim.member].interpreted(aim=aim)


def introduction(context: Context, formula: Formula) -> str:
    """The last words before a formula, from the last full stop or display on."""
    lines = context.lines[: formula.line]
    before = [block.last for block in markup.blocks(context.lines) if block.last < formula.line]
    text = " ".join(" ".join(lines[max(before, default=-1) + 1 :]).split())
    text = re.sub(r"(?:\.\. math ?::|::)\s*$", "", text).strip()
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)[-1]
