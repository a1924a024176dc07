r"""Channels of a batch: in `(x_i - \mathrm{E}[x_i]) \gamma_i`, the array x_i is a column of the batch, and \gamma_i a number."""

import re
from dataclasses import replace

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.entries import bases
from qedoc.bind.records import Obstruction
from qedoc.read import Equation, plain

_NAME = r"(\\?[A-Za-z]+)"
_ROWS = ("r", "row", "example")
_CHANNELS = ("c", "channel", "column")


def with_channels(context: Context, equation: Equation) -> Equation:
    """Returns an equation for each channel of a batch as one for its entries, of an example and of a channel.

    Args:
        context: the docstring.
        equation: the equation as read: the array of the batch has one index, and what has one number for each channel has none.

    Raises:
        Obstruction: if an array or a number of a channel is written without the index of the channel too.
    """
    letter = context.names.channel
    if not letter:
        return equation
    script = rf"_(?:\{{{letter}\}}|{letter})(?![A-Za-z])"
    named = {plain(name) for name in re.findall(_NAME + script, equation.latex)}
    without = {plain(name) for name in re.findall(rf"{_NAME}(?![A-Za-z])(?!{script})", equation.latex)}
    arrays = set(bases(equation.right))
    if mixed := sorted((named & without) | (arrays - named)):
        raise Obstruction(f"{mixed[0]} is written without the index {letter} of its channel", "write the index wherever it is")
    taken = {symbol.name for symbol in equation.right.atoms(sp.Symbol)}
    row, channel = (sp.Symbol(next(name for name in names if name not in taken)) for names in (_ROWS, _CHANNELS))
    stand_in = {entry: sp.Dummy() for entry in equation.right.atoms(sp.Indexed)}
    entries = {dummy: sp.IndexedBase(entry.base.label)[entry.indices[0], channel] for entry, dummy in stand_in.items()}
    numbers = {
        sp.Symbol(name): sp.IndexedBase(sp.Symbol(name))[(row, channel) if name in arrays else (channel,)]
        for name in named
        if name in {symbol.name for symbol in equation.right.xreplace(stand_in).free_symbols}
    }
    right = _put(equation.right, {entry: entries[dummy] for entry, dummy in stand_in.items()} | numbers)
    return replace(equation, right=right, entry=((row, None), (channel, None)))


def _put(value: sp.Expr, put: dict[sp.Basic, sp.Expr]) -> sp.Expr:
    """The value with entries in place of others and of symbols. The symbols inside of an entry are left alone."""
    if value in put:
        return put[value]
    if isinstance(value, sp.Sum | sp.Product):
        return value.func(_put(value.function, put), *value.limits)
    return value.func(*(_put(part, put) for part in value.args)) if value.args and not isinstance(value, sp.Indexed) else value
