"""Corrections of a refuted formula."""

from dataclasses import dataclass

from qedoc.results.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A formula that would be right.

    Args:
        latex: the author's LaTeX with the edit.
        sympy: the formula in SymPy's notation.
        verdict: `proved` or `tested`.
        reason: what the verdict is based on.
        cost: how far it is from what was written; the smallest is shown first.
    """

    latex: str
    sympy: str
    verdict: Verdict
    reason: str
    cost: float = 0.0
