"""Checks rules with a state: runs the first steps, and proves all steps by induction."""

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.algebra.conditions import TooManyBranches
from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.limits import Limits
from qedoc.claims.solvers import Solving
from qedoc.claims.spec import Size, Spec
from qedoc.claims.steps import FED, GRADIENTS, OBJECTIVES, PARAMETERS, Steps
from qedoc.claims.target import resolve
from qedoc.errors import QedocError, SpecError, UnsupportedError, attempt, told
from qedoc.judge.black_box import trial
from qedoc.judge.first_steps import Pairs, Tried, is_refuted, refuted_far, tried_first
from qedoc.judge.induction import induct
from qedoc.judge.inputs import row_of
from qedoc.judge.late import late
from qedoc.judge.pair import Pair
from qedoc.judge.sequences import has_value
from qedoc.judge.shapes import WRITTEN, holds_for_shapes, tried_shapes
from qedoc.results.verdict import CaseResult, Finding, Inputs, Verdict
from qedoc.search.strategies import Row, seeded

ALIKE = 1e-9
"""Relative difference up to which two float64 runs of the same step count as the same."""

ELSEWHERE = "the code takes the value or the gradient of its objective at other points than the parameters before a step, or its curvature"
"""Why nothing is shown of a solver."""

OTHERS = {float: (1.0, 0.0), int: (1, 0), type(None): (1.0, 0.0), bool: (True, False)}
"""The values of an argument that are tried if a rule fails at its default, by the type of the default."""


def ruled(spec: Spec, limits: Limits, note: Callable[[str], Any]) -> CaseResult:
    """Compares a rule with runs of its first steps, and tries to prove it for every step.

    Args:
        spec: the claim. Its formula is a `Recurrence`.
        limits: limits the number of runs.
        note: called with the current step, for progress.

    Raises:
        QedocError: for a spec that does not fit its target.
    """
    steps = resolve(spec.target)
    if not isinstance(steps, Steps) or not isinstance(spec.formula, Recurrence):
        raise spec.refuse(f"a Recurrence needs a target that takes steps, such as optax.adam.update; found {spec.target}")
    sizes = {d.symbol: max(d.values) for d in spec.symbols if isinstance(d, Size)}
    if spec.formula.last not in sizes:
        raise spec.refuse(f"the last step of a Recurrence must be a Size; found {spec.formula.last}. Declare it in symbols=")
    last = sizes.pop(spec.formula.last)
    pairs = Pairs(spec)
    note("running the first steps")
    try:
        if reason := impure(pairs[last if spec.formula.entries is None else WRITTEN], steps):
            return CaseResult(id=spec.id, verdict=Verdict.UNSUPPORTED, reason=reason)
        if spec.formula.entries is None:
            tried = tried_first(pairs, last, steps, limits)
        else:
            tried = tried_shapes(spec, steps, last, max(sizes.values()), note)
    except (TooManyBranches, UnsupportedError) as error:
        return CaseResult(id=spec.id, verdict=Verdict.UNDECIDED, reason=f"the rule has too many cases: {told(error)}")
    except SpecError as error:
        if not spec.natural:
            raise
        return CaseResult(id=spec.id, verdict=Verdict.UNDECIDED, reason=f"the rule has no value: {error.message}")
    if tried.result is not None:
        if tried.result.verdict is not Verdict.REFUTED:
            return replace(tried.result, id=spec.id, runs=tried.runs)
        if reason := _of_other_points(tried.pair, steps, tried.result):
            return CaseResult(id=spec.id, verdict=Verdict.UNSUPPORTED, reason=reason, runs=tried.runs)
        note("looking for an argument that explains the difference")
        reason = _with_others(tried.pair, steps, tried.result, last, limits) if _is_written_out(tried) else tried.result.reason
        return replace(tried.result, id=spec.id, runs=tried.runs, reason=reason)
    runs, unclear = tried.runs, tried.unclear
    note("proving the rule for every step")
    induction = induct(spec, steps)
    note("running many steps")
    if (found := late(pairs[last], spec, steps)) is not None:
        if not induction.reason:
            reason = f"the proof and a run of many steps contradict each other ({found.reason}); please report this as a bug in qedoc"
            return CaseResult(id=spec.id, verdict=Verdict.UNDECIDED, reason=reason, runs=runs)
        if reason := _of_other_points(pairs[last], steps, found):
            return CaseResult(id=spec.id, verdict=Verdict.UNSUPPORTED, reason=reason, runs=runs)
        return replace(found, id=spec.id, runs=runs)
    finding = _coupled(pairs[last], steps)
    if finding is not None:
        findings = (Finding(kind="domain", message=finding, inputs={}),)
        return CaseResult(id=spec.id, verdict=Verdict.UNDECIDED, reason=finding, runs=runs, findings=findings)
    if unclear and not induction.reason and any(is_refuted(pairs[count]) for count in range(1, last + 1)):
        reason = "the proof and the enclosures contradict each other; please report this as a bug in qedoc"
        return CaseResult(id=spec.id, verdict=Verdict.UNDECIDED, reason=reason, runs=runs)
    if induction.reason and unclear:
        return CaseResult(id=spec.id, verdict=Verdict.UNDECIDED, reason=f"{unclear}; no induction was found: {induction.reason}", runs=runs)
    if (
        induction.reason
        and spec.formula.entries is None
        and (far := refuted_far(pairs)) is not None
        and not _of_other_points(pairs[1], steps, far)
    ):
        return replace(far, id=spec.id, runs=runs)
    if induction.reason:
        reason = f"no difference beyond rounding in the first {last} steps, and no induction was found: {induction.reason}"
        return CaseResult(id=spec.id, verdict=Verdict.TESTED, reason=reason, runs=runs)
    known = "; ".join(induction.relation)
    reason = f"proved for every step by induction{f', because {known}' if known else ''}; it holds entry by entry"
    reason += f"; {unclear}" if unclear else ""
    return CaseResult(id=spec.id, verdict=Verdict.PROVED, reason=reason, runs=runs, cells=induction.cells, paths=1)


def _is_written_out(tried: Tried) -> bool:
    """Whether a refutation is at the number of steps of its claim; one by runs may be at any."""
    assert tried.result is not None
    assert tried.result.counterexample is not None
    fed = tried.result.counterexample.inputs[GRADIENTS]
    own = [scalar for scalar in tried.pair.plan.scalars if scalar.vector == GRADIENTS]
    return isinstance(fed, list) and len(fed) == len({scalar.indices[0] for scalar in own})


def _with_others(pair: Pair, steps: Steps, refuted: CaseResult, last: int, limits: Limits) -> str:
    """The reason of a refutation, with the value of an argument that the rule does not mention and with which it holds."""
    spec = pair.case.spec
    taken = {*spec.keywords, GRADIENTS, PARAMETERS}
    known = inspect.signature(steps.factory).parameters.values()
    others = [p for p in known if p.name not in (*taken, "verbose") and type(p.default) in OTHERS]
    for p in others:
        for value in OTHERS[type(p.default)]:
            if (value == p.default and type(value) is type(p.default)) or not _would_agree(pair, steps, refuted, {p.name: value}):
                continue
            changed = replace(spec, bind={**spec.bind, p.name: value}, origin=spec.location)
            pairs = Pairs(changed)
            try:
                if spec.formula.entries is not None:
                    held, proof = holds_for_shapes(changed, steps, last), "not tried"
                else:
                    held = all(trial(pairs[count], limits).verdict is Verdict.TESTED for count in (1, last))
                    proof = induct(changed, steps).reason if held else "refuted"
            except (QedocError, TooManyBranches):
                continue
            if held:
                how = f"no difference was found in the first {last} steps" if proof else "it is proved for every step"
                return f"{refuted.reason}; this is at the default {p.name}={p.default!r}: {how} with {p.name}={value!r}"
    return refuted.reason


def _would_agree(pair: Pair, steps: Steps, refuted: CaseResult, arguments: Mapping[str, Any]) -> bool:
    """Whether the code gives the documented value at the point of a refutation if it has other arguments."""
    assert refuted.counterexample is not None  # it is refuted
    row = row_of(pair.plan.scalars, refuted.counterexample.inputs)
    values = {s: float(x) for s, x in zip(pair.plan.symbols, row, strict=True)}
    with jax.enable_x64(True):
        output = attempt(lambda: float(np.ravel(steps(**_arguments(pair, values), **arguments)[-1])[0]), None)
    documented = refuted.counterexample.documented
    return output is not None and isinstance(documented, int | float) and bool(np.isclose(output, documented, rtol=ALIKE))


def impure(pair: Pair, steps: Steps) -> str:
    """Says that the code keeps values between calls outside of its state; empty if it does not.

    The same steps are run twice with the same object, and then with the steps of another run in between. For a solver, also says that
    it looks at its objective anywhere else than at the parameters before a step.

    Args:
        pair: the claim.
        steps: its target.
    """
    rows = list(seeded(pair.plan, 2, seed=3))
    if not rows:
        return ""
    one, other = rows[0], rows[-1]
    try:
        with jax.enable_x64(True):
            made = _made(pair, steps, one)
            first, second = (list(_stepped(pair, steps, one, made)) for _ in range(2))
            if isinstance(made, Solving) and made.returns_state_first(jnp.full(2, 0.375)):
                return "a step seems to return the state before the parameters; return the parameters first"
            bent = [list(_stepped(pair, steps.bent, row)) for row in rows] if steps.is_solver else []
            straight = [first, list(_stepped(pair, steps, other))][: len(bent)]
            between = list(itertools.chain.from_iterable(zip(_stepped(pair, steps, one), _stepped(pair, steps, other), strict=True)))[::2]
    except Exception as error:  # noqa: BLE001  # the user's code may raise anything
        return f"running the first steps raises {told(error)}"
    if not all(map(_same, bent, straight)):
        return ELSEWHERE
    if not (_same(first, second) and _same(first, between)):
        return "the same step gives different results when it is run again: the code keeps values outside of its state"
    return ""


def _of_other_points(pair: Pair, steps: Steps, refuted: CaseResult) -> str:
    """Why a refutation does not count: the solver evaluates its objective at points that the rule does not use. Empty if it counts."""
    if not steps.is_solver or refuted.counterexample is None:
        return ""
    inputs = refuted.counterexample.inputs
    values = {s: float(x) for s, x in zip(pair.plan.symbols, row_of(pair.plan.scalars, _shortened(pair, inputs)), strict=True)}
    with jax.enable_x64(True):
        keywords = _arguments(pair, values)
        keywords |= {
            name: jnp.asarray(inputs[name], dtype=float) for name in keywords if name in FED and isinstance(inputs.get(name), list)
        }
        try:
            same = _same([steps(**keywords)], [steps.bent(**keywords)])
        except Exception as error:  # noqa: BLE001  # the user's code may raise anything
            return f"running the steps again raises {told(error)}"
    return "" if same else ELSEWHERE


def _shortened(pair: Pair, inputs: Inputs) -> Inputs:
    """Inputs with as many steps as a claim has."""
    counts: dict[str, int] = {}
    for scalar in pair.plan.scalars:
        if scalar.vector in FED:
            counts[scalar.vector] = max(counts.get(scalar.vector, 0), scalar.indices[0])
    return {name: value[: counts[name]] if name in counts and isinstance(value, list) else value for name, value in inputs.items()}


def _made(pair: Pair, steps: Steps, row: Row) -> Any:
    """The object whose steps are run."""
    keywords = _arguments(pair, {s: float(x) for s, x in zip(pair.plan.symbols, row, strict=True)})
    fed = (*FED, PARAMETERS) if has_value(pair.case.spec) else (GRADIENTS, PARAMETERS)
    return steps.factory(**{name: value for name, value in keywords.items() if name not in fed})


def _stepped(pair: Pair, steps: Steps, row: Row, made: Any = None) -> Iterator[Any]:
    """Yields the output of each step."""
    values = {s: float(x) for s, x in zip(pair.plan.symbols, row, strict=True)}
    keywords = _arguments(pair, values)
    gradients, params = keywords.pop(GRADIENTS), jnp.asarray(keywords.pop(PARAMETERS), dtype=float)
    objectives = keywords.pop(OBJECTIVES) if has_value(pair.case.spec) else None
    made = steps.factory(**keywords) if made is None else made
    fed = list(zip(gradients, [None] * len(gradients) if objectives is None else objectives, strict=True))
    state = steps.begin(made, params, *fed[0])
    for gradient, objective in fed:
        output, params, state = steps.advance(made, gradient, state, params, objective)
        yield np.asarray(output)


def _same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return all(np.allclose(a, b, rtol=ALIKE, atol=0, equal_nan=True) for a, b in zip(one, other, strict=True))


def _arguments(pair: Pair, values: Mapping[sp.Symbol, Any]) -> dict[str, Any]:
    return pair.case.arguments(values, lambda *_: None)[0]


def _coupled(pair: Pair, steps: Steps) -> str | None:
    """Says that the entries of an array depend on each other; None if they do not."""
    rows = list(seeded(pair.plan, 8, seed=4))
    shared = [k for k, scalar in enumerate(pair.plan.scalars) if scalar.vector != GRADIENTS and scalar.name != PARAMETERS]
    rows = [tuple(rows[0][k] if k in shared else x for k, x in enumerate(row)) for row in rows if pair.plan.holds(row)][:2]
    if len(rows) < 2:
        return "no two entries could be run beside each other"
    values = {s: tuple(float(row[k]) for row in rows) for k, s in enumerate(pair.plan.symbols)}
    with jax.enable_x64(True):
        joined = {s: x[0] if k in shared else jnp.asarray(x) for k, (s, x) in enumerate(values.items())}
        alone = [np.asarray(pair.target(**_arguments(pair, {s: x[k] for s, x in values.items()}))) for k in (0, 1)]
        try:
            both = np.asarray(pair.target(**_arguments(pair, joined)))
        except Exception as error:  # noqa: BLE001  # the user's code may raise anything
            return f"running two entries beside each other raises {told(error)}"
    if both.shape[-1:] != (2,) or not all(np.allclose(both[..., k], alone[k], rtol=ALIKE, atol=0, equal_nan=True) for k in (0, 1)):
        return "the result of an entry depends on the other entries of the array, and the rule does not say how"
    return None
