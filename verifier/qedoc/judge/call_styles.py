"""The ways in which people call code: with Python's numbers, numpy's or JAX's arrays, in float32 or float64, under jit or not.

A formula says nothing about these, so they must all give what it says. What one of them gives instead is no rounding if another way gives
the documented value to many digits in the same format, or if the enclosure of all roundings in that format excludes it.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from qedoc.enclose.enclosure import Undefined
from qedoc.execute.agreement import agrees, shadow
from qedoc.execute.float_events import is_calm
from qedoc.execute.runner import number, rounded, run_plain
from qedoc.judge.inputs import named, spoken
from qedoc.judge.pair import Pair, midpoint, sharpest
from qedoc.search.strategies import Row

SIMPLE = 4
"""Simple points that are run."""

SPECIAL = 12
"""Points that are run because of a number in the code."""

FEW = 2
"""Points that are run in the rarer ways."""

APART = 2.0**-10
"""Relative difference that is no approximation's."""

ALIKE = 2.0**-24
"""Relative difference in float64 of code that computes without loss of digits."""

CANCELLED = 2.0**-20
"""Difference that rounding may leave at simple points where numbers cancel."""

NARROW = 2.0**-12
"""Relative width of an enclosure that leaves rounding no room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """A way of calling the code that does not give the documented value.

    Args:
        row: where.
        ran: what it gives.
        reason: in words.
        plain: whether it is the way of somebody who pastes a line into an interpreter.
    """

    row: Row
    ran: float | int
    reason: str
    plain: bool


def dissent(pair: Pair) -> Dissent | None:
    """The first way that contradicts the formula though the others agree with it; None if there is none."""
    wanted = [*pair.plan.simple(SIMPLE), *itertools.islice(pair.plan.written(), SPECIAL)]
    rows = list(dict.fromkeys(rounded(row, pair.plan.symbols, "float32") for row in wanted))
    found = (
        other
        for place, row in enumerate(row for row in rows if pair.plan.holds(row))
        if (documented := _documented(pair, row)) is not None
        for other in _at(pair, row, documented, rare=place < FEW)
    )
    return min(itertools.islice(found, SPECIAL), key=lambda other: not other.plain, default=None)


def _documented(pair: Pair, row: Row) -> float | None:
    value = sharpest(pair.documented, row)
    exact = math.nan if isinstance(value, Undefined) else midpoint(value)
    return exact if math.isfinite(exact) else None


def _at(pair: Pair, row: Row, documented: float, *, rare: bool) -> Iterator[Dissent]:
    """The ways that differ at a point."""

    def run(values: Callable[[Any], Any], *, jitted: bool = False) -> float | int | None:
        return _run(pair, row, values, jitted=jitted)

    at = spoken(named(pair.case, pair.plan.point(row)))
    plain = {x64: run_plain(pair.call, pair.plan.symbols, row, x64=x64) for x64 in (True, False)}
    single, double = plain[False], plain[True]
    arrays: float | int | None = None
    if _differ(double, documented) or rare:
        arrays = run(jnp.asarray)
    traced = run(jnp.asarray, jitted=True) if _differ(double, documented) or rare else None
    others_agree = _alike(arrays, documented) or _alike(traced, documented)
    if _differ(double, documented) and _differ(single, documented) and others_agree and not _is_rounding(pair, row, double):
        way, other = ("for JAX's arrays", arrays) if _alike(arrays, documented) else ("under jit", traced)
        reason = f"the code gives {double} for Python's numbers at {at}, {way} {other}: it depends on the type of its input"
        yield Dissent(row=row, ran=single, reason=reason, plain=True)  # type: ignore[arg-type]  # what differs is a number
    elif _differ(single, documented) and _alike(double, documented) and _excluded(pair, row, documented, single):
        reason = f"the code gives {single} in float32 at {at}, in float64 {double}: it depends on the format of its input, beyond rounding"
        yield Dissent(row=row, ran=single, reason=reason, plain=True)  # type: ignore[arg-type]
    if not rare or not _alike(double, documented):
        return
    others = {"for JAX's arrays": arrays, "for numpy's arrays": run(np.asarray), "under jit": traced}
    for way, value in others.items():
        if value is not None and _differ(value, documented) and not _is_rounding(pair, row, value):
            yield Dissent(row=row, ran=value, reason=f"the code gives {double} for Python's numbers at {at}, {way} {value}", plain=False)


def _run(pair: Pair, row: Row, made: Callable[[Any], Any], *, jitted: bool) -> float | int | None:
    """The result in float64 for inputs of a kind; None if there is none."""
    symbols = pair.plan.symbols
    with jax.enable_x64(True):
        try:
            values = [made(int(x) if s.is_integer else float(x)) for s, x in zip(symbols, row, strict=True)]

            def call(*numbers: Any) -> Any:
                return pair.call(dict(zip(symbols, numbers, strict=True)))

            return number((jax.jit(call) if jitted else call)(*values))
        except Exception:  # noqa: BLE001  # code need not take every kind of input
            return None


def _differ(ran: Any, documented: float) -> bool:
    """Whether a result is another number; what is left of numbers that cancel each other is none."""
    if not isinstance(ran, int | float) or not math.isfinite(ran):
        return False
    return abs(ran - documented) > max(APART * max(abs(ran), abs(documented)), CANCELLED)


def _alike(ran: Any, documented: float) -> bool:
    return isinstance(ran, int | float) and abs(ran - documented) <= ALIKE * max(abs(ran), abs(documented))


def _is_rounding(pair: Pair, row: Row, ran: Any) -> bool:
    """Whether rounding in float64 may give a result: compiled code adds in another order than code that runs step by step."""
    ball = shadow(pair.call, pair.plan.symbols, row, "float64")
    return bool(agrees(ran, ball)) if ball is not None else not is_calm(pair.call, pair.plan.symbols, row)


def _excluded(pair: Pair, row: Row, documented: float, ran: Any) -> bool:
    """Whether no rounding in float32 makes the documented value of what the code computes, but the run's."""
    ball = shadow(pair.call, pair.plan.symbols, row, "float32")
    if ball is None or not ball.is_finite():
        return False
    middle, radius = float(ball.mid()), float(ball.rad())
    return radius <= NARROW * abs(middle) and _differ(middle, documented) and not _differ(ran, middle)
