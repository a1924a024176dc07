"""Reads piecewise formulas and their conditions."""

from collections.abc import Sequence
from itertools import pairwise

import sympy as sp

from qedoc.read.brackets import split
from qedoc.read.factor import Factor, Shape
from qedoc.read.matrices import SCALAR, MatrixOf, kind
from qedoc.read.memberships import among, membership, ranges, regrouped
from qedoc.read.overlaps import FIRST, OVERLAP, overlapping
from qedoc.read.parser import BRACKETS, Parser
from qedoc.read.reading import Obstacle, Refused
from qedoc.read.refusals import keyword, refusal
from qedoc.read.scope import Scope
from qedoc.read.tokens import PROSE, Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, relation

CASES = frozenset({"cases", "dcases", "numcases"})
"""Environments of formulas by cases."""

MATRICES = frozenset({"pmatrix", "bmatrix", "Bmatrix", "psmallmatrix", "bsmallmatrix"})
"""Environments of matrices that are written out in brackets."""

_TABLES = frozenset({"array", "matrix", "aligned", "alignedat"})
_TRANSPARENT = frozenset({"equation", "split", "aligned", "gathered", "displaymath", "math", "align", "gather", "multline"})
_RELATIONS = {"<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge, "=": sp.Eq, "!=": sp.Ne}
_UNDEFINED = frozenset({"nan", "undefined", "not defined", "undef", "not a number", "no value", "is undefined", "is not defined"})
_PUNCTUATION = (",", ".", ";", ":")


def rows(items: Sequence[Node]) -> list[list[Node]]:
    """Splits items at line breaks and drops empty rows."""
    found: list[list[Node]] = [[]]
    for item in items:
        if isinstance(item, Token) and item.kind in (Kind.BREAK, Kind.PARAGRAPH):
            if item.kind is Kind.BREAK:
                found.append([])
        elif not item.is_macro("hline"):
            found[-1].append(item)
    return [row for row in found if row]


def trimmed(items: Sequence[Node]) -> list[Node]:
    """Strips wide spaces and trailing punctuation."""
    kept = list(items)
    while kept and isinstance(kept[-1], Token) and (kept[-1].kind is Kind.WIDE or kept[-1].is_char(*_PUNCTUATION)):
        kept.pop()
    while kept and isinstance(kept[0], Token) and kept[0].kind is Kind.WIDE:
        kept.pop(0)
    return kept


def _environment(parser: Parser, group: Group) -> Factor:
    if group.name in CASES:
        return Factor(value=piecewise(parser, group, rows(group.items)), shape=Shape.BRACKET, start=group.start)
    lines = rows(group.items)
    if group.name in _TRANSPARENT and len(lines) == 1:
        items = trimmed([item for item in lines[0] if not item.is_char("&")])
        return Factor(value=parser.inside(items, group.end).value(), shape=Shape.BRACKET, start=group.start)
    if group.name in MATRICES:
        return Factor(value=written_out(parser, group, lines), shape=Shape.BRACKET, start=group.start)
    what = f"the environment {group.name} inside an expression"
    raise parser.refuse(Obstacle.UNSUPPORTED, what, "write each formula separately", group.start)


def written_out(parser: Parser, group: Group, lines: Sequence[Sequence[Node]]) -> sp.Expr:
    """Reads a matrix that is written out, entry by entry.

    Raises:
        Refused: for rows of different lengths, an empty entry, dots, and an entry that is an array itself.
    """
    cells = [[trimmed(cell) for cell in split(line, "&")] for line in lines]
    if not cells or len(set(map(len, cells))) > 1 or not all(cell for line in cells for cell in line):
        what = "a matrix with an empty entry, or with rows of different lengths"
        raise parser.refuse(Obstacle.MALFORMED, what, "write each entry, with & between two entries of a row", group.start)
    entries = []
    for cell in (cell for line in cells for cell in line):
        entry = parser.inside(cell, cell[-1].end).value()
        if kind(entry, parser.scope) != SCALAR:
            raise parser.refuse(Obstacle.UNSUPPORTED, "a matrix of matrices or vectors", "write out all entries", cell[0].start)
        entries.append(entry)
    return MatrixOf(len(cells), len(cells[0]), *entries)


def _one_sided(parser: Parser, group: Group) -> Factor:
    r"""`\left\{ \begin{array}{ll} ... \end{array} \right.` is a piecewise formula too."""
    table = group.items[0] if len(group.items) == 1 else None
    if group.closer != "." or not isinstance(table, Group) or table.name not in _TABLES:
        raise parser.refuse(Obstacle.UNSUPPORTED, "a set, or a bracket", "write parentheses for grouping", group.start)
    items = table.items
    if table.name == "array" and items and isinstance(items[0], Group) and items[0].opener == "{":
        items = items[1:]
    return Factor(value=piecewise(parser, table, rows(items)), shape=Shape.BRACKET, start=group.start)


def piecewise(parser: Parser, group: Group, lines: Sequence[Sequence[Node]]) -> sp.Expr:
    """Reads a formula by cases. The first condition that holds decides, unless cases overlap with different values.

    Raises:
        Refused: for a row without a value or a condition, and for `otherwise` before the last row.
    """
    if not lines:
        raise parser.refuse(Obstacle.MALFORMED, "cases without rows", "", group.start)
    pairs = []
    lines = _over_the_reals(parser, lines)
    for number, line in enumerate(lines):
        value, condition = _row(parser, line)
        if condition is sp.true and number + 1 < len(lines):
            raise parser.refuse(Obstacle.MALFORMED, "'otherwise' before the last row", "", line[0].start)
        pairs.append((value, condition))
    return sp.Piecewise(*_ordered(parser, pairs), evaluate=False)


def _ordered(parser: Parser, rows: list[tuple[sp.Expr, sp.Basic]]) -> list[tuple[sp.Expr, sp.Basic]]:
    """The rows in the order in which they count, if several of them hold at a point."""
    rest = rows[-1:] if rows[-1][1] is sp.true else []
    told = rows[: len(rows) - len(rest)]
    options = overlapping(told)
    if not options:
        return rows
    chosen = parser.scope.choose(OVERLAP, *options)
    parser.scope.notes[f"where cases overlap, {chosen} counts"] = None
    return [*(told if chosen == FIRST.value else told[::-1]), *rest]


def _over_the_reals(parser: Parser, lines: Sequence[Sequence[Node]]) -> list[Sequence[Node]]:
    """The rows about real numbers: `NaN` at NaN is none, and those that give a zero at each of the two zeros are one."""
    kept: list[Sequence[Node]] = []
    zeros: list[Sequence[Node]] = []
    for line in lines:
        cells = split(line, "&")
        value, condition = cells[0], cells[-1]
        if len(cells) == 2 and len(condition) == 3 and relation(condition[1]) == "=" and _is_nan(condition[2]) and _is_nan(*value):
            parser.scope.notes["nothing is claimed at NaN"] = None
        elif len(cells) == 2 and len(condition) == 4 and relation(condition[1]) == "=" and _same_zero(condition[2:], value):
            zeros.append([value[1], line[len(value)], *condition[:2], condition[3]])
            if len(zeros) == 1:
                kept.append(zeros[0])
        else:
            kept.append(line)
    if len(zeros) != 2:
        return list(lines) if zeros else kept
    parser.scope.notes["zeros of both signs are the same number"] = None
    return kept


def _is_nan(*nodes: Node) -> bool:
    return len(nodes) == 1 and isinstance(nodes[0], Token) and nodes[0].kind is Kind.TEXT and nodes[0].text.lower() == "nan"


def _same_zero(one: Sequence[Node], other: Sequence[Node]) -> bool:
    """Whether both are a zero with the same sign."""
    signed = [
        len(nodes) == 2 and nodes[0].is_char("+", "-") and isinstance(nodes[1], Token) and nodes[1].text == "0" for nodes in (one, other)
    ]
    return all(signed) and one[0].is_char("-") == other[0].is_char("-")


def _row(parser: Parser, line: Sequence[Node]) -> tuple[sp.Expr, sp.Basic]:
    cells = split(line, "&")
    if len(cells) == 1:
        words = [place for place, node in enumerate(line) if keyword(node, parser.scope) in ("if", "all", "otherwise")]
        if not words:
            raise parser.refuse(Obstacle.MALFORMED, "a case without a condition", "write & before its condition", line[0].start)
        cells = [list(line[: words[0]]), list(line[words[0] :])]
    left = trimmed(cells[0])
    while left and keyword(left[-1], parser.scope) in ("if", "all"):
        left = trimmed(left[:-1])
    right = trimmed(_joined(parser, cells[1:]))
    start = line[0].start
    if not left or not right:
        raise parser.refuse(Obstacle.MALFORMED, "a case without a value or without a condition", "", start)
    value = sp.nan if _is_undefined(left, parser.scope) else parser.inside(left, left[-1].end).value()
    return value, conditions(parser, right)


def _joined(parser: Parser, cells: Sequence[list[Node]]) -> list[Node]:
    r"""The nodes of the cells after the value: one condition that is aligned, `\text{if} & x > 0` or `x & > & 0`.

    Raises:
        Refused: for a column of its own beside the condition, which is no part of it.
    """
    found: list[Node] = []
    for cell in (trimmed(cell) for cell in cells):
        border = (found[-1], cell[0]) if found and cell else ()
        if border and not any(relation(node) or keyword(node, parser.scope) or node.is_char(",") for node in border):
            what = "a third column of a formula by cases"
            raise parser.refuse(Obstacle.AMBIGUOUS, what, "write each row as a value, & and its condition", cell[0].start)
        found += cell
    return found


def _is_undefined(nodes: Sequence[Node], scope: Scope) -> bool:
    """Whether the text of a row says that there is no value."""
    words = [node.text for node in nodes if isinstance(node, Token) and node.kind in (Kind.TEXT, Kind.WORD)]
    said = " ".join(words).replace("_", " ").strip(" ,.;").lower()
    return len(words) == len(nodes) and said in _UNDEFINED and not any(scope.declared(word) for word in words)


def conditions(parser: Parser, items: Sequence[Node]) -> sp.Basic:
    """Reads a condition: relations joined by commas, `and` or `or`. `otherwise` gives `true`."""
    items = trimmed(items)
    while items and (items[0].is_char(",") or keyword(items[0], parser.scope) in ("if", "all")):
        items = trimmed(items[1:])
    if len(items) == 1 and keyword(items[0], parser.scope) == "otherwise":
        return sp.true
    if not items:
        raise parser.refuse(Obstacle.MALFORMED, "a condition is missing", "")
    either = _pieces(items, parser.scope, "or", "lor", "vee")
    both = [regrouped(_pieces(piece, parser.scope, "and", "land", "wedge", ",")) for piece in either]
    if len(either) > 1 and any(len(pieces) > 1 for pieces in both):
        raise parser.refuse(Obstacle.AMBIGUOUS, "a mix of 'and' and 'or'", "use parentheses", items[0].start)
    return sp.Or(*(_all(parser, pieces) for pieces in both))


def _pieces(items: Sequence[Node], scope: Scope, word: str, *marks: str) -> list[list[Node]]:
    found: list[list[Node]] = [[]]
    for item in items:
        if keyword(item, scope) == word or item.is_char(*marks) or item.is_macro(*marks):
            if found[-1]:
                found.append([])
        elif not (isinstance(item, Token) and item.kind is Kind.WIDE):
            found[-1].append(item)
    return [piece for piece in found if piece]


def _all(parser: Parser, pieces: Sequence[Sequence[Node]]) -> sp.Basic:
    """All of the pieces; symbols listed before a relation share it: `a, b > 0`."""
    held: list[sp.Expr] = []
    found: list[sp.Basic] = []
    chains: list[_Chain] = []
    for piece in pieces:
        inside = piece[0] if len(piece) == 1 else None
        if isinstance(inside, Group) and inside.opener == "(" and any(relation(node) for node in inside.items):
            found.append(conditions(parser, inside.items))
            continue
        if not any(relation(node) for node in piece):
            held.append(_lone_symbol(parser, piece))
            continue
        _check_words(parser, piece)
        chain = _chain(parser, piece)
        if held and not isinstance(chain.members[0], sp.Symbol):
            raise parser.refuse(Obstacle.AMBIGUOUS, "a list of symbols without a relation", "", piece[0].start)
        found += [part for symbol in (*held, chain.members[0]) for part in chain.at(symbol)]
        held = []
        chains.append(chain)
    if held:
        raise parser.refuse(Obstacle.MALFORMED, "a condition without a relation", "write a relation", pieces[-1][0].start)
    for before, after in pairwise(chains):
        _check_shared(parser, before, after)
    return sp.And(*found)


def _check_words(parser: Parser, piece: Sequence[Node]) -> None:
    """Refuses words before a relation that are no name: `unless x > 0`."""
    first = piece[0]
    if len(piece) > 1 and isinstance(first, Token) and first.kind is Kind.TEXT and first.font in PROSE:
        follower = piece[1]
        beside = isinstance(follower, Group) or follower.kind in (Kind.WORD, Kind.NUMBER) or follower.text in SYMBOLS
        if beside and not parser.scope.declared(first.text) and not parser.scope.is_function(first.text):
            raise Refused(Obstacle.UNKNOWN, f"the words '{first.text}' before a condition", first.start, "write it as a relation")


def _lone_symbol(parser: Parser, piece: Sequence[Node]) -> sp.Expr:
    if isinstance(piece[0], Token) and keyword(piece[0], parser.scope):
        raise Refused(Obstacle.UNKNOWN, f"the condition '{piece[0].text}'", piece[0].start, "write it as a relation")
    value = parser.inside(piece, piece[-1].end).value()
    if not isinstance(value, sp.Symbol):
        raise parser.refuse(Obstacle.MALFORMED, "a condition without a relation", "write a relation", piece[0].start)
    return value


class _Chain:
    """A chain of relations, `0 <= t < T`."""

    def __init__(self, members: Sequence[sp.Expr], relations: Sequence[str], interval: sp.Basic | None, start: int) -> None:
        self.members = tuple(members)
        self.relations = tuple(relations)
        self.interval = interval
        self.start = start

    def at(self, first: sp.Expr) -> list[sp.Basic]:
        """The relations, with another first member."""
        if self.interval is not None:
            return [self.interval.xreplace({self.members[0]: first})]
        members = (first, *self.members[1:])
        return [_RELATIONS[r](a, b, evaluate=False) for r, (a, b) in zip(self.relations, pairwise(members), strict=True)]


def _chain(parser: Parser, piece: Sequence[Node]) -> _Chain:
    sides: list[list[Node]] = [[]]
    relations: list[str] = []
    for node in piece:
        found = relation(node)
        if found and found not in _RELATIONS and found != "in":
            raise refusal(node)  # type: ignore[arg-type]  # a relation is a token
        if found:
            relations.append(found)
            sides.append([])
        else:
            sides[-1].append(node)
    start = piece[0].start
    if not all(sides):
        raise parser.refuse(Obstacle.MALFORMED, "a relation with a missing side", "", start)
    if "in" in relations:
        if relations != ["in"]:
            raise parser.refuse(Obstacle.UNSUPPORTED, "a membership in a chain", "", start)
        symbol = parser.inside(sides[0], sides[0][-1].end).value()
        return _Chain([symbol], [], membership(parser, symbol, sides[1]), start)
    if relations == ["="] and ranges(sides[1]):
        symbol = parser.inside(sides[0], sides[0][-1].end).value()
        return _Chain([symbol], [], among(parser, symbol, sides[1], sides[1][-1].end), start)
    members = [parser.inside(side, side[-1].end).value() for side in sides]
    if any(member.has(sp.Piecewise) for member in members):
        raise parser.refuse(Obstacle.UNSUPPORTED, "a formula by cases inside a condition", "give it a name", start)
    if sp.nan in members:
        raise parser.refuse(Obstacle.UNSUPPORTED, "a comparison with NaN", "", start)
    return _Chain(members, relations, None, start)


def _check_shared(parser: Parser, before: _Chain, after: _Chain) -> None:
    """Refuses `0 <= i, j < n`, which may mean that i and j both lie between 0 and n."""
    if not before.relations or not after.relations:
        return
    inner, outer = before.members[-1], after.members[0]
    same = before.relations[-1][0] == after.relations[0][0] and before.relations[-1] not in ("=", "!=")
    if same and isinstance(inner, sp.Symbol) and isinstance(outer, sp.Symbol) and inner != outer:
        what = "a comma inside a chain: two conditions, or one for both symbols"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "write each condition in full", after.start)


BRACKETS.update({"begin": _environment, r"\{": _one_sided})
