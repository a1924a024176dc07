r"""Reads reductions of an array: `\mathbb{E}[x]`, `\mathrm{Var}[x]`, `\operatorname{mean}(x)`, `\mathrm{softmax}(x)_i`."""

from collections.abc import Callable
from dataclasses import replace

import sympy as sp

from qedoc.algebra.large import Largest, Smallest
from qedoc.read import arithmetic
from qedoc.read.brackets import entry, fresh, split
from qedoc.read.factor import Factor, Shape, has_vector
from qedoc.read.parser import Parser
from qedoc.read.reading import Obstacle, Option, Refused, extent
from qedoc.read.scripts import Scripts, collect
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, spelled

Entry = Callable[[sp.Expr], sp.Expr]

_MEANS = frozenset({"E", "mean", "Mean", "avg", "average", "Avg"})
_VARIANCES = frozenset({"Var", "var", "variance", "Variance"})
_DEVIATIONS = frozenset({"Std", "std", "SD", "stddev"})
_SUMS = {"sum": sp.Sum, "prod": sp.Product}
_EXPONENTIALS = frozenset({"logsumexp", "LogSumExp", "LSE", "lse", "softmax", "Softmax", "log_softmax", "logsoftmax", "LogSoftmax"})
_RANDOM = frozenset({"E", "Var", "var", "Std", "SD", "std"})
"""Names that are of a random variable too."""

_COVARIANCES = frozenset({"Cov", "cov", "Covariance", "covariance"})

NAMES = _MEANS | _VARIANCES | _COVARIANCES | _DEVIATIONS | _EXPONENTIALS | set(_SUMS)


def reduction(parser: Parser, name: str, token: Token) -> Factor | None:
    """Reads the reduction of an array to a number. None, with nothing read, if the name is something else.

    Args:
        parser: the parser, which stands after the name.
        name: the name in plain form.
        token: its token.

    Raises:
        Refused: if nothing says which name is the array.
    """
    scope = parser.scope
    if name not in NAMES or scope.declared(name) or scope.is_function(name):
        return None
    at, items = parser.at, list(parser.items)
    scripts = collect(parser)
    group = parser.peek()
    italic = name == "E" and token.kind is not Kind.TEXT  # `E(x)` in italics may be an energy
    openers = ("[",) if italic else ("(", "[", r"\{")
    plain = isinstance(group, Group) and group.opener == group.closer and group.opener in openers and scripts.upper is None
    count = 2 if name in _COVARIANCES else 1
    if not plain or not isinstance(group, Group) or len(split(group.items, ",", ";")) != count:
        parser.at, parser.items = at, items
        return None
    if weight := _weight(parser, name, scripts):
        parser.take()
        return _weighted(parser, name, group, weight, token.start)
    if _is_variable(parser, name, group) or (count == 2 and scripts.lower is not None):
        parser.at, parser.items = at, items
        return None
    if count == 2:
        parser.take()
        return _covariance(parser, name, group, token.start)
    index = _index(scripts)
    if index is None:
        parser.at, parser.items = at, items
        return None
    parser.take()
    return _reduced(parser, name, token, group, index)


def expectation(parser: Parser, token: Token) -> Factor | None:
    r"""Reads `\mathbb{E}[X]` in a formula for another moment of X, such as `\mathrm{Var}(X)`. None, with nothing read, for others."""
    group = parser.peek()
    plain = isinstance(group, Group) and group.opener == group.closer and group.opener in ("(", "[")
    if not plain or not isinstance(group, Group) or [item.text for item in group.items if isinstance(item, Token)] != [parser.scope.random]:
        return None
    parser.take()
    return Factor(value=sp.Function("E")(sp.Symbol(parser.scope.random)), shape=Shape.CALL, start=token.start)


def _is_variable(parser: Parser, name: str, group: Group) -> bool:
    """Whether the argument is a random variable: a capital letter that nothing declares."""
    lone = group.items[0]
    alone = len(group.items) == 1 or (name in _COVARIANCES and len(group.items) == 3)
    capital = isinstance(lone, Token) and len(lone.text) == 1 and lone.text.isupper()
    return name in _RANDOM | _COVARIANCES and alone and capital and isinstance(lone, Token) and not parser.scope.declared(lone.text)


def _index(scripts: Scripts) -> str | None:
    """The index below the name, which the reduction runs over; empty if there is none, and None for anything but an index."""
    if scripts.lower is None:
        return ""
    lone = scripts.lower[0] if len(scripts.lower) == 1 else None
    return lone.text if isinstance(lone, Token) and lone.kind is Kind.WORD and len(lone.text) == 1 else None


def _reduced(parser: Parser, name: str, token: Token, group: Group, index: str) -> Factor:
    start = token.start
    if index:
        with parser.scope.binding((index,)):
            value = parser.within(group).value()
        if not any(sp.Symbol(index) in part.free_symbols for found in value.atoms(sp.Indexed) for part in found.indices):
            raise Refused(Obstacle.AMBIGUOUS, f"the first and last value of {index} are not given", start, "write a sum with its bounds")

        def of(i: sp.Symbol) -> sp.Expr:
            return value.xreplace({sp.Symbol(index): i})
    else:
        value = array(parser, group, start)
        index = fresh(parser, value, *_entry_after(parser))

        def of(i: sp.Symbol) -> sp.Expr:
            return entry(parser, value, i.name, start)

    limits = (sp.Symbol(index), sp.S.One, extent(index))
    here = parser.built(start, of, limits[0])
    if name in _EXPONENTIALS:
        return _exponential(parser, name, start, value, sp.Sum(arithmetic.elementary(sp.exp, here), limits), of)
    if name in _SUMS:
        found = _SUMS[name](here, limits)
    elif name in _MEANS:
        found = _mean(here, limits)
        if name in _RANDOM:
            way = Option(value="the mean of the entries", why=f"{name} of an array is the mean of its entries", sure="suggested")
            parser.scope.choose(f"{name} of an array", way)
    else:
        found = _variance(parser, name, here, limits)
        found = arithmetic.root(found, sp.Integer(2)) if name in _DEVIATIONS else found
    return Factor(value=found, shape=Shape.CALL, start=start)


def _entry_after(parser: Parser) -> list[sp.Symbol]:
    r"""The index after a bracket: `\mathrm{softmax}(x)_i`."""
    mark, node = parser.peek(), parser.peek(1)
    return [sp.Symbol(spelled(node))] if mark is not None and mark.is_char("_") and node is not None else []


def array(parser: Parser, group: Group, start: int) -> sp.Expr:
    """The value in a bracket, which is an array: if nothing calls its only letter a vector, it is one here.

    Raises:
        Refused: if several letters may be the array.
    """
    value = parser.within(group).value()
    if has_vector(value, parser.scope):
        return value
    letters = sorted(
        symbol.name for symbol in value.free_symbols if isinstance(symbol, sp.Symbol) and symbol.name not in parser.scope.bound
    )
    if len(letters) != 1 or value.atoms(sp.Indexed):
        what = "a reduction of something of which no part is known to be an array"
        raise Refused(Obstacle.AMBIGUOUS, what, start, "say in the text which one is the array, or write the sum with its index")
    parser.scope.vectors.add(letters[0])
    parser.scope.notes[f"{letters[0]} is an array, because the formula reduces it"] = None
    return parser.within(group).value()


def _mean(value: sp.Expr, limits: tuple[sp.Expr, ...]) -> sp.Expr:
    return sp.Sum(value, limits) / limits[2]


def _variance(parser: Parser, name: str, value: sp.Expr, limits: tuple[sp.Expr, ...]) -> sp.Expr:
    """The variance of the entries: the mean of the squares of their distances from the mean, or the sum divided by one less."""
    index, first, last = limits
    other = sp.Symbol(fresh(parser, value, index))
    mean = sp.Sum(value.xreplace({index: other}), (other, first, extent(other.name))) / extent(other.name)
    squares = sp.Sum(arithmetic.power(value - mean, sp.Integer(2)), limits)
    return squares / (last if _of_population(parser, name) else last - 1)


def _weight(parser: Parser, name: str, scripts: Scripts) -> str:
    r"""The array of weights below the name of a moment, a parameter: `\mathrm{Var}_w(x)`. Empty if there is none."""
    letter, scope = _index(scripts), parser.scope
    moment = name in _MEANS | _VARIANCES | _DEVIATIONS | _COVARIANCES
    return letter if moment and letter and letter in scope.parameters and letter not in scope.bound and letter not in scope.pointers else ""


def _weighted(parser: Parser, name: str, group: Group, weight: str, start: int) -> Factor:
    """A moment of the entries of arrays, each with its weight."""
    scope = parser.scope
    scope.vectors.add(weight)
    scope.notes[f"{weight} below {name} is an array of weights"] = None
    pieces = [array(parser, replace(group, items=tuple(piece)), start) for piece in split(group.items, ",")]
    weights, taken = sp.Symbol(weight), list[sp.Symbol]()

    def total(*distances: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
        """The sum of the weights, each multiplied with the distances of entries from numbers."""
        index = sp.Symbol(fresh(parser, sp.Tuple(*pieces), *taken))
        taken.append(index)
        factors = (entry(parser, value, index.name, start) - number for value, number in ((weights, sp.S.Zero), *distances))
        return sp.Sum(sp.Mul(*factors), (index, 1, extent(index.name)))

    size = total()
    means = [arithmetic.divide(total((value, sp.S.Zero)), size) for value in pieces]
    if name in _MEANS:
        return Factor(value=means[0], shape=Shape.CALL, start=start)
    products = total((pieces[0], means[0]), (pieces[-1], means[-1]))
    mean = Option(value="a weighted mean", why="the products are divided by the sum of the weights by convention", sure="suggested")
    counts = Option(value="of counts", why="they may be divided by the sum of the weights less one", sure="possible")
    sample = Option(value="of a sample", why="they may be divided by a sum that corrects for the squares of the weights", sure="possible")
    chosen = scope.choose("a weighted variance", mean, counts, sample)
    squares = arithmetic.divide(total((weights, sp.S.Zero)), size)
    less = {counts.value: sp.S.One, sample.value: squares}.get(chosen, sp.S.Zero)
    found = arithmetic.divide(products, size - less)
    return Factor(value=arithmetic.root(found, sp.Integer(2)) if name in _DEVIATIONS else found, shape=Shape.CALL, start=start)


def _covariance(parser: Parser, name: str, group: Group, start: int) -> Factor:
    """The covariance of the entries of two arrays."""
    pieces = [array(parser, replace(group, items=tuple(piece)), start) for piece in split(group.items, ",")]
    both = sp.Tuple(*pieces)
    index, other = sp.Symbol(fresh(parser, both)), sp.Symbol(fresh(parser, both, sp.Symbol(fresh(parser, both))))

    def at(value: sp.Expr, place: sp.Symbol) -> sp.Expr:
        return entry(parser, value, place.name, start)

    last = extent(index.name)
    means = [sp.Sum(at(value, other), (other, 1, extent(other.name))) / extent(other.name) for value in pieces]
    products = sp.Sum(sp.Mul(*(at(value, index) - mean for value, mean in zip(pieces, means, strict=True))), (index, 1, last))
    return Factor(value=products / (last if _of_population(parser, name) else last - 1), shape=Shape.CALL, start=start)


def _of_population(parser: Parser, name: str) -> bool:
    """Whether a variance or covariance is divided by the number of entries, and not by one less."""
    population = Option(value="of a population", why="the squares are divided by the number of entries by convention", sure="suggested")
    sample = Option(value="of a sample", why="the squares may be divided by the number of entries less one", sure="possible")
    return parser.scope.choose(f"{name} of an array", population, sample) == population.value


def _exponential(parser: Parser, name: str, start: int, value: sp.Expr, total: sp.Expr, of: Entry) -> Factor:
    """The logarithm of a sum of exponentials, and the softmax, perhaps with the index of its entry."""
    kind = name.lower().replace("_", "")
    logarithm = sp.log(total, evaluate=False)
    parser.scope.notes[f"{name} is the usual function of this name"] = None
    if kind in ("logsumexp", "lse"):
        return Factor(value=logarithm, shape=Shape.CALL, start=start)
    scripts = collect(parser)
    index = _index(scripts)
    if index is None or scripts.upper is not None:
        raise Refused(Obstacle.UNSUPPORTED, f"the script of {name}", scripts.lower_at or scripts.upper_at, "write an index")
    here = of(sp.Symbol(index)) if index else value
    found = here - logarithm if kind == "logsoftmax" else arithmetic.divide(arithmetic.elementary(sp.exp, here), total)
    return Factor(value=found, shape=Shape.CALL, start=start, scripted=True)


def largest(parser: Parser, name: str, value: sp.Expr, start: int) -> sp.Expr:
    r"""The largest or smallest entry of an array: `\max(x)`."""
    index = fresh(parser, value)
    large = Largest if name == "max" else Smallest
    return large(entry(parser, value, index, start), (sp.Symbol(index), 1, extent(index)))
