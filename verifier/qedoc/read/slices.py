r"""Reads slices of an array along one of its axes, `x[\ldots, 0:n/2, \ldots]`, whose products are elementwise."""

from collections.abc import Sequence

import sympy as sp

from qedoc.read.brackets import split
from qedoc.read.parser import Parser
from qedoc.read.reading import Obstacle, Refused
from qedoc.read.tree import Group, Node


class Slice(sp.Function):
    """`Slice(x, first, after)`: the entries from `first`, counted from 0, up to but not including `after`."""

    nargs = 3


def sliced(parser: Parser, name: str, group: Group) -> Slice:
    """Reads a bracket after a name as a slice.

    Raises:
        Refused: for slices of more than one axis, and for slices without an ellipsis, which says that there may be other axes.
    """
    pieces = split(group.items, ",")
    ranges = [piece for piece in pieces if any(node.is_char(":") for node in piece)]
    dots = [piece for piece in pieces if len(piece) == 1 and piece[0].is_macro("ldots", "dots", "cdots")]
    ends = split(ranges[0], ":") if len(ranges) == 1 else []
    if len(ends) != 2 or not all(ends) or not dots or len(dots) + 1 != len(pieces):
        raise Refused(Obstacle.UNSUPPORTED, "a slice", group.start, "write the entries with indices")
    parser.scope.notes[f"slices of {name} are along one axis, entry by entry"] = None
    return Slice(sp.Symbol(name), *(_end(parser, end, group) for end in ends))


def _end(parser: Parser, nodes: Sequence[Node], group: Group) -> sp.Expr:
    return parser.inside(nodes, group.end - 1).value()
