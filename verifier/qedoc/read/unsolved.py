"""Formulas that cannot be read and state no value: differential equations, systems to be solved, problems, and lists of names."""

import re
from collections.abc import Iterable, Sequence

from qedoc.read.brackets import split
from qedoc.read.reading import Names, NotAClaim, Silence
from qedoc.read.scope import conventional_index
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, equated, relation, walk

_EVOLVES = re.compile(
    r"\bequations?\b|\bevol(?:utions?|ves?|ving)\b|\bdynamics\b|\bsolv(?:es?|ed|ing|ers?)\b|\bprocess(?:es)?\b", re.IGNORECASE
)
_SYSTEM = re.compile(
    r"\bsolv(?:es?|ed|ing|ers?)\b|\bsolutions?\b|\blinear systems?\b|\bnormal equations?\b|\bleast[- ]squares\b", re.IGNORECASE
)
_OPTIMA = frozenset({"min", "max", "sup", "inf", "argmin", "argmax", "argsup", "arginf"})
_SUBJECT = frozenset({"s.t.", "s.t", "subject to", "such that"})
_DOTS = ("ldots", "cdots", "dots", "dotsc", "vdots", "ddots")


def differential(rows: Iterable[Sequence[Node]], names: Names) -> NotAClaim | None:
    r"""Recognises `dX = a\,dt + b\,dW` and, where the text speaks of an equation or of evolution, `\frac{dX}{dt} = f(X)`.

    Args:
        rows: the rows of the display.
        names: what is known about its names.
    """
    for row in rows:
        left, *others = equated(row)
        for side in others:
            own = _differential(left)
            if own and any(_differential(side[place : place + 2]) not in ("", own) for place in range(len(side))):
                return NotAClaim(silence=Silence.EQUATION, why=f"it gives the differential of {own}, not its value")
            changing = _derivative(left)
            if changing and _EVOLVES.search(names.about) and changing in _letters(side):
                return NotAClaim(silence=Silence.EQUATION, why=f"it gives the derivative of {changing} in terms of {changing}")
    return None


def _differential(nodes: Sequence[Node]) -> str:
    r"""The letter of a differential at the beginning of nodes: X of `dX`, `\mathrm{d} X` and `\partial X`; empty if there is none."""
    first = nodes[0] if nodes else None
    if not isinstance(first, Token):
        return ""
    if (first.text == "d" and first.kind is not Kind.MACRO) or first.is_macro("partial", "dd", "diff"):
        return _name(nodes)
    letters = first.kind is Kind.WORD or (first.kind is Kind.MACRO and first.text not in SYMBOLS)
    return first.text[1] if letters and re.fullmatch(r"d[A-Za-z]", first.text) else ""


def _name(nodes: Sequence[Node]) -> str:
    """The letter after the sign of a differential: the first one, which may stand in a macro, a style or braces."""
    tokens = (token for node in nodes[1:3] for token in _tokens(node))
    return next((one.text for one in tokens if one.text in SYMBOLS or (one.kind in (Kind.WORD, Kind.TEXT) and one.text.isalpha())), "")


def _tokens(node: Node) -> list[Token]:
    return [node] if isinstance(node, Token) else [one for items in walk([node]) for one in items if isinstance(one, Token)]


def _letters(side: Sequence[Node]) -> set[str]:
    return {token.text for node in side for token in _tokens(node)}


def _derivative(left: Sequence[Node]) -> str:
    r"""The letter X of a left side `\frac{dX}{dt}`; empty for any other left side."""
    if len(left) != 3 or not left[0].is_macro("frac", "dfrac", "tfrac"):
        return ""
    above, below = contents(left[1]), contents(left[2])
    return _differential(above) if _differential(below) else ""


def system(sides: Sequence[Sequence[Node]], names: Names, given: set[str]) -> NotAClaim | None:
    """Recognises `(A + D) x = b` and `V(x) * c = w * y`, where the text speaks of solving and the last factor on the left is not given.

    Args:
        sides: the sides of the formula.
        names: what is known about its names.
        given: the names of the parameters, in small letters.
    """
    if len(sides) != 2 or not _SYSTEM.search(names.about):
        return None
    left, right = sides
    unknown, factors = left[-1], [node for node in left[:-1] if not node.is_char("*", ".")]
    while isinstance(unknown, Group) and unknown.opener == "{" and len(unknown.items) == 1:
        (unknown,) = unknown.items
    letters = _tokens(unknown) if not isinstance(unknown, Group) or unknown.opener == "{" else []
    letter = letters[-1].text if letters else ""
    is_letter = len(letter) == 1 or letter in SYMBOLS
    leading = factors[0] if factors else None
    bracket = isinstance(leading, Group) and leading.opener == "("
    capital = isinstance(leading, Token) and leading.text[:1].isupper() and len(leading.text) == 1
    marked = any(node.is_char("+", "-") for node in factors) or (len(factors) > 1 and factors[-1].is_char("_", "^"))
    if marked or not is_letter or not (bracket or capital) or letter.lower() in given or letter in _letters(right):
        return None
    return NotAClaim(silence=Silence.EQUATION, why=f"it holds for the solution, because {letter} is not an input")


def problem(sides: Sequence[Sequence[Node]]) -> NotAClaim | None:
    r"""Recognises `\min_\theta f(\theta)` on its own: an optimum over something else than an index.

    Args:
        sides: the sides of the formula.
    """
    limited = any(
        token.kind is Kind.TEXT and token.text.strip(" :") in _SUBJECT for side in sides for node in side for token in _tokens(node)
    )
    side = sides[0] if len(sides) == 1 or limited else ()
    if len(side) < 3 or not isinstance(side[0], Token) or side[0].text not in _OPTIMA or not side[1].is_char("_"):
        return None
    over = next((token.text for token in _tokens(side[2])), "")
    if not over or conventional_index(over):
        return None
    return NotAClaim(silence=Silence.PROBLEM, why=f"{side[0].text} over {over}")


def listed(nodes: Sequence[Node]) -> NotAClaim | None:
    r"""Recognises `c_{00}, c_{01}, \dots` and `\text{rows}: [a_0, a_1, \dots]`: names in an order, and no operation.

    Args:
        nodes: the formula.
    """
    labelled = len(nodes) > 2 and isinstance(nodes[0], Token) and nodes[0].kind is Kind.TEXT and nodes[1].is_char(":")
    kept = list(nodes[2:]) if labelled else list(nodes)
    lone = kept[0] if labelled and len(kept) == 1 else None
    parts = _entries(lone) if isinstance(lone, Group) else split(kept, ",")
    pieces = [part for part in parts if part]
    dotted = any(_is_dots(node) for node in kept)
    if len(pieces) < 3 or not (dotted or isinstance(lone, Group)) or not all(map(_is_name, pieces)):
        return None
    return NotAClaim(silence=Silence.NOTATION, why="names in an order, without an operation")


def _entries(group: Group) -> list[list[Node]]:
    """The entries of a list or of a matrix."""
    found: list[list[Node]] = [[]]
    for node in group.items:
        if node.is_char("&", ",") or (isinstance(node, Token) and node.kind is Kind.BREAK):
            found.append([])
        else:
            found[-1].append(node)
    return found


def _is_dots(node: Node) -> bool:
    return node.is_macro(*_DOTS) or node.is_char(".", "...") or (isinstance(node, Token) and set(node.text) == {"."})


def _is_name(piece: Sequence[Node]) -> bool:
    """Whether a piece is a name with subscripts, zero, dots, or a name beside dots."""
    kept = [node for node in piece if not _is_dots(node)]
    if not kept or (len(kept) == 1 and isinstance(kept[0], Token) and kept[0].text == "0"):
        return True
    first = kept[0]
    named = isinstance(first, Token) and (first.kind in (Kind.WORD, Kind.TEXT) or first.text in SYMBOLS)
    return named and (len(kept) == 1 or (len(kept) == 3 and kept[1].is_char("_"))) and not any(relation(node) for node in kept)
