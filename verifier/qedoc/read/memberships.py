r"""Reads where a symbol lies: `x \in [a, b)`, `x \in \mathbb{R}_{>0}`, `k \in \{0, 1, \dots, n\}`, `t = 0, \ldots, n - 1`."""

from collections.abc import Sequence
from itertools import pairwise

import sympy as sp

from qedoc.read.brackets import split
from qedoc.read.parser import Parser
from qedoc.read.reading import Obstacle, Option
from qedoc.read.scope import spelled_all
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, relation

_FIELDS = ("R", "N", "Z")
_ORDERS = {">": sp.Gt, ">=": sp.Ge, "<": sp.Lt, "<=": sp.Le, "!=": sp.Ne}


def regrouped(pieces: Sequence[list[Node]]) -> list[list[Node]]:
    r"""Joins the pieces between commas that list the values of an index: `t = 0`, `\ldots` and `n - 1`.

    Args:
        pieces: what stands between the commas of a condition.
    """
    found: list[list[Node]] = []
    waiting = [part for piece in pieces for part in _spaced(list(piece))]
    while waiting:
        piece = waiting.pop(0)
        ahead = next((place for place, other in enumerate(waiting) if _dots(other)), None)
        opened = [relation(node) for node in piece if relation(node)]
        listed = ahead is not None and opened == ["="] and not any(relation(node) for other in waiting[:ahead] for node in other)
        if not listed or ahead is None:
            found.append(piece)
            continue
        last = waiting[ahead + 1 : ahead + 2]
        more = last if last and not any(relation(node) for node in last[0]) else []
        for part in (*waiting[: ahead + 1], *more):
            piece += [Token(kind=Kind.CHAR, text=",", start=piece[-1].end, end=piece[-1].end), *part]
        found.append(piece)
        del waiting[: ahead + 1 + len(more)]
    return found


def _spaced(piece: list[Node]) -> list[list[Node]]:
    r"""The parts of a list without commas that counts from a number: `k = 0 \dots n - 1`. Dots between signs are another thing."""
    if len(piece) < 5 or relation(piece[1]) != "=" or not isinstance(piece[2], Token) or piece[2].kind is not Kind.NUMBER:
        return [piece]
    if not piece[3].is_macro("ldots", "dots") or piece[4].is_char("+", "-", "*", "/", ",") or any(map(relation, piece[2:])):
        return [piece]
    return [piece[:3], piece[3:4], piece[4:]]


def ranges(piece: Sequence[Node]) -> bool:
    """Whether a piece lists the values of an index, with dots for those between the first and the last."""
    return any(_dots(part) for part in split(piece, ",")[1:])


def _dots(nodes: Sequence[Node]) -> bool:
    return len(nodes) == 1 and nodes[0].is_macro("ldots", "dots", "cdots", "dotsc")


def membership(parser: Parser, value: sp.Expr, nodes: Sequence[Node]) -> sp.Basic:
    """The relation that says that a value lies in a set.

    Args:
        parser: the parser of the condition.
        value: the value, usually a symbol.
        nodes: the set.

    Raises:
        Refused: for a set that is neither an interval, nor a list, nor a set of numbers.
    """
    first, group = nodes[0], nodes[0] if len(nodes) == 1 else None
    if isinstance(first, Token) and first.font == "mathbb" and first.text in _FIELDS:
        return _in_field(parser, value, first, nodes[1:])
    if not isinstance(group, Group):
        raise parser.refuse(Obstacle.UNSUPPORTED, "a membership", "write it as a relation", nodes[0].start)
    if group.opener == r"\{":
        return among(parser, value, group.items, group.end - 1)
    if group.opener not in ("(", "[") or group.closer not in ("(", "["):
        raise parser.refuse(Obstacle.UNSUPPORTED, "a membership", "write it as a relation", group.start)
    ends = [parser.inside(piece, group.end - 1).value() for piece in split(group.items, ",")]
    if len(ends) != 2:
        raise parser.refuse(Obstacle.UNSUPPORTED, "a membership", "write it as a relation", group.start)
    lower, upper = ends
    parts = []
    if lower != -sp.oo:
        parts.append((sp.Lt if group.opener == "(" else sp.Le)(lower, value, evaluate=False))
    if upper != sp.oo:
        parts.append((sp.Lt if group.closer == "(" else sp.Le)(value, upper, evaluate=False))
    return sp.And(*parts)


def among(parser: Parser, value: sp.Expr, items: Sequence[Node], end: int) -> sp.Basic:
    r"""The relation that says that a value is in a list: `0, 1` or `a, a + 1, \dots, b`.

    Raises:
        Refused: if the values before the dots do not determine those that the dots stand for.
    """
    pieces = split(items, ",")
    if not items or not all(pieces):
        raise parser.refuse(Obstacle.MALFORMED, "an empty place in a list", "", end)
    places = [place for place, piece in enumerate(pieces) if _dots(piece)]
    if not places:
        return sp.Or(*(sp.Eq(value, parser.inside(piece, piece[-1].end).value(), evaluate=False) for piece in pieces))
    what = "dots in a list whose other values do not determine the omitted ones"
    firsts = [parser.inside(piece, piece[-1].end).value() for piece in pieces[: places[0]]]
    lasts = [parser.inside(piece, piece[-1].end).value() for piece in pieces[places[0] + 1 :] if not _dots(piece)]
    steps = {sp.expand(after - before) for row in (firsts, lasts) for before, after in pairwise(row)} or {sp.S.One}
    step = steps.pop()
    both = places in ([0, len(pieces) - 1], [0]) and bool(lasts)
    if steps or not (step.is_Integer and step > 0) or not (both or (len(places) == 1 and firsts)):
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "write the first two values and the last one", pieces[places[0]][0].start)
    known = firsts[0] if firsts else lasts[0]
    found = [_whole(value if step == 1 else (value - known) / step)]
    if step == 1 and not known.is_Integer:
        found.append(_whole(known))
        parser.scope.notes[f"{known} and {value} are integers, as the dots between values one apart suggest"] = None
    if firsts:
        found.append(sp.Le(firsts[0], value, evaluate=False))
    if lasts and places[-1] != len(pieces) - 1:
        found.append(sp.Le(value, lasts[-1], evaluate=False))
    return sp.And(*found)


def _whole(value: sp.Expr) -> sp.Basic:
    return sp.Eq(value, sp.floor(value), evaluate=False)


def _in_field(parser: Parser, value: sp.Expr, field: Token, scripts: Sequence[Node]) -> sp.Basic:
    r"""`\mathbb{R}_{>0}`, `\mathbb{N}`, `\mathbb{Z}^+`, `\mathbb{R} \setminus \{0\}`; `\mathbb{R}^n` says only what has entries."""
    without = next((place for place, node in enumerate(scripts) if node.is_macro("setminus", "backslash")), None)
    if without is not None:
        base = _in_field(parser, value, field, scripts[:without])
        group = scripts[without + 1] if len(scripts) == without + 2 else None
        if isinstance(group, Group) and group.opener == r"\{":
            parts = [parser.inside(piece, group.end - 1).value() for piece in split(group.items, ",")]
            return sp.And(base, *(sp.Ne(value, part, evaluate=False) for part in parts))
        raise parser.refuse(Obstacle.UNSUPPORTED, "a membership", "write it as a relation", field.start)
    whole = _whole(value) if field.text != "R" else sp.true
    marks: list[str] = []
    bounds: list[sp.Basic] = []
    rest = list(scripts)
    while len(rest) > 1 and rest[0].is_char("^", "_"):
        script, nodes, rest = rest[0], contents(rest[1]), rest[2:]
        order = _ORDERS.get(relation(nodes[0])) if nodes else None
        if order is not None and len(nodes) > 1:
            bounds.append(order(value, parser.inside(nodes[1:], nodes[-1].end).value(), evaluate=False))
        elif not (field.text == "R" and script.is_char("^") and _is_dimension(nodes)):
            marks.append(spelled_all(nodes))
    mark = "".join(marks)
    marked = _marked(parser, value, field.text, mark) if mark or not bounds else sp.true
    if rest or marked is None:
        mark = mark or spelled_all(scripts)
        raise parser.refuse(Obstacle.UNSUPPORTED, f"the set {field.text} with the mark {mark}", "write it as a relation", field.start)
    return sp.And(whole, marked, *bounds)


def _marked(parser: Parser, value: sp.Expr, field: str, mark: str) -> sp.Basic | None:
    """What the mark of a set of numbers says: a sign, or that zero is not in it; None for an unknown mark."""
    match field, mark:
        case "N", "":
            return sp.Ge(value, _least(parser), evaluate=False)
        case "N", "0" | "1" | "+" | "*":
            return sp.Ge(value, 0 if mark == "0" else 1, evaluate=False)
        case _, "":
            return sp.true
        case "R" | "Z", "+":
            return (sp.Ge if _with_zero(parser, field, "plus") else sp.Gt)(value, 0, evaluate=False)
        case "R" | "Z", "-":
            return (sp.Le if _with_zero(parser, field, "minus") else sp.Lt)(value, 0, evaluate=False)
        case "R", "++":
            return sp.Gt(value, 0, evaluate=False)
        case "R", "--":
            return sp.Lt(value, 0, evaluate=False)
        case "R", "*" | "times" | "ast":
            return sp.Ne(value, 0, evaluate=False)
    return None


def _is_dimension(nodes: Sequence[Node]) -> bool:
    r"""Whether an exponent is a dimension: `n`, `2`, `n \times m`, `d + 1`."""
    sides = split(nodes, "times", "cdot", "+", "-")
    return all(side and all(_in_dimension(node) for node in side) for side in sides)


def _in_dimension(node: Node) -> bool:
    if isinstance(node, Group):
        return node.opener in ("{", "(", "|") and _is_dimension(node.items)
    return node.kind in (Kind.WORD, Kind.TEXT, Kind.NUMBER) or node.text in SYMBOLS or node.is_char("_")


def _least(parser: Parser) -> sp.Expr:
    zero = Option(value="from 0", why="the natural numbers begin with 0 by ISO 80000-2", sure="suggested")
    one = Option(value="from 1", why="some authors count natural numbers from 1", sure="possible")
    return sp.S.Zero if parser.scope.choose("natural numbers", zero, one) == zero.value else sp.S.One


def _with_zero(parser: Parser, field: str, sign: str) -> bool:
    kind = "positive" if sign == "plus" else "negative"
    other = "negative" if sign == "plus" else "positive"
    least = Option(value="with 0", why=f"{field} with a {sign} is often the set of numbers that are not {other}", sure="suggested")
    above = Option(value="without 0", why=f"{field} with a {sign} may be the set of {kind} numbers", sure="suggested")
    return parser.scope.choose(f"{field} with a {sign}", least, above) == least.value
