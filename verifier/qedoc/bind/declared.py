"""What inline equations and names of arrays say about symbols: lengths, letters of weights, equations that hold only sometimes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import sympy as sp

from qedoc.bind.conventions import is_held
from qedoc.read import Equation, Macro, plain
from qedoc.read.macros import spelled_out
from qedoc.sources.docstrings import Documented, Formula

_DIMENSION = re.compile(
    r"([A-Za-z])\s*=\s*(?:\\dim|\\?(?:operatorname|mathrm|text)\{(?:dim|len|length|size)\}|len)"
    r"\s*(?:\\left)?\(\s*([A-Za-z])\s*(?:\\right)?\)"
)
_LISTED = re.compile(
    r"(?P<vector>.+?)\s*=\s*(?:\\left|\\bigl?)?[(\[]\s*(?P<letter>\\?[A-Za-z]+)\s*_\{?(?P<first>[01])\}?\s*,.*?\\[lc]?dots\s*,"
    r"\s*(?P=letter)\s*_(?:\{\s*(?P<last>[A-Za-z])\s*(?P<less>-\s*1)?\s*\}|(?P<lone>[A-Za-z]))\s*(?:\\right|\\bigr?)?[)\]]"
    r"(?:\^\{?\\?(?:T|top|intercal)\}?)?\W*"
)
r"""A vector as the list of its entries: `\mathbf{p} = (p_0, p_1, \dots, p_{K-1})`."""
_IN_SPACE = re.compile(r"`+(\w+)`+ (?:is|denotes) an? (?:[\w-]+ )?vector in `+R\^\{?([A-Za-z])\}?`+")
"""A vector with its space in plain text: `loc` is a vector in `R^k`."""
_CONDITIONAL = re.compile(r"\s*(?:,?\s*(?:and\s+)?:math:`[^`]*`)*\s*,?\s*(?:if|when|whenever|unless|otherwise)\b", re.IGNORECASE)
"""Words after an equation that say that it holds only sometimes."""


def said_lengths(formulas: Iterable[Formula], parameters: Iterable[str], text: str = "") -> dict[str, str]:
    r"""The symbols that the text says are the length of an array, each with the array: `n = \dim(x)`, `x = (x_1, \ldots, x_n)`."""
    inline = [formula.latex.strip() for formula in formulas if not formula.display]
    found = {one[1]: one[2] for one in map(_DIMENSION.fullmatch, inline) if one is not None}
    found |= dict(pair for one in map(_LISTED.fullmatch, inline) if one is not None for pair in _listed(one))
    found |= {one[2]: one[1] for one in _IN_SPACE.finditer(" ".join(text.split()))}
    return {length: array for length, array in found.items() if length not in parameters}


def _listed(found: re.Match[str]) -> list[tuple[str, str]]:
    """The length and the name of a vector that is the list of its entries, if both ends are written in the same way of counting."""
    name, last = plain(found["letter"]), found["last"] or found["lone"]
    whole = bool(found["less"]) == (found["first"] == "0")
    return [(last, name)] if whole and plain(found["vector"]) == name and last != name else []


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


def solved(equation: Equation) -> sp.Expr:
    """The value that an equation gives the name on its left side. A square gives a length, and a logarithm a number; both are positive."""
    undo = {sp.Pow: sp.sqrt, sp.log: sp.exp}.get(type(equation.left), sp.sympify)
    return undo(equation.right)


def with_index(equation: Equation) -> Equation:
    """`p_k = exp(a_k)`, whose right side depends on k: the left side is an entry of p, and no name."""
    name, _, index = str(equation.left).partition("_") if isinstance(equation.left, sp.Symbol) else ("", "", "")
    used = {symbol for entry in equation.right.atoms(sp.Indexed) for part in entry.indices for symbol in part.free_symbols}
    depends = sp.Symbol(index) in used & equation.right.free_symbols if index else False
    return replace(equation, left=sp.IndexedBase(sp.Symbol(name))[sp.Symbol(index)]) if depends else equation
