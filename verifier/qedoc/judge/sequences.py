"""Runs of a rule with a state, and of its code, for given sequences of inputs."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import sympy as sp

from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.spec import Spec
from qedoc.claims.steps import APPLIED, FED, GRADIENTS, OBJECTIVES, PARAMETERS, UPDATE, Steps
from qedoc.errors import attempt
from qedoc.judge.pair import Pair
from qedoc.search.rationals import plainness
from qedoc.search.strategies import Row, seeded

JUMPS = (sp.sign, sp.Piecewise, sp.Heaviside, sp.floor, sp.ceiling)
"""Functions with jumps."""

DIGITS = 40
"""Decimal digits of the documented values."""

TRIED = 12
"""Maximum number of simple points whose hyperparameters are tried. Half as many random ones are tried too."""

SEEN = 120
"""Number of points from which they are chosen."""

ENOUGH = 8
"""Number of differing sequences that are enough."""

DRAWN = 256
"""Number of sequences of each kind that are run for each of them."""

TINY = (-60, -20)
"""Powers of two by which tiny gradients are multiplied."""

MOST_POINTS, FEWEST_POINTS = 8, 4
"""Number of points whose hyperparameters are tried for arrays of two entries that depend on each other, and for shorter and longer ones."""

LARGE = (8, 44)
"""Powers of two by which large gradients are multiplied."""

MOST = 4
"""Number of differing sequences that are kept for each of them."""

NEAR = 2**16
"""The inverse of the smallest relative distance between two different values that are near each other."""

CLOSE = 1e-7
"""Difference up to which float64 runs count as the same."""


class Sequences:
    """The documented outputs of many steps.

    Args:
        spec: the claim.
        entries: the number of entries of the arrays, if they depend on each other.
    """

    def __init__(self, spec: Spec, entries: int = 1) -> None:
        assert isinstance(spec.formula, Recurrence)  # the caller looked
        self.coupled = spec.formula.entries is not None
        self.formula = _written_out(spec.formula, entries) if self.coupled else spec.formula
        t = self.formula.step
        self.named = [left for left, _ in self.formula.lines]
        used = {e.base[(t, *e.indices[1:])] for _, right in self.formula.lines for e in right.atoms(sp.Indexed)}
        self.inputs = sorted(used - set(self.named), key=str)
        values = [*(right for _, right in self.formula.lines), *self.formula.start.values()]
        bare = [value.xreplace(dict.fromkeys(value.atoms(sp.Indexed), sp.S.One)) for value in values]  # a value may be called like a letter
        kept = set[sp.Basic]().union(*(value.atoms(sp.Symbol) for value in values))
        inside = {s for value in values for e in value.atoms(sp.Indexed) for s in e.atoms(sp.Symbol)}
        own = set[sp.Basic]().union(*(value.free_symbols for value in bare))
        self.letters = sorted(((kept - inside) | own) - {self.formula.step}, key=str)

    def quick(self, values: Mapping[sp.Symbol, Any], gradients: Any) -> Any:
        """The outputs in float64.

        Args:
            values: the hyperparameters and the parameters before the first step.
            gradients: the gradient of each step: a number, or an array with an entry for each sequence. If entries of the parameters
                depend on each other, it has one more axis before: an entry for each of them. So have the outputs.
        """
        with np.errstate(all="ignore"):
            return np.array(self._outputs(self._quick, values, list(gradients), np.float64))

    def exact(self, values: Mapping[sp.Symbol, Any], gradients: Any) -> Any:
        """The outputs with many digits. See `quick` for the arguments; the gradients are numbers."""
        with mpmath.workdps(DIGITS):
            fed = _each(np.asarray(gradients), lambda x: mpmath.mpf(float(x)), object)
            try:
                found = np.array(self._outputs(self._exact, values, list(fed), mpmath.mpf), dtype=object)
            except ZeroDivisionError:  # the rule has no value there
                outputs = sum(left.base == self.formula.output.base for left in self.named)
                return np.full((len(fed), outputs) if self.coupled else len(fed), np.nan)
            return _each(found, lambda x: float(x) if isinstance(x, mpmath.mpf) else np.nan, float)

    @cached_property
    def _quick(self) -> list[Callable[..., Any]]:
        return self._compiled("numpy")

    @cached_property
    def _exact(self) -> list[Callable[..., Any]]:
        return self._compiled("mpmath")

    def _compiled(self, modules: str) -> list[Callable[..., Any]]:
        """The start, the first step and a later one, as functions of the step, the letters, the values before, and the inputs."""
        t = self.formula.step
        everything = [*self.named, *self.inputs]
        after: dict[Any, Any] = {left: sp.Dummy() for left in everything}
        before = {left: sp.Dummy() for left in everything}
        starts = {left: self.formula.begin(left) or sp.S.Zero for left in everything}
        own = {left for left, start in starts.items() if start == left.subs(t, 1)}
        inputs = {left.subs(t, 1): sp.Dummy() for left in self.inputs}
        begins = [sp.S.Zero if left in own else start.xreplace(inputs) for left, start in starts.items()]
        functions = [sp.lambdify([*self.letters, *inputs.values()], begins, modules=modules)]
        for same in (own, set()):  # before the first step, such a value is the one after it
            swap = after | {left.subs(t, t - 1): after[left] if left in same else s for left, s in before.items()}
            lines = [(after[left], right.xreplace(swap)) for left, right in self.formula.lines]
            results = [after[left] for left in everything]
            arguments = [t, *self.letters, *before.values(), *(after[left] for left in self.inputs)]
            functions.append(sp.lambdify(arguments, results, modules=modules, cse=lambda _, known=(lines, results): known))
        return functions

    def _outputs(self, functions: Sequence[Any], values: Mapping[sp.Symbol, Any], gradients: Sequence[Any], number: Any) -> list[Any]:
        known = {s.name: number(x.numerator) / number(x.denominator) for s, x in values.items()}
        letters = [known[s.name] for s in self.letters]
        begin, first, later = functions
        fed = [self._fed(gradient) for gradient in gradients]
        zero = (gradients[0][0] if self.coupled else gradients[0]) * 0
        last = [value + zero for value in begin(*letters, *fed[0])]
        places = [place for place, left in enumerate(self.named) if left.base == self.formula.output.base]
        found = []
        for k, inputs in enumerate(fed, start=1):
            last = (first if k == 1 else later)(k, *letters, *last, *inputs)
            outputs = [last[place] + zero for place in places]
            found.append(outputs if self.coupled else outputs[0])
        return found

    def _fed(self, gradient: Any) -> list[Any]:
        """The value of each input at a step. After the entries of the gradient comes the value of the function, if a step is given it."""
        return [gradient[int(e.indices[1]) - 1 if len(e.indices) > 1 else -1] if self.coupled else gradient for e in self.inputs]


def _each(values: Any, change: Callable[[Any], Any], dtype: type) -> Any:
    """An array with each entry changed."""
    return np.array([change(value) for value in values.ravel()], dtype=dtype).reshape(values.shape)


def _written_out(rule: Recurrence, entries: int) -> Recurrence:
    """A rule with a line for each entry, and a symbol for each entry of the parameters before the first step."""
    made = rule.written_out(entries)
    named = {left.base for left, _ in made.lines}
    values = [*(right for _, right in made.lines), *made.start.values()]
    entries_of = {e for value in values for e in value.atoms(sp.Indexed) if e.base not in named}
    begins = {e for e in entries_of if len(e.indices) == 1 and e.indices[0].is_Integer}
    put = {e: sp.Symbol("_".join(map(str, (e.base, *e.indices)))) for e in begins}
    lines = [(left, right.xreplace(put)) for left, right in made.lines]
    return Recurrence(made.output, lines, {left: value.xreplace(put) for left, value in made.start.items()}, (made.step, made.last))


def has_value(spec: Spec) -> bool:
    """Whether each step of a rule is given the value of the function too.

    Args:
        spec: the claim.
    """
    return OBJECTIVES in spec.bind


def ran_for(pair: Pair, steps: Steps, values: Mapping[sp.Symbol, Any], sequences: Any, dtype: str) -> Any | None:
    """The outputs of the code for several sequences of gradients, or None if it cannot be run under jit."""
    with jax.enable_x64(dtype == "float64"):
        numbers = dict.fromkeys(pair.plan.symbols, 0.0) | {s: float(x) for s, x in values.items()}
        keywords, _ = pair.case.arguments(numbers, lambda *_: None)
        del keywords[GRADIENTS]
        valued = keywords.pop(OBJECTIVES, None) is not None and has_value(pair.case.spec)
        params = jnp.asarray(keywords.pop(PARAMETERS), dtype=dtype)
        try:
            made = steps.factory(**keywords)

            def step(carry: Any, gradient: Any) -> Any:
                output, params, state = steps.advance(made, divided(gradient)[0], carry[1], carry[0], divided(gradient)[1])
                return (params, state), output

            def divided(gradient: Any) -> tuple[Any, Any]:
                return (gradient[:-1], gradient[-1]) if valued else (gradient, None)

            def outputs(gradients: Any) -> Any:
                return jax.lax.scan(step, (params, steps.begin(made, params, *divided(gradients[0]))), gradients)[1]

            return np.asarray(jax.jit(jax.vmap(outputs, -1, -1))(jnp.asarray(sequences, dtype=dtype)), dtype=np.float64)
        except Exception:  # noqa: BLE001  # code need not run under jit
            return None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sequence of gradients for which a run may differ from the rule at its last step.

    Args:
        values: the hyperparameters and the parameters before the first step.
        gradients: the gradient of each step, a number or one for each entry.
    """

    values: Mapping[sp.Symbol, Fraction]
    gradients: tuple[Any, ...]

    def row(self, pair: Pair) -> Row:
        """The point of the claim at the number of steps of the sequence."""
        return tuple(
            _entry(self.gradients, scalar.indices)
            if scalar.vector == GRADIENTS
            else self.gradients[scalar.indices[0] - 1][-1]
            if scalar.vector == OBJECTIVES
            else self.values[scalar.symbol]
            for scalar in pair.plan.scalars
        )


def _entry(values: Any, indices: Sequence[int]) -> Fraction:
    for index in indices:
        values = values[index - 1]
    found: Fraction = values
    return found


def doubts(pair: Pair, spec: Spec, steps: Steps, count: int, entries: int = 1) -> tuple[list[Doubt], int]:
    """Returns sequences of gradients for which a float64 run may differ from the rule, and the number of values that were compared.

    The shortest and simplest sequence is the first.

    Args:
        pair: the claim at some number of steps.
        spec: the claim.
        steps: its target.
        count: the number of steps.
        entries: the number of entries of the parameters, if they depend on each other.
    """
    rule = Sequences(spec, entries)
    sequences = _drawn((count, entries + has_value(spec)) if rule.coupled else (count,))
    found: list[Doubt] = []
    compared = 0
    jumps = rule.coupled and rule.formula.has(*JUMPS)
    near = np.full((count,) + (1,) * (sequences.ndim - 1), CLOSE)
    near[0] = 0 if rule.coupled and steps.output == UPDATE else CLOSE
    for point in _fewer(pair)[: MOST_POINTS if entries == 2 else FEWEST_POINTS] if rule.coupled else _values(pair):
        if len(found) >= ENOUGH and not rule.coupled:
            break
        kept = {s.symbol: point[s.symbol] for s in pair.plan.scalars if s.vector not in FED}
        values = off_ties(point) if jumps else point
        documented = rule.quick(values, sequences)
        ran = ran_for(pair, steps, values, sequences, "float64") if rule.coupled else _all_at_once(pair, steps, values, sequences)
        if ran is None or ran.shape != documented.shape:
            continue
        compared += int(np.isfinite(documented).sum())
        with np.errstate(all="ignore"):
            size = np.maximum.accumulate(np.abs(documented), axis=0) if steps.output == APPLIED else np.abs(documented)
            apart = np.isfinite(documented) & ~(np.abs(ran - documented) <= near + CLOSE * size)
        apart = apart.any(axis=1) if rule.coupled else apart
        for place in np.flatnonzero(apart.any(axis=0))[:MOST]:
            last = int(np.argmax(apart[:, place])) + 1
            found.append(Doubt(kept, _fractions(sequences[:last, ..., place].tolist())))
    return sorted(found, key=_plainness), compared


def _fractions(values: Any) -> Any:
    return tuple(map(_fractions, values)) if isinstance(values, list) else Fraction(values)


def _plainness(one: Doubt) -> tuple[Any, ...]:
    """A key by which the shortest and simplest sequence is the first."""
    fed = [x for gradient in one.gradients for x in (gradient if isinstance(gradient, tuple) else (gradient,))]
    plain = [plainness(x) for x in (*one.values.values(), *fed)]
    return len(one.gradients), max(plain), plain


def _values(pair: Pair) -> list[dict[sp.Symbol, Fraction]]:
    """Points with different hyperparameters or parameters: simple ones, those with edges, and random ones."""
    own = [k for k, scalar in enumerate(pair.plan.scalars) if scalar.vector not in FED]
    marks = {tuple(row[k] for k in own): row for row in reversed(list(itertools.islice(pair.plan.landmarks(), SEEN)))}
    rows = [*reversed(marks.values())][:TRIED] + seeded(pair.plan, TRIED // 2, seed=6)
    return [dict(zip(pair.plan.symbols, row, strict=True)) for row in rows]


def off_ties(values: Mapping[sp.Symbol, Fraction]) -> dict[sp.Symbol, Fraction]:
    """Values near others, at which no sums of them cancel. Zeros stay zero.

    Args:
        values: the others.
    """
    drawn = np.random.default_rng(0)
    return {s: x * (1 + Fraction(int(drawn.integers(-99, 100)), NEAR)) for s, x in values.items()}


def _fewer(pair: Pair) -> list[dict[sp.Symbol, Fraction]]:
    """Some of these points, because each one is compiled, and one where the parameters before the first step are zero."""
    found = _values(pair)[::2]
    begins = {scalar.symbol for scalar in pair.plan.scalars if PARAMETERS in (scalar.name, scalar.vector)}
    zero = {s: Fraction(0) if s in begins else x for s, x in found[0].items()} if found else {}
    return [*found[:1], *([zero] if zero else []), *found[1:]]


def _drawn(shape: tuple[int, ...]) -> Any:
    """Random sequences of gradients: of small integers, of fractions, of tiny numbers, and of large ones for arrays with entries."""
    drawn, many = np.random.default_rng(0), (1,) * len(shape) + (DRAWN,)
    whole = drawn.integers(-2, 3, (*shape, DRAWN))
    parts = drawn.integers(-8, 9, (*shape, DRAWN)) / 8 * 2.0 ** drawn.integers(0, 3, many)
    tiny = drawn.integers(-8, 9, (*shape, DRAWN)) * 2.0 ** drawn.integers(*TINY, many)
    far = drawn.integers(-8, 9, (*shape, DRAWN)) * 2.0 ** drawn.integers(*LARGE, many)
    return np.concatenate([whole, parts, tiny, *([far] if len(shape) > 1 else [])], axis=-1)


def _all_at_once(pair: Pair, steps: Steps, values: Mapping[sp.Symbol, Any], sequences: Any) -> Any | None:
    """The outputs of the code for several sequences, as entries of one array; None if the code raises an error."""
    keywords, _ = pair.case.arguments({s: float(x) for s, x in values.items()}, lambda *_: None)
    with jax.enable_x64(True):
        return attempt(lambda: np.asarray(steps(**{**keywords, GRADIENTS: jnp.asarray(sequences)})), None)
