"""The symbols and numbers that an edit may put into a formula."""

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from qedoc.bind.records import Bound
from qedoc.claims.spec import Size
from qedoc.read.tree import SYMBOLS
from qedoc.repair.edits import Array
from qedoc.repair.marked import Point
from qedoc.repair.spelling import author_letter

INDEX = re.compile(r"\\(?:sum|prod)\S*?\s*_\{?\s*([a-zA-Z])")
"""The index of a sum or product."""

_COMMAND = re.compile(r"\\([A-Za-z]+)(?!\s*(?:\\left\s*)?\()")
FUNCTIONS_TOO = {"pi", "Gamma", "Phi", "psi", "zeta"}
"""Letters that are more often numbers or functions."""


def operands(claim: Bound, latex: str, point: Point, names: Mapping[str, str] = MappingProxyType({})) -> dict[str, Array]:
    """Returns the operands of edits, each with its values.

    Args:
        claim: the claim.
        latex: the formula as written.
        point: the case.
        names: the names in the text of symbols that have another name in the claim.
    """
    found: dict[str, Array] = {}
    for declaration in claim.spec.symbols:
        name = str(declaration.symbol)
        tex = author_letter(names.get(name, name), latex)
        if tex is None:
            continue
        if isinstance(declaration, Size):
            found[tex] = np.full((1, 1, 1), float(point.sizes[name]))
        elif name in point.columns:
            found[tex] = point.columns[name]
    composed = {f"(1 - {tex})": 1 - value for tex, value in found.items()}
    constants = {r"\pi": np.full((1, 1, 1), math.pi)} | ({} if "e" in found else {"e": np.full((1, 1, 1), math.e)})
    return {**found, **constants, **composed}


def letters(claim: Bound, latex: str, names: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """Returns the symbols and the indices of sums, as the author writes them.

    Args:
        claim: the claim.
        latex: the formula as written.
        names: the names in the text of symbols that have another name in the claim.
    """
    known = [str(d.symbol).partition("[")[0] for d in claim.spec.symbols]
    symbols = [tex for name in known if (tex := author_letter(names.get(name, name), latex)) is not None]
    return list(dict.fromkeys([*symbols, *INDEX.findall(latex)]))


def constants(text: str) -> list[str]:
    """Returns the Greek letters of a text, which may stand for numbers that the docstring defines.

    Args:
        text: LaTeX.
    """
    return list(dict.fromkeys(f"\\{name}" for name in _COMMAND.findall(text) if name in SYMBOLS - FUNCTIONS_TOO))
