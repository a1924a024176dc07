"""Computes the data of a plot of a rule with a state: the outputs of rule and code, step by step."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isfinite, nan
from typing import Any

import numpy as np

from qedoc.algebra.recurrences import Recurrence
from qedoc.claims.domain import exact
from qedoc.claims.spec import Size, Spec
from qedoc.claims.steps import GRADIENTS, PARAMETERS, Steps
from qedoc.claims.target import resolve
from qedoc.errors import QedocError, UnsupportedError, attempt
from qedoc.judge import plot_data
from qedoc.judge.inputs import named, number, row_of
from qedoc.judge.pair import Pair
from qedoc.judge.plot_point import Stage, chosen
from qedoc.judge.sequences import Sequences, ran_for
from qedoc.lift.opaque import opaque
from qedoc.results.curve import Contrast, Curve, Point, View
from qedoc.results.verdict import Inputs, Number
from qedoc.search.strategies import Row

SHOWN = (*(1,) * 6, *(-1,) * 6, *(0,) * 4)
"""The gradients that are shown: some of one sign, some of the other, and none."""

MOST_SHOWN = 24
"""Maximum number of steps in a plot."""

RATE, DECAY = Fraction(1, 10), Fraction(9, 10)
"""The values of a hyperparameter without a default, if its domain has them: a learning rate, or a decay rate, which is less than 1."""


def curve(spec: Spec, sizes: Mapping[str, int], at: Inputs | None, view: View | None = None) -> Curve:
    """Returns the data of a plot: of a rule with a state along its steps, of anything else along its last unknown.

    Args:
        spec: the claim.
        sizes: the value of each size, by symbol name.
        at: the inputs of a counterexample, as `named` returns them.
        view: what the user asks for.

    Raises:
        QedocError: for inputs that the claim does not have, and for a view of a rule.
    """
    if not isinstance(spec.formula, Recurrence):
        asked = view or View()
        own = {str(symbol): number(Fraction(str(exact(value)))) for symbol, value in spec.at.items()}
        return plot_data.curve(spec, sizes, at, replace(asked, at={**own, **asked.at}))
    if view is not None and (view.at or view.span):
        raise QedocError(f"the plot of {spec.id} shows a rule step by step, and takes neither values nor a range")
    return trajectory(spec, at)


def trajectory(spec: Spec, at: Inputs | None) -> Curve:
    """Runs rule and code for some steps.

    Args:
        spec: the claim. Its formula is a `Recurrence`.
        at: the inputs of a counterexample. Its gradients come first.

    Raises:
        UnsupportedError: for a rule that is not one of a single entry of the parameters.
    """
    sizes, steps = [d for d in spec.symbols if isinstance(d, Size)], resolve(spec.target)
    if len(sizes) != 1 or not isinstance(steps, Steps) or spec.formula.entries is not None:
        raise UnsupportedError("the plot of a rule is about one entry of the parameters, and the entries of this rule depend on each other")
    pair = Pair(spec, {str(sizes[0].symbol): 1})
    given = [] if at is None else _gradients(at)
    gradients = [*given, *map(float, SHOWN[len(given) :])]
    row = _legible(pair, steps) if at is None else row_of(pair.plan.scalars, {**at, GRADIENTS: list(given[:1])})
    values = dict(zip(pair.plan.symbols, row, strict=True))
    documented = [float(x) for x in Sequences(spec).exact(values, gradients)]
    ran = _ran(pair, steps, values, gradients)
    place = len(given) - 1
    seen = range(max(1, len(gradients) - MOST_SHOWN + 1), len(gradients) + 1)
    told = {name: value for name, value in named(pair.case, values).items() if name != GRADIENTS}
    documented_points = _points(seen, documented)
    return Curve(
        claim=spec.id,
        variable=str(spec.formula.step),
        meaning="step",
        fixed={**told, GRADIENTS: [_plain(x) for x in gradients[seen.start - 1 :]]},
        formula=(documented_points,) if documented_points else (),
        executed=_points(seen, ran),
        counterexample=Contrast(at=place + 1.0, documented=documented[place], actual=ran[place]) if given else None,
    )


def _gradients(at: Inputs) -> list[float]:
    """The gradients of a counterexample."""
    found = at[GRADIENTS]
    return [float(str(x)) for x in found] if isinstance(found, list) else []


def _legible(pair: Pair, steps: Steps) -> Row:
    """A point with the defaults of the code, where the domain has them."""
    stage = Stage(pair, View())
    row = pair.plan.row(stage.plan.point(chosen(stage)))
    defaults = {p.name: p.default for p in inspect.signature(steps.factory).parameters.values()}
    for k, scalar in enumerate(pair.plan.scalars):
        wanted = defaults.get(scalar.name)
        if wanted in (None, inspect.Parameter.empty):
            wanted = DECAY if scalar.domain.upper == 1 else RATE
        if scalar.name == PARAMETERS or scalar.vector == GRADIENTS:
            wanted = 1
        if isinstance(wanted, int | float | Fraction) and not isinstance(wanted, bool):
            other = (*row[:k], Fraction(str(wanted)), *row[k + 1 :])
            row = other if pair.plan.holds(other) else row
    return row


def _ran(pair: Pair, steps: Steps, values: Mapping[Any, Fraction], gradients: Sequence[float]) -> list[float]:
    """The outputs of the code in float32; nan if it raises an error."""
    found = ran_for(pair, steps, values, np.array(gradients)[:, None], "float32")
    if found is not None:
        return [float(x) for x in found[:, 0]]
    keywords = pair.case.arguments({s: float(x) for s, x in values.items()}, opaque)[0]
    return attempt(lambda: [float(x) for x in steps(**{**keywords, GRADIENTS: np.array(gradients)})], [nan] * len(gradients))


def _points(seen: range, outputs: Sequence[float]) -> tuple[Point, ...]:
    return tuple((float(k), outputs[k - 1]) for k in seen if isfinite(outputs[k - 1]))


def _plain(x: float) -> Number:
    return int(x) if x.is_integer() else x
