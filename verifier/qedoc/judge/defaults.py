"""Parameters that a docstring's formula leaves out: whether it holds for their defaults alone."""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from math import isfinite
from typing import Any

from qedoc.errors import QedocError
from qedoc.execute.runner import run_plain
from qedoc.judge.inputs import named, spoken
from qedoc.judge.pair import Pair, midpoint
from qedoc.lift.opaque import opaque
from qedoc.results.verdict import Finding

POINTS = 12
"""Points at which the code is run with another value."""

SAME = 2.0**-16
"""Relative difference that the code may have from the formula."""


def defaults(pair: Pair) -> tuple[Finding, ...]:
    """A finding for each number or truth value that the formula leaves out and that it does not hold without.

    Args:
        pair: a claim that holds where the parameters that it does not bind are at their defaults.
    """
    return tuple(finding for name, default in _left_out(pair) if (finding := _finding(pair, name, default)))


def _left_out(pair: Pair) -> Iterator[tuple[str, Any]]:
    try:
        parameters = inspect.signature(pair.target).parameters.values()
    except (TypeError, ValueError):  # some builtins tell no signature
        return
    for parameter in parameters:
        bound = parameter.name in pair.case.keywords or parameter.name == "axis"  # which says where entries lie, not what they are
        if not bound and isinstance(parameter.default, bool | int | float):
            yield parameter.name, parameter.default


def _finding(pair: Pair, name: str, default: Any) -> Finding | None:
    other = not default if isinstance(default, bool) else default + 1
    case = replace(pair.case, keywords={**pair.case.keywords, name: other})
    for row in pair.plan.simple(POINTS):
        documented = midpoint(pair.documented(row))
        try:
            ran = run_plain(lambda values: case.call(pair.target, values, opaque), pair.plan.symbols, row, x64=True)
        except QedocError:  # a result of another shape, with which the formula has nothing to do
            return None
        if isinstance(ran, Exception) or not (isfinite(ran) and isfinite(documented)):
            continue
        if abs(ran - documented) > SAME * max(abs(ran), abs(documented)):
            inputs = named(pair.case, pair.plan.point(row))
            message = f"the formula holds for the default {name}={default}, not for {name}={other}"
            values = f"at {spoken(inputs)} it gives {documented:g}, the code {ran:g}"
            return Finding(kind="default", message=f"{message}: {values}", inputs=inputs)
    return None
