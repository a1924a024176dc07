"""What qedoc finds: plain records that every report, lock file and reader shares; neither jax nor sympy is needed to hold them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from qedoc.errors import Location

Number: TypeAlias = int | float | str
Entries: TypeAlias = "Number | list[Entries]"
"""A number, or the rows of an array."""
Inputs: TypeAlias = dict[str, Entries]


class Verdict(StrEnum):
    """The answers of the contract, strongest first."""

    PROVED = "proved"
    TESTED = "tested"
    REFUTED = "refuted"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    UNDECIDED = "undecided"
    NOT_A_CLAIM = "not-a-claim"

    @property
    def holds(self) -> bool:
        """True for the verdicts that say that documentation and code agree."""
        return self in (Verdict.PROVED, Verdict.TESTED)


SEVERITY = (
    Verdict.REFUTED,
    Verdict.UNREADABLE,
    Verdict.UNSUPPORTED,
    Verdict.UNDECIDED,
    Verdict.TESTED,
    Verdict.PROVED,
    Verdict.NOT_A_CLAIM,
)


DIFFERENT = "formula and code have different values at a point of the domain"
"""The reason of a refutation of which the point says all."""


def weakest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of a claim that is made of several cases: no better than any of them."""
    return min(verdicts, key=SEVERITY.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """A point of the domain where documentation and code differ.

    Args:
        inputs: values by parameter name; short decimals stay short (`0.1`).
        documented: what the formula gives, as the shortest number that tells it.
        actual: what the code gives in exact arithmetic.
        ran: what running the code gave, in float64.
        call: a line of Python that anyone can paste.
    """

    inputs: Inputs
    documented: Number
    actual: Number
    ran: Number
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a reader should know and that is not a difference of values.

    Args:
        kind: `domain`, `accuracy` or `default`.
        message: one sentence.
        inputs: the point where it shows.
    """

    kind: str
    message: str
    inputs: Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """The worst rounding error seen in one dtype.

    Args:
        dtype: dtype of the real inputs.
        result: dtype of the result.
        ulps: distance from the exact value at the same inputs, in units in the last place of the result.
        inputs: the point.
        points: how many points were run.
    """

    dtype: str
    result: str
    ulps: float
    inputs: Inputs
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyResult:
    """The verdict on one promise of a spec."""

    statement: str
    verdict: Verdict
    reason: str
    counterexample: Inputs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula as its readers need it.

    Args:
        latex: for pages.
        sympy: for programs; `sympify` reads it.
        pretty: for terminals and man pages.
    """

    latex: str
    sympy: str
    pretty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolEntry:
    """A line of a formula's symbol table."""

    symbol: str
    latex: str
    name: str
    domain: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """The verdict on a claim at fixed sizes, with its evidence.

    Args:
        id: the claim's id with its sizes.
        verdict: the answer.
        reason: one sentence that says what the answer rests on, or which limit ran out.
        code: the formula that the code computes, if it could be read.
        cells: how many cells the proof went through.
        paths: how many paths through the code were taken.
        points: at how many rational points formula and code formula were enclosed.
        runs: how often the real code was run.
        counterexample: where they differ.
        findings: domain and accuracy findings.
        accuracy: the worst rounding error for each dtype.
        properties: one verdict for each promise.
        seconds: wall time.
        sources: for each source file that the case rests on, the fingerprint of each name in it.
    """

    id: str
    verdict: Verdict
    reason: str
    code: Formula | None = None
    cells: int = 0
    paths: int = 0
    points: int = 0
    runs: int = 0
    counterexample: Counterexample | None = None
    findings: tuple[Finding, ...] = ()
    accuracy: tuple[Accuracy, ...] = ()
    properties: tuple[PropertyResult, ...] = ()
    seconds: float = 0.0
    sources: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """The verdict on one claim: the weakest of its cases.

    Args:
        id: the claim's name.
        target: dotted path of the function.
        location: where the claim is written.
        formula: the documented formula; its LaTeX is that of the docstring, if it was read from one.
        symbols: what its symbols are.
        domain: where it is claimed, in lines.
        source: where the formula comes from.
        cases: one result for each combination of sizes.
        versions: of the distributions that the result rests on.
        seed: where random points started.
        notes: what was taken without being written: defaults, conditions, the meaning of a symbol.
        sources: for each source file that the claim rests on, the fingerprint of each name in it.
    """

    id: str
    target: str
    location: Location
    formula: Formula
    symbols: tuple[SymbolEntry, ...]
    domain: tuple[str, ...]
    source: str
    cases: tuple[CaseResult, ...]
    versions: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    notes: tuple[str, ...] = ()
    sources: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The weakest verdict of the cases."""
        return weakest([case.verdict for case in self.cases])

    @property
    def decisive(self) -> CaseResult:
        """The first case that has the claim's verdict."""
        return next(case for case in self.cases if case.verdict is self.verdict)

    @property
    def seconds(self) -> float:
        """The time of all cases together."""
        return sum(case.seconds for case in self.cases)
