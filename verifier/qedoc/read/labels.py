r"""Subscripts that are labels of several words, as in `\eta_{warmup_start}`, which TeX would print with a subscript of its own."""

from collections.abc import Sequence

from qedoc.read.scope import spelled_all
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Node

SHORTEST = 3
"""Minimum number of letters of a word in a label. Indices side by side rarely have as many."""


def label(nodes: Sequence[Node]) -> str:
    """Returns the words of a subscript with bare underscores between them; empty for any other subscript."""
    words, marks = nodes[::2], nodes[1::2]
    long = all(isinstance(word, Token) and word.kind is Kind.WORD and len(word.text) >= SHORTEST for word in words)
    return spelled_all(nodes) if long and len(nodes) % 2 and all(mark.is_char("_") for mark in marks) else ""
