r"""Reads commands that neither LaTeX nor the project defines, by what their names and arguments say: `\op{rank}(x)`, `\II{x > y}`.

The documentation of a library often uses macros of its pages, and a package does not contain the settings of its pages. What such a
command prints is only suggested by its name, so a formula with one is never refuted.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from qedoc.read.library import library
from qedoc.read.reading import UNDEFINED, Macro, Names, Obstacle, Option, Refused
from qedoc.read.scope import Scope
from qedoc.read.tokens import argument

MOST = 6
"""Maximum number of undefined commands in one formula."""

UNKNOWN = "unknown command \\"
"""How the reason of a refusal for an unknown command begins."""

_NAMED = frozenset({"op", "opname", "oper", "fn", "func", "fun", "name"})
r"""Commands that set the name of an operator: `\op{rank}`."""
_INDICATORS = frozenset({"II", "I", "ind", "Ind", "indic", "indicator", "one", "ones", "bbone", "bone", "charf"})
r"""Commands that set an indicator: `\II{x > y}`."""
_BOLD = frozenset({"mb", "mbf", "bs", "vb", "vect", "vct", "mat", "bfs", "boldvec"})
r"""Commands that set a letter in bold: `\mb{x}`."""
_BOLD_LETTER = re.compile(r"(?:v([a-z])|m([A-Z]))")
r"""Commands that are a bold letter, as the notation of the book Deep Learning has them: `\vx` for a vector, `\mA` for a matrix."""
_OPERATORS = frozenset({"prox", "proj", "tr", "Tr", "trace"})
"""Commands that are the names of operators."""
_DELIMITED = {"norm": r"\left\|#1\right\|"}
"""Commands that set delimiters around their argument, as the manuals of `mathtools` and `commath` define them."""

_ACCENTS = frozenset("bcdkrtuv")
r"""Accents of LaTeX for text, as `\d{o}`. Around a word of several letters they only set its name."""

_COMMAND = re.compile(r"\\([A-Za-z]+)")
_LETTER = re.compile(r"\s*(?:[A-Za-z]|\\[A-Za-z]+)\s*")
_WORD = re.compile(r"\s*[A-Za-z]{2,}\s*")
_RELATION = re.compile(r"[<>=]|\\(?:leq?|geq?|lt|gt|neq?|in)(?![A-Za-z])")

_T = TypeVar("_T")


def supposing(latex: str, names: Names, read: Callable[[Names], _T]) -> _T:
    """Reads a formula, and again with a macro for each undefined command that its name explains.

    Args:
        latex: the formula.
        names: what is known about the names in it.
        read: reads it.

    Raises:
        Refused: if it cannot be read. The reason is that of the last try.
    """
    last: Refused | None = None
    bold = {name: macro for name in {*_COMMAND.findall(latex)} - {*names.macros} if (macro := _bold(name, latex)) is not None}
    if bold:  # around the argument of a left side, `f(\mb{x}) = ...`, nothing but the left side is refused
        names = replace(names, macros={**names.macros, **bold}, supposed=names.supposed | set(bold))
    for _ in range(MOST):
        try:
            return read(names)
        except Refused as refused:
            last = refused
            command = refused.what.removeprefix(UNKNOWN) if refused.obstacle is Obstacle.UNKNOWN else ""
            macro = _macro(command, latex) if refused.what == UNKNOWN + command and command not in names.supposed else None
            if macro is None:
                break
            names = replace(names, macros={**names.macros, command: macro}, supposed=names.supposed | {command})
    assert last is not None  # for mypy: the loop is left by a refusal only
    raise last


def choose(scope: Scope, supposed: frozenset[str]) -> None:
    """Adds the choice that each supposed macro is."""
    for command in sorted(supposed):
        if command in _ACCENTS:
            scope.choose(rf"\{command} around words", Option(value="an accent", why="LaTeX has an accent of this name", sure="suggested"))
        else:
            scope.choose(UNDEFINED + command, Option(value="what its name says", why=rf"nothing defines \{command}", sure="suggested"))


def _macro(command: str, latex: str) -> Macro | None:
    """What a command stands for by its name, if that fits each of its uses; None if nothing is known of it."""
    inside = _arguments(command, latex)
    if not any(inside):
        return Macro(body=rf"\operatorname{{{command}}}") if command in _OPERATORS or library(command) is not None else None
    if command in _OPERATORS and all(inside):
        return Macro(body=rf"\operatorname{{{command}}}\left(#1\right)", arguments=1)
    if command in _ACCENTS and len(set(inside)) > 1 and all(_WORD.fullmatch(text) for text in inside):
        return Macro(body=r"\mathrm{#1}", arguments=1)
    if command in _NAMED and all(_WORD.fullmatch(text) for text in inside):
        return Macro(body=r"\operatorname{#1}", arguments=1)
    if command in _INDICATORS and all(_RELATION.search(text) for text in inside):
        return Macro(body=r"\mathbb{1}\left[#1\right]", arguments=1)
    return Macro(body=_DELIMITED[command], arguments=1) if command in _DELIMITED and all(inside) else None


def _arguments(command: str, latex: str) -> list[str]:
    return [argument(latex, found.end())[0] for found in re.finditer(rf"\\{command}(?![A-Za-z])", latex)]


def _bold(command: str, latex: str) -> Macro | None:
    """What a command for a bold letter stands for; None for another command."""
    letter = _BOLD_LETTER.fullmatch(command)
    if letter and not any(_arguments(command, latex)):
        return Macro(body=rf"\mathbf{{{letter[1] or letter[2]}}}")
    if command in _BOLD and all(_LETTER.fullmatch(text) for text in _arguments(command, latex)):
        return Macro(body=r"\mathbf{#1}", arguments=1)
    return None
