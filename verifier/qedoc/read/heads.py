r"""Reads left sides that name a quantity of a random variable: `\log f(x \mid a)`, `P(X = k; n)`, `E[X]`, `\mathrm{Var}(X_i)`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from qedoc.read.brackets import split
from qedoc.read.reading import Position
from qedoc.read.scope import CONVENTIONAL, Scope, conventional_index, summed
from qedoc.read.tokens import BOLD, Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, relation, walk

LOGARITHMS = ("log", "ln")
_PROBABILITIES = frozenset({"P", "p", "Pr", "Prob"})
_MOMENTS = frozenset(
    {"E", "H", "V", "Var", "var", "Mean", "mean", "Std", "std", "SD", "sd", "Mode", "mode", "Median", "median", "Skew", "Kurt"}
)
_MOMENTS |= {"Cov", "Entropy", "entropy", "Variance", "variance", "Skewness", "skewness", "Kurtosis", "kurtosis", "stddev"}
_EVENTS = ("=", "<=", "<", ">", ">=")
_BRACKETS = ("(", "[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A left side that names a quantity, before its arguments are read.

    Args:
        name: the plain name of the quantity.
        pieces: the arguments as written.
        given: the number of arguments after a bar or semicolon: the parameters of the distribution.
        event: the relation of `P(X = k)`, between the variable and its value.
        variable: the random variable; for a function of it, its text.
        index: the index of the variable, as in `E[X_i]`.
    """

    name: str
    pieces: tuple[tuple[Node, ...], ...] = ()
    given: int = 0
    event: str = ""
    variable: str = ""
    index: tuple[Position, ...] = ()


def logarithm_of(side: Sequence[Node]) -> Sequence[Node] | None:
    r"""What a side is the logarithm of, `\log f(x)`; None if it is none, or the logarithm of a bracket."""
    first = side[0] if len(side) > 2 else None
    named = isinstance(first, Token) and first.text in LOGARITHMS and first.kind in (Kind.MACRO, Kind.TEXT, Kind.WORD)
    if not named or isinstance(side[1], Group) or side[1].is_char("_", "^"):
        return None
    return side[1:]


def separated(group: Group) -> tuple[tuple[tuple[Node, ...], ...], int]:
    """The arguments in a bracket, and how many of them stand after a semicolon."""
    parts = split(group.items, ";")
    pieces = [tuple(piece) for part in parts for piece in split(part, ",")]
    return tuple(pieces), len(pieces) - len(split(parts[0], ","))


def of_entry(side: Sequence[Node], others: Sequence[Sequence[Node]]) -> tuple[Sequence[Node], tuple[str, ...]]:
    r"""A left side such as `f(x_i)` without the index, and the index, if the formula has other entries of x: `\sum_j x_j`.

    Args:
        side: the left side.
        others: the other sides of the equation.
    """
    group = side[-1] if len(side) > 1 else None
    if not isinstance(group, Group) or group.opener != "(" or group.closer not in "()" or any(item.is_char(";") for item in group.items):
        return side, ()
    pieces, found = separated(group)[0], dict[str, str]()
    for piece in pieces:
        if len(piece) == 3 and piece[1].is_char("_") and len(script := contents(piece[2])) == 1:
            base, index = piece[0], script[0]
            if isinstance(base, Token) and base.kind is Kind.WORD and isinstance(index, Token) and index.text in CONVENTIONAL:
                found[base.text] = index.text
    letters = set(found.values())
    if len(letters) != 1 or not any(_has_other_entry(others, base, index) for base, index in found.items()):
        return side, ()
    items = [item for place, piece in enumerate(pieces) for item in (*_COMMA[:place], *(piece[:1] if _is_entry(piece, found) else piece))]
    return [*side[:-1], replace(group, items=tuple(items))], tuple(letters)


_COMMA = (Token(kind=Kind.CHAR, text=",", start=0, end=0),)


def _is_entry(piece: Sequence[Node], found: Mapping[str, str]) -> bool:
    return len(piece) == 3 and isinstance(piece[0], Token) and piece[0].text in found


def _has_other_entry(sides: Sequence[Sequence[Node]], base: str, index: str) -> bool:
    """Whether sides have an entry of a vector at the index of a sum or a maximum, which is not the given index."""
    levels = [items for side in sides for items in walk(side)]
    bound = {letter for items in levels for letter in summed(items)} - {index}
    for items in levels:
        for before, mark, script in zip(items, items[1:], items[2:], strict=False):
            inside = contents(script)
            lone = inside[0] if len(inside) == 1 else None
            named = isinstance(before, Token) and before.text == base and mark.is_char("_")
            if named and isinstance(lone, Token) and lone.text in bound:
                return True
    return False


def incomplete(name: str) -> Token | None:
    """The variable in the name of the regularized incomplete beta function, `I_x`; None for any other name."""
    base, _, letter = name.partition("_")
    return Token(kind=Kind.WORD, text=letter, start=0, end=0) if base == "I" and len(letter) == 1 and letter.isalpha() else None


def quantity(side: Sequence[Node], scope: Scope) -> Head | None:
    """Reads the probability of an event, or a functional of a random variable; None for any other side."""
    group = side[-1] if len(side) > 1 else None
    first = side[0]
    if not isinstance(group, Group) or group.opener != group.closer or group.opener not in _BRACKETS or not isinstance(first, Token):
        return None
    name = first.text
    if scope.declared(name) or name in scope.own:
        return None
    scripts = side[1:-1]
    if name in _PROBABILITIES and (not scripts or scripts[0].is_char("_")) and group.opener in _BRACKETS:
        return _event(group, name, scope)
    if name in _MOMENTS or (len(side) == 2 and group.opener == "[" and first.kind is Kind.WORD):
        return _functional(_spelled(name, scripts), group, scope)
    return None


def _spelled(name: str, scripts: Sequence[Node]) -> str:
    r"""The name of a functional with its subscript: `\mathbb{E}_{\mathrm{circ}}` is E_circ."""
    if len(scripts) == 2 and scripts[0].is_char("_"):
        return f"{name}_{''.join(node.text for node in contents(scripts[1]) if isinstance(node, Token))}"
    return name if not scripts else ""


def _event(group: Group, name: str, scope: Scope) -> Head | None:
    pieces, given = separated(group)
    first = pieces[0]
    places = [place for place, node in enumerate(first) if relation(node) in _EVENTS]
    if len(places) != 1 or places[0] == 0 or places[0] == len(first) - 1:
        return None
    variable = _variable(first[: places[0]], scope)
    if variable is None:
        return None
    value = first[places[0] + 1 :]
    letter, index = variable
    return Head(name=name, pieces=(value, *pieces[1:]), given=given, event=relation(first[places[0]]), variable=letter, index=index)


def _functional(name: str, group: Group, scope: Scope) -> Head | None:
    pieces, given = separated(group)
    variable = _variable(pieces[0], scope)
    if not name or len(pieces) - given != 1:
        return None
    if variable is None:
        power = pieces[0]
        if len(power) == 3 and power[1].is_char("^") and (base := _variable(power[:1], scope)) is not None:
            return Head(name=name, variable=f"{base[0]}^{_text(power[2])}")
        return None
    letter, index = variable
    return Head(name=name, pieces=pieces[1:], given=given, variable=letter, index=index)


def _text(node: Node) -> str:
    return "".join(item.text for item in contents(node) if isinstance(item, Token))


def _variable(piece: Sequence[Node], scope: Scope) -> tuple[str, tuple[Position, ...]] | None:
    """A random variable, which is a capital letter that nothing declares, with its index; None for anything else."""
    while len(piece) == 1 and isinstance(piece[0], Group) and piece[0].opener == "{":
        piece = piece[0].items
    first = piece[0] if piece else None
    capital = isinstance(first, Token) and first.kind in (Kind.WORD, Kind.TEXT) and len(first.text) == 1 and first.text.isupper()
    if not isinstance(first, Token) or not capital or scope.declared(first.text):
        return None
    if len(piece) == 1:
        return first.text, ()
    letters = contents(piece[2]) if len(piece) == 3 and piece[1].is_char("_") else ()
    if len(letters) == 1 and isinstance(letters[0], Token) and _is_index(letters[0], scope):
        return first.text, ((sp.Symbol(letters[0].text), None),)
    return None


def _is_index(letter: Token, scope: Scope) -> bool:
    lone = letter.kind is Kind.WORD and len(letter.text) == 1 and letter.text.islower()
    return lone and (conventional_index(letter.text) or letter.text in scope.letters or not scope.declared(letter.text))


def letters_of(pieces: Sequence[Sequence[Node]]) -> set[str]:
    r"""The plain names of the arguments that are letters, with their subscripts: `x`, `x_m`, `\alpha`."""
    return {name for piece in pieces if (name := _letter(piece))}


def _letter(piece: Sequence[Node]) -> str:
    if len(piece) == 2 and piece[0].is_macro(*BOLD):
        piece = contents(piece[1])
    first = piece[0] if piece else None
    if not isinstance(first, Token) or not (first.kind in (Kind.WORD, Kind.TEXT) or first.text in SYMBOLS):
        return ""
    if len(piece) == 1:
        return first.text
    script = contents(piece[2]) if len(piece) == 3 and piece[1].is_char("_") else ()
    plain = all(isinstance(node, Token) and (node.kind in (Kind.WORD, Kind.TEXT, Kind.NUMBER) or node.text in SYMBOLS) for node in script)
    return f"{first.text}_{''.join(node.text for node in script if isinstance(node, Token))}" if script and plain else ""
