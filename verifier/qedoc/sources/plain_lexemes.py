"""Cuts mathematics in plain text into numbers, names, signs and brackets, each with its place."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from qedoc.records import dataclass

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ϵ": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi",
    "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_SAME = {
    ":=": "=", "**": "^", "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "·": "*", "⋅": "*", "−": "-", "\u2032": "'", "∈": "in",
    "≈": "~=", "…": "...", "<--": "<-", "←": "<-", "→": "->",
}  # fmt: skip
"""Signs with another spelling."""
_WORDS = {"∞": "infty", "∑": "sum", "∏": "prod", "√": "sqrt"} | GREEK
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₜ", "0123456789ijknt")
_LEXEME = re.compile(
    r"(?P<number>(?:\d+\.\d+|\d+\.(?![\w.])|\.\d+|\d+)(?:[eE][-+]?\d+(?!\w))?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*|[∞∑∏√" + "".join(GREEK) + r"](?:[0-9]+|_[A-Za-z0-9]+)?)(?P<lowered>[₀-₉ᵢⱼₖₙₜ]+)?"
    r"|(?P<raised>⁻?[⁰¹²³⁴-⁹]+)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
    r"|(?P<op>\.\.\.|\*\*|:=|==|!=(?!=)|<--?|<=|>=|~=|->|\|\||\.T(?![\w])|[-+*/^=<>~|!,;:'@_.≤≥≠×·⋅−\u2032∈≈…←→])"
    r"|(?P<odd>\S)"
)
_CLOSES = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexeme:
    """A piece of plain text.

    Args:
        kind: `number`, `name`, `open`, `close`, `op`, or `odd` for a character that has no place in plain mathematics.
        text: its text, in one spelling for all signs of the same meaning.
        start: offset of its first character.
        end: offset after its last character.
        spaced: whether white space stands before it.
        broken: whether a line break stands before it.
    """

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False
    broken: bool = False

    def is_op(self, *texts: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "op" and self.text in texts

    def is_name(self, *texts: str) -> bool:
        """Whether it is one of these words."""
        return self.kind == "name" and self.text in texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Bracket:
    """What stands between two brackets.

    Args:
        opener: the opening bracket.
        closer: the closing bracket.
        items: what is inside.
    """

    opener: Lexeme
    closer: Lexeme
    items: tuple["Item", ...]

    @property
    def start(self) -> int:
        """Offset of the opening bracket."""
        return self.opener.start

    @property
    def end(self) -> int:
        """Offset after the closing bracket."""
        return self.closer.end

    @property
    def spaced(self) -> bool:
        """Whether white space stands before it."""
        return self.opener.spaced

    @property
    def broken(self) -> bool:
        """Whether a line break stands before it."""
        return self.opener.broken

    def is_op(self, *_: str) -> bool:
        """Always False: a bracket is no sign."""
        return False

    def is_name(self, *_: str) -> bool:
        """Always False: a bracket is no word."""
        return False


Item: TypeAlias = Lexeme | Bracket


class Unbalanced(Exception):
    """Ends the nesting of brackets that do not match.

    Args:
        what: which bracket has no partner.
        start: its offset.
    """

    def __init__(self, what: str, start: int) -> None:
        super().__init__(what)
        self.what = what
        self.start = start


def lexemes(text: str) -> list[Lexeme]:
    """Returns the pieces of a text, in the order written."""
    found: list[Lexeme] = []
    end = 0
    for match in _LEXEME.finditer(text):
        kind = match.lastgroup or "odd"
        gap = text[end : match.start()]
        word = match.group()
        if match["name"]:
            kind, word = "name", _WORDS.get(word[0], word[0]) + word[1:]
            if match["lowered"]:
                word = f"{word.removesuffix(match['lowered'])}_{match['lowered'].translate(_LOWERED)}"
        elif kind == "raised":
            found += _power(match)
            end = match.end()
            continue
        elif kind == "op":
            word = _SAME.get(word, word)
        found.append(
            Lexeme(kind=kind, text=word, start=match.start(), end=match.end(), spaced=bool(gap), broken="\n" in gap),
        )
        end = match.end()
    return found


def _power(match: re.Match[str]) -> list[Lexeme]:
    """The sign and the exponent of raised digits."""
    digits = match.group().translate(_RAISED)
    start, end = match.span()
    made = [Lexeme(kind="op", text="^", start=start, end=start)]
    if digits.startswith("-"):
        made.append(Lexeme(kind="op", text="-", start=start, end=start + 1))
    return [*made, Lexeme(kind="number", text=digits.removeprefix("-"), start=start, end=end)]


def nested(found: Sequence[Lexeme]) -> tuple[Item, ...]:
    """Returns the pieces with each pair of brackets as one item.

    Raises:
        Unbalanced: for a bracket without a partner.
    """
    stack: list[tuple[Lexeme | None, list[Item]]] = [(None, [])]
    for piece in found:
        if piece.kind == "open":
            stack.append((piece, []))
        elif piece.kind == "close":
            opener, items = stack.pop()
            if opener is None or _CLOSES[opener.text] != piece.text:
                raise Unbalanced(f"unmatched {piece.text}", piece.start)
            stack[-1][1].append(Bracket(opener=opener, closer=piece, items=tuple(items)))
        else:
            stack[-1][1].append(piece)
    opener, items = stack.pop()
    if opener is not None:
        raise Unbalanced(f"{opener.text} is never closed", opener.start)
    return tuple(items)


def cut(items: Sequence[Item], *signs: str) -> list[list[Item]]:
    """Splits items at signs."""
    found: list[list[Item]] = [[]]
    for item in items:
        if item.is_op(*signs):
            found.append([])
        else:
            found[-1].append(item)
    return found


def related(items: Sequence[Item]) -> bool:
    """Whether a relation stands among items, outside of inner brackets."""
    return any(item.is_op("=", "==", "<", "<=", ">", ">=", "!=", "in") for item in items)
