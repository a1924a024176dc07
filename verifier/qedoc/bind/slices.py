"""Expands slices of an array into entries. The ends of the slices must fit, so that together they make up the axis."""

import re

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.layout import Layout
from qedoc.bind.records import Unranged
from qedoc.claims.target import resolve
from qedoc.errors import QedocError
from qedoc.read import Slice
from qedoc.sources.objects import own_docstring

_ELEMENTWISE = re.compile(r"\belement-?wise\b", re.IGNORECASE)


def elementwise(path: str) -> bool:
    """Whether a function's documentation says that it works elementwise."""
    try:
        return bool(_ELEMENTWISE.search(own_docstring(resolve(path))))
    except QedocError:
        return False


def entries(context: Context, value: sp.Expr) -> Layout:
    """Returns the entry of a value with sliced arrays, at an index counted from 0.

    Raises:
        Unranged: for slices of different lengths, and for slices that do not make up one axis.
    """
    slices = sorted(value.atoms(Slice), key=str)
    if not slices:
        return Layout(value=value)
    lengths = {sp.expand(last - first) for _, first, last in (part.args for part in slices)}
    names = {part.args[0].name for part in slices}
    if len(lengths) != 1 or len(names) != 1:
        raise Unranged(
            f"the slices {', '.join(map(str, slices))} do not have the same array and the same length", "write the entries with indices"
        )
    ends = {part.args[2] for part in slices} - {part.args[1] for part in slices}
    starts = {part.args[1] for part in slices} - {part.args[2] for part in slices}
    (length,), (name,) = lengths, names
    size = ends.pop() if len(ends) == 1 else None
    given = {*context.parameters, *context.bound}
    if not isinstance(size, sp.Symbol) or size.name in given or starts != {sp.S.Zero}:
        raise Unranged(
            f"the slices of {name} do not determine its length", "start the first slice at 0 and end the last one at the length of the axis"
        )
    taken = {symbol.name for symbol in value.atoms(sp.Symbol)}
    index = sp.Symbol(next(letter for letter in ("i", "j", "k", "position") if letter not in taken))
    base = sp.IndexedBase(sp.Symbol(name))
    return Layout(
        value=value.xreplace({part: base[part.args[1] + index] for part in slices}),
        entry=((index, (sp.S.Zero, length - 1)),),
        said={index.name: (sp.S.Zero, length - 1)},
        spans={name: (sp.S.Zero, size - 1)},
        where=(sp.Eq(sp.Mod(length, 1), 0, evaluate=False),),
        lengths=frozenset({size.name}),
    )
