"""What binding a documented formula gives: a spec that can be checked, or the reason why there is none."""

from dataclasses import dataclass

from qedoc.claims.spec import Spec
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A value that a docstring states, bound to the function's parameters.

    Args:
        formula: the formula as written, with its place.
        reading: the value as it was read, in SymPy's words.
        spec: the claim, ready to be checked.
        notes: what was taken without being written in the formula: symbols, conditions, defaults.
    """

    formula: Formula
    reading: str
    spec: Spec
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A formula, or a part of one, that was not bound.

    Args:
        formula: the formula as written, with its place.
        name: what the claim's id would have been.
        reading: the part that was read, in SymPy's words; empty if the formula could not be read.
        verdict: `unreadable`, `not-a-claim` or `undecided`.
        reason: what stands in the way, and where.
        suggestion: what to write instead; empty where nothing would help.
        place: line and column in the formula, from 1, of what could not be read.
        empty: whether it is that no point satisfies all conditions.
    """

    formula: Formula
    name: str
    verdict: Verdict
    reason: str
    reading: str = ""
    suggestion: str = ""
    place: tuple[int, int] | None = None
    empty: bool = False


class Obstruction(Exception):
    """Ends the binding of one equation; it never leaves the package.

    Args:
        reason: what stands in the way.
        suggestion: what to write instead.
        verdict: what the claim comes to.
        empty: whether it is that no point satisfies all conditions.
    """

    def __init__(self, reason: str, suggestion: str = "", verdict: Verdict = Verdict.UNREADABLE, *, empty: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.suggestion = suggestion
        self.verdict = verdict
        self.empty = empty
