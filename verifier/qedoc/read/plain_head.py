"""Reads the left side of an equation in plain text: `pdf(x; df, x > 0)` has the arguments x and df, and a condition."""

from collections.abc import Sequence
from dataclasses import dataclass

from qedoc.read.functions import FUNCTIONS
from qedoc.sources.plain_lexemes import Bracket, Item, Lexeme, cut, related


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A function with its arguments.

    Args:
        name: the name of the function.
        bracket: the bracket with the arguments.
        arguments: the items of each argument. `x=1` gives the value.
        marks: the comma or semicolon before each argument after the first.
        conditions: the items of each condition among the arguments.
    """

    name: Lexeme
    bracket: Bracket
    arguments: tuple[Sequence[Item], ...]
    marks: tuple[Lexeme, ...]
    conditions: tuple[Sequence[Item], ...]

    @property
    def symbols(self) -> set[str]:
        """The arguments that are a name."""
        return {piece[0].text for piece in self.arguments if len(piece) == 1 and isinstance(piece[0], Lexeme) and piece[0].kind == "name"}


def head(side: Sequence[Item]) -> Head | None:
    """Returns the function that a side names with its arguments, or None if it is anything else."""
    if len(side) != 2:
        return None
    name, bracket = side
    if not isinstance(name, Lexeme) or name.kind != "name" or not isinstance(bracket, Bracket) or bracket.opener.text != "(":
        return None
    if name.text in FUNCTIONS or name.text in ("P", "Pr"):
        return None
    pieces = cut(bracket.items, ",", ";", "|")
    marks = [item for item in bracket.items if item.is_op(",", ";", "|")]
    arguments: list[Sequence[Item]] = []
    kept: list[Lexeme] = []
    conditions: list[Sequence[Item]] = []
    listed = set[str]()
    for number, piece in enumerate(pieces):
        argument = piece
        if related(piece):
            members = cut(piece, "=", "==", "<", "<=", ">", ">=", "!=", "in")
            if len(members) == 2 and any(item.is_op("=", "==") for item in piece):
                argument = members[1]
            else:
                conditions.append(piece)
                argument = next((member for member in members if _lone(member)), [])
        if not argument or (_lone(argument) in listed and _lone(argument)):
            continue
        listed.add(_lone(argument))
        if arguments:
            mark = marks[number - 1]
            assert isinstance(mark, Lexeme)  # for mypy: a bracket is no mark
            kept.append(_semicolon(mark))
        arguments.append(argument)
    return Head(name=name, bracket=bracket, arguments=tuple(arguments), marks=tuple(kept), conditions=tuple(conditions))


def _lone(piece: Sequence[Item]) -> str:
    """The name that a piece is; an empty string for anything else."""
    item = piece[0] if len(piece) == 1 else None
    return item.text if isinstance(item, Lexeme) and item.kind == "name" else ""


def _semicolon(mark: Lexeme) -> Lexeme:
    """The mark, a semicolon in place of a bar."""
    return Lexeme(kind="op", text=";" if mark.text == "|" else mark.text, start=mark.start, end=mark.end)
