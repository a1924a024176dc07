r"""Finds doubled backslashes: `\\alpha` in a raw docstring is `\alpha`, or a break of the row and the word alpha."""

import re
from dataclasses import dataclass

from qedoc.read.reading import Option
from qedoc.read.scope import ACCENTS
from qedoc.read.tokens import FONTS
from qedoc.read.tree import SYMBOLS

NOTATION = "doubled backslashes before a name"
"""The notation with two readings."""

_COMMAND = Option(value="a command", why="a text that needs no doubled backslashes may have them", sure="suggested")
_BREAK = Option(value="a break of the row", why="two backslashes end a row", sure="suggested")

_OPERATIONS = frozenset({"cdot", "times", "leq", "geq", "le", "ge", "neq", "left", "right", "quad", "qquad", "infty"})
_NAMES = SYMBOLS | {"sum", "prod", "int", "hat", "bar", "tilde"}
"""Commands that a row could begin with as a word, if the backslashes before them are a break."""

_FOLLOWED = dict.fromkeys((*FONTS, *ACCENTS, "frac", "dfrac", "tfrac", "sqrt", "begin", "end", "text"), "{")
_FOLLOWED |= dict.fromkeys(("sum", "prod", "int"), "_")
"""What shows that a name is a command, because no word of a row has it."""

_RUN = re.compile(r"(\\+)([A-Za-z]+)\s*([_{]?)")
_PAIR = re.compile(r"\\\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubling:
    """The doubled backslashes of a formula.

    Args:
        dropped: the places of the backslashes that are one too many.
        ways: the ways to read them, if they may be breaks of rows too; none if they are certain.
    """

    dropped: frozenset[int] = frozenset()
    ways: tuple[Option, ...] = ()


def doubling(latex: str, decided: str | None) -> Doubling:
    r"""Finds the doubled backslashes of a formula.

    They are certain before a command that no row begins with, such as `\\frac{`. Before a letter such as `\\beta` they may be a break,
    unless other commands show that all backslashes of the formula are doubled.

    Args:
        latex: the formula.
        decided: how they are read where they may be breaks; None for the first way.
    """
    runs = list(_RUN.finditer(latex))
    doubled = [run for run in runs if len(run[1]) == 2]
    certain = {run.start() for run in doubled if run[2] in _OPERATIONS or (run[3] and run[3] == _FOLLOWED.get(run[2]))}
    doubtful = {run.start() for run in doubled if run[2] in _NAMES} - certain
    if not certain and not doubtful:
        return Doubling()
    single = any(len(run[1]) % 2 for run in runs)
    every = {pair.start() for pair in _PAIR.finditer(latex)}
    if not doubtful or (certain and not single):
        return Doubling(dropped=frozenset(certain if single else every))
    commands = decided != _BREAK.value
    dropped = certain | doubtful if single else every
    return Doubling(dropped=frozenset(dropped if commands else certain), ways=(_COMMAND, _BREAK))


def halved(latex: str) -> Doubling:
    r"""All backslashes of a formula in which they come in pairs before a name, and never alone: `\\exp(-\\foo)`.

    Args:
        latex: the formula.
    """
    even = all(len(run) % 2 == 0 for run in re.findall(r"\\+", latex))
    named = re.search(r"\\\\[A-Za-z]{2,}", latex)
    return Doubling(dropped=frozenset(pair.start() for pair in _PAIR.finditer(latex)) if even and named else frozenset())
