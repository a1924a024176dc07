"""Handles formulas without a left side that the following text identifies, such as 'This is our spence(1 - z)'."""

import inspect
import re

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.records import Obstruction
from qedoc.read import Reading, read
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula

_IS = re.compile(r"^(?:This|It) is (?:our |the |then )?(?::\w+:)?`{0,2}(\w+)\(([^()]+)\)`{0,2}\s*\.?\s*$")


def restated(context: Context, formula: Formula, value: sp.Expr) -> tuple[sp.Expr, tuple[str, ...]]:
    """Rewrites a value in the function's own parameter, if the text equates it to the function at a linear expression of its symbol.

    Args:
        context: the docstring.
        formula: the formula as written.
        value: the value as read, of a formula without a left side.

    Raises:
        Obstruction: if the text equates it to the function at something else.
    """
    said = _IS.match(_after(context, formula))
    required = [p.name for p in context.parameters.values() if p.default is inspect.Parameter.empty]
    if not said or said[1] not in context.own or len(required) != 1:
        return value, ()
    reading = read(said[2], context.names)
    argument = reading.equations[0].right if isinstance(reading, Reading) and len(reading.equations) == 1 else sp.nan
    own = sp.Symbol(required[0])
    if argument == own:
        return value, ()
    symbols = list(argument.free_symbols)
    symbol = symbols[0] if len(symbols) == 1 else own
    slope, rest = sp.expand(argument).coeff(symbol, 1), sp.expand(argument).coeff(symbol, 0)
    linear = slope.is_Rational and slope != 0 and sp.expand(slope * symbol + rest - argument) == 0
    if not linear or symbol.name in context.parameters or symbol not in value.free_symbols:
        what = f"the text says that the formula is {said[1]}({said[2]}), and that does not tell the value at {own}"
        raise Obstruction(what, f"write the formula for {said[1]}({own})", Verdict.UNDECIDED)
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
