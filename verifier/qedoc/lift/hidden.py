"""Entries that a mask hides with an infinity, as in `max(where(mask, x, -inf))`, in formulas for every length.

A value that may be infinite is a selection whose rows are finite values, `oo`, `-oo`, `nan`, and `zoo`, which stands for any of these
three. A primitive is applied to each row, so that only selections, and no sums and products, contain an infinity.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import sympy as sp

from qedoc.algebra.conditions import either, relate
from qedoc.algebra.large import LARGE, Largest, Smallest, indicator
from qedoc.errors import UnsupportedError

Limits = Sequence[tuple[sp.Symbol, sp.Expr, sp.Expr]]

INFINITIES = (sp.oo, -sp.oo)
_NO_NUMBERS = (sp.nan, sp.zoo, *INFINITIES)

_SAME = ("convert_element_type", "copy", "name", "reduce_precision", "stop_gradient")

_ENDS: dict[str, tuple[sp.Basic | None, sp.Basic | None]] = {
    "abs": (sp.oo, sp.oo),
    "exp": (sp.S.Zero, sp.oo),
    "expm1": (sp.S.NegativeOne, sp.oo),
    "log": (None, sp.oo),
    "log1p": (None, sp.oo),
    "logistic": (sp.S.Zero, sp.S.One),
    "is_finite": (sp.false, sp.false),
    "neg": (sp.oo, -sp.oo),
    "sign": (sp.S.NegativeOne, sp.S.One),
    "square": (sp.oo, sp.oo),
    "tanh": (sp.S.NegativeOne, sp.S.One),
    **dict.fromkeys(_SAME, (-sp.oo, sp.oo)),
}
"""The values of functions at minus infinity and at infinity. None where there is none."""

_RELATIONS = ("eq", "ge", "gt", "le", "lt", "ne")

_OF_NAN: dict[str, sp.Basic] = {**dict.fromkeys(_RELATIONS, sp.false), "ne": sp.true, "is_finite": sp.false}
"""What is no `nan` although an operand is."""

_STRICT = (
    "add",
    "add_any",
    "sub",
    "mul",
    "neg",
    "abs",
    "square",
    "copy",
    "name",
    "reduce_precision",
    "stop_gradient",
    "convert_element_type",
)
"""The primitives whose result is not finite if an operand is not."""

_DEFINED = (
    *(sp.exp, sp.Abs, sp.Add, sp.Max, sp.Min, sp.Mul, sp.sign, sp.Sum, Largest, Smallest, sp.Number),
    *(sp.Indexed, sp.IndexedBase, sp.Symbol, sp.Tuple, sp.core.symbol.Str),
)
"""Parts of values that are defined for all real numbers, if no axis is empty."""


def is_hidden(value: Any) -> bool:
    """Whether a value may be infinite, or may have no value in some rows."""
    return isinstance(value, sp.Expr) and value.has(*_NO_NUMBERS)


def by_rows(name: str, values: Sequence[Any], plain: Callable[[Sequence[Any]], Any]) -> Any:
    """Applies an elementwise primitive to values of which some may be infinite.

    Args:
        name: the primitive.
        values: its operands.
        plain: applies it to finite values.

    Raises:
        UnsupportedError: if it has no rule for infinity.
    """
    place = next((k for k, value in enumerate(values) if is_hidden(value) and isinstance(value, sp.Piecewise)), None)
    if place is None:
        return _at_infinity(name, values) if any(map(is_hidden, values)) else plain(values)
    result: Any = None
    seen: list[sp.Basic] = []
    made = []
    for row, condition in values[place].args:
        known = [(condition, True), *((other, False) for other in seen)]
        made.append((by_rows(name, [row if k == place else _given(value, known) for k, value in enumerate(values)], plain), condition))
        seen.append(condition)
    for value, condition in reversed(made):
        result = value if result is None or condition is sp.true else either(condition, value, result)
    return result


def selected(condition: sp.Basic, if_true: Any, if_false: Any) -> Any:
    """A selection between values of which some may be infinite."""
    return either(condition, _given(if_true, [(condition, True)]), _given(if_false, [(condition, False)]))


def _given(value: Any, known: Sequence[tuple[sp.Basic, bool]]) -> Any:
    """A value where some conditions are known to hold, or not to hold."""
    if not isinstance(value, sp.Piecewise):
        return value
    rows = []
    for row, condition in value.args:
        truth = next((truth for other, truth in known if other == condition), None)
        opposite = next((truth for other, truth in known if other == sp.Not(condition)), None)
        holds = truth if truth is not None else None if opposite is None else not opposite
        if condition is sp.true or holds is True:
            rows.append((_given(row, known), sp.true))
            break
        if holds is None:
            rows.append((_given(row, known), condition))
    return rows[0][0] if rows[0][1] is sp.true else sp.Piecewise(*rows, evaluate=False)


def _at_infinity(name: str, values: Sequence[Any]) -> Any:
    """An elementwise primitive of operands of which at least one is infinite, and the others are finite."""
    first = values[0]
    if any(value is sp.nan for value in values):
        return _OF_NAN.get(name, sp.nan)
    if any(value is sp.zoo for value in values):
        if name == "is_finite":
            return sp.false
        if name in _STRICT or (name == "div" and values[1] is not sp.zoo):
            return sp.zoo
        raise UnsupportedError(f"the primitive {name} of an infinite value is not read for every length", None)
    if any(is_hidden(value) and value not in INFINITIES for value in values):
        raise UnsupportedError("the formula contains infinity, which is not read for every length", None)
    if name in _ENDS and len(values) == 1:
        made = _ENDS[name][first is sp.oo]
        if made is not None:
            return made
    if name in ("max", "min"):
        worst = -sp.oo if name == "max" else sp.oo
        kept = [value for value in values if value != worst]
        return worst if not kept else kept[0] if len(kept) == 1 else -worst
    if name in ("add", "add_any", "sub"):
        other = values[1] if name != "sub" else -values[1] if values[1] in INFINITIES else values[1]
        ends = {value for value in (first, other) if value in INFINITIES}
        return ends.pop() if len(ends) == 1 else sp.nan
    if name in _RELATIONS:
        left, right = (sp.S.Zero if value not in INFINITIES else value for value in values)
        return relate(name, left, right)  # every real number compares with an infinity as 0 does
    if name == "mul" and all(value in INFINITIES or (value.is_number and value.is_nonzero) for value in values):
        return sp.Mul(*values)
    if name == "div":
        return sp.S.Zero if first not in INFINITIES else sp.zoo if values[1] not in INFINITIES else sp.nan
    if name == "mul":
        return sp.zoo
    raise UnsupportedError(f"the primitive {name} of an infinite value is not read for every length", None)


def over_hidden(operation: Any, value: Any, limits: Limits) -> sp.Expr:
    """A sum, product or extreme value over indices, if some values may be infinite.

    Args:
        operation: the operation.
        value: the value.
        limits: the indices with their ends.

    Raises:
        UnsupportedError: for values of another form.
    """
    shared = _shared(value, {index for index, _, _ in limits})
    if shared is not None:
        yes = _given(value, [(shared, True)])
        no = _given(value, [(shared, False), *((condition, False) for condition in _masks(shared, value, limits))])
        results = [over_hidden(operation, one, limits) if is_hidden(one) else operation(one, *limits) for one in (yes, no)]
        return either(shared, *results)
    if value in _NO_NUMBERS:
        return sp.zoo if operation is sp.Product else value
    if operation in (Largest, Smallest):
        return _extreme(operation, value, limits)
    raise UnsupportedError(f"the {operation.__name__.lower()} of values that may be infinite is not read for every length", None)


def _shared(value: Any, indices: set[sp.Symbol]) -> sp.Basic | None:
    """A condition of a selection that is the same for all values of some indices."""
    if not isinstance(value, sp.Piecewise):
        return None
    own = (condition for _, condition in value.args if condition is not sp.true and not condition.free_symbols & indices)
    inner = (_shared(row, indices) for row, _ in value.args)
    return next(chain(own, (condition for condition in inner if condition is not None)), None)


def _masks(shared: sp.Basic, value: Any, limits: Limits) -> list[sp.Basic]:
    """The conditions on single values that hold nowhere if a condition of the form `max(indicator) > 0` does not hold."""
    some = shared.args[0] if isinstance(shared, sp.Gt) and shared.args[1] == 0 else None
    if not isinstance(some, Largest) or not isinstance(value, sp.Piecewise):
        return []
    own = dict(zip([index for index, _, _ in some.limits], [index for index, _, _ in limits], strict=False))
    if [limit[1:] for limit in some.limits] != [sp.Tuple(*limit[1:]) for limit in limits]:
        return []
    return [condition for _, condition in value.args if indicator(condition) == some.function.xreplace(own)]


def _extreme(operation: Any, value: Any, limits: Limits) -> sp.Expr:
    """The largest or smallest value over indices. Hidden values count only if all are hidden.

    A hidden value becomes the smallest of all others (the largest, for a minimum), which changes no maximum.
    """
    hides, other = (-sp.oo, Smallest) if operation is Largest else (sp.oo, Largest)
    rows = value.args if isinstance(value, sp.Piecewise) else ()
    kept = [row for row, _ in rows if row is not hides]
    if len(kept) != 1 or is_hidden(kept[0]) or not _is_defined(kept[0]):
        raise UnsupportedError(
            f"the {operation.__name__.lower()} of values of which several may be infinite is not read for every length", None
        )
    shown = indicator(_where_shown(rows, hides))
    filler = other(kept[0], *limits)
    some = relate("gt", Largest(shown, *limits), sp.S.Zero)
    return either(some, operation(shown * kept[0] + (1 - shown) * filler, *limits), hides)


def _where_shown(rows: Sequence[Any], hides: sp.Basic) -> sp.Basic:
    shown: sp.Basic = sp.false
    for row, condition in reversed(rows):
        shown = either(condition, sp.false if row is hides else sp.true, shown)
    return shown


def _is_defined(value: sp.Expr) -> bool:
    """Whether a value is defined for all real numbers."""
    parts = (part for part in sp.preorder_traversal(value) if not isinstance(part, sp.Pow) or not (part.exp.is_Integer and part.exp >= 0))
    return not value.has(sp.nan, sp.zoo) and all(isinstance(part, _DEFINED) for part in parts)


def without_cases(value: Any) -> Any:
    """A value for a condition, with indicators in place of selections. SymPy moves selections out of sums in conditions."""
    if not isinstance(value, sp.Expr) or not value.has(sp.Piecewise) or not value.has(*LARGE):
        return value
    return _as_indicators(value)


def _as_indicators(value: Any) -> Any:
    if not value.args or not value.has(sp.Piecewise):
        return value
    if not isinstance(value, sp.Piecewise):
        return value.func(*map(_as_indicators, value.args))
    rows = [(_as_indicators(row), condition) for row, condition in value.args]
    if not all(_is_defined(row) for row, _ in rows):
        return value
    result = sp.S.Zero
    for row, condition in reversed(rows):
        here = indicator(condition)
        result = here * row + (1 - here) * result
    return result


def finite(value: sp.Expr) -> sp.Expr:
    """Returns a value that has no other infinity or `nan` than rows of selections that are `nan`: there is no value there.

    Args:
        value: the value.

    Raises:
        UnsupportedError: if it has.
    """
    rows = value.args if isinstance(value, sp.Piecewise) else ()
    if any(condition.has(*_NO_NUMBERS) for _, condition in rows) or (not rows and value.has(*_NO_NUMBERS)):
        raise UnsupportedError("the formula contains infinity or nan, which is not read for every length", None)
    for row, _ in rows:
        if row is not sp.nan:
            finite(row)
    return value
