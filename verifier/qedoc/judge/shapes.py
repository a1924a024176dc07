"""Compares a rule whose entries depend on each other with runs, for arrays of few entries."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from qedoc.claims.spec import Spec
from qedoc.claims.steps import APPLIED, Steps
from qedoc.judge.first_steps import Pairs, Tried, refuted_by
from qedoc.judge.late import beyond_rounding, late, refuted_by_run
from qedoc.judge.pair import Pair
from qedoc.judge.sequences import JUMPS, NEAR, Doubt, Sequences, doubts, off_ties, ran_for
from qedoc.results.verdict import CaseResult, Verdict

WRITTEN = 1
"""Number of steps up to which such a rule is written out. The length of the formula grows fast with the steps."""

FEWEST = 1000
"""Smallest number of compared values that shows that a rule holds."""

LATE = 2
"""Number of entries of the arrays that are run for many steps."""

MOST = 8
"""Maximum number of sequences with a difference that are looked at."""

NEIGHBOURS = 6
"""Number of sequences near another one."""


def tried_shapes(spec: Spec, steps: Steps, last: int, longest: int, note: Callable[[str], Any]) -> Tried:
    """Runs the first steps, and many steps, for arrays of each length. Its result is never None.

    Args:
        spec: the claim.
        steps: its target.
        last: the number of the first steps.
        longest: the largest number of entries.
        note: called with the current step, for progress.
    """
    runs, unclear = 0, ""
    for entries in range(1, longest + 1):
        note(f"running the first steps of arrays with {entries} entries")
        pairs = Pairs(spec, entries)
        found, compared = doubts(pairs[1], spec, steps, last, entries)
        runs += compared
        if len(found) > MOST:
            unclear = unclear or "runs differ from the rule for more sequences than are looked at"
        for doubt in found[:MOST]:
            if len(doubt.gradients) <= WRITTEN and (refuted := refuted_by(pairs, doubt)) is not None:
                return refuted
            shown = _by_run(pairs[1], spec, steps, doubt, entries)
            if isinstance(shown, Tried):
                return shown
            unclear = unclear or shown
        if compared < FEWEST:
            unclear = unclear or "the code could not be run under jit and vmap, or the rule has no value"
    note("running many steps")
    pairs = Pairs(spec, min(longest, LATE))
    if (late_result := late(pairs[1], spec, steps, pairs.entries)) is not None:
        return Tried(pair=pairs[1], result=late_result, unclear="", runs=runs)
    reason = unclear or f"no difference beyond rounding for arrays of 1 to {longest} entries, which depend on each other"
    verdict = Verdict.UNDECIDED if unclear else Verdict.TESTED
    return Tried(pair=pairs[1], result=CaseResult(id=spec.id, verdict=verdict, reason=reason), unclear=unclear, runs=runs)


def holds_for_shapes(spec: Spec, steps: Steps, last: int) -> bool:
    """Whether no difference from runs of the first steps is found, for arrays of two entries.

    Args:
        spec: the claim.
        steps: its target.
        last: the number of the first steps.
    """
    pair = Pairs(spec, 2)[1]
    found, compared = doubts(pair, spec, steps, last, 2)
    return compared >= FEWEST and not any(_by_run(pair, spec, steps, doubt, 2) for doubt in found)


def _by_run(pair: Pair, spec: Spec, steps: Steps, doubt: Doubt, entries: int) -> Tried | str:
    """A refutation by runs in two formats, which differ from the rule computed with many digits. Empty if they do not differ.

    If the rule has jumps, rounding may select another case. Sequences near this one, which are at no jump, then decide: all of them differ,
    or none. Otherwise nothing is shown.
    """
    rule = Sequences(spec, entries)
    fed = np.array([[float(x) for x in gradient] for gradient in doubt.gradients])[..., None]
    if not spec.formula.has(*JUMPS):
        return next(iter(_differing(pair, rule, steps, doubt.values, fed)), "")
    drawn = np.random.default_rng(0)
    found = _differing(pair, rule, steps, off_ties(doubt.values), fed * (1 + drawn.integers(-99, 100, (*fed.shape[:2], NEIGHBOURS)) / NEAR))
    if 0 < len(found) < NEIGHBOURS:
        return f"runs differ from the rule at step {len(fed)}, and rounding may have selected another case"
    return found[0] if found else ""


def _differing(pair: Pair, rule: Sequences, steps: Steps, values: Mapping[sp.Symbol, Fraction], fed: Any) -> list[Tried]:
    """The refutations by runs in float32 and float64 for sequences of gradients, along the last axis."""
    documented = np.stack([rule.exact(values, fed[..., k]) for k in range(fed.shape[-1])], axis=-1)
    double, single = (ran_for(pair, steps, values, fed, dtype) for dtype in ("float64", "float32"))
    if double is None or single is None:
        return []
    moved = steps.output == APPLIED
    apart = beyond_rounding(double, documented, moved=moved) & beyond_rounding(single, documented, moved=moved)
    found = []
    for k in range(fed.shape[-1]):
        if not apart[..., k].any() or not np.isfinite(documented[..., k]).all():
            continue
        step, *entry = (int(x) for x in np.argwhere(apart[..., k])[0])
        results = float(documented[step, *entry, k]), float(double[step, *entry, k])
        refuted = refuted_by_run(pair, steps, values, fed[: step + 1, :, k].tolist(), results, tuple(entry))
        found.append(Tried(pair=pair, result=refuted, unclear="", runs=2))
    return found
