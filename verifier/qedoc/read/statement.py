"""Reads whole formulas: definitions on the left side, chains of equations, and formulas that state no value."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sympy as sp

from qedoc.read import heads
from qedoc.read.brackets import arguments, split
from qedoc.read.cases import conditions, trimmed
from qedoc.read.derivatives import slope
from qedoc.read.functions import FUNCTIONS
from qedoc.read.lines import Statement, statements
from qedoc.read.matrices import COLUMN, ROW, SCALAR, MatrixOf, has_product, kind, of_matrices, shape
from qedoc.read.parser import Parser
from qedoc.read.pointers import pointed
from qedoc.read.reading import Application, Equation, Obstacle, Option, Position, Refused, Silence, Silent
from qedoc.read.scope import ACCENTS, Scope, conventional_index
from qedoc.read.settings import by_setting
from qedoc.read.tokens import BOLD, Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, relation, walk

_PROBLEMS = frozenset({"argmin", "argmax", "minimize", "maximize", "minimise", "maximise", "subject to", "s.t.", "min.", "max."})


def equations(nodes: Sequence[Node], scope: Scope, latex: str) -> tuple[Equation, ...]:
    """Returns the equations that a formula states.

    Raises:
        Refused: if it has no certain reading.
        Silent: if it states no value.
    """
    _check_silence(nodes, scope)
    stated = statements(nodes, scope)
    if not stated:
        raise Silent(Silence.NOTATION, "the formula is empty")
    for statement in stated:
        _declare(statement, scope)
    found = [equation for statement in stated for equation in _equations(statement, scope, latex)]
    if len(found) == 1 and found[0].left is None and not found[0].entry and isinstance(found[0].right, (sp.Number, sp.Indexed)):
        raise Silent(Silence.NOTATION, f"only {found[0].right}")
    return tuple(found)


def definitions(nodes: Sequence[Node], scope: Scope) -> tuple[set[str], set[str]]:
    """The functions and the symbols that the left sides of a formula define."""
    functions, symbols = set[str](), set[str]()
    for statement in statements(nodes, scope):
        if len(statement.sides) < 2 or not (side := trimmed(statement.sides[0])):
            continue
        _declare(statement, scope)
        match _left(side, scope):
            case Application(name=name, event="", variable="", arguments=arguments):
                functions.add(name)
                symbols |= {argument.name for argument in arguments if isinstance(argument, sp.Symbol) and "_" in argument.name}
            case sp.Symbol() as symbol:
                symbols.add(symbol.name)
            case sp.Indexed(base=base, indices=(sp.Integer() as place,)):  # `a_0 = ...` says that a_0 is a name
                symbols.add(f"{base.label}_{place}")
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


def _declare(statement: Statement, scope: Scope) -> None:
    """Takes in what the left side of an equation declares: a function with its arguments, or a name of several letters."""
    whole = trimmed(statement.sides[0])
    if len(statement.sides) < 2 or not whole:
        return
    whole = list(heads.of_entry(heads.logarithm_of(whole) or whole, statement.sides[1:])[0])
    derivative = slope(whole, scope)
    if derivative is not None:
        letters = heads.letters_of(heads.separated(derivative.group)[0]) if derivative.group is not None else set()
        scope.symbols |= (letters | {derivative.by}) - {""}
        return
    named = heads.quantity(whole, scope)
    if named is not None:
        scope.symbols |= heads.letters_of(named.pieces)
        scope.letters |= {index.name for index, _ in named.index}
        scope.random = "" if named.event or "^" in named.variable else named.variable
        return
    left, _ = _indexed(whole, scope)
    head = _head(left, scope)
    if head is not None:
        name, group = head
        if name not in FUNCTIONS:
            scope.functions.add(name)
        scope.symbols |= heads.letters_of(heads.separated(group)[0])
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
    pieces, given = heads.separated(group)
    name = _head_name(left[:-1], scope)
    if not name:
        return None
    if name in scope.own:
        return name, group
    numbers = bool(given)  # `p(1; q)` is the value at 1, and no product
    plainly = all(_plain_argument(piece, scope) or (numbers and _is_number(piece)) for piece in pieces)
    if not plainly:
        return None
    if scope.declared(name):
        what = f"{name} is a value, but is followed by a bracket like a function"
        raise Refused(Obstacle.AMBIGUOUS, what, left[0].start, f"write \\cdot, or declare {name} as a function")
    return name, group


def _is_number(piece: Sequence[Node]) -> bool:
    return len(piece) == 1 and isinstance(piece[0], Token) and piece[0].kind is Kind.NUMBER


def _plain_argument(piece: Sequence[Node], scope: Scope) -> bool:
    """Whether a piece is a name, perhaps in bold and with a subscript."""
    if len(piece) == 2 and piece[0].is_macro(*BOLD, *ACCENTS):
        piece = contents(piece[1])
    first = piece[0] if piece else None
    name = isinstance(first, Token) and (first.kind in (Kind.WORD, Kind.TEXT) or first.text in SYMBOLS)
    piece = [item for item in piece if not item.is_char("'")]
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
        elif mark.is_char("^") and rest and [node.is_macro("prime") for node in contents(rest[0])] == [True]:
            name, rest = name + "'", rest[1:]
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
            raise Refused(Obstacle.MALFORMED, "an equation with a missing side", sides[place - 1][-1].end if place else at, "")
    end = whole[-1].end
    parser = Parser((), scope, end)
    condition = sp.And(*(conditions(parser, items) for items in statement.conditions))
    if len(sides) == 1:
        if any(node.is_macro("over", "choose") for node in sides[0]):
            sides[0] = [Group(opener="{", closer="{", items=tuple(sides[0]), start=sides[0][0].start, end=end)]
        yield _clipped(_equation(None, sides[0], scope, condition, latex), statement, scope)
        return
    stem, letters = heads.of_entry(sides[0], sides[1:])
    stem, positions = _indexed(stem, scope)
    positions += tuple((sp.Symbol(letter), None) for letter in letters)
    left = _left(stem, scope)
    for side in sides[1:]:
        for settings, value in _settled(side, scope):
            equation = _clipped(_equation(left, value, scope, condition, latex), statement, scope)
            yield replace(equation, entry=(*positions, *equation.entry), settings=settings)


def _settled(side: list[Node], scope: Scope) -> list[tuple[tuple[tuple[str, str], ...], list[Node]]]:
    """The values of a side, each with the setting of a parameter for which it holds. Most sides have one value for all settings."""
    return [(((name, setting),), value) for name, setting, value in by_setting(side, scope.parameters)] or [((), side)]


def _indexed(side: Sequence[Node], scope: Scope) -> tuple[Sequence[Node], tuple[Position, ...]]:
    """A left side such as `f(x)_i` without its index, and the index. That of `E[X_i]` is the index of its variable."""
    named = heads.quantity(side, scope)
    if named is not None:
        return side, named.index
    if (
        len(side) == 3
        and isinstance(side[0], Group)
        and side[0].opener == side[0].closer == "["
        and _head(side[0].items, scope) is not None
    ):
        side = [*side[0].items, *side[1:]]  # `[f(x)]_i` is the entry of f(x), as `f(x)_i` is
    if len(side) < 4 or not side[-2].is_char("_") or _head(side[:-2], scope) is None:
        return side, ()
    letters = [node for node in contents(side[-1]) if not node.is_char(",")]
    if not all(isinstance(node, Token) and conventional_index(node.text) for node in letters):
        return side, ()
    return side[:-2], tuple((sp.Symbol(node.text), None) for node in letters if isinstance(node, Token))


def _equation(left: sp.Expr | Application | None, side: Sequence[Node], scope: Scope, condition: sp.Basic, latex: str) -> Equation:
    """One equation; products of matrices and vectors on its right side are written out in entries."""
    listed = _array(side, scope) if left is not None else None
    right, entry = _value(side, scope) if listed is None else listed, tuple[Position, ...]()
    right = pointed(Parser(side, scope, side[-1].end), right)
    condition = sp.And(condition, *scope.implied)
    if of_matrices(right, scope):
        each = Option(value="of each entry", why="functions of arrays are usually taken of each entry", sure="suggested")
        whole = Option(value="of the matrix", why="a matrix has an exponential, a logarithm and a root of its own", sure="opaque")
        scope.choose("a function of a matrix", each, whole)
    known = kind(right, scope)
    if has_product(right) or (scope.weights and known == COLUMN):
        if known in (None, ROW) or isinstance(left, sp.Indexed):
            what = "matrices or vectors that do not combine into one matrix, vector or number"
            raise Refused(Obstacle.AMBIGUOUS, what, side[0].start, "write it with indices")
        lengths: Sequence[int | None] = shape(right, scope) or [None] * (known or 0)
        entry = tuple((scope.opener.fresh(), None if length is None else (sp.S.One, sp.Integer(length))) for length in lengths)
        right = scope.opener.entry(right, tuple(index for index, _ in entry))
    return Equation(left=left, right=right, condition=condition, latex=_text(side, latex), entry=entry)


def _array(side: Sequence[Node], scope: Scope) -> sp.Expr | None:
    """The array of the numbers of `[a + 1, -b]`, the whole right side of an equation; None for any other side, and for `[0, 1]`.

    Raises:
        Refused: if an entry is an array itself.
    """
    group = side[0] if len(side) == 1 else None
    if not isinstance(group, Group) or (group.opener, group.closer) != ("[", "[") or len(split(group.items, ",")) < 2:
        return None
    entries = arguments(Parser((), scope, group.end), group)
    if all(one.is_number for one in entries):
        return None  # an interval
    if any(kind(one, scope) != SCALAR for one in entries):
        raise Refused(Obstacle.UNSUPPORTED, "an array of vectors or matrices", group.start, "write each of them separately")
    return MatrixOf(len(entries), 1, *entries)


def _clipped(equation: Equation, statement: Statement, scope: Scope) -> Equation:
    r"""The equation with its value clipped, as `\text{clipped to } [0, 1]` after it says."""
    if statement.ends is None:
        return equation
    ends = arguments(Parser((), scope, statement.ends.end), statement.ends)
    if len(ends) != 2 or statement.ends.opener != "[":
        raise Refused(Obstacle.MALFORMED, "an interval with two ends", statement.ends.start, "write [0, 1]")
    return replace(equation, right=FUNCTIONS["clip"].build(equation.right, *ends))


def _text(side: Sequence[Node], latex: str) -> str:
    return latex[side[0].start : side[-1].end].strip()


def _value(side: Sequence[Node], scope: Scope) -> sp.Expr:
    return Parser(side, scope, side[-1].end).value()


def _left(side: Sequence[Node], scope: Scope) -> sp.Expr | Application:
    inner = heads.logarithm_of(side)
    if inner is not None and isinstance(named := _named(inner, scope), Application):
        return replace(named, logarithm=True)
    named = _named(side, scope)
    if named is not None:
        return named
    inverse = _inverse_entry(side, scope)
    if inverse is not None:
        return inverse
    name = _head_name(side, scope)
    phrase = name.lower() if len(side) == 1 and isinstance(side[0], Token) and " " in side[0].text else ""
    if phrase in {own.lower() for own in scope.own}:
        return Application(name=next(own for own in scope.own if own.lower() == phrase), arguments=())
    letters = isinstance(side[0], Token) and side[0].kind is not Kind.MACRO
    if name and scope.is_function(name, letters=letters):
        return Application(name=name, arguments=())
    last = side[-1]
    if len(side) > 1 and isinstance(last, Token) and (last.kind is Kind.WORD or last.text in SYMBOLS):
        name = _head_name(side[:-1], scope)
        if name in scope.own and len(name) > 1:
            return Application(name=name, arguments=(_value([last], scope),))
    return _value(side, scope)


def _named(side: Sequence[Node], scope: Scope) -> Application | None:
    """A left side that names a function, a derivative of one or a quantity of a random variable; None for any other side."""
    derivative = _derivative(side, scope)
    if derivative is not None:
        return derivative
    quantity = heads.quantity(side, scope)
    if quantity is not None:
        arguments = tuple(Parser(piece, scope, side[-1].end - 1).value() for piece in quantity.pieces)
        return Application(name=quantity.name, arguments=arguments, given=quantity.given, event=quantity.event, variable=quantity.variable)
    head = _head(side, scope)
    if head is None or (head[0] not in scope.own and head[0] in FUNCTIONS):
        return None
    name, group = head
    pieces, given = heads.separated(group)
    if (variable := heads.incomplete(name)) and not given:  # `I_x(a, b)` is a function of x
        pieces, given = ((variable,), *pieces), len(pieces)
        name = name.partition("_")[0]
    return Application(name=name, arguments=tuple(Parser(piece, scope, group.end - 1).value() for piece in pieces), given=given)


def _derivative(side: Sequence[Node], scope: Scope) -> Application | None:
    r"""A left side that is a derivative of a function, `\frac{df}{dx}`: the function `f'`; None for any other side."""
    found = slope(side, scope)
    name = _head_name(found.name, scope) if found is not None else ""
    if found is None or not name or (name in FUNCTIONS and name not in scope.own):
        return None
    pieces, given = heads.separated(found.group) if found.group is not None else ((), 0)
    if not all(_plain_argument(piece, scope) for piece in pieces):
        return None
    arguments = tuple(Parser(piece, scope, side[-1].end - 1).value() for piece in pieces)
    return Application(name=f"{name}'", arguments=arguments, given=given, by=found.by)


def _inverse_entry(side: Sequence[Node], scope: Scope) -> sp.Expr | None:
    """The entry of an inverse, `H^{-1}_{ij}`, which as a left side is one name with indices."""
    if len(side) != 5 or not side[1].is_char("^") or not side[3].is_char("_") or _spelled(side[2]) != "-1":
        return None
    entry = _value([side[0], side[3], side[4]], scope)
    if not isinstance(entry, sp.Indexed) or len(entry.indices) < 2:
        return None
    return sp.IndexedBase(sp.Symbol(f"{entry.base.label}^-1"))[entry.indices]
