r"""Reads the letter i as the imaginary unit: `e^{i \theta}`, `\begin{pmatrix} 0 & -i \\ i & 0 \end{pmatrix}`."""

import re
from itertools import pairwise

import sympy as sp

from qedoc.read.factor import Factor, Shape
from qedoc.read.parser import Parser
from qedoc.read.reading import Option
from qedoc.read.scope import Scope, conventional, spelled_all
from qedoc.read.tokens import Token
from qedoc.read.tree import contents, equated, relation, walk

UNIT = "the imaginary unit"
"""The option of the choice "i" that the letter is the imaginary unit."""

_LETTER = "i"

_POLAR = re.compile(r"(?P<modulus>[A-Za-z])e\^i(?P<angle>\\?[A-Za-z]+)")
r"""A complex number by its modulus and its angle: `R e^{i \psi}`."""


def may_be_unit(scope: Scope, letter: str) -> bool:
    """Whether a letter may be the imaginary unit: an i that is no index of the formula, and that nothing explains."""
    free = letter == _LETTER and not scope.declared(letter) and not scope.explained(letter) and letter not in scope.functions
    return free and letter not in scope.running and not _is_subscript(scope) and not _is_compared(scope)


def _is_compared(scope: Scope) -> bool:
    """Whether the letter is a side of an equation, or a relation compares values, as in the range of an index: `0 <= i < n`."""
    ordered = any(relation(node) not in ("", "=") for items in walk(scope.nodes) for node in items)
    return ordered or any(spelled_all(side).strip(" ,.;") == _LETTER for side in equated(scope.nodes))


def _is_subscript(scope: Scope) -> bool:
    """Whether the letter stands in a subscript somewhere: as an index, or as one of several."""
    scripts = (script for items in walk(scope.nodes) for mark, script in pairwise(items) if mark.is_char("_"))
    words = (one.text for script in scripts for one in contents(script) if isinstance(one, Token))
    return any(_LETTER in word and (len(word) == 1 or conventional(word)) for word in words)


def _is_of_polar_form(scope: Scope) -> bool:
    r"""Whether the left side is `R e^{i \psi}`."""
    left, *right = equated(scope.nodes)
    return bool(right) and _POLAR.fullmatch(re.sub(r"[\s{}]", "", spelled_all(left))) is not None


def imaginary(parser: Parser, token: Token) -> Factor | None:
    """The imaginary unit for the letter i; None for another letter, and for an i that is a symbol.

    Args:
        parser: the parser, after the letter.
        token: the letter.
    """
    follower = parser.peek()
    if not may_be_unit(parser.scope, token.text) or (follower is not None and follower.is_char("_", "^", "'")):
        return None
    unit = Option(value=UNIT, why="i that is no index is conventionally the imaginary unit", sure="suggested")
    if _is_of_polar_form(parser.scope):
        polar = Option(value=UNIT, why="the left side is a complex number by its modulus and its angle", sure="suggested")
        parser.scope.choose(_LETTER, polar)
        return Factor(value=sp.I, shape=Shape.NAME, start=token.start)
    symbol = Option(value="a symbol", why="i may be an index or another symbol", sure="possible")
    if parser.scope.choose(_LETTER, unit, symbol) == symbol.value:
        return None
    return Factor(value=sp.I, shape=Shape.NAME, start=token.start)
