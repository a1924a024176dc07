r"""Reads what stands under a sum or a maximum: `i < j`, `j \ne y`, `i : x_i > 0`, `i \in \{1, \dots, n\}`, `1 \le i \le n`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import sympy as sp

from qedoc.algebra.large import Largest, Smallest, unfolded
from qedoc.read.brackets import fresh, split
from qedoc.read.cases import conditions, rows
from qedoc.read.columns import ORDERS
from qedoc.read.parser import Parser
from qedoc.read.pointers import position
from qedoc.read.reading import Obstacle, Option, Refused, extent
from qedoc.read.scope import Scope, conventional_index
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node, equated, letter, relation, walk

_ORDERS = frozenset({"<", "<=", ">", ">=", "!="})
_NEUTRAL = {"sum": sp.S.Zero, "prod": sp.S.One}

Limits = tuple[sp.Symbol, sp.Expr, sp.Expr]


@dataclass(slots=True, kw_only=True)
class Under:
    """What stands under a large operator.

    Args:
        ends: the running indices in order, each with its first and last value; None where the operator does not say it.
        conditions: the conditions on the indices.
        start: the offset of the whole.
    """

    ends: dict[str, tuple[sp.Expr, sp.Expr] | None] = field(default_factory=dict)
    conditions: list[list[Node]] = field(default_factory=list)
    start: int


def under(parser: Parser, nodes: Sequence[Node] | None, upper: Sequence[Node] | None, start: int) -> Under | None:
    """Reads the indices under an operator with their conditions. None if there are no conditions, or no indices that can be told.

    Args:
        parser: the parser of the operator.
        nodes: what stands under it.
        upper: what stands above it.
        start: the offset of the first.
    """
    pieces = list(_pieces(nodes)) if nodes else []
    _check_bars(nodes or ())
    if not all(pieces):
        raise Refused(Obstacle.MALFORMED, "an empty place between conditions", start, "remove the comma")
    if not any(relation(node) for piece in pieces for node in piece) or (len(pieces) == 1 and _is_bound(pieces[0])):
        return None
    found = Under(start=start)
    waiting = []
    for piece in pieces:
        name = letter(piece)
        if name:
            found.ends[name] = None
        elif _is_bound(piece) and upper is not None:
            found.ends[letter(piece[:1])] = (parser.part(piece[2:], start), parser.part(upper, start))
        elif not _chain(parser, piece, found) and not _listed(parser, piece, found):
            waiting.append(piece)
    for piece in waiting:
        if not _running(parser, piece, found):
            return None
    return found if found.ends else None


def _pieces(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    r"""The parts under an operator, which commas, a colon, a bar or the rows of `\substack` separate."""
    if nodes[0].is_macro("substack") and len(nodes) == 2 and isinstance(nodes[1], Group):
        for row in rows(nodes[1].items):
            yield from _pieces(row)
        return
    piece: list[Node] = []
    for node in nodes:
        if node.is_char(",", ":", ";", "|") or node.is_macro("mid", "vert", "land", "wedge", "colon") or _said(node):
            yield piece
            piece = []
        else:
            piece.append(node)
    yield piece


def _check_bars(nodes: Sequence[Node]) -> None:
    r"""Refuses `d \mid n` under an operator, where d divides n. A bar before a relation is `such that`."""
    for place, node in enumerate(nodes):
        if node.is_char("|") or node.is_macro("mid", "vert"):
            after = next(iter(split(nodes[place + 1 :], ",", ";")))
            if not any(relation(one) for one in after):
                raise Refused(Obstacle.UNSUPPORTED, "a divisor, or a condition after a bar", node.start, "write a relation")


def _said(node: Node) -> bool:
    return isinstance(node, Token) and node.kind is Kind.TEXT and node.text.strip() in ("and", "with", "where", "s.t.", "such that")


def _is_bound(piece: Sequence[Node]) -> bool:
    """Whether a piece is `i = 1`, the first value of an index."""
    return len(piece) > 2 and relation(piece[1]) == "=" and bool(letter(piece[:1])) and len(equated(piece)) == 2


def _chain(parser: Parser, piece: Sequence[Node], found: Under) -> bool:
    r"""`1 \le i \le n` and `1 \le i < j \le n`: the ends, and the order of the indices between them."""
    places = [place for place, node in enumerate(piece) if relation(node)]
    signs = [relation(piece[place]) for place in places]
    if len(signs) < 2 or not set(signs) <= {"<", "<="}:
        return False
    starts = [0, *(place + 1 for place in places)]
    sides = [list(piece[a:b]) for a, b in zip(starts, [*places, len(piece)], strict=True)]
    names = [letter(side) for side in sides[1:-1]]
    if not all(names) or not sides[0] or not sides[-1]:
        return False
    first, last = parser.part(sides[0], found.start), parser.part(sides[-1], found.start)
    ends = (first + 1 if signs[0] == "<" else first, last - 1 if signs[-1] == "<" else last)
    found.ends |= dict.fromkeys(names, ends)
    found.conditions += [[*sides[k], piece[places[k]], *sides[k + 1]] for k in range(1, len(names))]
    return True


def _listed(parser: Parser, piece: Sequence[Node], found: Under) -> bool:
    r"""`i \in \{1, \dots, n\}`, also written `\{1..n\}` and `\{1, 2, \dots, n\}`."""
    group = piece[-1]
    if len(piece) != 3 or relation(piece[1]) != "in" or not letter(piece[:1]) or not isinstance(group, Group) or group.opener != r"\{":
        return False
    ends = split(group.items, ",")
    dots = [place for place, part in enumerate(ends) if len(part) == 1 and part[0].is_macro("ldots", "dots", "cdots")]
    if len(ends) == 1:
        at = next((place for place in range(len(group.items) - 1) if all(n.is_char(".") for n in group.items[place : place + 2])), None)
        if at is None:
            return False
        ends, dots = [list(group.items[:at]), [], list(group.items[at + 2 :])], [1]
    if len(dots) != 1 or dots[0] != len(ends) - 2 or not all(ends[:1] + ends[-1:]):
        return False
    firsts = [parser.part(part, group.start) for part in ends[: dots[0]]]
    if any(sp.expand(b - a) != 1 for a, b in pairwise(firsts)):
        return False
    found.ends[letter(piece[:1])] = (firsts[0], parser.part(ends[-1], group.start))
    return True


def _running(parser: Parser, piece: Sequence[Node], found: Under) -> bool:
    """Takes in a condition, and the indices that run because it names them; False for a condition that names no index."""
    if not any(relation(node) in (*_ORDERS, "=") for node in piece) or any(relation(node) == "in" for node in piece):
        return False
    scope = parser.scope
    plain = len(piece) == 3 and all(letter(piece[at : at + 1]) for at in (0, 2))
    names = [letter(piece[at : at + 1]) for at in (0, 2)] if plain else [letter(piece[:1])]
    if not set(found.ends) & {token.text for items in walk(piece) for token in items if isinstance(token, Token)}:
        runs = [name for name in names if name and name not in scope.symbols and name not in scope.bound and not _on_the_left(parser, name)]
        runs = [name for place, name in enumerate(runs) if place == 0 or conventional_index(name)]
        if not runs or (not plain and len(runs) > 1):
            return False
        found.ends |= dict.fromkeys(runs)
    found.conditions.append(list(piece))
    return True


def _on_the_left(parser: Parser, name: str) -> bool:
    """Whether a letter occurs before the first equality sign of the formula, so that it has one value in it."""
    left, *rights = equated(parser.scope.nodes)
    return bool(rights) and any(isinstance(node, Token) and node.text == name for items in walk(left) for node in items)


def limited(parser: Parser, found: Under, operator: str, body: sp.Expr) -> sp.Expr:
    """The value of an operator over the values of the indices that satisfy its conditions.

    Args:
        parser: the parser, in whose scope the indices are bound.
        found: what stands under the operator.
        operator: `sum`, `prod`, `max` or `min`.
        body: what it is taken of.

    Raises:
        Refused: for an index whose values are not given.
    """
    used = [name for name, ends in found.ends.items() if ends is not None or _is_index(body, name)]
    limits = [_limits(name, found.ends[name], body, found.start) for name in used or found.ends]
    kept = sp.And(*(_condition(parser, piece, limits) for piece in found.conditions))
    body = unfolded(body, {index for index, *_ in limits})
    if operator in _NEUTRAL:
        large = sp.Sum if operator == "sum" else sp.Product
        return large(body if kept == sp.true else sp.Piecewise((body, kept), (_NEUTRAL[operator], True), evaluate=False), *limits)
    large, opposite = (Largest, Smallest) if operator == "max" else (Smallest, Largest)
    if kept == sp.true:
        return large(body, *limits)
    put = {index: sp.Symbol(name) for (index, _, _), name in zip(limits, _others(parser, body, kept, limits), strict=True)}
    other = opposite(body.xreplace(put), *((put[i], first, _renamed(last, i, put[i])) for i, first, last in limits))
    value = large(sp.Piecewise((body, kept), (other, True), evaluate=False), *limits)
    if isinstance(kept, sp.Ne) and len(limits) == 1:
        ((_, first, last),) = limits
        parser.scope.implied[sp.Lt(first, last, evaluate=False)] = None
        return value
    count = sp.Sum(sp.Piecewise((1, kept), (0, True), evaluate=False), *limits)
    return value + sp.log(sp.Min(1, count, evaluate=False), evaluate=False)  # it has no value where no index satisfies the condition


def _others(parser: Parser, body: sp.Expr, kept: sp.Basic, limits: Sequence[Limits]) -> list[str]:
    names: list[str] = []
    for _ in limits:
        names.append(fresh(parser, body, kept, *(sp.Symbol(name) for name in names)))
    return names


def _renamed(last: sp.Expr, index: sp.Symbol, other: sp.Symbol) -> sp.Expr:
    return last.xreplace({extent(index.name): extent(other.name)})


def _is_index(body: sp.Expr, name: str) -> bool:
    return any(sp.Symbol(name) in part.free_symbols for entry in body.atoms(sp.Indexed) for part in entry.indices)


def _limits(name: str, ends: tuple[sp.Expr, sp.Expr] | None, body: sp.Expr, start: int) -> Limits:
    index = sp.Symbol(name)
    if ends is not None:
        return (index, *ends)
    if not _is_index(body, name):
        what = f"the first and last value of {name} are not given"
        raise Refused(Obstacle.AMBIGUOUS, what, start, "write its first and last value")
    return index, sp.S.One, extent(name)


def _condition(parser: Parser, piece: Sequence[Node], limits: Sequence[Limits]) -> sp.Basic:
    """A condition on indices; an index that it compares with a parameter is a position."""
    relations = [node for node in piece if relation(node)]
    names = {index.name: (first, last) for index, first, last in limits}
    sides = [letter(piece[at : at + 1]) for at in (0, 2)] if len(piece) == 3 else ["", ""]
    compared = [name for name in sides if name in names]
    if len(compared) == 1 and len(relations) == 1 and relation(relations[0]) in ("!=", "="):
        (index,) = compared
        (other,) = [name for name in sides if name != index] or [""]
        scope = parser.scope
        running = other in scope.bound or other in scope.running or (conventional_index(other) and other not in scope.symbols)
        if other:
            at = sp.Symbol(other) if running else position(scope, other, names[index][0])
            build = sp.Ne if relation(relations[0]) == "!=" else sp.Eq
            return build(sp.Symbol(index), at, evaluate=False)
    if len(compared) == 1 and len(relations) == 1 and relation(relations[0]) in ORDERS:
        (other,) = [name for name in sides if name not in compared] or [""]
        if conventional_index(other) and other in parser.scope.running and other not in parser.scope.symbols:
            return conditions(parser, piece).xreplace({sp.Symbol(other): _alike(parser.scope, other, compared[0])})
    found = conditions(parser, piece)
    alone = found.xreplace({entry: sp.Dummy() for entry in found.atoms(sp.Indexed)}).free_symbols
    used = {name for name, (_, last) in names.items() if sp.Symbol(name) in alone and last.has(*_extents(names))}
    if len(used) == 1 or (used and not alone <= {sp.Symbol(name) for name in names}):
        what = f"the first value of {min(used)} is not given"
        raise Refused(Obstacle.AMBIGUOUS, what, piece[0].start, "write its first and last value")
    return found


def _alike(scope: Scope, running: str, index: str) -> sp.Expr:
    """The value of an index of the left side, counted as the index of a sum is that it bounds: `sum over j <= i of x_j`."""
    alike = Option(value="alike", why=f"{running} and {index} number the same entries", sure="suggested")
    zero = Option(value=f"{running} from 0", why=f"{running} may count from 0, and {index} from 1", sure="possible")
    same = scope.choose(f"the first value of {running} and {index}", alike, zero) == alike.value
    return sp.Symbol(running) if same else sp.Symbol(running) + 1


def _extents(names: dict[str, tuple[sp.Expr, sp.Expr]]) -> list[sp.Expr]:
    return [extent(name) for name in names]
