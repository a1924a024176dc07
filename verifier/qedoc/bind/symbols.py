"""Matches the symbols of a formula to the function's parameters: by the user's or the text's statement, by name, or by position."""

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from qedoc.bind.annotations import returned_by
from qedoc.bind.context import Context
from qedoc.bind.members import is_kernel
from qedoc.bind.records import Conflict, Obstruction, Unexplained
from qedoc.claims.spec import Argument
from qedoc.claims.target import resolve
from qedoc.errors import QedocError
from qedoc.judge.infer import infer
from qedoc.read import Application, Equation
from qedoc.results.legend import request

SPELLINGS = {"lambda": ("lmbda", "lam", "lambda_"), "epsilon": ("eps",), "varepsilon": ("epsilon", "eps"), "varphi": ("phi",)}
"""Parameters named after a Greek letter in another spelling."""

_FUNCTION = re.compile(r"\bCallable\b|Schedule\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The role of each symbol of an equation.

    Args:
        parameters: the target's parameter of each symbol, by the symbol's name.
        arguments: the returned function's argument of each symbol, by the symbol's name.
        notes: assumptions.
    """

    parameters: Mapping[str, str]
    arguments: Mapping[str, str]
    notes: tuple[str, ...]


def roles(context: Context, equation: Equation, symbols: Sequence[str]) -> Roles:
    """Determines the role of each symbol.

    Args:
        context: the docstring.
        equation: the equation as read.
        symbols: names of the unknowns of the value, in a fixed order.

    Raises:
        Obstruction: for a symbol without a known role.
    """
    notes: list[str] = []
    arguments = {name: context.called[name] for name in symbols if name in context.called}
    known = {name: parameter for name in symbols if name not in arguments and (parameter := direct(context, name))}
    known |= {name: parameter for name, parameter in of_head(context, equation.left).items() if name not in known}
    known |= _by_noun(context, [name for name in symbols if name not in known], notes)
    placed = by_place(context, equation.left, equation.right, known)
    if not _is_vague(context, [name for name in placed if name in symbols and name not in arguments], placed):
        notes += [f"{name} is taken as {to}, based on its position in {equation.left}" for name, to in placed.items()]
        known |= placed
    known = {name: parameter for name, parameter in known.items() if name in symbols and name not in arguments}
    _distinct(known)
    _distinct(arguments)
    unknown = [name for name in symbols if name not in known and name not in arguments]
    arguments |= _curried(context, unknown, equation.left) if not arguments else {}
    left = [name for name in unknown if name not in arguments]
    if left:
        told = [(name, context.legend.get(name, "")) for name in left]
        raise Unexplained(_unexplained(context, left), request(left), told, frozenset(known.values()))
    if not arguments and _returns_function(context):
        raise Obstruction(f"{context.record.path} returns a function, but no symbol of the formula is left to be its argument")
    return Roles(parameters=known, arguments=arguments, notes=tuple(notes))


def direct(context: Context, name: str) -> str:
    """The parameter of a symbol, by the user's or the text's statement or by its name; empty if there is none."""
    said = context.bound.get(name, "")
    if said:
        return said
    if name in context.parameters:
        return name
    spelled = next((spelling for spelling in spellings(context, name) if spelling in context.parameters), "")
    return spelled or in_other_case(context, name)


def spellings(context: Context, name: str) -> tuple[str, ...]:
    r"""The names of parameters that are another spelling of a symbol: `dt` and `delta_t` of `\Delta t`.

    Args:
        context: the docstring.
        name: the symbol.
    """
    first, _, rest = name.partition("_")
    difference = first == "Delta" and rest and name not in context.legend
    return (f"d{rest}", f"delta_{rest}") if difference else SPELLINGS.get(name, ())


def merged(context: Context, value: sp.Expr) -> sp.Expr:
    """The value with one symbol for each parameter: where the text says that `mu` is `loc`, the two are the same."""
    names = {symbol.name for symbol in value.free_symbols if isinstance(symbol, sp.Symbol)}
    told = {name for name in names - set(context.parameters) if context.legend.get(name, "").strip("` ") == context.bound.get(name)}
    return value.xreplace({sp.Symbol(name): sp.Symbol(context.bound[name]) for name in told if context.bound[name] in names})


def in_other_case(context: Context, name: str) -> str:
    r"""The only parameter whose name differs in case and underscores alone: `\Gamma` and `gamma`. A single letter has no other case.

    Args:
        context: the docstring.
        name: the name of a symbol.

    Returns:
        the parameter; empty if there is none, or more than one.
    """
    bare = name.replace("_", "").lower()
    fitting = [parameter for parameter in context.parameters if parameter.replace("_", "").lower() == bare]
    return fitting[0] if len(bare) > 1 and len(fitting) == 1 else ""


def of_head(context: Context, left: Any) -> dict[str, str]:
    """The symbols of `f(x; a)` that are the method's own arguments: those before the bar, or as many as the method takes."""
    return {value.name: name for name, value in _before_bar(context, left) if isinstance(value, sp.Symbol)}


def at_numbers(context: Context, left: Any) -> dict[str, int | float]:
    """The arguments of which the left side gives the value, as in `P(X = 0)` and `f(0, a)`.

    Raises:
        Obstruction: for the value of a function at an expression, at infinity, or at a number that may be another argument.
    """
    pairs = _of_method(context, left) if context.aim is not None else _of_function(context, left)
    return {name: int(value) if value.is_Integer else float(value) for name, value in pairs if value.is_number}


_INFINITE = frozenset({"inf", "infty", "infinity"})


def _of_method(context: Context, left: Any) -> list[tuple[str, sp.Expr]]:
    """The method's arguments on the left side, each with its parameter."""
    pairs = _before_bar(context, left)
    moved = [value for _, value in pairs if not isinstance(value, sp.Symbol | sp.Indexed) and len(value.free_symbols) == 1]
    if moved:
        raise _elsewhere(left, moved)
    return pairs


def _elsewhere(left: Any, values: Sequence[sp.Expr]) -> Obstruction:
    what = ", ".join(map(str, values))
    return Obstruction(f"{left} is the value at {what}, which is no parameter", "write the formula of the value at the parameters")


def _of_function(context: Context, left: Any) -> list[tuple[str, sp.Expr]]:
    """The arguments of a function that the left side computes something with, each with its parameter."""
    if not isinstance(left, Application) or left.variable:
        return []
    written = [value for value in left.arguments[: len(left.arguments) - left.given] if isinstance(value, sp.Expr)]
    computed = [value for value in written if not _is_letter(value) or _is_infinite(context, value)]
    if not computed:
        return []
    takes = [name for name in context.parameters if name not in context.settings]
    places = [takes.index(known) for value in written if (known := direct(context, str(value))) in takes]
    own = [place for place, value in enumerate(written) if direct(context, str(value)) in takes]
    if not all(value.is_number and value.is_finite for value in computed) or places != own or len(written) > len(takes):
        raise _elsewhere(left, computed)
    return [(takes[place], value) for place, value in enumerate(written) if value in computed]


def _is_letter(value: sp.Expr) -> bool:
    r"""Whether an argument is only a letter, perhaps a variance: `N(x, \mu, \sigma^2)`."""
    return isinstance(value.base if isinstance(value, sp.Pow) and value.exp == 2 else value, sp.Symbol | sp.Indexed)


def _is_infinite(context: Context, value: sp.Expr) -> bool:
    return str(value) in _INFINITE and not direct(context, str(value))


def of_lag(context: Context, equation: Equation) -> Equation:
    r"""The equation of a kernel with its two points in place of their lag: `k(\tau)` is `k(x, y)` with `x - y` for the lag.

    A kernel that is no even function of its symbol is one of the distance.

    Args:
        context: the docstring, with what the equation is about.
        equation: the equation.
    """
    left = equation.left
    if context.aim is None or not isinstance(left, Application) or left.given or len(left.arguments) != 1:
        return equation
    lag = left.arguments[0]
    takes = [p.name for p in context.parameters.values() if not p.made and p.default is inspect.Parameter.empty]
    if context.aim.member not in _OF_KERNELS or len(takes) != 2 or not isinstance(lag, sp.Symbol) or not is_kernel(context.record.owner):
        return equation
    if _SCALED.search(context.legend.get(lag.name, "")) or lag.name in takes or lag not in equation.right.free_symbols:
        return equation
    one, other = map(sp.Symbol, takes)
    even = sp.expand(equation.right - equation.right.xreplace({lag: -lag})) == 0
    value = one - other if even else sp.Abs(one - other)
    put = {lag: value}
    head = replace(left, arguments=(one, other))
    return replace(equation, left=head, right=equation.right.xreplace(put), condition=equation.condition.xreplace(put))


_SCALED = re.compile(r"divid|scal|normali|squar|weight|multipl|half|twice|ratio|sum", re.IGNORECASE)
"""Words that make another number of the distance of two points."""

_OF_KERNELS = frozenset({"evaluate", "__call__"})
"""The methods that give the value of a kernel."""


def _before_bar(context: Context, left: Any) -> list[tuple[str, sp.Expr]]:
    if context.aim is None or not isinstance(left, Application):
        return []
    takes = [p.name for p in context.parameters.values() if not p.made and p.default is inspect.Parameter.empty]
    values = left.arguments[: len(left.arguments) - left.given]
    if not left.given:
        values = values[: len(takes)]
    return list(zip(takes, values, strict=True)) if len(values) == len(takes) else []


def _by_noun(context: Context, names: Sequence[str], notes: list[str]) -> dict[str, str]:
    """The symbols whose letter and noun make a parameter: `A`, 'a rectangular matrix', is `a_matrix`."""
    found: dict[str, str] = {}
    for name in names:
        nouns = [noun for noun in ("matrix", "vector") if re.search(rf"\b{noun}\b", context.legend.get(name, ""))]
        made = [f"{name}_{noun}".lower() for noun in nouns if f"{name}_{noun}".lower() in context.parameters]
        if len(made) == 1:
            notes.append(f"{name} is taken as {made[0]}, based on its letter and the text")
            found[name] = made[0]
    return found


def by_place(context: Context, left: Any, right: sp.Expr, known: Mapping[str, str]) -> dict[str, str]:
    r"""Returns the parameters of the symbols of `f(x, \nu)` that no name tells, by their place.

    There are none unless the symbols that are told stand at their own place.

    Args:
        context: the docstring.
        left: the left side.
        right: the right side.
        known: the parameters of the symbols that are told.
    """
    if not isinstance(left, Application):
        return {}
    if context.aim is not None or left.name.partition("_")[0] == "D":  # the arguments of a divergence have no usual order
        return {}
    parameters = list(context.parameters)
    written = [str(argument) for argument in left.arguments]
    told = {name: direct(context, name) for name in written}
    if any(parameter and parameters.index(parameter) != place for place, parameter in enumerate(told.values())):
        return {}
    found: dict[str, str] = {}
    for place, name in enumerate(written):
        if told[name] or place >= len(parameters) or name in context.definitions:
            continue
        parameter = context.parameters[parameters[place]]
        taken = parameter.name in (*context.settings, *told.values(), *known.values())
        if not taken and _fits(parameter.default, name, right):
            found[name] = parameter.name
    return found


def _is_vague(context: Context, names: Sequence[str], placed: Mapping[str, str]) -> bool:
    """Whether several symbols have a parameter only by their place, which is a convention. Each could be the parameter of another one."""
    return len(names) > 1 and all(context.parameters[placed[name]].default is inspect.Parameter.empty for name in names)


def _fits(default: Any, name: str, right: sp.Expr) -> bool:
    """Whether a symbol may be a parameter by its place: one with a default only as a thing passed on to another function."""
    if default is inspect.Parameter.empty:
        return True
    calls = right.atoms(sp.core.function.AppliedUndef)
    elsewhere = right.xreplace({call: sp.Dummy() for call in calls})
    return sp.Symbol(name) not in elsewhere.free_symbols


def _distinct(known: Mapping[str, str]) -> None:
    for name, parameter in known.items():
        others = [other for other, same in known.items() if same == parameter and other != name]
        if others:
            raise Conflict(f"the symbols {name} and {others[0]} would both be the parameter {parameter}", "say which one it is")


def _unexplained(context: Context, names: Sequence[str]) -> str:
    has = ", ".join(context.parameters) or "none"
    bare = [name for name in names if not context.legend.get(name)]
    said = [f"the text says '{context.legend[name]}' of {name}, which names no parameter" for name in names if name not in bare]
    if bare:
        said.append(f"the text does not explain {' and '.join(bare)}" if said or len(names) > 1 else "and the text does not explain it")
    these = f"the symbol {names[0]} matches" if len(names) == 1 else f"the symbols {', '.join(names[:-1])} and {names[-1]} match"
    return f"{these} no parameter of {context.record.path} (it has {has}), {'; '.join(said)}"


def returns(context: Context) -> str:
    """The annotation of the target's result; empty if it has none."""
    return returned_by(context.record.path)


def _returns_function(context: Context) -> bool:
    return bool(_FUNCTION.search(returns(context).partition("[")[0]))


def _is_unannotated(context: Context) -> bool:
    """Whether the target is a function that does not say what it returns."""
    try:
        return inspect.isfunction(resolve(context.record.path)) and not returns(context)
    except QedocError:
        return False


def _curried(context: Context, unknown: Sequence[str], left: Any) -> dict[str, str]:
    """The argument of the function that the target returns, if it returns one and one symbol is left: `f(t) = v` names it on the left side.

    A function without an annotation is run, to see what it returns.
    """
    if not unknown and isinstance(left, Application) and not left.given:
        unknown = [str(letter) for letter in left.arguments if isinstance(letter, sp.Symbol) and not direct(context, letter.name)]
    if len(unknown) != 1 or not (_returns_function(context) or _is_unannotated(context)):
        return {}
    arguments = returned_arguments(context.record.path)
    return {unknown[0]: arguments[0]} if len(arguments) == 1 else {}


def returned_arguments(target: str) -> list[str]:
    """The arguments of the function that the target returns; empty if it returns none."""
    try:
        return [declared.name for declared in infer(target).symbols if isinstance(declared, Argument)]
    except QedocError:
        return []
