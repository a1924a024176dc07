"""One choice of an interpretation, as reports show it: a plain record that needs neither jax nor sympy."""

from qedoc.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One choice of an interpretation of the documentation, in words.

    Args:
        about: what it decides: `symbol`, `domain`, `quantity`, `reading`, `default` or `target`.
        subject: the symbol or parameter that it is about; empty for the whole formula.
        value: what was chosen.
        words: the words or the rule that suggest it.
        sure: `stated`, `suggested`, `possible` or `opaque`.
        line: the line of the docstring, from 0, or -1.
    """

    about: str
    subject: str
    value: str
    words: str
    sure: str
    line: int = -1
