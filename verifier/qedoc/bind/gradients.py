r"""Formulas for a derivative, `g'(x) = ...`: which function of the object it is the derivative of, and by which parameter.

Libraries for spiking neurons have functions whose derivative is not that of their values: the forward function is a step, and the code
defines the derivative. Sources of the names: BrainPy and BrainTools (`surrogate_fun`, `surrogate_grad`), SpikingJelly
(`primitive_function`, `backward`).
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.bind.context import Context, mentioned
from qedoc.bind.members import Aim, has, original, value_member
from qedoc.bind.records import Obstruction, Slope
from qedoc.bind.symbols import direct
from qedoc.claims.domain import Reals
from qedoc.claims.spec import Parameter, Spec
from qedoc.interpret.choices import Choice, Sure
from qedoc.read import Application, Equation, Reading
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import about
from qedoc.sources.objects import named

_SAYS = re.compile(r"\b(?:gradients?|derivatives?|backwards?|slopes?)\b", re.IGNORECASE)
_NAMED = frozenset({"grad", "grads", "gradient", "deriv", "derivative", "slope", "backward", "bwd", "prime"})
"""Parts of the names of functions that compute a derivative."""

_OPERATORS = ("grad", "gradient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient:
    """A derivative that a left side names.

    Args:
        function: the name of the function; empty for `grad(x)`.
        arguments: its arguments, as `x` in `f'(x; a)`; empty if there are none.
        given: how many of them stand after a bar or semicolon.
        by: the symbol by which it is differentiated.
    """

    function: str
    arguments: tuple[sp.Expr, ...]
    given: int
    by: str


def gradient(left: Any) -> Gradient | None:
    """Returns the derivative that a left side names; None for any other left side, and for a derivative at a number."""
    if isinstance(left, sp.Derivative) and isinstance(left.expr, sp.core.function.AppliedUndef) and left.derivative_count == 1:
        if not all(isinstance(argument, sp.Symbol) for argument in left.expr.args):
            return None
        return Gradient(function=left.expr.func.__name__, arguments=left.expr.args, given=0, by=left.variables[0].name)
    if not isinstance(left, Application) or left.event or left.variable or left.logarithm:
        return None
    primed = left.name.endswith("'") and not left.name.endswith("''")
    if not primed and left.name not in _OPERATORS:
        return None
    free = left.arguments[: len(left.arguments) - left.given]
    by = left.by or (free[0].name if len(free) == 1 and isinstance(free[0], sp.Symbol) else "")
    if not by:
        return None
    return Gradient(function=left.name[:-1] if primed else "", arguments=left.arguments or (sp.Symbol(by),), given=left.given, by=by)


def views(context: Context, equation: Equation, words: str) -> list[tuple[Context, tuple[Choice, ...]]]:
    """Returns what a formula for a derivative can be about, the likeliest first; empty if nothing says whose derivative it is.

    Args:
        context: the docstring.
        equation: the equation.
        words: the words that introduce the formula.
    """
    found = gradient(equation.left)
    if found is None or not _is_own(context, found, equation, words):
        return []
    record = context.record
    member = "" if record.owner in ("", record.name) else record.name.rpartition(".")[2]
    if not record.owner:
        return list(_of_function(context, found))
    if member:
        return list(_of_member(context, found, member))
    return list(_of_class(context, found))


def _is_own(context: Context, found: Gradient, equation: Equation, words: str) -> bool:
    """Whether the text says that the derivative is one of the object: by the name of the function, by its formula, or in words."""
    name = found.function
    if name in context.own:
        return True
    elsewhere = [e for r in context.readings.values() if isinstance(r, Reading) for e in r.equations if e.left != equation.left]
    unread = [f.latex.partition("=")[2] or f.latex for f, r in context.readings.items() if not isinstance(r, Reading)]
    letters = re.compile(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])")
    used = bool(name) and (any({name, f"{name}'"} & mentioned(e.right) for e in elsewhere) or any(map(letters.search, unread)))
    if name in context.parameters or name in context.bound or used or name in mentioned(equation.right):
        return False
    stated = any(isinstance(e.left, Application) and e.left.name == name for e in elsewhere)
    return stated or bool(_SAYS.search(words))


def _of_function(context: Context, found: Gradient) -> Iterator[tuple[Context, tuple[Choice, ...]]]:
    name = context.record.name.rpartition(".")[2]
    derivative = f"the derivative of {name}"
    if _computes_gradient(name) and found.function not in context.own:
        yield context, (_choice("value", f"{name} computes a derivative", Sure.SUGGESTED),)
        yield _sloped(context, found, derivative), (_choice(derivative, "its left side", Sure.POSSIBLE),)
        return
    yield _sloped(context, found, derivative), (_choice(derivative, "its left side", Sure.SUGGESTED),)
    if found.function not in context.own:
        yield context, (_choice("value", f"the docstring of {name}", Sure.POSSIBLE),)


def _of_member(context: Context, found: Gradient, member: str) -> Iterator[tuple[Context, tuple[Choice, ...]]]:
    value = Aim(member=member, quantity="value", value="x", words=f"the docstring of {member}", by_head=True)
    seen = replace(context, record=about(context.record, member), aim=value)
    derivative = f"the derivative of {member}"
    computes = _computes_gradient(member)
    both = [
        (seen, (_choice(f"the value of {member}", f"{member} computes a derivative", Sure.SUGGESTED if computes else Sure.POSSIBLE),)),
        (_sloped(seen, found, derivative), (_choice(derivative, "its left side", Sure.POSSIBLE if computes else Sure.SUGGESTED),)),
    ]
    yield from both if computes else reversed(both)


def _of_class(context: Context, found: Gradient) -> Iterator[tuple[Context, tuple[Choice, ...]]]:
    """The derivative of the value, that of the function whose derivative the code uses, and the values of a method that computes it."""
    owner = context.record.owner
    first, beside = value_member(owner), original(owner)
    if beside and found.function.partition("_")[2] in ("origin", "original", "primitive", "surrogate"):
        first, beside = beside, ""
    sure = Sure.SUGGESTED
    for member in filter(None, (first, beside)):
        derivative = f"the derivative of {member}"
        aim = Aim(member=member, quantity="derivative", value="x", words=derivative, by_head=True)
        seen = replace(context, record=about(context.record, member), aim=aim)
        yield _sloped(seen, found, derivative), (_choice(derivative, "its left side", sure),)
        sure = Sure.POSSIBLE
    for member in dir(named(owner)):
        if _computes_gradient(member) and has(owner, member):
            aim = Aim(member=member, quantity="derivative", value="x", words=f"{member} computes a derivative", by_head=True)
            yield replace(context, record=about(context.record, member), aim=aim), (_choice(f"the value of {member}", aim.words, sure),)
            sure = Sure.POSSIBLE


def _computes_gradient(name: str) -> bool:
    return not _NAMED.isdisjoint(name.lower().split("_"))


def _choice(value: str, words: str, sure: Sure) -> Choice:
    return Choice(about="target", subject="", value=value, words=words, sure=sure)


def _sloped(context: Context, found: Gradient, words: str) -> Context:
    return replace(context, slope=Slope(by=found.by, words=words))


def undone(context: Context, equation: Equation) -> Equation:
    """The equation with the function itself on its left side, if the object of the formula is differentiated or is the derivative.

    Args:
        context: the docstring, as a formula for a derivative sees it.
        equation: the equation.
    """
    found = gradient(equation.left)
    if found is None:
        return equation
    own = context.record.name.rpartition(".")[2]
    return replace(equation, left=Application(name=own, arguments=found.arguments, given=found.given))


def differentiated(context: Context, spec: Spec) -> Spec:
    """The claim about the derivative, made of one about the value.

    Args:
        context: the docstring, with the symbol by which the value is differentiated.
        spec: the claim about the value.

    Raises:
        Obstruction: if the symbol is no real parameter, or the value no number.
    """
    assert context.slope is not None  # only such a formula is about a derivative
    symbol = context.slope.by
    declared = next((d for d in spec.symbols if str(d.symbol) == symbol), None)
    name = declared.name if isinstance(declared, Parameter) else direct(context, symbol)
    if declared is None and name not in spec.keywords:
        required = [p.name for p in context.parameters.values() if p.default is inspect.Parameter.empty]
        name = required[0] if len(required) == 1 else ""
    if name not in spec.keywords or (declared is not None and not isinstance(declared, Parameter)):
        reason = f"{symbol}, by which the formula is a derivative, is no parameter of {context.record.path} with real values"
        raise Obstruction(reason, verdict=Verdict.UNDECIDED)
    domain = next((d.domain for d in spec.symbols if isinstance(d, Parameter) and d.name == name), None)
    if not isinstance(domain, Reals) or spec.entry:
        raise Obstruction("a derivative of an array, or by something that is not a real number", verdict=Verdict.UNDECIDED)
    return replace(spec, derivative=name, origin=spec.location)
