"""Turns a formula from the command line into claims, and says what to add to the command if it does not suffice."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import sympy as sp

from qedoc.bind.claims import of_formula
from qedoc.bind.context import Context
from qedoc.bind.metrics import computed
from qedoc.bind.records import Bound, Refused
from qedoc.bind.symbols import SPELLINGS, returned_arguments
from qedoc.bind.trial import entry_by_entry
from qedoc.claims.request import Request
from qedoc.claims.settings import setting
from qedoc.errors import QedocError, TargetError, meant, question
from qedoc.read import Application, Equation, Reading, Unreadable, plain, read_condition
from qedoc.results.verdict import Verdict
from qedoc.sources.docstrings import Documented, Formula, documented, record_of

PLACEHOLDER = "PARAMETER"
"""What stands in a suggested command where the user has to choose a parameter."""


def given(
    target: str, latex: str, bind: Mapping[str, str], where: Sequence[str], settings: Mapping[str, str] = MappingProxyType({})
) -> tuple[Bound | Refused, ...]:
    """Returns the claims of a formula that the user gives for a function, one for each link of a chain.

    Args:
        target: dotted path of the function.
        latex: the formula.
        bind: maps the LaTeX of a symbol to a parameter, or to an argument of the function that the target returns.
        where: relations that hold in addition to those in the function's docstring.
        settings: the values of parameters that the user fixes, as written.

    Raises:
        QedocError: for a target that does not exist, bindings and settings of parameters that it does not have or that contradict each
            other, symbols that are not in the formula, and conditions that leave no point.
    """
    request = Request(target=target, latex=latex, bind=bind, where=where, settings=settings)
    found = computed(target) or next((r for r in documented(target) if target in (r.name, *r.aliases)), None) or record_of(target)
    formula = Formula(latex=request.latex, location=found.location, display=True, line=0)
    record = replace(found, name=target, formulas=(formula,))
    arguments = returned_arguments(target) if any(name not in record.parameters for name in request.bind.values()) else []
    _check_bindings(request, record, arguments)
    context = _context(request, record)
    relations = _relations(request, context)
    (reading,) = context.readings.values()
    if isinstance(reading, Reading):
        _check_symbols(reading, request, context, relations)
    condition = sp.And(*relations.values())
    claims = tuple(of_formula(context, formula, reading, "", condition))
    for claim in claims:
        if request.where and isinstance(claim, Refused) and claim.empty:
            raise TargetError(f"--where {', '.join(request.where)!r} leaves no point of the domain: {claim.reason}")
    bound_ones = [claim for claim in claims if isinstance(claim, Bound)]
    if isinstance(reading, Reading) and len(bound_ones) == len(claims):
        claims = entry_by_entry(context, formula, reading, condition, bound_ones)
    return tuple(_with_command(claim, claims, request, record) if isinstance(claim, Refused) else claim for claim in claims)


def _check_bindings(request: Request, record: Documented, arguments: Sequence[str]) -> None:
    """Raises for bindings and settings of parameters that the target does not have. The message has all of them."""
    returned = f", and returns a function of {', '.join(arguments)}" if arguments else ""
    has = f"it has {', '.join(record.parameters) or 'none'}{returned}"
    known = (*record.parameters, *arguments)
    wrong = [f"{name!r} for {symbol}" for symbol, name in request.bind.items() if name not in known]
    wrong += [f"{name!r} for --set" for name in request.settings if name not in record.parameters]
    if wrong:
        names = [name for name in (*request.bind.values(), *request.settings) if name not in known]
        near = question(dict.fromkeys(one for name in names for one in meant(name, known)))
        raise TargetError(f"{request.target} has no parameter {' and no '.join(wrong)}; {'; '.join(filter(None, [has, near]))}")


def _context(request: Request, record: Documented) -> Context:
    """The docstring with what the user says about symbols and parameters."""
    settings = {name: setting(name, text) for name, text in request.settings.items()}
    bound = {plain(symbol): name for symbol, name in request.bind.items() if name in record.parameters}
    called = {plain(symbol): name for symbol, name in request.bind.items() if name not in record.parameters}
    said = {plain(symbol): name for symbol, name in record.bound.items()} | bound
    numbers: dict[str, sp.Expr] = {}
    for name, value in settings.items():
        symbols = [name, *(letter for letter, spellings in SPELLINGS.items() if name in spellings)]
        symbols += [symbol for symbol, parameter in said.items() if parameter == name]
        symbols = [symbol for symbol in symbols if said.get(symbol, name) == name]
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            numbers |= dict.fromkeys(symbols, sp.sympify(value) if isinstance(value, int) else sp.Rational(repr(value)))
        elif contradicting := [symbol for symbol in request.bind if request.bind[symbol] == name]:
            text = f"--bind {contradicting[0]}={name} and --set {name}={request.settings[name]}"
            raise QedocError(f"{text} contradict each other: only a number can stand for a symbol of the formula")
    bound = {symbol: name for symbol, name in bound.items() if symbol not in numbers}
    return Context(record, bound, called, settings=settings, numbers=numbers)


def _relations(request: Request, context: Context) -> dict[str, sp.Basic]:
    """The conditions that the user gives, by their text.

    Raises:
        QedocError: for a condition that cannot be read.
    """
    relations: dict[str, sp.Basic] = {}
    for text in request.where:
        relation = read_condition(text.replace(">=", r"\ge ").replace("<=", r"\le ").replace("!=", r"\ne "), context.names)
        if isinstance(relation, Unreadable):
            reason = f"--where: the condition {text!r} cannot be read: {relation.what}"
            raise QedocError(f"{reason}; {relation.suggestion}" if relation.suggestion else reason)
        relations[text] = relation
    return relations


def _check_symbols(reading: Reading, request: Request, context: Context, where: Mapping[str, sp.Basic]) -> None:
    """Checks that the symbols of bindings and conditions are symbols of the formula: what is said of others would have no effect.

    Raises:
        QedocError: for a symbol that is not, for one with two bindings, and for one that is fixed to something that is no number.
    """
    sides = [part for equation in reading.equations for part in (*_arguments(equation), equation.right)]
    known = {s.name for side in sides for s in _names(side)}
    written = {plain(token) for token in re.findall(r"\\[A-Za-z]+|[A-Za-z]", request.latex)}  # a symbol may cancel
    has = f"the symbols of the formula are {', '.join(sorted(known)) or 'none'}"
    bound: dict[str, str] = {}
    for symbol, name in request.bind.items():
        short = plain(symbol)
        if bound.setdefault(short, name) != name:
            raise QedocError(f"--bind {symbol}={name}: {symbol} is bound to {bound[short]} already; give one --bind for each symbol")
        if not (short in known | written or (len(short) > 1 and short in plain(request.latex))):
            raise QedocError(f"--bind {symbol}={name}: {symbol} is not a symbol of the formula; {has}")
    for text, relation in where.items():
        strange = sorted({s.name for s in _names(relation)} - known - written)
        if strange:
            raise QedocError(f"--where {text!r}: {strange[0]} is not a symbol of the formula; {has}")
    for name, text in request.settings.items():
        if name in known and name not in context.numbers:
            raise QedocError(f"--set {name}={text}: {name} is a symbol of the formula, so only a number can stand for it")


def _arguments(equation: Equation) -> tuple[sp.Expr, ...]:
    """The expressions on the left side of an equation."""
    if equation.left is None:
        return ()
    return equation.left.arguments if isinstance(equation.left, Application) else (equation.left,)


def _names(expression: sp.Basic) -> set[sp.Symbol]:
    """The symbols of an expression that a user may have written, the indices of entries left out."""
    indices = {s for entry in expression.atoms(sp.Indexed) for index in entry.indices for s in index.free_symbols}
    return {s for s in expression.free_symbols if isinstance(s, sp.Symbol)} - indices


def _with_command(claim: Refused, claims: Iterable[Bound | Refused], request: Request, record: Documented) -> Refused:
    """A refused formula with what to add to the command."""
    lacking = list(dict.fromkeys(name for one in claims if isinstance(one, Refused) for name in one.lacking))
    options = "--bind SYMBOL=PARAMETER says what a symbol is, --where CONDITIONS where the formula holds"
    if claim.unset:
        ready = request.command({}, dict.fromkeys(claim.unset, "VALUE"))
        how = "--set PARAMETER=VALUE fixes a parameter to a Python literal, or to an object such as jnp.sum"
        return replace(claim, help=f"{how}\n\n  {ready}")
    if not lacking:
        return replace(claim, help=options) if claim.verdict is not Verdict.NOT_A_CLAIM else claim
    has = ", ".join(record.parameters) or "none"
    these = f"the symbol {lacking[0]} is" if len(lacking) == 1 else f"the symbols {', '.join(lacking[:-1])} and {lacking[-1]} are"
    free = [name for name in record.parameters if name not in {*request.bind.values(), *request.settings}]
    ready = request.command(_guesses(lacking, [*free, *_unused(request, record)]), {})
    reason = f"{these} no parameter of {request.target} (it has {has})"
    return replace(claim, reason=reason, suggestion="", help=f"{options}, --set PARAMETER=VALUE fixes a parameter\n\n  {ready}")


def _unused(request: Request, record: Documented) -> list[str]:
    """The arguments of the function that the target returns, without those that have the name of a parameter."""
    return [name for name in returned_arguments(request.target) if name not in (*record.parameters, *request.bind.values())]


def _guesses(symbols: Sequence[str], parameters: Sequence[str]) -> dict[str, str]:
    """The probable parameter of each symbol: the only one left, or the only one with the same first letter; or else a placeholder."""
    if len(symbols) == len(parameters) == 1:
        return {symbols[0]: parameters[0]}
    near = {symbol: [name for name in parameters if name[:1].lower() == symbol[:1].lower()] for symbol in symbols}
    sure = {symbol: names[0] for symbol, names in near.items() if len(names) == 1}
    taken = list(sure.values())
    return {symbol: sure[symbol] if symbol in sure and taken.count(sure[symbol]) == 1 else PLACEHOLDER for symbol in symbols}
