r"""Lists of entries as the value of a formula: `\ell(x, y) = L = \{l_1, \dots, l_N\}^\top, \quad l_n = \left| x_n - y_n \right|`.

The list only says that L is the array of the l_n, so that its entry at n is what the display says of l_n.

Source of the notation: the losses of PyTorch, whose documentation other libraries follow.
"""

from collections.abc import Sequence

from qedoc.read.scope import Scope, spelled_all
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Group, Node, contents, relation, spelled

_DOTS = ("dots", "ldots", "cdots", "dotsc")
_BRACKETS = frozenset({"\\{", "(", "["})


def _named_array(piece: Sequence[Node]) -> tuple[tuple[Node, ...], str] | None:
    r"""Returns the name of the array that a piece lists, and the letter of its entries; None for any other piece.

    Args:
        piece: one equation of a display, as nodes.
    """
    places = [place for place, node in enumerate(piece) if relation(node)]
    if not places or any(relation(piece[place]) != "=" for place in places):
        return None
    last = piece[places[-1] + 1 :]
    group = last[0] if last else None
    turned = len(last) == 1 or (len(last) == 3 and last[1].is_char("^") and spelled_all(contents(last[2])) in ("top", "T", "\\top"))
    if not isinstance(group, Group) or group.opener not in _BRACKETS or not turned:
        return None
    entries = _pieces(group.items)
    listed = [entry for entry in entries if not (len(entry) == 1 and entry[0].is_macro(*_DOTS))]
    letters = {spelled(entry[0]) for entry in listed if len(entry) == 3 and entry[1].is_char("_")}
    name = piece[places[-2] + 1 : places[-1]] if len(places) > 1 else piece[: places[0]]
    lone = len(name) == 1 and isinstance(name[0], Token) and (name[0].kind in (Kind.WORD, Kind.TEXT) or name[0].text in SYMBOLS)
    if len(entries) != len(listed) + 1 or len(letters) != 1 or any(len(entry) != 3 for entry in listed) or len(listed) < 2 or not lone:
        return None
    return tuple(name), letters.pop()


def _pieces(items: Sequence[Node]) -> list[list[Node]]:
    found: list[list[Node]] = [[]]
    for item in items:
        if item.is_char(","):
            found.append([])
        else:
            found[-1].append(item)
    return found


def entries_named(pieces: Sequence[tuple[str, list[Node]]], scope: Scope) -> list[tuple[str, list[Node]]]:
    r"""Returns the pieces without one that lists an array whose entries another piece gives, and this one with the array's name.

    Args:
        pieces: the equations and conditions of a row, each with the mark before it.
        scope: the names of the formula, which learns the index of the entries.
    """
    for place, (_, piece) in enumerate(pieces):
        array = _named_array(piece)
        given = [k for k, (_, other) in enumerate(pieces) if array is not None and k != place and _gives(other, array[1])]
        if array is not None and len(given) == 1:
            mark, entry = pieces[given[0]]
            scope.letters.add(spelled(entry[2]))
            named = mark if place else "", [*array[0], *entry[1:]]
            return [named if k == given[0] else one for k, one in enumerate(pieces) if k != place]
    return list(pieces)


def _gives(piece: Sequence[Node], letter: str) -> bool:
    r"""Whether a piece says what each entry is: `l_n = ...`."""
    if len(piece) < 5 or spelled(piece[0]) != letter or not piece[1].is_char("_") or relation(piece[3]) != "=":
        return False
    index = contents(piece[2])
    return len(index) == 1 and isinstance(index[0], Token) and index[0].kind is Kind.WORD and len(index[0].text) == 1
