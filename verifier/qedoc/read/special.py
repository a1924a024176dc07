r"""Reads special functions that a letter with scripts names: `\Phi^{-1}(p)`, `I_x(a, b)`, `\mathcal{N}(x; \mu, \sigma^2)`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import sympy as sp

from qedoc.read import arithmetic
from qedoc.read.brackets import arguments, split
from qedoc.read.factor import Factor, Shape
from qedoc.read.functions import ORDERED
from qedoc.read.library import (
    beta_share,
    incomplete_beta,
    lower_share,
    normal,
    normal_density,
    normal_quantile,
    scaled_bessel_i,
    scaled_bessel_k,
    upper_share,
)
from qedoc.read.parser import Parser
from qedoc.read.polynomials import LETTERS, polynomial
from qedoc.read.reading import Option
from qedoc.read.scope import is_applied, spelled_all
from qedoc.read.scripts import Scripts, collect, exponent
from qedoc.read.tokens import Token
from qedoc.read.tree import Group, Node

_REGULARIZED = re.compile(r"\bregulari[sz]ed\b[^.]*\bgamma\b", re.IGNORECASE)
_BESSEL_ORDERS = frozenset({"nu", "n", "m", "v", "p", "alpha"})
_SCALED = {"I": scaled_bessel_i, "K": scaled_bessel_k}
"""Bessel functions with an exponential scale, `I_0^e`. The scale of the others is 1 at real numbers."""
_SHARES = {"P": lower_share, "Q": upper_share}

Build = Callable[..., sp.Expr]


def special(parser: Parser, name: str, token: Token, *, italic: bool) -> Factor | None:
    """The function that a letter names with its scripts and arguments. None, with nothing read, if the letter is something else.

    Args:
        parser: the parser, which stands after the letter.
        name: the letter in plain form.
        token: its token.
        italic: whether it is an italic letter or a Greek one, and not upright.
    """
    scope = parser.scope
    if name not in _READERS or scope.declared(name) or name in scope.functions or (name in scope.siblings and not italic):
        return None
    at, items = parser.at, list(parser.items)
    scripts = collect(parser)
    group = parser.peek()
    plain = isinstance(group, Group) and group.opener == group.closer == "(" and not scripts.primes
    found = _READERS[name](parser, name, scripts, group) if plain and isinstance(group, Group) else None
    if found is None:
        parser.at, parser.items = at, items
        return None
    build, power = found
    parser.take()
    assert isinstance(group, Group)  # for mypy: tested above
    value = parser.built(token.start, build, *arguments(parser, group))
    if power is not None:
        raised = exponent(parser, power, scripts.upper_at, named=True)
        value = parser.built(token.start, arithmetic.power, value, raised)
    return Factor(value=value, shape=Shape.CALL, start=token.start, scripted=power is not None)


def inverted(scripts: Scripts) -> bool:
    """Whether the superscript is -1."""
    return scripts.upper is not None and "".join(node.text for node in scripts.upper if isinstance(node, Token)) == "-1"


def _normal(parser: Parser, name: str, scripts: Scripts, group: Group) -> tuple[Build, Sequence[Node] | None] | None:
    if scripts.lower is not None or len(split(group.items, ",", ";")) != 1:
        return None
    scope = parser.scope
    if name != "Phi" and not is_applied(scope.nodes, "Phi"):
        return None
    sure = "stated" if name in scope.usual else "suggested"
    what, build = ("distribution function", normal) if name == "Phi" else ("density", normal_density)
    way = Option(value=f"the {what} of the normal distribution", why=f"{name} of a number is the standard normal {what}", sure=sure)
    scope.choose(f"{name} before a bracket", way)
    if name == "Phi" and inverted(scripts):
        return normal_quantile, None
    return build, scripts.upper


def _ordered(parser: Parser, name: str, scripts: Scripts, group: Group) -> tuple[Build, Sequence[Node] | None] | None:
    """Bessel functions with an order, and the regularized incomplete beta function, whose subscript is its argument."""
    if scripts.lower is None:
        return None
    count = len(split(group.items, ",", ";"))
    scaled = scripts.upper is not None and [node.text for node in scripts.upper if isinstance(node, Token)] == ["e"]
    if name == "I" and count == 2 and scripts.upper is None:
        x = parser.part(scripts.lower, scripts.lower_at)
        way = Option(value="the regularized incomplete beta function", why="I_x(a, b) conventionally is this function", sure="suggested")
        parser.scope.choose("I with a subscript and two arguments", way)
        return (lambda a, b: beta_share(a, b, x)), None
    if count != 1 or (scripts.upper is not None and not scaled) or not _is_order(parser, scripts.lower):
        return None
    if f"{name}_{spelled_all(scripts.lower)}" in parser.scope.functions:  # the text explains it as another function
        return None
    order = parser.part(scripts.lower, scripts.lower_at)
    if not order.is_Integer and not scaled:
        bessel = Option(value="a Bessel function", why=f"{name} with an order is conventionally a Bessel function", sure="suggested")
        factor = Option(value="a factor", why=f"{name} with a subscript may be a number", sure="possible")
        if parser.scope.choose(before_bracket(name, spelled_all(scripts.lower)), bessel, factor) == factor.value:
            return None
    if scaled:
        return (lambda x: _SCALED.get(name, ORDERED[name])(order, x)), None
    return (lambda x: ORDERED[name](order, x)), None


def before_bracket(name: str, suffix: str) -> str:
    """The notation of a letter with a subscript before a bracket."""
    return f"{name}_{suffix} before a bracket"


def _is_order(parser: Parser, nodes: Sequence[Node]) -> bool:
    """Whether a subscript is a number, a usual letter for an order, an index that is summed over, or a computed value."""
    lone = nodes[0] if len(nodes) == 1 else None
    if isinstance(lone, Token):
        return lone.text in _BESSEL_ORDERS or lone.text in parser.scope.bound or lone.text.isdigit()
    return any(node.is_char("+", "-", "/") or node.is_macro("frac", "tfrac") for node in nodes)


def _incomplete_beta(parser: Parser, name: str, scripts: Scripts, group: Group) -> tuple[Build, Sequence[Node] | None] | None:
    semicolons = [len(split(piece, ",")) for piece in split(group.items, ";")]
    return (incomplete_beta, None) if scripts == Scripts() and semicolons == [1, 2] else None


def _share(parser: Parser, name: str, scripts: Scripts, group: Group) -> tuple[Build, Sequence[Node] | None] | None:
    """`P(a, x)` and `Q(a, x)`, where the text speaks of the regularized gamma function."""
    if scripts != Scripts() or not _REGULARIZED.search(parser.scope.about) or len(split(group.items, ",", ";")) != 2:
        return None
    way = Option(value="the regularized incomplete gamma function", why="the text names this function", sure="suggested")
    parser.scope.choose(f"{name} before a bracket", way)
    return _SHARES[name], None


_PRECISION = re.compile(r"\bprecision\b|\binverse\b|\breciprocal\b|\bsquare root\b|^\W*(\w+: )?1 ?/", re.IGNORECASE)
"""What a text says of a letter that may be neither a variance nor a standard deviation."""


def _gaussian(parser: Parser, name: str, scripts: Scripts, group: Group) -> tuple[Build, Sequence[Node] | None] | None:
    r"""The density `\mathcal{N}(x; \mu, \sigma^2)`. Its last argument is the variance where it is a square."""
    sides = [len(split(part, ",")) for part in split(group.items, ";")]
    if scripts != Scripts() or sides != [1, 2]:
        return None
    nodes = split(split(group.items, ";")[1], ",")[1]
    square = len(nodes) == 3 and nodes[1].is_char("^") and spelled_all(nodes[2:]) == "2"
    last = parser.part(nodes, group.start)
    variance = Option(value="the variance", why="the argument is the square of a standard deviation", sure="suggested")
    deviation = Option(value="the standard deviation", why="the argument may be the standard deviation", sure="possible")
    ways: tuple[Option, ...] = (variance, deviation)
    if not square and last != 1:
        ways = (replace(variance, why="it often is", sure="possible"), deviation)
        if any(_PRECISION.search(text) for text in parser.scope.said):
            ways = (*ways, Option(value="something else", why="the text speaks of a precision", sure="opaque"))
    if parser.scope.choose(f"the last argument {spelled_all(nodes)} of {name}", *ways) == deviation.value:
        scale = last
    else:
        scale = parser.part(nodes[:1], group.start) if square else arithmetic.root(last, sp.Integer(2))
    if scale != 1:
        parser.scope.implied[sp.Gt(scale, 0, evaluate=False)] = None
    return (lambda x, mean, _: arithmetic.divide(normal_density(arithmetic.divide(x - mean, scale)), scale)), None


def _polynomial(parser: Parser, name: str, scripts: Scripts, group: Group) -> tuple[Build, Sequence[Node] | None] | None:
    if name == "P" and (share := _share(parser, name, scripts, group)) is not None:
        return share
    return polynomial(parser, name, scripts, len(split(group.items, ",", ";")))


_READERS = {
    "cal_N": _gaussian,
    **dict.fromkeys(("Phi", "phi", "varphi"), _normal),
    **dict.fromkeys(("I", "J", "K", "Y"), _ordered),
    "B": _incomplete_beta,
    **dict.fromkeys(("P", "Q"), _share),
    **dict.fromkeys(LETTERS, _polynomial),
}
