"""Result records: verdicts, counterexamples, findings and evidence. They need neither jax nor sympy."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias

from qedoc.claims.assumption import Assumption
from qedoc.errors import Location
from qedoc.records import dataclass, field

Number: TypeAlias = int | float | str
Entries: TypeAlias = "Number | list[Entries]"
"""A number, or the rows of an array."""
Inputs: TypeAlias = dict[str, Entries]


class Verdict(StrEnum):
    """The possible verdicts, in the order in which reports list them."""

    PROVED = "proved"
    TESTED = "tested"
    REFUTED = "refuted"
    UNREADABLE = "unreadable"
    UNSUPPORTED = "unsupported"
    UNDECIDED = "undecided"
    NOT_A_CLAIM = "not-a-claim"

    @property
    def holds(self) -> bool:
        """Whether the verdict says that documentation and code agree."""
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
"""The reason of a refutation that needs no explanation besides its counterexample."""


def weakest(verdicts: Sequence[Verdict]) -> Verdict:
    """Combines the verdicts of several cases: returns the most severe one, by the order of `SEVERITY`."""
    return min(verdicts, key=SEVERITY.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """A point of the domain at which documentation and code differ.

    Args:
        inputs: values by parameter name. Short decimals stay short (`0.1`).
        documented: the value of the formula, with as few digits as possible.
        actual: the value of the code's formula in exact arithmetic.
        ran: the result of running the code in float64.
        call: a line of Python that reproduces the result of the code.
    """

    inputs: Inputs
    documented: Number
    actual: Number
    ran: Number
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An observation that is not a difference of values.

    Args:
        kind: `domain`, `accuracy` or `default`.
        message: one sentence.
        inputs: the point at which it was observed.
    """

    kind: str
    message: str
    inputs: Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """The largest rounding error observed in one dtype.

    Args:
        dtype: dtype of the real inputs.
        result: dtype of the result.
        ulps: distance from the exact value at the same inputs, in units in the last place of the result.
        inputs: the point with this error.
        points: the number of points that were run.
    """

    dtype: str
    result: str
    ulps: float
    inputs: Inputs
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyResult:
    """The verdict on one property of a spec."""

    statement: str
    verdict: Verdict
    reason: str
    counterexample: Inputs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula in three notations.

    Args:
        latex: for documentation pages.
        sympy: for programs; `sympify` can read it.
        pretty: for terminals and man pages.
    """

    latex: str
    sympy: str
    pretty: str


STEP = "step"
"""What the symbol table of a rule with a state calls the number of steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolEntry:
    """One entry in the symbol table of a formula."""

    symbol: str
    latex: str
    name: str
    domain: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """One way to understand a formula, and the verdict in this interpretation.

    Args:
        assumptions: the choices.
        plausible: whether the formula must hold in it to be called proved. If not, it only prevents a refutation.
        formula: the formula in this interpretation, in SymPy's notation; empty if it has none.
        verdict: the verdict.
        reason: why.
        counterexample: a point at which formula and code differ.
    """

    assumptions: tuple[Assumption, ...]
    plausible: bool
    formula: str
    verdict: Verdict
    reason: str
    counterexample: Counterexample | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """The verdict on a claim at fixed sizes, with its evidence.

    Args:
        id: the id of the claim with its sizes.
        verdict: the verdict.
        reason: one sentence that says what the verdict is based on, or which limit was reached.
        code: the formula that the code computes, if it could be lifted.
        cells: the number of cells in the proof.
        paths: the number of paths through the code.
        points: the number of rational points at which formula and code formula were enclosed.
        runs: the number of executions of the code.
        counterexample: a point at which formula and code differ.
        findings: domain, accuracy and default findings.
        accuracy: the largest rounding error for each dtype.
        properties: one result for each property.
        interpretations: the ways in which the documentation can be understood, the most plausible first.
        seconds: wall time.
        sources: for each source file that the result depends on, the fingerprints of the names in it.
        cause: the slug of the cause for which there is no answer, as in `results.causes`; empty for the usual one.
        construct: what in particular was not read or not understood, in words that are the same for all formulas; may be empty.
        extent: the sizes for which it is proved, if these are more than its own: `every n >= 0`.
        general: the formula that the code computes for arrays of every length, if it could be read. Indices count from 0.
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
    interpretations: tuple[Interpretation, ...] = ()
    seconds: float = 0.0
    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    cause: str = ""
    construct: str = ""
    extent: str = ""
    general: Formula | None = None

    @property
    def depends_on_reading(self) -> bool:
        """Whether it is undecided because the interpretations of the documentation have different verdicts."""
        verdicts = {one.verdict for one in self.interpretations}
        return self.verdict is Verdict.UNDECIDED and len(verdicts) > 1 and any(v.holds or v is Verdict.REFUTED for v in verdicts)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimResult:
    """The verdict on one claim: the weakest of its cases.

    Args:
        id: the id of the claim.
        target: dotted path of the function.
        location: the location of the claim.
        formula: the documented formula. If it was read from a docstring, its LaTeX is that of the docstring.
        symbols: the symbol table.
        domain: the domain, one condition per line.
        source: where the formula is documented.
        cases: one result for each combination of sizes.
        versions: the versions of the distributions that the result depends on.
        seed: the seed for random points.
        notes: assumptions that the documentation does not state: defaults, conditions, the meaning of a symbol.
        sources: for each source file that the claim depends on, the fingerprints of the names in it.
        corrections: corrections of a refuted formula, the best first.
        repair: the time limit in seconds of the search for corrections; 0 if there was no search.
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
    corrections: tuple[Correction, ...] = ()
    repair: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """The most severe verdict of the cases."""
        return weakest([case.verdict for case in self.cases])

    @property
    def is_rule(self) -> bool:
        """Whether the formula is a rule with a state."""
        return any(entry.meaning == STEP for entry in self.symbols)

    @property
    def decisive(self) -> CaseResult:
        """A case with the verdict of the claim: the one that covers most sizes, or else the first."""
        return max((case for case in self.cases if case.verdict is self.verdict), key=lambda case: bool(case.extent))

    @property
    def extent(self) -> str:
        """The sizes for which the claim is proved, if these are more than those of its cases; otherwise empty."""
        return self.decisive.extent

    @property
    def seconds(self) -> float:
        """The total time of all cases."""
        return sum(case.seconds for case in self.cases)
