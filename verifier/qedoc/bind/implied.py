"""Conditions that the notation of a formula implies: positive arguments of a density's constants, convergence, divisors, ordered ends."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from qedoc.algebra.large import LARGE
from qedoc.bind.context import Context

DENSITY = re.compile(r"^(?:log_?)?(?:pdf|pmf|cdf|sf|ppf|isf|prob|survival_function)$|^(?:icdf|quantile)$")
"""Names of functions and methods that give a density, a distribution function or its inverse."""


_SHAPE = re.compile(r"\bparameter\b\W*\w?\W*\bof the \w+ distribution\b", re.IGNORECASE)


_EXPONENT = re.compile(r"(?:^|[\W_])(?:exponent|power)(?:[\W_]|$)", re.IGNORECASE)


_NO_NUMBERS = (sp.nan, sp.zoo, sp.oo, -sp.oo)


_ENDS = (("min", "max"), ("a_min", "a_max"), ("minval", "maxval"), ("lower", "upper"), ("low", "high"), ("minimum", "maximum"))


def names_in(expression: Any) -> set[str]:
    """The symbols and vectors of an expression, by name; indices left out."""
    found = {entry.base.label.name for entry in expression.atoms(sp.Indexed)}
    rest = expression.xreplace({entry: sp.Integer(0) for entry in expression.atoms(sp.Indexed)})
    return found | {symbol.name for symbol in rest.free_symbols}


def positive_arguments(
    context: Context, value: sp.Expr, roles: Mapping[str, str], ends: dict[str, list[tuple[str, sp.Expr]]], notes: list[str]
) -> Iterator[sp.Basic]:
    """The constants of a density are integrals, so that Gamma and B in it have positive arguments."""
    density = bool(DENSITY.match(context.record.path.rpartition(".")[2]))
    everywhere = value if density else _outside_cases(value)
    arguments = {argument for call in everywhere.atoms(sp.gamma, sp.loggamma, sp.beta) for argument in call.args}
    indices = {limit[0] for part in value.atoms(sp.Integral, *LARGE) for limit in part.limits}
    for argument in sorted((a for a in arguments if a.free_symbols and not _plain_symbols(a) & indices), key=str):
        told = [context.parameters[p].text for name in names_in(argument) if (p := roles.get(name))]
        if not density and not (told and all(_SHAPE.search(text) for text in told)):
            continue
        notes.append(f"{argument} > 0, as in a density")
        factor, rest = argument.as_coeff_Mul()
        symbol = 1 / rest if rest.is_Pow else rest
        symbol = symbol.base.label if isinstance(symbol, sp.Indexed) else symbol
        if factor.is_positive and isinstance(symbol, sp.Symbol) and symbol.name in ends:
            ends[symbol.name].append(("above", sp.Integer(0)))
        elif not argument.atoms(sp.Indexed):
            yield sp.Gt(argument, 0)


def _plain_symbols(argument: sp.Expr) -> set[sp.Basic]:
    """The symbols of an argument outside of its entries."""
    return set(argument.xreplace({entry: sp.Dummy() for entry in argument.atoms(sp.Indexed)}).free_symbols)


def _outside_cases(value: sp.Expr) -> sp.Expr:
    """What a formula computes wherever it is: a row of its cases restricts only itself."""
    return value.xreplace({cases: sp.Dummy() for cases in value.atoms(sp.Piecewise)})


def convergent(value: sp.Expr, notes: list[str]) -> Iterator[sp.Basic]:
    """Where an integral of `t**e` from 0, and a sum of `(n + q)**e` to infinity, are numbers."""
    value = _outside_cases(value)
    for integral in sorted(value.atoms(sp.Integral), key=str):
        variable, *ends = integral.limits[0]
        powers = [f for f in sp.Mul.make_args(integral.function) if f.is_Pow and f.base == variable and f.exp.free_symbols]
        for power in powers if sp.S.Zero in ends and len(integral.limits) == 1 else []:
            notes.append(f"{power.exp} > -1, where the integral converges")
            yield sp.Gt(power.exp + 1, 0)
    for series in sorted(value.atoms(sp.Sum), key=str):
        variable, _, last = series.limits[0]
        term = series.function
        if (
            last == sp.oo
            and term.is_Pow
            and term.base.is_polynomial(variable)
            and sp.degree(term.base, variable) == 1
            and term.exp.free_symbols
        ):
            notes.append(f"{term.exp} < -1, where the series converges")
            yield sp.Gt(-term.exp, 1)


def ordered(roles: Mapping[str, str], notes: list[str]) -> Iterator[sp.Basic]:
    """The ends of an interval that are parameters: the lower one is not above the upper one."""
    symbols = {parameter: sp.Symbol(name) for name, parameter in roles.items()}
    for low, high in _ENDS:
        if low in symbols and high in symbols:
            notes.append(f"{symbols[low]} <= {symbols[high]}, as their names say")
            yield sp.Le(symbols[low], symbols[high])


def intervals(value: sp.Expr) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """The ends of intervals for which a formula by cases has a row, `l <= x <= m`. Whoever writes it supposes that l is not above m."""
    for condition in sorted({condition for cases in value.atoms(sp.Piecewise) for _, condition in cases.args}, key=str):
        ends: dict[sp.Expr, dict[str, sp.Expr]] = {}
        for part in sp.And.make_args(condition):
            if isinstance(part, sp.Le | sp.Lt | sp.Ge | sp.Gt):
                low, high = (part.lts, part.gts)
                ends.setdefault(low, {})["high"] = high
                ends.setdefault(high, {})["low"] = low
        for between, found in ends.items():
            if len(found) == 2 and all(isinstance(end, sp.Symbol) for end in (between, *found.values())):
                yield found["low"], found["high"]


def powers(context: Context, value: sp.Expr, roles: Mapping[str, str]) -> Iterator[tuple[str, sp.Expr]]:
    """Parameters that are called an exponent, and of which a formula by cases supposes that they are positive.

    It does so where one row is another one with `base**p` put to 0: `0**p` is 0 for positive p only.

    Yields:
        the exponent, and the row that has 0 in place of the power.
    """
    for cases in sorted(value.atoms(sp.Piecewise), key=str):
        rows = [row for row, _ in cases.args if row not in _NO_NUMBERS]
        for power in sorted({power for row in rows for power in row.atoms(sp.Pow)}, key=str):
            name = power.exp.name if isinstance(power.exp, sp.Symbol) else ""
            if name not in roles or not _called_exponent(context, name, roles[name]) or _is_positive(power.base):
                continue
            ends = {sp.expand(row.xreplace({power: sp.Integer(0)})) for row in rows if row.has(power)}
            yield from ((name, row) for row in rows if not row.has(power) and sp.expand(row) in ends)


def _called_exponent(context: Context, name: str, parameter: str) -> bool:
    said = (parameter, context.parameters[parameter].text, context.legend.get(name, ""))
    return any(_EXPONENT.search(text) for text in said)


def _is_positive(base: sp.Expr) -> bool:
    """Whether a base is positive for all real values of its symbols."""
    return bool(base.xreplace({symbol: sp.Dummy(real=True) for symbol in base.free_symbols}).is_positive)


def divisors_of(value: Any) -> set[str]:
    """Symbols by which the formula divides wherever it is: in no case does it have a value where they are zero."""
    if isinstance(value, (sp.Indexed, sp.Integral, *LARGE)):
        return set()
    if isinstance(value, sp.Piecewise):
        return set.intersection(*(divisors_of(row) for row, _ in value.args))
    if isinstance(value, sp.Pow) and isinstance(value.base, sp.Symbol) and value.exp.is_negative:
        return {value.base.name}
    return set[str]().union(*map(divisors_of, value.args))
