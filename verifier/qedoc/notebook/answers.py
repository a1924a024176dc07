"""What the magics of a notebook return: results that a notebook shows with rendered formulas, and a terminal as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from qedoc.editor.cards import card
from qedoc.engine.carried import MODULE
from qedoc.report.layout import Plain
from qedoc.report.terminal import full
from qedoc.results.outcome import Outcome
from qedoc.results.verdict import ClaimResult, Formula


def named(text: str) -> str:
    """A text in which objects of the notebook have the names that they have there."""
    return text.replace(f"import {MODULE}; ", "").replace(f"{MODULE}.", "")


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """The verdicts on the formulas of a function.

    Args:
        outcome: the outcome of the run.
    """

    outcome: Outcome

    @property
    def claims(self) -> tuple[ClaimResult, ...]:
        """The results, one for each formula."""
        return self.outcome.claims

    @property
    def verdict(self) -> str:
        """The verdict, if there is one formula."""
        return ", ".join(dict.fromkeys(str(claim.verdict) for claim in self.claims))

    def __repr__(self) -> str:
        text = StringIO()
        full(self.outcome, Plain(text))
        return named(text.getvalue()).rstrip()

    def _repr_markdown_(self) -> str:
        return named("\n\n---\n\n".join(card(claim) for claim in self.claims))


@dataclass(frozen=True, slots=True, repr=False)
class Lifted:
    """The formulas that the code of a function computes.

    Args:
        formulas: pairs of a name and a formula.
    """

    formulas: Sequence[tuple[str, Formula]]

    @property
    def latex(self) -> str:
        """The LaTeX of the formula, one per line if there are several."""
        return "\n".join(formula.latex for _, formula in self.formulas)

    @property
    def sympy(self) -> str:
        """The formula in SymPy's notation, one per line if there are several."""
        return "\n".join(formula.sympy for _, formula in self.formulas)

    def __repr__(self) -> str:
        return "\n\n".join(f"{named(name)}\n\n{formula.pretty}" for name, formula in self.formulas)

    def _repr_latex_(self) -> str:
        shown = r" \\ ".join(formula.latex for _, formula in self.formulas)
        return f"$$\\begin{{gathered}}{shown}\\end{{gathered}}$$" if len(self.formulas) > 1 else f"$${shown}$$"

    def _repr_markdown_(self) -> str:
        return "\n\n".join(f"`{named(name)}`\n\n$$\n{formula.latex}\n$$" for name, formula in self.formulas)
