"""Reads functions with their arguments: known functions, declared functions, and brackets that may be a factor."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import sympy as sp

from qedoc.read import arithmetic
from qedoc.read.bare_arguments import OPENERS, beside, mean_of
from qedoc.read.brackets import arguments, entry, fresh, loose, split
from qedoc.read.conventions import build_of
from qedoc.read.factor import Factor, Shape, has_vector
from qedoc.read.functions import FUNCTIONS, LETTERS, ORDERED, UPRIGHT_ONLY, Known
from qedoc.read.library import LIBRARY, library, logistic
from qedoc.read.matrices import COLUMN, has_product, kind
from qedoc.read.moments import largest
from qedoc.read.neighbours import refuse_loose
from qedoc.read.operators import extreme
from qedoc.read.parser import Parser, rule
from qedoc.read.reading import Obstacle, Option, Refused, extent
from qedoc.read.scope import DEFINED, has_entries, stands_alone
from qedoc.read.scripts import Scripts, collect, exponent
from qedoc.read.special import inverted
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, spelled

_FUNCTION_LETTERS = frozenset({*"fghpquv", "phi", "psi", "rho", "cal_L", "cal_F", "ell"})
"""Letters that are often functions, as capital letters are. Before a bracket, they are refused unless the text explains them."""

_NEVER_ENTRIES = frozenset({"f", "g", "h", "phi", "psi", "pi"})
"""Letters before the index of a sum in brackets that are functions, or a number."""

_SETTLED = frozenset({"sigmoid", "logistic", "expit", "relu", "softplus", "silu", "swish"})
"""Names of functions that mean the same everywhere, also beside a function of this name that computes something else, such as spikes."""

_SETTLED_WAYS = (
    Option(value="the one beside the object", why="a function beside the object has the name", sure="suggested"),
    Option(value="the usual one", why="the name means the same everywhere", sure="possible"),
)

_OF_VECTOR = Option(value="that of a vector", why="the beta function has one argument only if that is a vector", sure="suggested")


def upright(name: str, *, italic: bool = False) -> Known | None:
    """The known function of this name. With `italic`, excludes functions that only upright letters name."""
    capital = name[:1].isupper() and len(name) > 2 and not italic  # `\text{Tanh}`
    return FUNCTIONS.get(name) or (None if italic else UPRIGHT_ONLY.get(name)) or (FUNCTIONS.get(name.lower()) if capital else None)


@rule(*FUNCTIONS)
def _macro(parser: Parser, token: Token) -> Factor:
    if token.text == "sqrt":
        return _root(parser, token)
    if token.text in ("arctan", "atan") and _has_two_arguments(parser):
        parser.take()
        return known_call(parser, "arctan2", FUNCTIONS["arctan2"], token.start)
    return known_call(parser, token.text, FUNCTIONS[token.text], token.start)


def _has_two_arguments(parser: Parser) -> bool:
    r"""Whether `2(y, x)` follows: `\arctan2(y, x)`. With one argument, it may be that of a product."""
    two, group = parser.peek(), parser.peek(1)
    named = isinstance(two, Token) and two.kind is Kind.NUMBER and two.text == "2"
    return named and isinstance(group, Group) and group.opener == group.closer == "(" and len(split(group.items, ",")) == 2


@rule("lg")
def _lg(parser: Parser, token: Token) -> Factor:
    r"""`\lg x`, the logarithm to base 10 or to base 2."""
    ten = Option(value="to base 10", why="lg is the decimal logarithm by ISO 80000-2", sure="possible")
    two = Option(value="to base 2", why="lg is often the binary logarithm in computer science", sure="possible")
    name = "log10" if parser.scope.choose("lg", ten, two) == ten.value else "log2"
    return known_call(parser, "lg", replace(FUNCTIONS[name], bare=True), token.start)


def _root(parser: Parser, token: Token) -> Factor:
    r"""`\sqrt[3]{x}`; a square bracket after `\sqrt` is the degree."""
    degree = sp.Integer(2)
    group = parser.peek()
    if isinstance(group, Group) and group.opener == "[":
        parser.take()
        degree = parser.within(group).value()
    elif isinstance(group, Group) and group.opener == "(":
        raise parser.refuse(Obstacle.AMBIGUOUS, r"\sqrt( covers only the opening parenthesis in TeX", "put the radicand in braces")
    radicand = parser.part(parser.argument(), token.start)
    value = parser.built(token.start, arithmetic.root, radicand, degree)
    return Factor(value=value, shape=Shape.BRACKET, start=token.start)


def known_call(parser: Parser, name: str, known: Known, start: int) -> Factor:
    """Reads a known function with its scripts and arguments, which may lack parentheses."""
    scripts = collect(parser)
    build, power = known.build, None
    if name in ("max", "min") and scripts.lower is not None:
        return extreme(parser, name, scripts, start)
    build = build_of(parser, name, build) if scripts.lower is None else _based(parser, name, scripts)
    if scripts.upper is not None:
        minus_one = [node.text for node in scripts.upper if isinstance(node, Token)] == ["-", "1"]
        if minus_one and known.inverse:
            build = FUNCTIONS[known.inverse].build
        elif minus_one or not known.bare:
            what = f"an exponent on {name}: a power, or an inverse"
            raise Refused(
                Obstacle.AMBIGUOUS, what, scripts.upper_at, "put the exponent after the argument, and parentheses around the whole"
            )
        else:
            power = exponent(parser, scripts.upper, scripts.upper_at, named=True)
    if scripts.primes:
        raise Refused(Obstacle.UNSUPPORTED, "a derivative by a prime", start, r"write \frac{\mathrm{d}}{\mathrm{d}x}")
    factor, values = _operand(parser, name, known)
    if name in ("max", "min") and len(values) == 1 and has_vector(values[0], parser.scope):
        return replace(factor, value=parser.built(start, lambda v: largest(parser, name, v, start), values[0]), start=start)
    if len(values) not in known.arity:
        what = f"{name} with {len(values)} argument{'s' if len(values) > 1 else ''}"
        raise Refused(Obstacle.UNSUPPORTED, what, start, "write reductions with an index")
    value = parser.built(start, build, *values)
    if power is not None:
        value = parser.built(start, arithmetic.power, value, power)
    return replace(factor, value=value, start=start, scripted=factor.shape is Shape.BARE_CALL, raised=False)


def _based(parser: Parser, name: str, scripts: Scripts) -> Callable[..., sp.Expr]:
    if name != "log" or scripts.lower is None:
        what = f"a subscript on {name}"
        raise Refused(Obstacle.UNSUPPORTED, what, scripts.lower_at, "")
    base = parser.part(scripts.lower, scripts.lower_at)
    return lambda x: arithmetic.divide(arithmetic.elementary(sp.log, x), arithmetic.elementary(sp.log, base))


def _operand(parser: Parser, name: str, known: Known) -> tuple[Factor, list[sp.Expr]]:
    """How the arguments are written, and their values."""
    group = parser.peek()
    inner = group.items[0] if isinstance(group, Group) and group.opener == "{" and len(group.items) == 1 else None
    if isinstance(inner, Group) and inner.opener in OPENERS:
        group = inner
    if isinstance(group, Group) and group.opener in OPENERS and group.closer == group.opener:
        parser.take()
        shape = Shape.NAMED_CALL if known.bare else Shape.CALL
        return Factor(value=sp.S.Zero, shape=shape, start=group.start), arguments(parser, group)
    if not known.bare and isinstance(group, Group) and group.opener == "{" and group.items:
        parser.take()  # `\abs{x}`: the braces hold the argument of the command
        return Factor(value=sp.S.Zero, shape=Shape.CALL, start=group.start), arguments(parser, group)
    if not known.bare:
        raise parser.refuse(Obstacle.MALFORMED, f"{name} without parentheses", "put its arguments in parentheses")
    if isinstance(group, Group) and group.opener == "{":
        parser.take()
        factor = loose(parser, group)
        if factor.shape is Shape.LOOSE_SUM and not _signed(group):
            refuse_loose(factor)
        return replace(factor, shape=Shape.BARE_CALL), [factor.value]
    if group is not None and group.is_char("+"):
        raise parser.refuse(Obstacle.MALFORMED, f"a sign after {name}", "put the argument in parentheses")
    negative = group is not None and group.is_char("-")
    if negative:
        parser.take()
    factor = parser.factor()
    if factor.shape in (Shape.LOOSE_SUM, Shape.LOOSE_PRODUCT):
        refuse_loose(factor)
    factor = beside(parser, mean_of(parser, factor), name)
    shape = Shape.LARGE if factor.shape is Shape.LARGE else Shape.BARE_CALL
    return replace(factor, shape=shape), [-factor.value if negative else factor.value]


def _signed(group: Group) -> bool:
    r"""Whether braces hold one signed term, which nobody could take apart: `\exp{-x}`."""
    signs = [item for item in group.items if item.is_char("+", "-")]
    return len(signs) == 1 and group.items[0] is signs[0]


def applied(parser: Parser, name: str, token: Token, scripts: Scripts, *, letters: bool) -> Factor | None:
    """Applies a name to the bracket that follows, or returns None if the name stands for a value."""
    scope = parser.scope
    group = _argument_group(parser)
    if group is None:
        return _unapplied(parser, name, token, letters=letters) if scope.is_function(name, letters=letters) else None
    pieces = split(group.items, ",", ";")
    beside = letters and name in _SETTLED and name not in scope.functions and scope.is_function(name)
    if beside and scope.choose(f"the function {name}", *_SETTLED_WAYS) == _SETTLED_WAYS[1].value:
        usual = _usual(parser, name, token, scripts, len(pieces))
        if usual is not None:
            return usual
    if scope.is_function(name.rstrip("'"), letters=letters):
        return _declared(parser, name, token, scripts)
    if _numbers_entry(parser, name, scripts, pieces):
        parser.take()
        value = sp.IndexedBase(sp.Symbol(name))[sp.Symbol(spelled(pieces[0][0]))]
        return Factor(value=value, shape=Shape.NAME, start=token.start, scripted=True)
    special = None if scope.declared(name) and name not in scope.usual else _special(parser, name, token, scripts, len(pieces))
    if special is not None:
        return special
    known = None if scope.declared(name) or not letters else _usual(parser, name, token, scripts, len(pieces))
    if known is not None:
        return known
    if name == "sigma" and name in scope.usual:
        return _sigma(parser, token, scripts)
    if scope.declared(name) or name == "pi":
        if name in scope.matrices and (scripts.upper is not None or (len(pieces) == 1 and len(pieces[0]) > 1)):
            return None
        if name in scope.vectors:
            what = f"the vector {name} before a bracket: an entry, or a factor"
            raise parser.refuse(Obstacle.AMBIGUOUS, what, r"write a subscript, or \cdot")
        if len(pieces) > 1 and scope.legend.get(name) == DEFINED:
            return _declared(parser, name, token, scripts)  # `1 - r(x, y)`, and `r = ...` beside it
        if len(pieces) > 1 or (len(pieces[0]) == 1 and isinstance(pieces[0][0], Token)):
            what = f"{name} is a value, but is followed by a bracket like a function"
            raise parser.refuse(Obstacle.AMBIGUOUS, what, f"write \\cdot, or declare {name} as a function", token.start)
        return None
    if name.startswith("Gamma_"):
        return _declared(parser, name, token, scripts)
    word = letters and len(name.rstrip("'")) > 1 and token.text != name[:1]
    if len(pieces) > 1 or word:
        return _declared(parser, name, token, scripts)
    if name == "sigma":
        return _sigma(parser, token, scripts)
    if scope.decisions.get(f"{name} before a bracket") == "a factor":
        return None
    computed = len(pieces[0]) > 1
    if computed and stands_alone(scope.nodes, token.text, name.partition("_")[2]):
        way = Option(value="a factor", why=f"{name} is a value in another place of the formula", sure="suggested")
        scope.choose(f"{name} before a bracket", way)
        return None
    if name.partition("_")[0] in _FUNCTION_LETTERS or name[0].isupper():
        what = f"{name} before a bracket may be a factor or a function"
        raise parser.refuse(Obstacle.AMBIGUOUS, what, f"declare {name}, or write \\cdot for a product", token.start)
    ways = [Option(value="a factor", why="no function has this name", sure="suggested")]
    if not computed:
        ways.append(Option(value="a function", why="a bracket around one letter may be that of a function", sure="opaque"))
    scope.choose(f"{name} before a bracket", *ways)
    return None


def _numbers_entry(parser: Parser, name: str, scripts: Scripts, pieces: Sequence[Sequence[Node]]) -> bool:
    r"""Whether `p(i)` is an entry of p: i is the index of a sum without bounds around it. `f(i)` is a function."""
    scope, lone = parser.scope, pieces[0][0] if len(pieces) == len(pieces[0]) == 1 else None
    if not isinstance(lone, Token) or lone.text not in scope.over_entries or scripts.upper is not None or scripts.primes:
        return False
    if name in _NEVER_ENTRIES or (name, 1) in LETTERS or (len(name) > 1 and name not in SYMBOLS and not scope.declared(name)):
        return False
    entry = Option(value="an entry", why=f"{lone.text} is the index of a sum without bounds", sure="suggested")
    factor = Option(value="a factor", why="a bracket may hold one letter", sure="possible")
    return scope.choose(f"{name} before an index in brackets", entry, factor) == entry.value


def _usual(parser: Parser, name: str, token: Token, scripts: Scripts, count: int) -> Factor | None:
    """A function of the table of usual names."""
    found = library(name)
    if found is None or scripts.lower is not None or scripts.primes or count not in found[0].arity:
        return None
    (known, inverse), power = found, scripts.upper
    build = known.build
    if power is not None and inverted(scripts):
        if inverse is None:
            what = f"the power -1 of {name}: an inverse, or a reciprocal"
            raise Refused(Obstacle.AMBIGUOUS, what, scripts.upper_at, r"write \frac{1}{..}")
        build, power = inverse, None
    value = parser.built(token.start, build, *arguments(parser, _taken(parser)))
    if power is not None:
        value = parser.built(token.start, arithmetic.power, value, exponent(parser, power, scripts.upper_at, named=True))
    parser.scope.notes[f"{name} is the usual function of this name"] = None
    return Factor(value=value, shape=Shape.CALL, start=token.start)


@rule(*(name for name in LIBRARY if name.isalpha()))
def _library_macro(parser: Parser, token: Token) -> Factor:
    r"""`\softplus(x)`, which a macro of the project sets upright."""
    scripts = collect(parser)
    call = applied(parser, token.text, replace(token, kind=Kind.TEXT), scripts, letters=True)
    if call is None:
        raise Refused(Obstacle.UNSUPPORTED, f"{token.text} without parentheses", token.start, "put its argument in parentheses")
    return call


def _sigma(parser: Parser, token: Token, scripts: Scripts) -> Factor | None:
    r"""`\sigma(x)` is conventionally the logistic function, and `\sigma^2 (x + 1)` a product."""
    plain = scripts.upper is None
    function = Option(value="the logistic function", why="sigma of something is conventionally the logistic function", sure="suggested")
    if "sigma" in parser.scope.usual:
        function = replace(function, why="the text says so", sure="stated")
    factor = Option(value="a factor", why="sigma with an exponent is conventionally a scale", sure="suggested")
    if function.sure == "stated":
        ways: tuple[Option, ...] = (function,)
    elif plain:
        ways = (function, replace(factor, why="sigma may be a scale", sure="possible"))
    else:
        ways = (factor, replace(function, sure="possible"))
    if parser.scope.choose("sigma before a bracket", *ways) == factor.value:
        return None
    values = arguments(parser, _taken(parser))
    value = parser.built(token.start, logistic, *values)
    if scripts.upper is not None:
        power = exponent(parser, scripts.upper, scripts.upper_at, named=True)
        value = parser.built(token.start, arithmetic.power, value, power)
    return Factor(value=value, shape=Shape.CALL, start=token.start)


def _argument_group(parser: Parser) -> Group | None:
    group = parser.peek()
    inner = group.items[0] if isinstance(group, Group) and group.opener == "{" and len(group.items) == 1 else None
    found = inner if isinstance(inner, Group) else group
    return found if isinstance(found, Group) and found.opener == found.closer == "(" else None


def _unapplied(parser: Parser, name: str, token: Token, *, letters: bool) -> Factor:
    """A function without a bracket: only a word may take the next symbol as its argument."""
    if not letters or len(name) == 1 or not parser.starts():
        raise Refused(Obstacle.UNSUPPORTED, f"the function {name} without an argument", token.start, "give it its argument in parentheses")
    factor = parser.factor()
    if factor.shape is not Shape.NAME:
        raise Refused(Obstacle.AMBIGUOUS, f"the function {name} without parentheses", token.start, "put the argument in parentheses")
    return replace(factor, value=sp.Function(name)(factor.value), shape=Shape.BARE_CALL, start=token.start, scripted=True)


def _declared(parser: Parser, name: str, token: Token, scripts: Scripts) -> Factor:
    """A function of the library or of the text, which stands for itself. `F^{-1}` is the quantile function."""
    if scripts.upper is not None and name.partition("_")[0] == "F" and _is_minus_one(scripts.upper):
        name = f"{name}^-1"
    elif scripts.upper is not None:
        what = f"an exponent on {name}: a power, an inverse, or a function applied twice"
        raise Refused(Obstacle.AMBIGUOUS, what, scripts.upper_at, "put the exponent after the argument")
    values = arguments(parser, _taken(parser))
    primes = scripts.primes
    if primes:
        if len(values) != 1 or not isinstance(values[0], sp.Symbol):
            raise Refused(Obstacle.UNSUPPORTED, "a derivative at a value", token.start, r"write \frac{\mathrm{d}}{\mathrm{d}x}")
        value = sp.Derivative(sp.Function(name.rstrip("'"))(*values), (values[0], primes))
    else:
        value = parser.built(token.start, sp.Function(name), *values)
    return Factor(value=value, shape=Shape.CALL, start=token.start)


def _is_minus_one(nodes: Sequence[Node]) -> bool:
    return [node.text for node in nodes if isinstance(node, Token)] == ["-", "1"]


def _taken(parser: Parser) -> Group:
    group = _argument_group(parser)
    assert group is not None
    parser.take()
    return group


def _special(parser: Parser, name: str, token: Token, scripts: Scripts, count: int) -> Factor | None:
    r"""Functions that one letter names: `\Gamma(x)`, `B(a, b)`, `I_0(x)`, `E_n(x)`, `\psi^{(n)}(x)`."""
    base, _, order = name.partition("_")
    power: sp.Expr | None = None
    extra: tuple[sp.Expr, ...] = ()
    if order:
        letter = parser.scope.declared(order) and (base == "E" or name in parser.scope.usual)
        if base not in ORDERED or count != 1 or not (order.isdigit() or letter or order == "n"):
            return None
        first = sp.Integer(order) if order.isdigit() else parser.scope.symbol(order)
        build, extra = ORDERED[base], (first,)
    else:
        if name == "B" and count == 1:
            return _vector_beta(parser, token, scripts)
        if (name, count) not in LETTERS:
            return None
        build = LETTERS[name, count]
    if scripts.upper is not None:
        derivative = _order_in_parentheses(scripts.upper)
        if name == "psi" and derivative is not None:
            order_value = parser.within(derivative).value()
            build, extra = (lambda n, x: arithmetic.unevaluated(sp.polygamma, n, x)), (order_value,)
        else:
            power = exponent(parser, scripts.upper, scripts.upper_at, named=True)
            if power == -1:
                what = f"the power -1 of {name}: an inverse, or a reciprocal"
                raise Refused(Obstacle.AMBIGUOUS, what, scripts.upper_at, r"write \frac{1}{..}")
    values = arguments(parser, _taken(parser))
    value = parser.built(token.start, build, *extra, *values)
    if power is not None:
        value = parser.built(token.start, arithmetic.power, value, power)
    return Factor(value=value, shape=Shape.CALL, start=token.start)


def _vector_beta(parser: Parser, token: Token, scripts: Scripts) -> Factor | None:
    """The beta function of a vector, the product of its entries' gamma functions over the gamma function of their sum."""
    group = _argument_group(parser)
    if group is None or scripts.upper is not None:
        return None
    value = parser.within(group).value()
    entries = isinstance(value, sp.Symbol) and has_entries(parser.scope.nodes, value.name)
    if kind(value, parser.scope) != COLUMN and (token.kind is Kind.TEXT or entries):
        parser.scope.choose("the beta function of one argument", _OF_VECTOR)
        parser.scope.vectors |= {symbol.name for symbol in value.free_symbols}
        value = parser.within(group).value()
    if kind(value, parser.scope) != COLUMN or has_product(value):
        return None
    parser.take()
    index = fresh(parser, value)
    part = entry(parser, value, index, group.start)
    limits = (sp.Symbol(index), 1, extent(index))
    total = sp.Product(sp.gamma(part), limits) / sp.gamma(sp.Sum(part, limits))
    return Factor(value=total, shape=Shape.CALL, start=token.start)


def _order_in_parentheses(nodes: Sequence[Node]) -> Group | None:
    lone = nodes[0] if len(nodes) == 1 else None
    return lone if isinstance(lone, Group) and lone.opener == "(" else None
