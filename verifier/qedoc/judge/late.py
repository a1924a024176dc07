"""Runs a rule for many steps, because code may change later than at the first ones."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import sympy as sp

from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.spec import Spec
from qedoc.claims.steps import APPLIED, GRADIENTS, PARAMETERS, Steps
from qedoc.judge.inputs import named
from qedoc.judge.pair import Pair
from qedoc.results.verdict import CaseResult, Counterexample, Verdict
from qedoc.search.strategies import seeded

STEPS = 2000
"""Number of steps of a run."""

APART = 1e-3
"""Smallest relative difference that counts, after rounding errors of many steps."""

DIGITS = 40
"""Decimal digits of the documented values."""


def late(pair: Pair, spec: Spec, steps: Steps) -> CaseResult | None:
    """Compares many steps with the rule, computed with many digits. Returns a refutation, or None if no difference was found.

    Args:
        pair: the claim at some number of steps.
        spec: the claim.
        steps: its target.
    """
    row = next(iter(seeded(pair.plan, 1, seed=5)), None)
    if row is None:
        return None
    values = dict(zip(pair.plan.symbols, row, strict=True))
    noise = np.random.default_rng(0).integers(-32, 33, STEPS) / 16 + 1 / 64
    for gradients in (np.ones(STEPS), noise):
        documented = _documented(pair, spec, values, gradients)
        for dtype in ("float64", "float32"):
            ran = _ran(pair, steps, values, gradients, dtype)
            if ran is None:
                return None
            apart = np.abs(ran - documented) > APART * np.maximum(np.abs(ran), np.abs(documented)) + np.finfo(dtype).eps
            if not (np.isfinite(ran).all() and np.isfinite(documented).all()) or not apart.any():
                break
        else:
            return _refuted(pair, steps, values, gradients, documented, ran, int(np.argmax(apart)))
    return None


def _documented(pair: Pair, spec: Spec, values: dict[sp.Symbol, Any], gradients: Sequence[float]) -> Any:
    """The documented outputs, computed with many digits."""
    formula: Recurrence = spec.formula
    t = formula.step
    put = {sp.Symbol(s.name): sp.Rational(x.numerator, x.denominator) for s, x in values.items()}
    named_ = [left for left, _ in formula.lines]
    inputs = sorted({e.base for _, right in formula.lines for e in right.atoms(sp.Indexed)} - {left.base for left in named_}, key=str)
    before = [sp.Dummy() for _ in (*named_, *inputs)]
    current = [sp.Dummy() for _ in inputs]
    swap = {left.base[t - 1]: s for left, s in zip([*named_, *(base[t] for base in inputs)], before, strict=True)}
    swap |= {base[t]: s for base, s in zip(inputs, current, strict=True)}
    lines: list[Callable[..., Any]] = []
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


def _refuted(pair: Pair, steps: Steps, values: dict[sp.Symbol, Any], gradients: Any, documented: Any, ran: Any, place: int) -> CaseResult:
    fed = [float(x) for x in gradients[: place + 1]]
    inputs = {**named(pair.case, values), GRADIENTS: fed}
    alike = len(set(fed)) == 1
    keywords, _ = pair.case.arguments({s: float(x) for s, x in values.items()}, lambda *_: None, list)
    texts = {name: repr(value) for name, value in keywords.items()}
    params = texts.pop(PARAMETERS)
    del texts[GRADIENTS]
    call = steps.line(pair.case.spec.target, texts, list(map(repr, fed)), params)
    return CaseResult(
        id=pair.case.id,
        verdict=Verdict.REFUTED,
        reason=f"runs differ from the rule from step {place + 1} on, in both float32 and float64"
        + (f", with the gradient {gradients[0]:g} at each step" if alike else ""),
        counterexample=Counterexample(
            inputs=inputs, documented=float(documented[place]), actual=float(ran[place]), ran=float(ran[place]), call=call
        ),
    )
