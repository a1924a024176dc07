"""Writes tokens of the LaTeX reader, and remembers what stands before the next one."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS
from qedoc.sources.plain_lexemes import Bracket, Item, Lexeme


@dataclass(slots=True, kw_only=True)
class Writer(ABC):
    """Writes the tokens of one formula.

    Args:
        declared: the names of values.
        functions: the names of functions.
        meanings: the macro of each function whose meaning the text tells.
        tokens: what is written so far.
        called: the names that are called and have no known meaning.
        last: the kind of the factor that was written last; empty after a sign.
        base: the place of its first token.
        divided: whether a quotient stands before it in its term.
        bars: the number of open bars.
        arguments: the arguments of the left side.
        variable: the only random variable of the formula.
        matrices: the names of matrices.
    """

    declared: set[str]
    functions: set[str]
    meanings: dict[str, str]
    tokens: list[Token] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    last: str = ""
    base: int = 0
    divided: bool = False
    bars: int = 0
    arguments: frozenset[str] = frozenset()
    variable: str = ""
    matrices: frozenset[str] = frozenset()

    @abstractmethod
    def expression(self, items: Sequence[Item]) -> None:
        """Writes the items of one bracket or side."""

    @abstractmethod
    def group(self, group: Bracket) -> None:
        """Writes a bracket: a condition that counts as a number, a binomial coefficient, a set, or grouping."""

    @abstractmethod
    def primary(self, items: Sequence[Item], place: int, sign: Item) -> int:
        """The place after the first factor of an exponent: a number, a bracket, or a name with its arguments."""

    def put(self, kind: Kind, text: str, start: int, end: int, *, font: str = "") -> None:
        """Writes a token."""
        self.tokens.append(Token(kind=kind, text=text, start=start, end=end, font=font))

    def sign(self, text: str, item: Item) -> None:
        """Writes a character in place of an item."""
        self.put(Kind.CHAR, text, item.start, item.end)

    def enclosed(self, group: Bracket, kind: Kind, opener: str, closer: str) -> None:
        """Writes a bracket with other marks around it."""
        ends = {Kind.OPEN: Kind.CLOSE}.get(kind, kind)
        self.put(kind, opener, group.start, group.start + 1)
        self.expression(group.items)
        self.put(ends, closer, group.end - 1, group.end)

    def number(self, item: Lexeme) -> None:
        """Writes a number, one in scientific notation with all its digits."""
        text = item.text.lower()
        if "e" in text:
            digits, _, power = text.partition("e")
            text = f"{Decimal(digits).scaleb(int(power)):f}"
        text = text.removesuffix(".")
        self.put(Kind.NUMBER, f"0{text}" if text.startswith(".") else text, item.start, item.end)

    def word(self, name: str, item: Lexeme) -> None:
        """Writes a name: a letter, a Greek letter, or several letters that are one symbol."""
        if name in SYMBOLS:
            self.put(Kind.MACRO, name, item.start, item.end)
        elif len(name) == 1:
            self.put(Kind.WORD, name, item.start, item.end)
        else:
            self.put(Kind.TEXT, name, item.start, item.end, font="mathrm")
