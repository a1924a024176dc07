"""The proof that documentation and code agree on every path and in every cell."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.evaluate.ball import Undefined
from qedoc.prove.cells import Budget, CellLimitError
from qedoc.prove.equality import Ruling, Standing, compare
from qedoc.search.strategies import Row
from qedoc.spec import Dict, List
from qedoc.subject import Subject, enclosures

MOST_MET = 200
"""Points of either kind at which it is tried whether an equality holds."""

MOST_CELLS = 2000
"""Cells of one proof; a formula that needs more is tested instead."""


_VALUELESS = (Standing.LEFT_UNDEFINED, Standing.RIGHT_UNDEFINED, Standing.BOTH_UNDEFINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How far a proof came.

    Args:
        complete: True if formula and code are equal, and defined, in every cell of every path, and the paths cover the domain; a claim
            that is made only where there is a value leaves out the cells in which one of them has none.
        reason: why it is not complete.
        cells: how many cells were ruled on.
        left_out: how many more were left out.
        suspects: points of cells that resisted.
        blind: why points say nothing about a cell that resisted: none of them lies in it. Empty if there is no such cell.
    """

    complete: bool
    reason: str
    cells: int
    left_out: int
    suspects: tuple[Row, ...]
    blind: str = ""


NOT_TRIED = Proof(complete=False, reason="a point refutes it", cells=0, left_out=0, suspects=())


def prove(subject: Subject) -> Proof:
    """Compares formula and code formula on each path."""
    natural = subject.case.spec.natural
    budget = Budget(MOST_CELLS)
    raising = 0
    rulings: list[Ruling] = []
    reasons = list(subject.code.uncovered)
    if subject.code.pinned:
        reasons.append("the code turns an input into a Python number, so each path holds for single values only")
        return Proof(complete=False, reason=reasons[-1], cells=0, left_out=0, suspects=())
    if any(branch.path.hashed for branch in subject.code.branches) and _fixed_keys(subject.case.spec.bind):
        reasons.append("a dict of bind= has numbers as keys, and the code uses its inputs as keys: whether they differ cannot be seen")
    for branch in subject.code.branches:
        if branch.path.raised is not None:
            raising += 1
            if not natural:
                reasons.append(f"the code raises {type(branch.path.raised).__name__} inside the domain")
            continue
        with subject.facts.assuming(*branch.path.conditions):
            try:
                rulings += compare(subject.formula, sp.sympify(branch.path.value), subject.facts, subject.plan.symbols, budget)
            except CellLimitError:
                reasons.append(f"the proof needs more than {MOST_CELLS} cells")
    left_out = [ruling for ruling in rulings if natural and ruling.standing in _VALUELESS]
    resisting = [ruling for ruling in rulings if ruling.standing is not Standing.EQUAL and ruling not in left_out]
    reasons += [_explain(ruling) for ruling in resisting]
    if natural and len(rulings) == len(left_out):
        reasons.append("formula and code have a value together nowhere")
    return Proof(
        complete=not reasons,
        reason=reasons[0] if reasons else "",
        cells=len(rulings) - len(left_out),
        left_out=len(left_out) + raising if natural else 0,
        suspects=tuple(subject.plan.row(ruling.point) for ruling in [*resisting, *left_out] if ruling.point is not None),
        blind=next(filter(None, (_blind(subject, ruling) for ruling in resisting)), ""),
    )


def _blind(subject: Subject, ruling: Ruling) -> str:
    """Why no point shows what holds in a cell: an equality confines it to points that are not rational, or hard to find."""
    equalities = [condition for condition in ruling.conditions if isinstance(condition, sp.Eq)]
    if ruling.standing is not Standing.OPEN or not equalities:
        return ""
    tests = enclosures(equalities, subject.plan)
    model = [] if ruling.point is None else [subject.plan.row(ruling.point)]
    rows = itertools.chain(model, subject.plan.simple(MOST_MET), itertools.islice(subject.plan.landmarks(), MOST_MET))
    met = list(rows)
    if any(all(test(row) is True for test in tests) for row in met) or not all(_is_met(equality, subject, met) for equality in equalities):
        return ""
    return f"no point could be compared where {' and '.join(map(str, equalities))}, and there formula and code are not proved equal"


def _is_met(equality: sp.Eq, subject: Subject, rows: Sequence[Row]) -> bool:
    """Whether an equality holds somewhere, for all that is known: the sign of its difference changes, or a polynomial has a zero."""
    difference = equality.lhs - equality.rhs
    if len(difference.free_symbols) == 1 and difference.is_polynomial(*difference.free_symbols):
        made = sp.Poly(difference, *difference.free_symbols)
        if all(coefficient.is_Rational for coefficient in made.all_coeffs()):  # SymPy counts the zeros of no others
            return bool(made.count_roots())
    (value,) = enclosures([difference], subject.plan)
    found = [number for number in map(value, rows) if not isinstance(number, Undefined)]
    return any(number > 0 for number in found) and any(number < 0 for number in found)


def _fixed_keys(template: Any) -> bool:
    """Whether a structure has a dict with a number as key."""
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
