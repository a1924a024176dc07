"""Letters with a number are entries of an array: `x_1` and `x_2` in `f(x) = (1 - x_1)^2 + (x_2 - x_1^2)^2`, which has two entries.

Numbers of subscripts count from 1, unless the entry 0 is written. That they count from 0, and that the formula leaves the entry 0 out, is
another reading.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.layout import Layout
from qedoc.bind.symbols import direct
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Application, EntryAt, Equation

_NUMBERED = re.compile(r"(?P<letter>\w+?)_(?P<number>\d)")
_SHAPE = re.compile(r"\bshape\b\W*(?:math:`)?\(\s*(?:(?:\.\.\.|\\ldots|\\dots)\s*,)?\s*(?P<length>\d+)\s*,?\s*\)", re.IGNORECASE)


def with_numbered(context: Context, equation: Equation) -> Iterator[tuple[Equation, tuple[Choice, ...]]]:
    """Yields an equation with the entries of an argument in place of its letter with numbers, for each number that may be the first.

    A letter with a number that is a symbol of its own is left alone: a parameter, or one that the text explains or defines.

    Args:
        context: the docstring, with what the equation is about.
        equation: the equation as read.
    """
    equation = _of_result(equation)
    found = [(letter, numbers) for letter, numbers in _numbered(context, equation).items() if _are_all(numbers)]
    if len(found) != 1 or not isinstance(equation.right, sp.Expr):
        yield equation, ()
        return
    ((letter, numbers),) = found
    base = sp.IndexedBase(sp.Symbol(letter))
    put = {sp.Symbol(f"{letter}_{number}"): base[number] for number in numbers}
    usual = min(numbers)
    last = _last(context, letter, numbers)
    subject = ", ".join(f"{letter}_{number}" for number in numbers)
    for first in range(usual + 1)[::-1]:
        why = f"{subject} are the entries of {letter}" + ("" if first == usual else f", and the entry {letter}_0 is not used")
        sure = Sure.SUGGESTED if first == usual else Sure.POSSIBLE
        choice = Choice(about="reading", subject=subject, value=f"entries of {letter}, counted from {first}", words=why, sure=sure)
        yield (
            replace(
                equation, right=equation.right.xreplace(put), condition=equation.condition.xreplace(put), spans=((letter, first, last),)
            ),
            (choice,),
        )


def numbered(equation: Equation, value: sp.Expr) -> Layout:
    """Returns a value with the lengths of the arrays whose entries an equation writes as letters with numbers.

    Args:
        equation: the equation.
        value: its value.
    """
    return Layout(value=value, spans={letter: (sp.Integer(first), sp.Integer(last)) for letter, first, last in equation.spans})


def _of_result(equation: Equation) -> Equation:
    r"""The equation with the entries of a listed result in its condition: `\theta = [a, -b], \quad \theta_2 < 0` holds for `-b < 0`.

    That the last entry has the number of entries tells that they count from 1.
    """
    left, right = equation.left, equation.right
    if not isinstance(left, sp.Symbol) or not isinstance(right, EntryAt) or len(equation.entry) != 1 or equation.entry[0][1] is None:
        return equation
    first, last = equation.entry[0][1]
    listed = right.args[1:]
    if first != 1 or last != len(listed) or sp.Symbol(f"{left}_{last}") not in equation.condition.free_symbols:
        return equation
    put = {sp.Symbol(f"{left}_{number}"): value for number, value in enumerate(listed, start=1)}
    return replace(equation, condition=equation.condition.xreplace(put))


def _numbered(context: Context, equation: Equation) -> dict[str, list[int]]:
    """The numbers that are written as the subscripts of an argument on the left side, by its letter."""
    left = equation.left
    heads = {str(argument) for argument in left.arguments} if isinstance(left, Application) and not left.variable else set[str]()
    known = {*context.parameters, *context.bound, *context.called, *context.legend, *context.constants, *context.definitions}
    known |= {name.replace("_", "") for name in context.parameters}
    used = {symbol.name for symbol in equation.right.free_symbols if isinstance(symbol, sp.Symbol)}
    indexed = {entry.base.label.name for entry in equation.right.atoms(sp.Indexed)}
    found: dict[str, list[int]] = {}
    for name in sorted(used):
        if (parts := _NUMBERED.fullmatch(name)) is None:
            continue
        letter = parts["letter"]
        if letter not in heads or letter in used | indexed or name in known or f"{letter}{parts['number']}" in known:
            return {}
        if not direct(context, letter):
            return {}
        found.setdefault(letter, []).append(int(parts["number"]))
    return found


def _are_all(numbers: list[int]) -> bool:
    """Whether numbers are those of two or more entries from the first one on."""
    return len(numbers) > 1 and numbers[0] in (0, 1) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _last(context: Context, letter: str, numbers: list[int]) -> int:
    """The number of the last entry. The text may say that there are more entries than the formula uses."""
    said = _SHAPE.search(context.parameters[direct(context, letter)].text)
    return max(numbers[-1], numbers[0] + int(said["length"]) - 1) if said is not None else numbers[-1]
