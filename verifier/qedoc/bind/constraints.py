"""Where an object says that its parameters and arguments lie: its constraints, its support, and the ranges of its bijectors.

Sources: `arg_constraints` and `support` as in the distributions of PyTorch and NumPyro; `parameter_properties` and
`experimental_default_event_space_bijector` as in those of TensorFlow Probability.
"""

import inspect
import math
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import sympy as sp

from qedoc.bind.context import Context
from qedoc.bind.members import function_given_by, is_kernel
from qedoc.claims.members import parameters
from qedoc.errors import QedocError, attempt
from qedoc.interpret.sets import number_of
from qedoc.lift.trace import run
from qedoc.sources.objects import named

_POINTS = (1, 2, Fraction(1, 2), 3, -2, 0)
"""Numbers that are tried for a parameter, until the object can be made of them."""

_BETWEEN = (Fraction(1, 2), Fraction(3, 2), Fraction(7, 3))
"""Numbers that a set of integers does not contain."""

_ARGUMENTS = (-3, -1, Fraction(-1, 2), 0, Fraction(1, 2), 1, 2, 5)
"""Numbers of which some lie outside of a usual support."""

_FAR = 1e9
"""A number at which the forward direction of a bijector is near the end of its range."""

_NEAR = 1e-6
"""Ends of a range that lie this near to an integer are taken as the integer."""


def constraints(context: Context, value: sp.Expr, roles: Mapping[str, str]) -> list[tuple[sp.Basic, str]]:
    """Returns the relations that the object of a formula states for its parameters and its argument, each with what states it.

    Args:
        context: the docstring, with the method or property that the formula is about.
        value: the value that the formula gives. One by cases says itself what it is outside of the support.
        roles: the parameter of each symbol, by the symbol's name.
    """
    if context.aim is None or not context.record.owner:
        return []
    owner = named(context.record.owner)
    symbols = {parameter: sp.Symbol(name) for name, parameter in roles.items()}
    made = {name: symbols[name] for name, p in context.parameters.items() if p.made and name in symbols}
    found = [*_of_parameters(owner, made)]
    argument = [symbols[name] for name, p in context.parameters.items() if not p.made and name in symbols]
    if context.aim.member == "evaluate" and len(argument) == 1 and is_kernel(context.record.owner):
        found.append((argument[0] >= 0, f"{argument[0]} >= 0, because a kernel of one argument is one of the lag"))
    quantity = function_given_by(context.aim.member)
    if len(argument) != 1 or quantity is None or _by_cases(value, argument[0]):
        return found
    if quantity.name == "quantile function":
        (q,) = argument
        return [*found, (sp.And(q > 0, q < 1), f"0 < {q} < 1, where the quantile function is defined")]
    told = list(_told_support(context, made, argument[0]))
    return [*found, *(told or _of_support(owner, made, argument[0]))]


def _by_cases(value: sp.Expr, argument: sp.Symbol) -> bool:
    """Whether a value has cases for where its argument lies.

    The formula of another object may have cases as well: `sigma != 0`, or `x**2 > -1`. They are the same for every argument.
    """
    if any(one.has(argument) for one in value.atoms(sp.Min, sp.Max)):
        return True
    conditions = {condition for cases in value.atoms(sp.Piecewise) for _, condition in cases.args if condition.has(argument)}
    ones = dict.fromkeys(value.free_symbols - {argument}, sp.S.One)
    return any(len({condition.xreplace({**ones, argument: sp.Rational(number)}) for number in _ARGUMENTS}) > 1 for condition in conditions)


_SUPPORT = re.compile(
    r"\bsupport of (?:the|this) distribution is(?: given by)?(?: the)?(?: (?:closed|open|half-open))?(?: interval)? "
    r"`+([\[(])([^,`]+),([^,`]+)([\])])`+(?=\s*(?:\.|$))",
    re.IGNORECASE,
)
"""A sentence that gives the support as an interval, whose ends may be parameters."""


def _told_support(context: Context, made: Mapping[str, sp.Symbol], argument: sp.Symbol) -> Iterator[tuple[sp.Basic, str]]:
    """The support of a distribution, as the text of its class gives it."""
    for text in (context.record.docstring, *context.record.beside):
        if (found := _SUPPORT.search(" ".join(text.split()))) is None:
            continue
        ends = [made.get(end.strip()) or number_of(end.strip().replace("infinity", "inf")) for end in (found[2], found[3])]
        if any(end is None for end in ends):
            return
        low, high = ends
        relations = [low <= argument if found[1] == "[" else low < argument, argument <= high if found[4] == "]" else argument < high]
        yield sp.And(*(one for one, end in zip(relations, ends, strict=True) if end not in (sp.oo, -sp.oo))), f"'{found[0]}'"
        return


def _of_parameters(owner: Any, made: Mapping[str, sp.Symbol]) -> Iterator[tuple[sp.Basic, str]]:
    declared = getattr(owner, "arg_constraints", None)
    if isinstance(declared, Mapping):
        for name, symbol in made.items():
            if callable(check := declared.get(name)) and (relation := _relation(check, symbol, {})) is not None:
                yield relation, f"{name} is constrained by {_said(check)}"
        return
    properties: Mapping[str, Any] = attempt(lambda: dict(owner.parameter_properties()), {})  # most classes lack the method
    for name, symbol in made.items():
        constraining = getattr(properties.get(name), "default_constraining_bijector_fn", None)
        if constraining is not None and (relation := _range(constraining, symbol)) is not None:
            yield relation, f"{name} is constrained by its default bijector"


def _of_support(owner: Any, made: Mapping[str, sp.Symbol], argument: sp.Symbol) -> Iterator[tuple[sp.Basic, str]]:
    """The support of the object, as a relation of its argument and its parameters."""

    def check(x: Any, **values: Any) -> Any:
        return owner(**values).support(x)

    if hasattr(owner, "support") and (relation := _relation(check, argument, made)) is not None:
        yield relation, f"{argument} is in the support"
        return
    if not hasattr(owner, "experimental_default_event_space_bijector") or any(name not in made for name in _required(owner)):
        return
    ranges = [_range(partial(_event_bijector, owner, made, first), argument) for first in _FIRST]
    if ranges[0] is not None and ranges[0] == ranges[1]:  # otherwise the support depends on the parameters
        yield ranges[0], f"{argument} is in the support"


_FIRST = (1.25, 2.75)
"""Two numbers for the first parameter, the others being larger, with which the range of a bijector is determined."""


def _event_bijector(owner: Any, made: Mapping[str, sp.Symbol], first: float) -> Any:
    return owner(**{name: first + place for place, name in enumerate(made)}).experimental_default_event_space_bijector()


def _required(owner: type) -> list[str]:
    return [name for name, p in parameters(owner).items() if p.default is inspect.Parameter.empty]


def _relation(check: Callable[..., Any], symbol: sp.Symbol, others: Mapping[str, sp.Symbol]) -> sp.Basic | None:
    """The relation that a check computes, over plain symbols; for a set of integers, with `x = floor(x)`. None if it computes none."""
    real = _traced(check, symbol, others, integer=False)
    if real is None:
        return None
    inside = sp.Symbol(symbol.name, real=True)
    if not real.has(sp.floor, sp.ceiling):
        return _plain(real)
    if any(real.subs(inside, number) != sp.false for number in _BETWEEN):
        return None
    whole = _traced(check, symbol, others, integer=True)
    return None if whole is None else sp.And(_plain(whole), sp.Eq(symbol, sp.floor(symbol), evaluate=False))


def _traced(check: Callable[..., Any], symbol: sp.Symbol, others: Mapping[str, sp.Symbol], *, integer: bool) -> Any:
    assumptions = {"integer": True} if integer else {"real": True}
    own = sp.Symbol(symbol.name, **assumptions)
    beside = {name: sp.Symbol(s.name, real=True) for name, s in others.items()}
    for number in _POINTS:
        if integer and Fraction(number).denominator != 1:
            continue
        point = {own: Fraction(number), **{s: Fraction(1 + place) for place, s in enumerate(beside.values())}}
        try:
            path = run(lambda values: check(values[own], **{name: values[s] for name, s in beside.items()}), point)
        except QedocError:
            return None
        if path.raised is None and not path.conditions and not path.pins and isinstance(path.value, sp.logic.boolalg.Boolean):
            return path.value
    return None


def _plain(relation: Any) -> Any:
    """The relation over symbols without assumptions."""
    return relation.xreplace({s: sp.Symbol(s.name) for s in relation.free_symbols})


def _range(bijector: Callable[[], Any], symbol: sp.Symbol) -> sp.Basic | None:
    """The open interval between the ends of the range of a bijector of numbers."""

    def ends() -> list[float]:
        made = bijector()
        return sorted(float(made.forward(number)) for number in (-_FAR, _FAR))

    found = attempt(ends, None)  # it may be for vectors, or have no forward direction
    if found is None:
        return None
    low, high = found
    if any(math.isnan(end) for end in found):
        return None
    relations = []
    for end, relation in ((low, sp.Gt), (high, sp.Lt)):
        if abs(end) < _FAR / 2:
            whole = round(end)
            if abs(end - whole) > _NEAR:
                return None
            relations.append(relation(symbol, whole))
    return sp.And(*relations)


def _said(check: Any) -> str:
    text = str(check)
    return text if len(text) < 60 else type(check).__name__
