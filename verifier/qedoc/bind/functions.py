"""Expands names of functions in a formula: definitions in the docstring, and documented functions next to it, by their code."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.callables import callables
from qedoc.bind.context import Context
from qedoc.bind.handed import handed
from qedoc.bind.matrices import with_diagonals
from qedoc.bind.members import has, parameters_of, quantity_of
from qedoc.bind.moments import letters_of_text, moments_in
from qedoc.bind.records import Obstruction, Unexplained
from qedoc.bind.siblings import Other, description, other_object
from qedoc.bind.slices import elementwise
from qedoc.claims.consulted import remembered
from qedoc.claims.domain import Integers, Reals
from qedoc.claims.spec import Parameter, Spec
from qedoc.claims.target import resolve
from qedoc.errors import QedocError, meant, question
from qedoc.judge.pair import Pair
from qedoc.judge.paths import formula
from qedoc.read import Application, Equation, Slice
from qedoc.read.functions import FUNCTIONS
from qedoc.read.library import library
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Formula

DEEPEST = 8
"""Maximum nesting of definitions. Deeper nesting means that they are circular."""

_LINKED = re.compile(r":\w+:`~?(?:[^`<]*<)?([\w.]+)>?`")


_SAME = 1e-6
"""Difference up to which two functions count as the same one."""

Stated: TypeAlias = Callable[[str], Mapping[str, Reals | Integers]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """A value without names of functions.

    Args:
        value: the value.
        domains: the documented domains of symbols that are passed to other functions.
        notes: what replaced each name.
        uses: the formulas of the docstring whose definitions were put in.
    """

    value: sp.Expr
    domains: tuple[tuple[str, Reals | Integers], ...]
    notes: tuple[str, ...]
    uses: tuple[Formula, ...]


def expanded(context: Context, value: sp.Expr, stated: Stated) -> Expansion:
    """Replaces each name that stands for a formula or a function.

    Args:
        context: the docstring.
        value: the value as read.
        stated: returns the documented domain of each parameter of a function, given the function's path.

    Raises:
        Obstruction: for a name that stands for nothing known.
    """
    notes: dict[str, None] = {}
    domains: dict[tuple[str, Reals | Integers], None] = {}
    uses: dict[Formula, None] = {}
    value = value if _DIVERGENCES & set(context.definitions) or _BITS.search(context.record.docstring) else _divergences(value, notes)
    for _ in range(DEEPEST):
        before, value = value, _defined(context, value, notes, uses)
        if value != before:
            continue  # a definition may use others
        unknown = callables(context.record) - set(context.definitions)
        calls = sorted(
            (call for call in value.atoms(sp.core.function.AppliedUndef) if call.func.__name__ not in unknown),
            key=lambda call: (-call.count_ops(), str(call)),
        )
        innermost = [
            call for call in calls if not any(other in a.atoms(sp.core.function.AppliedUndef) for a in call.args for other in calls)
        ]
        if not innermost:
            return Expansion(value=value, domains=tuple(domains), notes=tuple(notes), uses=tuple(uses))
        bound = {limit[0]: part for part in value.atoms(sp.Integral, *LARGE) for limit in part.limits}
        value = value.xreplace({call: _called(context, call, bound, stated, domains, notes) for call in innermost})
    raise Obstruction("the definitions of the formula's names are circular")


def _divergences(value: sp.Expr, notes: dict[str, None]) -> sp.Expr:
    r"""The value with the sum that a Kullback-Leibler divergence of two distributions is, where a sum beside it is over their entries."""
    made: dict[sp.Basic, sp.Expr] = {}
    for call in (c for c in value.atoms(sp.core.function.AppliedUndef) if c.func.__name__ in _DIVERGENCES and len(c.args) == 2):
        for total in value.atoms(sp.Sum):
            index = total.limits[0][0]
            entries = {entry for entry in total.function.atoms(sp.Indexed) if entry.indices == (index,)}
            both = [argument.xreplace({s: sp.IndexedBase(s)[index] for s in argument.free_symbols}) for argument in call.args]
            if len(total.limits) == 1 and {entry for one in both for entry in one.atoms(sp.Indexed)} == entries:
                made[call] = sp.Sum(both[0] * sp.log(both[0] / both[1]), *total.limits)
                notes[f"{call.func.__name__} is the Kullback-Leibler divergence"] = None
    return value.xreplace(made)


_DIVERGENCES = frozenset({"D_KL", "KL", "D_kl"})
_BITS = re.compile(r"\b(?:bits?|base[- ]?(?:2|10|two)|log2|log_2|log10|dits?|hartleys?)\b", re.IGNORECASE)
"""Words for a logarithm that is not the natural one."""


def _defined(context: Context, value: sp.Expr, notes: dict[str, None], uses: dict[Formula, None]) -> sp.Expr:
    """The docstring's own definitions put in."""
    for name, definition in context.definitions.items():
        before = value
        where = f"line {definition.formula.location.line}"
        if not definition.arguments and any(e.base.label == sp.Symbol(name) for e in value.atoms(sp.Indexed)):
            value = _with_entries(context, name, definition.value, value)
            notes[f"{name} is defined in {where}"] = None
        elif not definition.arguments and sp.Symbol(name) in value.free_symbols:
            value = value.xreplace({sp.Symbol(name): definition.value})
            notes[f"{name} is defined in {where}"] = None
        for entry in sorted((e for e in value.atoms(sp.Indexed) if e.base.label.name == name), key=str):
            if len(entry.indices) == len(definition.arguments):
                put = dict(zip(definition.arguments, entry.indices, strict=True))
                value = value.xreplace({entry: _apart(definition.value, entry).subs(put, simultaneous=True)})
                notes[f"{name} is defined in {where}"] = None
        if not definition.arguments and (made := _by_letters(value, name, definition.value)):
            value = value.xreplace(dict.fromkeys(made, definition.value))
            notes[f"{name} is defined in {where}"] = None
        calls = [
            c for c in value.atoms(sp.core.function.AppliedUndef) if c.func.__name__ == name and len(c.args) == len(definition.arguments)
        ]
        for call in calls:
            if definition.random and call.args != definition.arguments:
                continue
            put = dict(zip(definition.arguments, call.args, strict=True))
            value = value.xreplace({call: definition.value.subs(put, simultaneous=True)})
            notes[f"{name} is defined in {where}"] = None
        if value != before:
            uses[definition.formula] = None
    return with_diagonals(value)


def _with_entries(context: Context, name: str, definition: sp.Expr, value: sp.Expr) -> sp.Expr:
    """The value with the definition of a vector put in for its entries: with `y = (x - loc) / s`, `y[i]` is `(x[i] - loc[i]) / s`."""
    vectors = {symbol for symbol in definition.free_symbols if context.vector(symbol.name)}
    for total in definition.atoms(sp.Add):  # what a vector is added to is one
        if vectors & set(total.free_symbols):
            vectors |= {symbol for term in total.args for symbol in (term, -term) if isinstance(symbol, sp.Symbol)}
    if not vectors or definition.has(sp.core.function.AppliedUndef, sp.Indexed):
        what = f"{name} is a vector, and its definition does not say what its entries are"
        raise Obstruction(what, f"write the definition with an index, as in {name}_i = ...", cause="unsupported")
    made = {
        entry: definition.xreplace({symbol: sp.IndexedBase(symbol)[entry.indices] for symbol in vectors})
        for entry in value.atoms(sp.Indexed)
        if entry.base.label == sp.Symbol(name)
    }
    return value.xreplace(made)


def _apart(value: sp.Expr, entry: sp.Indexed) -> sp.Expr:
    """A definition whose own indices are other letters than those of the entry that it is put for."""
    taken = {symbol.name for symbol in (*value.atoms(sp.Symbol), *entry.atoms(sp.Symbol))}
    for total in value.atoms(*LARGE):
        for index, *_ in total.limits:
            if index in entry.free_symbols:
                other = next(name for name in (f"{index}_{k}" for k in range(1, 99)) if name not in taken)
                value = value.xreplace({total: total.xreplace({index: sp.Symbol(other)})})
    return value


def _called(
    context: Context,
    call: Any,
    bound: Mapping[sp.Symbol, sp.Expr],
    stated: Stated,
    domains: dict[tuple[str, Reals | Integers], None],
    notes: dict[str, None],
) -> sp.Expr:
    """A call of a sibling, by the formula that the sibling's code computes."""
    name = call.func.__name__
    told = description("\n".join((context.record.docstring, *context.record.beside)), context.legend.get(name, ""))
    if (other := other_object(context.record.owner, call, context.bound, told) if context.record.owner else None) is not None:
        return _of_object(name, other, notes)
    beside, given = sibling(context, name), handed(context, name)
    path = beside or given
    if beside and given and resolve(beside) is not resolve(given):
        raise Unexplained(
            f"{name} may be {beside}, or {given}, which a parameter has by default", "write the function out", [(name, "")], ()
        )
    if not path:
        reason = (
            f"the function {name} is not defined in the docstring, and no documented function next to {context.record.name} has this name"
        )
        raise Obstruction(reason, question(meant(name, [*FUNCTIONS, *context.own, *context.record.siblings])), cause="unknown-function")
    if any(isinstance(argument, sp.Symbol) and context.vector(argument.name) for argument in call.args):
        raise Obstruction(f"qedoc cannot expand {name} of a vector", verdict=Verdict.UNDECIDED, cause="unsupported")
    if call.has(Slice) and not elementwise(path):
        raise Obstruction(f"the documentation does not say that {name} works elementwise", "write the formula with indices")
    arguments = _arguments(context, call, path, notes)
    known = stated(path)
    sets: dict[str, Reals | Integers] = {}
    for parameter, argument in arguments.items():
        own = isinstance(argument, sp.Symbol) and argument not in bound and parameter in known
        sets[parameter] = known[parameter] if own else _of_index(argument, bound.get(argument), known.get(parameter))
        if own and known[parameter] != Reals():
            domains[argument.name, known[parameter]] = None
            notes[f"{argument}: {known[parameter]}, where {path} is documented"] = None
    try:
        value = formula_of(path, tuple(sets.items()))
    except QedocError as error:
        raise Obstruction(
            f"{name} stands for {path}, whose code could not be lifted: {error.message}", verdict=Verdict.UNDECIDED, cause="code"
        ) from error
    if len(arguments) == 1 and not _is_usual(name, value):
        reason = f"{name} may be the usual function of this name, or {path}, which is another one"
        raise Unexplained(reason, "write the function out", [(name, "")], ())
    notes[f"{name} is {path}, as its code computes it"] = None
    return value(*arguments.values())


def _of_index(argument: sp.Expr, total: sp.Expr | None, known: Reals | Integers | None) -> Reals | Integers:
    """The set of an argument: integers, if it is the index of a sum, and those of the documentation, if the sum begins in them."""
    if total is None or isinstance(total, sp.Integral) or not isinstance(known, Integers):
        return Reals()
    first = next(limit[1] for limit in total.limits if limit[0] == argument)
    inside = first.is_Integer and known.upper == sp.oo and bool(first >= known.lower)
    return known if inside else Integers()


def _of_object(name: str, other: Other, notes: dict[str, None]) -> sp.Expr:
    """A quantity of another object, by the formula that its code computes."""
    try:
        value = formula_of(other.path, tuple((parameter, Reals()) for parameter in other.arguments))
    except QedocError as error:
        raise Obstruction(
            f"{name} stands for {other.path}, whose code could not be lifted: {error.message}", verdict=Verdict.UNDECIDED
        ) from error
    notes[f"{name} is made of {other.path}, as its code computes it"] = None
    return sp.sympify(other.value).xreplace({sp.Symbol("x"): value(*other.arguments.values())})


def _is_usual(name: str, value: Callable[..., sp.Expr]) -> bool:
    """Whether the code of a function computes what its name usually stands for; true for a name that stands for nothing in particular."""
    usual = library(name)
    if usual is None or 1 not in usual[0].arity:
        return True
    points = (sp.Rational(3, 2), sp.Rational(-1, 2), sp.Rational(5, 3), sp.Rational(1, 3))
    return all(abs(sp.N(value(x) - usual[0].build(x))) < _SAME for x in points if sp.N(usual[0].build(x)).is_finite)


def _arguments(context: Context, call: Any, path: str, notes: dict[str, None]) -> dict[str, sp.Expr]:
    """What is handed to each parameter of a sibling; shape parameters that the formula leaves out are those of the same name."""
    parameters = list(inspect.signature(resolve(path)).parameters.values())
    if len(call.args) > len(parameters):
        raise Obstruction(f"{path} takes {len(parameters)} arguments, but the formula passes {len(call.args)}")
    found = {parameter.name: argument for parameter, argument in zip(parameters, call.args, strict=False)}
    for parameter in parameters[len(call.args) :]:
        if parameter.default is inspect.Parameter.empty and parameter.name in context.parameters:
            found[parameter.name] = sp.Symbol(parameter.name)
            notes[f"{parameter.name} is passed to {call.func.__name__}, although the formula does not write it"] = None
    return found


def sibling(context: Context, name: str) -> str:
    """The dotted path of the function that a name stands for, or an empty string."""
    linked = _LINKED.search(context.legend.get(name, ""))
    if linked and "." in linked[1] and _callable(linked[1]):
        return linked[1]
    suffix = name.partition("_")[2]
    for path in (context.record.name, *context.record.aliases):
        module = path.rpartition(".")[0]
        for candidate in (name, suffix):
            if candidate in context.record.siblings and _callable(f"{module}.{candidate}"):
                return f"{module}.{candidate}"
    return ""


def _callable(path: str) -> bool:
    try:
        return callable(resolve(path))
    except QedocError:
        return False


@remembered()
def formula_of(path: str, sets: tuple[tuple[str, Reals | Integers], ...]) -> Callable[..., sp.Expr]:
    """The formula of a function's code, its other parameters being left at their defaults.

    Args:
        path: the function.
        sets: the parameters that are given, and what they range over.

    Raises:
        QedocError: where the code cannot be read on the whole of it.
    """
    symbols = [sp.Symbol(f"argument_{place}") for place in range(len(sets))]
    declared = [Parameter(symbol, name, domain, "") for symbol, (name, domain) in zip(symbols, sets, strict=True)]
    pair = Pair(Spec(target=path, formula=sp.Integer(0), symbols=declared), {})
    pair.code.explore(pair.facts)
    if not pair.code.covered or not pair.code.branches:
        raise QedocError("its paths do not cover the domain")
    code = formula(pair.code.branches).xreplace({sp.nan: sp.zoo})  # code that raises is not something the documentation states
    places = [pair.case.translate(symbol) for symbol in symbols]
    return lambda *arguments: code.subs(dict(zip(places, arguments, strict=True)), simultaneous=True)


def with_own(context: Context, equation: Equation, where: sp.Basic) -> Equation:
    r"""The equation with the user's conditions, and without the symbols that it defines itself: `b x, \text{ where } b = 2`."""
    conditions, right = [where], equation.right
    for condition in sp.And.make_args(equation.condition):
        symbol = condition.lhs if isinstance(condition, sp.Eq) else None
        name = symbol.name if isinstance(symbol, sp.Symbol) else ""
        own = name not in {"", *context.parameters, *context.bound, *context.called}
        bases = {entry.base.label for entry in right.atoms(sp.Indexed)}
        own = own and (symbol not in bases or isinstance(condition.rhs, sp.Symbol))  # an expression has no entries
        calls = _by_letters(right, name, condition.rhs) if own else []
        if own and (calls or symbol in right.free_symbols) and symbol not in condition.rhs.free_symbols:
            right = right.xreplace(dict.fromkeys((symbol, *calls), condition.rhs))
        else:
            conditions.append(condition)
    return replace(equation, right=right, condition=sp.And(*conditions))


def _by_letters(value: sp.Expr, name: str, definition: sp.Expr) -> list[sp.Expr]:
    """The calls of a name that only repeat the letters of its definition: `1 - r(x, y)` with `r = ...`. None of another name's calls."""
    calls = [call for call in value.atoms(sp.core.function.AppliedUndef) if call.func.__name__ == name]
    letters = definition.atoms(sp.Symbol)
    return calls if len(calls) == 1 and set(calls[0].args) <= letters else []


def with_moments(context: Context, equation: Equation) -> Equation:
    """The equation with the formula of the code for each moment in it. It holds where the moments are finite.

    That is an equation for a parameter, `rate = mean / stddev**2`, or for another moment of the same variable, `Var(X) = s - E(X)**2`.

    Args:
        context: the docstring, with what the equation is about.
        equation: the equation as read.

    Raises:
        Obstruction: for a moment whose code cannot be read, or has several formulas.
    """
    owner = context.record.owner
    if context.aim is None or not owner:
        return equation
    made: dict[sp.Basic, sp.Expr] = {}
    conditions = [equation.condition]
    for written, name, letters in _moments(context, equation):
        path = f"{owner}.{name}"
        try:
            found = formula_of(path, tuple((parameter, Reals()) for parameter in letters))(*map(sp.Symbol, letters.values()))
        except QedocError as error:
            reason = f"{written} stands for {path}, whose code could not be lifted: {error.message}"
            raise Obstruction(reason, verdict=Verdict.UNDECIDED, cause="code") from error
        made[written], condition = _finite(found, path)
        conditions.append(condition)
    return replace(equation, right=equation.right.xreplace(made), condition=sp.And(*conditions))


def _moments(context: Context, equation: Equation) -> Iterator[tuple[sp.Basic, str, dict[str, str]]]:
    """The moments in an equation, each with the member that gives it and the letters of the parameters of its code."""
    owner, left = context.record.owner, equation.left
    parameters = parameters_of(owner)
    if context.aim is not None and context.aim.member in parameters:
        letters = set(letters_of_text(context).values()) | {symbol.name for symbol in equation.right.free_symbols}
        for name in moments_in(context, equation.right):
            yield sp.Symbol(name), name, {name: name for name in parameters if name in letters}
        return
    if not isinstance(left, Application) or left.event or not left.variable:
        return
    letter_of = {parameter: letter for letter, parameter in context.bound.items()}
    numbers = [name for name, p in parameters.items() if name in letter_of or (p.default is p.empty and name in context.parameters)]
    for call in sorted(equation.right.atoms(sp.core.function.AppliedUndef), key=str):
        name, own = call.func.__name__, call.args == (sp.Symbol(left.variable),)
        moment = quantity_of(replace(left, name=name)) if own and name not in context.definitions else None
        member_ = next((one for one, value in moment.members.items() if value == "x" and has(owner, one)), "") if moment else ""
        if member_ and context.aim is not None and member_ != context.aim.member:
            yield call, member_, {parameter: letter_of.get(parameter, parameter) for parameter in numbers}


def _finite(value: sp.Expr, path: str) -> tuple[sp.Expr, sp.Basic]:
    """The only finite value of a moment, and where it has this value."""
    pieces = value.args if isinstance(value, sp.Piecewise) else (sp.Tuple(value, sp.true),)
    finite = [place for place, (part, _) in enumerate(pieces) if not part.has(sp.oo, sp.zoo, sp.nan)]
    if len(finite) != 1:
        raise Obstruction(f"the code of {path} has several formulas", verdict=Verdict.UNDECIDED, cause="code")
    (place,) = finite
    return pieces[place][0], sp.And(pieces[place][1], *(sp.Not(condition) for _, condition in pieces[:place]))
