"""Whole formulas: rows, chains of equations, conditions beside them, and what states no value at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sympy as sp

from qedoc.read.brackets import split
from qedoc.read.cases import conditions, rows, trimmed
from qedoc.read.functions import FUNCTIONS
from qedoc.read.parser import Parser
from qedoc.read.reading import Application, Equation, Obstacle, Refused, Silence, Silent
from qedoc.read.refusals import keyword
from qedoc.read.scope import Scope, walk
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, relation

_DISPLAYS = frozenset({"align", "aligned", "equation", "gather", "gathered", "split", "eqnarray", "multline", "alignat", "flalign", "math"})
_PROBLEMS = frozenset({"argmin", "argmax", "minimize", "maximize", "minimise", "maximise", "subject to", "s.t.", "min.", "max."})
_OPERATIONS = ("+", "-", "*", "/")
_OPERATION_MACROS = ("cdot", "times", "odot", "pm")
_ORDERS = frozenset({"<", "<=", ">", ">=", "!="})


@dataclass(slots=True, kw_only=True)
class Statement:
    """A chain of sides joined by `=`, and the conditions written beside it."""

    sides: list[list[Node]]
    conditions: list[list[Node]] = field(default_factory=list)


def equations(nodes: Sequence[Node], scope: Scope, latex: str) -> tuple[Equation, ...]:
    """The equations that a formula states.

    Raises:
        Refused: where it has no sure reading.
        Silent: where it states no value.
    """
    _check_silence(nodes, scope)
    lines = _joined(_lines(trimmed(nodes)), scope)
    if not lines:
        raise Silent(Silence.NOTATION, "nothing is written")
    statements = [statement for line in lines for statement in _statements(line, scope)]
    for statement in statements:
        _declare(statement, scope)
    found = [equation for statement in statements for equation in _equations(statement, scope, latex)]
    if len(found) == 1 and found[0].left is None and isinstance(found[0].right, (sp.Symbol, sp.Number, sp.Indexed)):
        raise Silent(Silence.NOTATION, f"{found[0].right} alone")
    return tuple(found)


def definitions(nodes: Sequence[Node], scope: Scope) -> tuple[set[str], set[str]]:
    """The functions and the symbols that the left sides of a formula define."""
    functions, symbols = set[str](), set[str]()
    for line in _joined(_lines(trimmed(nodes)), scope):
        for statement in _statements(line, scope):
            if len(statement.sides) < 2 or not (side := trimmed(statement.sides[0])):
                continue
            _declare(statement, scope)
            match _left(side, scope):
                case Application(name=name):
                    functions.add(name)
                case sp.Symbol() as symbol:
                    symbols.add(symbol.name)
    return functions, symbols


def _check_silence(nodes: Sequence[Node], scope: Scope) -> None:
    """Raises Silent for algorithms and optimisation problems, which say how to find a value, not which it is."""
    for items in walk(nodes):
        for place, node in enumerate(items):
            if not isinstance(node, Token):
                continue
            after = items[place + 1] if place + 1 < len(items) else None
            if relation(node) == "<-":
                raise Silent(Silence.STEP, rf"\{node.text} assigns")
            said = node.text.strip(" ,.:").lower()
            split_argument = node.is_macro("arg") and after is not None and after.is_macro("min", "max")
            if split_argument or node.is_macro("argmin", "argmax"):
                raise Silent(Silence.PROBLEM, "arg min or arg max")
            if node.kind is Kind.TEXT and said in _PROBLEMS and said not in scope.own:
                raise Silent(Silence.PROBLEM, f"'{said}'")


def _lines(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """The rows of a display, with the environments around them taken off."""
    if len(nodes) == 1 and isinstance(nodes[0], Group) and nodes[0].name in _DISPLAYS:
        group = nodes[0]
        items = group.items[1:] if group.name == "alignat" else group.items
        for row in rows(items):
            yield from _lines(trimmed(row))
        return
    line: list[Node] = []
    for node in nodes:
        if isinstance(node, Token) and node.kind in (Kind.BREAK, Kind.PARAGRAPH):
            if line:
                yield line
            line = []
        else:
            line.append(node)
    if line:
        yield line


def _joined(lines: Iterator[list[Node]], scope: Scope) -> list[list[Node]]:
    """The rows, each with those that go on with it."""
    found: list[list[Node]] = []
    for raw in lines:
        line = _columns(raw)
        if not trimmed(line):
            continue
        before = found[-1] if found else []
        last, first = (before[-1] if before else None), _first(line)
        goes_on = last is not None and (_operation(last) or relation(last) == "=")
        continues = before and first is not None and (relation(first) == "=" or _operation(first))
        if continues and _operation(first) and any(relation(node) == "=" for node in line):
            raise Refused(Obstacle.AMBIGUOUS, "a row that starts with a sign: a new equation, or more of the last one", line[0].start, "")
        if goes_on or continues or (before and first is not None and keyword(first, scope) == "if"):
            found[-1] = [*(before if goes_on else trimmed(before)), *line]
        elif found and not any(relation(node) for node in line):
            raise Refused(
                Obstacle.AMBIGUOUS, "a row without =: more of the last one, or a value of its own", line[0].start, "start it with = or +"
            )
        else:
            found.append(line)
    return found


def _columns(raw: Sequence[Node]) -> list[Node]:
    """The row without its alignment marks; every second one stands between two formulas, as a wide space does."""
    cells = split(raw, "&")
    if len(cells) == 3 and len(cells[1]) == 1 and relation(cells[1][0]):
        return [node for cell in cells for node in cell]
    line: list[Node] = []
    for number, cell in enumerate(cells):
        if number % 2 and line and cell and not any(relation(node) or _operation(node) for node in (line[-1], cell[0])):
            what = "an alignment mark between two factors: a new formula, or a product"
            raise Refused(Obstacle.AMBIGUOUS, what, cell[0].start, "put it beside =")
        if number and number % 2 == 0 and line and cell:
            line.append(Token(kind=Kind.WIDE, text="&", start=line[-1].end, end=line[-1].end))
        line += cell
    return line


def _first(line: Sequence[Node]) -> Node | None:
    kept = trimmed(line)
    return kept[0] if kept else None


def _operation(node: Node | None) -> bool:
    return node is not None and (node.is_char(*_OPERATIONS) or node.is_macro(*_OPERATION_MACROS))


def _statements(line: Sequence[Node], scope: Scope) -> list[Statement]:
    """The statements of a row: pieces between commas and wide spaces are equations or conditions."""
    found: list[Statement] = []
    conditional = False
    for mark, raw in _pieces(line, scope):
        piece = _unwrapped(trimmed(raw))
        conditional = conditional or mark == "if"
        if not piece:
            continue
        if conditional and not found:
            raise Refused(Obstacle.UNSUPPORTED, "a condition without an equation", piece[0].start, "")
        relations = [relation(node) for node in piece if relation(node)]
        _check_relations(piece, relations)
        orders = _ORDERS.intersection(relations) or "in" in relations
        equal = "=" in relations
        if found and (conditional or (orders and not equal)):
            found[-1].conditions.append(list(piece))
        elif orders and not equal:
            raise Silent(Silence.CONSTRAINT, "a relation that is no equation")
        elif orders:
            raise Refused(Obstacle.UNSUPPORTED, "an equation and another relation in one chain", piece[0].start, "give each alone")
        elif found and not equal:
            raise Refused(Obstacle.UNSUPPORTED, "a list of values, or a remark", piece[0].start, "give each formula alone")
        elif found and _could_be_condition(piece, scope):
            raise Refused(
                Obstacle.AMBIGUOUS, "an equation after a comma: a condition, or another claim", piece[0].start, r"write \text{if} before it"
            )
        else:
            found.append(Statement(sides=_sides(piece)))
    return found


def _unwrapped(piece: list[Node]) -> list[Node]:
    """What stands in the parentheses around a condition."""
    group = piece[0] if len(piece) == 1 else None
    inside = list(group.items) if isinstance(group, Group) and group.opener == "(" else []
    return inside if any(relation(node) for node in inside) else piece


def _pieces(line: Sequence[Node], scope: Scope) -> Iterator[tuple[str, list[Node]]]:
    """The pieces of a row, each with the mark before it: a comma, a wide space, `if` or `and`."""
    mark, piece = "", list[Node]()
    for node in line:
        word = keyword(node, scope)
        wide = isinstance(node, Token) and node.kind is Kind.WIDE
        if word == "?" and isinstance(node, Token):
            raise Refused(Obstacle.UNSUPPORTED, f"the words '{node.text}'", node.start, "")
        if word or wide or node.is_char(",", ";"):
            yield mark, piece
            mark, piece = word or "wide" if word or wide else ",", []
        else:
            piece.append(node)
    yield mark, piece


def _check_relations(piece: Sequence[Node], relations: Sequence[str]) -> None:
    """Raises Silent for relations that state no value, and refuses them beside an equation."""
    kinds = {
        "~": (Silence.APPROXIMATION, "an approximate relation"),
        "->": (Silence.NOTATION, "an arrow"),
        "set": (Silence.NOTATION, "a relation of sets"),
    }
    for kind, (silence, why) in kinds.items():
        if kind not in relations:
            continue
        if "=" not in relations:
            raise Silent(silence, why)
        raise Refused(Obstacle.UNSUPPORTED, f"{why} beside an equation", piece[0].start, "give each alone")
    if "in" in relations and "=" not in relations and len(relations) == 1:
        return
    if "mid" in relations or "notin" in relations:
        raise Refused(Obstacle.UNSUPPORTED, "a condition after a bar, or a set", piece[0].start, "")


def _could_be_condition(piece: Sequence[Node], scope: Scope) -> bool:
    """Whether an equation has a known symbol alone on its left, so that it may restrict the equation before."""
    left = [node for node in _sides(piece)[0] if isinstance(node, Token)]
    return len(left) == 1 and len(_sides(piece)[0]) == 1 and scope.declared(left[0].text)


def _sides(piece: Sequence[Node]) -> list[list[Node]]:
    sides: list[list[Node]] = [[]]
    for node in piece:
        if relation(node) == "=":
            sides.append([])
        else:
            sides[-1].append(node)
    return sides


def _declare(statement: Statement, scope: Scope) -> None:
    """Takes in what the left side of an equation declares: a function with its arguments, or a name of several letters."""
    left = trimmed(statement.sides[0])
    if len(statement.sides) < 2 or not left:
        return
    head = _head(left, scope)
    if head is not None:
        name, group = head
        if name not in FUNCTIONS:
            scope.functions.add(name)
        for piece in split(group.items, ",", ";"):
            lone = piece[0] if len(piece) == 1 else None
            if isinstance(lone, Token) and (lone.kind in (Kind.WORD, Kind.TEXT) or lone.text in SYMBOLS):
                scope.symbols.add(lone.text)
        return
    first = left[0]
    alone = len(left) == 1 or (len(left) == 3 and left[1].is_char("_"))
    if alone and isinstance(first, Token) and first.kind is Kind.WORD and len(first.text) > 2 and first.text.isalpha():
        scope.symbols.add(first.text)


def _head(left: Sequence[Node], scope: Scope) -> tuple[str, Group] | None:
    r"""The name and the bracket of `f(x)`, `f_{pdf}(x; a)` or `F^{-1}(q)` as a left side; None for anything else."""
    group = left[-1]
    if len(left) < 2 or not isinstance(group, Group) or not group.opener == group.closer == "(":
        return None
    pieces = split(group.items, ",", ";")
    name = _head_name(left[:-1], scope)
    if not name:
        return None
    if name in scope.own:
        return name, group
    plainly = all(_plain_argument(piece, scope) for piece in pieces)
    if not plainly:
        return None
    if scope.declared(name):
        what = f"{name} is a value, but stands before a bracket like a function"
        raise Refused(Obstacle.AMBIGUOUS, what, left[0].start, f"write \\cdot, or declare {name} as a function")
    return name, group


def _plain_argument(piece: Sequence[Node], scope: Scope) -> bool:
    """Whether a piece is a name, perhaps with a subscript."""
    first = piece[0] if piece else None
    name = isinstance(first, Token) and (first.kind in (Kind.WORD, Kind.TEXT) or first.text in SYMBOLS)
    return name and (len(piece) == 1 or (len(piece) == 3 and piece[1].is_char("_")))


def _head_name(nodes: Sequence[Node], scope: Scope) -> str:
    r"""The plain name that nodes spell: one word, upright text, letter or `\log`, with its scripts."""
    first = nodes[0]
    if not isinstance(first, Token) or first.kind not in (Kind.WORD, Kind.TEXT, Kind.MACRO):
        return ""
    if first.kind is Kind.MACRO and first.text not in SYMBOLS and first.text not in FUNCTIONS:
        return ""
    name = first.text.replace(" ", "_")
    rest = list(nodes[1:])
    while rest:
        mark = rest.pop(0)
        if mark.is_char("'"):
            name += "'"
        elif mark.is_char("_") and rest:
            name += "_" + _spelled(rest.pop(0))
        elif mark.is_char("^") and rest and _spelled(script := rest.pop(0)) == "-1" and scope is not None:
            name += "^-1" if isinstance(script, Group) else "?"
        else:
            return ""
    return "" if "?" in name else name


def _spelled(node: Node) -> str:
    """The text of a script; `?` in it for anything that is no part of a name."""
    if isinstance(node, Group):
        return "".join(_spelled(item) for item in node.items) if node.opener == "{" else "?"
    good = node.kind in (Kind.WORD, Kind.TEXT, Kind.NUMBER) or node.text in SYMBOLS or node.is_char("-")
    return node.text.replace(" ", "_") if good else "?"


def _equations(statement: Statement, scope: Scope, latex: str) -> Iterator[Equation]:
    """One equation for each side after the first, or one for the bare expression."""
    sides = [trimmed(side) for side in statement.sides]
    whole = [node for side in statement.sides for node in side]
    for place, side in enumerate(sides):
        if not side:
            at = whole[0].start if whole else 0
            raise Refused(Obstacle.MALFORMED, "an equation without one of its sides", sides[place - 1][-1].end if place else at, "")
    end = whole[-1].end
    parser = Parser((), scope, end)
    condition = sp.And(*(conditions(parser, items) for items in statement.conditions))
    if len(sides) == 1:
        if any(node.is_macro("over", "choose") for node in sides[0]):
            sides[0] = [Group(opener="{", closer="{", items=tuple(sides[0]), start=sides[0][0].start, end=end)]
        yield Equation(left=None, right=_value(sides[0], scope), condition=condition, latex=_text(sides[0], latex))
        return
    left = _left(sides[0], scope)
    for side in sides[1:]:
        yield Equation(left=left, right=_value(side, scope), condition=condition, latex=_text(side, latex))


def _text(side: Sequence[Node], latex: str) -> str:
    return latex[side[0].start : side[-1].end].strip()


def _value(side: Sequence[Node], scope: Scope) -> sp.Expr:
    return Parser(side, scope, side[-1].end).value()


def _left(side: Sequence[Node], scope: Scope) -> sp.Expr | Application:
    head = _head(side, scope)
    if head is not None and (head[0] in scope.own or head[0] not in FUNCTIONS):
        name, group = head
        pieces = split(group.items, ",", ";")
        arguments = tuple(Parser(piece, scope, group.end - 1).value() for piece in pieces)
        return Application(name=name, arguments=arguments)
    inverse = _inverse_entry(side, scope)
    if inverse is not None:
        return inverse
    name = _head_name(side, scope)
    letters = isinstance(side[0], Token) and side[0].kind is not Kind.MACRO
    if name and scope.is_function(name, letters=letters):
        return Application(name=name, arguments=())
    last = side[-1]
    if len(side) > 1 and isinstance(last, Token) and (last.kind is Kind.WORD or last.text in SYMBOLS):
        name = _head_name(side[:-1], scope)
        if name in scope.own and len(name) > 1:
            return Application(name=name, arguments=(_value([last], scope),))
    return _value(side, scope)


def _inverse_entry(side: Sequence[Node], scope: Scope) -> sp.Expr | None:
    """The entry of an inverse, `H^{-1}_{ij}`, which as a left side is one name with indices."""
    if len(side) != 5 or not side[1].is_char("^") or not side[3].is_char("_") or _spelled(side[2]) != "-1":
        return None
    entry = _value([side[0], side[3], side[4]], scope)
    if not isinstance(entry, sp.Indexed) or len(entry.indices) < 2:
        return None
    return sp.IndexedBase(sp.Symbol(f"{entry.base.label}^-1"))[entry.indices]
