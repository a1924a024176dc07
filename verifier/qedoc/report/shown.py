"""A formula as pages show it: as mathematics if its LaTeX can be rendered, otherwise as text."""

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from qedoc.report.latex_text import is_plain
from qedoc.report.mathml import rendered

UNREADABLY_WIDE = 110.0
"""Width in em of a formula of the code that nobody can read as one line. It is shown as text, which is wrapped."""

SCROLLED = 36.0
"""Width in em that does not fit on a narrow screen in the smallest letters. There, such a formula is shown as text, which is wrapped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A formula.

    Args:
        lines: its lines as MathML: the width of the widest piece in em, and the pieces between which the line may be broken. Empty if the
            formula is shown as text.
        latex: its LaTeX, as the author wrote it.
        text: what is shown instead of mathematics: the LaTeX or plain text, or the formula in SymPy's notation.
        why: why it is shown as text; empty for plain text.
    """

    lines: tuple[tuple[float, tuple[Markup, ...]], ...]
    latex: str
    text: str
    why: str = ""

    @property
    def width(self) -> float:
        """The width of its widest piece in em."""
        return max((width for width, _ in self.lines), default=0.0)

    @property
    def scrolled(self) -> bool:
        """Whether it may be wider than a narrow screen."""
        return self.width > SCROLLED


def written(latex: str, macros: Mapping[str, "str | tuple[Any, ...]"] | None = None) -> Shown:
    """Shows a formula of an author.

    Args:
        latex: LaTeX or plain text.
        macros: the macros of the project, by name without backslash.
    """
    latex = textwrap.dedent(latex).strip("\n")
    if is_plain(latex):
        return Shown(lines=(), latex=latex, text=latex)
    lines = _lines(latex, macros)
    return Shown(lines=lines, latex=latex, text=latex, why="" if lines else "This LaTeX cannot be shown as mathematics here.")


def computed(latex: str, sympy: str) -> Shown:
    """Shows a formula of the code.

    Args:
        latex: its LaTeX.
        sympy: the formula in SymPy's notation, which is shown if its LaTeX is too wide to be read.
    """
    made = Shown(lines=_lines(latex, None), latex=latex, text=sympy)
    return made if made.width <= UNREADABLY_WIDE else replace(made, lines=())


def inline(latex: str, text: str, macros: Mapping[str, "str | tuple[Any, ...]"] | None = None) -> Markup | str:
    """Shows a symbol inside a line.

    Args:
        latex: its LaTeX.
        text: what is shown if the LaTeX cannot be rendered.
        macros: as in `written`.
    """
    made = rendered(latex, macros, display=False)
    return Markup(made.lines[0][1][0]) if made else text  # noqa: S704  # `rendered` writes known elements and escapes all text


def _lines(latex: str, macros: Mapping[str, "str | tuple[Any, ...]"] | None) -> tuple[tuple[float, tuple[Markup, ...]], ...]:
    made = rendered(latex, macros)
    return tuple((width, tuple(map(Markup, pieces))) for width, pieces in made.lines) if made else ()
