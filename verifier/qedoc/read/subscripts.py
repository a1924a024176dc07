"""Reads subscripts: which are a part of a name, and which are indices."""

from collections.abc import Sequence

import sympy as sp

from qedoc.read.brackets import split
from qedoc.read.factor import Shape
from qedoc.read.labels import label
from qedoc.read.parser import Parser
from qedoc.read.pointers import numbered, pointer, runs
from qedoc.read.reading import Obstacle, Option, Refused
from qedoc.read.scope import conventional
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Node

ONLY_GROUP = Option(value="the whole array", why="an array that is one group is the whole array", sure="suggested")
CHANNEL = Option(value="a channel", why="an entry of a batch of arrays is one channel of it", sure="suggested")
PREVIOUS = "previous"
"""The suffix of the name of a value before the current step."""


def subscript(parser: Parser, base: str, nodes: Sequence[Node], start: int) -> tuple[str, list[sp.Expr] | None]:
    """Reads a subscript as the suffix of a name or as the indices of an entry.

    Raises:
        Refused: if it may be either.
    """
    scope = parser.scope
    lone = nodes[0] if len(nodes) == 1 else None
    if scope.step and (at := "".join(node.text if isinstance(node, Token) else " " for node in nodes)) in (scope.step, f"{scope.step}-1"):
        return (at if at == scope.step else PREVIOUS), None
    if isinstance(lone, Token):
        suffix = lone.text.replace(" ", "_")
        if suffix == scope.group and suffix not in scope.bound:
            scope.choose(f"the index {suffix}", ONLY_GROUP)
            return "", None
        if suffix == scope.channel and suffix not in scope.bound:
            scope.choose(f"the index {suffix}", CHANNEL)
            return "", None
        if lone.kind is Kind.TEXT or (lone.kind is Kind.MACRO and (suffix in SYMBOLS or suffix in ("infty", "max", "min"))):
            return suffix, None
        if lone.kind is Kind.NUMBER and "." not in suffix:
            return ("", [sp.Integer(suffix)]) if numbered(scope, base, suffix) else (suffix, None)
        if lone.kind is Kind.WORD:
            return _run(parser, base, lone)
        raise Refused(Obstacle.UNSUPPORTED, f"the mark {lone.text} as a subscript", start, "rename the marked symbol")
    if suffix := label(nodes):
        return suffix, None
    inside = parser.inside(nodes, nodes[-1].end)
    if any(node.is_char(",") for node in nodes):
        return "", [parser.part(piece, start) for piece in split(nodes, ",")]
    terms = inside.terms()
    if inside.peek() is not None:
        inside.refuse_here()
    if len(terms) > 1 or terms[0].signed:
        return "", [inside.total(terms)]
    factors = terms[0].factors
    if factors[0].shape is Shape.NUMBER:
        raise Refused(
            Obstacle.AMBIGUOUS, "a number and a letter as a subscript: two indices or a product", start, r"write a comma or \cdot"
        )
    if len(factors) > 1 and any(node.is_char("*", "/") or node.is_macro("cdot", "times", "bmod") for node in nodes):
        return "", [terms[0].value]
    return "", [factor.value for factor in factors]


def _run(parser: Parser, base: str, token: Token) -> tuple[str, list[sp.Expr] | None]:
    """Letters as a subscript: `f_{pdf}` is a name, `x_{ij}` has two indices."""
    scope, run = parser.scope, token.text
    if runs(scope, base, run):
        return "", [scope.symbol(run)]
    whole = f"{base}_{run}"
    indexed = [letter in scope.letters or letter in scope.bound for letter in run]
    if (whole in scope.symbols and not (indexed and all(letter in scope.bound for letter in run))) or scope.is_function(whole):
        return run, None
    if pointer(scope, base, run):
        return "", [scope.symbol(run)]
    if (
        (all(indexed) and run not in ("min", "max"))
        or conventional(run)
        or (len(run) == 1 and (base in scope.vectors or base in scope.families))
    ):
        return "", [scope.symbol(letter) for letter in run]
    if any(letter in scope.bound for letter in run):
        what = f"'{run}' may be a name, or indices of which one is summed over"
        raise Refused(Obstacle.AMBIGUOUS, what, token.start, rf"write {','.join(run)} or \mathrm{{{run}}}")
    return run, None
