"""Reads fractions, binomials, determinants, and large operators: sums, products, minima and maxima."""

from collections.abc import Sequence

import sympy as sp

from qedoc.algebra.large import LARGE, Largest, Smallest, unfolded
from qedoc.read import arithmetic
from qedoc.read.brackets import entry, fresh
from qedoc.read.calculus import check_constant, derivative, has_name
from qedoc.read.factor import Factor, Shape, Term, has_vector
from qedoc.read.matrices import MATRIX, DeterminantOf, kind
from qedoc.read.parser import Parser, rule
from qedoc.read.polynomials import POLYNOMIALS
from qedoc.read.reading import Obstacle, Option, Refused, extent
from qedoc.read.refusals import PRODUCTS
from qedoc.read.restricted import Under, limited, under
from qedoc.read.scripts import Scripts, collect
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node, contents, letter


@rule("frac", "tfrac", "dfrac", "cfrac")
def _fraction(parser: Parser, token: Token) -> Factor:
    top, bottom = parser.argument(), parser.argument()
    operator = derivative(parser, token, top, bottom)
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


@rule("det")
def _determinant(parser: Parser, token: Token) -> Factor:
    r"""`\det A` and `\det(A)` of a matrix that has a name."""
    if not parser.starts():
        raise parser.refuse(Obstacle.MALFORMED, "a determinant without an operand", "")
    group = parser.peek()
    # An exponent after the bracket belongs to the determinant, `\\det(A)^{-1}`, as for every function.
    if isinstance(group, Group) and group.opener == group.closer == "(":
        parser.take()
        factor, bare = Factor(value=parser.within(group).value(), shape=Shape.BRACKET, start=token.start), False
    else:
        factor, bare = parser.factor(), True
    if not isinstance(factor.value, sp.Symbol) or kind(factor.value, parser.scope) != MATRIX:
        what = "a determinant of something that is not known to be a matrix"
        raise parser.refuse(Obstacle.UNSUPPORTED, what, "say in the text that it is one, and give it a name", token.start)
    shape = Shape.CALL if factor.shape is Shape.BRACKET else Shape.BARE_CALL
    return Factor(value=DeterminantOf(factor.value, extent(factor.value.name)), shape=shape, start=token.start, scripted=bare)


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
    parser.scope.over_entries |= {index for index, first in indices if not first and upper is None}
    with parser.scope.binding(index for index, _ in indices), parser.deeper():
        names = {index for index, _ in indices}
        body = _product_body(parser, names) if token.text == "prod" else _sum_body(parser, names)
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
    value = parser.built(token.start, lambda v: large(unfolded(v, {index for index, *_ in ranges}), *ranges), body.value)
    check_constant(parser, value, token)
    return Factor(value=value, shape=Shape.LARGE, start=token.start, captured=frozenset(i for i, _ in indices) | body.captured)


def _restricted(parser: Parser, token: Token, found: Under) -> Factor:
    """A sum or product over the values of indices that satisfy a condition."""
    if not parser.starts():
        parser.refuse_here()
    names = frozenset(found.ends)
    with parser.scope.binding(names), parser.deeper():
        body = _product_body(parser, set(names)) if token.text == "prod" else parser.term()
        value = limited(parser, found, token.text, body.value)
    taken = [name for name in names if name in parser.scope.bound or _binds(body.value, name)]
    if taken:
        raise parser.refuse(Obstacle.AMBIGUOUS, f"two nested sums with the same index {min(taken)}", "rename one", token.start)
    if body.remainder:
        what = "mod after a sum or product: of each term, or of the whole"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, r"write brackets: (\sum_i x_i) \bmod n, or \sum_i (x_i \bmod n)", token.start)
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
    value = parser.built(start, lambda v: large(unfolded(v, {index for index, *_ in ranges}), *ranges), body)
    return Factor(value=value, shape=shape, start=start)


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
            name = letter(nodes[:place], upright=True)
            if not name or place + 1 == len(nodes):
                break
            return [(name, tuple(nodes[place + 1 :]))]
    else:
        pieces = [nodes[at : at + 1] for at in range(0, len(nodes), 2)]
        commas = all(node.is_char(",") for node in nodes[1::2])
        names = [letter(piece, upright=True) for piece in pieces]
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
        start = parser.part(first, token.start)
        if last is not None:
            return index, start, last
        return index, start, _open_end(parser, name, start, body, token)
    if not any(index in part.free_symbols for entry in body.atoms(sp.Indexed) for part in entry.indices):
        raise parser.refuse(
            Obstacle.AMBIGUOUS, f"the first and last value of {name} are not given", "write its first and last value", token.start
        )
    if last is None and _windowed(parser, body, index):
        parser.scope.notes[f"{name} starts at 0, as in Python"] = None
        return index, sp.Integer(0), extent(name) - 1
    if last is None and _is_degree(body, index):
        ways = (
            Option(value="0", why=f"{name} is an exponent or a degree, of which 0 is the first", sure="suggested"),
            Option(value="1", why="an index may count from 1", sure="possible"),
        )
        first_is_0 = parser.scope.choose(f"the first value of {name}", *ways) == "0"
        return (index, sp.S.Zero, extent(name) - 1) if first_is_0 else (index, sp.S.One, extent(name))
    if _outside_entries(body, index):
        raise parser.refuse(Obstacle.AMBIGUOUS, f"the first value of {name} is not given", "write its first and last value", token.start)
    return index, sp.Integer(1), extent(name) if last is None else last


def _open_end(parser: Parser, name: str, first: sp.Expr, body: sp.Expr, token: Token) -> sp.Expr:
    """The last value of an index of which only the first is written: it runs over all entries, or without end."""
    index = sp.Symbol(name)
    of_entries = any(index in part.free_symbols for entry in body.atoms(sp.Indexed) for part in entry.indices)
    if index not in body.free_symbols or (of_entries and first not in (0, 1)):
        raise parser.refuse(Obstacle.MALFORMED, "a sum without an upper bound", "write it above the operator", token.start)
    if of_entries:
        parser.scope.notes[f"{name} runs over all entries"] = None
        return extent(name) if first == 1 else extent(name) - 1
    way = Option(value="without end", why="the last value is not written", sure="suggested")
    parser.scope.choose(f"the last value of {name}", way)
    return sp.oo


def _windowed(parser: Parser, value: sp.Expr, index: sp.Symbol) -> bool:
    """Whether an index runs over one parameter, and is a step in others: `a_{k-j} v_j`."""
    found = [(entry, part) for entry in value.atoms(sp.Indexed) for part in entry.indices if index in part.free_symbols]
    computed = [part for _, part in found if part != index]
    steps = all(isinstance(part - index, sp.Symbol) or isinstance(part + index, sp.Symbol) for part in computed)
    given = all(entry.base.label.name in parser.scope.parameters for entry, _ in found)
    alone = value.xreplace({entry: sp.Dummy() for entry, _ in found})
    return bool(computed) and len(computed) < len(found) and steps and given and index not in alone.free_symbols


def _is_degree(body: sp.Expr, index: sp.Symbol) -> bool:
    """Whether an index is that of an array and else only a whole exponent or a degree: `c_i x^i`, `c_i P_i(x)`."""
    plain = [entry for entry in body.atoms(sp.Indexed) if index in entry.indices]
    bare = body.xreplace({entry: sp.Dummy() for entry in plain})
    powers = {part for part in bare.atoms(sp.Pow) if part.exp == index and index not in part.base.free_symbols}
    powers |= {part for part in bare.atoms(*POLYNOMIALS) if part.args[0] == index}
    return bool(plain and powers) and index not in bare.xreplace({part: sp.Dummy() for part in powers}).free_symbols


def _outside_entries(value: sp.Expr, index: sp.Expr) -> bool:
    """Whether an index is used as a number, so that it matters where it starts."""
    if isinstance(value, sp.Indexed):
        return any(part != index and index in part.free_symbols for part in value.indices)
    return bool(value == index) or any(_outside_entries(part, index) for part in value.args)


def _sum_body(parser: Parser, indices: set[str]) -> Term:
    r"""What a sum is taken of. A factor that is a sum over the same index stands after it: `\sum_i a_i \sum_i b_i` is a product of sums."""
    for at in range(parser.at + 1, len(parser.items) - 2):
        node, mark, script = parser.items[at : at + 3]
        if node.is_char("+", "-", "/", "=", ",", ";"):
            break
        index = next(iter(contents(script)), None)
        if node.is_macro("sum") and mark.is_char("_") and isinstance(index, Token) and {index.text} == indices:
            before = parser.items[at - 1]
            end = at - 1 if isinstance(before, Token) and before.text in PRODUCTS else at
            return _term_until(parser, parser.at, end)
    return parser.term()


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
