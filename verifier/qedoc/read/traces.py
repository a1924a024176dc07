r"""Reads the trace of a matrix, `\operatorname{tr}(A B)`, and the diagonal matrix of a vector, `\operatorname{diag}(s)`."""

from qedoc.read.factor import Factor, Shape
from qedoc.read.matrices import COLUMN, MATRIX, DiagonalOf, kind, trace
from qedoc.read.parser import Parser
from qedoc.read.tree import Group

_TRACES = frozenset({"tr", "Tr", "trace"})


def of_matrix(parser: Parser, name: str, start: int) -> Factor | None:
    """The trace or the diagonal matrix of the bracket that follows a name; None, with nothing read, for anything else.

    Args:
        parser: the parser, after the name.
        name: the name.
        start: the offset of the name.
    """
    group, scope = parser.peek(), parser.scope
    bracket = isinstance(group, Group) and (group.opener, group.closer) in (("(", "("), ("[", "["))
    if not isinstance(group, Group) or not bracket or name not in (*_TRACES, "diag") or scope.declared(name) or not scope.turned:
        return None
    value = parser.within(group).value()
    known = kind(value, scope)
    if known == MATRIX and name in _TRACES:
        parser.take()
        return Factor(value=trace(value, scope.opener), shape=Shape.CALL, start=start)
    if known == COLUMN and name == "diag":
        parser.take()
        return Factor(value=DiagonalOf(value), shape=Shape.CALL, start=start)
    return None
