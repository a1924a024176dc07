r"""Reads norms: `\|x\|`, `\|x\|_1`, `\|x\|_\infty`, `\|W\|_F`, `\|x\|_p`."""

from collections.abc import Callable, Sequence

import sympy as sp

from qedoc.algebra.large import Largest
from qedoc.read import arithmetic
from qedoc.read.brackets import entry, fresh
from qedoc.read.factor import Factor, Shape, has_vector
from qedoc.read.matrices import COLUMN, MATRIX, ROW, CrossOf, has_product, kind
from qedoc.read.parser import BRACKETS, Parser
from qedoc.read.reading import Obstacle, Option, extent
from qedoc.read.scripts import collect, raised
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node

_INFINITE = ("infty", "max", "inf")
_TWO = sp.Integer(2)


def norm(parser: Parser, group: Group) -> Factor:
    """Reads double bars with their scripts."""
    scripts = collect(parser)
    order = _order(parser, scripts.lower, group.start)
    value = parser.within(group).value()
    if order == "F" and isinstance(value, sp.Symbol) and not parser.scope.declared(value.name):
        parser.scope.matrices.add(value.name)
    if "a norm" in parser.scope.open or not (has_vector(value, parser.scope) or has_product(value)):
        if order != "F" and _of_a_number(parser):
            factor = Factor(value=arithmetic.unevaluated(sp.Abs, value), shape=Shape.BRACKET, start=group.start)
            return factor if scripts.upper is None else raised(parser, factor, scripts.upper, scripts.upper_at)
        declared = parser.scope.matrices if order == "F" else parser.scope.vectors
        declared |= {s.name for s in value.free_symbols if isinstance(s, sp.Symbol)}
        value = parser.within(group).value()
    known = kind(value, parser.scope)
    if known == MATRIX and order != "F":
        what = "a norm of a matrix: of its entries, or of the map"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, r"write \|A\|_F, or the sum with its indices", group.start)
    if has_product(value) and known not in (MATRIX, COLUMN, ROW):
        what = "a norm of matrices or vectors that do not combine into one matrix or vector"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "write it with indices", group.start)
    squared = scripts.upper is not None and [node.text for node in scripts.upper if isinstance(node, Token)] == ["2"]
    if squared and order in (_TWO, "F"):
        square = _total(parser, group, value, sp.Sum, lambda x: arithmetic.power(x, _TWO))
        return Factor(value=square, shape=Shape.BRACKET, start=group.start, scripted=True, raised=True)
    factor = Factor(value=_value(parser, group, value, order), shape=Shape.BRACKET, start=group.start)
    return factor if scripts.upper is None else raised(parser, factor, scripts.upper, scripts.upper_at)


def _value(parser: Parser, group: Group, value: sp.Expr, order: sp.Expr | str) -> sp.Expr:
    def absolute(x: sp.Expr) -> sp.Expr:
        return sp.Abs(x, evaluate=False)

    if order == "infty":
        return _total(parser, group, value, Largest, absolute)
    if order == 0:
        return _total(parser, group, value, sp.Sum, lambda x: sp.Piecewise((1, sp.Ne(x, 0, evaluate=False)), (0, True), evaluate=False))
    if order == 1:
        return _total(parser, group, value, sp.Sum, absolute)
    if order in (_TWO, "F"):
        return parser.built(group.start, arithmetic.root, _total(parser, group, value, sp.Sum, lambda x: arithmetic.power(x, _TWO)), _TWO)
    total = _total(parser, group, value, sp.Sum, lambda x: arithmetic.power(absolute(x), order))
    return parser.built(group.start, lambda t: arithmetic.power(t, arithmetic.divide(sp.S.One, order)), total)


def _total(parser: Parser, group: Group, value: sp.Expr, large: type[sp.Expr], of: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """The sum, or the largest, of a function of the entries of a vector or a matrix."""
    scope = parser.scope
    count = 2 if kind(value, scope) == MATRIX else 1
    if count == 1 and not has_product(value):
        index = fresh(parser, value)
        return large(parser.built(group.start, lambda: of(entry(parser, value, index, group.start))), _limits(index))
    indices = [scope.opener.fresh() for _ in range(count)]
    limits = [(index, sp.S.One, sp.Integer(3)) if value.has(CrossOf) else _limits(index.name) for index in indices]
    return large(parser.built(group.start, lambda: of(scope.opener.entry(value, tuple(indices)))), *limits)


def _limits(index: str) -> tuple[sp.Expr, ...]:
    return sp.Symbol(index), sp.S.One, extent(index)


def _of_a_number(parser: Parser) -> bool:
    """Whether a norm of letters that nothing calls vectors is the absolute value of a number."""
    vector = Option(value="of a vector", why="a norm is of a vector", sure="possible")
    number = Option(value="of a number", why="the norm of a number is its absolute value", sure="possible")
    return parser.scope.choose("a norm", vector, number) == number.value


def _order(parser: Parser, nodes: Sequence[Node] | None, start: int) -> sp.Expr | str:
    """The order of a norm: 2 if it is not written, `F` for that of Frobenius, `infty`, or a positive number or a symbol for one."""
    if nodes is None:
        return _TWO
    lone = nodes[0] if len(nodes) == 1 else None
    if isinstance(lone, Token):
        if lone.text in ("F", "Fro", "fro") and not parser.scope.declared(lone.text):
            return "F"
        if lone.text in _INFINITE:
            return "infty"
        if lone.kind is Kind.NUMBER:
            return sp.Rational(lone.text)
        if lone.text == "p" or parser.scope.declared(lone.text):
            return parser.part(nodes, start)
    raise parser.refuse(Obstacle.UNSUPPORTED, "a norm whose order is no number", "write it with indices", start)


BRACKETS[r"\|"] = norm
