"""Decides whether a rational point lies in a domain, in rational arithmetic where the conditions allow it."""

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial, reduce
from typing import Any, TypeAlias

import sympy as sp

from qedoc.enclose.enclosure import compile

Row: TypeAlias = Sequence[Fraction]
Truth: TypeAlias = Callable[[Row], bool | None]
Value: TypeAlias = Callable[[Row], Fraction]

_RELATIONS = {sp.Lt: operator.lt, sp.Le: operator.le, sp.Gt: operator.gt, sp.Ge: operator.ge, sp.Eq: operator.eq, sp.Ne: operator.ne}
_FOLDS = {sp.Add: operator.add, sp.Mul: operator.mul}


def membership(condition: sp.Basic, symbols: Sequence[sp.Symbol]) -> Callable[[Row], bool]:
    """Returns a function of a row that is True where the condition certainly holds.

    Args:
        condition: a relation, or several joined by And, Or and Not.
        symbols: the order of the values in a row.
    """
    exact = _truth(condition, {symbol: k for k, symbol in enumerate(symbols)}) or compile(condition, symbols)
    return lambda row: exact(row) is True


def _truth(condition: Any, places: Mapping[sp.Symbol, int]) -> Truth | None:
    """Compiles a condition on rational functions. Returns None for any other condition."""
    if isinstance(condition, sp.And | sp.Or):
        parts = [_truth(part, places) for part in condition.args]
        known = [part for part in parts if part is not None]
        return partial(_joined, known, isinstance(condition, sp.Or)) if len(known) == len(parts) else None
    if isinstance(condition, sp.Not):
        inner = _truth(condition.args[0], places)
        return partial(_negated, inner) if inner is not None else None
    relation = _RELATIONS.get(type(condition))
    if relation is None:
        return None
    left, right = (_value(side, places) for side in condition.args)
    return partial(_compared, relation, left, right) if left is not None and right is not None else None


def _compared(relation: Callable[[Fraction, Fraction], bool], left: Value, right: Value, row: Row) -> bool | None:
    try:
        return relation(left(row), right(row))
    except ZeroDivisionError:  # undefined at this point
        return None


def _joined(parts: Sequence[Truth], deciding: bool, row: Row) -> bool | None:
    truths = [part(row) for part in parts]
    if deciding in truths:
        return deciding
    return None if None in truths else not deciding


def _negated(inner: Truth, row: Row) -> bool | None:
    truth = inner(row)
    return None if truth is None else not truth


def _value(expression: Any, places: Mapping[sp.Symbol, int]) -> Value | None:
    """Compiles a rational function of the symbols. Returns None for any other expression."""
    if expression in places:
        return operator.itemgetter(places[expression])
    if expression.is_Rational:
        constant = Fraction(int(expression.p), int(expression.q))
        return lambda row: constant
    if type(expression) in _FOLDS:
        fold = _FOLDS[type(expression)]
        parts = [_value(part, places) for part in expression.args]
        known = [part for part in parts if part is not None]
        return (lambda row: reduce(fold, [part(row) for part in known])) if len(known) == len(parts) else None
    if isinstance(expression, sp.Pow) and expression.exp.is_Integer and abs(int(expression.exp)) <= 8:
        base, exponent = _value(expression.base, places), int(expression.exp)
        return (lambda row: base(row) ** exponent) if base is not None else None
    return None
