r"""Left sides that are a norm, `\|x\|_1 = ...`, in the docstring of a norm: they name its value."""

import re

import sympy as sp

from qedoc.bind.members import Aim, has
from qedoc.read import Extent

_OPEN = r"(?:\\norm\b|\\left\s*\\[|lv]\w*|\\lVert|\\\||\|\|)"
_CLOSE = r"(?:\}|\\\||\\right\s*\\[|rv]\w*|\\rVert|\|\|)"
_SCRIPT = r"(?:[_^]\s*(?:\{[^{}]*\}|\\?\w+|\*)\s*)*"
_ORDER = re.compile(r"_\s*\{?\s*(\d+|\\infty)")
_NORM = re.compile(rf"\s*{_OPEN}[^=+\-]*{_CLOSE}\s*{_SCRIPT}&?\s*")
_NAME = re.compile(
    r"(?:squared_?)?(?:l_?\d{0,2}|l_?inf\w*|euclidean|frobenius|nuclear|spectral|manhattan|max|sup|inf|trace|vector|matrix|huber)?_?norm",
    re.IGNORECASE,
)
"""Names of norms. A layer that normalises, such as `LayerNorm`, is none."""


def norm(owner: str, left: object, latex: str) -> Aim | None:
    r"""Returns the method that a left side such as `\|x\|_1` names in the docstring of a class such as `L1Norm`; None for anything else.

    Args:
        owner: the dotted path of the class.
        left: the left side.
        latex: the formula.
    """
    name = owner.rpartition(".")[2]
    if not is_norm(left, latex) or not _NAME.fullmatch(name) or not has(owner, "__call__") or _is_another(name, latex):
        return None
    return Aim(member="__call__", quantity="norm", value="x", words=f"its left side is a norm, and {name} is one", by_head=False)


def _is_another(name: str, latex: str) -> bool:
    r"""Whether a left side is the norm of another order than that in the name: `\|x\|_2` beside `L1Norm`."""
    order, own = _ORDER.search(latex.partition("=")[0]), re.search(r"\d+", name)
    return order is not None and own is not None and order[1] != own[0]


def is_norm(left: object, latex: str) -> bool:
    """Whether a left side is the norm of one letter, or a power of it.

    Args:
        left: the left side.
        latex: the formula.
    """
    if not isinstance(left, sp.Expr) or isinstance(left, sp.Symbol | sp.Indexed):
        return False
    if latex.count("=") != 1 or not _NORM.fullmatch(latex.partition("=")[0]):
        return False
    bases = {entry.base.label.name for entry in left.atoms(sp.Indexed)}
    plain = {s.name for s in left.free_symbols if isinstance(s, sp.Symbol) and not isinstance(s, Extent)}
    return len(bases | plain) == 1
