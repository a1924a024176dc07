"""Checks a documented formula in each interpretation of its text, and makes one verdict of them."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qedoc.claims.limits import Limits
from qedoc.claims.readings import Alternative, Readings
from qedoc.claims.spec import Parameter, Size, Spec
from qedoc.errors import SpecError
from qedoc.judge.check import case_name, check
from qedoc.judge.inputs import format_inputs
from qedoc.results.verdict import CaseResult, Interpretation, Verdict, weakest
from qedoc.sources.specfiles import sizes as sizes_of

WRITE = (
    "write what is meant into the formula or say it in other words; qedoc show --why lists the interpretations, and --interpret N settles "
    "one"
)

MOST_SIZES = 4
"""Maximum number of sizes of the arrays of an interpretation that has other arrays than the first one."""

MOST_SHOWN = 4
"""Maximum number of interpretations that a reason describes."""

Check = Callable[[Spec], CaseResult]


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
    if readings.plain:
        (only,) = readings.alternatives
        result = check(readings.spec, sizes, limits, note, keep)
        return replace(result, interpretations=(_interpretation(only, result),))

    plausible_ones = [one for one in readings.alternatives if one.plausible]
    alone = plausible_ones[0] if len(plausible_ones) == 1 else None

    def keep_tested(result: CaseResult) -> None:
        if result.verdict is Verdict.TESTED:  # a refutation needs the other interpretations too
            keep(result)

    def check_one(spec: Spec) -> CaseResult:
        decides = alone is not None and spec is alone.outer
        own = [sizes] if {str(d.symbol) for d in spec.symbols if isinstance(d, Size)} == set(sizes) else sizes_of(spec)[:MOST_SIZES]
        try:
            results = [check(spec, size, limits, note, keep_tested if decides else lambda _: None) for size in own]
            return next(result for result in results if result.verdict is weakest([one.verdict for one in results]))
        except SpecError as error:  # no point is left
            return CaseResult(id=case_name(spec, sizes), verdict=Verdict.UNDECIDED, reason=error.message)

    judged = _judged(readings, check_one)
    first = next(one.result for one in judged if one.result is not None)
    shown = tuple(entry for one in judged for entry in one.entries)
    plausible = _deciding(judged)
    common = replace(first, id=case_name(readings.spec, sizes), interpretations=shown, seconds=sum(one.seconds for one in judged))
    if plausible and all(one.holds for one in plausible):
        worst = weakest([one.result.verdict for one in plausible if one.result is not None])
        return replace(
            next(one.result for one in plausible if one.result is not None and one.result.verdict is worst),
            interpretations=shown,
            seconds=common.seconds,
        )
    if _all_refuted(judged) and not readings.cut:
        found = next(one.result for one in judged if one.refuted and one.result is not None)
        return replace(found, interpretations=shown, seconds=common.seconds)
    if (
        first.verdict in (Verdict.UNDECIDED, Verdict.UNSUPPORTED)
        and len({entry.verdict for entry in shown if entry.verdict not in (Verdict.UNDECIDED, Verdict.UNSUPPORTED)}) == 0
    ):
        return common
    reason = _reason(judged, cut=readings.cut)
    return replace(common, verdict=Verdict.UNDECIDED, reason=reason, counterexample=None, code=first.code)


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
        seconds: the time that the checks took.
    """

    alternative: Alternative
    result: CaseResult | None
    holds: bool = False
    refuted: bool = False
    why: str = ""
    unsettled: str = ""
    entries: tuple[Interpretation, ...]
    seconds: float = 0.0

    @property
    def fits(self) -> bool:
        """Whether the code has a value somewhere in this interpretation. A rare reading in which it has none is not meant."""
        found = self.result
        from_runs = found is not None and found.runs and not found.paths
        return found is None or found.verdict is not Verdict.UNDECIDED or bool(found.points or from_runs)


def _judged(readings: Readings, check_one: Check) -> list[_Judged]:
    """Checks the interpretations in order, until the verdict is known."""
    found: list[_Judged] = []
    for number, alternative in enumerate(readings.alternatives, start=1):
        decided = _decided(found, readings.cut) and not (alternative.outer is not None and not any(one.result for one in found))
        settled = readings.settled not in (0, number)
        if settled:
            continue
        deciding = _deciding(found)
        needed = not decided and (alternative.plausible or not (deciding and all(one.holds for one in deciding)))
        found.append(
            _judge(alternative, check_one)
            if needed
            else _left_out(alternative, alternative.blocked or "it was not checked, because the verdict does not depend on it")
        )
    return found


def _deciding(judged: Sequence[_Judged]) -> list[_Judged]:
    """The interpretations that must all hold: the plausible ones.

    If none is plausible, no convention says which one is meant. Then the code does: a wrong formula rarely is equal to the code in one of
    them.
    """
    if any(one.alternative.blocked for one in judged):
        return [one for one in judged if one.alternative.plausible]
    return [one for one in judged if one.alternative.plausible] or [one for one in judged if one.holds]


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


def _judge(alternative: Alternative, check_one: Check) -> _Judged:
    if alternative.outer is None:
        return _left_out(alternative, alternative.blocked)
    result = check_one(alternative.outer)
    entry = _interpretation(alternative, result)
    unsettled = "" if result.verdict.holds else alternative.unsettled or _unsaid(alternative, result)
    if unsettled and result.verdict is not Verdict.REFUTED:
        result = replace(result, verdict=Verdict.UNDECIDED, reason=f"{unsettled} ({result.reason})")
        entry = _interpretation(alternative, result)
    if result.verdict is not Verdict.REFUTED:
        return _Judged(alternative=alternative, result=result, holds=result.verdict.holds, entries=(entry,), seconds=result.seconds)
    if unsettled:
        other = replace(entry, verdict=Verdict.UNDECIDED, reason=unsettled, counterexample=None)
        return _Judged(alternative=alternative, result=result, unsettled=unsettled, entries=(entry, other), seconds=result.seconds)
    seconds = result.seconds
    entries = [entry]
    for spec, words in _inner(alternative):
        inside = check_one(spec)
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
    used = set(re.findall(r"[^\W\d]\w*", result.code.sympy)) if result.code is not None else set(alternative.unsaid)
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
    parts = []
    for one in judged[:MOST_SHOWN]:
        said = _differing(one.alternative, judged)
        outcome = _restricted(one) if one.why or one.unsettled else _outcome(one.entries[-1])
        parts.append(f"if {said}, {outcome}" if said else outcome)
    more = f"; there are {len(judged) - MOST_SHOWN} more interpretations" if len(judged) > MOST_SHOWN else ""
    more += "; there are more than qedoc tries" if cut else ""
    return f"it depends on what the text means: {'; '.join(dict.fromkeys(parts))}{more}; {WRITE}" if checked else parts[0]


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
