r"""Formulas for one step, `y_{n+1} = y_n + h f(y_n, t_n)`, of a function that takes the values before the step and returns the next one."""

import re
from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from qedoc.bind.context import Context
from qedoc.interpret.choices import Choice, Sure
from qedoc.interpret.doubts import returned
from qedoc.read import Equation, Reading


def with_steps(context: Context, reading: Reading) -> Iterator[tuple[Reading, tuple[Choice, ...]]]:
    """Yields a reading in which the letters with the number of the step are parameters, if there is one, and the reading as it is.

    Args:
        context: the docstring.
        reading: the formulas of one display.
    """
    steps = {found for equation in reading.equations if (found := _next(equation)) is not None}
    if len(steps) == 1 and not context.record.owner:
        ((base, step),) = steps
        made = [_before(context, equation, base, step) for equation in reading.equations]
        if all(equation is not None for equation in made):
            words = f"{base}_{{{step}+1}} is conventionally {base} after one step"
            choice = Choice(
                about="reading", subject=f"the subscript {step}", value="the number of the step", words=words, sure=Sure.SUGGESTED
            )
            yield replace(reading, equations=tuple(one for one in made if one is not None), others=()), (choice,)
            if any(_NEXT.match(text) for text, _ in returned(context.lines)):
                return  # the text says that the function returns the next value
            words = f"{step} may be the index of an entry"
            other = Choice(about="reading", subject=f"the subscript {step}", value="an index", words=words, sure=Sure.POSSIBLE)
            yield reading, (other,)
            return
    yield reading, ()


_NEXT = re.compile(
    r"(?:\S+\s+)?(?:the|an?)\s+(?:updated|next|new|advanced)\s+(?:state|value|iterate|point|position|solution|estimate)s?\b", re.IGNORECASE
)
"""The beginning of what the text says of the result, perhaps after its type."""


def _next(equation: Equation) -> tuple[str, sp.Symbol] | None:
    """The letter of `y_{n+1}` on a left side, and the number of the step; None for another left side."""
    left = equation.left
    if not isinstance(left, sp.Indexed) or len(left.indices) != 1 or equation.entry:
        return None
    step = left.indices[0] - 1
    return (str(left.base.label), step) if isinstance(step, sp.Symbol) else None


def _before(context: Context, equation: Equation, base: str, step: sp.Symbol) -> Equation | None:
    """An equation with the parameters for their values before the step; None if the number of the step is something else in it."""
    known = {*context.parameters, *context.bound}
    put = {
        entry: entry.base.label for entry in equation.right.atoms(sp.Indexed) if entry.indices == (step,) and entry.base.label.name in known
    }
    right = equation.right.xreplace(put)
    if base not in known or step in right.free_symbols or step.name in known:
        return None
    if _next(equation) is None:
        return replace(equation, right=right) if not _has(equation.left, step) else None
    return replace(equation, left=sp.Symbol(f"{base}_next"), right=right)


def _has(left: object, step: sp.Symbol) -> bool:
    return isinstance(left, sp.Basic) and step in left.free_symbols
