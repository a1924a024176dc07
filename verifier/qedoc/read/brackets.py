"""Reads brackets and invisible braces: grouping, absolute value, norm, floor, ceiling, inner product."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import sympy as sp

from qedoc.read import arithmetic
from qedoc.read.factor import Factor, Shape, has_vector
from qedoc.read.matrices import DeterminantOf
from qedoc.read.parser import BRACKETS, Parser
from qedoc.read.reading import Obstacle, Option, Refused, extent
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node


def split(items: Sequence[Node], *marks: str) -> list[list[Node]]:
    """Splits items at the marks."""
    pieces: list[list[Node]] = [[]]
    for item in items:
        if item.is_char(*marks) or item.is_macro(*marks):
            pieces.append([])
        else:
            pieces[-1].append(item)
    return pieces


def arguments(parser: Parser, group: Group) -> list[sp.Expr]:
    """Reads the values in a bracket, separated by commas and semicolons.

    Raises:
        Refused: for an empty argument, and for `1,000`, which may be one number.
    """
    items = group.items
    for place in range(1, len(items) - 1):
        before, after = items[place - 1], items[place + 1]
        numbers = all(isinstance(item, Token) and item.kind is Kind.NUMBER for item in (before, after))
        if numbers and items[place].is_char(",") and before.end + 1 == after.start == items[place].end and after.end - after.start == 3:
            raise parser.refuse(Obstacle.AMBIGUOUS, "a thousands separator, or two arguments", "put a space after the comma", before.start)
    found = []
    for piece in split(items, ",", ";"):
        if not piece:
            raise parser.refuse(Obstacle.MALFORMED, "an empty argument", "", group.start)
        found.append(parser.inside(piece, piece[-1].end).value())
    return found


def loose(parser: Parser, group: Group) -> Factor:
    """Reads the content of braces as a factor whose limits TeX does not print."""
    inner = parser.within(group)
    terms = inner.terms()
    if inner.peek() is not None:
        inner.refuse_here()
    value = inner.total(terms)
    first = terms[0]
    if len(terms) > 1 or first.signed:
        shape = Shape.LOOSE_SUM
    elif len(first.factors) > 1:
        shape = Shape.LOOSE_PRODUCT
    else:
        shape = first.factors[0].shape
    return Factor(value=value, shape=shape, start=group.start, captured=terms[-1].captured)


def _brace(parser: Parser, group: Group) -> Factor:
    for infix in ("choose", "over"):
        pieces = split(group.items, infix)
        if len(pieces) == 2:
            top, bottom = (parser.inside(piece, piece[-1].end if piece else group.end).value() for piece in pieces)
            make = arithmetic.divide if infix == "over" else (lambda n, k: arithmetic.unevaluated(sp.binomial, n, k))
            shape = Shape.FRACTION if infix == "over" else Shape.OTHER
            return Factor(value=parser.built(group.start, make, top, bottom), shape=shape, start=group.start)
    return loose(parser, group)


def _round(parser: Parser, group: Group) -> Factor:
    return Factor(value=parser.within(group).value(), shape=Shape.BRACKET, start=group.start)


def square(parser: Parser, group: Group) -> Factor:
    """Square brackets: grouping. Around one term they may be its integer part, and around a lone name several other things."""
    follower = parser.peek()
    if follower is None or not follower.is_char("_"):  # `[x]_+` is a positive part
        scripts = [node for before, node in pairwise(group.items) if before.is_char("_")]
        bases = [node for node in group.items if node not in scripts and not node.is_char("_", "'")]
        if len(bases) == 1 and all(_in_name(node) for node in group.items):
            what = "a lone value in square brackets: a list, an integer part, an indicator, or grouping"
            raise parser.refuse(Obstacle.AMBIGUOUS, what, "write parentheses for grouping", group.start)
        flat = not any(isinstance(node, Group) and node.opener != "{" for node in group.items)
        if flat and not any(node.is_char("+", "-") for node in group.items):
            grouping = Option(value="grouping", why="square brackets usually group", sure="suggested")
            whole = Option(value="the integer part", why="square brackets may be the integer part", sure="possible")
            if parser.scope.choose("square brackets around one term", grouping, whole) == whole.value:
                return _around(sp.floor)(parser, group)
    return _round(parser, group)


def _in_name(node: Node) -> bool:
    if isinstance(node, Group):
        return node.opener == "{" and all(_in_name(item) for item in node.items)
    return node.kind in (Kind.WORD, Kind.TEXT, Kind.NUMBER) or node.text in SYMBOLS or node.is_char("_", "'")


def _set(parser: Parser, group: Group) -> Factor:
    raise parser.refuse(Obstacle.UNSUPPORTED, "a set, or a bracket", "write parentheses for grouping", group.start)


def _around(function: Callable[..., sp.Expr]) -> Callable[[Parser, Group], Factor]:
    def read(parser: Parser, group: Group) -> Factor:
        value = parser.built(group.start, lambda x: arithmetic.unevaluated(function, x), parser.within(group).value())
        return Factor(value=value, shape=Shape.BRACKET, start=group.start)

    return read


def _absolute(parser: Parser, group: Group) -> Factor:
    inside = group.items[0] if len(group.items) == 1 else None
    if isinstance(inside, Group) and inside.opener == "|" and inside.start == group.start + 1 and inside.end == group.end - 1:
        return BRACKETS[r"\|"](parser, inside)
    if isinstance(inside, Group) and inside.opener == inside.closer == r"\{":
        return BRACKETS["|{"](parser, inside)
    factor = _around(sp.Abs)(parser, group)
    if not has_vector(factor.value, parser.scope):
        return factor
    if parser.scope.turned and isinstance(inner := parser.within(group).value(), sp.Symbol) and inner.name in parser.scope.matrices:
        way = Option(value="its determinant", why="bars around a matrix are usually its determinant", sure="suggested")
        parser.scope.choose("bars around a matrix", way)
        return Factor(value=DeterminantOf(inner, extent(inner.name)), shape=Shape.BRACKET, start=group.start)
    if any(symbol.name in parser.scope.matrices for symbol in factor.value.free_symbols if isinstance(symbol, sp.Symbol)):
        what = "bars around a matrix: its determinant, a norm, or each entry's absolute value"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, r"write \det A or \|A\|, or an index", group.start)
    named = {symbol.name for symbol in factor.value.free_symbols if isinstance(symbol, sp.Symbol)} & parser.scope.vectors
    return _of_column(parser, group, factor) if named <= parser.scope.columns else _of_vector(parser, group, factor)


def _of_vector(parser: Parser, group: Group, each_entry: Factor) -> Factor:
    """Bars around a vector."""
    each = Option(value="each entry's absolute value", why="bars may be taken entry by entry", sure="possible")
    length = Option(value="its length", why="bars around a vector may be its length", sure="possible")
    chosen = parser.scope.choose("bars around a vector", each, length)
    return BRACKETS[r"\|"](parser, group) if chosen == length.value else each_entry


def _of_column(parser: Parser, group: Group, each_entry: Factor) -> Factor:
    """Bars around a vector in the formula of one number."""
    length = Option(value="its length", why="bars around a vector are conventionally its length", sure="suggested")
    total = Option(value="the sum of its absolute values", why="bars around a vector may be its 1-norm", sure="possible")
    each = Option(value="each entry's absolute value", why="bars may be taken entry by entry", sure="possible")
    chosen = parser.scope.choose("bars around a vector", length, total, each)
    if chosen == total.value:
        inside = parser.within(group).value()
        index = fresh(parser, inside)
        value = _total(parser, group, lambda i: sp.Abs(entry(parser, inside, i, group.start), evaluate=False), index)
        return Factor(value=value, shape=Shape.BRACKET, start=group.start)
    return BRACKETS[r"\|"](parser, group) if chosen == length.value else each_entry


def entry(parser: Parser, value: sp.Expr, index: str, start: int) -> sp.Expr:
    """The entry at `index` of an elementwise expression of vectors."""
    if not has_vector(value, parser.scope):
        raise Refused(Obstacle.AMBIGUOUS, "no operand is known to be a vector", start, "declare the vector, or write the sum with indices")
    symbol = sp.Symbol(index)
    return _entry(value, {sp.Symbol(name): sp.IndexedBase(sp.Symbol(name))[symbol] for name in parser.scope.vectors})


def _entry(value: sp.Expr, entries: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    if isinstance(value, sp.Indexed) or not value.args:
        return entries.get(value, value)
    if isinstance(value, sp.Sum):
        return value
    return value.func(*(_entry(part, entries) for part in value.args))


def fresh(parser: Parser, *values: sp.Expr) -> str:
    """An index that occurs neither in the formula nor in the values."""
    used = {str(atom) for value in values for atom in value.atoms(sp.Symbol)}
    taken = parser.scope.letters | parser.scope.symbols | set(parser.scope.bound) | used
    return next((name for name in "ijklmn" if name not in taken), "index")


def _total(parser: Parser, group: Group, term: Callable[[str], sp.Expr], index: str) -> sp.Expr:
    return sp.Sum(parser.built(group.start, lambda: term(index)), (sp.Symbol(index), 1, extent(index)))


def _angle(parser: Parser, group: Group) -> Factor:
    pieces = arguments(parser, group)
    if len(pieces) == 1 and (parser.scope.mean or has_vector(pieces[0], parser.scope)):
        if not parser.scope.mean:
            way = Option(value="the mean of the entries", why="angle brackets around an array may be its mean", sure="possible")
            parser.scope.choose("angle brackets around an array", way)
        index = fresh(parser, pieces[0])
        total = _total(parser, group, lambda i: entry(parser, pieces[0], i, group.start), index)
        return Factor(value=total / extent(index), shape=Shape.BRACKET, start=group.start)
    if len(pieces) != 2:
        what = "angle brackets around one value: a mean, an expectation or a bracket"
        raise parser.refuse(Obstacle.UNSUPPORTED, what, r"write a mean as \frac{1}{n} \sum_i", group.start)
    left, right = pieces
    if parser.scope.paired and not any(has_vector(part, parser.scope) for part in pieces):
        return Factor(value=arithmetic.multiply(pieces), shape=Shape.BRACKET, start=group.start)
    index = fresh(parser, left, right)
    value = _total(parser, group, lambda i: arithmetic.multiply(entry(parser, part, i, group.start) for part in (left, right)), index)
    return Factor(value=value, shape=Shape.BRACKET, start=group.start)


BRACKETS.update(
    {
        "{": _brace,
        "(": _round,
        "[": square,
        r"\{": _set,
        "|": _absolute,
        "floor": _around(sp.floor),
        "ceil": _around(sp.ceiling),
        "angle": _angle,
    }
)
