"""Finds symbols that count something by the noun that explains them: `step` in code is t, if the text says that t is the current step."""

import re
from collections.abc import Collection, Mapping

from qedoc.read import plain

_NOUN = re.compile(r"(?:the )?(?:current )?(step|epoch|iteration|time)(?: (?:number|index|count))?", re.IGNORECASE)
"""A description that is only a noun for what is counted."""


def counters(legend: Mapping[str, str], symbols: Collection[str]) -> dict[str, str]:
    """Returns the LaTeX of the only symbol that each noun explains, by noun.

    Args:
        legend: the text's explanation of each symbol, by LaTeX.
        symbols: the symbols of the formulas, by plain name.
    """
    found: dict[str, list[str]] = {}
    for symbol, text in legend.items():
        noun = _NOUN.fullmatch(text.strip(" .,;"))
        if noun and plain(symbol) in symbols:
            found.setdefault(noun[1].lower(), []).append(symbol)
    return {noun: those[0] for noun, those in found.items() if len(those) == 1}
