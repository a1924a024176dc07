r"""Reads entries at a parameter, such as the score `s_y` of the class y: the parameter is the position of the entry."""

from dataclasses import replace

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.read.brackets import fresh
from qedoc.read.parser import Parser
from qedoc.read.reading import Option, extent
from qedoc.read.scope import Scope, conventional_index, is_number_of


def pointer(scope: Scope, base: str, letter: str) -> bool:
    """Whether a letter as a subscript is the position of an entry, given as a parameter.

    Args:
        scope: what names mean.
        base: the name with the subscript.
        letter: the subscript.
    """
    given = letter in scope.symbols and letter not in scope.bound and letter not in scope.running
    if not given or f"{base}_{letter}" in scope.symbols:
        return False
    vector = base in scope.vectors or base in scope.families
    if not vector and base not in scope.symbols:
        return False
    entry = Option(value="an entry", why=f"{letter} is a parameter, and {base} may have entries", sure="suggested")
    if conventional_index(letter):
        entry = replace(entry, sure="possible")  # such a letter is often a number of a step
    name = Option(value="a name", why=f"{base}_{letter} may be a name of its own", sure="possible")
    if vector:
        entry = Option(value="an entry", why=f"{base} has entries, and {letter} is a parameter", sure="stated")
    chosen = scope.choose(f"the subscript {letter} of {base}", *((entry,) if vector else (entry, name)))
    if chosen == entry.value:
        scope.pointers.add(letter)
    return chosen == entry.value


def runs(scope: Scope, base: str, letter: str) -> bool:
    """Whether a letter as a subscript is an index that runs: it stands on the left side too, and its capital letter counts things.

    Args:
        scope: what names mean.
        base: the name with the subscript.
        letter: the subscript.
    """
    counts = conventional_index(letter) and letter in scope.running and is_number_of(scope.legend.get(letter.upper(), ""))
    if not counts or letter in scope.symbols or letter.upper() in scope.parameters or f"{base}_{letter}" in scope.parameters:
        return False
    why = f"{letter} is a subscript of the left side too, and {letter.upper()} is {scope.legend[letter.upper()]}"
    entry = Option(value="an entry", why=why, sure="suggested")
    name = Option(value="a name", why=f"{base}_{letter} may be a name of its own", sure="possible")
    return scope.choose(f"the subscript {letter} of {base}", entry, name) == entry.value


def numbered(scope: Scope, base: str, number: str) -> bool:
    """Whether a number as a subscript is the position of an entry, as in `w_2` beside the entries `x_i`.

    Args:
        scope: what names mean.
        base: the name with the subscript.
        number: the subscript.
    """
    whole = f"{base}_{number}"
    if scope.declared(whole):
        return False
    if base in scope.vectors or base in scope.families:
        return True
    if scope.explained(whole) or base not in scope.symbols or not (scope.vectors or scope.families):
        return False
    entry = Option(value="an entry", why=f"{base} may have entries", sure="suggested")
    name = Option(value="a name", why=f"{whole} may be a name of its own", sure="possible")
    return scope.choose(f"the subscript {number} of {base}", entry, name) == entry.value


def position(scope: Scope, name: str, first: sp.Expr) -> sp.Expr:
    """The value of an index whose first value is `first`, at the position that a parameter gives."""
    scope.pointers.add(name)
    scope.implied[sp.Eq(sp.Symbol(name), sp.floor(sp.Symbol(name)), evaluate=False)] = None
    zero = Option(value="counts from 0", why="positions count from 0 in Python", sure="suggested")
    one = Option(value="counts from 1", why="positions may count from 1, as in mathematics", sure="possible")
    offset = first if scope.choose(f"the position {name}", zero, one) == zero.value else first - 1
    return sp.Symbol(name) + offset


def pointed(parser: Parser, value: sp.Expr) -> sp.Expr:
    """The value with each entry at a parameter as a sum over the entries, of which one counts: `claims/unroll` writes it out."""
    scope = parser.scope
    put: dict[sp.Expr, sp.Expr] = {}
    names: list[sp.Symbol] = []
    for entry in sorted(value.atoms(sp.Indexed), key=str):
        if any(str(index) in scope.pointers for index in entry.indices):
            put[entry] = _chosen(parser, entry, value, names)
    return value.xreplace(put) if put else value


def _chosen(parser: Parser, entry: sp.Indexed, value: sp.Expr, names: list[sp.Symbol]) -> sp.Expr:
    scope = parser.scope
    indices, limits, here = list(entry.indices), [], []
    for place, index in enumerate(entry.indices):
        if str(index) not in scope.pointers:
            continue
        own = sp.Symbol(fresh(parser, value, *names))
        names.append(own)
        first, last = _ends(entry, place, value) or (sp.S.One, extent(own.name))
        at = position(scope, str(index), first)
        indices[place] = own
        limits.append((own, first, last))
        here.append(sp.Eq(own, at, evaluate=False))
        within = sp.Ge(index, first - (at - index)), sp.Le(at, last, evaluate=False)
        scope.implied |= dict.fromkeys(within)
    return sp.Sum(sp.Piecewise((entry.base[tuple(indices)], sp.And(*here)), (0, True), evaluate=False), *limits)


def _ends(entry: sp.Indexed, place: int, value: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """The first and last value of an index that runs over the same axis in the formula, where they are written."""
    for large in sorted(value.atoms(*LARGE), key=str):
        for index, first, last in large.limits:
            shared = any(
                e.base == entry.base and len(e.indices) == len(entry.indices) and e.indices[place] == index for e in large.atoms(sp.Indexed)
            )
            if shared and last != extent(str(index)):
                return first, last
    return None
