r"""Means that formulas write with a bar: beside the entries `x_i` of an array, `\bar x` is conventionally their mean.

Source: the usual notation of statistics, as in Wasserman, "All of Statistics" (2004).
"""

import re
from dataclasses import replace

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.context import Context
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Equation, Extent, extent, plain

_BAR = re.compile(r"(\w+)_bar")
_ACCENT = re.compile(r"_(?:hat|tilde)$")
r"""What an estimate of an array is called after it: `\hat y` beside `y` is no array of weights."""

_MEAN = re.compile(r"(?:(?:the|their|its|a|sample|arithmetic|empirical)\s+)*(?:mean|average)s?(?:\s+(?:value )?of\b.*)?\W*", re.IGNORECASE)
"""How a text explains a bar, if it does: `the sample mean of x`."""


def with_means(context: Context, equation: Equation) -> tuple[Equation, tuple[Choice, ...]]:
    r"""Returns the equation with the mean that each bar stands for, and the choices that this makes.

    A bar has another meaning if a parameter, a formula or the text gives it one, or if nothing sums over the entries below it. Beside an
    array without a bar, such as weights, nothing says which mean it is. An estimate of the array, `\hat x`, is none of these.

    Args:
        context: the docstring, with what the equation is about.
        equation: the equation as read.
    """
    right, made = _with_definitions(context, equation.right), list[Choice]()
    names = {symbol.name for symbol in right.free_symbols if isinstance(symbol, sp.Symbol)}
    if not any(_BAR.fullmatch(name) for name in names) or any(
        f"{_ACCENT.sub('', str(entry.base.label))}_bar" not in names for entry in right.atoms(sp.Indexed)
    ):
        return equation, ()
    for symbol in sorted((s for s in right.free_symbols if isinstance(s, sp.Symbol)), key=str):
        barred = _BAR.fullmatch(symbol.name)
        if barred is None or _is_something_else(context, symbol.name) or symbol in {e.base.label for e in right.atoms(sp.Indexed)}:
            continue
        mean = _mean(right, barred[1])
        if mean is not None:
            right = right.xreplace({symbol: mean})
            words = f"a bar beside entries of {barred[1]} is conventionally their mean"
            made.append(Choice(about="reading", subject=symbol.name, value=f"the mean of {barred[1]}", words=words, sure=Sure.SUGGESTED))
    return replace(equation, right=right), tuple(made)


def _with_definitions(context: Context, value: sp.Expr) -> sp.Expr:
    r"""A value with the definitions that contain a bar in place of their names: `SST = \sum_i (y_i - \bar y)^2`."""
    names = {symbol.name for symbol in value.free_symbols if isinstance(symbol, sp.Symbol)} & {*context.definitions}
    found = {name: context.definitions[name] for name in names}
    barred = {
        sp.Symbol(name): one.value
        for name, one in found.items()
        if not one.arguments and any(_BAR.fullmatch(str(symbol)) for symbol in one.value.free_symbols)
    }
    return value.xreplace(barred) if barred else value


def _is_something_else(context: Context, name: str) -> bool:
    text = context.legend.get(name, "")
    known = {*context.parameters, *context.bound, *context.called, *context.definitions, *context.constants}
    mentioned = any(not formula.display and plain(formula.latex) == name for formula in context.record.formulas)
    return name in known or bool((text or mentioned) and not _MEAN.fullmatch(text))


def _mean(value: sp.Expr, name: str) -> sp.Expr | None:
    """The mean of the entries of an array over which a sum of the value runs; None if there is no such sum, or several that differ."""
    base = sp.IndexedBase(sp.Symbol(name))
    ends = set[tuple[sp.Expr, sp.Expr]]()
    for total in value.atoms(*LARGE):
        for index, first, last in total.limits:
            if base[index] in total.function.atoms(sp.Indexed):
                ends.add((first, sp.Symbol("") if isinstance(last, Extent) else last))
    if len(ends) != 1 or any(len(entry.indices) != 1 for entry in value.atoms(sp.Indexed) if entry.base == base):
        return None
    ((first, last),) = ends
    taken = {symbol.name for symbol in value.atoms(sp.Symbol)}
    index = sp.Symbol(next(letter for letter in ("j", "k", "l", "m", *(f"i_{k}" for k in range(1, 99))) if letter not in taken))
    end = extent(index.name) if last == sp.Symbol("") else last
    return sp.Sum(base[index], (index, first, end)) / (end - first + 1)
