r"""Reads the number of elements of a set that a condition describes: `|\{i : x_i > 0\}|` and `|\{m \in x : m \le t\}|`."""

from collections.abc import Sequence

import sympy as sp

from qedoc.read.brackets import fresh, split
from qedoc.read.cases import conditions
from qedoc.read.factor import Factor, Shape
from qedoc.read.parser import BRACKETS, Parser
from qedoc.read.reading import Obstacle, Option, extent
from qedoc.read.scope import conventional_index
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node, relation

_NOTATION = "the number of elements"
_SUGGESTION = r"write \sum_i \mathbb{1}[...]"


def size(parser: Parser, group: Group) -> Factor:
    """Reads bars around a set.

    Raises:
        Refused: for a set that is not described by an element, a colon and a condition.
    """
    parts = split(group.items, ":", "mid", "colon")
    if len(parts) != 2 or not all(parts) or not any(relation(node) for node in parts[1]):
        raise parser.refuse(Obstacle.UNSUPPORTED, "bars around a set", _SUGGESTION, group.start)
    element, described = parts
    letter = element[0]
    if not isinstance(letter, Token) or letter.kind is not Kind.WORD or len(letter.text) != 1:
        raise parser.refuse(Obstacle.UNSUPPORTED, "a set of something else than letters", _SUGGESTION, group.start)
    value = _of_indices(parser, group, letter, described) if len(element) == 1 else _of_entries(parser, group, element, described)
    return Factor(value=value, shape=Shape.BRACKET, start=group.start)


def _of_indices(parser: Parser, group: Group, letter: Token, described: Sequence[Node]) -> sp.Expr:
    """The number of indices for which a condition on entries holds."""
    condition = conditions(parser.inside(described, group.end), described)
    index = sp.Symbol(letter.text)
    used = any(entry.indices == (index,) for entry in condition.atoms(sp.Indexed))
    if not used or not conventional_index(letter.text) or parser.scope.declared(letter.text):
        raise parser.refuse(Obstacle.AMBIGUOUS, "a set of numbers, or of indices", _SUGGESTION, group.start)
    return _total(condition, index)


def _of_entries(parser: Parser, group: Group, element: Sequence[Node], described: Sequence[Node]) -> sp.Expr:
    """The number of entries of an array for which a condition holds. Equal entries are one element of a set."""
    letter, sign, *rest = element
    array = rest[0] if len(rest) == 1 and isinstance(rest[0], Token) and sign.is_macro("in") else None
    if array is None or not isinstance(letter, Token) or not parser.scope.declared(array.text) or parser.scope.declared(letter.text):
        raise parser.refuse(Obstacle.UNSUPPORTED, "a set of elements of something else than a parameter", _SUGGESTION, group.start)
    condition = conditions(parser.inside(described, group.end), described)
    parser.scope.vectors.add(array.text)
    entries = sp.IndexedBase(sp.Symbol(array.text))
    index = sp.Symbol(fresh(parser, condition))
    condition = condition.xreplace({sp.Symbol(letter.text): entries[index]})
    each = Option(value="counts each entry", why="an array may have equal entries", sure="suggested")
    different = Option(value="counts different entries", why="equal entries are one element of a set", sure="possible")
    if parser.scope.choose(_NOTATION, each, different) == different.value:
        earlier = sp.Symbol(fresh(parser, condition))
        same = sp.Piecewise((sp.S.One, sp.Eq(entries[earlier], entries[index])), (sp.S.Zero, True))
        condition = sp.And(condition, sp.Eq(sp.Sum(same, (earlier, sp.S.One, index - 1)), 0))
    return _total(condition, index)


def _total(condition: sp.Basic, index: sp.Symbol) -> sp.Expr:
    return sp.Sum(sp.Piecewise((sp.S.One, condition), (sp.S.Zero, True)), (index, sp.S.One, extent(index.name)))


BRACKETS["|{"] = size
