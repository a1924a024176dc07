"""Splits a display into statements: joins rows that continue each other, and tells equations from conditions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from qedoc.read.brackets import split
from qedoc.read.cases import rows, trimmed
from qedoc.read.containers import entries_named
from qedoc.read.memberships import ranges, regrouped
from qedoc.read.reading import Obstacle, Option, Refused, Silence, Silent
from qedoc.read.refusals import keyword
from qedoc.read.scope import Scope, spelled_all
from qedoc.read.tokens import FONTS, Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, equated, relation, walk

_DISPLAYS = frozenset({"align", "aligned", "equation", "gather", "gathered", "split", "eqnarray", "multline", "alignat", "flalign", "math"})
_OPERATIONS = ("+", "-", "*", "/")
_OPERATION_MACROS = ("cdot", "times", "odot", "pm")
_ORDERS = frozenset({"<", "<=", ">", ">=", "!="})


@dataclass(slots=True, kw_only=True)
class Statement:
    """A chain of sides joined by `=`.

    Args:
        sides: the sides.
        conditions: the conditions on all of them.
        ends: the interval to which their values are clipped; None if they are not.
        either: whether `or` joins some of the conditions.
    """

    sides: list[list[Node]]
    conditions: list[list[Node]] = field(default_factory=list)
    ends: Group | None = None
    either: bool = False

    @property
    def rights(self) -> list[Node]:
        """The nodes of the sides after the first, or those of the only one."""
        return [node for side in self.sides[1:] or self.sides for node in side]


def statements(nodes: Sequence[Node], scope: Scope) -> list[Statement]:
    """Returns the statements of a formula, in the order written."""
    return [statement for line in _joined(_lines(trimmed(nodes)), scope) for statement in _statements(line, scope)]


def _lines(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """The rows of a display, with the environments around them taken off."""
    if len(nodes) == 1 and isinstance(nodes[0], Group) and (nodes[0].name in _DISPLAYS or _contains_formulas(nodes[0])):
        group = nodes[0]
        first = group.items[0] if group.items else None
        specified = group.name in ("alignat", "array") and isinstance(first, Group) and first.opener == "{"
        items = group.items[1:] if specified else group.items
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


def _contains_formulas(group: Group) -> bool:
    """Whether an array only places formulas below each other: each of its rows is an equation."""
    found = [row for row in rows(group.items) if trimmed(row)]
    return group.name in ("array", "matrix") and bool(found) and all(any(relation(node) == "=" for node in row) for row in found)


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
            raise Refused(
                Obstacle.AMBIGUOUS,
                "a row that starts with a sign: a new equation, or a continuation of the previous row",
                line[0].start,
                "",
            )
        if goes_on or continues or (before and first is not None and keyword(first, scope) == "if"):
            found[-1] = [*(before if goes_on else trimmed(before)), *line]
        elif found and not any(relation(node) for node in line):
            raise Refused(
                Obstacle.AMBIGUOUS,
                "a row without =: a continuation of the previous row, or a separate value",
                line[0].start,
                "start it with = or +",
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
            raise Refused(Obstacle.AMBIGUOUS, what, cell[0].start, "put it next to =")
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
    for mark, written in entries_named(list(_whole(_pieces(line, scope))), scope):
        piece = _exact(written, scope)
        if mark == "all" and found and not any(relation(node) for node in piece):
            continue  # `for all x` restricts nothing
        conditional = conditional or mark in ("if", "all")
        if mark == "clip" and found and len(piece) == 1 and isinstance(piece[0], Group):
            found[-1].ends = piece[0]
            continue
        if not piece:
            continue
        if conditional and not found:
            raise Refused(Obstacle.UNSUPPORTED, "a condition without an equation", piece[0].start, "")
        relations = [relation(node) for node in piece if relation(node)]
        _check_relations(piece, relations)
        orders = _ORDERS.intersection(relations) or "in" in relations
        equal = "=" in relations
        ranged = ranges(piece)
        claims = conditional and equal and not orders and not ranged and mark not in ("if", "all", "or") and _claims(piece, found, scope)
        if found and ((conditional and not claims) or ranged or (orders and not equal)):
            _restrict(found[-1], mark, piece)
        elif mark == "or":
            raise Refused(Obstacle.UNSUPPORTED, "'or' after a formula", piece[0].start, "write each formula separately")
        elif ranged or (orders and not equal):
            raise Silent(Silence.CONSTRAINT, "a relation that is not an equation")
        elif orders:
            raise Refused(Obstacle.UNSUPPORTED, "an equation and another relation in one chain", piece[0].start, "write each separately")
        elif found and not equal:
            raise Refused(Obstacle.UNSUPPORTED, "a list of values, or a remark", piece[0].start, "write each formula separately")
        elif conditional:
            conditional = False
            found.append(Statement(sides=equated(piece)))
        elif found and _gives_a_letter(piece, found, scope):
            found[-1].conditions.append(list(piece))
        elif found and len(left := equated(piece)[0]) == 1 and isinstance(left[0], Token) and left[0].text in scope.parameters:
            what = "an equation after a comma: a condition, or another claim"
            raise Refused(Obstacle.AMBIGUOUS, what, piece[0].start, r"write \text{if} before it")
        else:
            found.append(Statement(sides=equated(piece)))
    return found


def _restrict(statement: Statement, mark: str, piece: Sequence[Node]) -> None:
    """Adds a condition to a statement. Those that `or` joins are one, which is ambiguous if a comma or `and` joins others to them."""
    known = statement.conditions
    symbols = mark == "and" and any(node.is_macro("lor", "vee") for node in (*(known[-1] if known else ()), *piece))
    if mark != "or" and not statement.either and not symbols:
        known.append(list(piece))
        return
    at = piece[0].start
    if not known:
        raise Refused(Obstacle.UNSUPPORTED, "'or' after a formula", at, "write each formula separately")
    comma = Token(kind=Kind.CHAR, text=",", start=at, end=at)
    between = Token(kind=Kind.TEXT, text="or", start=at, end=at, font="text") if mark == "or" else comma
    joined = [node for condition in known for node in (*condition, comma)][:-1]
    statement.conditions = [[*joined, between, *piece]]
    statement.either = True


def _claims(piece: Sequence[Node], found: Sequence[Statement], scope: Scope) -> bool:
    """Whether an equation after a condition is another claim: it has the left side of one before it, or is about the function itself.

    Raises:
        Refused: for an equation about another function, which may be a claim or a condition.
    """
    left = equated(piece)[0]
    if any(len(statement.sides) > 1 and spelled_all(statement.sides[0]) == spelled_all(left) for statement in found):
        return True
    for name, group in pairwise(left):
        if not isinstance(name, Token) or not isinstance(group, Group) or group.opener not in ("(", "["):
            continue
        if not (name.kind in (Kind.WORD, Kind.TEXT) or name.text in SYMBOLS) or scope.declared(name.text):
            continue
        if name.text in scope.own:
            return True
        what = "an equation after a condition: another claim, or one more condition"
        raise Refused(Obstacle.AMBIGUOUS, what, piece[0].start, "write each formula separately, or 'and' before a condition")
    return False


def _whole(pieces: Iterator[tuple[str, list[Node]]]) -> Iterator[tuple[str, list[Node]]]:
    r"""The pieces, of which those that list the values of an index are one: `t = 0, \ldots, n - 1`."""
    run: list[tuple[str, list[Node]]] = []
    for mark, raw in (*pieces, ("end", [])):
        if mark != "," and run:
            first = run[0][0]
            for place, piece in enumerate(regrouped([piece for _, piece in run])):
                yield ("," if place else first), piece
            run = []
        run.append((mark, _unwrapped(trimmed(raw))))


def _unwrapped(piece: list[Node]) -> list[Node]:
    """What stands in the parentheses around a condition."""
    group = piece[0] if len(piece) == 1 else None
    inside = list(group.items) if isinstance(group, Group) and group.opener == "(" else []
    return inside if any(relation(node) for node in inside) else piece


def _pieces(line: Sequence[Node], scope: Scope) -> Iterator[tuple[str, list[Node]]]:
    """The pieces of a row, each with the mark before it: a comma, a wide space, `if` or `and`."""
    mark, piece = "", list[Node]()
    for place, node in enumerate(line):
        word = "all" if node.is_macro("forall") else keyword(node, scope)
        if word == "?" and isinstance(node, Token) and _is_remark(line, place, node, scope):
            word = "remark"
        if word == "?" and isinstance(node, Token) and place == 0 and node.text.replace(" ", "_").lower() in {o.lower() for o in scope.own}:
            word = ""  # the name of the object, in words
        wide = isinstance(node, Token) and node.kind is Kind.WIDE
        if word == "otherwise":
            raise Refused(Obstacle.UNSUPPORTED, "'otherwise' outside of a formula by cases", node.start, r"write \begin{cases}")
        if word == "?" and isinstance(node, Token):
            raise Refused(Obstacle.UNSUPPORTED, f"unexpected words '{node.text}'", node.start, "")
        if word or wide or node.is_char(",", ";"):
            yield mark, piece
            mark, piece = word or "wide" if word or wide else ",", []
        else:
            piece.append(node)
    yield mark, piece


def _exact(piece: list[Node], scope: Scope) -> list[Node]:
    r"""The piece up to a sign that says that what follows is approximate, as in `a = b \approx 0.5`."""
    relations = [(place, relation(node)) for place, node in enumerate(piece) if relation(node)]
    about = next((place for place, sign in relations if sign == "~"), None)
    if about is None or not piece[about].is_macro("approx", "simeq", "approxeq") or [sign for _, sign in relations if sign != "="] != ["~"]:
        return piece
    if relations[0][1] != "=" or relations[-1][1] != "~":
        return piece
    scope.notes["nothing is claimed of what is approximate"] = None
    return piece[:about]


def _is_remark(line: Sequence[Node], place: int, node: Token, scope: Scope) -> bool:
    """Whether words end a statement, in parentheses or apart from it. Words right beside a factor may be a factor themselves.

    They may restrict the statement: a proof holds without them, and a refutation needs to understand them.
    """
    following = line[place + 1] if place + 1 < len(line) else None
    ends = following is None or following.is_char(",", ".", ";") or (isinstance(following, Token) and following.kind is Kind.WIDE)
    before = line[place - 1] if place else None
    apart = before is not None and (before.is_char(",", ";") or (isinstance(before, Token) and before.kind is Kind.WIDE))
    if before is None or not ends or node.font in FONTS or not (apart or node.text.lstrip().startswith("(")):
        return False
    words = node.text.strip(" ,.;")
    remark = Option(value="a remark", why="words after a formula may only describe it", sure="suggested")
    condition = Option(value="a condition", why="words after a formula may restrict it", sure="opaque")
    scope.choose(f"'{words}' after the formula", remark, condition)
    return True


def _check_relations(piece: Sequence[Node], relations: Sequence[str]) -> None:
    """Raises Silent for relations that state no value, and refuses them beside an equation."""
    kinds = {
        "~": _approximate(piece),
        "->": (Silence.NOTATION, "an arrow"),
        "set": (Silence.NOTATION, "a relation of sets"),
    }
    for kind, (silence, why) in kinds.items():
        if kind not in relations:
            continue
        if "=" not in relations:
            raise Silent(silence, why)
        beside = "an approximate relation" if kind == "~" else why
        raise Refused(Obstacle.UNSUPPORTED, f"{beside} beside an equation", piece[0].start, "write each separately")
    if "in" in relations and "=" not in relations and len(relations) == 1:
        return
    if any(node.is_macro("equiv") for node in piece) and any(node.is_macro("bmod", "pmod", "mod") for node in piece):
        raise Refused(Obstacle.UNSUPPORTED, "a congruence", piece[0].start, r"write = and \bmod for a remainder")
    if "mid" in relations or "notin" in relations:
        raise Refused(Obstacle.UNSUPPORTED, "a condition after a bar, or a set", piece[0].start, "")


def _gives_a_letter(piece: Sequence[Node], found: Sequence[Statement], scope: Scope) -> bool:
    """Whether an equation after a comma gives the value of a symbol of the equation before it.

    It defines the symbol, or restricts the equation if the symbol is a parameter: both are the same condition. Another equation, about
    a symbol that does not occur before, is a statement of its own.
    """
    left = equated(piece)[0]
    first = left[0] if left else None
    plain = len(left) == 1 or (len(left) == 3 and left[1].is_char("_"))
    if not plain or not isinstance(first, Token) or first.kind not in (Kind.WORD, Kind.TEXT, Kind.MACRO):
        return False
    name = spelled_all(left)
    if len(left) == 1 and not scope.declared(first.text):
        return False
    return any(name == spelled_all(items[at : at + len(left)]) for items in walk(found[-1].rights) for at in range(len(items)))


_FAMILIES = frozenset({"mathcal", "mathscr", "mathbb", "mathfrak"})
"""Fonts in which distributions are written."""


def _approximate(piece: Sequence[Node]) -> tuple[Silence, str]:
    r"""What a piece with one of the relations \propto, \sim, \approx and \ll states."""
    marks = [(place, node) for place, node in enumerate(piece) if relation(node) == "~"]
    if any(node.is_macro("propto") for _, node in marks):
        return Silence.PROPORTION, r"\propto gives the value only up to a factor"
    for place, node in marks:
        if node.is_macro("sim"):
            if _is_distribution(piece[place + 1] if place + 1 < len(piece) else None):
                return Silence.DISTRIBUTION, r"\sim says how something is distributed, not which value it has"
            return Silence.APPROXIMATION, r"\sim gives an order of magnitude, or a distribution"
    if marks and all(node.is_macro("ll", "gg") for _, node in marks):
        return Silence.CONSTRAINT, "a relation that is not an equation"
    return Silence.APPROXIMATION, "an approximate relation"


def _is_distribution(node: Node | None) -> bool:
    r"""Whether a node begins the name of a distribution: `\mathcal{N}`, `\text{Poisson}`, `Beta`, or the density p."""
    if not isinstance(node, Token):
        return False
    named = node.kind in (Kind.TEXT, Kind.WORD) and (node.text[:1].isupper() or node.text in ("p", "q"))
    return named or node.font in _FAMILIES
