r"""Writes the formula of the code in the symbols and the layout of the author, for a formula that no small edit corrects."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import sympy as sp

from qedoc.bind.records import Bound
from qedoc.claims.spec import Size, Spec
from qedoc.compose.code import lifted
from qedoc.compose.latex import cases, latex
from qedoc.compose.reading import judged, spec_of
from qedoc.compose.tidied import by_cases, ways
from qedoc.repair.framed import framed
from qedoc.repair.marked import FAILS, Point, bound_as, stated_part
from qedoc.repair.restricted import plausible
from qedoc.repair.runs import heeded, holds, points_of
from qedoc.repair.spelling import author_letter
from qedoc.results.verdict import Correction, Verdict
from qedoc.sources.docstrings import Documented

COST = 100.0
"""What a formula costs that has little in common with the author's."""

LONGEST, LONGER = 200, 4
"""Maximum number of characters of a formula that is shown, or this many times those of the author. Longer ones explain nothing."""

_LONG_NUMBER = re.compile(r"\d{12}")
_CASES = r"\begin{cases}"
_COMPARED = re.compile(r"(\\?[A-Za-z]+)\s*(?:<|>|\\[lg]eq?(?![a-z]))")


def own_formula(record: Documented, claim: Bound, timeout: float, clock: Callable[[], float] = time.monotonic) -> Correction | None:
    """Returns the formula of the code as a correction, if it holds in place of the author's; else None.

    Args:
        record: the docstring.
        claim: the refuted claim.
        timeout: seconds after which nothing more is tried.
        clock: the time in seconds.
    """
    deadline = clock() + timeout
    tested: Correction | None = None
    points = heeded(list(points_of(plausible(claim))))
    for text in _texts(record, claim):
        if clock() > deadline:
            break
        made = _judged(record, claim, text, points)
        if made is not None and made.verdict is Verdict.PROVED:
            return made
        tested = tested or made
    return tested


def _texts(record: Documented, claim: Bound) -> Iterator[str]:
    """The author's text with the formula of the code on its right side."""
    text = claim.formula.latex
    span = stated_part(record, claim)
    spec = spec_of(claim)
    if span is None or not _is_plain(spec):
        return
    start, end = span
    own = text[start:end].strip()
    frame = framed(record, claim, span)
    try:
        code = lifted(replace(spec, natural=False, origin=spec.location))
        value = code.value if frame is None else frame.right(code.value)
        found = list(ways(value, code.facts)) if value is not None else []
        compared = {name.lstrip("\\") for name in _COMPARED.findall(text)}
        split = list(dict.fromkeys(made for value in found[:2] if (made := by_cases(value, code.facts, compared)) is not None))
    except FAILS:
        return
    values = [*split, *found] if _CASES in text else [*found, *split]
    names = {} if frame is None else frame.written()
    letters = {
        symbol: (author_letter(names.get(symbol.name, symbol.name), text) or sp.latex(symbol))
        for value in values
        for symbol in value.free_symbols
        if isinstance(symbol, sp.Symbol)
    }
    parts = [] if _CASES in text else [part for value in (*split, *found) for part in _in_part(value, own, letters)]
    for right in dict.fromkeys([*parts, *(latex(value, letters) for value in values)]):
        if len(right) <= max(LONGEST, LONGER * len(own)) and not _LONG_NUMBER.search(right):
            yield text[:start] + "\n".join(line.strip() for line in right.split("\n")) + text[end:]


def _in_part(value: sp.Expr, own: str, letters: Mapping[sp.Basic, str]) -> Iterator[str]:
    """The author's formula in one of two cases, of more than one point, and that of the code in the other."""
    if isinstance(value, sp.Piecewise) and len(value.args) == 2:
        (first, condition), (second, _) = value.args
        if not isinstance(condition, sp.Eq):
            yield cases([(own, condition), (latex(second, letters), sp.true)], letters)
        if not isinstance(condition, sp.Ne):
            yield cases([(latex(first, letters), condition), (own, sp.true)], letters)


def _is_plain(spec: Spec) -> bool:
    """Whether a claim is about one number, without entries."""
    return not (spec.entry or spec.whole or spec.derivative or spec.minimum) and not any(isinstance(d, Size) for d in spec.symbols)


def _judged(record: Documented, claim: Bound, text: str, points: Sequence[Point]) -> Correction | None:
    """The verdict on a text, if it holds about all symbols of the claim and has a value wherever the code has one."""
    bound = bound_as(record, claim.formula, text, claim.spec.id)
    if bound is None or not {str(d.symbol) for d in claim.spec.symbols} <= {str(d.symbol) for d in bound.spec.symbols}:
        return None
    if not holds(bound.spec, points):
        return None
    found = judged(bound, {})
    if not found.verdict.holds:
        return None
    return Correction(latex=text, sympy=str(bound.spec.formula), verdict=found.verdict, reason=found.reason, cost=COST)
