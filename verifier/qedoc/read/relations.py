"""Recognizes formulas that state no value: factorisations, equations to solve, recurrences, remainders."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qedoc.read import unsolved
from qedoc.read.brackets import split
from qedoc.read.cases import rows, trimmed
from qedoc.read.reading import Names, NotAClaim, Silence
from qedoc.read.scope import Scope
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, equated, relation, walk

_FACTORISED = re.compile(r"\bdecompos|\bfactori[sz]|\bHessenberg form\b", re.IGNORECASE)
_SOLVED = re.compile(r"\bsolv(?:e|es|ing|er)\b|\bsolution\b", re.IGNORECASE)
_ADJOINTS = frozenset({"T", "H", "-H", "-T", "*", "top", "dagger", "-1"})
_OUTSIDE = frozenset({"lines", "align", "aligned", "equation", "gather", "gathered", "split", "eqnarray", "array", "math"})

_MOMENTS = frozenset({"Var", "Cov", "Skew", "Kurt"})
"""How the moments of a distribution are written."""


def related(nodes: Sequence[Node], names: Names, scope: Scope, *, read: bool) -> NotAClaim | None:
    """Says what kind of formula without a value this is, or returns None if it may state a value.

    Args:
        nodes: the formula.
        names: what is known about its names. The text about the formula tells a factorisation from a product.
        scope: the same, for the reader.
        read: whether the formula has a reading, so that only the text can show that it states no value.
    """
    sides = [trimmed(side) for side in equated(trimmed(nodes))]
    quoted = (name for name, text in names.legend.items() if any(f"`{parameter}`" in text for parameter in names.parameters))
    given = {name.lower() for name in (*names.parameters, *quoted)}
    if len(sides) > 1 and all(sides):
        found = _factorisation(sides, names, given) or _to_be_solved(sides, names, given)
        if found is not None:
            return found
    if read:
        return _remainder(nodes, scope, "o")
    known = _recurrence(nodes, names) or _remainder(nodes, scope, "O") or _setting(nodes) or _expectation(sides) or _given(sides, names)
    return known or _unsolved(nodes, sides, names, given)


def _unsolved(nodes: Sequence[Node], sides: Sequence[Sequence[Node]], names: Names, given: set[str]) -> NotAClaim | None:
    """An equation to be solved, a problem or a list of names."""
    system = unsolved.system(sides, names, given) if all(sides) else None
    return system or unsolved.differential(_rows(nodes), names) or unsolved.problem(sides) or unsolved.listed(trimmed(nodes))


def _factorisation(sides: Sequence[Sequence[Node]], names: Names, given: set[str]) -> NotAClaim | None:
    """`A = Q R`, where the text speaks of a factorisation, and nothing on the right is given."""
    if not _FACTORISED.search(names.about):
        return None
    left, *others = [_letters(side, sums=False) for side in sides]
    if not left or any(len(letters) < 2 or given & {letter.lower() for letter in letters} for letters in others):
        return None
    return NotAClaim(silence=Silence.FACTORISATION, why=f"it holds for the computed factors {_listed(others[0])}")


def _to_be_solved(sides: Sequence[Sequence[Node]], names: Names, given: set[str]) -> NotAClaim | None:
    """`A X + X B = C`, where the text speaks of solving, and the unknown on the left is not given."""
    if len(sides) != 2 or not _SOLVED.search(names.about):
        return None
    left, right = _letters(sides[0], sums=True), _letters(sides[1], sums=False)
    unknown = [letter for letter in left if letter.lower() not in given]
    if len(left) < 2 or len(right) != 1 or not unknown:
        return None
    return NotAClaim(silence=Silence.EQUATION, why=f"it holds for the solution, because {_listed(unknown)} is not an input")


def _listed(letters: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(letters))


def _letters(side: Sequence[Node], *, sums: bool) -> list[str]:
    """The letters of a product of matrices, or of a sum of such; empty where the side is anything else."""
    found: list[str] = []
    at = 0
    while at < len(side):
        node = side[at]
        at += 1
        if isinstance(node, Group):
            if node.opener != "(" or not (inside := _letters(node.items, sums=False)):
                return []
            found += inside
        elif node.is_char("^"):
            script, rest = _script(side[at]) if at < len(side) else ("", "")
            if not found or script not in _ADJOINTS:
                return []
            found += rest
            at += 1
        elif node.kind is Kind.WORD and node.text.isalpha() and node.text.isupper():
            found += node.text
        elif node.kind is Kind.MACRO and node.text in SYMBOLS and node.text[0].isupper():
            found.append(node.text)
        elif not (node.is_char(".") or node.is_macro("cdot") or (sums and (node.is_char("+", "-") or _operator(side, at)))):
            return []
    return found


def _script(node: Node) -> tuple[str, str]:
    """A script as it is spelled, and the letters after it: TeX takes the first letter of a run only."""
    if isinstance(node, Token) and node.kind is Kind.WORD:
        return node.text[0], node.text[1:] if node.text.isalpha() and node.text.isupper() else ""
    return "".join(part.text for part in contents(node) if isinstance(part, Token)), ""


def _operator(side: Sequence[Node], at: int) -> bool:
    r"""Whether `\mathit{op}` of `\mathit{op}(A)` stands before a place."""
    node, follower = side[at - 1], side[at] if at < len(side) else None
    return isinstance(node, Token) and node.kind is Kind.TEXT and node.text == "op" and isinstance(follower, Group)


def _rows(nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """The rows of a display, without alignment marks."""
    kept = trimmed(nodes)
    lone = kept[0] if len(kept) == 1 else None
    items = lone.items if isinstance(lone, Group) and lone.name in _OUTSIDE else kept
    for row in rows(items):
        yield [node for piece in split(row, "&") for node in piece]


def _recurrence(nodes: Sequence[Node], names: Names) -> NotAClaim | None:
    """`w_{t+1} = w_t - ...`, and `E[g]_t = ... E[g]_{t-1} ...`: a row whose left side stands at another step on its right.

    If w is a parameter, the formula gives the value of one step from it.
    """
    for row in _rows(nodes):
        left, *others = equated(row)
        if _is_conditional(left):
            continue
        places = set(_stepped(left))
        for base, step in _stepped(left):
            if any(base == other and _following(before, step) for other, before in places):
                continue  # `I(t_n, t_{n+1})` is a value between two steps
            for side in others:
                for other, before in _stepped(side):
                    if base == other and _following(before, step) and base not in names.parameters:
                        why = f"{base} at {step} is defined by {base} at {before}, without an initial value"
                        return NotAClaim(silence=Silence.STEP, why=why)
    return None


def _is_conditional(side: Sequence[Node]) -> bool:
    r"""Whether a side is a conditional probability, `p(z_t \mid z_{t-1})`: it says nothing about z_t at another step."""
    last = side[-1] if side else None
    inside = last.items if isinstance(last, Group) and last.opener == "(" else ()
    return any(relation(node) == "mid" or (isinstance(node, Token) and node.text == "|") for node in inside)


def _stepped(items: Sequence[Node]) -> Iterator[tuple[str, str]]:
    """Names with their subscript, spelled; `E[g^2]` is a name here. All levels of brackets, of braces and of fractions."""
    for level in walk(items):
        for place, node in enumerate(level[:-1]):
            if node.is_char("_") and place:
                start = place - 1
                while start and isinstance(group := level[start], Group) and group.opener in ("[", "{"):
                    start -= 1
                yield "".join(_spelled(part) for part in level[start:place]), "".join(_spelled(part) for part in contents(level[place + 1]))


def _spelled(node: Node) -> str:
    if isinstance(node, Group):
        inside = "".join(_spelled(part) for part in node.items)
        return inside if node.opener == "{" else f"{node.opener}{inside}{']' if node.closer == '[' else node.closer}"
    return node.text


def _following(before: str, step: str) -> bool:
    """Whether the last index of a step is one more than that of the step before: `k,j+1` after `k,j`, `t` after `t-1`."""
    return bool(before) and bool(step) and (step == f"{before}+1" or before == f"{step}-1") and step[:1].isalpha()


def _remainder(nodes: Sequence[Node], scope: Scope, letter: str) -> NotAClaim | None:
    """`O(h^2)` or `o(h)`, where nothing declares the letter."""
    for level in walk(nodes):
        for node, follower in pairwise(level):
            plain = isinstance(node, Token) and node.text == letter and (node.kind is Kind.WORD or node.font in ("mathcal", "mathrm"))
            declared = scope.declared(letter) or letter in scope.functions
            if plain and not declared and isinstance(follower, Group) and follower.opener == "(":
                return NotAClaim(silence=Silence.APPROXIMATION, why=f"{letter}(...) gives only the order of a remainder")
    return None


def _setting(nodes: Sequence[Node]) -> NotAClaim | None:
    """`x.dtype = float64` as a condition: a constant of the program, not of the function."""
    for level in walk(nodes):
        for node, follower in pairwise(level):
            if isinstance(node, Token) and node.kind is Kind.TEXT and node.text == "dtype" and relation(follower) == "=":
                return NotAClaim(silence=Silence.SETTING, why="it depends on the dtype, not on the value of an input")
    return None


def _expectation(sides: Sequence[Sequence[Node]]) -> NotAClaim | None:
    r"""`E[X]` and `\mathbb{E}_{z} f(z)` on the right of an equation: what the program draws is a sample of it.

    A left side that is a moment itself, `\mathrm{Var}(X)`, is the value that an object computes.
    """
    if sides and sides[0] and isinstance(first := sides[0][0], Token) and first.text in _MOMENTS:
        return None
    stated = [_unremarked(side) for side in sides[1:]]
    if any(not any(_averages(level) for level in walk(side)) for side in stated):
        return None  # it is the value of the expectation
    why = "it averages over all outcomes, but the function has at most a sample"
    return NotAClaim(silence=Silence.EXPECTATION, why=why) if stated else None


def _unremarked(side: Sequence[Node]) -> Sequence[Node]:
    """A side without what a wide space separates from it."""
    wide = next((place for place, node in enumerate(side) if isinstance(node, Token) and node.kind is Kind.WIDE), len(side))
    return side[:wide]


def _averages(items: Sequence[Node]) -> bool:
    r"""Whether `E[X]` or `\mathbb{E}` stands among some nodes."""
    for place, node in enumerate(items):
        follower = items[place + 1] if place + 1 < len(items) else None
        plain = isinstance(node, Token) and node.text == "E" and isinstance(follower, Group) and follower.opener == "["
        if plain or (isinstance(node, Token) and node.font == "mathbb" and node.text == "E"):
            return True
    return False


def _given(sides: Sequence[Sequence[Node]], names: Names) -> NotAClaim | None:
    """`y = p(x) = ...`, where y and x are parameters: a model of what is given, not the value of the function."""
    if len(sides) < 3 or len(sides[0]) != 1 or len(sides[1]) != 2:
        return None
    (given,), (model, group) = sides[0], sides[1]
    if not isinstance(given, Token) or not isinstance(model, Token) or not isinstance(group, Group) or group.opener != "(":
        return None
    told = {given.text, *(node.text for node in group.items if isinstance(node, Token))}
    if model.kind is not Kind.WORD or not told <= set(names.parameters) or {given.text, model.text} & names.functions:
        return None
    return NotAClaim(silence=Silence.CONSTRAINT, why=f"{given.text} is a parameter, which the result is fitted to")
