"""What a formula of a docstring is about: the object, one of its methods or properties, or a derivative."""

import re
from dataclasses import replace

from qedoc.bind.context import Context
from qedoc.bind.gradients import gradient, views
from qedoc.bind.layers import next_state
from qedoc.bind.members import Aim, aims
from qedoc.bind.metrics import metric
from qedoc.bind.moments import by_moments
from qedoc.bind.normed import norm
from qedoc.bind.opened import opened
from qedoc.bind.samplers import densities
from qedoc.bind.schedules import value_after_steps
from qedoc.interpret.choices import Choice
from qedoc.read import Equation
from qedoc.sources import markup
from qedoc.sources.docstrings import Documented, Formula, about, of_metric

_UNDERLINE = re.compile(r"\s*([-=~^])\1{2,}\s*$")
"""The line below the title of a section."""


def aimed(context: Context, formula: Formula, equation: Equation) -> list[tuple[Context, tuple[Choice, ...]]]:
    """Returns what an equation can be about, the likeliest first: the docstring with a method, a property or a derivative.

    Args:
        context: the docstring.
        formula: the formula.
        equation: an equation of it.

    Returns:
        a context for each, with the choices that it makes; empty for a derivative of something else.
    """
    record = context.record
    words = introduction(context, formula)
    if gradient(equation.left) is not None:
        return views(context, equation, words)
    if not record.owner:
        return densities(context, equation, words) or [(context, ())]
    member = "" if record.owner == record.name else record.name.rpartition(".")[2]
    member = "" if member == "__init__" else member  # it documents the object
    stepped = None if member else value_after_steps(record.owner, equation.left, words)
    if stepped is None and not member and (states := next_state(context.record, equation.left)):
        return [(_about(context, aim), ()) for aim in states]
    if not member and (measured := metric(context, equation)) is not None:
        of, made = measured
        return [(_about(context, of) if made is None else _seen(context, of, of_metric(record, made)), ())]
    own = None if member else by_moments(context, equation) or norm(record.owner, equation.left, formula.latex)
    aim = stepped or own or next(aims(record.owner, member, equation.left, words), None)
    if not member and (aim is None or not aim.by_head):
        aim = opened(record.owner, equation.left) or aim
    return [(context if aim is None else _about(context, aim), ())]


def _about(context: Context, aim: Aim) -> Context:
    """The docstring, about a method or property of its object."""
    known = context.members.get(aim.member)
    return _seen(context, aim, about(context.record, aim.member) if known is None else known.record)


def _seen(context: Context, aim: Aim, record: Documented) -> Context:
    """The docstring, about the part of its object that a record describes."""
    if aim.member not in context.members:
        context.members[aim.member] = replace(context, record=record, members={})
    return context.members[aim.member].interpreted(aim=aim)


def introduction(context: Context, formula: Formula) -> str:
    """The last words before a formula, from the last full stop or display on."""
    lines = context.lines[: formula.line]
    before = [block.last for block in markup.blocks(context.lines) if block.last < formula.line]
    lines = lines[max(before, default=-1) + 1 :]
    heads = [number for number, line in enumerate(lines) if _UNDERLINE.match(line)]
    lines = lines[max(heads, default=-1) + 1 :]
    text = " ".join(" ".join(line for line in lines if not markup.FENCED.match(line)).split())
    text = re.sub(r"(?:\.\. math ?::|::)\s*$", "", text).strip()
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)[-1]
