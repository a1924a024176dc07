r"""Numbers of entries that formulas write with a letter alone: in `\frac{1}{n} \sum_i x_i`, n is conventionally the length of x.

Source: the usual notation of statistics, as in Wasserman, "All of Statistics" (2004).
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.context import Context
from qedoc.bind.conventions import is_usual
from qedoc.bind.symbols import direct
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Equation, Extent, extent

_LETTERS = ("n", "N")
"""The usual letters of a number of entries."""


def with_counts(context: Context, equation: Equation) -> Iterator[tuple[Equation, tuple[Choice, ...]]]:
    r"""Yields the readings of an equation with what `n` conventionally stands for beside sums over entries, each with its choices.

    If a parameter is left that `n` could be, but that is not called like a number of entries, both readings are possible: with the
    parameter first, and with the length.

    Args:
        context: the docstring, with what the equation is about.
        equation: the equation as read.
    """
    letter, array = _counting(context, equation)
    left = _left_for(context, equation, letter) if letter else ()
    if not letter or left:
        yield equation, ()
    if letter and not any(is_usual(letter, name) for name in left):
        yield _with_length(equation, letter, array, Sure.POSSIBLE if left else Sure.SUGGESTED)


def _counting(context: Context, equation: Equation) -> tuple[str, str]:
    """The letter that may be a number of entries, and the array that it counts; empty if there is none.

    The letter has another meaning if the text mentions it. Beside sums over several arrays, or over entries that satisfy a condition,
    nothing says what it counts.
    """
    right = equation.right
    names = {symbol.name for symbol in right.free_symbols if isinstance(symbol, sp.Symbol)} - {
        entry.base.label.name for entry in right.atoms(sp.Indexed)
    }
    letters = [letter for letter in _LETTERS if letter in names]
    array = _summed(right)
    if len(letters) != 1 or not array or _has_a_meaning(context, equation, letters[0]):
        return "", ""
    return letters[0], array


def _with_length(equation: Equation, letter: str, array: str, sure: Sure) -> tuple[Equation, tuple[Choice, ...]]:
    """The equation with the length of an array for a letter, and this choice."""
    right = equation.right
    taken = {symbol.name for symbol in right.atoms(sp.Symbol)}
    total, index, first = next(_outermost(right))
    inner = sp.Symbol(next(f"{index}_{k}" for k in range(1, 99) if f"{index}_{k}" not in taken))
    renamed = total.func(total.function.xreplace({index: inner}), (inner, first, extent(inner.name)))
    put = {sp.Symbol(letter): extent(inner.name) - first + 1, total: renamed}
    words = f"{letter} beside a sum over the entries of {array} is conventionally their number"
    choice = Choice(about="reading", subject=letter, value=f"the length of {array}", words=words, sure=sure)
    return replace(equation, right=right.xreplace(put)), (choice,)


def _outermost(value: sp.Basic) -> Iterator[tuple[sp.Expr, sp.Symbol, sp.Expr]]:
    """The sums of a value that are in no other sum, each with its index and the first value of it; only those over a whole axis."""
    if not isinstance(value, LARGE):
        for part in value.args:
            yield from _outermost(part)
    elif len(value.limits) == 1 and isinstance(value.limits[0][2], Extent):
        yield value, value.limits[0][0], value.limits[0][1]


def _summed(value: sp.Expr) -> str:
    """The only array over whose entries the sums of a value run; empty if there are several, or none."""
    found = set[str]()
    for total, index, _ in _outermost(value):
        conditions = [condition for choice in total.function.atoms(sp.Piecewise) for _, condition in choice.args]
        if any(condition.has(sp.Indexed) for condition in conditions):
            return ""
        found |= {entry.base.label.name for entry in total.function.atoms(sp.Indexed) if index in entry.indices}
    single = all(len(entry.indices) == 1 for entry in value.atoms(sp.Indexed))
    return found.pop() if single and len(found) == 1 else ""


def _has_a_meaning(context: Context, equation: Equation, letter: str) -> bool:
    """Whether a letter is something by its name, by the text or by another formula, or stands where no length does."""
    known = {*context.parameters, *context.bound, *context.called, *context.definitions, *context.constants, *context.legend}
    entries = {symbol for entry in equation.right.atoms(sp.Indexed) for index in entry.indices for symbol in index.free_symbols}
    ends = {symbol for total in equation.right.atoms(*LARGE) for limits in total.limits for end in limits for symbol in end.free_symbols}
    known |= {*context.said_lengths, *(symbol.name for symbol in (entries | ends | equation.condition.free_symbols))}
    return letter in known or bool(direct(context, letter)) or _mentions(context, letter)


def _mentions(context: Context, letter: str) -> bool:
    """Whether the text mentions a letter outside of the displays."""
    word = re.compile(rf"(?<![\w\\]){letter}(?!\w)")
    displays = [formula.latex for formula in context.record.formulas if formula.display and formula.line]
    texts = (context.record.docstring, *context.record.beside)
    return sum(len(word.findall(text)) for text in texts) > sum(len(word.findall(latex)) for latex in displays)


def _left_for(context: Context, equation: Equation, letter: str) -> tuple[str, ...]:
    """The parameters that a letter could be: required ones that no other symbol is, and those that it conventionally is."""
    symbols = {symbol.name for symbol in equation.right.free_symbols if isinstance(symbol, sp.Symbol)} - {letter}
    symbols |= {entry.base.label.name for entry in equation.right.atoms(sp.Indexed)}
    told = {direct(context, name) for name in symbols}
    unknown = [name for name in symbols if not direct(context, name)]
    left = [p for p in context.parameters.values() if p.name not in {*told, *context.settings}]
    left = [p for p in left if not any(is_usual(name, p.name) for name in unknown)]
    return tuple(p.name for p in left if p.default is inspect.Parameter.empty or is_usual(letter, p.name))
