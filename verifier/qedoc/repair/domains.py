r"""Finds the condition under which a refuted formula holds: `\quad \text{for } x > 0`."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qedoc.bind.records import Bound
from qedoc.claims.spec import Size
from qedoc.compose.reading import judged, spec_of
from qedoc.repair.edits import Array
from qedoc.repair.marked import FAILS, Point, Program, bound_as
from qedoc.repair.restricted import with_words
from qedoc.repair.runs import same_values
from qedoc.repair.search import Repair
from qedoc.results.verdict import Correction, Verdict
from qedoc.sources.docstrings import Documented

FEWEST, SHARE = 20, 0.1
"""A condition must leave so many points, and this share of all. One that leaves fewer says nothing about the formula."""

COST = 2.0
"""What a condition costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Condition:
    """A condition on one symbol.

    Args:
        words: its LaTeX, with `{}` for the symbol.
        holds: where it holds.
        edge: its end, if it contains it: there must be a point there.
    """

    words: str
    holds: Callable[[Array], Array]
    edge: float | None = None


_CONDITIONS = (
    _Condition(words=r"{} \ne 0", holds=lambda v: v != 0),
    _Condition(words=r"{} \ge 0", holds=lambda v: v >= 0, edge=0),
    _Condition(words="{} > 0", holds=lambda v: v > 0),
    _Condition(words=r"{} \in \mathbb{{Z}}", holds=lambda v: v == np.round(v)),
    _Condition(words=r"{} \ge 1", holds=lambda v: v >= 1, edge=1),
    _Condition(words="{} > 1", holds=lambda v: v > 1),
    _Condition(words=r"0 \le {} \le 1", holds=lambda v: (v >= 0) & (v <= 1), edge=0),
    _Condition(words="0 < {} < 1", holds=lambda v: (v > 0) & (v < 1)),
)
"""The conditions that are tried, the wider ones first. Discrete formulas are about integers more often than about numbers from 1 on."""


def narrowed(
    record: Documented, claim: Bound, wrong: Mapping[str, Any], timeout: float, clock: Callable[[], float] = time.monotonic
) -> Correction | None:
    """Returns the formula with the widest usual condition on one symbol under which it holds; None if there is none.

    Args:
        record: the docstring.
        claim: the refuted claim.
        wrong: the counterexample, by parameter. The condition excludes it.
        timeout: seconds after which nothing more is tried.
        clock: the time in seconds.
    """
    repair, deadline = Repair(record, claim, timeout, clock), clock() + timeout
    tested: Correction | None = None
    for words in _excluding(repair, wrong):
        if clock() > deadline:
            break
        text = with_words(claim.formula.latex, words)
        bound = bound_as(record, claim.formula, text, claim.spec.id)
        if bound is None or spec_of(bound).formula != spec_of(claim).formula:
            continue
        found = judged(bound, {})
        if found.verdict.holds:
            made = Correction(latex=text, sympy=str(bound.spec.formula), verdict=found.verdict, reason=found.reason, cost=COST)
            if found.verdict is Verdict.PROVED:
                return made
            tested = tested or made
    return tested


def _excluding(repair: Repair, wrong: Mapping[str, Any]) -> Iterator[str]:
    """The conditions that hold at no point where the formula is wrong, and at enough points where it is right."""
    right = [_right(repair, point) for point in repair.points]
    total = sum(good.size for good in right)
    declared = {str(d.symbol): getattr(d, "name", "") for d in repair.claim.spec.symbols if not isinstance(d, Size)}
    for condition in _CONDITIONS:
        for name, parameter in declared.items():
            value = wrong.get(parameter)
            if not isinstance(value, int | float) or any(name not in point.columns for point in repair.points):
                continue
            if bool(condition.holds(np.asarray(float(value)))):
                continue
            columns = [np.broadcast_to(point.columns[name], good.shape) for point, good in zip(repair.points, right, strict=True)]
            inside = [condition.holds(column) for column in columns]
            left = sum(int(one.sum()) for one in inside)
            false = any(bool((one & ~good).any()) for one, good in zip(inside, right, strict=True))
            met = condition.edge is None or any(bool((column == condition.edge).any()) for column in columns)
            if not false and met and left >= max(FEWEST, SHARE * total):
                yield condition.words.format(repair.letter(name))


def _right(repair: Repair, point: Point) -> Array:
    """Where the formula has the values of the code."""
    try:
        values = Program(repair.claim.spec, point)({}, {})
    except FAILS:
        return np.zeros((1, 1, len(point.actual)), dtype=bool)
    return np.broadcast_to(same_values(point, values), (1, 1, len(point.actual)))
