"""Proves that formula and code agree in every cell of every path."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.claims.spec import Dict, List
from qedoc.enclose.enclosure import Undefined
from qedoc.judge.pair import Pair, enclosures
from qedoc.prove.cells import Budget, CellLimitError
from qedoc.prove.equality import Ruling, Standing, compare
from qedoc.search.strategies import Row

MOST_MET = 200
"""Simple points, and also landmarks, that are searched for a point where an equality holds."""

MOST_CELLS = 2000
"""Maximum number of cells in one proof. A formula that needs more is tested instead."""


_VALUELESS = (Standing.LEFT_UNDEFINED, Standing.RIGHT_UNDEFINED, Standing.BOTH_UNDEFINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The result of a proof attempt.

    Args:
        complete: True if the paths cover the domain, and formula and code are defined and equal in every cell of every path. A docstring
            claim skips the cells in which formula or code has no value.
        reason: why the proof is incomplete.
        cells: number of cells that were decided.
        left_out: number of cells that were skipped.
        suspects: points of cells that were not proved.
        blind: why no point can test an unproved cell: an equality confines the cell, and no known point satisfies it. Empty if every
            unproved cell can be tested.
    """

    complete: bool
    reason: str
    cells: int
    left_out: int
    suspects: tuple[Row, ...]
    blind: str = ""


NOT_TRIED = Proof(complete=False, reason="a point refutes it", cells=0, left_out=0, suspects=())
NOT_NEEDED = Proof(complete=False, reason="the formula is large at single lengths", cells=0, left_out=0, suspects=())


def prove(pair: Pair) -> Proof:
    """Compares formula and code formula on each path."""
    natural = pair.case.spec.natural
    budget = Budget(MOST_CELLS)
    raising = 0
    rulings: list[Ruling] = []
    reasons = list(pair.code.uncovered)
    if pair.code.pinned:
        reasons.append("the code converts an input to a Python number, so each path holds for single values only")
        return Proof(complete=False, reason=reasons[-1], cells=0, left_out=0, suspects=())
    if any(branch.path.hashed for branch in pair.code.branches) and _fixed_keys(pair.case.spec.bind):
        reasons.append("a dict in bind= has numeric keys and the code uses its inputs as keys, so qedoc cannot tell whether they differ")
    for branch in pair.code.branches:
        if branch.path.raised is not None:
            raising += 1
            if not natural:
                reasons.append(f"the code raises {type(branch.path.raised).__name__} inside the domain")
            continue
        with pair.facts.assuming(*branch.path.conditions):
            try:
                rulings += compare(pair.formula, sp.sympify(branch.path.value), pair.facts, pair.plan.symbols, budget)
            except CellLimitError:
                reasons.append(f"the proof needs more than {MOST_CELLS} cells")
    left_out = [ruling for ruling in rulings if natural and ruling.standing in _VALUELESS]
    resisting = [ruling for ruling in rulings if ruling.standing is not Standing.EQUAL and ruling not in left_out]
    reasons += [_explain(ruling) for ruling in resisting]
    if natural and len(rulings) == len(left_out):
        reasons.append("formula and code never have a value at the same point")
    return Proof(
        complete=not reasons,
        reason=reasons[0] if reasons else "",
        cells=len(rulings) - len(left_out),
        left_out=len(left_out) + raising if natural else 0,
        suspects=tuple(pair.plan.row(ruling.point) for ruling in [*resisting, *left_out] if ruling.point is not None),
        blind=next(filter(None, (_blind(pair, ruling) for ruling in resisting)), ""),
    )


def _blind(pair: Pair, ruling: Ruling) -> str:
    """Says why no point can test a cell, if an equality confines the cell to points that are irrational or hard to find."""
    equalities = [condition for condition in ruling.conditions if isinstance(condition, sp.Eq)]
    if ruling.standing is not Standing.OPEN or not equalities:
        return ""
    tests = enclosures(equalities, pair.plan)
    model = [] if ruling.point is None else [pair.plan.row(ruling.point)]
    rows = itertools.chain(model, pair.plan.simple(MOST_MET), itertools.islice(pair.plan.landmarks(), MOST_MET))
    met = list(rows)
    if any(all(test(row) is True for test in tests) for row in met) or not all(_is_met(equality, pair, met) for equality in equalities):
        return ""
    return f"no point could be compared where {' and '.join(map(str, equalities))}, and formula and code are not proved equal there"


def _is_met(equality: sp.Eq, pair: Pair, rows: Sequence[Row]) -> bool:
    """Whether an equality seems to hold somewhere: the sign of its difference changes, or a polynomial has a real root."""
    difference = equality.lhs - equality.rhs
    if len(difference.free_symbols) == 1 and difference.is_polynomial(*difference.free_symbols):
        made = sp.Poly(difference, *difference.free_symbols)
        if all(coefficient.is_Rational for coefficient in made.all_coeffs()):  # SymPy counts the zeros of no others
            return bool(made.count_roots())
    (value,) = enclosures([difference], pair.plan)
    found = [number for number in map(value, rows) if not isinstance(number, Undefined)]
    return any(number > 0 for number in found) and any(number < 0 for number in found)


def _fixed_keys(template: Any) -> bool:
    """Whether a structure contains a dict with a numeric key."""
    match template:
        case Mapping():
            return any(isinstance(key, int | float | sp.Number) for key in template) or any(map(_fixed_keys, template.values()))
        case list() | tuple():
            return any(map(_fixed_keys, template))
        case List() | Dict():
            return _fixed_keys(template.item if isinstance(template, List) else {template.key: template.value})
        case _:
            return False


def _explain(ruling: Ruling) -> str:
    where = " and ".join(map(str, ruling.conditions)) or "the whole domain"
    match ruling.standing:
        case Standing.LEFT_UNDEFINED:
            return f"the formula has no value where {where}"
        case Standing.RIGHT_UNDEFINED:
            return f"the code has no value where {where}"
        case Standing.BOTH_UNDEFINED:
            return f"neither formula nor code has a value where {where}"
        case _:
            return f"no proof was found where {where}"
