"""Handles formulas without a left side that the following text identifies, such as 'This is our spence(1 - z)'."""

import inspect
import re

import sympy as sp

from qedoc.bind.context import Context
from qedoc.read import Reading, read
from qedoc.sources.docstrings import Formula

_IS = re.compile(r"^(?:This|It) is (?:our |the |then )?(?::\w+:)?`{0,2}(\w+)\(([^()]+)\)`{0,2}\s*\.?\s*$")


def restated(context: Context, formula: Formula, value: sp.Expr) -> tuple[sp.Expr, tuple[str, ...]]:
    """Rewrites a value in the function's own parameter, if the text equates it to the function at a linear expression of its symbol.

    Args:
        context: the docstring.
        formula: the formula as written.
        value: the value as read, of a formula without a left side.
    """
    said = _IS.match(_after(context, formula))
    required = [p.name for p in context.parameters.values() if p.default is inspect.Parameter.empty]
    if not said or said[1] not in context.own or len(required) != 1:
        return value, ()
    reading = read(said[2], context.names)
    argument = reading.equations[0].right if isinstance(reading, Reading) and len(reading.equations) == 1 else sp.nan
    symbols = argument.free_symbols
    if len(symbols) != 1 or symbols & set(map(sp.Symbol, context.parameters)):
        return value, ()
    (symbol,) = symbols
    slope, rest = sp.expand(argument).coeff(symbol, 1), sp.expand(argument).coeff(symbol, 0)
    if not slope.is_Rational or slope == 0 or sp.expand(slope * symbol + rest - argument) != 0 or symbol not in value.free_symbols:
        return value, ()
    own = sp.Symbol(required[0])
    return value.subs(symbol, sp.expand((own - rest) / slope)), (f"it is {said[1]}({said[2]}), as the text says",)


def _after(context: Context, formula: Formula) -> str:
    """The paragraph after a formula, in one line."""
    lines = context.record.docstring.split("\n")
    last = formula.latex.rpartition("\n")[2].strip()
    start = next((n for n in range(formula.line, len(lines)) if last and last in lines[n]), formula.line) + 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    found: list[str] = []
    while start < len(lines) and lines[start].strip():
        found.append(lines[start].strip())
        start += 1
    return " ".join(found)
