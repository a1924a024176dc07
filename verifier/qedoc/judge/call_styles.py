"""Calls the code in the ways people do: on Python numbers, NumPy arrays or JAX arrays, in float32 or float64, with or without jit.

A formula does not depend on the way of calling, so every way must give the documented value. A different value is not a rounding error if
another way gives the documented value to many digits in the same format, or if the enclosure of all roundings in that format excludes it.
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
from qedoc.judge.inputs import format_inputs, named
from qedoc.judge.pair import Pair
from qedoc.judge.sharp import midpoint, sharpest
from qedoc.search.strategies import Row

SIMPLE = 4
"""Number of simple points to run."""

SPECIAL = 12
"""Number of points to run because the code contains a special number."""

FEW = 2
"""Number of points to run in the less common ways."""

APART = 2.0**-10
"""Relative difference that an approximation never reaches."""

ALIKE = 2.0**-24
"""Relative difference in float64 that code without loss of digits stays within."""

CANCELLED = 2.0**-20
"""Absolute difference that rounding may leave at simple points where terms cancel."""

NARROW = 2.0**-12
"""Maximum relative width of an enclosure that can exclude rounding as the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissent:
    """A way of calling the code that does not give the documented value.

    Args:
        row: the point.
        ran: the value that the code gives.
        reason: the difference in words.
        plain: whether this is a call on Python numbers, as somebody would paste it into an interpreter.
    """

    row: Row
    ran: float | int
    reason: str
    plain: bool


def dissent(pair: Pair) -> Dissent | None:
    """The first way of calling that contradicts the formula while other ways agree with it, or None."""
    wanted = [*pair.plan.simple(SIMPLE), *itertools.islice(pair.plan.written(), SPECIAL)]
    rows = list(dict.fromkeys(rounded(row, pair.plan.symbols, "float32") for row in wanted))
    found = (
        other
        for place, row in enumerate(row for row in rows if pair.plan.holds(row))
        if (documented := documented_at(pair, row)) is not None
        for other in _dissents_at(pair, row, documented, rare=place < FEW)
    )
    return min(itertools.islice(found, SPECIAL), key=lambda other: not other.plain, default=None)


def documented_at(pair: Pair, row: Row) -> float | None:
    """The value of the formula at a point; None if it has none."""
    value = sharpest(pair.documented, row)
    exact = math.nan if isinstance(value, Undefined) else midpoint(value)
    return exact if math.isfinite(exact) else None


def _dissents_at(pair: Pair, row: Row, documented: float, *, rare: bool) -> Iterator[Dissent]:
    """Yields the ways of calling that differ at a point."""

    def run(values: Callable[[Any], Any], *, jitted: bool = False) -> float | int | None:
        return _run(pair, row, values, jitted=jitted)

    at = format_inputs(named(pair.case, pair.plan.point(row)))
    plain = {x64: run_plain(pair.call, pair.plan.symbols, row, x64=x64) for x64 in (True, False)}
    single, double = plain[False], plain[True]
    arrays: float | int | None = None
    if differs(double, documented) or rare:
        arrays = run(jnp.asarray)
    traced = run(jnp.asarray, jitted=True) if differs(double, documented) or rare else None
    others_agree = _alike(arrays, documented) or _alike(traced, documented)
    if differs(double, documented) and differs(single, documented) and others_agree and not _may_be_rounding(pair, row, double):
        way, other = ("for JAX arrays", arrays) if _alike(arrays, documented) else ("under jit", traced)
        reason = f"the result depends on the input type: at {at} the code gives {double} for Python numbers but {other} {way}"
        yield Dissent(row=row, ran=single, reason=reason, plain=True)  # type: ignore[arg-type]  # _differ is true only for numbers
    elif differs(single, documented) and _alike(double, documented) and _excluded(pair, row, documented, single):
        reason = f"the result depends on the dtype beyond rounding: at {at} the code gives {single} in float32 but {double} in float64"
        yield Dissent(row=row, ran=single, reason=reason, plain=True)  # type: ignore[arg-type]  # as above
    if not rare or not _alike(double, documented):
        return
    others = {"for JAX arrays": arrays, "for NumPy arrays": run(np.asarray), "under jit": traced}
    for way, value in others.items():
        if value is not None and differs(value, documented) and not _may_be_rounding(pair, row, value):
            yield Dissent(
                row=row,
                ran=value,
                reason=f"the result depends on the input type: at {at} the code gives {double} for Python numbers but {value} {way}",
                plain=False,
            )


def _run(pair: Pair, row: Row, convert: Callable[[Any], Any], *, jitted: bool) -> float | int | None:
    """The result in float64 for inputs of one kind, or None if the code does not take them."""
    symbols = pair.plan.symbols
    with jax.enable_x64(True):
        try:
            values = [convert(int(x) if s.is_integer else float(x)) for s, x in zip(symbols, row, strict=True)]

            def call(*numbers: Any) -> Any:
                return pair.call(dict(zip(symbols, numbers, strict=True)))

            return number((jax.jit(call) if jitted else call)(*values))
        except Exception:  # noqa: BLE001  # code need not accept every kind of input
            return None


def differs(ran: Any, documented: float) -> bool:
    """Whether a result differs from the documented value by more than an approximation or the cancellation of terms can explain."""
    if not isinstance(ran, int | float) or not math.isfinite(ran):
        return False
    return abs(ran - documented) > max(APART * max(abs(ran), abs(documented)), CANCELLED)


def _alike(ran: Any, documented: float) -> bool:
    return isinstance(ran, int | float) and abs(ran - documented) <= ALIKE * max(abs(ran), abs(documented))


def _may_be_rounding(pair: Pair, row: Row, ran: Any) -> bool:
    """Whether rounding in float64 can give this result. Compiled code may add in another order than code that runs step by step."""
    ball = shadow(pair.call, pair.plan.symbols, row, "float64")
    return bool(agrees(ran, ball)) if ball is not None else not is_calm(pair.call, pair.plan.symbols, row)


def _excluded(pair: Pair, row: Row, documented: float, ran: Any) -> bool:
    """Whether the enclosure of all float32 roundings excludes the documented value and contains the run's value."""
    ball = shadow(pair.call, pair.plan.symbols, row, "float32")
    if ball is None or not ball.is_finite():
        return False
    middle, radius = float(ball.mid()), float(ball.rad())
    return radius <= NARROW * abs(middle) and differs(middle, documented) and not differs(ran, middle)
