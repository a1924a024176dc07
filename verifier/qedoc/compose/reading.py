"""Reads a block back with qedoc's own reader, and judges it as any formula of a docstring."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from qedoc.bind.claims import GIVES_UP, claims
from qedoc.bind.records import Bound, Refused
from qedoc.claims.domain import Functions, Integers
from qedoc.claims.limits import Limits
from qedoc.claims.spec import ForAll, Parameter, Spec
from qedoc.errors import QedocError
from qedoc.judge.check import check
from qedoc.judge.readings import check_readings
from qedoc.results.verdict import CaseResult, Verdict, weakest
from qedoc.sources.docstrings import with_docstring
from qedoc.sources.specfiles import sizes as sizes_of

FAILS = (*GIVES_UP, LookupError, AssertionError, QedocError)
"""What SymPy and the binder raise for a text that they cannot take."""

MOST_POINTS = 200
"""Maximum number of points that are compared for each case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The answer for a block.

    Args:
        verdict: the verdict of the weakest case.
        reason: what it is based on.
    """

    verdict: Verdict
    reason: str


def bound(target: str, docstring: str, latex: str) -> Bound | str:
    """Binds the formula of a block.

    Args:
        target: dotted path of the function.
        docstring: a docstring that contains the block.
        latex: the formula of the block.

    Returns:
        the claim, or the reason why it cannot be bound.
    """
    try:
        found = claims(with_docstring(target, docstring))
    except FAILS as error:
        return str(error)
    bare = "".join(latex.split())
    own = [claim for claim in found if "".join(claim.formula.latex.split()) == bare]
    if not own:
        return "the block is not read as a formula"
    claim = own[0]  # the docstring may have the same formula already
    return claim.reason if isinstance(claim, Refused) else claim


def spec_of(claim: Bound) -> Spec:
    """The claim in its most plausible interpretation."""
    return claim.spec if claim.readings is None else claim.readings.spec


def conditions_of(spec: Spec) -> list[Relational]:
    """The single relations that a claim states about its plain symbols, on symbols without assumptions.

    Args:
        spec: the claim.
    """
    found: list[sp.Basic] = []
    for d in spec.symbols:
        if isinstance(d, Parameter) and not isinstance(d.domain, Functions):
            found += d.domain.conditions(d.symbol)
    integers = {d.symbol for d in spec.symbols if isinstance(d, Parameter) and isinstance(d.domain, Integers)}
    for relation in spec.where:
        found += [] if isinstance(relation, ForAll) else sp.And.make_args(relation)
    kept = [c for c in found if isinstance(c, Relational) and not _says_integer(c, integers)]
    return list(dict.fromkeys(map(plain, kept)))


def plain(condition: Relational) -> Relational:
    """A condition on symbols without assumptions, which the printed condition does not have either."""
    made: Relational = condition.xreplace({s: sp.Symbol(s.name, real=True) for s in condition.free_symbols})
    return made


def _says_integer(condition: Relational, integers: set[Any]) -> bool:
    """Whether a condition says of an integer that it is one."""
    return isinstance(condition, sp.Eq) and condition.has(sp.floor) and condition.free_symbols <= integers


def judged(claim: Bound, letters: Mapping[str, str], note: Callable[[str], Any] = lambda _: None) -> Judged:
    """Judges a block in all interpretations of its text.

    Args:
        claim: the block as read.
        letters: the parameter that each letter must be read as.
        note: called with the current step.
    """
    read = {str(d.symbol): d.name for d in spec_of(claim).symbols if isinstance(d, Parameter)}
    wrong = [letter for letter, name in letters.items() if read.get(letter, name) != name]
    if wrong:
        return Judged(verdict=Verdict.UNDECIDED, reason=f"{wrong[0]} is read as {read[wrong[0]]}, and stands for {letters[wrong[0]]}")
    results = list(_results(claim, note))
    verdict = weakest([result.verdict for result in results])
    return Judged(verdict=verdict, reason=next(result.reason for result in reversed(results) if result.verdict is verdict))


def _results(claim: Bound, note: Callable[[str], Any]) -> Iterator[CaseResult]:
    limits = Limits(max_points=MOST_POINTS)
    for sizes in sizes_of(claim.spec):
        try:
            if claim.readings is not None:
                yield check_readings(claim.readings, sizes, limits, note)
            else:
                yield check(claim.spec, sizes, limits, note)
        except FAILS as error:
            yield CaseResult(id=claim.spec.id, verdict=Verdict.UNDECIDED, reason=str(error))
            return
