r"""Reads left sides that name a derivative of a function: `\frac{df}{dx}`, `\frac{\partial f(x, a)}{\partial x}`, `\nabla f(x)`."""

from collections.abc import Sequence
from dataclasses import dataclass

from qedoc.read.scope import Scope
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import Group, Node, contents, letter

_FRACTIONS = frozenset({"frac", "dfrac", "tfrac"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """A left side that names a first derivative.

    Args:
        name: the name of the function as written.
        by: the letter by which the derivative is taken; empty if only the arguments tell it.
        group: the bracket with the arguments; None if there is none.
    """

    name: tuple[Node, ...]
    by: str = ""
    group: Group | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Differential:
    """A `d`, with what it is applied to and to which order.

    Args:
        rest: what stands after it.
        order: its exponent; empty for a first differential.
        italic: whether it is written as the letter d, which may be a symbol too.
    """

    rest: tuple[Node, ...]
    order: tuple[Node, ...]
    italic: bool


def differential(nodes: Sequence[Node]) -> Differential | None:
    r"""What `\mathrm{d}^2 f`, `dx` or `\partial x` consists of; None if the nodes do not start with a d.

    Args:
        nodes: the nodes.
    """
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
            return Differential(rest=(remainder, *rest), order=(), italic=True)
    order: tuple[Node, ...] = ()
    if len(rest) > 1 and rest[0].is_char("^"):
        order = tuple(contents(rest[1]))
        rest = rest[2:]
    return Differential(rest=rest, order=order, italic=first.kind is Kind.WORD)


def slope(side: Sequence[Node], scope: Scope) -> Slope | None:
    """Reads a left side that is the derivative of something with a name; None for any other side.

    Args:
        side: the left side.
        scope: what is known about its names.
    """
    first = side[0] if len(side) > 1 else None
    if not isinstance(first, Token):
        return None
    if first.kind is Kind.MACRO and first.text in _FRACTIONS and len(side) > 2:
        return _quotient(side[1], side[2], side[3:], italic=not scope.declared("d"))
    if first.is_macro("nabla"):
        return _gradient(side[1:])
    return None


def _quotient(top: Node, bottom: Node, rest: Sequence[Node], *, italic: bool) -> Slope | None:
    above, below = (_operand(contents(part), italic=italic) for part in (top, bottom))
    by = letter(below, upright=True) if below else ""
    if above is None or not by:
        return None
    whole = [*above, *rest]
    return _named(whole, by)


def _named(whole: Sequence[Node], by: str) -> Slope | None:
    """A function with its bracket, or without."""
    group = _bracket(whole[-1:])
    name = tuple(whole if group is None else whole[:-1])
    plain = bool(name) and all(isinstance(node, Token) or place for place, node in enumerate(name))
    return Slope(name=name, by=by, group=group) if plain else None


def _gradient(rest: Sequence[Node]) -> Slope | None:
    by = ""
    if len(rest) > 2 and rest[0].is_char("_"):
        by, rest = letter(contents(rest[1]), upright=True), rest[2:]
        if not by:
            return None
    found = _named(rest, by)
    return found if found is not None and (by or found.group is not None) else None


def _operand(nodes: Sequence[Node], *, italic: bool) -> tuple[Node, ...] | None:
    r"""What a first differential is applied to; None for anything else. An italic d may be a symbol."""
    found = differential(nodes)
    return found.rest if found is not None and not found.order and (italic or not found.italic) else None


def _bracket(nodes: Sequence[Node]) -> Group | None:
    group = nodes[0] if len(nodes) == 1 else None
    return group if isinstance(group, Group) and group.opener == group.closer == "(" else None
