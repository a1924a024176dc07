"""Reads the arguments of functions without parentheses: which of the factors that follow belong to them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sympy as sp

from qedoc.read import arithmetic
from qedoc.read.factor import Factor, Shape
from qedoc.read.parser import Parser
from qedoc.read.reading import Obstacle, Option
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node

OPENERS = ("(", "[", r"\{")
"""Brackets that may hold the arguments of a function."""

_LOGARITHMS = frozenset({"log", "ln", "lg"})
_BESIDE = frozenset({Shape.NUMBER, Shape.NAME, Shape.OTHER, Shape.FRACTION})


def beside(parser: Parser, factor: Factor, name: str) -> Factor:
    r"""The factors beside the first one of an argument without parentheses: `\sin 2 \pi x`, `\log x y`, `\tanh x / 2`."""
    factors, divides, decided = [factor], [False], factor.decided
    while factors[-1].shape in _BESIDE:
        operation = _operation(parser)
        if operation:
            ways = [
                Option(value="after the function", why="a function without parentheses may end at an operation", sure="possible"),
                Option(value="in the argument", why="a function without parentheses may take a whole product", sure="possible"),
            ]
            decided = True
            if parser.scope.choose(f"an operation after the argument of {name}", *ways) != "in the argument":
                break
            parser.take()
        elif not (parser.starts() and _plain(parser)) or not _takes(parser, factors, name):
            break
        under = not operation and divides[-1] and parser.beside_quotient() == "/"
        factors.append(parser.factor())
        divides.append(operation == "/" or under)
    if len(factors) == 1:
        return replace(factor, decided=decided)

    def multiplied(*values: sp.Expr) -> sp.Expr:
        one = sp.Integer(1)
        return arithmetic.multiply([arithmetic.divide(one, v) if divided else v for v, divided in zip(values, divides, strict=True)])

    value = parser.built(factor.start, multiplied, *(one.value for one in factors))
    return replace(factors[-1], value=value, start=factor.start, decided=decided)


def _operation(parser: Parser) -> str:
    """The operation that comes next, before a letter, a number, a fraction or a root, or a slash before brackets; empty for others."""
    operation, node, after = parser.operation(), parser.peek(1), parser.peek(2)
    if isinstance(node, Group):
        return operation if operation == "/" and node.opener in OPENERS else ""
    follows = node is not None and (node.is_macro("sqrt") or (isinstance(node, Token) and node.kind is Kind.NUMBER))
    return operation if operation in ("*", ".", "/") and (follows or _is_plain(node, after)) else ""


def _takes(parser: Parser, factors: Sequence[Factor], name: str) -> bool:
    r"""Whether a function takes the factor that comes next. `\ln 2 x` may be x times a constant, but `\log 2 \pi x` is not."""
    ways = [Option(value="the argument", why="a function takes the factors that follow a number", sure="stated")]
    node = parser.peek()
    if not all(one.value.is_number for one in factors):
        ways = [
            Option(value="the argument", why="a function usually takes all factors that follow", sure="suggested"),
            Option(value="a factor", why="a function may take the first factor alone", sure="possible"),
        ]
    elif name in _LOGARITHMS and len(factors) == 1 and factors[0].shape is Shape.NUMBER and node is not None and not node.is_macro("pi"):
        ways = [
            Option(value="the argument", why="a function takes the factors that follow a number", sure="possible"),
            Option(value="a factor", why="the logarithm of a number is a constant", sure="possible"),
        ]
    return parser.scope.choose(f"a factor after the argument of {name}", *ways) == "the argument"


def _plain(parser: Parser) -> bool:
    """Whether the next factor is a letter, a constant or a fraction: no bracket, no number and no function."""
    return _is_plain(parser.peek(), parser.peek(1))


def _is_plain(node: Node | None, after: Node | None) -> bool:
    if not isinstance(node, Token) or node.kind is Kind.NUMBER or (isinstance(after, Group) and after.opener in OPENERS):
        return False
    return node.kind is Kind.WORD or node.text in SYMBOLS or node.is_macro("frac", "dfrac", "tfrac")


def mean_of(parser: Parser, factor: Factor) -> Factor:
    r"""`\log \frac{1}{n} \sum_{i=1}^n x_i`: a fraction that makes the sum after it a mean belongs to the argument with it."""
    node = parser.peek()
    if factor.shape is not Shape.FRACTION or node is None or not node.is_macro("sum"):
        return factor
    start = parser.here()
    total = parser.factor()
    limits: tuple[Any, ...] = total.value.limits if isinstance(total.value, sp.Sum) else ()
    if len(limits) != 1 or factor.value * (limits[0][2] - limits[0][1] + 1) != 1:
        what = "a sum after a function without parentheses"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "put the function's argument in parentheses", start)
    return replace(total, value=parser.built(factor.start, lambda a, b: arithmetic.multiply((a, b)), factor.value, total.value))
