"""Says whether a point can refute a claim about a derivative.

At a kink, `jax.grad` gives one of two slopes, and documentation gives the other. So the values of the code near the point must confirm
what `jax.grad` gives.

A function with a derivative of its own (`jax.custom_jvp`, `jax.custom_vjp`, `jax.lax.stop_gradient`, a primitive with its own rule) may
differ from its values by intention: the gradient of a step function that neurons are trained with. There, the documentation describes
what `jax.grad` gives. A point refutes the claim if the values near it confirm another derivative, and not the documented one either.
"""

import math
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

import jax

from qedoc.errors import attempt
from qedoc.lift.jax_internals import opened, own_rule

NEARBY = 2.0**-12
"""Distance of the points whose values confirm a derivative. It is small, and rounding to float32 still changes the slope little."""

_OWN = frozenset({"custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr", "stop_gradient"})


class Support(Enum):
    """What the values of the code near a point say about a difference between its derivative and the formula."""

    CONFIRMED = "the difference refutes the formula"
    KINK = "the derivative at a kink is a convention"
    UNCONFIRMED = "the values of the code do not confirm what jax.grad gives"


def support(value: Callable[[Any], float], said: float, slope: float, function: Callable[[Any], Any]) -> Support:
    """Returns what a point at which formula and derivative differ says about the formula.

    Args:
        value: the value of the code, shifted by a step from the point.
        said: the documented derivative.
        slope: what `jax.grad` gives.
        function: the code as a function of the step, for JAX to trace.
    """
    here, before, after = value(0), value(-NEARBY), value(NEARBY)
    slopes = [(after - here) / NEARBY, (here - before) / NEARBY]
    if not all(map(math.isfinite, (*slopes, said, slope))):
        return Support.UNCONFIRMED
    apart = abs(said - slope)

    def near(found: float, other: float) -> bool:
        return abs(found - other) * 8 <= apart

    if all(near(found, slope) for found in slopes):
        return Support.CONFIRMED
    if not near(*slopes):
        between = min(slopes) - apart / 8 <= slope <= max(slopes) + apart / 8
        return Support.KINK if between else Support.UNCONFIRMED
    wide = (value(2 * NEARBY) - value(-2 * NEARBY)) / (4 * NEARBY)
    other = near(slopes[0], wide) and not any(near(found, said) for found in slopes)
    return Support.CONFIRMED if other and has_own_derivative(function) else Support.UNCONFIRMED


def has_own_derivative(function: Callable[[Any], Any]) -> bool:
    """Whether code defines a derivative itself instead of leaving it to JAX.

    Args:
        function: a function of one number.
    """
    jaxpr = attempt(lambda: jax.make_jaxpr(function)(0.0), None)
    return jaxpr is not None and any(primitive.name in _OWN or own_rule(primitive) for primitive in _primitives(jaxpr))


def _primitives(jaxpr: Any) -> Iterator[Any]:
    """The primitives of a jaxpr, and of those in it."""
    inner, _ = opened(jaxpr)
    for equation in inner.eqns:
        yield equation.primitive
        for held in jax.tree.leaves(list(equation.params.values()), is_leaf=lambda value: hasattr(opened(value)[0], "eqns")):
            if hasattr(opened(held)[0], "eqns"):
                yield from _primitives(held)
