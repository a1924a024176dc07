"""Formulas about numbers, for code that takes arrays only: each number is the only entry of an array of the smallest rank that it takes.

The code must treat the entries of longer arrays one by one. Otherwise a formula about numbers says nothing about it.
"""

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from qedoc.claims.domain import Reals
from qedoc.claims.spec import Array, Parameter, Spec, Variable
from qedoc.claims.target import call_by_name
from qedoc.errors import QedocError
from qedoc.judge.pair import Pair
from qedoc.lift.opaque import opaque
from qedoc.search.strategies import Row

RANKS = (1, 2, 3, 4)
"""The numbers of axes that are tried."""

TRIED = 6
"""Number of points at which the code must raise for numbers, and at which it is called on longer arrays."""

LEAST = 3
"""Smallest number of such points."""

CLOSE = 1e-9
"""Relative difference between results in float64 that compiled code may have."""

_SCALARS = re.compile(r"\b(?:for|of|to|on) (?:the )?scalar (?:inputs?|features?|channels?|arguments?)\b", re.IGNORECASE)
"""Words that say that a formula is about the scalars of an array, along whose other axes the code may combine entries."""


def on_arrays(pair: Pair, sizes: Mapping[str, int]) -> tuple[Pair, str]:
    """Returns a claim about arrays with one entry in place of one about numbers, if the code raises for numbers and takes such arrays.

    Args:
        pair: the claim.
        sizes: the value of each size, by symbol name.

    Returns:
        the claim, and the shape of the arrays in words; the same claim and an empty string where the code takes numbers, or no arrays.
    """
    spec = pair.case.spec
    if not spec.natural or spec.entry or spec.derivative or not _is_about_numbers(spec):
        return pair, ""
    rows = list(pair.plan.simple(TRIED))
    try:
        raises = len(rows) >= LEAST and all(isinstance(pair.run(row), Exception) for row in rows)
    except QedocError:  # it gives an array for numbers
        return pair, ""
    names = _inputs(pair) if raises else ()
    for rank in RANKS if names else ():
        for chosen in dict.fromkeys((names, names[:1])):
            if _takes(pair, rows, chosen, rank):
                return Pair(_wrapped(spec, chosen, rank), sizes), f"{' and '.join(chosen)} of shape {(1,) * rank}"
    return pair, ""


def _is_about_numbers(spec: Spec) -> bool:
    return all(isinstance(d, Parameter) for d in spec.symbols) and not any(isinstance(one, Array) for one in spec.bind.values())


def _inputs(pair: Pair) -> tuple[str, ...]:
    """The parameters without a default that are real numbers."""
    try:
        known = inspect.signature(pair.target).parameters
    except (TypeError, ValueError):  # inspect finds no signature of some builtins
        return ()
    declared = [d for d in pair.case.spec.symbols if isinstance(d, Parameter) and isinstance(d.domain, Reals)]
    return tuple(d.name for d in declared if d.name in known and known[d.name].default is inspect.Parameter.empty)


def _takes(pair: Pair, rows: Sequence[Row], names: Sequence[str], rank: int) -> bool:
    """Whether the code takes arrays of a rank for some parameters, and treats the entries along the last axis one by one.

    It must do so along the other axes too, unless its documentation says that the formula is about scalars.
    """
    called = [_called(pair, [row], names, rank, rank - 1) for row in rows]
    single = [value for value in called if value is not None]
    if len(single) < len(rows):
        return False
    about_scalars = _SCALARS.search(inspect.getdoc(pair.target) or "") is not None
    for axis in (rank - 1,) if about_scalars else range(rank):
        together = _called(pair, rows, names, rank, axis)
        if together is None and axis < rank - 1:
            continue  # the code takes no other length of this axis
        if together is None or not np.allclose(together, np.concatenate(single), rtol=CLOSE, atol=CLOSE, equal_nan=True):
            return False
    return True


def _called(pair: Pair, rows: Sequence[Row], names: Sequence[str], rank: int, axis: int) -> np.ndarray[Any, Any] | None:
    """The entries of the result for arrays with a number of each row along an axis.

    There are none if the code raises, or if its result has another shape. Parameters that are no arrays have the number of the first row.
    """
    shape = tuple(len(rows) if place == axis else 1 for place in range(rank))
    listed = [pair.case.arguments(_numbers(pair, row), opaque)[0] for row in rows]
    with jax.enable_x64(True):
        try:
            arrays = {name: jnp.reshape(jnp.asarray([one[name] for one in listed]), shape) for name in names}
            result = np.asarray(call_by_name(pair.target, {**listed[0], **arrays}), dtype=np.float64)
        except Exception:  # noqa: BLE001  # code may raise anything for arguments that it does not expect
            return None
    return result.ravel() if result.shape == shape else None


def _numbers(pair: Pair, row: Row) -> dict[sp.Symbol, int | float]:
    return {symbol: int(x) if symbol.is_integer else float(x) for symbol, x in zip(pair.plan.symbols, row, strict=True)}


def _wrapped(spec: Spec, names: Sequence[str], rank: int) -> Spec:
    """The claim whose parameters are arrays with one entry."""
    symbols = [Variable(d.symbol, d.domain, d.meaning) if isinstance(d, Parameter) and d.name in names else d for d in spec.symbols]
    letters = [sp.Symbol(f"axis_{place + 1}") for place in range(rank)]
    of = {d.name: d.symbol for d in spec.symbols if isinstance(d, Parameter) and d.name in names}
    made = {name: Array(symbol, *((letter, 1, 1) for letter in letters)) for name, symbol in of.items()}
    return replace(spec, symbols=symbols, bind={**spec.bind, **made}, entry=(0,) * rank, origin=spec.location)
