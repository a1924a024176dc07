"""Calls code once to see whether it takes numbers or arrays, for a formula about numbers that a user gives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import TooManyBranches
from qedoc.bind.claims import of_formula
from qedoc.bind.context import Context
from qedoc.bind.records import Bound, Refused
from qedoc.claims.spec import Parameter, Spec
from qedoc.claims.target import call_by_name
from qedoc.errors import QedocError, attempt, told
from qedoc.judge.pair import Pair
from qedoc.lift.opaque import opaque
from qedoc.read import Equation, Reading
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula

LENGTH = 2
"""The length of the arrays that the code is tried on."""

LETTERS = "ijklmn"
"""Names for the index of an entry, of which the first that the formula does not contain is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What code does with numbers and arrays.

    Args:
        error: the exception that it raises for numbers.
        arrays: the parameters that were arrays in a call that succeeded; empty if none did.
        shape: the shape of the result of this call.
    """

    error: Exception
    arrays: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()


def entry_by_entry(
    context: Context, formula: Formula, reading: Reading, where: sp.Basic, claims: Sequence[Bound]
) -> tuple[Bound | Refused, ...]:
    """Returns the claims of a formula about numbers, as a formula about each entry if the code takes arrays only.

    Args:
        context: the docstring.
        formula: the formula as written.
        reading: the formula as read.
        where: the conditions that the user gives.
        claims: the claims of the formula about numbers.
    """
    first = claims[0]
    tried = _tried(first.spec)
    if tried is None:
        return tuple(claims)
    raised = f"{context.record.path} raises {told(tried.error)} for numbers"
    unsaid = tuple(d.name for d in first.spec.symbols if isinstance(d, Parameter) and str(d.symbol) in first.unsaid)
    refused = Refused(formula=formula, name=first.spec.id, verdict=Verdict.UNREADABLE, reason=raised, reading=first.reading, cause="index")
    if not tried.arrays and unsaid:
        these = f"{' and '.join(unsaid)}, which {'has' if len(unsaid) == 1 else 'have'} no default"
        return (replace(refused, reason=f"{raised}, and the formula does not contain {these}", unset=unsaid, cause="unbound"),)
    if not tried.arrays:
        return tuple(claims)
    entries = f"takes {' and '.join(tried.arrays)} as arrays"
    if tried.shape != (LENGTH,):
        gives = f"and gives an array of shape {tried.shape}" if tried.shape else "and combines the entries to one number"
        how = "name the entry on the left, as in y_{ij} = ..." if tried.shape else r"write it with entries, as in \sum_{i=1}^n x_i"
        return (replace(refused, reason=f"{raised}; it {entries} {gives}", suggestion=how),)
    symbols = {str(d.symbol) for d in first.spec.symbols if isinstance(d, Parameter) and d.name in tried.arrays}
    index = next(sp.Symbol(letter) for letter in LETTERS if sp.Symbol(letter) not in first.spec.formula.free_symbols)
    put = {sp.Symbol(name): sp.IndexedBase(sp.Symbol(name))[index] for name in symbols}
    found = tuple(of_formula(context, formula, _in_entries(reading, put, index), "", where.xreplace(put)))
    if any(isinstance(claim, Refused) for claim in found):
        how = r"write it with entries, as in x_i \cdot y_i"
        return (replace(refused, reason=f"{raised}; it {entries} of numbers, entry by entry", suggestion=how),)
    if not all(claim.spec.entry for claim in found if isinstance(claim, Bound)):
        return tuple(claims)
    note = f"{raised}; it {entries}, so the formula is about each entry"
    return tuple(replace(claim, notes=(*claim.notes, note)) for claim in found if isinstance(claim, Bound))


def _in_entries(reading: Reading, put: dict[sp.Symbol, sp.Expr], index: sp.Symbol) -> Reading:
    """The same formula about the entries of arrays."""

    def entry(equation: Equation) -> Equation:
        right, condition = equation.right.xreplace(put), equation.condition.xreplace(put)
        return replace(equation, right=right, condition=condition, entry=((index, None),))

    equations = tuple(map(entry, reading.equations))
    return replace(reading, equations=equations, others=tuple(_in_entries(other, put, index) for other in reading.others))


def _tried(spec: Spec) -> _Tried | None:
    """What the code does with arrays, if it raises for numbers; None if it takes numbers, or if the formula is about entries."""
    if spec.entry or spec.derivative or not all(isinstance(declared, Parameter) for declared in spec.symbols):
        return None
    try:
        pair = Pair(spec, {})
        row = next(pair.plan.simple(1), None)
    except (QedocError, TooManyBranches):
        return None
    error = None if row is None else pair.run(row)
    if row is None or not isinstance(error, Exception):
        return None
    numbers = {symbol: int(x) if symbol.is_integer else float(x) for symbol, x in zip(pair.plan.symbols, row, strict=True)}
    keywords, _ = pair.case.arguments(numbers, opaque)
    names = tuple(declared.name for declared in spec.symbols if isinstance(declared, Parameter))
    for arrays in dict.fromkeys((names, names[:1])):
        shape = _shape(pair.target, {**keywords, **{name: _filled(keywords[name]) for name in arrays}})
        if shape is not None:
            return _Tried(error=error, arrays=arrays, shape=shape)
    return _Tried(error=error)


def _filled(value: Any) -> Any:
    import jax.numpy as jnp  # the import takes seconds, and most formulas are about numbers

    return jnp.full((LENGTH,), value)


def _shape(target: Any, keywords: dict[str, Any]) -> tuple[int, ...] | None:
    """The shape of a result; None if the code raises, or gives something else than an array or a number."""
    result = attempt(lambda: call_by_name(target, keywords), None)
    shape = getattr(result, "shape", None if not isinstance(result, int | float) else ())
    return None if shape is None else tuple(shape)
