r"""Expands the macros of a project, such as `\R` for `\mathbb{R}`, and keeps the place of each character in the formula as written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pylatexenc.latex2text import get_default_latex_context_db

from qedoc.read.backslashes import NOTATION, doubling, halved
from qedoc.read.reading import Macro, Names, Obstacle, Option, Refused
from qedoc.read.scope import ACCENTS
from qedoc.read.tokens import FONTS, Token, argument, tokenize

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
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_TWO = r"\\(?:[dtc]?frac|[dt]?binom|overset|underset|stackrel)"
_TAKES = re.compile(rf"(?<!\\)(?:\\\\)*(?:{_TWO}|\\(?:{'|'.join(sorted(FONTS | ACCENTS | {'sqrt', 'overline'}))})|\\sqrt\s*\[[^\]]*\])$")
"""Commands that take what follows as an argument."""

_TAKES_TWO = re.compile(rf"(?<!\\)(?:\\\\)*{_TWO}\s*$")
_TAKES_ANOTHER = re.compile(rf"(?<!\\)(?:\\\\)*{_TWO}(?:\s*[^\\{{}}\sA-Za-z]|\s+[A-Za-z]|\s*\\[A-Za-z]+)$")
_LATEX = get_default_latex_context_db()
"""The commands of LaTeX."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A character with its place: where what it comes from begins and ends in the formula as written."""

    character: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The tokens of a formula.

    Args:
        tokens: the tokens. Those of a macro stand where the macro is used, and those of its arguments where these are written.
        macros: the macros that hold in the formula, with those that it defines.
        doubled: whether backslashes were doubled.
        options: the notations with several readings, which are decided before there are tokens.
    """

    tokens: Sequence[Token]
    macros: Mapping[str, Macro]
    doubled: bool
    options: Mapping[str, tuple[Option, ...]]


def tokens(latex: str, names: Names, *, halve: bool = False) -> Written:
    """Returns the tokens of a formula, with its macros expanded.

    Args:
        latex: the formula.
        names: the macros of the project, and the decisions.
        halve: whether all its backslashes are doubled.

    Raises:
        Refused: for a macro with too few arguments, or one that uses itself; and for what TeX would not accept.
    """
    pieces = [_Piece(character, at, at + 1) for at, character in enumerate(latex)]
    found = halved(latex) if halve else doubling(latex, names.decisions.get(NOTATION))
    pieces, macros = _defined([piece for piece in pieces if piece.start not in found.dropped], dict(names.macros))
    pieces = _expanded(pieces, macros)
    text = _text(pieces)
    try:
        made = tokenize(text)
    except Refused as refused:
        place = pieces[refused.offset].start if refused.offset < len(pieces) else len(latex)
        raise Refused(refused.obstacle, refused.what, place, refused.suggestion) from None
    placed = [replace(token, start=pieces[token.start].start, end=pieces[token.end - 1].end) for token in made]
    return Written(tokens=placed, macros=macros, doubled=bool(found.dropped), options={NOTATION: found.ways} if found.ways else {})


def spelled_out(latex: str, macros: Mapping[str, Macro]) -> str:
    """Returns LaTeX with its macros expanded; as it is where that is impossible."""
    if "\\" not in latex or not macros:
        return latex
    try:
        return _text(_expanded([_Piece(character, at, at + 1) for at, character in enumerate(latex)], macros))
    except Refused:
        return latex


def _text(pieces: Sequence[_Piece]) -> str:
    return "".join(piece.character for piece in pieces)


def _defined(pieces: list[_Piece], macros: dict[str, Macro]) -> tuple[list[_Piece], dict[str, Macro]]:
    r"""The formula without its `\newcommand`s, and the macros with those that they define."""
    text = _text(pieces)
    if not any(f"\\{name}" in text for name in _DEFINING):
        return pieces, macros
    kept: list[_Piece] = []
    at = 0
    for found in definitions(text):
        if found.holds(macros):
            macros[found.name] = found.macro
        kept += pieces[at : found.start]
        at = found.end
    return kept + pieces[at:], macros


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    r"""A definition of a macro in LaTeX.

    Args:
        name: the name of the macro, without backslash.
        macro: the macro.
        start: where the definition begins.
        end: where it ends.
        provided: whether it holds only if there is no such command, as one by `\providecommand`.
    """

    name: str
    macro: Macro
    start: int
    end: int
    provided: bool = False

    def holds(self, macros: Mapping[str, Macro]) -> bool:
        """Whether it changes what its name stands for.

        Args:
            macros: the macros before it.
        """
        return not self.provided or (self.name not in macros and _LATEX.get_macro_spec(self.name) is None)


def definitions(text: str) -> Iterable[Definition]:
    r"""Yields the macros that LaTeX defines.

    Args:
        text: LaTeX with `\newcommand`, `\def`, `\DeclareMathOperator` or `\DeclarePairedDelimiter`.
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
                body, count, default = rf"\left{body} #2 \right{closing}", 2, ""  # the first one is a size: `\norm[\big]{v}`
        except Refused:
            continue
        body = rf"\operatorname{{{body}}}" if found[1] == "DeclareMathOperator" else body
        macro = Macro(body=body, arguments=count, default=default, starred=found[1] == "DeclarePairedDelimiter")
        yield Definition(name=name, macro=macro, start=found.start(), end=end, provided=found[1] == "providecommand")
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
        if is_awaited(text[: found.start()]):
            made = [replace(place, character="{"), *made, replace(place, character="}")]
        pieces = _side_by_side(pieces[: found.start()], made, pieces[end:])
        at = found.start()
    return pieces


def is_awaited(before: str) -> bool:
    r"""Whether what follows is an argument of a command: after `\sqrt` or `\frac{1}`, TeX takes the next command as a whole.

    Args:
        before: LaTeX up to the place.
    """
    before = before.rstrip()
    if _TAKES.search(before):
        return True
    if not before.endswith("}"):
        return _TAKES_ANOTHER.search(before) is not None
    depth = 0
    for brace in reversed(list(_BRACE.finditer(before))):
        depth += {"}": 1, "{": -1}.get(brace[0], 0)
        if depth == 0:
            return _TAKES_TWO.search(before[: brace.start()]) is not None
    return False


def _side_by_side(*parts: list[_Piece]) -> list[_Piece]:
    r"""The parts, with a space where two would become one name: `\sin` and h are not `\sinh`, and x and y are not a name `xy`."""
    made: list[_Piece] = []
    for part in parts:
        if made and part and made[-1].character.isalnum() and part[0].character.isalnum():
            made.append(replace(part[0], character=" "))
        made += part
    return made


def _applied(pieces: list[_Piece], text: str, macro: Macro, found: re.Match[str], place: _Piece) -> tuple[list[_Piece], int]:
    """The body of a macro with its arguments in their places, and where the last argument ends."""
    name, end = found[1], found.start() + 1 + len(found[1])
    end += macro.starred and text[end : end + 1] == "*"
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
    parts: list[list[_Piece]] = []
    for part in re.split(r"(#[1-9])", macro.body):
        if re.fullmatch(r"#[1-9]", part):
            number = int(part[1])
            parts.append(values[number - 1] if number <= len(values) else [])
        else:
            parts.append([_Piece(character, place.start, max(last, place.start + 1)) for character in part])
    return _side_by_side(*parts), end


def _argument(pieces: list[_Piece], text: str, at: int) -> tuple[list[_Piece] | None, int]:
    """An argument of a macro, braces or one character or command, and where it ends; None if nothing follows, or a star."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text) or text[at] in "}&^_*":
        return None, at
    if text[at] == "{":
        inside, end = argument(text, at)
        return pieces[end - 1 - len(inside) : end - 1], end
    command = _COMMAND.match(text, at)
    if command is None:
        return pieces[at : at + 1], at + 1
    end = at + 1 + len(command[1]) if command[1] else command.end()
    return pieces[at:end], end
