"""Formulas about numbers, for code that takes arrays: whether each entry of the result has its documented value, for every length."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.claims.target import call_by_name
from qedoc.errors import UnsupportedError, attempt
from qedoc.judge.call_styles import differs, documented_at
from qedoc.judge.inputs import format_inputs, named, pasteable
from qedoc.judge.pair import Pair
from qedoc.lift.elementwise import treats_entries_alone
from qedoc.lift.opaque import opaque
from qedoc.results.verdict import CaseResult, Counterexample, Verdict
from qedoc.search.code_constants import written
from qedoc.search.strategies import Row

Array: TypeAlias = np.ndarray[Any, Any]

ENTRIES = 3
"""Number of entries of the first arrays that the code is called on."""

LONGER = (5, 16, 33, 128, 1000)
"""Numbers of entries of the others."""

CHECKED = (7, 1000)
"""Those that are tried although the code is known to treat the entries of every array one by one."""

MOST_ENTRIES = 5000
"""The largest number of entries of an array that is tried because the code contains a larger number than these."""

EXTENT = "every n >= 1, entry by entry"


def for_arrays(pair: Pair, result: CaseResult) -> CaseResult:
    """Compares calls on arrays with the documented value of each entry.

    A formula about numbers says nothing about a function that combines the entries of an array, although both agree on numbers. If the code
    treats the entries of short arrays one by one, the formula is about those of long arrays too.

    Args:
        pair: a claim that holds for numbers.
        result: its result.

    Returns:
        the result, with the lengths for which it is proved if the code treats the entries of every array one by one. It is undecided if
        the code combines entries, and refuted if entries of long arrays have another value than those of short ones.
    """
    rows = _rows(pair)
    short = _on_arrays(pair, rows, "float64") if len(rows) == ENTRIES else None
    if short is None:
        return result
    if (reason := _wrong(pair, rows, short)) is not None:
        return replace(result, verdict=Verdict.UNDECIDED, reason=reason)
    alone = result.verdict is Verdict.PROVED and not result.extent and _treats_entries_alone(pair)
    numbers = [int(x) + 1 for x in written(pair.target) if x.denominator == 1 and LONGER[-1] <= x < MOST_ENTRIES]
    for length in (*(CHECKED if alone else LONGER), *numbers[:1]):
        if (other := _at_length(pair, result, rows, length)) is not None:
            return other
    return replace(result, extent=EXTENT, reason=f"{result.reason}; proved for arrays of {EXTENT}") if alone else result


def _rows(pair: Pair) -> list[Row]:
    """Points with different values, which say more than others; none if the code is not called on arrays of the numbers of a formula."""
    symbols, case = pair.plan.symbols, pair.case
    if not symbols or case.sizes or case.stacked or case.entry or case.curried or case.spec.derivative or _only_numbers(pair):
        return []
    known = [(row, value) for row in pair.plan.simple(4 * ENTRIES) if (value := documented_at(pair, row)) is not None]
    different = list({value: row for row, value in reversed(known)}.values())[::-1]
    return list(dict.fromkeys([*different, *(row for row, _ in known)]))[:ENTRIES]


def _wrong(pair: Pair, rows: Sequence[Row], result: Array) -> str | None:
    """What is wrong with the result for arrays with the numbers of these points; None if each entry has its documented value."""
    if result.shape != (len(rows),):
        given = "one number" if result.shape == () else f"an array of shape {result.shape}"
        return f"for arrays of shape ({len(rows)},) the code gives {given}, and the formula does not say how their entries are combined"
    values = {row: documented_at(pair, row) for row in dict.fromkeys(rows)}
    for entry, row in zip(result, rows, strict=True):
        value = values[row]
        if value is not None and differs(float(entry), value) and not pair.edges.is_out(row):
            at = format_inputs(named(pair.case, pair.plan.point(row)))
            return f"for arrays the result depends on the other entries: at {at} the code gives {entry} beside others, documented {value}"
    return None


def _at_length(pair: Pair, result: CaseResult, rows: Sequence[Row], length: int) -> CaseResult | None:
    """The result if arrays of a length give entries with other values; None if they do not.

    It is a refutation if arrays of equal entries show it, in two formats.
    """
    many = [rows[k % len(rows)] for k in range(length)]
    ran = _on_arrays(pair, many, "float64")
    if ran is None or (reason := _wrong(pair, many, ran)) is None:
        return None
    for row in rows if ran.shape == (length,) else ():
        found = [_on_arrays(pair, [row] * length, dtype) for dtype in ("float32", "float64")]
        value = documented_at(pair, row)
        same = [float(one[0]) for one in found if one is not None and one.shape == (length,)]
        if value is not None and len(same) == len(found) and all(differs(one, value) for one in same) and not pair.edges.is_out(row):
            return _refuted(pair, row, same[-1], length)
    return replace(result, verdict=Verdict.UNDECIDED, reason=f"with {length} entries: {reason}")


def _refuted(pair: Pair, row: Row, ran: float, length: int) -> CaseResult:
    point = pair.plan.point(row)
    found = Counterexample(
        inputs=named(pair.case, point),
        documented=pair.said(row),
        actual=ran,
        ran=ran,
        call=pasteable(pair.case, point, length=length),
    )
    reason = f"for arrays with {length} equal entries the code gives another value than for arrays with {ENTRIES}"
    return CaseResult(id=pair.case.id, verdict=Verdict.REFUTED, reason=reason, counterexample=found, runs=2)


def _on_arrays(pair: Pair, rows: Sequence[Row], dtype: str) -> Array | None:
    """The result for arrays of numbers, one of each row; None if the code does not take them."""

    def called() -> Array:
        columns = zip(pair.plan.symbols, zip(*rows, strict=True), strict=True)
        values = {s: jnp.asarray([int(x) if s.is_integer else float(x) for x in column]) for s, column in columns}
        return np.asarray(_called(pair, values), dtype=np.float64)

    with jax.enable_x64(dtype == "float64"):
        return attempt(called, None)  # code need not accept arrays


def _called(pair: Pair, values: Mapping[sp.Symbol, Any]) -> Any:
    return call_by_name(pair.target, pair.case.arguments(values, opaque)[0])


def _treats_entries_alone(pair: Pair) -> bool:
    """Whether the code treats the entries of arrays of every length as single numbers."""
    symbols = pair.plan.symbols
    whole = [bool(symbol.is_integer) for symbol in symbols]
    try:
        return treats_entries_alone(lambda *values: _called(pair, dict(zip(symbols, values, strict=True))), whole, [True] * len(symbols))
    except UnsupportedError:
        return False


def _only_numbers(pair: Pair) -> bool:
    """Whether the signature says that all parameters are Python numbers."""
    try:
        parameters = inspect.signature(pair.target).parameters
    except (TypeError, ValueError):  # inspect finds no signature of some builtins
        return False
    bound = [parameters[name].annotation for name in pair.case.keywords if name in parameters]
    return bool(bound) and all(annotation in (float, int, "float", "int") for annotation in bound)
