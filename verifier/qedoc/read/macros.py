r"""Expands the macros of a project, such as `\R` for `\mathbb{R}`, and keeps the place of each character in the formula as written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from qedoc.read.reading import Macro, Obstacle, Refused
from qedoc.read.tokens import Token, argument, tokenize
from qedoc.read.tree import SYMBOLS

MOST = 400
"""Maximum number of macros to expand in one formula. More than that means that a macro uses itself."""

LONGEST = 20_000
"""Maximum length of an expanded formula in characters."""

_COMMAND = re.compile(r"\\(?:([A-Za-z]+)\*?|.)", re.DOTALL)
_DEFINING = frozenset({"newcommand", "renewcommand", "providecommand", "def", "gdef", "DeclareMathOperator", "DeclarePairedDelimiter"})
_COUNT = re.compile(r"\s*\[\s*([0-9])\s*\]")
_DEFAULT = re.compile(r"\s*\[([^\[\]]*)\]")
_PARAMETERS = re.compile(r"\s*((?:#[1-9]\s*)*)(?=\{)")
_NAME = re.compile(r"\s*(?:\{\s*\\([A-Za-z]+)\s*\}|\\([A-Za-z]+))")
_STRUCTURES = frozenset(
    [
        "frac",
        "dfrac",
        "tfrac",
        "sqrt",
        "begin",
        "end",
        "left",
        "right",
        "text",
        "mathrm",
        "mathbf",
        "mathcal",
        "mathbb",
        "operatorname",
        "cdot",
        "times",
        "leq",
        "geq",
        "le",
        "ge",
        "neq",
        "sum",
        "prod",
        "int",
        "hat",
        "bar",
        "tilde",
        "quad",
        "qquad",
        "infty",
    ]
)
_DOUBLED = re.compile(r"\\\\(?=([A-Za-z]+))")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A character with its place: where what it comes from begins and ends in the formula as written."""

    character: str
    start: int
    end: int


def tokens(latex: str, macros: Mapping[str, Macro]) -> tuple[list[Token], dict[str, Macro], bool]:
    """Returns the tokens of a formula, the macros that hold in it with those that it defines, and whether backslashes were doubled.

    The tokens of a macro stand where the macro is used, and those of its arguments where these are written.

    Args:
        latex: the formula.
        macros: the macros of the project.

    Raises:
        Refused: for a macro with too few arguments, or one that uses itself; and for what TeX would not accept.
    """
    pieces = [_Piece(character, at, at + 1) for at, character in enumerate(latex)]
    pieces, doubled = _undoubled(pieces, latex)
    pieces, known = _defined(pieces, dict(macros))
    pieces = _expanded(pieces, known)
    text = "".join(piece.character for piece in pieces)
    if text == latex:
        return tokenize(latex), known, doubled
    try:
        found = tokenize(text)
    except Refused as refused:
        place = pieces[refused.offset].start if refused.offset < len(pieces) else len(latex)
        raise Refused(refused.obstacle, refused.what, place, refused.suggestion) from None
    return [replace(token, start=pieces[token.start].start, end=pieces[token.end - 1].end) for token in found], known, doubled


def _undoubled(pieces: list[_Piece], latex: str) -> tuple[list[_Piece], bool]:
    r"""Without the second backslash of `\\alpha`, which a docstring that is not raw leaves, or one that is raw and need not be."""
    single = re.search(r"(?<!\\)\\[A-Za-z]", latex)
    known = {found.start() for found in _DOUBLED.finditer(latex) if found[1] in SYMBOLS or found[1] in _STRUCTURES}
    if not known:
        return pieces, False
    every = known if single else {found.start() for found in re.finditer(r"\\\\", latex)}
    return [piece for piece in pieces if piece.start not in every], True


def _text(pieces: Sequence[_Piece]) -> str:
    return "".join(piece.character for piece in pieces)


def _defined(pieces: list[_Piece], macros: dict[str, Macro]) -> tuple[list[_Piece], dict[str, Macro]]:
    r"""The formula without its `\newcommand`s, and the macros with those that they define."""
    text = _text(pieces)
    if not any(f"\\{name}" in text for name in _DEFINING):
        return pieces, macros
    kept: list[_Piece] = []
    at = 0
    for name, macro, start, end in definitions(text):
        macros[name] = macro
        kept += pieces[at:start]
        at = end
    return kept + pieces[at:], macros


def definitions(text: str) -> Iterable[tuple[str, Macro, int, int]]:
    r"""Yields the macros that LaTeX defines: the name, the macro, and where the definition begins and ends.

    Args:
        text: LaTeX with `\newcommand`, `\def` or `\DeclareMathOperator`.
    """
    at = 0
    while (found := _COMMAND.search(text, at)) is not None:
        at = found.end()
        if found[1] not in _DEFINING or (named := _NAME.match(text, at)) is None:
            continue
        name, end = named[1] or named[2], named.end()
        count, default = 0, None
        if found[1] in ("def", "gdef"):
            parameters = _PARAMETERS.match(text, end)
            if parameters is None:
                continue
            count, end = parameters[1].count("#"), parameters.end()
        elif (counted := _COUNT.match(text, end)) is not None:
            count, end = int(counted[1]), counted.end()
            if (optional := _DEFAULT.match(text, end)) is not None:
                default, end = optional[1], optional.end()
        try:
            body, end = argument(text, end)
            if found[1] == "DeclarePairedDelimiter":
                closing, end = argument(text, end)
                body, count = rf"\left{body} #1 \right{closing}", 1
        except Refused:
            continue
        body = rf"\operatorname{{{body}}}" if found[1] == "DeclareMathOperator" else body
        yield name, Macro(body=body, arguments=count, default=default), found.start(), end
        at = end


def _expanded(pieces: list[_Piece], macros: Mapping[str, Macro]) -> list[_Piece]:
    """The formula with its macros expanded, one after the other, from the left."""
    at = used = 0
    while macros:
        text = _text(pieces)
        found = next((one for one in _COMMAND.finditer(text, at) if one[1] in macros), None)
        if found is None:
            break
        used += 1
        place = pieces[found.start()]
        name = found[1]
        if used > MOST or len(pieces) > LONGEST:
            what = rf"the macro \{name}, which does not end: it uses itself"
            raise Refused(Obstacle.LIMIT, what, place.start, "define it by other commands")
        made, end = _applied(pieces, text, macros[name], found, place)
        pieces = [*pieces[: found.start()], *made, *pieces[end:]]
        at = found.start()
    return pieces


def _applied(pieces: list[_Piece], text: str, macro: Macro, found: re.Match[str], place: _Piece) -> tuple[list[_Piece], int]:
    """The body of a macro with its arguments in their places, and where the last argument ends."""
    name, end = found[1], found.start() + 1 + len(found[1])
    values: list[list[_Piece]] = []
    if macro.default is not None:
        optional = _DEFAULT.match(text, end)
        inside = (
            pieces[optional.start(1) : optional.end(1)] if optional else [_Piece(c, place.start, place.start + 1) for c in macro.default]
        )
        values.append(inside)
        end = optional.end() if optional else end
    while len(values) < macro.arguments:
        value, end = _argument(pieces, text, end)
        if value is None:
            what = rf"\{name} takes {macro.arguments} argument{'s' if macro.arguments > 1 else ''}, and {len(values)} follow"
            raise Refused(Obstacle.MALFORMED, what, place.start, "give it all its arguments in braces")
        values.append(value)
    last = pieces[found.start() + len(name)].end
    made: list[_Piece] = []
    for part in re.split(r"(#[1-9])", macro.body):
        if re.fullmatch(r"#[1-9]", part):
            number = int(part[1])
            made += values[number - 1] if number <= len(values) else []
        else:
            made += [_Piece(character, place.start, max(last, place.start + 1)) for character in part]
    after = text[end : end + 1]
    if made and made[-1].character.isalpha() and after.isalpha():
        made.append(_Piece(" ", place.start, place.start + 1))  # `\Rx` is `\R` and x, not one longer command
    return made, end


def _argument(pieces: list[_Piece], text: str, at: int) -> tuple[list[_Piece] | None, int]:
    """An argument of a macro, braces or one character or command, and where it ends; None if nothing follows."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text) or text[at] in "}&^_":
        return None, at
    if text[at] == "{":
        inside, end = argument(text, at)
        return pieces[end - 1 - len(inside) : end - 1], end
    command = _COMMAND.match(text, at)
    end = command.end() if command else at + 1
    return pieces[at:end], end
