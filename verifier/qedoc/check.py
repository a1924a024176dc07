"""One case of a claim, from its formula to its verdict."""

import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qedoc.conditions import TooManyBranches
from qedoc.defaults import defaults
from qedoc.describe import describe, described
from qedoc.drawing import curve
from qedoc.errors import UnsupportedError, told
from qedoc.evaluate.ball import Undefined, Value
from qedoc.evaluate.ball_values import shortest
from qedoc.evaluate.compare import Comparison
from qedoc.executions import Executions, execute, outside
from qedoc.infer import lifted
from qedoc.inputs import named, pasteable, spoken
from qedoc.limits import Limits
from qedoc.lock.closure import closure
from qedoc.paths import formula
from qedoc.promised import promised
from qedoc.proof import NOT_TRIED, Proof, prove
from qedoc.search.screening import Screen
from qedoc.search.strategies import Row, seeded
from qedoc.search.witness import first
from qedoc.search.written import written
from qedoc.spec import Size, Spec
from qedoc.subject import Subject, shown
from qedoc.trial import trial
from qedoc.verdict import DIFFERENT, CaseResult, Counterexample, Finding, Formula, Verdict
from qedoc.ways import dissent

__all__ = ["check", "curve", "describe", "lifted", "search"]

FEWEST_POINTS = 200
"""Points that each case of a claim has at least, unless fewer are asked for."""

FIRST_POINTS = 8
"""Simple points that are looked at before a proof is tried: it takes long for a large formula, and a wrong one mostly shows at once."""

SUSPECTS = 40
"""Points of a batch that are compared by enclosures, at most."""

GAPS = {
    Comparison.LEFT_UNDEFINED: "the formula has no value, the code does",
    Comparison.RIGHT_UNDEFINED: "the code has no value, the formula does",
    Comparison.BOTH_UNDEFINED: "neither the formula nor the code has a value",
}


def check(
    spec: Spec,
    sizes: Mapping[str, int],
    limits: Limits,
    note: Callable[[str], Any],
    keep: Callable[[CaseResult], Any] = lambda result: None,
) -> CaseResult:
    """Lifts the code, proves or refutes the formula, runs the code, and rules on each property.

    The claim of a docstring is tried by runs alone first: nobody promised that its code can be lifted.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name.
        limits: seed and number of points.
        note: told what is being done.
        keep: given the result that stands if this function does not come to its end.

    Raises:
        QedocError: for a spec that does not fit its target.
    """
    started = time.perf_counter()
    limits = _share(spec, limits)
    note("reading the code")
    try:
        subject = Subject(spec, sizes)
    except TooManyBranches as error:
        return CaseResult(id=case_name(spec, sizes), verdict=Verdict.UNDECIDED, reason=f"the formula has too many cases: {error}")
    except UnsupportedError as error:
        return CaseResult(id=case_name(spec, sizes), verdict=Verdict.UNSUPPORTED, reason=f"the formula cannot be enclosed: {error}")
    tried: CaseResult | None = None
    if spec.natural:
        note("running the code")
        tried = trial(subject, limits)
        keep(tried)
        note("reading the code")
    try:
        subject.code.explore(subject.facts)
        subject.plan.learn(subject.code.formulas(), written(subject.target))
        result = _with_trial(_ruled(subject, limits, note), tried)
    except UnsupportedError as error:
        result = CaseResult(id=subject.case.id, verdict=Verdict.UNSUPPORTED, reason=str(error))
        if tried is not None and tried.verdict in (Verdict.TESTED, Verdict.REFUTED):
            result = replace(tried, reason=f"{tried.reason}; the code is not lifted: {error}")
    except TooManyBranches as error:
        result = CaseResult(id=subject.case.id, verdict=Verdict.UNDECIDED, reason=f"formula and code have too many cases: {error}")
        if tried is not None and tried.verdict in (Verdict.TESTED, Verdict.REFUTED):
            result = replace(tried, reason=f"{tried.reason}; {result.reason}")
    if result.verdict.holds:
        note("running the code in other ways")
        result = _heard(subject, result)
    if spec.natural and result.verdict.holds:
        note("running the code with other values for its defaults")
        result = replace(result, findings=(*result.findings, *defaults(subject)))
    reached = sorted({place for branch in subject.code.branches for place in branch.path.reached})
    return replace(result, seconds=time.perf_counter() - started, sources=closure(spec.target, reached))


def _heard(subject: Subject, result: CaseResult) -> CaseResult:
    """A result that holds, unless a way of calling the code contradicts it."""
    other = dissent(subject)
    if other is None:
        return result
    inputs = named(subject.case, subject.plan.point(other.row))
    if not other.plain:
        finding = Finding(kind="domain", message=other.reason, inputs=inputs)
        return replace(result, verdict=Verdict.UNDECIDED, reason=other.reason, findings=(*result.findings, finding))
    found = Counterexample(
        inputs=inputs,
        documented=subject.said(other.row),
        actual=other.ran,
        ran=other.ran,
        call=pasteable(subject.case, subject.plan.point(other.row)),
    )
    return replace(result, verdict=Verdict.REFUTED, reason=other.reason, counterexample=found)


def case_name(spec: Spec, sizes: Mapping[str, int]) -> str:
    """The id of a case that could not be made."""
    return f"{spec.id}[{','.join(f'{name}={size}' for name, size in sizes.items())}]" if sizes else spec.id


def _with_trial(result: CaseResult, tried: CaseResult | None) -> CaseResult:
    """A result beside what runs alone showed: they may not contradict each other, and answer where there was nothing to compare."""
    if tried is None:
        return result
    if tried.verdict is Verdict.REFUTED and result.verdict.holds:
        reason = f"{tried.reason}, but no difference was found otherwise ({result.reason}); please report this as a bug of qedoc"
        return replace(result, verdict=Verdict.UNDECIDED, reason=reason)
    if result.verdict is Verdict.UNDECIDED and not result.points and tried.verdict in (Verdict.TESTED, Verdict.REFUTED):
        return replace(tried, reason=f"{tried.reason}; {result.reason}", code=result.code, findings=result.findings)
    return result


def _share(spec: Spec, limits: Limits) -> Limits:
    """The points of a claim, shared by its cases."""
    count = math.prod(len(d.values) for d in spec.symbols if isinstance(d, Size))
    return replace(limits, max_points=min(limits.max_points, max(FEWEST_POINTS, limits.max_points // count)))


def _ruled(subject: Subject, limits: Limits, note: Callable[[str], Any]) -> CaseResult:
    note("looking for a counterexample")
    row = next(filter(subject.refuted_at, subject.plan.simple(FIRST_POINTS)), None)
    proof = NOT_TRIED
    if row is None:
        note("proving the formula")
        proof = prove(subject)
        note("looking for a counterexample")
        row = search(subject, proof, limits)
    note("running the code")
    executions = execute(subject, _expected(subject, refuted=row is not None), limits)
    gaps = _gaps(subject)
    verdict, reason = _verdict(subject, proof, row, executions, gaps)
    note("proving the properties")
    return CaseResult(
        id=subject.case.id,
        verdict=verdict,
        reason=reason,
        code=_code(subject, row),
        cells=proof.cells,
        paths=len(subject.code.branches),
        points=subject.compared,
        runs=executions.runs,
        counterexample=None if row is None else _counterexample(subject, row),
        findings=(*gaps, *executions.findings, *outside(subject)),
        accuracy=executions.accuracy,
        properties=promised(subject, limits, claim_proved=verdict is Verdict.PROVED),
    )


def search(subject: Subject, proof: Proof, limits: Limits) -> Row | None:
    """A point that refutes the claim; a claim that is proved is still compared at some points, by other means than the proof's."""
    share = 10 if proof.complete else 4
    examples = 50 if proof.complete else 20 if subject.code.pinned else 4
    random = seeded(subject.plan, limits.max_points // share, limits.seed)
    landmarks = list(itertools.islice(subject.plan.landmarks(), limits.max_points // (4 if proof.complete else 1)))
    settled = proof.complete or subject.code.pinned or subject.case.spec.natural
    screened = () if settled else _screened(subject, [*landmarks, *random], limits)
    return first(
        subject.plan,
        subject.refuted_at,
        itertools.chain(proof.suspects, landmarks, random, screened),
        simple=limits.max_points // share,
        examples=limits.max_points // examples,
        seed=limits.seed,
    )


def _screened(subject: Subject, marks: Sequence[Row], limits: Limits) -> Iterator[Row]:
    """Points of a large batch at which runs differ from the formula in float64.

    The claim of a docstring is not screened: it has been tried by runs, and a library has hundreds of them. Another machine may find
    others, by its rounding; so they count as evidence only where they refute.
    """
    compared = subject.compared
    for row in Screen(subject.call, subject.plan, subject.case.formula, marks).suspects(limits.seed, SUSPECTS):
        yield row
        subject.compared = compared


def _expected(subject: Subject, *, refuted: bool) -> Callable[[Row], Value | None]:
    """The exact value that runs are measured against: the code's own formula where the documented one is wrong."""
    if not refuted:
        return subject.documented

    def value(row: Row) -> Value | None:
        branch = subject.code.at(row)
        return None if branch is None else branch.value(row)

    return value


def _gaps(subject: Subject) -> tuple[Finding, ...]:
    found = []
    for kind, row in subject.gaps.items():
        inputs = named(subject.case, subject.plan.point(row))
        documented = subject.documented(row)
        branch = subject.code.at(row)
        ran = subject.run(row)
        raised = branch.path.raised if branch is not None else None
        actual = f"raises {type(raised).__name__}" if raised is not None else f"gives {ran}"
        says = "has no value" if isinstance(documented, Undefined) else f"gives {shortest(documented)}"
        message = f"{GAPS[kind]}: at {spoken(inputs)} the formula {says}, the code {actual}"
        found.append(Finding(kind="domain", message=message, inputs=inputs))
    return tuple(found)


def _verdict(subject: Subject, proof: Proof, row: Row | None, executions: Executions, gaps: tuple[Finding, ...]) -> tuple[Verdict, str]:
    if row is not None:
        branch = subject.code.at(row)
        ruled = branch is not None and branch.defined(row) and not isinstance(subject.documented(row), Undefined)
        if proof.complete and ruled:
            return Verdict.UNDECIDED, "the proof and the enclosures contradict each other; please report this as a bug of qedoc"
        return Verdict.REFUTED, DIFFERENT
    if proof.complete and subject.nearly is not None:
        return Verdict.UNDECIDED, "the proof and the enclosures contradict each other; please report this as a bug of qedoc"
    if subject.nearly is not None:
        distance, row = subject.nearly
        at = spoken(named(subject.case, subject.plan.point(row)))
        most = f"{distance:.1g}" if distance else "less than 1e-16"
        reason = f"the code approximates: it differs by at most {most} of the value at {subject.compared} points, the most at {at}"
        return Verdict.TESTED, reason
    if subject.raising is not None:
        error, row = subject.raising
        at = spoken(named(subject.case, subject.plan.point(row)))
        reason = f"formula and code differ at {at}, where a run of the code raises {told(error)}"
        return Verdict.UNDECIDED, reason
    if subject.strange is not None:
        inputs = spoken(named(subject.case, subject.plan.point(subject.strange)))
        return Verdict.UNDECIDED, f"the code's formula and a run of the code differ at {inputs}; please report this as a bug of qedoc"
    if executions.contradiction:
        return Verdict.UNDECIDED, executions.contradiction
    natural = subject.case.spec.natural
    if not natural and (gaps or executions.broken):
        return Verdict.UNDECIDED, gaps[0].message if gaps else executions.findings[0].message
    if subject.beyond is not None:
        inputs = spoken(named(subject.case, subject.plan.point(subject.beyond)))
        reason = f"the code passes through infinity or nan at {inputs}, which its formula does not follow"
        return (Verdict.TESTED if natural else Verdict.UNDECIDED), reason
    if proof.complete and not subject.compared:
        return Verdict.UNDECIDED, "the formula is proved, but at no point could the proof be cross-checked by enclosures"
    if proof.blind:
        return Verdict.UNDECIDED, proof.blind
    if proof.complete:
        extent = f"{_count(proof.cells, 'cell')} on {_count(len(subject.code.branches), 'path')}"
        where = "wherever formula and code have a value" if natural else "on the whole domain"
        rest = f"; {_count(proof.left_out, 'cell')} without left out" if proof.left_out else ""
        return Verdict.PROVED, f"equal in exact arithmetic {where}: {extent}{rest}"
    if subject.compared:
        return Verdict.TESTED, f"no difference at {subject.compared} points; not proved: {proof.reason}"
    return Verdict.UNDECIDED, f"no point could be compared: {proof.reason}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")


def _code(subject: Subject, row: Row | None) -> Formula | None:
    """The code's formula: on the counterexample's path if there is one, else on all paths."""
    branch = subject.code.at(row) if row is not None and subject.code.pinned else None
    branches = [branch] if branch is not None else subject.code.branches[:1] if subject.code.pinned else subject.code.branches
    if not branches or any(b.path.raised is not None for b in branches):
        return None
    return described(formula(branches), subject.facts)


def _counterexample(subject: Subject, row: Row) -> Counterexample:
    branch = subject.code.at(row)
    assert branch is not None  # a row is refuted only on a known branch
    ran = subject.run(row)
    assert not isinstance(ran, Exception)  # and only if running the code confirmed it
    told = ran if math.isfinite(ran) else str(ran)
    point = subject.plan.point(row)
    return Counterexample(
        inputs=named(subject.case, point),
        documented=subject.said(row),
        actual=shown(branch.value, branch.infinity, row) if branch.infinity(row) or branch.defined(row) else told,
        ran=told,
        call=pasteable(subject.case, point, arrays=subject.wants_arrays),
    )
