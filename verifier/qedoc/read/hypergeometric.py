r"""Reads hypergeometric series `{}_pF_q(a_1, ..., a_p; b_1, ..., b_q; z)`."""

from collections.abc import Sequence

import sympy as sp

from qedoc.read.brackets import arguments, split
from qedoc.read.factor import Factor, Shape
from qedoc.read.parser import PREFIXED, Parser
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node


def starts(items: Sequence[Node]) -> bool:
    """Whether the nodes, after an optional empty brace, spell `_pF_q(`."""
    return _orders(items) is not None


def _orders(items: Sequence[Node]) -> tuple[int, int] | None:
    """The orders p and q; TeX takes one digit, so `_1F_1` is `_`, `1`, `F`, `_`, `1`."""
    if len(items) < 6 or not items[0].is_char("_") or not items[3].is_char("_"):
        return None
    p, letter, q, group = items[1], items[2], items[4], items[5]
    if not isinstance(letter, Token) or letter.text != "F" or not isinstance(group, Group) or group.opener != "(":
        return None
    digits = [_digit(node) for node in (p, q)]
    return None if None in digits else (int(digits[0] or 0), int(digits[1] or 0))


def _digit(node: Node) -> str | None:
    if isinstance(node, Group) and node.opener == "{" and len(node.items) == 1:
        node = node.items[0]
    return node.text if isinstance(node, Token) and node.kind is Kind.NUMBER and len(node.text) == 1 else None


def series(parser: Parser, start: int) -> Factor:
    """Reads the series. Returns an unknown function if no semicolons separate parameters and argument."""
    orders = _orders(parser.items[parser.at :])
    assert orders is not None
    p, q = orders
    group = parser.items[parser.at + 5]
    assert isinstance(group, Group)
    sizes = [len(split(piece, ",")) for piece in split(group.items, ";")]
    parser.at += 6
    values = arguments(parser, group)
    standard = sizes == [size for size in (p, q, 1) if size]
    if len(values) != p + q + 1 or not (standard or set(sizes) == {1} or len(sizes) == 1):
        # without semicolons the arguments cannot be assigned, so the name stands for an unknown function
        return Factor(value=sp.Function(f"_{p}F_{q}")(*values), shape=Shape.CALL, start=start)
    value = sp.hyper(values[:p], values[p : p + q], values[-1], evaluate=False)
    return Factor(value=value, shape=Shape.CALL, start=start)


PREFIXED.append((starts, series))
