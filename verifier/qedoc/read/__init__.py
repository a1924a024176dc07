"""Reads LaTeX as SymPy: returns an expression, or the place in the formula that cannot be read."""

from dataclasses import replace

import sympy as sp

from qedoc.read import applications, brackets, cases, counts, hypergeometric, names, norms, operators, scripts
from qedoc.read.backslashes import halved
from qedoc.read.cases import conditions
from qedoc.read.choices import Options, all_readings
from qedoc.read.imaginary import UNIT
from qedoc.read.listening import reading
from qedoc.read.macros import Written, tokens
from qedoc.read.matrices import SYMMETRIC, TRIANGULAR, WHOLE, DeterminantOf, EntryAt, InverseEntry
from qedoc.read.parser import Parser
from qedoc.read.plain_math import plain_tokens
from qedoc.read.reading import (
    Application,
    Equation,
    Extent,
    Macro,
    Names,
    NotAClaim,
    Obstacle,
    Position,
    Reading,
    Refused,
    Silence,
    Silent,
    Unreadable,
    extent,
)
from qedoc.read.relations import related
from qedoc.read.repair import attempted, repaired
from qedoc.read.scope import DEFINED, Scope, conventional_index, is_number_of, plain
from qedoc.read.slices import Slice
from qedoc.read.statement import definitions, equations
from qedoc.read.tree import Node, nest
from qedoc.read.undefined import choose, supposing
from qedoc.sources.markup import COMMENT, PLAIN, WORDS
from qedoc.sources.worded import formula_of

__all__ = [
    "PLAIN",
    "SYMMETRIC",
    "TRIANGULAR",
    "UNIT",
    "WHOLE",
    "Application",
    "DeterminantOf",
    "EntryAt",
    "Equation",
    "Extent",
    "InverseEntry",
    "Macro",
    "Names",
    "NotAClaim",
    "Obstacle",
    "Position",
    "Reading",
    "Silence",
    "Slice",
    "Unreadable",
    "conventional_index",
    "defined",
    "extent",
    "is_number_of",
    "plain",
    "read",
    "read_condition",
]

RULES = (applications, brackets, cases, counts, hypergeometric, names, norms, operators, scripts)
"""The modules with the grammar rules. Importing a module registers its rules."""


def defined(latex: str, names: Names, notation: str = "") -> Names:
    """Adds the names that the left sides of a formula define, such as `p_t = ...` and `f_{pdf}(x) = ...`, to the known names."""

    def one(known: Names) -> tuple[set[str], set[str], Names]:
        nodes, told, _ = _nodes(latex, known, notation)
        return *definitions(nodes, Scope(told, nodes)), told

    try:
        functions, symbols, told = supposing(latex, names, one)
        names = replace(names, macros={name: macro for name, macro in told.macros.items() if name not in told.supposed})
    except (Refused, Silent, RecursionError):
        return names
    legend = dict.fromkeys(sorted(symbols - set(names.parameters)), DEFINED) | dict(names.legend)
    return replace(names, functions=names.functions | functions, legend=legend)


def _nodes(text: str, names: Names, notation: str, *, halve: bool = False) -> tuple[tuple[Node, ...], Names, Written | None]:
    """The tree of a formula, the names with what it says about them, and how LaTeX is written."""
    if notation not in (PLAIN, WORDS):
        written = tokens(text, names, halve=halve)
        return nest(written.tokens), replace(names, macros=written.macros), written
    if notation == WORDS:
        text = formula_of(text)
    plainly, told = plain_tokens(text, names)
    return nest(plainly), told, None


def read_condition(latex: str, names: Names, notation: str = "") -> sp.Basic | Unreadable:
    r"""Reads a condition on its own, such as `0 \le p \le 1` in the text next to a formula.

    Args:
        latex: one or more relations.
        names: what is known about the names in it.
        notation: `plain` for plain text.
    """
    try:
        nodes, names, written = _nodes(latex, names, notation)
        scope = Scope(names, nodes)
        scope.open |= written.options if written is not None else {}
        found = conditions(Parser((), scope, len(latex)), nodes)
        _check_one_reading(scope)
    except Refused as refused:
        return refused.at(latex)
    except RecursionError:
        return Refused(Obstacle.LIMIT, "too deeply nested here", 0, "define names for the inner parts").at(latex)
    return found


def _check_one_reading(scope: Scope) -> None:
    """Refuses a condition with a notation that has several readings."""
    for notation, ways in scope.open.items():
        if len(ways) > 1:
            what = f"{notation}: {' or '.join(way.value for way in ways)}"
            raise Refused(Obstacle.AMBIGUOUS, what, 0, "write it in another way")


def read(latex: str, names: Names, notation: str = "") -> Reading | Unreadable | NotAClaim:
    r"""Reads one display or inline formula.

    Args:
        latex: the formula, with or without `$` or `\[` around it.
        names: what is known about the names in it. This distinguishes products, function calls and entries.
        notation: `plain` for plain text, `words` for a sentence, `comment` for a formula that is not printed; empty for LaTeX.
    """
    if notation == COMMENT:
        what = "Sphinx does not print this formula: '.. math:' with one colon is a comment"
        return Refused(Obstacle.MALFORMED, what, 0, "write '.. math::'").at(latex)
    if notation == WORDS:
        found = read(formula_of(latex), names, PLAIN)
        return replace(found, offset=0, line=1, column=1) if isinstance(found, Unreadable) else found

    def one(text: str, known: Names, options: Options) -> Reading | NotAClaim:
        return _read(text, known, options, notation)

    def single(text: str, known: Names, options: Options) -> Reading | NotAClaim:
        return _read(text, known, options, notation, halve=True)

    try:
        return supposing(latex, names, lambda known: all_readings(latex, known, one))
    except Silent as silent:
        return silent.finding
    except Refused as refused:
        if notation == PLAIN:
            return refused.at(latex)
        reading = attempted(lambda: all_readings(latex, names, single)) if halved(latex).dropped else None
        if reading is not None:
            return reading
        return repaired(latex, refused.at(latex), lambda text: all_readings(text, names, one))
    except RecursionError:
        return Refused(Obstacle.LIMIT, "too deeply nested here", 0, "define names for the inner parts").at(latex)


def _read(latex: str, names: Names, options: Options, notation: str, *, halve: bool = False) -> Reading | NotAClaim:
    """Reads a formula, or says what it is if it states no value. Adds the notations with several readings to `options`."""
    nodes, told, written = _nodes(latex, names, notation, halve=halve)
    if not nodes and told.macros != names.macros:
        return NotAClaim(silence=Silence.NOTATION, why="the formula defines commands")
    names = told
    if written is not None:
        options.update(written.options)
    known = related(nodes, names, Scope(names, nodes), read=True)
    if known is not None:
        return known
    scope = Scope(names, nodes)
    options.update(scope.open)
    scope.open = options
    choose(scope, names.supposed)
    if written is not None and written.doubled:
        scope.notes["doubled backslashes are read as single ones"] = None
    try:
        with reading(latex):
            return Reading(equations=equations(nodes, scope, latex), notes=tuple(scope.notes))
    except Refused:
        known = related(nodes, names, Scope(names, nodes), read=False)
        if known is None:
            raise
        return known
