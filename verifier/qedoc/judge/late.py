"""Runs a rule for many steps, because code may change later than at the first ones."""

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import sympy as sp

from qedoc.claims.spec import Spec
from qedoc.claims.steps import APPLIED, GRADIENTS, PARAMETERS, Steps
from qedoc.judge.inputs import named
from qedoc.judge.pair import Pair
from qedoc.results.verdict import CaseResult, Counterexample, Inputs, Verdict
from qedoc.search.strategies import seeded

STEPS = 2000
"""Number of steps of a run."""

APART = 1e-3
"""Smallest relative difference that counts, after rounding errors of many steps."""

JUMPS = (sp.sign, sp.Piecewise, sp.Heaviside, sp.floor, sp.ceiling)
"""Functions with jumps."""

DRAWN, TRIED = 24, 2
"""Number of points that are drawn, and of those that are run: the ones with the smallest numbers, because sequences may grow fast."""

FEWEST = 40
"""Smallest number of differing steps that count if the rule has jumps, where rounding may select a branch."""

DIGITS = 40
"""Decimal digits of the documented values."""


def late(pair: Pair, spec: Spec, steps: Steps) -> CaseResult | None:
    """Compares many steps with the rule, computed with many digits. Returns a refutation, or None if no difference was found.

    Args:
        pair: the claim at some number of steps.
        spec: the claim.
        steps: its target.
    """
    own = [scalar.vector != GRADIENTS and scalar.name != PARAMETERS for scalar in pair.plan.scalars]
    rows = sorted(seeded(pair.plan, DRAWN, seed=5), key=lambda row: sum(x for x, hyper in zip(row, own, strict=True) if hyper))
    noise = np.random.default_rng(0).integers(-32, 33, STEPS) / 16 + 1 / 64
    for row, gradients in itertools.product(rows[:TRIED], (np.ones(STEPS), noise)):
        values = dict(zip(pair.plan.symbols, row, strict=True))
        documented = _documented(spec, values, gradients)
        ran = _ran(pair, steps, values, gradients, "float64")
        coarse = _ran(pair, steps, values, gradients, "float32")
        if ran is None or coarse is None or not all(np.isfinite(outputs).all() for outputs in (documented, ran, coarse)):
            continue
        apart = _apart(ran, documented) & _apart(coarse, documented)
        if apart.sum() >= (FEWEST if spec.formula.has(*JUMPS) else 1):
            place = int(np.argmax(apart))
            return _refuted(pair, steps, values, gradients[: place + 1], (float(documented[place]), float(ran[place])))
    return None


def _apart(ran: Any, documented: Any) -> Any:
    """At which steps a run differs by more than its rounding errors."""
    return np.abs(ran - documented) > APART * np.maximum(np.abs(ran), np.abs(documented)) + np.finfo("float32").eps


def _documented(spec: Spec, values: dict[sp.Symbol, Any], gradients: Any) -> Any:
    """The documented outputs, computed with many digits."""
    formula: Any = spec.formula
    t = formula.step
    put = {sp.Symbol(s.name): sp.Rational(x.numerator, x.denominator) for s, x in values.items()}
    named_ = [left for left, _ in formula.lines]
    inputs = sorted({e.base for _, right in formula.lines for e in right.atoms(sp.Indexed)} - {left.base for left in named_}, key=str)
    before = [sp.Dummy() for _ in (*named_, *inputs)]
    current = [sp.Dummy() for _ in inputs]
    swap = {left.base[t - 1]: s for left, s in zip([*named_, *(base[t] for base in inputs)], before, strict=True)}
    swap |= {base[t]: s for base, s in zip(inputs, current, strict=True)}
    lines: list[Any] = []
    known: list[sp.Dummy] = []
    for left, right in formula.lines:
        value = right.xreplace(swap).xreplace(put)
        lines.append(sp.lambdify([t, *before, *current, *known], value, modules="mpmath"))
        swap[left] = new = sp.Dummy()
        known.append(new)
    with mpmath.workdps(DIGITS):
        start = {name: value.xreplace(put) for name, value in formula.start.items()}
        first = {base[1]: sp.Float(float(gradients[0]), DIGITS) for base in inputs}
        begins = [start.get(base, sp.S.Zero).xreplace(first) for base in (*(left.base for left in named_), *inputs)]
        own = [isinstance(value, sp.Indexed) for value in begins]  # such a start is the value of the first step
        last = [mpmath.mpf(0 if same else sp.N(value, DIGITS)) for value, same in zip(begins, own, strict=True)]
        found = []
        for k, gradient in enumerate(gradients, start=1):
            now = [mpmath.mpf(float(gradient))] * len(inputs)
            made: list[Any] = []
            for place, line in enumerate(lines):
                made.append(line(k, *last, *now, *made))
                if k == 1 and own[place]:
                    last[place] = made[-1]
            last = [*made, *now]
            found.append(float(made[named_.index(formula.output)]))
    return np.array(found)


def _ran(pair: Pair, steps: Steps, values: dict[sp.Symbol, Any], gradients: Any, dtype: str) -> Any | None:
    """The outputs of the code, or None if it cannot be run under jit."""
    with jax.enable_x64(dtype == "float64"):
        keywords, _ = pair.case.arguments({s: float(x) for s, x in values.items()}, lambda *_: None)
        del keywords[GRADIENTS]
        params = jnp.asarray(keywords.pop(PARAMETERS), dtype=dtype)
        try:
            made = steps.factory(**keywords)

            def step(carry: Any, gradient: Any) -> Any:
                params, state = carry
                change, state = made.update(gradient, state, params)
                params = params + change
                return (params, state), params if steps.output == APPLIED else change

            _, outputs = jax.lax.scan(step, (params, made.init(params)), jnp.asarray(gradients, dtype=dtype))
            return np.asarray(outputs, dtype=np.float64)
        except Exception:  # noqa: BLE001  # code need not run under jit
            return None


def _refuted(pair: Pair, steps: Steps, values: dict[sp.Symbol, Any], gradients: Any, results: tuple[float, float]) -> CaseResult:
    """The refutation by a run. `results` is the documented output of its last step, and that of the code."""
    documented, ran = results
    fed = [float(x) for x in gradients]
    inputs: Inputs = {**named(pair.case, values), GRADIENTS: list(fed)}
    keywords, _ = pair.case.arguments({s: float(x) for s, x in values.items()}, lambda *_: None, list)
    texts = {name: repr(value) for name, value in keywords.items()}
    params = texts.pop(PARAMETERS)
    del texts[GRADIENTS]
    call = steps.line(pair.case.spec.target, texts, list(map(repr, fed)), params)
    alike = f", with the gradient {fed[0]:g} at each step" if len(set(fed)) == 1 else ""
    return CaseResult(
        id=pair.case.id,
        verdict=Verdict.REFUTED,
        reason=f"runs differ from the rule from step {len(fed)} on, in both float32 and float64{alike}",
        counterexample=Counterexample(inputs=inputs, documented=documented, actual=ran, ran=ran, call=call),
    )
