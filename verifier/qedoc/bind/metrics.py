"""Formulas in the docstring of a class that is a metric: `MSE = ...` is about the value that it computes from arrays."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.members import Aim, has
from qedoc.claims.measured import GIVES, MEASURED, Measured, measured
from qedoc.read import Application, Equation
from qedoc.sources.docstrings import Documented, of_metric, record_of
from qedoc.sources.objects import named

_SQUARE = r"(?:sq|squared?)"
"""How a name says that a letter is squared: `r_squared`, `chi_square`."""

_NUMBERED = frozenset({"r2", "chi2"})
"""Names in which a number is an exponent. In others, such as `l2` and `w2`, it is the order of a norm or distance."""

_KIND = re.compile(r"(?:score|metric|value|statistic|coefficient|distance)$")
"""What a class or function is, at the end of its name without punctuation."""


def metric(context: Context, equation: Equation) -> tuple[Aim, Measured | None] | None:
    """Returns what a formula is about that gives the value of a metric, and what computes it from arrays; None for any other formula.

    If the symbols of the formula are what the object holds, such as counts, the value is that of an object with these.

    Args:
        context: the docstring of the class.
        equation: an equation of it.
    """
    made = named(context.record.owner)
    found = measured(made) if isinstance(made, type) and has(context.record.owner, GIVES) else None
    if found is None or not _names(equation.left, made.__name__, found.takes):
        return None
    symbols = {symbol.name for symbol in equation.right.free_symbols if isinstance(symbol, sp.Symbol)}
    holds = bool(symbols) and symbols <= {*context.parameters, *context.bound} and not equation.right.has(sp.Indexed)
    words = f"{equation.left} is the name of the class"
    return Aim(member=GIVES if holds else found.name, quantity="value", value="x", words=words, by_head=True), None if holds else found


def computed(target: str) -> Documented | None:
    """Returns the record of the value of a metric as that of a function of arrays; None for the path of anything else.

    Args:
        target: the dotted path, `package.Metric.from_model_output.compute`.

    Raises:
        TargetError: if nothing importable is at the path of the class.
    """
    owner = target.removesuffix(f".{MEASURED}")
    made = named(owner) if owner != target else None
    found = measured(made) if isinstance(made, type) else None
    return None if found is None else replace(of_metric(record_of(owner), found), owner="")


def _names(left: Any, name: str, takes: Mapping[str, inspect.Parameter]) -> bool:
    """Whether a left side is the name of a metric, or short for it: `MSE` of `MSE` and of `MeanSquaredError`."""
    if is_square(left, name):
        return True
    said = _said(left)
    own = _KIND.sub("", _letters(name)) or _letters(name)
    initials = "".join(re.findall(r"[A-Z]", name))
    if not said or said in takes:
        return False
    return _letters(said) in (own, _letters(name)) or (said == initials and len(said) > 1)


def _said(left: Any) -> str:
    """The name on a left side; empty if there is none."""
    match left:
        case sp.Symbol():
            return str(left.name)
        case Application() if not left.variable and not left.logarithm and not left.event:
            return str(left.name)
    return ""


def is_square(left: Any, name: str) -> bool:
    """Whether a left side is a squared letter in the name of a function or class: `R^2` of `r2_score` and of `RSquared`.

    Args:
        left: the left side.
        name: the name.
    """
    if not isinstance(left, sp.Pow) or not isinstance(left.base, sp.Symbol) or left.exp != 2:
        return False
    plain, letter = _letters(name), _letters(left.base.name)
    spelled = re.compile(re.escape(letter) + _SQUARE)
    names = (plain, _KIND.sub("", plain))
    return any(spelled.fullmatch(one) for one in names) or (f"{letter}2" in _NUMBERED and f"{letter}2" in names)


def _letters(name: str) -> str:
    """A name without punctuation, in lower case."""
    return re.sub(r"[\W_]", "", name).lower()
