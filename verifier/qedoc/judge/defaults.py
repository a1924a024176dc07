"""Checks whether a docstring formula also holds when parameters that it omits do not have their default values."""

import inspect
from collections.abc import Iterator
from dataclasses import replace
from math import isfinite
from typing import Any

from qedoc.errors import QedocError
from qedoc.execute.runner import run_plain
from qedoc.judge.inputs import format_inputs, named
from qedoc.judge.pair import Pair
from qedoc.judge.sharp import midpoint
from qedoc.lift.opaque import opaque
from qedoc.results.verdict import Finding

POINTS = 12
"""Points at which the code is run with a non-default value."""

SAME = 2.0**-16
"""Largest relative difference between code and formula that counts as agreement."""


def defaults(pair: Pair) -> tuple[Finding, ...]:
    """Returns a finding for each omitted numeric or boolean parameter for which the formula holds only at the default.

    Args:
        pair: a claim that holds while all parameters that it does not bind have their defaults.
    """
    return tuple(finding for name, default in _left_out(pair) if (finding := _finding(pair, name, default)))


def _left_out(pair: Pair) -> Iterator[tuple[str, Any]]:
    try:
        parameters = inspect.signature(pair.target).parameters.values()
    except (TypeError, ValueError):  # some builtins have no signature
        return
    for parameter in parameters:
        bound = parameter.name in pair.case.keywords or parameter.name == "axis"  # axis only says how entries are laid out
        if not bound and isinstance(parameter.default, bool | int | float):
            yield parameter.name, parameter.default


def _finding(pair: Pair, name: str, default: Any) -> Finding | None:
    other = not default if isinstance(default, bool) else default + 1
    case = replace(pair.case, keywords={**pair.case.keywords, name: other})
    for row in pair.plan.simple(POINTS):
        documented = midpoint(pair.documented(row))
        try:
            ran = run_plain(lambda values: case.call(pair.target, values, opaque), pair.plan.symbols, row, x64=True)
        except QedocError:  # the result has another shape, so the formula does not apply to it
            return None
        if isinstance(ran, Exception) or not (isfinite(ran) and isfinite(documented)):
            continue
        if abs(ran - documented) > SAME * max(abs(ran), abs(documented)):
            inputs = named(pair.case, pair.plan.point(row))
            message = f"the formula holds for the default {name}={default} but not for {name}={other}"
            values = f"at {format_inputs(inputs)} the formula gives {documented:g} and the code gives {ran:g}"
            return Finding(kind="default", message=f"{message}: {values}", inputs=inputs)
    return None
