"""Turns the tuples of the grammar into expressions over parameters and relations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from qedoc.interpret import lexicon
from qedoc.interpret.choices import Sure, parameter
from qedoc.interpret.sets import MEMBER

INPUT = sp.Symbol("@")
"""The function's input, where the text does not name it."""

OUTPUT = sp.Symbol("@output")
"""The value of the display, of which a text may say where it lies."""

_X = sp.Symbol("x")
_SIGNS: Mapping[str, Any] = {
    "positive": _X > 0,
    "nonnegative": _X >= 0,
    "negative": _X < 0,
    "nonpositive": _X <= 0,
    "nonzero": sp.Ne(_X, 0),
    "integer": sp.Eq(_X, sp.floor(_X)),
    "natural": sp.And(sp.Eq(_X, sp.floor(_X)), _X >= 0),
    "probability": sp.And(_X >= 0, _X <= 1),
    "even": sp.Eq(_X, 2 * sp.floor(_X / 2)),
    "odd": sp.Eq(_X, 2 * sp.floor(_X / 2) + 1),
    "finite": sp.true,
}
_ANY_SIGN = tuple({("sign", a), ("sign", b)} for a in ("positive", "nonnegative") for b in ("negative", "nonpositive"))
_COMPARED: Mapping[str, Any] = {"ge": sp.Ge, "le": sp.Le, "gt": sp.Gt, "lt": sp.Lt, "eq": sp.Eq, "ne": sp.Ne}


class Unclear(Exception):
    """Raised for words that restrict a number in a way that no relation says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """One thing that a noun phrase can mean.

    Args:
        value: an expression over symbols of parameters and of formulas; None if it may be anything.
        sure: how sure it is.
    """

    value: Any
    sure: Sure


def senses(phrase: Any, units: Mapping[str, str]) -> tuple[Sense, ...]:
    """What a noun phrase can mean.

    Args:
        phrase: a tuple of the grammar.
        units: the unit that the text gives for each parameter.
    """
    match phrase:
        case ("param", name) | ("named", name, _):
            return (Sense(value=parameter(name), sure=Sure.STATED),)
        case ("sym", name):
            return (Sense(value=sp.Symbol(name), sure=Sure.STATED),)
        case ("num" | "expr", value):
            return (Sense(value=value, sure=Sure.STATED),)
        case ("apply", operator, inner):
            return tuple(_applied(operator, one, units) for one in senses(inner, units) if _applies(operator, one, units))
        case ("arith", sign, first, second):
            return tuple(_computed(sign, a, b) for a in senses(first, units) for b in senses(second, units))
        case ("unit", unit, inner):
            return tuple(made for one in senses(inner, units) for made in _converted(unit, one, units))
        case ("described", words, inner):
            rest = Sense(value=None, sure=Sure.OPAQUE if lexicon.changes(words) else Sure.POSSIBLE)
            return (*(Sense(value=one.value, sure=min(one.sure, Sure.SUGGESTED)) for one in senses(inner, units)), rest)
        case ("either", *phrases):
            found = [one for inner in phrases for one in senses(inner, units)]
            return tuple(Sense(value=one.value, sure=min(one.sure, Sure.SUGGESTED)) for one in found)
        case ("opaque",):
            return (Sense(value=None, sure=Sure.OPAQUE),)
        case ("words", words):
            return (Sense(value=None, sure=Sure.OPAQUE if lexicon.changes(words) else Sure.POSSIBLE),)
    raise ValueError(f"no phrase: {phrase}")


def _owners(value: Any) -> list[str]:
    return [symbol.name[1:] for symbol in value.free_symbols if symbol.name.startswith("@")] if value is not None else []


def _applies(operator: str, inner: Sense, units: Mapping[str, str]) -> bool:
    """Whether a word can mean an operator here: the absolute temperature is in kelvin only if the parameter is in degrees Celsius."""
    if operator not in ("x + 5463/20", "Abs(x)") or inner.value is None:
        return True
    celsius = any(units.get(name) == "celsius" for name in _owners(inner.value))
    return celsius == (operator == "x + 5463/20")


def _applied(operator: str, inner: Sense, units: Mapping[str, str]) -> Sense:
    if inner.value is None:
        return inner
    return Sense(value=sp.sympify(operator).xreplace({_X: inner.value}), sure=inner.sure)


def _computed(sign: str, first: Sense, second: Sense) -> Sense:
    if first.value is None or second.value is None:
        return Sense(value=None, sure=min(first.sure, second.sure))
    a, b = first.value, second.value
    made = {"+": a + b, "-": a - b, "*": a * b, "/": a / b, "^": a**b}[sign]
    return Sense(value=made, sure=min(first.sure, second.sure))


def _converted(unit: str, inner: Sense, units: Mapping[str, str]) -> tuple[Sense, ...]:
    """What a number in a unit can be, from the unit that the text gives for the parameter."""
    if inner.value is None:
        return (inner,)
    known = next((units[name] for name in _owners(inner.value) if name in units), "")
    weaker = min(inner.sure, Sure.SUGGESTED)
    if known == unit:
        return (inner,)
    if (known, unit) in lexicon.CONVERSIONS:
        return (Sense(value=sp.sympify(lexicon.CONVERSIONS[known, unit]).xreplace({_X: inner.value}), sure=inner.sure),)
    if unit in lexicon.SCALES and not known:
        scaled = sp.sympify(lexicon.SCALES[unit]).xreplace({_X: inner.value})
        return (Sense(value=scaled, sure=weaker), Sense(value=inner.value, sure=weaker))
    return (Sense(value=inner.value, sure=weaker),)


def _of_exponent(relation: Any, exponent: sp.Expr) -> Any:
    """A relation on x = exp(y) as a relation on y."""
    put = {}
    for part in relation.atoms(sp.core.relational.Relational):
        bound = part.rhs
        if part.lhs != _X or not bound.is_real or bound.is_infinite:
            raise Unclear
        above = isinstance(part, sp.Gt | sp.Ge | sp.Ne)
        put[part] = part.func(exponent, sp.log(bound)) if bound.is_positive else sp.true if above else sp.false
    return relation.xreplace(put)


def range_of(found: Any, subject: Any) -> Any:
    """The relation that a range states of a subject. That of an exponential is said of its exponent.

    Raises:
        Unclear: for a range that no relation says.
    """
    if isinstance(subject, sp.exp):
        return _of_exponent(range_of(found, _X), subject.args[0])
    match found:
        case ("sign", sign) if sign in _SIGNS:
            return _SIGNS[sign].xreplace({_X: subject}) if _SIGNS[sign] is not sp.true else sp.true
        case ("compare", kind, phrase):
            (value, *more) = senses(phrase, {})
            if more or value.value is None:
                raise Unclear
            return _COMPARED[kind](subject, value.value)
        case ("member", member):
            return member.relation.xreplace({MEMBER: subject})
        case ("relation", relation) if relation is not None:
            return relation
        case ("not", inner):
            return sp.Not(range_of(inner, subject))
        case ("and", parts):
            return sp.And(*(range_of(part, subject) for part in parts))
        case ("or", parts) if set(parts) in _ANY_SIGN:
            return sp.true
        case ("or", parts):
            return sp.Or(*(range_of(part, subject) for part in parts))
    raise Unclear


def condition_of(found: Any) -> Any:
    """The relation that a condition states.

    Raises:
        Unclear: for a condition that no relation says.
    """
    match found:
        case ("holds", subject, inner):
            return range_of(inner, _subject(subject))
        case ("relation", relation) if relation is not None:
            return relation
        case ("all", parts):
            return sp.And(*map(condition_of, parts))
        case ("any", parts):
            return sp.Or(*map(condition_of, parts))
        case ("no", inner):
            return sp.Not(condition_of(inner))
    raise Unclear


def _subject(subject: Any) -> Any:
    match subject:
        case ("sym", name):
            return sp.Symbol(name)
        case ("param", name):
            return parameter(name)
        case ("input",):
            return INPUT
        case ("abs", inner):
            return sp.Abs(_subject(inner))
        case ("expr", expression):
            return expression
    raise Unclear
