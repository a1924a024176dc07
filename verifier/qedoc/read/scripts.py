"""Reads scripts and postfixes of a factor: exponents, subscripts, primes, factorials."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp

from qedoc.read import arithmetic
from qedoc.read.columns import TRANSPOSES
from qedoc.read.factor import Factor, Shape, has_vector
from qedoc.read.functions import RISING
from qedoc.read.matrices import COLUMN, MATRIX, InverseOf, TransposeOf, kind
from qedoc.read.neighbours import refuse_loose
from qedoc.read.parser import SCRIPTS, Parser
from qedoc.read.reading import Obstacle, Option
from qedoc.read.scope import TRANSPOSE
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node

_MARKS = ("*", "+", "-", "star", "ast", "dagger", "dag", "circ", "prime", "perp")
_TRANSPOSES = (*TRANSPOSES, "H")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """The scripts of one base, each at most once. None means that there is none.

    Args:
        lower: the nodes of the subscript.
        upper: the nodes of the superscript.
        lower_at: offset of the subscript.
        upper_at: offset of the superscript.
        primes: the number of primes.
    """

    lower: tuple[Node, ...] | None = None
    upper: tuple[Node, ...] | None = None
    lower_at: int = 0
    upper_at: int = 0
    primes: int = 0


def collect(parser: Parser) -> Scripts:
    """Collects the scripts at the parser's position."""
    found = Scripts()
    while True:
        at = parser.here()
        if parser.takes("'"):
            if found.upper is not None:
                raise parser.refuse(Obstacle.MALFORMED, "a prime after an exponent", "", at)
            found = replace(found, primes=found.primes + 1)
        elif parser.takes("_"):
            if found.lower is not None:
                raise parser.refuse(Obstacle.MALFORMED, "a second subscript", "use braces", at)
            found = replace(found, lower=_script(parser), lower_at=at)
        elif parser.takes("^"):
            if found.upper is not None:
                raise parser.refuse(Obstacle.MALFORMED, "a second exponent", "use braces or parentheses", at)
            script = _script(parser)
            primes = sum(node.is_macro("prime") for node in script)
            primed = primes == len(script)
            found = replace(found, primes=found.primes + primes) if primed else replace(found, upper=script, upper_at=at)
        else:
            return found


def _script(parser: Parser) -> tuple[Node, ...]:
    """A script; `x^12` is refused, since TeX takes the 1 only."""
    node = parser.peek()
    if isinstance(node, Token) and node.kind is Kind.NUMBER and len(node.text) > 1:
        raise parser.refuse(Obstacle.AMBIGUOUS, f"TeX puts only the first digit of {node.text} in the script", "put the number in braces")
    if isinstance(node, Token) and node.is_char("-", "+"):
        follower = parser.peek(1)
        before = parser.items[parser.at - 1]
        part = before.is_char("_") and not (isinstance(follower, Token) and follower.start == node.end)
        if not part and follower is not None and not follower.is_char("^", "_", ",", "="):
            raise parser.refuse(Obstacle.MALFORMED, "TeX puts only the sign in the script", "put the exponent in braces")
    nodes = parser.argument()
    if not nodes:
        raise parser.refuse(Obstacle.MALFORMED, "an empty script", "")
    return nodes


def exponent(parser: Parser, nodes: Sequence[Node], start: int, *, named: bool) -> sp.Expr:
    """Reads an exponent.

    Args:
        parser: the parser of the base.
        nodes: the superscript.
        start: its offset.
        named: whether the base is a name, so that the superscript may be an index or a mark.
    """
    lone = nodes[0] if len(nodes) == 1 else None
    if isinstance(lone, Token):
        if lone.is_char(*_MARKS) or lone.is_macro(*_MARKS):
            raise parser.refuse(Obstacle.UNSUPPORTED, f"the mark {lone.text} as an exponent", "rename the marked symbol", start)
        transposed = lone.text in _TRANSPOSES and not parser.scope.declared(lone.text)
        if transposed and lone.kind in (Kind.WORD, Kind.TEXT, Kind.MACRO):
            raise parser.refuse(
                Obstacle.UNSUPPORTED, f"{lone.text} as an exponent: a transpose", f"explain {lone.text} if it is a number", start
            )
    negated = len(nodes) == 2 and nodes[0].is_char("-") and isinstance(nodes[1], Token) and nodes[1].text in _TRANSPOSES
    if negated and not parser.scope.declared(nodes[1].text):  # type: ignore[union-attr]  # a token, by the line above
        raise parser.refuse(Obstacle.UNSUPPORTED, "the transpose of an inverse", "explain the letter if it is a number", start)
    if named and isinstance(lone, Group) and lone.opener == "(":
        what = "an exponent in parentheses: a power, an index or a derivative"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "leave the parentheses out for a power, use a subscript for an index", start)
    return parser.part(nodes, start)


def raised(parser: Parser, factor: Factor, nodes: Sequence[Node], start: int) -> Factor:
    """Raises a factor to a power."""
    if factor.shape in (Shape.LOOSE_PRODUCT, Shape.LOOSE_SUM):
        refuse_loose(factor)
    if factor.shape is Shape.BARE_CALL:
        what = "an exponent after a function's argument: of the argument, or of the function's value"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, r"write \log^2(x) or \log(x^2)", start)
    if isinstance(factor.value, sp.Indexed) and len(factor.value.indices) > 1:
        name = factor.value.base.label.name
        if name in parser.scope.matrices or name[:1].isupper():
            what = "an exponent on an entry: of the entry, or of the whole matrix"
            raise parser.refuse(Obstacle.AMBIGUOUS, what, "put the entry, or the matrix, in parentheses", start)
        way = Option(value="of the entry", why=f"{name} is a small letter, as for numbers", sure="suggested")
        parser.scope.choose(f"an exponent on an entry of {name}", way)
    spelled = "".join(node.text for node in nodes if isinstance(node, Token))
    turned = _turned(parser, factor.value, spelled)
    if turned is not None:
        return replace(factor, value=turned, shape=Shape.OTHER, scripted=True, raised=True)
    if spelled.isdigit() and kind(factor.value, parser.scope) == MATRIX:
        what = "a power of a matrix: of each entry, or a product with itself"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "write it with indices")
    if spelled in (*_TRANSPOSES, "-1") and has_vector(factor.value, parser.scope):
        what = "an exponent on a vector or matrix: of each entry, an inverse or a transpose"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "write it with indices", start)
    value = parser.built(start, arithmetic.power, factor.value, exponent(parser, nodes, start, named=factor.shape is Shape.NAME))
    shape = Shape.OTHER if factor.shape in (Shape.NUMBER, Shape.NAME) else factor.shape
    return replace(factor, value=value, shape=shape, scripted=True, raised=True)


def _turned(parser: Parser, value: sp.Expr, mark: str) -> sp.Expr | None:
    """The transpose of a matrix or vector, or the inverse of a matrix; None where the exponent is neither."""
    known = kind(value, parser.scope)
    if (
        mark in TRANSPOSES
        and TRANSPOSE in parser.scope.open
        and isinstance(value, sp.Symbol)
        and value.name in parser.scope.transposed - parser.scope.vectors
    ):
        return value
    if mark in TRANSPOSES and not parser.scope.declared(mark) and known in (MATRIX, COLUMN):
        return TransposeOf(value)
    return InverseOf(value) if mark == "-1" and known == MATRIX and isinstance(value, sp.Symbol) else None


def _postfix(parser: Parser, factor: Factor) -> Factor:
    while (node := parser.peek()) is not None:
        if node.is_char("!"):
            factor = _factorial(parser, factor)
        elif not node.is_char("^", "_", "'"):
            break
        elif factor.scripted:
            raise parser.refuse(Obstacle.MALFORMED, "a second script of the same kind, or of a power", "use braces or parentheses")
        else:
            scripts = collect(parser)
            if scripts.lower is not None:
                factor = _lowered(parser, factor, scripts)
            if scripts.primes:
                raise parser.refuse(Obstacle.UNSUPPORTED, "a prime on something that is not a name", "", node.start)
            if scripts.upper is not None:
                factor = raised(parser, factor, scripts.upper, scripts.upper_at)
            factor = replace(factor, scripted=True)
    return factor


def _lowered(parser: Parser, factor: Factor, scripts: Scripts) -> Factor:
    """The rising factorial `(a)_k`, where the function's name or a hypergeometric series says that it is one."""
    assert scripts.lower is not None
    sign = scripts.lower[0] if len(scripts.lower) == 1 else None
    if factor.shape is Shape.BRACKET and sign is not None and sign.is_char("+", "-"):
        return _part(parser, factor, negative=sign.is_char("-"))
    if factor.shape is not Shape.BRACKET or not parser.scope.own & RISING:
        what = "a subscript on something that is not a name: an entry, a rising or a falling factorial"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, r"write the factorial with \Gamma, and an entry with its formula", scripts.lower_at)
    count = parser.part(scripts.lower, scripts.lower_at)
    value = parser.built(factor.start, lambda a, k: arithmetic.unevaluated(sp.RisingFactorial, a, k), factor.value, count)
    return replace(factor, value=value, shape=Shape.OTHER)


def _part(parser: Parser, factor: Factor, *, negative: bool) -> Factor:
    """The positive part `(x)_+`, the larger of x and 0, and the negative part `(x)_-`."""
    if not negative:
        way = Option(value="the positive part", why="a bracket with a plus below it is conventionally the positive part", sure="suggested")
        parser.scope.choose("a plus below a bracket", way)
        return replace(factor, value=arithmetic.unevaluated(sp.Max, factor.value, sp.S.Zero), shape=Shape.OTHER)
    above = Option(value="the larger of -x and 0", why="the negative part is usually not negative", sure="suggested")
    below = Option(value="the smaller of x and 0", why="the negative part may have the sign of the number", sure="possible")
    if parser.scope.choose("a minus below a bracket", above, below) == above.value:
        return replace(factor, value=arithmetic.unevaluated(sp.Max, -factor.value, sp.S.Zero), shape=Shape.OTHER)
    return replace(factor, value=arithmetic.unevaluated(sp.Min, factor.value, sp.S.Zero), shape=Shape.OTHER)


def _factorial(parser: Parser, factor: Factor) -> Factor:
    mark = parser.take()
    double = False
    follower = parser.peek()
    if follower is not None and follower.is_char("!"):
        double = follower.start == mark.end
        parser.take()
        if not double or parser.takes("!"):
            raise parser.refuse(Obstacle.AMBIGUOUS, "several factorial signs", "use parentheses, or !! for a double factorial", mark.start)
    if factor.raised or factor.shape in (Shape.NAMED_CALL, Shape.BARE_CALL, Shape.LOOSE_PRODUCT, Shape.LOOSE_SUM, Shape.FRACTION):
        raise parser.refuse(Obstacle.AMBIGUOUS, "a factorial of more than one symbol", "use parentheses", mark.start)
    function = sp.factorial2 if double else sp.factorial
    value = parser.built(factor.start, lambda n: arithmetic.unevaluated(function, n), factor.value)
    return replace(factor, value=value, shape=Shape.OTHER, scripted=False, raised=False)


SCRIPTS.append(_postfix)
