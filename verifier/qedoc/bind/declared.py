"""What inline equations and names of arrays say about symbols: lengths, letters of weights, equations that hold only sometimes."""

import re
from collections.abc import Iterable, Mapping, Sequence

from qedoc.bind.conventions import is_held
from qedoc.read import Macro, plain
from qedoc.read.macros import spelled_out
from qedoc.sources.docstrings import Documented, Formula

_DIMENSION = re.compile(
    r"([A-Za-z])\s*=\s*(?:\\dim|\\?(?:operatorname|mathrm|text)\{(?:dim|len|length|size)\}|len)"
    r"\s*(?:\\left)?\(\s*([A-Za-z])\s*(?:\\right)?\)"
)
_CONDITIONAL = re.compile(r"\s*(?:,?\s*(?:and\s+)?:math:`[^`]*`)*\s*,?\s*(?:if|when|whenever|unless|otherwise)\b", re.IGNORECASE)
"""Words after an equation that say that it holds only sometimes."""


def said_lengths(formulas: Iterable[Formula], parameters: Iterable[str]) -> dict[str, str]:
    r"""The symbols that inline equations say are the length of an array, each with the array: `n = \dim(x)`."""
    found = (_DIMENSION.fullmatch(formula.latex.strip()) for formula in formulas if not formula.display)
    return {one[1]: one[2] for one in found if one is not None and one[1] not in parameters}


def is_conditional(lines: Sequence[str], formula: Formula) -> bool:
    """Whether the words after an inline equation say that it holds only sometimes: `gamma = 1, beta = 0 if there is no weight`."""
    here = lines[formula.line].partition(f"`{formula.latex}`")[2]
    return bool(_CONDITIONAL.match(" ".join((here, *lines[formula.line + 1 : formula.line + 2]))))


def letters_of_arrays(record: Documented, known: Mapping[str, Macro]) -> dict[str, str]:
    r"""The letters that conventionally are arrays which the object holds: `\gamma` is its weight, not Euler's constant."""
    told = {plain(spelled_out(symbol, known)) for symbol in record.legend}
    arrays = [argument.name for argument in record.arguments if argument.axes >= 0 and is_held("gamma", argument.name)]
    return {"\\gamma": f"the {arrays[0]}"} if arrays and "gamma" not in told else {}


def labelled_entries(legend: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    r"""The symbols that the text explains as the entry of a vector at a label: `s_y`, the score of the correct class `y`.

    Args:
        legend: the text's explanation of each symbol, by the symbol's LaTeX.

    Returns:
        the vector and the label of each.
    """
    found: dict[str, tuple[str, str]] = {}
    for symbol, text in legend.items():
        written = _SUBSCRIPT.fullmatch(symbol)
        if written and _OF_LABEL.search(text):
            found[symbol] = written[1], written[2]
    return found


_OF_LABEL = re.compile(
    r"\b(?:correct|true|target|right|labell?ed|ground[- ]truth)\s+(?:class|label|category)(?:\s+:math:`\w`)?\W*$", re.IGNORECASE
)
_SUBSCRIPT = re.compile(r"([A-Za-z])_\{?([A-Za-z])\}?")
