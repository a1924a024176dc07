"""Splits LaTeX source into tokens: numbers, letter runs, upright text, macros and characters, each with its position."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from pylatexenc import latexwalker, macrospec

from qedoc.read.reading import Obstacle, Refused

LONGEST = 4000


class Kind(Enum):
    """The kind of a token."""

    NUMBER = auto()
    WORD = auto()
    TEXT = auto()
    MACRO = auto()
    CHAR = auto()
    OPEN = auto()
    CLOSE = auto()
    BEGIN = auto()
    END = auto()
    WIDE = auto()
    BREAK = auto()
    PARAGRAPH = auto()
    MATH = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of LaTeX.

    Args:
        kind: its kind.
        text: digits, letters, a macro's name without backslash, the content of `TEXT`, or the character.
        start: offset of its first character.
        end: offset after its last character.
        font: the macro that sets a `TEXT`, such as `mathrm`.
    """

    kind: Kind
    text: str
    start: int
    end: int
    font: str = ""

    def is_char(self, *characters: str) -> bool:
        """Whether it is one of these characters."""
        return self.kind is Kind.CHAR and self.text in characters

    def is_macro(self, *names: str) -> bool:
        """Whether it is one of these macros."""
        return self.kind is Kind.MACRO and self.text in names


PROSE = frozenset({"text", "textrm", "textit", "textbf", "texttt", "textnormal", "textsf", "mbox"})
UPRIGHT = frozenset({"mathrm", "mathit", "mathsf", "mathtt", "operatorname", "mathop", "rm", "it", "tt", "mathnormal"})
BOLD = frozenset({"mathbf", "boldsymbol", "bm", "bf", "vec", "pmb"})
STYLED = frozenset({"mathcal", "mathscr", "mathfrak", "mathbb", "mathds", "mathbbm"})
FONTS = UPRIGHT | BOLD | STYLED

_NARROW = frozenset({",", ";", ":", "!", " ", ">", "thinspace", "medspace", "thickspace", "enspace", "nobreakspace", "negthinspace", "\n"})
_LAYOUT = frozenset({"displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "nonumber", "notag", "mathstrut", "strut"})
_STACKED = frozenset({"stackrel", "overset", "underset", "mathrel"})
_STACKABLE = frozenset({"=", ":=", r"\equiv", r"\triangleq", r"\sim", r"\approx", r"\coloneqq"})
_WIDE = frozenset({"quad", "qquad"})
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+|\.(?=\s*[)\]}*/+\-^]))?|\.[0-9]+")
_SCIENTIFIC = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]")
_NAME = re.compile(r"\s*[A-Za-z]([A-Za-z0-9\s]|\\_)*")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_CONDITION = re.compile(r"[\s,;]*(if|for|when|where|with)\b(?=.*[<>=])", re.DOTALL)
_PARENTHESES = re.compile(r"\s*\((\s*(?:if|for|when|where)\b[^()]*)\)\s*", re.DOTALL)
_JOINED = {"...": "ldots", ":=": "coloneqq", "<=": "leq", ">=": "geq", "==": "coloneqq"}
_UNICODE = {
    "≤": "leq", "≥": "geq", "≠": "neq", "×": "times", "·": "cdot", "⋅": "cdot", "∞": "infty", "∈": "in", "≈": "approx",
    "∑": "sum", "∏": "prod", "∫": "int", "…": "ldots", "⟨": "langle", "⟩": "rangle", "←": "leftarrow", "∂": "partial", "∇": "nabla",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa",
    "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "varphi", "ϕ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Σ": "Sigma", "Φ": "Phi",
    "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip


def tokenize(latex: str) -> list[Token]:
    """Returns the tokens of `latex` without comments and narrow spaces.

    Raises:
        Refused: for a text longer than `LONGEST` characters, a stray `$`, or something that TeX would not accept.
    """
    if len(latex) > LONGEST:
        raise Refused(Obstacle.LIMIT, f"{len(latex)} characters; the limit is {LONGEST}", LONGEST, "split the formula")
    if latex.endswith("\\") and not latex.endswith("\\\\"):
        raise Refused(Obstacle.MALFORMED, "a backslash ends the formula", len(latex) - 1, "remove it")
    return _unwrapped(list(_tokens(latex, 0)))


def _unwrapped(found: list[Token]) -> list[Token]:
    r"""Without the `$...$` or `\[...\]` around the whole."""
    if len(found) > 1 and found[0].kind is found[-1].kind is Kind.MATH:
        found = found[1:-1]
    for token in found:
        if token.kind is Kind.MATH:
            raise Refused(Obstacle.MALFORMED, f"{token.text} inside a formula", token.start, "write each formula separately")
    return found


def _tokens(latex: str, base: int) -> Iterator[Token]:
    """Tokens of `latex`, which stands at offset `base` of the whole."""
    walker = latexwalker.LatexWalker(latex, latex_context=macrospec.LatexContextDb(), tolerant_parsing=True)
    state = walker.make_parsing_state(in_math_mode=True)
    at = 0
    while True:
        try:
            token = walker.get_token(at, parsing_state=state)
        except latexwalker.LatexWalkerEndOfStream:
            return
        start, at = token.pos, token.pos + token.len
        match token.tok:
            case "comment":
                if token.arg.strip():
                    raise Refused(
                        Obstacle.AMBIGUOUS, "% starts a comment in TeX", base + start, r"write \bmod for a remainder, or remove it"
                    )
            case "brace_open" | "brace_close":
                kind = Kind.OPEN if token.tok == "brace_open" else Kind.CLOSE
                yield Token(kind=kind, text=token.arg, start=base + start, end=base + at)
            case "begin_environment" | "end_environment":
                kind = Kind.BEGIN if token.tok == "begin_environment" else Kind.END
                yield Token(kind=kind, text=token.arg.strip().rstrip("*"), start=base + start, end=base + at)
            case "mathmode_inline" | "mathmode_display":
                yield Token(kind=Kind.MATH, text=token.arg, start=base + start, end=base + at)
            case "macro":
                made, at = _macro(latex, base, token.arg, start, at)
                yield from made
            case _:
                made, at = _characters(latex, base, token.arg, start, at)
                yield from made


def _macro(latex: str, base: int, name: str, start: int, end: int) -> tuple[list[Token], int]:
    if name in _NARROW or name in _LAYOUT:
        return [], end
    if name in _WIDE:
        return [Token(kind=Kind.WIDE, text=name, start=base + start, end=base + end)], end
    if name == "\\":
        return [Token(kind=Kind.BREAK, text=name, start=base + start, end=base + end)], _after_option(latex, end)
    if name == "_":
        return _word(latex, base, start)
    if name in {"label", "tag", "hspace", "phantom"}:
        return [], argument(latex, end)[1]
    if name in _STACKED:
        return _stacked(latex, base, name, start, end)
    if name in PROSE or name in FONTS:
        opened = end + (latex[end : end + 1] == "*")
        content, closed = argument(latex, opened)
        inner = base + closed - len(content) - 1
        if name in PROSE and content:
            return _prose(name, content, base + start, inner, base + closed), closed
        if content and _NAME.fullmatch(content):
            text = re.sub(r"\s+", "", content).replace("\\_", "_")
            return [Token(kind=Kind.TEXT, text=text, start=base + start, end=base + closed, font=name)], closed
        return [Token(kind=Kind.MACRO, text=name, start=base + start, end=base + end)], opened
    return [Token(kind=Kind.MACRO, text=name, start=base + start, end=base + end)], end


def _stacked(latex: str, base: int, name: str, start: int, end: int) -> tuple[list[Token], int]:
    r"""`\stackrel{def}{=}` is its relation, and `\underset{i}{\max}` is `\max_i`."""
    command = [Token(kind=Kind.MACRO, text=name, start=base + start, end=base + end)]
    if name == "mathrel":
        content, closed = argument(latex, end)
        return (list(_tokens(content, base + closed - 1 - len(content))), closed) if content else (command, end)
    beside, middle = argument(latex, end)
    content, closed = argument(latex, middle)
    if not content:
        return command, end
    made = list(_tokens(content, base + closed - 1 - len(content)))
    if name == "underset":
        inner = base + middle - 1 - len(beside)
        mark = Token(kind=Kind.CHAR, text="_", start=inner - 1, end=inner)
        opening = Token(kind=Kind.OPEN, text="{", start=inner - 1, end=inner)
        closing = Token(kind=Kind.CLOSE, text="}", start=base + middle - 1, end=base + middle)
        return [*made, mark, opening, *_tokens(beside, inner), closing], closed
    return (made, closed) if content.strip() in _STACKABLE else (command, end)


def _after_option(latex: str, at: int) -> int:
    r"""After the `[2pt]` of `\\[2pt]`, or its star."""
    spacing = re.compile(r"\*?(\[\s*-?[\d.]+\s*(pt|em|ex|mm|cm|in|mu)\s*\])?").match(latex, at)
    return spacing.end() if spacing else at


def argument(latex: str, at: int) -> tuple[str, int]:
    """Returns the text between the braces that open at `at`, and the offset after them; ("", at) if none do."""
    while at < len(latex) and latex[at].isspace():
        at += 1
    if latex[at : at + 1] != "{":
        return "", at
    depth = 0
    for brace in _BRACE.finditer(latex, at):
        depth += {"{": 1, "}": -1}.get(brace.group(), 0)
        if depth == 0:
            return latex[at + 1 : brace.start()], brace.end()
    raise Refused(Obstacle.MALFORMED, "an opening brace is never closed", at, "close it")


def _prose(font: str, content: str, start: int, inner: int, end: int) -> list[Token]:
    """Words, with the mathematics among them: `if $x > 0$`, or plainly `if x > 0`."""

    def said(text: str, at: int) -> list[Token]:
        if not text.strip():
            return []
        words = " ".join(text.replace("\\_", "_").replace("~", " ").split())
        return [Token(kind=Kind.TEXT, text=words, start=at, end=at + len(text), font=font)]

    bracketed = _PARENTHESES.fullmatch(content)
    if bracketed:
        content, inner = bracketed[1], inner + bracketed.start(1)
    stated = _CONDITION.match(content)
    if "$" not in content and not stated:
        return [replace(token, start=start, end=end) for token in said(content, inner)]
    if stated and "$" not in content:
        rest = content[stated.end() :]
        named = [
            replace(token, kind=Kind.TEXT, font=font) if token.kind is Kind.WORD and len(token.text) > 1 else token
            for token in _tokens(rest, inner + stated.end())
        ]
        return said(stated.group(), inner) + named
    made: list[Token] = []
    at = inner
    for number, part in enumerate(content.split("$")):
        made += list(_tokens(part, at)) if number % 2 else said(part, at)
        at += len(part) + 1
    return made


def _characters(latex: str, base: int, character: str, start: int, end: int) -> tuple[list[Token], int]:
    if character == "\n\n":
        return [Token(kind=Kind.PARAGRAPH, text=character, start=base + start, end=base + end)], end
    if character == "~":
        return [], end
    number = _NUMBER.match(latex, start)
    if number:
        if _SCIENTIFIC.match(latex, start):
            raise Refused(
                Obstacle.AMBIGUOUS, "a number in scientific notation, or a product with e", base + start, r"write 10^{-3} or 2 \cdot e"
            )
        return [Token(kind=Kind.NUMBER, text=number.group(), start=base + start, end=base + number.end())], number.end()
    if character.isascii() and character.isalpha():
        return _word(latex, base, start)
    if latex.startswith("!=", start):
        what = "!= may be a factorial and =, or 'not equal'"
        raise Refused(Obstacle.AMBIGUOUS, what, base + start, r"put a space before =, or write \ne")
    for joined, name in _JOINED.items():
        if latex.startswith(joined, start):
            return [Token(kind=Kind.MACRO, text=name, start=base + start, end=base + start + len(joined))], start + len(joined)
    if character in _UNICODE:
        return [Token(kind=Kind.MACRO, text=_UNICODE[character], start=base + start, end=base + end)], end
    text = {"\u2212": "-", "\u2032": "'"}.get(character, character)
    if len(text) > 1:
        raise Refused(Obstacle.MALFORMED, f"{text} without a name in braces", base + start, "add the name in braces")
    return [Token(kind=Kind.CHAR, text=text, start=base + start, end=base + end)], end


def _word(latex: str, base: int, start: int) -> tuple[list[Token], int]:
    """A run of letters, digits and escaped underscores without a space between them."""
    run = re.compile(r"([A-Za-z0-9]|\\_)+").match(latex, start)
    end = run.end() if run else start + 1
    text = latex[start:end].replace("\\_", "_")
    return [Token(kind=Kind.WORD, text=text, start=base + start, end=base + end)], end


def after_first(token: Token) -> list[Token]:
    """What a run of letters and digits leaves when TeX takes its first character."""
    rest = token.text[1:]
    letters = rest.lstrip("0123456789")
    middle = token.start + 1 + len(rest) - len(letters)
    found = []
    if len(letters) < len(rest):
        digits = rest[: len(rest) - len(letters)]
        found.append(replace(token, kind=Kind.NUMBER, text=digits, start=token.start + 1, end=middle))
    if letters:
        found.append(replace(token, kind=Kind.WORD, text=letters, start=middle))
    return found
