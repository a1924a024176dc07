"""Explains why a token cannot stand where it is, and recognizes keywords in a formula."""

from collections.abc import Iterable

from qedoc.errors import meant, question
from qedoc.read.reading import Obstacle, Refused
from qedoc.read.scope import Scope
from qedoc.read.tokens import Kind, Token
from qedoc.read.tree import SYMBOLS, Node, relation

PRODUCTS = {
    "*": "*",
    "cdot": ".",
    "times": "x",
    "ast": "*",
    "odot": "o",
    "bigodot": "o",
    "/": "/",
    "div": "/",
    "bmod": "mod",
    "slash": "/",
    "@": "@",
}
"""The operations between two factors: `*`, `.` (or an inner product), `x` (or a cross product), `o` (elementwise), `/` and `mod`."""

_BARE_KEYWORDS = frozenset({"if", "otherwise", "else", "and", "or", "for", "where", "when"})
_KEYWORDS = {
    "if": frozenset({"if", "for", "when", "whenever", "where", "with", "provided", "provided that", "else if", "elif", "given"}),
    "all": frozenset({"for all", "for any", "for every", "for each"}),
    "otherwise": frozenset({"otherwise", "else", "elsewhere", "in all other cases", "for all other values"}),
    "and": frozenset({"and"}),
    "or": frozenset({"or"}),
    "clip": frozenset({"clipped to", "clamped to", "clipped to the interval", "clamped to the interval", "clipped between"}),
}
_UNSUPPORTED = {
    "partial": "a partial derivative outside a fraction",
    "pm": "two values in one expression",
    "mp": "two values in one expression",
    "pmod": "a remainder, or a congruence",
    "mod": "a remainder, or a congruence",
    "%": "a remainder, or a percentage",
    "ldots": "an ellipsis, whose omitted terms are unknown",
    "cdots": "an ellipsis, whose omitted terms are unknown",
    "dots": "an ellipsis, whose omitted terms are unknown",
    "vdots": "an ellipsis, whose omitted terms are unknown",
    "ddots": "an ellipsis, whose omitted terms are unknown",
    "circ": "a composition or an elementwise product",
    "otimes": "a Kronecker or tensor product",
    "oplus": "a direct sum",
    "lim": "a limit",
    "sup": "a supremum",
    "inf": "an infimum",
    "iint": "a double integral",
    "oint": "a contour integral",
    "underline": "a line below",
    "overset": "something above a symbol",
    "Im": "an imaginary part",
    "arg": "an argument of a complex number",
    "Pr": "a probability",
    "setminus": "a set",
    "cup": "a set",
    "cap": "a set",
    "emptyset": "a set",
    "forall": "a quantifier",
    "exists": "a quantifier",
}
_INSTEAD = dict.fromkeys(("pmod", "mod", "%"), r"write (a) \bmod n for a remainder") | dict.fromkeys(
    ("ldots", "cdots", "dots"), r"write \sum or \prod with its bounds"
)


def refusal(token: Token, commands: Iterable[str] = ()) -> Refused:
    """Creates the refusal of a token that cannot stand where it is.

    Args:
        token: the token.
        commands: commands that begin a factor, from which similar ones are suggested.
    """
    text, kind, start = token.text, token.kind, token.start
    related = relation(token)
    if kind is Kind.MACRO and text in _UNSUPPORTED:
        return Refused(Obstacle.UNSUPPORTED, _UNSUPPORTED[text], start, _INSTEAD.get(text, ""))
    if related:
        return Refused(Obstacle.UNSUPPORTED, "a relation inside an expression", start, "")
    if kind is Kind.MACRO:
        if text in PRODUCTS:
            return Refused(Obstacle.MALFORMED, rf"\{text} without an operand", start, "")
        return Refused(Obstacle.UNKNOWN, rf"unknown command \{text}", start, _alike(text, commands))
    if kind in (Kind.WORD, Kind.TEXT):
        return Refused(Obstacle.UNSUPPORTED, f"the word '{text}' inside an expression", start, "")
    if kind is Kind.CHAR and text == ",":
        return Refused(Obstacle.UNSUPPORTED, "a list of values", start, "write each value separately")
    if kind is Kind.CHAR and text in "^_":
        return Refused(Obstacle.MALFORMED, "a subscript or superscript without a base, or a second one", start, "use braces")
    if kind is Kind.CHAR:
        return Refused(Obstacle.MALFORMED, f"unexpected '{text}'", start, "")
    return Refused(Obstacle.MALFORMED, "a break, an alignment or a wide space inside an expression", start, "")


def _alike(text: str, commands: Iterable[str]) -> str:
    """The command that was meant, if one is spelled almost so."""
    return question(rf"\{name}" for name in meant(text, [*commands, *SYMBOLS, *PRODUCTS]))


def keyword(node: Node | None, scope: Scope) -> str:
    """The keyword that a word or upright text stands for: `if`, `otherwise`, `and`, `or`; `?` for other prose; else an empty string."""
    if not isinstance(node, Token) or node.kind not in (Kind.WORD, Kind.TEXT):
        return ""
    said = node.text.strip(" ,.;:").lower()
    if node.kind is Kind.TEXT or (said in _BARE_KEYWORDS and not scope.declared(node.text)):
        for meaning, words in _KEYWORDS.items():
            if said in words:
                return meaning
    return "?" if node.kind is Kind.TEXT and not said.replace("_", "").isalnum() else ""
