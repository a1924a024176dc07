"""The results of binding a documented formula: a checkable spec, or the reason why there is none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from qedoc.claims.readings import Readings
from qedoc.claims.spec import Spec
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A value that a docstring states, bound to the function's parameters.

    Args:
        formula: the formula as written, with its location.
        reading: the value as read, in SymPy's notation.
        spec: the claim, ready to be checked.
        notes: assumptions that the formula does not write: symbols, conditions, defaults.
        supposed: the assumptions that only names and notation suggest.
        unsaid: the symbols of the parameters that the formula does not contain. It is checked for all their values.
        readings: the ways in which the text can be understood; None if there is only one.
        uses: the formulas of the docstring whose definitions are put into this one.
    """

    formula: Formula
    reading: str
    spec: Spec
    notes: tuple[str, ...] = ()
    supposed: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    readings: Readings | None = None
    uses: tuple[Formula, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A formula, or a part of one, that was not bound.

    Args:
        formula: the formula as written, with its location.
        name: the id that the claim would have had.
        reading: the part that was read, in SymPy's notation; empty if the formula could not be read.
        verdict: `unreadable`, `not-a-claim` or `undecided`.
        reason: what prevents a claim, and where.
        suggestion: what to write instead; empty if nothing would help.
        place: line and column in the formula, from 1, of the part that could not be read.
        empty: whether the reason is that no point satisfies all conditions.
        cause: the slug of the cause, as in `results.causes`.
        construct: what in particular was not read; may be empty.
        lacking: the symbols that nothing explains.
        unset: parameters without a default that the formula does not contain, and without which the code does not run.
        help: options of the command line that may help, for a formula that was given there.
        part_of: the ids of the claims that this definition is put into.
    """

    formula: Formula
    name: str
    verdict: Verdict
    reason: str
    reading: str = ""
    suggestion: str = ""
    place: tuple[int, int] | None = None
    empty: bool = False
    cause: str = ""
    construct: str = ""
    lacking: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    help: str = ""
    part_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """What makes a formula one for a derivative.

    Args:
        by: the symbol by which the value is differentiated.
        words: whose derivative it is.
    """

    by: str
    words: str


class Obstruction(Exception):
    """Ends the binding of one equation. It never leaves the package.

    Args:
        reason: what prevents a claim.
        suggestion: what to write instead.
        verdict: the resulting verdict.
        empty: whether the reason is that no point satisfies all conditions.
        cause: the slug of the cause, as in `results.causes`; by default, the usual one of the verdict.
    """

    usual: ClassVar[Mapping[Verdict, str]] = {Verdict.UNDECIDED: "unclear-words"}

    def __init__(
        self, reason: str, suggestion: str = "", verdict: Verdict = Verdict.UNREADABLE, *, empty: bool = False, cause: str = ""
    ) -> None:
        super().__init__(reason)
        self.symbols: Sequence[tuple[str, str]] = ()
        self.cause = cause or self.usual.get(verdict, "")
        self.reason = reason
        self.suggestion = suggestion
        self.verdict = verdict
        self.empty = empty


class Unranged(Obstruction):
    """Ends the binding of an equation with an index or an axis whose range is not clear."""

    usual: ClassVar[Mapping[Verdict, str]] = dict.fromkeys(Verdict, "index")


class Unexplained(Obstruction):
    """Ends the binding of an equation with symbols that neither their names nor the text explain.

    Args:
        reason: what prevents a claim.
        suggestion: what to write instead.
        symbols: the symbols, each with the words that explain it, if any.
        known: the parameters that other symbols are.
    """

    usual: ClassVar[Mapping[Verdict, str]] = dict.fromkeys(Verdict, "unexplained-symbol")

    def __init__(self, reason: str, suggestion: str, symbols: Sequence[tuple[str, str]], known: Collection[str]) -> None:
        super().__init__(reason, suggestion)
        self.symbols = symbols
        self.known = known


class Conflict(Obstruction):
    """Ends the binding of an equation in which two symbols would be one parameter."""


class Misfit(Conflict):
    """Ends the binding of an equation in which an array would have another shape than the code gives it."""
