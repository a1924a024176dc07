"""Reads names: which letters form one name, and whether a bracket after a name is an argument or a factor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy as sp

from qedoc.read.applications import applied, known_call, upright
from qedoc.read.brackets import loose, split
from qedoc.read.factor import Factor, Shape
from qedoc.read.imaginary import imaginary, may_be_unit
from qedoc.read.indicators import bold_one, is_one, letter_one
from qedoc.read.moments import expectation, reduction
from qedoc.read.parser import NAMES, Parser, rule
from qedoc.read.polynomials import LETTERS
from qedoc.read.reading import Obstacle, Option, Refused
from qedoc.read.scope import ACCENTS, Scope, conventional
from qedoc.read.scripts import Scripts, collect, raised
from qedoc.read.slices import sliced
from qedoc.read.special import special
from qedoc.read.standard import STANDARD
from qedoc.read.subscripts import subscript
from qedoc.read.tokens import BOLD, FONTS, STYLED, Kind, Token
from qedoc.read.traces import of_matrix
from qedoc.read.tree import SYMBOLS, Group, contents, spelled, walk

_VALUES = {"pi": sp.pi, "NaN": sp.nan, "nan": sp.nan, "inf": sp.oo, "Inf": sp.oo}
_DIFFERENCES = frozenset({"Delta", "delta"})
_MOST_FACTORS = 3
"""Maximum number of letters without a space that may be factors, if one of them is not explained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A name before its scripts.

    Args:
        name: its plain form.
        token: its token.
        letters: whether it is written in letters, so that it may be a function of the library.
    """

    name: str
    token: Token
    letters: bool


def _name(parser: Parser, token: Token) -> Factor:
    if token.kind is Kind.TEXT:
        return _text(parser, token)
    if token.kind is Kind.WORD:
        return _word(parser, token)
    if token.kind is Kind.MACRO and token.text in SYMBOLS:
        return _scripted(parser, Base(name=token.text, token=token, letters=False))
    raise Refused(Obstacle.UNKNOWN, f"'{token.text}'", token.start, "")


def _text(parser: Parser, token: Token) -> Factor:
    name, scope = token.text.replace(" ", "_"), parser.scope
    if token.font == "mathbb":
        found = reduction(parser, name, token) or expectation(parser, token) if name == "E" else letter_one(parser, name, token)
        if found is not None:
            return found
        raise Refused(Obstacle.UNSUPPORTED, f"the set or the expectation {token.text}", token.start, "")
    if token.font in STYLED:
        return _scripted(parser, Base(name="cal_" + name, token=token, letters=True))
    known = None if scope.declared(name) else upright(name) or (None if scope.is_function(name) else STANDARD.get(name))
    if known is not None:
        return known_call(parser, name, known, token.start)
    if not scope.declared(name) and name not in scope.functions:
        if name in _VALUES:
            return Factor(value=_VALUES[name], shape=Shape.OTHER, start=token.start)
        if name == "i":
            return Factor(value=sp.I, shape=Shape.OTHER, start=token.start)
        if name == "e":
            return _euler(parser, token)
        if name == "d":
            raise Refused(Obstacle.UNSUPPORTED, "a differential outside an integral", token.start, r"end the integrand with \mathrm{d}x")
    return _scripted(parser, Base(name=name, token=token, letters=True))


def _word(parser: Parser, token: Token) -> Factor:
    scope, run = parser.scope, token.text
    joined = _underscored(parser, token)
    if joined is not None:
        return _scripted(parser, joined)
    base = Base(name=run, token=token, letters=True)
    known = None if scope.declared(run) else upright(run, italic=True)
    if known is not None:
        return known_call(parser, run, known, token.start)
    if len(run) == 1 or scope.declared(run) or scope.is_function(run):
        return _euler(parser, token) if run == "e" else imaginary(parser, token) or _scripted(parser, base)
    if run == "pi" and not (scope.declared("p") and scope.declared("i")):
        return Factor(value=sp.pi, shape=Shape.OTHER, start=token.start)
    letters = [one for one in run if scope.declared(one) or one == "e" or one in scope.functions or may_be_unit(scope, one)]
    if run.isalpha() and (len(letters) == len(run) or _are_factors(run, letters, scope)):
        parser.at -= 1
        parser.items[parser.at : parser.at + 1] = [
            replace(token, text=c, start=token.start + n, end=token.start + n + 1) for n, c in enumerate(run)
        ]
        return _name(parser, parser.take())  # type: ignore[arg-type]  # the first of the letters just put there
    follower = parser.peek()
    if f"the letters {run}" in scope.open:
        return _scripted(parser, base)
    if "_" in run or (len(run) > 2 and isinstance(follower, Group) and follower.opener == "("):
        return _scripted(parser, base)
    if run in LETTERS and follower is not None and follower.is_char("_"):
        found = special(parser, run, token, italic=True)
        if found is not None:
            return found
    what = f"'{run}' may be one name, or a product of letters"
    raise Refused(Obstacle.AMBIGUOUS, what, token.start, rf"write \mathrm{{{run}}} for a name, {' '.join(run)} for a product")


def _are_factors(run: str, known: Sequence[str], scope: Scope) -> bool:
    """Whether letters without a space are read as factors, because each of them is explained or also stands alone in the formula."""
    alone = {item.text for items in walk(scope.nodes) for item in items if isinstance(item, Token) and item.kind is Kind.WORD}
    if not known or run[0] == "d" or len(run) > _MOST_FACTORS or not all(one in known or one in alone for one in run):
        return False
    factors = Option(value="a product", why="its letters stand alone elsewhere in the formula", sure="suggested")
    name = Option(value="one name", why="letters without a space may be a name", sure="possible")
    return scope.choose(f"the letters {run}", factors, name) == factors.value


def _underscored(parser: Parser, token: Token) -> Base | None:
    """A declared name with a bare underscore, such as `init_value`, which TeX would print with a subscript."""
    name, ahead = token.text, 0
    best: tuple[str, int] | None = None
    while True:
        mark, rest = parser.peek(ahead), parser.peek(ahead + 1)
        if mark is None or not mark.is_char("_") or not isinstance(rest, Token) or rest.kind is not Kind.WORD or len(rest.text) < 2:
            break
        name, ahead = f"{name}_{rest.text}", ahead + 2
        if parser.scope.declared(name) or parser.scope.is_function(name):
            best = name, ahead
    if best is None:
        return None
    parser.at += best[1]
    return Base(name=best[0], token=token, letters=True)


def _euler(parser: Parser, token: Token) -> Factor:
    """Euler's number, unless a legend or the signature has another e."""
    scope = parser.scope
    if scope.explained("e"):
        return _scripted(parser, Base(name="e", token=token, letters=True))
    follower = parser.peek()
    powered = follower is not None and follower.is_char("^")
    if scope.declared("e") and powered:
        number = Option(value="Euler's number", why="e with an exponent is conventionally the exponential function", sure="possible")
        name = Option(value="the parameter e", why="a parameter has this name", sure="possible")
        if scope.choose("e", number, name) == number.value:
            return Factor(value=sp.E, shape=Shape.OTHER, start=token.start)
    if scope.declared("e") or (follower is not None and follower.is_char("_")):
        return _scripted(parser, Base(name="e", token=token, letters=True))
    if not powered and token.kind is Kind.WORD:
        number = Option(value="Euler's number", why="e is conventionally Euler's number", sure="suggested")
        name = Option(value="a symbol", why="e may be a name", sure="possible")
        if scope.choose("e", number, name) == name.value:
            return _scripted(parser, Base(name="e", token=token, letters=True))
    return Factor(value=sp.E, shape=Shape.OTHER, start=token.start)


def _scripted(parser: Parser, base: Base) -> Factor:
    """A name with its scripts, and the arguments or the index that follow."""
    found = special(parser, base.name, base.token, italic=base.token.kind is not Kind.TEXT)
    found = found or reduction(parser, base.name, base.token) or letter_one(parser, base.name, base.token)
    if found is not None:
        return found
    if (difference := _difference(parser, base)) is not None:
        return _scripted(parser, difference)
    scripts = collect(parser)
    name, indices = base.name, None
    if scripts.lower is not None:
        suffix, indices = subscript(parser, base.name, scripts.lower, scripts.lower_at)
        name = f"{name}_{suffix}" if suffix else name
    name += "'" * scripts.primes
    name, scripts = _labelled(parser, name, scripts)
    if indices is None:
        call = of_matrix(parser, name, base.token.start) or applied(parser, name, base.token, scripts, letters=base.letters)
        if call is not None:
            return call
        value = _value(parser, name, base.token)
    else:
        value = sp.IndexedBase(sp.Symbol(name))[tuple(indices)]
    _check_order(parser, name, scripts)
    factor = Factor(value=value, shape=Shape.NAME, start=base.token.start, scripted=True)
    factor = _bracketed(parser, name, factor, entry=indices is not None, powered=scripts.upper is not None)
    return factor if scripts.upper is None else raised(parser, factor, scripts.upper, scripts.upper_at)


def _difference(parser: Parser, base: Base) -> Base | None:
    r"""`\Delta t` as one name; None where the Delta is a factor."""
    scope, letter = parser.scope, parser.peek()
    if base.name not in _DIFFERENCES or scope.declared(base.name) or not isinstance(letter, Token) or not parser.starts():
        return None
    if letter.kind is not Kind.WORD and letter.text not in SYMBOLS:
        return None
    whole = Option(value="the name of a difference", why=f"{base.name} before a letter is conventionally a difference", sure="suggested")
    factor = Option(value="a factor", why=f"{base.name} may be a number", sure="possible")
    if scope.choose(f"{base.name} before a letter", whole, factor) == factor.value:
        return None
    nodes = parser.argument()
    return Base(name=f"{base.name}_{spelled(nodes[0])}", token=base.token, letters=False)


_STARS = frozenset({"*", "star", "ast"})


def _labelled(parser: Parser, name: str, scripts: Scripts) -> tuple[str, Scripts]:
    r"""The name with a mark or a word as its superscript, `\theta^*` and `y^{\mathrm{new}}`, and the scripts without it."""
    lone = scripts.upper[0] if scripts.upper is not None and len(scripts.upper) == 1 else None
    if not isinstance(lone, Token):
        return name, scripts
    scope, following = parser.scope, parser.peek()
    star = lone.text in _STARS and lone.kind in (Kind.CHAR, Kind.MACRO)
    word = lone.kind in (Kind.TEXT, Kind.WORD) and len(lone.text) > 1 and lone.text.isalpha() and not scope.declared(lone.text)
    spelling = f"{name}^{lone.text}"
    if star and not (isinstance(following, Group) and following.opener == "("):
        way = Option(value="a part of the name", why="a star conventionally marks a name", sure="suggested")
        rare = Option(value="a conjugate", why="a star may be the complex conjugate, which a real number is of itself", sure="possible")
        other = name
    elif word and (lone.kind is Kind.TEXT or not (conventional(lone.text) or {*lone.text} <= {*scope.symbols, *scope.letters, "e"})):
        way = Option(value="a part of the name", why="a word above a letter is conventionally a label", sure="suggested")
        rare = Option(value="a power", why="the word may be a number", sure="possible")
        other = ""
    else:
        return name, scripts
    ways = (way,) if scope.explained(spelling) or (word and lone.kind is Kind.WORD) else (way, rare)
    if scope.choose(f"{lone.text} above {name}", *ways) == way.value:
        return spelling, replace(scripts, upper=None)
    return (other, replace(scripts, upper=None)) if other else (name, scripts)


def _check_order(parser: Parser, name: str, scripts: Scripts) -> None:
    """Refuses `N_n^m`, whose upper letter may be an order and no power."""
    scope = parser.scope
    letters = [nodes[0] if nodes and len(nodes) == 1 else None for nodes in (scripts.lower, scripts.upper)]
    lower, upper = letters
    if not isinstance(upper, Token) or upper.kind is not Kind.WORD or not isinstance(lower, Token) or lower.kind is Kind.NUMBER:
        return
    if not scope.declared(name) and not (lower.text in scope.bound and scope.declared(upper.text)):
        what = "a letter as subscript and another as superscript: a power, or an order"
        raise Refused(Obstacle.AMBIGUOUS, what, scripts.upper_at, "put the base of a power in parentheses")


def _value(parser: Parser, name: str, token: Token) -> sp.Expr:
    scope = parser.scope
    if name == "pi" and not scope.explained("pi"):
        if scope.declared("pi"):
            raise Refused(Obstacle.AMBIGUOUS, r"\pi may be the number, or the parameter pi", token.start, "explain it in the text")
        return sp.pi
    if name == "Gamma" and not scope.declared(name) and "gamma" not in scope.parameters:
        raise Refused(Obstacle.AMBIGUOUS, r"\Gamma without parentheses", token.start, r"write \Gamma(x), or explain the symbol")
    if name == "gamma" and not scope.declared(name) and not scope.explained(name):
        symbol = Option(value="a symbol", why="gamma may be a symbol", sure="possible")
        constant = Option(value="Euler's constant", why="gamma is conventionally Euler's constant, 0.5772...", sure="possible")
        if scope.choose("gamma", symbol, constant) == constant.value:
            return sp.EulerGamma
    return scope.symbol(name)


def _bracketed(parser: Parser, name: str, factor: Factor, *, entry: bool, powered: bool) -> Factor:
    """A value before a bracket: `x[i]` is an entry; a round bracket after it is a factor."""
    scope, group = parser.scope, parser.peek()
    if not isinstance(group, Group) or group.opener not in ("(", "["):
        return factor
    plainly = all(isinstance(item, Token) and item.kind in (Kind.NUMBER, Kind.WORD) for item in group.items) and len(group.items) == 1
    if group.opener == "(":
        if entry and plainly:
            raise parser.refuse(
                Obstacle.AMBIGUOUS, "an entry before a bracket: a factor, or an argument", "write all indices as subscripts"
            )
        return factor
    if any(item.is_char(":") or item.is_macro("ldots", "dots", "cdots") for item in group.items):
        parser.take()
        return replace(factor, value=sliced(parser, name, group), shape=Shape.OTHER)
    letters = [item.text for item in group.items if isinstance(item, Token) and item.kind is Kind.WORD]
    digits = plainly and not letters
    inner = [sp.Symbol(letter) for letter in letters]
    apart = parser.at > 0 and parser.items[parser.at - 1].end != group.start
    if entry or (digits and (powered or (apart and name not in scope.vectors))):
        what = "a square bracket after a power, an index or a space: a citation, an entry, or a factor"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, "write a citation in the text, an entry as a subscript, a factor in round brackets")
    if digits or name in scope.vectors or (letters and all(str(letter) in scope.letters or str(letter) in scope.bound for letter in inner)):
        parser.take()
        indices = [parser.inside(piece, group.end - 1).value() for piece in split(group.items, ",")]
        return replace(factor, value=sp.IndexedBase(sp.Symbol(name))[tuple(indices)])
    if name in SYMBOLS and name not in scope.functions and any(item.is_macro("sum", "prod") for item in group.items):
        return factor  # a sum is no index, and a Greek letter is no functional
    if not scope.declared(name) or plainly or not all(scope.declared(letter) for letter in letters):
        raise parser.refuse(Obstacle.AMBIGUOUS, "a square bracket after a name: an index, or a factor", r"write a subscript, or \cdot")
    return factor


@rule(*ACCENTS)
def _accent(parser: Parser, token: Token) -> Factor:
    r"""`\hat{m}` is the name m_hat."""
    nodes = parser.argument()
    inner, inside = "", nodes[0] if nodes else None
    if len(nodes) == 2 and isinstance(inside, Token) and inside.is_macro(*ACCENTS) and len(contents(nodes[1])) == 1:  # `\bar{\hat y}`
        inner, nodes = f"_{inside.text.removeprefix('wide')}", tuple(contents(nodes[1]))
    lone = nodes[0] if len(nodes) == 1 else None
    if not isinstance(lone, Token) or lone.kind not in (Kind.WORD, Kind.TEXT, Kind.MACRO) or lone.text in ACCENTS:
        raise Refused(Obstacle.UNSUPPORTED, rf"\{token.text} over more than one symbol", token.start, "put the scripts outside")
    if lone.kind is Kind.MACRO and lone.text not in SYMBOLS:
        raise Refused(Obstacle.UNKNOWN, rf"\{lone.text} under an accent", lone.start, "")
    return _scripted(parser, Base(name=f"{lone.text}{inner}_{token.text.removeprefix('wide')}", token=token, letters=False))


@rule("overline")
def _overline(parser: Parser, token: Token) -> Factor:
    r"""`\overline{X_i}`, whatever it means, is a name with the index i, unless the text says that it is the conjugate."""
    nodes = parser.argument()
    first = nodes[0] if nodes else None
    plain = len(nodes) == 1 or (len(nodes) == 3 and nodes[1].is_char("_"))
    if not plain or not isinstance(first, Token) or not (first.kind in (Kind.WORD, Kind.TEXT) or first.text in SYMBOLS):
        raise Refused(Obstacle.UNSUPPORTED, "a line above more than one symbol", token.start, "give it its own name")
    if first.text in parser.scope.conjugates:
        parser.scope.notes[f"{first.text} is real, so it is its own conjugate"] = None
        return replace(parser.inside(nodes, nodes[-1].end).factor_alone(), start=token.start)
    if first.kind is Kind.WORD and len(first.text) > 1:
        raise Refused(Obstacle.UNSUPPORTED, "a line above more than one symbol", token.start, "give it its own name")
    base = Base(name=f"{first.text}_overline", token=token, letters=False)
    if len(nodes) == 1:
        return _scripted(parser, base)
    inner = parser.inside(nodes[1:], nodes[-1].end)
    return replace(_scripted(inner, base), start=token.start)


@rule(*FONTS)
def _font(parser: Parser, token: Token) -> Factor:
    """A font around something that is no plain word."""
    nodes = parser.argument()
    lone = nodes[0] if len(nodes) == 1 else None
    if isinstance(lone, Token) and (lone.text in SYMBOLS or lone.kind in (Kind.WORD, Kind.TEXT)):
        if lone.kind is Kind.MACRO:
            return _name(parser, lone)
        return _text(parser, replace(lone, kind=Kind.TEXT, font=token.text))
    if is_one(lone, token.text):
        return bold_one(parser, token)
    if token.text in BOLD | STYLED or not nodes:
        raise Refused(Obstacle.UNKNOWN, rf"\{token.text} around something that is not a name", token.start, "")
    return loose(parser, Group(opener="{", closer="{", items=tuple(nodes), start=token.start, end=nodes[-1].end))


@rule("infty")
def _infinity(parser: Parser, token: Token) -> Factor:
    return Factor(value=sp.oo, shape=Shape.OTHER, start=token.start)


NAMES.append(_name)
