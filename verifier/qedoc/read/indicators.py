r"""Reads indicators: `\mathbb{1}[x > 0]`, `1_{x > 0}`, `\mathbf{1}_{[0, 1]}(x)`, `\mathbb{I}(x > 0)` and Iverson's bracket `[x > 0]`."""

from collections.abc import Sequence

import sympy as sp

from qedoc.read.brackets import entry, fresh, square
from qedoc.read.cases import conditions
from qedoc.read.columns import TRANSPOSES
from qedoc.read.factor import Factor, Shape, has_vector
from qedoc.read.matrices import COLUMN, has_product, kind
from qedoc.read.memberships import membership
from qedoc.read.parser import BRACKETS, NUMBERS, Parser
from qedoc.read.reading import Obstacle, Refused, extent
from qedoc.read.scope import spelled_all
from qedoc.read.scripts import collect
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node, relation

FONTS = frozenset({"mathbb", "mathbf", "boldsymbol", "bm", "mathds", "mathbbm"})
"""Fonts that set a 1 as an indicator."""

_STATED = frozenset({"=", "<", "<=", ">", ">=", "!=", "in"})


def states(items: Sequence[Node]) -> bool:
    """Whether nodes are a condition: they have a relation outside of brackets."""
    return any(relation(node) in _STATED for node in items)


def bold_one(parser: Parser, token: Token) -> Factor:
    """Reads the condition of a bold 1.

    A transposed one is a vector of ones.

    Raises:
        Refused: if it has none.
    """
    scripts = collect(parser)
    group = parser.peek()
    if scripts.upper is not None and spelled_all(scripts.upper) in TRANSPOSES and _is_length(scripts.lower):
        return _ones(parser, token)
    if scripts.upper is None and scripts.lower is not None:
        return _of(parser, token, scripts.lower, scripts.lower_at)
    if scripts.upper is None and isinstance(group, Group) and group.opener in ("[", "(", r"\{"):
        parser.take()
        return _indicator(conditions(parser.within(group), group.items), token)
    what = "a bold 1 without a condition: a number, or an indicator"
    raise Refused(Obstacle.AMBIGUOUS, what, token.start, "write its condition in brackets")


def _is_length(nodes: Sequence[Node] | None) -> bool:
    """Whether the subscript of a vector of ones is its length: a number or a small letter. A capital letter may be a set."""
    text = spelled_all(nodes or ())
    return not text or text.isdigit() or (len(text) == 1 and text.islower())


def _ones(parser: Parser, token: Token) -> Factor:
    r"""Reads `\mathbf{1}^\top x`, the sum of the entries of what follows. A lone letter in it can only be an array."""
    if not parser.starts():
        raise Refused(Obstacle.MALFORMED, "a transposed vector of ones without an operand", token.start, "write the sum with an index")
    at = parser.at
    value, scope = parser.factor().value, parser.scope
    letters = {symbol.name for symbol in value.free_symbols if isinstance(symbol, sp.Symbol)} - set(scope.constants)
    if not has_vector(value, scope) and len(letters) == 1:
        scope.vectors |= letters
        parser.at = at
        value = parser.factor().value
    if kind(value, scope) != COLUMN or has_product(value):
        what = "a vector of ones, transposed, before something that is not known to be a vector"
        raise Refused(Obstacle.AMBIGUOUS, what, token.start, "write the sum with an index")
    index = fresh(parser, value)
    total = sp.Sum(entry(parser, value, index, token.start), (sp.Symbol(index), 1, extent(index)))
    return Factor(value=total, shape=Shape.OTHER, start=token.start, scripted=True)


def letter_one(parser: Parser, name: str, token: Token) -> Factor | None:
    r"""Reads `\mathbb{I}(x > 0)` and `I[x > 0]`: a bracket with a condition after an I. None, with nothing read, for anything else."""
    group = parser.peek()
    free = not parser.scope.declared(name) and name not in parser.scope.functions
    if name != "I" or not free or not isinstance(group, Group) or group.opener not in ("[", "(", r"\{") or not states(group.items):
        return None
    parser.take()
    return _indicator(conditions(parser.within(group), group.items), token)


def _plain_one(parser: Parser, token: Token) -> Factor | None:
    """Reads `1_{x > 0}` and `1[x > 0]`. None, with nothing read, for any other number."""
    mark, node = parser.peek(), parser.peek(1)
    if token.text == "1" and isinstance(mark, Group) and mark.opener in ("[", r"\{") and states(mark.items):
        parser.take()
        return _indicator(conditions(parser.within(mark), mark.items), token)
    if token.text != "1" or mark is None or not mark.is_char("_") or not isinstance(node, Group) or node.opener != "{":
        return None
    braces = node.items[0] if len(node.items) == 1 else None
    if not states(node.items) and not isinstance(braces, Group):
        return None
    scripts = collect(parser)
    assert scripts.lower is not None  # for mypy: the mark is there
    return _of(parser, token, scripts.lower, scripts.lower_at)


def _of(parser: Parser, token: Token, nodes: Sequence[Node], start: int) -> Factor:
    """An indicator whose condition, or whose set, stands below it."""
    inner = nodes[0] if len(nodes) == 1 else None
    if isinstance(inner, Group) and inner.opener == r"\{" and states(inner.items):
        nodes = inner.items
    if states(nodes):
        return _indicator(conditions(parser.inside(nodes, start), nodes), token)
    group = parser.peek()
    if not isinstance(inner, Group) or not isinstance(group, Group) or group.opener != "(":
        raise Refused(Obstacle.UNSUPPORTED, "an indicator of a set without its argument", token.start, "write its condition in brackets")
    parser.take()
    return _indicator(membership(parser, parser.within(group).value(), nodes), token)


def _indicator(condition: sp.Basic, token: Token) -> Factor:
    return Factor(value=sp.Piecewise((sp.S.One, condition), (sp.S.Zero, True)), shape=Shape.CALL, start=token.start)


def _square(parser: Parser, group: Group) -> Factor:
    """A square bracket: Iverson's, if it holds a condition, or one for grouping."""
    if not states(group.items):
        return square(parser, group)
    condition = conditions(parser.within(group), group.items)
    return Factor(value=sp.Piecewise((sp.S.One, condition), (sp.S.Zero, True)), shape=Shape.BRACKET, start=group.start)


def is_one(node: Node | None, font: str) -> bool:
    """Whether a font sets a 1, as an indicator."""
    return isinstance(node, Token) and node.kind is Kind.NUMBER and node.text == "1" and font in FONTS


NUMBERS.append(_plain_one)
BRACKETS["["] = _square
