"""Runs a rule for many steps, because code may change later than at the first ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from qedoc.claims.spec import Spec
from qedoc.claims.steps import APPLIED, FED, GRADIENTS, OBJECTIVES, PARAMETERS, Steps
from qedoc.judge.inputs import named
from qedoc.judge.pair import Pair
from qedoc.judge.sequences import JUMPS, Sequences, has_value, ran_for
from qedoc.results.verdict import CaseResult, Counterexample, Inputs, Verdict
from qedoc.search.strategies import seeded

STEPS = 2000
"""Number of steps of a run."""

APART = 1e-3
"""Smallest relative difference that counts, after rounding errors of many steps."""

DRAWN, TRIED = 24, 2
"""Number of points that are drawn, and of those that are run: the ones with the smallest numbers, because sequences may grow fast."""

FEWEST = 40
"""Smallest number of differing steps that count if the rule has jumps, where rounding may select a branch."""


def late(pair: Pair, spec: Spec, steps: Steps, entries: int = 1) -> CaseResult | None:
    """Compares many steps with the rule. Returns a refutation, or None if no difference was found.

    Both are run in float64. Where they differ, the rule is computed with many digits, and the code is run in float32 too.

    Args:
        pair: the claim at some number of steps.
        spec: the claim.
        steps: its target.
        entries: the number of entries of the parameters, if they depend on each other.
    """
    own = [scalar.vector not in FED and scalar.name != PARAMETERS for scalar in pair.plan.scalars]
    rows = sorted(seeded(pair.plan, DRAWN, seed=5), key=lambda row: sum(x for x, hyper in zip(row, own, strict=True) if hyper))
    rule = Sequences(spec, entries)
    shape = (STEPS, entries + has_value(spec)) if rule.coupled else (STEPS,)
    noise = np.random.default_rng(0).integers(-32, 33, shape) / 16 + 1 / 64
    sequences = np.stack([np.ones(shape), noise], axis=-1)
    for row in rows[:TRIED]:
        values = dict(zip(pair.plan.symbols, row, strict=True))
        ran = ran_for(pair, steps, values, sequences, "float64")
        if ran is None:
            continue
        moved = steps.output == APPLIED
        doubted = [k for k in range(2) if _doubted(ran[..., k], rule.quick(values, sequences[..., k]), moved=moved)]
        coarse = ran_for(pair, steps, values, sequences, "float32") if doubted else None
        if coarse is None:
            continue
        for k in doubted:
            documented = rule.exact(values, sequences[..., k])
            apart = beyond_rounding(ran[..., k], documented, moved=moved) & beyond_rounding(coarse[..., k], documented, moved=moved)
            known = all(np.isfinite(outputs).all() for outputs in (documented, ran[..., k], coarse[..., k]))
            if known and apart.sum() >= (FEWEST if spec.formula.has(*JUMPS) else 1):
                place = tuple(int(x) for x in np.argwhere(apart)[0])
                fed = sequences[: place[0] + 1, ..., k].tolist()
                return refuted_by_run(pair, steps, values, fed, (float(documented[place]), float(ran[..., k][place])), place[1:])
    return None


def _doubted(ran: Any, documented: Any, *, moved: bool) -> bool:
    """Whether a run and the rule in float64 differ anywhere, or may differ, because the rule has no value in float64."""
    return not np.isfinite(documented).all() or bool(beyond_rounding(ran, documented, moved=moved).any())


def beyond_rounding(ran: Any, documented: Any, *, moved: bool) -> Any:
    """At which steps a run differs by more than its rounding errors.

    Args:
        ran: the outputs of the run, along the first axis.
        documented: the documented outputs.
        moved: whether they are the parameters, which carry the rounding errors of all steps before, when they may have been larger.
    """
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(ran), np.abs(documented))
        size = np.maximum.accumulate(size, axis=0) if moved else size
        return np.abs(ran - documented) > APART * size + np.finfo("float32").eps


def refuted_by_run(
    pair: Pair, steps: Steps, values: Mapping[sp.Symbol, Any], fed: list[Any], results: tuple[float, float], entry: tuple[int, ...]
) -> CaseResult:
    """The refutation by a run.

    Args:
        pair: the claim at some number of steps.
        steps: its target.
        values: the hyperparameters and the parameters before the first step.
        fed: the gradient of each step.
        results: an entry of the documented output of the last step, and that of the code.
        entry: the place of this entry.
    """
    documented, ran = results
    inputs: Inputs = {**named(pair.case, values)}
    objectives = [gradient[-1] for gradient in fed] if has_value(pair.case.spec) else []
    fed = [gradient[:-1] for gradient in fed] if objectives else fed
    inputs |= {GRADIENTS: list(fed)} | ({OBJECTIVES: list(objectives)} if objectives else {})
    numbers = dict.fromkeys(pair.plan.symbols, 0.0) | {s: float(x) for s, x in values.items()}
    keywords, _ = pair.case.arguments(numbers, lambda *_: None, list)
    texts = {name: repr(value) for name, value in keywords.items()}
    params = texts.pop(PARAMETERS)
    del texts[GRADIENTS]
    texts.pop(OBJECTIVES if objectives else "", None)
    call = steps.line(pair.case.spec.target, texts, list(map(repr, fed)), params, entry, list(map(repr, objectives)))
    alike = f", with the gradient {fed[0]} at each step" if all(gradient == fed[0] for gradient in fed) else ""
    return CaseResult(
        id=pair.case.id,
        verdict=Verdict.REFUTED,
        reason=f"runs differ from the rule from step {len(fed)} on, in both float32 and float64{alike}",
        counterexample=Counterexample(inputs=inputs, documented=documented, actual=ran, ran=ran, call=call),
    )
