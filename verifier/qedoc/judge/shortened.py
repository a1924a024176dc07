"""Writes the values that code computes at a step as people do: a line for each, which uses the names of the others."""

from collections.abc import Mapping
from dataclasses import replace

import sympy as sp
from sympy.core.alphabets import greeks

from qedoc.algebra.recurrences import Recurrence
from qedoc.judge.describe import written
from qedoc.results.verdict import Formula


def valued(value: sp.Expr) -> sp.Expr:
    """A formula without the cases in which it has no value."""
    if not value.has(sp.Piecewise):
        return value
    parts = [valued(part) for part in value.args]
    if not isinstance(value, sp.Piecewise):
        return value.func(*parts)
    pieces = [(piece.expr, piece.cond) for piece in parts if piece.expr is not sp.nan]
    return pieces[0][0] if len(pieces) == 1 else sp.Piecewise(*pieces[:-1], (pieces[-1][0], True), evaluate=False)


def shortened(values: Mapping[sp.Indexed, sp.Expr]) -> dict[sp.Indexed, sp.Expr]:
    """Returns the values with the name of a value in place of it in larger ones.

    Args:
        values: the value of each name, in the inputs of the step and in values before it.
    """
    made: dict[sp.Indexed, sp.Expr] = {}
    for left, value in sorted(values.items(), key=lambda line: (sp.count_ops(line[1]), str(line[0]))):
        short = value
        for name in reversed(made):
            short = _put(short, values[name], name) if sp.count_ops(values[name]) else short
        made[left] = short
    return made


def ordered(lines: Mapping[sp.Indexed, sp.Expr]) -> list[tuple[sp.Indexed, sp.Expr]]:
    """Returns the lines with each after those that it uses, and else in the given order."""
    done: dict[sp.Indexed, sp.Expr] = {}

    def visit(left: sp.Indexed) -> None:
        for other in lines:
            if other not in done and other != left and lines[left].has(other):
                visit(other)
        done.setdefault(left, lines[left])

    for left in lines:
        visit(left)
    return list(done.items())


def _put(value: sp.Expr, whole: sp.Expr, name: sp.Indexed) -> sp.Expr:
    """A formula with a name in place of a part."""
    if value == whole:
        return name
    if not value.args or isinstance(value, sp.Indexed):
        return value
    parts = [_put(part, whole, name) for part in value.args]
    if isinstance(value, sp.Add) and isinstance(whole, sp.Add):
        for sign in (1, -1):
            own = {sign * term for term in whole.args}
            if own < set(parts):
                return sp.Add(sign * name, *(part for part in parts if part not in own))
    return value if parts == list(value.args) else value.func(*parts)


def presented(value: sp.Expr | Recurrence) -> Formula:
    """Writes a formula or a rule in the notations that readers use. Words are upright, with a thin space between factors."""
    symbols = {s for part in (value, *value.args) for s in part.atoms(sp.Symbol)}
    words = {s: _word(s.name) for s in symbols if not _is_letter(s.name)}
    between = r"\, " if words else None
    return replace(written(value), latex=sp.latex(value, symbol_names=words, mul_symbol=between))


def _word(name: str) -> str:
    """A name of several letters in LaTeX, with its number as an index."""
    word = name.rstrip("0123456789")
    index = f"_{{{name[len(word) :]}}}" if word != name else ""
    return rf"\mathrm{{{word.rstrip('_' if index else '').replace('_', chr(92) + '_')}}}{index}"


def _is_letter(name: str) -> bool:
    """Whether a name is a letter, Greek or not, perhaps with an index."""
    letter = name.rstrip("0123456789").partition("_")[0]
    return len(letter) == 1 or letter.removeprefix("var") in greeks
