"""Reads derivatives, gradients and integrals."""

from collections.abc import Sequence

import sympy as sp

from qedoc.read.derivatives import differential
from qedoc.read.factor import Factor, Shape, has_vector
from qedoc.read.parser import Parser, rule
from qedoc.read.reading import Obstacle
from qedoc.read.scripts import collect
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node, letter


def derivative(parser: Parser, token: Token, top: tuple[Node, ...], bottom: tuple[Node, ...]) -> Factor | None:
    r"""`\frac{\mathrm{d}}{\mathrm{d}x} f(x)` and `\frac{d f(x)}{dx}`; None for a plain fraction."""
    above, below = differential(top), differential(bottom)
    if above is None or below is None:
        return None
    italic = above.italic or below.italic
    if italic and parser.scope.declared("d"):
        raise parser.refuse(Obstacle.AMBIGUOUS, "a derivative, or a quotient with the symbol d", r"write \mathrm{d}", token.start)
    rest = below.rest
    order: tuple[Node, ...] = ()
    if len(rest) > 2 and rest[1].is_char("^"):
        order = rest[2].items if isinstance(rest[2], Group) and rest[2].opener == "{" else (rest[2],)
        rest = (rest[0], *rest[3:])
    name = letter(rest, upright=True)
    if not name:
        raise parser.refuse(Obstacle.UNSUPPORTED, "a derivative with respect to more than one letter", "", token.start)
    count = _order(parser, above.order, order, token.start)
    alone = above.rest and parser.inside(above.rest, above.rest[-1].end)
    operand = alone.factor_alone() if alone else _operand(parser)
    if not has_name(operand.value, name):
        raise parser.refuse(Obstacle.UNSUPPORTED, f"a derivative with respect to {name} of something without {name}", "", token.start)
    value = sp.Derivative(operand.value, (sp.Symbol(name), count))
    return Factor(value=value, shape=Shape.OTHER if above.rest else Shape.BARE_CALL, start=token.start, scripted=not above.rest)


def has_name(value: sp.Expr, name: str) -> bool:
    """Whether a symbol of this name occurs."""
    return sp.Symbol(name) in value.free_symbols


def _order(parser: Parser, above: tuple[Node, ...], below: tuple[Node, ...], start: int) -> sp.Expr:
    orders = [parser.part(nodes, start) if nodes else sp.Integer(1) for nodes in (above, below)]
    if orders[0] != orders[1]:
        raise parser.refuse(Obstacle.MALFORMED, "a derivative with two different orders", "", start)
    count = orders[0]
    if count.is_number and not (count.is_Integer and 0 < count < 20):
        raise parser.refuse(Obstacle.UNSUPPORTED, f"a derivative of order {count}", "", start)
    return count


def _operand(parser: Parser) -> Factor:
    """What a derivative in front is applied to: one factor."""
    if not parser.starts():
        raise parser.refuse(Obstacle.MALFORMED, "a derivative without an operand", "")
    return parser.factor()


@rule("nabla")
def _gradient(parser: Parser, token: Token) -> Factor:
    r"""`\nabla f(0)` is the derivative of a function of one variable at a point."""
    if not parser.starts():
        raise parser.refuse(Obstacle.UNSUPPORTED, "a gradient", "", token.start)
    applied = parser.factor()
    if not isinstance(applied.value, sp.Function) or len(applied.value.args) != 1 or applied.shape is Shape.BRACKET:
        raise parser.refuse(Obstacle.UNSUPPORTED, "a gradient", "", token.start)
    (point,) = applied.value.args
    if has_vector(point, parser.scope):
        raise parser.refuse(Obstacle.UNSUPPORTED, "a gradient with respect to a vector", "", token.start)
    if isinstance(point, sp.Symbol):
        value = sp.Derivative(applied.value, point)
    elif point.is_Rational:
        variable = sp.Symbol("x")
        value = sp.Subs(sp.Derivative(applied.value.func(variable), variable), variable, point)
    else:
        raise parser.refuse(Obstacle.UNSUPPORTED, "a gradient at a value that is not plain", "", token.start)
    return Factor(value=value, shape=Shape.CALL, start=token.start, scripted=True)


def check_constant(parser: Parser, value: sp.Expr, token: Token) -> None:
    """Refuses a constant inside a formula: SymPy would compute it whenever its sign is asked for, however long that takes."""
    alone = parser.depth <= 1 and parser.peek() is None and token in parser.items[:2]
    if not alone and not value.free_symbols and not value.atoms(sp.core.function.AppliedUndef):
        what = "a sum, product or integral that contains no symbol"
        raise parser.refuse(Obstacle.UNSUPPORTED, what, "write its value", token.start)


@rule("int")
def _integral(parser: Parser, token: Token) -> Factor:
    """An integral; its integrand ends at the differential."""
    scripts = collect(parser)
    if scripts.lower is None or scripts.upper is None:
        raise parser.refuse(Obstacle.UNSUPPORTED, "an integral without both bounds", "write them below and above", token.start)
    at, name, width = _closing(parser, token)
    lower, upper = parser.part(scripts.lower, scripts.lower_at), parser.part(scripts.upper, scripts.upper_at)
    inner = parser.inside(parser.items[parser.at : at], parser.items[at].start)
    with parser.scope.binding((name,)):
        integrand = inner.value()
    parser.at = at + width
    value = sp.Integral(integrand, (sp.Symbol(name), lower, upper))
    check_constant(parser, value, token)
    return Factor(value=value, shape=Shape.OTHER, start=token.start)


def _closing(parser: Parser, token: Token) -> tuple[int, str, int]:
    """Where the differential of an integral stands, its variable, and how many nodes it takes."""
    opened = 0
    for at in range(parser.at, len(parser.items)):
        node = parser.items[at]
        if node.is_macro("int"):
            opened += 1
        name, width = _ending(parser.items, at)
        if name and opened:
            opened -= 1
        elif name:
            if isinstance(node, Token) and node.kind is Kind.WORD and parser.scope.declared("d"):
                raise parser.refuse(Obstacle.AMBIGUOUS, "a differential, or a factor d", r"write \mathrm{d}", node.start)
            return at, name, width
    raise parser.refuse(Obstacle.MALFORMED, "an integral without its differential", r"end the integrand with \mathrm{d}x", token.start)


def _ending(items: Sequence[Node], at: int) -> tuple[str, int]:
    found = differential(items[at : at + 2])
    if found is None or found.order or items[at].is_macro("partial"):
        return "", 0
    joined = isinstance(items[at], Token) and len(items[at].text) > 1  # type: ignore[union-attr]  # a token, by the test before it
    return letter(found.rest[:1], upright=True), 1 if joined else 2
