"""Runs a rule for many steps, because code may change later than at the first ones."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
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
    """Compares many steps with the rule. Returns a refutation, or None if no difference was found.

    Both are run in float64. Where they differ, the rule is computed with many digits, and the code is run in float32 too.

    Args:
        pair: the claim at some number of steps.
        spec: the claim.
        steps: its target.
    """
    own = [scalar.vector != GRADIENTS and scalar.name != PARAMETERS for scalar in pair.plan.scalars]
    rows = sorted(seeded(pair.plan, DRAWN, seed=5), key=lambda row: sum(x for x, hyper in zip(row, own, strict=True) if hyper))
    noise = np.random.default_rng(0).integers(-32, 33, STEPS) / 16 + 1 / 64
    sequences = np.stack([np.ones(STEPS), noise], axis=1)
    rule = _Rule(spec)
    for row in rows[:TRIED]:
        values = dict(zip(pair.plan.symbols, row, strict=True))
        ran = _ran(pair, steps, values, sequences, "float64")
        doubted = [] if ran is None else [k for k, column in enumerate(sequences.T) if _doubted(ran[:, k], rule.quick(values, column))]
        coarse = _ran(pair, steps, values, sequences, "float32") if doubted else None
        for k in doubted if ran is not None and coarse is not None else ():
            documented = rule.exact(values, sequences[:, k])
            apart = _apart(ran[:, k], documented) & _apart(coarse[:, k], documented)
            known = all(np.isfinite(outputs).all() for outputs in (documented, ran[:, k], coarse[:, k]))
            if known and apart.sum() >= (FEWEST if spec.formula.has(*JUMPS) else 1):
                place = int(np.argmax(apart))
                return _refuted(pair, steps, values, sequences[: place + 1, k], (float(documented[place]), float(ran[place, k])))
    return None


def _doubted(ran: Any, documented: Any) -> bool:
    """Whether a run and the rule in float64 differ anywhere, or may differ, because the rule has no value in float64."""
    return not np.isfinite(documented).all() or bool(_apart(ran, documented).any())


def _apart(ran: Any, documented: Any) -> Any:
    """At which steps a run differs by more than its rounding errors."""
    return np.abs(ran - documented) > APART * np.maximum(np.abs(ran), np.abs(documented)) + np.finfo("float32").eps


class _Rule:
    """The documented outputs of many steps.

    Args:
        spec: the claim.
    """

    def __init__(self, spec: Spec) -> None:
        assert isinstance(spec.formula, Recurrence)  # the caller looked
        self.formula = spec.formula
        self.named = [left for left, _ in self.formula.lines]
        used = {e.base for _, right in self.formula.lines for e in right.atoms(sp.Indexed)}
        self.inputs = sorted(used - {left.base for left in self.named}, key=str)
        self.letters = sorted(self.formula.free_symbols - {self.formula.last, *(base.label for base in self.inputs)}, key=str)

    def quick(self, values: Mapping[sp.Symbol, Any], gradients: Any) -> Any:
        """The outputs in float64.

        Args:
            values: the hyperparameters and the parameters before the first step.
            gradients: the gradient of each step.
        """
        with np.errstate(all="ignore"):
            return np.array(self._outputs(self._quick, values, [np.float64(x) for x in gradients], np.float64))

    def exact(self, values: Mapping[sp.Symbol, Any], gradients: Any) -> Any:
        """The outputs with many digits. See `quick` for the arguments."""
        with mpmath.workdps(DIGITS):
            found = self._outputs(self._exact, values, [mpmath.mpf(float(x)) for x in gradients], mpmath.mpf)
            return np.array([float(x) if isinstance(x, mpmath.mpf) else np.nan for x in found])

    @cached_property
    def _quick(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        return self._compiled("numpy")

    @cached_property
    def _exact(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        return self._compiled("mpmath")

    def _compiled(self, modules: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """The first step and a later one, as functions of the step, the letters, the values before, and the inputs."""
        t = self.formula.step
        everything = [*self.named, *(base[t] for base in self.inputs)]
        after: dict[Any, Any] = {left: sp.Dummy() for left in everything}
        before = {left: sp.Dummy() for left in everything}
        own = {left for left in everything if self.formula.start.get(left.base) == left.base[1]}
        functions = []
        for same in (own, set()):  # before the first step, such a value is the one after it
            swap = after | {left.base[t - 1]: after[left] if left in same else s for left, s in before.items()}
            lines = [(after[left], right.xreplace(swap)) for left, right in self.formula.lines]
            results = [after[left] for left in everything]
            arguments = [t, *self.letters, *before.values(), *(after[base[t]] for base in self.inputs)]
            functions.append(sp.lambdify(arguments, results, modules=modules, cse=lambda _, known=(lines, results): known))
        return functions[0], functions[1]

    def _outputs(self, functions: Sequence[Any], values: Mapping[sp.Symbol, Any], gradients: Sequence[Any], number: Any) -> list[Any]:
        put = {sp.Symbol(s.name): sp.Rational(x.numerator, x.denominator) for s, x in values.items()}
        letters = [number(put[s].p) / number(put[s].q) for s in self.letters]
        first = {base[1]: sp.Rational(str(gradients[0])) for base in self.inputs}
        bases = [*(left.base for left in self.named), *self.inputs]
        starts = [self.formula.start.get(base, sp.S.Zero).xreplace(put).xreplace(first) for base in bases]
        starts = [sp.S.Zero if isinstance(value, sp.Indexed) else sp.N(value, DIGITS) for value in starts]
        last = [number(str(value)) for value in starts]
        place = self.named.index(self.formula.output)
        found = []
        for k, gradient in enumerate(gradients, start=1):
            last = functions[k > 1](k, *letters, *last, *(gradient for _ in self.inputs))
            found.append(last[place])
        return found


def _ran(pair: Pair, steps: Steps, values: Mapping[sp.Symbol, Any], sequences: Any, dtype: str) -> Any | None:
    """The outputs of the code for several sequences of gradients, or None if it cannot be run under jit."""
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

            def outputs(gradients: Any) -> Any:
                return jax.lax.scan(step, (params, made.init(params)), gradients)[1]

            return np.asarray(jax.jit(jax.vmap(outputs, 1, 1))(jnp.asarray(sequences, dtype=dtype)), dtype=np.float64)
        except Exception:  # noqa: BLE001  # code need not run under jit
            return None


def _refuted(pair: Pair, steps: Steps, values: Mapping[sp.Symbol, Any], gradients: Any, results: tuple[float, float]) -> CaseResult:
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
