r"""Symbols that stand right after the name of a parameter in a sentence: `with shift parameter $\alpha$ and power $\kappa$`."""

import re
from collections.abc import Collection, Mapping

from qedoc.bind.commands import macros
from qedoc.bind.context import Context
from qedoc.interpret.choices import Choice, Sure, parameter
from qedoc.interpret.lexicon import OPERATORS, QUANTITIES
from qedoc.read import plain
from qedoc.read.macros import spelled_out

_PLACE = re.compile(r"(?P<before>[^.;:,()`$]*)(?::math:`(?P<role>[^`]+)`|\$(?P<span>[^$]+)\$)(?=\s*(?:[.,;:)]|and\b|or\b|$))")
"""A symbol at which a phrase ends, and the words before it."""

_CLASS = re.compile(r"\s+(?:hyper-?)?parameters?$", re.IGNORECASE)
_BEFORE = frozenset(
    {"with", "and", "or", "the", "a", "an", "of", "its", "by", "scalar", "real", "integer", "positive", "kernel", "for", "given", "where"}
)
"""Words before the name that leave it the parameter itself. `inverse` makes another number of it."""

_OPERATORS = {
    word for table in (OPERATORS, QUANTITIES) for phrases in table.values() for phrase in phrases for word in phrase.split()
} - _BEFORE
"""Words that make another number of what follows: `the logarithm of scale` may be what the symbol is."""

_MOST_WORDS = 3


def apposed(context: Context, symbols: Collection[str], names: Collection[str]) -> Mapping[str, Choice]:
    """Returns the parameters that the text names right before symbols. A symbol with two such names has none.

    Args:
        context: the docstring.
        symbols: the symbols that nothing else explains.
        names: the parameters that no other symbol is.
    """
    found: dict[str, set[str]] = {}
    words: dict[str, str] = {}
    for place in _PLACE.finditer(" ".join(context.record.docstring.split())):
        symbol = plain(spelled_out((place["role"] or place["span"]).strip(), macros()))
        if symbol in symbols and (name := _named(place["before"], names)):
            found.setdefault(symbol, set()).add(name)
            words[symbol] = " ".join(place[0].split()[-5:])
    listed = [name for of in found.values() for name in of]
    return {
        symbol: Choice(about="symbol", subject=symbol, value=parameter(name), words=words[symbol], sure=Sure.SUGGESTED)
        for symbol, of in found.items()
        for name in of
        if len(of) == 1 and listed.count(name) == 1
    }


def before(context: Context, symbol: str) -> str:
    r"""The noun right before a symbol, `mean` in `with mean :math:`\mu``; empty if there is none, or if there are several.

    Args:
        context: the docstring.
        symbol: the plain name of the symbol.
    """
    found = {
        " ".join(said[-2:])
        for place in _PLACE.finditer(" ".join(context.record.docstring.split()))
        if plain(spelled_out((place["role"] or place["span"]).strip(), macros())) == symbol
        and (said := re.findall(r"[\w'-]+", _CLASS.sub("", place["before"].rstrip()).lower()))
    }
    return next(iter(found)) if len(found) == 1 else ""


def _named(before: str, names: Collection[str]) -> str:
    """The parameter whose name ends a phrase; empty if the phrase makes something else of it."""
    said = re.findall(r"[\w'-]+", _CLASS.sub("", before.rstrip()).lower())
    for count in range(1, min(_MOST_WORDS, len(said)) + 1):
        joined = "".join(said[-count:]).replace("-", "")
        fitting = [name for name in names if name.replace("_", "").lower() == joined]
        if len(fitting) == 1 and _OPERATORS.isdisjoint(said[:-count]) and (len(said) == count or said[-count - 1] in _BEFORE):
            return fitting[0]
    return ""
