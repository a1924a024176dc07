"""Arrays whose name spells their entries: x, y and z are the entries of the parameter `xyz`, of which the text says `shape (..., 3)`."""

import inspect
import re
from dataclasses import replace

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.layout import Layout, Span
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Equation

_NAME = re.compile(r"[a-z]{2,4}")
_UNIT = re.compile(r"\b(?:unit|sphere|spherical|normali[sz]ed|direction|rotat\w+)\b", re.IGNORECASE)
"""Words that may say that a vector has the length one."""


_ORDER = re.compile(r"\border\w*|\brevers\w+|\bswap\w*|\bpermut\w+|\binstead of\b|\bconvention\w*", re.IGNORECASE)
"""Words that may say that the entries have another order than the letters."""


def with_spelled(context: Context, equation: Equation) -> tuple[Equation, tuple[Choice, ...]]:
    """Returns an equation with the entries of an array in place of the letters of its name, and the choices that this makes.

    Args:
        context: the docstring, with what the equation is about.
        equation: the equation as read.
    """
    known = {*context.parameters, *context.bound, *context.called, *context.legend, *context.constants}
    used = {symbol.name for symbol in equation.right.free_symbols if isinstance(symbol, sp.Symbol)}
    for name in _spelled(context):
        letters = [letter for letter in name if letter in used]
        if not letters or set(name) & known or name in used:
            continue
        put = {sp.Symbol(letter): sp.IndexedBase(sp.Symbol(name))[name.index(letter) + 1] for letter in letters}
        words = f"{name} has {len(name)} entries, and its name spells them"
        choice = Choice(about="reading", subject=", ".join(letters), value=f"entries of {name}", words=words, sure=Sure.SUGGESTED)
        return replace(equation, right=equation.right.xreplace(put), condition=equation.condition.xreplace(put)), (choice,)
    return equation, ()


def spelled_out(context: Context, value: sp.Expr) -> Layout:
    """Returns a value with the lengths of the arrays whose names spell their entries.

    Args:
        context: the docstring.
        value: the value.
    """
    used = {entry.base.label.name for entry in value.atoms(sp.Indexed)}
    spans: dict[str, Span] = {name: (sp.S.One, sp.Integer(len(name))) for name in _spelled(context) if name in used}
    return Layout(value=value, spans=spans)


def may_be_unit(context: Context, equation: Equation) -> tuple[Choice, ...]:
    """Returns that an array whose name spells its entries may have the length one, where words of the docstring suggest it.

    Args:
        context: the docstring.
        equation: the equation, with the entries of the array.
    """
    used = {entry.base.label.name for entry in equation.right.atoms(sp.Indexed)}
    said = _UNIT.search(context.record.docstring)
    return tuple(
        Choice(
            about="domain", subject="", value=sp.Eq(sum(base[k + 1] ** 2 for k in range(len(name))), 1), words=said[0], sure=Sure.SUGGESTED
        )
        for name in _spelled(context)
        if said is not None and name in used
        for base in (sp.IndexedBase(sp.Symbol(name)),)
    )


def _spelled(context: Context) -> list[str]:
    """The parameters without a default whose names have a letter for each entry, as the text gives their number."""
    if _ORDER.search(context.record.docstring):
        return []
    return [
        argument.name
        for argument in context.parameters.values()
        if argument.default is inspect.Parameter.empty
        and _NAME.fullmatch(argument.name)
        and len(set(argument.name)) == len(argument.name)
        and re.search(rf"\bshape\b\W*(?:math:`)?\(\s*(?:(?:\.\.\.|\\ldots|\\dots)\s*,)?\s*{len(argument.name)}\s*,?\s*\)", argument.text)
    ]
