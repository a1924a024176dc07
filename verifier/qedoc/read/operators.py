"""Reads large operators and stacked constructs: fractions, derivatives, binomials, sums, products, integrals."""

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from qedoc.algebra.large import LARGE, Largest, Smallest
from qedoc.read import arithmetic
from qedoc.read.brackets import entry, fresh
from qedoc.read.factor import Factor, Shape, Term, has_vector
from qedoc.read.matrices import MATRIX, DeterminantOf, kind
from qedoc.read.parser import Parser, rule
from qedoc.read.reading import Obstacle, Option, Refused, extent
from qedoc.read.refusals import PRODUCTS
from qedoc.read.restricted import Under, limited, under
from qedoc.read.scripts import Scripts, collect
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node


@rule("frac", "tfrac", "dfrac", "cfrac")
def _fraction(parser: Parser, token: Token) -> Factor:
    top, bottom = parser.argument(), parser.argument()
    operator = _derivative(parser, token, top, bottom)
    if operator is not None:
        return operator
    _no_remainder(parser)
    parts = parser.part(top, token.start), parser.part(bottom, token.start)
    return Factor(value=parser.built(token.start, arithmetic.divide, *parts), shape=Shape.FRACTION, start=token.start)


def _no_remainder(parser: Parser) -> None:
    r"""Refuses `\frac123`, of which TeX leaves the 3 behind."""
    node, before = parser.peek(), parser.items[parser.at - 1]
    digits = isinstance(before, Token) and isinstance(node, Token) and before.kind is node.kind is Kind.NUMBER
    if digits and node is not None and before.start <= node.start <= before.end:
        raise parser.refuse(Obstacle.AMBIGUOUS, "digits that do not belong to the preceding argument", "put the argument in braces")


@rule("binom", "dbinom", "tbinom")
def _binomial(parser: Parser, token: Token) -> Factor:
    n, k = (parser.part(parser.argument(), token.start) for _ in range(2))
    value = parser.built(token.start, lambda a, b: arithmetic.unevaluated(sp.binomial, a, b), n, k)
    return Factor(value=value, shape=Shape.OTHER, start=token.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Differential:
    """`d`, with what it is applied to and to which order."""

    rest: tuple[Node, ...]
    order: tuple[Node, ...]
    italic: bool


def _differential(nodes: Sequence[Node]) -> _Differential | None:
    r"""What `\mathrm{d}^2 f`, `dx` or `\partial x` consists of; None if the nodes do not start with a d."""
    first = nodes[0] if nodes else None
    if not isinstance(first, Token):
        return None
    rest = tuple(nodes[1:])
    upright = first.kind is Kind.TEXT and first.text == "d"
    if not upright and not first.is_macro("partial"):
        if first.kind is not Kind.WORD or first.text[0] != "d":
            return None
        if len(first.text) > 1:
            remainder = Token(kind=Kind.WORD, text=first.text[1:], start=first.start + 1, end=first.end)
            return _Differential(rest=(remainder, *rest), order=(), italic=True)
    order: tuple[Node, ...] = ()
    if len(rest) > 1 and rest[0].is_char("^"):
        order = rest[1].items if isinstance(rest[1], Group) and rest[1].opener == "{" else (rest[1],)
        rest = rest[2:]
    return _Differential(rest=rest, order=order, italic=first.kind is Kind.WORD)


def _variable(nodes: Sequence[Node]) -> str:
    """The name of a variable, which must be one letter; an empty string for anything else."""
    lone = nodes[0] if len(nodes) == 1 else None
    if not isinstance(lone, Token):
        return ""
    letter = lone.kind in (Kind.WORD, Kind.TEXT) and len(lone.text) == 1
    return lone.text if letter or (lone.kind is Kind.MACRO and lone.text in SYMBOLS) else ""


def _derivative(parser: Parser, token: Token, top: tuple[Node, ...], bottom: tuple[Node, ...]) -> Factor | None:
    r"""`\frac{\mathrm{d}}{\mathrm{d}x} f(x)` and `\frac{d f(x)}{dx}`; None for a plain fraction."""
    above, below = _differential(top), _differential(bottom)
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
    name = _variable(rest)
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


@rule("det")
def _determinant(parser: Parser, token: Token) -> Factor:
    r"""`\det A` and `\det(A)` of a matrix that has a name."""
    if not parser.starts():
        raise parser.refuse(Obstacle.MALFORMED, "a determinant without an operand", "")
    group = parser.peek()
    called = isinstance(group, Group) and group.opener == group.closer == "("
    if called:  # an exponent after the bracket belongs to the determinant, `\\det(A)^{-1}`, as for every function
        parser.take()
        factor = Factor(value=parser.within(group).value(), shape=Shape.BRACKET, start=token.start)
    else:
        factor = parser.factor()
    if not isinstance(factor.value, sp.Symbol) or kind(factor.value, parser.scope) != MATRIX:
        what = "a determinant of something that is not known to be a matrix"
        raise parser.refuse(Obstacle.UNSUPPORTED, what, "say in the text that it is one, and give it a name", token.start)
    shape = Shape.CALL if factor.shape is Shape.BRACKET else Shape.BARE_CALL
    return Factor(value=DeterminantOf(factor.value, extent(factor.value.name)), shape=shape, start=token.start, scripted=not called)


@rule("sum", "prod")
def _large(parser: Parser, token: Token) -> Factor:
    """A sum or product; it reaches to the end of its term."""
    scripts = collect(parser)
    lower, upper = scripts.lower, scripts.upper
    found = under(parser, lower, upper, scripts.lower_at)
    if found is not None:
        return _restricted(parser, token, found)
    indices = _indices(parser, lower, scripts.lower_at or token.end)
    if parser.peek() is not None and not parser.starts():
        parser.refuse_here()
    with parser.scope.binding(index for index, _ in indices), parser.deeper():
        body = _product_body(parser, {index for index, _ in indices}) if token.text == "prod" else parser.term()
    if body.remainder:
        what = "mod after a sum or product: of each term, or of the whole"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, r"write brackets: (\sum_i x_i) \bmod n, or \sum_i (x_i \bmod n)", token.start)
    if not indices:
        value = _over_vector(parser, token, body, upper)
        return Factor(value=value, shape=Shape.LARGE, start=token.start)
    for index, _ in indices:
        if index in parser.scope.bound or _binds(body.value, index):
            raise parser.refuse(Obstacle.AMBIGUOUS, f"two nested sums with the same index {index}", "rename one", token.start)
    last = None if upper is None else parser.part(upper, scripts.upper_at)
    ranges = [_range(parser, index, first, last, body.value, token) for index, first in indices]
    if last is not None and len(indices) > 1:
        raise parser.refuse(Obstacle.AMBIGUOUS, "one upper bound for several indices", "write one sum for each", token.start)
    large = sp.Sum if token.text == "sum" else sp.Product
    value = parser.built(token.start, lambda v: large(v, *ranges), body.value)
    _check_constant(parser, value, token)
    return Factor(value=value, shape=Shape.LARGE, start=token.start, captured=frozenset(i for i, _ in indices) | body.captured)


def _restricted(parser: Parser, token: Token, found: Under) -> Factor:
    """A sum or product over the values of indices that satisfy a condition."""
    if not parser.starts():
        parser.refuse_here()
    names = frozenset(found.ends)
    with parser.scope.binding(names), parser.deeper():
        body = parser.term()
        value = limited(parser, found, token.text, body.value)
    taken = [name for name in names if name in parser.scope.bound or _binds(body.value, name)]
    if taken:
        raise parser.refuse(Obstacle.AMBIGUOUS, f"two nested sums with the same index {min(taken)}", "rename one", token.start)
    if body.remainder:
        what = "mod after a sum or product: of each term, or of the whole"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, r"write brackets: (\sum_i x_i) \bmod n, or \sum_i (x_i \bmod n)", token.start)
    if token.text == "prod":
        _check_product(parser, body, set(names))
    return Factor(value=value, shape=Shape.LARGE, start=token.start, captured=names | body.captured)


def extreme(parser: Parser, name: str, scripts: Scripts, start: int) -> Factor:
    r"""The largest or smallest value over an index: `\max_i x_i`, `\min_{j=1}^n (a_j b_j)`.

    It reaches to the closing bracket, or to the end of its term.
    """
    token = Token(kind=Kind.MACRO, text=name, start=start, end=scripts.lower_at)
    found = under(parser, scripts.lower, scripts.upper, scripts.lower_at)
    if found is not None:
        with parser.scope.binding(found.ends), parser.deeper():
            body, shape = _over(parser, name, set(found.ends))
            return Factor(value=limited(parser, found, name, body), shape=shape, start=start)
    indices = _indices(parser, scripts.lower, scripts.lower_at, "a minimum or maximum")
    if not parser.starts():
        raise parser.refuse(Obstacle.MALFORMED, f"{name} without an operand", "")
    with parser.scope.binding(index for index, _ in indices), parser.deeper():
        body, shape = _over(parser, name, {index for index, _ in indices})
    for index, _ in indices:
        if index in parser.scope.bound or _binds(body, index):
            raise parser.refuse(Obstacle.AMBIGUOUS, f"two nested operators with the same index {index}", "rename one", start)
    last = None if scripts.upper is None else parser.part(scripts.upper, scripts.upper_at)
    if last is not None and len(indices) > 1:
        raise parser.refuse(Obstacle.AMBIGUOUS, "one upper bound for several indices", "write one operator for each", start)
    ranges = [_range(parser, index, first, last, body, token) for index, first in indices]
    large = Largest if name == "max" else Smallest
    return Factor(value=parser.built(start, lambda v: large(v, *ranges), body), shape=shape, start=start)


def _over(parser: Parser, name: str, indices: set[str]) -> tuple[sp.Expr, Shape]:
    r"""What a largest value is taken of, and its shape.

    Brackets end it, unless a power or a factor with the index follows: `\max_i (x_i - 1)^2`, `\max_i (1 - t_i) p_i`.
    """
    group, start = parser.peek(), parser.at
    bracket = isinstance(group, Group) and group.opener in ("(", "[", r"\{")
    if isinstance(group, Group) and bracket:
        parser.take()
        value, after = parser.within(group).value(), parser.peek()
        if not parser.starts() and not (after is not None and after.is_char("^", "_", "!", "'")):
            return value, Shape.NAMED_CALL
        parser.at = start
    term = parser.term()
    if bracket and len(term.factors) > 1 and not any(has_name(factor.value, index) for factor in term.factors[1:] for index in indices):
        what = f"a factor after the brackets of {name}: inside or after it"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "put the whole, or its factors, in brackets", term.factors[1].start)
    return term.value, Shape.LARGE


def _check_constant(parser: Parser, value: sp.Expr, token: Token) -> None:
    """Refuses a constant inside a formula: SymPy would compute it whenever its sign is asked for, however long that takes."""
    alone = parser.depth <= 1 and parser.peek() is None and token in parser.items[:2]
    if not alone and not value.free_symbols and not value.atoms(sp.core.function.AppliedUndef):
        what = "a sum, product or integral that contains no symbol"
        raise parser.refuse(Obstacle.UNSUPPORTED, what, "write its value", token.start)


def _binds(value: sp.Expr, index: str) -> bool:
    """Whether a sum inside has the same index."""
    return any(str(limit[0]) == index for part in value.atoms(*LARGE) for limit in part.limits)


def _indices(
    parser: Parser, nodes: Sequence[Node] | None, start: int, what: str = "a sum or product"
) -> list[tuple[str, tuple[Node, ...]]]:
    """The indices under the operator, each with the nodes of its first value (empty if it is not said)."""
    if nodes is None:
        return []
    for place, node in enumerate(nodes):
        if node.is_char("="):
            name = _variable(nodes[:place])
            if not name or place + 1 == len(nodes):
                break
            return [(name, tuple(nodes[place + 1 :]))]
    else:
        pieces = [nodes[at : at + 1] for at in range(0, len(nodes), 2)]
        commas = all(node.is_char(",") for node in nodes[1::2])
        names = [_variable(piece) for piece in pieces]
        lone = nodes[0]
        if len(nodes) == 1 and isinstance(lone, Token) and lone.kind is Kind.WORD and set(lone.text) <= parser.scope.letters:
            names = list(lone.text)
        if commas and all(names) and len(set(names)) == len(names):
            return [(name, ()) for name in names]
    raise parser.refuse(Obstacle.UNSUPPORTED, f"{what} over a set", "write the index with its first and last value", start)


def _range(parser: Parser, name: str, first: tuple[Node, ...], last: sp.Expr | None, body: sp.Expr, token: Token) -> tuple[sp.Expr, ...]:
    """The bounds of an index; where they are not written, it runs over all entries that it is an index of."""
    index = sp.Symbol(name)
    if first:
        if last is None:
            raise parser.refuse(Obstacle.MALFORMED, "a sum without an upper bound", "write it above the operator", token.start)
        return index, parser.part(first, token.start), last
    if not any(index in part.free_symbols for entry in body.atoms(sp.Indexed) for part in entry.indices):
        raise parser.refuse(
            Obstacle.AMBIGUOUS, f"the first and last value of {name} are not given", "write its first and last value", token.start
        )
    if last is None and _windowed(parser, body, index):
        parser.scope.notes[f"{name} starts at 0, as in Python"] = None
        return index, sp.Integer(0), extent(name) - 1
    if _outside_entries(body, index):
        raise parser.refuse(Obstacle.AMBIGUOUS, f"the first value of {name} is not given", "write its first and last value", token.start)
    return index, sp.Integer(1), extent(name) if last is None else last


def _windowed(parser: Parser, value: sp.Expr, index: sp.Symbol) -> bool:
    """Whether an index runs over one parameter, and is a step in others: `a_{k-j} v_j`."""
    found = [(entry, part) for entry in value.atoms(sp.Indexed) for part in entry.indices if index in part.free_symbols]
    computed = [part for _, part in found if part != index]
    steps = all(isinstance(part - index, sp.Symbol) or isinstance(part + index, sp.Symbol) for part in computed)
    given = all(entry.base.label.name in parser.scope.parameters for entry, _ in found)
    alone = value.xreplace({entry: sp.Dummy() for entry, _ in found})
    return bool(computed) and len(computed) < len(found) and steps and given and index not in alone.free_symbols


def _outside_entries(value: sp.Expr, index: sp.Expr) -> bool:
    """Whether an index is used as a number, so that it matters where it starts."""
    if isinstance(value, sp.Indexed):
        return any(part != index and index in part.free_symbols for part in value.indices)
    return bool(value == index) or any(_outside_entries(part, index) for part in value.args)


def _product_body(parser: Parser, indices: set[str]) -> Term:
    r"""What a product is taken of. Factors without the index at its end, as in `\prod_i x_i / Z`, may stand after the product."""
    start = parser.at
    try:
        body = parser.term()
    except Refused:  # a divisor with a sum over the same index can only stand after the product
        end = next((at for at in range(start + 1, len(parser.items)) if parser.items[at].is_char("/")), -1)
        if end < 0:
            raise
        return _term_until(parser, start, end)
    used = [place for place, factor in enumerate(body.factors) if indices & {str(symbol) for symbol in factor.value.free_symbols}]
    outside = body.factors[used[-1] + 1 :] if used else body.factors[1:]
    if not outside:
        return body
    if not used:
        what = "a product of factors without its index: one of them, or all"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "put the product, or its factors, in parentheses", outside[0].start)
    ways = (
        Option(value="after the product", why="a factor without the index is usually no part of the product", sure="possible"),
        Option(value="inside the product", why="a product reaches to the end of its term", sure="possible"),
    )
    if parser.scope.choose("a factor at the end of a product", *ways) == ways[1].value:
        return body
    end = next(at for at in range(start, parser.at) if parser.items[at].start >= outside[0].start)
    end -= end > start and isinstance(before := parser.items[end - 1], Token) and before.text in PRODUCTS
    return _term_until(parser, start, end)


def _term_until(parser: Parser, start: int, end: int) -> Term:
    """The term between two places."""
    stops = parser.stops
    parser.at, parser.stops = start, lambda reading: reading.at >= end or stops(reading)
    body = parser.term()
    parser.stops = stops
    return body


def _over_vector(parser: Parser, token: Token, body: Term, upper: Sequence[Node] | None) -> sp.Expr:
    """A sum without an index, over the entries of a vector."""
    if token.text != "sum" or upper is not None or not has_vector(body.value, parser.scope):
        raise parser.refuse(Obstacle.AMBIGUOUS, "a sum without an index", "write the index below the operator", token.start)
    index = fresh(parser, body.value)
    value = parser.built(token.start, lambda v: entry(parser, v, index, token.start), body.value)
    return sp.Sum(value, (sp.Symbol(index), 1, extent(index)))


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
    _check_constant(parser, value, token)
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
    found = _differential(items[at : at + 2])
    if found is None or found.order or items[at].is_macro("partial"):
        return "", 0
    joined = isinstance(items[at], Token) and len(items[at].text) > 1  # type: ignore[union-attr]  # a token, by the test before it
    return _variable(found.rest[:1]), 1 if joined else 2
