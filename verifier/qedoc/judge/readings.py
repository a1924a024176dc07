"""Checks a documented formula in each interpretation of its text, and makes one verdict of them."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from qedoc.claims.limits import Limits
from qedoc.claims.readings import Alternative, Readings
from qedoc.claims.spec import Parameter, Size, Spec
from qedoc.errors import ShapeError, SpecError
from qedoc.judge.check import case_name, check
from qedoc.judge.inputs import format_inputs
from qedoc.results.agreement import WRITE
from qedoc.results.verdict import CaseResult, Interpretation, Verdict, weakest
from qedoc.sources.specfiles import sizes as sizes_of

NOT_NEEDED = "it was not checked, because the verdict does not depend on it"

MOST_SIZES = 4
"""Maximum number of sizes of the arrays of an interpretation that has other arrays than the first one."""

MOST_ENTRIES = 8
"""Maximum number of entries of a result of another shape than that of the formula."""

MOST_SHOWN = 4
"""Maximum number of outcomes that a reason describes."""


def check_readings(
    readings: Readings,
    sizes: Mapping[str, int],
    limits: Limits,
    note: Callable[[str], Any],
    keep: Callable[[CaseResult], Any] = lambda result: None,
) -> CaseResult:
    """Checks a formula in all its interpretations.

    It holds if it holds in each plausible one, on the whole domain that the text states. It is refuted if it is refuted in every
    interpretation, inside every condition that the text may state. Otherwise it is undecided.

    Args:
        readings: the interpretations.
        sizes: the value of each size, by symbol name.
        limits: seed and number of points.
        note: called with the current step, for progress.
        keep: called with a preliminary result, which stands if this function does not finish.

    Raises:
        QedocError: for a claim that does not fit its target.
    """
    if readings.plain and not readings.given:
        (only,) = readings.alternatives
        result = check(readings.spec, sizes, limits, note, keep)
        return replace(result, interpretations=(_interpretation(only, result),))
    judged = _judged(readings, _Checker(sizes, limits, note, keep, _deciding_alone(readings), readings.given))
    result = _common_verdict(judged, cut=readings.cut and not readings.settled)
    if any(one.absent for one in readings.alternatives):
        result = _with_absent(judged, result, partial(check, sizes=sizes, limits=limits, note=note))
    shown = tuple(entry for one in judged for entry in one.entries)
    return replace(result, id=case_name(readings.spec, sizes), interpretations=shown, seconds=sum(one.seconds for one in judged))


def _common_verdict(judged: Sequence["_Judged"], *, cut: bool) -> CaseResult:
    """The result that stands for all interpretations."""
    results = [one.result for one in judged if one.result is not None]
    deciding = _deciding(judged)
    if deciding and all(one.holds for one in deciding):
        return _weakest([one.result for one in deciding if one.result is not None])
    if _all_refuted(judged) and not cut:
        return next(one.result for one in judged if one.refuted and one.result is not None)
    if not any(entry.verdict.holds or entry.verdict is Verdict.REFUTED for one in judged for entry in one.entries):
        return results[0]
    return replace(results[0], verdict=Verdict.UNDECIDED, reason=_reason(judged, cut=cut), counterexample=None)


def _with_absent(judged: Sequence["_Judged"], result: CaseResult, check_one: Callable[[Spec], CaseResult]) -> CaseResult:
    """The result for a formula with letters that are nothing in the code: refuted, if it holds without them and not for another value."""
    held = next((one.alternative for one in _deciding(judged) if one.holds), None)
    letters = " and ".join(next(one.alternative.absent for one in judged if one.alternative.absent))
    if held is None or held.present is None or not result.verdict.holds:
        reason = f"the layer holds no array for {letters}, and the formula does not hold without it either, or not surely ({result.reason})"
        return replace(result, verdict=Verdict.UNDECIDED, reason=reason, counterexample=None)
    found = check_one(held.present)
    if found.verdict is not Verdict.REFUTED:
        reason = f"the layer holds no array for {letters}: {found.reason}"
        return replace(found, verdict=Verdict.UNDECIDED, reason=reason, counterexample=None)
    how = "is proved" if result.verdict is Verdict.PROVED else "holds"
    why = f"here {letters} is 9/8; the layer holds no array for {letters}, and the formula {how} without it"
    return replace(found, reason=f"{found.reason}: {why}")


def _weakest(results: Sequence[CaseResult]) -> CaseResult:
    worst = weakest([result.verdict for result in results])
    return next(result for result in results if result.verdict is worst)


def _deciding_alone(readings: Readings) -> tuple[Alternative, ...]:
    """The interpretations whose agreement with runs decides by itself that the formula holds.

    That is the only plausible interpretation, and each one where none is plausible and the code decides.
    """
    if any(one.absent for one in readings.alternatives):
        return ()
    plausible = [one for one in readings.alternatives if one.plausible]
    open_ = not plausible and not any(one.blocked for one in readings.alternatives)
    if open_:
        return tuple(one for one in readings.alternatives if not any(_rare(other) < _rare(one) for other in readings.alternatives))
    return tuple(plausible) if len(plausible) == 1 else ()


@dataclass(frozen=True, slots=True)
class _Checker:
    """Checks the claims of interpretations.

    Args:
        sizes: the value of each size of the first interpretation.
        limits: seed and number of points.
        note: called with the current step.
        keep: called with a preliminary result that stands if the check does not finish.
        alone: the interpretations that decide alone that the formula holds.
        whole: whether a formula is about the whole result, also where its shape is another one.
    """

    sizes: Mapping[str, int]
    limits: Limits
    note: Callable[[str], Any]
    keep: Callable[[CaseResult], Any]
    alone: tuple[Alternative, ...]
    whole: bool

    def __call__(self, spec: Spec) -> tuple[CaseResult, bool]:
        """The result of a claim, and whether the code fits it: its result has the shape of the claim and somewhere a value."""
        alone = next((one for one in self.alone if one.outer is spec), None)
        keep = partial(self._keep_tested, alone) if alone is not None else lambda _: None
        own = {str(d.symbol) for d in spec.symbols if isinstance(d, Size)}
        try:
            chosen = sizes_of(spec)[:MOST_SIZES] if own != set(self.sizes) else [self.sizes]
            if own and own == set(self.sizes) and dict(self.sizes) not in sizes_of(spec):
                said = ", ".join(f"{name}={value}" for name, value in self.sizes.items())
                return CaseResult(id=case_name(spec, self.sizes), verdict=Verdict.UNDECIDED, reason=f"there is no point with {said}"), True
            result = _weakest([check(spec, size, self.limits, self.note, keep) for size in chosen])
        except ShapeError as error:
            if self.whole and (others := _for_all_entries(spec, error.shape)):
                return _weakest([self(other)[0] for other in others]), True
            return CaseResult(id=case_name(spec, self.sizes), verdict=Verdict.UNDECIDED, reason=error.message), False
        except SpecError as error:  # no point is left
            return CaseResult(id=case_name(spec, self.sizes), verdict=Verdict.UNDECIDED, reason=error.message), True
        without_value = result.verdict is Verdict.UNDECIDED and not result.points and bool(result.runs and result.paths)
        return result, not without_value

    def _keep_tested(self, alternative: Alternative, result: CaseResult) -> None:
        if result.verdict is Verdict.TESTED:  # a refutation needs the other interpretations too
            self.keep(replace(result, interpretations=(_interpretation(alternative, result),)))


def _for_all_entries(spec: Spec, shape: tuple[int, ...]) -> list[Spec]:
    """The claims that a formula makes about a result of another shape.

    One number is each entry of an array. An entry for each index is the same number everywhere.
    """
    if spec.whole or spec.is_complex:
        return []
    if spec.entry:
        return [replace(spec, entry=(), origin=spec.location)] if not shape else []
    positions = list(itertools.product(*map(range, shape)))
    return [replace(spec, entry=position, origin=spec.location) for position in positions] if len(positions) <= MOST_ENTRIES else []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """An interpretation with the results of its checks.

    Args:
        alternative: the interpretation.
        result: the result that stands for it; None if it was not checked.
        holds: whether it is proved or tested on the stated domain.
        refuted: whether it is refuted inside all conditions that the text may state.
        why: the words that may restrict the formula to a part of the domain on which it is not refuted.
        unsettled: why a difference does not refute it.
        entries: the interpretation for reports, with and without the conditions that the text may state.
        fits: whether the code can be meant by it. A rare reading in which the code has no value is not meant.
        seconds: the time that the checks took.
    """

    alternative: Alternative
    result: CaseResult | None
    holds: bool = False
    refuted: bool = False
    why: str = ""
    unsettled: str = ""
    entries: tuple[Interpretation, ...]
    fits: bool = True
    seconds: float = 0.0


def _judged(readings: Readings, check_one: _Checker) -> list[_Judged]:
    """Checks the interpretations in order, until the verdict is known."""
    if readings.settled:
        return [_judge(readings.alternatives[readings.settled - 1], check_one)]
    found: list[_Judged] = []
    for alternative in readings.alternatives:
        checked = any(one.result is not None for one in found)
        deciding = _deciding(found)
        holds = bool(deciding) and all(one.holds for one in deciding)
        alone = not check_one.sizes or any(one.alternative.plausible for one in found)  # else each length may have another interpretation
        known = holds and not alternative.plausible and (alone or any(_is_reordered(alternative, one) for one in deciding))
        if (checked and _decided(found, readings.cut)) or known:
            found.append(_left_out(alternative, alternative.blocked or NOT_NEEDED))
        else:
            found.append(_judge(alternative, check_one))
    return found


def _is_reordered(alternative: Alternative, holding: _Judged) -> bool:
    """Whether an interpretation differs from one that holds only in which parameter some symbols are. No length changes that."""
    own, other = (set(each.assumptions) for each in (alternative, holding.alternative))
    same = {one.subject for one in own - other} == {one.subject for one in other - own}
    return same and all(one.about == "symbol" and one.sure == "possible" for one in own ^ other)


def _deciding(judged: Sequence[_Judged]) -> list[_Judged]:
    """The interpretations that must all hold: the plausible ones.

    If none is plausible, no convention says which one is meant. Then the code does: a wrong formula rarely is equal to the code in one of
    them.
    """
    if any(one.alternative.blocked for one in judged):
        return [one for one in judged if one.alternative.plausible]
    return [one for one in judged if one.alternative.plausible] or [one for one in judged if one.holds and not _is_outdone(one, judged)]


def _is_outdone(one: _Judged, judged: Sequence[_Judged]) -> bool:
    """Whether an interpretation with fewer rare choices is refuted. Then the code is no evidence for the rare ones.

    Letters in another order than is usual, for example, may make a wrong formula right.
    """
    rare = _rare(one.alternative)
    others = (other for other in judged if not other.holds and _rare(other.alternative) < rare)
    return any(entry.verdict is Verdict.REFUTED for other in others for entry in other.entries)


def _rare(alternative: Alternative) -> frozenset[tuple[str, str, str]]:
    return frozenset((one.about, one.subject, one.value) for one in alternative.assumptions if one.sure == "possible")


def _all_refuted(judged: Sequence[_Judged]) -> bool:
    """Whether the formula is refuted in each interpretation that fits the code."""
    fitting = [one for one in judged if one.alternative.plausible or one.fits]
    return bool(fitting) and all(one.refuted for one in fitting)


def _decided(found: Sequence[_Judged], cut: bool) -> bool:
    """Whether the formula can neither hold nor be refuted any more."""
    if not any(one.alternative.plausible for one in found):
        return False
    holds = all(one.holds for one in found if one.alternative.plausible)
    refuted = _all_refuted(found) and not cut
    return bool(found) and not holds and not refuted


def _left_out(alternative: Alternative, reason: str) -> _Judged:
    entry = Interpretation(
        assumptions=alternative.assumptions,
        plausible=alternative.plausible,
        formula=_formula(alternative),
        verdict=Verdict.UNDECIDED,
        reason=reason,
    )
    return _Judged(alternative=alternative, result=None, entries=(entry,))


def _judge(alternative: Alternative, check_one: _Checker) -> _Judged:
    if alternative.outer is None:
        return _left_out(alternative, alternative.blocked)
    result, fits = check_one(alternative.outer)
    entry = _interpretation(alternative, result)
    unsettled = "" if result.verdict.holds else alternative.unsettled or _unsaid(alternative, result)
    if unsettled and result.verdict is not Verdict.REFUTED:
        result = replace(result, verdict=Verdict.UNDECIDED, reason=f"{unsettled} ({result.reason})", cause="unclear-words")
        entry = _interpretation(alternative, result)
    if result.verdict is not Verdict.REFUTED:
        holds = result.verdict.holds
        return _Judged(alternative=alternative, result=result, holds=holds, entries=(entry,), fits=fits, seconds=result.seconds)
    if unsettled:
        other = replace(entry, verdict=Verdict.UNDECIDED, reason=unsettled, counterexample=None)
        return _Judged(alternative=alternative, result=result, unsettled=unsettled, entries=(entry, other), seconds=result.seconds)
    seconds = result.seconds
    entries = [entry]
    for spec, words in _inner(alternative):
        inside, _ = check_one(spec)
        seconds += inside.seconds
        if inside.verdict is not Verdict.REFUTED:
            entries.append(replace(_interpretation(alternative, inside), formula=entry.formula))
            return _Judged(alternative=alternative, result=result, why=words, entries=tuple(entries), seconds=seconds)
        result = inside
    return _Judged(alternative=alternative, result=result, refuted=True, entries=(_interpretation(alternative, result),), seconds=seconds)


def _unsaid(alternative: Alternative, result: CaseResult) -> str:
    """Says that the code uses a parameter that the formula does not contain, so that the formula may be a part of a longer one."""
    spec = alternative.outer
    assert spec is not None  # it was checked
    known = result.code is not None and result.paths == 1  # a parameter can also select the path
    used = set(re.findall(r"[^\W\d]\w*", result.code.sympy)) if known and result.code else set(alternative.unsaid)
    names = {str(d.symbol): d.name for d in spec.symbols if isinstance(d, Parameter)}
    missing = [names.get(symbol, symbol) for symbol in alternative.unsaid if symbol in used]
    return f"the formula does not say what {' and '.join(missing)} of {spec.target} is; name the parameter in the text" if missing else ""


def _inner(alternative: Alternative) -> Iterator[tuple[Spec, str]]:
    """The parts of the domain that must each contain a contradiction, with the words that may restrict the formula to them."""
    for doubt in alternative.doubts:
        for side in (doubt.inside, doubt.outside):
            if side is not None:
                yield side, f"'{doubt.words}'"
    if alternative.inner is not None:
        yield alternative.inner, " and ".join(f"'{words}'" for words in alternative.restricts)


def _interpretation(alternative: Alternative, result: CaseResult) -> Interpretation:
    return Interpretation(
        assumptions=alternative.assumptions,
        plausible=alternative.plausible,
        formula=_formula(alternative),
        verdict=result.verdict,
        reason=result.reason,
        counterexample=result.counterexample,
    )


def _formula(alternative: Alternative) -> str:
    return "" if alternative.outer is None else str(alternative.outer.formula)


def _reason(judged: Sequence[_Judged], *, cut: bool) -> str:
    """Says on which words the verdict depends, and what it is in each case."""
    restricted = next((one for one in judged if one.why or one.unsettled), None)
    checked = [one for one in judged if one.result is not None]
    if restricted is not None and len(judged) == 1:
        return f"it depends on what the text means: {_restricted(restricted)}; {WRITE}"
    outcomes: dict[str, str] = {}  # with the first interpretation that has each
    for one in judged:
        outcome = _restricted(one) if one.why or one.unsettled else _outcome(one.entries[-1])
        if outcome != NOT_NEEDED:
            outcomes.setdefault(outcome, _differing(one.alternative, judged))
    parts = [f"if {said}, {outcome}" if said else outcome for outcome, said in outcomes.items()][:MOST_SHOWN]
    more = f"; there are {len(outcomes) - MOST_SHOWN} more outcomes" if len(outcomes) > MOST_SHOWN else ""
    more += "; there are more interpretations than qedoc tries" if cut else ""
    return f"it depends on what the text means: {'; '.join(parts)}{more}; {WRITE}" if checked else parts[0]


def _restricted(one: _Judged) -> str:
    outside, inside = one.entries[0], one.entries[-1]
    if one.unsettled:
        return f"{_outcome(outside)}, but {one.unsettled}"
    return f"if {one.why} restricts the formula, {_outcome(inside)}; if not, {_outcome(outside)}"


def _outcome(entry: Interpretation) -> str:
    match entry.verdict:
        case Verdict.PROVED:
            return "it is proved"
        case Verdict.TESTED:
            return "no difference was found"
        case Verdict.REFUTED if entry.counterexample is not None:
            return f"{format_inputs(entry.counterexample.inputs)} refutes it"
        case Verdict.REFUTED:
            return "it is refuted"
    return entry.reason


def _differing(alternative: Alternative, judged: Sequence[_Judged]) -> str:
    """The choices of an interpretation that are not those of all."""
    common = set.intersection(*(set(one.alternative.assumptions) for one in judged))
    own = [choice for choice in alternative.assumptions if choice not in common]
    said = []
    for choice in own:
        what = choice.subject or "the formula"
        said.append(f"{what} is {choice.value or 'something else'} ('{choice.words}')")
    return " and ".join(said)
