"""Checks one case of a claim: formula in, verdict out."""

import itertools
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.limits import Limits
from qedoc.claims.spec import Size, Spec
from qedoc.enclose.compare import Comparison
from qedoc.enclose.enclosure import Undefined, Value
from qedoc.enclose.values import shortest
from qedoc.errors import UnsupportedError, told
from qedoc.judge.black_box import trial
from qedoc.judge.call_styles import dissent
from qedoc.judge.defaults import defaults
from qedoc.judge.describe import describe, described
from qedoc.judge.entrywise import for_arrays
from qedoc.judge.executions import Executions, execute, outside
from qedoc.judge.extents import extended, is_longest, is_proved_for_every_length
from qedoc.judge.inputs import format_inputs, named, pasteable
from qedoc.judge.lengths import longer
from qedoc.judge.lifting import lifted
from qedoc.judge.long_arrays import Compared, on_long_arrays
from qedoc.judge.minimiser import minimised
from qedoc.judge.pair import Pair, shown
from qedoc.judge.paths import formula
from qedoc.judge.proof import NOT_NEEDED, NOT_TRIED, Proof, prove
from qedoc.judge.properties import check_properties
from qedoc.judge.ranks import on_arrays
from qedoc.judge.rule_properties import promised
from qedoc.judge.rules import ruled
from qedoc.judge.trajectory import curve
from qedoc.lock.reach import closure
from qedoc.results.verdict import DIFFERENT, CaseResult, Counterexample, Finding, Formula, Verdict
from qedoc.search.code_constants import written
from qedoc.search.screening import Screen
from qedoc.search.shrinking import first
from qedoc.search.strategies import Row, seeded

__all__ = ["check", "curve", "describe", "lifted", "search"]

FEWEST_POINTS = 200
"""Minimum number of points per case, unless the user asks for fewer."""

FIRST_POINTS = 8
"""Simple points to compare before a proof is tried. A proof of a large formula takes long, and most wrong formulas fail at once."""

SUSPECTS = 40
"""Maximum number of points of a screened batch that are compared by enclosures."""

GAPS = {
    Comparison.LEFT_UNDEFINED: "the formula has no value, but the code does",
    Comparison.RIGHT_UNDEFINED: "the code has no value, but the formula does",
    Comparison.BOTH_UNDEFINED: "neither the formula nor the code has a value",
}


def check(
    spec: Spec,
    sizes: Mapping[str, int],
    limits: Limits,
    note: Callable[[str], Any],
    keep: Callable[[CaseResult], Any] = lambda result: None,
) -> CaseResult:
    """Lifts the code, proves or refutes the formula, runs the code, and checks each property.

    A docstring claim is checked by runs alone first, because its code may not be liftable.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name.
        limits: seed and number of points.
        note: called with the current step, for progress.
        keep: called with a preliminary result, which stands if this function does not finish.

    Raises:
        QedocError: for a spec that does not fit its target.
    """
    started = time.perf_counter()
    limits = _share_points(spec, limits)
    if spec.minimum is not None:
        note("running the code")
        found = minimised(spec, sizes, limits)
        return replace(found, seconds=time.perf_counter() - started, sources=closure(spec.target, []))
    if isinstance(spec.formula, Recurrence):
        found = _with_promises(spec, limits, note)
        return replace(found, seconds=time.perf_counter() - started, sources=closure(spec.target.rpartition(".")[0], []))
    note("reading the code")
    try:
        pair, arrays = Pair(spec, sizes), ""
    except TooManyBranches as error:
        return CaseResult(id=case_name(spec, sizes), verdict=Verdict.UNDECIDED, reason=f"the formula has too many cases: {error}")
    except UnsupportedError as error:
        reason = f"the formula cannot be enclosed: {error}"
        return CaseResult(
            id=case_name(spec, sizes), verdict=Verdict.UNSUPPORTED, reason=reason, cause="unsupported", construct=error.message
        )
    from_runs, long = None, Compared()
    if spec.natural and not spec.beside:
        note("running the code")
        pair, arrays, from_runs = _run_alone(pair, sizes, limits)
        keep(from_runs)
        long = on_long_arrays(spec, pair.target, pair.case.id) if from_runs.verdict.holds and is_longest(pair) else long
        note("reading the code")
    if long.refuted is not None:
        return replace(long.refuted, seconds=time.perf_counter() - started, sources=closure(spec.target, []))
    try:
        pair.code.explore(pair.facts)
        pair.plan.learn(pair.code.formulas(), written(pair.target))
        result = _with_runs(_decide(pair, limits, note, from_runs), from_runs)
    except UnsupportedError as error:
        result = CaseResult(id=pair.case.id, verdict=Verdict.UNSUPPORTED, reason=str(error), cause="code", construct=error.message)
        if from_runs is not None and from_runs.verdict in (Verdict.TESTED, Verdict.REFUTED):
            result = replace(from_runs, reason=f"{from_runs.reason}; the code could not be lifted: {error}")
    except TooManyBranches as error:
        result = CaseResult(id=pair.case.id, verdict=Verdict.UNDECIDED, reason=f"formula and code have too many cases: {error}")
        if from_runs is not None and from_runs.verdict in (Verdict.TESTED, Verdict.REFUTED):
            result = replace(from_runs, reason=f"{from_runs.reason}; {result.reason}")
    result = _extended(pair, result, limits, note, is_compared=long.is_complete)
    if arrays:
        result = replace(result, reason=f"{result.reason}; compared for {arrays}, because the code takes no numbers")
    reached = sorted({place for branch in pair.code.branches for place in branch.path.reached})
    return replace(result, seconds=time.perf_counter() - started, sources=closure(spec.target, reached))


def _extended(pair: Pair, result: CaseResult, limits: Limits, note: Callable[[str], Any], *, is_compared: bool) -> CaseResult:
    """The result after runs of other kinds: on other types of input, on longer arrays, and with other values of parameters."""
    if result.verdict.holds and not pair.case.spec.beside:
        note("running the code on other input types and under jit")
        result = _with_call_styles(pair, result)
    if pair.case.spec.natural and result.verdict.holds:
        note("running the code on longer arrays")
        result = longer(pair, limits, is_compared=is_compared) or result
    result = extended(pair, result, limits, note)
    if pair.case.spec.natural and not pair.case.spec.beside and result.verdict.holds:
        note("running the code on arrays")
        result = for_arrays(pair, result)
    if pair.case.spec.natural and not pair.case.spec.beside and result.verdict.holds:
        note("running the code with non-default parameters")
        result = replace(result, findings=(*result.findings, *defaults(pair)))
    return result


def _with_promises(spec: Spec, limits: Limits, note: Callable[[str], Any]) -> CaseResult:
    """The result of a rule with a state, with its properties. That of a spec has the rule of the code too."""
    found = ruled(spec, limits, note)
    if spec.written is not None:
        note("reading the code")
        with suppress(UnsupportedError):
            found = replace(found, code=lifted(spec.target, spec))
    note("proving the properties")
    return replace(found, properties=promised(spec, limits, claim_proved=found.verdict is Verdict.PROVED))


def _run_alone(pair: Pair, sizes: Mapping[str, int], limits: Limits) -> tuple[Pair, str, CaseResult]:
    """The result of runs alone, on arrays with one entry if the code takes no numbers; the claim that was run, and the shape in words."""
    pair.plan.learn((), written(pair.target))
    result = trial(pair, limits)
    if result.verdict not in (Verdict.UNSUPPORTED, Verdict.UNDECIDED):
        return pair, "", result
    pair, arrays = on_arrays(pair, sizes)
    return pair, arrays, trial(pair, limits) if arrays else result


def _with_call_styles(pair: Pair, result: CaseResult) -> CaseResult:
    """Changes a result that holds if some way of calling the code contradicts it."""
    other = dissent(pair)
    if other is None:
        return result
    inputs = named(pair.case, pair.plan.point(other.row))
    if not other.plain:
        finding = Finding(kind="domain", message=other.reason, inputs=inputs)
        return replace(result, verdict=Verdict.UNDECIDED, reason=other.reason, findings=(*result.findings, finding))
    found = Counterexample(
        inputs=inputs,
        documented=pair.said(other.row),
        actual=other.ran,
        ran=other.ran,
        call=pasteable(pair.case, pair.plan.point(other.row)),
    )
    return replace(result, verdict=Verdict.REFUTED, reason=other.reason, counterexample=found)


def case_name(spec: Spec, sizes: Mapping[str, int]) -> str:
    """The id of a case that could not be created."""
    return f"{spec.id}[{','.join(f'{name}={size}' for name, size in sizes.items())}]" if sizes else spec.id


def _with_runs(result: CaseResult, from_runs: CaseResult | None) -> CaseResult:
    """Combines a result with the result of runs alone.

    The two must not contradict each other. The runs decide if the other stages had no points to compare.
    """
    if from_runs is None:
        return result
    if from_runs.verdict is Verdict.REFUTED and result.verdict.holds:
        reason = f"{from_runs.reason}, but the other stages found no difference ({result.reason}); please report this as a bug in qedoc"
        return replace(result, verdict=Verdict.UNDECIDED, reason=reason)
    if result.verdict is Verdict.UNDECIDED and not result.points and from_runs.verdict in (Verdict.TESTED, Verdict.REFUTED):
        return replace(from_runs, reason=f"{from_runs.reason}; {result.reason}", code=result.code, findings=result.findings)
    return result


def _share_points(spec: Spec, limits: Limits) -> Limits:
    """Divides the points of a claim among its cases."""
    count = math.prod(len(d.values) for d in spec.symbols if isinstance(d, Size))
    return replace(limits, max_points=min(limits.max_points, max(FEWEST_POINTS, limits.max_points // count)))


def _decide(pair: Pair, limits: Limits, note: Callable[[str], Any], from_runs: CaseResult | None) -> CaseResult:
    note("looking for a counterexample")
    row = next(filter(pair.refuted_at, pair.plan.simple(FIRST_POINTS)), None)
    proof = NOT_TRIED
    if row is None:
        note("proving the formula")
        proof = NOT_NEEDED if is_proved_for_every_length(pair) else prove(pair)
        note("looking for a counterexample")
        row = search(pair, proof, limits)
    note("running the code")
    executions = execute(pair, _expected(pair, differs=row is not None or pair.elsewhere is not None), limits)
    gaps = _gaps(pair)
    verdict, reason = _verdict(pair, proof, row, executions, gaps, from_runs)
    note("proving the properties")
    return CaseResult(
        id=pair.case.id,
        verdict=verdict,
        reason=reason,
        code=_code(pair, row),
        cells=proof.cells,
        paths=len(pair.code.branches),
        points=pair.compared,
        runs=executions.runs,
        counterexample=None if row is None else _counterexample(pair, row),
        findings=(*gaps, *executions.findings, *outside(pair)),
        accuracy=executions.accuracy,
        properties=check_properties(pair, limits, claim_proved=verdict is Verdict.PROVED),
    )


def search(pair: Pair, proof: Proof, limits: Limits) -> Row | None:
    """Searches for a point that refutes the claim. A proved claim is also compared at some points, as an independent check of the proof."""
    share = 10 if proof.complete else 4
    examples = 50 if proof.complete else 20 if pair.code.pinned else 4
    random = seeded(pair.plan, limits.max_points // share, limits.seed)
    landmarks = list(itertools.islice(pair.plan.landmarks(), limits.max_points // (4 if proof.complete else 1)))
    settled = proof.complete or pair.code.pinned or pair.case.spec.natural
    screened = () if settled else _screened(pair, [*landmarks, *random], limits)
    return first(
        pair.plan,
        pair.refuted_at,
        itertools.chain(proof.suspects, landmarks, random, screened),
        simple=limits.max_points // share,
        examples=limits.max_points // examples,
        seed=limits.seed,
    )


def _screened(pair: Pair, marks: Sequence[Row], limits: Limits) -> Iterator[Row]:
    """Yields points of a large batch at which runs differ from the formula in float64.

    Docstring claims are not screened, because runs have already checked them and a library has hundreds of them. The points found depend on
    the machine's rounding. So they do not count as compared points, and matter only if they refute the claim.
    """
    compared = pair.compared
    for row in Screen(pair.call, pair.plan, pair.case.formula, marks).suspects(limits.seed, SUSPECTS):
        yield row
        pair.compared = compared


def _expected(pair: Pair, *, differs: bool) -> Callable[[Row], Value | None]:
    """The exact value to measure runs against: the code's own formula if the documented one is not its value everywhere."""
    if not differs:
        return pair.documented

    def value(row: Row) -> Value | None:
        branch = pair.code.at(row)
        return None if branch is None else branch.value(row)

    return value


def _gaps(pair: Pair) -> tuple[Finding, ...]:
    found = []
    for kind, row in pair.gaps.items():
        inputs = named(pair.case, pair.plan.point(row))
        documented = pair.documented(row)
        branch = pair.code.at(row)
        ran = pair.run(row)
        raised = branch.path.raised if branch is not None else None
        actual = f"raises {type(raised).__name__}" if raised is not None else f"gives {ran}"
        says = "has no value" if isinstance(documented, Undefined) else f"gives {shortest(documented)}"
        message = f"{GAPS[kind]}: at {format_inputs(inputs)} the formula {says} and the code {actual}"
        found.append(Finding(kind="domain", message=message, inputs=inputs))
    return tuple(found)


def _verdict(
    pair: Pair, proof: Proof, row: Row | None, executions: Executions, gaps: tuple[Finding, ...], from_runs: CaseResult | None
) -> tuple[Verdict, str]:
    if row is not None:
        branch = pair.code.at(row)
        both_defined = branch is not None and branch.defined(row) and not isinstance(pair.documented(row), Undefined)
        if proof.complete and both_defined:
            return Verdict.UNDECIDED, "the proof and the enclosures contradict each other; please report this as a bug in qedoc"
        return Verdict.REFUTED, DIFFERENT
    if proof.complete and (pair.nearly or pair.saturated) is not None:
        return Verdict.UNDECIDED, "the proof and the enclosures contradict each other; please report this as a bug in qedoc"
    if pair.elsewhere is not None and pair.agreed:
        at = format_inputs(named(pair.case, pair.plan.point(pair.elsewhere)))
        where = f"only it has the value at {len(pair.agreed)} points, and another formula of the docstring has it elsewhere"
        return Verdict.TESTED, f"a case of the value: {where}, as at {at}"
    if pair.elsewhere is not None:
        return Verdict.UNDECIDED, "another formula of the docstring has the value at all points, and nothing says where this one holds"
    if pair.off_support is not None:
        return Verdict.UNDECIDED, pair.off_its_support(pair.off_support)
    if pair.unconfirmed is not None:
        at = format_inputs(named(pair.case, pair.plan.point(pair.unconfirmed)))
        return Verdict.UNDECIDED, f"formula and derivative differ at {at}, where the values of the code do not confirm what jax.grad gives"
    if pair.strange is not None:
        inputs = format_inputs(named(pair.case, pair.plan.point(pair.strange)))
        return Verdict.UNDECIDED, f"the code's formula and a run of the code differ at {inputs}; please report this as a bug in qedoc"
    if executions.contradiction:
        return Verdict.UNDECIDED, executions.contradiction
    if pair.nearly is not None:
        distance, row = pair.nearly
        at = format_inputs(named(pair.case, pair.plan.point(row)))
        most = f"{distance:.1g}" if distance else "less than 1e-16"
        reason = f"the code approximates the formula: the relative difference at {pair.compared} points is at most {most}, largest at {at}"
        return Verdict.TESTED, reason
    if pair.raising is not None:
        error, row = pair.raising
        at = format_inputs(named(pair.case, pair.plan.point(row)))
        reason = f"formula and code differ at {at}, but running the code there raises {told(error)}"
        if from_runs is not None and from_runs.verdict is Verdict.TESTED:  # the code has no value there, although its formula has one
            return Verdict.TESTED, f"{from_runs.reason}; {reason}"
        return Verdict.UNDECIDED, reason
    natural = pair.case.spec.natural
    if not natural and (gaps or executions.broken):
        return Verdict.UNDECIDED, gaps[0].message if gaps else executions.findings[0].message
    if pair.beyond is not None:
        inputs = format_inputs(named(pair.case, pair.plan.point(pair.beyond)))
        reason = f"the code produces infinity or nan as an intermediate value at {inputs}, and its formula does not model this"
        return (Verdict.TESTED if natural else Verdict.UNDECIDED), reason
    if proof.complete and not pair.compared:
        return Verdict.UNDECIDED, "the formula is proved, but enclosures could not cross-check the proof at any point"
    if proof.blind:
        return Verdict.UNDECIDED, proof.blind
    if proof.complete:
        extent = f"{_count(proof.cells, 'cell')} on {_count(len(pair.code.branches), 'path')}"
        where = "wherever formula and code have a value" if natural else "on the whole domain"
        rest = f"; {_count(proof.left_out, 'cell')} without a value skipped" if proof.left_out else ""
        return Verdict.PROVED, f"equal in exact arithmetic {where}: {extent}{rest}{_idle(executions)}"
    if pair.compared:
        return Verdict.TESTED, f"no difference at {pair.compared} points; not proved: {proof.reason}"
    seen = "".join(f"; {finding.message}" for finding in (*gaps, *executions.findings)[:1])
    return Verdict.UNDECIDED, f"no point could be compared: {proof.reason}{seen}"


def _idle(executions: Executions) -> str:
    """Says that no run was compared with an enclosure of its roundings, which is the check of the lifter by execution."""
    if executions.enclosed:
        return ""
    return f"; runs were not cross-checked: {executions.unenclosed or 'no run gives a finite value'}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")


def _code(pair: Pair, row: Row | None) -> Formula | None:
    """The code's formula: on the counterexample's path if there is one, else on all paths."""
    branch = pair.code.at(row) if row is not None and pair.code.pinned else None
    branches = [branch] if branch is not None else pair.code.branches[:1] if pair.code.pinned else pair.code.branches
    if not branches or any(b.path.raised is not None for b in branches):
        return None
    return described(formula(branches), pair.facts)


def _counterexample(pair: Pair, row: Row) -> Counterexample:
    branch = pair.code.at(row)
    assert branch is not None  # refuted_at accepts only rows on a known branch
    ran = pair.run(row)
    assert not isinstance(ran, Exception)  # and only rows that running the code confirms
    ran_shown = ran if math.isfinite(ran) else str(ran)
    point = pair.plan.point(row)
    return Counterexample(
        inputs=named(pair.case, point),
        documented=pair.said(row),
        actual=shown(branch.value, branch.infinity, row) if branch.infinity(row) or branch.defined(row) else ran_shown,
        ran=ran_shown,
        call=pasteable(pair.case, point, arrays=pair.wants_arrays),
    )
